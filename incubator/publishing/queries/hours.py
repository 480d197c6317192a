"""Publications whose hour has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from ...core.db import db
from ...models import (
    Publication,
)


def due(now: datetime) -> Sequence[Publication]:
    """Publications whose hour has come and on which nobody has acted yet."""
    return db.session.scalars(
        sa.select(Publication)
        .where(
            Publication.visible_at <= now,
            Publication.cancelled_at.is_(None),
            Publication.settled_at.is_(None),
        )
        .order_by(Publication.visible_at, Publication.id)
    ).all()
