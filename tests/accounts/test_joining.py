"""Somebody began under a second account: both passwords make it one, or nothing changes."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from incubator.core.access import Role, ScopeKind
from incubator.core.db import db
from incubator.models import (
    Account,
    AddressClaim,
    AuditEvent,
    Consent,
    DraftMember,
    Entry,
    PersonMerge,
    RoleGrant,
)
from tests.contests.factories import make_open_edition
from tests.contests.test_captains import start
from tests.factories import PASSWORD, make_account, make_person

OTHER = "mot cau khac han"


@pytest.fixture
def edition(session: Any, at: Any) -> Any:
    made = make_open_edition()
    db.session.commit()
    return made


@pytest.fixture
def first(session: Any) -> Account:
    made = make_account(make_person("Lý Minh Quân"), email="quan@example.org")
    db.session.commit()
    return made


def second() -> Account:
    claims = sa.select(AddressClaim.account_id).where(AddressClaim.address == "quan@example.org")
    return db.session.scalars(sa.select(Account).where(Account.id.in_(claims))).one()


def join(browser: Any, **values: str) -> Any:
    form = {"name": "quan@example.org", "other_password": OTHER, "own": PASSWORD, **values}
    return browser.post("/account/join", data=form)


def test_a_draft_begun_under_a_second_account_goes_on_in_the_first(app, edition, first, sign_in):
    url = start(app.test_client(), edition, password=OTHER)
    gone = second()
    answers = db.session.scalar(
        sa.select(sa.func.count(Consent.id)).where(Consent.person_id == gone.person_id)
    )
    browser = sign_in(first)
    assert browser.get(url).status_code == 404
    assert join(browser).status_code == 303
    assert browser.get(url).status_code == 200
    db.session.expire_all()
    assert db.session.scalars(sa.select(Entry.author_id)).all() == [first.person_id]
    assert gone.person_id not in db.session.scalars(sa.select(DraftMember.person_id)).all()
    assert answers
    assert db.session.scalars(sa.select(Consent.person_id)).all() == [first.person_id] * answers
    assert db.session.scalars(sa.select(PersonMerge.merged_id)).all() == [gone.person_id]
    assert db.session.scalars(
        sa.select(AuditEvent.verb).where(AuditEvent.verb == "accounts.account.joined")
    ).all()


def test_the_second_account_opens_nothing_any_more(app, edition, first, sign_in):
    stranger = app.test_client()
    url = start(stranger, edition, password=OTHER)
    join(sign_in(first))
    assert stranger.get(url).status_code in (302, 303)
    again = app.test_client().post("/login", data={"email": "quan@example.org", "password": OTHER})
    assert again.status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"own": "sai rồi nhé"}, {"other_password": "sai rồi nhé"}, {"name": "ai@example.org"}]
)
def test_without_both_passwords_nothing_changes(app, edition, first, sign_in, wrong):
    start(app.test_client(), edition, password=OTHER)
    answer = join(sign_in(first), **wrong)
    assert answer.status_code == 422
    assert "chưa đúng" in answer.text
    assert db.session.scalars(sa.select(Entry.author_id)).all() == [second().person_id]


def test_one_password_chosen_twice_finds_the_second(app, edition, first, sign_in):
    start(app.test_client(), edition, password=PASSWORD)
    assert join(sign_in(first), other_password=PASSWORD).status_code == 303
    assert db.session.scalars(sa.select(Entry.author_id)).all() == [first.person_id]


def test_the_account_in_use_is_no_second_one(session, first, sign_in):
    answer = join(sign_in(first), other_password=PASSWORD)
    assert answer.status_code == 422
    assert "đang dùng" in answer.text


def test_an_account_that_holds_more_than_drafts_is_left_as_it_is(app, edition, first, sign_in):
    start(app.test_client(), edition, password=OTHER)
    gone = second()
    db.session.add(
        RoleGrant(
            person_id=gone.person_id, role=Role.JUDGE, scope=ScopeKind.EDITION, scope_id=edition.id, valid_from=first.created_at
        )
    )  # fmt: skip
    db.session.commit()
    answer = join(sign_in(first))
    assert answer.status_code == 422
    assert "đã có việc khác" in answer.text
    db.session.expire_all()
    assert db.session.scalars(sa.select(Entry.author_id)).all() == [gone.person_id]
    assert db.session.get_one(Account, gone.id).disabled_at is None


def test_who_stands_in_one_team_twice_is_told(app, edition, first, sign_in):
    start(app.test_client(), edition, password=OTHER)
    entry = db.session.scalars(sa.select(Entry)).one()
    db.session.add(
        DraftMember(
            entry_id=entry.id, position=5, part="member", full_name="Lý Minh Quân", person_id=first.person_id
        )
    )
    db.session.commit()
    answer = join(sign_in(first))
    assert answer.status_code == 422
    assert "Cả hai tài khoản" in answer.text
