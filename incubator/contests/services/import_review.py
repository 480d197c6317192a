"""The rows of a batch: written after a reading, judged against each other and against what is stored."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ...accounts.queries.roles import scoring_in
from ...core import clock
from ...core.db import db
from ...core.text import search_key
from ...models import ImportBatch, ImportRow, ImportRowState, ImportState
from ..queries.import_rules import rules_of
from ..queries.import_stored import StoredEntries, stored_entries
from ..registration_files import Reading, Rules, TeamRow, judge, stored
from ..registration_files.checks import DUPLICATES, hold
from ..registration_files.schools import SchoolRegister
from .import_people import coach_keys, coaches_on_record


def store_reading(batch: ImportBatch, reading: Reading) -> None:
    """Replace the batch's rows by a fresh reading, keep what people settled, and open the review.

    A settled row is kept while the file still shows the same cells at the same place; imported rows stay.
    """
    rules = _rules(batch)
    kept = _settled_rows(batch)
    imported = {place for place, row in kept.items() if row.state is ImportRowState.IMPORTED}
    db.session.execute(
        sa.delete(ImportRow).where(
            ImportRow.batch_id == batch.id,
            ImportRow.state.not_in([ImportRowState.IMPORTED, ImportRowState.UNDONE]),
        )
    )
    fresh = [row for row in reading.rows if _place(row) not in imported]
    for row in fresh:
        row.reason = None
    values = [_values(batch, row, kept.get(_place(row))) for row in fresh]
    if values:
        db.session.execute(sa.insert(ImportRow), values)
    batch.summary = {**batch.summary, "files": [stored.file_data(file) for file in reading.files]}
    batch.state = ImportState.REVIEW
    judge_again(batch, rules)


def _place(row: TeamRow) -> tuple[str, str, int]:
    return (row.source, row.sheet, row.row)


def _settled_rows(batch: ImportBatch) -> dict[tuple[str, str, int], ImportRow]:
    rows = db.session.scalars(
        sa.select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.ruling != "")
    )
    found = {(row.source, row.data["sheet"], row.data["row"]): row for row in rows}
    done = db.session.scalars(
        sa.select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.state == ImportRowState.IMPORTED)
    )
    return found | {(row.source, row.data["sheet"], row.data["row"]): row for row in done}


def _values(batch: ImportBatch, row: TeamRow, settled: ImportRow | None) -> dict[str, Any]:
    values: dict[str, Any] = {
        "batch_id": batch.id,
        "source": row.source,
        "place": f"{row.sheet[:90]} · {row.row}",
        "search_key": search_key(f"{row.team} {row.school} {row.source}")[:300],
        "state": ImportRowState.READY,
        "reason": "",
        "data": stored.row_data(row),
        "raw": row.read,
        "repairs": stored.repairs_data(row),
        "warnings": list(row.warnings),
        "ruling": "",
    }
    if settled is None or settled.raw != row.read:
        return values
    if settled.ruling == "left_out":
        return values | {"state": ImportRowState.SKIPPED, "ruling": "left_out"}
    return values | {
        "data": settled.data,
        "repairs": settled.repairs,
        "warnings": settled.warnings,
        "ruling": settled.ruling,
    }


def _rules(batch: ImportBatch) -> Rules:
    return rules_of(batch.edition_id, [(name, born) for name, born in batch.summary.get("distinct", [])])


def judge_again(batch: ImportBatch, rules: Rules | None = None) -> None:
    """Judge the batch's open rows and set their state, reason and the figures of the batch."""
    rules = rules or _rules(batch)
    db.session.flush()
    rows = list(
        db.session.scalars(sa.select(ImportRow).where(ImportRow.batch_id == batch.id).order_by(ImportRow.id))
    )
    order = {item["name"]: index for index, item in enumerate(batch.files)}
    rows.sort(key=lambda row: (order.get(row.source, len(order)), row.id))
    open_rows = [row for row in rows if row.state in (ImportRowState.READY, ImportRowState.HELD)]
    teams = [stored.team_row(row.source, row.data, row.repairs, row.warnings) for row in open_rows]
    judge(teams, rules)
    hold_stored([team for team in teams if team.reason is None], stored_entries(batch.edition_id), rules)
    _hold_of_judges([team for team in teams if team.reason is None], batch.edition_id, rules)
    for row, team in zip(open_rows, teams, strict=True):
        state = ImportRowState.HELD if team.reason else ImportRowState.READY
        data = stored.row_data(team)
        if (row.state, row.reason, row.data) != (state, team.reason or "", data):
            row.state, row.reason, row.data = state, team.reason or "", data
    batch.summary = {**batch.summary, "figures": _figures(rows)}
    db.session.flush()


def hold_stored(rows: list[TeamRow], entries: StoredEntries, rules: Rules) -> None:
    """Hold what is already registered: the same team, its name, or a pupil of another team."""
    distinct = {(name, born.isoformat()) for name, born in rules.distinct_pupils}
    for row in rows:
        pupils = {member.key for member in row.members}
        for known in entries.by_name.get((row.school_key, row.division or "", row.team_key), ()):
            hold(row, "stored_team" if pupils & known.pupils else "stored_name")
            row.rival = TeamRow("", "", 0, team=known.name)
        if row.reason:
            continue
        clash = next((m for m in row.members if m.key in entries.by_pupil and m.key not in distinct), None)
        if clash is not None:
            hold(row, "stored_member", clash.name, TeamRow("", "", 0, team=entries.by_pupil[clash.key]))


def _hold_of_judges(rows: list[TeamRow], edition_id: int, rules: Rules) -> None:
    """Nobody coaches in an edition that he or she judges, whichever way the team is registered."""
    judges = scoring_in(edition_id, clock.now())
    if not judges or not rows:
        return
    ids = SchoolRegister.of(rules.schools).ids
    coaches = {coach.name for row in rows for coach in row.coaches if coach.name}
    people = coaches_on_record(coaches, {ids[row.school_key] for row in rows if row.school_key in ids})
    for row in rows:
        for coach in row.coaches:
            keys = coach_keys(coach, ids.get(row.school_key, 0)) if coach.name else []
            if next((people[key] for key in keys if key in people), 0) in judges:
                hold(row, "coach_scores", coach.name)
                break


def refresh_figures(batch: ImportBatch) -> None:
    """Count the batch's rows again after they were imported or taken back."""
    db.session.flush()
    rows = list(db.session.scalars(sa.select(ImportRow).where(ImportRow.batch_id == batch.id)))
    batch.summary = {**batch.summary, "figures": _figures(rows)}
    db.session.flush()


def _figures(rows: list[ImportRow]) -> dict[str, int]:
    ready = [row for row in rows if row.state is ImportRowState.READY]
    held = [row for row in rows if row.state is ImportRowState.HELD]
    return {
        "read": len(rows),
        "ready": len(ready),
        "schools": len({row.data["school_key"] for row in ready}),
        "repaired": sum(bool(row.repairs) for row in ready),
        "held": sum(row.reason not in DUPLICATES for row in held),
        "duplicates": sum(row.reason in DUPLICATES for row in held),
        "left_out": sum(row.state is ImportRowState.SKIPPED for row in rows),
        "imported": sum(row.state is ImportRowState.IMPORTED for row in rows),
    }
