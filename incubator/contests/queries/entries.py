"""Reads of entries, each with the relations that its page shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.lists import ListArgs, Page, order, paginate, words_match, words_match_one
from ...core.text.numerals import is_whole
from ...models import (
    DraftMember,
    Edition,
    Entry,
    EntryMember,
    EntryState,
    Organisation,
    Project,
    Team,
)
from .. import policies
from .schools import entries_seen

ROW = (
    joinedload(Entry.team),
    joinedload(Entry.division),
    joinedload(Entry.organisation),
    joinedload(Entry.project),
)
# Not the edition: reading it again inside a transaction would drop what the caller has loaded of it.
_FULL = (
    *ROW,
    selectinload(Entry.draft_members),
    selectinload(Entry.members).joinedload(EntryMember.person),
)


def _missing() -> NotFound:
    return NotFound(_("Không có bài dự thi này, hoặc tài khoản đang dùng không xem được."))


def get_entry(entry_id: int) -> Entry:
    """An entry with everything its page needs; for callers that have checked the right. Three queries."""
    edition = joinedload(Entry.edition).selectinload(Edition.divisions)
    # Read afresh: whoever heard of a consent or a withdrawal in this request may have loaded less of it.
    statement = sa.select(Entry).options(*_FULL, edition).where(Entry.id == entry_id)
    entry = db.session.scalar(statement.execution_options(populate_existing=True))
    if entry is None:
        raise _missing()
    return entry


def get_entry_for(actor: Actor, entry_id: int) -> Entry:
    entry = get_entry(entry_id)
    if not policies.can_see_entry(actor, entry):
        raise _missing()
    return entry


def entries_by_id(entry_ids: Sequence[int]) -> list[Entry]:
    return list(
        db.session.scalars(sa.select(Entry).options(*_FULL).where(Entry.id.in_(entry_ids)).order_by(Entry.id))
    )


def open_entries_of(actor: Actor, edition_id: int, organisation_id: int) -> list[Entry]:
    """Drafts and returned entries of a school that the actor sees, oldest first: the rows of its registration page."""
    return list(
        db.session.scalars(
            sa.select(Entry)
            .options(*_FULL)
            .where(
                Entry.edition_id == edition_id,
                Entry.organisation_id == organisation_id,
                entries_seen(actor),
                Entry.state.in_((EntryState.DRAFT, EntryState.RETURNED)),
            )
            .order_by(Entry.id)
        )
    )


def sent_entries_of(
    actor: Actor,
    edition_id: int,
    organisation_id: int,
    ids: Collection[int],
    keys: Collection[str],
    since: datetime | None,
) -> dict[int, Entry]:
    """Entries of a school that are drafts no more: by number, by the mark of their page, or made since a moment."""
    if not ids and not keys and since is None:
        return {}
    recent = Entry.created_at > since if since is not None else sa.false()
    rows = db.session.scalars(
        sa.select(Entry)
        .options(*_FULL)
        .where(
            Entry.edition_id == edition_id,
            Entry.organisation_id == organisation_id,
            entries_seen(actor),
            Entry.state.not_in((EntryState.DRAFT, EntryState.RETURNED)),
            sa.or_(Entry.id.in_(ids), Entry.draft_key.in_(keys), recent),
        )
    )
    return {row.id: row for row in rows}


def school_page(actor: Actor, edition_id: int, organisation_id: int) -> tuple[list[Entry], list[Entry]]:
    """What a school's registration page shows: open entries with their typed members, and sent ones. Two queries."""
    rows = db.session.scalars(
        sa.select(Entry)
        .options(*ROW, selectinload(Entry.draft_members))
        .where(Entry.edition_id == edition_id, Entry.organisation_id == organisation_id, entries_seen(actor))
        .order_by(Entry.id)
    ).all()
    still_open = (EntryState.DRAFT, EntryState.RETURNED)
    return [e for e in rows if e.state in still_open], [e for e in rows if e.state not in still_open]


def entries_of_school(actor: Actor, organisation_id: int, args: ListArgs) -> Page:
    statement = (
        sa.select(Entry)
        .join(Team, Team.id == Entry.team_id)
        .join(Edition, Edition.id == Entry.edition_id)
        .options(*ROW, joinedload(Entry.edition))
        .where(
            Entry.organisation_id == organisation_id,
            entries_seen(actor),
            words_match(Team.search_key, args.key),
        )
    )
    columns = {"edition": (Edition.year, Edition.id), "team": Team.search_key, "state": Entry.state}
    return paginate(order(statement, args, columns, Entry.id), args)


def entries_of_person(person_id: int) -> Sequence[Entry]:
    """Entries in which somebody takes part, as author, member or coach; newest first."""
    member = sa.select(EntryMember.entry_id).where(
        EntryMember.person_id == person_id, EntryMember.ended_at.is_(None)
    )
    joined = sa.select(DraftMember.entry_id).where(DraftMember.person_id == person_id)
    return db.session.scalars(
        sa.select(Entry)
        .options(*ROW, joinedload(Entry.edition))
        .where(
            sa.or_(Entry.author_id == person_id, Entry.id.in_(member), Entry.id.in_(joined)),
            Entry.state != EntryState.WITHDRAWN,
        )
        .order_by(Entry.id.desc())
        .limit(100)
    ).all()


def review_page(edition_id: int, args: ListArgs) -> Page:
    """Entries that wait for the organiser's decision, or were decided, with their members."""
    statement = (
        sa.select(Entry)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .outerjoin(Project, Project.id == Entry.project_id)
        .options(*ROW, selectinload(Entry.members).joinedload(EntryMember.person))
        .where(Entry.edition_id == edition_id, Entry.state != EntryState.DRAFT)
    )
    if args.key:
        statement = statement.where(
            words_match_one((Team.search_key, Organisation.search_key, Project.search_key), args.key)
        )
    if args.filters.get("state"):
        statement = statement.where(Entry.state == args.filters["state"])
    if is_whole(args.filters.get("division", "")):
        statement = statement.where(Entry.division_id == int(args.filters["division"]))
    columns = {
        "submitted": Entry.submitted_at,
        "team": Team.search_key,
        "school": Organisation.sort_key,
        "number": Entry.number,
    }
    return paginate(order(statement, args, columns, Entry.id), args)
