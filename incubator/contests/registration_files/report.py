"""A reading as plain data, for the command line and for storage."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from incubator.contests.registration_files.records import FileReport, Reading, Rules, TeamRow
from incubator.contests.registration_files.sentences import Sentence, explain_reason


def as_json(reading: Reading, rules: Rules) -> dict[str, Any]:
    """Figures, accepted teams, rows not accepted, and how each file was read."""
    accepted, held = reading.accepted, reading.held
    return {
        "figures": {
            "teams": len(accepted),
            **{rule.code: sum(row.division == rule.code for row in accepted) for rule in rules.divisions},
            "schools": len({row.school_key for row in accepted}),
            "pupils": sum(len(row.members) for row in accepted),
            "not_accepted": len(held),
        },
        "teams": [team_json(row) for row in accepted],
        "not_accepted": [held_json(row, rules) for row in held],
        "files": [file_json(file) for file in reading.files],
    }


def team_json(row: TeamRow) -> dict[str, Any]:
    return {
        "team": row.team,
        "division": row.division,
        "school": row.school,
        "members": [
            {
                "name": member.name,
                "birth_date": member.birth_date.isoformat() if member.birth_date else None,
                "class": member.class_name,
            }
            for member in row.members
        ],
        "coach": {"name": row.coach.name, "phone": row.coach.phone, "email": row.coach.email},
        "coaches": [asdict(coach) for coach in row.coaches],
        "status": "accepted",
        "warnings": list(row.warnings),
        "source": row.source,
        "sheet": row.sheet,
        "row": row.row,
        "repairs": [
            {"field": repair.field, "kinds": list(repair.kinds), "was": repair.was, "now": repair.now}
            for repair in row.repairs
        ],
    }


def held_json(row: TeamRow, rules: Rules) -> dict[str, Any]:
    out = team_json(row) | {"status": "held", "reason": row.reason, "why": explain_reason(row, rules)}
    return out | {"detail": row.detail} if row.detail else out


def sentence_data(sentence: str) -> dict[str, Any] | None:
    """A sentence as stored: its code and values, so that each reader sees it in their language; None for
    ''."""
    if not isinstance(sentence, Sentence):
        return {"text": sentence} if sentence else None
    return {"code": sentence.code, "values": sentence.values}


def file_json(file: FileReport) -> dict[str, Any]:
    return {
        "name": file.name,
        "problem": file.problem or None,
        "notices": file.notices,
        "sheets": [
            {
                "name": sheet.name,
                "problem": sheet.problem or None,
                "notices": sheet.notices,
                "layout": sheet.layout or None,
                "header_rows": list(sheet.header_rows),
                "teams": sheet.teams,
                "unknown_columns": [column.label for column in sheet.columns if not column.role],
                "skipped": [{"row": number, "kind": kind} for number, kind in sheet.skipped],
            }
            for sheet in file.sheets
        ],
    }
