"""One school, many spellings: “Trường TH Định Hoà”, “TIỂU HỌC  ĐỊNH HÒA” and “Tiểu học Định Hòa” are one
body."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from incubator.contests.registration_files.places import Places, plain, split_place, with_short_names
from incubator.contests.registration_files.records import KnownSchool
from incubator.core.text import collapse, compare_key, neutral_tone, proper_case_name, search_key
from incubator.core.text.school_levels import LEVELS

_PREFIX = re.compile(r"(?:truong ?:?\s+|truong(?=tieu hoc|trung hoc|th |thcs|thpt)|tr\.\s*)")
_CODE = re.compile(
    r"^\W*\d{4,}\s*[-–:.]?\s*(?=\D)|\s*[(–-]\s*mã(?: số| trường)?\s*:?\s*\d+\W*$", re.IGNORECASE
)
#: “Phú Hòa II”, “Phú Hòa số 2” and “Phú Hòa 2” are one school
_NUMBER = re.compile(r"(?<=\w)\s+(?:(?i:số)\s+(?P<digits>\d{1,2})|(?P<roman>I{1,3}|IV))$")
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4"}
_EDGES = " .,;:-–\"'“”‘’()"
_DISPLAY = {code: display for code, display, _ in LEVELS}
_PATTERNS = [(code, re.compile(pattern + r"\b|" + pattern + r"(?=\s|$)")) for code, _, pattern in LEVELS]
_HOW_MANY = re.compile(
    r"\s*[:(–-]\s*(?:gồm |có |tổng số )?\d{1,3} (?:đội|nhóm|học sinh|hs|em|thí sinh)\b[^()]*\)?\s*$",
    re.IGNORECASE,
)
#: “Phu Hoa Secondary School”: how schools of the lower level call themselves in English, those of the upper say “High”.
_IN_ENGLISH = re.compile(
    r"(?P<base>.+?)\s+(?:(?P<p>primary|elementary)|(?P<l>(?:lower |junior )?secondary|junior high|middle)"
    r"|(?P<u>(?:upper |senior )secondary|high))\s+school",
    re.IGNORECASE,
)
_ENGLISH_LEVELS = {"p": "primary", "l": "lower_secondary", "u": "upper_secondary"}


@dataclass(frozen=True, slots=True)
class SchoolName:
    """A school's name taken apart. `level` is '' where the text does not say it."""

    level: str
    base: str

    @property
    def key(self) -> str:
        return f"{self.level}:{_base_key(self.base)}"

    @property
    def core(self) -> str:
        """The key without the place that stands beside the name: what all schools of one name have in common."""
        return f"{self.level}:{_base_key(split_place(self.base)[0])}"

    @property
    def places(self) -> Places:
        return split_place(self.base)[1]

    @property
    def display(self) -> str:
        return " ".join(part for part in (_DISPLAY.get(self.level, ""), self.base) if part)


def _base_key(base: str) -> str:
    return " ".join(re.findall(r"\w+", compare_key(base)))


@lru_cache(maxsize=65536)
def parse_school(text: str) -> SchoolName:
    """The level and the proper name in a school's name as typed, in any case and tone placement."""
    clean = _trim(_CODE.sub("", without_count(collapse(text))))
    key = search_key(clean)
    if len(key) != len(clean):  # a letter that has no one-letter key: cut by words instead of by place
        clean = key
    prefix = _PREFIX.match(key)
    start = prefix.end() if prefix else 0
    if (english := _IN_ENGLISH.fullmatch(clean)) and english["base"].istitle():
        return SchoolName(_ENGLISH_LEVELS[english.lastgroup or ""], _proper(english["base"]))
    for code, pattern in _PATTERNS:
        match = pattern.match(key, start)
        if match:
            rest = _trim(clean[match.end() :])
            return SchoolName(code, _proper(rest))
    return SchoolName("", _proper(clean[start:]))


def without_count(text: str) -> str:
    """“Trường THCS Tân Bình (2 đội)” and “…: 2 đội” are headings of a list: how many follow is no part of the name."""
    return _HOW_MANY.sub("", text).rstrip(" :–-(")


def _trim(text: str) -> str:
    """Without marks at its edges; a bracket that was opened inside (“Phú Hòa (Dĩ An)”) stays closed."""
    bare = text.strip(_EDGES)
    return f"{bare})" if bare.count("(") > bare.count(")") else bare


def _proper(name: str) -> str:
    plain = _NUMBER.sub(lambda match: f" {match['digits'] or _ROMAN[match['roman']]}", name)
    return neutral_tone(with_short_names(proper_case_name(plain), plain)) if plain else ""


def levels_of(code: str) -> frozenset[str]:
    """The single levels in a level code: a school of several levels may send to several divisions."""
    return frozenset(code.split("+")) if code else frozenset()


@dataclass(slots=True)
class SchoolRegister:
    """Which spellings are one school: those with one key, and those that stand as alias of a known body."""

    names: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    places: dict[str, Places] = field(default_factory=dict)

    @classmethod
    def of(cls, schools: Iterable[KnownSchool]) -> SchoolRegister:
        """The register of known schools: first by their own names, then by the spellings they were seen under."""
        register = cls()
        parsed = [(school, parse_school(school.name)) for school in schools]
        for school, name in parsed:
            register.names.setdefault(name.key, name.display)
            register.places[name.key] = name.places | {plain(search_key(area)) for area in school.areas}
            if school.id is not None:
                register.ids.setdefault(name.key, school.id)
        for school, name in parsed:
            for alias in school.aliases:
                key = parse_school(alias).key
                if key not in register.names:
                    register.known.setdefault(key, name.key)
                register.places[name.key] |= parse_school(alias).places
        return register

    def find(self, text: str, division_levels: tuple[str, ...] = ()) -> tuple[str, str, bool]:
        """(key, display, whether the level was added) of a spelling.

        A name without a level takes its division's, where that says only one.
        """
        name = parse_school(text)
        key, added = name.key, False
        if not name.level and name.base and len(division_levels) == 1 and key not in self.known:
            name, added = SchoolName(division_levels[0], name.base), True
            key = name.key
        key = self.known.get(key, key)
        return key, self.names.setdefault(key, name.display), added

    def places_of(self, key: str) -> Places:
        """Where a school lies, by its name, by the spellings and the area on record; empty where nothing says it."""
        return self.places.get(key) or parse_school(self.names[key]).places

    def unmarked(self) -> dict[str, str]:
        """Keys without any mark (“phu loi”) → the only key with marks that reads so."""
        marked: dict[str, list[str]] = defaultdict(list)
        for key in self.names:
            if not key.isascii():
                marked[search_key(key)].append(key)
        return {key: marked[key][0] for key in self.names if len(marked.get(key, ())) == 1}
