"""How a stage of the demo is judged: every mark is drawn from a team's strength, everything else follows by rule."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from ..core import clock
from ..core.access import Actor
from ..core.db import db
from ..judging import scoring
from ..judging.queries import inputs, ranking
from ..judging.services import awards, bulk, panels, rubrics, stages, ties
from ..models import (
    Assignment,
    AssignmentState,
    CriterionSource,
    Edition,
    Entry,
    Organisation,
    Panel,
    Person,
    Stage,
    StageDivision,
    StageEntry,
    TieOutcome,
)
from . import season

COMMENTS = (
    "Ý tưởng rõ ràng. Các em nên ghi lại số lần thử để chứng minh cải tiến.",
    "Trình bày mạch lạc, trả lời đúng câu hỏi. Cần đo hiệu quả bằng số liệu.",
    "Sản phẩm chạy ổn định. Nên nghĩ thêm cách giảm chi phí vật liệu.",
    "Phần tính mới cần nói rõ khác gì so với sản phẩm đã có.",
    "Các em phối hợp tốt. Hồ sơ nên có thêm hình ảnh quá trình làm.",
)


@dataclass(frozen=True)
class Work:
    """What the steps of one edition share."""

    ctx: season.Context
    random: Random
    actor: Actor
    strengths: dict[int, float]  # entry -> share of the maximum that its work deserves


def stages_of(slug: str) -> list[tuple[Stage, list[StageDivision]]]:
    edition_id = db.session.scalar(sa.select(Edition.id).where(Edition.slug == slug))
    found = db.session.scalars(
        sa.select(Stage).where(Stage.edition_id == edition_id).order_by(Stage.position)
    ).all()
    return [(s, parts_of(s)) for s in found]


def parts_of(stage: Stage) -> list[StageDivision]:
    return list(
        db.session.scalars(
            sa.select(StageDivision)
            .where(StageDivision.stage_id == stage.id)
            .order_by(StageDivision.division_id)
        )
    )


def prepare(
    work: Work,
    stage: Stage,
    parts: Sequence[StageDivision],
    template: str,
    method: scoring.Method,
    at: datetime,
) -> None:
    """Rubric, rules of tabulation with a chain of two criteria, and the opening of every division."""
    rubric = rubrics.from_template(stage.edition_id, template, actor=work.actor, at=at)
    judged = [c.id for c in rubric.criteria if c.source is CriterionSource.JUDGE]
    chain = tuple(scoring.Step(scoring.StepKind.CRITERION, (c,)) for c in judged[:1])
    full = scoring.Method(**{**{k: getattr(method, k) for k in method.__slots__}, "chain": chain})
    stages.set_method(stage, full, actor=work.actor, at=at)
    for part in parts:
        rubrics.choose_rubric(part, stage, rubric, actor=work.actor, at=at)
        stages.open_part(part, stage, actor=work.actor, at=at)


def make_panel(
    work: Work, stage: Stage, name: str, members: Sequence[Person], at: datetime, **scope: Any
) -> Panel:
    panel = panels.make_panel(stage, name, actor=work.actor, at=at, **scope)
    for index, person in enumerate(members):
        panels.add_judge(panel, stage, person, actor=work.actor, at=at, chair=index == 0)
    return panel


def draw_strengths(work: Work, part: StageDivision, best: str = "") -> None:
    """A strength per entry, bell-shaped; the strongest of all goes to a team of the school `best`."""
    rows = db.session.execute(
        sa.select(Entry.id, Organisation.slug)
        .join(StageEntry, StageEntry.entry_id == Entry.id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .where(StageEntry.stage_division_id == part.id)
        .order_by(Entry.id)
    ).all()
    for row in rows:
        work.strengths.setdefault(row.id, min(0.9, max(0.3, work.random.gauss(0.68, 0.11))))
    winner = next((r.id for r in rows if best and r.slug == best), None)
    if winner is not None:
        work.strengths[winner] = 0.98


def mark_all(
    work: Work,
    part: StageDivision,
    stage: Stage,
    begin: datetime,
    until: datetime,
    *,
    spare: Collection[int] = (),
) -> None:
    """Every waiting sheet of the part: strength, the judge's own measure, and chance; in whole steps."""
    criteria = [c for c in inputs.criteria_of(part.rubric_id) if c.source is CriterionSource.JUDGE]
    rows = db.session.execute(
        sa.select(Assignment.id, Assignment.judge_id, StageEntry.entry_id)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .where(StageEntry.stage_division_id == part.id, Assignment.state == AssignmentState.ASSIGNED, Assignment.practice.is_(False))
        .order_by(Assignment.id)
    ).all()  # fmt: skip
    measure = {j: work.random.gauss(0, 0.03) for j in sorted({r.judge_id for r in rows})}
    span = (until - begin).total_seconds()
    given = []
    for number, row in enumerate(r for r in rows if r.id not in spare):
        share = work.strengths[row.entry_id] + measure[row.judge_id]
        points = {c.id: points_for(work.random, share, c.max_e2, c.step_e2) for c in criteria}
        at = begin + timedelta(seconds=span * (number + 1) / (len(rows) + 1))
        comment = work.random.choice(COMMENTS) if work.random.random() < 0.4 else ""
        given.append(bulk.FullSheet(row.id, points, at, comment))
    bulk.submit_many(part, stage, given, actor=work.actor)


def points_for(random: Random, share: float, most: int, step: int) -> int:
    value = most * min(1.0, max(0.0, share + random.gauss(0, 0.06)))
    return min(most, round(value / step) * step)


def finish(work: Work, part: StageDivision, stage: Stage, at: datetime) -> None:
    """Close, let the chair settle each tie that matters, decide."""
    stages.close_part(part, stage, actor=work.actor, at=at)
    settle(work, part, stage, at + timedelta(minutes=40))
    stages.decide_part(part, stage, actor=work.actor, at=at + timedelta(hours=2))


def settle(work: Work, part: StageDivision, stage: Stage, at: datetime) -> None:
    chair = db.session.scalar(
        sa.select(Panel.chair_id).where(Panel.stage_id == stage.id, Panel.chair_id.is_not(None)).limit(1)
    )
    assert chair is not None
    while True:
        waiting = [d for d in ranking.decisions_of([part.id]) if d.outcome is None]
        if not waiting:
            return
        tie = waiting[0]
        order = sorted(tie.stage_entry_ids)
        work.random.shuffle(order)
        ties.decide(
            tie, part, stage, TieOutcome.VOTE, [[e] for e in order],
            f"Biên bản họp hội đồng ngày {clock.local(at):%d/%m/%Y}: biểu quyết kín.", chair, actor=work.actor, at=at,
        )  # fmt: skip


def give_awards(work: Work, stage: Stage, parts: Sequence[StageDivision], at: datetime) -> None:
    for part in parts:
        settle(work, part, stage, at)
    awards.draw_up(stage, actor=work.actor, at=at)


def day_at(year: int, month: int, day: int, hour: int = 8) -> datetime:
    return clock.at_local(date(year, month, day), time(hour))
