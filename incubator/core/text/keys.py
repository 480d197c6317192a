"""Keys by which text is searched, compared and sorted. Never shown: store what was typed beside them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from incubator.core.text.syllables import neutral_tone
from incubator.core.text.tones import ACUTE, DOT, GRAVE, HOOK, TILDE, TONES, clusters

_STROKES = str.maketrans({"đ": "d", "Đ": "d", "Ð": "d", "ð": "d"})
_ETH = str.maketrans({"Ð": "Đ", "ð": "đ"})
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PRIMARY = {letter: chr(ord("A") + index) for index, letter in enumerate(_ALPHABET)}
_TONE_RANK = {GRAVE: "2", HOOK: "3", TILDE: "4", ACUTE: "5", DOT: "6"}  # CLDR vi; no tone is 1
#: Category Cf of Unicode: asking for the category of each letter would take most of the time of reading a file.
_INVISIBLE = re.compile(
    "[\xad\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U00013438\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
_LEVEL = " "  # lower than every character used inside a level
_GAP = "!"


def collapse(text: str) -> str:
    """NFC, invisible format characters dropped, runs of white space (no-break ones too) made one space."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return " ".join(text.split())


def search_key(text: str) -> str:
    """Lower case without diacritics (đ and Ð become d), spaces collapsed: “Nguyễn  Đức” → “nguyen duc”."""
    decomposed = unicodedata.normalize("NFD", collapse(text).translate(_STROKES))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def compare_key(text: str) -> str:
    """Equal for texts a reader takes for the same: NFC, case-folded, tone-neutral, spaces collapsed."""
    return unicodedata.normalize("NFC", neutral_tone(collapse(text).translate(_ETH)).casefold())


@lru_cache(maxsize=65536)
def collation_key(text: str) -> str:
    """ASCII string whose byte order is Vietnamese dictionary order (a ă â … đ … ê; tones ngang huyền hỏi ngã
    sắc nặng only where the letters are equal). Case and tone placement do not count."""
    primary: list[str] = []
    tones: list[str] = []
    for word in compare_key(text).split(" "):
        letters, tone = _weigh(word)
        primary.append(letters)
        tones.append(tone)
    return _GAP.join(primary) + _LEVEL + "".join(tones)


def _weigh(word: str) -> tuple[str, str]:
    letters: list[str] = []
    tones: list[str] = []
    for base, marks in clusters(word):
        tones.extend(_TONE_RANK[mark] for mark in marks if mark in TONES)
        letters.append(_letter(base, [mark for mark in marks if mark not in TONES]))
    return "".join(letters), "".join(tones) or "1"


def _letter(base: str, shapes: list[str]) -> str:
    composed = unicodedata.normalize("NFC", base + "".join(shapes))
    weight = _PRIMARY.get(composed) or _PRIMARY.get(base)
    if weight:
        return weight
    if base.isdigit() and base.isascii():
        return base
    if base.isascii():
        return '"'  # punctuation: before digits and letters, all alike
    return "~" + format(ord(base), "06x") if base else ""


def name_sort_key(full_name: str) -> str:
    """Key that sorts people as Vietnamese lists do: given name (the last word), family name, then the middle.

    ASCII; sorts the same bytewise in SQLite and in PostgreSQL with collation "C".
    """
    words = collapse(full_name).split(" ")
    family = words[0] if len(words) > 1 else ""
    return _LEVEL.join(collation_key(part) for part in (words[-1], family, " ".join(words[1:-1])))
