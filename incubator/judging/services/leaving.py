"""An entry withdraws: it leaves the stages that are not closed yet; its sheets are kept and not counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...core.i18n import _
from ...models import StageDivision, StageEntry, StagePresence, StageState


def entry_withdrawn(entry_id: int, *, at: datetime, **_rest: Any) -> None:
    """Receiver of the signal; runs inside the transaction that withdraws."""
    running = sa.select(StageDivision.id).where(
        StageDivision.state.in_((StageState.PLANNED, StageState.OPEN))
    )
    db.session.execute(
        sa.update(StageEntry)
        .where(StageEntry.entry_id == entry_id, StageEntry.stage_division_id.in_(running))
        .values(
            presence=StagePresence.WITHDRAWN, presence_reason=_("Đã rút ngày %(day)s", day=f"{at:%d/%m/%Y}")
        )
        .execution_options(synchronize_session=False)
    )
