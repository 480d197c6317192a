"""What visitors will see, made of a publication that is not stored."""

from __future__ import annotations

from ...core import clock
from ...models import Edition, Publication
from ..forms import PublishForm
from ..queries import board as boards
from ..queries.public import Head
from ..snapshot import Snapshot, digest, payload_of
from ..views import ResultPage, result_page


def rehearse(row: Edition, choice: boards.Choice, snapshot: Snapshot, form: PublishForm) -> ResultPage:
    """The page of the next version at its hour; nothing is written."""
    now = clock.now()
    at = form.visible_at.data if form.when.data == "later" and form.visible_at.data else now
    payload = payload_of(snapshot)
    version = (choice.latest.version if choice.latest else 0) + 1
    publication = Publication(
        edition_id=row.id,
        kind=choice.kind,
        subject=choice.subject,
        version=version,
        payload=payload,
        hash=digest(payload),
        visible_at=at,
        decision_number=form.decision_number.data or "",
        decision_date=form.decision_date.data,
        signer=form.signer.data or "",
        reason=form.reason.data or "",
        created_at=now,
    )
    head = Head(
        0,
        row.id,
        choice.kind,
        choice.subject,
        version,
        at,
        publication.decision_number,
        publication.reason,
        choice.stage,
    )
    return result_page(row, publication, head, now=now)
