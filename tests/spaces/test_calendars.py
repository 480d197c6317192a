"""Calendar files in, calendar addresses out, and the numbers: as use cases."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.core.access import Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.core.errors import Invalid
from incubator.models import CalendarImport, Occupancy, OccupancyState, Person
from incubator.spaces.intervals import local_days
from incubator.spaces.queries import feeds, numbers
from incubator.spaces.services import (
    bookings,
    day,
    imports,
    outages,
    registrations,
)
from incubator.spaces.services import feeds as feed_services
from tests.factories import AT, make_user
from tests.spaces.factories import MONDAY, book, guest, make_event, span, wish

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
    assert [item.start for item, _hits in again.clashes] == [span(8, 9).start]  # it still stands in the way
    with transaction():
        moved = (
            FILE.replace(b"T080000", b"T100000").replace(b"T090000", b"T110000").replace(b"UID:a", b"UID:b")
        )
        imports.import_file(moved, centre.room.id, window, name="b.ics", actor=staff, at=AT)
    with pytest.raises(Invalid), transaction():
        imports.import_file(b"<html>", centre.room.id, window, name="x", actor=staff, at=AT)


def test_a_long_calendar_takes_no_more_statements_than_a_short_one(
    centre: Any, staff: Any, queries: Any
) -> None:
    """Everybody else waits to write while a calendar is stored. Every second use lies over the one before it."""
    file = FILE.replace(b"DAILY", b"MINUTELY;INTERVAL=30")
    counts = []
    for number, place in ((4, centre.room), (300, centre.other)):
        data = file.replace(b"COUNT=3", f"COUNT={number}".encode())
        window = local_days(MONDAY, MONDAY + timedelta(days=14))
        for _again in range(2):
            with queries() as log, transaction():
                result = imports.import_file(data, place.id, window, name="a.ics", actor=staff, at=AT)
            assert (len(result.occurrences), len(result.clashes)) == (number, number // 2)
            counts.append(len(log))
    assert counts[2:] == counts[:2]


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


def test_what_a_calendar_no_longer_has_gives_its_place_back(centre: Any, staff: Any) -> None:
    blocking = book(wish(centre.room, span(8.5, 10, MONDAY + timedelta(days=2))), guest())
    window = local_days(MONDAY, MONDAY + timedelta(days=7))

    def read(data: bytes, name: str = "a.ics", at: Any = AT) -> Any:
        with transaction():
            return imports.import_file(data, centre.room.id, window, name=name, actor=staff, at=at)

    read(FILE)
    without_first = FILE.replace(b"COUNT=3\n", b"COUNT=3\nEXDATE;TZID=Asia/Ho_Chi_Minh:20260309T080000\n")
    shown = imports.preview(without_first, centre.room, window, name="other.ics", at=AT)
    assert [gone.span for gone in shown.gone] == [span(8, 9)]
    with transaction():
        bookings.cancel(blocking.id, actor=staff, at=AT)
    result = read(without_first, "other.ics")  # a series is known by its UID, whatever the file is called
    assert [gone.span for gone in result.gone] == [span(8, 9)]
    assert (result.row.stored, result.row.clashes) == (1, 0)  # what clashed is free by now
    assert book(wish(centre.room, span(8, 9)), guest()).id
    cancelled = [e.span for e in feeds.of_resource(centre.room, now=AT) if e.cancelled]
    assert span(8, 9) in cancelled
    back = read(FILE, "other.ics")
    assert (back.row.stored, back.row.clashes, back.gone) == (1, 1, ())
    empty = FILE[: FILE.index(b"BEGIN:VEVENT")] + b"END:VCALENDAR\n"
    later = span(9, 10, MONDAY + timedelta(days=1)).start
    assert read(empty, "elsewhere.ics").gone == ()  # another calendar
    assert [gone.span for gone in read(empty, "other.ics", later).gone] == [
        span(8, 9, MONDAY + timedelta(days=2))
    ]


def test_another_calendar_of_the_same_name_takes_nothing_away(centre: Any, staff: Any) -> None:
    """Programs call many exports alike: basic.ics, calendar.ics."""
    window = local_days(MONDAY, MONDAY + timedelta(days=7))
    other = (
        FILE.replace(b"UID:a", b"UID:other").replace(b"T080000", b"T140000").replace(b"T090000", b"T150000")
    )
    with transaction():
        imports.import_file(FILE, centre.room.id, window, name="basic.ics", actor=staff, at=AT)
        result = imports.import_file(other, centre.room.id, window, name="basic.ics", actor=staff, at=AT)
    assert (result.gone, result.row.stored) == ((), 3)
    states = db.session.scalars(sa.select(Occupancy.state).where(Occupancy.owner_kind == "import")).all()
    assert states == [OccupancyState.CONFIRMED] * 6


def test_a_calendar_is_looked_at_read_and_given_back_on_screen(
    centre: Any, staff: Any, sign_in: Any, at: Any
) -> None:
    desk = sign_in(make_user(Role.STAFF, ScopeKind.SITE, centre.site.id))

    def send(**more: str) -> Any:
        return desk.post(
            "/spaces/import",
            data={"resource_id": str(centre.hall.id), "first": f"{MONDAY:%d/%m/%Y}", "until": "16/03/2026",
                  "file": (io.BytesIO(FILE), "hop.ics"), **more},
        )  # fmt: skip

    held = sa.select(sa.func.count(Occupancy.id)).where(
        Occupancy.owner_kind == "import", Occupancy.state == OccupancyState.CONFIRMED
    )
    look = send(look="1").text
    assert "Xem trước, chưa ghi gì" in look
    assert look.count("Giao ban") == 3
    assert db.session.scalar(held) == 0
    page = send().text
    assert "Đọc 3 lượt, ghi 3" in page
    assert "3 lượt sắp tới" in page
    both = db.session.scalar(held)
    assert both == 6  # the hall is two halves
    row = db.session.scalars(sa.select(CalendarImport)).one()
    back = desk.post(f"/spaces/import/{row.id}/give-back", follow_redirects=True).text
    assert "Đã trả chỗ 3 lượt sắp tới" in back
    assert "hop.ics" not in back
    assert db.session.scalar(held) == 0
    assert desk.post(f"/spaces/import/{row.id}/give-back").status_code == 409
    assert desk.post("/spaces/import/999/give-back").status_code == 404
    assert "ghi 3" in send().text
    assert db.session.scalar(held) == both


def test_what_holds_a_place_is_shown_to_its_own_staff_only(centre: Any, sign_in: Any, at: Any) -> None:
    book(wish(centre.room, span(8.5, 10), title="Họp kín"), guest())
    form = {
        "resource_id": centre.room.id, "look": "1",
        "first": f"{MONDAY:%d/%m/%Y}", "until": f"{MONDAY + timedelta(days=7):%d/%m/%Y}",
    }  # fmt: skip

    def look(site_id: int) -> Any:
        desk = sign_in(make_user(Role.STAFF, ScopeKind.SITE, site_id))
        return desk.post("/spaces/import", data={**form, "file": (io.BytesIO(FILE), "a.ics")})

    own, other = look(centre.site.id), look(centre.partner.site_id)
    assert (own.status_code, "08:30" in own.text) == (200, True)
    assert (other.status_code, "08:30" in other.text) == (422, False)


def test_an_event_without_its_end_is_refused_and_so_is_a_rule_that_cannot_be_read(
    centre: Any, staff: Any
) -> None:
    window = local_days(MONDAY, MONDAY + timedelta(days=7))
    with pytest.raises(Invalid, match="bị cắt giữa chừng"):
        imports.occurrences(FILE.replace(b"END:VEVENT\n", b""), window)
    with pytest.raises(Invalid, match=r"\(INTERVAL\)"):
        imports.occurrences(FILE.replace(b"COUNT=3", b"COUNT=3;INTERVAL=0"), window)
    with pytest.raises(
        Invalid, match=r"\(RRULE\)"
    ):  # a line that lost its colon: one occurrence would be left of three
        imports.occurrences(FILE.replace(b"RRULE:", b"RRULE "), window)
    assert len(imports.occurrences(FILE.replace(b"SUMMARY:", b"rac;;;:::\nSUMMARY:"), window)) == 3


def test_an_outage_takes_only_the_occurrences_of_its_time_and_gives_them_back(
    centre: Any, staff: Any
) -> None:
    window = local_days(MONDAY, MONDAY + timedelta(days=7))
    with transaction():
        imports.import_file(FILE, centre.room.id, window, name="a.ics", actor=staff, at=AT)
    tuesday = MONDAY + timedelta(days=1)
    with transaction():
        outage, lost = outages.declare(
            centre.room.id, span(7, 12, tuesday), reason="Mất điện", actor=staff, at=AT
        )
    assert len(lost) == 1

    def states() -> list[str]:
        rows = (
            sa.select(Occupancy.state).where(Occupancy.owner_kind == "import").order_by(Occupancy.starts_at)
        )
        return [state.value for state in db.session.scalars(rows)]

    assert states() == ["confirmed", "displaced", "confirmed"]
    [gone] = [e for e in feeds.of_resource(centre.room, now=AT) if e.cancelled]
    assert gone.span == span(8, 9, tuesday)
    with transaction():
        outages.end(outage.id, actor=staff, at=AT)
    assert states() == ["confirmed"] * 3


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


def test_the_own_feed_speaks_the_persons_language_and_that_of_a_room_vietnamese(
    centre: Any, staff: Any, client: Any, at: Any
) -> None:
    actor = guest()
    person = db.session.get_one(Person, actor.person_id)
    centre.room.name, centre.room.name_en, person.locale = "Phòng sáng chế", "Invention room", "en"
    db.session.commit()
    event = make_event(centre, staff, title_en="Arduino for beginners")
    book(wish(centre.room, span(14, 15), title=""), actor)
    with transaction():
        registrations.register(
            event.slug, full_name="A", contact="0912345678", at=AT, person_id=actor.person_id
        )
        mine = feed_services.make(feeds.FeedKind.MINE, None, actor=actor, at=AT)
        room = feed_services.make(feeds.FeedKind.RESOURCE, centre.room.id, actor=actor, at=AT)

    def read(feed: Any) -> str:
        return client.get(f"/calendar/{feed_services.token_of(feed)}.ics").text.replace("\r\n ", "")

    own = read(mine)
    assert [
        name
        for name in ("My calendar", "SUMMARY:Arduino for beginners", "SUMMARY:Invention room")
        if name not in own
    ] == []
    assert f"/en/events/{event.slug}" in own
    assert "Phòng" not in own
    assert "Đã có lịch" in read(room)
    person.locale = "vi"
    db.session.commit()
    assert "SUMMARY:Phòng sáng chế" in read(mine)


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
    report = numbers.report(MONDAY, MONDAY + timedelta(days=1), now=span(8.5, 9).start)
    assert (report.count, report.coming) == (2, 0)
    assert numbers.report(MONDAY, MONDAY + timedelta(days=1), now=AT).coming == 2
    used = {place.name: use.open_share for place, use in report.places}
    assert used["Room"] == pytest.approx(2 / 7.5)
