"""Is a word a possible Vietnamese syllable? The evidence on which legacy encodings are told apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from incubator.core.text.tones import (
    ACUTE,
    DOT,
    TONES,
    clusters,
    join,
    seat_tone,
    split_tone,
    tone_is_seated,
)

_INITIALS = (
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr",
    "b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
)  # fmt: skip
_RIME_LIST = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên ênh êng êp êt êu
    i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu
    y ych ynh yt yêm yên yêng yêt yêu
    o oc oi om on ong oong ooc op ot oa oac oach oai oam oan oang oanh oao oap oat oay
    oăc oăm oăn oăng oăp oăt oe oem oen oeo oet
    ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơng ơp ơt
    u ua uc ui um un ung up ut uôc uôi uôm uôn uông uôt uân uâng uât uây uê uêch uên uênh uơ
    uy uya uych uyn uynh uyp uyt uyu uyên uyêt
    ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
"""
_RIMES = frozenset(_RIME_LIST.split())
_STOPS = ("c", "ch", "p", "t")
_WORD = re.compile(r"[^\W\d_]+")


def _well_cased(word: str) -> bool:
    """xxxx, Xxxx or XXXX; a capital inside a word is a letter of another encoding, not of this one."""
    return word.islower() or word.isupper() or (word[:1].isupper() and word[1:].islower())


@lru_cache(maxsize=65536)
def is_syllable(word: str) -> bool:
    """True for a word that Vietnamese spelling allows, tone included (a stop takes only sắc or nặng)."""
    word = unicodedata.normalize("NFC", word)
    if not word or not word.isalpha() or not _well_cased(word):
        return False
    parts = clusters(word.lower())
    tones = [mark for _, marks in parts for mark in marks if mark in TONES]
    if len(tones) > 1 or not tone_is_seated(parts):
        return False
    plain = unicodedata.normalize(
        "NFC", "".join(base + "".join(m for m in marks if m not in TONES) for base, marks in parts)
    )
    if not any(plain.startswith(initial) and plain[len(initial) :] in _RIMES for initial in _INITIALS):
        return False
    return not plain.endswith(_STOPS) or bool(tones) and tones[0] in (ACUTE, DOT)


@lru_cache(maxsize=65536)
def _neutral_word(word: str) -> str:
    bare, tones = split_tone(clusters(word))
    seated = seat_tone(bare, tones[0]) if len(tones) == 1 else None
    if seated is None:
        return word
    neutral = join(seated)
    return neutral if is_syllable(neutral.lower()) else word


def neutral_tone(text: str) -> str:
    """`text` in NFC with the tone mark of every syllable where the older habit puts it: “Hoà” becomes
    “Hòa”."""
    return _WORD.sub(lambda match: _neutral_word(match.group()), unicodedata.normalize("NFC", text))
