"""Answering many entries and requests for changes: what is refused comes back with ticks and text as they were."""

from __future__ import annotations

from typing import Any

import lxml.html
import pytest

from incubator.contests.queries import entries as reads
from incubator.contests.services import drafts, roster, submission
from incubator.contests.services.roster import Wish
from incubator.core.access import Actor
from incubator.core.db import db, transaction
from incubator.models import Edition, Entry, EntryState, MemberPart, Organisation
from tests.contests.factories import GOOD, division_of, make_organiser, team
from tests.factories import AT

SYSTEM = Actor(system="test")


def sent(edition: Edition, school: Organisation, name: str, *members: tuple[str, str]) -> Entry:
    db.session.commit()
    with transaction():
        row = team(name, division_of(edition, "thcs"), *(members or GOOD))
        made = drafts.create_draft(edition, row, organisation=school, actor=SYSTEM, at=AT)
        submission.submit([reads.get_entry(made.id)], edition, [], actor=SYSTEM, at=AT)
    return reads.get_entry(made.id)


@pytest.fixture
def three(place: Any) -> list[Entry]:
    edition, school = place
    others = [(("Lê Minh Khoa", "01/02/2013"), ("Võ Thanh Tâm", "02/02/2013")),
              (("Bùi Gia Bảo", "03/02/2013"), ("Đỗ Ngọc Mai", "04/02/2013"))]  # fmt: skip
    return [
        sent(edition, school, "Gốm Đỏ"),
        *(sent(edition, school, f"Đội {n}", *m) for n, m in enumerate(others)),
    ]


def ticked(page: str) -> set[int]:
    doc = lxml.html.fromstring(page)
    return {int(b.get("value")) for b in doc.xpath("//input[@name='entry'][@checked]")}


def test_rejecting_many_without_a_reason_keeps_the_ticks_and_says_it_at_the_field(place, three, sign_in):
    edition, _ = place
    browser = sign_in(make_organiser(edition))
    url = f"/contests/{edition.slug}/review?state=submitted&q=doi"
    chosen = {three[1].id, three[2].id}
    answer = browser.post(url, data={"entry": sorted(chosen), "answer": "reject", "reason": " "})
    assert answer.status_code == 422
    assert ticked(answer.text) == chosen
    assert "Đã chọn 2 bài" in answer.text
    field = lxml.html.fromstring(answer.text).get_element_by_id("why")
    assert field.get("aria-describedby") == "why-e"
    assert "Gốm Đỏ" not in answer.text  # the search stays
    done = browser.post(url, data={"entry": sorted(chosen), "answer": "reject", "reason": "Sai đề tài"})
    assert (done.status_code, "q=doi" in done.headers["Location"]) == (303, True)
    db.session.expire_all()
    assert {reads.get_entry(i).state for i in chosen} == {EntryState.REJECTED}


def test_answering_without_a_tick_keeps_the_typed_reason(place, three, sign_in):
    edition, _ = place
    data = {"answer": "reject", "reason": "Nộp sai bảng"}
    answer = sign_in(make_organiser(edition)).post(f"/contests/{edition.slug}/review", data=data)
    assert (answer.status_code, ticked(answer.text)) == (422, set())
    assert "Chọn ít nhất một bài." in answer.text
    assert 'value="Nộp sai bảng"' in answer.text


def test_a_link_ticks_the_page_where_no_script_runs(place, three, sign_in):
    edition, school = place
    browser = sign_in(make_organiser(edition))
    url = f"/contests/{edition.slug}/review"
    page = browser.get(url).text
    link = lxml.html.fromstring(page).xpath("//a[@data-without-script]")[0]
    assert (ticked(page), link.text_content().strip()) == (set(), "Chọn cả 3 bài chờ duyệt trên trang này")
    page = browser.get(link.get("href")).text
    assert ticked(page) == {e.id for e in three}
    assert "Đã chọn 3 bài" in page
    browser.post(url, data={"entry": [e.id for e in three], "answer": "accept"})
    assert "data-picked" not in browser.get(url).text  # nothing waits: nothing to tick


def test_who_entered_alone_is_called_by_the_own_name(place, sign_in):
    edition, school = place
    entry = sent(edition, school, "Tạm")
    entry.team.name = ""
    captain = next(m for m in entry.members if m.part is not MemberPart.COACH)
    db.session.commit()
    page = sign_in(make_organiser(edition)).get(f"/contests/{edition.slug}/review").text
    heads = lxml.html.fromstring(page).xpath("//tbody//th//a")
    assert [h.text_content().strip() for h in heads] == [captain.full_name]


# -- changes of members -------------------------------------------------------------------------------------------------


def asked(entry: Entry, name: str, **values: Any) -> int:
    first = next(m for m in entry.members if m.part is not MemberPart.COACH)
    with transaction():
        wish = Wish(values.get("kind", "spelling"), first.id, name, values.get("born"), "8A2")
        return roster.ask(reads.get_entry(entry.id), wish, reason="Giấy khai sinh", actor=SYSTEM, at=AT).id


def test_a_refused_answer_to_a_change_comes_back_at_its_place(place, three, sign_in):
    edition, _ = place
    first, second = (asked(e, "Nguyễn Văn Anh") for e in three[:2])
    browser = sign_in(make_organiser(edition))
    url = f"/contests/{edition.slug}/changes"
    answer = browser.post(f"{url}/{second}", data={"answer": "decline", "reason": "  "})
    doc = lxml.html.fromstring(answer.text)
    assert answer.status_code == 422
    assert [doc.get_element_by_id(f"r{i}").get("aria-invalid") for i in (first, second)] == [None, "true"]
    assert doc.xpath(f"//div[@role='alert']//a[@href='#r{second}']")
    long = browser.post(f"{url}/{second}", data={"answer": "decline", "reason": "x" * 501})
    assert [
        lxml.html.fromstring(long.text).get_element_by_id(f"r{i}").get("value") for i in (first, second)
    ] == ["", "x" * 501]


def test_an_approval_that_the_rules_refuse_by_now_says_why_beside_the_change(place, three, sign_in):
    edition, _ = place
    change = asked(three[0], "Nguyễn Văn Anh")
    division = division_of(edition, "thcs")
    division.eligibility = {**division.eligibility, "team_min": 3}
    db.session.commit()
    url = f"/contests/{edition.slug}/changes/{change}"
    answer = sign_in(make_organiser(edition)).post(url, data={"answer": "approve"})
    assert answer.status_code == 422
    doc = lxml.html.fromstring(answer.text)
    beside = doc.xpath("//li[.//del]//p[@class='field-error']")
    assert [b.text_content() for b in beside] == ["Đội sẽ có 2 người; thể lệ cần 3 đến 3."]


def test_a_change_that_somebody_else_answered_is_told_on_the_page(place, three, sign_in):
    edition, _ = place
    change = asked(three[0], "Nguyễn Văn Anh")
    browser = sign_in(make_organiser(edition))
    url = f"/contests/{edition.slug}/changes/{change}"
    assert browser.post(url, data={"answer": "approve"}).status_code == 303
    again = browser.post(url, data={"answer": "decline", "reason": "Không"})
    assert (again.status_code, "Đề nghị này vừa được trả lời" in again.text) == (422, True)
