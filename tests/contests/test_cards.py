"""Cards for pupils: who makes them, what they open, that a PIN is shown once."""

from __future__ import annotations

import re
from typing import Any

import lxml.html
import pytest
import sqlalchemy as sa

from incubator.contests.queries import entries as reads
from incubator.contests.services import drafts, submission
from incubator.core.access import Actor
from incubator.core.db import db, transaction
from incubator.models import AuthCode, Consent, ConsentPurpose, Entry, Organisation
from tests.contests.factories import (
    GOOD,
    division_of,
    make_open_edition,
    make_organiser,
    make_school,
    make_teacher,
    team,
)
from tests.factories import AT, make_user
from tests.reader import words

SYSTEM = Actor(system="test")


@pytest.fixture
def place(session: Any, at: Any) -> tuple[Entry, Organisation, str]:
    """A sent team of a school."""
    edition, school = make_open_edition(), make_school()
    row = team("Gốm Đỏ", division_of(edition, "thcs"), *GOOD)
    with transaction():
        made = drafts.create_draft(edition, row, organisation=school, actor=SYSTEM, at=AT)
        submission.submit([reads.get_entry(made.id)], edition, [], actor=SYSTEM, at=AT)
    return reads.get_entry(made.id), school, f"/registration/{edition.slug}/{school.slug}/cards"


def pupils(entry: Entry) -> list[int]:
    return [m.person_id for m in entry.members if m.part != "coach"]


def make(browser: Any, path: str, ids: list[int]) -> list[tuple[str, str]]:
    answer = browser.post(path, data={"person": [str(i) for i in ids]})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return list(zip(*[iter(re.findall(r'<dd class="num">([^<]+)</dd>', answer.text))] * 2, strict=True))


def test_a_teacher_prints_cards_and_a_pupil_comes_in_reads_and_answers(place, sign_in, app):
    entry, school, page = place
    teacher = sign_in(make_teacher(school))
    first, second = pupils(entry)
    cards = make(teacher, page, [first, second])
    assert len(cards) == 2
    child = app.test_client()
    assert child.post("/login/code", data={"code": cards[0][0], "pin": cards[0][1]}).status_code == 303
    assert child.get(f"/entries/{entry.id}").status_code == 200
    assert child.get(f"/entries/{entry.id}/consents").status_code == 404
    assert child.get(f"/entries/{entry.id}/cards").status_code == 404
    assert "Trả lời đồng ý hay không" in child.get("/home").text
    child.post("/my-data/consents", data={"purpose": "publish_name", "answer": "give"})
    assert "Trả lời đồng ý hay không" not in child.get("/home").text
    from incubator.contests.queries import consents

    own = {s.purpose: s.own for s in consents.standings(first, None, AT.date())}
    assert own[ConsentPurpose.PUBLISH_NAME] is True


def test_a_paper_that_is_refused_comes_back_as_typed(place, sign_in):
    """Nothing ticked is no paper; what was typed of it stays."""
    entry, school, _page = place
    teacher, child = sign_in(make_teacher(school)), pupils(entry)[0]
    where = f"/entries/{entry.id}/consents/{child}/paper"
    for data in (
        {"typed_name": "Nguyễn Văn Cha", "relation": "cha"},
        {"typed_name": "Nguyễn Văn Cha", "take_part": "y"},
    ):
        answer = teacher.post(where, data=data)
        assert answer.status_code == 422
        assert 'value="Nguyễn Văn Cha"' in answer.text
        assert ('name="take_part" value="y" checked' in words(answer.text)) == ("take_part" in data)
    assert db.session.scalar(sa.select(sa.func.count(Consent.id))) == 0
    answer = teacher.post(where, data={"typed_name": "Nguyễn Văn Cha", "relation": "cha", "take_part": "y"})
    assert answer.status_code == 303
    assert db.session.scalar(sa.select(sa.func.count(Consent.id))) == 2


def test_a_pin_is_shown_once_and_a_new_card_ends_the_old_one(place, sign_in, app):
    entry, school, page = place
    teacher = sign_in(make_teacher(school))
    [(code, pin)] = make(teacher, page, pupils(entry)[:1])
    again = teacher.get(page).text
    assert pin not in again
    assert "Có thẻ từ" in again
    child = app.test_client()
    child.post("/login/code", data={"code": code, "pin": pin})
    [(same, other)] = make(teacher, page, pupils(entry)[:1])
    assert same == code
    assert child.get(f"/entries/{entry.id}").status_code == 302  # the session of the old PIN has ended
    assert app.test_client().post("/login/code", data={"code": code, "pin": pin}).status_code == 422
    assert app.test_client().post("/login/code", data={"code": code, "pin": other}).status_code == 303
    assert pin not in db.session.scalars(sa.select(AuthCode.pin_hash)).one()


def test_nobody_chosen_comes_back_with_a_sentence(place, sign_in):
    entry, school, page = place
    answer = sign_in(make_teacher(school)).post(page)
    assert answer.status_code == 422
    assert "Chọn ít nhất một em" in answer.text


def test_only_those_of_the_team_get_a_card(place, sign_in):
    entry, school, page = place
    stranger = make_user(full_name="Người Khác").person_id
    answer = sign_in(make_teacher(school)).post(page, data={"person": str(stranger)})
    assert answer.status_code == 422
    assert db.session.scalars(sa.select(AuthCode)).all() == []


def test_others_make_no_cards(place, sign_in, client):
    entry, school, page = place
    path = f"/entries/{entry.id}/cards"
    assert sign_in(make_teacher(make_school("THCS Khác"))).get(path).status_code == 404
    assert sign_in(make_teacher(make_school("THCS Khác nữa"))).post(path).status_code == 404
    assert sign_in(make_user()).post(page).status_code == 403
    assert client.get(path).status_code == 302


def test_the_organiser_makes_cards_where_no_school_stands_behind_a_team(place, sign_in):
    entry, _school, _page = place
    organiser = sign_in(make_organiser(entry.edition))
    assert len(make(organiser, f"/entries/{entry.id}/cards", pupils(entry))) == 2


def test_a_draft_has_no_cards(session, at, sign_in):
    edition, school = make_open_edition(), make_school()
    with transaction():
        made = drafts.create_draft(
            edition,
            team("Nháp", division_of(edition, "thcs"), *GOOD),
            organisation=school,
            actor=SYSTEM,
            at=AT,
        )
    teacher = sign_in(make_teacher(school))
    assert teacher.get(f"/entries/{made.id}/cards").status_code == 404
    assert "Chưa có đội nào đã gửi" in teacher.get(f"/registration/{edition.slug}/{school.slug}/cards").text


def test_who_has_not_answered_says_yes_or_no_by_buttons_of_one_weight(place, sign_in, app):
    from incubator.contests.queries import consents

    entry, school, page = place
    child_id = pupils(entry)[0]
    [(code, pin)] = make(sign_in(make_teacher(school)), page, [child_id])
    child = app.test_client()
    child.post("/login/code", data={"code": code, "pin": pin})

    def line() -> tuple[list[str], list[str]]:
        text = child.get("/my-data/").text.partition("c-publish_picture")[2].partition("</li>")[0]
        return re.findall(r'name="answer" value="(\w+)"', text), re.findall(r'class="(btn [^"]*)"', text)

    answers, looks = line()
    assert answers == ["give", "refuse"]
    assert len(set(looks)) == 1
    assert "checked" not in child.get("/my-data/").text
    said = {"purpose": "publish_picture", "answer": "refuse"}
    assert child.post("/my-data/consents", data=said).status_code == 303
    own = {s.purpose: s.own for s in consents.standings(child_id, None, AT.date())}
    assert own[ConsentPurpose.PUBLISH_PICTURE] is False
    assert line()[0] == ["give"]
    assert "Trả lời đồng ý hay không" not in child.get("/home").text


@pytest.mark.parametrize("answer", ["", "yes", None])
def test_a_broken_answer_is_no_consent(place, sign_in, app, answer):
    entry, school, page = place
    [(code, pin)] = make(sign_in(make_teacher(school)), page, [pupils(entry)[0]])
    child = app.test_client()
    child.post("/login/code", data={"code": code, "pin": pin})
    data = {"purpose": "publish_name"} | ({"answer": answer} if answer is not None else {})
    assert child.post("/my-data/consents", data=data).status_code == 422
    assert db.session.scalar(sa.select(sa.func.count(Consent.id))) == 0


def test_the_path_above_a_teams_cards_names_the_team_it_leads_to(place, sign_in):
    entry, school, of_school = place
    browser = sign_in(make_teacher(school))
    for url, back in (
        (f"/entries/{entry.id}/cards", ("Gốm Đỏ", f"/entries/{entry.id}")),
        (of_school, (entry.edition.name, of_school.removesuffix("/cards"))),
    ):
        link = lxml.html.fromstring(browser.get(url).text).xpath("//nav[contains(@class, 'crumbs')]//a")[0]
        assert (link.text_content(), link.get("href")) == back
