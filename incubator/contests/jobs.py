"""What the worker does for contests at night."""

from __future__ import annotations

from ..core import clock
from ..core.jobs import every
from .services import dossiers


@every(minute="20", hour="19")  # the queue counts in UTC: twenty past two at night in Vietnam
def clear_uploads() -> None:
    """A file of which only a part came is kept for two days."""
    dossiers.drop_abandoned(clock.now())
