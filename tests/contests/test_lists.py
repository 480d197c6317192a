"""The lists of teams, people and schools: search, order, filters, files, who may see them."""

import csv
import io
import re

import openpyxl
import pytest

from incubator.core.access import Role, ScopeKind
from incubator.core.db import db
from incubator.models import EntryMember, EntryState, MemberPart
from tests.contests.import_factories import import_batch, make_robotics, read_batch, season_files
from tests.factories import make_entry, make_organisation, make_person, make_user, save


@pytest.fixture
def season(robotics):
    import_batch(read_batch(robotics, season_files()))
    return robotics


def division_of(edition, slug="primary"):
    from incubator.contests.queries.lists import divisions_of

    return next(d for d in divisions_of(edition) if d.slug == slug)


def entry_with(edition, *names, team="Hải Âu", school="Tiểu học Đông Hòa B", **values):
    entry = make_entry(division_of(edition), make_organisation(school), members=0, team=team, **values)
    for position, name in enumerate(names):
        person = make_person(name)
        save(
            EntryMember(
                entry_id=entry.id,
                person_id=person.id,
                position=position,
                part=MemberPart.MEMBER,
                full_name=name,
            )
        )
    db.session.commit()
    return entry


def heads(page):
    """First cell of each row of the table, in order."""
    html = page.get_data(as_text=True)
    return [
        re.sub(r"<[^>]+>", "", cell).strip()
        for cell in re.findall(r'<th scope="row">(.*?)(?:<span|</th>)', html, re.S)
    ]


def test_people_are_sorted_by_given_name(secretary, robotics):
    entry_with(robotics, "Đỗ Văn Ấn", "Trần Bình", "Nguyễn Thị An", "Lê Ân", "Bùi Đào", "Vũ Dung")
    page = secretary.get("/contests/robotics-2024/people")
    assert heads(page) == ["Nguyễn Thị An", "Lê Ân", "Đỗ Văn Ấn", "Trần Bình", "Vũ Dung", "Bùi Đào"]
    assert heads(secretary.get("/contests/robotics-2024/people?sort=-name"))[0] == "Bùi Đào"


@pytest.mark.parametrize("words", ["nguyen van an", "Nguyễn Văn An", "VAN AN nguyen", "hai au dong hoa"])
def test_people_are_found_without_diacritics(secretary, robotics, words):
    entry_with(robotics, "Nguyễn Văn An")
    entry_with(robotics, "Lê Thị Bình", team="Sao Mai", school="Tiểu học Kim Đồng")
    assert heads(secretary.get("/contests/robotics-2024/people", query_string={"q": words})) == [
        "Nguyễn Văn An"
    ]


@pytest.mark.parametrize("words", ["hai au", "dong hoa b", "nguyen van an", "hai au dong hoa", "th0107"])
def test_teams_are_found_by_team_school_member_or_number(secretary, robotics, words):
    entry_with(robotics, "Nguyễn Văn An", number="TH0107")
    entry_with(robotics, "Lê Thị Bình", team="Sao Mai", school="Tiểu học Kim Đồng")
    assert heads(secretary.get("/contests/robotics-2024/entries", query_string={"q": words})) == ["Hải Âu"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("nguyen van an", False),
        ("anh duong nguyen van tiet", True),
        ("nguyen van ti", True),
        ("tiet an", False),
    ],
)
def test_words_half_typed_are_not_gathered_from_team_and_school(secretary, robotics, words, found):
    entry_with(robotics, "Lê Thị Bình", team="Ánh Dương", school="THCS Nguyễn Văn Tiết")
    for path, head in (("entries", "Ánh Dương"), ("people", "Lê Thị Bình")):
        page = secretary.get(f"/contests/robotics-2024/{path}", query_string={"q": words})
        assert (heads(page) == [head]) is found


def test_drafts_are_not_listed(secretary, robotics):
    entry_with(robotics, "Nguyễn Văn An", state=EntryState.DRAFT, number=None)
    for path in ("entries", "people", "schools"):
        page = secretary.get(f"/contests/robotics-2024/{path}").get_data(as_text=True)
        assert "Chưa có hồ sơ nào" in page
        assert "Hải Âu" not in page


def test_filters_stand_in_the_address(secretary, season):
    page = secretary.get("/contests/robotics-2024/entries?division=primary&q=dong hoa b&sort=team")
    text = page.get_data(as_text=True)
    assert '<option value="primary" selected>' in text
    assert "THCS" not in "".join(heads(page))
    export = re.search(r'href="([^"]+entries\.csv[^"]*)"', text)[1].replace("&amp;", "&")
    rows = list(csv.reader(io.StringIO(secretary.get(export).get_data(as_text=True).lstrip("\ufeff"))))
    assert len(rows) - 1 == int(re.search(r"trong (\d+)", text)[1])
    assert {row[2] for row in rows[1:]} == {"Tiểu học Đông Hòa B"}


def test_schools_show_how_much_they_send(secretary, season):
    page = secretary.get("/contests/robotics-2024/schools?q=binh thang")
    assert heads(page) == ["THCS Bình Thắng"]
    assert "1–1 trong 1" in page.get_data(as_text=True)
    assert "trong 65" in secretary.get("/contests/robotics-2024/schools").get_data(as_text=True)


HEADERS = {
    "entries": [
        "SBD",
        "Đội",
        "Trường",
        "Bảng",
        "Sản phẩm",
        "Số thành viên",
        "Giáo viên hướng dẫn",
        "Tình trạng",
        "Gửi lúc",
    ],
    "people": [
        "Họ và tên",
        "Ngày sinh",
        "Lớp",
        "Vai trò",
        "Trường",
        "Đội",
        "Bảng",
        "SBD",
        "Điện thoại",
        "Thư điện tử",
    ],
    "schools": ["Trường", "Số đội", "Đã duyệt", "Số thành viên"],
}


@pytest.mark.parametrize(("table", "count"), [("entries", 314), ("people", 845 + 314), ("schools", 65)])
def test_files_hold_the_whole_list_under_fixed_headers(secretary, season, table, count):
    raw = secretary.get(f"/contests/robotics-2024/{table}.csv").get_data()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows[0] == HEADERS[table]
    assert len(rows) == count + 1
    answer = secretary.get(f"/contests/robotics-2024/{table}.xlsx")
    page = openpyxl.load_workbook(io.BytesIO(answer.get_data())).active
    assert [cell.value for cell in page[1]] == HEADERS[table]
    assert page.max_row == count + 1
    assert f"robotics-2024-{table}.xlsx" in answer.headers["Content-Disposition"]


def test_a_team_name_never_starts_a_formula_in_a_file(secretary, robotics):
    entry_with(robotics, "Nguyễn Văn An", team="=HYPERLINK(1)")
    text = secretary.get("/contests/robotics-2024/entries.csv").get_data(as_text=True)
    assert "'=HYPERLINK(1)" in text


@pytest.mark.parametrize("path", ["entries", "people", "schools"])
def test_lists_ask_as_many_queries_for_one_row_as_for_all(secretary, robotics, queries, path):
    entry_with(robotics, "Nguyễn Văn An")
    counts = []
    for files in ([], season_files()):
        if files:
            import_batch(read_batch(robotics, files))
        db.session.expire_all()
        with queries() as log:
            assert secretary.get(f"/contests/robotics-2024/{path}").status_code == 200
        counts.append(len(log))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("role", [None, Role.JUDGE, Role.COORDINATOR, Role.ADMINISTRATOR, Role.MENTOR])
@pytest.mark.parametrize("path", ["entries", "people", "schools", "people.xlsx", "entries.csv"])
def test_others_do_not_see_the_lists(robotics, sign_in, role, path):
    assert sign_in(make_user(role)).get(f"/contests/robotics-2024/{path}").status_code in (403, 404)


def test_a_secretary_of_another_edition_does_not_see_them(robotics, sign_in):
    other = make_robotics("robotics-2025")
    stranger = sign_in(make_user(Role.SECRETARY, ScopeKind.EDITION, other.id))
    assert stranger.get("/contests/robotics-2024/people").status_code == 404
