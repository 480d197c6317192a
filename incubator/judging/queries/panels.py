"""Reads for setting judging up: rubrics and where they are used, panels with loads and problems, invitations."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.web import here, lang, named
from ...models import (
    Assignment,
    AssignmentState,
    Division,
    Edition,
    Entry,
    Panel,
    PanelMember,
    Project,
    Rubric,
    Stage,
    StageDivision,
    StageEntry,
    StageKind,
    StagePresence,
    StageState,
    Team,
)
from .. import allocation, policies
from . import conflicts, inputs


def rubrics_of(edition_id: int) -> list[Rubric]:
    return list(
        db.session.scalars(
            sa.select(Rubric)
            .options(selectinload(Rubric.criteria))
            .where(Rubric.edition_id == edition_id)
            .order_by(Rubric.name, Rubric.version.desc())
        )
    )


def get_rubric_for(actor: Actor, rubric_id: int) -> Rubric:
    rubric: Rubric | None = db.session.scalar(
        sa.select(Rubric).options(selectinload(Rubric.criteria)).where(Rubric.id == rubric_id)
    )
    if rubric is None or not policies.can_manage(actor, rubric.edition_id):
        raise NotFound(_("Không có bộ tiêu chí này, hoặc tài khoản không thuộc ban thư ký của cuộc thi."))
    return rubric


def edition_of(rubric: Rubric) -> Edition:
    edition = db.session.get_one(Edition, rubric.edition_id)
    here(edition.slug)
    return edition


def _parts() -> Any:
    """Divisions of stages with their rubric, in the order of the contest."""
    return (
        sa.select(StageDivision.id, StageDivision.rubric_id, Stage, Division)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .join(Division, Division.id == StageDivision.division_id)
        .order_by(Stage.position, Division.position)
    )


def uses_of(rubric: Rubric) -> list[str]:
    rows = db.session.execute(_parts().where(StageDivision.rubric_id == rubric.id))
    return [f"{named(r.Stage)} · {named(r.Division)}" for r in rows]


def planned_parts(edition_id: int) -> list[tuple[int, str, int | None]]:
    """Stages of divisions that may still choose a rubric: (id, name, rubric)."""
    rows = db.session.execute(
        _parts().where(
            Stage.edition_id == edition_id,
            Stage.kind == StageKind.RUBRIC,
            StageDivision.state.in_((StageState.PLANNED, StageState.OPEN)),
        )
    )
    return [(r.id, f"{named(r.Stage)} · {named(r.Division)}", r.rubric_id) for r in rows]


@dataclass(slots=True)
class Member:
    person_id: int
    name: str
    reserve: bool
    absent: bool
    chair: bool
    load: int
    done: int
    conflicts: int
    most: int | None


@dataclass(slots=True)
class PanelView:
    panel: Panel
    divisions: list[str]
    fields: list[str]
    members: list[Member] = field(default_factory=list)


@dataclass(slots=True)
class Short:
    """An entry with too few judges, and who could still take it."""

    stage_entry_id: int
    part_id: int
    label: str
    name: str
    have: int
    wanted: int
    panel: Panel | None
    able: list[tuple[int, str]]


@dataclass(slots=True)
class StageView:
    panels: list[PanelView]
    entries: int
    assigned: int
    low: int
    high: int
    together: int
    groups: dict[str, int]
    short: list[Short]


def panels_of(stage: Stage) -> StageView:
    """Panels, loads and the report on the assignment, read from what is stored (moves by hand included)."""
    from ..services.panels import panel_of

    panels = list(
        db.session.scalars(
            sa.select(Panel)
            .options(selectinload(Panel.members).joinedload(PanelMember.person))
            .where(Panel.stage_id == stage.id)
            .order_by(Panel.id)
        )
    )
    entries = _entries(stage)
    given = _assignments(stage)
    judges_of: dict[int, list[int]] = defaultdict(list)
    loads: Counter[int] = Counter()
    done: Counter[int] = Counter()
    for row in given:
        judges_of[row.stage_entry_id].append(row.judge_id)
        loads[row.judge_id] += 1
        done[row.judge_id] += row.state is AssignmentState.SUBMITTED
    people = {m.person_id: m.person for p in panels for m in p.members}
    barred = conflicts.conflicts_of([e.id for e in entries], list(people))
    per_judge = Counter(judge for judge, _entry in barred)
    names = {p.division_id: named(p.division) for p in stage.parts}
    views = [
        PanelView(
            p,
            [names[d] for d in p.division_ids if d in names],
            [
                f.get(lang()) or f["vi"]
                for f in (stage.edition.fields if p.fields else ())
                if f["slug"] in p.fields
            ],
            _members(p, loads, done, per_judge),
        )
        for p in panels
    ]
    wanted = inputs.method_of(stage).expected
    short = [
        Short(
            e.id,
            e.part_id,
            e.number or e.code,
            e.name,
            len(judges_of[e.id]),
            wanted,
            panel := panel_of(panels, e.division_id, e.field or ""),
            _able(panel, e.id, judges_of[e.id], barred),
        )
        for e in entries
        if len(judges_of[e.id]) < wanted
    ]
    pairs = Counter(pair for js in judges_of.values() for pair in _pairs(js))
    busy = [loads[m.person_id] for p in panels for m in p.members if not m.reserve]
    return StageView(
        views,
        len(entries),
        len(given),
        min(busy, default=0),
        max(busy, default=0),
        max(pairs.values(), default=0),
        {names[d]: _groups(entries, judges_of, d) for d in names},
        short,
    )


def _groups(entries: Sequence[Any], judges_of: dict[int, list[int]], division_id: int) -> int:
    """How many groups of judges a division has that share no entry; one is what one wants."""
    mine = {e.id: judges_of[e.id] for e in entries if e.division_id == division_id and judges_of[e.id]}
    return len(allocation.components(mine))


def _pairs(judges: Sequence[int]) -> list[tuple[int, int]]:
    ordered = sorted(judges)
    return [(a, b) for i, a in enumerate(ordered) for b in ordered[i + 1 :]]


def _able(
    panel: Panel | None, entry: int, has: Sequence[int], barred: dict[tuple[int, int], str]
) -> list[tuple[int, str]]:
    if panel is None:
        return []
    return [
        (m.person_id, f"{m.person.title} {m.person.full_name}".strip())
        for m in panel.members
        if m.person_id not in has and (m.person_id, entry) not in barred and m.absent_since is None
    ]


def _members(panel: Panel, loads: Counter[int], done: Counter[int], barred: Counter[int]) -> list[Member]:
    rows = [
        Member(
            m.person_id,
            f"{m.person.title} {m.person.full_name}".strip(),
            m.reserve,
            m.absent_since is not None,
            panel.chair_id == m.person_id,
            loads[m.person_id],
            done[m.person_id],
            barred[m.person_id],
            m.most,
        )
        for m in sorted(panel.members, key=lambda m: m.person.sort_key)
    ]
    return sorted(rows, key=lambda m: (not m.chair, m.reserve))


def _entries(stage: Stage) -> Sequence[Any]:
    return db.session.execute(
        sa.select(
            StageEntry.id,
            StageDivision.id.label("part_id"),
            StageDivision.division_id,
            Entry.number,
            Entry.code,
            Team.name,
            Project.field,
        )
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Entry, Entry.id == StageEntry.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Project, Project.id == Entry.project_id)
        .where(
            StageDivision.stage_id == stage.id,
            StageEntry.presence.in_((StagePresence.EXPECTED, StagePresence.PRESENT)),
        )
        .order_by(StageEntry.position, StageEntry.id)
    ).all()


def _assignments(stage: Stage) -> Sequence[Any]:
    return db.session.execute(
        sa.select(Assignment.stage_entry_id, Assignment.judge_id, Assignment.state)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .where(
            StageDivision.stage_id == stage.id,
            Assignment.practice.is_(False),
            Assignment.state.not_in((AssignmentState.REMOVED, AssignmentState.DECLINED)),
        )
    ).all()


def first_entry(stage: Stage) -> int | None:
    entries = _entries(stage)
    return int(entries[0].id) if entries else None


def get_member(panel_id: int, person_id: int) -> PanelMember:
    member: PanelMember | None = db.session.scalar(
        sa.select(PanelMember).where(PanelMember.panel_id == panel_id, PanelMember.person_id == person_id)
    )
    if member is None:
        raise NotFound(_("Người này không có trong tiểu ban."))
    return member


def ensure_member(stage: Stage, person_id: int) -> None:
    found = db.session.scalar(
        sa.select(PanelMember.id)
        .join(Panel, Panel.id == PanelMember.panel_id)
        .where(Panel.stage_id == stage.id, PanelMember.person_id == person_id)
    )
    if found is None:
        raise NotFound(_("Người này không có trong tiểu ban nào của vòng."))
