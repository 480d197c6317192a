"""A real server under marking: two tabs at once, and power cuts. What was acknowledged is there, once."""

from __future__ import annotations

import http.client
import http.cookiejar
import json
import random
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from typing import Any

import pytest

from tests.servers import ROOT, Server

SEED = """
import json
from config import Config
from incubator import create_app
from incubator.core.db import transaction
app = create_app(Config)
with app.app_context(), transaction():
    from tests.factories import PASSWORD
    from tests.judging.factories import make_round
    r = make_round(entries=6, judges=1)
    out = {"emails": [a.email for a in r.judges], "password": PASSWORD,
           "assignments": [r.id(e, 0) for e in range(6)], "criteria": [c.id for c in r.criteria]}
print(json.dumps(out))
"""


def seed(server: Server) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", SEED], cwd=ROOT, env=server.env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


class Device:
    """A judge's phone: a cookie jar and a token."""

    def __init__(self, server: Server, email: str, password: str) -> None:
        self.url = server.url
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        token = self.token("/login")
        body = urllib.parse.urlencode({"email": email, "password": password, "csrf_token": token}).encode()
        self.opener.open(f"{self.url}/login", body, timeout=30).read()

    def token(self, path: str) -> str:
        page = self.opener.open(self.url + path, timeout=30).read().decode()
        found = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found
        return found[1]

    def start(self, assignment: int) -> None:
        self.csrf = self.token(f"/judging/sheets/{assignment}")

    def mark(
        self, assignment: int, criterion: int, points: int, base: int, client_id: str
    ) -> tuple[int, dict[str, Any]]:
        """Status and answer; raises OSError when the server is gone."""
        request = urllib.request.Request(
            f"{self.url}/judging/sheets/{assignment}/marks",
            json.dumps(
                {"criterion": criterion, "points_e2": points, "base": base, "client_id": client_id}
            ).encode(),
            {"Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": self.csrf},
        )
        try:
            with self.opener.open(request, timeout=10) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.loads(refusal.read())


def stored(server: Server) -> list[tuple[int, int, int, str]]:
    """(assignment, criterion, points, client id) of every mark, read by a process of its own."""
    code = (
        "import json\nfrom config import Config\nfrom incubator import create_app\nfrom incubator.core.db import db\n"
        "import sqlalchemy as sa\napp = create_app(Config)\nwith app.app_context():\n"
        "    rows = db.session.execute(sa.text('SELECT s.assignment_id, m.criterion_id, m.points_e2, m.client_id FROM mark m "
        "JOIN score_sheet s ON s.id = m.sheet_id ORDER BY m.id')).all()\n    print(json.dumps([list(r) for r in rows]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=server.env, capture_output=True, text=True, check=True
    )
    return [tuple(row) for row in json.loads(done.stdout.strip().splitlines()[-1])]


def test_of_many_tabs_that_save_at_once_exactly_one_wins(new_server: Any) -> None:
    server = new_server()
    data = seed(server)
    server.start(workers=2, threads=4)
    devices = [Device(server, data["emails"][0], data["password"]) for _ in range(6)]
    assignment, criterion = data["assignments"][0], data["criteria"][0]
    for device in devices:
        device.start(assignment)
    answers: list[int] = []
    gate = threading.Barrier(len(devices))

    def save(number: int, device: Device) -> None:
        gate.wait()
        answers.append(device.mark(assignment, criterion, number * 50, 0, f"device-{number}-mark")[0])

    threads = [threading.Thread(target=save, args=(n, d)) for n, d in enumerate(devices)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] + [409] * (len(devices) - 1)
    assert len(stored(server)) == 1


def power_cuts(server: Server, rounds: int) -> None:
    data = seed(server)
    server.start()
    device = Device(server, data["emails"][0], data["password"])
    device.start(data["assignments"][0])
    draw = random.Random(7)
    versions: dict[tuple[int, int], int] = {}
    acknowledged: set[str] = set()
    for _ in range(rounds):
        cut = threading.Timer(draw.uniform(0.05, 0.6), server.kill)
        cut.start()
        pending = None
        for _ in range(500):
            assignment, criterion = draw.choice(data["assignments"]), draw.choice(data["criteria"])
            pending = (
                assignment,
                criterion,
                draw.randrange(0, 1001, 50),
                versions.get((assignment, criterion), 0),
                str(uuid.uuid4()),
            )
            try:
                status, answer = device.mark(*pending)
            except (OSError, ValueError, http.client.HTTPException):  # cut in the middle of the answer
                break
            assert status == 200, answer
            versions[assignment, criterion] = answer["version"]
            acknowledged.add(pending[4])
            pending = None
        cut.join()
        time.sleep(0.1)
        server.start()
        if pending is not None:  # the device does not know: it sends the same save again
            status, answer = device.mark(*pending)
            assert status == 200, answer
            versions[pending[0], pending[1]] = answer["version"]
            acknowledged.add(pending[4])
    ids = [row[3] for row in stored(server)]
    assert acknowledged == set(ids), "acknowledged marks are missing"
    assert len(ids) == len(set(ids)), "a mark was saved twice"


def test_power_cuts_lose_nothing_and_repeat_nothing(new_server: Any) -> None:
    power_cuts(new_server(), 3)


@pytest.mark.soak
@pytest.mark.timeout(3000)
def test_a_hundred_power_cuts(new_server: Any) -> None:
    power_cuts(new_server(), 100)
