"""The fields of one team, each with what stood there and what was made of it."""

from __future__ import annotations

import re
from dataclasses import replace

from incubator.contests.registration_files.cells import CellText
from incubator.contests.registration_files.cleaning import as_text
from incubator.contests.registration_files.coaches import CoachText, left_out, split_coaches
from incubator.contests.registration_files.columns import words_of
from incubator.contests.registration_files.dates import parse_moment
from incubator.contests.registration_files.divisions import DivisionReader
from incubator.contests.registration_files.layout import PEOPLE_IN_A_CELL, Layout
from incubator.contests.registration_files.pupils import PupilReader
from incubator.contests.registration_files.records import Coach, Rules, TeamRow
from incubator.contests.registration_files.schools import SchoolRegister, levels_of
from incubator.contests.registration_files.stored import set_keys, set_warnings
from incubator.contests.registration_files.tables import Sheet
from incubator.contests.registration_files.titles import is_school, name_and_facts
from incubator.contests.registration_files.values import (
    Found,
    found_in,
    names_somebody,
    parse_email,
    parse_emails,
    parse_phone,
    parse_phones,
    says_nothing,
)
from incubator.core.text import Encoding, capitalise_word, compare_key, proper_case_name, proper_case_title

_BETWEEN = re.compile(r"\s+[-–—]\s+|\s*[/,(\n]\s*")
_QUOTED = re.compile(r"[\"'“”‘’«„]\s*([^\"“”«»„]+?)\s*[\"'“”‘’»]")


class FieldReader(PupilReader):
    """Fills TeamRows from the cells of one sheet."""

    def __init__(
        self, sheet: Sheet, layout: Layout, rules: Rules, divisions: DivisionReader, schools: SchoolRegister
    ) -> None:
        super().__init__(sheet, layout)
        self.rules, self.divisions, self.schools = rules, divisions, schools
        self.facts = layout.facts  # what stands around the table, or above the part of it that is being read

    def start(self, team: TeamRow, row: int, division: str | None, previous: TeamRow | None) -> None:
        """Begin `team` at `row`. What the row leaves out comes from its section, its sheet or the row
        above."""
        self._keep(team, row)
        around = self.facts
        self.facts = around | name_and_facts(self._text(row, "team")[0])[1]
        self._team_name(team, row)
        self._division(team, row, division)
        self._school(team, row, previous)
        self._coaches(team, row)
        self.facts = around
        team.area = self._text(row, "area")[0]
        team.project = self._text(row, "project")[0]
        sent = self.layout.columns.get("submitted_at")
        if sent is not None:
            team.submitted_at = parse_moment(self._cell(row, sent), self._order(sent))
        columns = self.layout.columns
        if "member1.name" in columns and columns["member1.name"] < columns.get("members", -1):
            self._pupils(team, row)  # the captain, before “the other members”
            self._members_in_cell(team, row)
        else:
            if self.layout.shape == PEOPLE_IN_A_CELL:
                self._members_in_cell(team, row)
            self._pupils(team, row)
        self._notes(team, row)

    def add_pupil(self, team: TeamRow, row: int) -> None:
        """A further row of the same team."""
        self._keep(team, row)
        self._pupils(team, row)
        self._notes(team, row)
        self._coaches(team, row)

    def finish(self, team: TeamRow) -> None:
        """Keys and warnings, once all rows of the team are in."""
        set_keys(team)
        set_warnings(team, self.rules)

    def _keep(self, team: TeamRow, row: int) -> None:
        for index, cell in enumerate(self.sheet.rows[row]):
            if cell is not None:
                label = self.layout.labels[index] if index < len(self.layout.labels) else ""
                name = label or f"#{index + 1}"
                text = as_text(cell)
                team.read[name] = f"{team.read[name]}\n{text}" if name in team.read else text

    def _team_name(self, team: TeamRow, row: int) -> None:
        text, kinds, raw = self._text(row, "team")
        text, said = name_and_facts(text)
        text, of_school = self._team_and_school(text)
        text = text.replace("\n", " ")
        kinds = (*kinds, "split_cell") if of_school or said else kinds
        if "team" in said:
            text, kinds = said["team"], (*kinds, "split_cell")
        elif not text and "team" in self.facts:
            text, kinds = self.facts["team"], ("from_sheet",)
        if quoted := _QUOTED.fullmatch(text):
            text, kinds = quoted[1].strip(), (*kinds, "punctuation")
        shown = proper_case_title(text) if text else ""
        if shown and "encoding_tcvn3" in kinds or self._is_tcvn3("team"):
            shown = _restore_capitals(shown)
        if shown != text:
            kinds = (*kinds, "capitals")
        team.team = shown
        self._note(team, "team", kinds, raw, shown)

    def _team_and_school(self, text: str) -> tuple[str, str]:
        """“Cá Mập - THCS Hòa Phú” in the column of teams, where no other column and no title says the school."""
        if "school" not in self.layout.columns and "school" not in self.facts:
            for mark in _BETWEEN.finditer(text):
                if is_school(school := text[mark.end() :].strip(" )")):
                    return text[: mark.start()], school
        return text, ""

    def _is_tcvn3(self, role: str) -> bool:
        column = self.layout.columns.get(role)
        return column is not None and self.layout.cleaners[column].encoding is Encoding.TCVN3

    def _division(self, team: TeamRow, row: int, of_sheet: str | None) -> None:
        text, _, raw = self._text(row, "division")
        if text:
            team.division = (
                self.divisions.exactly(text) or (self._asks_grade() and self.divisions.of_grade(text)) or None
            )
        elif of_team := self.divisions.exactly(self.facts.get("division", "")) or of_sheet:
            team.division = of_team
            self._note(team, "division", ("from_sheet",), raw, self._division_name(of_team))

    def _asks_grade(self) -> bool:
        """“Khối” may stand over “THCS” and over “8”; “Bảng” over “1” is no grade."""
        label = self.layout.labels[self.layout.columns["division"]]
        return words_of(label).startswith(("khoi", "lop", "grade"))

    def _division_name(self, code: str) -> str:
        rule = self.rules.division(code)
        return rule.name if rule else code

    def _school(self, team: TeamRow, row: int, previous: TeamRow | None) -> None:
        text, kinds, raw = self._text(row, "school")
        text = text.replace("\n", " ")
        around = self.facts.get("school", "")
        if not text and (beside := self._team_and_school(self._text(row, "team")[0])[1]):
            text, kinds, raw = beside, ("split_cell",), self._text(row, "team")[2]
        if not text and around:
            text, kinds = around, ("from_sheet",)
        elif not text and previous is not None and "school" in self.layout.columns:
            text, kinds = previous.school, ("filled_down",)
        if not text:
            return
        rule = self.rules.division(team.division)
        key, shown, added = self.schools.find(text, rule.levels if rule else ())
        if added:
            kinds = (*kinds, "school_level")
        elif shown != text:
            kinds = (*kinds, "school_spelling")
        team.school_key, team.school = key, shown
        self._note(team, "school", kinds, raw, shown)
        if team.division is None and not self._text(row, "division")[0]:
            team.division = self.divisions.of_level(levels_of(key.split(":")[0]))
            if team.division:
                self._note(team, "division", ("from_school",), "", self._division_name(team.division))

    def _coaches(self, team: TeamRow, row: int) -> None:
        """Every coach of the row: several columns, several people in one of them, or those named above the table."""
        self.coaches_around(team)
        beside_pupil = self._part(row) in ("member", "captain")
        alone: list[dict[str, int]] = [{}] if self._part(row) == "coach" else []
        for columns in self.layout.coaches or alone:
            if beside_pupil and "name" not in columns:
                continue  # the phone beside a pupil is the pupil's
            text, kinds, raw = self._coach_name(row, columns)
            phones, emails = self._contacts(row, columns)
            if says_nothing(text) and any(c.isalpha() for c in text):
                self._note(team, "coach.name", (*kinds, "says_nothing"), raw, "")
                text = ""
            people = split_coaches(text)
            if self._contact_below(team, text, raw, columns):
                continue
            if not people and (phones or emails) and not team.coaches:
                people = [CoachText("")]  # somebody without a name can at least be reached
            for index, person in enumerate(people):
                extra = left_out(text, people, person)
                how = (*kinds, *extra) if len(people) == 1 else (*kinds, "split_cell", *extra)
                phone = phones[index] if index < len(phones) else found_in(parse_phone, person.phone)
                email = emails[index] if index < len(emails) else found_in(parse_email, person.email)
                self._coach(team, person, how, raw, phone, email)

    def _contact_below(self, team: TeamRow, text: str, raw: str, columns: dict[str, int]) -> bool:
        """A number or an address alone in the column of names belongs to the coach named in the row above."""
        if not text or not team.coaches or names_somebody(text):
            return False
        coach, where = team.coaches[-1], "coach" if len(team.coaches) == 1 else f"coach{len(team.coaches)}"
        phone, email = parse_phones(text), parse_emails(text) if "@" in text else []
        for part, found in (("phone", phone), ("email", email)):
            if found and part not in columns and not getattr(coach, part):
                setattr(coach, part, found[0].value)
                self._note(team, f"{where}.{part}", ("split_cell",), raw, found[0].value)
        return bool(phone or email)

    def _contacts(self, row: int, columns: dict[str, int]) -> tuple[list[Found], list[Found]]:
        """Phones and addresses, each from its own column, else from the other's (“Điện thoại / E-mail”, or exchanged)."""
        phone = self._cell(row, columns["phone"]) if "phone" in columns else None
        email = self._clean(row, columns["email"])[2] if "email" in columns else ""
        phones, beside = parse_phones(phone), str(phone) if isinstance(phone, str) else ""
        if not phones and (moved := parse_phones(email)) and moved[0].fits:
            phones = [replace(found, kinds=("phone_form",)) for found in moved]
            email = email if "@" in email else ""
        return phones, parse_emails(beside if "@" in beside and "@" not in email else email)

    def _coach_name(self, row: int, columns: dict[str, int]) -> CellText:
        if "name" in columns:
            return self._clean(row, columns["name"])
        if self._part(row) == "coach" and self.layout.members:
            return self._pupil_name(row, self.layout.members[0])
        return "", (), ""

    def coaches_around(self, team: TeamRow) -> None:
        """Those whom a line above or below the table names."""
        facts = self.facts
        named = [] if self.layout.coaches else split_coaches(facts.get("coach.name", ""))
        for index, person in enumerate(named):
            own = facts if index == 0 else {}
            phone = Found(*parse_phone(person.phone or own.get("coach.phone")))
            email = Found(*parse_email(person.email or own.get("coach.email")))
            self._coach(team, person, ("from_sheet",), facts["coach.name"], phone, email)

    def contacts_around(self, team: TeamRow) -> None:
        """A phone or an address that a line of its own below the table says of the coach named there."""
        named = split_coaches(self.facts.get("coach.name", ""))
        if not named or compare_key(named[0].name) != compare_key(team.coach.name):
            return
        for part, parse in (("phone", parse_phone), ("email", parse_email)):
            if (said := self.facts.get(f"coach.{part}")) and not getattr(team.coach, part):
                value = parse(said)[0]
                setattr(team.coach, part, value)
                self._note(team, f"coach.{part}", ("from_sheet",), said, value)

    def _coach(
        self, team: TeamRow, person: CoachText, kinds: tuple[str, ...], raw: str, phone: Found, email: Found
    ) -> None:
        name = proper_case_name(person.name)
        if any(compare_key(coach.name) == compare_key(name) for coach in team.coaches):
            return
        where = "coach" if not team.coaches else f"coach{len(team.coaches) + 1}"
        team.coaches.append(Coach(name, phone.value, email.value, person.title))
        self._note(team, f"{where}.name", (*kinds, "capitals") if name != person.name else kinds, raw, name)
        for part, found in (("phone", phone), ("email", email)):
            self._note(team, f"{where}.{part}", found.kinds if found.was else (), found.was, found.value)
            if not found.fits and f"coach_{part}_odd" not in team.warnings:
                team.warnings.append(f"coach_{part}_odd")


def _restore_capitals(title: str) -> str:
    """TCVN3 has no toned capitals: a small toned first letter among capitalised words was one (“ánh
    Dương”)."""
    words = title.split(" ")
    plain = [word for word in words if word[:1].isascii()]
    if any(word[:1].islower() for word in plain):
        return title
    return " ".join(capitalise_word(w) if w[:1].islower() and not w[:1].isascii() else w for w in words)
