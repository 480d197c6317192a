"""Rows of an understood sheet → teams."""

from __future__ import annotations

from incubator.contests.registration_files.blocks import counts_teams, with_teams_on_top
from incubator.contests.registration_files.cleaning import as_text
from incubator.contests.registration_files.divisions import DivisionReader
from incubator.contests.registration_files.fields import FieldReader
from incubator.contests.registration_files.kinds import RowSorter, Section
from incubator.contests.registration_files.layout import ROW_A_PUPIL, ROW_A_TEAM, Layout
from incubator.contests.registration_files.records import Rules, SheetReport, TeamRow, join_rows
from incubator.contests.registration_files.schools import SchoolRegister
from incubator.contests.registration_files.tables import Sheet
from incubator.core.text import compare_key, search_key

_OF_TEAM = (
    "index",
    "team",
    "school",
    "division",
    "project",
    "submitted_at",
    "coach.name",
    "coach.phone",
    "coach.email",
)
_NOTES_SHOWN = 5  # of a sheet; the others are counted


class RowReader:
    """Reads the rows of one file's sheets."""

    def __init__(self, source: str, rules: Rules, divisions: DivisionReader, schools: SchoolRegister) -> None:
        self.source = source
        self.rules = rules
        self.divisions = divisions
        self.schools = schools
        self.counts_teams = False  # the numbers of the sheet that is being read
        self.last = -1  # the last row that held a team or a pupil

    def read(self, sheet: Sheet, layout: Layout, report: SheetReport) -> list[TeamRow]:
        """The sheet's teams; rows that hold none are listed in `report.skipped` with their kind."""
        sheet = with_teams_on_top(self.source, sheet, layout)
        self.counts_teams = counts_teams(sheet, layout)
        fields = FieldReader(sheet, layout, self.rules, self.divisions, self.schools)
        section = Section.of(layout.facts, self._division_of_sheet(sheet, layout))
        sorter = RowSorter(sheet, layout, self.divisions, section)
        teams: list[TeamRow] = []
        previous_start = -1
        part = 0  # where the teams of the table that is being read begin
        cut_off = False  # a crossed-out team has been passed: pupils below it are not the last one's
        for row in range(layout.first, len(sheet.rows)):
            kind = sorter.kind(row)
            fields.facts = section.facts
            cut_off |= self._names_struck_team(sheet, layout, row)
            if kind:
                report.skipped.append((sheet.first + row + 1, kind))
                if kind == "note" and sum(kind == "note" for _, kind in report.skipped) <= _NOTES_SHOWN:
                    report.notices.append(sorter.about_note(row))
                if section.coach_named and not section.team_named:
                    for team in teams[part:]:  # named below the table
                        if team.coaches:
                            fields.contacts_around(team)
                        else:
                            fields.coaches_around(team)
                continue
            if (
                teams
                and layout.shape in (ROW_A_PUPIL, ROW_A_TEAM)
                and not section.team_named
                and not cut_off
                and self._continues(sheet, layout, previous_start, row, section)
            ):
                fields.add_pupil(teams[-1], row)
            else:
                part = len(teams) if section.team_named else part
                team = TeamRow(self.source, sheet.place, sheet.first + row + 1)
                fields.start(team, row, section.division, teams[-1] if teams else None)
                teams.append(team)
                previous_start = row
            cut_off, self.last = False, row
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

    def _names_struck_team(self, sheet: Sheet, layout: Layout, row: int) -> bool:
        return layout.columns.get("team", -1) in sheet.struck.get(row, ())

    def _continues(self, sheet: Sheet, layout: Layout, start: int, row: int, section: Section) -> bool:
        """Does `row` add a pupil to the team that began at `start`?

        Merged or left blank below the first pupil, or repeated on each pupil's row.
        """
        if layout.shape == ROW_A_TEAM:  # more pupils than columns: the others stand below, and nothing else
            filled = [cell for cell in sheet.rows[row] if cell is not None]
            adjoins = row == self.last + 1 and len(filled) > 1
            return "team" in layout.columns and adjoins and self._blank(sheet, layout, row, _OF_TEAM)
        if "team" not in layout.columns:
            if "team" in section.facts:  # named by a row of its own
                return self._same(sheet, layout, start, row, ("school", "division"))
            return self._blank(sheet, layout, row, ("school", "coach.name"))
        team = layout.raw(sheet, row, "team")
        if not self._same(sheet, layout, start, row, ("team", "school", "division")):
            return False
        if team is None:  # a number of its own: a team that somebody forgot to name
            return not (self.counts_teams and layout.raw(sheet, row, "index") is not None)
        return not self._own_number(sheet, layout, start, row)

    def _same(self, sheet: Sheet, layout: Layout, start: int, row: int, roles: tuple[str, ...]) -> bool:
        """Does `row` leave out what stood at `start`, or say it again?"""
        for role in roles:
            mine, first = layout.raw(sheet, row, role), layout.raw(sheet, start, role)
            if mine is not None and mine != first and search_key(as_text(mine)) != search_key(as_text(first)):
                return False
        return True

    def _own_number(self, sheet: Sheet, layout: Layout, start: int, row: int) -> bool:
        """The same team name again with merged cells of its own is another team."""
        column = layout.columns["team"]
        return column in layout.merged and layout.tops.get((row, column)) != start

    def _blank(self, sheet: Sheet, layout: Layout, row: int, roles: tuple[str, ...]) -> bool:
        return all(layout.raw(sheet, row, role) is None for role in roles)
