"""News of an event for whoever registered: by e-mail or on the screen; by phone or Zalo it is staff who tell."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, NotFound
from ...core.i18n import _
from ...models import Event, EventRegistration, RegistrationState
from .. import policies

#: Messages that must reach somebody, the weightiest first: one that waits to be told gives way to a weightier one
#: only. All of them say the event's times as they are when staff read the text.
NEWS = ("spaces/event_cancelled", "spaces/moved_up", "spaces/event_moved")


def tell(row: EventRegistration, kind: str, *, at: datetime, **context: Any) -> None:
    """One message. Who left a phone only gets onto staff's list, as far as it is news to them."""
    has_mail = "@" in row.contact
    context |= {"event_id": row.event_id, "registration_id": row.id}
    if row.person_id is not None or has_mail:
        address = "" if row.person_id is not None else row.contact
        activity.notify(kind, person_id=row.person_id, address=address, url=page_of(row), at=at, **context)
    if not has_mail and kind in NEWS and _weight(kind) <= _weight(row.news):
        row.news, row.news_context = kind, context


def page_of(row: EventRegistration) -> str:
    """Path of the registrant's own page."""
    return f"/vi/events/r/{row.code}"


def _weight(kind: str) -> int:
    return NEWS.index(kind) if kind in NEWS else len(NEWS)


def tell_all(event: Event, kind: str, *, at: datetime, **context: Any) -> None:
    """Everybody who is registered or waits."""
    rows = db.session.scalars(
        sa.select(EventRegistration).where(
            EventRegistration.event_id == event.id,
            EventRegistration.state.in_((RegistrationState.REGISTERED, RegistrationState.WAITING)),
        )
    )
    for row in rows:
        tell(row, kind, at=at, **context)


def told(registration_id: int, kind: str, *, actor: Actor, at: datetime) -> EventRegistration:
    """Staff have told this news by phone. Raises Conflict when other news has come since the list was read."""
    ensure(policies.can_manage(actor))
    lock_rows(EventRegistration, [registration_id])
    row = db.session.get(EventRegistration, registration_id)
    if row is None:
        raise NotFound(_("Không có đăng ký này."))
    if not row.news:
        return row
    if row.news != kind:
        raise Conflict(_("Vừa có tin mới hơn cho người này. Xem lại rồi báo."), code="stale")
    row.news, row.news_context = "", {}
    db.session.flush()
    activity.record("spaces.registration.told", row, actor=actor, at=at, after={"news": kind})
    return row
