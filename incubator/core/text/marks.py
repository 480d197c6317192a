"""Combining marks that slid off their letter, as text out of a PDF shows them (“Chuyên̉ đôỉ sô ́trong”)."""

from __future__ import annotations

import re
import unicodedata

from incubator.core.text.syllables import is_syllable
from incubator.core.text.tones import SHAPES, TONES, Cluster, clusters, join, seat_tone, split_tone

_MARKS = frozenset(SHAPES) | TONES
_STRAY = re.compile(r"([^\W\d_][\u0300-\u036f]*)([^\w\u0300-\u036f]+)([\u0300-\u036f]+)(?=(\s|$)?)")
_WORD = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+", re.UNICODE)


def repair_marks(text: str) -> str:
    """`text` in NFC, with the marks of a word moved where they make a Vietnamese syllable.

    A word that is one already, or that no moving of its own marks makes one, stays as it is.
    """
    decomposed = unicodedata.normalize("NFD", text)
    attached = _STRAY.sub(_attach, decomposed)
    return unicodedata.normalize("NFC", _WORD.sub(lambda match: _repair_word(match.group()), attached))


def _attach(match: re.Match[str]) -> str:
    """A mark after a gap belongs to the letter before the gap; the gap stays, once, between the words."""
    letter, gap, marks, following = match.groups()
    if any(mark not in _MARKS for mark in marks):
        return match.group()
    if following is not None and gap.isspace():
        gap = ""
    return letter + marks + gap


def _repair_word(word: str) -> str:
    composed = unicodedata.normalize("NFC", word)
    if composed.isascii() or is_syllable(composed):
        return composed
    parts = clusters(word)
    if any(mark not in _MARKS for _, marks in parts for mark in marks):
        return composed
    shaped = _seat_shapes(parts)
    bare, tones = split_tone(shaped)
    if len(tones) > 1:
        return composed
    seated = seat_tone(bare, tones[0]) if tones else bare
    if seated is None:
        return composed
    repaired = join(seated)
    return repaired if is_syllable(repaired) else composed


def _seat_shapes(parts: list[Cluster]) -> list[Cluster]:
    """Move ̂ ̆ ̛ from letters that cannot carry them back to the nearest letter before that can."""
    out = list(parts)
    for index, (base, marks) in enumerate(parts):
        for mark in marks:
            carriers = SHAPES.get(mark)
            if carriers is None or base.lower() in carriers:
                continue
            seat = next((i for i in range(index - 1, -1, -1) if _can_carry(out[i], carriers)), None)
            if seat is None:
                continue
            out[index] = (out[index][0], tuple(m for m in out[index][1] if m != mark))
            out[seat] = (out[seat][0], (mark, *out[seat][1]))
    return out


def _can_carry(cluster: Cluster, carriers: frozenset[str]) -> bool:
    base, marks = cluster
    return base.lower() in carriers and not any(mark in SHAPES for mark in marks)
