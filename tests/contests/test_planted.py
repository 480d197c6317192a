"""Whoever signs up writes any name, birth date and address: that makes nobody a member or coach of what others register."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.accounts import services as accounts
from incubator.contests.queries import editions as edition_reads
from incubator.contests.queries import entries as reads
from incubator.contests.services import drafts, submission
from incubator.contests.services.drafts import CoachInput
from incubator.core.access import Role, ScopeKind, system_actor
from incubator.core.db import db, transaction
from incubator.models import Account, Affiliation, Entry, EntryMember, MemberPart, Person
from tests.contests.factories import GOOD, division_of, make_open_edition, make_school, team
from tests.contests.import_factories import import_batch, make_robotics, read_batch
from tests.contests.test_captains import link_in, page, start
from tests.contests.test_imports import small_file, team_line
from tests.factories import AT, make_account, make_person, make_user, save

PHONE, MAIL = "0912345678", "co.anh@example.org"
COACH = CoachInput("Lê Thị Ánh", PHONE)


@pytest.fixture
def edition(session: Any, at: Any) -> Any:
    return make_open_edition()


@pytest.fixture
def stranger(app: Any, session: Any, at: Any) -> Any:
    """A browser signed up by the public link under the name and both addresses of a teacher."""
    make_school("Trường Khác")
    link = accounts.school_link(actor=system_actor("test"), at=AT)
    session.commit()
    browser = app.test_client()
    form = {
        "organisation": "Trường Khác",
        "full_name": "Lê Thị Ánh",
        "email": MAIL,
        "phone": PHONE,
        "password": "mot cau de nho",
    }
    assert browser.post(f"/i/{accounts.code_of(link)}", data=form).status_code == 303
    return browser


def registered(
    edition: Any, actor_of: Any, coach: CoachInput = COACH, school: Any = None, account: Any = None
) -> int:
    """A team of the school's verified teacher, sent."""
    school = school or make_school()
    teacher = actor_of(account or make_user(Role.COORDINATOR, ScopeKind.ORGANISATION, school.id))
    db.session.commit()
    with transaction():
        fresh = edition_reads.get_edition(edition.slug)
        row = team("Gốm Đỏ", division_of(edition, "thcs"), *GOOD, coach=coach)
        entry_id = drafts.create_draft(fresh, row, organisation=school, actor=teacher, at=AT).id
        sent = submission.submit([reads.get_entry(entry_id)], fresh, [], actor=teacher, at=AT)
    assert not sent.held
    return entry_id


def is_closed(browser: Any, entry_id: int) -> bool:
    paths = ("", "/cards", "/consents")
    return {browser.get(f"/entries/{entry_id}{p}").status_code for p in paths} == {404}


def people_of(entry_id: int, *, coach: bool = False) -> set[int]:
    part = EntryMember.part == MemberPart.COACH if coach else EntryMember.part != MemberPart.COACH
    return set(
        db.session.scalars(sa.select(EntryMember.person_id).where(EntryMember.entry_id == entry_id, part))
    )


@pytest.mark.parametrize("coach", [COACH, CoachInput("Lê Thị Ánh", "", MAIL)])
def test_who_claims_a_teachers_address_coaches_nobody(edition, actor_of, stranger, coach):
    entry_id = registered(edition, actor_of, coach)
    assert is_closed(stranger, entry_id)


def test_who_claims_a_teachers_address_coaches_nobody_of_an_imported_list(session, at, stranger):
    file = small_file(team_line(coach="Lê Thị Ánh", phone=PHONE, email=MAIL))
    batch = import_batch(read_batch(make_robotics(), [file]))
    entry_id = db.session.scalars(sa.select(Entry.id).where(Entry.import_batch_id == batch.id)).one()
    assert is_closed(stranger, entry_id)


def test_a_pupils_name_and_birth_date_open_no_team_of_the_school(edition, actor_of, client):
    """Somebody begins a team under the name and birth date of a pupil whom the teacher registers later."""
    start(client, edition, full_name=GOOD[0][0])
    planted = db.session.scalars(sa.select(Account.person_id)).one()
    db.session.get_one(Person, planted).birth_date = date(2013, 5, 17)
    entry_id = registered(edition, actor_of)
    assert planted not in people_of(entry_id)
    assert is_closed(client, entry_id)


def test_what_was_said_by_a_teams_link_counts_for_no_pupil_of_the_school(edition, actor_of, app, client):
    """The link asks nobody who they are: name and answers of who came in by it stay with that team."""
    where = start(client, edition)
    client.post(f"{where}/invite")
    friend = {"full_name": GOOD[1][0], "birth_date": GOOD[1][1], "take_part": "y", "publish_name": "y"}
    answer = app.test_client().post(f"/join/{link_in(page(client, where))}", data=friend)
    assert answer.status_code == 200
    joined = db.session.scalars(sa.select(Person.id).where(Person.full_name == GOOD[1][0])).one()
    assert joined not in people_of(registered(edition, actor_of))


def test_a_pupil_of_earlier_lists_is_the_same_one(edition, actor_of):
    known, school = make_person(GOOD[0][0], birth_date=date(2013, 5, 17)), make_school()
    save(Affiliation(person_id=known.id, organisation_id=school.id, part="pupil", valid_from=AT.date()))
    assert known.id in people_of(registered(edition, actor_of, school=school))


def test_coaches_are_found_by_what_they_have_proven_or_an_organiser_has_checked(edition, actor_of):
    held = make_account(make_person("Lê Thị Ánh", phone=PHONE), email=None, phone=PHONE)
    assert people_of(registered(edition, actor_of), coach=True) == {held.person_id}


def test_a_verified_teacher_coaches_under_an_address_that_waits_for_its_letter(edition, actor_of):
    school = make_school()
    teacher = make_user(Role.COORDINATOR, ScopeKind.ORGANISATION, school.id, full_name="Lê Thị Ánh")
    db.session.get_one(Person, teacher.person_id).email = MAIL
    found = registered(edition, actor_of, CoachInput("Lê Thị Ánh", "", MAIL), school, teacher)
    assert people_of(found, coach=True) == {teacher.person_id}
