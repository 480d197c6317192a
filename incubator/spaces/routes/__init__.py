"""Pages of the centre: find and book, the desk, machines, events, calendars, numbers, and what visitors see."""

from . import (
    booking,
    calendars,
    desk,
    events,
    finding,
    machines,
    numbers,
    public,
    series,
    setup,
    staffing,
    stages,
)
from .base import bp, public_bp

__all__ = [
    "booking",
    "bp",
    "calendars",
    "desk",
    "events",
    "finding",
    "machines",
    "numbers",
    "public",
    "public_bp",
    "series",
    "setup",
    "staffing",
    "stages",
]
