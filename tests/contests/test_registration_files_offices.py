"""What offices do to a list by hand: several pupils' lines side by side, signatures, fonts of names only, forms' questions."""

import io
import zipfile
from datetime import date

import pytest

from incubator.contests.registration_files import SourceFile, judge, read_files
from incubator.contests.registration_files.people import split_people
from incubator.contests.registration_files.sentences import explain_reason
from tests.contests import workbooks as wb
from tests.contests.legacy_fonts import to_tcvn3

HEAD = ["STT", "Tên đội", "Trường", "Bảng", "Họ và tên học sinh", "Ngày sinh", "Lớp", "GVHD", "SĐT"]
TEAM = [1, "Sao Mai", "THCS Hòa Phú", "THCS"]
COACH = ["Trần Thị Bích", "0912345678"]
AN, BINH = ("Nguyễn Văn An", date(2012, 3, 5)), ("Lê Thanh Bình", date(2011, 8, 24))


def zipped():
    """A package that holds something else than a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("danh-sach.xlsx", "x")
    return out.getvalue()


def teams_of(*rows):
    reading = read_files([wb.xlsx([list(row) for row in rows])], wb.RULES)
    assert reading.problems == []
    judge(reading.rows, wb.RULES)
    return reading.rows


def members(row):
    return [(m.name, m.birth_date) for m in row.members]


@pytest.mark.parametrize("mark", ["\n", "; ", ", "])
def test_names_and_dates_side_by_side_piece_by_piece(mark):
    names, dates = (
        mark.join(["1. Nguyễn Văn An", "2. Lê Thanh Bình"]),
        mark.join(["05/03/2012", "24/08/2011"]),
    )
    (row,) = teams_of(HEAD, [*TEAM, names, dates, mark.join(["7A", "8B"]), *COACH])
    assert members(row) == [AN, BINH]
    assert [m.class_name for m in row.members] == ["7A", "8B"]
    assert row.reason is None
    assert ("members", ("split_cell",)) in [(r.field, r.kinds) for r in row.repairs]


def test_a_name_broken_over_two_lines_is_one_pupil():
    rows = teams_of(
        HEAD,
        [*TEAM, "Nguyễn Văn\nAn", "05/03/2012", "7A", *COACH],
        [*TEAM, "Lê Thanh Bình", "24/08/2011", "8B", *COACH],
    )
    assert [members(row) for row in rows] == [[AN, BINH]]


@pytest.mark.parametrize(
    "place", ["Hòa Phú, ngày 12/03/2026", "Hòa Phú, ngày 12 tháng 3 năm 2026", "Hòa Phú, ngày …/…/2026"]
)
@pytest.mark.parametrize("column", [1, 4])
def test_who_signs_below_a_list_takes_no_part(place, column):
    below = [[None] * column + [text] for text in (place, "Hiệu trưởng", "(Ký, đóng dấu)", "Nguyễn Thị Kiều")]
    (row,) = teams_of(
        HEAD,
        [*TEAM, AN[0], "05/03/2012", "7A", *COACH],
        [None] * 4 + [BINH[0], "24/08/2011", "8B"],
        [],
        *below,
    )
    assert members(row) == [AN, BINH]


@pytest.mark.parametrize("name", ["Kỳ Lân", "Công Nghệ Trẻ", "Tổng Lực", "Xác Nhận"])
def test_a_teams_name_that_begins_like_a_footer_is_a_team(name):
    (row,) = teams_of(
        ["Đội", "Trường", "Danh sách thành viên"],
        [name, "THCS Hòa Phú", "Nguyễn Văn An (05/03/2012), Lê Thanh Bình (24/08/2011)"],
    )
    assert row.team == name
    assert members(row) == [AN, BINH]


def test_heads_in_unicode_above_names_in_an_old_font():
    head = ["STT", "Tên đội", "Trường", "Khối", "Thành viên", "Ngày sinh", "Lớp", "GV hướng dẫn", "SĐT"]
    names = [
        "Nguyễn Thị Hồng Ánh",
        "Đặng Quốc Bảo",
        "Lý Thường Kiệt",
        "Vũ Đức Duy",
        "Phùng Khắc Khoan",
        "Bùi Thị Xuân",
    ]
    rows = [
        [
            n // 2,
            f"Đội {n // 2}",
            "THCS Hòa Phú",
            "THCS",
            to_tcvn3(name),
            "05/03/2012",
            "7A",
            to_tcvn3("Trần Thị Bích"),
            "0912345678",
        ]
        for n, name in enumerate(names, 2)
    ]
    found = teams_of(head, *rows)
    assert [m.name for row in found for m in row.members] == names


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (
            "Hồ Anh Khoa (2014), Đinh Gia Bảo (22/11/2014)",
            [("Hồ Anh Khoa", "2014"), ("Đinh Gia Bảo", "22/11/2014")],
        ),
        ("Hồ Anh Khoa 7A1, Đinh Gia Bảo 7A2", [("Hồ Anh Khoa", ""), ("Đinh Gia Bảo", "")]),
        ("Hồ Anh Khoa, Trường THCS Hòa Phú, 22/11/2014", [("Hồ Anh Khoa", "22/11/2014")]),
        ("Hồ Anh Khoa, 22/11/2014, 7A", [("Hồ Anh Khoa", "22/11/2014")]),
    ],
)
def test_a_comma_parts_people_who_have_something_of_their_own(cell, found):
    assert [(p.name, p.birth) for p in split_people(cell)] == found


def test_a_year_alone_is_told_as_such():
    (row,) = teams_of(HEAD, [*TEAM, "Nguyễn Văn An\nLê Thanh Bình", "2012\n24/08/2011", "7A\n8B", *COACH])
    assert row.reason == "birth_date_invalid"
    assert (
        explain_reason(row, wb.RULES)
        == "Ngày sinh của Nguyễn Văn An chỉ ghi năm 2012: cần đủ ngày, tháng, năm."
    )


@pytest.mark.parametrize(
    "cell", ["0912345678 - bich9876543@example.vn", "bich9876543@example.vn\n0912.345.678"]
)
def test_an_address_in_the_column_of_phones_is_read(cell):
    head = [*HEAD[:-1], "Số điện thoại / Email"]
    (row, *_rest) = teams_of(head, [*TEAM, AN[0], "05/03/2012", "7A", COACH[0], cell])
    assert (row.coach.phone, row.coach.email, row.warnings) == ("0912345678", "bich9876543@example.vn", [])


def test_questions_of_a_form_name_the_team_and_are_no_coach():
    head = ["Tên đội thi của các em là gì?", *HEAD[2:], "Thầy cô có ý kiến gì với Ban tổ chức không?"]
    (row,) = teams_of(head, ["Sao Mai", *TEAM[2:], AN[0], "05/03/2012", "7A", *COACH, "Xin thêm chỗ để xe"])
    assert (row.team, row.coach.name, len(row.members)) == ("Sao Mai", "Trần Thị Bích", 1)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        (
            "a.xls",
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "XML",
        ),
        ("a.csv", b"  \r\n;;;\r\n \r\n", "không có dữ liệu"),
        ("a.zip", zipped(), "không phải bảng tính"),
    ],
)
def test_refusals_name_what_the_file_really_is(name, data, words):
    reading = read_files([SourceFile(name, data)], wb.RULES)
    assert reading.rows == []
    assert words in " ".join(reading.problems)


def test_one_pupils_name_date_and_class_on_three_lines_of_one_cell():
    head = [
        "Tên đội",
        "Trường",
        "Bảng",
        "Thành viên 1 (họ tên, ngày sinh, lớp)",
        "Thành viên 2 (họ tên, ngày sinh, lớp)",
    ]
    (row,) = teams_of(head, [*TEAM[1:], "Nguyễn Văn An\n05/03/2012\n7A", "Lê Thanh Bình, 24/08/2011, 8B"])
    assert members(row) == [AN, BINH]
    assert [m.class_name for m in row.members] == ["7A", "8B"]


@pytest.mark.parametrize("typed", ["Thầy Trần Văn Ơn ĐT 0908111333", "Trần Văn Ơn, SĐT: 0908.111.333"])
def test_the_word_before_a_coachs_phone_is_no_part_of_the_name(typed):
    (row,) = teams_of(HEAD[:-1], [*TEAM, AN[0], "05/03/2012", "7A", typed])
    assert (row.coach.name, row.coach.phone) == ("Trần Văn Ơn", "0908111333")


@pytest.mark.parametrize("typed", ["20120305", 20120305, "05032012"])
def test_eight_digits_are_a_date_in_either_order(typed):
    (row,) = teams_of(HEAD, [*TEAM, AN[0], typed, "7A", *COACH])
    assert members(row) == [AN]


def test_a_comma_behind_a_name_goes_and_is_told():
    (row,) = teams_of(HEAD, [*TEAM, "Nguyễn Văn An,", "05/03/2012", "7A", *COACH])
    assert members(row) == [AN]
    assert row.repairs[0].kinds == ("punctuation",)


@pytest.mark.parametrize("first", ["sep=;\r\n", ""])
def test_rows_of_text_whose_cells_hold_several_lines(first):
    text = first + (
        "Đội;Trường;Bảng;Danh sách thành viên;GVHD\r\n"
        '"Sao\nMai";THCS Hòa Phú;THCS;"1. Nguyễn Văn An - 05/03/2012\n2. Lê Thanh Bình - 24/08/2011";Trần Thị Bích\r\n'
    )
    (row,) = read_files([SourceFile("a.csv", text.encode("utf-8-sig"))], wb.RULES).rows
    assert row.team == "Sao Mai"
    assert members(row) == [AN, BINH]
