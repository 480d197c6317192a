"""What a publication freezes: ids, ranks, scores, awards. No name of a person, ever.

Pure: the payload, its hash, and what changed between two versions. Names are joined when a page or file is made,
under the consent of that moment, so a withdrawal reaches old versions too and the hash still holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One entry's line. `score_e4` is in ten-thousandths of a point; `tier_id` is the prize, None without one."""

    entry_id: int
    rank: int | None = None
    score_e4: int | None = None
    tier_id: int | None = None
    advanced: bool | None = None
    presence: str = ""
    starts_at: str = ""  # ISO, UTC: in schedules only
    place: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A division's list, in the order in which it is read out."""

    division_id: int
    rows: tuple[Row, ...]
    stage_division_id: int | None = None
    quota: int | None = None  # how many go on


@dataclass(frozen=True, slots=True)
class Given:
    """A prize of the edition, also those that stand in no list: schools, products of another round."""

    award_id: int
    tier_id: int
    division_id: int | None = None
    entry_id: int | None = None
    person_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    kind: str
    edition_id: int
    stage_id: int | None
    parts: tuple[Part, ...]
    awards: tuple[Given, ...] = ()

    @property
    def entry_ids(self) -> list[int]:
        listed = [r.entry_id for p in self.parts for r in p.rows]
        return [*listed, *(a.entry_id for a in self.awards if a.entry_id and a.entry_id not in set(listed))]


def payload_of(snapshot: Snapshot) -> dict[str, Any]:
    """The JSON value that is stored."""
    return {"schema": SCHEMA, **asdict(snapshot)}


def snapshot_of(payload: Mapping[str, Any]) -> Snapshot:
    """The snapshot of a stored payload, of this schema or an earlier one."""
    parts = tuple(
        Part(
            division_id=p["division_id"],
            rows=tuple(Row(**r) for r in p["rows"]),
            stage_division_id=p.get("stage_division_id"),
            quota=p.get("quota"),
        )
        for p in payload["parts"]
    )
    awards = tuple(Given(**a) for a in payload.get("awards", ()))
    return Snapshot(payload["kind"], payload["edition_id"], payload.get("stage_id"), parts, awards)


def canonical(payload: Mapping[str, Any]) -> bytes:
    """One spelling for one value: sorted keys, no blanks, UTF-8."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(payload: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical payload, in hex."""
    return hashlib.sha256(canonical(payload)).hexdigest()


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one entry that two versions disagree about; `field` "listed" is a line that came or went."""

    entry_id: int
    field: str
    before: Any
    after: Any


WATCHED = ("rank", "score_e4", "tier_id", "advanced", "presence", "starts_at", "place")


def changes(old: Snapshot, new: Snapshot) -> list[Change]:
    """What differs from `old` to `new`, in the order of the new list, then what is gone."""
    before, after = _lines(old), _lines(new)
    found: list[Change] = []
    for entry_id, (division, row) in after.items():
        if entry_id not in before:
            found.append(Change(entry_id, "listed", False, True))
            continue
        old_division, old_row = before[entry_id]
        if old_division != division:
            found.append(Change(entry_id, "division_id", old_division, division))
        found += [
            Change(entry_id, name, getattr(old_row, name), getattr(row, name))
            for name in WATCHED
            if getattr(old_row, name) != getattr(row, name)
        ]
    found += [Change(entry_id, "listed", True, False) for entry_id in before if entry_id not in after]
    return found


def _lines(snapshot: Snapshot) -> dict[int, tuple[int, Row]]:
    return {r.entry_id: (p.division_id, r) for p in snapshot.parts for r in p.rows}


@dataclass(frozen=True, slots=True)
class TierUse:
    """How many of a prize the structure foresees and how many are given. `planned` None: as many as earn it."""

    tier_id: int
    planned: int | None
    given: int

    @property
    def over(self) -> bool:
        return self.planned is not None and self.given > self.planned

    @property
    def short(self) -> bool:
        return self.planned is not None and self.given < self.planned


def uses(planned: Mapping[int, int | None], awards: Iterable[Given]) -> list[TierUse]:
    """The prize structure beside what is given: awards are counted, never the quota."""
    given: dict[int, int] = {}
    for award in awards:
        given[award.tier_id] = given.get(award.tier_id, 0) + 1
    return [TierUse(tier_id, count, given.get(tier_id, 0)) for tier_id, count in planned.items()]
