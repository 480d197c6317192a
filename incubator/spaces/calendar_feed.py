"""iCalendar out: one VEVENT per occurrence, never a rule, so that no reader can expand it wrongly.

The zone is written out (VTIMEZONE), since Outlook shows UTC without it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import icalendar

from .intervals import LOCAL, Span

PRODUCT = "-//incubator//spaces//VI"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One occurrence; ``sequence`` rises with every change, a cancelled one stays in the feed for a while."""

    uid: str
    span: Span
    summary: str
    location: str
    changed_at: datetime
    sequence: int = 0
    cancelled: bool = False
    tentative: bool = False
    url: str = ""
    description: str = ""


def write(name: str, entries: Iterable[FeedEntry]) -> bytes:
    """The bytes of a calendar with times in Asia/Ho_Chi_Minh."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", LOCAL.key)
    for entry in entries:
        calendar.add_component(_event(entry))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(entry: FeedEntry) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at)
    event.add("last-modified", entry.changed_at)
    event.add("dtstart", entry.span.start.astimezone(LOCAL))
    event.add("dtend", entry.span.end.astimezone(LOCAL))
    event.add("summary", entry.summary)
    event.add("location", entry.location)
    event.add("sequence", entry.sequence)
    event.add("status", _status(entry))
    if entry.url:
        event.add("url", entry.url)
    if entry.description:
        event.add("description", entry.description)
    return event


def _status(entry: FeedEntry) -> str:
    if entry.cancelled:
        return "CANCELLED"
    return "TENTATIVE" if entry.tentative else "CONFIRMED"
