"""Fixtures of every test: one application and one migrated database a worker, a rolled-back transaction a test.

pytest                       SQLite
pytest --db postgres         what touches the database once more, on PostgreSQL (TEST_POSTGRES_URL or the local server)
"""

from __future__ import annotations

import itertools
import os
import pathlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask, g, has_app_context
from flask.testing import FlaskClient

from incubator import create_app
from incubator.core import clock
from incubator.core.access import Actor
from incubator.core.db import db
from incubator.core.extensions import limiter
from tests.databases import migrated, settings
from tests.order import ByFile, arrange, mark


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", default="sqlite", choices=["sqlite", "postgres"])


def pytest_configure(config: pytest.Config) -> None:
    from incubator.core import catalogues

    catalogues.compile_all()
    # A busy machine is no finding; in CI the same examples every time, so that red means the change is red.
    hypothesis.settings.register_profile(
        "house",
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow],
        derandomize=os.environ.get("CI", "").lower() == "true",
    )
    hypothesis.settings.load_profile("house")


def pytest_itemcollected(item: pytest.Item) -> None:
    mark(item)


@pytest.hookimpl(trylast=True)  # after pytest-randomly has shuffled
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    marks = config.getoption("-m") or ""
    for item in items:
        if item.get_closest_marker("soak") and "soak" not in marks:
            item.add_marker(pytest.mark.skip(reason="long: `make soak` runs it"))
    arrange(config, items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


class Browser(FlaskClient):
    """A client whose every request starts with an empty `g`, though the test's application context stays open."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            for name in list(g):
                g.pop(name)
        return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    instance = tmp_path_factory.mktemp("instance")
    database = migrated(request, tmp_path_factory, instance, "app")
    application = create_app(settings(instance, database))
    application.test_client_class = Browser
    limiter.enabled = False
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def new_database(
    app: Flask, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[pathlib.Path], str]:
    """`new_database(folder)` is the address of a migrated, empty database of its own, where commits are real."""
    count = itertools.count(1)
    return lambda folder: migrated(request, tmp_path_factory, folder, str(next(count)))


@contextmanager
def rolled_back(application: Flask) -> Iterator[None]:
    """Everything inside, commits too, is undone at the end. The one place that knows how the extension keeps engines."""
    engine = db.engine
    connection = engine.connect()
    outer = connection.begin()
    connection.exec_driver_sql("BEGIN")  # the drivers begin nothing by themselves
    engines = db._app_engines[application]
    engines[None] = connection  # type: ignore[assignment]
    db.session.session_factory.configure(join_transaction_mode="create_savepoint")
    try:
        yield
    finally:
        db.session.remove()
        engines[None] = engine
        db.session.session_factory.kw.pop("join_transaction_mode", None)
        outer.rollback()
        connection.close()


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests reach this machine only."""
    import socket

    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> Any:
        if isinstance(address, tuple) and str(address[0]) not in {"127.0.0.1", "localhost", "::1"}:
            raise AssertionError(f"A test reached for the network: {address}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def session(app: Flask) -> Iterator[Any]:
    """A database session whose work is undone after the test; an application context is active.

    No request context is active: use `client` for pages, or `app.test_request_context()`.
    """
    with app.app_context(), rolled_back(app):
        yield db.session


@pytest.fixture
def client(app: Flask, session: Any) -> FlaskClient:
    """A browser without a sign-in."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, session: Any) -> Callable[[Any], FlaskClient]:
    """`sign_in(account)` gives a client that is signed in as that account."""
    from tests.factories import session_key

    def enter(account: Any) -> FlaskClient:
        browser = app.test_client()
        key = session_key(account)
        db.session.commit()
        with browser.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = key, True
        return browser

    return enter


@pytest.fixture
def actor_of(session: Any) -> Callable[[Any], Actor]:
    """`actor_of(account)` is the actor that a request of that account has."""
    from incubator.accounts.queries import load_actor
    from tests.factories import session_key

    def load(account: Any) -> Actor:
        actor = load_actor(session_key(account))
        assert actor is not None
        return actor

    return load


@pytest.fixture
def queries(session: Any) -> Callable[[], Any]:
    """`with queries() as log:` collects the SQL statements of the block."""

    @contextmanager
    def count() -> Iterator[list[str]]:
        log: list[str] = []

        def seen(_c: Any, _cur: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
                log.append(statement)

        sa.event.listen(sa.Engine, "before_cursor_execute", seen)
        try:
            yield log
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", seen)

    return count


@pytest.fixture
def at() -> Any:
    from tests.factories import AT

    with clock.frozen(AT):
        yield AT


# -- a real server, a real browser -----------------------------------------------------------------------------------

pytest_plugins = ["tests.servers"]
