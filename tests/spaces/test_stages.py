"""Rounds of contests hold rooms in the common calendar; who loses one stands on staff's list and is told."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.activity import messages
from incubator.core.access import Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.core.errors import Invalid, NotAllowed, NotFound
from incubator.models import Notification, Occupancy, OccupancyState, Person
from incubator.spaces.queries import others
from incubator.spaces.services import occupancy, outages, stages
from incubator.spaces.services.occupancy import Owner, Taken, Want
from tests.factories import AT, make_edition, make_stage, make_user
from tests.spaces.factories import MONDAY, book, guest, span, told, wish


@pytest.fixture
def stage(centre: Any) -> Any:
    found = make_stage(
        make_edition(), name="Chung kết", starts_at=span(8, 9).start, ends_at=span(11, 12).start
    )
    make_user(Role.ORGANISER, ScopeKind.EDITION, found.edition_id)
    db.session.commit()
    return found


def test_a_round_holds_a_hall_and_its_halves(centre: Any, staff: Any, stage: Any) -> None:
    with transaction():
        stages.hold(stage.id, centre.hall.id, span(8, 11), actor=staff, at=AT)
    with pytest.raises(Taken):
        book(wish(centre.half_a, span(9, 10)), guest())
    with transaction():
        stages.hold(stage.id, centre.room.id, span(8, 11), actor=staff, at=AT)
    book(wish(centre.half_a, span(9, 10)), guest())  # what it held before is free again
    with pytest.raises(Taken), transaction():
        stages.hold(stage.id, centre.hall.id, span(8, 11), actor=staff, at=AT)
    with transaction():
        stages.release(stage.id, actor=staff, at=AT)
    book(wish(centre.room, span(9, 10)), guest())


def test_only_staff_hold_and_only_what_exists(centre: Any, staff: Any, stage: Any) -> None:
    with pytest.raises(NotAllowed):
        stages.hold(stage.id, centre.room.id, span(8, 11), actor=guest(), at=AT)
    for stage_id, place, when, error in (
        (9999, centre.room.id, span(8, 11), NotFound),
        (stage.id, 9999, span(8, 11), NotFound),
        (stage.id, centre.room.id, span(11, 8), Invalid),
    ):
        with pytest.raises(error):
            stages.hold(stage_id, place, when, actor=staff, at=AT)


def chosen(page: str, stage: Any) -> list[str]:
    """What the form of this round has selected."""
    select = re.search(rf'<select[^>]*name="s{stage.id}-resource_id".*?</select>', page, re.S)
    assert select is not None
    return re.findall(r'<option selected value="(\d+)"', select[0])


def test_the_form_of_a_round_shows_the_place_that_it_holds(
    centre: Any, staff: Any, stage: Any, sign_in: Any, at: Any
) -> None:
    desk = sign_in(make_user(Role.STAFF, ScopeKind.SITE, centre.site.id))
    assert chosen(desk.get("/spaces/stages").text, stage) == ["0"]
    for place in (centre.hall, centre.half_a, centre.shop, centre.room):
        with transaction():
            stages.hold(stage.id, place.id, span(8, 11), actor=staff, at=AT)
        assert chosen(desk.get("/spaces/stages").text, stage) == [str(place.id)]
    with transaction():
        outages.declare(centre.room.id, span(7, 17), reason="Sơn", actor=staff, at=AT)
    page = desk.get("/spaces/stages").text
    assert chosen(page, stage) == ["0"]  # what was lost is not offered again
    data = {f"s{stage.id}-resource_id": "0", f"s{stage.id}-starts_at": f"{MONDAY:%d/%m/%Y} 08:00",
            f"s{stage.id}-ends_at": f"{MONDAY:%d/%m/%Y} 11:00"}  # fmt: skip
    refused = desk.post(f"/spaces/stages/{stage.id}", data=data)
    assert refused.status_code == 422
    assert "Chọn phòng cho vòng thi." in refused.text


def test_organisers_read_which_place_was_lost_when_and_see_it_at_home(
    centre: Any, staff: Any, stage: Any, sign_in: Any, app: Any, at: Any
) -> None:
    with transaction():
        stages.hold(stage.id, centre.hall.id, span(8, 11), actor=staff, at=AT)
    organiser = make_user(Role.ORGANISER, ScopeKind.EDITION, stage.edition_id)
    other = make_user(Role.ORGANISER, ScopeKind.EDITION, make_edition().id)
    with transaction():
        outages.declare(centre.half_a.id, span(7, 17), reason="Dột mái", actor=staff, at=AT)
    rows = db.session.scalars(sa.select(Notification).where(Notification.kind == "spaces/stage_lost")).all()
    assert organiser.person_id in {row.person_id for row in rows}
    assert other.person_id not in {row.person_id for row in rows}
    with app.test_request_context("/"):
        text = messages.render(rows[0], db.session.get_one(Person, organiser.person_id))
    assert "Hall-A, Hall-B, 08:00–11:00 09/03/2026" in text.body
    assert "Lý do: Dột mái" in text.body
    page = sign_in(organiser)
    assert "Chung kết mất phòng" in page.get("/home").text
    assert page.get(rows[0].url).status_code == 200
    assert "mất phòng" not in sign_in(other).get("/home").text
    with transaction():
        stages.hold(stage.id, centre.room.id, span(8, 11), actor=staff, at=AT)
    assert "mất phòng" not in sign_in(organiser).get("/home").text


def test_what_loses_its_place_is_listed_and_the_organisers_are_told(
    centre: Any, staff: Any, stage: Any, sign_in: Any, at: Any
) -> None:
    with transaction():
        stages.hold(stage.id, centre.hall.id, span(8, 11), actor=staff, at=AT)
        occupancy.occupy(
            [Want(centre.half_a.id, span(14, 15))], owner=Owner("session", 1), at=AT, title="Cố vấn"
        )
    with transaction():
        outages.declare(centre.half_a.id, span(7, 17), reason="Dột mái", actor=staff, at=AT)
    lost, _without = others.lost_uses(staff, at=AT)
    assert [(use.kind, use.places) for use in lost] == [
        ("stage", ["Hall-A", "Hall-B"]),
        ("session", ["Hall-A"]),
    ]
    assert told("spaces/stage_lost") == 1
    desk = sign_in(make_user(Role.STAFF, ScopeKind.SITE, centre.site.id))
    assert "Chung kết" in desk.get("/spaces/outages").text
    assert "2 lượt mất chỗ" in desk.get("/home").text
    assert "Mất phòng, cần xếp lại" in desk.get("/spaces/stages").text
    data = {f"s{stage.id}-resource_id": centre.room.id, f"s{stage.id}-starts_at": f"{MONDAY:%d/%m/%Y} 08:00",
            f"s{stage.id}-ends_at": f"{MONDAY:%d/%m/%Y} 11:00"}  # fmt: skip
    assert desk.post(f"/spaces/stages/{stage.id}", data={}).status_code == 422
    assert desk.post(f"/spaces/stages/{stage.id}", data=data).status_code == 303
    assert "Đã giữ chỗ" in desk.get("/spaces/stages").text
    assert [use.kind for use in others.lost_uses(staff, at=AT)[0]] == ["session"]
    stage.starts_at += timedelta(days=1)
    db.session.commit()
    assert "Giữ chỗ khác ngày thi" in desk.get("/spaces/stages").text
    assert desk.post(f"/spaces/stages/{stage.id}", data={"release": "1"}).status_code == 303
    states = db.session.scalars(sa.select(Occupancy.state).where(Occupancy.owner_kind == "stage"))
    assert set(states) == {OccupancyState.RELEASED, OccupancyState.MOVED}  # here, and where it was before
