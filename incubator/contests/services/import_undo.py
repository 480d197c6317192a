"""Undoing an import: everything it made goes, or nothing does and a list says why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import Base, db, lock_rows
from ...core.errors import Conflict
from ...core.i18n import _
from ...models import (
    Assignment,
    Award,
    Entry,
    EntryState,
    ImportBatch,
    ImportRow,
    ImportRowState,
    ImportState,
    Organisation,
    Person,
    Project,
    RosterChange,
    ScoreSheet,
    StageEntry,
    Team,
)
from .. import import_policies
from .import_review import refresh_figures

_PORTION = 500
# Rows that an import makes or that follow it by themselves; they never keep an import from being undone.
_OWN = frozenset(
    {
        "entry_member",
        "entry_event",
        "draft_member",
        "team_member",
        "affiliation",
        "import_row",
        "organisation_alias",
    }
)


def blocked_by(batch: ImportBatch) -> list[tuple[str, str, str]]:
    """Why the import cannot be undone: (number, team, reason) of every entry that was edited or marked
    since."""
    entries = list(
        db.session.execute(
            sa.select(Entry.id, Entry.number, Team.name, Entry.version, Entry.state)
            .join(Team, Team.id == Entry.team_id)
            .where(Entry.import_batch_id == batch.id)
            .order_by(Entry.id)
        )
    )
    ids = [entry.id for entry in entries]
    reasons = _reasons(ids)
    out = []
    for entry in entries:
        reason = reasons.get(entry.id)
        if reason is None and (entry.version > 1 or entry.state is not EntryState.ACCEPTED):
            reason = _("đã sửa sau khi nhập")
        if reason:
            out.append((entry.number or "", entry.name, reason))
    return out


def _reasons(entry_ids: list[int]) -> dict[int, str]:
    """Per entry the strongest reason that other tables give."""
    reasons: dict[int, str] = {}
    roster = sa.select(RosterChange.entry_id)
    placed = sa.select(StageEntry.entry_id).where(
        sa.or_(StageEntry.rank.is_not(None), StageEntry.score_e4.is_not(None))
    )
    marked = (
        sa.select(StageEntry.entry_id)
        .join(Assignment, Assignment.stage_entry_id == StageEntry.id)
        .join(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
    )
    awarded = sa.select(Award.entry_id)
    for statement, column, text in (
        (roster, RosterChange.entry_id, _("đã có yêu cầu đổi thành viên")),
        (marked, StageEntry.entry_id, _("đã có điểm")),
        (placed, StageEntry.entry_id, _("đã có kết quả")),
        (awarded, Award.entry_id, _("đã có giải")),
    ):
        for portion in _portions(entry_ids):
            for entry_id in db.session.scalars(statement.where(column.in_(portion))):
                if entry_id is not None:
                    reasons[entry_id] = text
    return reasons


def undo(batch: ImportBatch, *, reason: str, actor: Actor, at: datetime) -> int:
    """Remove every entry, team, person and school that the import made; returns how many entries went.

    Raises Conflict with `details["blocked"]` once an entry was edited or marked, or is used elsewhere.
    """
    ensure(import_policies.can_handle(actor, batch))
    lock_rows(ImportBatch, [batch.id])
    batch = db.session.get_one(ImportBatch, batch.id)
    if batch.state is not ImportState.DONE:
        raise Conflict(_("Chỉ hoàn tác được lượt đã nhập xong."))
    blocked = blocked_by(batch)
    if blocked:
        raise Conflict(
            _("Không hoàn tác được: %(count)s đội đã được sửa hoặc chấm sau khi nhập.", count=len(blocked)),
            blocked=blocked,
        )
    entry_ids = list(db.session.scalars(sa.select(Entry.id).where(Entry.import_batch_id == batch.id)))
    created: dict[str, list[int]] = batch.summary.get("created", {})
    _remove_entries(entry_ids)
    for model, key in ((Project, "project"), (Team, "team")):
        _delete_unused(model, created.get(key, []), strict=True)
    _delete(Base.metadata.tables["affiliation"], created.get("affiliation", []))
    _delete_unused(Person, created.get("person", []), strict=False)
    _delete(Base.metadata.tables["organisation_alias"], created.get("organisation_alias", []))
    _delete_unused(Organisation, created.get("organisation", []), strict=False)
    _close(batch, at)
    activity.record(
        "contests.import.undone",
        batch,
        actor=actor,
        at=at,
        edition_id=batch.edition_id,
        reason=reason,
        after={"entries": len(entry_ids)},
    )
    return len(entry_ids)


def _close(batch: ImportBatch, at: datetime) -> None:
    db.session.execute(
        sa.update(ImportRow)
        .where(ImportRow.batch_id == batch.id, ImportRow.state == ImportRowState.IMPORTED)
        .values(state=ImportRowState.UNDONE, entry_id=None)
    )
    summary = {key: value for key, value in batch.summary.items() if key != "created"}
    batch.summary, batch.state, batch.undone_at = summary, ImportState.UNDONE, at
    refresh_figures(batch)


def _remove_entries(entry_ids: list[int]) -> None:
    """Entries and their unmarked places in stages. Anything else that points to them refuses the undo."""
    stage_entries = [
        row
        for portion in _portions(entry_ids)
        for row in db.session.scalars(sa.select(StageEntry.id).where(StageEntry.entry_id.in_(portion)))
    ]
    table = StageEntry.__table__
    used = _used(table, stage_entries, ignore=frozenset({"assignment"}))
    used |= _used(Entry.__table__, entry_ids, ignore=_OWN | {"stage_entry"})
    if used:
        raise Conflict(
            _(
                "Không hoàn tác được: %(count)s đội đã được dùng ở nơi khác (trận đấu, lượt thi, giấy tờ).",
                count=len(used),
            ),
            blocked=[],
        )
    _delete(table, stage_entries)
    _delete(Entry.__table__, entry_ids)


def _delete_unused(model: type[Base], ids: list[int], *, strict: bool) -> None:
    """Delete rows that nothing else points to; `strict` refuses when something does, else those rows stay."""
    used = _used(model.__table__, ids, ignore=_OWN if strict else frozenset({"affiliation"}))
    if used and strict:
        raise Conflict(
            _("Không hoàn tác được: hồ sơ của %(count)s đội đã được bổ sung.", count=len(used)), blocked=[]
        )
    _delete(model.__table__, [row for row in ids if row not in used])


def _used(table: Any, ids: list[int], ignore: frozenset[str]) -> set[int]:
    """Which of `ids` some foreign key of another table points to, whatever domain that table belongs to."""
    used: set[int] = set()
    for other in Base.metadata.tables.values():
        if other.name in ignore:
            continue
        for key in other.foreign_keys:
            if key.column.table is not table:
                continue
            for portion in _portions(ids):
                used.update(
                    db.session.scalars(sa.select(key.parent).where(key.parent.in_(portion)).distinct())
                )
    return used


def _delete(table: Any, ids: Iterable[int]) -> None:
    for portion in _portions(list(ids)):
        db.session.execute(sa.delete(table).where(table.c.id.in_(portion)))


def _portions(ids: list[int]) -> Iterable[list[int]]:
    return (ids[start : start + _PORTION] for start in range(0, len(ids), _PORTION))
