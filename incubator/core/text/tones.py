"""Where the tone mark of a Vietnamese syllable stands.

“Hòa” and “Hoà” are the same name typed by two habits; Unicode normalisation keeps them apart.
"""

from __future__ import annotations

import unicodedata

GRAVE, ACUTE, TILDE, HOOK, DOT = "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"
CIRCUMFLEX, BREVE, HORN = "\u0302", "\u0306", "\u031b"
TONES = frozenset((GRAVE, ACUTE, TILDE, HOOK, DOT))
SHAPES = {CIRCUMFLEX: frozenset("aeo"), BREVE: frozenset("a"), HORN: frozenset("ou")}
VOWELS = frozenset("aeiouy")
# The pairs on which the two habits differ when nothing follows: hòa / hoà, khỏe / khoẻ, thúy / thuý.
_OPEN_PAIRS = frozenset(("oa", "oe", "uy"))

Cluster = tuple[str, tuple[str, ...]]  # a base letter and the combining marks that follow it


def clusters(text: str) -> list[Cluster]:
    """The letters of `text` with their marks, decomposed; a mark without a letter before it stands on ''."""
    out: list[Cluster] = []
    for char in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(char):
            out.append((char, ()))
        elif out:
            out[-1] = (out[-1][0], (*out[-1][1], char))
        else:
            out.append(("", (char,)))
    return out


def join(parts: list[Cluster]) -> str:
    return unicodedata.normalize("NFC", "".join(base + "".join(marks) for base, marks in parts))


def tone_seat(letters: str, shaped: frozenset[int]) -> int | None:
    """Index of the letter that carries the tone of a syllable, by the older habit (hòa, thúy).

    `letters` are lower-case base letters, `shaped` the indices that carry ̂ ̆ or ̛. None when the letters are
    not one syllable (no vowel, or vowels in two groups).
    """
    start, end = _nucleus(letters)
    if start is None:
        return None
    carriers = [i for i in range(start, end) if i in shaped]
    if carriers:
        return carriers[-1]  # ươ takes it on ơ
    size = end - start
    if size == 1:
        return start
    if size > 2:
        return start + 1
    if end < len(letters):
        return start + 1
    return start


def _nucleus(letters: str) -> tuple[int | None, int]:
    start = 0
    while start < len(letters) and letters[start] not in VOWELS:
        start += 1
    if start == len(letters):
        return None, 0
    end = start
    while end < len(letters) and letters[end] in VOWELS:
        end += 1
    if any(letter in VOWELS for letter in letters[end:]):
        return None, 0
    # the u of qu and the i of gi belong to the consonant when a vowel follows
    if end - start > 1 and letters[: start + 1] in ("qu", "gi"):
        start += 1
    return start, end


def split_tone(parts: list[Cluster]) -> tuple[list[Cluster], list[str]]:
    """The clusters without their tones, and the tones in reading order."""
    bare = [(base, tuple(m for m in marks if m not in TONES)) for base, marks in parts]
    return bare, [m for _, marks in parts for m in marks if m in TONES]


def seat_tone(bare: list[Cluster], tone: str) -> list[Cluster] | None:
    """Put `tone` where it belongs on a syllable without tone; None when the letters are not one syllable."""
    letters = "".join(base for base, _ in bare).lower()
    shaped = frozenset(i for i, (_, marks) in enumerate(bare) if marks)
    seat = tone_seat(letters, shaped) if len(letters) == len(bare) else None
    if seat is None:
        return None
    base, marks = bare[seat]
    return [*bare[:seat], (base, (*marks, tone)), *bare[seat + 1 :]]


def tone_is_seated(parts: list[Cluster]) -> bool:
    """True when no tone, or the only one, stands where one of the two habits puts it."""
    at = [index for index, (_, marks) in enumerate(parts) for mark in marks if mark in TONES]
    if not at:
        return True
    bare, _ = split_tone(parts)
    letters = "".join(base for base, _ in bare).lower()
    seat = tone_seat(letters, frozenset(i for i, (_, marks) in enumerate(bare) if marks))
    if seat is None or len(at) > 1:
        return False
    return at[0] == seat or (at[0] == seat + 1 and letters[seat:] in _OPEN_PAIRS)
