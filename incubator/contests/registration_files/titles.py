"""What stands around a table and holds for all of it: “Tên đội: Sao Mai”, “Trường TH Phú Lợi”, the sheet's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from incubator.contests.registration_files.columns import Meaning, meaning_of
from incubator.contests.registration_files.places import split_place
from incubator.contests.registration_files.schools import levels_of, parse_school
from incubator.core.text import search_key

_PAIR = re.compile(r"(?P<label>[^:：]{2,40})[:：]\s*(?P<value>.*)", re.DOTALL)
_COUNT = re.compile(r"\W*(?:tong|cong|so (?:doi|nhom|luong|truong|don vi)) ")  # “Tổng số đội: 5”
_MOST_WORDS = 6  # a school's own name is shorter than this; a longer text is a sentence about it
_HOSTS = {"university", "college", "vocational"}

Facts = dict[str, str]


def facts_of(rows: Iterable[list[str]], sheet_name: str) -> Facts:
    """Role → value of what the rows above a table and the sheet's name say of every team below.

    Roles: team, school, division, coach.name, coach.phone, coach.email. A label with a colon comes first, then a
    school's name standing alone (a university in a letterhead is the host), then the sheet's name.
    """
    facts: Facts = {}
    alone: set[str] = set()
    for row in rows:
        cells = [cell for cell in row if cell]
        for index, cell in enumerate(cells):
            following = cells[index + 1] if index + 1 < len(cells) else ""
            role, value = pair_of(cell, following)
            if value:
                facts.setdefault(role, value)
            elif is_school(cell) and not levels_of(parse_school(cell).level) & _HOSTS:
                alone.add(cell)
    if "school" not in facts and len(alone) == 1:
        facts["school"] = alone.pop()
    if "school" not in facts and is_school(sheet_name):
        facts["school"] = sheet_name
    return facts


def pair_of(cell: str, following: str = "") -> tuple[str, str]:
    """The role and value of “Tên đội: Sao Mai”, the value perhaps in the next cell; ('', '') for other texts."""
    match = _PAIR.fullmatch(cell.strip())
    if match is None:
        return "", ""
    role = "" if _COUNT.match(search_key(match["label"])) else _role(meaning_of(match["label"]))
    value = match["value"].strip(" .…_") or ("" if ":" in following else following.strip())
    return (role, value) if role and value else ("", "")


def _role(meaning: Meaning) -> str:
    if meaning.role in ("team", "school", "division"):
        return meaning.role
    if meaning.subject == "coach" and meaning.aspect in ("name", "phone", "email"):
        return f"coach.{meaning.aspect}"
    if not meaning.subject and meaning.aspect in ("phone", "email"):
        return f"coach.{meaning.aspect}"
    return ""


def said_in(cells: Sequence[str]) -> Facts:
    """What a row says by labels, as “ĐỘI SỐ 2: Cá Heo” or “GVHD: …” above one of several tables; {} for other rows."""
    facts: Facts = {}
    for index, cell in enumerate(cells):
        role, value = pair_of(cell, cells[index + 1] if index + 1 < len(cells) else "")
        if role:
            facts.setdefault(role, value)
        elif not index:
            return {}
    return facts


def is_school(text: str) -> bool:
    """Does the text name one school, and nothing else?"""
    name = parse_school(text)
    return bool(name.level and name.base) and len(split_place(name.base)[0].split()) <= _MOST_WORDS
