"""The proposed calendar of days off agrees with what the government announced."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from incubator.spaces.working_days import DayKind, a_working_day_after, is_working_day, note_in, propose


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 2, 16), False),
        (date(2026, 2, 20), False),
        (date(2026, 2, 23), True),
        (date(2026, 8, 31), False),
        (date(2026, 8, 22), True),
        (date(2026, 1, 2), False),
        (date(2026, 1, 10), True),
        (date(2025, 5, 2), False),
        (date(2025, 4, 26), True),
        (date(2024, 4, 29), False),
        (date(2024, 5, 4), True),
        (date(2026, 3, 7), False),
        (date(2026, 3, 9), True),
    ],
)
def test_days_off_and_swapped_days(day: date, working: bool) -> None:
    assert is_working_day(day) is working


def test_a_swapped_saturday_has_the_hours_of_the_day_it_replaces() -> None:
    swapped = {p.day: p for p in propose(2026) if p.kind is DayKind.SWAPPED}
    assert swapped[date(2026, 8, 22)].open_as == 0
    assert swapped[date(2026, 1, 10)].open_as == 4
    assert swapped[date(2026, 1, 10)].source.startswith("12729")
    assert swapped[date(2026, 1, 10)].change().open_as == 4


def test_names_are_vietnamese_and_dates_sorted() -> None:
    found = propose(2026)
    assert [p.day for p in found] == sorted(p.day for p in found)
    assert any("Tết" in p.note for p in found)
    assert all(p.day.year == 2026 for p in found)


@pytest.mark.parametrize(
    ("day", "note", "english"),
    [
        (date(2026, 2, 17), "Tết Nguyên Đán", "Lunar New Year"),
        (date(2026, 8, 31), "Ngày nghỉ (thay cho ngày 22/08/2026)", "Day off (substituted from 22/08/2026)"),
        (date(2026, 8, 22), "Làm bù cho ngày 31/08/2026", "Worked in place of 31/08/2026"),
        (date(2026, 1, 2), "Ngày nghỉ (thay cho ngày 10/01/2026)", "Day off (in place of 10/01/2026)"),
        (
            date(2026, 2, 17),
            "Cơ quan đi tham quan",
            "Cơ quan đi tham quan",
        ),  # what staff wrote stays as it is
        (date(2026, 3, 9), "Tết Nguyên Đán", "Tết Nguyên Đán"),
    ],
)
def test_a_day_off_has_its_name_in_english(day: date, note: str, english: str) -> None:
    assert note_in("en", day, note) == english
    assert note_in("vi", day, note) == note


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027, 2030])
def test_what_is_proposed_is_the_same_in_both_languages_but_for_its_words(year: int) -> None:
    vi, en = propose(year), propose(year, "en")
    assert [replace(p, note="") for p in vi] == [replace(p, note="") for p in en]
    assert not any(p.note.isascii() for p in vi if p.kind is DayKind.CLOSED and "Ngày" in p.note)
    assert all(p.note.isascii() for p in en)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("2026-03-09 08:00", "2026-03-10 08:00"),
        ("2026-03-13 16:30", "2026-03-16 16:30"),  # over a weekend
        ("2026-02-13 09:00", "2026-02-23 09:00"),  # over Tết
        ("2026-01-08 23:30", "2026-01-09 17:00"),  # nobody answers at night
        ("2026-01-09 00:30", "2026-01-10 08:00"),  # a Saturday that is worked
    ],
)
def test_an_answer_within_a_working_day_skips_days_off(asked: str, answered: str) -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    moment = datetime.fromisoformat(asked).replace(tzinfo=zone)
    assert a_working_day_after(moment.astimezone(ZoneInfo("UTC"))) == datetime.fromisoformat(
        answered
    ).replace(tzinfo=zone)
