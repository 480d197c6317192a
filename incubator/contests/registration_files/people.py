"""People written into one cell (“1. Nguyễn Văn An - 13/07/2012 - 7A2”), and pupils hidden in a notes
column."""

from __future__ import annotations

import re
from dataclasses import dataclass

from incubator.contests.registration_files.dates import DATE_IN_TEXT, is_year
from incubator.core.text import collapse, search_key

_BULLET = re.compile(r"^\s*(?:\(?\d{1,2}\s*[.):/\-]\s*(?=\D)|[-–•*+]\s*)")
_LINES = re.compile(r"\n+|(?<=\s)(?=\d{1,2}[.)]\s*[^\W\d_])")
_PUNCTUATION = " \t,;|:-–—/()[]"
_SPLIT = re.compile(r"\s*[,|\t]\s*|\s+[-–—]\s+|\s*[()]\s*")
_CLASS_WORD = re.compile(r"(?i)\b(?:lớp|class)\b\s*:?\s*")
_BIRTH_WORD = re.compile(r"(?i)\b(?:sinh ngày|ngày sinh|sinh năm|sinh|ns)\b\s*:?\s*")
_LABEL = re.compile(
    r"(?i)(?:\b(?:thành viên|học sinh|thí sinh|tv|hs|ts|em)(?=\b|\d)\s*(?:số|thứ)?\s*(?:\d{1,2})?|"
    r"\b(?:thêm|bổ sung|có thêm|còn có|dự bị)\b(?:\s+(?:em|học sinh|thành viên))?)\s*:\s*"
)
_ADDED = re.compile(r"(?i)\b(?:thêm|bổ sung)\s+(?:(?:em|học sinh|hs|thành viên)\s+)?(?=[^\W\d_])")
_NAME_AND_CLASS = re.compile(r"^([^\d]*[^\W\d_])\s+(\d{1,2}[/.]?[A-Za-zĐđ]?\d{0,2})$")  # “Trần Bình 7A2”
_REMARK = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
_CALLED = re.compile(
    r"(?:em|bạn|cháu|hs|học sinh|thí sinh)\b[.:\s]+(?=\S+\s+\S)", re.IGNORECASE
)  # “Em Lê An”
#: “TV1: Lê An”, “Họ tên: Lê An”, “Em Lê An”
_BEFORE_NAME = re.compile(
    r"^\s*(?:(?:(?:thành viên|học sinh|thí sinh|tv|hs|ts|em)\s*(?:số\s*)?\d{0,2}|họ (?:và )?tên|tên)\s*:\s*|"
    r"(?:em|bạn|cháu|hs|học sinh)\b[.\s]+(?=\S+\s+\S))+",
    re.IGNORECASE,
)
_ASIDE = re.compile(
    r"\s+[-–—]\s+[a-zà-ỹđ]\S*(?:\s.*)?$"
)  # “Lê Dung – dân tộc Chăm”: what is said of somebody begins small
_ROLE = re.compile(r"(?i)\((?:đội trưởng|nhóm trưởng|trưởng nhóm)\)|\b(?:đội trưởng|nhóm trưởng)\b\s*:?")


@dataclass(frozen=True, slots=True)
class PersonText:
    """A person as the text has them: the date and the class are still text."""

    name: str
    birth: str = ""
    class_name: str = ""
    captain: bool = False


def split_people(cell: str) -> list[PersonText]:
    """The people listed in one cell, one a line, numbered, or divided by semicolons."""
    lines = _with_nameless(_LINES.split(cell))
    pieces = [piece for line in lines for part in _with_nameless(line.split(";")) for piece in _by_date(part)]
    people = [parse_person(piece) for piece in pieces]
    return [person for person in people if person is not None]


def _with_nameless(pieces: list[str]) -> list[str]:
    """A line or a semicolon divides people, or a person from a date and a class that stand behind it without a name."""
    parts: list[str] = []
    for piece in pieces:
        if parts and piece.strip() and parse_person(piece) is None:
            parts[-1] += f" | {piece}"
        else:
            parts.append(piece)
    return parts


def _by_date(line: str) -> list[str]:
    """A line with several dates holds several people; each ends before the next name begins."""
    dates = list(DATE_IN_TEXT.finditer(line))
    if len(dates) > 1:
        cuts = [0]
        for date, following in zip(dates, dates[1:], strict=False):
            gap = re.search(r"[,|]\s*(?=[^\W\d_]{2,}\s+[^\W\d_])", line[date.end() : following.start()])
            cuts.append(date.end() + gap.end() if gap else date.end())
        return [line[a:b] for a, b in zip(cuts, [*cuts[1:], len(line)], strict=True)]
    parts = [part for part in line.split(",") if part.strip()]
    if len(parts) > 1 and (all(map(_has_more, parts)) or (not dates and all(map(_is_bare_name, parts)))):
        return parts
    return [line]


def _is_bare_name(part: str) -> bool:
    return len(part.split()) >= 2 and not re.search(r"\d", _BULLET.sub("", part))


def _has_more(part: str) -> bool:
    """A name with something of its own behind it: “Hồ Anh Khoa (2014)”, “Trần Bình 7A2”."""
    name, *rest = re.split(r"(?=\s*[(\d])", _BULLET.sub("", part).strip(), maxsplit=1)
    return _is_named(name) and bool(rest)


def in_parallel(names: str, births: str, classes: str) -> list[PersonText]:
    """The pupils of a cell whose dates and classes stand in cells of their own, piece by piece: a line each, or parted
    by the same mark. Empty where neither fits the names: then one name has been broken over two lines."""
    for mark in ("\n", ";", ",", " và ", "+"):
        people = [_BULLET.sub("", p).strip() for p in names.split(mark) if any(map(str.isalpha, p))]
        dates, rooms = ([p.strip() for p in cell.split(mark) if p.strip()] for cell in (births, classes))
        count = len(people)
        if count > 1 and count in (len(dates), len(rooms)):
            dates = dates if len(dates) == count else [""] * count
            rooms = rooms if len(rooms) == count else [classes if len(rooms) == 1 else ""] * count
            return [PersonText(*found) for found in zip(people, dates, rooms, strict=True)]
    return []


def parse_person(text: str) -> PersonText | None:
    """Name, date and class from one piece of text in any usual order of separators; None without a name."""
    captain = bool(_ROLE.search(text))
    bare = _BEFORE_NAME.sub("", _BULLET.sub("", _ROLE.sub(" ", text)).strip(), count=1)
    date = DATE_IN_TEXT.search(bare)
    birth = date.group() if date else ""
    if date:
        bare = f"{bare[: date.start()]} | {bare[date.end() :]}"
    bare = _BIRTH_WORD.sub(" | ", bare)
    parts = [collapse(part).strip(_PUNCTUATION) for part in _SPLIT.split(_CLASS_WORD.sub(" | ", bare))]
    parts = [part for part in parts if part]
    parts = [piece for part in parts for piece in _NAME_AND_CLASS.sub("\\1|\\2", part).split("|")]
    names = [part for part in parts if not re.search(r"\d", part)]
    others = [part for part in parts if re.search(r"\d", part)]
    if not names:
        return None
    if not birth and (years := [part for part in others if is_year(part)]):
        birth = years[0]
        others.remove(birth)
    return PersonText(names[0], birth, others[0] if others else "", captain)


def people_in_notes(note: str) -> list[PersonText]:
    """Pupils who stand in a notes cell after a label such as “Thành viên 4:”.

    A name is believed when a date follows it or each of its two or more words begins with a capital.
    """
    labelled = [person for piece in _LABEL.split(note)[1:] for person in split_people(piece)]
    people = [person for person in labelled if person.birth or _is_named(person.name)]
    if people:
        return people
    added = [person for piece in _ADDED.split(note)[1:] for person in split_people(piece)]
    return [person for person in added if person.birth and _is_named(person.name)]


def without_remarks(name: str) -> tuple[str, bool]:
    """A pupil's name without number and form of address before it, and without the words in brackets or behind a dash
    (“1. Em Lê An (đội trưởng)”); and whether those make the pupil captain."""
    bare = _BULLET.sub("", name)
    if called := _CALLED.match(bare):
        bare = bare[called.end() :]
    if not bare.islower():
        bare = _ASIDE.sub("", bare)
    remark = _REMARK.search(bare)
    captain = bool(
        _ROLE.search(bare) or (remark and search_key(remark[1]) in ("dt", "nt", "truong nhom", "leader"))
    )
    bare = collapse(_REMARK.sub("", _ROLE.sub(" ", bare))).strip(_PUNCTUATION + "*")
    return (bare, captain) if bare else (name, captain)


def _is_named(name: str) -> bool:
    words = name.split()
    return len(words) >= 2 and all(word[0].isupper() for word in words)
