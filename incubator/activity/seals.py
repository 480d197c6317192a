"""The audit chain: events are sealed in batches by a job, so that writers never queue behind one another.

The chain's order is the order of sealing, not of ids: on PostgreSQL ids commit out of order, and sealing “all after
the last id” would miss some for good. An anti-join misses none. A tail that was cut off cannot be seen from inside,
so the last seal is also kept outside: in a file beside the backups and on printed minutes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from ..core import clock, jobs, whole
from ..core.db import db, transaction
from ..models import AuditEvent, AuditSeal, AuditSealed

BATCH = 1000
LATE = timedelta(minutes=5)
_LOCK = 0x41554449  # the advisory lock of the sealing job
_FIELDS = (
    "at",
    "verb",
    "object_type",
    "object_id",
    "person_id",
    "actor",
    "edition_id",
    "before",
    "after",
    "reason",
    "request_id",
)


def canonical(event: Any) -> str:
    """An event as text that is the same on every machine and database: sorted keys, UTC with microseconds."""
    values: dict[str, Any] = {name: getattr(event, name) for name in _FIELDS}
    values["at"] = event.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return json.dumps(values, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)


def link(previous: str, position: int, event_id: int, payload: str) -> str:
    return hashlib.sha256(json.dumps([previous, position, event_id, payload]).encode()).hexdigest()


@jobs.every(minute="*")
def seal_pending() -> int:
    """Seal every event that is not yet in the chain; returns how many. Safe to run twice and to be killed."""
    total = 0
    while sealed := _seal_batch():
        total += sealed
        if sealed < BATCH:
            break
    if total:
        write_anchor()
    return total


def _seal_batch() -> int:
    with transaction() as session:
        if session.get_bind().dialect.name == "postgresql":
            if not session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))):
                return 0
        last = session.execute(
            sa.select(AuditSeal.count.label("reach"), AuditSeal.hash).order_by(AuditSeal.id.desc()).limit(1)
        ).first()
        count, digest = (last.reach, last.hash) if last else (0, "")
        events = session.execute(
            sa.select(AuditEvent.__table__)
            .outerjoin(AuditSealed, AuditSealed.event_id == AuditEvent.id)
            .where(AuditSealed.id.is_(None))
            .order_by(AuditEvent.id)
            .limit(BATCH)
        ).all()
        if not events:
            return 0
        rows = []
        for position, event in enumerate(events, count + 1):
            digest = link(digest, position, event.id, canonical(event))
            rows.append({"id": position, "event_id": event.id})
        seal = AuditSeal(count=count + len(rows), hash=digest, at=clock.now())
        session.add(seal)
        session.flush()
        session.execute(sa.insert(AuditSealed), [{**row, "seal_id": seal.id} for row in rows])
        return len(rows)


@dataclass
class Verdict:
    """What `verify` found: how far the chain is whole, and every break as a sentence."""

    checked: int = 0
    seals: int = 0
    unsealed: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.problems


def verify(anchor: dict[str, Any] | None = None) -> Verdict:
    """Walk the chain from its beginning and compare with every seal, and with an anchor kept outside."""
    verdict = Verdict()
    seals = {
        s.reach: s.hash
        for s in db.session.execute(sa.select(AuditSeal.count.label("reach"), AuditSeal.hash)).all()
    }
    digest, expected, at_anchor = "", 1, ""
    for row in _walk():
        if row.position != expected:
            verdict.problems.append(f"Position {expected} is missing from the chain (found {row.position}).")
            break
        if row.verb is None:
            verdict.problems.append(f"Event {row.event_id} at position {row.position} has been deleted.")
            break
        digest = link(digest, row.position, row.event_id, canonical(row))
        verdict.checked, expected = row.position, expected + 1
        if anchor and row.position == anchor["count"]:
            at_anchor = digest
        if row.position in seals:
            verdict.seals += 1
            if seals[row.position] != digest:
                verdict.problems.append(
                    f"Events up to position {row.position} differ from their seal: one was changed."
                )
                break
    _compare_ends(verdict, seals, anchor, at_anchor)
    verdict.unsealed = _unsealed(clock.now() - LATE)
    if verdict.unsealed:
        verdict.problems.append(
            f"{verdict.unsealed} events are older than five minutes and not sealed: is the worker running?"
        )
    return verdict


def _compare_ends(
    verdict: Verdict, seals: dict[int, str], anchor: dict[str, Any] | None, at_anchor: str
) -> None:
    """`at_anchor` is the hash that the events themselves give at the anchor's place, whatever seals say there."""
    if verdict.problems:
        return
    if verdict.checked > max(seals, default=0):
        verdict.problems.append(
            f"Events after position {max(seals, default=0)} are in the chain and have no seal: one was taken away."
        )
    if seals and max(seals) > verdict.checked:
        verdict.problems.append(
            f"Seals reach position {max(seals)}, the chain ends at {verdict.checked}: its tail was cut."
        )
    if anchor and anchor["count"] > verdict.checked:
        verdict.problems.append(
            f"The anchor knows {anchor['count']} events, the chain has {verdict.checked}: its tail was cut."
        )
    elif anchor and at_anchor != anchor["hash"]:
        verdict.problems.append(
            f"The events up to {anchor['count']} differ from the anchor: the chain was rewritten."
        )


def _walk(chunk: int = 5000) -> Iterator[Any]:
    columns = [c for c in AuditEvent.__table__.c if c.name != "id"]
    after = 0
    while True:
        rows = db.session.execute(
            sa.select(AuditSealed.id.label("position"), AuditSealed.event_id, *columns)
            .outerjoin(AuditEvent, AuditEvent.id == AuditSealed.event_id)
            .where(AuditSealed.id > after)
            .order_by(AuditSealed.id)
            .limit(chunk)
        ).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].position


def _unsealed(before: datetime) -> int:
    return int(
        db.session.scalar(
            sa.select(sa.func.count(AuditEvent.id))
            .outerjoin(AuditSealed, AuditSealed.event_id == AuditEvent.id)
            .where(AuditSealed.id.is_(None), AuditEvent.at < before)
        )
        or 0
    )


def anchor_path() -> Path:
    return Path(current_app.instance_path) / "audit-anchor.json"


def write_anchor() -> None:
    """Keep number and hash of the last seal outside the database."""
    last = db.session.execute(
        sa.select(AuditSeal.count.label("reach"), AuditSeal.hash).order_by(AuditSeal.id.desc()).limit(1)
    ).first()
    if last:
        whole.write(anchor_path(), json.dumps({"count": last.reach, "hash": last.hash}).encode())


def read_anchor() -> dict[str, Any] | None:
    path = anchor_path()
    if not path.exists():
        return None
    found: dict[str, Any] = json.loads(path.read_text())
    return found
