"""A mistake is found after publication: mend the rows, say why, publish the next version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...models import (
    Area,
    Award,
    Edition,
    Entry,
    EntryState,
    Organisation,
    PrizeTier,
    Publication,
    Stage,
    StageDivision,
    StageEntry,
    StagePresence,
)
from .. import policies
from ..snapshot import Row, snapshot_of
from .publications import Decision, publish


@dataclass(frozen=True, slots=True)
class EntryChange:
    """The right values of one entry; `tier_id` None means no prize, `score_e4` in ten-thousandths.

    `state`: "" listed, "absent" or "disqualified" listed with that note, "unlisted" not in the list at all. An entry
    of the division that was not in the stage is added to it.
    """

    entry_id: int
    rank: int | None
    score_e4: int | None
    tier_id: int | None
    state: str = ""


NOTED = {"absent": StagePresence.ABSENT, "disqualified": StagePresence.DISQUALIFIED}
UNLISTED = "unlisted"


def correct_result(
    latest: Publication,
    stage: Stage,
    edition: Edition,
    changes: Sequence[EntryChange],
    *,
    reason: str,
    visible_at: datetime,
    decision: Decision,
    actor: Actor,
    at: datetime,
) -> Publication:
    """Write the right ranks, scores and prizes and publish them as version n + 1, in one step or not at all.

    Every old value stays in the audit trail and in the old version; a prize taken back is a revoked award.
    """
    apply_changes(edition, stage, changes, reason=reason, actor=actor, at=at)
    return publish(
        edition,
        latest.kind,
        stage,
        visible_at=visible_at,
        decision=decision,
        actor=actor,
        at=at,
        reason=reason,
    )


def apply_changes(
    edition: Edition, stage: Stage, changes: Sequence[EntryChange], *, reason: str, actor: Actor, at: datetime
) -> None:
    """Write the corrected lines of a stage; publishing them is another step.

    Raises NotFound for a line or prize of another stage, Invalid for what contradicts itself (at its field).
    """
    ensure(policies.can_publish(actor, edition.id))
    lock_rows(Edition, [edition.id])
    if not changes:
        raise Invalid(_("Chọn ít nhất một dòng cần đính chính."), field="entries")
    rows = _rows(edition, stage, [c.entry_id for c in changes])
    tiers = set(db.session.scalars(sa.select(PrizeTier.id).where(PrizeTier.edition_id == edition.id)))
    for change in changes:
        row = rows.get(change.entry_id)
        if row is None or (change.tier_id is not None and change.tier_id not in tiers):
            raise NotFound(_("Dòng hoặc giải này không thuộc vòng đang đính chính."))
        if change.rank is not None and change.rank < 1:
            raise Invalid(_("Hạng là số từ 1 trở lên."), field=f"rank-{change.entry_id}")
        if change.state and (change.rank is not None or change.tier_id is not None):
            raise Invalid(
                _("Đội vắng, bị truất quyền hoặc bỏ khỏi danh sách thì để trống hạng và giải."),
                field=f"state-{change.entry_id}",
            )
        _correct_row(edition, row, change, reason, actor, at)


def _rows(edition: Edition, stage: Stage, entry_ids: Sequence[int]) -> dict[int, StageEntry]:
    """The entries' rows in the stage; accepted entries that had none get one."""
    parts = dict(
        db.session.execute(
            sa.select(StageDivision.division_id, StageDivision.id).where(StageDivision.stage_id == stage.id)
        ).all()
    )
    held = sa.select(StageEntry).where(
        StageEntry.stage_division_id.in_(parts.values()), StageEntry.entry_id.in_(entry_ids)
    )
    rows = {row.entry_id: row for row in db.session.scalars(held)}
    new = db.session.scalars(
        sa.select(Entry)
        .where(
            Entry.id.in_([e for e in entry_ids if e not in rows]),
            Entry.edition_id == edition.id,
            Entry.state == EntryState.ACCEPTED,
            Entry.division_id.in_(parts),
        )
        .order_by(Entry.id)
    ).all()
    for entry in new:
        row = StageEntry(
            stage_division_id=parts[entry.division_id],
            entry_id=entry.id,
            place="",
            presence_reason="",
            result=dict(ABSENT),
        )
        db.session.add(row)
        rows[entry.id] = row
    db.session.flush()
    return rows


ABSENT = {"listed": False}


def _correct_row(
    edition: Edition, row: StageEntry, change: EntryChange, reason: str, actor: Actor, at: datetime
) -> None:
    old = db.session.scalars(
        sa.select(Award)
        .join(PrizeTier, PrizeTier.id == Award.tier_id)
        .where(Award.edition_id == edition.id, Award.entry_id == row.entry_id, Award.revoked_at.is_(None))
        .order_by(PrizeTier.position, Award.id)
    ).first()
    before = {
        "rank": row.rank,
        "score_e4": row.score_e4,
        "tier_id": old.tier_id if old else None,
        "state": state_of(row),
    }
    after = {
        "rank": change.rank,
        "score_e4": change.score_e4,
        "tier_id": change.tier_id,
        "state": change.state,
    }
    if before == after:
        return
    row.rank, row.score_e4 = change.rank, change.score_e4
    _set_state(row, change.state, reason)
    if before["tier_id"] != change.tier_id:
        if old is not None:
            old.revoked_at = at
        if change.tier_id is not None:
            _give(edition, row, change.tier_id, reason, actor, at)
    db.session.flush()
    activity.record(
        "publishing.result.corrected",
        row,
        actor=actor,
        at=at,
        edition_id=edition.id,
        before=before,
        after=after,
        reason=reason,
    )


def _give(edition: Edition, row: StageEntry, tier_id: int, reason: str, actor: Actor, at: datetime) -> None:
    """The prize; one that was taken back from this entry stands again, with its names of the day."""
    taken_back = db.session.scalars(
        sa.select(Award)
        .where(Award.edition_id == edition.id, Award.entry_id == row.entry_id, Award.tier_id == tier_id)
        .order_by(Award.id.desc())
    ).first()
    if taken_back is not None:
        taken_back.revoked_at = None
    else:
        db.session.add(_award(edition, row, tier_id, reason, actor, at))


def state_of(row: StageEntry) -> str:
    """The row's state in the words of `EntryChange`."""
    if row.result.get("listed") is False:
        return UNLISTED
    return next((name for name, presence in NOTED.items() if row.presence == presence), "")


def _set_state(row: StageEntry, state: str, reason: str) -> None:
    if state == state_of(row):
        return
    row.result = {k: v for k, v in row.result.items() if k != "listed"} | (
        ABSENT if state == UNLISTED else {}
    )
    row.presence = NOTED.get(state, StagePresence.PRESENT if state == "" else row.presence)
    row.presence_reason = reason[:500] if state else ""


def take_back(
    edition: Edition, stage: Stage, cancelled: Publication, before: Publication, *, actor: Actor, at: datetime
) -> None:
    """A correction that nobody has seen is cancelled: the rows say again what the version before it says."""
    old, new = _published(before), _published(cancelled)
    changes = [
        EntryChange(e, None, None, None, UNLISTED)
        if e not in old
        else EntryChange(e, old[e].rank, old[e].score_e4, old[e].tier_id, old[e].presence)
        for e in sorted(set(old) | set(new))
        if old.get(e) != new.get(e)
    ]
    if changes:
        apply_changes(edition, stage, changes, reason=_("Hủy lịch đính chính"), actor=actor, at=at)


def _published(publication: Publication) -> dict[int, Row]:
    return {r.entry_id: r for p in snapshot_of(publication.payload).parts for r in p.rows}


def _award(edition: Edition, row: StageEntry, tier_id: int, reason: str, actor: Actor, at: datetime) -> Award:
    body = db.session.execute(
        sa.select(Entry.division_id, Entry.organisation_id, Organisation.name, Area.name.label("area"))
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .outerjoin(Area, Area.id == Organisation.area_id)
        .where(Entry.id == row.entry_id)
    ).one()
    return Award(
        edition_id=edition.id,
        tier_id=tier_id,
        division_id=body.division_id,
        entry_id=row.entry_id,
        organisation_id=body.organisation_id,
        stage_entry_id=row.id,
        organisation_name=body.name or "",
        area_name=body.area or "",
        reason=reason[:500],
        by_id=actor.person_id,
        at=at,
    )
