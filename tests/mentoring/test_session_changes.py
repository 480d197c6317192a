"""Sessions that do not go as planned: the place is taken away, the hour changes, a side does not come."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from incubator.activity import messages
from incubator.core import clock
from incubator.core.access import Actor, system_actor
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict, NotAllowed
from incubator.mentoring.services import sessions
from incubator.models import (
    MentoringSession,
    Notification,
    Occupancy,
    OccupancyState,
    Outage,
    Person,
    SessionState,
)
from incubator.spaces.intervals import Span
from incubator.spaces.services import closures, outages
from tests.factories import AT
from tests.mentoring.factories import (
    make_case,
    make_cohort,
    make_machine,
    make_mentor,
    make_mentorship,
    make_room,
    make_staff,
)

SYSTEM = system_actor("test")
TUESDAY = datetime(2026, 3, 10, 14, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
HOUR = timedelta(hours=1)
SPAN = Span(TUESDAY, TUESDAY + HOUR)


@pytest.fixture
def scene(session, at):
    """A session on Tuesday at 14:00 in the first of two rooms; its people and rooms."""
    cohort = make_cohort()
    mentor, commitment = make_mentor(cohort)
    case, captain = make_case(cohort)
    mentorship = make_mentorship(case, commitment)
    room, other = make_room(), make_room("Phòng họp 2")
    db.session.commit()
    with transaction():
        made = sessions.book(mentorship.id, SPAN, resource_id=room.id, actor=SYSTEM, at=AT)
    db.session.execute(sa.delete(Notification).execution_options(synchronize_session=False))
    db.session.commit()
    return made, mentor, captain, room, other


def told(kind):
    rows = db.session.scalars(sa.select(Notification).where(Notification.kind == kind))
    return {row.person_id: row.context for row in rows}


def break_room(room, span=SPAN):
    with transaction():
        outages.declare(room.id, span, reason="Máy lạnh hỏng", actor=SYSTEM, at=AT)


def test_a_room_out_of_order_is_told_to_mentor_and_team_and_moved_by_one_button(scene, sign_in):
    made, mentor, captain, room, other = scene
    break_room(room)
    lost = told("mentoring/session_lost")
    assert set(lost) == {mentor.person_id, captain.person_id}
    assert {context["reason"] for context in lost.values()} == {"Máy lạnh hỏng"}
    url = f"/mentoring/sessions/{made.id}"
    for who in (mentor, captain):
        page = sign_in(who).get(url).text
        assert "Buổi gặp đã mất chỗ" in page
        assert "Máy lạnh hỏng" in page
        assert "Phòng họp 2" in page
        assert f"“{made.mentorship.case.title}” mất chỗ" in sign_in(who).get("/home").text
    team = sign_in(captain)
    pick = "10/03/2026 14:00"
    answer = team.post(
        f"{url}/move", data={"minutes": "60", "online_url": "", "pick": pick, f"room-{pick}": str(other.id)}
    )
    assert answer.status_code == 303
    row = db.session.get(MentoringSession, made.id, populate_existing=True)
    assert (row.resource_id, row.starts_at, row.lost_place) == (other.id, TUESDAY, False)
    assert row.moves[-1]["reason"] == "Máy lạnh hỏng"
    held = sa.select(sa.func.count(Occupancy.id)).where(
        Occupancy.owner_kind == "session", Occupancy.state == OccupancyState.CONFIRMED
    )
    assert db.session.scalar(held) == 3
    assert set(told("mentoring/session_moved")) == {mentor.person_id}
    assert "Buổi gặp đã mất chỗ" not in team.get(url).text


def test_a_machine_that_fails_in_the_room_is_told_to_both_sides_and_shown_until_it_is_back(scene, sign_in):
    """The room is kept, so is the session: it is for its people to say whether they need the machine."""
    made, mentor, captain, room, _other = scene
    laser = make_machine("Máy khắc laser", room)
    with transaction():
        sessions.move(made.id, SPAN, resource_id=room.id, reason="", actor=SYSTEM, at=AT)
    with transaction():
        outage, lost = outages.declare(laser.id, SPAN, reason="Cháy bóng", actor=SYSTEM, at=AT)
    assert lost == []
    news = told("mentoring/session_without")
    assert set(news) == {mentor.person_id, captain.person_id}
    assert told("mentoring/session_lost") == {}
    letter = db.session.scalars(
        sa.select(Notification).where(Notification.kind == "mentoring/session_without")
    ).first()
    text = messages.render(letter, db.session.get_one(Person, letter.person_id))
    assert "thiếu Máy khắc laser" in text.subject
    assert "vẫn giữ Phòng họp 1" in text.body
    assert "Cháy bóng" in text.body
    row = db.session.get(MentoringSession, made.id, populate_existing=True)
    assert not row.lost_place
    page = f"/mentoring/sessions/{made.id}"
    assert "Thiếu Máy khắc laser" in sign_in(mentor).get(page).text
    assert "Thiếu Máy khắc laser" in sign_in(make_staff()).get("/spaces/outages").text
    with transaction():
        outages.end(outage.id, actor=SYSTEM, at=AT)
    assert "Thiếu Máy khắc laser" not in sign_in(captain).get(page).text
    assert {who: context["machine_id"] for who, context in told("mentoring/session_back").items()} == {
        mentor.person_id: laser.id,
        captain.person_id: laser.id,
    }


def test_a_room_that_is_back_early_gives_the_session_its_place_again(scene, sign_in):
    made, mentor, captain, room, _other = scene
    break_room(room)
    outage = db.session.scalars(sa.select(Outage)).one()
    with transaction():
        outages.end(outage.id, actor=SYSTEM, at=AT)
    assert set(told("mentoring/session_back")) == {mentor.person_id, captain.person_id}
    row = db.session.get(MentoringSession, made.id, populate_existing=True)
    assert (row.lost_place, row.displaced_why, row.resource_id) == (False, "", room.id)
    held = sa.select(sa.func.count(Occupancy.id)).where(
        Occupancy.owner_kind == "session", Occupancy.state == OccupancyState.CONFIRMED
    )
    assert db.session.scalar(held) == 3
    assert "Buổi gặp đã mất chỗ" not in sign_in(captain).get(f"/mentoring/sessions/{made.id}").text


def test_a_closing_day_takes_the_place_of_sessions_too(scene):
    made, mentor, captain, room, _other = scene
    with transaction():
        day = closures.set_day(
            room.site_id, TUESDAY.date(), open_as=None, note="Nghỉ bù", actor=SYSTEM, at=AT
        )
        closures.confirm_days([day.id], actor=SYSTEM, at=AT)
    row = db.session.get(MentoringSession, made.id, populate_existing=True)
    assert (row.lost_place, row.displaced_why) == (True, "Nghỉ bù")
    assert set(told("mentoring/session_lost")) == {mentor.person_id, captain.person_id}


def test_what_was_held_keeps_its_place(scene):
    made, _mentor, _captain, room, _other = scene
    later = TUESDAY + timedelta(minutes=30)
    with transaction():
        sessions.record_held(
            made.id,
            minutes=25,
            present=1,
            shared_note="Xong",
            staff_note="",
            next_step="",
            actor=SYSTEM,
            at=later,
        )
        outages.declare(room.id, SPAN, reason="Mất điện", actor=SYSTEM, at=later)
    assert db.session.get(MentoringSession, made.id, populate_existing=True).displaced_at is None
    assert told("mentoring/session_lost") == {}


def test_a_busy_hour_is_not_offered_again(scene, sign_in):
    """Once its place is lost the mentor's hour is free; who books it first has it."""
    made, mentor, _captain, room, other = scene
    break_room(room)
    case, _ = make_case(make_cohort(), "Đội khác")
    second = make_mentorship(case, make_mentor(make_cohort(), "Người khác")[1])
    second.person_id = mentor.person_id
    db.session.commit()
    with transaction():
        sessions.book(second.id, SPAN, resource_id=other.id, actor=SYSTEM, at=AT)
    page = sign_in(mentor).get(f"/mentoring/sessions/{made.id}").text
    assert "Giờ này không còn phòng trống" in page
    assert "Giữ giờ, sang phòng này" not in page


def test_a_session_in_a_room_can_be_moved_online_with_a_link(scene, sign_in):
    made, mentor, captain, _room, _other = scene
    team = sign_in(captain)
    url = f"/mentoring/sessions/{made.id}/move"
    form = {"starts": "10/03/2026 15:00", "minutes": "60", "resource_id": "0", "reason": "Đội ở xa"}
    refused = team.post(url, data=form)
    assert refused.status_code == 422
    assert "ghi đường dẫn họp trực tuyến" in refused.text
    assert team.post(url, data={**form, "online_url": "https://hop.example/1"}).status_code == 303
    row = db.session.get(MentoringSession, made.id, populate_existing=True)
    assert (row.resource_id, row.online_url) == (None, "https://hop.example/1")
    (context,) = told("mentoring/session_moved").values()
    assert datetime.fromisoformat(context["before"]) == TUESDAY
    assert context["reason"] == "Đội ở xa"
    assert told("mentoring/session") == {}


def test_the_free_hours_are_taken_by_one_button(scene, sign_in):
    made, mentor, _captain, room, _other = scene
    client = sign_in(mentor)
    url = f"/mentoring/sessions/{made.id}/move"
    pick = "10/03/2026 15:00"
    assert f'value="{pick}"' in client.get(url).text
    data = {"minutes": "60", "pick": pick, f"room-{pick}": str(room.id), "reason": "Họp khoa"}
    assert client.post(url, data=data).status_code == 303
    assert db.session.get(MentoringSession, made.id, populate_existing=True).starts_at == TUESDAY + HOUR


def test_who_did_not_come_is_told_and_staff_take_it_back(scene, sign_in):
    made, mentor, captain, _room, _other = scene
    after = TUESDAY + HOUR
    url = f"/mentoring/sessions/{made.id}"
    with clock.frozen(after):
        sign_in(captain).post(f"{url}/end", data={"step": "mentor"})
        assert {p: c["missed_by"] for p, c in told("mentoring/session_missed").items()} == {
            mentor.person_id: "mentor"
        }
        page = sign_in(mentor).get(url).text
        assert "Cố vấn vắng" in page
        assert "Đặt buổi khác" in page
        assert "Bỏ ghi vắng" not in page
        with pytest.raises(NotAllowed), transaction():
            sessions.take_back_missed(made.id, actor=Actor(person_id=mentor.person_id), at=after)
        staff = sign_in(make_staff())
        assert "Bỏ ghi vắng" in staff.get(url).text
        staff.post(f"{url}/end", data={"step": "back"})
    row = db.session.get(MentoringSession, made.id, populate_existing=True)
    assert (row.state, row.missed_by) == (SessionState.PLANNED, "")
    with pytest.raises(Conflict), transaction():
        sessions.take_back_missed(made.id, actor=SYSTEM, at=after)
    with transaction():
        sessions.record_held(
            made.id,
            minutes=60,
            present=2,
            shared_note="Đã gặp",
            staff_note="",
            next_step="",
            actor=SYSTEM,
            at=after,
        )
    assert row.state is SessionState.HELD


def test_the_pages_of_a_session_without_its_place_ask_little(scene, sign_in, queries):
    made, mentor, _captain, room, _other = scene
    break_room(room)
    client = sign_in(mentor)
    for url in (f"/mentoring/sessions/{made.id}", f"/mentoring/sessions/{made.id}/move"):
        with queries() as log:
            assert client.get(url).status_code == 200
        assert len(log) <= 12, "\n".join(log)
