"""Requests as staff compare them: rivals side by side, the better value of every line marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import Booking, BookingState, OrganisationKind, Person, Resource
from .. import policies
from ..intervals import Span, local_date, local_day
from ..services.booking_rows import owner_of, want_of
from ..services.placing import Clash, clashes_each, topology
from ..services.requests import next_free_each, rivals_among, rivals_each
from ..settings import PlaceRules
from .bookings import whole_bookings
from .place_rows import Edges, PlaceRow, edges

PRIORITY = {
    OrganisationKind.SCHOOL: 1,
    OrganisationKind.UNIVERSITY: 1,
    OrganisationKind.COLLEGE: 1,
    OrganisationKind.DEPARTMENT: 1,
    OrganisationKind.YOUTH_UNION: 1,
    OrganisationKind.INCUBATOR: 2,
    OrganisationKind.FABLAB: 2,
    OrganisationKind.COMPANY: 3,
}


def kind_word(kind: OrganisationKind | None) -> str:
    words = {
        OrganisationKind.SCHOOL: _("Trường công lập"),
        OrganisationKind.UNIVERSITY: _("Trường đại học"),
        OrganisationKind.COLLEGE: _("Trường cao đẳng"),
        OrganisationKind.DEPARTMENT: _("Cơ quan nhà nước"),
        OrganisationKind.YOUTH_UNION: _("Đoàn thanh niên"),
        OrganisationKind.INCUBATOR: _("Cơ sở ươm tạo"),
        OrganisationKind.FABLAB: _("FabLab"),
        OrganisationKind.COMPANY: _("Doanh nghiệp"),
    }
    return words.get(kind, _("Cá nhân hoặc nhóm")) if kind else _("Cá nhân hoặc nhóm")


@dataclass(frozen=True, slots=True)
class Rival:
    """One request in the comparison. Rates are 0..1; `best` names the lines in which it is the better one."""

    booking: Booking
    who: str
    kind: str
    priority: int
    fill: float | None
    shown: float | None
    shown_of: int
    uses: int
    hours: float
    otherwise: list[tuple[PlaceRow, Span]]
    taken: list[Clash]  # what by now holds the place, or a part of it
    best: frozenset[str] = frozenset()


def requests_waiting(actor: Actor, known: Edges | None = None) -> list[tuple[Booking, int]]:
    """Requests of the actor's sites by start, with the number of their rivals; late ones first by nature."""
    found = open_requests(actor)
    return [(b, len(rivals)) for b, rivals in zip(found, rivals_each(found, found, known), strict=True)]


def open_requests(actor: Actor) -> list[Booking]:
    query = (
        whole_bookings()
        .where(Booking.state == BookingState.REQUESTED)
        .order_by(Booking.starts_at, Booking.created_at)
    )
    return [b for b in db.session.scalars(query) if policies.can_manage(actor, b.resource.site_id)]


def get_request(booking_id: int, actor: Actor) -> Booking:
    booking = db.session.scalar(whole_bookings().where(Booking.id == booking_id))
    if booking is None or not policies.can_manage(actor, booking.resource.site_id):
        raise NotFound(_("Không có yêu cầu này."))
    return booking


def approvers_of(place: Resource) -> list[str]:
    """Names of those who alone decide about this place; none: all staff of its site."""
    ids = PlaceRules.of(place.rules).approvers
    if not ids:
        return []
    return list(db.session.scalars(sa.select(Person.full_name).where(Person.id.in_(ids)).order_by(Person.id)))


def compared(
    booking: Booking, waiting: Iterable[Booking], *, at: datetime, known: Edges | None = None
) -> list[Rival]:
    """The request and its rivals among those waiting, side by side, the better value of every line marked."""
    known = known or edges()
    rivals = rivals_among(booking, waiting, known)
    rows = [booking, *sorted(rivals, key=lambda row: (row.created_at, row.id))]
    uses = _uses_of(rows, at)
    free = _whoever_wins(rows, next_free_each(rows, at=at, most=6, known=known), known)
    taken = _taken_of(rows, known)
    found = [
        _facts(row, uses.get(_same(row), []), offers, clashes)
        for row, offers, clashes in zip(rows, free, taken, strict=True)
    ]
    if len(found) < 2:
        return found
    lines: dict[str, list[float]] = {
        "kind": [-r.priority for r in found],
        "people": [r.fill or 0 for r in found],
        "shown": [r.shown if r.shown is not None else -1 for r in found],
        "used": [-r.hours for r in found],
        "sent": [-r.booking.created_at.timestamp() for r in found],
        "otherwise": [-len(r.otherwise) for r in found],
    }
    best = {line: {i for i, v in enumerate(values) if v == max(values)} for line, values in lines.items()}
    marked = [
        frozenset(line for line, winners in best.items() if i in winners and len(winners) < len(found))
        for i in range(len(found))
    ]
    return [replace(r, best=marks) for r, marks in zip(found, marked, strict=True)]


class _Offer(NamedTuple):
    """A place and time as `rivals_each` compares them."""

    id: int
    resource_id: int
    starts_at: datetime
    ends_at: datetime
    units: int | None = None


def _whoever_wins(
    rows: list[Booking], free: list[list[tuple[PlaceRow, Span]]], known: Edges
) -> list[list[tuple[PlaceRow, Span]]]:
    """Of each request the first two offers that none of the others wants: they hold whoever is chosen."""
    offers = [
        _Offer(-n, place.id, span.start, span.end)
        for n, (place, span) in enumerate((offer for found in free for offer in found), start=1)
    ]
    wanted = iter(rivals_each(offers, rows, known))
    return [
        [offer for offer in found if all(rival.id == row.id for rival in next(wanted))][:2]
        for row, found in zip(rows, free, strict=True)
    ]


def _taken_of(rows: list[Booking], known: Edges) -> list[list[Clash]]:
    """What stands in the way of each just now; what the requests themselves hold is given up by approving one."""
    found = topology({row.resource_id for row in rows}, known=known)
    wants = [want_of(row, found.places[row.resource_id]) for row in rows]
    return clashes_each(wants, found, but=[owner_of(row) for row in rows])


def _facts(
    booking: Booking, uses: list[Booking], free: list[tuple[PlaceRow, Span]], taken: list[Clash]
) -> Rival:
    kind = booking.organisation.kind if booking.organisation else None
    counted = [
        u
        for u in uses
        if u.checked_in is not None or u.confirmed is not None or u.state is BookingState.NO_SHOW
    ]
    shown = sum(_shown(u) for u in counted) / sum(u.expected for u in counted) if counted else None
    hours = sum((u.ends_at - u.starts_at).total_seconds() / 3600 for u in uses)
    capacity = booking.resource.capacity
    return Rival(
        booking,
        who_of(booking),
        kind_word(kind),
        PRIORITY.get(kind, 2) if kind else 2,
        booking.expected / capacity if capacity else None,
        shown,
        len(counted),
        len(uses),
        hours,
        free,
        taken,
    )


def _shown(booking: Booking) -> int:
    if booking.state is BookingState.NO_SHOW:
        return 0
    return booking.confirmed if booking.confirmed is not None else booking.checked_in or 0


def _same(booking: Booking) -> tuple[int | None, int | None]:
    """Whose use it is: the organisation's, else the person's."""
    return (booking.organisation_id, None) if booking.organisation_id else (None, booking.requester_id)


def _uses_of(rows: list[Booking], at: datetime) -> dict[tuple[int | None, int | None], list[Booking]]:
    """Uses of the same organisations, else the same people, in this local year."""
    bodies = {row.organisation_id for row in rows if row.organisation_id is not None}
    people = {
        row.requester_id for row in rows if row.organisation_id is None and row.requester_id is not None
    }
    start = local_day(date(local_date(at).year, 1, 1)).start
    counting = (BookingState.CONFIRMED, BookingState.DONE, BookingState.NO_SHOW)
    found: dict[tuple[int | None, int | None], list[Booking]] = {}
    for use in db.session.scalars(
        sa.select(Booking).where(
            sa.or_(Booking.organisation_id.in_(bodies), Booking.requester_id.in_(people)),
            Booking.state.in_(counting),
            Booking.starts_at >= start,
            Booking.starts_at < at,
        )
    ):
        for key in {(use.organisation_id, None), (None, use.requester_id)} - {(None, None)}:
            found.setdefault(key, []).append(use)
    return found


def who_of(booking: Booking) -> str:
    """Organisation, body without an account, or person."""
    if booking.organisation is not None:
        return booking.organisation.name
    if booking.body_name:
        return booking.body_name
    return booking.requester.full_name if booking.requester is not None else _("BIIC")
