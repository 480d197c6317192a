"""Fills a server's database for the browser journeys of spaces; prints what they need as JSON."""

from __future__ import annotations

import json
from datetime import timedelta

from incubator.core import clock
from incubator.core.access import Actor, Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.models import Person
from incubator.spaces.intervals import Span, local_time, monday_of
from incubator.spaces.services import bookings, day, hours, terms
from tests.factories import make_account, make_grant, make_person
from tests.spaces.factories import SYSTEM, make_centre, span, wish
from wsgi import app


def main() -> None:
    at = clock.now()
    with app.app_context():
        with transaction():
            centre = make_centre()
            for place in (centre.room, centre.hall, centre.printer):
                place.rules = {**place.rules, "horizon_days": 400}
            every_hour = [(d, clock.local(at).time().min, clock.local(at).time().min) for d in range(7)]
            hours.set_hours(every_hour, place=centre.other, actor=SYSTEM, at=at)
            terms.set_price(centre.room, 40_000, actor=SYSTEM, at=at)
            staff = make_account(make_person("Ngô Bích Liên"), email="staff@example.org")
            student = make_account(make_person("Lý Minh Quân"), email="student@example.org")
            make_grant(
                db.session.get_one(Person, staff.person_id), Role.STAFF, ScopeKind.SITE, centre.site.id
            )
        monday = monday_of(clock.today()) + timedelta(weeks=1)
        guest = Actor(person_id=student.person_id, account_id=student.id, name="Lý Minh Quân")
        with transaction():
            for title, people in (("Tập huấn bốn trường", 100), ("Hội thảo sản phẩm", 40)):
                bookings.book(
                    wish(centre.hall, span(14, 16, monday), people, title=title), actor=guest, at=at
                )
            bookings.book(wish(centre.printer, span(8, 10, monday), 2, title="In khung"), actor=guest, at=at)
            start = at - timedelta(minutes=5)
            made = bookings.book(
                wish(centre.other, Span(start, start + timedelta(hours=1)), 7, title="Đang họp"),
                actor=SYSTEM,
                at=at,
            )
        code = day.door_code(centre.other.id, clock.now())
        print(
            json.dumps(
                {
                    "monday": f"{monday:%d/%m/%Y}", "iso": monday.isoformat(), "room": centre.room.id,
                    "printer": centre.printer.id, "door": code, "code": made.code,
                    "until": f"{monday + timedelta(weeks=2):%d/%m/%Y}", "second": f"{monday + timedelta(weeks=1):%Y-%m-%d}",
                    "hour": f"{local_time(at):%H:%M}",
                }
            )
        )  # fmt: skip


if __name__ == "__main__":
    main()
