"""What the schema itself refuses about occupancies, on both databases; migration and create_all() use it.

* Two blocking rows of one unit of one resource never overlap (`ex_occupancy_overlap`).
* A row holds a unit that its resource has, and never a composed resource, whose parts are held instead
  (`ck_occupancy_unit`).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from .places import Occupancy

OVERLAP = "ex_occupancy_overlap"
UNIT = "ck_occupancy_unit"

_BLOCKS = "state IN ('confirmed', 'held')"

_SQLITE = [
    f"""
CREATE TRIGGER {name}_{verb} BEFORE {verb_sql} ON occupancy
WHEN {condition}
BEGIN SELECT RAISE(ABORT, '{name}'); END
"""
    for name, condition in (
        (
            OVERLAP,
            f"""NEW.{_BLOCKS} AND EXISTS (
    SELECT 1 FROM occupancy o WHERE o.resource_id = NEW.resource_id AND o.unit = NEW.unit
    AND o.id IS NOT NEW.id AND o.{_BLOCKS}
    AND o.block_start < NEW.block_end AND NEW.block_start < o.block_end)""",  # noqa: S608 - constants only
        ),
        (
            UNIT,
            """NOT EXISTS (SELECT 1 FROM resource r WHERE r.id = NEW.resource_id
    AND NEW.unit BETWEEN 1 AND r.units AND NOT r.composed)""",
        ),
    )
    for verb, verb_sql in (("insert", "INSERT"), ("update", "UPDATE"))
]

_POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    f"""
ALTER TABLE occupancy ADD CONSTRAINT {OVERLAP} EXCLUDE USING gist
(resource_id WITH =, unit WITH =, tstzrange(block_start, block_end, '[)') WITH &&) WHERE ({_BLOCKS})
""",
    f"""
CREATE OR REPLACE FUNCTION {UNIT}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM resource r WHERE r.id = NEW.resource_id
                   AND NEW.unit BETWEEN 1 AND r.units AND NOT r.composed) THEN
        RAISE EXCEPTION '{UNIT}' USING ERRCODE = 'check_violation', CONSTRAINT = '{UNIT}';
    END IF;
    RETURN NEW;
END $$
""",  # noqa: S608 - constants only
    f"CREATE TRIGGER {UNIT} BEFORE INSERT OR UPDATE ON occupancy FOR EACH ROW EXECUTE FUNCTION {UNIT}()",
]


def statements(dialect: str) -> list[str]:
    """The DDL of the guards, in order."""
    return _SQLITE if dialect == "sqlite" else _POSTGRESQL


def undo(dialect: str) -> list[str]:
    """The DDL that takes the guards away."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER {name}" for name in sorted(expected_names(dialect))]
    return [
        f"DROP TRIGGER {UNIT} ON occupancy",
        f"DROP FUNCTION {UNIT}()",
        f"ALTER TABLE occupancy DROP CONSTRAINT {OVERLAP}",
    ]


def expected_names(dialect: str) -> set[str]:
    """Names under which the database lists them (sqlite_master triggers; pg_constraint and pg_trigger)."""
    if dialect == "sqlite":
        return {f"{name}_{verb}" for name in (OVERLAP, UNIT) for verb in ("insert", "update")}
    return {OVERLAP, UNIT}


@event.listens_for(Occupancy.__table__, "after_create")
def _create(_target: Any, connection: sa.Connection, **_kw: Any) -> None:
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
