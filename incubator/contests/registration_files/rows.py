"""Rows of an understood sheet → teams."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from incubator.contests.registration_files.blocks import counts_teams, with_teams_on_top
from incubator.contests.registration_files.cleaning import as_text
from incubator.contests.registration_files.divisions import DivisionReader
from incubator.contests.registration_files.fields import FieldReader
from incubator.contests.registration_files.layout import (
    PEOPLE_IN_A_CELL,
    ROW_A_PUPIL,
    Layout,
    is_repeated_header,
)
from incubator.contests.registration_files.records import (
    Cell,
    Rules,
    SheetReport,
    TeamRow,
    join_rows,
)
from incubator.contests.registration_files.schools import SchoolRegister, without_count
from incubator.contests.registration_files.tables import Sheet
from incubator.contests.registration_files.titles import Facts, is_school, pair_of, said_in
from incubator.contests.registration_files.values import DATE_IN_TEXT, parse_date
from incubator.core.text import compare_key, search_key

_FOOTER = re.compile(r"^(tong|cong\b|noi nhan|ghi chu|danh sach (nay )?co|luu y|\.{3})")
_TOTAL = re.compile(r"(tong|cong)( (cong|so|trang|hop|doi|hoc sinh|hs))*[\s:.\d]*")  # alone in the first cell
_EXAMPLE = re.compile(
    r"\W*(vd|vi du|mau|dong mau|example|e\.?g)\W*\d?\W*"
)  # the first row of a form sent out
_FEW = 4  # a row of labels above a table: “Tên đội: … | GVHD: …”
_SIGNING = re.compile(
    r"(nguoi lap|lap bieu|(pho )?(hieu truong|thu truong|truong phong|truong ban|giam doc)|tm\.|kt\.|xac nhan|\(?ky\b|"
    r"can bo phu trach|tong phu trach)"
)
_PLACE_AND_DAY = re.compile(r"[^\d]*, ngay ([\d.…]|thang)")  # “Dĩ An, ngày 12/3/2024”
_ROMAN = re.compile(r"^(?:[IVX]{1,5}|[A-H]|\d{1,2})\s*[.)/-]\s*")  # “II. KHỐI THCS”


@dataclass(slots=True)
class _Section:
    """A row that stands alone above its teams: “KHỐI TIỂU HỌC”, “Trường THCS Hòa Phú”."""

    facts: Facts
    division: str | None = None
    signed: bool = False  # the place for signatures has been passed: names alone are those who sign
    team_named: bool = False  # a team's name has been read since the last pupil
    coach_named: bool = False

    def take(self, said: Facts) -> None:
        """What a row says holds for the teams below it; a coach named above another team's table is not this team's."""
        coach = any(role.startswith("coach") for role in said)
        if "team" in said and not self.coach_named or coach and not self.coach_named:
            self.facts = {role: value for role, value in self.facts.items() if not role.startswith("coach")}
        self.facts |= said
        self.team_named |= "team" in said
        self.coach_named |= coach


class RowReader:
    """Reads the rows of one file's sheets."""

    def __init__(self, source: str, rules: Rules, divisions: DivisionReader, schools: SchoolRegister) -> None:
        self.source = source
        self.rules = rules
        self.divisions = divisions
        self.schools = schools
        self.counts_teams = False  # the numbers of the sheet that is being read

    def read(self, sheet: Sheet, layout: Layout, report: SheetReport) -> list[TeamRow]:
        """The sheet's teams; rows that hold none are listed in `report.skipped` with their kind."""
        sheet = with_teams_on_top(self.source, sheet, layout)
        self.counts_teams = counts_teams(sheet, layout)
        fields = FieldReader(sheet, layout, self.rules, self.divisions, self.schools)
        section = _Section(dict(layout.facts), division=self._division_of_sheet(sheet, layout))
        teams: list[TeamRow] = []
        previous_start = -1
        part = 0  # where the teams of the table that is being read begin
        for row in range(layout.first, len(sheet.rows)):
            kind = self._kind(sheet, layout, row, section)
            fields.facts = section.facts
            if kind:
                report.skipped.append((sheet.first + row + 1, kind))
                if section.coach_named and not section.team_named:
                    for team in teams[part:]:  # named below the table
                        if not team.coaches:
                            fields.coaches_around(team)
                continue
            if (
                teams
                and layout.shape == ROW_A_PUPIL
                and not section.team_named
                and (self._continues(sheet, layout, previous_start, row))
            ):
                fields.add_pupil(teams[-1], row)
            else:
                part = len(teams) if section.team_named else part
                team = TeamRow(self.source, sheet.name, sheet.first + row + 1)
                fields.start(team, row, section.division, teams[-1] if teams else None)
                teams.append(team)
                previous_start = row
            section.team_named = section.coach_named = False
        if layout.shape == ROW_A_PUPIL and "team" in layout.columns:
            teams = self._together(teams)
        for team in teams:
            fields.finish(team)
        return teams

    def _together(self, teams: list[TeamRow]) -> list[TeamRow]:
        """A list in the order of names or classes has the pupils of one team apart: rows of one team's name that by
        themselves are too few are that team's. Two whole teams of one name stay two."""
        runs: dict[tuple[str, str | None, str], list[TeamRow]] = {}
        for team in teams:
            runs.setdefault((team.school_key, team.division, compare_key(team.team)), []).append(team)
        joined: set[int] = set()
        for (_school, division, name), found in runs.items():
            rule = self.rules.division(division)
            least = max(rule.team_min if rule else 0, 2)
            people = [(compare_key(m.name), m.birth_date) for team in found for m in team.members]
            apart = len(people) == len(set(people)) and min(len(team.members) for team in found) < least
            if name and len(found) > 1 and apart:
                for other in found[1:]:
                    join_rows(found[0], other)
                    joined.add(id(other))
        return [team for team in teams if id(team) not in joined]

    def _division_of_sheet(self, sheet: Sheet, layout: Layout) -> str | None:
        named = self.divisions.exactly(layout.facts.get("division", "")) or self.divisions.within(sheet.name)
        if named:
            return named
        found = {
            code for title in layout.titles if len(title) < 60 and (code := self.divisions.within(title))
        }
        return found.pop() if len(found) == 1 else None

    def _kind(self, sheet: Sheet, layout: Layout, row: int, section: _Section) -> str:
        """'' for a row with a team or a pupil; else blank, example, header, section or footer."""
        filled = [
            (i, cell) for i, cell in enumerate(sheet.rows[row]) if cell is not None and as_text(cell).strip()
        ]
        if not filled:
            return "blank"
        names = [member["name"] for member in layout.members]
        if layout.shape == PEOPLE_IN_A_CELL:
            names.append(layout.columns["members"])
        positions = {i for i, _ in filled}
        index = layout.columns.get("index", -1)
        first = layout.cleaners[filled[0][0]](filled[0][1])[0]
        if len(filled) > 1 and _EXAMPLE.fullmatch(search_key(first)):
            return "example"
        if len(filled) == 1 and index in positions and not any(c.isalpha() for c in first):
            return "blank"
        if len(filled) >= 3 and _numbers_columns(filled):
            return "header"
        pupils = {*names, *(member["birth"] for member in layout.members if "birth" in member)}
        if self._is_footer(layout, filled, pupils, section):
            return "footer"
        few = filled if len(filled) <= _FEW else []  # a full row says nothing of the rows below it
        texts = [without_count(layout.cleaners[i](cell)[0]) for i, cell in few]
        holds_pupil = any(
            i in names and not pair_of(text)[0] for (i, _), text in zip(few[1:], texts[1:], strict=True)
        )
        of_row = holds_pupil and bool(pair_of(texts[0])[1])  # “Đội: Cá Mập” beside its pupils
        if few and not of_row and (said := said_in(texts)):
            section.division = self.divisions.exactly(said.get("division", "")) or section.division
            section.take({role: value for role, value in said.items() if role not in layout.columns})
            return "section"
        if positions & set(names):
            return "header" if is_repeated_header(sheet, layout, row) else ""
        team = layout.columns.get("team")
        numbered = len(filled) == 2 and bool(_ROMAN.fullmatch(f"{texts[0]}.")) and is_school(texts[1])
        if numbered or (len(filled) <= 2 and (team not in positions or len(filled) == 1)):
            return self._section(texts[-1] if numbered or len(filled) == 1 else "", section)
        return "" if team in positions else "footer"

    def _is_footer(
        self, layout: Layout, filled: Sequence[tuple[int, Cell]], pupils: set[int], section: _Section
    ) -> bool:
        """Totals, remarks and signatures; below the latter, rows of names without any number too."""
        if len(filled) > 3 and not _TOTAL.fullmatch(
            search_key(layout.cleaners[filled[0][0]](filled[0][1])[0])
        ):
            return False
        texts = {i: search_key(layout.cleaners[i](cell)[0]) for i, cell in filled}
        if any(map(_PLACE_AND_DAY.match, texts.values())):
            section.signed = True
            return True
        if any(_is_dated(cell) for i, cell in filled if i in pupils):
            return False  # a team may be called “Công Nghệ Trẻ” or “Kỳ Lân”
        if any(map(_SIGNING.match, texts.values())):
            section.signed = True
            return True
        alone = section.signed and not any(c.isdigit() for text in texts.values() for c in text)
        return alone or bool(_FOOTER.match(texts[filled[0][0]]))

    def _section(self, text: str, section: _Section) -> str:
        text = _ROMAN.sub("", text)
        division = self.divisions.within(text)
        if is_school(text):
            section.take({"school": text})
            return "section"
        if division:
            section.division = division
            return "section"
        return "footer"

    def _continues(self, sheet: Sheet, layout: Layout, start: int, row: int) -> bool:
        """Does `row` add a pupil to the team that began at `start`?

        Merged or left blank below the first pupil, or repeated on each pupil's row.
        """
        if "team" not in layout.columns:
            return self._blank(sheet, layout, row, ("school", "coach.name"))
        team = layout.raw(sheet, row, "team")
        for role in ("team", "school", "division"):
            mine, first = layout.raw(sheet, row, role), layout.raw(sheet, start, role)
            if mine is not None and mine != first and search_key(as_text(mine)) != search_key(as_text(first)):
                return False
        if team is None:  # a number of its own: a team that somebody forgot to name
            return not (self.counts_teams and layout.raw(sheet, row, "index") is not None)
        return not self._own_number(sheet, layout, start, row)

    def _own_number(self, sheet: Sheet, layout: Layout, start: int, row: int) -> bool:
        """The same team name again with merged cells of its own is another team."""
        column = layout.columns["team"]
        return column in layout.merged and layout.tops.get((row, column)) != start

    def _blank(self, sheet: Sheet, layout: Layout, row: int, roles: tuple[str, ...]) -> bool:
        return all(layout.raw(sheet, row, role) is None for role in roles)


def _is_dated(cell: Cell) -> bool:
    return parse_date(cell)[0] is not None or bool(DATE_IN_TEXT.search(as_text(cell)))


def _numbers_columns(filled: Sequence[tuple[int, Cell]]) -> bool:
    """The row “(1) (2) (3) …” or “A B 1 2 …” that official tables have below their header."""
    marks = [as_text(cell).strip(" ()[]").upper() for _, cell in filled]
    letters = next((i for i, mark in enumerate(marks) if mark != chr(ord("A") + i)), len(marks))
    return marks[letters:] == [str(n) for n in range(1, len(marks) - letters + 1)]
