"""Incubation in the demo: mentors, cases from last season's awards, runs, offers in every state, sessions, support."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import sqlalchemy as sa

from ..accounts import services as accounts
from ..core import clock
from ..core.db import db, transaction
from ..mentoring import jobs
from ..mentoring.queries import intake
from ..mentoring.services import cases, mentors, needs, offers, profiles, programmes, progress, runs
from ..models import (
    CaseStage,
    Cohort,
    Commitment,
    IncubationCase,
    MemberPart,
    MentorKind,
    NeedState,
    Offer,
    OfferState,
    Organisation,
    OrganisationKind,
    Person,
    SkillTopic,
    Team,
    TeamMember,
    TeamNeed,
)
from . import mentoring_life, people, season
from .mentoring_data import MENTORS, PROJECTS

TITLE = "mentoring"


def load(ctx: season.Context) -> None:
    """About thirty services calls a team; everything alive is dated from `ctx.today`."""
    cohort = _programme(ctx)
    _mentors(ctx, cohort)
    opened = _cases(ctx, cohort)
    _wishes(ctx, cohort, opened)
    _runs(ctx, cohort)
    mentoring_life.load(ctx, cohort, opened[0])
    _last_run(ctx, cohort)


def day(ctx: season.Context, days: int, hour: int = 9) -> datetime:
    """An hour of the day `days` from the day of loading."""
    return clock.at_local(ctx.today + timedelta(days=days), time(hour))


def _programme(ctx: season.Context) -> Cohort:
    year = ctx.today.year
    with transaction():
        programmes.install_topics()
        scheme = programmes.create_programme(
            "Đề án 826 hỗ trợ khởi nghiệp đổi mới sáng tạo", "de-an-826", name_en="Scheme 826, support for innovative start-ups",
            decision="826/QĐ-UBND", starts_on=ctx.today.replace(month=1, day=1), actor=ctx.actor, at=day(ctx, -120),
            summary="Kết nối chuyên gia, chỗ làm việc, giờ máy và kinh phí cho dự án đạt giải và dự án tự ứng cử.",
        )  # fmt: skip
        cohort = programmes.create_cohort(
            scheme, f"Ươm tạo khóa {year}", f"uom-tao-{year}", name_en=f"Incubation intake {year}", year=year,
            starts_on=ctx.today - timedelta(days=110), ends_on=ctx.today + timedelta(days=160), actor=ctx.actor,
            at=day(ctx, -118),
        )  # fmt: skip
    ctx.notes["cohort"] = cohort
    return cohort


def _mentors(ctx: season.Context, cohort: Cohort) -> None:
    topics = {t.slug: t.id for t in db.session.scalars(sa.select(SkillTopic))}
    bodies: dict[str, int] = {}
    with transaction():
        for n, row in enumerate(MENTORS):
            person = ctx.people["mentor"] if n == 0 else _person(ctx, row.name, row.title)
            if row.body not in bodies:
                bodies[row.body] = _body(row.body, ctx)
            facts = profiles.ProfileFacts(
                organisation_id=bodies[row.body], job_title=row.job, about=row.about, fields=row.fields,
                languages=row.languages, modes=("online", "onsite"), areas=row.areas,
                stages=("applied", "pre_incubation", "incubation"),
                skills={topics[slug]: level for slug, level in row.skills},
                hours=[(d, time(start), time(end)) for d, start, end in row.hours],
            )  # fmt: skip
            at = day(ctx, -100 + n)
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
    person = accounts.create_person(name, title=title, actor=ctx.actor, at=day(ctx, -101))
    people.make_account(person, f"covan{person.id}@demo.example", ctx)
    return person


def _body(name: str, ctx: season.Context) -> int:
    known = db.session.scalar(sa.select(Organisation.id).where(Organisation.name == name))
    if known is not None:
        return known
    row = Organisation(
        name=name, slug=f"cv-{len(name)}-{sum(map(ord, name))}", kind=OrganisationKind.UNIVERSITY if "Đại học" in name else OrganisationKind.COMPANY,
        created_at=day(ctx, -101), verified_at=day(ctx, -101),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row.id


def _cases(ctx: season.Context, cohort: Cohort) -> list[IncubationCase]:
    """HealthyMap AI applied by itself; awards open the next ones; teams that apply fill up."""
    topics = {t.slug: t.id for t in db.session.scalars(sa.select(SkillTopic))}
    awards = intake.awards_without_case(cohort, limit=40)
    chosen = [a for a, entry, _team, _division in awards if entry.project and entry.project.title][:5]
    opened: list[IncubationCase] = []
    for n, project in enumerate(PROJECTS):
        at = day(ctx, -90 + 2 * n)
        with transaction():
            award = chosen[n - 1] if 1 <= n <= len(chosen) else None
            if award is not None:
                case = cases.open_from_award(cohort, award.id, actor=ctx.actor, at=at)
            else:
                team = _team(ctx, project.team, lead=n == 0, at=at)
                case = cases.apply_for(
                    cohort,
                    team.id,
                    title=project.title,
                    field=project.field,
                    reason=project.reason,
                    actor=ctx.actor,
                    at=at,
                )
            cases.change_case(
                case, priority=project.priority, field=project.field, area=project.area, languages=["vi"],
                modes=["online", "onsite"], hours=[(d, time(s), time(e)) for d, s, e in project.hours], actor=ctx.actor, at=at,
            )  # fmt: skip
            _confirm(
                ctx,
                case,
                [(topics[slug], level, text) for slug, level, text in project.needs],
                project.confirmed,
                at,
            )
            for step in project.steps:
                cases.move_stage(
                    case, CaseStage(step), reason=project.why, decision=f"{12 + n}/QĐ-BIIC", actor=ctx.actor,
                    at=at + timedelta(days=3 + list(project.steps).index(step)),
                )  # fmt: skip
        opened.append(case)
    return opened


def _confirm(
    ctx: season.Context,
    case: IncubationCase,
    wanted: list[tuple[int, int, str]],
    confirmed: bool,
    at: datetime,
) -> None:
    for topic_id, priority, text in wanted:
        needs.add_need(case, topic_id=topic_id, text=text, priority=priority, actor=ctx.actor, at=at)
    if not confirmed:
        return
    rows = db.session.scalars(sa.select(TeamNeed).where(TeamNeed.case_id == case.id)).all()
    for need in rows:
        state = NeedState.OPEN if need.topic_id else NeedState.DROPPED
        needs.settle_need(need, state, actor=ctx.actor, at=at + timedelta(hours=5))
    needs.confirm_needs(case, actor=ctx.actor, at=at + timedelta(hours=6))


def _team(ctx: season.Context, name: str, *, lead: bool, at: datetime) -> Team:
    """A team of grown-ups; the demo's student leads the first one."""
    team = Team(name=name, created_at=at)
    db.session.add(team)
    db.session.flush()
    captain = (
        ctx.people["student"]
        if lead
        else accounts.create_person(f"Trưởng nhóm {name}", actor=ctx.actor, at=at)
    )
    db.session.add(TeamMember(team_id=team.id, person_id=captain.id, part=MemberPart.CAPTAIN, valid_from=at))
    db.session.flush()
    return team


def _wishes(ctx: season.Context, cohort: Cohort, opened: list[IncubationCase]) -> None:
    able = db.session.scalars(
        sa.select(Commitment.person_id).where(Commitment.cohort_id == cohort.id).order_by(Commitment.id)
    ).all()
    pick = ctx.random("mentoring")
    with transaction():
        for case in opened:
            progress.rank_mentors(case, pick.sample(list(able), 3), actor=ctx.actor, at=day(ctx, -50))


#: Other weights, so that two runs have something to compare.
WISHES_FIRST = {"needs": 200, "field": 80, "slots": 220, "stage": 50, "place": 50, "wish": 400}


def _runs(ctx: season.Context, cohort: Cohort) -> None:
    """A run that weighs wishes and hours most, one that weighs needs; the second was published and answered."""
    _run(ctx, cohort, "nặng nguyện vọng và giờ rảnh", day(ctx, -25), floor=False, weights=WISHES_FIRST)
    chosen = _run(ctx, cohort, "nâng mức thấp nhất trước", day(ctx, -25, 10))
    with transaction():
        sent = runs.publish(chosen, actor=ctx.actor, at=day(ctx, -24))
    _answers(ctx, sent)
    second = _run(ctx, cohort, "ghép lại vị trí còn trống", day(ctx, -3))
    with transaction():
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


def _answers(ctx: season.Context, sent: list[Offer]) -> None:
    """Most accept; one says no, one lets it lapse, one loses the place as the mentor has room for one only."""
    by_person: dict[int, list[Offer]] = {}
    for offer in sent:
        by_person.setdefault(offer.person_id, []).append(offer)
    several = next(
        (
            rows
            for rows in by_person.values()
            if len(rows) > 1 and rows[0].person_id != ctx.people["mentor"].id
        ),
        [],
    )
    skip = {o.id for o in several}
    rest = [o for o in sent if o.id not in skip]
    with transaction():
        if several:
            commitment = db.session.scalars(
                sa.select(Commitment).where(Commitment.person_id == several[0].person_id)
            ).one()
            mentors.change_commitment(
                commitment, max_teams=1, max_hours=commitment.max_hours, actor=ctx.actor, at=day(ctx, -23)
            )
            offers.accept(several[0].id, actor=ctx.actor, at=day(ctx, -23, 11))
        if len(rest) > 3:
            offers.decline(rest[-1].id, reason="Lịch dạy kín đến hết quý", actor=ctx.actor, at=day(ctx, -22))
        for n, offer in enumerate(rest[:-2]):
            offers.accept(offer.id, actor=ctx.actor, at=day(ctx, -23, 8) + timedelta(hours=5 * n))
    with transaction():
        offers.expire_and_remind(actor=ctx.actor, at=day(ctx, -20))
    with transaction():
        offers.expire_and_remind(actor=ctx.actor, at=day(ctx, -17))


def _last_run(ctx: season.Context, cohort: Cohort) -> None:
    """A draft to compare, run this morning."""
    _run(ctx, cohort, "nháp sáng nay, nặng nguyện vọng", day(ctx, 0, 7), weights=WISHES_FIRST)
    waiting = db.session.scalar(
        sa.select(sa.func.count(Offer.id)).where(Offer.cohort_id == cohort.id, Offer.state == OfferState.SENT)
    )
    ctx.notes["open_offers"] = waiting
    ctx.sign_ins.append(("Mentoring staff", "biic@demo.example", f"/mentoring/cohorts/{cohort.slug}/match"))
