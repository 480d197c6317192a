"""Migrations build the schema of the models, on both databases, one after the other, up and down."""

from __future__ import annotations

import pathlib

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from incubator.core.db import db
from incubator.core.extensions import metadata

ROOT = pathlib.Path(__file__).parent.parent


def test_there_is_one_line_of_migrations():
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1


def test_the_migrated_schema_is_the_models(session):
    connection = session.connection()
    context = MigrationContext.configure(connection, opts={"compare_type": False})
    differences = [d for d in compare_metadata(context, metadata()) if d[0] != "remove_index"]
    assert differences == []


def test_foreign_keys_are_on(session):
    if db.engine.dialect.name == "sqlite":
        assert session.scalar(sa.text("PRAGMA foreign_keys")) == 1
        assert session.scalar(sa.text("PRAGMA journal_mode")) == "wal"


def test_files_are_named_by_date():
    names = [p.name for p in (ROOT / "migrations" / "versions").glob("*.py")]
    assert names
    assert all(n[:8].isdigit() and n[8] == "_" for n in names)
