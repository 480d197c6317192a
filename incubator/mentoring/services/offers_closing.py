"""Closing offers that can no longer be accepted, and telling their mentors why."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask_babel.speaklater import LazyString

from ...activity import services as activity
from ...core.access import Actor
from ...core.db import db
from ...models import Offer, OfferState
from ..wording import kept


def close_offers(
    offers: Iterable[Offer],
    reason: str | LazyString,
    *,
    actor: Actor,
    at: datetime,
    state: OfferState = OfferState.CLOSED,
) -> int:
    """Set open offers to `state` with a reason; returns how many."""
    why = kept(reason)[:500]
    closed = [offer for offer in offers if offer.state is OfferState.SENT]
    for offer in closed:
        offer.state, offer.reason, offer.answered_at = state, why, at
    db.session.flush()
    activity.notify_many(
        "mentoring/offer_closed",
        [
            {
                "person_id": o.person_id,
                "url": f"/mentoring/offers/{o.id}",
                "context": {"case_id": o.case_id, "reason": why},
            }
            for o in closed
        ],
        at=at,
    )
    activity.record_many(
        [activity.event_values(f"mentoring.offer.{state}", o, actor=actor, at=at, reason=why) for o in closed]
    )
    return len(closed)
