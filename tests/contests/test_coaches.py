"""Coaches as people write them: titles apart from names, several in one cell or in columns of their own."""

from __future__ import annotations

import pytest

from incubator.contests.registration_files import as_json, judge, read_files
from incubator.contests.registration_files.coaches import split_coaches
from tests.contests import workbooks as wb

HEAD = [
    "Tên đội", "Trường", "Học sinh 1", "Ngày sinh", "Học sinh 2", "Ngày sinh", "GVHD 1", "SĐT", "GVHD 2", "SĐT", "E-mail",
]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("Nguyễn Văn An", [("Nguyễn Văn An", "")]),
        ("ThS. Nguyễn Văn An", [("Nguyễn Văn An", "ThS.")]),
        ("Th.S Nguyễn Văn An", [("Nguyễn Văn An", "ThS.")]),
        ("Thạc sĩ Nguyễn Văn An", [("Nguyễn Văn An", "ThS.")]),
        ("TS. Nguyễn Văn An", [("Nguyễn Văn An", "TS.")]),
        ("PGS. TS Nguyễn Văn An", [("Nguyễn Văn An", "PGS.TS.")]),
        ("Nguyễn Văn An (ThS)", [("Nguyễn Văn An", "ThS.")]),
        ("Nguyễn Văn An, ThS.", [("Nguyễn Văn An", "ThS.")]),
        ("GV: Lê Thị Ánh", [("Lê Thị Ánh", "")]),
        ("Cô giáo Lê Thị Ánh", [("Lê Thị Ánh", "")]),
        ("Thầy An", [("An", "")]),
        ("ThS.GV. Nguyễn Thị Cúc", [("Nguyễn Thị Cúc", "ThS.")]),
        ("Bà Huỳnh Thị Hai", [("Huỳnh Thị Hai", "")]),
        ("Ông Cao Thắng", [("Ông Cao Thắng", "")]),
        ("Tsang Văn An", [("Tsang Văn An", "")]),
        ("Trần Anh Thư", [("Trần Anh Thư", "")]),
        ("Nguyễn Văn An, tổ trưởng Tin học", [("Nguyễn Văn An", "")]),
        ("Nguyễn Văn An (GV Tin học)", [("Nguyễn Văn An", "")]),
        ("Nguyễn Văn An\nTrần Thị Bình", [("Nguyễn Văn An", ""), ("Trần Thị Bình", "")]),
        ("Thầy Nguyễn Văn An và cô Trần Thị Bình", [("Nguyễn Văn An", ""), ("Trần Thị Bình", "")]),
        ("NGUYỄN VĂN AN, TRẦN THỊ BÌNH", [("NGUYỄN VĂN AN", ""), ("TRẦN THỊ BÌNH", "")]),
        ("gv nguyễn văn an, cô trần thị bình", [("nguyễn văn an", ""), ("trần thị bình", "")]),
        ("ThS. Lê Văn Kỳ; Đỗ Thị Mai; Phạm Hồng", [("Lê Văn Kỳ", "ThS."), ("Đỗ Thị Mai", ""), ("Phạm Hồng", "")]),
        ("Nguyễn Văn An / Trần Thị Bình", [("Nguyễn Văn An", ""), ("Trần Thị Bình", "")]),
        ("H'Nhung Niê và Y Moan Êban", [("H'Nhung Niê", ""), ("Y Moan Êban", "")]),
        ("Nguyễn Thị Ngọc Ánh\nvà 2 giáo viên khác", [("Nguyễn Thị Ngọc Ánh", "")]),
        ("0912345678", []),
        ("", []),
    ],
)  # fmt: skip
def test_names_and_titles_of_a_cell(cell, found):
    assert [(c.name, c.title) for c in split_coaches(cell)] == found


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (
            "1. Nguyễn Văn An - 0912345678\n2. Trần Thị Bình - 0987 654 321",
            [("Nguyễn Văn An", "0912345678"), ("Trần Thị Bình", "0987 654 321")],
        ),
        ("Nguyễn Văn An\n0912345678", [("Nguyễn Văn An", "0912345678")]),
        ("Nguyễn Văn An - 0912345678/0987654321", [("Nguyễn Văn An", "0912345678")]),
    ],
)
def test_contacts_stay_with_their_coach(cell, found):
    digits = [(c.name, "".join(c.phone.split())) for c in split_coaches(cell)]
    assert digits == [(name, "".join(phone.split())) for name, phone in found]


def read_one(rows: list[list[str]]):
    reading = read_files([wb.xlsx(rows)], wb.RULES)
    judge(reading.rows, wb.RULES)
    return reading


def team_of(*coach: str) -> list[str]:
    return ["Hải Âu", "Tiểu học Định Hòa", "Trần Văn An", "05/01/2015", "Lê Thị Bình", "06/02/2015", *coach]


def test_two_coaches_in_columns_of_their_own():
    row = read_one(
        [HEAD, team_of("ThS. Phạm Hoa", "0912345678", "Lê Văn Tư", "0987654321", "tu@example.edu.vn")]
    ).rows[0]
    assert [(c.name, c.phone, c.email, c.title) for c in row.coaches] == [
        ("Phạm Hoa", "0912345678", "", "ThS."),
        ("Lê Văn Tư", "0987654321", "tu@example.edu.vn", ""),
    ]
    assert row.reason is None


def test_two_coaches_of_one_cell_share_out_the_phones_beside_them():
    head = [*HEAD[:6], "GVHD", "SĐT"]
    row = read_one([head, team_of("Phạm Thị Hoa\nLê Văn Tư", "0912345678 / 0987654321")]).rows[0]
    assert [(c.name, c.phone) for c in row.coaches] == [
        ("Phạm Thị Hoa", "0912345678"),
        ("Lê Văn Tư", "0987654321"),
    ]


def test_everything_taken_apart_is_listed_and_nothing_is_lost():
    head = [*HEAD[:6], "GVHD", "SĐT"]
    row = read_one([head, team_of("Thầy PHẠM VĂN HOA, cô Lê Thị Tư", "912345678")]).rows[0]
    listed = {r.field: (r.kinds, r.was, r.now) for r in row.repairs if r.field.startswith("coach")}
    was = "Thầy PHẠM VĂN HOA, cô Lê Thị Tư"
    assert listed["coach.name"] == (("split_cell", "capitals"), was, "Phạm Văn Hoa")
    assert listed["coach2.name"] == (("split_cell",), was, "Lê Thị Tư")
    assert listed["coach.phone"][0] == ("phone_zero",)


def test_a_title_alone_is_a_repair_too():
    head = [*HEAD[:6], "GVHD", "SĐT"]
    row = read_one([head, team_of("ThS. Phạm Văn Hoa", "0912345678")]).rows[0]
    assert [(r.kinds, r.was, r.now) for r in row.repairs if r.field == "coach.name"] == [
        (("title_apart",), "ThS. Phạm Văn Hoa", "Phạm Văn Hoa")
    ]


def test_a_second_coach_in_the_row_of_the_second_pupil():
    head = ["Tên đội", "Trường", "Họ và tên học sinh", "Ngày sinh", "Giáo viên hướng dẫn"]
    rows = [
        head,
        ["Hải Âu", "Tiểu học Định Hòa", "Trần Văn An", "05/01/2015", "Phạm Thị Hoa"],
        ["", "", "Lê Thị Bình", "06/02/2015", "Lê Văn Tư"],
    ]
    assert [c.name for c in read_one(rows).rows[0].coaches] == ["Phạm Thị Hoa", "Lê Văn Tư"]


def test_the_same_coach_in_every_row_is_one():
    head = ["Tên đội", "Trường", "Họ và tên học sinh", "Ngày sinh", "Giáo viên hướng dẫn"]
    rows = [
        head,
        ["Hải Âu", "Tiểu học Định Hòa", "Trần Văn An", "05/01/2015", "Phạm Thị Hoa"],
        ["Hải Âu", "Tiểu học Định Hòa", "Lê Thị Bình", "06/02/2015", "cô PHẠM THỊ HOA"],
    ]
    assert [c.name for c in read_one(rows).rows[0].coaches] == ["Phạm Thị Hoa"]


def test_the_json_names_all_of_them_beside_the_first():
    head = [*HEAD[:6], "GVHD", "SĐT"]
    team = as_json(read_one([head, team_of("Phạm Thị Hoa; Lê Văn Tư", "0912345678")]), wb.RULES)["teams"][0]
    assert team["coach"] == {"name": "Phạm Thị Hoa", "phone": "0912345678", "email": ""}
    assert [c["name"] for c in team["coaches"]] == ["Phạm Thị Hoa", "Lê Văn Tư"]
