"""The summary on top of a form lists what is wrong in the order of the page."""

from __future__ import annotations

import re

import pytest

from incubator.accounts.schools import levels_in
from incubator.contests.forms.entries import StartWithAccountForm
from tests.contests.factories import make_open_edition


def test_self_registration_lists_its_errors_from_top_to_bottom(session, client, at):
    edition = make_open_edition()
    page = client.post(f"/teams/new/{edition.slug}", data={"division": "0"}).text
    summary = page[page.index('role="alert"') : page.index("<details>")]
    told = re.findall(r'href="#(\w+)"', summary)
    fields = [name for name in re.findall(r'<(?:input|select)[^>]* name="(\w+)"', page) if name in told]
    assert told == fields
    assert told[0] == "full_name"


def test_the_page_order_names_fields_that_exist(app):
    with app.test_request_context():
        assert set(StartWithAccountForm.page_order) <= set(StartWithAccountForm()._fields)


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("Trường TH-THCS Bình Minh", ["primary", "lower_secondary"]),
        ("Tiểu học Đông Hòa B", ["primary"]),
        ("Trung học cơ sở Bình Thắng", ["lower_secondary"]),
        ("THCS và THPT Nguyễn Khuyến", ["lower_secondary", "upper_secondary"]),
        ("Cao đẳng Việt Nam – Singapore", ["college"]),
        ("Trung tâm Sáng kiến", []),
    ],
)
def test_levels_are_read_in_one_place(name, levels):
    assert levels_in(name) == levels
