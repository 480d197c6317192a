"""Roles of columns whose head says little, from what stands below it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from incubator.contests.registration_files.columns import part_of
from incubator.contests.registration_files.records import Cell
from incubator.contests.registration_files.values import (
    is_one_word,
    is_tick,
    lists_people,
    looks_like,
    names_somebody,
)

_MEMBER_NAME = re.compile(r"member\d+\.name")


def infer_from_content(
    roles: list[str], labels: Sequence[object], columns: list[list[Cell]]
) -> dict[int, str]:
    """Roles of columns whose head says nothing, where at least 7 of 10 filled cells are of one telling
    kind."""
    found: dict[int, str] = {}
    if "member1.name" in roles and not any(role.endswith(".birth") for role in roles):
        names = roles.index("member1.name")
        if _mostly(lists_people, [cell for cell in columns[names] if cell is not None]):
            found[names] = "members"
    for index, cells in enumerate(columns):
        filled = [cell for cell in cells if cell is not None]
        if not filled:
            continue
        if _MEMBER_NAME.fullmatch(roles[index]) and _mostly(is_tick, filled):
            found[index] = "ignore"  # “Đội trưởng” with a cross for the one who is
            continue
        who = roles[index].removesuffix(".phone")
        if who != roles[index] and f"{who}.name" not in roles and _mostly(names_somebody, filled):
            found[index] = f"{who}.name"  # “GVHD/ĐT” holds both
            continue
        if roles[index] or len(filled) < 2:
            continue
        if "part" not in roles and _says_parts(filled):
            found[index] = "part"  # “Chức vụ” over “Đội trưởng”, “Đội viên”, “GVHD”
            continue
        before = roles[index - 1] if index else ""
        if not labels[index] and _MEMBER_NAME.fullmatch(before) and _mostly(is_one_word, filled):
            found[index] = before.replace("name", "given")  # “Họ và tên” over two columns
            continue
        kinds = Counter(looks_like(cell) for cell in filled)
        kind, count = kinds.most_common(1)[0]
        role = _role_for_kind(kind, index, [found.get(i, role) for i, role in enumerate(roles)])
        if role and count * 10 >= len(filled) * 7:
            found[index] = role
    return found


def _says_parts(cells: Sequence[Cell]) -> bool:
    parts = [part_of(cell) if isinstance(cell, str) else "" for cell in cells]
    return _mostly(bool, parts) and any(part != "coach" for part in parts)


def _mostly(holds: Callable[[Cell], bool], cells: Sequence[Cell]) -> bool:
    return bool(cells) and sum(map(holds, cells)) * 10 >= len(cells) * 7


def _role_for_kind(kind: str, index: int, roles: list[str]) -> str:
    if kind in ("phone", "email"):
        role = f"coach.{kind}"
        return role if role not in roles else ""
    if kind in ("birth", "class"):
        names = [role for role in roles[:index] if _MEMBER_NAME.fullmatch(role)]
        role = names[-1].replace("name", kind) if names else ""
        return role if role and role not in roles else ""
    return ""
