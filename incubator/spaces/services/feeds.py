"""Secret calendar addresses: derived from the application's key, ended by a new version, never stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import datetime

import sqlalchemy as sa
from flask import current_app

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.text.numerals import is_whole
from ...models import Account, CalendarFeed, FeedKind, Person


def token_of(feed: CalendarFeed) -> str:
    """`<id>-<160 bits>`; the same until the feed gets a new version."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    raw = hmac.new(key, f"feed:{feed.id}:{feed.version}".encode(), hashlib.sha256).digest()[:20]
    return f"{feed.id}-{base64.b32encode(raw).decode().lower()}"


def find(token: str) -> CalendarFeed | None:
    """The feed of an address, unless it was revoked or its owner's account is closed."""
    number, _dash, _secret = token.partition("-")
    feed = db.session.get(CalendarFeed, int(number)) if is_whole(number) else None
    if (
        feed is None
        or feed.revoked_at is not None
        or not hmac.compare_digest(token_of(feed).encode(), token.encode())
    ):
        return None
    closed = sa.select(Account.id).where(
        Account.person_id == feed.person_id, Account.disabled_at.is_not(None)
    )
    return feed if db.session.scalar(closed) is None else None


def make(kind: FeedKind, resource_id: int | None, *, actor: Actor, at: datetime) -> CalendarFeed:
    """The actor's feed of this kind; a revoked one comes back under a new address."""
    ensure(actor.person_id is not None)
    lock_rows(Person, [actor.person_id or 0])
    feed = db.session.scalar(
        sa.select(CalendarFeed).where(
            CalendarFeed.person_id == actor.person_id,
            CalendarFeed.kind == kind,
            CalendarFeed.resource_id.is_(None)
            if resource_id is None
            else CalendarFeed.resource_id == resource_id,
        )
    )
    if feed is None:
        feed = CalendarFeed(
            person_id=actor.person_id, kind=kind, resource_id=resource_id, version=1, created_at=at
        )
        db.session.add(feed)
    elif feed.revoked_at is not None:
        feed.revoked_at = None
        feed.version += 1
    db.session.flush()
    activity.record("spaces.feed.made", feed, actor=actor, at=at, after={"kind": kind})
    return feed


def revoke(feed_id: int, *, actor: Actor, at: datetime) -> None:
    feed = db.session.get(CalendarFeed, feed_id)
    if feed is None or feed.person_id != actor.person_id:
        raise NotFound(_("Không có địa chỉ lịch này."))
    feed.revoked_at = feed.revoked_at or at
    db.session.flush()
    activity.record("spaces.feed.revoked", feed, actor=actor, at=at)
