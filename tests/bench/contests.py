"""A teacher's flow: open the form, send a team of three, look at the list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from .harness import Bench, Case, request


def cases(bench: Bench) -> list[Case]:
    world: dict[str, Any] = bench.prepare("teachers(prepared.registering())")

    def flow(connection: int) -> Iterator[list[bytes]]:
        teacher = world["people"][connection]
        headers = {**teacher["headers"], "Accept-Encoding": "gzip"}
        number = 0
        while True:
            school = teacher["schools"][number % len(teacher["schools"])]
            path = f"/registration/{world['edition']}/{school}"
            form = {
                "rows-0-team_name": f"Đội {world['salt']} {connection} {number}", "rows-0-division": world["division"],
                "rows-0-coach_name": "Trần Thị Cô", "rows-0-coach_phone": "0912345678", "do": "save",
            }  # fmt: skip
            for i, name in enumerate(("Nguyễn Văn An", "Lê Thị Bình", "Phạm Quốc Cường")):
                form |= {f"rows-0-members-{i}-full_name": f"{name} {connection} {number}",
                         f"rows-0-members-{i}-birth_date": world["born"], f"rows-0-members-{i}-class_name": "4A"}  # fmt: skip
            number += 1
            post = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
            yield [
                request("GET", path, headers),
                request("POST", path, post, urlencode(form).encode()),
                request("GET", f"/registration/schools/{school}", headers),
            ]

    return [
        Case(
            "teacher's flow: form, team of three, list",
            flow,
            (16,),
            least_rate={16: 40.0},
            status=(200, 302, 303),
        )
    ]
