"""What was published in 2024: lists, results, certificates, one correction; and one list that waits for its hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from ..contests.queries import editions as edition_reads
from ..core import clock
from ..core.db import db, transaction
from ..models import (
    Award,
    Edition,
    Entry,
    Figure,
    PrizeTier,
    Publication,
    PublicationKind,
    Stage,
    StageDivision,
    StageEntry,
)
from ..publishing import services
from ..publishing.queries import board, editions
from ..publishing.services import Decision, EntryChange
from ..publishing.services.corrections import apply_changes
from . import news, season

TITLE = "publishing"
SIGNER = "Nguyễn Trung Hiếu"


@dataclass(frozen=True, slots=True)
class Past:
    """When an edition of 2024 published what."""

    slug: str
    eligible: date
    finalists: date | None
    official: date
    number: str
    corrected: bool = False


PAST = (
    Past("robotics-2024", date(2024, 10, 18), date(2024, 11, 8), date(2024, 11, 25), "05/QĐ-BTC"),
    Past("sang-tao-2024", date(2024, 4, 10), None, date(2024, 5, 20), "12/QĐ-BTC", corrected=True),
    Past("robocon-2024", date(2024, 11, 20), date(2024, 11, 26), date(2024, 11, 28), "17/QĐ-BTC"),
    Past("khoi-nghiep-2024", date(2024, 11, 14), date(2024, 11, 29), date(2024, 12, 14), "21/QĐ-BTC"),
    Past("nong-thon-2024", date(2024, 8, 30), None, date(2024, 9, 27), "03/QĐ-BTC"),
)
#: (edition, key, value, qualifier, unit, source): as the reports of the year say it.
REPORTED = (
    ("robotics-2024", "teams", "314", "đúng", "đội", "Báo cáo khoa học và công nghệ năm 2024"),
    ("robotics-2024", "teams.primary", "143", "đúng", "đội", "Thông cáo của Ban Tổ chức 2024"),
    ("robotics-2024", "teams.lower_secondary", "171", "đúng", "đội", "Thông cáo của Ban Tổ chức 2024"),
    ("robotics-2024", "schools", "65", "đúng", "trường", "Thông cáo của Ban Tổ chức 2024"),
    ("robotics-2024", "finalists", "72", "đúng", "đội", "Báo cáo khoa học và công nghệ năm 2024"),
    ("robotics-2024", "divisions", "2", "đúng", "hạng mục", "Báo cáo khoa học và công nghệ năm 2024"),
    ("sang-tao-2024", "teams", "314", "đúng", "sản phẩm", "Lễ tổng kết ngày 29/5/2024"),
    ("sang-tao-2024", "awards", "51", "đúng", "giải", "Lễ tổng kết ngày 29/5/2024"),
    ("sang-tao-2024", "awards.first", "1", "đúng", "giải", "Lễ tổng kết ngày 29/5/2024"),
    ("sang-tao-2024", "awards.second", "3", "đúng", "giải", "Lễ tổng kết ngày 29/5/2024"),
    ("sang-tao-2024", "awards.third", "5", "đúng", "giải", "Lễ tổng kết ngày 29/5/2024"),
    ("sang-tao-2024", "awards.encouragement", "17", "đúng", "giải", "Lễ tổng kết ngày 29/5/2024"),
    ("sang-tao-2024", "awards.movement", "25", "đúng", "giải", "Lễ tổng kết ngày 29/5/2024"),
    ("robocon-2024", "teams", "50", "đúng", "đội", "Báo cáo khoa học và công nghệ năm 2024"),
    ("robocon-2024", "schools", "17", "đúng", "trường", "Báo cáo khoa học và công nghệ năm 2024"),
    ("robocon-2024", "finalists", "16", "đúng", "đội", "Báo cáo khoa học và công nghệ năm 2024"),
    ("", "bookings", "425", "khoảng", "lượt", "Báo cáo khoa học và công nghệ năm 2024"),
    ("", "people", "14.000", "khoảng", "người", "Báo cáo khoa học và công nghệ năm 2024"),
    ("nong-thon-2024", "teams", "30", "đúng", "bài dự thi", "Báo cáo Tỉnh đoàn năm 2024"),
)


def load(ctx: season.Context) -> None:
    for past in PAST:
        _past(ctx, past)
    _waiting(ctx)
    with transaction():
        _reported()
    news.load(ctx.actor, clock.now())


def _moment(day: date, hour: int = 16, minute: int = 30) -> datetime:
    return clock.at_local(day, time(hour, minute))


def _past(ctx: season.Context, past: Past) -> None:
    edition = edition_reads.get_edition(past.slug)
    stages = {s.position: s for s in editions.stages_of(edition.id)}
    last = stages[max(stages)]
    with transaction():
        _publish(ctx, edition, PublicationKind.ELIGIBLE, None, _moment(past.eligible), past)
    if (
        past.finalists
        and len(stages) > 1
        and _is_decided(edition, PublicationKind.FINALISTS, stages[min(stages)])
    ):
        with transaction():
            _publish(
                ctx, edition, PublicationKind.FINALISTS, stages[min(stages)], _moment(past.finalists), past
            )
    if not _is_decided(edition, PublicationKind.OFFICIAL, last):
        return
    mistake = _mistake(edition, last) if past.corrected else None
    moment = _moment(past.official)
    with transaction():
        if mistake:
            apply_changes(
                edition,
                last,
                mistake[0],
                reason="Nhập nhầm dòng khi lập danh sách giải",
                actor=ctx.actor,
                at=moment,
            )
        first = _publish(ctx, edition, PublicationKind.OFFICIAL, last, moment, past)
    with transaction():
        services.issue_certificates(first, actor=ctx.actor, at=moment)
    if mistake:
        with transaction():
            services.correct_result(
                first, last, edition, mistake[1], visible_at=moment + timedelta(days=2), at=moment + timedelta(days=2),
                reason="Danh sách giải của phiên bản 1 ghi nhầm một giải cho sản phẩm đứng ngay sau. Đối chiếu biên bản "
                "ngày 18/5/2024 của hội đồng, giải được trao đúng sản phẩm.",
                decision=Decision("14/QĐ-BTC", past.official + timedelta(days=2), SIGNER), actor=ctx.actor,
            )  # fmt: skip


def _is_decided(edition: Edition, kind: PublicationKind, stage: Stage) -> bool:
    return board.find_choice(edition, str(kind), stage.position).ready


def _publish(
    ctx: season.Context,
    edition: Edition,
    kind: PublicationKind,
    stage: Stage | None,
    moment: datetime,
    past: Past,
) -> Publication:
    decision = (
        Decision(past.number, past.official, SIGNER) if kind == PublicationKind.OFFICIAL else Decision()
    )
    return services.publish(
        edition, kind, stage, visible_at=moment, decision=decision, actor=ctx.actor, at=moment
    )


def _mistake(edition: Edition, stage: Stage) -> tuple[list[EntryChange], list[EntryChange]] | None:
    """(wrong, right): a prize of the lowest tier by rank stands with the entry next after, as version 1 had it."""
    rows = db.session.execute(
        sa.select(StageEntry.entry_id, StageEntry.rank, StageEntry.score_e4, PrizeTier.id, PrizeTier.slug)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Entry, Entry.id == StageEntry.entry_id)
        .outerjoin(Award, sa.and_(Award.entry_id == StageEntry.entry_id, Award.revoked_at.is_(None)))
        .outerjoin(PrizeTier, PrizeTier.id == Award.tier_id)
        .where(StageDivision.stage_id == stage.id, StageEntry.rank.is_not(None))
        .order_by(StageEntry.score_e4.desc(), StageEntry.entry_id)
    ).all()
    held = [r for r in rows if r.slug == "encouragement"]
    free = [r for r in rows if r.id is None]
    if not held or not free:
        return None
    lost, got = held[-1], free[0]
    wrong = [
        EntryChange(lost.entry_id, lost.rank, lost.score_e4, None),
        EntryChange(got.entry_id, got.rank, got.score_e4, lost.id),
    ]
    right = [
        EntryChange(lost.entry_id, lost.rank, lost.score_e4, lost.id),
        EntryChange(got.entry_id, got.rank, got.score_e4, None),
    ]
    return wrong, right


def _waiting(ctx: season.Context) -> None:
    """The running contest's list of eligible entries waits for tomorrow morning: something to rehearse."""
    slug = ctx.notes.get("judging")
    if not slug:
        return
    edition = edition_reads.get_edition(slug)
    with transaction():
        services.publish(
            edition, PublicationKind.ELIGIBLE, None, visible_at=_moment(ctx.today + timedelta(days=1), 9, 0),
            decision=Decision(), actor=ctx.actor, at=min(clock.now(), _moment(ctx.today, 23, 0)),
        )  # fmt: skip


def _reported() -> None:
    ids = dict(db.session.execute(sa.select(Edition.slug, Edition.id)).all())
    db.session.add_all(
        Figure(
            key=key, year=2024, edition_id=ids.get(slug), value=value, qualifier=qualifier, unit=unit, source=source,
            reported_on=date(2024, 12, 31),
        )
        for slug, key, value, qualifier, unit, source in REPORTED
    )  # fmt: skip
