"""What an organiser does and looks up in the tests of publishing."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from incubator.core import clock
from incubator.core.db import db, transaction
from incubator.models import (
    Publication,
    PublicationKind,
    StageDivision,
)
from incubator.publishing import services
from incubator.publishing.snapshot import snapshot_of

from .conftest import DECISION
from .factories import HOUR

LATER = HOUR + timedelta(hours=2)


#: What the form of a publication asks for, as it is sent at once.
FORM = {
    "decision_number": "05/QĐ-BTC",
    "decision_date": "01/03/2026",
    "signer": "Nguyễn Trung Hiếu",
    "when": "now",
}


def states(world):
    return set(
        db.session.scalars(sa.select(StageDivision.state).where(StageDivision.stage_id == world.final.id))
    )


def correct(world, actor, *changes, at=HOUR, reason="Cộng nhầm điểm lượt 2 của hai đội"):
    latest = db.session.scalars(
        sa.select(Publication)
        .where(Publication.edition_id == world.edition.id, Publication.kind == PublicationKind.OFFICIAL)
        .order_by(Publication.version.desc())
    ).first()
    with clock.frozen(at), transaction():
        return services.correct_result(
            latest,
            world.final,
            world.edition,
            changes,
            reason=reason,
            visible_at=at,
            decision=DECISION,
            actor=actor,
            at=at,
        )


def issue(world, publication, actor, at=HOUR):
    with clock.frozen(at), transaction():
        return services.issue_certificates(publication, actor=actor, at=at)


def row_in(publication, entry):
    return next(
        (r for p in snapshot_of(publication.payload).parts for r in p.rows if r.entry_id == entry.id), None
    )
