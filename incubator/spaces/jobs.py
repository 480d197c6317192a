"""Periodic work of the centre."""

from __future__ import annotations

from ..core import clock
from ..core.db import transaction
from ..core.jobs import every
from .services import day, requests


@every(minute="*/5")
def sweep_bookings() -> None:
    """Release no-shows, end what is over, let holds lapse. Running it twice changes nothing more."""
    at = clock.now()
    with transaction():
        day.release_no_shows(at=at)
        day.finish_past(at=at)
        requests.lapse_holds(at=at)
