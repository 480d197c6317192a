"""Ties that matter: found with every tabulation, decided by the chair, recorded by the secretary."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...contests import ties as rules
from ...contests.services.editions import store_file
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import Stage, StageDivision, StageEntry, StageState, TieDecision, TieOutcome
from .. import policies
from ..queries import ranking
from ..queries.results import deciders_of

PAPERS = ("application/pdf", "image/jpeg", "image/png")


def find(part: StageDivision, stage: Stage, *, at: datetime) -> list[TieDecision]:
    """Make a row for every undecided tie at the division's cut or prizes, and bring the ranks up to date."""
    scope = ranking.division_scope(part, stage)
    found = find_in(scope, stage.id, at=at)
    _write_ranks(scope, stage.id)
    return found


def find_in(scope: ranking.Scope, stage_id: int, *, at: datetime) -> list[TieDecision]:
    """Undecided ties of one scope as rows; those that are gone since are voided."""
    known = ranking.known_of(scope, stage_id)
    current = rules.ties_that_matter(ranking.contenders(scope, known), ranking.lines_of(scope))
    wanted = {(_boundary(tie.line, scope.name), key_of(tie.entry_ids)): tie for tie in current}
    for row in known:
        if row.outcome is None and (row.boundary, row.key) not in wanted:
            row.voided_at = at
    have = {(d.boundary, d.key) for d in known if d.outcome is None}
    made = []
    for (boundary, key), tie in wanted.items():
        if (boundary, key) in have:
            continue
        row = TieDecision(
            stage_division_id=scope.part_id,
            boundary=boundary,
            key=key,
            stage_entry_ids=list(tie.entry_ids),
            details={"places": tie.places, "rank": tie.rank},
            created_at=at,
            order=[],
        )
        db.session.add(row)
        made.append(row)
    db.session.flush()
    return made


def _boundary(line: str, scope: str) -> str:
    return f"{line}@{scope}" if scope else line


def key_of(ids: Sequence[int]) -> str:
    return hashlib.sha256(",".join(map(str, sorted(ids))).encode()).hexdigest()[:32]


def open_ties(part: StageDivision) -> list[TieDecision]:
    return [d for d in ranking.decisions_of([part.id]) if d.outcome is None and not ranking.scope_name(d)]


def decide(
    tie: TieDecision,
    part: StageDivision,
    stage: Stage,
    outcome: TieOutcome,
    order: Sequence[Sequence[int]],
    reason: str,
    decided_by_id: int,
    *,
    actor: Actor,
    at: datetime,
    paper: tuple[bytes, str] | None = None,
) -> None:
    """Record what the chair decided. `order`: steps of stage entries, best first; empty for a shared place.

    Raises Invalid for an order that does not name each once, Conflict when it is decided already or one person
    would both decide and record.
    """
    ensure(policies.can_decide(actor, stage.edition_id))
    _ensure_open(tie, part, reason, decided_by_id, actor)
    if decided_by_id not in {person.id for person in deciders_of(stage, at=at)}:
        raise Invalid(_("Chọn người quyết định trong danh sách."), field="decided_by")
    steps = [list(step) for step in order if step]
    listed = sorted(e for step in steps for e in step)
    if outcome is TieOutcome.SHARE:
        steps = []
    elif listed != sorted(tie.stage_entry_ids):
        raise Invalid(_("Xếp thứ tự cho từng bài đồng điểm, mỗi bài một lần."), field="order")
    elif len(steps) == 1:
        raise Invalid(
            _("Cùng một số cho mọi bài thì chưa xếp được gì. Ghi số khác nhau, hoặc chọn “Cùng được”."),
            field="order",
        )
    tie.outcome, tie.order, tie.reason = outcome, steps, reason.strip()
    tie.decided_by_id, tie.recorded_by_id = decided_by_id, actor.person_id
    tie.decided_at = at
    if paper is not None:
        _keep(tie, paper, actor, at)
    db.session.flush()
    activity.record(
        "judging.tie.decided",
        tie,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        after={"outcome": outcome, "order": steps, "chair": decided_by_id},
        reason=reason.strip(),
    )
    if ranking.scope_name(tie):
        parts = list(db.session.scalars(sa.select(StageDivision).where(StageDivision.stage_id == stage.id)))
        for scope in ranking.wider_scopes(stage, parts):
            if scope.name == ranking.scope_name(tie):
                find_in(scope, stage.id, at=at)
        refresh(stage)
    else:
        find(part, stage, at=at)


def refresh(stage: Stage) -> None:
    """Ranks in each decided division anew: a decision over all of them parted two of one division, or is void."""
    parts = db.session.scalars(
        sa.select(StageDivision).where(
            StageDivision.stage_id == stage.id, StageDivision.state == StageState.DECIDED
        )
    ).all()
    for part in parts:
        scope = ranking.division_scope(part, stage)
        if all("key" in e.result for e in scope.entries):
            _write_ranks(scope, stage.id)


def add_paper(
    tie: TieDecision, stage: Stage, paper: tuple[bytes, str], *, actor: Actor, at: datetime
) -> None:
    """The signed record as a scan or photo, also after the decision; an earlier one stays in the store."""
    ensure(policies.can_decide(actor, stage.edition_id))
    before = tie.paper_id
    _keep(tie, paper, actor, at)
    db.session.flush()
    activity.record(
        "judging.tie.paper",
        tie,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        before={"paper": before},
        after={"paper": tie.paper_id},
    )


def _keep(tie: TieDecision, paper: tuple[bytes, str], actor: Actor, at: datetime) -> None:
    data, name = paper
    tie.paper_id = store_file(data, name, owner_id=actor.person_id, at=at, allowed=PAPERS).id


def _ensure_open(
    tie: TieDecision, part: StageDivision, reason: str, decided_by_id: int, actor: Actor
) -> None:
    if tie.outcome is not None or tie.voided_at is not None:
        raise Conflict(_("Đồng điểm này đã được giải quyết hoặc không còn nữa."))
    if part.state not in (StageState.CLOSED, StageState.DECIDED):
        raise Conflict(_("Đóng vòng trước khi giải quyết đồng điểm."))
    if not reason.strip():
        raise Invalid(_("Ghi căn cứ: biên bản, kết quả biểu quyết."), field="reason")
    if decided_by_id == actor.person_id:
        raise Conflict(_("Người quyết định và người ghi nhận phải là hai người."), field="decided_by")


def _write_ranks(scope: ranking.Scope, stage_id: int) -> None:
    """Ranks as the decisions leave them; a shared place keeps its common rank."""
    decided = ranking.known_of(scope, stage_id)
    by_id = {e.id: e for e in scope.entries}
    for place in ranking.placed(scope.entries, decided):
        if by_id[place.entry_id].rank != place.rank:
            by_id[place.entry_id].rank = place.rank
    db.session.flush()


def void(part: StageDivision, *, at: datetime) -> None:
    """The tabulation is void: so is what was decided on it."""
    db.session.execute(
        sa.update(TieDecision)
        .where(TieDecision.stage_division_id == part.id, TieDecision.voided_at.is_(None))
        .values(voided_at=at)
    )
    ids = db.session.scalars(sa.select(StageEntry.id).where(StageEntry.stage_division_id == part.id)).all()
    for row in ranking.decisions_of(_parts_of(part)):
        if set(row.stage_entry_ids) & set(ids):
            row.voided_at = at


def _parts_of(part: StageDivision) -> list[int]:
    return list(
        db.session.scalars(sa.select(StageDivision.id).where(StageDivision.stage_id == part.stage_id))
    )
