"""Databases for tests: migrated once a run, then copied for every worker, server and race that wants its own."""

from __future__ import annotations

import fcntl
import hashlib
import os
import pathlib
import shutil
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask_migrate import upgrade

from config import TestConfig
from incubator import create_app
from incubator.core.db import db

ROOT = pathlib.Path(__file__).parent.parent
POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres").replace(
    "postgresql://", "postgresql+psycopg://"
)
PLACE = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]  # two copies of the sources test side by side


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


def once_a_run(
    factory: pytest.TempPathFactory, name: str, build: Callable[[pathlib.Path], None]
) -> pathlib.Path:
    """A folder that `build` fills once for all workers of a run; the others wait for it."""
    base = factory.getbasetemp()
    root = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = root / name
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            build(folder)
            (folder / "ready").touch()
    return folder


def migrate(instance: pathlib.Path, database: str) -> None:
    application = create_app(settings(instance, database))
    with application.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        db.session.remove()
        db.engine.dispose()


# -- PostgreSQL --------------------------------------------------------------------------------------------------------


def address_of(name: str) -> str:
    return POSTGRES.rsplit("/", 1)[0] + f"/{name}"


def fresh_postgres(name: str, template: str = "template1") -> str:
    """A new database on the test server, empty or like `template`; returns its address."""
    admin = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    admin.dispose()
    return address_of(name)


def postgres_answers() -> bool:
    engine = sa.create_engine(POSTGRES, connect_args={"connect_timeout": 3})
    try:
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
        return True
    except sa.exc.OperationalError:
        return False
    finally:
        engine.dispose()


# -- one for whoever asks ----------------------------------------------------------------------------------------------


def migrated(
    request: pytest.FixtureRequest, factory: pytest.TempPathFactory, folder: pathlib.Path, name: str
) -> str:
    """The address of a migrated database without rows, on the kind of `--db`; a file lies in `folder`."""
    if request.config.getoption("--db") == "postgres":
        template = f"test_{PLACE}_migrated"
        once_a_run(factory, "migrated-postgres", lambda place: migrate(place, fresh_postgres(template)))
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        return fresh_postgres(f"test_{PLACE}_{worker}_{name}", template)

    def build(place: pathlib.Path) -> None:
        migrate(place, f"sqlite:///{place / 'incubator.sqlite'}")

    template_file = once_a_run(factory, "migrated-sqlite", build) / "incubator.sqlite"
    shutil.copy(template_file, folder / "incubator.sqlite")
    return f"sqlite:///{folder / 'incubator.sqlite'}"
