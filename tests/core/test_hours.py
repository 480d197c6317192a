"""Hours as people read them: what goes on over midnight says so, wherever hours stand."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from flask_babel import force_locale

from incubator.core.clock import at_local
from incubator.core.web import vn_times
from incubator.spaces.intervals import Span
from incubator.spaces.wording import span_of

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


def at(day: int, hour: int) -> datetime:
    return at_local(date(2026, 12, day), time(hour))


@pytest.mark.parametrize(
    ("start", "end", "on", "vi", "en"),
    [
        (at(3, 8), at(3, 10), None, "08:00–10:00", "08:00–10:00"),
        (at(3, 22), at(4, 1), None, "22:00–01:00 hôm sau", "22:00–01:00 the next day"),
        (at(3, 22), at(4, 0), None, "22:00–24:00", "22:00–24:00"),
        (at(3, 0), at(4, 0), None, "00:00–24:00", "00:00–24:00"),
        (at(3, 22), at(4, 1), 4, "22:00 hôm trước–01:00", "22:00 the day before–01:00"),
        (at(3, 8), at(6, 0), None, "08:00–24:00 ngày 05/12/2026", "08:00–24:00 on 05/12/2026"),
        (
            at(3, 8),
            at(6, 9),
            5,
            "08:00 ngày 03/12/2026–09:00 hôm sau",
            "08:00 on 03/12/2026–09:00 the next day",
        ),
    ],
)
def test_an_end_on_another_day_says_which(
    app: Any, start: datetime, end: datetime, on: int | None, vi: str, en: str
) -> None:
    day = date(2026, 12, on) if on else None
    for language, told in (("vi", vi), ("en", en)):
        with app.test_request_context(), force_locale(language):
            assert vn_times(start, end, day) == told


def test_a_whole_day_ends_at_its_own_midnight() -> None:
    assert span_of(Span(at(3, 0), at(4, 0))) == "00:00–24:00 03/12/2026"
    assert span_of(Span(at(3, 22), at(4, 1))) == "22:00 03/12/2026 – 01:00 04/12/2026"


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_page_puts_hours_together_by_itself(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(
        r"\|vn_time\b[^s(]\s*\}\}\s*–|–\s*\{\{-?[^}]*\|vn_time\b[^s(]|vn_time\)\s*~\s*'–'", text
    )
