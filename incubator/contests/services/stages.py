"""Moving a stage of a division from state to state, and filling it with entries.

What only judging, matches or publishing know (marks missing, ties open, tabulated, published) comes in
as `StageFacts`; they call `move()` when their own work is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, Permission, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...core.signals import stage_changed
from ...models import Edition, Entry, EntryState, Stage, StageDivision, StageEntry, StageState
from .. import stages, wording
from ..queries import editions
from ..queries.editions import PartCounts
from ..stages import StageFacts

_MOMENTS = {
    StageState.OPEN: "opened_at",
    StageState.CLOSED: "closed_at",
    StageState.DECIDED: "decided_at",
    StageState.PUBLISHED: "published_at",
}


def can_move_stage(actor: Actor, edition_id: int) -> bool:
    """Organisers, and secretaries for the steps of judging."""
    return actor.in_edition(Permission.JUDGING_MANAGE, edition_id)


def opening_facts(edition: Edition, part: StageDivision, *, at: datetime) -> StageFacts:
    """What this domain knows about a part that is to be opened. Three queries."""
    more = editions.extensions_of([edition.id])[edition.id]
    return facts_of_part(edition, part, editions.part_counts(edition), editions.state_of(edition, more, at))


def facts_of_part(
    edition: Edition, part: StageDivision, all_counts: Mapping[int, PartCounts], state: stages.EditionState
) -> StageFacts:
    """The same for who has the edition's counts and state at hand. No query."""
    stage = next(s for s in edition.stages if s.id == part.stage_id)
    counts = all_counts[part.id]
    first = all(s.position >= stage.position for s in edition.stages if _part(s, part.division_id))
    earlier = [p for s in edition.stages if s.position < stage.position and (p := _part(s, part.division_id))]
    later = any(s.position > stage.position and _part(s, part.division_id) for s in edition.stages)
    undone = sum(p.state not in (StageState.DECIDED, StageState.PUBLISHED) for p in earlier)
    return StageFacts(
        state=part.state,
        entries=max(counts.entries, counts.accepted if first else 0),
        undecided_entries=counts.undecided if first else 0,
        registration_open=first and state is stages.EditionState.REGISTERING,
        has_rubric=stage.kind != "rubric" or part.rubric_id is not None,
        lacks_advance=stage.kind == "rubric" and later and part.advance is None,
        earlier_undecided=undone,
    )


def _part(stage: Stage, division_id: int) -> StageDivision | None:
    return next((p for p in stage.parts if p.division_id == division_id), None)


def move(
    part: StageDivision,
    to: StageState,
    facts: StageFacts,
    *,
    edition_id: int,
    actor: Actor,
    at: datetime,
    reason: str = "",
) -> None:
    """One step forward, or a reopening with its reason. Raises Conflict with what blocks.

    A reopening is only possible before publication; whoever keeps tabulations voids them on
    `stage_changed`. Publishing is not asked for here but follows the publication itself.
    """
    ensure(can_move_stage(actor, edition_id))
    if not stages.can_move(part.state, to):
        raise Conflict(_("Vòng thi vừa chuyển sang trạng thái khác. Tải lại trang để xem."))
    if stages.is_reopening(part.state, to):
        if not reason.strip():
            raise Invalid(_("Ghi lý do mở lại vòng thi."), field="reason")
    else:
        blocked = stages.blockers(replace(facts, state=part.state))
        if blocked:
            raise Conflict(" ".join(wording.blocker(b) for b in blocked))
    before = part.state
    part.state = to
    for state, name in _MOMENTS.items():
        if state is part.state:
            setattr(part, name, at)
        elif list(StageState).index(state) > list(StageState).index(part.state):
            setattr(part, name, None)
    db.session.flush()
    activity.record(
        "contests.stage.reopened" if stages.is_reopening(before, to) else f"contests.stage.{to}",
        part,
        actor=actor,
        at=at,
        edition_id=edition_id,
        before={"state": before},
        after={"state": part.state},
        reason=reason.strip(),
    )
    stage_changed.send(part.id, state=part.state, actor=actor, at=at)


def open_part(edition: Edition, part: StageDivision, *, actor: Actor, at: datetime) -> None:
    """Open a stage of a division: its first stage takes the accepted entries that are not in it yet."""
    facts = opening_facts(edition, part, at=at)
    if is_first(edition, part):
        fill_first(part)
    move(part, StageState.OPEN, facts, edition_id=edition.id, actor=actor, at=at)


def is_first(edition: Edition, part: StageDivision) -> bool:
    positions = {s.id: s.position for s in edition.stages if _part(s, part.division_id)}
    return positions[part.stage_id] == min(positions.values())


def fill_first(part: StageDivision) -> int:
    """Put every accepted entry of the division into the stage; returns how many came in."""
    held = sa.select(StageEntry.entry_id).where(StageEntry.stage_division_id == part.id)
    new = db.session.scalars(
        sa.select(Entry.id)
        .where(
            Entry.division_id == part.division_id, Entry.state == EntryState.ACCEPTED, Entry.id.not_in(held)
        )
        .order_by(Entry.number, Entry.id)
    ).all()
    return place(part, new)


def place(part: StageDivision, entry_ids: Sequence[int]) -> int:
    """Append entries to a stage in the order given. The caller has decided that they belong there."""
    if not entry_ids:
        return 0
    last = db.session.scalar(
        sa.select(sa.func.max(StageEntry.position)).where(StageEntry.stage_division_id == part.id)
    )
    start = (last or 0) + 1
    db.session.execute(
        sa.insert(StageEntry),
        [
            {
                "stage_division_id": part.id,
                "entry_id": entry_id,
                "position": start + i,
                "place": "",
                "presence": "expected",
                "presence_reason": "",
                "result": {},
            }
            for i, entry_id in enumerate(entry_ids)
        ],
    )
    return len(entry_ids)
