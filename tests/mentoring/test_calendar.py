"""Mentoring sessions in the calendars of those who meet."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import sqlalchemy as sa

from incubator.core.access import system_actor
from incubator.core.db import db, transaction
from incubator.mentoring.services import sessions
from incubator.models import MemberPart, MentorKind, TeamMember
from incubator.spaces.calendar_feed import write
from incubator.spaces.intervals import Span
from incubator.spaces.queries import attending
from incubator.spaces.services import outages
from tests.factories import AT
from tests.mentoring.factories import (
    make_case,
    make_cohort,
    make_mentor,
    make_mentorship,
    make_room,
    make_staff,
)

SYSTEM = system_actor("test")
TUESDAY = datetime(2026, 3, 10, 14, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
SPAN = Span(TUESDAY, TUESDAY + timedelta(hours=1))


@pytest.fixture
def scene(session, at):
    """A session of a mentor with a team; the other people of the programme."""
    cohort = make_cohort()
    mentor, commitment = make_mentor(cohort)
    other_mentor, other_commitment = make_mentor(cohort, kind=MentorKind.TECHNICAL)
    case, captain = make_case(cohort)
    _other, stranger = make_case(cohort, title="Khác")
    mentorship = make_mentorship(case, commitment)
    make_mentorship(case, other_commitment)
    room, staff = make_room(), make_staff()
    db.session.commit()
    with transaction():
        made = sessions.book(
            mentorship.id, SPAN, resource_id=room.id, agenda="Giá bán", online_url="https://meet.example.org/a",
            actor=SYSTEM, at=AT,
        )  # fmt: skip
    return made, mentor, captain, room, (other_mentor, stranger, staff)


def mine(account, now=AT):
    return attending.of_person(account.person_id, now=now)


def test_mentor_and_team_have_the_session_in_their_calendars_and_nobody_else(scene):
    _made, mentor, captain, _room, others = scene
    team = sa.select(TeamMember.team_id).where(TeamMember.person_id == captain.person_id).scalar_subquery()
    member = db.session.scalars(
        sa.select(TeamMember).where(TeamMember.team_id == team, TeamMember.part == MemberPart.MEMBER)
    ).one()
    for person_id in (mentor.person_id, captain.person_id, member.person_id):
        [entry] = attending.of_person(person_id, now=AT)
        assert (entry.span, entry.location, entry.cancelled) == (SPAN, "Phòng họp 1", False)
    for other in others:
        assert mine(other) == []
    with transaction():
        member.valid_to = AT
    assert attending.of_person(member.person_id, now=AT) == []


def test_it_is_the_entry_of_the_sessions_own_file(scene, sign_in):
    made, mentor, captain, *_rest = scene
    file = icalendar.Calendar.from_ical(sign_in(captain).get(f"/mentoring/sessions/{made.id}.ics").data)
    feed = icalendar.Calendar.from_ical(write("x", mine(mentor)))
    assert [e.to_ical() for e in file.walk("VEVENT")] == [e.to_ical() for e in feed.walk("VEVENT")]


def test_a_lost_room_a_move_and_a_cancellation_reach_the_calendar(scene):
    made, mentor, captain, room, _others = scene
    [first] = mine(captain)
    with transaction():
        outages.declare(room.id, SPAN, reason="Máy lạnh hỏng", actor=SYSTEM, at=AT)
    [lost] = mine(captain)
    assert (lost.location, lost.cancelled) == ("https://meet.example.org/a", False)
    later = AT + timedelta(hours=1)
    with transaction():
        other = Span(SPAN.start + timedelta(hours=1), SPAN.end + timedelta(hours=1))
        sessions.move(made.id, other, resource_id=None, reason="", actor=SYSTEM, at=later)
    [moved] = mine(captain)
    assert (moved.uid, moved.span, moved.changed_at) == (first.uid, other, later)
    gone_at = AT + timedelta(hours=2)
    with transaction():
        sessions.cancel(made.id, reason="Ốm", actor=SYSTEM, at=gone_at)
    [gone] = mine(mentor)
    assert (gone.uid, gone.cancelled, gone.changed_at) == (first.uid, True, gone_at)
    assert first.sequence < lost.sequence < moved.sequence < gone.sequence
    assert mine(mentor, gone_at + timedelta(days=31)) == []
