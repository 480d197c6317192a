"""Who signs up by a page that anybody opens: at once, and nobody learns which addresses have an account."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from incubator.accounts import services
from incubator.activity import delivery, messages
from incubator.core import clock
from incubator.core.access import Actor, Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict
from incubator.core.extensions import limiter
from incubator.models import Account, AddressClaim, InvitationKind, Notification, Person, RoleGrant
from tests.factories import AT, PASSWORD, make_account, make_organisation, make_person, make_user

NEW = "một câu rất khác"
TOKEN = re.compile(r'value="[^"]+\.[^"]+\.[^"]+"')


@pytest.fixture
def school_link(session):
    make_organisation("THCS Bình Thắng")
    link = services.school_link(actor=Actor(system="test"), at=AT)
    session.commit()
    return f"/i/{services.code_of(link)}"


def sign_up(browser, link, **values):
    form = {"organisation": "THCS Bình Thắng", "full_name": "Lê Thị Hoa", "password": NEW, **values}
    return browser.post(link, data=form)


def log_in(browser, name, password):
    return browser.post("/login", data={"email": name, "password": password})


def claimant_of(address) -> Account:
    claims = sa.select(AddressClaim.account_id).where(AddressClaim.address == address)
    return db.session.scalars(sa.select(Account).where(Account.id.in_(claims))).one()


def letter(session, address):
    row = session.scalars(
        sa.select(Notification).where(Notification.address == address).order_by(Notification.id.desc())
    ).first()
    return messages.render(row, session.get(Person, row.person_id)) if row else None


def walk(browser, link, address, log):
    """Everything a stranger may see of an address: signing up, the own pages, signing in again, another device."""
    answers = [sign_up(browser, link, email=address)]
    answers += [browser.get(path) for path in ("/home", "/account", "/notifications", "/my-data/")]
    answers.append(browser.post("/account/confirm-email"))
    answers.append(browser.post("/logout"))
    answers += [log_in(browser, address, "sai mật khẩu rồi"), log_in(browser, address, NEW)]
    answers.append(browser.get("/account"))
    seen = []
    for answer in answers:
        text = TOKEN.sub("", answer.text).replace(address, "ADDRESS")
        seen.append((answer.status_code, answer.headers.get("Location"), re.sub(r"\d+", "N", text)))
    return seen, [re.sub(r"\d+", "N", s) for s in log]


def test_a_known_and_an_unknown_address_get_the_same_pages_and_statements(app, session, school_link, queries):
    held = make_account()
    found = []
    for address in (held.email, "chua-ai-dung@example.org"):
        with queries() as log:
            found.append(walk(app.test_client(), school_link, address, log))
    (known, known_log), (unknown, unknown_log) = found
    assert known == unknown
    assert known[0][:2] == (303, "/home")
    assert known_log == unknown_log


def test_the_same_for_phones(app, session, school_link, queries):
    make_account(email=None, phone="0912345678")
    found = []
    for phone in ("0912345678", "0987654321"):
        with queries() as log:
            found.append(walk_phone(app.test_client(), school_link, phone, log))
    assert found[0] == found[1]


def walk_phone(browser, link, phone, log):
    answers = [sign_up(browser, link, phone=phone), browser.get("/account"), browser.post("/logout")]
    answers += [log_in(browser, phone, NEW), browser.get("/account")]
    seen = [
        (a.status_code, re.sub(r"\d+", "N", TOKEN.sub("", a.text).replace(phone, "PHONE"))) for a in answers
    ]
    return seen, [re.sub(r"\d+", "N", s) for s in log]


def test_two_hashes_for_every_sign_in(session, monkeypatch):
    from argon2 import PasswordHasher

    counted = []
    for name in ("hash", "verify"):
        real = getattr(PasswordHasher, name)
        monkeypatch.setattr(
            PasswordHasher, name, lambda self, *a, real=real, **k: (counted.append(1), real(self, *a, **k))[1]
        )
    held = make_account()
    services.check_password(None, "x")  # nobody's hash is computed once
    for address in (held.email, "chua-ai-dung@example.org"):
        counted.clear()
        with pytest.raises(Exception, match="chưa đúng"):
            services.sign_in(address, "sai mật khẩu", device="", at=AT)
        assert len(counted) == 2


def test_a_claim_never_replaces_the_holder(app, session, school_link):
    """Each password opens its own account; whoever holds the address keeps it, and is told by mail only."""
    held = make_account()
    assert sign_up(app.test_client(), school_link, email=held.email).status_code == 303
    other = claimant_of(held.email)
    assert (other.email, other.id != held.id) == (None, True)
    assert services.sign_in(held.email, PASSWORD, device="", at=AT)[1].id == held.id
    assert services.sign_in(held.email, NEW, device="", at=AT)[1].id == other.id
    told = letter(session, held.email)
    assert told.subject == "Có người vừa dùng địa chỉ này để đăng ký"
    assert "/login" in told.body
    assert "/i/" not in told.body
    assert delivery._address(other.person_id, session.get(Person, other.person_id)) == ""


def test_a_new_address_is_confirmed_by_its_letter_only(app, session, school_link):
    browser = app.test_client()
    sign_up(browser, school_link, email="moi@example.org")
    home = browser.get("/home").text
    assert "Đã mở hồ sơ của THCS Bình Thắng" in home
    assert "/i/" not in browser.get("/notifications").text
    assert "Xác nhận e-mail moi@example.org" in browser.get("/home").text
    told = letter(session, "moi@example.org")
    assert "Lê Thị Hoa" not in told.body  # what a stranger typed is not posted to a mailbox
    path = re.search(r"/i/\w+", told.body).group(0)
    assert browser.post(path).status_code == 303
    account = session.scalar(sa.select(Account).where(Account.email == "moi@example.org"))
    assert account.email_confirmed_at
    assert session.scalar(sa.select(sa.func.count(AddressClaim.id))) == 0
    assert services.sign_in("moi@example.org", NEW, device="", at=AT)[1].id == account.id
    assert "Xác nhận e-mail moi@example.org" not in browser.get("/home").text


def test_who_proves_a_mailbox_first_holds_it(app, session, school_link):
    sign_up(app.test_client(), school_link, email="moi@example.org")
    first = claimant_of("moi@example.org")
    link = services.invite(
        InvitationKind.CONFIRM,
        actor=Actor(),
        at=clock.now(),
        account_id=first.id,
        email=digest("moi@example.org"),
    )
    make_account(email="moi@example.org")
    page = app.test_client().post(f"/i/{services.code_of(link)}")
    assert page.status_code == 422
    assert "thuộc một tài khoản đã có" in page.text
    with pytest.raises(Conflict):
        services.prove(first, digest("moi@example.org"), actor=Actor(), at=AT)


def digest(address):
    from incubator.activity.services import digest as of

    return of(address)


def test_a_reset_reaches_who_claims_an_address_that_nobody_holds(app, session, school_link):
    sign_up(app.test_client(), school_link, email="moi@example.org")
    account = claimant_of("moi@example.org")
    browser = app.test_client()
    browser.post("/forgot", data={"name": "moi@example.org"})
    path = re.search(r"/i/\w+", letter(session, "moi@example.org").body).group(0)
    answer = browser.post(path, data={"password": "câu mới hơn nữa", "again": "câu mới hơn nữa"})
    assert "Đã đặt mật khẩu mới và đăng nhập" in browser.get(answer.location).text
    session.refresh(account)
    assert (account.email, account.email_confirmed_at is not None) == ("moi@example.org", True)


def test_a_new_password_opens_by_claimed_addresses_too(app, session, school_link):
    sign_up(app.test_client(), school_link, phone="0912345678")
    account = claimant_of("0912345678")
    with transaction():
        services.choose_password(account, "câu mới hơn nữa", actor=Actor(), at=AT)
    assert services.sign_in("0912 345 678", "câu mới hơn nữa", device="", at=AT)[1].id == account.id
    with pytest.raises(Exception, match="chưa đúng"):
        services.sign_in("0912 345 678", NEW, device="", at=AT)


def test_who_knows_the_teacher_has_seen_the_phone(app, session, school_link):
    """The organiser's click makes the phone theirs; one that has an account stays where it is."""
    make_account(email=None, phone="0987654321")
    for phone in ("0912345678", "0987654321"):
        sign_up(app.test_client(), school_link, phone=phone)
        grant = session.scalar(sa.select(RoleGrant).where(RoleGrant.verified_at.is_(None)))
        with transaction():
            services.verify_coordinator(grant, actor=Actor(system="test"), at=AT)
    assert session.scalar(sa.select(Account.id).where(Account.phone == "0912345678"))
    assert [c.address for c in session.scalars(sa.select(AddressClaim))] == ["0987654321"]


def test_few_letters_to_one_mailbox_whoever_signs_up(app, session, school_link):
    limiter.enabled = True
    limiter.reset()
    try:
        answers = [sign_up(app.test_client(), school_link, email="moi@example.org") for _try in range(5)]
    finally:
        limiter.reset()
        limiter.enabled = False
    assert {a.status_code for a in answers} == {303}
    sent = sa.select(sa.func.count(Notification.id)).where(Notification.kind == "accounts/confirm")
    assert session.scalar(sent) == 3


def test_a_weak_password_is_refused_with_what_was_typed(client, session, school_link):
    page = sign_up(client, school_link, email="moi@example.org", password="12345678")
    assert page.status_code == 422
    assert "quá dễ đoán" in page.text
    assert "moi@example.org" in page.text


def test_an_address_is_changed_once_its_mailbox_answers(sign_in, session):
    """The old one is held until then; a taken one reads the same."""
    account, other = make_account(), make_account()
    old, browser = account.email, sign_in(account)
    for email in (other.email, "moi@example.org"):
        answer = browser.post("/account/contact", data={"email": email, "phone": "", "current": PASSWORD})
        assert answer.status_code == 303
        assert f'value="{email}"' in browser.get("/account").text
        assert account.email == old
    with transaction():
        services.prove(account, digest("moi@example.org"), actor=Actor(), at=AT)
    assert account.email == "moi@example.org"


def test_an_invited_person_who_types_another_address_claims_it(app, session):
    taken = make_account()
    person = make_person("Lê Thị Hoa")
    person.email = "moi@example.org"
    link = services.invite(
        InvitationKind.ROLE, actor=Actor(), at=clock.now(), person_id=person.id, role=Role.SECRETARY, scope=ScopeKind.SYSTEM
    )  # fmt: skip
    form = {"full_name": "Lê Thị Hoa", "email": taken.email, "password": NEW}
    assert app.test_client().post(f"/i/{services.code_of(link)}", data=form).status_code == 303
    assert claimant_of(taken.email).person_id == person.id


def test_the_organiser_sees_that_an_address_has_not_answered(app, session, school_link, sign_in):
    """Whoever types a teacher's address is not that teacher yet."""
    held = make_account()
    sign_up(app.test_client(), school_link, email=held.email)
    browser = sign_in(make_user(Role.ORGANISER))
    page = browser.get("/people/coordinators").text
    assert held.email in page
    assert "E-mail chờ xác nhận</span>" in page
    account = claimant_of(held.email)
    account.email, account.email_confirmed_at = "moi@example.org", AT
    session.get(Person, account.person_id).email = "moi@example.org"
    session.commit()
    assert "E-mail chờ xác nhận</span>" not in browser.get("/people/coordinators").text
