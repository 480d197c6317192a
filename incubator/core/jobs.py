"""Work that outlives a request. A task takes ids only; the row it works on is the truth, the queue is a hint.

A task that is killed has left the queue for good, so every kind of job has a row (Notification, JobRun …) with a
lease, and a periodic sweep enqueues again what was left lying. Tasks are therefore written to be run twice.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import Flask
from huey import RedisHuey, SqliteHuey, crontab
from huey.api import Huey, MemoryHuey

_app: Flask | None = None
_tasks: dict[str, Callable[..., Any]] = {}
_periodic: dict[str, tuple[Callable[..., Any], dict[str, str]]] = {}
_at_start: set[str] = set()
huey: Huey | None = None


class Task:
    """A function for the background: called, it runs here and now; `later(*ids)` enqueues it."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.name = f"{function.__module__}.{function.__qualname__}"

    def __call__(self, *args: Any) -> Any:
        return self.function(*args)

    def later(self, *args: Any) -> None:
        assert huey is not None
        _registered(huey, self.name)(*args)


def task(function: Callable[..., Any]) -> Task:
    """Mark `function(*ids)` as a background task; call `.later(*ids)` after the commit that made its row."""
    made = Task(function)
    _tasks[made.name] = function
    return made


def every(*, at_start: bool = False, **schedule: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Run a function periodically in one consumer: `@every(minute="*")`, fields as in crontab.

    With `at_start` also once when the consumer starts, by each of its threads.
    """

    def mark(function: Callable[[], Any]) -> Callable[[], Any]:
        name = f"{function.__module__}.{function.__qualname__}"
        _periodic[name] = (function, schedule)
        if at_start:
            _at_start.add(name)
        return function

    return mark


_wrapped: dict[tuple[int, str], Any] = {}


def _registered(queue: Huey, name: str) -> Any:
    key = (id(queue), name)
    if key not in _wrapped:
        _wrapped[key] = queue.task(name=name)(_in_context(_tasks[name]))
    return _wrapped[key]


def _in_context(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def run(*args: Any) -> Any:
        from flask import has_app_context

        assert _app is not None
        if has_app_context():  # immediate mode: the caller's session is in use
            return function(*args)
        with _app.app_context():
            return function(*args)

    return run


def init_app(app: Flask) -> None:
    """Build the queue: Redis when REDIS_URL is set, else a SQLite file of its own, never the application's."""
    global huey, _app
    _app = app
    immediate = bool(app.config.get("HUEY_IMMEDIATE"))
    if immediate:
        huey = MemoryHuey("incubator", immediate=True, results=False)
    elif app.config.get("REDIS_URL"):
        huey = RedisHuey("incubator", url=app.config["REDIS_URL"], results=False)
    else:
        huey = SqliteHuey("incubator", filename=app.config["HUEY_FILE"], results=False)


def consumer() -> Huey:
    """The queue with every task known to it, for `huey_consumer incubator.worker.huey`."""
    assert huey is not None
    for name in _tasks:
        _registered(huey, name)
    for name, (function, schedule) in _periodic.items():
        huey.periodic_task(crontab(**schedule), name=name)(_in_context(function))
        if name in _at_start:
            huey.on_startup(name=name)(_in_context(function))
    return huey


def run_periodic(name_part: str) -> None:
    """Run the periodic functions whose name contains `name_part` now (tests and commands)."""
    for name, (function, _schedule) in _periodic.items():
        if name_part in name:
            _in_context(function)()
