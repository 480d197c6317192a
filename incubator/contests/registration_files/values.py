"""Single values: phones, addresses and classes as people type them. Each returns the value and its repairs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from incubator.contests.registration_files.dates import DATE_IN_TEXT, parse_date
from incubator.contests.registration_files.records import Cell
from incubator.core.text import search_key

_DITTO = re.compile(r"n\.?t|ntr|nhu (?:dong |o )?tren|[\"”“″〃]{1,2}|''|’’|//|,,|↑")
_DITTO_BEGINS = frozenset("nN\"”“″〃'’/,↑")
_TICK = re.compile(r"x|v|[✓✔☑*]|co|yes|true|1")
_NOTHING = re.compile(
    r"|(?:khong|ko|k|khg|chua)(?: (?:co|tham gia|dang ky))?(?: (?:ai|em nao|thanh vien|hoc sinh|gv|giao vien|email|thong tin))?"
    r"|none|no|null|n/?a|nil|x{1,3}|0"
)
_PHONE = re.compile(r"(?:\+?84|0)?[\s.\-()]*(?:\d[\s.\-()]*){8,10}")
_POWER = re.compile(r"\d[.,]\d{7,11}E\+?0?(?:8|9|10|11)", re.IGNORECASE)
_BETWEEN_NUMBERS = re.compile(r"[/;,\n]|\s[-–]\s|\s(?:hoặc|và|or)\s", re.IGNORECASE)
_WHOLE_NUMBER = re.compile(r"(?<!\d)((?:0|\+?84)\d{9})\s+(?=0|\+?84)")
_WIDE = {0xFF10 + digit: str(digit) for digit in range(10)}
_EMAIL = re.compile(r"[^\s@<>;,]+@[^\s@<>;,]+\.[^\s@<>;,]+")
_CLASS = re.compile(
    r"(lớp\s*)?\d{1,2}\s*([/.\-]\s*\d{1,2}|[A-Za-zĐđ]\s*\d{0,2})?([/.]\d{1,2})?", re.IGNORECASE
)


def class_beside_date(text: str) -> str:
    """The class in a cell that holds a date before or behind it (“01/03/2011 - 8A”); '' without one."""
    date_there = DATE_IN_TEXT.search(text)
    rest = f"{text[: date_there.start()]} {text[date_there.end() :]}".strip(" -–,;()\n") if date_there else ""
    return (
        re.sub(r"(?i)^lớp\s*:?\s*", "", rest) if rest and _CLASS.fullmatch(rest) and ":" not in rest else ""
    )


def parse_phone(cell: Cell) -> tuple[str, tuple[str, ...], bool]:
    """A Vietnamese number as 0xxxxxxxxx, the repairs it took, and whether it has a possible length.

    The first of several numbers in a cell counts.
    """
    if cell is None or isinstance(cell, bool):
        return "", (), True
    text = str(int(cell)) if isinstance(cell, float) else _plain_digits(str(cell)).strip().strip("'’`")
    if not re.search(r"\d", text):
        return "", (), True
    if _POWER.fullmatch(text):  # “3.45000011E+08”: what a narrow column shows of a number
        text = str(int(float(text.replace(",", "."))))
    first = _numbers_of(text)[0]
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


def _plain_digits(text: str) -> str:
    """Digits of a wide East Asian font are digits."""
    return text if text.isascii() else text.translate(_WIDE)


def _numbers_of(text: str) -> list[str]:
    """A cell cut where one number ends and the next may begin; also “0912345678 0987654321”."""
    pieces = [_WHOLE_NUMBER.sub("\\1\n", piece).split("\n") for piece in _BETWEEN_NUMBERS.split(text)]
    return [piece for found in pieces for piece in found if piece.strip()] or [text]


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
        cell = _EMAIL.sub(" ", _plain_digits(cell)).strip(" -–/,;\n")
    if cell is None or isinstance(cell, bool) or not re.search(r"\d", str(cell)):
        return []
    pieces = _numbers_of(cell) if isinstance(cell, str) else [cell]
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
    if says_nothing(text):
        return "", (), True
    match = _EMAIL.search(text.removeprefix("mailto:"))
    address = (match.group() if match else text).lower().rstrip(".")
    return address, ("email_form",) if address != text else (), match is not None


def is_ditto(cell: Cell) -> bool:
    """“nt”, “-nt-”, “như trên”, a quotation mark: what stands in the row above."""
    return (
        isinstance(cell, str)
        and len(cell) <= 16
        and cell.lstrip(" .-–_()")[:1] in _DITTO_BEGINS
        and _DITTO.fullmatch(search_key(cell).strip(" .-–_()")) is not None
    )


def says_nothing(text: str) -> bool:
    """“Không có”, “N/A”, “x”: what is written where a form wants an answer and there is none."""
    return bool(_NOTHING.fullmatch(search_key(text).strip(" .-–_()/")))


def is_one_word(cell: Cell) -> bool:
    """A given name that stands in a column of its own."""
    return isinstance(cell, str) and len(cell.split()) == 1 and not any(c.isdigit() for c in cell)


def is_tick(cell: Cell) -> bool:
    """A cross or a tick where a column asks yes or no."""
    return cell is True or (isinstance(cell, str) and _TICK.fullmatch(search_key(cell)) is not None)


def names_somebody(cell: Cell) -> bool:
    """Two words or more that are no address: a name, whatever number stands beside it."""
    words = re.findall(r"[^\W\d_]{2,}", _EMAIL.sub(" ", cell)) if isinstance(cell, str) else []
    return len(words) >= 2


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
