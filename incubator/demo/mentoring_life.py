"""What happened in the cohort: sessions in rooms, feedback, milestones, figures, support, indicators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from ..core import clock
from ..core.access import Actor
from ..core.db import db, transaction
from ..core.errors import DomainError
from ..mentoring.queries.meetings import meeting_places
from ..mentoring.services import programmes, progress, sessions, support
from ..models import (
    Cohort,
    IncubationCase,
    MentoringSession,
    Mentorship,
    Metric,
    Person,
    Programme,
    Purpose,
    Resource,
    ResourceKind,
    SupportGrant,
    SupportItem,
    SupportKind,
    SupportMoveKind,
    Visibility,
)
from ..spaces.intervals import Span
from ..spaces.services import bookings, day
from ..spaces.services.booking_rows import Wish
from . import season

NOTES = (
    ("Xem lại khách hàng đầu tiên: trạm y tế phường trả phí theo năm.", "Phỏng vấn ba trạm y tế"),
    ("Thử nghiệm mẫu thứ hai, ghi lại số liệu theo bảng đã thống nhất.", "Đo thêm 20 mẫu"),
    ("Sửa bài trình bày 5 phút, bỏ phần kỹ thuật thừa.", "Tập trước nhóm khác"),
)

MISSED = 3
"""The mentorship whose last session the team missed."""
MEETINGS = (108, 76, 44, 12)
"""Days back of the sessions, so that every month has its hours."""
LAST = MEETINGS[-1]


def load(ctx: season.Context, cohort: Cohort, opened: dict[str, IncubationCase]) -> None:
    flagship = opened["flagship"]
    going = db.session.scalars(
        sa.select(Mentorship)
        .join(IncubationCase, IncubationCase.id == Mentorship.case_id)
        .where(IncubationCase.cohort_id == cohort.id, Mentorship.ended_at.is_(None))
        .order_by(Mentorship.id)
    ).all()
    _sessions(ctx, going, quiet=opened["biology"].id)
    _support(ctx, cohort, flagship)
    _workspace(ctx, flagship)
    _progress(ctx, flagship)
    _figures(ctx, opened)
    _feedback(ctx, going)
    _indicators(ctx, cohort)


def _sessions(ctx: season.Context, going: Sequence[Mentorship], quiet: int) -> None:
    """Past ones held (one was missed), coming ones planned, in rooms where one is free; one case met twice only."""
    for n, mentorship in enumerate(going):
        for back in MEETINGS[: 2 if mentorship.case_id == quiet else None]:
            note, step = NOTES[(n + back) % len(NOTES)]
            session = _book(ctx, mentorship, -back + n % 4, 9 + n % 6)
            if session is None:
                continue
            ended = session.ends_at + timedelta(hours=1)
            if ended > clock.now() and ended > clock.at_local(ctx.today):
                continue
            if back == LAST and mentorship.person_id == ctx.people["mentor"].id:
                continue  # waits for the mentor's minutes
            with transaction():
                if n == MISSED and back == LAST:
                    sessions.record_missed(session.id, "team", actor=ctx.actor, at=ended)
                    continue
                sessions.record_held(
                    session.id, minutes=60 + 15 * (n % 3), present=2 + n % 3, shared_note=note, next_step=step,
                    staff_note="Đội tiến bộ đều." if n else "Cần thêm người làm kinh doanh.", actor=ctx.actor, at=ended,
                )  # fmt: skip
        if n < 4:
            _book(ctx, mentorship, 2 + n, 10 + n % 5)


def _book(ctx: season.Context, mentorship: Mentorship, days: int, hour: int) -> MentoringSession | None:
    """On a working day, in the smallest free room; online where none is."""
    when = ctx.today + timedelta(days=days)
    when += timedelta(days=max(0, 7 - when.weekday()) if when.weekday() > 4 and days > 0 else 0)
    when -= timedelta(days=max(0, when.weekday() - 4))
    start: datetime = clock.at_local(when) + timedelta(hours=hour)
    places = [p for p in meeting_places().values() if p.kind is ResourceKind.ROOM and not p.rules.training]
    rooms = [p.id for p in sorted(places, key=lambda p: p.capacity or 0)]
    for room in [*rooms[:4], None]:
        try:
            with transaction():
                return sessions.book(
                    mentorship.id, Span(start, start + timedelta(hours=1)), resource_id=room,
                    agenda="Rà lại nhu cầu và việc tuần trước.", online_url="" if room else "https://hop.example/co-van",
                    actor=ctx.actor, at=min(start - timedelta(days=3), clock.now()),
                )  # fmt: skip
        except DomainError:
            continue
    return None


def _support(ctx: season.Context, cohort: Cohort, flagship: IncubationCase) -> None:
    """Items of the scheme; the flagship has its workspace, machine hours and money, partly used."""
    scheme, at = cohort.programme_id, clock.at_local(ctx.today - timedelta(days=60))
    seat = db.session.scalar(sa.select(Resource.id).where(Resource.slug == "lam-viec-chung"))
    begin, end = ctx.today - timedelta(days=55), ctx.today + timedelta(days=125)
    with transaction():
        items = [
            support.define_item(scheme, SupportKind.WORKSPACE, "Chỗ làm việc tại BIIC", name_en="Workspace at BIIC", ceiling=12, resource_id=seat,
                                minutes_per_unit=160 * 60, decision="826/QĐ-UBND", actor=ctx.actor, at=at),
            support.define_item(scheme, SupportKind.MACHINE, "Giờ máy FabLab", name_en="FabLab machine hours", ceiling=60, decision="826/QĐ-UBND",
                                actor=ctx.actor, at=at),
            support.define_item(scheme, SupportKind.TRAINING, "Suất đào tạo khởi nghiệp", name_en="Start-up training seats", ceiling=5, actor=ctx.actor, at=at),
            support.define_item(scheme, SupportKind.MONEY, "Kinh phí hoàn thiện sản phẩm", name_en="Money to finish the product", ceiling=100_000_000,
                                decision="826/QĐ-UBND", actor=ctx.actor, at=at),
        ]  # fmt: skip
        given = [
            support.grant(item.id, flagship, amount, decision="31/QĐ-BIIC", decided_on=begin, valid_from=begin, valid_to=end,
                          actor=ctx.actor, at=at)
            for item, amount in zip(items, (6, 20, 2, 60_000_000), strict=True)
        ]  # fmt: skip
        later = clock.at_local(ctx.today - timedelta(days=15))
        support.record_move(
            given[2].id, SupportMoveKind.USED, 1, note="Khóa gọi vốn", actor=ctx.actor, at=later
        )
        support.record_move(
            given[3].id, SupportMoveKind.USED, 35_000_000, note="PC-114, máy chủ", actor=ctx.actor, at=later
        )
        support.record_move(
            given[3].id, SupportMoveKind.RECOVERED, 2_000_000, note="Hóa đơn trùng", actor=ctx.actor, at=later
        )


def _workspace(ctx: season.Context, flagship: IncubationCase) -> None:
    """Three of the team work at BIIC on Mondays and Thursdays; their grant pays, and shrinks by it."""
    seat = db.session.scalar(
        sa.select(SupportItem.resource_id)
        .join(SupportGrant, SupportGrant.item_id == SupportItem.id)
        .where(SupportGrant.case_id == flagship.id, SupportItem.kind == SupportKind.WORKSPACE)
    )
    captain = ctx.people["student"]
    team = Actor(person_id=captain.id, name=captain.full_name)
    for back in range(50, -8, -1):
        when = ctx.today - timedelta(days=back)
        if seat is None or when.weekday() not in (0, 3):
            continue
        start: datetime = clock.at_local(when) + timedelta(hours=8)
        wish = Wish(
            seat, Span(start, start + timedelta(hours=3)), 3, Purpose.MAKING, flagship.title, units=0, team_id=flagship.team_id
        )  # fmt: skip
        try:
            with transaction():
                made = bookings.book(wish, actor=team, at=min(start - timedelta(days=5), clock.now()))
            if back > 0:
                with transaction():
                    day.check_out(made.id, people=3, actor=ctx.actor, at=made.ends_at)
        except DomainError:
            continue  # a holiday, or no seat left


def _progress(ctx: season.Context, flagship: IncubationCase) -> None:
    at = clock.at_local(ctx.today - timedelta(days=40))
    with transaction():
        first = progress.add_milestone(
            flagship,
            title="Ba trạm y tế dùng thử",
            due_on=ctx.today - timedelta(days=10),
            actor=ctx.actor,
            at=at,
        )
        progress.add_milestone(
            flagship,
            title="Doanh thu 50 triệu đồng",
            due_on=ctx.today + timedelta(days=60),
            actor=ctx.actor,
            at=at,
        )
        progress.report_milestone(
            first, evidence="Biên bản dùng thử của ba phường", actor=ctx.actor, at=at + timedelta(days=28)
        )
        progress.judge_milestone(
            first, True, note="Đủ minh chứng", actor=ctx.actor, at=at + timedelta(days=30)
        )


#: project -> people and million đồng of the latest month; one fewer and seven less each month back.
FIGURES = {"flagship": (6, 24), "milk": (4, 9), "market": (9, 61)}


def _figures(ctx: season.Context, opened: dict[str, IncubationCase]) -> None:
    at = clock.at_local(ctx.today) - timedelta(days=1)
    with transaction():
        for key, (people, millions) in FIGURES.items():
            month = ctx.today.replace(day=1)
            for n in range(4):
                month = (month - timedelta(days=1)).replace(day=1)
                values = {
                    Metric.HEADCOUNT: people - n // 2, Metric.REVENUE: max(0, millions - 7 * n) * 1_000_000,
                    Metric.JOBS: 1 if n == 0 else 0, Metric.IP_FILINGS: 1 if n == 1 else 0,
                }  # fmt: skip
                progress.report_metrics(opened[key], month, values, actor=ctx.actor, at=at)


def _feedback(ctx: season.Context, going: Sequence[Mentorship]) -> None:
    """Each mentor says something about the first session held; the student answers, to staff only."""
    student = ctx.people["student"]
    for mentorship in going[:5]:
        session = db.session.scalar(
            sa.select(MentoringSession)
            .where(MentoringSession.mentorship_id == mentorship.id, MentoringSession.minutes.is_not(None))
            .order_by(MentoringSession.id)
            .limit(1)
        )
        name = db.session.scalar(sa.select(Person.full_name).where(Person.id == mentorship.person_id)) or ""
        if session is None:
            continue
        with transaction():
            progress.give_feedback(
                session, rating=4, text="Đội chuẩn bị tốt, hỏi đúng chỗ.", visible_to=Visibility.BOTH,
                actor=Actor(person_id=mentorship.person_id, name=name), at=session.ends_at + timedelta(days=1),
            )  # fmt: skip
            if mentorship is going[0]:
                progress.give_feedback(
                    session, rating=5, text="Buổi gặp thiết thực, mong có thêm thời gian.", visible_to=Visibility.STAFF,
                    actor=Actor(person_id=student.id, name=student.full_name), at=session.ends_at + timedelta(days=1),
                )  # fmt: skip


def _indicators(ctx: season.Context, cohort: Cohort) -> None:
    scheme, year, at = (
        db.session.get_one(Programme, cohort.programme_id),
        ctx.today.year,
        clock.at_local(ctx.today),
    )
    with transaction():
        programmes.set_indicator(
            scheme, "Ý tưởng sáng tạo của thanh niên", name_en="Young people's ideas", year=year, target=3600, done=1628,
            unit="ý tưởng", unit_en="ideas", as_of=ctx.today.replace(day=1), source="Đoàn thanh niên", position=1, actor=ctx.actor, at=at,
        )  # fmt: skip
        for n, (name, english, target, counts, unit, unit_en, past) in enumerate(
            (
                ("Dự án vào ươm tạo", "Projects taken in", 15, "cases", "dự án", "projects", 8),
                ("Dự án có cố vấn", "Projects with a mentor", 12, "mentored", "dự án", "projects", 5),
                ("Giờ cố vấn", "Mentoring hours", 120, "hours", "giờ", "hours", 41),
                ("Dự án tốt nghiệp", "Projects graduated", 3, "graduated", "dự án", "projects", 1),
            ),
            start=2,
        ):
            programmes.set_indicator(
                scheme, name, name_en=english, year=year, target=target, counts=counts, unit=unit, unit_en=unit_en, last_year=past,
                position=n, actor=ctx.actor, at=at,
            )  # fmt: skip
