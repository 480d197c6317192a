"""What is needed to set a tournament up: stages without one."""

from __future__ import annotations

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.web import named
from ...models import Division, Edition, Stage, StageDivision, StageKind, Tournament
from .. import policies


def free_parts(actor: Actor) -> list[tuple[int, str, StageKind]]:
    """Stages of match play or runs that have no tournament yet: (id, words, kind)."""
    rows = db.session.execute(
        sa.select(StageDivision.id, Stage, Edition, Division)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .join(Edition, Edition.id == Stage.edition_id)
        .join(Division, Division.id == StageDivision.division_id)
        .outerjoin(Tournament, Tournament.stage_division_id == StageDivision.id)
        .where(Stage.kind.in_([StageKind.MATCHES, StageKind.RUNS]), Tournament.id.is_(None))
        .order_by(Edition.id.desc(), Stage.position, StageDivision.id)
    )
    return [
        (key, f"{named(edition)} · {named(stage)} · {named(division)}", stage.kind)
        for key, stage, edition, division in rows
        if policies.can_manage(actor, edition)
    ]
