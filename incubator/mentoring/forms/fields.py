"""Fields and choices that the forms of mentoring share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any

from wtforms import Field, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget, TextArea

from ...core.i18n import _

HOURS = re.compile(
    r"^\s*(?:(?:thứ\s*)?([2-7])|cn|chủ nhật|t([2-7]))\s*[:,]?\s+(\d{1,2})(?::?(\d{2}))?\s*(?:h|g)?\s*[-–]\s*(\d{1,2})(?::(\d{2}))?",
    re.IGNORECASE,
)


class CheckboxesField(SelectMultipleField):
    """Ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class HoursField(Field):
    """Usual hours, a line each: “Thứ 3 14:00-17:00”, “CN 8-11”. `data` is [(weekday, start, end)]."""

    widget = TextArea()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(hours_text(d, s, e) for d, s, e in self.data or [])

    def process_formdata(self, values: Sequence[str]) -> None:
        self.data = []
        for line in (values[0] if values else "").splitlines():
            if line.strip():
                self.data.append(parse_hours(line))


def hours_text(weekday: int, starts: time, ends: time) -> str:
    day = "CN" if weekday == 6 else f"Thứ {weekday + 2}"
    return f"{day} {starts:%H:%M}-{ends:%H:%M}"


def parse_hours(line: str) -> tuple[int, time, time]:
    """Raises ValueError with how to write it."""
    match = HOURS.match(line)
    if match is None:
        raise ValueError(
            _("“%(line)s” chưa đúng. Viết ví dụ: Thứ 3 14:00-17:00, mỗi dòng một khoảng.", line=line.strip())
        )
    day = match[1] or match[2]
    try:
        start = time(int(match[3]), int(match[4] or 0))
        end = time(int(match[5]), int(match[6] or 0))
    except ValueError:
        raise ValueError(_("“%(line)s” có giờ không tồn tại.", line=line.strip())) from None
    if end <= start:
        raise ValueError(_("“%(line)s”: giờ kết thúc phải sau giờ bắt đầu.", line=line.strip()))
    return (int(day) - 2 if day else 6), start, end


def options(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """(value, label) as WTForms wants them."""
    return [SelectChoice(value, label) for value, label in pairs]


def choices(words: Any, empty: bool = False) -> list[SelectChoice]:
    return options([*([("", "–")] if empty else []), *((str(key), label) for key, label in words.items())])
