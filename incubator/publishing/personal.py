"""What publishing keeps about a person: certificates, and who is on a picture."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..core import clock
from ..core.db import db
from ..core.personal import Leaving, first, moment
from ..core.together import Asking
from ..models import Appeal, Certificate, Photo, Publication


def tell(person_id: int) -> Asking[dict[str, Any]]:
    """Nothing of a result before its hour, not even to whom it concerns."""
    rows, appeals, pictures = yield [
        sa.select(
            Certificate.id,
            Certificate.number,
            Certificate.content,
            Certificate.issued_at,
            Certificate.revoked_at,
        )
        .join(Publication, Publication.id == Certificate.publication_id)
        .where(
            Certificate.person_id == person_id,
            Publication.visible_at <= clock.now(),
            Publication.cancelled_at.is_(None),
        ),
        sa.select(Appeal.id, Appeal.text, Appeal.at, Appeal.state, Appeal.answer).where(
            Appeal.by_id == person_id
        ),
        sa.select(Photo.id, Photo.caption, Photo.person_ids),
    ]
    return {
        "certificates": [
            {
                "number": r.number,
                "edition": r.content.get("edition"),
                "prize": r.content.get("prize"),
                "issued_at": moment(r.issued_at),
                "revoked_at": moment(r.revoked_at),
            }
            for r in sorted(rows, key=first)
        ],
        "appeals": [
            {"text": r.text, "at": moment(r.at), "state": r.state, "answer": r.answer}
            for r in sorted(appeals, key=first)
        ],
        "pictures": [
            {"caption": r.caption} for r in sorted(pictures, key=first) if person_id in r.person_ids
        ],
    }


def blank(leaving: Leaving) -> None:
    for photo in db.session.scalars(sa.select(Photo)):
        if leaving.person_id in photo.person_ids:
            photo.person_ids = [p for p in photo.person_ids if p != leaving.person_id]
