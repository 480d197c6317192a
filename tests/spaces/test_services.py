"""Booking, requests, series, the day, outages, closures, events, imports: as use cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.core.access import Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from incubator.core.together import ask
from incubator.models import (
    Affiliation,
    AffiliationPart,
    AuditEvent,
    BookingState,
    ClosureDay,
    EntitlementUse,
    EventKind,
    EventSession,
    GrantState,
    MemberPart,
    Notification,
    Occupancy,
    OccupancyState,
    QuotaScope,
    RegistrationState,
    ResourceKind,
    TeamMember,
)
from incubator.spaces.choices import read_choice
from incubator.spaces.intervals import local_days
from incubator.spaces.queries import desk, door, feeds, machines, numbers, search, waiting
from incubator.spaces.queries import requests as request_queries
from incubator.spaces.recurrence import Every, Pattern, Scope
from incubator.spaces.services import (
    bookings,
    closures,
    day,
    entitlements,
    events,
    imports,
    outages,
    places,
    registrations,
    requests,
    series,
    trainings,
)
from incubator.spaces.services import feeds as feed_services
from incubator.spaces.services.context import Refused
from incubator.spaces.services.occupancy import Taken
from tests.factories import (
    AT,
    make_account,
    make_grant,
    make_organisation,
    make_person,
    make_team,
)
from tests.spaces.factories import MONDAY, SYSTEM, guest, make_centre, span, wish

WEEKLY = Pattern(Every.WEEK, until=MONDAY + timedelta(weeks=4))


@pytest.fixture
def centre(session: Any) -> Any:
    found = make_centre()
    db.session.commit()
    return found


@pytest.fixture
def staff(centre: Any, actor_of: Any) -> Any:
    account = make_account(make_person("Ngô Bích Liên"))
    make_grant(
        db.session.get_one(type(make_person()), account.person_id), Role.STAFF, ScopeKind.SITE, centre.site.id
    )
    db.session.commit()
    return actor_of(account)


def book(wanted: Any, actor: Any, at: Any = AT) -> Any:
    with transaction():
        return bookings.book(wanted, actor=actor, at=at)


def told(kind: str) -> int:
    return (
        db.session.scalar(
            sa.select(sa.func.count()).select_from(Notification).where(Notification.kind == kind)
        )
        or 0
    )


# -- booking


def test_an_instant_booking_takes_its_place_and_leaves_a_trace(centre: Any) -> None:
    made = book(wish(centre.room, span(8, 10)), guest())
    assert made.state is BookingState.CONFIRMED
    row = db.session.scalars(sa.select(Occupancy)).one()
    assert (row.owner_kind, row.owner_id, row.state) == ("booking", made.id, OccupancyState.CONFIRMED)
    verbs = db.session.scalars(sa.select(AuditEvent.verb).where(AuditEvent.object_type == "booking")).all()
    assert verbs == ["spaces.booking.made"]


def test_the_same_form_sent_twice_is_one_booking(centre: Any) -> None:
    actor = guest()
    first = book(wish(centre.room, span(8, 10), idempotency_key="k1"), actor)
    again = book(wish(centre.room, span(8, 10), idempotency_key="k1"), actor)
    assert first.id == again.id


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("room", {"people": 21}, "capacity"),
        ("laser", {"people": 2}, "training"),
        ("room", {"span": span(8, 9, date(2026, 2, 27))}, "past"),
    ],
)
def test_a_rule_refuses_with_its_sentence(centre: Any, name: str, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        book(replace(wish(getattr(centre, name), span(8, 9)), **changes), guest())
    assert refused.value.reasons[0].code == code
    assert len(refused.value.message) > 20


def test_evenings_become_requests_with_the_reason(centre: Any) -> None:
    made = book(wish(centre.room, span(18, 20)), guest())
    assert (made.state, made.conditions) == (BookingState.REQUESTED, ["outside"])
    assert made.answer_by is not None


def test_a_child_names_an_adult(centre: Any) -> None:
    child = guest(person=make_person("Bé Na", birth_date=date(2014, 5, 1)))
    with pytest.raises(Refused) as refused:
        book(wish(centre.room, span(8, 9)), child)
    assert refused.value.field == "responsible_name"
    named = {"responsible_name": "Lê Thị Hoa", "responsible_phone": "0912345678"}
    assert book(wish(centre.room, span(8, 9), **named), child).state is BookingState.CONFIRMED


def test_a_quota_counts_requested_and_confirmed_hours(centre: Any) -> None:
    with transaction():
        places.set_quota("Mỗi người", QuotaScope.PERSON, 4, actor=SYSTEM, at=AT)
    actor = guest()
    book(wish(centre.room, span(8, 10)), actor)
    book(wish(centre.room, span(18, 19)), actor)
    with pytest.raises(Refused) as refused:
        book(wish(centre.other, span(14, 16)), actor)
    assert refused.value.reasons[0].code == "quota"
    assert book(wish(centre.other, span(14, 15)), actor).id
    assert book(wish(centre.other, span(8, 10, MONDAY + timedelta(days=7))), actor).id


def test_a_team_shares_its_hours_and_may_not_stretch_them_by_moving(centre: Any) -> None:
    with transaction():
        places.set_quota("Mỗi đội", QuotaScope.TEAM, 4, actor=SYSTEM, at=AT)
        team = make_team()
        one, two = make_person("Lê An"), make_person("Lê Bình")
        for person in (one, two):
            db.session.add(
                TeamMember(team_id=team.id, person_id=person.id, part=MemberPart.MEMBER, valid_from=AT)
            )
    first, second = guest(person=one), guest(person=two)
    book(wish(centre.room, span(8, 10), team_id=team.id), first)
    own = book(wish(centre.other, span(8, 10), team_id=team.id), second)
    for actor in (first, second):
        with pytest.raises(Refused) as refused:
            book(wish(centre.printer, span(14, 15), 2, team_id=team.id), actor)
        assert refused.value.reasons[0].code == "quota"
        assert "Mỗi đội" in refused.value.message
    with transaction(), pytest.raises(Refused):
        bookings.move(own.id, span(8, 10.5), actor=second, at=AT)
    assert book(wish(centre.printer, span(14, 15), 2), second).team_id is None
    with pytest.raises(NotAllowed):
        book(wish(centre.room, span(14, 15), team_id=team.id), guest())


def test_an_organisation_shares_its_hours_at_one_kind_of_place(centre: Any, staff: Any) -> None:
    with transaction():
        places.set_quota(
            "Máy, mỗi đơn vị", QuotaScope.ORGANISATION, 2, kind=ResourceKind.MACHINE, actor=SYSTEM, at=AT
        )
        school = make_organisation()
        people = [make_person(name) for name in ("Vũ An", "Vũ Bình")]
        for person in people:
            db.session.add(
                Affiliation(person_id=person.id, organisation_id=school.id, part=AffiliationPart.TEACHER)
            )
    first, second = (guest(person=person) for person in people)
    book(wish(centre.printer, span(8, 10), 2), first)
    with pytest.raises(Refused) as refused:
        book(wish(centre.printer, span(10, 11), 2), second)
    assert [r.code for r in refused.value.reasons] == ["quota"]
    with pytest.raises(series.SeriesTaken), transaction():
        series.book(wish(centre.printer, span(10, 11), 2), WEEKLY, actor=second, at=AT)
    assert book(wish(centre.room, span(10, 11)), second).organisation_id == school.id
    assert book(wish(centre.printer, span(10, 11), 2), guest()).id
    on_behalf = wish(centre.printer, span(14, 15), 2, organisation_id=school.id, requester_id=people[0].id)
    assert book(on_behalf, staff).id, "staff pass the rules of order"


def test_only_staff_books_for_others(centre: Any, staff: Any) -> None:
    with pytest.raises(NotAllowed):
        book(wish(centre.room, span(8, 9), body_name="Xã đoàn", body_phone="0274"), guest())
    made = book(
        wish(centre.room, span(8, 9), body_name="Xã đoàn", body_phone="0274", letter_number="12/CV"), staff
    )
    assert made.requester_id is None


def test_a_price_is_fixed_when_booked_and_an_entitlement_makes_it_free(centre: Any) -> None:
    with transaction():
        places.set_price(centre.room, 50_000, actor=SYSTEM, at=AT)
    actor = guest()
    assert book(wish(centre.room, span(8, 9.25)), actor).price == 150_000
    with transaction():
        entitlements.grant(
            minutes=90,
            valid_from=date(2026, 1, 1),
            valid_to=date(2026, 12, 31),
            person_id=actor.person_id,
            actor=SYSTEM,
            at=AT,
        )
    free = book(wish(centre.room, span(9.5, 10.5)), actor)
    assert free.price == 0
    assert book(wish(centre.room, span(10.5, 11.5)), actor).price == 100_000
    with transaction():
        bookings.cancel(free.id, actor=actor, at=AT)
    assert db.session.scalars(sa.select(EntitlementUse.state)).all() == [GrantState.RETURNED]
    assert book(wish(centre.other, span(8, 9)), actor).price == 0


def test_moving_checks_everything_again_and_notices_an_old_page(centre: Any) -> None:
    actor = guest()
    made = book(wish(centre.room, span(8, 10)), actor)
    book(wish(centre.room, span(14, 15)), guest())
    with pytest.raises(Taken), transaction():
        bookings.move(made.id, span(14.5, 16), actor=actor, at=AT)
    with transaction():
        moved = bookings.move(made.id, span(15, 16), actor=actor, at=AT, version=1)
    assert (moved.version, moved.starts_at) == (2, span(15, 16).start)
    with pytest.raises(Conflict), transaction():
        bookings.move(made.id, span(16, 17), actor=actor, at=AT, version=1)


def test_shorter_needs_no_new_approval_but_another_time_does(centre: Any, staff: Any) -> None:
    actor = guest()
    made = book(wish(centre.hall, span(8, 11), 50), actor)
    with transaction():
        requests.approve(made.id, actor=staff, at=AT, reason="Đúng mục đích")
    with transaction():
        assert bookings.move(made.id, span(8, 10), actor=actor, at=AT).state is BookingState.CONFIRMED
    with transaction():
        assert bookings.move(made.id, span(9, 11), actor=actor, at=AT).state is BookingState.REQUESTED


def test_nobody_changes_what_is_not_theirs(centre: Any) -> None:
    made = book(wish(centre.room, span(8, 9)), guest())
    with pytest.raises(NotFound), transaction():
        bookings.cancel(made.id, actor=guest(), at=AT)


def test_a_cancelled_place_is_free_again(centre: Any) -> None:
    actor = guest()
    made = book(wish(centre.room, span(8, 9)), actor)
    with transaction():
        bookings.cancel(made.id, actor=actor, at=AT)
    assert book(wish(centre.room, span(8, 9)), guest()).id


# -- requests


def test_approving_declines_the_rivals_with_other_places(centre: Any, staff: Any) -> None:
    first = book(wish(centre.hall, span(8, 10), 100), guest())
    rival = book(wish(centre.hall, span(9, 11), 40), guest())
    half = book(wish(centre.hall, span(14, 15), 40), guest())
    assert [r.id for r in requests.rivals_of(first)] == [rival.id]
    with transaction():
        won, lost = requests.approve(first.id, actor=staff, at=AT, reason="Trường công lập")
    assert (won.state, [b.id for b in lost]) == (BookingState.CONFIRMED, [rival.id])
    db.session.refresh(rival)
    db.session.refresh(half)
    assert (rival.state, rival.reason, half.state) == (
        BookingState.DECLINED,
        "Trường công lập",
        BookingState.REQUESTED,
    )
    letter = db.session.scalars(sa.select(Notification).where(Notification.kind == "spaces/declined")).one()
    assert letter.context["alternatives"]


def test_the_second_to_decide_is_told_who_was_first(centre: Any, staff: Any) -> None:
    made = book(wish(centre.hall, span(8, 10), 100), guest())
    with transaction():
        requests.decline([made.id], actor=staff, at=AT, reason="Bận")
    with pytest.raises(Conflict) as refused, transaction():
        requests.approve(made.id, actor=staff, at=AT, reason="Được")
    assert "Ngô Bích Liên" in refused.value.message


def test_approval_needs_a_reason_and_the_right(centre: Any, staff: Any) -> None:
    made = book(wish(centre.hall, span(8, 10), 100), guest())
    with pytest.raises(Invalid), transaction():
        requests.approve(made.id, actor=staff, at=AT, reason=" ")
    with pytest.raises(NotFound), transaction():
        requests.approve(made.id, actor=guest(), at=AT, reason="Tôi thích")


def test_approval_is_refused_when_the_place_went_in_the_meantime(centre: Any, staff: Any) -> None:
    made = book(wish(centre.hall, span(8, 10), 100), guest())
    book(wish(centre.half_a, span(9, 10), 30), guest())
    with pytest.raises(Taken), transaction():
        requests.approve(made.id, actor=staff, at=AT, reason="Được")
    db.session.refresh(made)
    assert made.state is BookingState.REQUESTED


def test_a_holding_request_blocks_until_it_lapses(centre: Any) -> None:
    held = book(wish(centre.held, span(8, 10), 1), guest())
    with pytest.raises(Taken):
        book(wish(centre.held, span(9, 10), 1), guest())
    with transaction():
        assert requests.lapse_holds(at=held.hold_until) == 1
    assert book(wish(centre.held, span(9, 10), 1), guest()).state is BookingState.REQUESTED


def test_the_comparison_marks_the_better_lines(centre: Any, staff: Any) -> None:
    a = book(wish(centre.hall, span(8, 10), 100), guest(), AT)
    book(wish(centre.hall, span(8, 10), 40), guest(), AT + timedelta(hours=1))
    others = [row for row, _rivals in request_queries.requests_waiting(staff)]
    found = request_queries.compared(request_queries.get_request(a.id, staff), others, at=AT)
    assert [r.booking.expected for r in found] == [100, 40]
    assert {"people", "sent"} <= found[0].best
    assert len(request_queries.requests_waiting(staff)) == 2
    assert ask(waiting.waiting_for(staff))[0].count == 2


# -- series


def test_a_series_shows_each_clash_and_books_the_listed_dates(centre: Any) -> None:
    actor = guest()
    book(wish(centre.room, span(8, 9, MONDAY + timedelta(weeks=1))), guest())
    wanted = wish(centre.room, span(8, 10), idempotency_key="s")
    seen = series.preview(wanted, WEEKLY, actor=actor, at=AT)
    assert [p.is_possible for p in seen] == [True, False, True, True, True]
    with pytest.raises(series.SeriesTaken), transaction():
        series.book(wanted, WEEKLY, actor=actor, at=AT)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Occupancy)) == 1
    only = [p.day for p in seen if p.is_possible]
    with transaction():
        row, made, out = series.book(wanted, WEEKLY, actor=actor, at=AT, only=only)
    assert (len(made), out) == (4, [MONDAY + timedelta(weeks=1)])
    with transaction():
        again = series.book(wanted, WEEKLY, actor=actor, at=AT, only=only)
    assert again[0].id == row.id


def test_deleted_dates_stay_deleted_through_later_changes(centre: Any) -> None:
    actor = guest()
    with transaction():
        row, made, _out = series.book(wish(centre.room, span(8, 10)), WEEKLY, actor=actor, at=AT)
    with transaction():
        series.cancel(made[1].id, Scope.ONE, actor=actor, at=AT)
    with transaction():
        moved = series.reschedule(made[0].id, Scope.ALL, span(14, 15), actor=actor, at=AT)
    assert len(moved) == 4
    days = [b.series_date for b in series.members(row.id) if b.state is BookingState.CONFIRMED]
    assert MONDAY + timedelta(weeks=1) not in days
    with transaction():
        gone = series.cancel(made[3].id, Scope.FOLLOWING, actor=actor, at=AT)
    assert len(gone) == 2
    assert len(series.plan_of(row).occurrences()) == 2


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
        late.checked_in_at = None
        db.session.flush()
        day.release_no_shows(at=moment)
    book(wish(centre.room, span(8.5, 9.5)), guest(), span(8.4, 9).start)
    with pytest.raises(Taken):
        at_door(centre, late, moment + timedelta(minutes=5))


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


def test_the_day_sheet_and_the_door_agree(centre: Any, staff: Any) -> None:
    book(wish(centre.room, span(8, 10), title="Kín"), guest())
    [(place, lines)] = desk.day_sheet(staff, MONDAY)
    assert (place.slug, lines[0].title) == ("room", "Kín")
    shown = door.door("room", now=span(8, 9).start)
    assert shown.current is not None
    assert shown.current.title != "Kín"


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
    options = machines.proposals(made, at=AT)
    assert [o.name for o in options if o.is_partner] == ["EIU Laser"]
    choice = read_choice(next(o.value for o in options if o.is_partner))
    with transaction():
        moved = outages.replace(made.id, *choice, actor=staff, at=AT)
    assert (moved.state, moved.resource_id) == (BookingState.CONFIRMED, centre.partner.id)
    with pytest.raises(Taken):
        book(wish(centre.laser, span(9, 10), 2), actor)
    with transaction():
        outages.end(outage.id, actor=staff, at=span(6, 7).start)
    assert book(wish(centre.laser, span(9, 10), 2), actor).id


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
    assert closures.touched_by(centre.site.id, [MONDAY]) == {MONDAY: 1}
    with transaction():
        owners = closures.confirm_days([row.id], actor=staff, at=AT)
    db.session.refresh(made)
    assert (len(owners), made.state) == (1, BookingState.DISPLACED)
    with pytest.raises(Refused) as refused:
        book(wish(centre.room, span(8, 10)), guest())
    assert "Đại hội" in refused.value.message
    with transaction():
        closures.drop_day(row.id, actor=staff, at=AT)
    assert book(wish(centre.room, span(8, 10)), guest()).id
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ClosureDay)) == n


# -- events


def make_event(centre: Any, staff: Any, seats: int = 1, **plan: Any) -> Any:
    with transaction():
        event = events.create(
            events.EventPlan("Arduino", EventKind.COURSE, seats, **plan), actor=staff, at=AT
        )
        events.add_session(event.id, centre.room.id, span(8, 10), actor=staff, at=AT)
        return events.publish(event.id, actor=staff, at=AT)


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


# -- calendars and numbers


FILE = b"""BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:a
SUMMARY:Giao ban
DTSTART;TZID=Asia/Ho_Chi_Minh:20260309T080000
DTEND;TZID=Asia/Ho_Chi_Minh:20260309T090000
RRULE:FREQ=DAILY;COUNT=3
END:VEVENT
END:VCALENDAR
"""


def test_an_import_keeps_clashes_and_is_not_read_twice(centre: Any, staff: Any) -> None:
    book(wish(centre.room, span(8.5, 10)), guest())
    window = local_days(MONDAY, MONDAY + timedelta(days=7))
    with transaction():
        first = imports.import_file(FILE, centre.room.id, window, name="a.ics", actor=staff, at=AT)
    assert (len(first.occurrences), len(first.clashes)) == (3, 1)
    assert sorted(db.session.scalars(sa.select(Occupancy.state).where(Occupancy.owner_kind == "import"))) == [
        "clash", "confirmed", "confirmed",
    ]  # fmt: skip
    with transaction():
        again = imports.import_file(FILE, centre.room.id, window, name="a.ics", actor=staff, at=AT)
    assert (again.known, again.row.stored) == (3, 0)
    with transaction():
        moved = (
            FILE.replace(b"T080000", b"T100000").replace(b"T090000", b"T110000").replace(b"UID:a", b"UID:b")
        )
        imports.import_file(moved, centre.room.id, window, name="b.ics", actor=staff, at=AT)
    with pytest.raises(Invalid), transaction():
        imports.import_file(b"<html>", centre.room.id, window, name="x", actor=staff, at=AT)


def test_an_event_that_moved_in_its_file_moves_here(centre: Any, staff: Any) -> None:
    """A series names its occurrences by their dates; a single event is known by its UID alone."""
    file = FILE.replace(b"RRULE:FREQ=DAILY;COUNT=3\n", b"")
    window = local_days(MONDAY, MONDAY + timedelta(days=7))
    rows = sa.select(Occupancy.starts_at, Occupancy.sequence).where(Occupancy.owner_kind == "import")
    with transaction():
        imports.import_file(file, centre.room.id, window, name="a.ics", actor=staff, at=AT)
    assert db.session.execute(rows).all() == [(span(8, 9).start, 0)]
    later = file.replace(b"T080000", b"T100000").replace(b"T090000", b"T110000")
    with transaction():
        imports.import_file(later, centre.room.id, window, name="a.ics", actor=staff, at=AT)
    assert db.session.execute(rows).all() == [(span(10, 11).start, 1)]


def test_a_feed_lists_the_bookings_and_dies_when_revoked(centre: Any) -> None:
    actor = guest()
    made = book(wish(centre.room, span(8, 10)), actor)
    gone = book(wish(centre.room, span(10, 11)), actor)
    with transaction():
        bookings.cancel(gone.id, actor=actor, at=AT)
        feed = feed_services.make(feeds.FeedKind.MINE, None, actor=actor, at=AT)
    token = feed_services.token_of(feed)
    assert feed_services.find(token) is feed
    entries = feeds.entries_of(feed, now=AT)[1]
    assert [(e.span, e.cancelled) for e in entries] == [(span(8, 10), False), (span(10, 11), True)]
    assert entries[0].uid == f"booking-{made.id}@{feeds.DOMAIN}"
    with transaction():
        feed_services.revoke(feed.id, actor=actor, at=AT)
    assert feed_services.find(token) is None
    with transaction():
        again = feed_services.make(feeds.FeedKind.MINE, None, actor=actor, at=AT)
    assert feed_services.token_of(again) != token
    assert feed_services.find("1-x") is None


def test_a_rooms_feed_hides_private_titles(centre: Any, staff: Any) -> None:
    book(wish(centre.half_a, span(8, 10), title="Kín"), guest())
    make_event(centre, staff)
    hall = [e.summary for e in feeds.of_resource(centre.hall, now=AT)]
    assert "Kín" not in hall
    assert len(hall) == 1
    assert [e.summary for e in feeds.of_resource(centre.room, now=AT)] == ["Arduino"]


def test_numbers_count_uses_and_people_of_the_local_year(centre: Any, staff: Any) -> None:
    made = book(wish(centre.room, span(8, 10), 6), guest())
    book(wish(centre.other, span(8, 9), 4), guest())
    book(wish(centre.room, span(18, 19), 9), guest())
    with transaction():
        day.count(made.id, 5, actor=staff, at=span(9, 10).start)
    assert numbers.year_figures(2026) == {"bookings": 2, "people": 9}
    report = numbers.report(MONDAY, MONDAY + timedelta(days=1))
    used = {place.name: use.open_share for place, use in report.places}
    assert used["Room"] == pytest.approx(2 / 7.5)


# -- search


def test_search_ranks_and_explains(centre: Any) -> None:
    actor = guest()
    book(wish(centre.room, span(8, 10)), guest())
    found = search.find(actor, search.Wish(span(8, 10), 18, frozenset({"projector"})), now=AT)
    got = [(hit.place.slug, hit.fit.name) for hit in found.hits]
    assert got[:2] == [("other", "NOW"), ("room", "SHIFTED")]
    assert dict(got)["shop"] == "NO"
    assert all(hit.sentence for hit in found.hits)
    others = search.alternatives_for(actor, centre.room.id, search.Wish(span(8, 10), 18), now=AT)
    assert len(others) == 3


def test_every_refusal_is_a_domain_error(centre: Any) -> None:
    with pytest.raises(DomainError):
        book(wish(centre.room, span(9, 8)), guest())


def test_nothing_is_written_when_a_booking_is_refused(centre: Any) -> None:
    before = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent))
    with pytest.raises(Refused):
        book(wish(centre.room, span(8, 10), 99), guest())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent)) == before
