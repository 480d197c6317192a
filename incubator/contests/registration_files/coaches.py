"""Coaches as people write them: titles before and behind the name, contacts in the same cell, several in one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from incubator.core.text import collapse

_ACADEMIC = {
    "gs": "GS.",
    "giáo sư": "GS.",
    "pgs": "PGS.",
    "phó giáo sư": "PGS.",
    "ts": "TS.",
    "tiến sĩ": "TS.",
    "tiến sỹ": "TS.",
    "ths": "ThS.",
    "thạc sĩ": "ThS.",
    "thạc sỹ": "ThS.",
    "cn": "CN.",
    "cử nhân": "CN.",
    "ks": "KS.",
    "kỹ sư": "KS.",
    "ncs": "NCS.",
    "bs": "BS.",
}
_SHORT = r"p?gs|t\.?s|th\.?\s?s|cn|ks|ncs|bs"
_LONG = r"phó giáo sư|giáo sư|tiến s[ĩỹ]|thạc s[ĩỹ]|cử nhân|kỹ sư"
#: A title behind the name must stand off by a comma, a dash or brackets, and end the text.
_BEHIND = re.compile(rf"\s*[,(–-]\s*((?:{_SHORT}|{_LONG})(?:[.,\s]+(?:{_SHORT}))*)[.\s)]*$", re.IGNORECASE)
_BEFORE = re.compile(rf"(?:(?P<short>{_SHORT})(?=[\s.,:/-])|(?P<long>{_LONG})\b)[\s.,:/-]*", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:thầy giáo|cô giáo|giáo viên|thầy|cô|gvhd|gv|hlv|huấn luyện viên|mrs?|ms)\b[\s.:/-]*(?=\S)",
    re.IGNORECASE,
)
#: These are syllables of names too, so a whole name of three words must follow.
_ADDRESS_OF_ADULTS = re.compile(r"(?:ông|bà|anh|chị)\b[\s.:/-]*(?=\S+\s+\S+\s+\S)", re.IGNORECASE)
_NUMBERED = re.compile(r"\s*(?:\(?\d{1,2}\s*[.):]\s*|[-–•*+]\s+)(?=[^\W\d_])")
_CONTACT = re.compile(
    r"[\s\-–,:(]*(?:(?:sđt|đt|điện thoại|tel|email|e-mail|mail)(?=\b|\d)[\s.:]*)?"
    r"(?:(?P<phone>\+?\d(?:[ \t.\-]?\d){8,11})|(?P<email>[^\s@(,;]+@[^\s@,;)]+\.\w+))\)?",
    re.IGNORECASE,
)
_SURE = re.compile(r"[\n;&+]+|\s+và\s+|\s*/\s*", re.IGNORECASE)
_PERHAPS = re.compile(r"\s*,\s*|\s+[-–]\s+")
#: What somebody is or teaches, behind a name.
_REMARK = re.compile(
    r"(?:tổ|bộ môn|hiệu|phó|trường|trưởng|thcs|thpt|th|tiểu học|đội|tin|công nghệ|toán|vật lý|lý|hóa|khối|phòng|ban|môn|chủ nhiệm|"
    r"giáo viên|gv)\b",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)?\s*$")
_EDGES = " \t-–,:;().|/"


@dataclass(frozen=True, slots=True)
class CoachText:
    """One coach of a cell. `title` is academic and kept; forms of address are left out."""

    name: str
    title: str = ""
    phone: str = ""
    email: str = ""


def split_coaches(cell: str) -> list[CoachText]:
    """The coaches of one cell in their order.

    A line, a semicolon, “và” or a slash parts two people; a comma or a dash only when each side begins every word
    with a capital or a form of address. What is no name behind a name (“tổ trưởng”, “và 2 giáo viên khác”) is left out.
    """
    found: list[CoachText] = []
    for piece in _people(_SURE, cell, sure=True):
        found += [coach for text in _people(_PERHAPS, piece, sure=False) if (coach := _coach(text)).name]
    return found


def left_out(text: str, people: Sequence[CoachText], person: CoachText) -> tuple[str, ...]:
    """Kinds of repair that made `person` of a cell's text, beside a split into several people."""
    if person.phone or person.email:
        return ("split_cell",) if len(people) == 1 else ()
    if person.title or (len(people) == 1 and collapse(text) != person.name):
        return ("title_apart",)
    return ()


def _people(separator: re.Pattern[str], text: str, *, sure: bool) -> list[str]:
    """`text` in pieces that each name somebody; a piece of contacts alone stays with the one before."""
    pieces: list[str] = []
    for piece in separator.split(_glued(text)):
        if not piece.strip(_EDGES):
            continue
        if pieces and not _name_of(piece)[0]:
            pieces[-1] += f", {piece}"
        else:
            pieces.append(piece)
    names = [piece for piece in pieces if _is_name(piece, sure=sure)]
    if not names or names[0] is not pieces[0]:
        return [text]
    others = [piece for piece in pieces if piece not in names]
    return names if sure or all(_REMARK.match(piece.strip(_EDGES)) for piece in others) else [text]


def _glued(text: str) -> str:
    """Contacts stay in one piece: a dash or a slash inside a number, or before it, parts nobody."""
    return _CONTACT.sub(lambda m: " " + re.sub(r"[\s\-–/,;:(]+", "", m.group().strip("() ")) + " ", text)


def _is_name(piece: str, *, sure: bool) -> bool:
    name, _title = _name_of(piece)
    words = name.split()
    if len(words) < 2 or any(c.isdigit() for c in name) or _REMARK.match(name):
        return False
    return sure or all(word[0].isupper() for word in words) or bool(_ADDRESS.match(piece.strip(_EDGES)))


def _coach(text: str) -> CoachText:
    text = _glued(text)
    contacts: dict[str, str] = {}
    for match in _CONTACT.finditer(text):
        if match.lastgroup:
            contacts.setdefault(match.lastgroup, match.group(match.lastgroup))
    name, title = _name_of(text)
    return CoachText(name, title, contacts.get("phone", ""), contacts.get("email", ""))


def _name_of(text: str) -> tuple[str, str]:
    """Name and academic title, without address, numbering and contacts."""
    bare = _NUMBERED.sub("", _CONTACT.sub(" ", text), count=1).strip(_EDGES.replace(")", ""))
    titles: list[str] = []
    while True:
        if match := _BEFORE.match(bare):
            titles.append(_academic(match.group("short") or match.group("long")))
        elif not (match := _ADDRESS.match(bare) or _ADDRESS_OF_ADULTS.match(bare)):
            break
        bare = bare[match.end() :].strip(_EDGES)
    if behind := _BEHIND.search(bare):
        found = re.findall(rf"(?:{_SHORT})(?![^\W_])|{_LONG}", behind[1], re.IGNORECASE)
        titles += [_academic(t) for t in found]
        bare = bare[: behind.start()].strip(_EDGES)
    elif whole := _IN_BRACKETS.sub("", bare):
        bare = whole.strip(_EDGES)
    return collapse(bare), "".join(dict.fromkeys(titles))


def _academic(text: str) -> str:
    return _ACADEMIC[re.sub(r"\.\s?|(?<=th)\s", "", text.lower())]
