"""What the messages of publishing join to their ids when they are rendered."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..activity import messages
from ..core.together import Asking
from ..core.web import named
from ..models import Appeal, Edition, Publication
from .words import KINDS


@messages.builder("publishing/published")
def _published(contexts: list[dict[str, Any]]) -> Asking[list[dict[str, Any]]]:
    rows = yield (
        sa.select(
            Publication.id,
            Publication.kind,
            Publication.version,
            Publication.reason,
            Edition.name,
            Edition.name_en,
        )
        .join(Edition, Edition.id == Publication.edition_id)
        .where(Publication.id.in_({c["publication_id"] for c in contexts}))
    )
    found = {
        row.id: {
            "edition": named(row),
            "what": str(KINDS[row.kind]),
            "version": row.version,
            "reason": row.reason,
        }
        for row in rows
    }
    nothing = {"edition": "", "what": "", "version": 1, "reason": ""}
    return [found.get(c["publication_id"], nothing) for c in contexts]


@messages.builder("publishing/appeal_answered")
def _answered(contexts: list[dict[str, Any]]) -> Asking[list[dict[str, Any]]]:
    rows = yield sa.select(Appeal.id, Appeal.state, Appeal.answer).where(
        Appeal.id.in_({c["appeal_id"] for c in contexts})
    )
    found = {row.id: {"upheld": row.state == "upheld", "answer": row.answer} for row in rows}
    return [found.get(c["appeal_id"], {"upheld": False, "answer": ""}) for c in contexts]
