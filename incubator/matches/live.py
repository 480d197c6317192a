"""What many people look at at once: parts of pages rendered once for each change and handed out from memory.

A viewer asks every few seconds with the version it has; nearly always the answer is 304 without a query.
Each process looks at most twice a second whether anything has changed, so thousands of viewers cost one
small query per half second. While one thread renders a part, the others hand out the one before: viewers never
hold the threads that the referees' taps need.
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
_LATE = 3.0  # seconds for which a part may be handed out while its successor is being made
_MOST = 500  # parts kept; far more than one day's tournaments have


@dataclass(slots=True)
class Part:
    etag: str
    body: bytes
    seen: float  # when it was last known to be the newest


class LiveParts:
    """Versions and rendered parts of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._making = [threading.Lock() for _n in range(64)]  # by part, so that each is made once
        self._ids: dict[str, int] = {}
        self._versions: dict[int, tuple[float, str]] = {}
        self._parts: dict[tuple[str, str, str], Part] = {}

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
        """A part as it stands; `render(tournament_id)` runs only when something has changed, and once."""
        known = self._parts.get((slug, lang, name))
        age = time.monotonic() - known.seen if known is not None else _LATE
        if known is not None and age < _FRESH:
            return known
        making = self._making[hash((slug, lang, name)) % len(self._making)]
        if known is not None and age < _LATE and not making.acquire(blocking=False):
            return known
        if known is None or age >= _LATE:
            making.acquire()
        try:
            return self._newest(slug, lang, name, render)
        finally:
            making.release()

    def _newest(self, slug: str, lang: str, name: str, render: Callable[[int], str]) -> Part:
        tournament_id, version = self.version(slug)
        now = time.monotonic()
        etag = f"{version}-{lang}-{name}"
        known = self._parts.get((slug, lang, name))
        if known is not None and known.etag == etag:
            known.seen = now
            return known
        fresh = Part(etag, render(tournament_id).encode(), now)
        with self._lock:
            if len(self._parts) > _MOST:
                self._parts.clear()
            self._parts[slug, lang, name] = fresh
        return fresh

    def forget(self) -> None:
        """For tests, whose transactions are rolled back."""
        with self._lock:
            self._ids.clear()
            self._versions.clear()
            self._parts.clear()


parts = LiveParts()
