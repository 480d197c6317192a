"""A workspace grant makes the team's bookings free and is drawn down by them, from request to check-out."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from incubator.core.access import Actor
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict
from incubator.mentoring.queries.support import draws_of, grants_of
from incubator.mentoring.services import support
from incubator.models import Entitlement, GrantState, ResourceKind, SupportKind, SupportMoveKind
from incubator.spaces.services import bookings, day, places, requests, terms
from tests.factories import AT
from tests.mentoring.factories import make_case, make_cohort, make_staff
from tests.spaces.factories import SYSTEM, make_centre, span, wish


@pytest.fixture
def scene(session, at):
    """A team with one granted month of ten hours at desks that cost 20,000 đồng the half hour."""
    cohort = make_cohort()
    case, captain = make_case(cohort)
    with transaction():
        centre = make_centre()
        desk = places.make_place(
            "ban", "Bàn làm việc", ResourceKind.SEAT, centre.site, capacity=6, actor=SYSTEM, at=AT
        )
        terms.set_price(desk, 20_000, actor=SYSTEM, at=AT)
        item = support.define_item(
            cohort.programme_id, SupportKind.WORKSPACE, "Chỗ làm việc", ceiling=6, minutes_per_unit=600, actor=SYSTEM, at=AT
        )  # fmt: skip
        grant = support.grant(
            item.id, case, 1, decision="31/QĐ", decided_on=date(2026, 3, 1), valid_from=date(2026, 3, 1),
            valid_to=date(2026, 12, 31), actor=SYSTEM, at=AT,
        )  # fmt: skip
    captain = Actor(person_id=captain.person_id, account_id=captain.id, name="Đội trưởng")
    return {"cohort": cohort, "case": case, "captain": captain, "desk": desk, "grant": grant, "item": item}


def book(scene, when, **values):
    with transaction():
        return bookings.book(
            wish(scene["desk"], when, 3, team_id=scene["case"].team_id, **values),
            actor=scene["captain"],
            at=AT,
        )


def line(scene):
    db.session.expire_all()
    return grants_of([scene["case"].id])[scene["case"].id][0]


def test_bookings_of_the_team_are_free_until_the_grant_is_used_up(scene):
    first = book(scene, span(8, 11))
    assert first.price == 0
    assert (line(scene).used, line(scene).left) == (1, 0)
    assert [(d.minutes, d.state) for d in draws_of(scene["grant"].id)] == [(180, GrantState.RESERVED)]
    assert [book(scene, span(*hours)).price for hours in ((11, 14), (14, 17))] == [0, 0]
    assert book(scene, span(8, 9.5, first.starts_at.date() + timedelta(days=1))).price == 60_000


def test_a_booking_given_back_in_time_gives_the_minutes_back(scene):
    made = book(scene, span(8, 11))
    with transaction():
        bookings.cancel(made.id, actor=scene["captain"], at=AT)
    assert (line(scene).used, line(scene).left) == (0, 1)


def test_check_out_uses_the_minutes_up(scene):
    made = book(scene, span(8, 11))
    staff = make_staff()
    staff = Actor(person_id=staff.person_id, account_id=staff.id, name="BIIC", system="test")
    with transaction():
        day.check_out(made.id, people=3, actor=staff, at=made.ends_at)
    assert [d.state for d in draws_of(scene["grant"].id)] == [GrantState.CONSUMED]
    assert line(scene).used == 1


def test_others_pay(scene):
    stranger = make_case(scene["cohort"], "Đội khác")[1]
    actor = Actor(person_id=stranger.person_id, account_id=stranger.id, name="Khác")
    with transaction():
        made = bookings.book(wish(scene["desk"], span(8, 9), 2), actor=actor, at=AT)
    assert made.price == 40_000


def test_a_request_approved_after_the_grant_is_used_up_has_its_price(scene):
    with transaction():
        asked = bookings.book(
            wish(scene["desk"], span(8, 10), 3, team_id=scene["case"].team_id),
            actor=scene["captain"],
            at=AT,
            ask=True,
        )
    assert asked.price == 0
    later = asked.starts_at.date() + timedelta(days=1)
    for hours in ((8, 11), (11, 14), (14, 17)):
        book(scene, span(*hours, later))
    with transaction():
        requests.approve(asked.id, reason="Còn chỗ", actor=SYSTEM, at=AT)
    db.session.refresh(asked)
    assert asked.price == 80_000


def test_what_is_taken_back_can_no_longer_be_booked_and_what_is_booked_cannot_be_taken_back(scene):
    book(scene, span(8, 9))
    with pytest.raises(Conflict, match="Chỉ còn 0"), transaction():
        support.record_move(scene["grant"].id, SupportMoveKind.RECOVERED, 1, actor=SYSTEM, at=AT)
    assert db.session.scalars(sa.select(Entitlement.minutes)).one() == 600
