"""Numbers of a year: computed from rows, beside what somebody reported.

Every domain may offer `queries.figures(year, now)` (or a module `queries/figures.py` with it): rows with `key`,
`edition`, `value`, `unit`. A reported number with no computed one is listed too, so that a gap can be seen.
"""

from __future__ import annotations

import importlib
import importlib.util
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..core.db import db
from ..models import Edition, Figure

SOURCES = ("contests", "publishing", "matches", "spaces", "mentoring")


def figures_of(year: int, now: datetime) -> list[dict[str, Any]]:
    """`{key, edition, computed, reported, qualifier, unit, source}` for each figure, in order of edition and key."""
    computed = {(f.key, f.edition): f for name in SOURCES for f in _computed(name, year, now)}
    reported = {(f.key, slug or ""): f for f, slug in _reported(year)}
    rows = []
    for key in sorted({*computed, *reported}, key=lambda k: (k[1], k[0])):
        mine, theirs = computed.get(key), reported.get(key)
        rows.append(
            {
                "key": key[0],
                "edition": key[1] or None,
                "computed": mine.value if mine else None,
                "reported": _number(theirs.value) if theirs else None,
                "qualifier": theirs.qualifier if theirs else None,
                "unit": theirs.unit if theirs and theirs.unit else mine.unit if mine else "",
                "source": theirs.source if theirs else None,
            }
        )
    return rows


def _computed(domain: str, year: int, now: datetime) -> list[Any]:
    for name in (f"incubator.{domain}.queries.figures", f"incubator.{domain}.queries"):
        try:
            found = importlib.util.find_spec(name)
        except ModuleNotFoundError:
            continue
        if found is None:
            continue
        offered = getattr(importlib.import_module(name), "figures", None)
        if callable(offered):
            return list(offered(year, now))
    return []


def _reported(year: int) -> list[tuple[Figure, str | None]]:
    rows = db.session.execute(
        sa.select(Figure, Edition.slug)
        .outerjoin(Edition, Edition.id == Figure.edition_id)
        .where(Figure.year == year)
    )
    return [(figure, slug) for figure, slug in rows]


def _number(text: str) -> int | float | str:
    """A Vietnamese number as JSON has it: “14.000” is 14000, “48,64” is 48.64; other text stays text."""
    plain = text.replace(".", "").replace(",", ".")
    try:
        return int(plain)
    except ValueError:
        try:
            return float(plain)
        except ValueError:
            return text
