"""What the trail and long jobs keep about a person: what was done, by which account."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..core.personal import Leaving, first, moment
from ..core.together import Asking
from ..models import AuditEvent, JobRun, StoredFile


def tell(person_id: int) -> Asking[dict[str, Any]]:
    events, runs, stored = yield [
        sa.select(
            AuditEvent.id, AuditEvent.at, AuditEvent.verb, AuditEvent.object_type, AuditEvent.object_id
        ).where(AuditEvent.person_id == person_id),
        sa.select(JobRun.id, JobRun.kind, JobRun.created_at).where(JobRun.owner_id == person_id),
        sa.select(StoredFile.id, StoredFile.name, StoredFile.size, StoredFile.created_at).where(
            StoredFile.owner_id == person_id
        ),
    ]
    return {
        "done": [
            {"at": moment(r.at), "what": r.verb, "object": f"{r.object_type}:{r.object_id or ''}"}
            for r in sorted(events, key=first)
        ],
        "jobs": [{"kind": r.kind, "at": moment(r.created_at)} for r in sorted(runs, key=first)],
        "files_sent": [
            {"name": r.name, "size": r.size, "at": moment(r.created_at)} for r in sorted(stored, key=first)
        ],
    }


def blank(leaving: Leaving) -> None:
    """The trail holds ids and digests; it is sealed and stays as it is."""
