"""A referee's tap (sign-in, crew, log of the match, insert) and a viewer who asks whether anything is new."""

from __future__ import annotations

import json
import secrets
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

from .harness import Bench, Case, request


def cases(bench: Bench) -> list[Case]:
    matches: list[dict[str, Any]] = bench.prepare("referees()")  # type: ignore[assignment]
    path = f"/vi/matches/{matches[0]['slug']}/part/now"
    with urllib.request.urlopen(f"http://127.0.0.1:{bench.product}{path}", timeout=60) as answer:
        etag = answer.headers["ETag"]

    def taps(connection: int) -> Iterator[list[bytes]]:
        turn = connection
        while True:
            match = matches[turn % len(matches)]
            turn += 17
            headers = {**match["headers"], "Content-Type": "application/json", "Accept": "application/json"}
            now = int(time.time() * 1000)
            event = {"id": secrets.token_hex(16), "kind": "tap", "at": now, "side": turn % 2, "code": "two"}
            yield [
                request("POST", match["path"], headers, json.dumps({"now": now, "events": [event]}).encode())
            ]

    def looks(_connection: int) -> Iterator[list[bytes]]:
        message = request("GET", path, {"If-None-Match": etag})
        while True:
            yield [message]

    return [
        Case("viewer of a live page: nothing new", looks, status=(200, 304)),
        Case("referee taps", taps, least={1: 0.15, 16: 0.15}),
    ]
