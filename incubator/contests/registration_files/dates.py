"""Days as people type them: the value and the repairs that it took."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from incubator.contests.registration_files.records import Cell
from incubator.core.text import search_key

_SERIAL_START = date(1899, 12, 30)
LAST_SERIAL = 60_000
_SERIAL_RANGE = range(20_000, LAST_SERIAL)  # 1954 to 2064: a day number, not a year and not a phone
_DMY = re.compile(r"(\d{1,2})\s*([/.\-\s\\,])[/.\-\s\\,]*(\d{1,2})\s*[/.\-\s\\,]+(\d{4}|\d{2})(?!\d)")
_YMD = re.compile(r"(\d{4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,2})(?!\d)")
_OH = re.compile(r"(?<=\d)[oO](?=\d|\b)|\b[oO](?=\d)")  # “05/3/2O12”
_ORDER_SAID = re.compile(r"(?P<month>\bmm\W+dd\b|\bthang\W+ngay\W+nam\b)|\bdd\W+mm\b|\bngay\W+thang\W+nam\b")
_NO_CHANCE = 4
_MONTH_NAMES = (
    "gieng",
    "hai",
    "ba",
    "tu",
    "nam",
    "sau",
    "bay",
    "tam",
    "chin",
    "muoi",
    "muoi mot",
    "muoi hai",
)
_MONTH_NAME = re.compile(
    r"thang (gieng|mot|hai|ba|tu|nam(?= nam)|sau|bay|tam|chin|muoi(?: mot| hai)?|chap)\b"
)
_OTHER_NAMES = {"mot": "gieng", "chap": "muoi hai"}
_ROMAN_MONTH = re.compile(r"(?<=\d[/.\-])(x?(?:i{1,3}|iv|vi{0,3}|ix)|x)(?=[/.\-]\d)", re.IGNORECASE)
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[\s\-/.]*([a-z]{3})[a-z]*[\s\-/.,]*(\d{4}|\d{2})")
_WORDS = re.compile(
    r"(?<!\d)(\d{1,2})[\s\-/.]*(?:thang|thg|th)[\s.]*(\d{1,2})(?!\d)[\s,\-/.]*(?:nam\s*)?(\d{4}|\d{2})(?!\d)|"
    r"(?<!\d)(\d{1,2})\s*/\s*(\d{1,2})\s*[/.\-\s]\s*(\d{4}|\d{2})(?!\d)"  # behind words: “Sinh ngày 05/03/2012”
)
_MONTH_DAY = re.compile(r"([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?[\s,]+(\d{4})")  # “March 5, 2012”
_LOOKALIKES = str.maketrans(
    {
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u2044": "/",
        "\u2215": "/",
        "\uff0f": "/",
        "_": "-",
        "|": "/",
    }
)
_WHOLE_DATE = re.compile(r"(?<!\d)\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}(?!\d)")
_EIGHT_YEAR_FIRST = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_EIGHT = re.compile(r"(\d{2})(\d{2})((?:19|20)\d{2})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(am|pm|sa|ch)?", re.IGNORECASE)
# The class may stand before the date (“lớp 2/5 - 12/12/2017”, “8C1 - 10/12/2011”): its digits are no day. So a date does
# not begin inside a number or a class, keeps to one separator where that is spaced, and a year of two digits ends it.
DATE_IN_TEXT = re.compile(
    r"(?<!\d)(?<!\b[^\W\d_])(?<!\d[^\W\d_])(?<!\d[/.])"
    r"(?:\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2}(?!\d)|"
    r"\d{1,2}(?:[/.\-]\d{1,2}[/.\-]|\s*(?P<mark>[/.\-])\s*\d{1,2}\s*(?P=mark)\s*)"
    r"(?:\d{4}|\d{2}(?!\s*[/.\-]\s*\d))(?!\d)|"
    r"(?:ngày\s*)?\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4})",
    re.IGNORECASE,
)


class DateOrder(StrEnum):
    """How the dates of one column stand."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    EXCHANGED = "exchanged"  # real dates whose day and month a spreadsheet set to English took for each other


def date_order(label: str, cells: Iterable[Cell]) -> DateOrder:
    """The order of a column's dates, from its head (“mm/dd/yyyy”) and all that stands below.

    Month first: the head says so or some dates can only be that, and none can only be day first. Exchanged: typed day
    first into a spreadsheet that wants the month first, “05/03/2012” became the 3rd of May and “24/08/2012” stayed text.
    Then no real date has a day over 12 and every text has; with four of each that is no chance.
    """
    pairs, real = [], []
    for cell in cells:
        if isinstance(cell, date):
            real.append(cell.day)
        elif isinstance(cell, str) and (match := _DMY.match(_bare(cell))):
            pairs.append((int(match[1]), int(match[3])))
    said = _ORDER_SAID.search(search_key(label))
    if not any(a > 12 for a, _ in pairs):
        by_head = said is not None and said["month"] is not None
        by_dates = said is None and any(b > 12 >= a for a, b in pairs)
        return DateOrder.MONTH_FIRST if by_head or by_dates else DateOrder.DAY_FIRST
    apart = all(a > 12 >= b for a, b in pairs) and all(day <= 12 for day in real)
    enough = len(real) >= _NO_CHANCE and len(pairs) >= _NO_CHANCE
    return DateOrder.EXCHANGED if apart and enough else DateOrder.DAY_FIRST


def _bare(text: str) -> str:
    return text.strip().strip("'’`\"").strip()


def parse_date(cell: Cell, order: DateOrder = DateOrder.DAY_FIRST) -> tuple[date | None, tuple[str, ...]]:
    """A birth date from whatever stands in a cell, and the kinds of repair it took; None when it is no
    real day.

    Day comes first; month first where nothing else can be meant (its day is over 12) or its column says so.
    """
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        if order is DateOrder.EXCHANGED and cell.day != cell.month <= 12:
            return date(cell.year, cell.day, cell.month), ("date_swapped",)
        return cell, ()
    if isinstance(cell, bool) or cell is None:
        return None, ()
    if isinstance(cell, int | float):
        return _from_number(cell)
    return _from_text(cell, month_first=order is DateOrder.MONTH_FIRST)


def is_year(text: str) -> bool:
    """Only the year stands where a birth date is wanted."""
    return bool(re.fullmatch(r"(?:19|20)\d{2}", text.strip()))


def _from_number(number: float) -> tuple[date | None, tuple[str, ...]]:
    whole = int(number)
    if whole in _SERIAL_RANGE:
        return _SERIAL_START + timedelta(days=whole), ("date_serial",)
    return _from_eight(f"{whole:08d}")


def _from_eight(digits: str) -> tuple[date | None, tuple[str, ...]]:
    """“05032012”, or the year first: “20120305”."""
    if match := _EIGHT.fullmatch(digits):
        return _day(*match.groups()), ("date_form",)
    if match := _EIGHT_YEAR_FIRST.fullmatch(digits):
        return _day(match[3], match[2], match[1]), ("date_form",)
    return None, ()


def _from_text(text: str, *, month_first: bool = False) -> tuple[date | None, tuple[str, ...]]:
    bare = _ROMAN_MONTH.sub(_roman_month, _OH.sub("0", _bare(text.translate(_LOOKALIKES))))
    if len(_WHOLE_DATE.findall(bare)) > 1:
        return None, ()  # “05/02/2012 hoặc 06/02/2012”
    year_first = _YMD.match(bare)
    if year_first:
        year, month, day = year_first.groups()
        return _day(day, month, year), ("date_form",)
    match = _DMY.match(bare)
    if match is None:
        key = _MONTH_NAME.sub(_named_month, search_key(bare))
        if (english := _ENGLISH.fullmatch(key)) and english[2] in _MONTHS:
            year, kinds = _whole_year(english[3])
            return _day(english[1], str(_MONTHS.index(english[2]) + 1), year), ("date_form", *kinds)
        if (english := _MONTH_DAY.fullmatch(key)) and english[1] in _MONTHS:
            return _day(english[2], str(_MONTHS.index(english[1]) + 1), english[3]), ("date_form",)
        match = _WORDS.search(key)
        if match is None:
            return _from_number(float(bare)) if re.fullmatch(r"\d{5}(\.0)?", bare) else _from_eight(bare)
        day, month, year = (part for part in match.groups() if part)
        year, kinds = _whole_year(year)
        return _day(day, month, year), ("date_form", *kinds)
    day, mark, month, year = match.groups()
    year, added = _whole_year(year)
    kinds = (*(() if mark == "/" and bare == text.strip() else ("date_form",)), *added)
    if int(month) > 12 >= int(day) or (month_first and int(day) <= 12):
        day, month = month, day
        kinds = (*kinds, "date_swapped")
    return _day(day, month, year), kinds


def _roman_month(match: re.Match[str]) -> str:
    """“3/III/2011”."""
    numeral = match[0].lower()
    return str(_ROMAN.index(numeral) + 1) if numeral in _ROMAN else match[0]


def _named_month(match: re.Match[str]) -> str:
    """“tháng Ba” is month 3; “tháng năm” is month 5 only before another “năm”."""
    return f"thang {_MONTH_NAMES.index(_OTHER_NAMES.get(match[1], match[1])) + 1}"


def _whole_year(year: str) -> tuple[str, tuple[str, ...]]:
    """“12” is 2012 and “97” is 1997."""
    if len(year) == 4:
        return year, ()
    return (f"20{year}" if int(year) < 50 else f"19{year}"), ("date_year",)


def _day(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def parse_moment(cell: Cell, order: DateOrder = DateOrder.DAY_FIRST) -> datetime | None:
    """A form's time stamp (local time, without zone); the day alone counts from midnight."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, float) and cell > _SERIAL_RANGE.start:
        return datetime.combine(_SERIAL_START, datetime.min.time()) + timedelta(days=cell)
    day, _ = parse_date(cell, order)
    if day is None:
        return None
    clock = _CLOCK.search(cell) if isinstance(cell, str) else None
    if clock is None:
        return datetime.combine(day, datetime.min.time())
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4] and clock[4].lower() in ("pm", "ch") and hour < 12:
        hour += 12
    return datetime(day.year, day.month, day.day, hour % 24, minute % 60, second % 60)  # noqa: DTZ001 - a cell of a workbook has no zone
