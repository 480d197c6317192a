"""Work that no request does: tabulating, certificates, tables, draw and schedule. The least of three runs: others only add."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

from .harness import Line

_printed: list[Line] = []


def lines(_bench: object) -> Iterator[Line]:
    """The database plays no part: measured once a run."""
    if not _printed:
        for line in _lines():
            _printed.append(line)
            yield line


def _lines() -> Iterator[Line]:
    whole, quarter = tabulating(10_000), tabulating(2_500)
    yield Line("tabulating 10,000 x 5 sheets x 8 criteria", least(whole), "s", 2)
    growth = least(whole, time.process_time) / (4 * least(quarter, time.process_time))
    yield Line("the same: CPU an entry beside a quarter of them", growth, "x", 1.5)
    yield Line("314 certificates", least(certificates), "s", 3)
    yield Line("tables of 1,000 teams, 20,000 matches", least(standings()), "s", 1)
    yield Line("50 teams drawn and scheduled", least(draw_and_schedule), "s", 2)


def least(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    taken = []
    for _ in range(3):
        began = clock()
        work()
        taken.append(clock() - began)
    return min(taken)


def tabulating(entries: int) -> Callable[[], object]:
    from incubator.judging.scoring import Method, Rule, Sheet, Step, StepKind, tabulate

    draw = random.Random(1)
    rules = tuple(Rule(i, 1000) for i in range(8))
    sheets = [
        Sheet(e, j, tuple(draw.randrange(0, 1001, 100) for _ in rules))
        for e in range(entries)
        for j in range(5)
    ]
    method = Method(expected=5, chain=(Step(StepKind.CRITERION, (3,)), Step(StepKind.SPREAD)))
    return lambda: tabulate(rules, method, range(entries), sheets)


def certificates() -> None:
    from incubator.core import pdf

    sheet = {
        "parent": "Sở", "body": "Ban Tổ chức", "by": "chứng nhận", "holder": "Nguyễn Văn An", "detail": "Tiểu học",
        "achieved": "đạt", "award": "Giải Nhất", "in_what": "Tiểu học", "basis": "Quyết định", "check": "Quét mã",
        "dated": "ngày 29 tháng 11 năm 2024", "signer_lines": ["TM."], "signer": "Nguyễn Trung Hiếu",
    }  # fmt: skip
    sheets = [
        sheet | {"number": f"{n:04d}", "qr": pdf.qr_svg(f"https://example.org/vi/c/{n:024d}")}
        for n in range(314)
    ]
    pdf.render("certificate", {"title": "Giấy chứng nhận", "sheets": sheets})


def standings() -> Callable[[], object]:
    from incubator.matches.outcomes import Sheet, decide
    from incubator.matches.presets import FIFA_2026
    from incubator.matches.standings import table

    draw = random.Random(7)
    groups = []
    for number in range(100):
        teams = [f"T{number * 10 + n}" for n in range(10)]
        pairs = [draw.sample(teams, 2) for _ in range(200)]
        results = [
            decide(FIFA_2026, Sheet(a, draw.randrange(4)), Sheet(b, draw.randrange(4))) for a, b in pairs
        ]
        groups.append((teams, results))
    return lambda: [table(teams, results, FIFA_2026) for teams, results in groups]


def draw_and_schedule() -> None:
    from incubator.matches.draw import Draw, group_sizes
    from incubator.matches.flows import Entrant
    from incubator.matches.pairings import fixtures
    from incubator.matches.quality import measure
    from incubator.matches.schedule import Hall, schedule

    schools = (9, 6, 5, 4, 4, 3, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1)
    teams = [Entrant(f"{s}.{k}", s) for s, count in enumerate(schools) for k in range(count)]
    draw = Draw(teams, [chr(65 + n) for n in range(12)], group_sizes(50, 12), "1")
    draw.run()
    drawn = [(name, [pick.key for pick in draw.log if pick.group == name]) for name in draw.names]
    fixed = fixtures(drawn, alternating=True)
    hall = Hall(("S1", "S2", "S3"), 8, 8, ((480, 690), (780, 1080)), latest=1080)
    figures = measure(schedule(fixed, hall), fixed, hall)
    if figures.problems:
        raise RuntimeError(f"schedule: {figures.problems[0]}")
