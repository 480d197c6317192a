"""The bodies that hold a contest, named by their organiser, also on a system that knows none."""

from __future__ import annotations

from typing import Any

import lxml.html
import pytest
import sqlalchemy as sa

from incubator.accounts.schools import kind_said
from incubator.contests.queries import editions as reads
from incubator.core.db import db
from incubator.models import Organisation, OrganisationKind
from tests.contests.factories import make_open_edition, make_organiser, make_school


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Sở Khoa học và Công nghệ", "department"),
        ("UBND tỉnh Bình Dương", "department"),
        ("Tỉnh đoàn Bình Dương", "youth_union"),
        ("Đoàn trường THPT Bình An", "youth_union"),
        ("Công ty TNHH Sao Mai", "company"),
        ("FabLab Bình Dương", "fablab"),
        ("Vườn ươm Khởi nghiệp", "incubator"),
        ("THPT Bình An", "school"),
        ("Liên hiệp các Hội Khoa học và Kỹ thuật", "other"),
        ("Sông Hồng", "other"),
    ],
)
def test_the_kind_of_a_body_is_read_from_its_name(name: str, kind: str) -> None:
    assert kind_said(name) == OrganisationKind(kind)


def posted(*rows: tuple[str, str]) -> dict[str, str]:
    return {
        f"hosts-{n}-{key}": value
        for n, (name, part) in enumerate(rows)
        for key, value in (("organisation", name), ("part", part))
    }


def hosts_now(slug: str) -> list[tuple[str, str]]:
    db.session.expire_all()
    return [(h.organisation.name, h.part.value) for h in reads.get_edition(slug).hosts]


def test_an_organiser_names_the_hosts_of_an_empty_system(session: Any, sign_in: Any) -> None:
    edition = make_open_edition()
    assert db.session.scalar(sa.select(sa.func.count(Organisation.id))) == 0
    browser, url = sign_in(make_organiser(edition)), f"/contests/{edition.slug}/hosts"
    assert browser.get(url).status_code == 200
    rows = (("Sở Khoa học và Công nghệ", "lead"), ("Tỉnh đoàn", "partner"), ("", "partner"))
    assert browser.post(url, data=posted(*rows)).status_code == 303
    assert hosts_now(edition.slug) == list(rows[:2])
    page = lxml.html.fromstring(browser.get(url).text)
    assert page.xpath("//datalist[@id='bodies']/option/@value") == ["Sở Khoa học và Công nghệ", "Tỉnh đoàn"]
    assert [i.get("value") for i in page.xpath("//input[@list='bodies']")] == [
        *(name for name, _part in rows[:2]),
        "",
    ]
    assert browser.post(url, data=posted(("so khoa hoc va cong nghe", "lead"))).status_code == 303
    assert hosts_now(edition.slug) == [("Sở Khoa học và Công nghệ", "lead")]  # known by any spelling


def test_a_name_that_is_refused_is_told_at_its_line(session: Any, sign_in: Any) -> None:
    edition, school = make_open_edition(), make_school()
    browser, url = sign_in(make_organiser(edition)), f"/contests/{edition.slug}/hosts"
    answer = browser.post(url, data=posted((school.name, "lead"), ("", "partner"), ("Sở", "partner")))
    assert answer.status_code == 422
    fields = lxml.html.fromstring(answer.text).xpath("//input[@list='bodies']")
    assert [(f.get("value"), f.get("aria-invalid")) for f in fields] == [
        (school.name, None), ("", None), ("Sở", "true"),
    ]  # fmt: skip
    twice = browser.post(url, data=posted((school.name, "lead"), (school.name.upper(), "partner")))
    assert (twice.status_code, "chỉ ghi một lần" in twice.text) == (422, True)
    assert hosts_now(edition.slug) == []
