"""A real server and 64 clients that want the same and overlapping times: never one double booking, no 500.

3 rounds here, 20 with `-m soak`. Run with `--db postgres` for the other database.
"""

from __future__ import annotations

import json
import pathlib
import re
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.servers import Server

CLIENTS = 64
SETUP = pathlib.Path(__file__).parent / "race_setup.py"


class Browser:
    """A signed-in client without redirects: status, and the page or where it sends one."""

    def __init__(self, url: str, cookie: str, csrf: str) -> None:
        self.url, self.cookie, self.csrf = url, cookie, csrf

    def post(self, path: str, **fields: Any) -> tuple[int, str]:
        data = urllib.parse.urlencode({**fields, "csrf_token": self.csrf}, doseq=True).encode()
        asked = urllib.request.Request(self.url + path, data, {"Cookie": f"session={self.cookie}"})
        opener = urllib.request.build_opener(_NoRedirect)
        try:
            with opener.open(asked, timeout=120) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers.get("Location") or error.read().decode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_kw: Any) -> None:
        return None


@pytest.fixture
def arena(new_server: Any) -> Any:
    """A server with a small centre, 64 guests and two staff, all signed in."""
    import subprocess
    import sys

    server: Server = new_server()
    done = subprocess.run(
        [sys.executable, str(SETUP), str(CLIENTS)],
        env=server.env,
        capture_output=True,
        text=True,
        check=False,
        cwd=SETUP.parents[2],
    )
    assert done.returncode == 0, done.stderr[-3000:]
    facts = json.loads(done.stdout.strip().splitlines()[-1])
    server.start(workers=2, threads=8)
    facts["server"] = server
    facts["clients"] = [Browser(server.url, cookie, facts["csrf"]) for cookie in facts["cookies"]]
    facts["staff"] = [Browser(server.url, cookie, facts["csrf"]) for cookie in facts["staff_cookies"]]
    return facts


def overlaps(server: Server) -> int:
    """Pairs of blocking rows of one unit that overlap, counted by the database alone."""
    engine = sa.create_engine(server.env["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        found = connection.execute(
            sa.text(
                "SELECT count(*) FROM occupancy a JOIN occupancy b ON a.resource_id = b.resource_id AND a.unit = b.unit"
                " AND a.id < b.id AND a.block_start < b.block_end AND b.block_start < a.block_end"
                " WHERE a.state IN ('confirmed', 'held') AND b.state IN ('confirmed', 'held')"
            )
        ).scalar_one()
    engine.dispose()
    return int(found)


def together(calls: list[Any]) -> list[tuple[int, str]]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def check(answers: list[tuple[int, str]], server: Server) -> Counter[int]:
    statuses = Counter(status for status, _text in answers)
    assert not [status for status in statuses if status >= 500], statuses
    for status, text in answers:
        if status in (409, 422):
            assert "Chưa" in text or "đã có lượt" in text, text[:500]
    assert overlaps(server) == 0
    return statuses


def booking(place: int, day: str, start: str, end: str, **more: Any) -> dict[str, Any]:
    return {
        "resource_id": place,
        "day": day,
        "start": start,
        "end": end,
        "people": 2,
        "purpose": "meeting",
        "title": "Đua",
        **more,
    }


def rounds(request: pytest.FixtureRequest) -> int:
    return 20 if "soak" in (request.config.getoption("-m") or "") else 3


def race_round(arena: dict[str, Any], n: int) -> None:
    """One day: create, overlapping creates, moves, approvals, series and an import at once."""
    server, clients, staff = arena["server"], arena["clients"], arena["staff"]
    arena_day = date.fromisoformat(arena["first"]) + timedelta(weeks=n)
    day = arena_day.strftime("%d/%m/%Y")
    same = [
        lambda c=c: c.post("/spaces/book", **booking(arena["room"], day, "08:00", "09:00")) for c in clients
    ]
    won = check(together(same), server)
    assert won[303] == 1, won
    starts = ["09:00", "09:15", "09:30", "09:45", "10:00", "10:15", "10:30", "10:45"]
    ends = ["10:00", "10:15", "10:30", "10:45", "11:00", "11:15", "11:30", "11:30"]
    part = [
        lambda c=c, i=i: c.post(
            "/spaces/book",
            **booking(arena["half"] if i % 3 else arena["room"], day, starts[i % 8], ends[i % 8]),
        )
        for i, c in enumerate(clients)
    ]
    check(together(part), server)
    for c in clients[:4]:
        assert c.post("/spaces/book", **booking(arena["hall"], day, "14:00", "15:00"))[0] == 303
    ids = request_ids(staff[0], arena, day)
    assert len(ids) == 4, ids
    decide = [
        lambda s=s, i=i: s.post(f"/spaces/requests/{i}", choice=i, reason="Gửi yêu cầu trước")
        for i in ids
        for s in staff * 4
    ]
    approved = check(together(decide), server)
    assert approved[303] == 1, approved
    repeat = [
        lambda c=c: c.post(
            "/spaces/series",
            **booking(arena["other"], day, "13:30", "14:30", every="daily", interval=1, go=1,
                      until=(arena_day + timedelta(days=2)).strftime("%d/%m/%Y"),
                      only=[(arena_day + timedelta(days=d)).isoformat() for d in range(3)]),
        )
        for c in clients[:24]
    ]  # fmt: skip
    assert check(together(repeat), server)[303] == 1
    codes = [booked(c, arena["other"], day, n, i) for i, c in enumerate(clients[:8])]
    moves = [
        lambda c=c, code=code: c.post(
            f"/spaces/bookings/{code}/move",
            resource_id=arena["half"],
            day=day,
            start="15:30",
            end="16:30",
            people=2,
            version=1,
            scope="one",
        )
        for c, code in zip(clients[:8], codes, strict=True)
    ]
    mixed = together([*moves, lambda: imported(arena, day)])
    assert check(mixed, server)[303] <= 1 + 1


def booked(client: Browser, place: int, day: str, n: int, i: int) -> str:
    """A booking of its own for each client, one quarter after the other; returns its code."""
    start = f"{7 + (30 + i * 30) // 60:02d}:{(30 + i * 30) % 60:02d}"
    end = f"{7 + (60 + i * 30) // 60:02d}:{(60 + i * 30) % 60:02d}"
    status, where = client.post("/spaces/book", **booking(place, day, start, end))
    assert status == 303, where[:2000]
    return where.rsplit("/", 1)[1]


def imported(arena: dict[str, Any], day: str) -> tuple[int, str]:
    """The command line reads a file over the same time while the server moves bookings."""
    server = arena["server"]
    d, m, y = day.split("/")
    file = server.instance / f"import-{y}{m}{d}.ics"
    file.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:race\r\nSUMMARY:Nhập\r\n"
        f"DTSTART:{y}{m}{d}T153000\r\nDTEND:{y}{m}{d}T163000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    done = server.run(
        "spaces",
        "import-ics",
        str(file),
        "--resource",
        "hall-a",
        "--json",
        "--from",
        f"{y}-{m}-{d}",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)) == 1
    return 303, ""


def request_ids(staff: Browser, arena: dict[str, Any], day: str) -> list[int]:
    asked = urllib.request.Request(
        staff.url + "/spaces/requests", headers={"Cookie": f"session={staff.cookie}"}
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        text = answer.read().decode()
    found = re.findall(r'href="/spaces/requests/(\d+)"[^>]*>([^<]+)<span class="num">([^<]+)</span>', text)
    return [int(i) for i, _place, when in found if when.startswith(day)]


def quota_round(arena: dict[str, Any], n: int) -> None:
    """64 members of one team and one school, at two places: the team's hours, then what is left of the school's."""
    day = (date.fromisoformat(arena["first"]) + timedelta(weeks=n)).strftime("%d/%m/%Y")
    hours = [("08:00", "09:00"), ("09:00", "10:00"), ("14:00", "15:00"), ("15:00", "16:00")]
    for left, more in ((3, {"team_id": arena["team"]}), (2, {})):
        calls = [
            lambda c=c, i=i, more=more: c.post(
                "/spaces/book", **booking(arena["kits"][i % 2], day, *hours[i % 4], units=1, **more)
            )
            for i, c in enumerate(arena["clients"])
        ]
        assert check(together(calls), arena["server"])[303] == left


def test_shared_hours_are_never_exceeded(arena: dict[str, Any], request: pytest.FixtureRequest) -> None:
    for n in range(min(rounds(request), 3)):
        quota_round(arena, n)


def test_nobody_is_booked_twice(arena: dict[str, Any], request: pytest.FixtureRequest) -> None:
    for n in range(min(rounds(request), 3)):
        race_round(arena, n)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_nobody_is_booked_twice_in_twenty_rounds(arena: dict[str, Any]) -> None:
    for n in range(20):
        race_round(arena, n)
        quota_round(arena, n)
