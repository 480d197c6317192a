"""The one thing this package changes: which of one's own messages are read."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from ..core.access import Actor
from ..core.db import changed
from ..models import Notification


def mark_read(actor: Actor, notification_id: int | None, *, at: datetime) -> int:
    """Mark one message, or all with None, as read; only the actor's own are touched. Returns how many."""
    statement = sa.update(Notification).where(
        Notification.person_id == actor.person_id, Notification.read_at.is_(None)
    )
    if notification_id is not None:
        statement = statement.where(Notification.id == notification_id)
    return changed(statement.values(read_at=at))
