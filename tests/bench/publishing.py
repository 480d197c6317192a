"""Published pages: kept, packed, answered before Flask."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator

from .harness import Bench, Case, request

PATH = "/vi/results/sang-tao-2024"


def cases(bench: Bench) -> list[Case]:
    url = f"http://127.0.0.1:{bench.product}{PATH}"
    with urllib.request.urlopen(url) as answer:
        tag, size = answer.headers["ETag"], len(answer.read())
    page = request("GET", PATH, {"Accept-Encoding": "gzip, br"})
    unchanged = request("GET", PATH, {"Accept-Encoding": "gzip, br", "If-None-Match": tag})

    def full(_connection: int) -> Iterator[list[bytes]]:
        while True:
            yield [page]

    def conditional(_connection: int) -> Iterator[list[bytes]]:
        while True:
            yield [unchanged]

    return [
        Case(f"published result, 314 rows, {size // 1024} KB unpacked", full, least={16: 3.0}),
        Case("the same, unchanged (304)", conditional, status=(304,), promise="all answered 304"),
    ]
