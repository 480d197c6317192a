"""A teacher's file on the school's page: drafts of that school only, what was repaired and left out, bad files."""

from __future__ import annotations

import io
from typing import Any

import pytest
import sqlalchemy as sa

from incubator.contests import school_file
from incubator.contests.queries import entries as reads
from incubator.contests.registration_files import Rules, SourceFile
from incubator.core.access import Actor
from incubator.core.db import db
from incubator.core.errors import Invalid
from incubator.models import Edition, Entry, Organisation
from tests.contests import workbooks
from tests.contests.factories import make_open_edition, make_school, make_teacher
from tests.contests.test_pages import page_of, typed

HEAD = [
    "Tên đội",
    "Trường",
    "Họ tên HS1",
    "Ngày sinh HS1",
    "Họ tên HS2",
    "Ngày sinh HS2",
    "GVHD",
    "Điện thoại",
]
OWN = [
    "Sao Mai",
    "THCS Bình Thắng",
    "Nguyễn An",
    "01/02/2013",
    "Trần Bình",
    "03/04/2013",
    "Lê Ánh",
    912345678,
]
SECOND = ["Kiến Lửa", "", "Lê  Châu", "05/06/2013", "Hồ Dũng", "07/08/2013", "Lê Ánh", "0912345678"]
OTHER = ["Đại Bàng", "THCS Khác", "Bùi Giang", "01/03/2013", "Lý Hòa", "02/03/2013", "Võ Ý", "0912345679"]

SYSTEM = Actor(system="test")


@pytest.fixture
def place(session: Any, at: Any) -> tuple[Edition, Organisation]:
    make_school("THCS Khác")
    return make_open_edition(), make_school()


def send(browser: Any, edition: Edition, school: Organisation, data: bytes, name: str, **values: str) -> Any:
    fields = values | {"file": (io.BytesIO(data), name)}
    return browser.post(page_of(edition, school) + "/file", data=fields)


def names(edition: Edition, school: Organisation) -> list[str]:
    return sorted(e.team.name for e in reads.open_entries_of(SYSTEM, edition.id, school.id))


@pytest.mark.parametrize("made", [workbooks.xlsx, workbooks.csv_file, workbooks.xls])
def test_a_file_becomes_drafts_of_this_school_only(place, sign_in, made):
    edition, school = place
    browser = sign_in(make_teacher(school))
    file = made([HEAD, OWN, OTHER])
    assert send(browser, edition, school, file.data, file.name).status_code == 303
    [entry] = db.session.scalars(sa.select(Entry)).all()
    assert entry.organisation_id == school.id
    [entry] = reads.open_entries_of(SYSTEM, edition.id, school.id)
    assert [m.full_name for m in entry.draft_members] == ["Nguyễn An", "Trần Bình", "Lê Ánh"]
    assert [m.phone for m in entry.draft_members][-1] == "0912345678"
    page = browser.get(page_of(edition, school)).get_data(as_text=True)
    assert "Đã đọc 1 đội thành bản nháp" in page
    assert "mất số 0 đầu (dòng 2)" in page or made is not workbooks.xlsx
    assert "Dòng 3, đội “Đại Bàng”: ghi trường THCS Khác." in page


def test_the_same_file_again_adds_nothing_and_says_so(place, sign_in):
    edition, school = place
    browser = sign_in(make_teacher(school))
    file = workbooks.xlsx([HEAD, OWN, SECOND])
    send(browser, edition, school, file.data, file.name)
    first = names(edition, school)
    assert len(first) == 2
    send(browser, edition, school, file.data, file.name)
    assert names(edition, school) == first
    assert "trường đã có đội này trong bảng" in browser.get(page_of(edition, school)).get_data(as_text=True)


def test_what_is_typed_is_saved_beside_the_file(place, sign_in):
    edition, school = place
    file = workbooks.xlsx([HEAD, OWN])
    browser = sign_in(make_teacher(school))
    assert send(browser, edition, school, file.data, file.name, **typed(edition)).status_code == 303
    assert names(edition, school) == ["Gốm Đỏ", "Sao Mai"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xlsx", b"", "trống"),
        ("a.xlsx", b"PK\x03\x04 broken", "không mở được"),
        ("a.pdf", b"%PDF-1.4", "không phải bảng tính"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "HTML"),
        ("a.csv", "một,hai\nba,bốn\n".encode(), "dòng tiêu đề"),
        ("a.xlsx", workbooks.xlsx([HEAD]).data, "không có đội nào"),
        ("a.xlsx", workbooks.xlsx([HEAD, OTHER]).data, "không có đội nào của THCS Bình Thắng"),
        ("a.csv", b"a,b\n" * 60_000, "60000 dòng"),
        ("", b"", "Chưa chọn tệp"),
    ],
)  # fmt: skip
def test_a_bad_file_gets_a_sentence_and_loses_nothing(place, sign_in, name, data, words):
    edition, school = place
    browser = sign_in(make_teacher(school))
    answer = send(browser, edition, school, data, name, **typed(edition))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in page
    assert "Gốm Đỏ" in page
    assert names(edition, school) == ["Gốm Đỏ"]


def test_a_file_that_is_too_large_is_not_even_read(place):
    edition, school = place
    file = SourceFile("a.csv", b"x" * (school_file.MOST_BYTES + 1))
    with pytest.raises(Invalid, match="quá 5 MB"):
        school_file.read(file, Rules(()), edition, school, 0)


def test_too_many_teams_and_a_stale_row_are_told(place, sign_in):
    edition, school = place
    browser = sign_in(make_teacher(school))
    many = workbooks.csv_file([HEAD, *([f"Đội {n}", *OWN[1:]] for n in range(401))])
    answer = send(browser, edition, school, many.data, many.name, **typed(edition))
    assert answer.status_code == 422
    assert "có 401 đội" in answer.get_data(as_text=True)
    [entry] = reads.open_entries_of(SYSTEM, edition.id, school.id)
    stale = typed(edition, entry_id=str(entry.id), version=str(entry.version - 1), team_name="Tên mới gõ")
    few = workbooks.csv_file([HEAD, OWN])
    answer = send(browser, edition, school, few.data, few.name, **stale)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Tên mới gõ" in page
    assert "Đã đọc 1 đội thành bản nháp" in page
    assert names(edition, school) == ["Gốm Đỏ", "Sao Mai"]


def test_no_file_comes_in_for_somebody_elses_school(place, sign_in):
    edition, school = place
    file = workbooks.xlsx([HEAD, OWN])
    browser = sign_in(make_teacher(make_school("THCS Lạ")))
    assert send(browser, edition, school, file.data, file.name).status_code == 404
    assert db.session.scalars(sa.select(Entry)).all() == []


def test_on_the_schools_own_page_a_place_beside_its_name_is_no_other_school(place, sign_in):
    edition, school = place
    make_school("THCS Bình Thắng (Tân Uyên)")
    file = workbooks.xlsx([
        HEAD, [OWN[0], "THCS Bình Thắng - TP. Dĩ An", *OWN[2:]], ["Rồng", "Trường THCS Bình Thắng", *SECOND[2:]],
        ["Lá", "THCS Bình Thắng, Tân Uyên", "Vũ Ba", "01/03/2013", "Vũ Tư", "02/03/2013", "Võ Ý", "0912345679"],
    ])  # fmt: skip
    send(sign_in(make_teacher(school)), edition, school, file.data, file.name)
    assert names(edition, school) == ["Rồng", "Sao Mai"]
