"""A teacher is invited for one school, and roles are given only where they mean something."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from incubator.accounts import services
from incubator.accounts.services import grants
from incubator.core.access import Actor, Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.core.errors import Invalid
from incubator.models import Invitation, Organisation, RoleGrant
from tests.factories import AT, make_edition, make_organisation, make_person, make_user, save

ORGANISER = (Role.ORGANISER, ScopeKind.EDITION)


def invited(browser, **values) -> str:
    """The path of the link that the page shows after inviting."""
    form = {"organisation": "tieu hoc dong hoa b", "full_name": "Lê Thị Hoa", "phone": "0912345678", **values}
    made = browser.post("/people/coordinators/invite", data=form)
    assert made.status_code == 303, made.text
    page = browser.get(made.location).text
    assert "Tiểu học Đông Hòa B" in page
    return re.search(r"/i/[\w-]+", page).group(0)


def test_an_invited_teacher_chooses_a_password_and_finds_school_and_contests(session, sign_in, client):
    school = make_organisation("Tiểu học Đông Hòa B")
    link = invited(sign_in(make_user(*ORGANISER, make_edition().id)))
    assert "Tiểu học Đông Hòa B" in client.get(link).text
    form = {"full_name": "Lê Thị Hoa", "phone": "0912345678", "password": "ngôi trường đầu làng"}
    landed = client.post(link, data=form)
    assert landed.location == "/registration/"
    grant = db.session.scalars(sa.select(RoleGrant).where(RoleGrant.role == Role.COORDINATOR)).one()
    assert (grant.scope_id, grant.verified_at is not None) == (school.id, True)


def test_only_who_verifies_teachers_invites_them(session, sign_in):
    browser = sign_in(make_user(Role.SECRETARY, ScopeKind.EDITION, make_edition().id))
    assert browser.get("/people/coordinators/invite").status_code in (403, 404)


def test_a_new_school_is_verified_with_its_teacher(session):
    school = save(Organisation(slug="moi", name="THCS Mới", kind="school", levels=[], created_at=AT))
    grant = save(
        RoleGrant(person_id=make_person().id, role=Role.COORDINATOR, scope=ScopeKind.ORGANISATION, scope_id=school.id, valid_from=AT)
    )  # fmt: skip
    with transaction():
        services.verify_coordinator(
            db.session.get_one(RoleGrant, grant.id), actor=Actor(system="test"), at=AT
        )
    db.session.expire_all()
    assert db.session.get_one(Organisation, school.id).verified_at == AT


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (Role.COORDINATOR, ScopeKind.SYSTEM),
        (Role.ADMINISTRATOR, ScopeKind.EDITION),
        (Role.JUDGE, ScopeKind.SITE),
    ],
)
def test_a_role_is_refused_where_it_means_nothing(session, role, scope):
    with pytest.raises(Invalid) as refusal:
        grants.ensure_fit(role, scope)
    assert refusal.value.field == "scope"


def test_the_administrators_form_says_so_at_the_field(session, sign_in):
    edition = make_edition()
    browser = sign_in(make_user(Role.ADMINISTRATOR))
    form = {
        "full_name": "Lê Thị Hoa",
        "phone": "0912345678",
        "role": "administrator",
        "scope": f"edition:{edition.id}",
    }
    refused = browser.post("/people/invite", data=form | {"role": "", "scope": "system:"})
    assert refused.status_code == 422
    assert session.scalar(sa.select(sa.func.count(Invitation.id))) == 0, (
        "nobody is an administrator by default"
    )
    refused = browser.post("/people/invite", data=form)
    assert refused.status_code == 422
    assert "không cấp ở nơi đã chọn" in refused.text
