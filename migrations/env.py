"""Alembic's environment: the same migrations on SQLite and PostgreSQL, each run in one transaction.

On SQLite foreign keys are off while migrating: recreating a table would otherwise cascade-delete its children.
They are checked at the end instead.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app

from incubator.core.db import UTCDateTime, db
from incubator.core.extensions import metadata


def render_item(kind: str, item: Any, _context: Any) -> Any:
    """Our own column types are written as what they are in the database."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def same_type(
    _context: Any, _inspected: Any, _column: Any, inspected_type: Any, metadata_type: Any
) -> bool | None:
    if isinstance(metadata_type, UTCDateTime):
        return not isinstance(inspected_type, sa.DateTime)
    if isinstance(metadata_type, sa.Enum):
        return not isinstance(inspected_type, sa.String)
    return None


def migrating_engine() -> sa.Engine:
    """An engine of its own: the application's connections begin no transactions by themselves."""
    engine = sa.create_engine(db.engine.url, poolclass=sa.pool.NullPool)
    if engine.dialect.name != "sqlite":
        return engine

    @sa.event.listens_for(engine, "connect")
    def _connect(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None
        dbapi.execute("PRAGMA journal_mode=WAL")
        dbapi.execute("PRAGMA foreign_keys=OFF")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def run() -> None:
    with migrating_engine().connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata(),
            compare_type=same_type,
            render_item=render_item,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()
            if connection.dialect.name == "sqlite":
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
                if broken:
                    raise RuntimeError(f"Migrations left broken foreign keys: {broken[:5]}")


if current_app:
    run()
