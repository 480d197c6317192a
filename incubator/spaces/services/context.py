"""One place with all that its rules ask, and the rules applied for one person: search, booking, series, approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ...core.access import Actor
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from .. import policies, wording
from ..availability import OpeningCalendar
from ..duty import Crew, Supervisor, duty_on, free_supervisor
from ..finding import Answer
from ..intervals import Span, dates_of, local_date, local_days
from ..queries.place_rows import PlaceRow
from ..queries.world import load_calendars, load_entries, supervisors
from ..rules import Ask, Reason, Verdict, judge, takes_supervisor
from .placing import Topology, topology
from .standing import Standing, Who, is_minor, quota_states, standing


class Refused(Invalid):
    """422: rules say no; `reasons` are all of them, the message is the first with its way to mend."""

    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__(
            " ".join(wording.explain(reason) for reason in reasons),
            code=reasons[0].code,
            field=_FIELDS.get(reasons[0].code),
        )
        self.reasons = reasons


_FIELDS = {
    "capacity": "people",
    "nobody": "people",
    "adult": "responsible_name",
    "empty": "end",
    "long": "end",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """One place over some days: its hours and who may watch over it."""

    place: PlaceRow
    calendar: OpeningCalendar
    found: Topology
    crew: Sequence[Supervisor] = ()


def scene_of(resource_id: int, span: Span, found: Topology | None = None) -> Scene:
    """The place as it is now; `found` when it is locked already."""
    found = found or topology([resource_id])
    place = found.places.get(resource_id)
    if place is None:
        raise NotFound(_("Không có phòng hoặc máy này."))
    days = list(dates_of(span))
    until = days[-1] + timedelta(days=1)
    watching = (
        [found.places[i] for i in found.edges.crews.get(resource_id, ())] if place.rules.supervision else []
    )
    calendars = load_calendars([place, *watching], days[0], until)
    crew: list[Supervisor] = []
    if watching:
        known = supervisors(
            watching, calendars, load_entries([w.id for w in watching], local_days(days[0], until))
        )
        crew = [known[w.id] for w in watching]
    return Scene(place, calendars[resource_id], found, crew)


@dataclass(frozen=True, slots=True)
class Checker:
    """Applies the rules of any place for one person; used by search, booking, series and approval alike."""

    who: Who
    found: Standing
    now: datetime
    is_staff: bool = False
    has_adult: bool = True
    trusted: bool = False  # the training was judged before

    def ask(self, place: PlaceRow, span: Span, people: int, crew: Crew = ()) -> Ask:
        trained, until = self.found.training(place.rules.training)
        day = local_date(span.start)
        watched = bool(place.rules.supervision) and span.length > timedelta()
        return Ask(
            span=span,
            people=people,
            now=self.now,
            is_staff=self.is_staff,
            trained=trained,
            trained_until=until,
            trusted=self.trusted,
            supervised=watched and any(one.is_free(span) for one in crew),
            duty=duty_on(crew, day) if watched else (),
            is_minor=is_minor(self.found.birth_date, day),
            responsible_adult=self.has_adult,
            quotas=quota_states(self.found, place),
        )

    def verdict(
        self, place: PlaceRow, calendar: OpeningCalendar, span: Span, people: int, crew: Crew = ()
    ) -> Verdict:
        return judge(self.ask(place, span, people, crew), place.limits, calendar)

    def answer(
        self, place: PlaceRow, calendar: OpeningCalendar, span: Span, people: int, crew: Crew = ()
    ) -> Answer:
        verdict = self.verdict(place, calendar, span, people, crew)
        return Answer(tuple(r.code for r in verdict.refusals), tuple(c.code for c in verdict.conditions))

    def supervisor(self, scene: Scene, span: Span, people: int) -> Supervisor | None:
        """Who watches over this use, where somebody must."""
        if not scene.place.rules.supervision:
            return None
        ask = self.ask(scene.place, span, people, scene.crew)
        if not takes_supervisor(ask, scene.place.limits):
            return None
        return free_supervisor(scene.crew, span)

    def is_watched(self, place: PlaceRow, day: date) -> bool:
        """Whether only the hours on duty can be had by this person."""
        if place.rules.supervision == "untrained":
            trained, until = self.found.training(place.rules.training)
            return not self.trusted and not (trained and (until is None or until >= day))
        return place.rules.supervision == "required"


def checker_for(
    who: Who,
    span: Span,
    *,
    actor: Actor,
    at: datetime,
    site_id: int | None,
    has_adult: bool,
    but: int | None = None,
) -> Checker:
    """Staff pass the rules of order, so that their quotas need not be read."""
    is_staff = policies.can_manage(actor, site_id)
    found = standing(who, span, quotas=not is_staff, but_booking=but)
    return Checker(who, found, at, is_staff=is_staff, has_adult=has_adult)
