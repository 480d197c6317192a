"""Record what happened, tell who must know. Both write rows in the running transaction."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app

from ..core import clock
from ..core.access import Actor
from ..core.db import Base, after_commit, db
from ..core.logs import request_id
from ..models import AuditEvent, Notification

_insert_event = sa.insert(AuditEvent.__table__)  # type: ignore[arg-type]
_insert_message = sa.insert(Notification.__table__)  # type: ignore[arg-type]


def digest(value: str) -> str:
    """Salted digest of a personal value, so that the trail can show “changed” without keeping what it was."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, value.encode(), hashlib.sha256).hexdigest()[:16]


def record(
    verb: str,
    obj: Base | None = None,
    *,
    actor: Actor,
    at: datetime | None = None,
    edition_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    object_type: str = "",
    object_id: int | None = None,
) -> None:
    """Append one audit event. Flush first: `obj.id` must be known. `before`/`after` hold ids, states and numbers,
    personal values only as `digest()`."""
    # On the connection itself: every writing request comes through here, and the session would cost as much again.
    db.session.connection().execute(
        _insert_event,
        [
            event_values(
                verb,
                obj,
                actor=actor,
                at=at,
                edition_id=edition_id,
                before=before,
                after=after,
                reason=reason,
                object_type=object_type,
                object_id=object_id,
            )
        ],
    )


def event_values(
    verb: str,
    obj: Base | None = None,
    *,
    actor: Actor,
    at: datetime | None = None,
    edition_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    object_type: str = "",
    object_id: int | None = None,
) -> dict[str, Any]:
    """The row that `record()` would insert, for services that write many at once with `record_many()`."""
    return {
        "at": at or clock.now(),
        "verb": verb,
        "object_type": object_type or (obj.__tablename__ if obj is not None else ""),
        "object_id": object_id if object_id is not None else (obj.id if obj is not None else None),
        "person_id": actor.person_id,
        "actor": actor.system,
        "edition_id": edition_id,
        "before": dict(before) if before is not None else None,
        "after": dict(after) if after is not None else None,
        "reason": reason,
        "request_id": request_id(),
    }


def record_many(rows: list[dict[str, Any]]) -> None:
    """Append many events in one statement."""
    if rows:
        db.session.connection().execute(_insert_event, rows)


def notify(
    kind: str,
    *,
    person_id: int | None = None,
    address: str = "",
    url: str = "",
    at: datetime | None = None,
    not_before: datetime | None = None,
    **context: Any,
) -> None:
    """Write one message to the outbox; `templates/email/<kind>.txt` renders it, first line “Subject: …”.

    `context` holds ids and plain facts; a builder registered with `messages.builder(kind)` joins names when the
    text is rendered. A person without e-mail sees it on the screen only.
    """
    notify_many(
        kind,
        [{"person_id": person_id, "address": address, "url": url, "context": context}],
        at=at,
        not_before=not_before,
    )


def notify_many(
    kind: str,
    messages: list[dict[str, Any]],
    *,
    at: datetime | None = None,
    not_before: datetime | None = None,
) -> None:
    """As `notify()`, for many people in one statement. Each message: person_id | address, url, context."""
    if not messages:
        return
    moment = at or clock.now()
    rows = [
        {
            "kind": kind,
            "person_id": m.get("person_id"),
            "address": m.get("address", ""),
            "url": m.get("url", ""),
            "context": m.get("context", {}),
            "channel": "email",
            "state": "pending",
            "tries": 0,
            "created_at": moment,
            "not_before": not_before,
            "error": "",
        }
        for m in messages
    ]
    db.session.connection().execute(_insert_message, rows)
    if not_before is None:
        after_commit(_deliver_soon)


def _deliver_soon() -> None:
    from .delivery import deliver_pending

    if not current_app.config.get("QUIET_OUTBOX"):
        deliver_pending.later()
