"""Who may do what with places, bookings and events. Pure over loaded objects."""

from __future__ import annotations

from datetime import datetime

from ..core.access import Actor, Permission, ScopeKind
from ..models import Booking, BookingState, Resource
from .settings import PlaceRules


def can_manage(actor: Actor, site_id: int | None = None) -> bool:
    """Staff of the site (or of all sites): requests, closures, outages, events, numbers."""
    if site_id is None:
        return actor.has(Permission.SPACES_MANAGE)
    return actor.has(Permission.SPACES_MANAGE, ScopeKind.SITE, site_id)


def can_book(actor: Actor) -> bool:
    return bool(actor.system) or actor.has(Permission.SPACES_BOOK)


def can_decide(actor: Actor, resource: Resource) -> bool:
    """Staff of the site; where the place names its approvers, only they."""
    if not can_manage(actor, resource.site_id):
        return False
    approvers = PlaceRules.of(resource.rules).approvers
    return bool(actor.system) or not approvers or actor.person_id in approvers


def owns(actor: Actor, booking: Booking) -> bool:
    return actor.person_id is not None and actor.person_id in (booking.requester_id, booking.created_by_id)


def can_view(actor: Actor, booking: Booking, site_id: int | None = None) -> bool:
    return owns(actor, booking) or can_manage(actor, site_id)


def can_change(actor: Actor, booking: Booking, site_id: int | None = None, *, at: datetime) -> bool:
    """Cancel or move: the owner before the end and unless it was missed, staff always, never once it is history."""
    if booking.state in (BookingState.DONE, BookingState.DECLINED, BookingState.CANCELLED):
        return False
    if can_manage(actor, site_id):
        return True
    return owns(actor, booking) and booking.state is not BookingState.NO_SHOW and at < booking.ends_at
