"""How the centre is set up on screen, people on duty, machines that fail inside a room, teams that withdraw."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.activity import messages
from incubator.core import clock
from incubator.core.access import Actor, Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict, Invalid, NotAllowed
from incubator.core.signals import entry_withdrawn
from incubator.models import (
    AuditEvent,
    BookingState,
    EntryState,
    EventSession,
    MaintenancePlan,
    Notification,
    Occupancy,
    OccupancyState,
    Outage,
    Person,
    PriceRule,
    Quota,
    Resource,
    Supervision,
    TrainingRecord,
)
from incubator.spaces.intervals import local_date
from incubator.spaces.queries import feeds, machines, search
from incubator.spaces.services import bookings, events, hours, outages, places, staffing, stages
from incubator.spaces.services.context import Refused
from incubator.spaces.services.occupancy import Taken
from incubator.spaces.services.supervising import supervisor_of
from tests.factories import (
    AT,
    make_account,
    make_division,
    make_edition,
    make_entry,
    make_grant,
    make_person,
    make_stage,
    make_user,
    save,
)
from tests.reader import words
from tests.spaces.factories import HOURS, MONDAY, SYSTEM, guest, make_event, span, wish

pytestmark = pytest.mark.usefixtures("at")

DAY = f"{MONDAY:%d/%m/%Y}"
MORNING = [(d, time(7, 30), time(11, 30)) for d in range(5)]


@pytest.fixture
def staff(centre: Any, sign_in: Any) -> Any:
    return sign_in(make_user(Role.STAFF, ScopeKind.SITE, centre.site.id))


def book(wanted: Any, actor: Any, at: Any = AT) -> Any:
    with transaction():
        return bookings.book(wanted, actor=actor, at=at)


def on_duty(
    centre: Any, name: str, machine: Any, rows: Any = MORNING, units: int = 1, mode: str = "required"
) -> Any:
    """Somebody on the roster who may watch over a machine."""
    person = make_person(name)
    make_grant(person, Role.STAFF, ScopeKind.SITE, centre.site.id)
    with transaction():
        row = staffing.add(person.id, centre.site, units, actor=SYSTEM, at=AT)
        hours.set_hours(rows, place=row, actor=SYSTEM, at=AT)
        machine = db.session.get_one(Resource, machine.id)
        machine.rules = {**machine.rules, "supervision": mode}
        db.session.add(Supervision(place_id=machine.id, supervisor_id=row.id))
    return row


# -- people on duty


def test_a_machine_that_needs_somebody_is_booked_in_the_hours_on_duty_only(centre: Any) -> None:
    on_duty(centre, "Ngô Bích Liên", centre.printer)
    made = book(wish(centre.printer, span(8, 10), 1), guest())
    assert supervisor_of(made.id) == "Ngô Bích Liên"
    with pytest.raises(Refused) as refused:
        book(wish(centre.printer, span(14, 15), 1), guest())
    assert refused.value.reasons[0].code == "supervisor"
    assert "07:30–08:00, 10:00–11:30" in refused.value.message
    others = search.alternatives_for(guest(), centre.printer.id, search.Wish(span(14, 15), 1), now=AT)
    own = [h.span for h in others if h.place.id == centre.printer.id and h.span]
    assert own
    assert all(when.end <= span(0, 11.5, local_date(when.start)).end for when in own)


def test_one_person_watches_as_many_machines_as_the_roster_says(centre: Any) -> None:
    row = on_duty(centre, "Ngô Bích Liên", centre.printer)
    with transaction():
        held = db.session.get_one(Resource, centre.held.id)
        held.rules = {"supervision": "required"}
        db.session.add(Supervision(place_id=held.id, supervisor_id=row.id))
    book(wish(centre.printer, span(8, 10), 1), guest())
    with pytest.raises(Refused):
        book(wish(centre.held, span(9, 10), 1), guest())
    with transaction():
        staffing.add(row.person_id, centre.site, 2, actor=SYSTEM, at=AT)
    assert book(wish(centre.held, span(9, 10), 1), guest()).state is BookingState.CONFIRMED
    with transaction():
        cancelled = db.session.scalars(sa.select(Occupancy).where(Occupancy.resource_id == row.id)).all()
    assert {r.unit for r in cancelled} == {1, 2}


def test_somebody_on_duty_replaces_the_training_where_the_machine_says_so(centre: Any) -> None:
    on_duty(centre, "Ngô Bích Liên", centre.laser, mode="untrained")
    made = book(wish(centre.laser, span(8, 9), 1), guest())
    assert supervisor_of(made.id)
    with pytest.raises(Refused) as refused:
        book(wish(centre.laser, span(14, 15), 1), guest())
    assert refused.value.reasons[0].code == "untrained"


def test_who_is_away_is_not_told_to_be_on_duty(centre: Any, staff: Any) -> None:
    row = on_duty(centre, "Ngô Bích Liên", centre.printer)
    on_duty(centre, "Trần Quốc Bảo", centre.printer)
    book(wish(centre.printer, span(8, 9), 1), guest())  # who watches a machine is on duty all the same
    with transaction():
        outages.declare(row.id, span(9, 24), reason="Ốm", actor=SYSTEM, at=AT)
    with clock.frozen(span(7, 8).start):
        pages = {
            path: re.sub("<[^>]+>", " ", staff.get(f"/spaces/{path}").text)
            for path in ("duty", "machines", f"today?day={MONDAY:%d/%m/%Y}")
        }
    for path, page in pages.items():
        told = " ".join(page.split())
        assert re.search(r"Ngô Bích Liên .{0,60}?07:30–09:00", told), path
        assert re.search(r"Trần Quốc Bảo .{0,60}?07:30–11:30", told), path


def test_who_is_away_is_replaced_and_else_the_use_is_displaced(centre: Any) -> None:
    first = on_duty(centre, "Ngô Bích Liên", centre.printer)
    second = on_duty(centre, "Trần Quốc Bảo", centre.printer)
    made = book(wish(centre.printer, span(8, 9), 1), guest())
    assert supervisor_of(made.id) == "Ngô Bích Liên"
    with transaction():
        _row, lost = outages.declare(first.id, span(0, 24), reason="Ốm", actor=SYSTEM, at=AT)
    assert lost == []
    assert supervisor_of(made.id) == "Trần Quốc Bảo"
    with transaction():
        _row, lost = outages.declare(second.id, span(0, 24), reason="Đi họp", actor=SYSTEM, at=AT)
    db.session.refresh(made)
    assert (len(lost), made.state) == (1, BookingState.DISPLACED)
    assert supervisor_of(made.id) == ""


def test_the_machines_page_names_who_is_on_duty(centre: Any, staff: Any) -> None:
    on_duty(centre, "Ngô Bích Liên", centre.printer, rows=HOURS)
    rows = {m.place.slug: m for m in machines.machines(guest(), at=span(8, 9).start)}
    assert [name for name, _spans in rows["printer"].duty] == ["Ngô Bích Liên"]
    assert "Ngô Bích Liên" in staff.get("/spaces/duty").text
    assert "Ngô Bích Liên" in staff.get(f"/spaces/today?day={DAY}").text


# -- a machine fails inside a room


def test_the_whole_shop_goes_on_without_the_machine_and_gets_it_back(centre: Any) -> None:
    shop = book(wish(centre.shop, span(8, 10)), guest())
    laser = book(wish(centre.printer, span(13.5, 15), 1), guest())
    with transaction():
        outage, lost = outages.declare(centre.printer.id, span(7, 17), reason="Kẹt", actor=SYSTEM, at=AT)
    db.session.refresh(shop)
    db.session.refresh(laser)
    assert (shop.state, laser.state, len(lost)) == (BookingState.CONFIRMED, BookingState.DISPLACED, 1)
    assert db.session.scalars(
        sa.select(Notification.person_id).where(Notification.kind == "spaces/without_machine")
    ).all() == [shop.requester_id]
    with transaction():
        outages.end(outage.id, actor=SYSTEM, at=AT)
    rows = db.session.scalars(sa.select(Notification).where(Notification.kind == "spaces/back")).all()
    machine = {row.person_id: row.context.get("machine_id") for row in rows}
    assert machine == {shop.requester_id: centre.printer.id, laser.requester_id: None}
    with pytest.raises(Taken):
        book(wish(centre.printer, span(9, 10), 1), guest())
    assert book(wish(centre.printer, span(10, 11), 1), guest()).id


def test_a_course_and_a_round_that_go_on_without_a_machine_stand_on_staffs_list(
    centre: Any, staff: Any
) -> None:
    event = make_event(centre, SYSTEM)
    stage = make_stage(make_edition(), name="Chung kết", starts_at=span(14, 15).start)
    organiser = make_user(Role.ORGANISER, ScopeKind.EDITION, stage.edition_id)
    with transaction():
        session_id = db.session.scalars(sa.select(EventSession.id)).one()
        events.move_session(session_id, centre.shop.id, span(8, 10), actor=SYSTEM, at=AT)
        stages.hold(stage.id, centre.shop.id, span(14, 15), actor=SYSTEM, at=AT)
    staff.get("/home")
    answer = staff.post(
        "/spaces/outages",
        data={"resource_id": centre.printer.id, "kind": "outage", "starts_at": f"{DAY} 07:00",
              "ends_at": f"{DAY} 17:00", "reason": "Kẹt đầu in"},
        follow_redirects=True,
    ).text  # fmt: skip
    assert "0 lượt bị ảnh hưởng" in answer
    assert "2 lượt vẫn giữ phòng nhưng thiếu máy này" in answer
    short = answer.partition('id="without"')[2].partition("</section>")[0]
    assert short.count("Thiếu Printer") == 2
    assert "Arduino" in short
    assert "Chung kết" in short
    assert f"/spaces/sessions/{session_id}" in short
    assert "Không có lượt nào chờ xếp lại" in answer  # nobody lost a room
    home = staff.get("/home").text
    assert "2 lượt giữ phòng nhưng thiếu máy" in home
    assert "mất chỗ vì" not in home
    assert "Thiếu Printer" in staff.get(f"/spaces/events/{event.id}").text
    letter = db.session.scalars(
        sa.select(Notification).where(Notification.kind == "spaces/stage_without")
    ).one()
    assert letter.person_id == organiser.person_id
    text = messages.render(letter, db.session.get_one(Person, organiser.person_id))
    assert "Printer" in text.subject
    assert "Kẹt đầu in" in text.body
    outage = db.session.scalars(sa.select(Outage)).one()
    with transaction():
        outages.end(outage.id, actor=SYSTEM, at=AT)
    assert "Thiếu Printer" not in staff.get("/spaces/outages").text
    assert "thiếu máy" not in staff.get("/home").text
    news = db.session.scalars(sa.select(Notification).where(Notification.kind == "spaces/stage_back")).one()
    assert news.person_id == organiser.person_id
    assert "Có lại Printer" in messages.render(news, db.session.get_one(Person, news.person_id)).subject


def test_a_round_and_a_course_have_their_room_again_when_it_is_back_early(centre: Any, staff: Any) -> None:
    make_event(centre, SYSTEM)
    stage = make_stage(make_edition(), name="Chung kết", starts_at=span(14, 15).start)
    organiser = make_user(Role.ORGANISER, ScopeKind.EDITION, stage.edition_id)
    session = db.session.scalars(sa.select(EventSession)).one()
    with transaction():
        events.move_session(session.id, centre.room.id, span(8, 10), actor=SYSTEM, at=AT)
        stages.hold(stage.id, centre.room.id, span(14, 15), actor=SYSTEM, at=AT)
    with transaction():
        outage, _owners = outages.declare(centre.room.id, span(7, 17), reason="Sơn", actor=SYSTEM, at=AT)
    db.session.refresh(session)
    assert session.displaced_at is not None
    answer = staff.post(f"/spaces/outages/{outage.id}/end", follow_redirects=True).text
    assert "2 lượt có lại chỗ" in answer
    assert "Không có lượt nào chờ xếp lại" in answer
    db.session.refresh(session)
    assert session.displaced_at is None
    news = db.session.scalars(sa.select(Notification).where(Notification.kind == "spaces/stage_back")).one()
    assert news.person_id == organiser.person_id
    text = messages.render(news, db.session.get_one(Person, news.person_id))
    assert "Có lại phòng" in text.subject
    assert "Room" in text.body


def test_who_has_the_shop_reads_on_the_booking_which_machine_is_missing(centre: Any, sign_in: Any) -> None:
    account = make_account()
    actor = Actor(person_id=account.person_id, account_id=account.id, name="Khách")
    shop = book(wish(centre.shop, span(8, 10)), actor)
    page = f"/spaces/bookings/{shop.code}"
    assert "Thiếu Printer" not in sign_in(account).get(page).text
    with transaction():
        outages.declare(centre.printer.id, span(7, 17), reason="Kẹt", actor=SYSTEM, at=AT)
    assert "Thiếu Printer" in sign_in(account).get(page).text
    assert [e.cancelled for e in feeds.of_resource(centre.shop, now=AT) if e.uid.startswith("booking-")] == [
        False
    ]
    assert [
        e.cancelled for e in feeds.of_resource(centre.printer, now=AT) if e.uid.startswith("booking-")
    ] == [True]


def test_a_room_that_fails_pushes_out_who_has_it_with_its_machines(centre: Any) -> None:
    shop = book(wish(centre.shop, span(8, 10)), guest())
    with transaction():
        outages.declare(centre.shop.id, span(7, 17), reason="Sơn", actor=SYSTEM, at=AT)
    db.session.refresh(shop)
    assert shop.state is BookingState.DISPLACED
    states = set(db.session.scalars(sa.select(Occupancy.state).where(Occupancy.owner_kind == "booking")))
    assert states == {OccupancyState.DISPLACED}


# -- a team withdraws


def test_a_withdrawn_team_gives_back_what_it_had_booked(centre: Any) -> None:
    entry = make_entry(make_division(make_edition()))
    coach = guest()
    entry.author_id = coach.person_id
    db.session.commit()
    past = book(wish(centre.room, span(8, 9), team_id=entry.team_id), coach)
    made = book(wish(centre.room, span(14, 15), team_id=entry.team_id), coach)
    with pytest.raises(NotAllowed):
        book(wish(centre.other, span(8, 9), team_id=entry.team_id), guest())
    noon = span(12, 13).start
    with transaction():
        entry.state = EntryState.WITHDRAWN
        db.session.flush()
        entry_withdrawn.send(entry.id, actor=SYSTEM, at=noon)
    db.session.refresh(made)
    db.session.refresh(past)
    assert (made.state, past.state) == (BookingState.CANCELLED, BookingState.CONFIRMED)
    letter = db.session.scalars(sa.select(Notification).where(Notification.kind == "spaces/cancelled")).one()
    assert letter.person_id == coach.person_id
    assert book(wish(centre.room, span(14, 15)), guest()).id


def test_a_team_that_stands_elsewhere_keeps_its_bookings(centre: Any) -> None:
    entry = make_entry(make_division(make_edition()))
    other = make_entry(make_division(make_edition()))
    other.team_id = entry.team_id
    db.session.commit()
    made = book(wish(centre.room, span(14, 15), team_id=entry.team_id), SYSTEM)
    with transaction():
        entry_withdrawn.send(entry.id, actor=SYSTEM, at=AT)
    db.session.refresh(made)
    assert made.state is BookingState.CONFIRMED


# -- screens


def place_data(**more: Any) -> dict[str, Any]:
    return {
        "name": "Phòng mới", "kind": "room", "capacity": "30", "units": "1", "bookable": "y", "outside_hours": "y",
        "may_span_closure": "y", **more,
    }  # fmt: skip


def test_staff_add_and_describe_a_place(centre: Any, staff: Any, sign_in: Any) -> None:
    answer = staff.post(
        f"/spaces/sites/{centre.site.id}/places/new", data=place_data(consumables="Giấy; tờ; 2,5")
    )
    assert answer.status_code == 303, answer.text
    place = db.session.scalars(sa.select(Resource).where(Resource.slug == "phong-moi")).one()
    assert (place.capacity, place.rules["consumables"]) == (30, {"Giấy": {"unit": "tờ", "per_hour": 2.5}})
    page = staff.get("/spaces/places/phong-moi").text
    assert "Giấy; tờ; 2.5" in page
    assert (
        staff.post("/spaces/places/phong-moi", data=place_data(capacity="45", approval="y")).status_code
        == 303
    )
    db.session.refresh(place)
    assert (place.capacity, place.rules.get("approval")) == (45, True)
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.verb == "spaces.place.changed")).all()[
        -1
    ]
    assert (event.before["capacity"], event.after["capacity"]) == (30, 45)
    wrong = staff.post("/spaces/places/phong-moi", data=place_data(consumables="Giấy", name="Giữ tên này"))
    assert wrong.status_code == 422
    assert "Giữ tên này" in wrong.text
    elsewhere = sign_in(make_user(Role.STAFF, ScopeKind.SITE, 10**6))
    assert elsewhere.get("/spaces/places/phong-moi").status_code == 404


def test_what_bookings_rest_on_changes_only_while_nothing_is_to_come(centre: Any, staff: Any) -> None:
    book(wish(centre.shop, span(8, 10)), guest())
    data = place_data(name="Shop", contents=[centre.laser.id])
    assert staff.post("/spaces/places/shop", data=data).status_code == 422
    assert staff.post("/spaces/places/shop/retire").status_code == 409
    assert staff.post("/spaces/places/other/retire").status_code == 303
    with pytest.raises(Invalid):
        book(wish(centre.other, span(8, 9)), guest())
    with pytest.raises(Conflict), transaction():
        places.retire(centre.shop.id, actor=SYSTEM, at=AT)


def week(**days: str) -> dict[str, str]:
    return {f"day{n}": "7:30–11:30, 13:30–17:00" if n < 5 else "" for n in range(7)} | days


def test_new_hours_list_the_uses_that_they_touch_before_they_are_saved(centre: Any, staff: Any) -> None:
    made = book(wish(centre.room, span(16, 17), title="Chiều muộn"), guest())
    url = f"/spaces/sites/{centre.site.id}/hours"
    asked = staff.post(url, data=week(day0="7:30-11:30, 13:30-15:00"))
    assert asked.status_code == 200
    assert "Chiều muộn" in asked.text
    assert book(wish(centre.room, span(15.5, 16)), guest()).state is BookingState.CONFIRMED
    assert staff.post(url, data=week(day0="7:30-11:30, 13:30-15:00", confirmed="1")).status_code == 303
    db.session.refresh(made)
    assert made.state is BookingState.CONFIRMED
    assert book(wish(centre.other, span(15.5, 16)), guest()).state is BookingState.REQUESTED
    assert staff.post(url, data=week(day0="11h đến 9h")).status_code == 422
    assert staff.post(url, data=week(day0="8:00–12:00, 11:00–17:00")).status_code == 422


def test_hours_from_a_date_on_leave_the_days_before_as_they_are(centre: Any, staff: Any) -> None:
    later = MONDAY + timedelta(days=7)
    url = f"/spaces/sites/{centre.site.id}/hours"
    data = week(day0="13:30–17:00", valid_from=f"{later:%d/%m/%Y}")
    assert staff.post(url, data=data).status_code == 303
    assert book(wish(centre.room, span(8, 9)), guest()).state is BookingState.CONFIRMED
    assert book(wish(centre.room, span(8, 9, later)), guest()).state is BookingState.REQUESTED


def test_prices_and_quotas_are_set_changed_and_dropped(centre: Any, staff: Any) -> None:
    assert staff.post("/spaces/places/room/prices", data={"per_half_hour": "50.000"}).status_code == 303
    assert book(wish(centre.room, span(8, 9)), guest()).price == 100_000
    later = {"per_half_hour": "80.000", "valid_from": f"{MONDAY + timedelta(days=7):%d/%m/%Y}"}
    assert staff.post("/spaces/places/room/prices", data=later).status_code == 303
    assert book(wish(centre.room, span(8, 9, MONDAY + timedelta(days=7))), guest()).price == 160_000
    assert book(wish(centre.room, span(9, 10)), guest()).price == 100_000
    assert staff.post("/spaces/places/room/prices", data={"per_half_hour": "rẻ"}).status_code == 422
    for rule in db.session.scalars(sa.select(PriceRule)).all():
        assert staff.post(f"/spaces/prices/{rule.id}/drop").status_code == 303
    assert book(wish(centre.room, span(10, 11)), guest()).price == 0
    data = {"name": "Mỗi người", "scope": "person", "what": f"r{centre.room.id}", "hours": "2"}
    assert staff.post("/spaces/quotas", data=data).status_code == 303
    quota = db.session.scalars(sa.select(Quota)).one()
    actor = guest()
    book(wish(centre.room, span(13.5, 15)), actor)
    with pytest.raises(Refused):
        book(wish(centre.room, span(15, 16)), actor)
    assert book(wish(centre.other, span(15, 16)), actor).id
    assert staff.post("/spaces/quotas", data=data | {"quota_id": quota.id, "hours": "3"}).status_code == 303
    assert book(wish(centre.room, span(15, 16)), actor).id
    assert staff.post(f"/spaces/quotas/{quota.id}/drop").status_code == 303
    assert staff.post("/spaces/quotas", data=data | {"hours": "0"}).status_code == 422


def test_trainings_are_recorded_and_taken_back_by_staff(centre: Any, staff: Any) -> None:
    account = make_account(make_person("Lý Minh Quân"), email="quan@example.org")
    data = {"contact": "Quan@example.org", "training": "laser", "on": "01/03/2026", "months": "12"}
    assert staff.post("/spaces/trainings", data=data).status_code == 303
    record = db.session.scalars(sa.select(TrainingRecord)).one()
    assert (record.person_id, record.valid_until) == (account.person_id, date(2027, 3, 1))
    assert "Lý Minh Quân" in staff.get("/spaces/trainings?q=minh quan").text
    assert staff.post("/spaces/trainings", data=data | {"contact": "ai@do.vn"}).status_code == 422
    assert staff.post(f"/spaces/trainings/{record.id}/revoke", data={"reason": ""}).status_code == 422
    assert (
        staff.post(f"/spaces/trainings/{record.id}/revoke", data={"reason": "Mất an toàn"}).status_code == 303
    )
    assert record.revoked_at is not None


def test_maintenance_is_planned_scheduled_and_done(centre: Any, staff: Any) -> None:
    book(wish(centre.printer, span(8, 9), 1), guest())
    data = {
        "resource_id": centre.printer.id, "task": "Vệ sinh đầu in", "every_days": "14", "minutes": "45",
        "starts_on": DAY,
    }  # fmt: skip
    assert staff.post("/spaces/maintenance", data=data).status_code == 303
    plan = db.session.scalars(sa.select(MaintenancePlan)).one()
    wrong = staff.post(f"/spaces/maintenance/{plan.id}/schedule", data={"starts_at": "mai"})
    assert wrong.status_code == 422
    assert (
        staff.post(f"/spaces/maintenance/{plan.id}/schedule", data={"starts_at": f"{DAY} 08:30"}).status_code
        == 303
    )
    outage = db.session.scalars(sa.select(Outage)).one()
    assert (outage.plan_id, outage.kind, outage.ends_at) == (plan.id, "maintenance", span(8, 9.25).end)
    assert (
        staff.post(f"/spaces/maintenance?plan={plan.id}", data=data | {"every_days": "21"}).status_code == 303
    )
    assert staff.post(f"/spaces/maintenance/{plan.id}/done").status_code == 303
    db.session.refresh(plan)
    assert (plan.every_days, plan.last_done_on) == (21, date(2026, 3, 2))
    assert staff.post(f"/spaces/maintenance/{plan.id}/end").status_code == 303
    assert "Vệ sinh đầu in" not in staff.get("/spaces/maintenance").text


def test_the_roster_is_kept_on_screen(centre: Any, staff: Any) -> None:
    person = make_person("Ngô Bích Liên")
    make_grant(person, Role.STAFF, ScopeKind.SITE, centre.site.id)
    db.session.commit()
    answer = staff.post("/spaces/duty", data={"person_id": person.id, "units": "2"})
    assert answer.status_code == 303
    assert staff.get(answer.headers["Location"]).status_code == 200
    row = db.session.scalars(sa.select(Resource).where(Resource.person_id == person.id)).one()
    assert staff.post("/spaces/duty", data={"person_id": 10**6, "units": "2"}).status_code == 422
    assert staff.post(f"/spaces/duty/{row.id}/end").status_code == 303


@pytest.mark.parametrize(
    "path",
    ["places", "sites/new", "quotas", "trainings", "maintenance", "duty", "places/room", "places/room/hours"],
)
def test_set_up_pages_are_for_staff(centre: Any, staff: Any, sign_in: Any, path: str, queries: Any) -> None:
    with queries() as log:
        assert staff.get(f"/spaces/{path}").status_code == 200
    assert len(log) <= 12, log
    assert sign_in(make_user()).get(f"/spaces/{path}").status_code == 403


def test_the_machines_page_says_when_a_training_ran_out(centre: Any, sign_in: Any) -> None:
    account = make_account()
    save(
        TrainingRecord(
            person_id=account.person_id, training="laser", granted_on=date(2024, 1, 1),
            valid_until=date(2025, 1, 1),
        )
    )  # fmt: skip
    page = words(sign_in(account).get("/spaces/machines").text)
    assert "lần trước hết hạn 01/01/2025" in page
