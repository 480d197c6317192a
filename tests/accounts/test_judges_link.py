"""A judge's link opens the marking of its edition and nothing else of the person: the secretary has it in hand as well."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from incubator.accounts import services
from incubator.core import clock
from incubator.core.access import Role, ScopeKind, system_actor
from incubator.models import Invitation, InvitationKind, PanelMember, RoleGrant
from tests import factories as base
from tests.judging.factories import make_round, mark


@pytest.fixture
def by_link(app, session, sign_in):
    """A device of the round's first judge, come in by the link that the secretary sees."""

    def come(r, person_id=None):
        person_id = person_id or r.judges[0].person_id
        sign_in(r.secretary).post(f"/judging/stages/{r.stage.id}/invitations/{person_id}")
        link = session.scalars(
            sa.select(Invitation).where(
                Invitation.kind == InvitationKind.SIGN_IN, Invitation.person_id == person_id
            )
        ).one()
        device = app.test_client()
        device.post(f"/i/{services.code_of(link)}")
        return device

    return come


def test_the_link_opens_the_marking(session, by_link):
    r = make_round()
    device = by_link(r)
    assert device.get("/home").headers["Location"] == "/judging/"
    assert device.get("/judging/").status_code == 200
    assert device.get(f"/judging/sheets/{r.id()}").status_code == 200
    saved = device.post(
        f"/judging/sheets/{r.id()}/marks",
        json={"criterion": r.criteria[0].id, "points_e2": 700, "base": 0, "client_id": "client-00001"},
    )
    assert saved.status_code == 200


def test_a_secretary_becomes_no_administrator_by_naming_one_judge(app, session, sign_in, by_link):
    r = make_round()
    chief = base.make_user(Role.ADMINISTRATOR, email="quan.tri@demo.example")
    added = sign_in(r.secretary).post(
        f"/judging/stages/{r.stage.id}/panels/{r.panel.id}/judges",
        data={"contact": chief.email, "full_name": "Bất kỳ"},
    )
    assert added.status_code == 303
    assert session.scalar(sa.select(PanelMember.id).where(PanelMember.person_id == chief.person_id))
    device = by_link(r, chief.person_id)
    assert device.get("/judging/").status_code == 200
    for page in (
        "/people/",
        "/audit",
        "/my-data/",
        "/my-data/export.json",
        "/notifications",
        "/entries/",
        "/search?q=an",
        "/mail",
    ):
        answer = device.get(page)
        assert answer.status_code == 302, page
        assert answer.headers["Location"].startswith("/login?next="), page
    assert device.get("/login").status_code == 200
    assert (
        device.post(
            "/account/password", data={"password": "mot-hai-ba-bon", "again": "mot-hai-ba-bon"}
        ).status_code
        == 302
    )
    asked = device.get("/people/", headers={"Accept": "application/json"})
    assert asked.status_code == 401
    assert sign_in(chief).get("/people/").status_code == 200


def test_the_link_of_one_edition_opens_no_sheet_of_another(session, sign_in, by_link):
    r, other = make_round(), make_round()
    judge = other.judges[0]
    sign_in(r.secretary).post(
        f"/judging/stages/{r.stage.id}/panels/{r.panel.id}/judges",
        data={"contact": judge.email, "full_name": "x"},
    )
    other.panel.chair_id = judge.person_id
    session.flush()
    mark(other, 0, 0, 7, 8)
    device = by_link(r, judge.person_id)
    sheet = f"/judging/sheets/{other.id()}"
    assert sheet not in device.get("/judging/").text
    assert device.get(sheet).status_code == 404
    assert device.get(f"/judging/panels/{other.panel.id}").status_code == 404
    for step in ("", "/marks", "/submission", "/conflict", "/texts"):
        data = {
            "criterion": other.criteria[0].id,
            "points_e2": 100,
            "base": 1,
            "client_id": "client-00002",
            "reason": "x",
            "kind": "other",
            "name": "comment",
        }
        way = "json" if step in ("/marks", "/texts", "/submission") else "data"
        answer = device.post(sheet + step, **{way: data})
        assert answer.status_code == 404, step
    owner = sign_in(judge)
    assert owner.get(sheet).status_code == 200
    assert owner.get(f"/judging/panels/{other.panel.id}").status_code == 200


def test_who_came_by_the_link_takes_no_role_and_no_school(session, by_link):
    r = make_round()
    device = by_link(r)
    link = services.invite(
        InvitationKind.ROLE, actor=system_actor("test"), at=clock.now(), role=Role.ORGANISER,
        scope=ScopeKind.EDITION, scope_id=r.stage.edition_id,
    )  # fmt: skip
    answer = device.post(f"/i/{services.code_of(link)}")
    assert answer.status_code == 422  # the form of somebody without an account
    roles = session.scalars(
        sa.select(RoleGrant.role).where(RoleGrant.person_id == r.judges[0].person_id)
    ).all()
    assert roles == [Role.JUDGE]


def test_devices_of_the_link_are_listed_and_cut_off_and_others_are_not(app, session, sign_in, by_link):
    r = make_round()
    own = sign_in(r.judges[0])
    first, second = by_link(r), by_link(r)
    page = first.get("/account")
    assert page.text.count("/account/devices/") == 1
    number = page.text.partition("/account/devices/")[2].partition("/")[0]
    assert first.post(f"/account/devices/{number}/end").status_code == 303
    assert second.get("/judging/").status_code == 302
    with own.session_transaction() as cookie:
        mine = cookie["_user_id"].partition(".")[0]
    assert first.post(f"/account/devices/{mine}/end").status_code == 404
    assert own.get("/home").status_code == 200


def test_an_administrator_reads_no_judges_link(session, sign_in, by_link):
    r = make_round()
    by_link(r)
    link = session.scalars(sa.select(Invitation)).one()
    chief = base.make_user(Role.ADMINISTRATOR)
    assert sign_in(chief).get(f"/people/invitations/{link.id}").status_code == 404
    assert sign_in(r.secretary).get(f"/people/invitations/{link.id}").status_code == 200


@pytest.mark.parametrize(
    ("password", "email", "said", "unsaid"),
    [
        (True, True, ["đã có mật khẩu", "/forgot"], ["quản trị viên"]),
        (True, False, ["đã có mật khẩu", "quản trị viên"], ["/forgot"]),
        (False, True, ["chưa có mật khẩu. Đặt bằng thư", "/forgot"], ["quản trị viên"]),
        (False, False, ["chưa có mật khẩu và e-mail", "quản trị viên"], ["/forgot", "Nhận thư"]),
    ],
)
def test_the_account_page_of_the_link_says_how_this_judge_gets_a_password(
    session, by_link, password, email, said, unsaid
):
    r = make_round()
    judge = r.judges[0]
    judge.password_hash = judge.password_hash if password else None
    judge.email, judge.phone = judge.email if email else None, "+84912345678"
    session.commit()
    main = by_link(r).get("/account").text.partition("<main")[2].partition("</main>")[0]
    assert [w for w in said if w not in main] == []
    assert [w for w in unsaid if w in main] == []
    assert 'type="password"' not in main
