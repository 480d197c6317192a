"""Search over everything the reader may see, without diacritics.

For visitors that is what is published, for people at work what their roles open to them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..contests.queries.schools import entries_seen
from ..core.access import Actor, Permission, ScopeKind
from ..core.db import db
from ..core.lists import whole_words_match, words_match
from ..core.text import search_key
from ..core.web import named
from ..models import (
    Certificate,
    Edition,
    Entry,
    EntryState,
    Organisation,
    Person,
    Project,
    Publication,
    PublicationKind,
    Resource,
    Site,
    Team,
)
from ..publishing.queries.lines import lines_of
from ..publishing.views import begins_words
from .front import visible_editions, visible_publications

MOST = 20
SHORTEST = 2
LISTS = (
    PublicationKind.ELIGIBLE,
    PublicationKind.FINALISTS,
    PublicationKind.PROVISIONAL,
    PublicationKind.OFFICIAL,
)


@dataclass(frozen=True, slots=True)
class TeamHit:
    entry_id: int
    team: str
    title: str
    school: str
    school_slug: str
    edition: str
    edition_slug: str
    state: EntryState


@dataclass(frozen=True, slots=True)
class Found:
    """Hits by kind; `short` when there was too little to search for."""

    q: str
    short: bool = False
    schools: tuple[Organisation, ...] = ()
    teams: tuple[TeamHit, ...] = ()
    editions: tuple[Edition, ...] = ()
    people: tuple[Person, ...] = ()
    resources: tuple[Resource, ...] = ()
    certificate: Certificate | None = None

    @property
    def total(self) -> int:
        parts = (self.schools, self.teams, self.editions, self.people, self.resources)
        return sum(len(p) for p in parts) + (self.certificate is not None)


def public_search(q: str, now: datetime) -> Found:
    """What a visitor finds: five queries. Teams and schools of published lists only, never a pupil's name."""
    key = search_key(q)
    if len(key) < SHORTEST:
        return Found(q, short=bool(q.strip()))
    listed = (
        visible_publications(now).with_only_columns(Publication.edition_id).where(Publication.kind.in_(LISTS))
    )
    of_lists = sa.and_(Entry.state == EntryState.ACCEPTED, Entry.edition_id.in_(listed))
    schools = db.session.scalars(
        sa.select(Organisation)
        .where(
            words_match(Organisation.search_key, key),
            Organisation.id.in_(sa.select(Entry.organisation_id).where(of_lists)),
        )
        .order_by(Organisation.sort_key)
        .limit(MOST)
    )
    return Found(
        q,
        schools=tuple(schools),
        teams=nameless(key, team_hits(key, of_lists)),
        editions=tuple(edition_hits(key, now)),
        certificate=db.session.scalar(sa.select(Certificate).where(Certificate.number == q.strip().upper())),
    )


def edition_hits(key: str, now: datetime) -> list[Edition]:
    """Editions have no search column: there are few, so they are compared here."""
    words = key.split()
    editions = db.session.scalars(visible_editions(now).order_by(Edition.year.desc(), Edition.id.desc()))
    return [e for e in editions if all(w in search_key(f"{e.name} {e.name_en} {e.year}") for w in words)][
        :MOST
    ]


def team_hits(key: str, condition: Any) -> tuple[TeamHit, ...]:
    """Entries under `condition` whose team or product has every word of the key, or has some and its school the others.

    The words of a school alone find the school.
    """
    told_apart = sa.and_(
        whole_words_match((Team.search_key, Project.search_key, Organisation.search_key), key),
        sa.not_(words_match(sa.func.coalesce(Organisation.search_key, ""), key)),
    )
    rows = db.session.execute(
        sa.select(
            Entry.id,
            Team.name.label("team"),
            Project.title,
            Organisation.name.label("school"),
            Organisation.slug.label("school_slug"),
            Edition.name.label("edition"),
            Edition.name_en.label("edition_en"),
            Edition.slug.label("edition_slug"),
            Entry.state,
        )
        .join(Team, Team.id == Entry.team_id)
        .join(Edition, Edition.id == Entry.edition_id)
        .outerjoin(Project, Project.id == Entry.project_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .where(
            condition,
            sa.or_(
                words_match(Team.search_key, key),
                words_match(Project.search_key, key),
                told_apart,
                Entry.number == key.upper(),
            ),
        )
        .order_by(Edition.year.desc(), Team.search_key, Entry.id)
        .limit(MOST)
    )
    return tuple(
        TeamHit(
            r.id,
            r.team,
            r.title or "",
            r.school or "",
            r.school_slug or "",
            named(r, "edition"),
            r.edition_slug,
            r.state,
        )
        for r in rows
    )


def nameless(key: str, hits: tuple[TeamHit, ...]) -> tuple[TeamHit, ...]:
    """Without the names of people that teams are called after: not shown, and not found by them."""
    lines = lines_of([hit.entry_id for hit in hits])
    told = [(hit, lines[hit.entry_id].team) for hit in hits]
    return tuple(
        replace(hit, team=team)
        for hit, team in told
        if team == hit.team or begins_words(key, (hit.title, hit.school))
    )


def work_search(actor: Actor, q: str, now: datetime) -> Found:
    """What the actor's roles open: entries of own editions or school, people for an administrator, places."""
    key = search_key(q)
    if len(key) < SHORTEST:
        return Found(q, short=bool(q.strip()))
    return Found(
        q,
        schools=tuple(schools_for(actor, key)),
        teams=team_hits(key, entries_of(actor)),
        editions=tuple(edition_hits(key, now)),
        people=tuple(people_for(actor, key)),
        resources=tuple(resources_for(key)),
    )


def entries_of(actor: Actor) -> Any:
    """Condition on Entry: own ones, those of the actor's schools, and of editions that the actor works in.

    Drafts are their author's and the school's; organisers see counts only (docs/access.md).
    """
    # A comparison with None would match imported entries, which have no author.
    own = Entry.author_id == actor.person_id if actor.person_id else sa.false()
    of_school = entries_seen(actor)
    editions = actor.scope_ids(Permission.ENTRIES_VIEW, ScopeKind.EDITION)
    of_edition = sa.true() if editions is None else Entry.edition_id.in_(editions)
    handed_in = Entry.state.not_in((EntryState.DRAFT, EntryState.LAPSED))
    return sa.or_(own, of_school, sa.and_(of_edition, handed_in))


def schools_for(actor: Actor, key: str) -> list[Organisation]:
    if not (actor.has(Permission.ENTRIES_VIEW) or actor.has(Permission.PEOPLE_MANAGE)):
        return []
    statement = sa.select(Organisation).where(words_match(Organisation.search_key, key))
    return list(db.session.scalars(statement.order_by(Organisation.sort_key).limit(MOST)))


def people_for(actor: Actor, key: str) -> list[Person]:
    if not actor.has(Permission.PEOPLE_MANAGE):
        return []
    statement = sa.select(Person).where(words_match(Person.search_key, key), Person.erased_at.is_(None))
    return list(db.session.scalars(statement.order_by(Person.sort_key).limit(MOST)))


def resources_for(key: str) -> list[Resource]:
    """Rooms and machines that one can book here: a partner's are booked by the staff."""
    statement = (
        sa.select(Resource)
        .outerjoin(Site, Site.id == Resource.site_id)
        .where(
            words_match(Resource.search_key, key),
            Resource.retired_at.is_(None),
            Resource.person_id.is_(None),
            Resource.team_id.is_(None),
            sa.or_(Site.id.is_(None), Site.is_partner.is_(False)),
        )
    )
    return list(db.session.scalars(statement.order_by(Resource.position, Resource.id).limit(MOST)))
