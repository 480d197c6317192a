"""Who of some pupils holds a card."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from ...core.db import db
from ...models import AuthCode


def since(person_ids: Collection[int]) -> dict[int, datetime]:
    """Person → since when there is a card that works."""
    if not person_ids:
        return {}
    rows = db.session.execute(
        sa.select(AuthCode.person_id, AuthCode.created_at).where(
            AuthCode.person_id.in_(set(person_ids)), AuthCode.disabled_at.is_(None)
        )
    )
    return {row.person_id: row.created_at for row in rows}
