"""What a session takes: the rows that make a mentor and a team busy, and a room or machine that is open to them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...core.errors import Invalid
from ...core.i18n import _
from ...models import IncubationCase, Mentorship, Person, Resource, ResourceKind, Team, TeamMember
from ...spaces.intervals import Span, local_date
from ...spaces.queries.world import load_calendars, place_rows
from ...spaces.services.occupancy import Want
from ...spaces.services.standing import trainings_of
from ...spaces.wording import clock_of, date_of

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=8)


def person_resource(person_id: int) -> int:
    """The row that makes a mentor busy; made on first use."""
    return _busy_row(ResourceKind.PERSON, Resource.person_id, person_id, Person.full_name)


def team_resource(team_id: int) -> int:
    """The row that makes a team busy; made on first use."""
    return _busy_row(ResourceKind.TEAM, Resource.team_id, team_id, Team.name)


def _busy_row(kind: ResourceKind, key: Any, number: int, name: Any) -> int:
    """`key` is the column of the resource that names whom it stands for; `name` the column of what they are called."""
    found = db.session.scalar(sa.select(Resource.id).where(Resource.kind == kind, key == number))
    if found is not None:
        return found
    called = db.session.scalar(sa.select(name).where(name.class_.id == number)) or ""
    row = Resource(slug=f"{kind}-{number}", kind=kind, name=called[:160], **{key.key: number})
    db.session.add(row)
    db.session.flush()
    return row.id


def wants_of(mentorship: Mentorship, case: IncubationCase, resource_id: int | None, span: Span) -> list[Want]:
    """What a session holds: mentor, team, and the room with its own time before and after."""
    wants = [Want(person_resource(mentorship.person_id), span), Want(team_resource(case.team_id), span)]
    if resource_id is not None:
        place = place_rows(ids=[resource_id])[resource_id]
        before, after = (
            timedelta(minutes=place.rules.before_minutes),
            timedelta(minutes=place.rules.after_minutes),
        )
        wants.append(Want(resource_id, span, before, after))
    return wants


def check_span(span: Span, at: datetime) -> None:
    """Raises Invalid for a session that is too short, too long or begins in the past."""
    if span.end <= span.start or not SHORTEST <= span.length <= LONGEST:
        raise Invalid(
            _("Buổi gặp dài từ 15 phút đến 8 giờ. Kiểm tra lại giờ bắt đầu và kết thúc."), field="ends"
        )
    if span.start <= at:
        raise Invalid(_("Giờ bắt đầu đã qua. Chọn giờ khác."), field="starts")


def check_place(resource_id: int, span: Span, mentorship: Mentorship, case: IncubationCase) -> None:
    """Raises Invalid for a place that is closed then, or that asks for a training nobody of them has."""
    places = place_rows(ids=[resource_id])
    place = places.get(resource_id)
    if place is None or place.kind not in (ResourceKind.ROOM, ResourceKind.MACHINE):
        raise Invalid(_("Không có phòng hoặc máy này. Chọn lại trong danh sách."), field="resource_id")
    first, last = local_date(span.start), local_date(span.end) + timedelta(days=1)
    calendar = load_calendars(places.values(), first, last)[resource_id]
    if closed := calendar.closed_within(span):
        raise Invalid(
            _(
                "%(place)s không mở cửa lúc %(start)s–%(end)s ngày %(day)s. Chọn giờ khác hoặc phòng khác.",
                place=place.name,
                start=clock_of(closed[0].start),
                end=clock_of(closed[0].end),
                day=date_of(span.start),
            ),
            field="starts",
        )
    if place.rules.training:
        _check_training(place.rules.training, place.name, mentorship, case, local_date(span.start))


def _check_training(
    training: str, name: str, mentorship: Mentorship, case: IncubationCase, day: date
) -> None:
    """A machine needs one person there who may use it."""
    team = db.session.scalars(
        sa.select(TeamMember.person_id).where(
            TeamMember.team_id == case.team_id, TeamMember.valid_to.is_(None)
        )
    ).all()
    for person_id in (mentorship.person_id, *team):
        until = trainings_of(person_id).get(training, date.min)
        if until is None or until >= day:
            return
    raise Invalid(
        _(
            "%(place)s chỉ dành cho người đã tập huấn. Đăng ký lớp tập huấn, hoặc chọn phòng khác.",
            place=name,
        ),
        field="resource_id",
    )
