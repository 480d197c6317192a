"""What the public front page shows: only what visitors may see at this moment.

Announced editions, publications whose hour has come, titles that were marked as public.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from ..core import clock
from ..core.db import db
from ..core.web import named
from ..models import (
    Edition,
    Entry,
    EntryState,
    Event,
    EventSession,
    EventState,
    Occupancy,
    OccupancyState,
    Post,
    Publication,
    PublicationKind,
    Resource,
    Stage,
    StageDivision,
    StageState,
    Tournament,
)


class Phase(StrEnum):
    """Where an edition stands, as a visitor sees it."""

    SOON = "soon"
    REGISTRATION = "registration"
    JUDGING = "judging"
    WAITING = "waiting"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Play:
    """How far an edition's stages are, and the tournament of the latest."""

    running: bool = False
    tournament: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class EditionCard:
    edition: Edition
    phase: Phase
    entries: int
    schools: int
    next_day: date | None
    play: Play


@dataclass(frozen=True, slots=True)
class CalendarLine:
    title: str
    place: str
    starts_at: datetime
    ends_at: datetime
    slug: str = ""  # of the event, if it has a page


@dataclass(frozen=True, slots=True)
class Deadline:
    day: date
    edition: Edition
    kind: str  # closes | final


def visible_editions(now: datetime) -> sa.Select[Edition]:
    return sa.select(Edition).where(
        Edition.announced_at.is_not(None), Edition.announced_at <= now, Edition.cancelled_at.is_(None)
    )


def phase_of(edition: Edition, running: bool, published: bool, today: date) -> Phase:
    """Registration by its dates, judging by a stage under way, results by a publication."""
    if published:
        return Phase.PUBLISHED
    opens, closes = edition.registration_opens, edition.registration_closes
    if opens and closes and opens <= today <= closes:
        return Phase.REGISTRATION
    if opens and today < opens:
        return Phase.SOON
    return Phase.JUDGING if running else Phase.WAITING


def open_contests(now: datetime, most: int = 6) -> list[EditionCard]:
    """Announced editions without an official result yet, those that take registrations first: four queries."""
    today = now.astimezone(clock.LOCAL).date()
    editions = db.session.scalars(
        visible_editions(now).where(Edition.year >= today.year - 1).order_by(Edition.id.desc())
    ).all()
    ids = [e.id for e in editions]
    published, plays, counts = published_ids(ids, now), play_of(ids), counts_of(ids)
    cards = [
        EditionCard(
            edition=e,
            phase=phase_of(e, plays.get(e.id, Play()).running, e.id in published, today),
            entries=counts.get(e.id, (0, 0))[0],
            schools=counts.get(e.id, (0, 0))[1],
            next_day=next_day(e, today),
            play=plays.get(e.id, Play()),
        )
        for e in editions
    ]
    rank = [Phase.REGISTRATION, Phase.JUDGING, Phase.SOON, Phase.WAITING]
    living = [c for c in cards if c.phase in rank]
    return sorted(living, key=lambda c: (rank.index(c.phase), c.next_day or date.max))[:most]


def next_day(edition: Edition, today: date) -> date | None:
    days = [d for d in (edition.registration_closes, edition.final_on) if d and d >= today]
    return min(days, default=None)


def published_ids(edition_ids: Sequence[int], now: datetime) -> set[int]:
    """Of these editions the ones with an official result that is visible at `now`."""
    if not edition_ids:
        return set()
    return set(
        db.session.scalars(
            visible_publications(now)
            .with_only_columns(Publication.edition_id)
            .where(Publication.edition_id.in_(edition_ids), Publication.kind == PublicationKind.OFFICIAL)
        )
    )


def visible_publications(now: datetime) -> sa.Select[Publication]:
    return sa.select(Publication).where(Publication.visible_at <= now, Publication.cancelled_at.is_(None))


def play_of(edition_ids: Sequence[int]) -> dict[int, Play]:
    """One query: is a stage under way, and which matches may visitors follow."""
    if not edition_ids:
        return {}
    under_way = (StageState.OPEN, StageState.CLOSED, StageState.DECIDED)
    found: dict[int, Play] = {}
    for edition, state, starts_at, slug in db.session.execute(
        sa.select(Stage.edition_id, StageDivision.state, Stage.starts_at, Tournament.slug)
        .join(StageDivision, StageDivision.stage_id == Stage.id)
        .outerjoin(Tournament, Tournament.stage_division_id == StageDivision.id)
        .where(Stage.edition_id.in_(edition_ids))
        .order_by(Stage.position, StageDivision.id)
    ):
        play = found.get(edition, Play())
        found[edition] = replace(
            play,
            running=play.running or state in under_way,
            tournament=slug or play.tournament,
            day=clock.local(starts_at).date() if slug and starts_at else play.day,
        )
    return found


def counts_of(edition_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Accepted entries and their schools per edition. Drafts and refusals are nobody's business here."""
    if not edition_ids:
        return {}
    rows = db.session.execute(
        sa.select(
            Entry.edition_id, sa.func.count(Entry.id), sa.func.count(sa.distinct(Entry.organisation_id))
        )
        .where(Entry.edition_id.in_(edition_ids), Entry.state == EntryState.ACCEPTED)
        .group_by(Entry.edition_id)
    )
    return {edition: (entries, schools) for edition, entries, schools in rows}


def week_ahead(now: datetime, days: int = 7, most: int = 6) -> list[CalendarLine]:
    """What takes place at the centre in the coming days and may be named in public: one query."""
    shown = sa.and_(Event.id == EventSession.event_id, Event.state != EventState.DRAFT)
    rows = db.session.execute(
        sa.select(
            Occupancy.title,
            Occupancy.starts_at,
            sa.func.max(Occupancy.ends_at).label("ends_at"),
            sa.func.min(Resource.name).label("place"),
            sa.func.min(Resource.name_en).label("place_en"),
            sa.func.min(Event.title_en).label("title_en"),
            sa.func.min(Event.slug).label("slug"),
        )
        .join(Resource, Resource.id == Occupancy.resource_id)
        .outerjoin(
            EventSession,
            sa.and_(Occupancy.owner_kind == "event", EventSession.id == Occupancy.owner_id),
        )
        .outerjoin(Event, shown)
        .where(
            Occupancy.state == OccupancyState.CONFIRMED,
            Occupancy.title_public,
            Occupancy.title != "",
            Occupancy.ends_at > now,
            Occupancy.starts_at < now + timedelta(days=days),
        )
        .group_by(Occupancy.title, Occupancy.starts_at)
        .order_by(Occupancy.starts_at)
        .limit(most)
    )
    return [
        CalendarLine(named(r, "title"), named(r, "place"), r.starts_at, r.ends_at, r.slug or "") for r in rows
    ]


def deadlines(now: datetime, days: int = 45, most: int = 4) -> list[Deadline]:
    """Last days of registration and days of finals that are near: one query."""
    today = now.astimezone(clock.LOCAL).date()
    until = today + timedelta(days=days)
    editions = db.session.scalars(
        visible_editions(now).where(
            sa.or_(Edition.registration_closes.between(today, until), Edition.final_on.between(today, until))
        )
    ).all()
    found = [
        Deadline(day, e, kind)
        for e in editions
        for day, kind in ((e.registration_closes, "closes"), (e.final_on, "final"))
        if day and today <= day <= until
    ]
    return sorted(found, key=lambda d: (d.day, d.edition.id))[:most]


def latest_news(now: datetime, most: int = 3) -> Sequence[Post]:
    return db.session.scalars(news(now).limit(most)).all()


def news(now: datetime) -> sa.Select[Post]:
    return (
        sa.select(Post)
        .where(Post.visible_at.is_not(None), Post.visible_at <= now)
        .order_by(Post.visible_at.desc(), Post.id.desc())
    )
