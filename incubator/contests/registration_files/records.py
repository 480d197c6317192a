"""What reading takes and gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

Cell = str | int | float | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was sent: its name (shown, and its ending is believed only if the content agrees) and
    bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class DivisionRule:
    """One division's rules. `levels` are school level codes (see schools.LEVELS); both birth dates count
    as in."""

    code: str
    name: str
    levels: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    born_from: date | None = None
    born_to: date | None = None
    team_min: int = 1
    team_max: int = 99
    coach_required: bool = True
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class KnownSchool:
    """An organisation already on record, with the spellings it has been seen under and the areas in which it lies."""

    name: str
    aliases: tuple[str, ...] = ()
    id: int | None = None
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rules:
    """What one edition asks. `distinct_pupils` holds pupil keys that the organiser ruled to be two
    children."""

    divisions: tuple[DivisionRule, ...]
    schools: tuple[KnownSchool, ...] = ()
    distinct_pupils: frozenset[tuple[str, date]] = frozenset()

    def division(self, code: str | None) -> DivisionRule | None:
        return next((rule for rule in self.divisions if rule.code == code), None)


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """What a person said about a sheet: role per column index (see sentences.ROLES), and the header's last
    row, counted from zero; -1 for a sheet without a header."""

    columns: Mapping[int, str] = field(default_factory=dict)
    header_row: int | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """A field that is not as it stood in the file: what was there, what was made of it, and by which
    steps."""

    field: str
    kinds: tuple[str, ...]
    was: str
    now: str


@dataclass(slots=True)
class Member:
    """A pupil as read. `birth_text` keeps what stood there when no date could be made of it."""

    name: str
    birth_date: date | None = None
    birth_text: str = ""
    class_name: str = ""
    captain: bool = False
    from_notes: bool = False
    key: tuple[str, str] = ("", "")


@dataclass(slots=True)
class Coach:
    """A coach as read; `title` is academic (ThS., TS.) and never part of the name."""

    name: str = ""
    phone: str = ""
    email: str = ""
    title: str = ""


@dataclass(slots=True)
class TeamRow:
    """One team as read from one place, what was repaired in it, and why it is held (`reason`, else None)."""

    source: str
    sheet: str
    row: int
    team: str = ""
    school: str = ""
    school_key: str = ""
    division: str | None = None
    members: list[Member] = field(default_factory=list)
    coaches: list[Coach] = field(default_factory=list)
    area: str = ""
    project: str = ""
    notes: str = ""
    submitted_at: datetime | None = None
    read: dict[str, str] = field(default_factory=dict)
    repairs: list[Repair] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    reason: str | None = None
    detail: str = ""
    rival: TeamRow | None = field(default=None, repr=False, compare=False)
    team_key: str = ""

    @property
    def coach(self) -> Coach:
        """The first one, who is asked; an empty one where nobody is named."""
        return self.coaches[0] if self.coaches else Coach()

    @property
    def place(self) -> str:
        return f"{self.source} · {self.sheet} · {self.row}"


def join_rows(team: TeamRow, other: TeamRow) -> None:
    """Add to `team` what `other`, further rows of the same team, holds."""
    before, rows = len(team.members), f"{team.row}"
    team.members += other.members
    known = {coach.name for coach in team.coaches}
    team.coaches += [coach for coach in other.coaches if coach.name not in known]
    for name, text in other.read.items():
        team.read[name] = f"{team.read[name]}\n{text}" if name in team.read else text
    for repair in other.repairs:
        if match := re.match(r"member(\d+)(.*)", repair.field):
            team.repairs.append(replace(repair, field=f"member{before + int(match[1])}{match[2]}"))
    told = next((repair for repair in team.repairs if repair.kinds == ("joined_rows",)), None)
    if told:
        team.repairs.remove(told)
        rows = told.now
    team.repairs.append(Repair("members", ("joined_rows",), f"{team.row}", f"{rows}, {other.row}"))
    team.notes = "\n".join(note for note in (team.notes, other.notes) if note)


@dataclass(slots=True)
class ColumnRead:
    """A column as understood: `role` is '' while nobody knows; `inferred` when its content told, not its
    head."""

    index: int
    label: str
    role: str = ""
    encoding: str = "unicode"
    inferred: bool = False
    sample: str = ""


@dataclass(slots=True)
class SheetReport:
    """How one sheet was read. `skipped` are rows that hold no team (row number, kind)."""

    name: str
    layout: str = ""
    header_rows: tuple[int, ...] = ()
    columns: list[ColumnRead] = field(default_factory=list)
    teams: int = 0
    skipped: list[tuple[int, str]] = field(default_factory=list)
    preview: list[tuple[int, list[str]]] = field(
        default_factory=list
    )  # first filled rows, for mapping by hand
    notices: list[str] = field(default_factory=list)
    problem: str = ""


@dataclass(slots=True)
class FileReport:
    """How one file was read; `problem` says why nothing of it was."""

    name: str
    sheets: list[SheetReport] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    problem: str = ""

    @property
    def problems(self) -> list[str]:
        return [text for text in (self.problem, *(sheet.problem for sheet in self.sheets)) if text]


@dataclass(slots=True)
class Reading:
    rows: list[TeamRow] = field(default_factory=list)
    files: list[FileReport] = field(default_factory=list)

    @property
    def accepted(self) -> list[TeamRow]:
        return [row for row in self.rows if row.reason is None]

    @property
    def held(self) -> list[TeamRow]:
        return [row for row in self.rows if row.reason is not None]

    @property
    def problems(self) -> list[str]:
        return [problem for file in self.files for problem in file.problems]
