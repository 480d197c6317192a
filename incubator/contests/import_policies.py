"""Who may read registration files into an edition."""

from __future__ import annotations

from ..core.access import Actor, Permission
from ..models import Edition, ImportBatch


def can_import(actor: Actor, edition: Edition) -> bool:
    """Organisers and secretaries of the edition."""
    return actor.in_edition(Permission.ENTRIES_IMPORT, edition.id)


def can_handle(actor: Actor, batch: ImportBatch) -> bool:
    return actor.in_edition(Permission.ENTRIES_IMPORT, batch.edition_id)
