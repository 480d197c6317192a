"""Which tests run where: long ones first, the tests of a file on one worker, on PostgreSQL only what touches the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

#: Among several workers the longest first, so that at the end none waits for the others.
LONG = (
    "tests/access/test_objects.py",
    "tests/browser/test_crawl.py",
    "tests/crawl/",
    "tests/demo/",
    "tests/browser/",
    "tests/spaces/test_races.py",
    "tests/contests/test_import_kill.py",
    "tests/judging/test_power_cut.py",
    "tests/publishing/test_power_cut.py",
    "tests/test_production_run.py",
)
#: Files whose tests share nothing that is costly: each may go to whichever worker is free.
APART = ("tests/browser/test_crawl.py", "tests/crawl/test_pages.py")
#: Rules of days and hours that need no database: `make test` runs them in two time zones, as it does the rest.
CLOCK = (
    "tests/contests/test_eligibility.py",
    "tests/spaces/test_availability.py",
    "tests/spaces/test_calendar_feed.py",
    "tests/spaces/test_intervals.py",
    "tests/spaces/test_recurrence.py",
    "tests/spaces/test_rules.py",
    "tests/spaces/test_working_days.py",
)


class ByFile(LoadScopeScheduling):
    """A file is one piece of work: what its fixtures build is built once, and its failures come in one place."""

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = (
            False  # it would put the files with the most tests first, not the longest
        )
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return nodeid if file in APART else file


def mark(item: pytest.Item) -> None:
    """The marks that follow from where a test stands and what it uses."""
    if "browser" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.browser)
    if item.nodeid.startswith(CLOCK):
        item.add_marker(pytest.mark.clock)


def is_worth_a_second_run(item: pytest.Item) -> bool:
    """On PostgreSQL: browser tests and crawls have a database of their own, made once, on SQLite."""
    names: Sequence[str] = getattr(item, "fixturenames", ())
    return ("app" in names and "browser" not in names) or item.get_closest_marker("clock") is not None


def rank(item: pytest.Item) -> int:
    return next((n for n, start in enumerate(LONG) if item.nodeid.startswith(start)), len(LONG))


def arrange(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the items in order, and take out what would prove the same a second time."""
    if config.getoption("--db") == "postgres":
        out = [item for item in items if not is_worth_a_second_run(item)]
        if out:
            config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if is_worth_a_second_run(item)]
    if hasattr(config, "workerinput"):
        items.sort(key=rank)
