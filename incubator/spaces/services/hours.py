"""Opening hours of sites and places, duty rosters of people: set from a date on, with the uses that a change touches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, Permission, ensure
from ...core.db import db, lock_rows
from ...core.errors import Invalid
from ...core.i18n import _
from ...models import Occupancy, OccupancyState, OpeningRule, Resource, ResourceKind, Site
from ..availability import Hours, OpeningCalendar
from ..intervals import Span, local_day
from ..queries.place_rows import PlaceRow, edges, place_rows
from ..queries.world import OUTAGES, load_calendars
from .placing import Owner

Row = tuple[int, time, time]
BLOCKING = (OccupancyState.CONFIRMED, OccupancyState.HELD)
LOOK_AHEAD = timedelta(days=400)


def _of(site: Site | None, place: Resource | None) -> sa.ColumnElement[bool]:
    if site is not None:
        return OpeningRule.site_id == site.id
    assert place is not None
    return OpeningRule.resource_id == place.id


def ensure_sound(rows: Sequence[Row]) -> None:
    """Stretches of one day follow each other; a pause (lunch) is what lies between them."""
    for weekday in range(7):
        day = sorted((opens, closes) for w, opens, closes in rows if w == weekday)
        for opens, closes in day:
            if closes != time(0) and closes <= opens:
                raise Invalid(_("Giờ đóng cửa phải sau giờ mở cửa."), field=f"day{weekday}")
        for (_a, closes), (opens, _b) in zip(day, day[1:], strict=False):
            if closes == time(0) or opens < closes:
                raise Invalid(
                    _("Hai khoảng giờ của một ngày không được chồng lên nhau."), field=f"day{weekday}"
                )


def set_hours(
    rows: Sequence[Row],
    *,
    actor: Actor,
    at: datetime,
    site: Site | None = None,
    place: Resource | None = None,
    valid_from: date | None = None,
) -> None:
    """The week of a site or of one place from a date on; without one for all time. An empty week of a place gives it
    its site's hours again."""
    ensure(actor.has(Permission.SPACES_MANAGE) or actor.has(Permission.SYSTEM_MANAGE))
    ensure_sound(rows)
    if place is not None:
        lock_rows(Resource, [place.id])
    mine = _of(site, place)
    if valid_from is None:
        db.session.execute(sa.delete(OpeningRule).where(mine))
    else:
        db.session.execute(sa.delete(OpeningRule).where(mine, OpeningRule.valid_from >= valid_from))
        db.session.execute(
            sa.update(OpeningRule)
            .where(mine, sa.or_(OpeningRule.valid_to.is_(None), OpeningRule.valid_to >= valid_from))
            .values(valid_to=valid_from - timedelta(days=1))
        )
    db.session.add_all(
        [
            OpeningRule(
                weekday=weekday,
                opens=opens,
                closes=closes,
                valid_from=valid_from,
                site_id=site.id if site else None,
                resource_id=place.id if place else None,
            )
            for weekday, opens, closes in rows
        ]
    )
    db.session.flush()
    after = {"rows": [[w, f"{o:%H:%M}", f"{c:%H:%M}"] for w, o, c in rows], "from": str(valid_from or "")}
    activity.record("spaces.hours.set", site or place, actor=actor, at=at, after=after)


@dataclass(frozen=True, slots=True)
class Touched:
    """A use to come that new hours leave outside."""

    owner: Owner
    place: str
    span: Span
    title: str


def touched_by(
    rows: Sequence[Row],
    *,
    at: datetime,
    site: Site | None = None,
    place: Resource | None = None,
    valid_from: date | None = None,
) -> list[Touched]:
    """Uses that lie inside today's hours and would not lie inside the new ones. They stand; staff decide on each."""
    first = max(valid_from or date.min, at.date())
    start = max(local_day(first).start, at)
    places = _concerned(site, place)
    if not places:
        return []
    until = (start + LOOK_AHEAD).date()
    now = load_calendars(places.values(), first, until)
    found: list[Touched] = []
    for row in _uses(places, Span(start, start + LOOK_AHEAD)):
        calendar = now[row.resource_id]
        after = OpeningCalendar([Hours(w, o, c) for w, o, c in rows], calendar.changes)
        span = Span(row.starts_at, row.ends_at)
        if _fits(calendar, span) and not _fits(after, span):
            found.append(
                Touched(Owner(row.owner_kind, row.owner_id), places[row.resource_id].name, span, row.title)
            )
    return found


def _fits(calendar: OpeningCalendar, span: Span) -> bool:
    return not calendar.closed_within(span) or calendar.only_pause_missing(span)


def _concerned(site: Site | None, place: Resource | None) -> dict[int, PlaceRow]:
    """Atomic places whose hours these are: those of the site without hours of their own, or the one and its parts."""
    if place is not None:
        return place_rows(
            ids=edges().below([place.id]) if place.kind is not ResourceKind.PERSON else [place.id]
        )
    assert site is not None
    own = sa.select(OpeningRule.resource_id).where(OpeningRule.resource_id.is_not(None))
    ids = db.session.scalars(
        sa.select(Resource.id).where(
            Resource.site_id == site.id,
            Resource.kind != ResourceKind.PERSON,
            Resource.composed.is_(False),
            Resource.retired_at.is_(None),
            Resource.id.not_in(own),
        )
    ).all()
    return place_rows(ids=ids)


def _uses(places: dict[int, PlaceRow], window: Span) -> Sequence[Occupancy]:
    rows = db.session.scalars(
        sa.select(Occupancy)
        .where(
            Occupancy.resource_id.in_(list(places)),
            Occupancy.state.in_(BLOCKING),
            Occupancy.starts_at < window.end,
            Occupancy.ends_at > window.start,
            Occupancy.owner_kind.not_in(OUTAGES),
        )
        .order_by(Occupancy.starts_at, Occupancy.id)
    ).all()
    seen: set[tuple[str, int, int]] = set()
    first: list[Occupancy] = []
    for row in rows:
        key = (row.owner_kind, row.owner_id, row.resource_id)
        if key not in seen:
            seen.add(key)
            first.append(row)
    return first
