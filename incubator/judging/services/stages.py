"""A stage of a division from opening to its decision: close, tabulate, settle ties, advance, or go back."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...contests.queries import editions
from ...contests.services import stages as contest_stages
from ...contests.stages import StageFacts
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import (
    Assignment,
    ScoreSheet,
    Stage,
    StageDivision,
    StageEntry,
    StagePresence,
    StageState,
    Tabulation,
)
from .. import policies, scoring
from ..queries import blockers, inputs, ranking
from . import awards, ties
from .panels import end_links

_entry: Any = StageEntry.__table__
_write_rank = (
    sa.update(_entry)
    .where(_entry.c.id == sa.bindparam("entry"))
    .values(score_e4=sa.bindparam("score"), rank=sa.bindparam("standing"), result=sa.bindparam("why"))
)
_columns = tuple(f.name for f in fields(scoring.Row))


def _stored(row: scoring.Row) -> dict[str, Any]:
    """As `asdict()`, which copies every number for half a second in ten thousand rows."""
    return {name: getattr(row, name) for name in _columns}


def set_method(stage: Stage, method: scoring.Method, *, actor: Actor, at: datetime) -> None:
    """State the rules of tabulation. Refused once a division of the stage is closed."""
    ensure(policies.can_manage(actor, stage.edition_id))
    closed = db.session.scalar(
        sa.select(sa.func.count(StageDivision.id)).where(
            StageDivision.stage_id == stage.id,
            StageDivision.state.not_in((StageState.PLANNED, StageState.OPEN)),
        )
    )
    if closed:
        raise Conflict(
            _("Vòng đã đóng nên không đổi cách tính điểm. Mở lại vòng nếu Ban tổ chức quyết định khác.")
        )
    before = stage.settings.get("scoring")
    stage.settings = {**stage.settings, "scoring": method.parameters()}
    db.session.flush()
    activity.record(
        "judging.method.set",
        stage,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        before={"scoring": before},
        after={"scoring": method.parameters()},
    )


def _move(
    part: StageDivision, stage: Stage, state: StageState, actor: Actor, at: datetime, reason: str = ""
) -> None:
    """The state machine is the contests' part; what judging knows has been checked before."""
    facts = StageFacts(state=part.state, entries=1, tabulated=True)
    contest_stages.move(part, state, facts, edition_id=stage.edition_id, actor=actor, at=at, reason=reason)


def open_part(part: StageDivision, stage: Stage, *, actor: Actor, at: datetime) -> None:
    """Let judges mark: the contests' own step, with everything that keeps a stage from it."""
    ensure(policies.can_manage(actor, stage.edition_id))
    if part.state is not StageState.PLANNED:
        raise Conflict(_("Vòng này đã mở rồi."))
    contest_stages.open_part(editions.get_edition_by_id(stage.edition_id), part, actor=actor, at=at)


def close_part(
    part: StageDivision,
    stage: Stage,
    *,
    actor: Actor,
    at: datetime,
    missing: scoring.Missing | None = None,
    at_least: int | None = None,
    reason: str = "",
) -> Tabulation:
    """Close and tabulate. With `missing` another rule for missing marks than the stage's, which needs a reason."""
    ensure(policies.can_decide(actor, stage.edition_id))
    if part.state is not StageState.OPEN:
        raise Conflict(_("Vòng này không ở trạng thái đang chấm."))
    method = inputs.method_of(stage)
    if missing is not None and (missing is not method.missing or (at_least or 1) != method.at_least):
        if not reason.strip():
            raise Invalid(_("Ghi lý do đóng sớm, ai quyết định."), field="reason")
        method = replace(method, missing=missing, at_least=at_least or method.at_least)
    problems = [p for p in blockers.for_closing(part, stage, method) if p.blocks]
    if problems:
        raise Conflict(" ".join(p.title for p in problems), code="blocked")
    _move(part, stage, StageState.CLOSED, actor, at, reason.strip())
    tabulation = tabulate(part, stage, method, actor=actor, at=at, reason=reason.strip())
    if _all_past_open(stage):
        end_links(stage, actor=actor, at=at)
    return tabulation


def _all_past_open(stage: Stage) -> bool:
    running = db.session.scalar(
        sa.select(sa.func.count(StageDivision.id)).where(
            StageDivision.stage_id == stage.id, StageDivision.state.in_((StageState.PLANNED, StageState.OPEN))
        )
    )
    return not running


def tabulate(
    part: StageDivision, stage: Stage, method: scoring.Method, *, actor: Actor, at: datetime, reason: str = ""
) -> Tabulation:
    """Compute, store with method, parameters and input hash, and write ranks to the entries."""
    given = inputs.inputs_of(part.id, part.rubric_id)
    result = scoring.tabulate(given.rules, method, given.entry_ids, given.sheets, given.entered)
    tabulation = Tabulation(
        stage_division_id=part.id,
        method=method.aggregate,
        parameters={**method.parameters(), "reason": reason},
        input_hash=result.input_hash,
        rows=[_stored(r) for r in result.rows],
        created_at=at,
        created_by_id=actor.person_id,
    )
    db.session.add(tabulation)
    _write_ranks(part, result)
    db.session.flush()
    activity.record(
        "judging.tabulated",
        tabulation,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        after={"input_hash": result.input_hash, "entries": len(result.rows)},
        reason=reason,
    )
    ties.find(part, stage, at=at)
    return tabulation


def _write_ranks(part: StageDivision, result: scoring.Result) -> None:
    """Set-based: a stage may have ten thousand entries."""
    _forget_ranks(part)
    rows = [
        {
            "entry": row.entry_id,
            "score": row.total_e4,
            "standing": row.rank,
            "why": {
                "means_e4": row.means_e4,
                "key": row.key,
                "sheets": row.counted,
                "worthy": row.worthy,
                "reasons": row.reasons,
                "separated_by": row.separated_by,
                "spread_e4": row.spread_e4,
            },
        }
        for row in result.rows
    ]
    if rows:
        db.session.connection().execute(_write_rank, rows)


def _forget_ranks(part: StageDivision) -> None:
    db.session.execute(
        sa.update(StageEntry)
        .where(StageEntry.stage_division_id == part.id)
        .values(score_e4=None, rank=None, result={}, advanced=None)
    )


def reopen_part(part: StageDivision, stage: Stage, reason: str, *, actor: Actor, at: datetime) -> None:
    """Back to marking, before publication only: voids the tabulation and the decisions that rest on it."""
    ensure(policies.can_decide(actor, stage.edition_id))
    if part.state not in (StageState.CLOSED, StageState.DECIDED):
        raise Conflict(_("Chỉ mở lại được vòng đã đóng mà chưa công bố. Sau công bố chỉ còn đính chính."))
    if not reason.strip():
        raise Invalid(_("Ghi lý do mở lại vòng."), field="reason")
    _take_back_advanced(part, stage)
    db.session.execute(
        sa.update(Tabulation)
        .where(Tabulation.stage_division_id == part.id, Tabulation.voided_at.is_(None))
        .values(voided_at=at, void_reason=reason.strip())
    )
    ties.void(part, at=at)
    awards.take_back(part, actor=actor, at=at, edition_id=stage.edition_id)
    _forget_ranks(part)
    ties.refresh(stage)
    _move(part, stage, StageState.OPEN, actor, at, reason.strip())


def _take_back_advanced(part: StageDivision, stage: Stage) -> None:
    """Entries leave the next stage again; refused once somebody marked there."""
    following = ranking.later_part(part, stage)
    if following is None or part.state is not StageState.DECIDED:
        return
    marked = db.session.scalar(
        sa.select(ScoreSheet.id)
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .where(StageEntry.stage_division_id == following.id)
        .limit(1)
    )
    if marked or following.state is not StageState.PLANNED:
        raise Conflict(_("Vòng sau đã bắt đầu nên vòng này không mở lại được. Dùng đính chính."))
    mine = sa.select(StageEntry.entry_id).where(StageEntry.stage_division_id == part.id)
    db.session.execute(
        sa.delete(StageEntry)
        .where(StageEntry.stage_division_id == following.id, StageEntry.entry_id.in_(mine))
        .execution_options(synchronize_session=False)
    )


def decide_part(part: StageDivision, stage: Stage, *, actor: Actor, at: datetime) -> list[int]:
    """Settle who goes on. Needs the tabulation and every tie that matters decided. Returns stage entries that advance."""
    ensure(policies.can_decide(actor, stage.edition_id))
    if part.state is not StageState.CLOSED:
        raise Conflict(_("Đóng vòng và tổng hợp điểm trước khi chốt."))
    if ties.open_ties(part):
        raise Conflict(
            _("Còn đồng điểm chưa giải quyết. Ghi kết quả biểu quyết trước khi chốt."), code="ties"
        )
    advanced = ranking.advancing(part)
    entries = list(db.session.scalars(sa.select(StageEntry).where(StageEntry.stage_division_id == part.id)))
    for entry in entries:
        entry.advanced = entry.id in advanced if part.advance is not None else None
    following = ranking.later_part(part, stage)
    if following is not None:
        chosen: list[Any] = sorted((e for e in entries if e.advanced), key=lambda e: (e.position, e.id))
        known = set(
            db.session.scalars(
                sa.select(StageEntry.entry_id).where(StageEntry.stage_division_id == following.id)
            )
        )
        contest_stages.place(following, [e.entry_id for e in chosen if e.entry_id not in known])
    _move(part, stage, StageState.DECIDED, actor, at)
    awards.find_ties(stage, at=at)
    return sorted(advanced)


def set_presence(
    stage_entry: StageEntry,
    part: StageDivision,
    stage: Stage,
    presence: StagePresence,
    reason: str,
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Present, absent (did not come: not a missing mark) or disqualified, with the reason."""
    ensure(policies.can_manage(actor, stage.edition_id))
    if part.state not in (StageState.PLANNED, StageState.OPEN):
        raise Conflict(_("Vòng đã đóng. Mở lại vòng trước khi đổi tình trạng có mặt."))
    if presence in (StagePresence.ABSENT, StagePresence.DISQUALIFIED) and not reason.strip():
        raise Invalid(_("Ghi lý do vắng hoặc bị loại."), field="reason")
    before = stage_entry.presence
    stage_entry.presence, stage_entry.presence_reason = presence, reason.strip()
    db.session.flush()
    activity.record(
        "judging.presence.set",
        stage_entry,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        before={"presence": before},
        after={"presence": presence},
        reason=reason.strip(),
    )
