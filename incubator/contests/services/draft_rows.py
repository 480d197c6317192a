"""The rows of a school's page, saved one by one: none is lost, none is made twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ...core.access import Actor
from ...core.db import db
from ...core.errors import Conflict, DomainError, Invalid
from ...core.i18n import _
from ...core.text import collapse
from ...models import Edition, Entry, MemberPart, Organisation
from .drafts import RowInput, create_draft, draft_rows, save_draft

MOST_ROWS = 400
TWICE = timedelta(minutes=2)  # within which the same new row is one that was sent twice


@dataclass(frozen=True, slots=True)
class SavedRow:
    """What became of one row of the page: the entry, or why it was not saved."""

    index: int
    entry: Entry | None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What the school has in the edition, read in this transaction after its row was locked."""

    open: dict[int, Entry]  # drafts and returned ones, with team and draft_members
    sent: dict[int, Entry]  # the others, with team and members


def save_rows(
    rows: list[RowInput],
    *,
    edition: Edition,
    organisation: Organisation,
    held: Held,
    actor: Actor,
    at: datetime,
) -> list[SavedRow]:
    """Save a school's page row by row: a row that is refused keeps the others from nothing.

    A row that was saved or sent a moment ago and comes again (double click, an answer that was lost) is one row.
    """
    if len(rows) > MOST_ROWS:
        raise Invalid(_("Nhiều nhất %(n)s đội một lần. Chia làm hai lần gửi.", n=MOST_ROWS))
    saved = []
    for index, row in enumerate(rows):
        try:
            with db.session.begin_nested():
                entry = _save_row(row, edition, organisation, held, actor, at)
            saved.append(SavedRow(index, entry))
            if entry is not None:
                held.open[entry.id] = entry
        except DomainError as error:
            saved.append(SavedRow(index, held.open.get(row.entry_id or 0), error.message))
    return saved


def _save_row(
    row: RowInput, edition: Edition, organisation: Organisation, held: Held, actor: Actor, at: datetime
) -> Entry | None:
    if row.entry_id is None:
        if row.blank:
            return None
        if found := _saved_before(row, held, actor, at):
            row = replace(row, entry_id=found.id, version=None)
        elif any(_is_sent(row, entry, at) for entry in held.sent.values()):
            return None
        else:
            return create_draft(edition, row, organisation=organisation, actor=actor, at=at)
    entry = held.open.get(row.entry_id or 0)
    if entry is None:
        if (gone := held.sent.get(row.entry_id or 0)) is not None and _is_sent(row, gone, at):
            return None  # what was sent a moment ago, sent again
        raise Conflict(_("Đội này đã được gửi hoặc xóa ở nơi khác. Tải lại trang để xem."))
    save_draft(entry, row, edition=edition, actor=actor, at=at)
    return entry


def _saved_before(row: RowInput, held: Held, actor: Actor, at: datetime) -> Entry | None:
    """The draft that this new row has become already: by the page's mark, else by the very same words."""
    if row.key:
        return next((e for e in held.open.values() if e.draft_key == row.key), None)
    wanted = [_words(m) for m in draft_rows(row)]
    return next(
        (
            e
            for e in held.open.values()
            if e.author_id == actor.person_id
            and at - e.created_at < TWICE
            and e.team.name == collapse(row.team_name)
            and [_words(m) for m in e.draft_members] == wanted
        ),
        None,
    )


def _words(member: object) -> tuple[object, ...]:
    return tuple(
        getattr(member, n) for n in ("part", "full_name", "birth_date_text", "class_name", "phone", "email")
    )


def _is_sent(row: RowInput, entry: Entry, at: datetime) -> bool:
    """Whether a sent entry is what this row holds: team and pupils, and its number, mark or moment."""
    if row.entry_id is None:
        known = row.key == entry.draft_key if row.key else at - entry.created_at < TWICE
        if not known:
            return False
    living = [m for m in entry.members if m.ended_at is None and m.part is not MemberPart.COACH]
    typed = [collapse(m.full_name) for m in row.members if not m.blank]
    return entry.team.name == collapse(row.team_name) and sorted(m.full_name for m in living) == sorted(typed)
