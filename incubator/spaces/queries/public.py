"""The centre for visitors: places, partners, and this week as busy and free only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ...models import ResourceKind
from ..intervals import local_date
from .world import load, place_rows


def centre(now: datetime) -> dict[str, Any]:
    """`rooms`, `machines`, `partners`: lists of places; `free`: place id -> hours still free today."""
    rows = place_rows(partners=True)
    own = {i: r for i, r in rows.items() if not r.is_partner}
    day = local_date(now)
    world = load(own, day, day + timedelta(days=1))
    free = {
        i: sum((gap.length / timedelta(hours=1) for gap in world.place(i).gaps(day, now)), 0.0) for i in own
    }
    return {
        "rooms": [r for r in own.values() if r.kind is ResourceKind.ROOM],
        "machines": [r for r in own.values() if r.kind in (ResourceKind.MACHINE, ResourceKind.KIT)],
        "partners": [r for r in rows.values() if r.is_partner],
        "free": free,
    }
