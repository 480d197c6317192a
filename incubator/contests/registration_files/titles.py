"""What stands around a table and holds for all of it: “Tên đội: Sao Mai”, “Trường TH Phú Lợi”, the sheet's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from incubator.contests.registration_files.columns import Meaning, meaning_of, words_of
from incubator.contests.registration_files.places import split_place
from incubator.contests.registration_files.schools import levels_of, parse_school
from incubator.core.text import search_key

_PAIR = re.compile(r"(?P<label>[^:：]{2,40})[:：]\s*(?P<value>.*)", re.DOTALL)
#: Labels that need no colon where their answer stands beside them: nothing else is called so.
_PLAIN_LABEL = re.compile(
    r"(ten )?(doi|nhom)( thi| du thi)?|(ten )?(truong|don vi)( du thi| tham gia)?|bang( thi| du thi)?|cap( hoc| thi)|khoi thi|"
    r"(ho (va )?ten )?(gvhd|gv huong dan|giao vien huong dan|giao vien phu trach|huan luyen vien)|"
    r"(so )?(dien thoai|dt|sdt)( gvhd| gv| lien he| giao vien)?|e ?mail( gvhd| gv)?"
)
#: “ĐỘI CÁ MẬP”, “Nhóm 2”: a row that names the team below it.
_TEAM_ROW = re.compile(r"(?:đội|nhóm)(?: thi)?\s+(?P<name>\S[^:：]*)", re.IGNORECASE)
_NO_TEAM = re.compile(r"(tuyen|du thi|tham gia|dang ky|khong|co|gom|nao|truong|va|cac|hinh)\b")
#: “Đội: Cá Mập - GVHD: Ngô Gia Tự”: another label behind the answer
_NEXT_PAIR = re.compile(r"\s*(?:[-–|;,]|\s{2})\s*(?=(?P<label>[^:：\-–|;,]{2,30})[:：])")
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
        cells = [piece for cell in row if cell for piece in _pairs_apart(cell)]
        if said := plain_pair(cells):
            facts.setdefault(*said)
            continue
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


def plain_pair(cells: Sequence[str]) -> tuple[str, str] | None:
    """The role and value of a row that holds a label without a colon, and its answer: “Tên đội | Sao Mai”."""
    if (
        len(cells) != 2
        or not _PLAIN_LABEL.fullmatch(words_of(cells[0]))
        or _PLAIN_LABEL.fullmatch(words_of(cells[1]))
    ):
        return None
    role = _role(meaning_of(cells[0]))
    return (role, cells[1].strip()) if role and not _PAIR.fullmatch(cells[1]) else None


def team_of_row(text: str) -> str:
    """The team that a text standing alone names: “ĐỘI CÁ MẬP” → “CÁ MẬP”, “Nhóm 2” → “Nhóm 2”; '' for other texts."""
    match = _TEAM_ROW.fullmatch(text.strip())
    if match is None or len(text.split()) > _MOST_WORDS or _NO_TEAM.match(search_key(match["name"])):
        return ""
    return (
        match["name"] if any(c.isalpha() for c in match["name"]) and len(match["name"]) > 1 else text.strip()
    )


def names_team(text: str) -> bool:
    """Does a text that stands alone name a team, with a colon or without?"""
    return bool(team_of_row(text)) or any(pair_of(piece)[0] == "team" for piece in _pairs_apart(text))


def _pairs_apart(cell: str) -> list[str]:
    """A cell with several labels behind a team's, a school's or a division's name, in pieces."""
    role, _value = pair_of(cell)
    for cut in _NEXT_PAIR.finditer(cell):
        if role in ("team", "school", "division") or is_school(cell[: cut.start()]):
            if _role(meaning_of(cut["label"])):
                return [cell[: cut.start()], *_pairs_apart(cell[cut.end() :])]
    return [cell]


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
    cells = [piece for cell in cells for piece in _pairs_apart(cell)]
    if plain := plain_pair(cells):
        return dict([plain])
    for index, cell in enumerate(cells):
        role, value = pair_of(cell, cells[index + 1] if index + 1 < len(cells) else "")
        if role:
            facts.setdefault(role, value)
        elif not index and len(cells) > 1 and is_school(cell):
            facts["school"] = cell  # “Trường THCS Hòa Phú - GVHD: …”
        elif not index:
            return {}
    return facts if set(facts) != {"school"} or pair_of(cells[0])[0] else {}


def name_and_facts(text: str) -> tuple[str, Facts]:
    """A team's cell of several lines: its name, and what the lines with labels say (“Cá Mập⏎(GVHD: Ngô Gia Tự)”)."""
    facts: Facts = {}
    name = []
    for line in text.split("\n"):
        said = said_in([line.strip(" ()")]) if ":" in line else {}
        facts = said | facts
        name += [] if said else [line]
    return "\n".join(name), facts


def is_school(text: str) -> bool:
    """Does the text name one school, and nothing else?"""
    name = parse_school(text)
    return bool(name.level and name.base) and len(split_place(name.base)[0].split()) <= _MOST_WORDS
