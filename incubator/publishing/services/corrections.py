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
    Organisation,
    PrizeTier,
    Publication,
    Stage,
    StageDivision,
    StageEntry,
)
from .. import policies
from .publications import Decision, publish


@dataclass(frozen=True, slots=True)
class EntryChange:
    """The right values of one entry; `tier_id` None means no prize, `score_e4` in ten-thousandths."""

    entry_id: int
    rank: int | None
    score_e4: int | None
    tier_id: int | None


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
    ensure(policies.can_publish(actor, edition.id))
    lock_rows(Edition, [edition.id])
    if not changes:
        raise Invalid(_("Chọn ít nhất một dòng cần đính chính."), field="entries")
    rows = {
        row.entry_id: row
        for row in db.session.scalars(
            sa.select(StageEntry)
            .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
            .where(StageDivision.stage_id == stage.id, StageEntry.entry_id.in_([c.entry_id for c in changes]))
        )
    }
    tiers = {
        t.id: t for t in db.session.scalars(sa.select(PrizeTier).where(PrizeTier.edition_id == edition.id))
    }
    for change in changes:
        row = rows.get(change.entry_id)
        if row is None or (change.tier_id is not None and change.tier_id not in tiers):
            raise NotFound(_("Dòng hoặc giải này không thuộc vòng đang đính chính."))
        if change.rank is not None and change.rank < 1:
            raise Invalid(_("Hạng là số từ 1 trở lên."), field="rank")
        _correct_row(edition, row, change, reason, actor, at)


def _correct_row(
    edition: Edition, row: StageEntry, change: EntryChange, reason: str, actor: Actor, at: datetime
) -> None:
    old = db.session.scalars(
        sa.select(Award)
        .join(PrizeTier, PrizeTier.id == Award.tier_id)
        .where(Award.edition_id == edition.id, Award.entry_id == row.entry_id, Award.revoked_at.is_(None))
        .order_by(PrizeTier.position, Award.id)
    ).first()
    before = {"rank": row.rank, "score_e4": row.score_e4, "tier_id": old.tier_id if old else None}
    after = {"rank": change.rank, "score_e4": change.score_e4, "tier_id": change.tier_id}
    if before == after:
        return
    row.rank, row.score_e4 = change.rank, change.score_e4
    if before["tier_id"] != change.tier_id:
        if old is not None:
            old.revoked_at = at
        if change.tier_id is not None:
            db.session.add(_award(edition, row, change.tier_id, reason, actor, at))
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


def _award(edition: Edition, row: StageEntry, tier_id: int, reason: str, actor: Actor, at: datetime) -> Award:
    body = db.session.execute(
        sa.select(Entry.division_id, Entry.organisation_id, Organisation.name, Area.name.label("area"))
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .outerjoin(Area, Area.id == Organisation.area_id)
        .where(Entry.id == row.entry_id)
    ).one()
    return Award(
        edition_id=edition.id, tier_id=tier_id, division_id=body.division_id, entry_id=row.entry_id,
        organisation_id=body.organisation_id, stage_entry_id=row.id, organisation_name=body.name or "",
        area_name=body.area or "", reason=reason[:500], by_id=actor.person_id, at=at,
    )  # fmt: skip
