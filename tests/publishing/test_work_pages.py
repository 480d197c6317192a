"""The pages on which the organiser checks, rehearses, publishes and corrects."""

from __future__ import annotations

import io
import re

import lxml.html
import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from incubator.core import clock
from incubator.core.db import db
from incubator.models import (
    Publication,
)
from incubator.publishing.snapshot import snapshot_of

from .factories import HOUR
from .steps import FORM, LATER


def test_organiser_checks_rehearses_and_publishes_in_three_steps(world, sign_in, client):
    browser = sign_in(world.organiser)
    path = f"/publishing/{world.edition.slug}/official/2"
    with clock.frozen(HOUR):
        assert "Giải đã trao so với cơ cấu" in browser.get(path).text
        preview = browser.post(
            f"{path}/rehearse", data=FORM | {"when": "later", "visible_at": "02/03/2026 11:00"}
        )
        assert "bản xem trước" in preview.text
        assert "Đội Tiểu học 1" in preview.text
        assert client.get(f"/vi/results/{world.edition.slug}").status_code == 404
        hidden = dict(re.findall(r'type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', preview.text))
        done = browser.post(path, data=hidden)
        assert done.status_code == 303
        assert client.get(f"/vi/results/{world.edition.slug}").status_code == 404
    with clock.frozen(LATER):
        assert client.get(f"/vi/results/{world.edition.slug}").status_code == 200


def button(page: str) -> tuple[str, str | None]:
    """The word on the filled button of the bar, and what it says it lacks."""
    doc = lxml.html.fromstring(page)
    found = doc.xpath("//div[contains(@class, 'actionbar')]//button[contains(@class, 'btn-primary')]")[0]
    why = found.get("aria-describedby")
    return found.text_content().strip(), doc.get_element_by_id(why).text_content() if why else None


def test_the_rehearsal_says_what_is_missing_instead_of_offering_to_publish(world, sign_in):
    browser = sign_in(world.organiser)
    path = f"/publishing/{world.edition.slug}/official/2"
    with clock.frozen(HOUR):
        without = browser.post(f"{path}/rehearse", data=FORM | {"decision_number": ""})
        assert without.status_code == 200  # looking is free
        assert button(without.text) == (
            "Công bố ngay",
            "Kết quả chính thức cần số quyết định, ví dụ 05/QĐ-BTC.",
        )
        hidden = lxml.html.fromstring(without.text).xpath("//form[@id='lai']//input[@type='hidden']")
        back = browser.get(path, query_string={i.get("name"): i.get("value") for i in hidden})
        assert 'value="Nguyễn Trung Hiếu"' in back.text  # what was typed is not typed again
        assert button(browser.post(f"{path}/rehearse", data=FORM).text) == ("Công bố ngay", None)


def test_result_that_changed_after_the_rehearsal_is_not_published(world, sign_in):
    browser = sign_in(world.organiser)
    path = f"/publishing/{world.edition.slug}/official/2"
    preview = browser.post(f"{path}/rehearse", data=FORM)
    hidden = dict(re.findall(r'type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', preview.text))
    world.rows[0].stage_entry.score_e4 += 100
    db.session.commit()
    refused = browser.post(path, data=hidden)
    assert refused.status_code == 422
    assert "vừa thay đổi" in refused.text
    assert 'value="05/QĐ-BTC"' in refused.text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"when": "later", "visible_at": ""}, "Nhập giờ công bố"),
        ({"when": "later", "visible_at": "01/01/2020 10:00"}, "đã qua"),
        ({"decision_date": "31/02/2026"}, "không phải là ngày"),
    ],
)
def test_wrong_fields_come_back_with_what_was_typed(world, sign_in, change, message):
    browser = sign_in(world.organiser)
    page = browser.post(f"/publishing/{world.edition.slug}/official/2/rehearse", data=FORM | change)
    assert page.status_code == 422
    assert message in page.text
    assert 'value="Nguyễn Trung Hiếu"' in page.text


def test_organiser_corrects_on_screen(world, publish, sign_in):
    publish()
    browser, entry = sign_in(world.organiser), world.rows[0].entry.id
    path = f"/publishing/{world.edition.slug}/official/2/correct"
    assert "Đội Tiểu học 1" in browser.get(path, query_string={"q": "tieu hoc 1"}).text
    assert f'name="rank-{entry}"' in browser.get(path, query_string={"entry": entry}).text
    typed = FORM | {
        "entry": entry,
        f"rank-{entry}": "2",
        f"points-{entry}": "91,5",
        f"tier-{entry}": "",
        "reason": "Trừ điểm quá giờ theo biên bản",
    }
    shown = browser.post(path, data=typed)
    assert "91,50" in shown.text
    again = browser.post(path, data=typed | {"confirmed": "1", "again": "1"})
    assert 'value="91,5"' in again.text  # back to the fields, nothing lost, nothing published
    assert db.session.scalar(sa.select(sa.func.count(Publication.id))) == 1
    assert browser.post(path, data=typed | {"confirmed": "1"}).status_code == 303
    latest = db.session.scalars(sa.select(Publication).order_by(Publication.version.desc())).first()
    row = next(r for p in snapshot_of(latest.payload).parts for r in p.rows if r.entry_id == entry)
    assert (latest.version, row.rank, row.score_e4, row.tier_id) == (2, 2, 915000, None)


def test_a_score_with_four_decimals_stays_exact_when_only_the_rank_is_corrected(world, publish, sign_in):
    world.rows[0].stage_entry.score_e4 = 836667
    publish()
    browser, entry = sign_in(world.organiser), world.rows[0].entry.id
    path = f"/publishing/{world.edition.slug}/official/2/correct"
    assert 'value="83,67"' in browser.get(path, query_string={"entry": entry}).text
    typed = FORM | {
        "entry": entry,
        f"rank-{entry}": "2",
        f"points-{entry}": "83,67",
        "reason": "Nhầm thứ hạng",
    }
    assert browser.post(path, data=typed | {"confirmed": "1"}).status_code == 303
    latest = db.session.scalars(sa.select(Publication).order_by(Publication.version.desc())).first()
    row = next(r for p in snapshot_of(latest.payload).parts for r in p.rows if r.entry_id == entry)
    assert (row.rank, row.score_e4) == (2, 836667)


@pytest.mark.parametrize("who", ["secretary", "teacher", None])
def test_others_cannot_reach_the_publishing_steps(world, sign_in, client, who):
    browser = sign_in(getattr(world, who)) if who else client
    for path in ("official/2", "official/2/correct", "appeals", "certificates.pdf"):
        assert browser.get(f"/publishing/{world.edition.slug}/{path}").status_code in (302, 303, 403, 404)


def test_secretary_sees_the_board_but_no_buttons(world, sign_in):
    page = sign_in(world.secretary).get(f"/publishing/{world.edition.slug}")
    assert page.status_code == 200
    assert "Chuẩn bị công bố" not in page.text


def test_board_issues_certificates_as_a_job_and_prints_them(world, publish, sign_in):
    browser = sign_in(world.organiser)
    early = browser.post(f"/publishing/{world.edition.slug}/certificates", follow_redirects=True)
    assert "chỉ cấp sau khi công bố kết quả chính thức" in early.text
    publish()
    assert browser.post(f"/publishing/{world.edition.slug}/certificates").status_code == 303
    page = browser.get(f"/publishing/{world.edition.slug}").text
    assert "16 mới" in page
    pages = PdfReader(
        io.BytesIO(browser.get(f"/publishing/{world.edition.slug}/certificates.pdf").data)
    ).pages
    assert len(pages) == 16
