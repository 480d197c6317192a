"""The hall's screens of a tournament."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ...core.db import db
from ...models import HallScreen


def screens_of(tournament_id: int) -> Sequence[HallScreen]:
    wanted = sa.select(HallScreen).where(HallScreen.tournament_id == tournament_id)
    return db.session.scalars(wanted.order_by(HallScreen.id)).all()
