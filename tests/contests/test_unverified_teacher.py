"""Anybody may name any school on the public link: until an organiser has verified them they see only what they typed."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.contests.queries import editions as edition_reads
from incubator.contests.queries import entries as reads
from incubator.contests.services import drafts, submission
from incubator.core.access import Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.models import Entry, RoleGrant
from tests.contests.factories import GOOD, division_of, make_open_edition, make_school, make_teacher, team
from tests.factories import AT, make_user
from tests.reader import words

CHILDREN = [name for name, _born in GOOD]


@pytest.fixture
def place(session: Any, at: Any, actor_of: Any, sign_in: Any) -> tuple[Any, ...]:
    """An edition and a school with a draft and a sent team of its teacher; who named the school a moment ago."""
    edition, school = make_open_edition(), make_school()
    teacher = actor_of(make_teacher(school))
    stranger = make_user(Role.COORDINATOR, ScopeKind.ORGANISATION, school.id, full_name="Người Lạ")
    grant = db.session.scalar(sa.select(RoleGrant).where(RoleGrant.person_id == stranger.person_id))
    grant.verified_at = None
    session.commit()
    with transaction():
        fresh = edition_reads.get_edition(edition.slug)
        rows = [
            team("Gốm Đỏ", division_of(edition, "thcs"), *GOOD),
            team("Chim Lạc", division_of(edition, "thcs")),
        ]
        sent, kept = (
            drafts.create_draft(fresh, row, organisation=school, actor=teacher, at=AT).id for row in rows
        )
        submission.submit([reads.get_entry(sent)], fresh, [], actor=teacher, at=AT)
    return edition, school, sign_in(stranger), grant, kept, sent


def pages(edition: Any, school: Any) -> list[str]:
    base = f"/registration/{edition.slug}/{school.slug}"
    return ["/home", "/registration/", f"/registration/schools/{school.slug}", base, "/search?q=gom+do"]


def test_nothing_of_the_school_is_shown(place):
    edition, school, browser, _grant, kept, sent = place
    for path in pages(edition, school):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        for secret in ("Gốm Đỏ", "Chim Lạc", *CHILDREN):
            assert secret not in answer.text, (path, secret)
    assert "1 nháp" not in browser.get("/registration/").text
    assert "Chờ Ban tổ chức xác nhận" in browser.get("/home").text
    for entry_id in (kept, sent):
        assert browser.get(f"/entries/{entry_id}").status_code == 404
    base = f"/registration/{edition.slug}/{school.slug}"
    assert [browser.get(f"{base}/{part}").status_code for part in ("list/", "cards")] == [404, 404]


def test_nothing_of_the_school_is_changed(place):
    edition, school, browser, _grant, kept, sent = place
    base = f"/registration/{edition.slug}/{school.slug}"
    row = {"rows-0-entry_id": str(kept), "rows-0-version": "1", "rows-0-team_name": "Của tôi"}
    assert browser.post(base, data=row).status_code in (303, 422)
    scan = {"file": (io.BytesIO(b"%PDF-1.4"), "danh-sach.pdf")}
    answers = [
        browser.post(f"{base}/drafts/{kept}/delete", data={"confirmed": "1"}),
        browser.post(f"/entries/{sent}/withdraw", data={"reason": "x"}),
        browser.post(f"/entries/{sent}/cards", data={"person": "1"}),
        browser.post(f"{base}/cards", data={"person": "1"}),
        browser.post(f"{base}/list/", data=scan, content_type="multipart/form-data"),
    ]
    assert [a.status_code for a in answers] == [404] * 5
    db.session.expire_all()
    assert db.session.get_one(Entry, sent).state == "submitted"
    assert reads.get_entry(kept).team.name == "Chim Lạc"


def test_what_they_typed_themselves_is_theirs_and_the_click_opens_the_rest(place):
    edition, school, browser, grant, _kept, _sent = place
    base = f"/registration/{edition.slug}/{school.slug}"
    assert browser.post(base, data={"rows-0-team_name": "Sao Mai"}).status_code == 303
    page = browser.get(base).text
    assert ("Sao Mai" in page, "Gốm Đỏ" in page) == (True, False)
    assert "1 nháp" in words(browser.get("/registration/").text)
    grant.verified_at = AT
    db.session.commit()
    page = browser.get(base).text
    assert all(name in page for name in ("Sao Mai", "Gốm Đỏ", "Chim Lạc"))
