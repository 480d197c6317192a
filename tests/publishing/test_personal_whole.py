"""A copy holds all that the data model has of a person, a deletion leaves others' rows alone."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.accounts import services as accounts
from incubator.contests.services import privacy
from incubator.core.access import Actor, system_actor
from incubator.core.db import Base, db, transaction
from incubator.models import (
    Booking,
    CalendarFeed,
    Conflict,
    EntryMember,
    EventRegistration,
    Guardian,
    Invitation,
    InvitationKind,
    Notification,
    Occupancy,
    Person,
    PrivacyRequest,
    RosterChange,
)
from incubator.spaces.services import feeds
from tests.factories import make_account, make_division, make_edition, make_entry, make_person, save
from tests.judging.factories import make_round, mark
from tests.spaces.factories import AT, book, guest, make_centre, make_event, span, wish

TEST = system_actor("test")

#: Columns that are about the person: a copy tells of their rows.
TOLD = {
    "account.person_id", "affiliation.person_id", "appeal.by_id", "assignment.judge_id", "auth_code.person_id",
    "availability_rule.person_id", "booking.requester_id", "calendar_feed.person_id", "certificate.person_id",
    "commitment.person_id", "conflict.other_person_id", "conflict.person_id", "consent.person_id", "draft_member.person_id",
    "entitlement.person_id", "entry.author_id", "entry_member.person_id", "event_registration.person_id",
    "guardian.child_id", "guardian.person_id", "invitation.person_id", "job_run.owner_id", "match_crew.person_id",
    "mentor_offer.person_id", "mentor_profile.person_id", "mentor_skill.person_id", "mentoring_feedback.by_id",
    "mentoring_wish.person_id", "mentorship.person_id", "notification.person_id", "panel.chair_id", "panel.secretary_id",
    "panel_member.person_id", "privacy_request.person_id", "protest.raised_by_id", "resource.person_id",
    "role_grant.person_id", "roster_change.requested_by_id", "stored_file.owner_id", "team_member.person_id",
    "training_record.person_id",
}  # fmt: skip
#: About a pair or a prize that the copy tells of in another place.
ELSEWHERE = {"award.person_id", "match_pair.person_id", "rule_waiver.person_id", "person_merge.kept_id"}


def test_every_column_that_names_a_person_is_told_or_says_who_did_something():
    """What somebody did at work stands in the trail, which is told as “done”: columns that end with `_by_id` or are `by_id`."""
    names = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table is Person.__table__ for key in column.foreign_keys)
    }
    work = {n for n in names - TOLD - ELSEWHERE if n.endswith(("_by_id", ".by_id"))}
    assert names - TOLD - ELSEWHERE - work == set()
    assert names >= TOLD | ELSEWHERE


@pytest.fixture
def pupil(session: Any) -> EntryMember:
    """A member of a team of two, with an account and an address in every corner."""
    person = make_person(
        "Đinh Thị Dấu", birth_date=date(2014, 5, 6), email="dau@example.org", phone="0912345678"
    )
    make_account(person, email="dau@example.org", phone="0912345678")
    entry = make_entry(make_division(make_edition()))
    save(
        EntryMember(
            entry_id=entry.id,
            person_id=make_person("Bạn Cùng Đội").id,
            position=1,
            part="member",
            full_name="Bạn Cùng Đội",
        )
    )
    return save(
        EntryMember(
            entry_id=entry.id, person_id=person.id, position=2, part="member", full_name=person.full_name
        )
    )


def change(member: EntryMember, name: str) -> RosterChange:
    return save(
        RosterChange(
            entry_id=member.entry_id, member_id=member.id, reason="viết sai", requested_at=AT,

            change={"kind": "spelling", "full_name": name, "birth_date": None, "class_name": "4A"},
        )
    )  # fmt: skip


def erase(person_id: int) -> None:
    db.session.commit()
    with transaction():
        privacy.erase(person_id, actor=TEST, at=AT)
    db.session.expire_all()


def test_a_judges_copy_holds_panels_sheets_and_what_was_done(session):
    r = make_round(entries=2, judges=2)
    mark(r, 0, 0, 7, 8)
    copy, other = (privacy.export(judge.person_id) for judge in r.judges)
    assert [p["panel"] for p in copy["panels"]] == [r.panel.name]
    assert [s["total_e2"] is not None for s in copy["sheets"]] == [True, False]
    assert not any(s["total_e2"] for s in other["sheets"])
    assert "judging.mark.saved" in {d["what"] for d in copy["done"]}


def test_a_copy_holds_requests_changes_guardians_and_links(session, pupil):
    save(
        Guardian(
            child_id=pupil.person_id,
            full_name="Mẹ Dấu",
            relation="mẹ",
            phone="0987654321",
            email="me@example.org",
        )
    )
    save(
        PrivacyRequest(
            person_id=pupil.person_id,
            kind="copy",
            contact="Mẹ em",
            text="",
            received_at=AT,
            due_at=AT,
            answer="",
        )
    )
    save(Conflict(person_id=pupil.person_id, kind="family", reason="cháu ruột", valid_from=AT))
    change(pupil, "Đinh Thị Dậu")
    accounts.invite(InvitationKind.GUARDIAN, actor=TEST, at=AT, person_id=pupil.person_id)
    copy = json.dumps(privacy.export(pupil.person_id), ensure_ascii=False)
    for word in ("me@example.org", "Mẹ em", "cháu ruột", "Đinh Thị Dậu", '"guardian"'):
        assert word in copy, word


def test_a_deletion_blanks_what_was_asked_about_the_person_and_not_about_the_others(session, pupil):
    mine, hers = change(pupil, "Đinh Thị Dậu"), change(others_of(pupil), "Bạn Cùng Đội B")
    erase(pupil.person_id)
    assert (mine.change["full_name"], mine.reason, mine.state) == ("", "", "declined")
    assert (hers.change["full_name"], hers.state) == ("Bạn Cùng Đội B", "requested")


def others_of(member: EntryMember) -> EntryMember:
    return db.session.scalars(
        sa.select(EntryMember).where(
            EntryMember.entry_id == member.entry_id, EntryMember.full_name == "Bạn Cùng Đội"
        )
    ).one()


def in_the_centre(name: str, phone: str) -> tuple[EventRegistration, Booking]:
    """A seat that was taken without signing in, and somebody else's booking for which the person answers."""
    with transaction():
        centre = make_centre()
    staff = Actor(system="test")
    event = make_event(centre, staff, 5)
    seat = save(
        EventRegistration(
            event_id=event.id, full_name=name, contact=phone, code="k1", state="registered", registered_at=AT
        )
    )
    booking = book(wish(centre.other, span(8, 9)), guest())
    booking.responsible_name, booking.responsible_phone = name, phone
    return seat, booking


def test_a_deletion_finds_the_addresses_where_nobody_noted_the_person(session, pupil):
    seat, booking = in_the_centre("Đinh Thị Dấu", "0912345678")
    letter = save(Notification(kind="spaces/registered", address="dau@example.org", created_at=AT))
    link = accounts.invite(InvitationKind.GUARDIAN, actor=TEST, at=AT, person_id=pupil.person_id, uses=None)
    conflict = save(Conflict(person_id=pupil.person_id, kind="family", reason="cháu cô Dấu", valid_from=AT))
    erase(pupil.person_id)
    assert (seat.full_name, seat.contact) == (f"#{pupil.person_id}", f"deleted-r{seat.id}")
    assert (letter.address, conflict.reason) == ("", "")
    assert (booking.responsible_name, booking.responsible_phone) == ("", "")
    assert db.session.get_one(Invitation, link.id).revoked_at is not None


def test_a_deletion_leaves_rows_of_whoever_holds_an_address_that_was_only_typed(session):
    stranger = make_person("Đinh Thị Dấu", phone="0933333333")
    make_account(make_person("Chủ Số"), email=None, phone="0933333333")
    seat, _booking = in_the_centre("Chủ Số", "0933333333")
    erase(stranger.id)
    assert (seat.full_name, seat.contact) == ("Chủ Số", "0933333333")


def test_the_title_of_a_booking_loses_the_name_in_the_rooms_own_calendar(session):
    with transaction():
        centre = make_centre()
    who = guest(person=make_person("Đinh Thị Dấu"))
    booking = book(wish(centre.other, span(8, 9), title="Sinh nhật Đinh Thị Dấu"), who)
    erase(who.person_id)
    titles = db.session.scalars(
        sa.select(Occupancy.title).where(Occupancy.owner_kind == "booking", Occupancy.owner_id == booking.id)
    ).all()
    assert titles == [f"Sinh nhật #{who.person_id}"] == [booking.title]


def test_the_calendar_address_of_a_closed_account_shows_nothing(client, session):
    account = make_account()
    feed = save(CalendarFeed(person_id=account.person_id, kind="mine", version=1, created_at=AT))
    path = f"/calendar/{feeds.token_of(feed)}.ics"
    assert client.get(path).status_code == 200
    account.disabled_at = AT
    session.commit()
    assert client.get(path).status_code == 404
