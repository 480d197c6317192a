"""What the messages of this domain need joined when they are read: names of teams, contests, schools."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..activity import messages
from ..core.db import db
from ..core.web import named
from ..models import Edition, Entry, EntryEvent, Organisation
from . import wording


def _entry(context: dict[str, Any]) -> dict[str, Any]:
    return _entries([context])[0]


@messages.many(_entry)
def _entries(contexts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two queries for any number of messages."""
    ids = {c["entry_id"] for c in contexts}
    entries = {
        e.id: e
        for e in db.session.scalars(
            sa.select(Entry)
            .options(joinedload(Entry.team), joinedload(Entry.division), joinedload(Entry.edition))
            .where(Entry.id.in_(ids))
        )
    }
    said = db.session.scalars(
        sa.select(EntryEvent)
        .where(EntryEvent.entry_id.in_(ids), EntryEvent.reason != "")
        .order_by(EntryEvent.id)
    )
    newest = {event.entry_id: event for event in said}
    return [_words(entries.get(c["entry_id"]), newest.get(c["entry_id"])) for c in contexts]


def _words(entry: Entry | None, event: EntryEvent | None) -> dict[str, Any]:
    if entry is None:
        return {"team": "", "division": "", "contest": "", "number": "", "due": "", "reasons": []}
    reasons = [event.reason, *event.field_reasons.values()] if event else []
    return {
        "team": entry.team.name, "division": named(entry.division), "contest": named(entry.edition),
        "number": entry.number or "", "due": wording.moment(entry.due_at), "reasons": [r for r in reasons if r],
    }  # fmt: skip


for _kind in (
    "entry_accepted", "entry_returned", "entry_rejected", "entry_withdrawn", "change_asked", "change_answered", "member_joined",
):  # fmt: skip
    messages.builder(f"contests/{_kind}")(_entry)


@messages.builder("contests/entries_submitted")
def _submitted(context: dict[str, Any]) -> dict[str, Any]:
    edition = db.session.get(Edition, context["edition_id"])
    school = (
        db.session.get(Organisation, context["organisation_id"]) if context.get("organisation_id") else None
    )
    return {"contest": named(edition) if edition else "", "school": school.name if school else ""}
