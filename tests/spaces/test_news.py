"""News of an event for whoever left a phone only: staff tell it, from a list with a text to send."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from incubator.core.access import Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.core.errors import NotFound
from incubator.models import AuditEvent, EventSession, RegistrationState
from incubator.spaces.queries.events import news
from incubator.spaces.services import events, registrations, telling
from tests.factories import AT, make_user
from tests.spaces.factories import make_event, span, told


def register(event: Any, name: str, contact: str) -> Any:
    with transaction():
        return registrations.register(event.slug, full_name=name, contact=contact, at=AT)


def test_who_left_a_phone_only_is_told_by_staff_and_sees_it_on_their_own_page(
    centre: Any, staff: Any, sign_in: Any, client: Any, at: Any
) -> None:
    event = make_event(centre, staff)
    first = register(event, "Lê An", "an@example.org")
    waiting = register(event, "Trần Bình", "0912 345 678")
    with transaction():
        registrations.withdraw(first.code, at=AT)
    db.session.refresh(waiting)
    assert (waiting.state, waiting.news) == (RegistrationState.REGISTERED, "spaces/moved_up")
    assert told("spaces/moved_up") == 0
    own = client.get(f"/vi/events/r/{waiting.code}").text
    assert "Đã có chỗ" in own
    assert f"/vi/events/r/{waiting.code}" in own

    desk = sign_in(make_user(Role.STAFF, ScopeKind.SITE, centre.site.id))
    assert "1 người cần báo qua điện thoại" in desk.get("/home").text
    assert "1 người cần báo" in desk.get("/spaces/events").text
    page = desk.get(f"/spaces/events/{event.id}").text
    assert "Trần Bình đã có chỗ từ danh sách chờ" in page
    assert 'href="tel:0912345678"' in page
    url = f"/spaces/registrations/{waiting.id}/told"
    assert desk.post(url, data={"news": "spaces/event_moved"}).status_code == 409  # not what stands there now
    assert desk.post(url, data={"news": "spaces/moved_up"}).status_code == 303
    assert "Cần báo qua điện thoại" not in desk.get(f"/spaces/events/{event.id}").text
    assert db.session.scalar(
        sa.select(AuditEvent.after).where(AuditEvent.verb == "spaces.registration.told")
    ) == {"news": "spaces/moved_up"}


def test_weightier_news_takes_the_place_of_what_was_not_told(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff, seats=1)
    seated = register(event, "Lê An", "0901 000 001")
    waiting = register(event, "Trần Bình", "0912 345 678")
    assert [seated.news, waiting.news] == ["", ""]  # both have just seen their own page
    session_id = db.session.scalar(sa.select(EventSession.id))

    def move(start: int) -> None:
        events.move_session(session_id, centre.other.id, span(start, start + 2), actor=staff, at=AT)

    with transaction():
        move(8)
        registrations.set_seats(event.id, 2, actor=staff, at=AT)
        move(9)
    assert [seated.news, waiting.news] == ["spaces/event_moved", "spaces/moved_up"]
    with transaction():
        events.cancel(event.id, actor=staff, at=AT, reason="Bão")
    assert {seated.news, waiting.news} == {"spaces/event_cancelled"}
    assert "Bão" in news([seated])[0].text


def test_who_gives_the_seat_back_is_not_called(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff)
    first = register(event, "Lê An", "an@example.org")
    waiting = register(event, "Trần Bình", "0912 345 678")
    with transaction():
        registrations.withdraw(first.code, at=AT)
    with transaction():
        registrations.withdraw(waiting.code, at=AT)
    assert waiting.news == ""
    with transaction():
        assert (
            telling.told(waiting.id, "spaces/moved_up", actor=staff, at=AT) is waiting
        )  # nothing left to tell
    with pytest.raises(NotFound):
        telling.told(999, "", actor=staff, at=AT)
