"""Rows that are ready become people, teams and accepted entries: set-based, in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...accounts import services as accounts
from ...activity import services as activity
from ...core.access import Actor
from ...core.db import db
from ...core.text import search_key
from ...models import (
    Division,
    Entry,
    EntryEvent,
    EntryMember,
    EntryState,
    ImportBatch,
    ImportRow,
    ImportRowState,
    ImportState,
    MemberPart,
    Project,
    Team,
    TeamMember,
)
from ..registration_files import TeamRow, stored
from .import_people import Ids, PeopleFinder, Seat, Written, find_schools, spelling_of
from .import_review import refresh_figures
from .numbering import free_codes, free_numbers


def write_batch(batch: ImportBatch, *, actor: Actor, at: datetime) -> int:
    """Import every ready row of `batch` as an accepted entry; returns how many. Runs inside one transaction.

    Schools get their spellings as aliases, people who are on record are found again by name and birth date. Raises
    Conflict, and imports nothing, when a coach has become a judge of the edition since the review.
    """
    rows = list(
        db.session.scalars(
            sa.select(ImportRow)
            .where(ImportRow.batch_id == batch.id, ImportRow.state == ImportRowState.READY)
            .order_by(ImportRow.id)
        )
    )
    teams = [stored.team_row(row.source, row.data, row.repairs, row.warnings) for row in rows]
    written = Written({k: list(v) for k, v in batch.summary.get("created", {}).items()})
    spellings = {row.data["school_key"]: spelling_of(row) for row in rows}
    schools = find_schools(teams, spellings, written, at)
    distinct = {(name, born) for name, born in batch.summary.get("distinct", [])}
    people = PeopleFinder(written, schools, distinct, at)
    members = people.of(teams)
    coaches = {person for seats in members for seat, person in seats if seat.part is MemberPart.COACH}
    accounts.ensure_none_scores(coaches, batch.edition_id, at=at)
    entry_ids = _entries(batch, teams, members, schools, written, actor, at)
    for row, entry_id in zip(rows, entry_ids, strict=True):
        row.state, row.entry_id = ImportRowState.IMPORTED, entry_id
    batch.summary = {**batch.summary, "created": written.ids}
    batch.state, batch.imported_at = ImportState.DONE, at
    refresh_figures(batch)
    activity.record(
        "contests.import.done",
        batch,
        actor=actor,
        at=at,
        edition_id=batch.edition_id,
        after={"entries": len(rows)},
    )
    return len(rows)


def _entries(
    batch: ImportBatch,
    teams: list[TeamRow],
    members: list[list[tuple[Seat, int]]],
    schools: dict[str, int],
    written: Written,
    actor: Actor,
    at: datetime,
) -> Ids:
    """Teams, projects and accepted entries with their frozen members and their history."""
    divisions = {
        d.slug: d
        for d in db.session.scalars(sa.select(Division).where(Division.edition_id == batch.edition_id))
    }
    team_ids = written.insert(Team, [_team_values(team, schools, at) for team in teams])
    projects = written.insert(
        Project,
        [
            {
                "team_id": team_id,
                "title": team.project[:250],
                "search_key": search_key(team.project)[:250],
                "created_at": at,
            }
            for team, team_id in zip(teams, team_ids, strict=True)
        ],
    )
    asked = [divisions[team.division or ""] for team in teams]
    numbers, codes = free_numbers(batch.edition_id, asked), free_codes(batch.edition_id, len(teams))
    entry_ids = written.insert(
        Entry,
        [
            {
                "edition_id": batch.edition_id,
                "division_id": division.id,
                "team_id": team_id,
                "project_id": project,
                "organisation_id": schools[team.school_key],
                "number": number,
                "code": code,
                "state": EntryState.ACCEPTED,
                "author_id": actor.person_id,
                "submitted_at": at,
                "decided_at": at,
                "import_batch_id": batch.id,
                "created_at": at,
                "changed_at": at,
                "version": 1,
            }
            for team, division, team_id, project, number, code in zip(
                teams, asked, team_ids, projects, numbers, codes, strict=True
            )
        ],
    )
    _people_rows(members, team_ids, entry_ids, at)
    _history(batch, entry_ids, actor, at)
    return entry_ids


def _team_values(team: TeamRow, schools: dict[str, int], at: datetime) -> dict[str, Any]:
    return {
        "name": team.team[:160],
        "organisation_id": schools[team.school_key],
        "search_key": search_key(team.team)[:160],
        "created_at": at,
    }


def _people_rows(members: list[list[tuple[Seat, int]]], team_ids: Ids, entry_ids: Ids, at: datetime) -> None:
    belong, frozen = [], []
    for seats, team_id, entry_id in zip(members, team_ids, entry_ids, strict=True):
        for position, (seat, person_id) in enumerate(seats):
            belong.append({"team_id": team_id, "person_id": person_id, "part": seat.part, "valid_from": at})
            frozen.append(
                {
                    "entry_id": entry_id,
                    "person_id": person_id,
                    "position": position,
                    "part": seat.part,
                    "full_name": seat.name[:200],
                    "class_name": seat.class_name[:20],
                }
            )
    db.session.execute(sa.insert(TeamMember), belong)
    db.session.execute(sa.insert(EntryMember), frozen)


def _history(batch: ImportBatch, entry_ids: Ids, actor: Actor, at: datetime) -> None:
    steps = ((None, EntryState.SUBMITTED), (EntryState.SUBMITTED, EntryState.ACCEPTED))
    events = [
        {
            "entry_id": entry_id,
            "from_state": before,
            "to_state": after,
            "snapshot": {"import_batch": batch.id},
            "by_id": actor.person_id,
            "at": at,
        }
        for entry_id in entry_ids
        for before, after in steps
    ]
    if events:
        db.session.execute(sa.insert(EntryEvent), events)
    activity.record_many(
        [
            activity.event_values(
                "contests.entry.imported",
                actor=actor,
                at=at,
                edition_id=batch.edition_id,
                object_type="entry",
                object_id=entry_id,
                after={"state": EntryState.ACCEPTED.value, "import_batch": batch.id},
            )
            for entry_id in entry_ids
        ]
    )
