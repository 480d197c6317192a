"""The list that the principal stamps: printed with what was sent, its scan kept and ticked."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from incubator.contests.queries import entries as reads
from incubator.contests.services import drafts, submission
from incubator.core.access import Actor, Role, ScopeKind
from incubator.core.db import db, transaction
from incubator.models import AuditEvent, Edition, Organisation, SchoolList, StoredFile
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
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def place(session: Any, at: Any) -> tuple[Edition, Organisation]:
    """A school with one team sent and one in draft."""
    edition, school = make_open_edition(), make_school()
    division = division_of(edition, "thcs")
    others = (("Phạm Minh", "01/02/2013"), ("Đỗ Lan", "03/04/2014"))
    with transaction():
        made = drafts.create_draft(
            edition, team("Gốm Đỏ", division, *GOOD), organisation=school, actor=SYSTEM, at=AT
        )
        submission.submit([reads.get_entry(made.id)], edition, [], actor=SYSTEM, at=AT)
        drafts.create_draft(
            edition, team("Còn nháp", division, *others), organisation=school, actor=SYSTEM, at=AT
        )
    return edition, school


def path(edition: Edition, school: Organisation) -> str:
    return f"/registration/{edition.slug}/{school.slug}/list/"


def scan(data: bytes = PDF, name: str = "danh-sach.pdf") -> dict[str, Any]:
    return {"file": (io.BytesIO(data), name)}


def photo() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (64, 48), "white").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_the_list_holds_what_was_sent_and_no_draft(place, sign_in):
    edition, school = place
    page = sign_in(make_teacher(school)).get(path(edition, school)).text
    assert "Gốm Đỏ" in page
    assert "17/05/2013" in page
    assert "Còn nháp" not in page
    assert "HIỆU TRƯỞNG" in words(page)
    assert "Danh sách có 1 đội" in page


def test_a_scan_is_kept_seen_by_the_organiser_and_ticked(place, sign_in):
    edition, school = place
    teacher, organiser = sign_in(make_teacher(school)), sign_in(make_organiser(edition))
    assert teacher.post(path(edition, school), data=scan()).status_code == 303
    assert "Đã nhận bản có dấu" in teacher.get(path(edition, school)).text
    row = db.session.scalars(sa.select(SchoolList)).one()
    board = f"/contests/{edition.slug}/school-lists"
    assert school.name in organiser.get(board).text
    seen = organiser.get(f"{board}/{row.id}/scan")
    assert seen.mimetype == "application/pdf"
    assert seen.data == PDF
    assert organiser.post(f"{board}/{row.id}").status_code == 303
    assert "Ban tổ chức đã nhận" in teacher.get(path(edition, school)).text
    verbs = db.session.scalars(
        sa.select(AuditEvent.verb).where(AuditEvent.verb.like("contests.school_list.%"))
    )
    assert set(verbs) == {"contests.school_list.uploaded", "contests.school_list.accepted"}


def test_a_photo_is_re_encoded_without_where_it_was_taken(place, sign_in):
    edition, school = place
    teacher = sign_in(make_teacher(school))
    assert teacher.post(path(edition, school), data=scan(photo(), "anh.jpg")).status_code == 303
    from incubator.core import files

    stored = db.session.scalars(sa.select(StoredFile)).one()
    assert b"secret place" not in files.read(stored.sha256)


def test_a_newer_scan_stands_beside_the_older(place, sign_in):
    edition, school = place
    teacher = sign_in(make_teacher(school))
    for data in (scan(), scan(photo(), "anh.jpg")):
        teacher.post(path(edition, school), data=data)
    assert db.session.scalar(sa.select(sa.func.count(SchoolList.id))) == 2


@pytest.mark.parametrize(
    ("data", "name"), [(b"<html><script>", "a.pdf"), (b"PK\x03\x04 not a list", "a.docx"), (b"", "a.pdf")]
)
def test_what_is_no_scan_is_refused_in_words(place, sign_in, data, name):
    edition, school = place
    browser = sign_in(make_teacher(school))
    assert browser.post(path(edition, school), data=scan(data, name)).status_code == 303
    assert "flash" in browser.get(path(edition, school)).text
    assert db.session.scalars(sa.select(SchoolList)).all() == []


def test_no_file_says_what_to_choose(place, sign_in):
    edition, school = place
    browser = sign_in(make_teacher(school))
    assert browser.post(path(edition, school)).status_code == 303
    assert "Chọn bản quét" in browser.get(path(edition, school)).text


def test_the_paper_is_vietnamese_on_english_pages_too(place, sign_in):
    edition, school = place
    browser = sign_in(make_teacher(school))
    browser.post("/language", data={"locale": "en"})
    page = browser.get(path(edition, school)).text
    assert "Print the list" in page or "stamp" in page
    assert "DANH SÁCH ĐỘI DỰ THI" in page
    assert "HIỆU TRƯỞNG" in words(page)


def test_others_neither_read_nor_send_nor_tick(place, sign_in, client):
    edition, school = place
    sign_in(make_teacher(school)).post(path(edition, school), data=scan())
    row = db.session.scalars(sa.select(SchoolList)).one()
    board = f"/contests/{edition.slug}/school-lists"
    other = sign_in(make_teacher(make_school("THCS Khác")))
    assert other.get(path(edition, school)).status_code == 404
    assert other.post(path(edition, school), data=scan()).status_code == 404
    assert other.get(f"{board}/{row.id}/scan").status_code == 403
    elsewhere = sign_in(make_organiser(make_open_edition()))
    assert elsewhere.get(f"{board}/{row.id}/scan").status_code == 404
    assert elsewhere.post(f"{board}/{row.id}").status_code == 404
    secretary = sign_in(make_user(Role.SECRETARY, ScopeKind.EDITION, edition.id))
    assert secretary.get(board).status_code == 200
    assert secretary.post(f"{board}/{row.id}").status_code == 403
    assert client.get(path(edition, school)).status_code == 302


def test_the_board_asks_as_much_for_many_schools_as_for_one(place, sign_in, queries):
    edition, school = place
    organiser = sign_in(make_organiser(edition))
    sign_in(make_teacher(school)).post(path(edition, school), data=scan())
    first = db.session.scalars(sa.select(SchoolList)).one()
    counts = []
    for more in (0, 30):
        for n in range(more):
            body = make_school(f"THCS Số {n}")
            db.session.add(
                SchoolList(
                    edition_id=edition.id, organisation_id=body.id, scan_id=first.scan_id, uploaded_at=AT
                )
            )
        db.session.commit()
        with queries() as log:
            organiser.get(f"/contests/{edition.slug}/school-lists")
        counts.append(len(log))
    assert counts[0] == counts[1] <= 12
