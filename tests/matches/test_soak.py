"""Twenty referees and five hundred viewers on one machine: no event is lost; the tail is reported."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from tests.bench.harness import exchange, request
from tests.servers import ROOT, Server

SECONDS = float(os.environ.get("SOAK_SECONDS", "120"))
REFEREES, VIEWERS, EVERY = 20, int(os.environ.get("SOAK_VIEWERS", "500")), 3.0

PREPARE = """
import json
from wsgi import app
with app.app_context():
    from tests.bench import prepared
    print(json.dumps(prepared.referees()))
"""
COUNT = """
import json, sqlalchemy as sa
from wsgi import app
from incubator.core.db import db
from incubator.models import MatchEvent
with app.app_context():
    rows = db.session.scalars(sa.select(MatchEvent.client_id).where(MatchEvent.kind == "tap", MatchEvent.state == "counted"))
    print(json.dumps(list(rows)))
"""


def run(server: Server, program: str) -> object:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=server.env, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.soak
def test_no_event_is_lost_with_twenty_referees_and_five_hundred_viewers(
    new_server: Callable[..., Server],
) -> None:
    server = new_server()
    matches = run(server, PREPARE)
    assert isinstance(matches, list)
    server.start(workers=2, threads=12)
    port = int(server.url.rsplit(":", 1)[1])
    until = time.time() + SECONDS
    sent: list[str] = []
    taps: list[float] = []
    looks: list[float] = []
    wrong: list[str] = []
    threads = [
        threading.Thread(target=referee, args=(port, matches[n], until, sent, taps, wrong))
        for n in range(REFEREES)
    ]
    path = f"/vi/matches/{matches[0]['slug']}/part/now"
    threads += [
        threading.Thread(target=viewers, args=(port, path, until, n, looks, wrong))
        for n in range(VIEWERS // 25)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.kill(15)
    assert wrong == []
    stored = run(server, COUNT)
    assert sorted(stored) == sorted(sent)  # type: ignore[arg-type]
    print(
        f"\n{len(sent)} taps, p99 {p99(taps):.0f} ms; {len(looks)} looks of {VIEWERS} viewers, p99 {p99(looks):.0f} ms"
    )
    assert p99(taps) < 8000  # by then the phone would have given up and sent again


def p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)] * 1000


def referee(port: int, match: dict, until: float, sent: list, taps: list, wrong: list) -> None:
    """A tap about twice a second, faster than any real match, each sent twice now and then."""
    headers = {**match["headers"], "Content-Type": "application/json", "Accept": "application/json"}
    with socket.create_connection(("127.0.0.1", port)) as line:
        while time.time() < until:
            now = int(time.time() * 1000)
            event = {"id": secrets.token_hex(16), "kind": "tap", "at": now, "side": now % 2, "code": "two"}
            body = json.dumps({"now": now, "events": [event]}).encode()
            for _ in range(1 + (now % 7 == 0)):
                began = time.perf_counter()
                status, answer = exchange(line, request("POST", match["path"], headers, body))
                taps.append(time.perf_counter() - began)
                if status != 200 or event["id"] not in json.loads(answer)["saved"]:
                    wrong.append(f"{status} {answer[:200]!r}")
                    return
            sent.append(event["id"])
            time.sleep(0.5)


def viewers(port: int, path: str, until: float, number: int, looks: list, wrong: list) -> None:
    """Twenty-five phones that ask every three seconds; the server has closed their line by then, as it does."""
    etags = [""] * 25
    while time.time() < until:
        for n, etag in enumerate(etags):
            began = time.perf_counter()
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
                    line.sendall(request("GET", path, {"If-None-Match": etag} if etag else {}))
                    status, found = read(line)
            except OSError as error:
                wrong.append(f"viewer {number}: {error}")
                return
            looks.append(time.perf_counter() - began)
            if status not in (200, 304):
                wrong.append(f"viewer {number}: {status}")
                return
            etags[n] = found or etag
            time.sleep(max(0, EVERY / len(etags) - (time.perf_counter() - began)))


def read(line: socket.socket) -> tuple[int, str]:
    data = b""
    while b"\r\n\r\n" not in data:
        more = line.recv(65536)
        if not more:
            raise ConnectionError("closed by the server")
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    fields = dict(row.split(b": ", 1) for row in head.split(b"\r\n")[1:])
    fields = {key.lower(): value for key, value in fields.items()}
    left = int(fields.get(b"content-length", b"0")) - len(body)
    while left > 0:
        left -= len(line.recv(65536))
    return int(head[9:12]), fields.get(b"etag", b"").decode()
