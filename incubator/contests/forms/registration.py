"""A school's registration page: rows of teams in one form, read by their numbered names.

Plain parsing instead of nested form classes: a page may hold hundreds of rows, and a wrong value is kept
as typed in the draft anyway.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from ...core.text.numerals import is_count
from ..services.drafts import CoachInput, MemberInput, RowInput

_NAME = re.compile(r"^rows-(\d{1,4})-(team_name|division|entry_id|version|key|coach2?_(?:name|phone|email))$")
_MEMBER = re.compile(r"^rows-(\d{1,4})-members-(\d{1,2})-(full_name|birth_date|class_name)$")


def read_rows(form: Mapping[str, str]) -> dict[int, RowInput]:
    """The rows of a submitted page by their number in it."""
    cells: dict[int, dict[str, str]] = defaultdict(dict)
    members: dict[int, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for name, value in form.items():
        if match := _NAME.match(name):
            cells[int(match[1])][match[2]] = value
        elif match := _MEMBER.match(name):
            members[int(match[1])][int(match[2])][match[3]] = value
    return {index: _row(cells[index], members[index]) for index in sorted(cells)}


def _row(cells: dict[str, str], members: dict[int, dict[str, str]]) -> RowInput:
    return RowInput(
        team_name=cells.get("team_name", ""),
        division_id=_number(cells.get("division", "")),
        members=tuple(MemberInput(**members[i]) for i in sorted(members)),
        coach=_coach(cells, "coach"),
        second_coach=_coach(cells, "coach2"),
        entry_id=_number(cells.get("entry_id", "")),
        version=_number(cells.get("version", "")),
        key=cells.get("key", "")[:40],
    )


def _coach(cells: dict[str, str], who: str) -> CoachInput:
    return CoachInput(*(cells.get(f"{who}_{part}", "") for part in ("name", "phone", "email")))


def _number(text: str) -> int | None:
    return int(text) if is_count(text) else None
