"""A feed in a real calendar client: khal lists the same occurrences as the database."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from incubator.core.clock import at_local
from incubator.core.db import transaction
from incubator.spaces.calendar_feed import FeedEntry, write
from incubator.spaces.intervals import Span, local_time
from incubator.spaces.queries import attending
from incubator.spaces.services import registrations
from tests.factories import AT
from tests.spaces.factories import book, guest, make_event, span, wish

KHAL = shutil.which("khal") or str(pathlib.Path(sys.executable).parent / "khal")
CONFIG = """[calendars]
[[feed]]
path = {path}
type = calendar
[locale]
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%d %H:%M
local_timezone = Asia/Ho_Chi_Minh
default_timezone = Asia/Ho_Chi_Minh
[sqlite]
path = {cache}
"""


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_khal_lists_the_same_occurrences(tmp_path: pathlib.Path, zone: str) -> None:
    starts = [(2, time(0, 30)), (2, time(8)), (6, time(6, 45)), (15, time(13, 30)), (31, time(22, 15))]
    entries = [
        FeedEntry(
            uid=f"{day}-{clock}@x",
            span=Span(
                at_local(date(2026, 3, day), clock),
                at_local(date(2026, 3, day), clock) + timedelta(minutes=75),
            ),
            summary=f"Buổi {number}",
            location="Hội trường",
            changed_at=datetime(2026, 2, 1, tzinfo=UTC),
        )
        for number, (day, clock) in enumerate(starts)
    ]
    assert listed(tmp_path, zone, entries) == wanted(entries)


def test_khal_lists_what_a_person_has_to_be_at(tmp_path: pathlib.Path, centre: Any, staff: Any) -> None:
    actor = guest()
    book(wish(centre.room, span(13.5, 15), title="Họp đội"), actor)
    event = make_event(centre, staff)
    with transaction():
        registrations.register(
            event.slug, full_name="An", contact="0912345678", person_id=actor.person_id, at=AT
        )
    entries = attending.of_person(actor.person_id or 0, now=AT)
    assert [e.summary for e in entries] == ["Arduino", "Họp đội"]
    assert listed(tmp_path, "UTC", entries) == wanted(entries)


def listed(folder: pathlib.Path, zone: str, entries: list[FeedEntry]) -> list[str]:
    assert pathlib.Path(KHAL).exists()
    calendar = folder / "calendar"
    calendar.mkdir()
    for entry in entries:  # khal reads one event a file
        (calendar / f"{entry.uid}.ics").write_bytes(write("Hội trường", [entry]))
    config = folder / "config"
    config.write_text(CONFIG.format(path=calendar, cache=folder / "khal.db"))
    done = subprocess.run(
        [KHAL, "-c", str(config), "list", "--day-format", "", "--format", "{start-long}|{end-long}|{title}", "2026-03-01", "31d"],
        capture_output=True, text=True, check=True, env={**os.environ, "TZ": zone, "HOME": str(folder)},
    )  # fmt: skip
    return sorted(line for line in done.stdout.splitlines() if "|" in line)


def wanted(entries: list[FeedEntry]) -> list[str]:
    return sorted(
        f"{local_time(e.span.start):%Y-%m-%d %H:%M}|{local_time(e.span.end):%Y-%m-%d %H:%M}|{e.summary}"
        for e in entries
    )
