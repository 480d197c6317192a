"""Vietnamese text from before Unicode, as it comes out of old workbooks: TCVN3 (.VnTime) and VNI-Windows.

Many legacy letters are legal Unicode letters by themselves, so one cell proves little: the encoding is
decided from all cells of a column, and a cell departs from its column only on strong evidence.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache

from incubator.core.text.marks import repair_marks
from incubator.core.text.syllables import is_syllable
from incubator.core.text.tones import ACUTE, BREVE, CIRCUMFLEX, DOT, GRAVE, HOOK, TILDE


class Encoding(StrEnum):
    UNICODE = "unicode"
    TCVN3 = "tcvn3"
    VNI = "vni"


# One byte a letter. Toned capitals do not exist: the font .VnTimeH drew small letters as capitals.
_TCVN3 = str.maketrans(
    "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ¡¢§£¤¥¦",
    "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂĐÊÔƠƯ",
)

# A base letter followed by a character that stands for its marks.
_VNI_MARKS = {
    "ù": ACUTE,
    "ø": GRAVE,
    "û": HOOK,
    "õ": TILDE,
    "ï": DOT,
    "â": CIRCUMFLEX,
    "á": CIRCUMFLEX + ACUTE,
    "à": CIRCUMFLEX + GRAVE,
    "å": CIRCUMFLEX + HOOK,
    "ã": CIRCUMFLEX + TILDE,
    "ä": CIRCUMFLEX + DOT,
    "ê": BREVE,
    "é": BREVE + ACUTE,
    "è": BREVE + GRAVE,
    "ú": BREVE + HOOK,
    "ü": BREVE + TILDE,
    "ë": BREVE + DOT,
}
_VNI_LETTERS = {"ñ": "đ", "ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}
_VNI_LETTERS |= {small.upper(): large.upper() for small, large in _VNI_LETTERS.items()}
_TONE_MARKS = "ùøûõï"
_ROUND_MARKS = "âáàåãä"
_BREVE_MARKS = "êéèúüë"
_VNI = re.compile(
    rf"(?P<base>[aeouyôö])(?P<tone>[{_TONE_MARKS}])|(?P<rbase>[aeo])(?P<round>[{_ROUND_MARKS}])"
    rf"|(?P<bbase>a)(?P<breve>[{_BREVE_MARKS}])|(?P<letter>[ñôöæóòî])",
    re.IGNORECASE,
)
_SPLIT = re.compile(r"[\s\-–,;:./()\[\]\"“”‘’!?0-9+@_&]+")
_HIGH = re.compile(r"[\u0100-\uffff]")
_QUOTES = re.compile(r"[\u2000-\u206f\u20ac\u2122]")


def decode_tcvn3(text: str) -> str:
    return text.translate(_TCVN3)


def _vni_piece(match: re.Match[str]) -> str:
    letter = match["letter"]
    if letter:
        return _VNI_LETTERS[letter]
    base = match["base"] or match["rbase"] or match["bbase"]
    mark = match["tone"] or match["round"] or match["breve"]
    return unicodedata.normalize("NFC", _VNI_LETTERS.get(base, base) + _VNI_MARKS[mark.lower()])


def decode_vni(text: str) -> str:
    return _VNI.sub(_vni_piece, text)


def decode(text: str, encoding: Encoding) -> str:
    """`text` as Unicode; unchanged when it already is."""
    return _DECODERS[encoding](text)


_DECODERS: dict[Encoding, Callable[[str], str]] = {
    Encoding.UNICODE: lambda text: text,
    Encoding.TCVN3: decode_tcvn3,
    Encoding.VNI: decode_vni,
}


@lru_cache(maxsize=65536)
def _votes(word: str) -> tuple[bool, bool, bool]:
    """For each encoding: does the word read as a Vietnamese syllable in it?"""
    modern = unicodedata.normalize("NFC", word)
    legacy = could_be_legacy(word)
    return (
        is_syllable(modern) or is_syllable(repair_marks(modern)),
        legacy and _reads(decode_tcvn3(word)),
        legacy and _reads(decode_vni(word)),
    )


def _reads(word: str) -> bool:
    # a capital drawn by .VnTimeH is a small letter among capitals: case is no evidence here
    return is_syllable(word) or is_syllable(word.lower())


def _words(text: str) -> list[str]:
    return [word for word in _SPLIT.split(text) if word and not word.isascii()]


def detect_column(cells: Iterable[str]) -> Encoding:
    """The encoding in which most distinct words of all cells read as Vietnamese.

    Words that read in both say nothing: a legacy encoding is believed when at least half of the words read
    in it and those that read only in it outnumber, more than twice, those that read only in Unicode.
    """
    votes = [_votes(word) for word in {word for cell in cells for word in _words(cell)}]
    best, encoding = 0, Encoding.UNICODE
    for place, candidate in ((1, Encoding.TCVN3), (2, Encoding.VNI)):
        reads = sum(vote[place] for vote in votes)
        only = sum(vote[place] and not vote[0] for vote in votes)
        against = sum(vote[0] and not vote[place] for vote in votes)
        if reads * 2 >= len(votes) and only > 2 * against and reads + only > best:
            best, encoding = reads + only, candidate
    return encoding


def detect_cell(text: str, column: Encoding) -> Encoding:
    """The encoding of one cell: its column's, unless nothing in it reads in that and all of it in another.

    Letters that legacy encodings cannot hold (ạ, ế …) prove Unicode.
    """
    words = _words(text)
    if not words:
        return column
    votes = [_votes(word) for word in words]
    total = len(words)
    by_encoding = {encoding: sum(vote[place] for vote in votes) for place, encoding in enumerate(Encoding)}
    if column is not Encoding.UNICODE and not could_be_legacy(text):
        return Encoding.UNICODE
    weak = total == 1 and (column is not Encoding.UNICODE or _plain(words[0]))
    if by_encoding[column] or weak:
        return column
    full = [encoding for encoding, count in by_encoding.items() if count == total]
    return full[0] if len(full) == 1 else column


def detect_row(cells: Iterable[str]) -> Encoding | None:
    """The legacy encoding of a row among columns in Unicode, as when two offices' lists were put together.

    At least two words must read only in it, four of five in it, and none only in Unicode; None otherwise. Cells
    that only Unicode can hold (a chosen “Tiểu học”) say nothing of the others, but then three words are wanted.
    """
    possible, impossible = [], 0
    for cell in cells:
        if could_be_legacy(cell):
            possible.append(cell)
        else:
            impossible += 1
    votes = [_votes(word) for cell in possible for word in _words(cell)]
    for place, candidate in ((1, Encoding.TCVN3), (2, Encoding.VNI)):
        only = sum(vote[place] and not vote[0] for vote in votes)
        reads, against = (
            sum(vote[place] for vote in votes),
            any(vote[0] and not vote[place] for vote in votes),
        )
        if only >= (3 if impossible else 2) and reads * 5 >= len(votes) * 4 and not against:
            return candidate
    return None


def could_be_legacy(text: str) -> bool:
    """False when a letter stands in it that legacy encodings cannot hold (ạ, ế …)."""
    return not _HIGH.search(_QUOTES.sub("", unicodedata.normalize("NFC", text)))


def _plain(word: str) -> bool:
    """A single foreign word such as “Café” in Unicode letters is weak evidence."""
    return word.isalpha() and (word.islower() or word.istitle())
