"""A team that withdraws from the contest leaves its matches too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor
from ...core.db import db
from ...models import StageDivision, StageEntry, StagePresence, StageState, Tournament
from . import rulings


def entry_withdrawn(
    entry_id: Any, actor: Actor | None = None, at: datetime | None = None, **_more: Any
) -> None:
    """Receiver of the signal of the contests: in every tournament the entry stands as withdrawn from now
    on."""
    rows = db.session.execute(
        sa.select(StageEntry, Tournament.id)
        .join(Tournament, Tournament.stage_division_id == StageEntry.stage_division_id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .where(
            StageEntry.entry_id == entry_id,
            StageDivision.state.in_([StageState.PLANNED, StageState.OPEN]),  # what is decided stands
        )
    ).all()
    for entry, tournament_id in rows:
        if entry.presence in (StagePresence.WITHDRAWN, StagePresence.DISQUALIFIED):
            continue
        entry.presence = StagePresence.WITHDRAWN
        db.session.flush()
        rulings.leave(tournament_id, entry.id, at=at or clock.now())
