"""Numbers in text: Roman numerals, as contests are counted (lần thứ XX), and whole numbers in addresses and forms."""

from __future__ import annotations

import re

_WHOLE = re.compile(r"-?[0-9]{1,9}")


def whole(text: str) -> int:
    """A whole number of at most nine digits, as ids and counts are: `request.args.get("page", 1, type=whole)`.

    Raises ValueError for anything else. A longer one is no id of ours, and SQLite would not take it.
    """
    if not _WHOLE.fullmatch(text.strip()):
        raise ValueError(f"Not a whole number: {text!r}")
    return int(text)


def is_whole(text: str) -> bool:
    """Whether text is a number as ids are. `"²".isdigit()` is true as well, and `int("²")` fails."""
    return _WHOLE.fullmatch(text) is not None and not text.startswith("-")


def is_count(text: str, most: int = 9) -> bool:
    """Whether text is digits and nothing else, at most `most` of them: a count or an amount that a column holds."""
    return text.isascii() and text.isdigit() and len(text) <= most


def roman(number: int | None) -> str:
    """20 -> XX, for “lần thứ XX”."""
    if not number:
        return ""
    parts = (
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    )
    text = ""
    for size, letters in parts:
        count, number = divmod(number, size)
        text += letters * count
    return text
