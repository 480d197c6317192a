"""Nobody is coach or coordinator and judge or secretary in one edition, whichever came first."""

from __future__ import annotations

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
from incubator.core.errors import Conflict
from incubator.models import Entry, EntryState, Person, StageDivision, StageState
from tests.contests.factories import GOOD, division_of, make_open_edition, make_school, team
from tests.factories import AT, make_account, make_grant, make_person, make_user

PHONE = "0912345678"
TEST = system_actor("test")


@pytest.fixture
def edition(session: Any, at: Any) -> Any:
    return make_open_edition()


def submitted(edition: Any, school: Any, teacher: Any, coach: CoachInput) -> Entry:
    db.session.commit()
    with transaction():
        fresh = edition_reads.get_edition(edition.slug)
        row = team("Gốm Đỏ", division_of(edition, "thcs"), *GOOD, coach=coach)
        entry_id = drafts.create_draft(fresh, row, organisation=school, actor=teacher, at=AT).id
    with transaction():
        submission.submit([reads.get_entry(entry_id)], fresh, [], actor=teacher, at=AT)
    return reads.get_entry(entry_id)


def person_of(account: Any) -> Person:
    return db.session.get_one(Person, account.person_id)


def teacher_of(school: Any) -> Any:
    return make_user(Role.COORDINATOR, ScopeKind.ORGANISATION, school.id, full_name="Trần Mai")


@pytest.mark.parametrize("role", [Role.JUDGE, Role.SECRETARY])
def test_a_judge_is_named_as_no_teams_coach(edition, actor_of, role):
    judge = make_account(make_person("Lê Thị Ánh", phone=PHONE), email=None, phone=PHONE)
    make_grant(person_of(judge), role, ScopeKind.EDITION, edition.id)
    school = make_school()
    with pytest.raises(Conflict, match="Lê Thị Ánh"):
        submitted(edition, school, actor_of(teacher_of(school)), CoachInput("Lê Thị Ánh", PHONE))
    assert set(db.session.scalars(sa.select(Entry.state))) == {EntryState.DRAFT}


def test_a_judge_sends_no_team_of_a_school(edition, actor_of):
    school = make_school()
    teacher = teacher_of(school)
    make_grant(person_of(teacher), Role.JUDGE, ScopeKind.EDITION, edition.id)
    with pytest.raises(Conflict, match="Trần Mai"):
        submitted(edition, school, actor_of(teacher), CoachInput("Lê Thị Ánh", PHONE))


def test_a_judge_of_another_edition_coaches(edition, actor_of):
    judge = make_account(make_person("Lê Thị Ánh", phone=PHONE), email=None, phone=PHONE)
    make_grant(person_of(judge), Role.JUDGE, ScopeKind.EDITION, make_open_edition().id)
    school = make_school()
    entry = submitted(edition, school, actor_of(teacher_of(school)), CoachInput("Lê Thị Ánh", PHONE))
    assert judge.person_id in {m.person_id for m in entry.members}


def test_a_judge_is_verified_for_no_school_that_takes_part_until_all_is_published(edition, actor_of):
    school = make_school()
    submitted(edition, school, actor_of(teacher_of(school)), CoachInput("Lê Thị Ánh", PHONE))
    judge = make_user(Role.JUDGE, ScopeKind.EDITION, edition.id, full_name="Võ Thành")
    grant = accounts.grant_role(
        judge.person_id,
        Role.COORDINATOR,
        ScopeKind.ORGANISATION,
        school.id,
        actor=TEST,
        at=AT,
        verified=False,
    )
    with pytest.raises(Conflict, match="giám khảo hoặc thư ký"):
        accounts.verify_coordinator(grant, actor=TEST, at=AT)
    with pytest.raises(Conflict, match="giám khảo hoặc thư ký"):
        accounts.grant_role(
            judge.person_id, Role.COORDINATOR, ScopeKind.ORGANISATION, school.id, actor=TEST, at=AT
        )
    assert grant.verified_at is None
    db.session.execute(sa.update(StageDivision).values(state=StageState.PUBLISHED))
    db.session.commit()
    with transaction():
        accounts.verify_coordinator(grant, actor=TEST, at=AT)
    assert grant.verified_at == AT
