"""Who may do what in match play. Pure over loaded objects."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..core.access import Actor, Permission, ScopeKind
from ..models import CrewPart


def can_manage(actor: Actor, edition: Any) -> bool:
    """Draw, schedule, call, confirm, rule: organisers and secretaries of the edition."""
    return actor.has(Permission.MATCHES_MANAGE, ScopeKind.EDITION, edition.id)


def can_referee(actor: Actor, parts: Collection[CrewPart]) -> bool:
    """Somebody who stands in the crew of the match's court."""
    return bool(actor.system) or bool(parts)


def can_head(actor: Actor, edition: Any, parts: Collection[CrewPart]) -> bool:
    """Confirm results, rule on odd cases: the head referee, or the edition's secretary in the head's
    place."""
    return CrewPart.HEAD in parts or can_manage(actor, edition)


def can_confirm(actor: Actor, entered_by_id: int | None) -> bool:
    """Two persons for every result, not two accounts."""
    return actor.person_id is not None and actor.person_id != entered_by_id
