"""Cases of the demo: HealthyMap AI applied, awards of last season opened some, two teams are being judged right now."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import sqlalchemy as sa

from ..accounts import services as accounts
from ..core import clock
from ..core.db import db, transaction
from ..judging.services import paper
from ..mentoring.queries import intake
from ..mentoring.services import cases, needs
from ..models import (
    Assignment,
    CaseStage,
    Cohort,
    Entry,
    IncubationCase,
    MemberPart,
    NeedState,
    Project,
    SkillTopic,
    StageDivision,
    StageEntry,
    StageState,
    Team,
    TeamMember,
    TeamNeed,
)
from . import judging_steps, season
from .mentoring_data import PROJECTS, ProjectFacts


def day(ctx: season.Context, days: int, hour: int = 9) -> datetime:
    """An hour of the day `days` from the day of loading."""
    return clock.at_local(ctx.today + timedelta(days=days), time(hour))


def load(ctx: season.Context, cohort: Cohort) -> dict[str, IncubationCase]:
    """The cases by the key of their project."""
    _release_comments(ctx)
    topics = {t.slug: t.id for t in db.session.scalars(sa.select(SkillTopic))}
    awards = [
        (award.id, entry.project.title)
        for award, entry, _team, _division in intake.awards_without_case(cohort)
        if entry.project is not None
    ]
    opened: dict[str, IncubationCase] = {}
    for n, project in enumerate(PROJECTS):
        at = day(ctx, -150 + 2 * n)
        with transaction():
            case = opened[project.key] = _open(ctx, cohort, project, awards, at)
            cases.change_case(
                case, priority=project.priority, field=project.field, area=project.area, languages=["vi"],
                modes=["online", "onsite"], hours=[(d, time(s), time(e)) for d, s, e in project.hours], actor=ctx.actor, at=at,
            )  # fmt: skip
            wanted = [(topics[slug], level, text) for slug, level, text in project.needs]
            _confirm(ctx, case, wanted, topics if project.confirmed else None, at)
            for i, step in enumerate(project.steps):
                cases.move_stage(
                    case, CaseStage(step), reason=project.why, decision=f"{12 + n}/QĐ-BIIC", actor=ctx.actor,
                    at=at + timedelta(days=3 + i),
                )  # fmt: skip
    return opened


def _open(
    ctx: season.Context,
    cohort: Cohort,
    project: ProjectFacts,
    awards: list[tuple[int, str]],
    at: datetime,
) -> IncubationCase:
    award = next((key for key, title in awards if project.award and title.startswith(project.award)), None)
    if award is not None:
        return cases.open_from_award(cohort, award, actor=ctx.actor, at=at)
    title, team_id = project.title, None
    if project.judged is not None:
        title, team_id = _being_judged(ctx, project.judged) or (title, None)
    return cases.apply_for(
        cohort, team_id or _team(ctx, project, at).id, title=title, field=project.field, reason=project.reason,
        actor=ctx.actor, at=at,
    )  # fmt: skip


def _being_judged(ctx: season.Context, by_judge: bool) -> tuple[str, int] | None:
    """(project, team) of an entry whose results are not out, among those of the demo's judge or of others."""
    mine = sa.select(Assignment.stage_entry_id).where(Assignment.judge_id == ctx.people["judge"].id)
    assigned = mine if by_judge else sa.select(Assignment.stage_entry_id)
    rows = (
        sa.select(Project.title, Entry.team_id)
        .join(Entry, Entry.project_id == Project.id)
        .join(StageEntry, StageEntry.entry_id == Entry.id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .where(
            StageDivision.state == StageState.OPEN, Entry.team_id.is_not(None), StageEntry.id.in_(assigned)
        )
        .order_by(Entry.id.desc())
    )
    found = db.session.execute(rows if by_judge else rows.where(StageEntry.id.not_in(mine))).first()
    return (found[0], found[1]) if found else None


#: What judges say without naming a topic, and the topic that the team sees in it.
HEARD = {"chi phí": "pricing", "số liệu": "testing", "khác gì": "ip"}


def _release_comments(ctx: season.Context) -> None:
    """Last season's teams read what judges wrote; it becomes their first needs."""
    for edition in ("khoi-nghiep-2024", "sang-tao-2024"):
        for stage, parts in judging_steps.stages_of(edition):
            with transaction():
                for part in parts:
                    if part.state is StageState.PUBLISHED:
                        paper.release_comments(part, stage, actor=ctx.actor, at=day(ctx, -152))


def _confirm(
    ctx: season.Context,
    case: IncubationCase,
    wanted: list[tuple[int, int, str]],
    topics: dict[str, int] | None,
    at: datetime,
) -> None:
    """Without `topics` the team has not answered yet."""
    for topic_id, priority, text in wanted:
        needs.add_need(case, topic_id=topic_id, text=text, priority=priority, actor=ctx.actor, at=at)
    if topics is None:
        return
    rows = db.session.scalars(sa.select(TeamNeed).where(TeamNeed.case_id == case.id)).all()
    named = {need.topic_id for need in rows}
    for need in rows:
        heard = next((topics[slug] for words, slug in HEARD.items() if words in need.text), None)
        topic = need.topic_id or (heard if heard not in named else None)
        named.add(topic)
        state = NeedState.OPEN if topic else NeedState.DROPPED
        needs.settle_need(need, state, topic_id=topic, actor=ctx.actor, at=at + timedelta(hours=5))
    needs.confirm_needs(case, actor=ctx.actor, at=at + timedelta(hours=6))


def _team(ctx: season.Context, project: ProjectFacts, at: datetime) -> Team:
    """A team of grown-ups; the demo's student leads the first one."""
    team = Team(name=project.team, created_at=at)
    db.session.add(team)
    db.session.flush()
    captain = (
        ctx.people["student"]
        if project is PROJECTS[0]
        else accounts.create_person(f"Trưởng nhóm {project.team}", actor=ctx.actor, at=at)
    )
    db.session.add(TeamMember(team_id=team.id, person_id=captain.id, part=MemberPart.CAPTAIN, valid_from=at))
    db.session.flush()
    return team
