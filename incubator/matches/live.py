"""What many people look at at once: parts of pages rendered once for each change and handed out from memory.

A viewer asks every few seconds with the version it has; nearly always the answer is 304 without a query.
Each process looks at most twice a second whether anything has changed, so thousands of viewers cost one
small query per half second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from ..core.db import db
from ..core.errors import NotFound
from ..core.i18n import _
from ..models import Match, Tournament

_FRESH = 0.5  # seconds a version is trusted
_MOST = 500  # parts kept; far more than one day's tournaments have


@dataclass(frozen=True, slots=True)
class Part:
    etag: str
    body: bytes


class LiveParts:
    """Versions and rendered parts of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: dict[str, int] = {}
        self._versions: dict[int, tuple[float, str]] = {}
        self._parts: dict[tuple[int, str, str], Part] = {}

    def version(self, slug: str) -> tuple[int, str]:
        """Id and version of a tournament; asks the database at most twice a second."""
        known = self._ids.get(slug)
        if known is not None:
            checked, version = self._versions.get(known, (0.0, ""))
            if time.monotonic() - checked < _FRESH:
                return known, version
        row = db.session.execute(
            sa.select(Tournament.id, Tournament.version, sa.func.coalesce(sa.func.sum(Match.version), 0))
            .outerjoin(Match, Match.tournament_id == Tournament.id)
            .where(Tournament.slug == slug)
            .group_by(Tournament.id, Tournament.version)
        ).first()
        if row is None:
            raise NotFound(_("Không có giải đấu này."))
        version = f"{row[1]}.{row[2]}"
        with self._lock:
            self._ids[slug] = row[0]
            self._versions[row[0]] = (time.monotonic(), version)
        return int(row[0]), version

    def part(self, slug: str, lang: str, name: str, render: Callable[[int], str]) -> Part:
        """A part as it stands; `render(tournament_id)` runs only when something has changed."""
        tournament_id, version = self.version(slug)
        key = (tournament_id, lang, name)
        etag = f"{version}-{lang}-{name}"
        known = self._parts.get(key)
        if known is not None and known.etag == etag:
            return known
        fresh = Part(etag, render(tournament_id).encode())
        with self._lock:
            if len(self._parts) > _MOST:
                self._parts.clear()
            self._parts[key] = fresh
        return fresh

    def forget(self) -> None:
        """For tests, whose transactions are rolled back."""
        with self._lock:
            self._ids.clear()
            self._versions.clear()
            self._parts.clear()


parts = LiveParts()
