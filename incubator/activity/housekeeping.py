"""What the worker does at night."""

from __future__ import annotations

import sqlite3

from ..core import jobs
from ..core.db import db


@jobs.every(minute="10", hour="19")  # the queue counts in UTC: ten past two at night in Vietnam
def shorten_log() -> None:
    """Fold SQLite's write-ahead log into the database and cut it: by itself the file never shrinks.

    Through a connection of its own, as a checkpoint is not possible inside a transaction. A reader that is under way
    makes it wait five seconds at most and leaves the rest for the next night.
    """
    engine = db.engine.engine  # tests put a connection in the engine's place
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return
    connection = sqlite3.connect(engine.url.database, timeout=5)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
