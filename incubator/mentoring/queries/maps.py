"""Two-column selects as dictionaries."""

from __future__ import annotations

from typing import Any

from ...core.db import db


def mapping(statement: Any) -> dict[Any, Any]:
    """First column -> second column."""
    return {row[0]: row[1] for row in db.session.execute(statement)}
