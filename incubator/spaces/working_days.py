"""Days off and swapped working days of a year, as a proposal that staff confirm and edit.

The package ``holidays`` knows the lunar calendar, compensatory days and most swaps the government announces;
swaps that it lacks are listed here with their document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

from .availability import DayChange
from .intervals import at_local, local_date, local_time


class DayKind(StrEnum):
    CLOSED = "closed"
    SWAPPED = "swapped"


@dataclass(frozen=True, slots=True, order=True)
class DayProposal:
    """One date out of the ordinary; ``open_as`` is the weekday (0 = Monday) whose hours a swapped day has."""

    day: date
    kind: DayKind
    note: str
    open_as: int | None = None
    source: str = ""

    def change(self) -> DayChange:
        return DayChange(self.open_as, self.note)


@dataclass(frozen=True, slots=True)
class Swap:
    """A working day taken off and made up for on a day of rest, by a government document."""

    off: date
    worked: date
    source: str


OFFICE_HOURS = (time(8), time(17))  # when somebody answers
KNOWN_SWAPS = (Swap(date(2026, 1, 2), date(2026, 1, 10), "12729/VPCP-KGVX, 25/12/2025"),)


@lru_cache(maxsize=64)
def propose(year: int, language: str = "vi") -> tuple[DayProposal, ...]:
    """Days off that fall on working days or weekends, and weekend days that are worked instead; notes in a language."""
    names = _names(year, "vi")  # what stands for what is read in these
    told = names if language == "vi" else _names(year, _LANGUAGES[language])
    days = {
        day: DayProposal(day, DayKind.CLOSED, _dates_as_here(name, language), source="holidays")
        for day, name in told.items()
        if day.year == year
    }
    for day in told.weekend_workdays:
        if day.year == year:
            days[day] = _worked(day, _instead_of(day, dict(names.items())), "holidays", language)
    for swap in KNOWN_SWAPS:
        if swap.off.year == year and swap.off not in days:
            note = _WORDS[language]["off"].format(f"{swap.worked:%d/%m/%Y}")
            days[swap.off] = DayProposal(swap.off, DayKind.CLOSED, note, source=swap.source)
        if swap.worked.year == year:
            days[swap.worked] = _worked(swap.worked, swap.off, swap.source, language)
    return tuple(days[day] for day in sorted(days))


_LANGUAGES = {"vi": "vi", "en": "en_US"}
# Notes are stored in Vietnamese and told in English by the day, so neither stands in a catalogue.
_WORDS = {
    "vi": {"off": "Ngày nghỉ (thay cho ngày {})", "worked": "Làm bù cho ngày {}", "just_worked": "Làm bù"},
    "en": {
        "off": "Day off (in place of {})",
        "worked": "Worked in place of {}",
        "just_worked": "Worked instead",
    },
}


def _names(year: int, language: str) -> holidays.HolidayBase:
    return holidays.country_holidays("VN", years=[year - 1, year, year + 1], language=language)


def _dates_as_here(name: str, language: str) -> str:
    """English names of the package have American dates."""
    return re.sub(r"(\d\d)/(\d\d)/(\d{4})", r"\2/\1/\3", name) if language == "en" else name


def note_in(language: str, day: date, note: str) -> str:
    """The note of a day off in a language: what was proposed is known in each, what staff wrote stays as it is."""
    if language == "vi":
        return note
    proposed = next((p for p in propose(day.year) if p.day == day), None)
    if proposed is None or proposed.note != note:
        return note
    return next(p.note for p in propose(day.year, language) if p.day == day)


def _worked(day: date, instead_of: date | None, source: str, language: str) -> DayProposal:
    words = _WORDS[language]
    note = words["just_worked"] if instead_of is None else words["worked"].format(f"{instead_of:%d/%m/%Y}")
    weekday = 0 if instead_of is None else instead_of.weekday()
    return DayProposal(day, DayKind.SWAPPED, note, weekday, source)


def _instead_of(worked: date, names: dict[date, str]) -> date | None:
    """The day off whose name says that it stands for this date."""
    mark = f"{worked:%d/%m/%Y}"
    return next((day for day, name in names.items() if mark in name), None)


def is_working_day(day: date) -> bool:
    """By the proposal alone, before staff have changed anything."""
    found = next((p for p in propose(day.year) if p.day == day), None)
    if found is not None:
        return found.open_as is not None
    return day.weekday() < 5


def a_working_day_after(moment: datetime) -> datetime:
    """The same time of the next working day, within office hours: on a Friday that is Monday."""
    day = local_date(moment) + timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    opens, closes = OFFICE_HOURS
    return at_local(day, min(max(local_time(moment).time(), opens), closes))
