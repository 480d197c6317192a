"""A mentor who has no account: asked by staff, comes in by a link, answers."""

import re

import sqlalchemy as sa

from incubator.core.access import Role
from incubator.models import Commitment, CommitmentState, Invitation, InvitationKind, Person, RoleGrant
from tests.mentoring.factories import make_cohort, make_mentor, make_staff

FORM = {"kind": "technical", "max_teams": "2", "max_hours": "", "message": "Mời chị cùng làm."}


def ask(client, cohort, **values):
    return client.post(f"/mentoring/cohorts/{cohort.slug}/mentors", data={**FORM, **values})


def test_a_name_is_asked_for_where_nobody_has_the_address(session, sign_in, at):
    cohort = make_cohort()
    answer = ask(sign_in(make_staff()), cohort, contact="chuyengia@example.org")
    assert answer.status_code == 422
    assert "chuyengia@example.org" in answer.text
    assert session.scalar(sa.select(sa.func.count(Commitment.id))) == 0


def test_a_newcomer_is_invited_by_a_link_makes_an_account_and_answers(session, sign_in, client, at):
    cohort = make_cohort()
    staff = sign_in(make_staff())
    answer = ask(staff, cohort, contact="chuyengia@example.org", full_name="Võ Thị Chuyên Gia")
    assert answer.status_code == 303
    page = staff.get(answer.location)
    link = re.search(r"/i/[\w-]+", page.text)
    assert link, page.text[:2000]
    person = session.scalars(sa.select(Person).where(Person.full_name == "Võ Thị Chuyên Gia")).one()
    row = session.scalars(sa.select(Commitment).where(Commitment.person_id == person.id)).one()
    assert row.state is CommitmentState.INVITED
    assert answer.location in staff.get(f"/mentoring/cohorts/{cohort.slug}/mentors").text

    staff.post("/logout")
    joined = client.post(
        link[0],
        data={"password": "mot-mat-khau-dai", "repeat": "mot-mat-khau-dai", "email": "chuyengia@example.org"},
    )
    assert joined.status_code == 303, joined.text[:3000]
    client.post(f"/mentoring/commitments/{row.id}", data={"step": "approve"})
    session.refresh(row)
    assert row.state is CommitmentState.APPROVED
    held = session.scalars(sa.select(RoleGrant.role).where(RoleGrant.person_id == person.id)).all()
    assert Role.MENTOR in held


def test_a_newcomer_asked_by_two_cohorts_is_one_person_with_one_link(session, sign_in, at):
    cohort, other = make_cohort(), make_cohort(slug="khoa-khac")
    other.programme_id = cohort.programme_id
    session.commit()
    staff = sign_in(make_staff())
    first = ask(staff, cohort, contact="chuyengia@example.org", full_name="Võ Thị Chuyên Gia")
    second = ask(staff, other, contact=" ChuyenGia@example.org ", full_name="Võ Thị Chuyên Gia")
    assert second.location == first.location
    person = session.scalars(sa.select(Person).where(Person.full_name == "Võ Thị Chuyên Gia")).one()
    rows = session.scalars(sa.select(Commitment).where(Commitment.person_id == person.id)).all()
    assert {row.cohort_id for row in rows} == {cohort.id, other.id}
    again = ask(staff, other, contact="chuyengia@example.org", full_name="Võ Thị Chuyên Gia")
    assert again.status_code == 422


def test_another_programme_gets_a_link_of_its_own_for_the_same_newcomer(session, sign_in, at):
    cohort = make_cohort()
    other = make_cohort(slug="khoa-khac")
    staff = sign_in(make_staff())
    first = ask(staff, cohort, contact="0912345678", full_name="Võ Thị Chuyên Gia")
    second = ask(staff, other, contact="0912 345 678", full_name="Võ Thị Chuyên Gia")
    assert (second.location == first.location) is (other.programme_id == cohort.programme_id)
    assert session.scalar(sa.select(sa.func.count()).where(Person.full_name == "Võ Thị Chuyên Gia")) == 1


def test_who_has_an_account_is_asked_without_a_link(session, sign_in, at):
    cohort, other = make_cohort(), make_cohort(slug="khoa-khac")
    account, _commitment = make_mentor(other, "Lê Thị Bình")
    answer = ask(sign_in(make_staff()), cohort, contact=account.email)
    assert answer.location.endswith(f"/mentoring/cohorts/{cohort.slug}/mentors")
    kinds = session.scalars(sa.select(Invitation.kind)).all()
    assert InvitationKind.ROLE not in kinds


def test_an_address_that_cannot_be_is_told_at_its_field(session, sign_in, at):
    answer = ask(sign_in(make_staff()), make_cohort(), contact="0123", full_name="Võ Thị Chuyên Gia")
    assert answer.status_code == 422
    assert "Số điện thoại gồm 10 chữ số" in answer.text
    assert session.scalar(sa.select(sa.func.count(Commitment.id))) == 0
