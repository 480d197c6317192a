"""Who may read the trail and whose jobs are whose."""

from __future__ import annotations

from ..core.access import Actor, Permission, ScopeKind
from ..models import JobRun


def can_view_audit(actor: Actor, edition_id: int | None = None) -> bool:
    """Administrators see the system's events, organisers and secretaries those of their editions."""
    if edition_id is not None:
        return actor.in_edition(Permission.AUDIT_VIEW, edition_id)
    return actor.has(Permission.AUDIT_VIEW)


def sees_whole_trail(actor: Actor) -> bool:
    return actor.scope_ids(Permission.AUDIT_VIEW, ScopeKind.EDITION) is None


def can_view_job(actor: Actor, run: JobRun) -> bool:
    return actor.person_id is not None and run.owner_id == actor.person_id
