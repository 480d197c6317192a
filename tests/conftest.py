"""Fixtures of every test: one application and one migrated database a worker, a rolled-back transaction a test.

pytest                       SQLite
pytest --db postgres         the same tests on PostgreSQL (TEST_POSTGRES_URL or the local server)
"""

from __future__ import annotations

import hashlib
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
from flask_migrate import upgrade

from config import TestConfig
from incubator import create_app
from incubator.core import clock
from incubator.core.access import Actor
from incubator.core.db import db
from incubator.core.extensions import limiter

ROOT = pathlib.Path(__file__).parent.parent
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")


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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    marks = config.getoption("-m") or ""
    for item in items:
        if item.get_closest_marker("soak") and "soak" not in marks:
            item.add_marker(pytest.mark.skip(reason="long: `make soak` runs it"))


def worker_name(request: pytest.FixtureRequest) -> str:
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    place = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    return f"test_{place}_{worker}"


def fresh_postgres(name: str) -> str:
    """An empty database on the test server; returns its address."""
    admin = sa.create_engine(
        POSTGRES.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    admin.dispose()
    return POSTGRES.replace("postgresql://", "postgresql+psycopg://").rsplit("/", 1)[0] + f"/{name}"


def settings(instance: pathlib.Path, database: str) -> dict[str, Any]:
    """TestConfig as a dict with every path inside `instance`."""
    values = {k: getattr(TestConfig, k) for k in dir(TestConfig) if k.isupper()}
    return {
        **values,
        "INSTANCE_PATH": str(instance),
        "SQLALCHEMY_DATABASE_URI": database,
        "HUEY_FILE": str(instance / "jobs.sqlite"),
        "FILES_URL": str(instance / "files"),
        "PUBLISHED_PATH": str(instance / "published"),
        "MAIL_PATH": str(instance / "mail"),
        "REDIS_URL": "",
    }


def database_url(request: pytest.FixtureRequest, instance: pathlib.Path) -> str:
    if request.config.getoption("--db") == "postgres":
        return fresh_postgres(worker_name(request))
    return f"sqlite:///{instance / 'test.sqlite'}"


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
    application = create_app(settings(instance, database_url(request, instance)))
    application.test_client_class = Browser
    limiter.enabled = False
    with application.app_context():
        upgrade(directory=str(ROOT / "migrations"))
    yield application
    with application.app_context():
        db.session.remove()
        db.engine.dispose()


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
