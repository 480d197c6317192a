"""VIQR, Vietnamese typed with ASCII marks behind the letters (“Nguye^~n Va(n DDu+'c”), as mail once wanted it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from incubator.core.text.syllables import is_syllable
from incubator.core.text.tones import ACUTE, BREVE, CIRCUMFLEX, DOT, GRAVE, HOOK, HORN, TILDE

_MARKS = {
    "^": CIRCUMFLEX,
    "(": BREVE,
    "+": HORN,
    "'": ACUTE,
    "`": GRAVE,
    "?": HOOK,
    "~": TILDE,
    ".": DOT,
}
_WORD = re.compile(r"[A-Za-z][A-Za-z^(+'`?~.]*")
_LETTER = re.compile(r"(?P<dd>[Dd]d|DD)|(?P<vowel>[aeiouyAEIOUY])(?P<marks>[\^(+'`?~.]{1,2})")
_SHAPED = re.compile(r"[aeo]\^|[ou]\+|a\([a-z'`?~.]", re.IGNORECASE)
_ENOUGH = 3


def decode_viqr(text: str) -> str:
    """`text` with each word that is a Vietnamese syllable in VIQR written as one."""
    return _WORD.sub(lambda match: _word(match.group()), text)


def _word(word: str) -> str:
    decoded = unicodedata.normalize("NFC", _LETTER.sub(_letter, word))
    return decoded if decoded != word and is_syllable(decoded) else word


def _letter(match: re.Match[str]) -> str:
    if match["dd"]:
        return "Đ" if match["dd"][0] == "D" else "đ"
    return match["vowel"] + "".join(_MARKS[mark] for mark in match["marks"])


def is_viqr(texts: Iterable[str]) -> bool:
    """Do several texts hold syllables that only VIQR explains? A quotation mark or a dot behind a letter proves nothing."""
    found = {text for text in texts if _SHAPED.search(text) and decode_viqr(text) != text}
    return len(found) >= _ENOUGH
