"""What changed from one version of a list to the next, in words for visitors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from ..core.db import db
from ..core.errors import NotFound
from ..core.i18n import _
from ..core.web import named, score, vn_datetime
from ..models import Division, Edition, PrizeTier, Publication
from .queries.lines import Line, lines_of
from .queries.public import Head
from .snapshot import Change, changes, snapshot_of
from .words import change_words, presence_word


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry with what was and what is: (label, old, new)."""

    line: Line
    values: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    edition: Edition
    new: Publication
    old: Publication
    head: Head
    differences: tuple[Difference, ...]


def compared(edition: Edition, head: Head, heads: list[Head]) -> Comparison:
    """A version beside the one that visitors read before it: four queries. NotFound for the first version."""
    earlier = [
        h for h in heads if (h.kind, h.subject) == (head.kind, head.subject) and h.version < head.version
    ]
    if not earlier:
        raise NotFound(_("Đây là phiên bản đầu, chưa có gì để so."))
    before = max(earlier, key=lambda h: h.version)
    rows = {
        p.id: p
        for p in db.session.scalars(sa.select(Publication).where(Publication.id.in_([before.id, head.id])))
    }
    old, new = rows[before.id], rows[head.id]
    found = changes(snapshot_of(old.payload), snapshot_of(new.payload))
    lines, tell = lines_of({c.entry_id for c in found}), _teller(edition)
    by_entry: dict[int, list[tuple[str, str, str]]] = {}
    for change in found:
        by_entry.setdefault(change.entry_id, []).append(tell(change))
    differences = tuple(Difference(lines[e], tuple(told)) for e, told in by_entry.items() if e in lines)
    return Comparison(edition, new, old, head, differences)


@dataclass(frozen=True, slots=True)
class Correction:
    """A version that changed one entry's line: why, and what (label, old, new)."""

    publication: Publication
    values: tuple[tuple[str, str, str], ...]
    fields: frozenset[str]


def corrections_of(edition: Edition, entry_id: int, versions: Sequence[Publication]) -> list[Correction]:
    """What the versions of one list (as visitors see them, oldest first) changed for an entry, newest first.

    Two queries, and only where something changed. Nothing is told of other entries.
    """
    found: list[tuple[Publication, list[Change]]] = []
    for old, new in pairwise(versions):
        own = [
            c for c in changes(snapshot_of(old.payload), snapshot_of(new.payload)) if c.entry_id == entry_id
        ]
        if own:
            found.append((new, own))
    if not found:
        return []
    tell = _teller(edition)
    return [
        Correction(new, tuple(tell(c) for c in own), frozenset(c.field for c in own))
        for new, own in reversed(found)
    ]


def _teller(edition: Edition) -> Callable[[Change], tuple[str, str, str]]:
    tiers = {
        t.id: named(t)
        for t in db.session.scalars(sa.select(PrizeTier).where(PrizeTier.edition_id == edition.id))
    }
    divisions = {
        d.id: named(d)
        for d in db.session.scalars(sa.select(Division).where(Division.edition_id == edition.id))
    }
    words = change_words()

    def word(field: str, value: Any) -> str:
        if field == "tier_id":
            return tiers.get(value, _("không giải"))
        if field == "division_id":
            return divisions.get(value, "–")
        if field in ("listed", "advanced"):
            return _("có") if value else _("không")
        if value in (None, ""):
            return "–"
        if field == "score_e4":
            return score(value)
        if field == "presence":
            return presence_word(value) or _("có dự thi")
        return vn_datetime(datetime.fromisoformat(value)) if field == "starts_at" else str(value)

    return lambda c: (words[c.field], word(c.field, c.before), word(c.field, c.after))
