"""Places for the rounds of contests: staff hold them, the organisers hear when one is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...contests.services.events import organisers_of
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...models import Edition, Occupancy, OccupancyState, Resource, Stage
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
        owner=Owner("stage", stage.id),
        at=at,
        title=f"{edition}: {stage.name}",
        title_public=True,
    )
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
    """The organisers of these rounds read which place cannot be used when, and what to do."""
    _tell("spaces/stage_lost", stage_ids, OccupancyState.DISPLACED, because=because, at=at)


def tell_without(stage_ids: Sequence[int], machine: Resource, *, because: str, at: datetime) -> None:
    """The organisers of these rounds read which machine their room goes without."""
    _tell(
        "spaces/stage_without", stage_ids, OccupancyState.CONFIRMED, because=because, at=at, machine=machine
    )


def tell_back(stage_ids: Sequence[int], *, at: datetime, machine: Resource | None = None) -> None:
    """The organisers of these rounds read that their room, or a machine in it, serves again."""
    if stage_ids:
        _tell("spaces/stage_back", stage_ids, OccupancyState.CONFIRMED, because="", at=at, machine=machine)


def _tell(
    kind: str,
    stage_ids: Sequence[int],
    state: OccupancyState,
    *,
    because: str,
    at: datetime,
    machine: Resource | None = None,
) -> None:
    """One message to each organiser of a round, with its places in this state and their time."""
    found: dict[int, list[Occupancy]] = {}
    for row in db.session.scalars(
        sa.select(Occupancy)
        .where(occupancy.rows_of([Owner("stage", i) for i in stage_ids]), Occupancy.state == state)
        .order_by(Occupancy.id)
    ):
        found.setdefault(row.owner_id, []).append(row)
    for stage, slug in db.session.execute(
        sa.select(Stage, Edition.slug).join(Edition).where(Stage.id.in_(found)).order_by(Stage.id)
    ):
        rows = found[stage.id]
        context: dict[str, Any] = {
            "stage_id": stage.id,
            "reason": because,
            "start": min(row.starts_at for row in rows).isoformat(),
            "end": max(row.ends_at for row in rows).isoformat(),
        }
        if machine is None:
            context["resource_ids"] = [row.resource_id for row in rows]
        else:
            context["machine_id"] = machine.id
        url = f"/contests/{slug}/stages/{stage.id}"
        activity.notify_many(
            kind,
            [
                {"person_id": person_id, "url": url, "context": context}
                for person_id in organisers_of(stage.edition_id)
            ],
            at=at,
        )


def _stage(stage_id: int) -> Stage:
    stage = db.session.get(Stage, stage_id)
    if stage is None:
        raise NotFound(_("Không có vòng thi này."))
    return stage
