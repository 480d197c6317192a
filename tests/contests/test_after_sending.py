"""A school's page once its teams are sent: what has happened, what comes next, and no button without a purpose."""

from __future__ import annotations

from typing import Any

import lxml.html
import pytest

from incubator.contests.queries import entries as reads
from incubator.contests.services import decisions, drafts, submission
from incubator.core.access import Actor
from incubator.core.db import db, transaction
from incubator.models import EntryState
from tests.contests.factories import GOOD, division_of, make_teacher, team
from tests.factories import AT

SYSTEM = Actor(system="test")


@pytest.fixture
def entry(place: Any) -> Any:
    edition, school = place
    db.session.commit()
    with transaction():
        row = team("Gốm Đỏ", division_of(edition, "thcs"), *GOOD)
        made = drafts.create_draft(edition, row, organisation=school, actor=SYSTEM, at=AT)
        submission.submit([reads.get_entry(made.id)], edition, [], actor=SYSTEM, at=AT)
    return reads.get_entry(made.id)


def bar(page: str) -> Any:
    return lxml.html.fromstring(page).xpath("//div[contains(@class, 'actionbar')]")[0]


def test_when_all_is_sent_the_page_says_so_and_offers_nothing_to_send(place, entry, sign_in):
    edition, school = place
    url = f"/registration/{edition.slug}/{school.slug}"
    browser = sign_in(make_teacher(school))
    page = browser.get(url).text
    assert "Đã gửi 1 đội" in page
    assert "Đã gửi, chờ duyệt: 1" in page
    assert "Còn gửi thêm đội được đến" in page
    assert "0 đội đủ điều kiện" not in page
    assert bar(page).get("hidden") is not None
    more = browser.get(url + "?add=1").text  # without a script: the row brings the bar
    assert bar(more).get("hidden") is None
    assert "Đã gửi 1 đội</h2>" not in more
    assert "Chưa có đội nào đủ điều kiện" in more


def test_sending_when_nothing_is_left_says_so(place, entry, sign_in):
    edition, school = place
    url = f"/registration/{edition.slug}/{school.slug}"
    answer = sign_in(make_teacher(school)).post(url, data={"do": "submit"}, follow_redirects=True)
    assert "Không có đội nào để gửi" in answer.text


def test_withdrawn_teams_are_not_counted_as_sent(place, entry, sign_in):
    edition, school = place
    with transaction():
        decisions.accept([reads.get_entry(entry.id)], actor=SYSTEM, at=AT)
    browser, url = sign_in(make_teacher(school)), f"/registration/{edition.slug}/{school.slug}"
    assert "Đã duyệt: 1" in browser.get(url).text
    reads.get_entry(entry.id).state = EntryState.WITHDRAWN
    db.session.commit()
    assert "Đã gửi 1 đội" not in browser.get(url).text


def test_a_page_without_a_stored_row_does_not_say_saved(place, sign_in):
    edition, school = place
    url = f"/registration/{edition.slug}/{school.slug}"
    browser = sign_in(make_teacher(school))
    status = lxml.html.fromstring(browser.get(url).text).get_element_by_id("saved")
    assert status.text_content().strip() == "Chưa có gì để lưu"
    with transaction():
        row = team("Gốm Đỏ", division_of(edition, "thcs"), *GOOD)
        drafts.create_draft(edition, row, organisation=school, actor=SYSTEM, at=AT)
    status = lxml.html.fromstring(browser.get(url).text).get_element_by_id("saved")
    assert status.text_content().strip().startswith("Đã lưu")
