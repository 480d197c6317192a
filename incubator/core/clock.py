"""The one clock. Services get `at=` from here, so that tests and the demo can stand still."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def now() -> datetime:
    """The present moment as an aware UTC datetime."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """Today's date in the province (UTC+7), whatever the server's own time zone is."""
    return now().astimezone(LOCAL).date()


def demo_today() -> date:
    """The day from which live demo rows take their dates; DEMO_TODAY=YYYY-MM-DD (or a moment of it) fixes it."""
    fixed = os.environ.get("DEMO_TODAY")
    return local(_demo_moment(fixed)).date() if fixed else today()


def demo_now() -> datetime:
    """The one moment at which the demo is loaded: now, or of a fixed day its eight o'clock."""
    fixed = os.environ.get("DEMO_TODAY")
    return _demo_moment(fixed) if fixed else now()


def _demo_moment(fixed: str) -> datetime:
    moment = datetime.fromisoformat(fixed)
    return moment.astimezone(UTC) if moment.tzinfo else at_local(moment.date(), time(8))


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Stop the clock at an aware moment, for tests and for demo rows of the past."""
    if moment.tzinfo is None:
        raise ValueError("The clock is frozen at aware moments only.")
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def local(moment: datetime) -> datetime:
    """An aware moment as the province's wall clock shows it."""
    return moment.astimezone(LOCAL)


def at_local(day: date, at: time = time(0)) -> datetime:
    """A local day and hour as an aware UTC moment."""
    return datetime.combine(day, at, tzinfo=LOCAL).astimezone(UTC)


def end_of_day(day: date) -> datetime:
    """A deadline that is a date ends at 23:59:59 local time."""
    return at_local(day, time(23, 59, 59))


def day_span(day: date) -> tuple[datetime, datetime]:
    """The half-open UTC span [00:00, 24:00) of a local day."""
    return at_local(day), at_local(day + timedelta(days=1))
