"""Pages: who may open them, how many statements they take, what a refused form keeps, what visitors see."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
import sqlalchemy as sa

from incubator.accounts import services as accounts
from incubator.core import clock
from incubator.core.access import Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.models import (
    Affiliation,
    AffiliationPart,
    Booking,
    BookingState,
    ClosureDay,
    EventKind,
    Occupancy,
    Purpose,
    ResourceKind,
)
from incubator.spaces.choices import read_choice
from incubator.spaces.intervals import local_date, local_time
from incubator.spaces.queries.place_rows import place_rows
from incubator.spaces.services import bulk, closures, day, events, hours, occupancy, places, terms
from incubator.spaces.services.occupancy import Claim, Owner, Want
from tests.factories import AT, make_organisation, make_person, make_user, save
from tests.reader import words
from tests.spaces.factories import MONDAY, SYSTEM, book, guest, span, wish

pytestmark = pytest.mark.usefixtures("at")

DAY = f"{MONDAY:%d/%m/%Y}"


@pytest.fixture
def staff(centre: Any, sign_in: Any) -> Any:
    return sign_in(make_user(Role.STAFF, ScopeKind.SITE, centre.site.id))


@pytest.fixture
def visitor_with_account(centre: Any, sign_in: Any) -> Any:
    return sign_in(make_user())


def form(place: Any, start: str = "08:00", end: str = "10:00", **more: Any) -> dict[str, Any]:
    return {"resource_id": place.id, "day": DAY, "start": start, "end": end, "people": 5, "purpose": "meeting",
            "title": "Họp nhóm", **more}  # fmt: skip


STAFF_PAGES = (
    "requests",
    "today",
    "today/setup",
    "outages",
    "maintenance",
    "closures",
    "events",
    "numbers",
    "numbers.xlsx",
    "import",
)
GUEST_PAGES = ("", "?people=10", "?view=week", "book", "series", "bookings", "machines", "calendars")


def test_staff_pages_are_for_staff(staff: Any, visitor_with_account: Any, client: Any) -> None:
    for path in STAFF_PAGES:
        assert staff.get(f"/spaces/{path}").status_code == 200, path
        assert visitor_with_account.get(f"/spaces/{path}").status_code == 403, path
        assert client.get(f"/spaces/{path}").status_code in (302, 401), path


def test_guest_pages_open_for_everybody_signed_in(visitor_with_account: Any, client: Any) -> None:
    for path in GUEST_PAGES:
        assert visitor_with_account.get(f"/spaces/{path}").status_code == 200, path
        assert client.get(f"/spaces/{path}").status_code in (302, 401), path


def test_two_steps_to_a_room(centre: Any, visitor_with_account: Any) -> None:
    page = visitor_with_account.get(f"/spaces/?day={DAY}&start=08:00&minutes=120&people=5").text
    assert "Trống, đặt được ngay." in page
    answer = visitor_with_account.post("/spaces/book", data=form(centre.room))
    assert answer.status_code == 303
    assert "Đã xác nhận" in visitor_with_account.get(answer.headers["Location"]).text


def test_more_people_than_any_place_holds_read_what_there_is(centre: Any, visitor_with_account: Any) -> None:
    def asked(people: int) -> str:
        return visitor_with_account.get(f"/spaces/?day={DAY}&start=08:00&minutes=120&people={people}").text

    assert "Không nơi nào" not in asked(120)
    page = asked(500)
    assert "Không nơi nào đủ 500 chỗ" in page
    assert "chọn phòng lớn hơn" not in page
    assert "Lớn nhất là Hall, 120 chỗ." in page
    assert "Nơi này đã ghép từ: Hall-A, Hall-B." in page
    # None of these stands within another one: the halves are not counted beside the hall.
    assert "còn trống Hall (120), Other (25), Room (20), Shop (15), Desks (12), tổng cộng 192 chỗ." in words(
        page
    )
    assert "Chia thành 5 buổi ở Hall" in page
    assert f"resource={centre.hall.id}&amp;day={DAY}" in page.replace("%2F", "/")
    assert "people=120" in page  # a place is booked for as many as it holds
    book(wish(centre.half_b, span(8, 10), 5), SYSTEM)
    assert "còn trống Hall-A (60), Other (25)" in words(asked(500))
    refused = visitor_with_account.post("/spaces/book", data=form(centre.room, people=500))
    assert refused.status_code == 422
    assert "Lớn nhất là Hall, 120 chỗ." in refused.text
    small = visitor_with_account.post("/spaces/book", data=form(centre.room, people=50))
    assert "Lớn nhất là" not in small.text


def test_a_day_off_that_nobody_has_confirmed_is_marked_wherever_one_looks(
    centre: Any, visitor_with_account: Any
) -> None:
    """1 May 2026 is a Friday; proposed days count as open until staff confirm them (rules: places and time)."""
    labour = "01/05/2026"
    with transaction():
        closures.propose_year(centre.site.id, 2026, actor=SYSTEM, at=AT)
    said = "Ngày 01/05/2026 có thể nghỉ: Ngày Quốc tế Lao động, BIIC chưa xác nhận."
    short = "Có thể nghỉ: Ngày Quốc tế Lao động"

    def read(path: str) -> str:
        return words(visitor_with_account.get(f"/spaces/{path}").text)

    for path in (f"?day={labour}", f"?day={labour}&start=08:00&people=5"):
        assert said in read(path), path
    assert "có thể nghỉ" not in read("?day=05/05/2026")
    for path in (
        f"?day={labour}&view=week",
        f"?day={labour}&view=month",
        f"?day={labour}&view=week&resource={centre.room.id}",
        f"book?resource={centre.room.id}&day={labour}&start=08:00",
    ):
        assert short in read(path), path
    assert short not in read(f"book?resource={centre.room.id}&day=05/05/2026&start=08:00")
    weekly = {"every": "weekly", "interval": "1", "until": "08/05/2026"}
    dates = visitor_with_account.post("/spaces/series", data=form(centre.room) | {"day": labour} | weekly)
    assert words(dates.text).count(f"{short}, BIIC chưa xác nhận.") == 1
    made = visitor_with_account.post("/spaces/book", data=form(centre.room) | {"day": labour})
    assert made.status_code == 303  # until staff say so it is a day like any other
    day_id = db.session.scalar(sa.select(ClosureDay.id).where(ClosureDay.day == date(2026, 5, 1)))
    with transaction():
        closures.confirm_days([day_id], actor=SYSTEM, at=AT)
    assert "có thể nghỉ" not in read(f"?day={labour}")
    assert "Đóng cửa: Ngày Quốc tế Lao động" in read(f"?day={labour}")
    visitor_with_account.post("/language", data={"locale": "en", "next": "/home"})
    english = read(f"?day={labour}")
    assert "Closed: International Labor Day" in english
    assert "Lao động" not in english


def test_hours_over_midnight_name_the_next_day_wherever_they_stand(
    centre: Any, staff: Any, visitor_with_account: Any, client: Any
) -> None:
    night = span(22, 25)
    with transaction():
        event = events.create(events.EventPlan("Đêm chế tạo", EventKind.COURSE, 5), actor=SYSTEM, at=AT)
        events.add_session(event.id, centre.room.id, night, actor=SYSTEM, at=AT)
        events.publish(event.id, actor=SYSTEM, at=AT)
    made = book(wish(centre.other, night, title="Trực đêm", title_public=True), SYSTEM)
    said = "22:00–01:00 hôm sau"
    tomorrow = f"{MONDAY + timedelta(days=1):%d/%m/%Y}"
    assert said in client.get(f"/vi/events/{event.slug}").text
    for path in (f"bookings/{made.code}", f"?day={DAY}", f"today?day={DAY}", f"events/{event.id}"):
        assert said in re.sub("<[^>]+>", "", staff.get(f"/spaces/{path}").text), path
    for path in (f"?day={tomorrow}", f"today?day={tomorrow}"):
        assert "22:00 hôm trước–01:00" in re.sub("<[^>]+>", "", staff.get(f"/spaces/{path}").text), path
    form_ = visitor_with_account.get(
        f"/spaces/book?resource={centre.desks.id}&day={DAY}&start=22:00&minutes=180"
    )
    assert f"Giờ dùng: {said}." in form_.text


def test_a_refusal_names_the_rule_offers_three_and_keeps_the_form(
    centre: Any, visitor_with_account: Any
) -> None:
    visitor_with_account.post("/spaces/book", data=form(centre.room))
    answer = visitor_with_account.post("/spaces/book", data=form(centre.room, title="Họp giữ nguyên chữ"))
    assert answer.status_code == 409
    assert "đã có lượt khác" in answer.text
    assert "Họp giữ nguyên chữ" in answer.text
    assert answer.text.count("btn btn-quiet") >= 3
    too_many = visitor_with_account.post("/spaces/book", data=form(centre.room, people=99))
    assert too_many.status_code == 422
    assert "tối đa 20" in too_many.text


@pytest.mark.parametrize(
    "bad",
    [{"day": "31/02/2026"}, {"start": "25:00"}, {"people": "nhiều"}, {"title": ""}, {"resource_id": "9999"}],
)
def test_wrong_input_comes_back_with_its_field(
    centre: Any, visitor_with_account: Any, bad: dict[str, str]
) -> None:
    answer = visitor_with_account.post("/spaces/book", data=form(centre.room) | bad)
    assert answer.status_code == 422
    assert "invalid-feedback" in answer.text


def test_others_bookings_show_as_busy_only(centre: Any, visitor_with_account: Any, staff: Any) -> None:
    staff.post("/spaces/book", data=form(centre.room, title="Tên riêng tư"))
    url = f"/spaces/?day={DAY}"
    assert "Tên riêng tư" not in visitor_with_account.get(url).text
    assert "Đã có lịch" in visitor_with_account.get(url).text
    assert "Tên riêng tư" in staff.get(url).text
    code = db.session.scalar(sa.select(Booking.code))
    assert visitor_with_account.get(f"/spaces/bookings/{code}").status_code == 404


def test_staff_settle_rivals_in_one_step(centre: Any, staff: Any, sign_in: Any) -> None:
    for title in ("Một", "Hai"):
        sign_in(make_user()).post("/spaces/book", data=form(centre.hall, people=50, title=title))
    first, second = db.session.scalars(sa.select(Booking).order_by(Booking.id)).all()
    page = staff.get(f"/spaces/requests/{first.id}").text
    assert "Một" in page
    assert "Hai" in page
    assert (
        staff.post(
            f"/spaces/requests/{first.id}", data={"choice": second.id, "reason": "Ưu tiên"}
        ).status_code
        == 303
    )
    db.session.expire_all()
    assert (first.state, second.state) == (BookingState.DECLINED, BookingState.CONFIRMED)
    late = staff.post(f"/spaces/requests/{first.id}", data={"choice": first.id, "reason": "Ưu tiên"})
    assert late.status_code == 409


def test_a_machine_down_is_settled_from_its_page(centre: Any, staff: Any) -> None:
    staff.post("/spaces/book", data=form(centre.printer, people=2))
    data = {
        "resource_id": centre.printer.id,
        "kind": "outage",
        "starts_at": f"{DAY} 07:00",
        "ends_at": f"{DAY} 17:00",
        "reason": "Hỏng đầu in",
    }
    assert staff.post("/spaces/outages", data=data).status_code == 303
    booking = db.session.scalars(sa.select(Booking)).one()
    assert booking.state is BookingState.DISPLACED
    assert "Hỏng đầu in" in staff.get("/spaces/outages").text
    assert staff.post(f"/spaces/displaced/{booking.id}", data={"choice": "keep"}).status_code == 303
    assert "Hỏng đầu in" not in staff.get(f"/spaces/bookings/{booking.code}").text
    for again, said in (
        ("cancel", "Lượt này đã được xử lý."),
        ("x|y", "Chọn một trong các chỗ được đề xuất."),
    ):
        late = staff.post(f"/spaces/displaced/{booking.id}", data={"choice": again}, follow_redirects=True)
        assert said in late.text
        db.session.expire_all()
        assert booking.state is BookingState.CONFIRMED


def test_only_the_named_approvers_get_the_buttons(
    centre: Any, staff: Any, visitor_with_account: Any, sign_in: Any
) -> None:
    other = make_user(Role.STAFF, ScopeKind.SITE, centre.site.id, full_name="Trần Duyệt Riêng")
    with transaction():
        room = places.get_place(centre.room.id, actor=SYSTEM)
        room.rules = {"approval": True, "approvers": [other.person_id]}
    visitor_with_account.post("/spaces/book", data=form(centre.room))
    url = f"/spaces/requests/{db.session.scalar(sa.select(Booking.id))}"
    text = staff.get(url).text
    assert "chỉ người được cử mới duyệt: Trần Duyệt Riêng" in text
    assert "Từ chối" not in text
    assert "Từ chối" in sign_in(other).get(url).text


def test_who_lost_the_place_takes_another_with_one_button(
    centre: Any, staff: Any, visitor_with_account: Any
) -> None:
    visitor_with_account.post("/spaces/book", data=form(centre.room))
    booking = db.session.scalars(sa.select(Booking)).one()
    down = {"resource_id": centre.room.id, "kind": "outage", "starts_at": f"{DAY} 07:00",
            "ends_at": f"{DAY} 17:00", "reason": "Dột"}  # fmt: skip
    staff.post("/spaces/outages", data=down)
    text = visitor_with_account.get(f"/spaces/bookings/{booking.code}").text
    choice = re.search(r'form="again" name="instead" value="([^"]+)"', text)
    assert choice is not None
    place, span_ = read_choice(choice[1])
    version = re.search(r'name="version"\s+value="(\d+)"', text)
    assert version is not None
    data = {"instead": choice[1], "people": 5, "version": version[1], "scope": "one"}
    moved = visitor_with_account.post(f"/spaces/bookings/{booking.code}/move", data=data)
    assert moved.status_code == 303
    db.session.refresh(booking)
    assert (booking.state, booking.resource_id) == (BookingState.CONFIRMED, place)
    assert (booking.starts_at, booking.ends_at) == (span_.start, span_.end)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Booking)) == 1
    assert (
        "Dột" not in visitor_with_account.get(f"/spaces/bookings/{booking.code}").text
    )  # that was the other room


def test_a_series_is_previewed_then_booked(centre: Any, visitor_with_account: Any) -> None:
    data = form(centre.room, every="weekly", interval=1, until=f"{MONDAY + timedelta(weeks=2):%d/%m/%Y}")
    page = visitor_with_account.post("/spaces/series", data=data)
    assert page.status_code == 200
    assert page.text.count('name="only"') == 3
    only = [MONDAY.isoformat(), (MONDAY + timedelta(weeks=2)).isoformat()]
    assert (
        visitor_with_account.post("/spaces/series", data=data | {"go": "1", "only": only}).status_code == 303
    )
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Booking)) == 2


def test_the_door_needs_no_account(centre: Any, staff: Any, client: Any) -> None:
    staff.post("/spaces/book", data=form(centre.room))
    booking = db.session.scalars(sa.select(Booking)).one()
    with clock.frozen(span(8, 9).start):
        assert "Đang dùng" in client.get("/vi/door/room").text
        code = day.door_code(centre.room.id, clock.now())
        assert booking.code in client.get(f"/vi/door/room/here?c={code}").text
        done = client.post("/vi/door/room/here", data={"c": code, "booking": booking.code, "people": "4"})
        assert (done.status_code, "Đã ghi 4 người" in done.text) == (200, True)
        wrong = client.post("/vi/door/room/here", data={"c": "1", "booking": booking.code, "people": "4"})
        assert wrong.status_code == 422
    assert client.get("/vi/door/nowhere").status_code == 404


def test_too_many_at_the_door_are_kept_and_asked_about_once(centre: Any, staff: Any, client: Any) -> None:
    booking = book(wish(centre.room, span(8, 10)), guest())
    with clock.frozen(span(8, 9).start):
        page = {"c": day.door_code(centre.room.id, span(8, 9).start), "booking": booking.code}
        many = client.post("/vi/door/room/here", data={**page, "people": "500"})
        assert ("20 chỗ" in many.text, 'value="500"' in many.text) == (True, True)
        assert "Nhiều hơn 20 chỗ" in staff.get(f"/spaces/today?day={DAY}").text
        right = client.post("/vi/door/room/here", data={**page, "people": "5"})
        assert ("Đã ghi 5" in right.text, "20 chỗ" in right.text, "people" in right.text) == (
            True,
            False,
            False,
        )
        wrong = staff.post(f"/spaces/bookings/{booking.id}/count", data={"people": "500"})
        assert "(20)" in staff.get(wrong.headers["Location"]).text
        assert "500 người, 20 chỗ" in staff.get(f"/spaces/numbers?year={MONDAY.year}").text


def test_the_count_of_a_use_that_is_over_can_still_be_mended(centre: Any, staff: Any) -> None:
    booking = book(wish(centre.room, span(8, 10)), guest())
    with clock.frozen(span(9, 10).start):
        assert staff.post(f"/spaces/bookings/{booking.id}/checkout", data={"people": "50"}).status_code == 303
    with clock.frozen(span(11, 12).start):
        sheet = staff.get(f"/spaces/today?day={DAY}").text
        assert f"/spaces/bookings/{booking.id}/count" in sheet
        assert staff.post(f"/spaces/bookings/{booking.id}/count", data={"people": "5"}).status_code == 303
    db.session.refresh(booking)
    assert (booking.confirmed, booking.state) == (5, BookingState.DONE)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [("23:00", "01:00", 2), ("20:00", "06:00", 10), ("22:00", "00:00", 2), ("22:00", "24:00", 2)],
)
def test_a_night_ends_on_the_next_day(
    centre: Any, visitor_with_account: Any, start: str, end: str, hours: int
) -> None:
    visitor_with_account.post("/spaces/book", data=form(centre.room, start, end))
    booking = db.session.scalars(sa.select(Booking)).one()
    assert booking.ends_at - booking.starts_at == timedelta(hours=hours)


@pytest.mark.parametrize(("start", "end"), [("14:00", "13:00"), ("13:30", "01:45"), ("09:00", "09:00")])
def test_an_end_before_the_start_is_a_slip(
    centre: Any, visitor_with_account: Any, start: str, end: str
) -> None:
    refused = visitor_with_account.post("/spaces/book", data=form(centre.room, start, end))
    assert (refused.status_code, "Giờ kết thúc phải sau giờ bắt đầu" in refused.text) == (422, True)


def test_visitors_register_wait_and_withdraw(centre: Any, client: Any) -> None:
    with transaction():
        event = events.create(events.EventPlan("Arduino", EventKind.COURSE, 1), actor=SYSTEM, at=AT)
        events.add_session(event.id, centre.room.id, span(8, 10), actor=SYSTEM, at=AT)
        events.publish(event.id, actor=SYSTEM, at=AT)
    url = f"/vi/events/{event.slug}"
    first = client.post(url, data={"full_name": "An", "contact": "0912345678"})
    second = client.post(url, data={"full_name": "Bình", "contact": "binh@example.org"})
    assert "Đã có chỗ" in client.get(first.headers["Location"]).text
    assert "thứ 1" in client.get(second.headers["Location"]).text
    assert client.post(url, data={"full_name": "Cúc", "contact": "không có"}).status_code == 422
    client.post(first.headers["Location"] + "/withdraw")
    assert "Đã có chỗ" in client.get(second.headers["Location"]).text
    page = client.get(url)
    assert "Set-Cookie" not in page.headers


def test_what_was_used_is_entered_when_the_machine_is_given_back(centre: Any, staff: Any) -> None:
    with transaction():
        centre.printer.rules = {"consumables": {"PLA": {"unit": "g", "per_hour": 20}}}
    made = book(wish(centre.printer, span(8, 9), 2), guest())
    with clock.frozen(span(8.5, 9).start):
        assert "PLA (g), ước 20" in words(staff.get("/spaces/today").text)
        sent = {"material": "PLA", "people": "2"}
        path = f"/spaces/bookings/{made.id}/checkout"
        assert staff.post(path, data=sent | {"used-PLA": "nhiều"}).status_code == 422
        assert staff.post(path, data=sent | {"used-PLA": "17,5"}).status_code == 303
        assert "PLA: đã dùng 17,5 g" in words(staff.get("/spaces/today").text)


def test_the_price_stands_on_the_form_before_anything_is_booked(
    centre: Any, visitor_with_account: Any
) -> None:
    path = f"/spaces/book?resource={centre.room.id}"
    assert "mỗi 30 phút" not in visitor_with_account.get(path).text
    with transaction():
        terms.set_price(centre.room, 50_000, actor=SYSTEM, at=AT)
    assert "50.000\xa0đồng mỗi 30 phút" in visitor_with_account.get(path).text


def test_staff_scans_a_seat_and_marks_it(
    centre: Any, staff: Any, visitor_with_account: Any, client: Any
) -> None:
    with transaction():
        event = events.create(events.EventPlan("Arduino", EventKind.COURSE, 1), actor=SYSTEM, at=AT)
        session = events.add_session(event.id, centre.room.id, span(8, 10), actor=SYSTEM, at=AT)
        events.publish(event.id, actor=SYSTEM, at=AT)
    made = client.post(f"/vi/events/{event.slug}", data={"full_name": "An", "contact": "0912345678"})
    own = made.headers["Location"]
    scanned = "/spaces/seats/" + own.rpartition("/")[2]
    assert visitor_with_account.get(scanned).headers["Location"].endswith(own)
    told = "ghi có mặt được từ 07:45 "
    assert told in staff.get(scanned).text
    assert told in staff.get(f"/spaces/events/{event.id}").text
    with clock.frozen(session.starts_at):
        page = staff.get(scanned).text
        assert "Ghi có mặt" in page
        number = page.split('name="registration_id" value="')[1].split('"')[0]
        done = staff.post(
            f"/spaces/sessions/{session.id}/attend", data={"registration_id": number, "code": own[-24:]}
        )
        assert done.headers["Location"].endswith(scanned)
        assert "Có mặt" in staff.get(scanned).text
    assert "Có mặt" in client.get(own).text


def test_a_session_moves_on_the_page_of_its_event(centre: Any, staff: Any) -> None:
    with transaction():
        event = events.create(events.EventPlan("Arduino", EventKind.COURSE, 9), actor=SYSTEM, at=AT)
        one = events.add_session(event.id, centre.room.id, span(8, 10), actor=SYSTEM, at=AT)
        events.add_session(event.id, centre.other.id, span(8, 10), actor=SYSTEM, at=AT)
    url = f"/spaces/events/{event.id}"
    fields = {"session_id": one.id, f"s{one.id}-resource_id": centre.other.id, f"s{one.id}-day": DAY}
    taken = staff.post(
        f"{url}/sessions", data=fields | {f"s{one.id}-start": "9:00", f"s{one.id}-end": "11:00"}
    )
    assert taken.status_code == 409
    assert 'value="9:00"' in taken.text  # what was typed stays, in the form of that session
    assert staff.post(f"{url}/sessions", data=fields).status_code == 422
    moved = staff.post(
        f"{url}/sessions", data=fields | {f"s{one.id}-start": "14:00", f"s{one.id}-end": "16:00"}
    )
    assert moved.status_code == 303
    assert staff.post(f"/spaces/sessions/{one.id}/remove").status_code == 303
    assert "14:00" not in staff.get(url).text
    changed = {"title": "Arduino II", "kind": "course", "title_en": "Arduino two", "summary_en": "More"}
    assert staff.post(f"{url}/edit", data=changed).status_code == 303
    assert "Arduino II" in staff.get(url).text


def test_a_secret_calendar_opens_without_a_sign_in_until_revoked(
    centre: Any, visitor_with_account: Any, client: Any
) -> None:
    visitor_with_account.post("/spaces/book", data=form(centre.room))
    visitor_with_account.post("/spaces/calendars", data={})
    page = visitor_with_account.get("/spaces/calendars").text
    path = "/calendar/" + page.split("/calendar/")[1].split('"')[0]
    calendar = icalendar.Calendar.from_ical(client.get(path).data)
    [entry] = calendar.walk("VEVENT")
    assert entry["DTSTART"].dt == span(8, 10).start
    visitor_with_account.post("/spaces/calendars/" + path.split("/")[2].split("-")[0] + "/revoke")
    assert client.get(path).status_code == 404


def test_a_partners_and_the_centres_places_are_on_the_public_page(centre: Any, client: Any) -> None:
    page = client.get("/vi/biic").text
    assert "Room" in page
    assert "EIU Laser" in page
    assert 'class="day-strip"' in page  # what is free today as a picture, and in figures beside it


def test_a_place_that_is_not_booked_online_is_refused_not_swapped(
    centre: Any, visitor_with_account: Any
) -> None:
    partner = place_rows(partners=True)
    [number] = [i for i, row in partner.items() if row.is_partner]
    answer = visitor_with_account.get(f"/spaces/book?resource={number}")
    assert answer.status_code == 404
    assert "không đặt trực tuyến được" in answer.text
    assert visitor_with_account.get(f"/spaces/?view=week&resource={number}").status_code == 404


def test_the_command_lists_places_and_reads_a_file(app: Any, centre: Any, tmp_path: Any) -> None:
    run = app.test_cli_runner()
    rows = json.loads(run.invoke(args=["spaces", "list", "--json"]).stdout)
    assert {"room", "hall", "laser", "eiu-laser"} <= {row["slug"] for row in rows}
    file = tmp_path / "x.ics"
    file.write_text(
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Cả ngày\r\nDTSTART;VALUE=DATE:20260309\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    args = [
        "spaces",
        "import-ics",
        str(file),
        "--resource",
        "room",
        "--json",
        "--from",
        "2026-03-01",
        "--to",
        "2026-04-01",
    ]
    dry = run.invoke(args=[*args, "--dry-run"])
    assert json.loads(dry.stdout) == [
        {
            "uid": "a",
            "start": "2026-03-09T00:00:00+07:00",
            "end": "2026-03-10T00:00:00+07:00",
            "summary": "Cả ngày",
        }
    ]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Occupancy)) == 0
    assert run.invoke(args=args).exit_code == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Occupancy)) == 1
    file.write_bytes(b"\x00\xff")
    broken = run.invoke(args=[*args, "--dry-run"])
    assert broken.exit_code == 1
    assert "iCalendar" in broken.output
    assert run.invoke(args=[*args[:4], "nowhere", "--dry-run"]).exit_code == 1
    assert run.invoke(args=["spaces", "sweep"]).exit_code == 0


def forty_places(centre: Any) -> list[Any]:
    """40 more rooms with a use each on the first days of the week."""
    with transaction():
        rooms = [
            places.make_place(
                f"r{n}", f"Phòng {n}", ResourceKind.ROOM, centre.site, actor=SYSTEM, at=AT, capacity=20
            )
            for n in range(40)
        ]
    with transaction():
        claims = [
            Claim(
                Owner("import", n), Want(room.id, span(8 + n % 2, 9 + n % 2, MONDAY + timedelta(days=n // 40))),
                "Cũ", title_public=True,
            )
            for n, room in enumerate(rooms * 5)
        ]  # fmt: skip
        occupancy.occupy_many(claims, at=AT)
    return rooms


@pytest.mark.parametrize("view", ["day", "week", "month"])
def test_the_calendar_of_forty_places_takes_at_most_eight_statements(
    centre: Any, visitor_with_account: Any, queries: Any, view: str
) -> None:
    forty_places(centre)
    for _again in range(2):
        with queries() as log:
            assert visitor_with_account.get(f"/spaces/?day={DAY}&view={view}").status_code == 200
        assert len(log) <= 8, log


@pytest.mark.parametrize("view", ["day", "week", "month"])
@pytest.mark.parametrize(("kind", "people"), [("room", 10), ("room", 5000), ("machine", 1)])
def test_a_search_of_forty_places_takes_at_most_twelve_statements(
    centre: Any, visitor_with_account: Any, queries: Any, view: str, kind: str, people: int
) -> None:
    forty_places(centre)
    with queries() as log:
        page = visitor_with_account.get(
            f"/spaces/?day={DAY}&start=09:00&minutes=120&people={people}&kind={kind}&view={view}"
        )
    assert page.status_code == 200
    assert len(log) <= 12, log


@pytest.mark.parametrize("page", ["book", "series"])
def test_the_form_of_a_machine_takes_at_most_twelve_statements(
    centre: Any, staff: Any, queries: Any, page: str
) -> None:
    forty_places(centre)
    staff.post("/language", data={"locale": "en", "next": "/home"})
    with queries() as log:
        assert staff.get(f"/spaces/{page}?resource={centre.laser.id}").status_code == 200
    assert len(log) <= 12, log


def test_a_week_is_shown_again_only_while_nothing_changed(centre: Any, sign_in: Any, queries: Any) -> None:
    one, other = make_user(), make_user()
    reader, booker = sign_in(one), sign_in(other)
    url = f"/spaces/?day={DAY}&view=week"
    with queries() as first:
        before = reader.get(url).text
    with queries() as second:
        again = reader.get(url).text
    start = "<main"  # above it stand forms, whose token changes with every second
    assert again[again.index(start) :] == before[before.index(start) :]
    assert len(second) < len(first)
    booker.post("/spaces/book", data=form(centre.room, title="Riêng tư"))
    assert "Riêng tư" in booker.get(url).text
    after = reader.get(url).text
    assert "Riêng tư" not in after
    assert after.count("Đã có lịch") == before.count("Đã có lịch") + 1
    booking = db.session.scalars(sa.select(Booking)).one()
    booker.post(
        f"/spaces/bookings/{booking.code}/move",
        data={"resource_id": centre.other.id, "day": DAY, "start": "14:00", "end": "15:00", "people": 5},
    )
    assert "14:00–15:00" in reader.get(url).text
    booker.post(f"/spaces/bookings/{booking.code}/cancel")
    assert reader.get(url).text.count("Đã có lịch") == before.count("Đã có lịch")
    with transaction():
        hours.set_hours([], site=centre.site, actor=SYSTEM, at=AT)
    assert reader.get(url).text != before


def test_titles_of_a_school_are_read_by_who_belongs_to_it_now(centre: Any, sign_in: Any) -> None:
    school = make_organisation()
    one, other = make_user(), make_user()
    links = [
        save(Affiliation(person_id=a.person_id, organisation_id=school.id, part=AffiliationPart.TEACHER))
        for a in (one, other)
    ]
    db.session.commit()
    sign_in(one).post("/spaces/book", data=form(centre.room, title="Họp tổ Toán"))
    reader, views = sign_in(other), [f"/spaces/?day={DAY}&view={view}" for view in ("day", "week")]
    assert ["Họp tổ Toán" in reader.get(url).text for url in views] == [True, True]
    links[1].part = AffiliationPart.FORMER
    db.session.commit()
    assert ["Họp tổ Toán" in reader.get(url).text for url in views] == [False, False]


def test_past_uses_are_recorded_at_once(centre: Any) -> None:
    uses = [
        bulk.PastUse(
            wish(centre.room, span(8, 10, MONDAY - timedelta(days=7 * n)), title="Cũ"), AT, confirmed=9
        )
        for n in range(1, 4)
    ]
    with transaction():
        made = bulk.record_past(uses, actor=SYSTEM, at=AT)
    assert [b.state for b in made] == [BookingState.DONE] * 3
    assert db.session.scalar(sa.select(sa.func.count(Booking.id))) == 3
    assert {local_date(b.starts_at).weekday() for b in made} == {0}
    assert made[0].purpose is Purpose.MEETING


def test_the_years_figures_have_uses_and_people(centre: Any) -> None:
    from incubator.spaces.queries.figures import figures

    assert figures(2026, AT) == []
    with transaction():
        bulk.record_past([bulk.PastUse(wish(centre.room, span(8, 10)), AT, confirmed=9)], actor=SYSTEM, at=AT)
    assert [(f.key, f.value) for f in figures(2026, AT)] == [("bookings", 1), ("people", 9)]


def test_a_pupil_books_with_a_responsible_adult_and_keeps_what_was_typed(centre: Any, sign_in: Any) -> None:
    pupil = sign_in(make_user(full_name="Phạm Gia Bảo", birth_date=date(2009, 1, 10)))
    page = pupil.get(f"/spaces/book?resource={centre.room.id}&day={DAY}&start=08:00").text
    assert "Dưới 18 tuổi cần một người lớn chịu trách nhiệm." in page
    data = form(centre.room, title="Luyện Robocon", responsible_name="Nguyễn Thị Lan")
    refused = pupil.post("/spaces/book", data=data)
    assert refused.status_code == 422
    assert "ghi tên và số điện thoại của một người lớn" in refused.text
    assert 'value="Luyện Robocon"' in refused.text
    assert 'value="Nguyễn Thị Lan"' in refused.text
    assert pupil.post("/spaces/book", data=data | {"responsible_phone": "0912 345 678"}).status_code == 303
    made = db.session.scalars(sa.select(Booking)).one()
    assert (made.state, made.responsible_name) == (BookingState.CONFIRMED, "Nguyễn Thị Lan")


def test_a_pupils_card_books_nothing_and_its_menu_offers_nothing_to_book(centre: Any, client: Any) -> None:
    person = make_person("Bé Na", birth_date=date(2014, 5, 1))
    with transaction():
        code, pin = accounts.give_pupil_code(person, actor=SYSTEM, at=AT)
    assert client.post("/login/code", data={"code": code, "pin": pin}).status_code == 303
    assert "/spaces/" not in client.get("/home").text
    assert client.get("/spaces/").status_code == 403
    assert client.post("/spaces/book", data=form(centre.room)).status_code == 403


def test_a_course_that_lost_its_room_waits_where_staff_look(centre: Any, staff: Any) -> None:
    with transaction():
        course = events.create(events.EventPlan("Arduino", EventKind.COURSE, seats=10), actor=SYSTEM, at=AT)
        events.add_session(course.id, centre.room.id, span(8, 10), actor=SYSTEM, at=AT)
        events.publish(course.id, actor=SYSTEM, at=AT)
    outage = {"resource_id": centre.room.id, "kind": "outage", "starts_at": f"{DAY} 07:00",
              "ends_at": f"{DAY} 12:00", "reason": "Mất điện"}  # fmt: skip
    assert staff.post("/spaces/outages", data=outage).status_code == 303
    page = staff.get("/spaces/outages").text
    assert f'href="/spaces/events/{course.id}"' in page
    assert "Chọn phòng, giờ khác" in page
    assert "1 lượt mất chỗ" in staff.get("/home").text


def test_an_alternative_is_one_button_and_keeps_the_form(centre: Any, visitor_with_account: Any) -> None:
    """Also for a move: it must not become a second booking."""
    data = form(centre.room, title="Luyện tập", note="Kê bàn chữ U")
    first = visitor_with_account.post("/spaces/book", data=data).headers["Location"]
    refused = visitor_with_account.post("/spaces/book", data=data)
    assert refused.status_code == 409
    choices = re.findall(r'form="f" name="instead" value="([^"]+)"', refused.text)
    assert len(choices) == 3
    db.session.expunge_all()  # as between two requests
    taken = visitor_with_account.post("/spaces/book", data=data | {"instead": choices[0]})
    assert taken.status_code == 303
    own, other = db.session.scalars(sa.select(Booking).order_by(Booking.id)).all()
    assert (other.title, other.note) == ("Luyện tập", "Kê bàn chữ U")
    assert (other.resource_id, other.starts_at) != (own.resource_id, own.starts_at)
    start, end = local_time(other.starts_at), local_time(other.ends_at)
    where = data | {
        "resource_id": other.resource_id, "day": f"{start:%d/%m/%Y}", "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}", "version": own.version, "scope": "one",
    }  # fmt: skip
    db.session.expunge_all()
    blocked = visitor_with_account.post(f"{first}/move", data=where)
    assert "Chưa đổi được" in blocked.text
    assert blocked.status_code == 409
    [choice, *_more] = re.findall(r'form="f" name="instead" value="([^"]+)"', blocked.text)
    moved = visitor_with_account.post(f"{first}/move", data=where | {"instead": choice})
    assert moved.status_code == 303, moved.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Booking)) == 2
    assert visitor_with_account.post("/spaces/book", data=data | {"instead": "x|y"}).status_code == 422


def test_a_time_that_has_passed_still_gets_alternatives(centre: Any, visitor_with_account: Any) -> None:
    yesterday = f"{AT - timedelta(days=9):%d/%m/%Y}"
    refused = visitor_with_account.post("/spaces/book", data=form(centre.room, day=yesterday))
    assert refused.status_code == 422
    assert refused.text.count('name="instead"') == 3


def test_after_hours_visitors_see_the_next_day_that_opens(
    centre: Any, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    friday = MONDAY - timedelta(days=3)
    for moment, heading in (
        (span(9, 10, friday).start, "Phòng, giờ trống hôm nay"),
        (span(19, 20, friday).start, f"Phòng, giờ trống thứ Hai {DAY}"),
    ):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        page = words(client.get("/vi/biic").text)
        assert heading in page
        assert "07:30–11:30" in page or "09:00–11:30" in page


def test_an_event_that_is_over_asks_nobody_to_come(centre: Any, client: Any) -> None:
    with transaction():
        made = events.create(events.EventPlan("Hàn mạch", EventKind.COURSE, 5), actor=SYSTEM, at=AT)
        events.add_session(made.id, centre.room.id, span(8, 10), actor=SYSTEM, at=AT)
        events.publish(made.id, actor=SYSTEM, at=AT)
    seat = client.post(
        f"/vi/events/{made.slug}", data={"full_name": "Lê Thị Ánh", "contact": "0912000111"}
    ).location
    assert "Đến nơi, quét mã" in client.get(seat).text
    with transaction():
        events.finish(made.id, actor=SYSTEM, at=span(11, 12).start)
    page = client.get(seat).text
    assert "Sự kiện đã kết thúc" in page
    assert "Đến nơi, quét mã" not in page


@pytest.mark.parametrize(
    ("place", "purpose"), [("printer", "making"), ("desks", "coworking"), ("room", "meeting")]
)
def test_the_form_begins_with_what_a_place_is_mostly_used_for(
    centre: Any, visitor_with_account: Any, place: str, purpose: str
) -> None:
    page = visitor_with_account.get(f"/spaces/book?resource={getattr(centre, place).id}").text
    assert re.search(rf'<option selected value="{purpose}"', page)
