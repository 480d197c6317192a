"""Team rows and file reports as JSON that can be stored, shown again, corrected and judged again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from incubator.contests.registration_files.coaches import split_coaches
from incubator.contests.registration_files.dates import parse_date
from incubator.contests.registration_files.namesakes import WARNINGS as NAMESAKES
from incubator.contests.registration_files.records import (
    Coach,
    FileReport,
    Member,
    Repair,
    Rules,
    SheetReport,
    TeamRow,
)
from incubator.contests.registration_files.report import sentence_data
from incubator.contests.registration_files.schools import SchoolRegister, levels_of
from incubator.contests.registration_files.values import parse_email, parse_phone
from incubator.core.text import collapse, compare_key


def row_data(row: TeamRow) -> dict[str, Any]:
    """The team as understood; `team_row` makes it a TeamRow again."""
    return {
        "sheet": row.sheet,
        "row": row.row,
        "team": row.team,
        "division": row.division,
        "school": row.school,
        "school_key": row.school_key,
        "members": [_member_data(member) for member in row.members],
        "coaches": [asdict(coach) for coach in row.coaches],
        "area": row.area,
        "project": row.project,
        "notes": row.notes,
        "submitted_at": row.submitted_at.isoformat() if row.submitted_at else None,
        "detail": row.detail,
        "rival": {"place": row.rival.place, "team": row.rival.team} if row.rival else None,
    }


def _member_data(member: Member) -> dict[str, Any]:
    return {
        "name": member.name,
        "birth_date": member.birth_date.isoformat() if member.birth_date else None,
        "birth_text": member.birth_text,
        "class": member.class_name,
        "captain": member.captain,
        "from_notes": member.from_notes,
    }


def repairs_data(row: TeamRow) -> list[dict[str, Any]]:
    return [{"field": r.field, "kinds": list(r.kinds), "was": r.was, "now": r.now} for r in row.repairs]


def team_row(
    source: str,
    data: Mapping[str, Any],
    repairs: list[dict[str, Any]],
    warnings: list[str],
    reason: str = "",
) -> TeamRow:
    """A TeamRow from what `row_data` and `repairs_data` stored. Its rival is a name and a place only."""
    row = TeamRow(source, data["sheet"], data["row"], team=data["team"], school=data["school"])
    row.school_key, row.division = data["school_key"], data["division"]
    row.members = [_member(item) for item in data["members"]]
    row.coaches = [Coach(**coach) for coach in data["coaches"]]
    row.area, row.project, row.notes = data["area"], data["project"], data["notes"]
    row.submitted_at = datetime.fromisoformat(data["submitted_at"]) if data["submitted_at"] else None
    row.repairs = [Repair(r["field"], tuple(r["kinds"]), r["was"], r["now"]) for r in repairs]
    row.warnings = list(warnings)
    row.reason, row.detail = reason or None, data.get("detail", "")
    set_keys(row)
    return row


def _member(item: Mapping[str, Any]) -> Member:
    born = date.fromisoformat(item["birth_date"]) if item["birth_date"] else None
    return Member(item["name"], born, item["birth_text"], item["class"], item["captain"], item["from_notes"])


def set_keys(row: TeamRow) -> None:
    """Compute the keys by which teams and pupils are the same."""
    row.team_key = compare_key(row.team)
    for member in row.members:
        member.key = (compare_key(member.name), member.birth_date.isoformat() if member.birth_date else "")


def set_warnings(row: TeamRow, rules: Rules) -> None:
    """Recompute what is worth a remark but blocks nothing."""
    row.warnings = [
        w
        for w in row.warnings
        if w in ("coach_phone_odd", "coach_email_odd", "school_in_two_areas", "school_without_marks")
    ]
    if row.coach.name and not any(coach.phone or coach.email for coach in row.coaches):
        row.warnings.append("missing_coach_contact")
    rule, levels = rules.division(row.division), levels_of(row.school_key.split(":")[0])
    if rule and rule.levels and levels and not levels & set(rule.levels):
        row.warnings.append("school_level_differs")


def correct(row: TeamRow, values: Mapping[str, Any], rules: Rules, schools: SchoolRegister) -> None:
    """Put a person's corrections into a row; each changed field is listed as repaired by `settled`.

    `values`: team, school, division, coaches [{name, phone, email}], members [{name, birth, class}] as typed.
    """
    before = _shown(row)
    row.team = collapse(values.get("team", row.team))
    row.division = values.get("division", row.division) or None
    if collapse(values.get("school", "")) not in ("", row.school):
        rule = rules.division(row.division)
        row.school_key, row.school, _ = schools.find(values["school"], rule.levels if rule else ())
        row.warnings = [w for w in row.warnings if w not in NAMESAKES]
    if "coaches" in values:
        row.coaches = [_typed_coach(item, row.coaches) for item in values["coaches"] if any(item.values())]
        row.warnings = [w for w in row.warnings if w not in ("coach_phone_odd", "coach_email_odd")]
    if "members" in values:
        row.members = [_typed_member(item, row.members) for item in values["members"] if item["name"].strip()]
    set_keys(row)
    set_warnings(row, rules)
    after = _shown(row)
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name, ""), after.get(name, "")
        if was != now:
            row.repairs = [r for r in row.repairs if r.field != name]
            row.repairs.append(Repair(name, ("settled",), was, now))


def _typed_coach(item: Mapping[str, str], known: list[Coach]) -> Coach:
    """With the title that is known of the same name, or that was typed before it."""
    people = split_coaches(item["name"])
    name, title = (people[0].name, people[0].title) if len(people) == 1 else (collapse(item["name"]), "")
    old = next((coach for coach in known if compare_key(coach.name) == compare_key(name)), Coach())
    return Coach(name, parse_phone(item["phone"])[0], parse_email(item["email"])[0], title or old.title)


def _typed_member(item: Mapping[str, str], known: list[Member]) -> Member:
    name = collapse(item["name"])
    born, _ = parse_date(item["birth"])
    old = next((member for member in known if compare_key(member.name) == compare_key(name)), None)
    return Member(name, born, item["birth"].strip(), collapse(item["class"]), bool(old and old.captain))


def _shown(row: TeamRow) -> dict[str, str]:
    out = {
        "team": row.team,
        "school": row.school,
        "division": row.division or "",
    }
    for number, coach in enumerate(row.coaches, 1):
        where = "coach" if number == 1 else f"coach{number}"
        out |= {f"{where}.name": coach.name, f"{where}.phone": coach.phone, f"{where}.email": coach.email}
    for number, member in enumerate(row.members, 1):
        birth = member.birth_date.strftime("%d/%m/%Y") if member.birth_date else member.birth_text
        out |= {
            f"member{number}.name": member.name,
            f"member{number}.birth": birth,
            f"member{number}.class": member.class_name,
        }
    return out


def file_data(file: FileReport) -> dict[str, Any]:
    """How a file was read, with its sentences as codes."""
    return {
        "name": file.name,
        "problem": sentence_data(file.problem),
        "notices": [sentence_data(text) for text in file.notices],
        "sheets": [_sheet_data(sheet) for sheet in file.sheets],
    }


def _sheet_data(sheet: SheetReport) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "problem": sentence_data(sheet.problem),
        "notices": [sentence_data(text) for text in sheet.notices],
        "layout": sheet.layout,
        "header_rows": list(sheet.header_rows),
        "teams": sheet.teams,
        "skipped": _count_kinds(sheet.skipped),
        "preview": [[number, cells] for number, cells in sheet.preview],
        "columns": [
            {
                "index": column.index,
                "label": column.label,
                "role": column.role,
                "encoding": column.encoding,
                "inferred": column.inferred,
                "sample": column.sample,
            }
            for column in sheet.columns
        ],
    }


def _count_kinds(skipped: list[tuple[int, str]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for _, kind in skipped:
        counts[kind] = counts.get(kind, 0) + 1
    return counts
