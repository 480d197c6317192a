"""The contest that is in the middle of judging, with the work that each role finds to try."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from ..core import clock
from ..core.access import Actor
from ..core.db import db, transaction
from ..judging import scoring
from ..judging.queries import inputs
from ..judging.queries import panels as panel_queries
from ..judging.services import assignments, marks, panels, paper, sheets
from ..models import (
    Assignment,
    AssignmentState,
    ConflictKind,
    CriterionSource,
    Panel,
    Person,
    Stage,
    StageDivision,
    StageEntry,
)
from .judging_steps import (
    Work,
    draw_strengths,
    make_panel,
    mark_all,
    points_for,
    prepare,
    stages_of,
)


def running(work: Work, pool: list[Person]) -> None:
    """This year's innovation contest in the middle of judging: some sheets in, one judge absent, a conflict declared,
    two paper sheets that wait for the second person, a practice entry."""
    (stage, parts), *_later = stages_of(work.ctx.notes["judging"])
    now = clock.now()
    at = now - timedelta(days=2)
    with transaction():
        prepare(work, stage, parts, "ttnnd", scoring.Method(expected=3, gap_e4=200_000), at)
        members = [pool[0], *pool[6:13]]
        panel = make_panel(work, stage, "Hội đồng giám khảo", members, at)
        panels.add_judge(panel, stage, pool[14], actor=work.actor, at=at, reserve=True)
        assignments.assign(stage, actor=work.actor, at=at, seed=7)
        assignments.give_practice(stage, _first_entry(parts[0]), actor=work.actor, at=at)
        for person in members:
            panels.link_for(person.id, stage, actor=work.actor, at=at)
    with transaction():
        spare = _left_open(work, stage, members)
        for part in parts:
            draw_strengths(work, part)
            mark_all(work, part, stage, at + timedelta(hours=2), now - timedelta(minutes=12), spare=spare)
    with transaction():
        _loose_ends(work, stage, members, now)


def _first_entry(part: StageDivision) -> int:
    return (
        db.session.scalars(
            sa.select(StageEntry.id)
            .where(StageEntry.stage_division_id == part.id)
            .order_by(StageEntry.position)
        ).first()
        or 0
    )


def _of_judge(stage: Stage, person: Person) -> list[int]:
    return list(
        db.session.scalars(
            sa.select(Assignment.id)
            .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
            .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
            .where(
                StageDivision.stage_id == stage.id, Assignment.judge_id == person.id, Assignment.practice.is_(False),
                Assignment.state == AssignmentState.ASSIGNED,
            )
            .order_by(Assignment.position, Assignment.id)
        )
    )  # fmt: skip


def _left_open(work: Work, stage: Stage, members: Sequence[Person]) -> set[int]:
    """The demo's judge has ten left, the absent one most, the others a few."""
    spare: set[int] = set()
    for index, person in enumerate(members):
        mine = _of_judge(stage, person)
        spare |= set(mine[-10:] if index == 0 else mine[4:] if index == 1 else mine[len(mine) - 2 :])
    return spare


def _loose_ends(work: Work, stage: Stage, members: Sequence[Person], now: datetime) -> None:
    demo_judge, absent, friend, on_paper = members[:4]
    half = _of_judge(stage, demo_judge)[0]
    row = marks.load_row(half)
    criteria = [c for c in inputs.criteria_of(row.rubric_id) if c.source is CriterionSource.JUDGE]
    judge = Actor(person_id=demo_judge.id, name=demo_judge.full_name)
    for number, criterion in enumerate(criteria[:2]):
        marks.save_mark(
            half, criterion.id, criterion.max_e2 * 8 // 1000 * 100, base=0, client_id=f"demo-mark-{number}", actor=judge,
            at=now - timedelta(minutes=9),
        )  # fmt: skip
    member = db.session.scalar(sa.select(Panel).where(Panel.stage_id == stage.id))
    assert member is not None
    panels.mark_absent(
        panel_queries.get_member(member.id, absent.id),
        stage,
        True,
        actor=work.actor,
        at=now - timedelta(minutes=55),
    )
    sheets.declare_conflict(
        _of_judge(stage, friend)[0], ConflictKind.COACHED, "Từng hướng dẫn em trưởng nhóm ở câu lạc bộ.",
        actor=Actor(person_id=friend.id, name=friend.full_name), at=now - timedelta(minutes=30),
    )  # fmt: skip
    for assignment in _of_judge(stage, on_paper)[:2]:
        points = {c.id: points_for(work.random, 0.7, c.max_e2, c.step_e2) for c in criteria}
        paper.enter_paper(
            assignment, points, "Sản phẩm gọn, dễ dùng.", token=f"demo-{assignment}", actor=work.actor,
            at=now - timedelta(minutes=20),
        )  # fmt: skip
