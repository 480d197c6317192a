"""Text that was spoiled on its way: UTF-8 opened as Windows-1252 (“Nguyá»…n”), letters of other alphabets that look like
Vietnamese ones, and letters that are gone for good (“Nguy?n”)."""

from __future__ import annotations

import re

_HIGH_PAIR = re.compile(r"[\u00c3-\u00c6\u00e1][\u0080-\u00bf\u0152-\u0178\u0192-\u02dc\u2013-\u2122]")
_STROKES = str.maketrans({"Ð": "Đ", "ð": "đ", "Ɖ": "Đ"})
_LOST = re.compile(r"\ufffd|[^\W\d_]\?+[^\W\d_]|(?<!\S)\?+[^\W\d_]")
_LOST_AT_END = re.compile(r"[^\W\d_]\?|\?\?")


def read_again(text: str) -> str:
    """`text` as it was before somebody opened UTF-8 as Windows-1252; unchanged where it cannot have been that."""
    if not _HIGH_PAIR.search(text):
        return text
    try:
        return b"".join(map(_byte, text)).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _byte(letter: str) -> bytes:
    """Five bytes have no letter in Windows-1252; programs keep their numbers."""
    return bytes([ord(letter)]) if "\x80" <= letter <= "\x9f" else letter.encode("cp1252")


def with_strokes(text: str) -> str:
    """The Icelandic Ð, which old keyboards typed, as the Vietnamese Đ."""
    return text.translate(_STROKES)


def has_lost_letters(text: str, *, may_ask: bool = False) -> bool:
    """Question marks where letters were (“Nguy?n”). A title may ask something: there one at a word's end says nothing."""
    return bool(_LOST.search(text) or (not may_ask and _LOST_AT_END.search(text)))
