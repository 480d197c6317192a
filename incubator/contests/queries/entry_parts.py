"""Reads around entries: history, files, changes, places, links, a school's lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.together import rows_of
from ...models import (
    Assignment,
    Edition,
    Entry,
    EntryEvent,
    EntryFile,
    EntryMember,
    EntryState,
    Invitation,
    InvitationKind,
    Mark,
    Organisation,
    Person,
    Project,
    Publication,
    PublicationKind,
    RosterChange,
    SchoolList,
    ScoreSheet,
    Stage,
    StageDivision,
    StageEntry,
    StageKind,
    Team,
)
from .entries import ROW, get_entry_for

#: What an entry is called: its team, or its product where somebody alone has none. Joins Team, and Project if there is one.
CALLED = sa.case((Team.name != "", Team.name), else_=sa.func.coalesce(Project.title, ""))


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to an entry, newest first: steps with who did them, changes asked for; its places in stages; what is published."""

    events: list[Any]
    changes: list[Any]
    places: list[Any]
    published: list[Any]

    def places_known(self, at: datetime) -> list[Any]:
        """Its places that the team may know: being in a later round is a result, silent until a list with it is public.

        Who wins a match is seen by everybody, so a round after matches has nothing to hide.
        """
        lists = {(p.kind, p.subject) for p in self.published if p.visible_at <= at}
        subjects = {subject for _kind, subject in lists}
        known: list[Any] = []
        for place in self.places:
            before = known[-1] if known else None
            if (
                before is None
                or before.kind is StageKind.MATCHES
                or f"stage:{place.stage_id}" in subjects
                or (PublicationKind.FINALISTS, f"stage:{before.stage_id}") in lists
            ):
                known.append(place)
        return known

    def is_told(self, at: datetime) -> bool:
        """Whether a result of the entry is public: by the clock, as an hour of release works while the worker is down."""
        return any(p.published_at is not None and p.published_at <= at for p in self.places)


def story_of(entry_id: int) -> Story:
    """One query."""
    events, changes, places, published = rows_of(
        [
            sa.select(
                EntryEvent.id,
                EntryEvent.to_state,
                EntryEvent.at,
                EntryEvent.reason,
                EntryEvent.field_reasons,
                EntryEvent.snapshot,
                Person.full_name.label("who"),
            )
            .outerjoin(Person, Person.id == EntryEvent.by_id)
            .where(EntryEvent.entry_id == entry_id),
            sa.select(
                RosterChange.id,
                RosterChange.member_id,
                RosterChange.change,
                RosterChange.reason,
                RosterChange.answer,
                RosterChange.state,
            ).where(RosterChange.entry_id == entry_id),
            sa.select(
                StageEntry.id,
                StageEntry.starts_at,
                StageEntry.place,
                Stage.name.label("stage"),
                Stage.name_en.label("stage_en"),
                Stage.starts_at.label("stage_starts_at"),
                Stage.venue,
                Stage.id.label("stage_id"),
                Stage.position,
                Stage.kind,
                StageDivision.published_at,
            )
            .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
            .join(Stage, Stage.id == StageDivision.stage_id)
            .where(StageEntry.entry_id == entry_id),
            sa.select(Publication.kind, Publication.subject, Publication.visible_at)
            .join(Entry, Entry.edition_id == Publication.edition_id)
            .where(Entry.id == entry_id, Publication.cancelled_at.is_(None), Publication.subject != ""),
        ]
    )
    events, changes = (sorted(rows, key=lambda r: -r.id) for rows in (events, changes))
    return Story(events, changes, sorted(places, key=lambda r: (r.position, r.id)), published)


def last_return(entry_ids: Sequence[int]) -> dict[int, EntryEvent]:
    """The newest returning step of each entry: reasons for whole and field."""
    if not entry_ids:
        return {}
    rows = db.session.scalars(
        sa.select(EntryEvent)
        .where(EntryEvent.entry_id.in_(entry_ids), EntryEvent.to_state == EntryState.RETURNED)
        .order_by(EntryEvent.id)
    )
    return {row.entry_id: row for row in rows}


def files_of(project_id: int | None) -> Sequence[EntryFile]:
    if project_id is None:
        return []
    return db.session.scalars(
        sa.select(EntryFile)
        .options(joinedload(EntryFile.file))
        .where(EntryFile.project_id == project_id, EntryFile.removed_at.is_(None))
        .order_by(EntryFile.id)
    ).all()


def get_file_for(actor: Actor, entry_id: int, file_id: int) -> EntryFile:
    """A dossier's file for who may see the entry."""
    entry = get_entry_for(actor, entry_id)
    row = db.session.scalar(
        sa.select(EntryFile)
        .options(joinedload(EntryFile.file))
        .where(
            EntryFile.id == file_id, EntryFile.project_id == entry.project_id, EntryFile.removed_at.is_(None)
        )
    )
    if row is None:
        raise NotFound(_("Không có tệp này trong hồ sơ."))
    return row


def open_changes(edition_id: int) -> Sequence[tuple[RosterChange, Entry]]:
    rows = db.session.execute(
        sa.select(RosterChange, Entry)
        .join(Entry, Entry.id == RosterChange.entry_id)
        .options(joinedload(Entry.team), joinedload(Entry.organisation), selectinload(Entry.members))
        .where(Entry.edition_id == edition_id, RosterChange.state == "requested")
        .order_by(RosterChange.id)
    ).all()
    return [(row[0], row[1]) for row in rows]


def get_change_for(actor: Actor, change_id: int) -> tuple[RosterChange, Entry]:
    """A change asked for, with its entry, for who may see the entry."""
    change = db.session.get(RosterChange, change_id)
    if change is None:
        raise NotFound(_("Không có đề nghị này."))
    return change, get_entry_for(actor, change.entry_id)


def is_marked(entry_id: int) -> bool:
    """Whether any judge has given the entry a mark, in any stage."""
    found = db.session.scalar(
        sa.select(Mark.id)
        .join(ScoreSheet, ScoreSheet.id == Mark.sheet_id)
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .where(StageEntry.entry_id == entry_id, Assignment.practice.is_(False))
        .limit(1)
    )
    return found is not None


def places_of(entry_id: int) -> Sequence[StageEntry]:
    return db.session.scalars(
        sa.select(StageEntry)
        .options(joinedload(StageEntry.stage_division).joinedload(StageDivision.stage))
        .where(StageEntry.entry_id == entry_id)
        .order_by(StageEntry.id)
    ).all()


def school_lists(edition_id: int) -> Sequence[tuple[SchoolList, Organisation]]:
    rows = db.session.execute(
        sa.select(SchoolList, Organisation)
        .join(Organisation, Organisation.id == SchoolList.organisation_id)
        .where(SchoolList.edition_id == edition_id)
        .order_by(SchoolList.id.desc())
    ).all()
    return [(row[0], row[1]) for row in rows]


def get_school_list(edition: Edition, list_id: int) -> SchoolList:
    """A list of the edition, which was loaded for who may see its entries."""
    found = db.session.get(SchoolList, list_id)
    if found is None or found.edition_id != edition.id:
        raise NotFound(_("Không có bản danh sách này."))
    return found


def school_lists_of(edition_id: int, organisation_id: int) -> Sequence[SchoolList]:
    return db.session.scalars(
        sa.select(SchoolList)
        .where(SchoolList.edition_id == edition_id, SchoolList.organisation_id == organisation_id)
        .order_by(SchoolList.id.desc())
    ).all()


def team_invitation(entry_id: int, person_id: int, at: datetime) -> Invitation | None:
    """The captain's living link of a team."""
    rows = db.session.scalars(
        sa.select(Invitation).where(
            Invitation.kind == InvitationKind.TEAM,
            Invitation.created_by_id == person_id,
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > at,
        )
    )
    return next((i for i in rows if i.payload.get("entry_id") == entry_id), None)


def guardian_links(person_ids: Sequence[int], at: datetime) -> dict[int, Invitation]:
    """Person → newest living link for the guardian."""
    rows = db.session.scalars(
        sa.select(Invitation)
        .where(
            Invitation.kind == InvitationKind.GUARDIAN,
            Invitation.person_id.in_(person_ids),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > at,
        )
        .order_by(Invitation.id)
    )
    return {row.person_id: row for row in rows if row.person_id}


def list_for_stamp(edition_id: int, organisation_id: int) -> Sequence[Entry]:
    """What the school has sent and has not withdrawn, with members and birth dates, by division."""
    return db.session.scalars(
        sa.select(Entry)
        .options(*ROW, selectinload(Entry.members).joinedload(EntryMember.person))
        .where(
            Entry.edition_id == edition_id,
            Entry.organisation_id == organisation_id,
            Entry.state.in_((EntryState.SUBMITTED, EntryState.ACCEPTED, EntryState.RETURNED)),
        )
        .order_by(Entry.division_id, Entry.id)
    ).all()
