"""Rows pasted from a spreadsheet without a header: one team a line, cells by tabs. Pure.

A line is team name, then per member name, birth date and (if it looks like one) class, then the coach
with phone or e-mail. A cell that names a division is taken as such wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# A year alone is no date, but it stands where one belongs: the form then says how to write it.
_DATE = re.compile(r"^\d{1,2}\s*[/.\-]\s*\d{1,2}\s*[/.\-]\s*\d{4}$|^\d{4}-\d{2}-\d{2}$|^(19|20)\d{2}$")
_CLASS = re.compile(r"^\d{1,2}\s*[A-Za-z/.][\w/.\-]{0,6}$")
_PHONE = re.compile(r"^\+?[\d\s.]{9,15}$")


@dataclass(frozen=True, slots=True)
class PastedMember:
    name: str
    birth_date: str = ""
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class PastedTeam:
    team: str
    members: tuple[PastedMember, ...]
    division: str = ""
    coach: str = ""
    phone: str = ""
    email: str = ""


def read(text: str, divisions: Mapping[str, str], key: object = str.casefold) -> list[PastedTeam]:
    """Teams of the lines. `divisions`: key of a division's name → its slug; `key` makes such keys."""
    assert callable(key)
    teams = []
    for line in text.replace("\r\n", "\n").split("\n"):
        cells = [cell.strip().strip('"').strip() for cell in line.split("\t")]
        if any(cells):
            teams.append(_team(cells, divisions, key))
    return teams


def _team(cells: list[str], divisions: Mapping[str, str], key: object) -> PastedTeam:
    assert callable(key)
    division = next((divisions[key(c)] for c in cells if key(c) in divisions), "")
    rest = [c for c in cells if key(c) not in divisions]
    if rest and rest[0].isdigit():  # a column of running numbers
        rest = rest[1:]
    team, rest = (rest[0], rest[1:]) if rest else ("", [])
    members, rest = _members(rest)
    email = next((c for c in rest if "@" in c), "")
    phone = next((c for c in rest if _PHONE.match(c)), "")
    names = [c for c in rest if c and c not in (email, phone)]
    return PastedTeam(team, tuple(members), division, names[0] if names else "", phone, email)


def _members(cells: list[str]) -> tuple[list[PastedMember], list[str]]:
    """Members are the cells before dates; what follows the last one is left over."""
    members: list[PastedMember] = []
    index = 0
    while index + 1 < len(cells) and _DATE.match(cells[index + 1]):
        name, born = cells[index], cells[index + 1]
        index += 2
        class_name = ""
        if index < len(cells) and _CLASS.match(cells[index]):
            class_name, index = cells[index], index + 1
        elif index < len(cells) and not cells[index]:
            index += 1
        members.append(PastedMember(name, born, class_name))
    return members, cells[index:]
