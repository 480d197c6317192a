"""Events: seats, waiting list, sessions with their rooms, attendance and what it gives."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import incubator
from incubator.core.clock import frozen
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict, Invalid
from incubator.models import (
    AuditEvent,
    BookingState,
    EventKind,
    EventSession,
    Occupancy,
    RegistrationState,
)
from incubator.spaces.services import (
    day,
    events,
    registrations,
)
from incubator.spaces.services.occupancy import Taken
from tests.factories import (
    AT,
)
from tests.spaces.factories import MONDAY, book, guest, make_event, span, wish


def register(event: Any, n: int) -> Any:
    with transaction():
        return registrations.register(
            event.slug, full_name=f"Người {n}", contact=f"091200000{n}", at=AT + timedelta(minutes=n)
        )


def test_the_waiting_list_moves_up_by_itself(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff)
    one, two, three = (register(event, n) for n in (1, 2, 3))
    assert [r.state for r in (one, two, three)] == ["registered", "waiting", "waiting"]
    assert register(event, 1).id == one.id
    with transaction():
        _gone, moved = registrations.withdraw(one.code, at=AT)
    assert moved is not None
    assert moved.id == two.id
    with transaction():
        assert [r.id for r in registrations.set_seats(event.id, 2, actor=staff, at=AT)] == [three.id]
    with pytest.raises(Invalid), transaction():
        registrations.set_seats(event.id, 1, actor=staff, at=AT)
    back = register(event, 1)
    assert (back.id, back.state) == (one.id, RegistrationState.WAITING)


def test_an_event_moves_with_its_room_and_frees_it_when_cancelled(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff)
    session = db.session.scalars(sa.select(EventSession).where(EventSession.event_id == event.id)).one()
    with pytest.raises(Taken):
        book(wish(centre.room, span(9, 10)), guest())
    with transaction():
        events.move_session(session.id, centre.other.id, span(14, 16), actor=staff, at=AT)
    assert book(wish(centre.room, span(9, 10)), guest()).id
    with transaction():
        events.cancel(event.id, actor=staff, at=AT, reason="Thiếu người")
    assert book(wish(centre.other, span(14, 16)), guest()).id


def test_attending_an_induction_grants_its_training(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff, 5, trains="laser", training_months=12, gives_certificate=True)
    actor = guest()
    row = register(event, 1)
    row.person_id = actor.person_id
    db.session.commit()
    session = db.session.scalars(sa.select(EventSession).where(EventSession.event_id == event.id)).one()
    code = day.door_code(centre.room.id, session.starts_at)
    with transaction():
        assert registrations.attend(session.id, row.id, door=code, at=session.starts_at)
        assert not registrations.attend(session.id, row.id, actor=staff, at=session.starts_at)
    with pytest.raises(Conflict), transaction():
        events.finish(event.id, actor=staff, at=session.starts_at)
    with transaction():
        _event, trained = events.finish(event.id, actor=staff, at=session.ends_at)
    assert trained == 1
    assert row.certificate_number
    later = span(8, 9, MONDAY + timedelta(days=1))
    assert book(wish(centre.laser, later, 1), actor, session.ends_at).state is BookingState.CONFIRMED


@pytest.mark.parametrize(
    ("typed", "key"),
    [("0912 345 678", "0912345678"), ("+84 912.345.678", "0912345678"), ("A@B.vn", "a@b.vn")],
)
def test_contacts_are_compared_without_their_spelling(typed: str, key: str) -> None:
    assert registrations.contact_key(typed) == key


def test_a_wrong_contact_gets_a_sentence(app: Any) -> None:
    with app.app_context(), pytest.raises(Invalid):
        registrations.contact_key("gọi tôi")


def first_session(event: Any) -> EventSession:
    of_event = sa.select(EventSession).where(EventSession.event_id == event.id)
    return db.session.scalars(of_event.where(EventSession.removed_at.is_(None))).one()


def test_presence_counts_only_in_its_hours_and_may_be_taken_back(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff, 5)
    row, session = register(event, 1), first_session(event)
    early = session.starts_at - timedelta(minutes=16)
    with pytest.raises(Conflict), transaction():
        registrations.attend(session.id, row.id, actor=staff, at=early)
    late = session.ends_at + timedelta(hours=1)
    code = day.door_code(centre.room.id, late)
    with pytest.raises(Conflict), transaction():
        registrations.attend(session.id, row.id, door=code, at=late)
    with transaction():
        assert registrations.attend(session.id, row.id, actor=staff, at=late)  # from the paper list
        registrations.take_back(session.id, row.id, actor=staff, at=late)
        assert registrations.attend(session.id, row.id, actor=staff, at=late)
    verbs = db.session.scalars(
        sa.select(AuditEvent.verb)
        .where(AuditEvent.object_type == "event_registration")
        .order_by(AuditEvent.id)
    ).all()
    assert verbs[-3:] == [
        "spaces.registration.attended", "spaces.registration.taken_back", "spaces.registration.attended",
    ]  # fmt: skip


def test_a_session_in_which_people_were_counted_stays(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff, 5)
    first = first_session(event)
    with transaction():
        events.add_session(event.id, centre.other.id, span(14, 16), actor=staff, at=AT)
        registrations.count_session(first.id, 25, actor=staff, at=first.starts_at)
    with pytest.raises(Conflict) as refusal, transaction():
        events.remove_session(first.id, actor=staff, at=first.ends_at)
    assert refusal.value.code == "attended"
    with transaction():
        registrations.count_session(first.id, 0, actor=staff, at=first.ends_at)
        events.remove_session(first.id, actor=staff, at=first.ends_at)


def test_who_is_marked_after_the_end_gets_the_next_number(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff, 5, trains="laser", gives_certificate=True)
    one, two = register(event, 1), register(event, 2)
    actor = guest()
    one.person_id = actor.person_id
    db.session.commit()
    session = first_session(event)
    with transaction():
        registrations.attend(session.id, two.id, actor=staff, at=session.ends_at)
        assert events.finish(event.id, actor=staff, at=session.ends_at)[1] == 0
        registrations.attend(session.id, one.id, actor=staff, at=session.ends_at)
        assert events.finish(event.id, actor=staff, at=session.ends_at)[1] == 1
        assert events.finish(event.id, actor=staff, at=session.ends_at)[1] == 0
    assert two.certificate_number.endswith("-001")
    assert one.certificate_number.endswith("-002")
    with pytest.raises(Conflict), transaction():
        registrations.take_back(session.id, one.id, actor=staff, at=session.ends_at)
    with pytest.raises(Conflict), transaction():
        registrations.withdraw(one.code, at=session.ends_at)


def test_a_session_is_taken_out_with_its_room_but_not_the_last_one(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff, 5)
    register(event, 1)
    with transaction():
        second = events.add_session(event.id, centre.other.id, span(14, 16), actor=staff, at=AT)
        events.remove_session(second.id, actor=staff, at=AT)
    assert book(wish(centre.other, span(14, 16)), guest()).id
    with pytest.raises(Conflict), transaction():
        events.remove_session(first_session(event).id, actor=staff, at=AT)


def test_whether_a_session_was_taken_out_is_asked_in_one_way(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff, 5)
    with transaction():
        second = events.add_session(event.id, centre.other.id, span(14, 16), actor=staff, at=AT)
        events.remove_session(second.id, actor=staff, at=AT)
    kept = set(db.session.scalars(sa.select(EventSession.id).where(EventSession.is_kept)))
    assert kept == {s.id for s in db.session.scalars(sa.select(EventSession)) if s.is_kept}
    assert second.id not in kept
    code = Path(incubator.__file__).parent.rglob("*.py")
    assert [path.name for path in code if "EventSession.removed_at.is_" in path.read_text("utf-8")] == []


def test_what_is_cancelled_stays_cancelled(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff)
    session = first_session(event)
    with transaction():
        events.cancel(event.id, actor=staff, at=AT, reason="Thiếu người")
    for step in (
        lambda: events.publish(event.id, actor=staff, at=AT),
        lambda: events.finish(event.id, actor=staff, at=session.ends_at),
        lambda: events.move_session(session.id, centre.room.id, span(8, 10), actor=staff, at=AT),
        lambda: events.add_session(event.id, centre.room.id, span(8, 10), actor=staff, at=AT),
        lambda: registrations.set_seats(event.id, 9, actor=staff, at=AT),
    ):
        with pytest.raises(Conflict), transaction():
            step()
    assert book(wish(centre.room, span(8, 10)), guest()).id


def test_registration_ends_with_the_last_session(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff, 5)
    with pytest.raises(Conflict), transaction():
        registrations.register(
            event.slug, full_name="Muộn", contact="0912000009", at=first_session(event).ends_at
        )


def test_nobody_gets_a_seat_in_what_is_over(centre: Any, staff: Any, client: Any) -> None:
    """Who waited is not told of a seat in the past, and whoever was there counts in the figures."""
    event = make_event(centre, staff)
    one, two = register(event, 1), register(event, 2)
    over = first_session(event).ends_at
    with pytest.raises(Conflict), transaction():
        registrations.withdraw(one.code, at=over)
    with transaction():
        assert registrations.set_seats(event.id, 9, actor=staff, at=over) == []
    assert (one.state, two.state) == (RegistrationState.REGISTERED, RegistrationState.WAITING)
    with frozen(over - timedelta(minutes=1)):
        assert "Hủy đăng ký" in client.get(f"/vi/events/r/{one.code}").text
    with frozen(over):
        page = client.get(f"/vi/events/r/{one.code}").text
        waited = client.get(f"/vi/events/r/{two.code}").text
    assert ("Hủy đăng ký" in page, "Sự kiện đã kết thúc." in page) == (False, True)
    assert "Trong danh sách chờ" not in waited
    with transaction():
        moved = registrations.set_seats(event.id, 9, actor=staff, at=over - timedelta(minutes=1))
    assert [row.id for row in moved] == [two.id]


def test_a_changed_title_reaches_the_calendar(centre: Any, staff: Any) -> None:
    event = make_event(centre, staff)
    plan = events.EventPlan("Arduino nâng cao", EventKind.COURSE, 1, title_en="Arduino II", summary_en="More")
    with transaction():
        events.change(event.id, plan, actor=staff, at=AT)
    titles = set(db.session.scalars(sa.select(Occupancy.title).where(Occupancy.owner_kind == "event")))
    assert titles == {"Arduino nâng cao"}
    assert (event.title_en, event.summary_en, event.seats) == ("Arduino II", "More", 1)
