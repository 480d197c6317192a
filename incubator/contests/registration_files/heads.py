"""Finding the header of a sheet below its letterhead, and giving each column its role."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from incubator.contests.registration_files.columns import Meaning, combine, is_sex, meaning_of
from incubator.contests.registration_files.tables import Sheet
from incubator.contests.registration_files.titles import facts_of, names_team

_SEARCH_ROWS, _FAR_ROWS = 40, 150  # a head stands above; below pages of rules where it does not
_MAX_DEPTH = 3
HEAD_ROWS = _FAR_ROWS + _MAX_DEPTH + 1
# “Năm” and “Nam” (boys) differ by a mark that heads often lack: after a month it is the year.
_DATES_IN_PARTS = {(day, "month", year) for day in ("day", "birth") for year in ("year", "sex", "birth")}
_MEMBER_NAME = re.compile(r"member\d+\.name")


@dataclass(frozen=True, slots=True)
class Header:
    """`top` to `bottom` are row indexes (both in); `labels` the (group, label) of each column."""

    top: int
    bottom: int
    labels: tuple[tuple[str, str], ...]
    roles: tuple[str, ...]


def find_header(sheet: Sheet, text: list[list[str]]) -> Header | None:
    """The header block whose columns make the most sense, or None.

    `text` is the sheet as decoded strings. A block needs a pupil's name and a team or a school; the team may also
    stand above it (“Tên đội: Sao Mai”), or alone in the first row below (“ĐỘI SAO MAI”).
    """
    best: Header | None = None
    best_score = 0
    filled = [r for r in range(min(len(text), _FAR_ROWS)) if sum(bool(cell) for cell in text[r]) >= 3]
    for top in filled:
        if best is not None and top >= _SEARCH_ROWS:
            break
        named = "team" in facts_of(text[:top], "")
        for depth in range(1, _MAX_DEPTH + 1):
            if depth > 1 and not _is_subhead(sheet, text, top + depth - 1):
                break
            header = _block(sheet, text, top, depth)
            score = _score(header, team_named=named or _names_team_below(text, header))
            if score > best_score:
                best, best_score = header, score
    return best


def _names_team_below(text: list[list[str]], header: Header) -> bool:
    below = next((row for row in text[header.bottom + 1 :] if any(row)), [])
    alone = [cell for cell in below if cell]
    return len(alone) == 1 and names_team(alone[0])


def _is_subhead(sheet: Sheet, text: list[list[str]], row: int) -> bool:
    if row >= len(text):
        return False
    filled = [(raw, cell) for raw, cell in zip(sheet.rows[row], text[row], strict=False) if cell]
    if not filled or any(isinstance(raw, int | float | date) for raw, _ in filled):
        return False
    known = sum(meaning_of(cell) != Meaning() for _, cell in filled)
    return len(filled) >= 2 and known * 3 >= len(filled) * 2


def _block(sheet: Sheet, text: list[list[str]], top: int, depth: int) -> Header:
    levels = [_spread(sheet, text, row, last=row == top + depth - 1) for row in range(top, top + depth)]
    labels = []
    for column in range(len(text[top])):
        parts = [level[column] for level in levels if column < len(level) and level[column]]
        parts = [part for index, part in enumerate(parts) if index == 0 or part != parts[index - 1]]
        labels.append((" ".join(parts[:-1]), parts[-1]) if parts else ("", ""))
    roles = assign_roles([combine(group, label) for group, label in labels])
    return Header(top, top + depth - 1, tuple(labels), tuple(roles))


def _spread(sheet: Sheet, text: list[list[str]], row: int, *, last: bool) -> list[str]:
    """The labels of one header row, a wide head repeated over the columns it spans."""
    labels = list(text[row])
    if last:
        return labels
    for (top, left), (bottom, right) in sheet.merges or ():
        if top <= row <= bottom:
            for column in range(left + 1, min(right, len(labels) - 1) + 1):
                labels[column] = labels[column] or labels[left]
    below = text[row + 1]
    for column in range(1, len(labels)):
        if not labels[column] and column < len(below) and below[column]:
            labels[column] = labels[column - 1]
    return labels


def _score(header: Header, *, team_named: bool) -> int:
    roles = [role for role in header.roles if role]
    found = set(roles)
    if not any(
        role == "members" or role.endswith(".name") and not role.startswith("coach") for role in found
    ):
        return 0
    if not team_named and not found & {"team", "school"}:
        return 0
    # ten points a column that makes sense, minus those that repeat a role; shallower wins a draw
    by_sex = sum(bool(group) and is_sex(label) for group, label in header.labels)
    repeated = len(roles) - len(found) - by_sex // 2
    return 10 * (len(found) - repeated) - (header.bottom - header.top) + by_sex


def assign_roles(meanings: list[Meaning]) -> list[str]:
    """Role per column, from what the labels say and, where they say little, from their neighbours to the
    left.

    Members are memberN.name/birth/class, N counted from 1 in reading order.
    """
    walker = _Walker(meanings)
    for index, meaning in enumerate(meanings):
        walker.step(index, meaning)
    return walker.finish()


class _Walker:
    """Walks the columns once; remembers whose columns it is among."""

    def __init__(self, meanings: list[Meaning]) -> None:
        self.meanings = meanings
        self.roles: list[str] = [""] * len(meanings)
        self.subject = ""
        self.member = 0
        self.coach = 1
        self.numbered = False  # whether heads count the coaches (“GVHD 1”)
        self.pending: list[tuple[int, str]] = []  # parts that stand before the first pupil's name

    def step(self, index: int, meaning: Meaning) -> None:
        if meaning.role:
            self.roles[index] = meaning.role
            if meaning.role not in ("index", "ignore"):
                self.subject = ""
            return
        if meaning == Meaning() or self.roles[index]:
            return
        if self._date_in_parts(index) or meaning.aspect in ("day", "month", "year", "sex"):
            return
        if meaning.aspect == "given":
            if index and self.meanings[index - 1].aspect == "family":
                self.roles[index] = f"member{self.member}.given"
                return
            meaning = replace(meaning, aspect="name")  # “Tên” alone is a whole name
        subject = meaning.subject or self._guess_subject(index, meaning)
        if subject == "captain":
            self._captain(index, meaning)
        elif subject == "coach":
            self._coach(index, meaning)
        elif subject == "member":
            self._member(index, meaning)
        elif meaning.aspect in ("phone", "email"):
            self.roles[index] = f"form.{meaning.aspect}"

    def _date_in_parts(self, index: int) -> bool:
        """Day, month and year in three columns (“Ngày”, “Tháng”, “Năm sinh”) are the birth date of the pupil they
        stand behind."""
        aspects = tuple(meaning.aspect for meaning in self.meanings[index : index + 3])
        if not self.member or aspects not in _DATES_IN_PARTS:
            return False
        for offset, part in enumerate(("birth", "birth_month", "birth_year")):
            self.roles[index + offset] = f"member{self.member}.{part}"
        return True

    def _guess_subject(self, index: int, meaning: Meaning) -> str:
        if meaning.aspect in ("birth", "class"):
            return "member"
        if meaning.aspect == "family":
            return "member"
        if meaning.aspect == "name":
            follows = {m.aspect for m in self._until_next_name(index)}
            if not follows & {"birth", "class"} and (self.subject == "coach" or follows & {"phone", "email"}):
                return "coach"
            return "member"
        return "coach" if self.subject == "coach" else ""

    def _until_next_name(self, index: int) -> list[Meaning]:
        out: list[Meaning] = []
        for meaning in self.meanings[index + 1 :]:
            if meaning.role or meaning.aspect in ("name", "family"):
                break
            out.append(meaning)
        return out

    def _captain(self, index: int, meaning: Meaning) -> None:
        if meaning.aspect in ("phone", "email"):
            self.roles[index] = "ignore"  # the pupil's own
        elif self.member <= 1 and f"member{self.member or 1}.{meaning.aspect}" not in self.roles:
            self._member(index, Meaning("member", meaning.aspect, 1))
        else:
            self._member(index, Meaning("member", meaning.aspect))

    def _coach(self, index: int, meaning: Meaning) -> None:
        self.subject = "coach"
        if meaning.aspect in ("birth", "class"):
            self.roles[index] = "ignore"
            return
        part = meaning.aspect if meaning.aspect in ("phone", "email") else "name"
        if meaning.number:
            self.coach = meaning.number
        elif part == "name" and coach_role(self.coach, "name") in self.roles and self.numbered:
            self.coach += 1
        self.numbered = self.numbered or meaning.number is not None
        self.roles[index] = coach_role(self.coach, part)

    def _member(self, index: int, meaning: Meaning) -> None:
        self.subject = "member"
        if meaning.aspect == "list":
            self.roles[index] = "members"
        elif meaning.aspect in ("name", "family"):
            self.member = meaning.number or self.member + 1
            self.roles[index] = f"member{self.member}.name"
            for waiting, part in self.pending:
                self.roles[waiting] = f"member{self.member}.{part}"
            self.pending.clear()
        elif meaning.aspect in ("birth", "class"):
            number = meaning.number or self.member
            if number:
                self.roles[index] = f"member{number}.{meaning.aspect}"
            else:
                self.pending.append((index, meaning.aspect))
        else:
            self.roles[index] = "ignore"  # the pupil's own phone or address

    def finish(self) -> list[str]:
        """A phone or an address of nobody in particular is the coach's when the coach has none of their
        own."""
        for part in ("phone", "email"):
            loose = [i for i, role in enumerate(self.roles) if role == f"form.{part}"]
            taken = f"coach.{part}" in self.roles
            for position, index in enumerate(loose):
                self.roles[index] = "ignore" if taken or position else f"coach.{part}"
        return self.roles


def coach_role(number: int, part: str) -> str:
    return f"coach.{part}" if number == 1 else f"coach{number}.{part}"
