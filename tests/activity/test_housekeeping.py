"""The worker's nightly work."""

from __future__ import annotations

import sqlite3

import pytest

from incubator import create_app
from incubator.core import jobs
from incubator.core.db import db
from tests.databases import settings


def test_the_write_ahead_log_is_cut(tmp_path):
    path = tmp_path / "a.sqlite"
    app = create_app(settings(tmp_path, f"sqlite:///{path}"))
    writer = sqlite3.connect(path)
    try:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE t (x TEXT)")
        writer.executemany("INSERT INTO t VALUES (?)", [("x" * 1000,)] * 500)
        writer.commit()
        log = tmp_path / "a.sqlite-wal"
        assert log.stat().st_size > 100_000
        with app.app_context():
            jobs.run_periodic("shorten_log")
            db.engine.dispose()
        assert log.stat().st_size == 0
        assert writer.execute("SELECT count(*) FROM t").fetchone() == (500,)
    finally:
        writer.close()


@pytest.mark.parametrize(
    "name", ["deliver", "seal_pending", "sweep_jobs", "beat", "shorten_log", "settle_hours"]
)
def test_the_worker_knows_the_jobs_that_the_handbook_names(app, name):
    assert any(name in known for known in [*jobs._periodic, *jobs._tasks])
