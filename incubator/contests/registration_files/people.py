"""People written into one cell (“1. Nguyễn Văn An - 13/07/2012 - 7A2”), and pupils hidden in a notes
column."""

from __future__ import annotations

import re
from dataclasses import dataclass

from incubator.contests.registration_files.values import DATE_IN_TEXT
from incubator.core.text import collapse

_BULLET = re.compile(r"^\s*(?:\(?\d{1,2}\s*[.):/\-]\s*(?=\D)|[-–•*+]\s*)")
_LINES = re.compile(r"\n+|(?<=\s)(?=\d{1,2}[.)]\s*[^\W\d_])")
_PUNCTUATION = " \t,;|:-–—/()[]"
_SPLIT = re.compile(r"\s*[,|\t]\s*|\s+[-–—]\s+|\s*[()]\s*")
_CLASS_WORD = re.compile(r"(?i)\b(?:lớp|class)\b\s*:?\s*")
_BIRTH_WORD = re.compile(r"(?i)\b(?:sinh ngày|ngày sinh|sinh năm|sinh|ns)\b\s*:?\s*")
_LABEL = re.compile(
    r"(?i)(?:\b(?:thành viên|học sinh|thí sinh|tv|hs|ts|em)(?=\b|\d)\s*(?:số|thứ)?\s*(?:\d{1,2})?|"
    r"\b(?:thêm|bổ sung|có thêm|còn có)\b(?:\s+(?:em|học sinh|thành viên))?)\s*:\s*"
)
_ADDED = re.compile(r"(?i)\b(?:thêm|bổ sung)\s+(?:(?:em|học sinh|hs|thành viên)\s+)?(?=[^\W\d_])")
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
    pieces = [
        piece for line in _LINES.split(cell) for part in _by_semicolon(line) for piece in _by_date(part)
    ]
    people = [parse_person(piece) for piece in pieces]
    return [person for person in people if person is not None]


def _by_semicolon(line: str) -> list[str]:
    """A semicolon divides people, or a person from a date and a class that stand behind it without a name."""
    parts: list[str] = []
    for part in line.split(";"):
        if parts and part.strip() and parse_person(part) is None:
            parts[-1] += f" | {part}"
        else:
            parts.append(part)
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
    if not dates and line.count(",") >= 1:
        parts = [part for part in line.split(",") if part.strip()]
        if all(len(part.split()) >= 2 and not re.search(r"\d", _BULLET.sub("", part)) for part in parts):
            return parts
    return [line]


def parse_person(text: str) -> PersonText | None:
    """Name, date and class from one piece of text in any usual order of separators; None without a name."""
    captain = bool(_ROLE.search(text))
    bare = _BULLET.sub("", _ROLE.sub(" ", text)).strip()
    date = DATE_IN_TEXT.search(bare)
    birth = date.group() if date else ""
    if date:
        bare = f"{bare[: date.start()]} | {bare[date.end() :]}"
    bare = _BIRTH_WORD.sub(" | ", bare)
    parts = [collapse(part).strip(_PUNCTUATION) for part in _SPLIT.split(_CLASS_WORD.sub(" | ", bare))]
    parts = [part for part in parts if part]
    names = [part for part in parts if not re.search(r"\d", part)]
    others = [part for part in parts if re.search(r"\d", part)]
    if not names:
        return None
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


def _is_named(name: str) -> bool:
    words = name.split()
    return len(words) >= 2 and all(word[0].isupper() for word in words)
