"""The week of 40 rooms with 5,000 uses in the year, and making a booking with all its rules and its audit row."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from .harness import Bench, Case, Line, request

SLOTS = (("08:00", "09:00"), ("09:00", "10:00"), ("14:00", "15:00"), ("15:00", "16:00"))


def cases(bench: Bench) -> list[Case]:
    world: dict[str, Any] = bench.prepare("spaces()")
    monday, began = date.fromisoformat(world["monday"]), time.time()

    def week(connection: int) -> Iterator[list[bytes]]:
        headers = {**world["people"][connection % len(world["people"])], "Accept-Encoding": "gzip"}
        message = request("GET", "/spaces/?view=week", headers)
        while True:
            yield [message]

    def book(connection: int) -> Iterator[list[bytes]]:
        headers = {
            **world["people"][connection % len(world["people"])],
            "Content-Type": "application/x-www-form-urlencoded",
        }
        number = int((time.time() - began) * 400)  # a new run starts on free days
        while True:
            weekday, (start, end) = number // 4, SLOTS[number % 4]
            day = monday + timedelta(days=weekday // 5 * 7 + weekday % 5)
            number += 1
            form = {
                "resource_id": world["rooms"][connection], "day": f"{day:%d/%m/%Y}", "start": start, "end": end,
                "people": 5, "purpose": "meeting", "title": "Đo", "layout": "",
            }  # fmt: skip
            yield [request("POST", "/spaces/book", headers, urlencode(form).encode())]

    return [
        Case("week of 40 rooms, 5,000 uses a year", week, (1, 16), least={1: 0.1, 16: 0.1}),
        Case("make a booking, all rules, audit row", book, (1, 16), least={1: 0.1, 16: 0.1}, status=(303,)),
    ]


def lines(bench: Bench) -> Iterator[Line]:
    taken: Any = bench.prepare("search_month()")
    yield Line("space search: 40 rooms x 30 days, all rules", taken["month"] * 1000, "ms", 100)
    yield Line("space search: 40 rooms on one day", taken["day"] * 1000, "ms", 100)
