"""What other domains hold at the centre: rounds of contests with their places, and whatever lost its place."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor
from ...core.db import db
from ...core.web import named
from ...models import Edition, Occupancy, OccupancyState, Resource, Stage
from .. import policies
from ..intervals import Span, local_date, local_day
from ..services.placing import topology
from .place_rows import place_rows

OTHERS = ("stage", "match", "session", "import")
_ROOMY = ("booking", "event", *OTHERS)


@dataclass(slots=True)
class OtherUse:
    """One use of another domain: all its places together."""

    kind: str  # stage, match, session or import; of what goes on without a machine also booking or event
    owner_id: int
    title: str
    span: Span
    is_lost: bool
    places: list[str] = field(default_factory=list)
    atoms: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class StageLine:
    """A round to come, and where it is held."""

    stage: Stage
    edition: str
    use: OtherUse | None
    place_id: int = 0  # the bookable place that is held now, 0 without one

    @property
    def span(self) -> Span:
        """As it is held, else when the round is."""
        if self.use is not None and not self.use.is_lost:
            return self.use.span
        start = self.stage.starts_at
        assert start is not None
        return Span(start, self.stage.ends_at or start + timedelta(hours=8))

    @property
    def is_elsewhen(self) -> bool:
        """Whether the round was given another day after its place was held."""
        starts = self.stage.starts_at
        if self.use is None or starts is None:
            return False
        return not self.use.span.overlaps(local_day(local_date(starts)))


def lost_uses(actor: Actor, *, at: datetime) -> tuple[list[OtherUse], list[OtherUse]]:
    """What lost its place and is still to come, of rounds, matches, mentoring and calendars read in; and what keeps its
    room, of bookings and events too, but goes without a machine that stands in it."""
    uses = _uses(_ROOMY, actor, at=at, touched=True)
    held = {(use.kind, use.owner_id, use.span): use for use in uses if not use.is_lost}
    lost, without = [], []
    for use in uses:
        room = held.get((use.kind, use.owner_id, use.span))
        if use.is_lost and room is not None:
            without.append(use)
        elif use.is_lost and use.kind in OTHERS:
            lost.append(use)
    return lost, without


def missing_in(kind: str, owner_ids: Collection[int]) -> dict[int, list[str]]:
    """Machines that are out of service in rooms which these owners keep."""
    gone, room = sa.orm.aliased(Occupancy), sa.orm.aliased(Occupancy)
    rows = db.session.execute(
        sa.select(gone.owner_id, Resource.name, Resource.name_en, Resource.position)
        .join(Resource, Resource.id == gone.resource_id)
        .where(
            gone.owner_kind == kind,
            gone.owner_id.in_(owner_ids),
            gone.state == OccupancyState.DISPLACED,
            goes_on(gone, room),
        )
        .order_by(Resource.position)
        .distinct()
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.owner_id, []).append(named(row))
    return found


def goes_on(gone: type[Occupancy], room: type[Occupancy]) -> sa.ColumnElement[bool]:
    """Whether the owner of a row still holds something else at that time: it lost a machine, not its place."""
    return sa.exists().where(
        room.owner_kind == gone.owner_kind,
        room.owner_id == gone.owner_id,
        room.starts_at == gone.starts_at,
        room.state == OccupancyState.CONFIRMED,
    )


def stages_to_come(actor: Actor, *, at: datetime) -> list[StageLine]:
    """Rounds from today on, the next first."""
    rows = db.session.execute(
        sa.select(Stage, Edition.name, Edition.name_en)
        .join(Edition, Edition.id == Stage.edition_id)
        .where(Stage.starts_at >= clock.at_local(local_date(at)))
        .order_by(Stage.starts_at, Stage.id)
    ).all()
    uses = {use.owner_id: use for use in _uses(("stage",), actor, at=at)}
    found = [(row[0], named(row), uses.get(row[0].id)) for row in rows]
    whole = _places_of([use.atoms for _stage, _edition, use in found if use is not None and not use.is_lost])
    return [
        StageLine(
            stage,
            edition,
            use,
            whole.get(frozenset(use.atoms), 0) if use is not None and not use.is_lost else 0,
        )
        for stage, edition, use in found
    ]


def _places_of(held: Sequence[set[int]]) -> dict[frozenset[int], int]:
    """The place that takes exactly these atoms: hall A+B and not its halves, a room with the machines inside."""
    if not held:
        return {}
    ids = list(place_rows(partners=True))
    known = topology(ids)
    return {frozenset(known.atoms([place])): place for place in reversed(ids)}


def _uses(kinds: Collection[str], actor: Actor, *, at: datetime, touched: bool = False) -> list[OtherUse]:
    """Uses to come; `touched`: only of owners that have lost something."""
    gone = sa.orm.aliased(Occupancy)
    has_lost = sa.exists().where(
        gone.owner_kind == Occupancy.owner_kind,
        gone.owner_id == Occupancy.owner_id,
        gone.state == OccupancyState.DISPLACED,
        gone.ends_at > at,
    )
    rows = db.session.execute(
        sa.select(
            Occupancy.owner_kind,
            Occupancy.owner_id,
            Occupancy.starts_at,
            Occupancy.ends_at,
            Occupancy.state,
            Occupancy.title,
            Occupancy.resource_id,
            Resource.name,
            Resource.name_en,
            Resource.site_id,
        )
        .join(Resource, Resource.id == Occupancy.resource_id)
        .where(
            Occupancy.owner_kind.in_(kinds),
            Occupancy.ends_at > at,
            Occupancy.state.in_((OccupancyState.CONFIRMED, OccupancyState.DISPLACED)),
            has_lost if touched else sa.true(),
        )
        .order_by(Occupancy.starts_at, Resource.position)
    )
    found: dict[tuple[object, ...], OtherUse] = {}
    for row in rows:
        if not policies.can_manage(actor, row.site_id):
            continue
        is_lost = row.state is OccupancyState.DISPLACED
        use = found.setdefault(
            (row.owner_kind, row.owner_id, row.starts_at, is_lost),
            OtherUse(row.owner_kind, row.owner_id, row.title, Span(row.starts_at, row.ends_at), is_lost),
        )
        use.atoms.add(row.resource_id)
        if named(row) not in use.places:
            use.places.append(named(row))
    return list(found.values())
