"""Whom the council may give a prize by its own choice, and who has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...core.lists import ListArgs, Page, paginate, words_match_one
from ...models import (
    Area,
    Award,
    Division,
    Entry,
    EntryMember,
    EntryState,
    MemberPart,
    Organisation,
    Person,
    PrizeRecipient,
    PrizeTier,
    Stage,
    StageDivision,
    StageEntry,
    StagePresence,
    Team,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry, a member or a school. `id` is that of the row that the prize goes to."""

    id: int
    name: str
    detail: str
    school: str
    area: str
    rank: int | None = None
    division_id: int | None = None
    entry_id: int | None = None
    organisation_id: int | None = None
    stage_entry_id: int | None = None


@dataclass(frozen=True, slots=True)
class GivenPrize:
    award_id: int
    candidate_id: int
    name: str
    detail: str
    reason: str


def candidates(stage: Stage, tier: PrizeTier, args: ListArgs) -> Page:
    """One page of those who are in the stage, best first (schools by name). Two queries."""
    statement, columns = _select(stage, tier)
    if args.key:
        statement = statement.where(words_match_one(columns, args.key))
    page = paginate(statement, args, scalars=False)
    return Page(items=[_candidate(tier, row) for row in page.items], total=page.total, args=args)


def candidates_by_id(stage: Stage, tier: PrizeTier, ids: Sequence[int]) -> list[Candidate]:
    statement, _columns = _select(stage, tier)
    key = {
        PrizeRecipient.ENTRY: Entry.id,
        PrizeRecipient.PERSON: EntryMember.person_id,
        PrizeRecipient.ORGANISATION: Organisation.id,
    }[tier.recipient]
    found = [_candidate(tier, row) for row in db.session.execute(statement.where(key.in_(list(ids))))]
    return list({c.id: c for c in reversed(found)}.values())[::-1]


def _select(stage: Stage, tier: PrizeTier) -> tuple[Any, tuple[Any, ...]]:
    if tier.recipient is PrizeRecipient.ORGANISATION:
        statement = (
            sa.select(Organisation, Area.name.label("area"), sa.func.count(Entry.id).label("entries"))
            .join(Entry, Entry.organisation_id == Organisation.id)
            .outerjoin(Area, Area.id == Organisation.area_id)
            .where(Entry.edition_id == stage.edition_id, Entry.state == EntryState.ACCEPTED)
            .group_by(Organisation.id, Area.name)
            .order_by(Organisation.sort_key, Organisation.id)
        )
        return statement, (Organisation.search_key,)
    base = (
        sa.select(
            StageEntry.id.label("stage_entry_id"),
            StageEntry.rank,
            Entry.id.label("entry_id"),
            Entry.number,
            Entry.division_id,
            Team.name.label("team"),
            Division.name.label("division"),
            Organisation.id.label("organisation_id"),
            Organisation.name.label("school"),
            Area.name.label("area"),
        )
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Entry, Entry.id == StageEntry.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .join(Division, Division.id == Entry.division_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .outerjoin(Area, Area.id == Organisation.area_id)
        .where(
            StageDivision.stage_id == stage.id,
            StageEntry.presence.in_((StagePresence.EXPECTED, StagePresence.PRESENT)),
        )
        .order_by(Division.position, StageEntry.rank.is_(None), StageEntry.rank, Entry.number, Entry.id)
    )
    if tier.division_id is not None:
        base = base.where(Entry.division_id == tier.division_id)
    if tier.recipient is PrizeRecipient.ENTRY:
        return base, (Team.search_key, Organisation.search_key)
    people = (
        base.add_columns(EntryMember.person_id, Person.full_name)
        .join(EntryMember, EntryMember.entry_id == Entry.id)
        .join(Person, Person.id == EntryMember.person_id)
        .where(EntryMember.ended_at.is_(None), EntryMember.part != MemberPart.COACH)
        .order_by(EntryMember.position)
    )
    return people, (Person.search_key, Team.search_key, Organisation.search_key)


def _candidate(tier: PrizeTier, row: Any) -> Candidate:
    if tier.recipient is PrizeRecipient.ORGANISATION:
        body = row[0]
        return Candidate(
            body.id, body.name, row.area or "", body.name, row.area or "", organisation_id=body.id
        )
    place = {
        "school": row.school or "",
        "area": row.area or "",
        "rank": row.rank,
        "division_id": row.division_id,
        "entry_id": row.entry_id,
        "organisation_id": row.organisation_id,
        "stage_entry_id": row.stage_entry_id,
    }
    about = " · ".join(p for p in (row.number, row.division, row.school) if p)
    if tier.recipient is PrizeRecipient.ENTRY:
        return Candidate(row.entry_id, row.team, about, **place)
    return Candidate(row.person_id, row.full_name, f"{row.team} · {about}", **place)


def given(tier: PrizeTier) -> list[GivenPrize]:
    """Who has the prize now. One query."""
    rows = db.session.execute(
        sa.select(Award, Team.name.label("team"), Person.full_name)
        .outerjoin(Entry, Entry.id == Award.entry_id)
        .outerjoin(Team, Team.id == Entry.team_id)
        .outerjoin(Person, Person.id == Award.person_id)
        .where(Award.tier_id == tier.id, Award.revoked_at.is_(None))
        .order_by(Award.id)
    )
    return [_given(tier, row[0], row.team, row.full_name) for row in rows]


def _given(tier: PrizeTier, award: Award, team: str | None, person: str | None) -> GivenPrize:
    if tier.recipient is PrizeRecipient.ORGANISATION:
        return GivenPrize(
            award.id, award.organisation_id or 0, award.organisation_name, award.area_name, award.reason
        )
    if tier.recipient is PrizeRecipient.PERSON:
        detail = " · ".join(p for p in (team, award.organisation_name) if p)
        return GivenPrize(award.id, award.person_id or 0, person or "", detail, award.reason)
    return GivenPrize(award.id, award.entry_id or 0, team or "", award.organisation_name, award.reason)
