"""Roman numerals, as contests are counted (lần thứ XX)."""

from __future__ import annotations


def roman(number: int | None) -> str:
    """20 -> XX, for “lần thứ XX”."""
    if not number:
        return ""
    parts = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
             (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip
    text = ""
    for size, letters in parts:
        count, number = divmod(number, size)
        text += letters * count
    return text
