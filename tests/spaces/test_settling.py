"""Uses that lost their place are settled: who may go where is judged again, and shown before it is pressed."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.core.access import Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.models import BookingState, Resource, TrainingRecord
from incubator.spaces.choices import choice_of
from incubator.spaces.intervals import local_date, local_time
from incubator.spaces.queries import machines
from incubator.spaces.services import bookings, closures, outages, places, trainings
from incubator.spaces.services.context import Refused
from tests.factories import AT, make_user
from tests.spaces.factories import MONDAY, SYSTEM, book, guest, span, wish

pytestmark = pytest.mark.usefixtures("at")


def train(person_id: int, training: str, months: int = 12) -> Any:
    with transaction():
        return trainings.grant_training(person_id, training, on=MONDAY, months=months, actor=SYSTEM, at=AT)


def displaced(centre: Any, place: Any, *wishes: Any) -> list[Any]:
    """Bookings of this place by people trained for the laser, then the place fails for a week."""
    made = []
    for wanted in wishes:
        actor = guest()
        train(actor.person_id, "laser")
        made.append(book(wanted, actor))
    with transaction():
        whole = span(0, 24 * 7)
        outages.declare(place.id, whole, reason="Cháy nguồn", actor=SYSTEM, at=AT)
    return made


def revoke_all(person_id: int) -> None:
    with transaction():
        for record in db.session.scalars(
            sa.select(TrainingRecord).where(TrainingRecord.person_id == person_id)
        ):
            trainings.revoke(record.id, reason="Vi phạm an toàn", actor=SYSTEM, at=AT)


def test_nobody_is_settled_on_a_machine_without_its_induction(centre: Any) -> None:
    with transaction():
        saw = places.make_place(
            "saw",
            "Máy cưa",
            centre.laser.kind,
            centre.site,
            capacity=3,
            rules={"training": "saw"},
            actor=SYSTEM,
            at=AT,
        )
    [made] = displaced(centre, centre.laser, wish(centre.laser, span(8, 10), 2))
    with pytest.raises(Refused, match="Cần tập huấn “Máy cưa bào liên hợp”"), transaction():
        outages.replace(made.id, saw.id, span(8, 10), actor=SYSTEM, at=AT)
    db.session.refresh(made)
    assert (made.state, made.resource_id) == (BookingState.DISPLACED, centre.laser.id)
    train(made.requester_id, "saw")
    with transaction():
        assert outages.replace(made.id, saw.id, span(8, 10), actor=SYSTEM, at=AT).resource_id == saw.id


def test_a_training_that_was_taken_back_or_ends_before_the_new_day_does_not_carry_over(centre: Any) -> None:
    made, other = displaced(
        centre, centre.laser, wish(centre.laser, span(8, 10), 2), wish(centre.laser, span(10, 11), 2)
    )
    revoke_all(made.requester_id)
    for settle in (
        lambda: outages.replace(made.id, centre.partner.id, span(8, 10), actor=SYSTEM, at=AT),
        lambda: outages.keep(made.id, actor=SYSTEM, at=AT),
    ):
        with pytest.raises(Refused, match="Cần tập huấn “Máy khắc laser”"), transaction():
            settle()
    late = span(10, 11, MONDAY + timedelta(days=400))
    with pytest.raises(Refused, match="hết hạn ngày 09/03/2027"), transaction():
        outages.replace(other.id, centre.partner.id, late, actor=SYSTEM, at=AT)


def test_staff_see_who_lacks_what_before_they_press(centre: Any, sign_in: Any) -> None:
    may, lacks = displaced(
        centre, centre.laser, wish(centre.laser, span(8, 10), 2), wish(centre.laser, span(10, 11), 2)
    )
    revoke_all(lacks.requester_id)
    first, second = machines.proposals_each([may, lacks], at=AT)
    assert ["EIU Laser" in [p.name for p in found if not p.lacks] for found in (first, second)] == [
        True,
        False,
    ]
    assert not any(p.lacks for p in first)
    assert {p.lacks for p in second} == {
        "Cần tập huấn “Máy khắc laser” trước khi dùng máy. Đăng ký buổi tập huấn gần nhất."
    }
    staff = sign_in(make_user(Role.STAFF, ScopeKind.SITE, centre.site.id))
    text = staff.get("/spaces/outages").text
    assert choice_of(centre.partner.id, span(8, 10)) in text
    assert choice_of(centre.partner.id, span(10, 11)) not in text
    assert "Còn trống nhưng chưa chuyển được: EIU Laser" in text
    sent = {"choice": choice_of(centre.partner.id, span(10, 11))}
    told = staff.post(f"/spaces/displaced/{lacks.id}", data=sent, follow_redirects=True)
    assert "Cần tập huấn “Máy khắc laser”" in told.text
    assert '<h2 id="lost">' in told.text


def test_no_proposal_goes_to_a_day_off_that_waits_for_its_confirmation_nor_to_an_evening(centre: Any) -> None:
    [made] = displaced(centre, centre.laser, wish(centre.laser, span(8, 10), 2))
    with transaction():
        outages.declare(centre.partner.id, span(0, 24 * 7), reason="Bảo trì", actor=SYSTEM, at=AT)

    def days() -> list[Any]:
        [found] = machines.proposals_each([made], at=AT)
        assert all(local_time(p.span.end).time() <= time(17) for p in found)
        return [local_date(p.span.start) for p in found]

    off = MONDAY + timedelta(days=7)
    assert off in days()
    with transaction():
        for site in (centre.site, db.session.get_one(type(centre.site), centre.partner.site_id)):
            closures.set_day(site.id, off, open_as=None, note="Giỗ Tổ", actor=SYSTEM, at=AT)
    assert off not in days()
    assert days()


def test_proposals_take_the_same_statements_for_one_and_for_many(centre: Any, queries: Any) -> None:
    made = displaced(
        centre, centre.laser, *(wish(centre.laser, span(8 + n / 2, 8.5 + n / 2), 2) for n in range(6))
    )
    counts = []
    for rows in (made[:1], made):
        with queries() as seen:
            assert all(machines.proposals_each(rows, at=AT))
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert machines.proposals_each([], at=AT) == []


def test_a_place_with_fewer_seats_by_now_takes_back_what_it_can_and_the_rest_can_be_given_up(
    centre: Any,
) -> None:
    """Desks that failed come back with six of twelve: who sat at the eighth is not brought back, and may cancel."""
    first = book(wish(centre.desks, span(8, 10), 6, units=6), guest())
    actor = guest()
    made = book(wish(centre.desks, span(8, 10), 4, units=4), actor)
    with transaction():
        outage, _lost = outages.declare(centre.desks.id, span(7, 12), reason="Sửa", actor=SYSTEM, at=AT)
        db.session.get_one(Resource, centre.desks.id).units = 6
    with transaction():
        outages.end(outage.id, actor=SYSTEM, at=AT)
    assert (first.state, made.state) == (BookingState.CONFIRMED, BookingState.DISPLACED)
    with transaction():
        bookings.cancel(made.id, actor=actor, at=AT)
    assert made.state is BookingState.CANCELLED
