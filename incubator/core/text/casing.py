"""Letter case of names and titles that were typed in capitals."""

from __future__ import annotations

import re

from incubator.core.text.keys import collapse
from incubator.core.text.syllables import is_syllable

# Words that stay in capitals in a proper title; compared without regard to case.
_ACRONYMS = """
    AI STEM STEAM IoT IT ICT 3D AR VR XR ML UAV CNC LED GPS TH THCS THPT TTGDTX GDTX GDNN ĐH CĐ TC
    CLB TP BIIC EIU FPT NASA VN USA II III IV VI VII VIII IX XI XII
"""
ACRONYMS = {word.upper(): word for word in _ACRONYMS.split()}
_PIECES = re.compile(r"([-'’/.&+(])")


def capitalise_word(word: str) -> str:
    """First letter large, the rest small, after a hyphen, an apostrophe or a bracket again."""
    return "".join(piece[:1].upper() + piece[1:].lower() for piece in _PIECES.split(word))


def _needs_case(word: str) -> bool:
    letters = [c for c in word if c.isalpha()]
    if not letters:
        return False
    if all(c.isupper() for c in letters):
        return len(letters) > 1
    return not any(c.isupper() for c in letters) or _broken(word)


def _broken(word: str) -> bool:
    """Capitals with small toned letters among them (“HọC”): the toned capitals of a legacy font were lost."""
    plain = word.strip("()[].,;:")
    return not plain.isascii() and is_syllable(plain.lower()) and not is_syllable(plain)


def proper_case_name(name: str) -> str:
    """A person's name in proper case: “NGUYỄN MỸ” and “nguyễn mỹ” → “Nguyễn Mỹ”; “McCoy” stays."""
    return " ".join(capitalise_word(w) if _needs_case(w) else w for w in collapse(name).split(" "))


def proper_case_title(title: str) -> str:
    """A team's or school's name in proper case when all of it was typed in capitals; known acronyms stay.

    In mixed text only words whose case is broken, and a small first letter, are mended.
    """
    words = collapse(title).split(" ")
    letters = [c for c in "".join(words) if c.isalpha()]
    shouted = sum(c.isupper() for c in letters) > 0.6 * len(letters) and len(letters) > 4
    out = [_title_word(word, shouted) for word in words]
    if out and out[0][:1].islower():
        out[0] = out[0][:1].upper() + out[0][1:]
    return " ".join(out)


def _title_word(word: str, shouted: bool) -> str:
    known = ACRONYMS.get(word.upper())
    if known is not None:
        return known if shouted or word.upper() == word else word
    if _broken(word):
        return capitalise_word(word)
    if not shouted or not word.isupper() or _looks_like_acronym(word):
        return word
    return capitalise_word(word)


def _looks_like_acronym(word: str) -> bool:
    return word.isascii() and len(word) <= 4 and not any(c in "AEIOUY" for c in word)
