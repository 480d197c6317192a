"""Incubation in the demo: mentors, cases from last season's awards, runs, offers in every state, sessions, support."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from ..accounts import services as accounts
from ..core import clock
from ..core.db import db, transaction
from ..mentoring import jobs
from ..mentoring.queries.wishing import cases_to_wish
from ..mentoring.services import holding, mentors, offers, profiles, programmes, progress, runs
from ..models import (
    Cohort,
    Commitment,
    IncubationCase,
    MatchRun,
    MentorKind,
    Offer,
    OfferState,
    Organisation,
    OrganisationKind,
    Person,
    SkillTopic,
)
from . import mentoring_cases, mentoring_life, people, season
from .mentoring_cases import day
from .mentoring_data import MENTORS

TITLE = "mentoring"


def load(ctx: season.Context) -> None:
    """About thirty services calls a team; everything alive is dated from `ctx.today`."""
    cohort = _programme(ctx)
    _mentors(ctx, cohort)
    opened = mentoring_cases.load(ctx, cohort)
    _wishes(ctx, cohort, opened.values())
    _runs(ctx, cohort, opened)
    mentoring_life.load(ctx, cohort, opened)
    _mentor_wishes(ctx, cohort)
    _last_run(ctx, cohort)


def _programme(ctx: season.Context) -> Cohort:
    year = ctx.today.year
    with transaction():
        programmes.install_topics()
        scheme = programmes.create_programme(
            "Đề án 826 hỗ trợ khởi nghiệp đổi mới sáng tạo", "de-an-826", name_en="Scheme 826, support for innovative start-ups",
            decision="826/QĐ-UBND", starts_on=ctx.today.replace(month=1, day=1), actor=ctx.actor, at=day(ctx, -180),
            summary="Kết nối chuyên gia, chỗ làm việc, giờ máy và kinh phí cho dự án đạt giải và dự án tự ứng cử.",
        )  # fmt: skip
        cohort = programmes.create_cohort(
            scheme, f"Ươm tạo khóa {year}", f"uom-tao-{year}", name_en=f"Incubation intake {year}", year=year,
            starts_on=ctx.today - timedelta(days=170), ends_on=ctx.today + timedelta(days=160), actor=ctx.actor,
            at=day(ctx, -178),
        )  # fmt: skip
    ctx.notes["cohort"] = cohort
    return cohort


def _mentors(ctx: season.Context, cohort: Cohort) -> None:
    topics = {t.slug: t.id for t in db.session.scalars(sa.select(SkillTopic))}
    bodies: dict[str, int] = {}
    with transaction():
        for n, row in enumerate(MENTORS):
            person = ctx.people[row.part] if row.part else _person(ctx, row.name, row.title)
            if row.body not in bodies:
                bodies[row.body] = _body(row.body, ctx)
            facts = profiles.ProfileFacts(
                organisation_id=bodies[row.body], job_title=row.job, about=row.about, fields=row.fields,
                languages=row.languages, modes=("online", "onsite"), areas=row.areas,
                stages=("applied", "pre_incubation", "incubation"),
                skills={topics[slug]: level for slug, level in row.skills},
                hours=[(d, time(start), time(end)) for d, start, end in row.hours],
            )  # fmt: skip
            at = day(ctx, -160 + n)
            profiles.save_profile(person.id, facts, actor=ctx.actor, at=at)
            commitment = mentors.apply(
                cohort, person.id, mentors.Terms(MentorKind(row.kind), row.teams, row.hours_most, row.message),
                actor=ctx.actor, at=at,
            )  # fmt: skip
            if row.waits:
                continue
            mentors.decide(commitment, True, actor=ctx.actor, at=at)
            profiles.verify_skill(person.id, topics[row.skills[0][0]], actor=ctx.actor, at=at)
            if row.paused:
                mentors.pause(
                    commitment,
                    ctx.today + timedelta(days=20),
                    reason="Đi công tác",
                    actor=ctx.actor,
                    at=day(ctx, -30),
                )
    ctx.sign_ins.append(("Mentor's desk", "covan@demo.example", "/mentoring/me"))


def _person(ctx: season.Context, name: str, title: str) -> Person:
    person = accounts.create_person(name, title=title, actor=ctx.actor, at=day(ctx, -161))
    people.make_account(person, f"covan{person.id}@demo.example", ctx)
    return person


def _body(name: str, ctx: season.Context) -> int:
    known = db.session.scalar(sa.select(Organisation.id).where(Organisation.name == name))
    if known is not None:
        return known
    row = Organisation(
        name=name, slug=f"cv-{len(name)}-{sum(map(ord, name))}", kind=OrganisationKind.UNIVERSITY if "Đại học" in name else OrganisationKind.COMPANY,
        created_at=day(ctx, -161), verified_at=day(ctx, -161),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def _wishes(ctx: season.Context, cohort: Cohort, opened: Iterable[IncubationCase]) -> None:
    able = db.session.scalars(
        sa.select(Commitment.person_id).where(Commitment.cohort_id == cohort.id).order_by(Commitment.id)
    ).all()
    pick = ctx.random("mentoring")
    with transaction():
        for case in opened:
            progress.rank_mentors(case, pick.sample(list(able), 3), actor=ctx.actor, at=day(ctx, -121))


def _mentor_wishes(ctx: season.Context, cohort: Cohort) -> None:
    """Before the run that is still a draft, mentors say which of the teams without one they would like."""
    mentors_here = db.session.scalars(
        sa.select(Commitment.person_id).where(Commitment.cohort_id == cohort.id).order_by(Commitment.id)
    ).all()
    pick, at = ctx.random("mentors' wishes"), day(ctx, -1)
    with transaction():
        for person_id in mentors_here:
            able = [row.case.id for row in cases_to_wish(person_id, at.date())]
            if able:
                progress.rank_cases(person_id, pick.sample(able, min(2, len(able))), actor=ctx.actor, at=at)


#: Other weights, so that two runs have something to compare.
WISHES_FIRST = {"needs": 200, "field": 80, "slots": 220, "stage": 50, "place": 50, "wish": 400}


def _runs(ctx: season.Context, cohort: Cohort, opened: dict[str, IncubationCase]) -> None:
    """A run that weighs wishes and hours most, one that weighs needs; the second was published and answered."""
    _run(ctx, cohort, "nặng nguyện vọng và giờ rảnh", day(ctx, -119), floor=False, weights=WISHES_FIRST)
    chosen = _run(ctx, cohort, "nâng mức thấp nhất trước", day(ctx, -119, 10))
    wish = holding.Wish(
        opened["unmarked"].id, "technical", ctx.people["judge"].id,
        reason="Cô Vân không chấm đội này; từ nay sẽ không được phân công chấm.",
    )  # fmt: skip
    worked = holding.work_out(db.session.get_one(MatchRun, chosen), wish, actor=ctx.actor)
    with transaction():
        holding.take(chosen, worked, actor=ctx.actor, at=day(ctx, -118, 8))
        sent = runs.publish(chosen, actor=ctx.actor, at=day(ctx, -118))
    _answers(ctx, sent, opened["marked"].id)
    second = _run(ctx, cohort, "ghép lại vị trí còn trống", day(ctx, -3))
    # Who signs in as the demo's mentor finds an offer to answer.
    asked = holding.Wish(
        opened["marked"].id, "technical", ctx.people["mentor"].id,
        reason="Đội gặp thầy Bảo ở Cà phê sáng tạo và xin thầy hướng dẫn.",
    )  # fmt: skip
    worked = holding.work_out(db.session.get_one(MatchRun, second), asked, actor=ctx.actor)
    with transaction():
        holding.take(second, worked, actor=ctx.actor, at=day(ctx, -2, 7))
        again = runs.publish(second, actor=ctx.actor, at=day(ctx, -2))
    if again:
        with transaction():
            offers.withdraw(again[-1].id, reason="Đội xin lùi thời gian", actor=ctx.actor, at=day(ctx, -1))


def _run(
    ctx: season.Context,
    cohort: Cohort,
    label: str,
    at: datetime,
    *,
    floor: bool = True,
    weights: dict[str, int] | None = None,
) -> int:
    with transaction():
        run = runs.ask_run(cohort, label=label, floor=floor, weights=weights, actor=ctx.actor, at=at)
    jobs.execute(run.id, at=at + timedelta(seconds=2))
    return run.id


def _answers(ctx: season.Context, sent: list[Offer], marked: int) -> None:
    """Most accept; one says no, one lets it lapse, one loses the place as the mentor has room for one only.

    The technical place of the team that the demo's judge marks stays open, so that the rule is seen in the next runs.
    """
    by_person: dict[int, list[Offer]] = {}
    for offer in sent:
        by_person.setdefault(offer.person_id, []).append(offer)
    known = {ctx.people[part].id for part in ("mentor", "judge")}
    several = next((rows for who, rows in by_person.items() if len(rows) > 1 and who not in known), [])
    skip = {o.id for o in several}
    rest = [o for o in sent if o.id not in skip]
    late = [o for o in rest if o.case_id == marked and o.kind == MentorKind.TECHNICAL]
    rest = sorted(set(rest) - set(late), key=lambda o: (o.person_id not in known, o.id))
    with transaction():
        if several:
            commitment = db.session.scalars(
                sa.select(Commitment).where(Commitment.person_id == several[0].person_id)
            ).one()
            mentors.change_commitment(
                commitment, max_teams=1, max_hours=commitment.max_hours, actor=ctx.actor, at=day(ctx, -117)
            )
            offers.accept(several[0].id, actor=ctx.actor, at=day(ctx, -117, 11))
        if len(rest) > 3:
            offers.decline(rest[-1].id, reason="Lịch dạy kín đến hết quý", actor=ctx.actor, at=day(ctx, -116))
        for n, offer in enumerate(rest[: -1 if late else -2]):
            offers.accept(offer.id, actor=ctx.actor, at=day(ctx, -117, 8) + timedelta(hours=5 * n))
    with transaction():
        offers.expire_and_remind(actor=ctx.actor, at=day(ctx, -114))
    with transaction():
        offers.expire_and_remind(actor=ctx.actor, at=day(ctx, -111))


def _last_run(ctx: season.Context, cohort: Cohort) -> None:
    """A draft to compare, run this morning; before seven, just now."""
    at = min(day(ctx, 0, 7), clock.now() - timedelta(minutes=1))
    _run(ctx, cohort, "nháp sáng nay, nặng nguyện vọng", at, weights=WISHES_FIRST)
    waiting = db.session.scalar(
        sa.select(sa.func.count(Offer.id)).where(Offer.cohort_id == cohort.id, Offer.state == OfferState.SENT)
    )
    ctx.notes["open_offers"] = waiting
    ctx.sign_ins.append(("Mentoring staff", "biic@demo.example", f"/mentoring/cohorts/{cohort.slug}/match"))
