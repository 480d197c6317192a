"""What publishing keeps about a person: certificates, and who is on a picture."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..core import clock
from ..core.db import db
from ..core.personal import Leaving, moment
from ..models import Certificate, Photo, Publication


def tell(person_id: int) -> dict[str, Any]:
    """Nothing of a result before its hour, not even to whom it concerns."""
    rows = db.session.scalars(
        sa.select(Certificate)
        .join(Publication, Publication.id == Certificate.publication_id)
        .where(
            Certificate.person_id == person_id,
            Publication.visible_at <= clock.now(),
            Publication.cancelled_at.is_(None),
        )
        .order_by(Certificate.id)
    )
    return {
        "certificates": [
            {"number": c.number, "edition": c.content.get("edition"), "prize": c.content.get("prize"),
             "issued_at": moment(c.issued_at), "revoked_at": moment(c.revoked_at)}
            for c in rows
        ]
    }  # fmt: skip


def blank(leaving: Leaving) -> None:
    for photo in db.session.scalars(sa.select(Photo)):
        if leaving.person_id in photo.person_ids:
            photo.person_ids = [p for p in photo.person_ids if p != leaving.person_id]
