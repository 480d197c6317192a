"""Selects as dictionaries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ...core.db import db


def mapping(statement: Any) -> dict[Any, Any]:
    """First column -> second column."""
    return {row[0]: row[1] for row in db.session.execute(statement)}


def grouped(rows: Iterable[Any]) -> dict[int, list[tuple[Any, ...]]]:
    """First column -> the rest of each of its rows."""
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for key, *values in rows:
        found[key].append(tuple(values))
    return found
