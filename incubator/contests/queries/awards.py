"""Which awards may be spoken of outside the contest's own office."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from ...models import Award, Publication, PublicationKind, StageDivision, StageEntry


def is_public(at: datetime) -> sa.ColumnElement[bool]:
    """An award counts elsewhere once an official list made after it is visible: that of its stage or of the edition."""
    stage = (
        sa.select(sa.literal("stage:").concat(sa.cast(StageDivision.stage_id, sa.String)))
        .join(StageEntry, StageEntry.stage_division_id == StageDivision.id)
        .where(StageEntry.id == Award.stage_entry_id)
        .correlate(Award)
        .scalar_subquery()
    )
    return (
        sa.exists()
        .where(
            Publication.edition_id == Award.edition_id,
            Publication.kind == PublicationKind.OFFICIAL,
            Publication.visible_at <= at,
            Publication.cancelled_at.is_(None),
            Publication.created_at >= Award.at,
            sa.or_(Award.stage_entry_id.is_(None), Publication.subject.in_(("", stage))),
        )
        .correlate(Award)
    )
