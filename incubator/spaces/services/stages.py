"""Places for the rounds of contests: staff hold them, the organisers hear when one is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...contests.services.events import organisers_of
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...models import Edition, Stage
from .. import policies
from ..intervals import Span
from ..queries.place_rows import place_rows
from . import occupancy
from .occupancy import Owner, Want


def hold(stage_id: int, resource_id: int, span: Span, *, actor: Actor, at: datetime) -> Stage:
    """The round is here and then; what it held before is free again. Raises Taken."""
    ensure(policies.can_manage(actor))
    place = place_rows(ids=[resource_id]).get(resource_id)
    if place is None:
        raise NotFound(_("Không có phòng hoặc máy này."))
    ensure(policies.can_manage(actor, place.site_id))
    stage = _stage(stage_id)
    if span.start >= span.end:
        raise Invalid(_("Giờ kết thúc phải sau giờ bắt đầu."), field="ends_at")
    edition = db.session.scalar(sa.select(Edition.name).where(Edition.id == stage.edition_id))
    occupancy.move(
        [Want(resource_id, span, before=place.rules.before, after=place.rules.after())],
        owner=Owner("stage", stage.id), at=at, title=f"{edition}: {stage.name}", title_public=True,
    )  # fmt: skip
    after = {"resource": resource_id, "start": span.start.isoformat(), "end": span.end.isoformat()}
    activity.record("spaces.stage.held", stage, actor=actor, at=at, after=after)
    return stage


def release(stage_id: int, *, actor: Actor, at: datetime) -> Stage:
    """The round is held elsewhere, or not at all: give its place back."""
    ensure(policies.can_manage(actor))
    stage = _stage(stage_id)
    occupancy.release([Owner("stage", stage.id)], at=at)
    activity.record("spaces.stage.released", stage, actor=actor, at=at)
    return stage


def tell_lost(stage_ids: Sequence[int], *, because: str, at: datetime) -> None:
    """The organisers of these rounds read that the place cannot be used."""
    for stage in db.session.scalars(sa.select(Stage).where(Stage.id.in_(stage_ids)).order_by(Stage.id)):
        for person_id in organisers_of(stage.edition_id):
            activity.notify(
                "spaces/stage_lost",
                person_id=person_id,
                url="/home",
                at=at,
                stage_id=stage.id,
                reason=because,
            )


def _stage(stage_id: int) -> Stage:
    stage = db.session.get(Stage, stage_id)
    if stage is None:
        raise NotFound(_("Không có vòng thi này."))
    return stage
