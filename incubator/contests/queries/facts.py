"""What the rules need to know about drafts, read in a fixed number of statements however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ...core import clock
from ...core.personal import first
from ...core.text import compare_key
from ...core.together import Asking, Question, alongside, ask, rows_of
from ...models import (
    ConsentPurpose,
    DraftMember,
    Entry,
    EntryFile,
    EntryMember,
    EntryState,
    MemberPart,
    Person,
    Project,
    Team,
)
from .. import consent_rules, dossier, eligibility
from ..dossier import Missing
from ..eligibility import Code, EntryFacts, MemberFacts, Problem, Registrant, Weight
from . import consents

#: States in which an entry takes its members and its name.
Taken = dict[str, list[tuple[str, int | None]]]  # identity → team and organisation
COUNTING = (EntryState.SUBMITTED, EntryState.ACCEPTED, EntryState.RETURNED)


def identity(name: str, birth_date: date | None) -> str:
    """The same for the same pupil everywhere: name key and birth date; "" while one is missing."""
    return f"{compare_key(name)}|{birth_date.isoformat()}" if name.strip() and birth_date else ""


def problems_of(entries: Sequence[Entry], *, at: datetime) -> dict[int, list[Problem]]:
    """Problems of drafts and returned entries by entry id.

    Each needs division, organisation, team and draft_members loaded; all belong to one edition. Drafts
    count against each other in the order given: the later one of two with the same pupil is told.
    """
    facts, lacks = facts_of(entries, at=at)
    today = clock.local(at).date()
    return {
        entry.id: [
            *eligibility.check(facts[entry.id], eligibility.from_json(entry.division.eligibility), on=today),
            *(Problem(Code.DOSSIER_MISSING, Weight.MISSING, "dossier", value=m) for m in lacks[entry.id]),
        ]
        for entry in entries
    }


def facts_of(
    entries: Sequence[Entry], *, at: datetime
) -> tuple[dict[int, EntryFacts], dict[int, list[Missing]]]:
    """By entry id: what the check reads, and what the dossiers lack that must be there before sending."""
    if not entries:
        return {}, {}
    known: tuple[Any, Any, Any, Any] = ask(_elsewhere(entries))
    taken, (names, counts), answers, lacks = known
    today = clock.local(at).date()
    found = {}
    for entry in entries:
        pupils = [m for m in entry.draft_members if m.part is not MemberPart.COACH]
        members = tuple(_member(m, _shown(taken, entry), answers, today) for m in pupils)
        found[entry.id] = _facts(entry, members, names, counts)
        for member in members:
            if member.identity:
                mine = (entry.team.name or "?", entry.organisation_id)
                taken[member.identity] = [*taken[member.identity], mine]
        names[_name_key(entry)] += 1
        counts[entry.division_id, entry.organisation_id] += 1
    return found, lacks


def _shown(taken: Taken, entry: Entry) -> Callable[[str], tuple[str, ...]]:
    """The other teams of a pupil; "" for one that is not of the same school, of which nothing may be told."""
    return lambda who: tuple(
        team if organisation and organisation == entry.organisation_id else ""
        for team, organisation in taken.get(who, ())
    )


def _member(
    row: DraftMember,
    others: Callable[[str], tuple[str, ...]],
    answers: dict[int, list[consent_rules.Answer]],
    today: date,
) -> MemberFacts:
    who = identity(row.full_name, row.birth_date)
    given = frozenset(
        purpose
        for purpose in ConsentPurpose
        if row.person_id and consent_rules.is_given(answers[row.person_id], purpose, row.birth_date, today)
    )
    return MemberFacts(
        name=row.full_name,
        birth_date=row.birth_date,
        birth_date_text=row.birth_date_text,
        class_name=row.class_name,
        identity=who,
        other_teams=others(who) if who else (),
        consents=given,
        captain=row.part is MemberPart.CAPTAIN,
    )


def _facts(
    entry: Entry,
    members: tuple[MemberFacts, ...],
    names: dict[tuple[int, int | None, str], int],
    counts: dict[tuple[int, int | None], int],
) -> EntryFacts:
    coach = next((m for m in entry.draft_members if m.part is MemberPart.COACH), None)
    organisation = entry.organisation
    return EntryFacts(
        team_name=entry.team.name,
        members=members,
        organisation_name=organisation.name if organisation else "",
        organisation_kind=organisation.kind if organisation else "",
        organisation_levels=frozenset(organisation.levels) if organisation else frozenset(),
        other_entries_of_organisation=counts[entry.division_id, entry.organisation_id],
        team_name_taken=bool(entry.team.name.strip() and names[_name_key(entry)]),
        coach_name=coach.full_name if coach else "",
        coach_has_contact=bool(coach and (coach.phone or coach.email)),
        registrant=registrant_of(entry),
    )


def registrant_of(entry: Entry) -> Registrant:
    """Who registers: somebody of the team (alone or as captain), else a coach for the organisation."""
    pupils = [m for m in entry.draft_members if m.part is not MemberPart.COACH]
    if entry.author_id is None or all(m.person_id != entry.author_id for m in pupils):
        return Registrant.COACH
    rules = eligibility.from_json(entry.division.eligibility)
    alone = rules.alone or (len(pupils) == 1 and Registrant.PERSON in rules.registrants)
    return Registrant.PERSON if alone else Registrant.CAPTAIN


def _name_key(entry: Entry) -> tuple[int, int | None, str]:
    return entry.division_id, entry.organisation_id, compare_key(entry.team.name)


def _elsewhere(entries: Sequence[Entry]) -> Asking[Any]:
    """What other entries of the edition hold, and the consents of these ones' members, in one statement."""
    people = {m.person_id for e in entries for m in e.draft_members if m.person_id}
    return (
        yield from alongside(
            _members_elsewhere(entries),
            _names_and_counts_elsewhere(entries),
            consents.answers_for(people),
            _dossiers(entries),
        )
    )


def _dossiers(entries: Sequence[Entry]) -> Asking[dict[int, list[Missing]]]:
    """What each dossier lacks where the division takes no entry without it."""
    found: dict[int, list[Missing]] = {e.id: [] for e in entries}
    wanted = {e.id: dossier.from_json(e.division.dossier) for e in entries}
    asked = [e for e in entries if wanted[e.id].blocks_submission]
    if not asked:
        return found
    projects = [e.project_id for e in asked]
    texts, files = yield [
        sa.select(
            Project.id, Project.title, Project.field, Project.abstract, Project.video_url.label("video")
        ).where(Project.id.in_(projects)),
        sa.select(EntryFile.id, EntryFile.project_id, EntryFile.kind).where(
            EntryFile.project_id.in_(projects), EntryFile.removed_at.is_(None)
        ),
    ]
    held = {row.id: row for row in texts}
    for entry in asked:
        text = held.get(entry.project_id)
        found[entry.id] = dossier.missing(
            wanted[entry.id],
            title=text.title if text else "",
            field=text.field if text else "",
            abstract=text.abstract if text else "",
            video_url=text.video if text else "",
            file_kinds=[f.kind for f in files if f.project_id == entry.project_id],
        )
    return found


def teams_with(name: str, birth_date: date, entry: Entry) -> tuple[str, ...]:
    """Names of the other teams of the entry's edition in which this pupil is frozen, "" for those of others."""
    who = identity(name, birth_date)
    (rows,) = rows_of([_frozen_elsewhere([entry], {birth_date})])
    found = [
        (r.team, r.organisation_id)
        for r in sorted(rows, key=first)
        if identity(r.full_name, r.birth_date) == who
    ]
    return _shown({who: found}, entry)(who)


def _members_elsewhere(entries: Sequence[Entry]) -> Asking[Any]:
    """Identity → the teams in which that pupil is frozen, with their organisations, outside of `entries`."""
    found: Taken = defaultdict(list)
    days = {m.birth_date for e in entries for m in e.draft_members if m.birth_date}
    if not days:
        return found
    for row in sorted((yield _frozen_elsewhere(entries, days)), key=first):
        found[identity(row.full_name, row.birth_date)].append((row.team, row.organisation_id))
    return found


def _frozen_elsewhere(entries: Sequence[Entry], days: set[date]) -> Question:
    """Pupils born on these days who stand in a counting entry of the edition that is none of `entries`."""
    return (
        sa.select(
            EntryMember.id,
            EntryMember.full_name,
            Person.birth_date,
            Team.name.label("team"),
            Entry.organisation_id,
        )
        .join(Person, Person.id == EntryMember.person_id)
        .join(Entry, Entry.id == EntryMember.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .where(
            Entry.edition_id == entries[0].edition_id,
            Entry.state.in_(COUNTING),
            Entry.id.not_in([e.id for e in entries]),
            EntryMember.ended_at.is_(None),
            EntryMember.part != MemberPart.COACH,
            Person.birth_date.in_(days),
        )
    )


def _names_and_counts_elsewhere(entries: Sequence[Entry]) -> Asking[Any]:
    """How often a team name is taken, and how many entries count, by division and organisation."""
    names: dict[tuple[int, int | None, str], int] = defaultdict(int)
    counts: dict[tuple[int, int | None], int] = defaultdict(int)
    for row in (yield _others(entries)):
        names[row.division_id, row.organisation_id, compare_key(row.name)] += 1
        counts[row.division_id, row.organisation_id] += 1
    return names, counts


def _others(entries: Sequence[Entry]) -> Question:
    """Counting entries of the same organisations in the same edition."""
    organisations = {e.organisation_id for e in entries}
    own = sa.or_(
        Entry.organisation_id.in_([o for o in organisations if o is not None]),
        Entry.organisation_id.is_(None) if None in organisations else sa.false(),
    )
    return (
        sa.select(Entry.division_id, Entry.organisation_id, Team.name)
        .join(Team, Team.id == Entry.team_id)
        .where(
            Entry.edition_id == entries[0].edition_id,
            Entry.state.in_(COUNTING),
            Entry.id.not_in([e.id for e in entries]),
            own,
        )
    )
