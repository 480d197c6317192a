"""What the messages of this domain need joined when they are read: names of teams, contests, schools."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ..activity import messages
from ..core.db import db
from ..core.web import named
from ..models import Edition, Entry, EntryEvent, Organisation, RosterChange
from . import wording


def _entry(context: dict[str, Any]) -> dict[str, Any]:
    return _entries([context])[0]


@messages.many(_entry)
def _entries(contexts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Three queries for any number of messages."""
    entries = {
        e.id: e
        for e in db.session.scalars(
            sa.select(Entry)
            .options(joinedload(Entry.team), joinedload(Entry.division), joinedload(Entry.edition))
            .where(Entry.id.in_({c["entry_id"] for c in contexts}))
        )
    }
    events = _by_id(EntryEvent, contexts, "event_id")
    changes = _by_id(RosterChange, contexts, "change_id")
    return [
        _words(
            entries.get(c["entry_id"]), events.get(c.get("event_id", 0)), changes.get(c.get("change_id", 0))
        )
        for c in contexts
    ]


def _by_id(model: Any, contexts: list[dict[str, Any]], key: str) -> dict[int, Any]:
    ids = {c[key] for c in contexts if key in c}
    return {r.id: r for r in db.session.scalars(sa.select(model).where(model.id.in_(ids)))} if ids else {}


def _words(entry: Entry | None, event: EntryEvent | None, change: RosterChange | None) -> dict[str, Any]:
    """Reasons are those of the step that the message is about, whatever happened since."""
    said = [event.reason, *event.field_reasons.values()] if event else []
    about = {
        "reasons": [text for text in said if text],
        "asked": change.reason if change else "",
        "answer": change.answer if change else "",
    }
    if entry is None:
        return {"team": "", "division": "", "contest": "", "number": "", "due": "", **about}
    return {
        "team": entry.team.name, "division": named(entry.division), "contest": named(entry.edition),
        "number": entry.number or "", "due": wording.moment(entry.due_at), **about,
    }  # fmt: skip


for _kind in (
    "entry_accepted", "entry_returned", "entry_rejected", "entry_reversed", "entry_withdrawn", "change_asked", "change_answered",
    "member_joined",
):  # fmt: skip
    messages.builder(f"contests/{_kind}")(_entry)


@messages.builder("contests/entries_submitted")
def _submitted(context: dict[str, Any]) -> dict[str, Any]:
    edition = db.session.get(Edition, context["edition_id"])
    school = (
        db.session.get(Organisation, context["organisation_id"]) if context.get("organisation_id") else None
    )
    return {"contest": named(edition) if edition else "", "school": school.name if school else ""}
