"""One table makes a place busy: lock-then-check, and the schema behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incubator.core.db import db, transaction
from incubator.core.errors import Conflict, Invalid
from incubator.models import Occupancy, OccupancyState, guards
from incubator.spaces.intervals import Span
from incubator.spaces.services import occupancy
from incubator.spaces.services.displacing import displace
from incubator.spaces.services.occupancy import Owner, Taken, Want
from tests.factories import AT
from tests.spaces.factories import span

OWN, OTHER = Owner("booking", 1), Owner("session", 2)


def take(place: Any, when: Span, owner: Owner = OWN, **want: Any) -> None:
    with transaction():
        occupancy.occupy([Want(place.id, when, **want)], owner=owner, at=AT)


def test_back_to_back_is_no_clash_but_a_minute_is(centre: Any) -> None:
    take(centre.room, span(10, 11))
    take(centre.room, span(11, 12), OTHER)
    with pytest.raises(Taken) as refused:
        take(centre.room, span(11.5, 12.5), Owner("booking", 3))
    assert [(c.owner, c.name) for c in refused.value.clashes] == [(OTHER, "Room")]


def test_a_buffer_after_a_use_keeps_the_next_one_out(centre: Any) -> None:
    take(centre.room, span(10, 11), after=timedelta(minutes=30))
    with pytest.raises(Taken):
        take(centre.room, span(11, 12), OTHER)
    take(centre.room, span(11.5, 12), OTHER)


def test_a_hall_and_its_half_cannot_be_used_at_once(centre: Any) -> None:
    take(centre.hall, span(8, 10))
    with pytest.raises(Taken):
        take(centre.half_b, span(9, 11), OTHER)
    take(centre.half_b, span(10, 11), OTHER)
    with pytest.raises(Taken):
        take(centre.hall, span(10, 12), Owner("booking", 3))


def test_the_whole_shop_takes_its_machines_and_a_machine_only_itself(centre: Any) -> None:
    take(centre.laser, span(8, 9))
    take(centre.printer, span(8, 9), OTHER)
    with pytest.raises(Taken):
        take(centre.shop, span(8, 10), Owner("event", 3))
    take(centre.shop, span(9, 10), Owner("event", 3))
    with pytest.raises(Taken):
        take(centre.laser, span(9.5, 10), Owner("booking", 4))


def test_shared_places_give_units_until_there_are_none(centre: Any) -> None:
    take(centre.desks, span(8, 9), units=8)
    take(centre.desks, span(8, 9), OTHER, units=4)
    with pytest.raises(Taken):
        take(centre.desks, span(8.5, 9), Owner("booking", 3), units=1)
    with pytest.raises(Invalid):
        take(centre.desks, span(12, 13), Owner("booking", 3), units=13)
    held = db.session.scalars(sa.select(Occupancy.unit).order_by(Occupancy.unit)).all()
    assert held == list(range(1, 13))


def test_two_wants_of_one_call_see_each_other(centre: Any) -> None:
    with pytest.raises(Taken), transaction():
        occupancy.occupy(
            [Want(centre.room.id, span(8, 10)), Want(centre.room.id, span(9, 11))], owner=OWN, at=AT
        )
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Occupancy)) == 0


def test_a_move_sees_through_itself_and_changes_nothing_when_refused(centre: Any) -> None:
    take(centre.room, span(8, 10))
    take(centre.room, span(12, 13), OTHER)
    with transaction():
        occupancy.move([Want(centre.room.id, span(9, 11))], owner=OWN, at=AT)
    with pytest.raises(Taken), transaction():
        occupancy.move([Want(centre.room.id, span(11, 12.5))], owner=OWN, at=AT)
    row = db.session.scalars(sa.select(Occupancy).where(Occupancy.owner_id == 1)).one()
    assert (row.starts_at, row.ends_at, row.sequence) == (*span(9, 11), 1)


def test_requests_compete_and_holds_block(centre: Any) -> None:
    with transaction():
        occupancy.occupy([Want(centre.room.id, span(8, 9))], owner=OWN, at=AT, state=OccupancyState.REQUESTED)
        occupancy.occupy([Want(centre.room.id, span(8, 9))], owner=OTHER, at=AT, state=OccupancyState.HELD)
    with pytest.raises(Taken):
        take(centre.room, span(8, 9), Owner("booking", 3))


def test_displacing_takes_all_that_an_owner_held(centre: Any) -> None:
    with transaction():
        wants = [Want(centre.room.id, span(8, 10)), Want(centre.laser.id, span(8, 10))]
        occupancy.occupy(wants, owner=OTHER, at=AT)
    with transaction():
        assert displace([centre.laser.id], span(9, 9.5), at=AT).owners == [OTHER]
    states = set(db.session.scalars(sa.select(Occupancy.state)))
    assert states == {OccupancyState.DISPLACED}
    take(centre.room, span(8, 10))


def test_ending_early_frees_the_rest(centre: Any) -> None:
    take(centre.room, span(8, 12), after=timedelta(minutes=30))
    with transaction():
        occupancy.end_early(OWN, at=span(9, 10).start)
    take(centre.room, span(9, 10), OTHER)


def test_an_unknown_place_is_a_sentence(centre: Any) -> None:
    with pytest.raises(Invalid), transaction():
        occupancy.occupy([Want(10**9, span(8, 9))], owner=OWN, at=AT)


# -- the schema alone, every Python check left out


def insert(**values: Any) -> None:
    when = values.pop("when", span(8, 9))
    row = {
        "unit": 1, "starts_at": when.start, "ends_at": when.end, "block_start": when.start, "block_end": when.end,
        "state": "confirmed", "owner_kind": "x", "owner_id": 1, "title": "", "title_public": False, "uid": "",
        "sequence": 0, "created_at": AT, "changed_at": AT,
    }  # fmt: skip
    with transaction():
        db.session.execute(sa.insert(Occupancy), [{**row, **values}])


def refusal(**values: Any) -> str:
    with pytest.raises(Conflict) as refused:
        insert(**values)
    return str(refused.value.details["constraint"])


def test_the_schema_refuses_what_overlaps(centre: Any) -> None:
    insert(resource_id=centre.room.id)
    insert(resource_id=centre.room.id, when=span(9, 10))
    insert(resource_id=centre.room.id, state="requested")
    assert refusal(resource_id=centre.room.id, when=span(8.5, 8.75)) == guards.OVERLAP
    assert refusal(resource_id=centre.room.id, state="held") == guards.OVERLAP


def test_the_schema_refuses_an_update_into_an_overlap(centre: Any) -> None:
    insert(resource_id=centre.room.id)
    insert(resource_id=centre.room.id, state="requested")
    with pytest.raises(Conflict) as refused, transaction():
        db.session.execute(
            sa.update(Occupancy).where(Occupancy.state == "requested").values(state="confirmed")
        )
    assert refused.value.details["constraint"] == guards.OVERLAP


def test_the_schema_knows_units_and_composed_places(centre: Any) -> None:
    insert(resource_id=centre.desks.id, unit=12)
    assert refusal(resource_id=centre.desks.id, unit=13) == guards.UNIT
    assert refusal(resource_id=centre.desks.id, unit=0) == guards.UNIT
    assert refusal(resource_id=centre.hall.id) == guards.UNIT


def test_the_schema_refuses_backward_times(centre: Any) -> None:
    assert "forward" in refusal(
        resource_id=centre.room.id, ends_at=span(7, 8).start, block_end=span(8, 9).end
    )


def test_the_guards_are_in_the_migrated_database(session: Any) -> None:
    dialect = db.engine.dialect.name
    if dialect == "sqlite":
        found = db.session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
    else:
        found = db.session.scalars(
            sa.text("SELECT conname FROM pg_constraint UNION SELECT tgname FROM pg_trigger")
        ).all()
    assert guards.expected_names(dialect) <= set(found)


# -- random operations against a slow model


operations = st.lists(
    st.tuples(
        st.sampled_from(["room", "half_a", "half_b", "hall", "laser", "shop", "desks"]),
        st.integers(0, 20),
        st.integers(1, 6),
        st.integers(0, 2),
        st.sampled_from(["occupy", "move", "release"]),
        st.integers(1, 6),
    ),
    max_size=14,
)


@given(operations)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_two_blocking_rows_of_a_unit_ever_overlap(centre: Any, steps: list[Any]) -> None:
    for name, start, length, buffer, verb, owner in steps:
        when = span(7 + start / 2, 7 + (start + length) / 2)
        want = Want(
            getattr(centre, name).id,
            when,
            after=timedelta(minutes=15 * buffer),
            units=2 if name == "desks" else None,
        )
        try:
            with transaction():
                if verb == "release":
                    occupancy.release([Owner("booking", owner)], at=AT)
                elif verb == "move":
                    occupancy.move([want], owner=Owner("booking", owner), at=AT)
                else:
                    occupancy.occupy([want], owner=Owner("booking", owner), at=AT)
        except Taken:
            continue
    rows = db.session.execute(
        sa.select(Occupancy.resource_id, Occupancy.unit, Occupancy.block_start, Occupancy.block_end).where(
            Occupancy.state.in_(("confirmed", "held"))
        )
    ).all()
    for i, a in enumerate(rows):
        for b in rows[i + 1 :]:
            assert a[:2] != b[:2] or not Span(a[2], a[3]).overlaps(Span(b[2], b[3]))
    with transaction():
        db.session.execute(sa.delete(Occupancy))
