"""Who opens a link on a phone: the language is at hand and stays, and whoever invited finds the link again."""

from __future__ import annotations

import re

import pytest

from incubator.accounts import services
from incubator.activity import messages
from incubator.core.access import Actor, Role, ScopeKind
from incubator.models import Notification, Person
from tests.factories import AT, make_organisation, make_user

ADMINISTRATOR = (Role.ADMINISTRATOR, ScopeKind.SYSTEM)
PASSWORD = "ngôi trường đầu làng"


@pytest.fixture
def school_link(session):
    make_organisation("THCS Bình Thắng")
    link = services.school_link(actor=Actor(system="test"), at=AT)
    session.commit()
    return f"/i/{services.code_of(link)}"


def test_a_link_opened_by_itself_can_be_read_in_english(client, school_link):
    page = client.get(school_link).text
    header = page[page.index("<header") : page.index("</header>")]
    assert re.search(r'<button[^>]*name="locale" value="en"', header)
    assert f'value="{school_link}?"' in header
    back = client.post("/language", data={"locale": "en", "next": f"{school_link}?"})
    assert back.location == school_link
    assert "Teachers: register for your school" in client.get(school_link).text


@pytest.mark.parametrize(("language", "subject"), [("en", "Confirm"), ("vi", "Xác nhận")])
def test_letters_come_in_the_language_in_which_somebody_signed_up(
    client, session, school_link, language, subject
):
    client.post("/language", data={"locale": language, "next": "/"})
    form = {"organisation": "THCS Bình Thắng", "full_name": "Lê Thị Hoa", "email": "hoa@example.org"}
    assert client.post(school_link, data={**form, "password": PASSWORD}).status_code == 303
    row = session.query(Notification).filter_by(address="hoa@example.org").one()
    person = session.get(Person, row.person_id)
    assert person.locale == language
    assert messages.render(row, person).subject.startswith(subject)


def test_letters_come_in_the_language_in_which_an_invitation_was_accepted(app, session, sign_in):
    browser = sign_in(make_user(*ADMINISTRATOR))
    form = {"full_name": "Trần Thị Lan", "phone": "0912345678", "role": "organiser", "scope": "system:"}
    link = re.search(r"/i/[\w-]+", browser.get(browser.post("/people/invite", data=form).location).text)[0]
    invited = app.test_client()
    invited.post("/language", data={"locale": "en", "next": "/"})
    invited.post(link, data={"full_name": "Trần Thị Lan", "phone": "0912345678", "password": PASSWORD})
    session.expire_all()
    assert session.query(Person).filter_by(full_name="Trần Thị Lan").one().locale == "en"


def test_an_invitation_is_found_again_until_it_is_accepted(app, session, sign_in):
    browser = sign_in(make_user(*ADMINISTRATOR))
    assert "Lời mời chưa ai nhận" not in browser.get("/people/").text
    form = {"full_name": "Trần Thị Lan", "phone": "0912345678", "role": "organiser", "scope": "system:"}
    made = browser.post("/people/invite", data=form)
    assert f'href="{made.location}"' in browser.get("/people/").text
    home = browser.get("/home").text
    assert "Mời người đầu tiên" not in home
    assert "Chờ người được mời nhận lời" in home
    page = browser.get(made.location).text
    assert 'href="/people/"' in page[page.index("<main") :]
    link = re.search(r"/i/[\w-]+", page)[0]
    app.test_client().post(
        link, data={"full_name": "Trần Thị Lan", "phone": "0912345678", "password": PASSWORD}
    )
    assert "Lời mời chưa ai nhận" not in browser.get("/people/").text
    assert "Chờ người được mời nhận lời" not in browser.get("/home").text


def test_who_signs_up_for_a_school_knows_that_one_address_is_enough(client, school_link):
    page = client.get(school_link).text
    assert "Chỉ cần một trong hai: e-mail hoặc số điện thoại." in page
    assert f"/login?next={school_link}" in page


def test_a_role_that_does_not_fit_its_place_is_refused_where_it_was_chosen(session, sign_in):
    browser, other = sign_in(make_user(*ADMINISTRATOR)), make_user(Role.MENTOR)
    path = f"/people/{other.person_id}"
    refused = browser.post(f"{path}/grants", data={"role": "judge", "scope": "system:"})
    assert refused.status_code == 422
    assert "Chưa cấp quyền" in refused.text
    assert '<option value="judge" selected>' in refused.text
    assert f'action="{path}/grants"' in refused.text
    assert browser.post(f"{path}/grants", data={"role": "", "scope": "system:"}).status_code == 422
