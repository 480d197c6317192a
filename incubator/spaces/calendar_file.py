"""A calendar file as its components: decoded, parsed, grouped by UID, or refused with a reason. Pure."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import icalendar

MOST_BYTES = 5_000_000
MOST_EVENTS = 20_000
_EVENT = re.compile(r"^BEGIN:VEVENT", re.IGNORECASE | re.MULTILINE)
_END = re.compile(r"^END:VEVENT", re.IGNORECASE | re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class UnreadableCalendarError(ValueError):
    """``code`` names the reason, ``values`` fill its sentence (``wording.py``)."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(slots=True)
class Components:
    """All components of one UID."""

    masters: list[Any] = field(default_factory=list)
    changes: list[Any] = field(default_factory=list)


def events_of(data: bytes) -> list[Any]:
    if len(data) > MOST_BYTES:
        raise UnreadableCalendarError("too_big", most=MOST_BYTES // 1_000_000)
    text = _decoded(data)
    if "\n" not in text:
        text = text.replace("\r", "\n")
    if "BEGIN:VCALENDAR" not in text.upper():
        raise UnreadableCalendarError("not_a_calendar")
    if text.upper().count("BEGIN:VCALENDAR") != text.upper().count("END:VCALENDAR"):
        raise UnreadableCalendarError("cut_off")
    if len(_EVENT.findall(text)) != len(_END.findall(text)):  # the parser would leave such an event out
        raise UnreadableCalendarError("cut_off")
    if len(_EVENT.findall(text)) > MOST_EVENTS:  # before they are parsed: that takes the time
        raise UnreadableCalendarError("too_many_events", most=MOST_EVENTS)
    try:
        calendars = _parsed(text)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (
        ValueError,
        KeyError,
        IndexError,
        TypeError,
        AttributeError,
        RecursionError,
        OverflowError,
    ) as error:
        raise UnreadableCalendarError("broken", detail=plain(str(error))[:120]) from error
    return events


_parsing = threading.Lock()


def _parsed(text: str) -> list[Any]:
    """The parser keeps the zones that files describe for the whole process: each file begins without those of others."""
    with _parsing:
        icalendar.use_zoneinfo()
        return list(icalendar.Calendar.from_ical(text, multiple=True))


_FOLD = re.compile(rb"\r?\n[ \t]")


def _decoded(data: bytes) -> str:
    """As text: lines may be folded within a character, and a program may have cut one off; old files are in cp1258."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    else:
        encoding = "cp1258"
        text = _FOLD.sub(b"", data).decode("utf-8-sig", "replace")
        bad = text.count("\ufffd")
        if not bad or sum(character > "\x7f" for character in text) > 2 * bad:
            return text
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableCalendarError("not_text") from error


def by_uid(events: Iterable[Any]) -> dict[str, Components]:
    groups: dict[str, Components] = defaultdict(Components)
    for number, event in enumerate(events, start=1):
        broken = next(filter(None, (_time_property(*error) for error in event.errors)), "")
        if broken:
            raise UnreadableCalendarError("bad_event", summary=summary_of(event), detail=broken)
        if "DTSTART" not in event:
            raise UnreadableCalendarError("no_start", summary=summary_of(event), number=number)
        uid = plain(str(event.get("UID", ""))) or _own_name(event, groups)
        kind = groups[uid].changes if "RECURRENCE-ID" in event else groups[uid].masters
        kind.append(event)
    return groups


def _own_name(event: Any, known: Mapping[str, Components]) -> str:
    """For an event without UID: the same one whenever the file is read, another one in another file."""
    told = f"{event['DTSTART'].to_ical()!r} {summary_of(event)}"
    name = f"khong-uid-{hashlib.sha256(told.encode()).hexdigest()[:12]}"
    again = sum(other.startswith(name) for other in known)
    return f"{name}-{again + 1}" if again else name


_TIME_PROPERTIES = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
_IN_LINE = re.compile(rf"'({'|'.join(sorted(_TIME_PROPERTIES))})\b", re.IGNORECASE)


def _time_property(name: str | None, message: str) -> str:
    """The property of time that an error of the parser is about, else nothing; a line without a colon has no name."""
    if name is None:
        found = _IN_LINE.search(message)
        return found[1].upper() if found else ""
    return name if name in _TIME_PROPERTIES else ""


def summary_of(event: Any) -> str:
    return plain(str(event.get("SUMMARY", "")))[:200]


def plain(text: str) -> str:
    """Text for a screen or a list: no control characters."""
    return _CONTROL.sub(" ", text).strip()
