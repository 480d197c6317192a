"""Search first: every place ranked by how well it fits, each with its sentence and one step to book it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ...core import clock
from ...core.access import Actor
from ...core.db import db
from ...core.i18n import _
from ...models import Booking, Event, EventSession, EventState, Person, ResourceKind
from .. import finding, policies, wording
from ..choices import choice_of
from ..finding import Answer, Fit, Offer, Place, Wish
from ..intervals import Span, dates_of, local_date, local_days
from ..rules import Reason
from ..services.context import Checker
from ..services.requests import like
from ..services.standing import Who, is_minor, organisation_of, standing
from ..settings import GEAR
from .world import PlaceRow, World, load, may_close, place_rows


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the answer. `action` now | request | move | people | train | none."""

    place: PlaceRow
    fit: Fit
    span: Span | None
    sentence: str
    icon: str
    action: str
    rivals: int = 0

    @property
    def choice(self) -> str:
        """What a button sends to take this instead."""
        return choice_of(self.place.id, self.span) if self.span is not None else ""


@dataclass(frozen=True, slots=True)
class TooMany:
    """More people than any place has seats: the largest there is, what it is made of, and how they might be split."""

    people: int
    largest: PlaceRow
    parts: tuple[PlaceRow, ...] = ()
    together: tuple[PlaceRow, ...] = ()  # free side by side at that time, the largest first

    @property
    def rounds(self) -> int:
        """How often the largest place would have to be filled."""
        return -(-self.people // (self.largest.capacity or 1))

    @property
    def seats(self) -> int:
        return sum(place.capacity or 0 for place in self.together)


@dataclass(frozen=True, slots=True)
class Found:
    hits: list[Hit]
    wish: Wish
    too_many: TooMany | None = None
    may_close: Mapping[date, str] = field(default_factory=dict)

    @property
    def fitting(self) -> int:
        return sum(hit.fit in (Fit.NOW, Fit.REQUEST) for hit in self.hits)


def checker(
    actor: Actor, span: Span, now: datetime, *, team_id: int | None = None, but: int | None = None
) -> Checker:
    """The rules for a person, with the quotas of the team and of the organisation that the use would count for."""
    who = Who(actor.person_id, team_id, organisation_of(actor.person_id))
    return Checker(who, standing(who, span, but_booking=but), now, is_staff=policies.can_manage(actor))


def find(
    actor: Actor,
    wish: Wish,
    *,
    now: datetime,
    kinds: tuple[ResourceKind, ...] = (ResourceKind.ROOM,),
    world: World | None = None,
) -> Found:
    """Rank all places for a wish; the rules of the person count. `world`: what was read for the page already."""
    first, until = local_date(wish.span.start), local_date(wish.span.end) + timedelta(days=1)
    if world is not None and world.window.covers(local_days(first, until)):
        world = world.of(kinds)
    else:
        world = load(place_rows(kinds=kinds), first, until)
    rules = checker(actor, wish.span, now)
    off = may_close(world.calendars.values(), dates_of(wish.span))
    largest = largest_for(wish.people, world.places.values())
    if largest is not None:  # each place is looked at for as many as it holds
        filled = [
            _found_in(
                world, rules, replace(wish, people=min(wish.people, row.capacity or wish.people)), [i], now
            )
            for i, row in world.places.items()
        ]
        hits = sorted((hit for found in filled for hit in found), key=_by_size)
        return Found(hits, wish, _split(largest, wish.people, hits, world), off)
    return Found(_found_in(world, rules, wish, list(world.places), now), wish, may_close=off)


def _found_in(world: World, rules: Checker, wish: Wish, ids: list[int], now: datetime) -> list[Hit]:
    day = local_date(wish.span.start)
    offers = finding.search(
        [
            world.place(
                i, units=_units(world.places[i], wish), watched=rules.is_watched(world.places[i], day)
            )
            for i in ids
        ],
        wish,
        lambda place, span: answer(rules, world, place, span, wish.people),
        now,
    )
    rivals = requests_by_place(world, wish.span)
    return [_hit(offer, world, rules, wish, rivals) for offer in offers]


def largest_for(people: int, places: Iterable[PlaceRow]) -> PlaceRow | None:
    """The place with the most seats, where not even that one holds so many people; None where one does."""
    rows = list(places)
    if not rows or any(row.capacity is None or row.capacity >= people for row in rows):
        return None
    return max(rows, key=lambda row: row.capacity or 0)


def _by_size(hit: Hit) -> tuple[bool, int, str]:
    return (hit.fit is Fit.NO, -(hit.place.capacity or 0), hit.place.name)


def _split(largest: PlaceRow, people: int, hits: Iterable[Hit], world: World) -> TooMany:
    """Places that are free side by side: none of them stands within another one."""
    taken: set[int] = set()
    together = []
    for hit in hits:
        atoms = set(world.atoms(hit.place.id))
        if hit.fit in (Fit.NOW, Fit.REQUEST) and not atoms & taken:
            taken |= atoms
            together.append(hit.place)
    parts = tuple(world.places[i] for i in world.parts[largest.id].parts if i in world.places)
    return TooMany(people, largest, parts, tuple(together))


def too_many_for(people: int, place_id: int) -> TooMany | None:
    """Whether no place of this one's kind holds so many people, whenever."""
    places = place_rows()
    own = places.get(place_id)
    if own is None:
        return None
    largest = largest_for(people, [row for row in places.values() if row.kind is own.kind])
    return None if largest is None else TooMany(people, largest)


def _units(row: PlaceRow, wish: Wish, units: int = 0) -> int | None:
    return (units or row.units_for(wish.people)) if row.rules.shared else None


def answer(rules: Checker, world: World, place: Place, span: Span, people: int) -> Answer:
    row = world.places[place.id]
    return rules.answer(row, world.calendars[place.id], span, people, world.crew(place.id))


def requests_by_place(world: World, span: Span) -> dict[int, int]:
    """How many other requests wait for each place in that time."""
    found: dict[int, int] = {}
    for place_id in world.places:
        owners = {
            (e.owner_kind, e.owner_id)
            for e in world.entries_of(place_id)
            if e.state == "requested" and e.span.overlaps(span)
        }
        found[place_id] = len(owners)
    return found


def _hit(offer: Offer, world: World, rules: Checker, wish: Wish, rivals: dict[int, int]) -> Hit:
    row = world.places[offer.place.id]
    waiting = rivals.get(row.id, 0)
    lacks = ", ".join(str(GEAR.get(item, item)) for item in offer.lacks)
    if offer.fit is Fit.NO:
        return Hit(row, offer.fit, None, *_refused(offer, row, world, rules, wish), waiting)
    assert offer.span is not None
    if lacks:
        text = _("Không có: %(items)s", items=lacks)
        return Hit(row, offer.fit, offer.span, text, "slash-circle", _action(offer.answer), waiting)
    if offer.fit is Fit.SHIFTED:
        return Hit(row, offer.fit, offer.span, _shifted(offer), "clock", _action(offer.answer), waiting)
    if offer.fit is Fit.REQUEST:
        text = " ".join(wording.condition(code) for code in offer.answer.conditions)
        if waiting:
            text = _("%(n)s yêu cầu khác đang chờ cùng giờ.", n=waiting) + " " + text
        return Hit(row, offer.fit, offer.span, text, "hourglass-split", "request", waiting)
    return Hit(row, offer.fit, offer.span, _("Trống, đặt được ngay."), "check-circle", "now", waiting)


def _action(found: Answer) -> str:
    return "request" if found.conditions else "now"


def _shifted(offer: Offer) -> str:
    assert offer.span is not None
    length = wording.length_of(abs(offer.shift))
    start = wording.clock_of(offer.span.start)
    if offer.shift > timedelta():
        return _("Trống từ %(start)s, muộn hơn %(length)s.", start=start, length=length)
    return _("Trống từ %(start)s, sớm hơn %(length)s.", start=start, length=length)


def _refused(offer: Offer, row: PlaceRow, world: World, rules: Checker, wish: Wish) -> tuple[str, str, str]:
    verdict = rules.verdict(row, world.calendars[row.id], wish.span, wish.people, world.crew(row.id))
    codes = set(offer.answer.refusals)
    reasons = [r for r in verdict.refusals if r.code in codes] or [Reason("taken", {})]
    text = " ".join(wording.explain(reason) for reason in reasons)
    if codes & {"training", "training_expired"}:
        return text, "mortarboard", "train"
    if "capacity" in codes:
        return text, "slash-circle", "people"
    return text, "slash-circle", "none"


def alternatives_for(
    actor: Actor,
    resource_id: int,
    wish: Wish,
    *,
    now: datetime,
    but_booking: int | None = None,
    team_id: int | None = None,
    units: int = 0,
) -> list[Hit]:
    """Three other ways for a refused wish: near in time, another place, another day; never in the past.

    `but_booking` is the one that would move; `units` how many were asked for, of a shared place.
    """
    if wish.span.start < now:
        days = -(-(now - wish.span.start) // timedelta(days=1))
        wish = replace(wish, span=wish.span.shifted(timedelta(days=days)))
    places = place_rows()
    own = places.get(resource_id)
    if own is None:
        return []
    first = max(local_date(wish.span.start), local_date(now))
    kept = like(resource_id, places)
    world = load(kept, first, first + timedelta(days=15))
    weeks = Span(wish.span.start, wish.span.end + timedelta(days=15))
    rules = checker(actor, weeks, now, team_id=team_id, but=but_booking)
    offers = finding.alternatives(
        [
            world.place(i, units=_units(r, wish, units), watched=rules.is_watched(r, first))
            for i, r in kept.items()
        ],
        wish,
        lambda place, span: answer(rules, world, place, span, wish.people),
        now,
        own=resource_id,
    )
    return [
        Hit(kept[o.place.id], o.fit, o.span, _when(world, o.place.id, o.span), "clock", _action(o.answer))
        for o in offers
        if o.span is not None
    ]


def _when(world: World, place_id: int, span: Span) -> str:
    """The time of an offer; a day that may still become a day off is named."""
    off = may_close([world.calendars[place_id]], dates_of(span))
    return " ".join([wording.span_of(span), *(wording.may_close(why) for why in off.values())])


def next_inductions(trainings: Collection[str], now: datetime) -> dict[str, tuple[Event, datetime]]:
    """For each training the next published event that gives it, with its first session to come; one statement."""
    if not trainings:
        return {}
    rows = db.session.execute(
        sa.select(Event, EventSession.starts_at)
        .join(EventSession, EventSession.event_id == Event.id)
        .where(
            Event.trains.in_(trainings),
            Event.state == EventState.PUBLISHED,
            EventSession.is_kept,
            EventSession.starts_at > now,
        )
        .order_by(EventSession.starts_at, Event.id)
    ).all()
    found: dict[str, tuple[Event, datetime]] = {}
    for event, starts_at in rows:
        found.setdefault(event.trains, (event, starts_at))
    return found


def my_bookings(actor: Actor, *, now: datetime, past: bool) -> list[Booking]:
    """The actor's bookings with their places, coming ones first."""
    query = (
        sa.select(Booking)
        .options(joinedload(Booking.resource))
        .where(sa.or_(Booking.requester_id == actor.person_id, Booking.created_by_id == actor.person_id))
    )
    if past:
        query = query.where(Booking.ends_at <= now).order_by(Booking.starts_at.desc()).limit(100)
    else:
        query = query.where(Booking.ends_at > now).order_by(Booking.starts_at)
    return list(db.session.scalars(query))


def needs_adult(actor: Actor) -> bool:
    """Whether the actor is under 18 today and must name a responsible adult."""
    if actor.person_id is None:
        return False
    birth = db.session.scalar(sa.select(Person.birth_date).where(Person.id == actor.person_id))
    return is_minor(birth, clock.today())
