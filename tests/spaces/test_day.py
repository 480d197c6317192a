"""The day, outages and days off: as use cases."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.activity import messages
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict, Invalid
from incubator.models import (
    AuditEvent,
    BookingState,
    ClosureDay,
    Notification,
    Occupancy,
    OccupancyState,
    Person,
)
from incubator.spaces.choices import read_choice
from incubator.spaces.queries import closures as closure_queries
from incubator.spaces.queries import desk, door, machines
from incubator.spaces.queries.numbers import report
from incubator.spaces.services import (
    bookings,
    closures,
    day,
    outages,
    trainings,
)
from incubator.spaces.services.context import Refused
from incubator.spaces.services.occupancy import Owner, Taken
from tests.factories import (
    AT,
)
from tests.spaces.factories import MONDAY, SYSTEM, book, guest, span, told, wish

# -- the day


def at_door(centre: Any, made: Any, moment: Any, people: int = 7) -> Any:
    with transaction():
        return day.check_in(made.code, people, door=day.door_code(centre.room.id, moment), at=moment)


def test_a_phone_checks_in_with_the_doors_code(app: Any, centre: Any) -> None:
    made = book(wish(centre.room, span(8, 10)), guest())
    early, start = span(7.5, 8).start, span(8, 10).start
    with pytest.raises(Conflict):
        at_door(centre, made, early)
    assert at_door(centre, made, start - timedelta(minutes=15)).checked_in == 7
    with pytest.raises(Invalid), transaction():
        day.check_in(made.code, 7, door="000000x", at=start)
    old = day.door_code(centre.room.id, start - timedelta(minutes=12))
    with pytest.raises(Invalid), transaction():
        day.check_in(made.code, 7, door=old, at=start)


def test_no_shows_are_released_and_may_be_claimed_again(centre: Any) -> None:
    late = book(wish(centre.room, span(8, 10)), guest())
    here = book(wish(centre.other, span(8, 10)), guest())
    here.checked_in_at = span(8, 9).start
    db.session.commit()
    moment = span(8, 9).start + timedelta(minutes=20)
    with transaction():
        assert [b.id for b in day.release_no_shows(at=moment - timedelta(seconds=1))] == []
        assert [b.id for b in day.release_no_shows(at=moment)] == [late.id]
    assert [line.code for line in door.arrivals("room", now=moment)] == [late.code]
    assert at_door(centre, late, moment).state is BookingState.CONFIRMED
    with transaction():
        late.checked_in_at, late.changed_at = None, AT
        db.session.flush()
        day.release_no_shows(at=moment)
    book(wish(centre.room, span(8.5, 9.5)), guest(), span(8.4, 9).start)
    with pytest.raises(Taken):
        at_door(centre, late, moment + timedelta(minutes=5))


@pytest.mark.parametrize("days", [0, 1, 40, 400])
def test_what_nobody_came_to_is_recorded_once_however_long_no_sweep_ran(centre: Any, days: int) -> None:
    missed = book(wish(centre.room, span(8, 10), 9), guest())
    came = book(wish(centre.other, span(8, 10), 5), guest())
    counted = book(wish(centre.half_a, span(8, 10), 5), guest())
    coming = book(wish(centre.room, span(8, 10, MONDAY + timedelta(days=450)), 9), SYSTEM)
    at_door(SimpleNamespace(room=centre.other), came, span(8, 9).start, 4)
    with transaction():
        day.count(counted.id, 6, actor=SYSTEM, at=span(9, 10).start)
    after = span(10.5, 11).start + timedelta(days=days)
    for _again in range(2):
        with transaction():
            gone = day.release_no_shows(at=after)
            day.finish_past(at=after)
    assert (gone, told("spaces/no_show")) == ([], 1)
    assert [b.state.value for b in (missed, came, counted, coming)] == [
        "no_show",
        "done",
        "done",
        "confirmed",
    ]
    found = report(MONDAY, MONDAY + timedelta(days=1), now=after)
    assert (found.count, found.no_shows, found.people) == (3, 1, 4 + 6)
    assert {use.place: use.used for _row, use in found.used} == {centre.other.id: 2.0, centre.half_a.id: 2.0}
    held = sa.select(Occupancy.state).where(
        Occupancy.owner_kind == "booking", Occupancy.owner_id == missed.id
    )
    assert set(db.session.scalars(held)) == {OccupancyState.RELEASED}
    events = sa.select(AuditEvent).where(AuditEvent.verb == "spaces.booking.no_show")
    assert len(db.session.scalars(events).all()) == 1


def test_a_missed_use_that_is_over_is_told_as_over(centre: Any) -> None:
    book(wish(centre.room, span(8, 10)), guest())
    book(wish(centre.other, span(8, 11)), guest())
    with transaction():
        day.release_no_shows(at=span(10, 11).start)
    contexts = db.session.scalars(
        sa.select(Notification.context).where(Notification.kind == "spaces/no_show").order_by(Notification.id)
    )
    assert [context["over"] for context in contexts] == [True, False]


def test_what_was_settled_after_its_start_has_its_minutes_from_then(centre: Any, staff: Any) -> None:
    made = book(wish(centre.room, span(8, 10)), guest())
    with transaction():
        outages.declare(centre.room.id, span(7, 17), reason="Mất điện", actor=staff, at=span(7, 8).start)
    with transaction():
        outages.keep(made.id, actor=staff, at=span(9, 10).start)
    with transaction():
        assert day.release_no_shows(at=span(9.3, 10).start) == []
        assert [b.id for b in day.release_no_shows(at=span(9.5, 10).start)] == [made.id]


def test_staff_take_a_no_show_back_by_counting_who_came(centre: Any, staff: Any) -> None:
    running = book(wish(centre.room, span(8, 10)), guest())
    past = book(wish(centre.other, span(8, 9)), guest())
    nobody = book(wish(centre.half_a, span(8, 9)), guest())
    with transaction():
        day.release_no_shows(at=span(9, 10).start)
    assert {b.state for b in (running, past, nobody)} == {BookingState.NO_SHOW}
    with transaction():
        for made, people in ((running, 3), (past, 4), (nobody, 0)):
            day.count(made.id, people, actor=staff, at=span(9.2, 10).start)
    assert [b.state.value for b in (running, past, nobody)] == ["confirmed", "done", "no_show"]
    with pytest.raises(Taken):
        book(wish(centre.room, span(9.5, 10)), guest(), span(9.2, 10).start)
    with transaction():
        assert day.release_no_shows(at=span(11, 12).start) == []
        assert day.finish_past(at=span(11, 12).start) == 1
    found = report(MONDAY, MONDAY + timedelta(days=1), now=span(12, 13).start)
    assert (found.no_shows, found.people) == (1, 7)


def test_counts_stay_apart_and_check_out_frees_the_rest(centre: Any, staff: Any) -> None:
    made = book(wish(centre.room, span(8, 10), 6), guest())
    at_door(centre, made, span(8, 9).start, 5)
    with transaction():
        day.count(made.id, 4, actor=staff, at=span(9, 10).start)
        done = day.check_out(made.id, actor=staff, at=span(9, 10).start, used={"Giấy": 2.5})
    assert (done.expected, done.checked_in, done.confirmed) == (6, 5, 4)
    assert done.consumables == {"Giấy": {"used": 2.5}}
    assert book(wish(centre.room, span(9, 10)), guest(), span(8.9, 9).start).id
    with pytest.raises(Conflict), transaction():
        day.check_out(made.id, actor=staff, at=span(9, 10).start)


@pytest.mark.parametrize("people", [-1, 5001])
def test_a_head_count_that_cannot_be_one_is_refused_everywhere(centre: Any, staff: Any, people: int) -> None:
    made = book(wish(centre.room, span(8, 10)), guest())
    start = span(8, 10).start
    for use in (day.count, day.check_out):
        with pytest.raises(Invalid), transaction():
            use(made.id, people=people, actor=staff, at=start)
    with pytest.raises(Invalid):
        at_door(centre, made, start, people)
    with pytest.raises(Invalid), transaction():
        day.check_out(made.id, actor=staff, at=start, used={"Giấy": float("1e400")})
    assert (made.confirmed, made.checked_in, made.consumables) == (None, None, {})


def test_nobody_is_counted_before_the_doors_open(centre: Any, staff: Any) -> None:
    made = book(wish(centre.room, span(8, 10)), guest())
    opens = span(7.75, 8).start
    with pytest.raises(Conflict), transaction():
        day.count(made.id, 5, actor=staff, at=opens - timedelta(seconds=1))
    with transaction():
        assert day.count(made.id, 5, actor=staff, at=opens).confirmed == 5


def test_more_people_than_seats_are_kept_and_shown_for_a_second_look(centre: Any, staff: Any) -> None:
    made = book(wish(centre.room, span(8, 10), 20), guest())
    tomorrow = MONDAY + timedelta(days=1)
    for people, crowded in ((20, []), (200, [200]), (21, [21])):
        at_door(centre, made, span(8, 9).start, people)
        [[_place, [line]]] = desk.day_sheet(staff, MONDAY)
        assert line.is_crowded is bool(crowded)
        found = report(MONDAY, tomorrow, now=span(12, 13).start)
        assert [use.people for use in found.crowded] == crowded
        assert found.people == people
    with transaction():
        day.count(made.id, 18, actor=staff, at=span(9, 10).start)  # what staff counted is what counts
    assert report(MONDAY, tomorrow, now=span(12, 13).start).crowded == []


def test_a_machine_that_is_down_says_so_and_until_when(centre: Any, staff: Any) -> None:
    with transaction():
        down = span(7, 41)
        outages.declare(centre.printer.id, down, reason="Chờ trục", actor=staff, at=AT)
    with pytest.raises(Taken) as refusal:
        book(wish(centre.printer, span(8, 9, MONDAY + timedelta(days=1)), 1), guest())
    assert refusal.value.message == "Printer ngừng phục vụ đến 17:00 10/03/2026."


def test_a_use_over_several_days_is_named_with_both(centre: Any) -> None:
    book(wish(centre.room, span(8, 34)), SYSTEM)
    with pytest.raises(Taken) as refusal:
        book(wish(centre.room, span(8, 9, MONDAY + timedelta(days=1))), guest())
    assert "từ 08:00 09/03/2026 đến 10:00 10/03/2026" in refusal.value.message


def test_the_day_sheet_and_the_door_agree(centre: Any, staff: Any) -> None:
    book(wish(centre.room, span(8, 10), title="Kín"), guest())
    [(place, lines)] = desk.day_sheet(staff, MONDAY)
    assert (place.slug, lines[0].title) == ("room", "Kín")
    shown = door.door("room", now=span(8, 9).start)
    assert shown.current is not None
    assert shown.current.title != "Kín"


def test_the_set_up_list_follows_the_clock_and_leaves_out_what_will_not_be(centre: Any, staff: Any) -> None:
    late = book(wish(centre.room, span(14, 16)), guest())
    early = book(wish(centre.other, span(8, 10)), guest())
    missed = book(wish(centre.room, span(9, 10)), guest())
    with transaction():
        day.check_in(
            early.code, 3, door=day.door_code(centre.other.id, span(8, 9).start), at=span(8, 9).start
        )
        day.release_no_shows(at=span(9.5, 10).start)
    db.session.refresh(missed)
    assert missed.state is BookingState.NO_SHOW
    found = [(place.slug, line.booking.id) for place, line in desk.setups(staff, MONDAY)]
    assert found == [("other", early.id), ("room", late.id)]


# -- outages and days off


def test_an_outage_displaces_tells_and_proposes_partners(centre: Any, staff: Any) -> None:
    actor = guest()
    with transaction():
        trainings.grant_training(actor.person_id, "laser", on=MONDAY, months=12, actor=SYSTEM, at=AT)
    made = book(wish(centre.laser, span(8, 10), 2), actor)
    with transaction():
        outage, owners = outages.declare(
            centre.laser.id, span(7, 17), reason="Cháy nguồn", actor=staff, at=AT
        )
    db.session.refresh(made)
    assert (len(owners), made.state, told("spaces/displaced")) == (1, BookingState.DISPLACED, 1)
    [options] = machines.proposals_each([made], at=AT)
    assert [o.name for o in options if o.is_partner] == ["EIU Laser"]
    choice = read_choice(next(o.value for o in options if o.is_partner))
    with pytest.raises(Refused, match="tối đa 3"), transaction():
        made.expected = 4
        outages.replace(made.id, *choice, actor=staff, at=AT)
    with transaction():
        moved = outages.replace(made.id, *choice, actor=staff, at=AT)
    assert (moved.state, moved.resource_id) == (BookingState.CONFIRMED, centre.partner.id)
    subjects = [
        messages.render(letter, db.session.get_one(Person, letter.person_id)).subject
        for letter in db.session.scalars(sa.select(Notification).order_by(Notification.id))
    ]
    assert ["EIU" in subject for subject in subjects] == [False, True]  # what was lost keeps its name
    with pytest.raises(Taken):
        book(wish(centre.laser, span(9, 10), 2), actor)
    with transaction():
        outages.end(outage.id, actor=staff, at=span(6, 7).start)
    assert book(wish(centre.laser, span(9, 10), 2), actor).id


def test_a_place_that_is_back_early_gives_the_uses_back_that_nobody_has_settled(
    centre: Any, staff: Any
) -> None:
    kept = book(wish(centre.room, span(8, 10)), guest())
    moved = book(wish(centre.room, span(10, 11)), guest())
    late = book(wish(centre.room, span(14, 15)), guest())
    with transaction():
        outage, _owners = outages.declare(centre.room.id, span(7, 17), reason="Sơn", actor=staff, at=AT)
    with transaction():
        bookings.move(moved.id, span(10, 11), actor=staff, at=AT, resource_id=centre.other.id)
    with transaction():
        outages.declare(centre.room.id, span(13, 17), reason="Mất điện", actor=staff, at=AT)
    with transaction():
        _outage, owners = outages.end(outage.id, actor=staff, at=AT)
    for row in (kept, moved, late):
        db.session.refresh(row)
    assert owners == [Owner("booking", kept.id)]
    assert (kept.state, kept.reason) == (BookingState.CONFIRMED, "")
    assert (moved.state, moved.resource_id) == (BookingState.CONFIRMED, centre.other.id)
    assert late.state is BookingState.DISPLACED  # the other outage goes on
    letter = db.session.scalars(sa.select(Notification).where(Notification.kind == "spaces/back")).one()
    assert letter.person_id == kept.requester_id
    with pytest.raises(Taken):
        book(wish(centre.room, span(15, 16)), guest())
    assert book(wish(centre.room, span(10, 11)), guest()).id


def test_a_place_that_is_back_on_a_day_off_stays_closed(centre: Any, staff: Any) -> None:
    made = book(wish(centre.room, span(8, 10)), guest())
    with transaction():
        outage, _owners = outages.declare(centre.room.id, span(7, 17), reason="Sơn", actor=staff, at=AT)
        row = closures.set_day(centre.site.id, MONDAY, open_as=None, note="Đại hội", actor=staff, at=AT)
        closures.confirm_days([row.id], actor=staff, at=AT)
    with transaction():
        assert outages.end(outage.id, actor=staff, at=AT)[1] == []
    db.session.refresh(made)
    assert made.state is BookingState.DISPLACED


def test_other_words_for_a_day_off_do_not_open_it(centre: Any, staff: Any) -> None:
    made = book(wish(centre.room, span(8, 10)), guest())
    with transaction():
        row = closures.set_day(centre.site.id, MONDAY, open_as=None, note="Đại hội", actor=staff, at=AT)
        closures.confirm_days([row.id], actor=staff, at=AT)
        closures.set_day(centre.site.id, MONDAY, open_as=None, note="Đại hội Đoàn", actor=staff, at=AT)
    assert (row.note, row.confirmed_at) == ("Đại hội Đoàn", AT)
    with pytest.raises(Refused):
        book(wish(centre.other, span(8, 10)), guest())
    with transaction():
        closures.set_day(centre.site.id, MONDAY, open_as=MONDAY.weekday(), note="Làm bù", actor=staff, at=AT)
    assert row.confirmed_at is None
    db.session.refresh(made)
    assert made.state is BookingState.CONFIRMED


def test_a_request_that_only_held_its_place_does_not_come_back_as_approved(centre: Any, staff: Any) -> None:
    with transaction():
        centre.hall.rules = {**centre.hall.rules, "holds": True}
    asked = book(wish(centre.hall, span(8, 10), 60), guest())
    assert asked.hold_until is not None
    with transaction():
        outage, _owners = outages.declare(centre.hall.id, span(7, 17), reason="Sơn", actor=staff, at=AT)
    with transaction():
        outages.end(outage.id, actor=staff, at=AT)
    db.session.refresh(asked)
    assert asked.state is BookingState.DISPLACED


def test_a_broken_machine_does_not_close_its_room(centre: Any, staff: Any) -> None:
    with transaction():
        outages.declare(centre.laser.id, span(7, 17), reason="Cháy nguồn", actor=staff, at=AT)
    assert book(wish(centre.shop, span(8, 10)), guest(), AT).state is BookingState.CONFIRMED
    with pytest.raises(Taken):
        book(wish(centre.printer, span(9, 10), 1), guest())


def test_a_displaced_booking_may_be_kept_as_an_exception(centre: Any, staff: Any) -> None:
    made = book(wish(centre.room, span(8, 10)), guest())
    with transaction():
        outages.declare(centre.room.id, span(7, 17), reason="Sơn tường", actor=staff, at=AT)
    with transaction():
        assert outages.keep(made.id, actor=staff, at=AT).state is BookingState.CONFIRMED
    with pytest.raises(Taken):
        book(wish(centre.room, span(10, 11)), guest())
    with pytest.raises(Conflict), transaction():
        outages.keep(made.id, actor=staff, at=AT)


def test_two_outages_of_one_machine_do_not_push_each_other(centre: Any, staff: Any) -> None:
    with transaction():
        outages.declare(centre.laser.id, span(8, 12), reason="Một", actor=staff, at=AT)
        _row, owners = outages.declare(centre.laser.id, span(10, 14), reason="Hai", actor=staff, at=AT)
    assert owners == []
    rows = db.session.execute(
        sa.select(Occupancy.starts_at, Occupancy.ends_at).order_by(Occupancy.starts_at)
    ).all()
    assert [tuple(r) for r in rows] == [tuple(span(8, 12)), tuple(span(12, 14))]


def test_days_off_are_proposed_confirmed_and_displace(centre: Any, staff: Any) -> None:
    tet = date(2027, 2, 8)
    with transaction():
        n = closures.propose_year(centre.site.id, 2026, actor=staff, at=AT)
        assert closures.propose_year(centre.site.id, 2026, actor=staff, at=AT) == 0
        row = closures.set_day(centre.site.id, MONDAY, open_as=None, note="Đại hội", actor=staff, at=AT)
    assert n > 10
    assert tet.year == 2027
    made = book(wish(centre.room, span(8, 10)), guest())
    asked = book(wish(centre.hall, span(8, 10), 90), guest())
    [[one, two]] = closure_queries.touched(centre.site.id, [MONDAY]).values()
    assert {(use.owner_id, use.asked) for use in (one, two)} == {(made.id, False), (asked.id, True)}
    with transaction():
        owners = closures.confirm_days([row.id], actor=staff, at=AT)
    db.session.refresh(made)
    assert (len(owners), made.state) == (1, BookingState.DISPLACED)
    with pytest.raises(Refused) as refused:
        book(wish(centre.room, span(8, 10)), guest())
    assert "Đại hội" in refused.value.message
    with transaction():
        closures.drop_day(row.id, actor=staff, at=AT)
    db.session.refresh(made)
    assert (made.state, made.reason, told("spaces/back")) == (BookingState.CONFIRMED, "", 1)
    with pytest.raises(Taken):
        book(wish(centre.room, span(9, 10)), guest())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ClosureDay)) == n


def test_what_was_missed_or_is_over_is_not_moved_away_by_its_owner(centre: Any, staff: Any) -> None:
    someone = guest()
    missed = book(wish(centre.room, span(8, 10)), someone)
    with transaction():
        day.release_no_shows(at=span(8.5, 9).start)
    later = span(9, 11).start  # still its time: only the door gives it back
    with pytest.raises(Conflict), transaction():
        bookings.move(missed.id, span(14, 15), actor=someone, at=later)
    with pytest.raises(Conflict), transaction():
        bookings.cancel(missed.id, actor=someone, at=later)
    there = book(wish(centre.other, span(8, 10)), someone)
    with pytest.raises(Conflict), transaction():
        bookings.move(there.id, span(14, 15), actor=someone, at=span(10, 11).start)
    assert missed.state is BookingState.NO_SHOW
    with transaction():
        bookings.cancel(missed.id, actor=staff, at=later, reason="Báo trước qua điện thoại")
