"""Booking, requests, series, search: as use cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.core import clock
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
    GrantState,
    MemberPart,
    Notification,
    Occupancy,
    OccupancyState,
    QuotaScope,
    ResourceKind,
    TeamMember,
)
from incubator.spaces.queries import requests as request_queries
from incubator.spaces.queries import search, waiting
from incubator.spaces.recurrence import Every, Pattern, Scope
from incubator.spaces.services import bookings, closures, entitlements, requests, series, terms
from incubator.spaces.services.context import Refused
from incubator.spaces.services.occupancy import Taken
from tests.factories import (
    AT,
    make_organisation,
    make_person,
    make_team,
)
from tests.spaces.factories import MONDAY, SYSTEM, book, guest, span, wish

WEEKLY = Pattern(Every.WEEK, until=MONDAY + timedelta(weeks=4))


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
        terms.set_quota("Mỗi người", QuotaScope.PERSON, 4, actor=SYSTEM, at=AT)
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
        terms.set_quota("Mỗi đội", QuotaScope.TEAM, 4, actor=SYSTEM, at=AT)
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
        terms.set_quota(
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
        terms.set_price(centre.room, 50_000, actor=SYSTEM, at=AT)
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


def test_seats_follow_the_people_when_a_booking_moves(centre: Any) -> None:
    someone = guest()
    made = book(wish(centre.desks, span(8, 10), 3, units=0), someone)

    def held() -> int:
        mine = (Occupancy.owner_id == made.id, Occupancy.state == OccupancyState.CONFIRMED)
        return db.session.scalar(sa.select(sa.func.count()).where(*mine))

    for place, people, rows in ((centre.desks, 9, 9), (centre.room, 9, 1), (centre.desks, 4, 4)):
        with transaction():
            bookings.move(made.id, span(8, 10), actor=someone, at=AT, resource_id=place.id, people=people)
        assert held() == rows
    own = book(wish(centre.desks, span(8, 10), 2, units=5), someone)
    with transaction():
        bookings.move(own.id, span(8, 9), actor=someone, at=AT, people=1)
    assert own.units == 5
    with pytest.raises(Taken, match="chỉ còn 3 chỗ"):
        book(wish(centre.desks, span(8, 9), 4, units=0), guest())


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


def test_the_comparison_tells_beforehand_what_went_and_offers_what_nobody_else_wants(
    centre: Any, staff: Any
) -> None:
    made = book(wish(centre.hall, span(8, 10), 50), guest())
    book(wish(centre.hall, span(9, 11), 30), guest())
    made, rival = request_queries.open_requests(staff)
    hours = request_queries.compared(made, [rival], at=AT)
    assert [r.taken for r in hours] == [[], []]
    book(wish(centre.half_a, span(9, 10), 30), guest())
    first, second = request_queries.compared(made, [rival], at=AT)
    assert [(clash.name, clash.span.start) for clash in first.taken] == [("Hall-A", span(9, 10).start)]
    assert [clash.name for clash in second.taken] == ["Hall-A"]
    wanted = {(centre.hall.id, span(8, 10).start), (centre.hall.id, span(9, 11).start)}
    assert not {(place.id, when.start) for r in (first, second) for place, when in r.otherwise} & wanted


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


def test_a_day_off_that_nobody_confirmed_waits_for_staff(centre: Any, staff: Any) -> None:
    with transaction():
        near, far = AT.date() + timedelta(days=20), AT.date() + timedelta(days=120)
        for day in (near, far):
            closures.set_day(centre.site.id, day, open_as=None, note="Tết", actor=staff, at=AT)

    def waits(at: Any) -> list[tuple[int, bool]]:
        with clock.frozen(at):
            found = ask(waiting.waiting_for(staff))
        return [(todo.count, todo.urgent) for todo in found if "/closures" in todo.url]

    assert (waits(AT), waits(AT + timedelta(days=8))) == ([(1, False)], [(1, True)])
    with transaction():
        day_id = db.session.scalar(sa.select(ClosureDay.id).where(ClosureDay.day == near))
        closures.confirm_days([day_id], actor=staff, at=AT)
    assert waits(AT) == []


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


# -- search


def test_a_series_moves_to_another_room_with_its_people(centre: Any) -> None:
    someone = guest()
    weekly = Pattern(Every.WEEK, weekdays=(MONDAY.weekday(),), count=3)
    with transaction():
        _series, made, _out = series.book(wish(centre.room, span(8, 9), 5), weekly, actor=someone, at=AT)
    with transaction():
        series.reschedule(
            made[1].id, Scope.FOLLOWING, span(10, 11, MONDAY + timedelta(days=7)), actor=someone, at=AT,
            resource_id=centre.other.id, people=9, version=made[1].version,
        )  # fmt: skip
    assert [(b.resource_id, b.expected) for b in made] == [
        (centre.room.id, 5), (centre.other.id, 9), (centre.other.id, 9),
    ]  # fmt: skip
    with pytest.raises(Conflict), transaction():  # an old page
        series.reschedule(made[0].id, Scope.ALL, span(14, 15), actor=someone, at=AT, version=99)
    made[0].state = BookingState.NO_SHOW
    db.session.commit()
    with pytest.raises(Conflict), transaction():
        series.reschedule(made[0].id, Scope.ONE, span(14, 15), actor=SYSTEM, at=AT)


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
