"""A pupil's true name and birth date, typed by another school, open and change nothing of that pupil."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.contests import wording
from incubator.contests.eligibility import Code
from incubator.contests.queries import editions as edition_reads
from incubator.contests.queries import entries as reads
from incubator.contests.services import cards, consents, drafts, roster, submission
from incubator.contests.services.consents import Said
from incubator.core.access import Role, ScopeKind, system_actor
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict
from incubator.models import (
    Affiliation,
    AuthCode,
    Consent,
    ConsentParty,
    ConsentPurpose,
    EntryMember,
    MemberPart,
    Organisation,
    Person,
)
from tests.contests.factories import GOOD, division_of, make_open_edition, make_organiser, make_school, team
from tests.contests.import_factories import import_batch, make_robotics, read_batch
from tests.contests.test_imports import small_file, team_line
from tests.factories import AT, make_user

TEST = system_actor("test")


class Held(Exception):
    def __init__(self, problems: list[Any]) -> None:
        self.problems = problems


def registered(edition: Any, school: Organisation, actor: Any, *pupils: tuple[str, str]) -> int:
    """A team of `school`, typed and sent by `actor`; its entry."""
    db.session.commit()
    with transaction():
        fresh = edition_reads.get_edition(edition.slug)
        row = team("Gốm Đỏ", division_of(edition, "thcs"), *(pupils or GOOD))
        entry_id = drafts.create_draft(fresh, row, organisation=school, actor=actor, at=AT).id
        sent = submission.submit([reads.get_entry(entry_id)], fresh, [], actor=actor, at=AT)
    if sent.held:
        raise Held(sent.held[entry_id])
    return entry_id


def teacher_of(school: Organisation) -> Any:
    return make_user(Role.COORDINATOR, ScopeKind.ORGANISATION, school.id, full_name="Võ Thành")


def pupils_of(entry_id: int) -> list[int]:
    rows = sa.select(EntryMember.person_id).where(
        EntryMember.entry_id == entry_id, EntryMember.part != MemberPart.COACH
    )
    return list(db.session.scalars(rows.order_by(EntryMember.position)))


def all_about(person_ids: list[int]) -> list[Any]:
    """Everything that is kept of some pupils."""
    tables = (Consent, Affiliation, AuthCode, EntryMember)
    found = [
        tuple(row) for t in tables for row in db.session.execute(
            sa.select(*t.__table__.columns).where(t.person_id.in_(person_ids)).order_by(t.id)
        )
    ]  # fmt: skip
    return [
        *found,
        *map(
            tuple, db.session.execute(sa.select(*Person.__table__.columns).where(Person.id.in_(person_ids)))
        ),
    ]


@pytest.fixture
def own(session: Any, at: Any) -> tuple[Organisation, list[int]]:
    """A school and its two pupils, who have answered and hold cards."""
    school = make_school("THCS Hòa Phú")
    entry_id = registered(make_open_edition(), school, TEST)
    with transaction():
        for person_id in pupils_of(entry_id):
            person = db.session.get_one(Person, person_id)
            for party in ConsentParty:
                said = Said(party, "paper", "Lê Thị Mẹ", "mẹ")
                consents.answer(person, {ConsentPurpose.PUBLISH_NAME: True}, said, actor=TEST, at=AT)
        cards.give([reads.get_entry(entry_id)], pupils_of(entry_id), actor=TEST, at=AT)
    return school, pupils_of(entry_id)


def test_another_school_that_types_a_pupil_sees_and_changes_nothing_of_the_pupil(own, actor_of, sign_in):
    school, other = own[0], make_school("THCS Bình Thắng")
    stranger, before = teacher_of(other), all_about(own[1])
    entry_id = registered(make_open_edition(), other, actor_of(stranger))
    first = pupils_of(entry_id)[0]
    assert not set(pupils_of(entry_id)) & set(own[1])

    browser, actor = sign_in(stranger), actor_of(stranger)
    for path in ("", "/consents", "/cards"):
        seen = browser.get(f"/entries/{entry_id}{path}").get_data(as_text=True)
        assert GOOD[0][0] in seen
        assert school.name not in seen
        assert "Đã đồng ý" not in seen
    with transaction():
        entry = reads.get_entry(entry_id)
        person = db.session.get_one(Person, first)
        purposes = [ConsentPurpose.PUBLISH_NAME, ConsentPurpose.PUBLISH_PICTURE]
        with pytest.raises(Conflict, match="Không có sự đồng ý"):
            consents.record_withdrawal(
                entry, person, ConsentPurpose.PUBLISH_NAME, ConsentParty.GUARDIAN, actor=actor, at=AT
            )
        consents.record_paper(
            entry, person, purposes, relation="bố", typed_name="Người Lạ", actor=actor, at=AT
        )
        cards.give([entry], [first], actor=actor, at=AT)
    assert all_about(own[1]) == before


def test_a_list_that_the_office_imports_for_another_school_reaches_nobody_else(robotics):
    import_batch(read_batch(robotics, [small_file(team_line())]))
    entry_of = sa.select(EntryMember.entry_id).order_by(EntryMember.entry_id.desc()).limit(1)
    pupils = pupils_of(db.session.scalars(entry_of).one())
    before = all_about(pupils)
    other = make_robotics("robotics-2025")
    db.session.commit()
    import_batch(read_batch(other, [small_file(team_line(school="Tiểu học Phú Lợi"))]))
    assert not set(pupils_of(db.session.scalars(entry_of).one())) & set(pupils)
    assert all_about(pupils) == before


def test_a_change_of_members_puts_in_no_pupil_of_another_school(own, actor_of):
    edition, other = make_open_edition(), make_school("THCS Bình Thắng")
    stranger = actor_of(teacher_of(other))
    third = ("Lê Thanh Bình", "24/08/2014")
    entry_id = registered(edition, other, stranger, third, ("Đỗ Chi", "01/02/2014"))
    organiser, before = actor_of(make_organiser(edition)), all_about(own[1])
    with transaction():
        entry = reads.get_entry(entry_id)
        wish = roster.Wish(roster.REPLACE, entry.members[0].id, GOOD[0][0], date(2013, 5, 17))
        change = roster.ask(entry, wish, reason="ốm", actor=stranger, at=AT)
        roster.approve(change, entry, actor=organiser, at=AT)
    assert not set(pupils_of(entry_id)) & set(own[1])
    assert all_about(own[1]) == before


def test_the_same_school_finds_its_pupils_again(own):
    entry_id = registered(make_open_edition(), own[0], TEST)
    assert pupils_of(entry_id) == own[1]


def test_rules_that_count_pupils_see_the_same_pupil_in_both_schools(own, actor_of):
    edition, other = make_open_edition(), make_school("THCS Bình Thắng")
    registered(edition, own[0], TEST)
    with pytest.raises(Held) as held:
        registered(edition, other, actor_of(teacher_of(other)))
    assert {(p.code, p.value) for p in held.value.problems} == {(Code.MEMBER_IN_OTHER_TEAM, "")}
    said = wording.problem(held.value.problems[0], division_of(edition, "thcs"))
    assert "đã ở một đội khác của cuộc thi" in said
    assert "Gốm Đỏ" not in said


def test_the_same_school_is_told_in_which_team_its_pupil_stands(own):
    edition = make_open_edition()
    registered(edition, own[0], TEST)
    with pytest.raises(Held) as held:
        registered(edition, own[0], TEST)
    assert "Gốm Đỏ" in {p.value for p in held.value.problems if p.code is Code.MEMBER_IN_OTHER_TEAM}
