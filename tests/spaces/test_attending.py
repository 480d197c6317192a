"""A person's own calendar: bookings, the sessions of courses with a seat, each once and told apart for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import icalendar
import pytest

from incubator.core.db import db, transaction
from incubator.core.errors import NotFound
from incubator.models import EventKind, FeedKind
from incubator.spaces.calendar_feed import FeedEntry
from incubator.spaces.queries import attending, desk
from incubator.spaces.queries import events as event_queries
from incubator.spaces.services import bookings, events, outages, registrations
from incubator.spaces.services import feeds as feed_services
from tests.factories import AT, make_account, make_person
from tests.spaces.factories import MONDAY, book, guest, make_event, span, wish


def mine(person_id: int, now: Any = AT) -> dict[str, FeedEntry]:
    entries = attending.of_person(person_id, now=now)
    assert len({e.uid for e in entries}) == len(entries)
    return {e.uid: e for e in entries}


def seat(event: Any, contact: str, **more: Any) -> Any:
    with transaction():
        return registrations.register(event.slug, full_name="An", contact=contact, at=AT, **more)


def uid_of(event: Any, number: int = 0) -> str:
    with transaction():
        return f"event-session-{events._sessions(event.id)[number].id}@biic.spaces"


def test_a_seat_brings_the_sessions_of_the_course(centre: Any, staff: Any) -> None:
    """Whoever signed in or wrote an address of their own has them; who waits or only typed somebody's address has not."""
    event = make_event(centre, staff, seats=2)
    with transaction():
        events.add_session(event.id, centre.other.id, span(14, 16), actor=staff, at=AT)
    person, known = make_person().id, make_account()
    unproven = make_account(email="la@example.org", email_confirmed_at=None)
    db.session.commit()
    seat(event, "0912345678", person_id=person)
    seat(event, known.email)
    seat(event, "la@example.org")  # in the waiting list
    for one in (person, known.person_id):
        assert [(e.span, e.location, e.summary, e.cancelled) for e in mine(one).values()] == [
            (span(8, 10), "Room", "Arduino", False), (span(14, 16), "Other", "Arduino", False),
        ]  # fmt: skip
    assert mine(unproven.person_id) == {}
    public = attending.public_events(now=AT)
    assert [e.uid for e in public] == [*mine(person)]  # one name wherever a session is read
    with transaction():
        registrations.set_seats(event.id, 3, actor=staff, at=AT)
    assert mine(unproven.person_id) == {}  # anybody may have typed it


def test_a_seat_given_back_stays_cancelled_for_thirty_days(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff)
    person, late = make_person().id, make_person().id
    db.session.commit()
    held = seat(event, "0912345678", person_id=person)
    waiting = seat(event, "0912345679", person_id=late)
    uid, later = uid_of(event), AT + timedelta(days=2)
    first = mine(person)[uid]
    with transaction():
        registrations.withdraw(held.code, at=later)
    gone = mine(person, later)[uid]
    assert (gone.cancelled, gone.changed_at) == (True, later)
    assert gone.sequence > first.sequence
    assert mine(person, later + timedelta(days=31)) == {}
    assert not mine(late, later)[uid].cancelled  # moved up
    seat(event, "0912345678", person_id=person)
    assert mine(person, later)[uid].cancelled  # back in the list only
    with transaction():
        registrations.withdraw(waiting.code, at=later)
    again = mine(person, later)[uid]
    assert not again.cancelled
    assert again.sequence > gone.sequence


def test_who_only_waited_has_nothing_cancelled(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff)
    person = make_person().id
    db.session.commit()
    seat(event, "0912345678")
    waiting = seat(event, "0912345679", person_id=person)
    with transaction():
        registrations.withdraw(waiting.code, at=AT)
    assert mine(person) == {}


def test_a_session_that_moves_or_is_cancelled_says_so(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff)
    person = make_person().id
    db.session.commit()
    seat(event, "0912345678", person_id=person)
    uid, later = uid_of(event), AT + timedelta(hours=1)
    first = mine(person)[uid]
    with transaction():
        session = events._sessions(event.id)[0].id
        events.move_session(session, centre.other.id, span(9, 11), actor=staff, at=later)
    moved = mine(person)[uid]
    assert (moved.span, moved.location, moved.cancelled, moved.changed_at) == (
        span(9, 11),
        "Other",
        False,
        later,
    )
    assert moved.sequence > first.sequence
    with transaction():
        outages.declare(centre.other.id, span(7, 12), reason="Mất điện", actor=staff, at=later)
    lost = mine(person)[uid]  # the course goes on, if a room is found
    assert (lost.cancelled, lost.tentative, lost.location) == (False, True, "")
    with transaction():
        events.cancel(event.id, reason="Mưa", actor=staff, at=later)
    assert mine(person)[uid].cancelled
    assert mine(person)[uid].sequence > moved.sequence
    assert mine(person, later + timedelta(days=31)) == {}


def test_a_session_taken_out_is_cancelled_for_who_knew_it(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff, seats=5)
    early, late = make_person().id, make_person().id
    db.session.commit()
    seat(event, "0912345678", person_id=early)
    hour = AT + timedelta(hours=1)
    with transaction():
        second = events.add_session(event.id, centre.other.id, span(14, 16), actor=staff, at=AT).id
    uid = f"event-session-{second}@biic.spaces"
    before = mine(early)[uid]
    with transaction():
        events.remove_session(second, actor=staff, at=hour)
        registrations.register(
            event.slug, full_name="Trần Thị Bình", contact="0912345679", at=hour, person_id=late
        )
    gone = mine(early, hour)[uid]
    assert (gone.cancelled, gone.tentative, gone.changed_at) == (True, False, hour)
    assert gone.sequence > before.sequence
    assert list(mine(late, hour)) == [uid_of(event)]
    assert [e.uid for e in attending.public_events(now=hour) if e.cancelled] == [uid]
    # Nothing else knows it: no page, no sheet, no number, no second removal.
    assert [s.id for s in event_queries.one(event.id).event.sessions] == [
        s.id for s in events._sessions(event.id)
    ]
    assert len(desk.day_sheet(staff, MONDAY)) == 1
    assert second not in [s.id for s in desk.displaced_sessions(staff, at=hour)]
    for again in (
        lambda: events.remove_session(second, actor=staff, at=hour),
        lambda: registrations.count_session(second, 5, actor=staff, at=hour),
    ):
        with pytest.raises(NotFound), transaction():
            again()


def test_a_session_of_a_draft_that_is_taken_out_was_never_in_a_calendar(centre: Any, staff: Any) -> None:
    with transaction():
        event = events.create(events.EventPlan("Arduino", EventKind.COURSE, 5), actor=staff, at=AT)
        events.add_session(event.id, centre.room.id, span(8, 10), actor=staff, at=AT)
        second = events.add_session(event.id, centre.other.id, span(14, 16), actor=staff, at=AT).id
        events.remove_session(second, actor=staff, at=AT)
        events.publish(event.id, actor=staff, at=AT)
    assert [(e.uid, e.cancelled) for e in attending.public_events(now=AT)] == [(uid_of(event), False)]


def test_everything_is_asked_in_one_statement(centre: Any, staff: Any, queries: Any) -> None:
    actor = guest()
    for day in range(3):
        book(wish(centre.room, span(13.5, 15, MONDAY + timedelta(days=day))), actor)
    for number in range(3):
        with transaction():
            event = events.create(
                events.EventPlan(f"Lớp {number}", events.EventKind.COURSE, 5), actor=staff, at=AT
            )
            events.add_session(event.id, centre.other.id, span(8 + number, 9 + number), actor=staff, at=AT)
            events.publish(event.id, actor=staff, at=AT)
        seat(event, f"091234567{number}", person_id=actor.person_id)
    with queries() as log:
        assert len(mine(actor.person_id)) == 6
    assert len(log) == 1


def test_the_secret_address_holds_bookings_and_courses(centre: Any, staff: Any, client: Any, at: Any) -> None:
    actor = guest()
    kept = book(wish(centre.room, span(13.5, 15)), actor)
    gone = book(wish(centre.room, span(15, 16)), actor)
    event = make_event(centre, staff)
    seat(event, "0912345678", person_id=actor.person_id)
    with transaction():
        bookings.cancel(gone.id, actor=actor, at=AT)
        feed = feed_services.make(FeedKind.MINE, None, actor=actor, at=AT)
    path = f"/calendar/{feed_services.token_of(feed)}.ics"
    calendar = icalendar.Calendar.from_ical(client.get(path).data)
    assert len(calendar.walk("VTIMEZONE")) == 1
    assert {str(e["UID"]): str(e["STATUS"]) for e in calendar.walk("VEVENT")} == {
        uid_of(event): "CONFIRMED",
        f"booking-{kept.id}@biic.spaces": "CONFIRMED",
        f"booking-{gone.id}@biic.spaces": "CANCELLED",
    }
