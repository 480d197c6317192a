"""The place beside a school's name: “TH Phú Lợi, TP. Thủ Dầu Một”, “TH Phú Lợi - Thủ Dầu Một”, “TH Phú Lợi (TDM)”."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from incubator.core.text import is_syllable, search_key

#: What stands off from the name; a kind of place may follow it without any mark (“TH Phú Lợi TP. Thủ Dầu Một”).
_BEGINS = re.compile(
    r"\s*,\s*|\s+[-–—]\s+|\s*\("
    r"|(?<=\w\w)\s+(?=(?:tp\.|tp |thành phố |tx\.|thị xã |huyện |quận |tỉnh |phường )\s*\S)",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"\s*[,;()]\s*|\s+[-–—]\s+|\s+(?=(?:thành phố|thị xã|huyện|quận|tỉnh|tp\.)\s)", re.IGNORECASE
)
_KIND = re.compile(
    r"^(?:tinh|thanh pho|tp|thi xa|tx|thi tran|tt|huyen|h|quan|q|phuong|p|xa|x|dac khu)(?:\. ?| )(?=\S)"
)
_PROVINCE = re.compile(r"tinh ")
#: What may stand there too, and is no place.
_REMARK = re.compile(
    r"\b(?:co so|cs\d|phan hieu|diem|chi nhanh|ma|so|clc|chat luong cao|cong lap|tu thuc|dan lap|ban tru|noi tru|"
    r"quoc te|song ngu|chuyen|doi|nhom|khoi|lop|truong|tieu hoc|th|thcs|thpt|mam non|cu|moi)\b"
)
_MOST_WORDS = 5

Places = frozenset[str]


@lru_cache(maxsize=65536)
def split_place(name: str) -> tuple[str, Places]:
    """The name without its place, and the names of the places, a province left out because it holds for all schools.

    Several words of one place stand as one: {"thu dau mot"}. A name beside which something else stands is whole.
    """
    mark = _BEGINS.search(name)
    if mark is None or len(name[: mark.start()].split()) == 0:
        return name, frozenset()
    parts = [part for part in map(str.strip, _PARTS.split(name[mark.start() :])) if part]
    if not parts or not all(map(_is_place, parts)):
        return name, frozenset()
    keys = map(search_key, parts)
    return name[: mark.start()].strip(), frozenset(plain(key) for key in keys if not _PROVINCE.match(key))


def _is_place(text: str) -> bool:
    key = search_key(text)
    bare = plain(key)
    if _REMARK.search(bare) or len(bare.split()) > _MOST_WORDS:
        return False
    return bare != key or not any(c.isdigit() for c in bare)


def plain(key: str) -> str:
    """A place's own name: “tp. thu dau mot” → “thu dau mot”."""
    return _KIND.sub("", key, count=1).strip(" .")


def within(some: Places, others: Places) -> bool:
    """Does each place of `some` stand among `others`, by its name or its initials?"""
    return all(any(_same(one, other) for other in others) for one in some)


def agree(one: Iterable[str], other: Iterable[str]) -> bool:
    """May both be said of one school? Nothing is contradicted where one says all that the other says."""
    first, second = frozenset(one), frozenset(other)
    return within(first, second) or within(second, first)


def _same(one: str, other: str) -> bool:
    if one == other or one.replace(" ", "") == other.replace(" ", ""):
        return True
    short, long = sorted((one, other), key=len)
    return len(long.split()) > 1 and short == "".join(word[0] for word in long.split())


def with_short_names(shown: str, typed: str) -> str:
    """`shown` with the letters that stand for a place as they were typed: “(TDM)” is no word."""
    words = {word.lower(): word for word in re.findall(r"\w+", typed) if word.isupper() and 1 < len(word) < 5}
    return re.sub(
        r"\w+",
        lambda m: m[0] if is_syllable(m[0].lower()) else words.get(m[0].lower(), m[0]),
        shown,
    )
