"""Single values: dates, phones, addresses and classes as people type them. Each returns the value and its
repairs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from incubator.contests.registration_files.records import Cell
from incubator.core.text import search_key

_SERIAL_START = date(1899, 12, 30)
_SERIAL_RANGE = range(20_000, 60_000)  # 1954 to 2064: a day number, not a year and not a phone
_DMY = re.compile(r"(\d{1,2})\s*([/.\-\s\\,])\s*(\d{1,2})\s*[/.\-\s\\,]\s*(\d{4}|\d{2})(?!\d)")
_YMD = re.compile(r"(\d{4})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{1,2})(?!\d)")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(r"(\d{1,2})[\s\-/.]*([a-z]{3})[a-z]*[\s\-/.,]*(\d{4})")
_WORDS = re.compile(r"(?:ngay\s*)?(\d{1,2})\s*(?:thang|thg|/)\s*(\d{1,2})\s*,?\s*(?:nam)?\s*(\d{4})")
_EIGHT_YEAR_FIRST = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_EIGHT = re.compile(r"(\d{2})(\d{2})((?:19|20)\d{2})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*(am|pm|sa|ch)?", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+?84|0)?[\s.\-()]*(?:\d[\s.\-()]*){8,10}")
_EMAIL = re.compile(r"[^\s@<>;,]+@[^\s@<>;,]+\.[^\s@<>;,]+")
_CLASS = re.compile(
    r"(lớp\s*)?\d{1,2}\s*([/.\-]\s*\d{1,2}|[A-Za-zĐđ]\s*\d{0,2})?([/.]\d{1,2})?", re.IGNORECASE
)
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


def is_month_first(cells: Iterable[Cell]) -> bool:
    """Were a column's dates typed month first? Some can only be that, and none can only be day first."""
    pairs = [
        (int(match[1]), int(match[3]))
        for cell in cells
        if isinstance(cell, str) and (match := _DMY.match(cell.strip().strip("'’`\"").strip()))
    ]
    return any(b > 12 >= a for a, b in pairs) and not any(a > 12 for a, _ in pairs)


def parse_date(cell: Cell, *, month_first: bool = False) -> tuple[date | None, tuple[str, ...]]:
    """A birth date from whatever stands in a cell, and the kinds of repair it took; None when it is no
    real day.

    Day comes first; month first where nothing else can be meant (its day is over 12) or its column says so.
    """
    if isinstance(cell, datetime):
        return cell.date(), ()
    if isinstance(cell, date):
        return cell, ()
    if isinstance(cell, bool) or cell is None:
        return None, ()
    if isinstance(cell, int | float):
        return _from_number(cell)
    return _from_text(cell, month_first=month_first)


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
    bare = text.strip().strip("'’`\"").strip()
    year_first = _YMD.match(bare)
    if year_first:
        year, month, day = year_first.groups()
        return _day(day, month, year), ("date_form",)
    match = _DMY.match(bare)
    if match is None:
        key = search_key(bare)
        if (english := _ENGLISH.fullmatch(key)) and english[2] in _MONTHS:
            return _day(english[1], str(_MONTHS.index(english[2]) + 1), english[3]), ("date_form",)
        match = _WORDS.search(key)
        if match is None:
            return _from_number(float(bare)) if re.fullmatch(r"\d{5}(\.0)?", bare) else _from_eight(bare)
        return _day(*match.groups()), ("date_form",)
    day, mark, month, year = match.groups()
    kinds = [] if mark == "/" and bare == text.strip() else ["date_form"]
    if len(year) == 2:
        year = f"20{year}" if int(year) < 50 else f"19{year}"
        kinds.append("date_year")
    if int(month) > 12 >= int(day) or (month_first and int(day) <= 12):
        day, month = month, day
        kinds.append("date_swapped")
    return _day(day, month, year), tuple(kinds)


def _day(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def parse_moment(cell: Cell) -> datetime | None:
    """A form's time stamp (local time, without zone); the day alone counts from midnight."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None)
    if isinstance(cell, float) and cell > _SERIAL_RANGE.start:
        return datetime.combine(_SERIAL_START, datetime.min.time()) + timedelta(days=cell)
    day, _ = parse_date(cell)
    if day is None:
        return None
    clock = _CLOCK.search(cell) if isinstance(cell, str) else None
    if clock is None:
        return datetime.combine(day, datetime.min.time())
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4] and clock[4].lower() in ("pm", "ch") and hour < 12:
        hour += 12
    return datetime(day.year, day.month, day.day, hour % 24, minute % 60, second % 60)  # noqa: DTZ001 - a cell of a workbook has no zone


def parse_phone(cell: Cell) -> tuple[str, tuple[str, ...], bool]:
    """A Vietnamese number as 0xxxxxxxxx, the repairs it took, and whether it has a possible length.

    The first of several numbers in a cell counts.
    """
    if cell is None or isinstance(cell, bool):
        return "", (), True
    text = str(int(cell)) if isinstance(cell, float) else str(cell).strip().strip("'’`")
    if not re.search(r"\d", text):
        return "", (), True
    first = re.split(r"[/;,\n]| - ", text)[0]
    first = first if len(re.sub(r"\D", "", first)) >= 8 else text
    digits = re.sub(r"\D", "", re.sub(r"(?<=\d{8})\.0$", "", first))
    kinds: list[str] = []
    if digits.startswith("0084"):
        digits = digits[2:]
    if digits.startswith("84") and len(digits) in (11, 12):
        digits = "0" + digits[2:].lstrip("0")
        kinds.append("phone_country")
    elif len(digits) == 9 and digits[0] != "0":
        digits = "0" + digits
        kinds.append("phone_zero")
    if not kinds and digits != str(cell):
        kinds.append("phone_form")
    return digits, tuple(kinds), len(digits) in (10, 11) and digits[0] == "0"


@dataclass(frozen=True, slots=True)
class Found:
    """A contact as found: its value, the repairs, whether it has a possible form, and what stood there."""

    value: str = ""
    kinds: tuple[str, ...] = ()
    fits: bool = True
    was: str = ""


def found_in(parse: Callable[[Cell], tuple[str, tuple[str, ...], bool]], text: str) -> Found:
    """A contact that stood beside a name; the cell's own repair says that it was taken apart."""
    value, _kinds, fits = parse(text or None)
    return Found(value, (), fits)


def parse_phones(cell: Cell) -> list[Found]:
    """Each number of a cell; one entry for a cell whose numbers cannot be told apart. Addresses beside them are none."""
    if isinstance(cell, str):
        cell = _EMAIL.sub(" ", cell).strip(" -–/,;\n")
    if cell is None or isinstance(cell, bool) or not re.search(r"\d", str(cell)):
        return []
    pieces = re.split(r"[/;,\n]| - ", cell) if isinstance(cell, str) else [cell]
    whole = [p for p in pieces if len(re.sub(r"\D", "", str(p))) >= 8]
    if len(whole) < 2:
        whole = [cell]
    return [Found(*parse_phone(piece), str(cell)) for piece in whole]


def parse_emails(text: str) -> list[Found]:
    """Each address of a cell; what is no address stays as it is."""
    found = _EMAIL.findall(text)
    if len(found) > 1:
        return [Found(parse_email(address)[0], ("email_form",), True, text) for address in found]
    value, kinds, fits = parse_email(text)
    return [Found(value, kinds, fits, text)] if value else []


def parse_email(cell: Cell) -> tuple[str, tuple[str, ...], bool]:
    """An address in lower case, the repairs it took, and whether it has the form of one."""
    text = str(cell).strip() if cell is not None else ""
    if text in ("", "-", "0"):
        return "", (), True
    match = _EMAIL.search(text.removeprefix("mailto:"))
    address = (match.group() if match else text).lower().rstrip(".")
    return address, ("email_form",) if address != text else (), match is not None


def is_one_word(cell: Cell) -> bool:
    """A given name that stands in a column of its own."""
    return isinstance(cell, str) and len(cell.split()) == 1 and not any(c.isdigit() for c in cell)


def lists_people(cell: Cell) -> bool:
    """Several people with their dates in one cell."""
    return isinstance(cell, str) and len(list(DATE_IN_TEXT.finditer(cell))) > 1


def looks_like(cell: Cell) -> str:
    """birth | email | phone | class | '' — what a cell is by its form alone."""
    if isinstance(cell, datetime | date):
        return "birth"
    text = str(cell).strip().strip("'’`")
    if _EMAIL.fullmatch(text):
        return "email"
    if parse_date(text)[0] is not None:
        return "birth"
    if _PHONE.fullmatch(text):
        return "phone"
    return "class" if _CLASS.fullmatch(text) and not text.isdigit() else ""
