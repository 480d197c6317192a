"""A link gives what its maker may still give, and opens no closed account."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from incubator.accounts import services
from incubator.core import clock
from incubator.core.access import Role, ScopeKind, system_actor
from incubator.models import Account, InvitationKind, RoleGrant
from tests.factories import make_edition, make_user

FORM = {"full_name": "Người Khác", "phone": "0912345678", "password": "ngôi trường đầu làng"}


@pytest.fixture
def chief(session):
    return make_user(Role.ADMINISTRATOR)


@pytest.fixture
def link(session, actor_of, chief):
    made = services.invite_person(
        "Quản Trị Mới", Role.ADMINISTRATOR, ScopeKind.SYSTEM, None, email=None, phone="0987654321",
        actor=actor_of(chief), at=clock.now(),
    )  # fmt: skip
    session.commit()
    return f"/i/{services.code_of(made)}"


def administrators(session):
    return session.scalar(
        sa.select(sa.func.count()).where(RoleGrant.role == Role.ADMINISTRATOR, RoleGrant.valid_to.is_(None))
    )


def test_an_administrator_makes_another_by_a_link(session, client, link):
    assert client.post(link, data=FORM).status_code == 303
    assert administrators(session) == 2


@pytest.mark.parametrize("how", ["role ended", "account closed"])
def test_who_lost_the_right_comes_back_by_no_old_link(session, actor_of, client, sign_in, chief, link, how):
    other = make_user(Role.ADMINISTRATOR)
    if how == "role ended":
        grant = session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == chief.person_id)).one()
        services.end_grant(grant, actor=actor_of(other), at=clock.now())
    else:
        services.disable_account(chief, disabled=True, actor=actor_of(other), at=clock.now())
    session.commit()
    before = administrators(session)
    for browser in (client, sign_in(make_user())):
        assert browser.post(link, data=FORM).status_code == 404
    assert administrators(session) == before
    assert session.scalar(sa.select(Account.id).where(Account.phone == FORM["phone"])) is None


def test_an_organiser_gives_no_role_of_an_edition_that_was_taken_away(session, client, actor_of):
    edition = make_edition()
    organiser = make_user(Role.ORGANISER, ScopeKind.EDITION, edition.id)
    grant = session.scalars(sa.select(RoleGrant)).one()
    made = services.invite(
        InvitationKind.ROLE, role=Role.SECRETARY, scope=ScopeKind.EDITION, scope_id=edition.id,
        actor=actor_of(organiser), at=clock.now(),
    )  # fmt: skip
    grant.valid_to = clock.now()
    session.commit()
    assert client.post(f"/i/{services.code_of(made)}", data=FORM).status_code == 404


def test_a_reset_letter_opens_no_account_that_was_closed_since(session, client, chief):
    account = make_user(email="co.hoa@example.org")
    made = services.invite(
        InvitationKind.RESET, actor=system_actor("test"), at=clock.now(), account_id=account.id
    )
    account.disabled_at = clock.now()
    before = account.password_hash
    session.commit()
    new = {"password": "ngôi trường đầu làng", "again": "ngôi trường đầu làng"}
    assert client.post(f"/i/{services.code_of(made)}", data=new).status_code == 404
    session.expire_all()
    assert account.password_hash == before
