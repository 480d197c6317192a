"""A clock time in forms: “8:00”, “8h”, “8h30”, “08.30” all mean what people think."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time

from wtforms import Field
from wtforms.widgets import TextInput

from ..core.i18n import _

_CLOCK = re.compile(r"^\s*(\d{1,2})\s*(?:[:hHg.]\s*(\d{2})?)?\s*$")


def parse_clock(text: str) -> time | None:
    """None when it is no time of day; 24:00 is midnight."""
    match = _CLOCK.match(text)
    if not match:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour == 24 and minute == 0:
        return time(0, 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None


class ClockField(Field):
    """`data` is a `time`."""

    widget = TextInput()
    input_kind = "clock"

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%H:%M") if self.data is not None else ""

    def process_formdata(self, values: Sequence[str]) -> None:
        self.data = None
        if values and values[0].strip():
            self.data = parse_clock(values[0])
            if self.data is None:
                raise ValueError(_("Nhập giờ theo dạng 14:30."))


def parse_stretches(text: str) -> list[tuple[time, time]]:
    """“7:30–11:30, 13:30–17:00”; any dash, comma or semicolon between. Raises ValueError with how to write it."""
    found: list[tuple[time, time]] = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;]", text))):
        edges = [parse_clock(edge) for edge in re.split(r"\s*[-–—]\s*|\s+đến\s+", part)]
        if len(edges) != 2 or edges[0] is None or edges[1] is None:
            raise ValueError(_("Nhập giờ theo dạng 7:30–11:30, 13:30–17:00."))
        found.append((edges[0], edges[1]))
    return sorted(found)


class StretchesField(Field):
    """Opening hours of one day; `data` is a list of (opens, closes), empty when closed."""

    widget = TextInput()
    input_kind = "stretches"

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        pairs: Sequence[tuple[time, time]] = self.data or ()
        return ", ".join(f"{a:%H:%M}–{'24:00' if b == time(0) else f'{b:%H:%M}'}" for a, b in pairs)

    def process_formdata(self, values: Sequence[str]) -> None:
        self.data = parse_stretches(values[0]) if values and values[0].strip() else []
