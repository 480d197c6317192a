"""What the messages of this domain need joined when they are read: names of teams, contests, schools."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..activity import messages
from ..core.together import Asking
from ..core.web import named
from ..models import Division, Edition, Entry, EntryEvent, Organisation, RosterChange, Team
from . import wording

KINDS = (
    "entry_accepted",
    "entry_returned",
    "entry_rejected",
    "entry_reversed",
    "entry_withdrawn",
    "change_asked",
    "change_answered",
    "member_joined",
)


@messages.builder(*(f"contests/{kind}" for kind in KINDS))
def _entries(contexts: list[dict[str, Any]]) -> Asking[list[dict[str, Any]]]:
    entries, events, changes = yield [
        sa.select(
            Entry.id,
            Entry.number,
            Entry.due_at,
            Team.name.label("team"),
            Division.name.label("division"),
            Division.name_en.label("division_en"),
            Edition.name.label("contest"),
            Edition.name_en.label("contest_en"),
        )
        .join(Team, Team.id == Entry.team_id)
        .join(Division, Division.id == Entry.division_id)
        .join(Edition, Edition.id == Entry.edition_id)
        .where(Entry.id.in_(_ids(contexts, "entry_id"))),
        sa.select(EntryEvent.id, EntryEvent.reason, EntryEvent.field_reasons).where(
            EntryEvent.id.in_(_ids(contexts, "event_id"))
        ),
        sa.select(RosterChange.id, RosterChange.reason, RosterChange.answer).where(
            RosterChange.id.in_(_ids(contexts, "change_id"))
        ),
    ]
    by_id = [{row.id: row for row in rows} for rows in (entries, events, changes)]
    keys = ("entry_id", "event_id", "change_id")
    return [
        _words(*(rows.get(c.get(key, 0)) for rows, key in zip(by_id, keys, strict=True))) for c in contexts
    ]


def _ids(contexts: list[dict[str, Any]], key: str) -> set[int]:
    return {c[key] for c in contexts if c.get(key)}


def _words(entry: Any = None, event: Any = None, change: Any = None) -> dict[str, Any]:
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
        "team": entry.team,
        "division": named(entry, "division"),
        "contest": named(entry, "contest"),
        "number": entry.number or "",
        "due": wording.moment(entry.due_at),
        **about,
    }


@messages.builder("contests/entries_submitted")
def _submitted(contexts: list[dict[str, Any]]) -> Asking[list[dict[str, Any]]]:
    editions, schools = yield [
        sa.select(Edition.id, Edition.name, Edition.name_en).where(
            Edition.id.in_(_ids(contexts, "edition_id"))
        ),
        sa.select(Organisation.id, Organisation.name).where(
            Organisation.id.in_(_ids(contexts, "organisation_id"))
        ),
    ]
    contests = {row.id: named(row) for row in editions}
    names = {row.id: row.name for row in schools}
    return [
        {
            "contest": contests.get(c["edition_id"], ""),
            "school": names.get(c.get("organisation_id", 0), ""),
        }
        for c in contexts
    ]
