"""Who may read the trail and whose jobs are whose."""

from __future__ import annotations

from ..core.access import Actor
from ..models import JobRun


def can_view_job(actor: Actor, run: JobRun) -> bool:
    return actor.person_id is not None and run.owner_id == actor.person_id
