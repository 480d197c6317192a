"""Nobody is coach or coordinator and judge or secretary in one edition, whichever came first."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from incubator.accounts import services as accounts
from incubator.contests.import_wording import why_held
from incubator.contests.queries import editions as edition_reads
from incubator.contests.queries import entries as reads
from incubator.contests.queries.import_rules import rules_of
from incubator.contests.services import bulk, drafts, import_writing, submission
from incubator.contests.services.drafts import CoachInput
from incubator.core.access import Role, ScopeKind, system_actor
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict
from incubator.models import (
    Entry,
    EntryState,
    ImportBatch,
    MemberPart,
    Person,
    RoleGrant,
    StageDivision,
    StageState,
)
from tests.contests.factories import GOOD, division_of, make_open_edition, make_school, team
from tests.contests.import_factories import import_batch, read_batch
from tests.contests.test_imports import rows_of, small_file, team_line
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


@pytest.fixture
def judged(robotics: Any) -> Any:
    """The edition of a list, and its judge, who is known by a phone."""
    judge = make_account(make_person("Lê Thị Ánh", phone=PHONE), email=None, phone=PHONE)
    return robotics, person_of(judge)


def import_rows(edition: Any) -> Any:
    file = small_file(
        team_line(coach="Lê Thị Ánh", phone=PHONE), team_line("Sao Hôm", one="Vũ An", two="Vũ Bình")
    )
    return read_batch(edition, [file])


def told(edition: Any) -> str:
    """How sending by hand refuses the same coach."""
    judge = db.session.scalars(sa.select(RoleGrant.person_id)).one()
    with pytest.raises(Conflict) as refusal:
        accounts.ensure_none_scores({judge}, edition.id, at=AT)
    return refusal.value.message


@pytest.mark.parametrize("role", [Role.JUDGE, Role.SECRETARY])
def test_an_imported_list_names_no_judge_as_coach(judged, role):
    edition, judge = judged
    make_grant(judge, role, ScopeKind.EDITION, edition.id)
    batch = import_rows(edition)
    held, ready = rows_of(batch)
    assert (held.reason, ready.reason) == ("coach_scores", "")
    assert why_held(held, rules_of(edition.id)) == told(edition)
    assert import_batch(batch).summary["figures"]["imported"] == 1


def test_a_coach_who_became_a_judge_during_the_review_keeps_the_list_out(judged):
    edition, judge = judged
    batch = import_rows(edition)
    make_grant(judge, Role.JUDGE, ScopeKind.EDITION, edition.id)
    db.session.commit()
    with transaction(), pytest.raises(Conflict) as refusal:
        import_writing.write_batch(db.session.get_one(ImportBatch, batch.id), actor=TEST, at=AT)
    assert refusal.value.message == told(edition)


def test_who_judges_another_edition_coaches_in_an_imported_list(judged):
    edition, judge = judged
    make_grant(judge, Role.JUDGE, ScopeKind.EDITION, make_open_edition().id)
    assert [row.reason for row in rows_of(import_rows(edition))] == ["", ""]


def test_a_teacher_of_the_school_without_contacts_is_found_again_and_judges_not(judged):
    edition, _judge = judged
    import_batch(read_batch(edition, [small_file(team_line(coach="Phạm Thị Hoa", phone=""))]))
    (coach,) = db.session.scalars(sa.select(Person).where(Person.full_name == "Phạm Thị Hoa"))
    make_grant(coach, Role.JUDGE, ScopeKind.EDITION, edition.id)
    other = team_line("Sao Hôm", one="Vũ An", two="Vũ Bình", coach="Phạm Thị Hoa", phone="0900000001")
    assert [row.reason for row in rows_of(read_batch(edition, [small_file(other)]))] == ["coach_scores"]


def test_a_list_of_many_names_no_judge_as_coach(edition, at):
    judge = make_account(make_person("Lê Thị Ánh", phone=PHONE), email=None, phone=PHONE)
    make_grant(person_of(judge), Role.JUDGE, ScopeKind.EDITION, edition.id)
    coach = bulk.BulkPerson("Lê Thị Ánh", MemberPart.COACH, phone=PHONE)
    row = bulk.BulkEntry(division_of(edition, "thcs").id, make_school().id, "Gốm Đỏ", (coach,), AT)
    with pytest.raises(Conflict, match="Lê Thị Ánh"):
        bulk.register_many(edition, [row], actor=TEST, at=AT)
