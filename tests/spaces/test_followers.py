"""What somebody reads who follows the calendar of a room: nothing vanishes unsaid, and every change has a higher number."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from incubator.core.db import transaction
from incubator.core.errors import DomainError
from incubator.models import Resource
from incubator.spaces.calendar_feed import FeedEntry
from incubator.spaces.queries import feeds, numbers
from incubator.spaces.recurrence import Every, Pattern, Scope
from incubator.spaces.services import bookings, events, outages, requests, series, stages
from tests.factories import AT, make_division, make_edition, make_stage
from tests.spaces.factories import MONDAY, SYSTEM, book, guest, make_event, span, wish


def of(place: Resource, now: Any = AT) -> dict[str, FeedEntry]:
    return {entry.uid: entry for entry in feeds.of_resource(place, now=now)}


def states(place: Resource) -> list[bool]:
    """Whether each entry is cancelled, by UID."""
    return [entry.cancelled for _uid, entry in sorted(of(place).items())]


def test_a_booking_that_moves_is_cancelled_in_the_room_it_left_and_comes_back(centre: Any) -> None:
    actor = guest()
    made = book(wish(centre.room, span(8, 10)), actor)
    [(uid, first)] = of(centre.room).items()
    with transaction():
        bookings.move(made.id, span(9, 11), actor=actor, at=AT, resource_id=centre.other.id)
    left, there = of(centre.room)[uid], of(centre.other)[uid]
    assert (left.cancelled, left.span, there.cancelled, there.span) == (True, span(8, 10), False, span(9, 11))
    assert left.sequence > first.sequence
    with transaction():
        bookings.move(made.id, span(10, 11), actor=actor, at=AT, resource_id=centre.room.id)
    back, gone = of(centre.room)[uid], of(centre.other)[uid]
    assert (back.cancelled, back.span, gone.cancelled) == (False, span(10, 11), True)
    assert back.sequence > left.sequence
    assert gone.sequence > there.sequence
    assert of(centre.other, AT + timedelta(days=31)) == {}


def test_a_booking_that_must_be_asked_for_again_is_no_longer_in_the_calendar(centre: Any, staff: Any) -> None:
    actor = guest()
    made = book(wish(centre.room, span(8, 10)), actor)
    [(uid, first)] = of(centre.room).items()
    with transaction():
        bookings.move(made.id, span(18, 20), actor=actor, at=AT)
    waits = of(centre.room)[uid]
    assert waits.cancelled
    with transaction():
        requests.approve(made.id, actor=staff, at=AT, reason="Được")
    assert not of(centre.room)[uid].cancelled
    assert of(centre.room)[uid].sequence > waits.sequence > first.sequence


def test_a_request_that_moves_was_never_in_a_calendar(centre: Any) -> None:
    actor = guest()
    made = book(wish(centre.room, span(18, 20)), actor)
    with transaction():
        bookings.move(made.id, span(18, 20), actor=actor, at=AT, resource_id=centre.other.id)
    assert of(centre.room) == of(centre.other) == {}


def test_the_half_of_a_hall_that_is_given_up_is_free_and_the_hall_is_not(centre: Any) -> None:
    made = book(wish(centre.hall, span(8, 10)), SYSTEM)
    with transaction():
        bookings.move(made.id, span(8, 10), actor=SYSTEM, at=AT, resource_id=centre.half_a.id)
    assert (states(centre.half_a), states(centre.half_b), states(centre.hall)) == ([False], [True], [False])


def test_a_displaced_booking_that_finds_another_room_stays_cancelled_in_the_first(
    centre: Any, staff: Any
) -> None:
    made = book(wish(centre.room, span(8, 10)), guest())
    with transaction():
        outages.declare(centre.room.id, span(7, 12), reason="Mất điện", actor=staff, at=AT)
        outages.replace(made.id, centre.other.id, span(8, 10), actor=staff, at=AT)
    assert states(centre.room) == [True, False]  # the booking, the outage
    assert states(centre.other) == [False]


def test_sessions_series_and_rounds_that_move_are_cancelled_where_they_were(centre: Any, staff: Any) -> None:
    session = events._sessions(make_event(centre, staff).id)[0]
    actor = guest()
    weekly = Pattern(Every.WEEK, weekdays=(MONDAY.weekday(),), count=3)
    with transaction():
        _row, made, _out = series.book(wish(centre.room, span(14, 15)), weekly, actor=actor, at=AT)
    edition = make_edition()
    make_division(edition)
    stage = make_stage(edition)
    with transaction():
        stages.hold(stage.id, centre.room.id, span(15, 17), actor=SYSTEM, at=AT)
    before = of(centre.room)
    later = span(14, 15, MONDAY + timedelta(days=7))
    with transaction():
        events.move_session(session.id, centre.other.id, span(8, 10), actor=staff, at=AT)
        series.reschedule(made[1].id, Scope.FOLLOWING, later, actor=actor, at=AT, resource_id=centre.other.id)
        stages.hold(stage.id, centre.room.id, span(13, 14), actor=SYSTEM, at=AT)  # its time is in its name
    after = of(centre.room)
    assert set(before) <= set(after)
    names = {uid: uid.rpartition("-")[0] for uid in after}
    gone = {names[uid] for uid in after if after[uid].cancelled}
    kept = {names[uid] for uid in after if not after[uid].cancelled}
    assert gone == {
        f"event-{session.id}", f"booking-{made[1].id}", f"booking-{made[2].id}", f"stage-{stage.id}"
    }  # fmt: skip
    assert kept == {f"booking-{made[0].id}", f"stage-{stage.id}"}
    assert all(after[uid].sequence > before[uid].sequence for uid in before if after[uid].cancelled)
    assert [e.cancelled for e in of(centre.other).values()] == [False] * 3


def test_a_use_counts_only_where_it_was(centre: Any) -> None:
    actor = guest()
    made = book(wish(centre.room, span(8, 10)), actor)
    with transaction():
        bookings.move(made.id, span(8, 10), actor=actor, at=AT, resource_id=centre.other.id)
    found = numbers.report(MONDAY, MONDAY + timedelta(days=1), now=AT)
    assert [place.name for place, _use in found.used] == ["Other"]


def _steps(centre: Any, staff: Any, rng: random.Random) -> Iterator[Any]:
    """Changes one after the other, each may be refused."""
    places = [centre.room, centre.other, centre.half_a, centre.half_b, centre.hall]
    actor, made, down = guest(), [], []
    for n in range(40):
        place, start = rng.choice(places), rng.choice((8, 9, 10, 14, 18))
        try:
            with transaction():
                match rng.randrange(6 if made else 1):
                    case 0:
                        made.append(bookings.book(wish(place, span(start, start + 1)), actor=actor, at=AT))
                    case 1 | 2:
                        bookings.move(
                            rng.choice(made).id, span(start, start + 1), actor=rng.choice((actor, staff)), at=AT,
                            resource_id=place.id,
                        )  # fmt: skip
                    case 3:
                        requests.approve(rng.choice(made).id, actor=staff, at=AT, reason="Được")
                    case 4:
                        bookings.cancel(rng.choice(made).id, actor=actor, at=AT)
                    case _ if down and n % 2:
                        outages.end(down.pop().id, actor=staff, at=AT)
                    case _:
                        when = span(start, start + 2)
                        down.append(outages.declare(place.id, when, reason="Hỏng", actor=staff, at=AT)[0])
        except DomainError:
            continue
        yield n


@pytest.mark.parametrize("seed", range(6))
def test_whoever_follows_a_room_knows_how_it_is(centre: Any, staff: Any, seed: int) -> None:
    """A follower's copy keeps what it once had until the calendar says more: it must be the room as it is."""
    places = [centre.room, centre.other, centre.half_a, centre.half_b, centre.hall]
    known: list[dict[str, FeedEntry]] = [{} for _place in places]
    steps = 0
    for _n in _steps(centre, staff, random.Random(seed)):
        steps += 1
        for place, mine in zip(places, known, strict=True):
            now = of(place)
            assert set(mine) <= set(now), "an entry vanished without a word"
            for uid, entry in now.items():
                if uid in mine and (mine[uid].span, mine[uid].cancelled) != (entry.span, entry.cancelled):
                    assert entry.sequence > mine[uid].sequence, uid
            mine.update(now)
    assert steps > 5
