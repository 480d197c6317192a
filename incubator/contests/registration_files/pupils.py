"""The pupils of a team: a column or several each, all in one cell, or hidden in the notes."""

from __future__ import annotations

import re
from datetime import date

from incubator.contests.registration_files.cells import CellReader, CellText
from incubator.contests.registration_files.cleaning import as_text
from incubator.contests.registration_files.dates import DateOrder, parse_date
from incubator.contests.registration_files.people import (
    PersonText,
    in_parallel,
    parse_person,
    people_in_notes,
    split_people,
    without_remarks,
)
from incubator.contests.registration_files.records import Cell, Member, TeamRow
from incubator.contests.registration_files.values import class_beside_date, says_nothing
from incubator.core.text import compare_key, proper_case_name

_SCHOOL_YEAR = re.compile(r"[\s,–-]*\(?(?:năm học )?20\d\d\s*[-–]\s*(?:20)?\d\d\)?\s*$", re.IGNORECASE)


class PupilReader(CellReader):
    """Adds the pupils of a row to its team."""

    def _pupils(self, team: TeamRow, row: int) -> None:
        if self._part(row) == "coach":
            return
        for columns in self.layout.members:
            self._pupil(team, row, columns)

    def _pupil(self, team: TeamRow, row: int, columns: dict[str, int]) -> None:
        text, kinds, raw = self._pupil_name(row, columns)
        where = f"member{len(team.members) + 1}"
        if says_nothing(text):
            if any(c.isalpha() for c in text):
                self._note(team, where, (*kinds, "says_nothing"), raw, "")
            return
        if not any(c.isalpha() for c in text):
            return
        if several := self._in_parallel(row, columns, text):
            shown = "\n".join(one.name for one in several)
            self._note(team, "members", (*kinds, "split_cell"), raw, shown)
            for one in several:
                self._person(team, one)
            return
        person = self._all_in_one(text) if "birth" not in columns else None
        if person is not None:
            self._note(team, f"{where}.name", (*kinds, "split_cell"), raw, person.name)
            self._person(team, person)
            if "class" in columns and not person.class_name:
                self._class(
                    team,
                    team.members[-1],
                    where,
                    self.layout.cell(self.sheet, row, columns["class"]),
                    columns["class"],
                )
            return
        in_name, text = self._class_beside(text) if "class" not in columns else ("", text)
        if in_name:
            kinds = (*kinds, "split_cell")
        bare = text.strip(",; ")
        if bare != text:
            kinds, text = (*kinds, "punctuation"), bare
        bare, captain = without_remarks(text.replace("\n", " "))
        if bare != text.replace("\n", " "):
            kinds = (*kinds, "remark_apart")
        name = proper_case_name(bare)
        if name != bare:
            kinds = (*kinds, "capitals")
        self._note(team, f"{where}.name", kinds, raw, name)
        member = Member(name, class_name=in_name, captain=captain or self._part(row) == "captain")
        self._birth(team, member, where, self._birth_cell(row, columns), self._order(columns.get("birth")))
        if "class" in columns:
            self._class(
                team, member, where, self.layout.cell(self.sheet, row, columns["class"]), columns["class"]
            )
        elif not in_name:
            member.class_name = class_beside_date(member.birth_text) if member.birth_date else ""
        team.members.append(member)

    def _pupil_name(self, row: int, columns: dict[str, int]) -> CellText:
        """The name, from one column or from family and given names in two."""
        found = [self._own(row, columns[part]) for part in ("name", "given") if part in columns]
        text = " ".join(part[0] for part in found if part[0])
        raw = " ".join(part[2] for part in found if part[2])
        joined = ("joined_cells",) if sum(bool(part[0]) for part in found) > 1 else ()
        return text, (*(kind for part in found for kind in part[1]), *joined), raw

    def _own(self, row: int, column: int) -> CellText:
        """A pupil's own cell: a merge downwards gives it to nobody else."""
        cell = self.layout.cell(self.sheet, row, column)
        text, kinds = self.layout.cleaners[column](cell)
        return text, kinds, as_text(cell)

    def _in_parallel(self, row: int, columns: dict[str, int], text: str) -> list[PersonText]:
        """“Nguyễn Văn Tí⏎Trần Văn Tèo” beside “01/01/2014⏎02/02/2015”."""
        births, classes = (
            as_text(self.layout.cell(self.sheet, row, columns[part])) if part in columns else ""
            for part in ("birth", "class")
        )
        return in_parallel(text, births, classes) if "given" not in columns else []

    def _all_in_one(self, text: str) -> PersonText | None:
        """“Nguyễn Văn An, 03/05/2012, 7A1” in the cell of one pupil."""
        people = split_people(text) if any(c.isdigit() for c in text) else []
        return people[0] if len(people) == 1 and people[0].birth else None

    def _class_beside(self, text: str) -> tuple[str, str]:
        """The class that stands behind a name (“Lê An - 8A”), and the name alone."""
        person = parse_person(text) if any(c.isdigit() for c in text) else None
        return (person.class_name, person.name) if person and person.class_name else ("", text)

    def _birth_cell(self, row: int, columns: dict[str, int]) -> Cell:
        if "birth" not in columns:
            return None
        parts = [
            self.layout.cell(self.sheet, row, columns[part])
            for part in ("birth", "birth_month", "birth_year")
            if part in columns
        ]
        return "/".join(map(as_text, parts)) if len(parts) == 3 and all(parts) else self._dated(parts[0])

    def _birth(
        self,
        team: TeamRow,
        member: Member,
        where: str,
        cell: Cell,
        order: DateOrder = DateOrder.DAY_FIRST,
    ) -> None:
        member.birth_date, kinds = parse_date(cell, order)
        member.birth_text = as_text(cell).strip().strip("'")
        if member.birth_date:
            self._note(team, f"{where}.birth", kinds, as_text(cell), member.birth_date.strftime("%d/%m/%Y"))

    def _class(self, team: TeamRow, member: Member, where: str, cell: Cell, column: int) -> None:
        if isinstance(cell, date):
            member.class_name = f"{cell.day}/{cell.month}"
            self._note(team, f"{where}.class", ("class_from_date",), as_text(cell), member.class_name)
            return
        text, kinds = self.layout.cleaners[column](cell)
        bare = _SCHOOL_YEAR.sub("", text)
        member.class_name = re.sub(r"(?i)^(?:lớp|class|grade)[\s:]+", "", bare)
        kinds = (*kinds, "remark_apart") if bare != text else kinds
        if member.class_name and kinds != ("spaces",):
            self._note(team, f"{where}.class", kinds, as_text(cell), member.class_name)

    def _members_in_cell(self, team: TeamRow, row: int) -> None:
        text, kinds, raw = self._text(row, "members")
        people = split_people(text)
        if people:
            shown = "\n".join(" - ".join(p for p in (x.name, x.birth, x.class_name) if p) for x in people)
            self._note(team, "members", (*kinds, "split_cell"), raw, shown)
        for person in people:
            self._person(team, person)

    def _person(self, team: TeamRow, person: PersonText, *, from_notes: bool = False) -> None:
        member = Member(proper_case_name(person.name), class_name=person.class_name, captain=person.captain)
        member.from_notes = from_notes
        self._birth(team, member, f"member{len(team.members) + 1}", person.birth or None)
        team.members.append(member)

    def _notes(self, team: TeamRow, row: int) -> None:
        text, kinds, raw = self._text(row, "notes")
        if not text:
            return
        team.notes = f"{team.notes}\n{text}".strip()
        known = {compare_key(member.name) for member in team.members}
        for person in people_in_notes(text):
            if compare_key(person.name) in known:
                continue
            known.add(compare_key(person.name))
            number = len(team.members) + 1
            self._note(team, f"member{number}.name", (*kinds, "from_notes"), raw, person.name)
            self._person(team, person, from_notes=True)
