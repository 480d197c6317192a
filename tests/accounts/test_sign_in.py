"""Coming in: passwords, codes, links, devices; and what must not work."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from incubator.accounts import services
from incubator.core import clock
from incubator.core.access import Actor, Role, ScopeKind
from incubator.core.errors import Conflict, Invalid, NotFound
from incubator.core.extensions import limiter
from incubator.models import Account, InvitationKind, Notification, RoleGrant, SignIn
from tests.factories import (
    AT,
    PASSWORD,
    make_account,
    make_edition,
    make_grant,
    make_organisation,
    make_person,
    make_user,
)


def post_login(client, email, password, **more):
    return client.post("/login", data={"email": email, "password": password, **more})


def test_sign_in_with_e_mail(client):
    account = make_account()
    response = post_login(client, account.email, PASSWORD)
    assert response.status_code == 303
    assert client.get("/account").status_code == 200


def test_sign_in_with_phone_however_it_is_written(client):
    make_account(email=None, phone="0912345678")
    assert post_login(client, "+84 912 345 678", PASSWORD).status_code == 303


def test_unknown_address_and_wrong_password_read_the_same(client):
    account = make_account()
    wrong = post_login(client, account.email, "sai mat khau")
    unknown = post_login(client, "khong-co@example.org", "sai mat khau")
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    token = re.compile(r'value="[^"]+\.[^"]+\.[^"]+"')  # carries the second in which it was made

    def strip(page, mail):
        return token.sub("", page.get_data(as_text=True).replace(mail, ""))

    assert strip(wrong, account.email) == strip(unknown, "khong-co@example.org")


def test_wrong_password_keeps_the_address_and_never_the_password(client):
    page = post_login(client, "ten@example.org", "bi-mat-123").get_data(as_text=True)
    assert "ten@example.org" in page
    assert "bi-mat-123" not in page


def test_disabled_account_stays_out_and_its_session_ends(client, sign_in):
    account = make_account()
    browser = sign_in(account)
    assert browser.get("/account").status_code == 200
    services.disable_account(account, disabled=True, actor=Actor(person_id=0, system="test"), at=AT)
    assert browser.get("/account").status_code == 302
    assert post_login(client, account.email, PASSWORD).status_code == 422


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\tevil"]
)
def test_no_open_redirect_after_sign_in(client, target):
    account = make_account()
    location = post_login(client, account.email, PASSWORD, next=target).headers["Location"]
    assert location in ("/home", "/account")


def test_the_session_starts_afresh(client):
    """A cookie that an attacker planted is worth nothing after sign-in."""
    account = make_account()
    with client.session_transaction() as cookie:
        cookie["planted"] = "yes"
    post_login(client, account.email, PASSWORD)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie


def test_a_forged_session_secret_does_not_open(client, sign_in):
    account = make_account()
    browser = sign_in(account)
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = cookie["_user_id"].split(".")[0] + ".forged"
    assert browser.get("/account").status_code == 302


def test_sign_out_everywhere_but_here(sign_in):
    account = make_account()
    here, there = sign_in(account), sign_in(account)
    assert here.post("/account/sign-out-everywhere").status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


def test_others_devices_cannot_be_ended(sign_in, session):
    victim, attacker = make_account(), make_account()
    sign_in(victim)
    device = session.scalar(sa.select(SignIn.id).where(SignIn.account_id == victim.id))
    assert sign_in(attacker).post(f"/account/devices/{device}/end").status_code == 404


def test_guessing_slows_the_guesser_and_not_the_owner(app, client):
    """Ten tries from one network stop that network; another network and a known device still come in."""
    account = make_account()
    own = app.test_client()
    post_login(own, account.email, PASSWORD)
    own.post("/logout")
    limiter.enabled = True
    try:
        answers = [
            client.post(
                "/login",
                data={"email": account.email, "password": "x"},
                environ_base={"REMOTE_ADDR": f"127.0.9.{i % 11}"},
            )
            for i in range(101)
        ]
        assert "thử mật khẩu từ nhiều nơi" in answers[-1].get_data(as_text=True)
        assert post_login(own, account.email, PASSWORD).status_code == 303
    finally:
        limiter.reset()
        limiter.enabled = False


def test_an_empty_system_asks_its_administrator_to_invite_somebody(sign_in):
    browser = sign_in(make_user(Role.ADMINISTRATOR))
    assert "/people/invite" in browser.get("/home").text
    make_account()
    assert "Mời người đầu tiên" not in browser.get("/home").text


def test_a_reset_that_is_handed_over_reads_as_one(sign_in):
    account, browser = make_account(), sign_in(make_user(Role.ADMINISTRATOR))
    page = browser.get(browser.post(f"/people/{account.person_id}/reset").headers["Location"]).text
    assert "chọn mật khẩu mới" in page
    assert "nhận vai trò" not in page


@pytest.fixture
def limits():
    limiter.enabled = True
    yield
    limiter.reset()
    limiter.enabled = False


def test_a_neighbour_behind_the_same_address_locks_nobody_out(app, client, limits):
    """A school has one address: ten wrong tries there stop strange devices, not the teacher's own."""
    account = make_account()
    own = app.test_client()
    post_login(own, account.email, PASSWORD)
    own.post("/logout")
    tries = [post_login(client, account.email, "x").status_code for _try in range(11)]
    assert (tries[0], tries[-1]) == (422, 422)
    assert "Đợi 15 phút" in post_login(client, account.email, PASSWORD).text
    assert post_login(own, account.email, PASSWORD).status_code == 303


def test_a_device_known_to_one_account_is_a_stranger_to_others(app, session, limits):
    """It has a count of its own for the sign-in page, and none of the owner's rights at another name."""
    mine, theirs = make_account(), make_account()
    attacker = app.test_client()
    post_login(attacker, mine.email, PASSWORD)
    attacker.post("/logout")
    tries = [post_login(attacker, theirs.email, "x") for _try in range(62)]
    assert "Đợi 15 phút" in tries[11].text
    assert tries[-1].status_code == 429
    assert "Đợi một phút" in tries[-1].text


def test_too_many_tries_an_hour_say_how_long_to_wait(sign_in, limits):
    browser = sign_in(make_account())
    for _try in range(11):
        answer = browser.post("/account/password", data={"old": "x"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")
    assert "Đợi 60 phút" in answer.text


def test_letters_to_one_mailbox_are_few_and_the_page_says_the_same(client, session, limits):
    account = make_account()
    pages = [client.post("/forgot", data={"name": account.email}).text for _time in range(4)]
    # The head holds a token that changes with every second.
    assert len({page[page.index("<main") :] for page in pages}) == 1
    assert (
        session.scalar(sa.select(sa.func.count(Notification.id)).where(Notification.kind == "accounts/reset"))
        == 3
    )


def test_an_unknown_name_costs_a_transaction_like_a_known_one(client, queries):
    """An answer that comes at once would say that there is no such account."""
    with queries() as log:
        client.post("/forgot", data={"name": "ai-do@example.org"})
    assert any("INSERT INTO audit_event" in statement for statement in log)


def test_the_password_is_asked_before_the_address_changes_and_the_old_one_is_told(sign_in, session):
    account = make_account()
    old, browser = account.email, sign_in(account)
    refused = browser.post(
        "/account/contact", data={"email": "ke-gian@example.org", "phone": "", "current": "x"}
    )
    assert refused.status_code == 422
    assert "Nhập mật khẩu đang dùng" in refused.text
    session.refresh(account)
    assert account.email == old
    assert (
        browser.post("/account/contact", data={"email": old, "phone": account.phone or ""}).status_code == 303
    )
    assert not session.scalar(
        sa.select(Notification.id).where(Notification.kind == "accounts/contact_changed")
    )
    data = {"email": "moi@example.org", "phone": "", "current": PASSWORD}
    assert browser.post("/account/contact", data=data).status_code == 303
    told = session.scalars(
        sa.select(Notification.address).where(Notification.kind == "accounts/contact_changed")
    ).all()
    assert told == [old]


def test_pupil_comes_in_by_code_and_sees_no_account(client, session):
    pupil = make_person("Lê Bé")
    code, pin = services.give_pupil_code(pupil, actor=Actor(system="test"), at=AT)
    assert (
        client.post("/login/code", data={"code": code.lower().replace("-", " "), "pin": pin}).status_code
        == 303
    )
    assert "Thẻ của em" in client.get("/account").get_data(as_text=True)
    assert client.get("/people/").status_code == 403


def test_pupil_with_a_grant_still_has_no_permission(actor_of, session):
    """A card gives reading, own consent and upload; roles of the person do not come with it."""
    pupil = make_person()
    make_grant(pupil, Role.ORGANISER)
    code, pin = services.give_pupil_code(pupil, actor=Actor(system="test"), at=AT)
    key, _card = services.sign_in_by_code(code, pin, device="", at=AT)
    from incubator.accounts.queries import load_actor
    from incubator.core.access import Permission

    actor = load_actor(key)
    assert actor is not None
    assert actor.is_pupil
    assert not any(actor.has(p) for p in Permission)


def test_reset_link_works_once_and_signs_others_out(client, sign_in, session):
    account = make_account()
    other = sign_in(account)
    link = services.invite(InvitationKind.RESET, actor=Actor(), at=clock.now(), account_id=account.id)
    path = f"/i/{services.code_of(link)}"
    assert client.get(path).status_code == 200
    data = {"password": "cau moi de nho", "again": "cau moi de nho"}
    assert client.post(path, data=data).status_code == 303
    assert other.get("/account").status_code == 302
    assert client.post(path, data=data).status_code == 404


def test_weak_passwords_are_refused_with_a_reason(client):
    account = make_account()
    link = services.invite(InvitationKind.RESET, actor=Actor(), at=clock.now(), account_id=account.id)
    page = client.post(f"/i/{services.code_of(link)}", data={"password": "12345678", "again": "12345678"})
    assert page.status_code == 422
    assert "quá dễ đoán" in page.get_data(as_text=True)


def test_reset_request_tells_nobody_who_has_an_account(client):
    account = make_account()
    known = client.post("/forgot", data={"name": account.email}).get_data(as_text=True)
    unknown = client.post("/forgot", data={"name": "ai-do@example.org"}).get_data(as_text=True)
    assert known == unknown


def test_opening_a_judges_link_does_not_sign_in_but_its_button_does(client, session):
    """Link previews open links; only the button counts. It works many times."""
    edition = make_edition()
    account = make_account()
    link = services.invite(
        InvitationKind.SIGN_IN, actor=Actor(), at=clock.now(), person_id=account.person_id, role=Role.JUDGE,
        scope=ScopeKind.EDITION, scope_id=edition.id, uses=None, next="/account",
    )  # fmt: skip
    path = f"/i/{services.code_of(link)}"
    assert client.get(path).status_code == 200
    assert client.get("/account").status_code == 302
    for _time in range(2):
        assert client.post(path).headers["Location"] == "/account"
    assert client.get("/account").status_code == 200
    services.revoke(link, actor=Actor(), at=clock.now())
    session.flush()
    assert client.get("/account").status_code == 302


def test_the_last_use_of_a_link_goes_to_one(session):
    link = services.invite(InvitationKind.ROLE, actor=Actor(), at=clock.now(), role=Role.REFEREE, uses=1)
    services.accept(link, actor=Actor(), at=clock.now())
    with pytest.raises(Conflict):
        services.accept(link, actor=Actor(), at=clock.now())


def test_the_database_keeps_no_code(session):
    link = services.invite(InvitationKind.ROLE, actor=Actor(), at=clock.now(), role=Role.REFEREE)
    code = services.code_of(link)
    assert len(code) == 26
    assert code not in str(link.payload)
    assert services.find(code).id == link.id
    with pytest.raises(NotFound):
        services.find(("b" if code[0] == "a" else "a") + code[1:])


def test_school_link_lets_a_teacher_draft_at_once(client, session):
    make_organisation("Tiểu học Định Hòa")
    link = services.invite(InvitationKind.SCHOOL, actor=Actor(), at=clock.now(), uses=None)
    data = {
        "organisation": "Trường Tiểu học Định Hoà",
        "full_name": "Lê Thu",
        "phone": "0912 345 671",
        "password": PASSWORD,
    }
    assert client.post(f"/i/{services.code_of(link)}", data=data).status_code == 303
    grant = session.scalar(sa.select(RoleGrant).where(RoleGrant.role == Role.COORDINATOR))
    assert grant.verified_at is None
    assert session.scalar(sa.select(sa.func.count(Account.id))) == 1
    assert client.get("/home").status_code == 200


def test_nobody_is_coordinator_and_judge_in_one_edition(session):
    from tests.factories import make_division, make_entry

    edition, school, teacher = make_edition(), make_organisation(), make_person()
    make_entry(make_division(edition), school)
    make_grant(teacher, Role.COORDINATOR, ScopeKind.ORGANISATION, school.id)
    with pytest.raises(Conflict, match="trường dự thi"):
        services.grant_role(
            teacher.id, Role.JUDGE, ScopeKind.EDITION, edition.id, actor=Actor(system="test"), at=AT
        )


def test_organisers_grant_only_in_their_edition(session, actor_of):
    mine, other = make_edition(), make_edition()
    organiser = actor_of(make_user(Role.ORGANISER, ScopeKind.EDITION, mine.id))
    person = make_person()
    services.grant_role(person.id, Role.JUDGE, ScopeKind.EDITION, mine.id, actor=organiser, at=AT)
    from incubator.core.errors import NotAllowed

    for role, scope, scope_id in (
        (Role.JUDGE, ScopeKind.EDITION, other.id),
        (Role.ADMINISTRATOR, ScopeKind.SYSTEM, None),
        (Role.STAFF, ScopeKind.SITE, 1),
    ):
        with pytest.raises(NotAllowed):
            services.grant_role(person.id, role, scope, scope_id, actor=organiser, at=AT)


def test_the_last_administrator_stays(session, actor_of):
    account = make_user(Role.ADMINISTRATOR)
    grant = session.scalar(sa.select(RoleGrant).where(RoleGrant.person_id == account.person_id))
    with pytest.raises(Conflict, match="cuối cùng"):
        services.end_grant(grant, actor=actor_of(account), at=AT)


def test_an_administrator_whose_account_is_closed_is_nobody_to_leave_it_to(session, actor_of):
    account, other = make_user(Role.ADMINISTRATOR), make_user(Role.ADMINISTRATOR)
    other.disabled_at = AT
    grant = session.scalar(sa.select(RoleGrant).where(RoleGrant.person_id == account.person_id))
    with pytest.raises(Conflict, match="cuối cùng"):
        services.end_grant(grant, actor=actor_of(account), at=AT)
    other.disabled_at = None
    services.end_grant(grant, actor=actor_of(account), at=AT)
    assert grant.valid_to == AT


def test_a_taken_address_is_a_conflict_in_words(session):
    make_account(email="co@example.org")
    with pytest.raises(Conflict, match="đã có tài khoản"):
        services.create_account(
            make_person(), email="CO@example.org", phone=None, password=None, at=AT, actor=Actor()
        )


def test_neither_e_mail_nor_phone_is_refused(session):
    with pytest.raises(Invalid):
        services.create_account(make_person(), email=None, phone=None, password=None, at=AT, actor=Actor())


def test_csrf_is_asked_for(app, client):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert client.post("/forgot", data={"name": "a@example.org"}).status_code == 400
        assert client.post("/logout").status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_cookies_are_closed_to_script_and_other_sites(client):
    account = make_account()
    cookies = post_login(client, account.email, PASSWORD).headers.getlist("Set-Cookie")
    assert cookies
    assert all("HttpOnly" in c and "SameSite=Lax" in c for c in cookies)
