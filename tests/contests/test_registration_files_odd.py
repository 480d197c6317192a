"""Odd files as offices send them: what a careful clerk would read was written down first, and the same two teams come out."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
import xlwt
from openpyxl.styles import Font

from incubator.contests.registration_files import SourceFile, judge, read_files
from incubator.contests.registration_files.titles import team_of_row
from tests.contests import workbooks as wb
from tests.contests.legacy_fonts import to_tcvn3, to_vni
from tests.contests.open_document import ods

L = "lower_secondary"
COACH, PHONE, SCHOOL = "Ngô Gia Tự", "0345000011", "THCS Hòa Phú"
AN, BAO = ("Lê An", date(2011, 3, 1), "8A"), ("Lê Bảo", date(2011, 3, 2), "8A")
CHI, DUNG = ("Lê Chi", date(2011, 3, 3), "8A"), ("Lê Dung", date(2011, 3, 4), "8A")
TEAMS = (("Cá Mập", (AN, BAO)), ("Cá Voi", (CHI, DUNG)))
HEAD = ["STT", "Tên đội", "Trường", "Bảng", "Họ tên HS", "Ngày sinh", "Lớp", "GVHD", "SĐT"]
MACINTOSH = date(1904, 1, 1)


def typed(pupil):
    return [pupil[0], f"{pupil[1].day}/{pupil[1].month}/{pupil[1].year}", pupil[2]]


def rows(pupil=typed, coach=COACH, phone=PHONE):
    """A row a pupil, all numbered; the team's cells on its first row."""
    out = []
    for team, pupils in TEAMS:
        for place, one in enumerate(pupils):
            once = [team, SCHOOL, "THCS"] if not place else [None] * 3
            out.append([len(out) + 1, *once, *pupil(one), *([coach, phone] if not place else [None, None])])
    return out


def renamed(**names):
    """Rows with other words in the place of some pupils' names."""
    return rows(lambda p: [names.get(p[0].split()[1], p[0]), *typed(p)[1:]])


def dated(*days):
    given = iter(days)
    return rows(lambda p: [p[0], next(given), p[2]])


def short(row):
    people = [f"{m.name} {m.birth_date:%d/%m/%Y}" if m.birth_date else f"{m.name} ?" for m in row.members]
    return (row.team, row.division, row.school, people, {m.class_name for m in row.members}, row.coach.name, row.coach.phone, row.reason)  # fmt: skip


def team(name="Cá Mập", pupils=(AN, BAO), *, phone=PHONE, school=SCHOOL, division=L):
    people = [f"{one} {born:%d/%m/%Y}" for one, born, _ in pupils]
    return (name, division, school, people, {"8A"}, COACH, phone, None)


BOTH = [team(), team("Cá Voi", (CHI, DUNG))]


def reading_of(file):
    reading = read_files([file], wb.RULES)
    assert reading.problems == []
    judge(reading.rows, wb.RULES)
    return reading


def read(file):
    return [short(row) for row in reading_of(file).rows]


def table(*lines, **more):
    return wb.xlsx([list(line) for line in lines], **more)


def notices(reading):
    return " ".join(
        [*reading.files[0].notices, *(n for sheet in reading.files[0].sheets for n in sheet.notices)]
    )


# -- cells ----------------------------------------------------------------------------------------

CELLS = {
    "titles before pupils' names": renamed(An="Em Lê An", Bảo="HS. Lê Bảo", Chi="Em: Lê Chi", Dung="Bạn Lê Dung"),
    "remarks beside names": renamed(An="Lê An (nữ)", Bảo="Lê Bảo [lớp phó]", Chi="Lê Chi*", Dung="Lê Dung – dân tộc Chăm"),
    "days in five forms": dated("01-03-2011", "2.3.11", "03 03 2011", "2011/03/04"),
    "days with weekdays and clocks": dated("Thứ ba, 01/03/2011", "02/03/2011 00:00:00", "2011-03-03T00:00:00", "40606"),
    "months in words and Roman": dated("01tháng03năm2011", "2 tháng Ba năm 2011", "3/III/2011", "4-Mar-2011"),
    "a title before the coach": rows(coach="Cô giáo ThS. Ngô Gia Tự"),
    "spaces that are none": rows(lambda p: [p[0].replace(" ", "\u00a0 "), f"{typed(p)[1]} ", f"{p[2]}\u200b"]),
    "numbers begin again": [[n % 2 + 1, *row[1:]] for n, row in enumerate(rows())],
    **{f"phone {phone}": rows(phone=phone) for phone in (
        "+84 345 000 011", 345000011, "84345000011", "0345.000.011/0987654321", "(+84)345000011",
        "0345 000 011 (Zalo) - 0987 654 321", "3.45000011E+08", "0345-000-011", "Zalo: 0345000011; ĐT bàn: 02743822000",
        "+84(0)345000011", "０３４５０００011",
    )},
}  # fmt: skip


@pytest.mark.parametrize("hand", CELLS)
def test_cells_of_other_hands(hand):
    assert read(table(HEAD, *CELLS[hand])) == BOTH


DITTO = [
    ["//", "-//-", "như trên", "nt", ",,"],
    ["(nt)", "như trên.", "(như trên)", "n.t", "↑"],
    ['""', "nt.", "như dòng trên", "-nt-", "Như trên"],
]


@pytest.mark.parametrize("marks", DITTO)
def test_more_marks_that_stand_for_the_row_above(marks):
    a, b, c, d, e = marks
    lines = [
        [1, "Cá Mập", SCHOOL, "THCS", *typed(AN), COACH, PHONE], [2, a, b, c, *typed(BAO)[:2], d, e, a],
        [3, "Cá Voi", c, a, *typed(CHI)[:2], b, c, d], [4, e, a, d, *typed(DUNG)[:2], c, b, e],
    ]  # fmt: skip
    assert read(table(HEAD, *lines)) == BOTH


def test_a_long_list_of_marks_is_read_to_its_end():
    many = [[None, f"Đội {n}", "nt", "nt", *typed(AN), "nt", "nt"] for n in range(3000)]
    found = reading_of(table(HEAD, [1, "Cá Mập", SCHOOL, "THCS", *typed(BAO), COACH, PHONE], *many)).rows
    assert (found[-1].school, found[-1].coach.name, len(found)) == (SCHOOL, COACH, 3001)
    blank = reading_of(table(HEAD, [1, "Cá Mập", SCHOOL, "THCS", *typed(BAO)], *many)).rows
    assert blank[-1].coach.name == ""


@pytest.mark.parametrize(
    ("phone", "email"),
    [("tu@edu.vn", None), (None, f"tu@edu.vn - {PHONE}"), (None, PHONE), ("tu@edu.vn", PHONE)],
)
def test_a_contact_in_the_others_column(phone, email):
    found = reading_of(
        table([*HEAD, "Email"], *[[*row[:8], *([phone, email] if row[7] else [])] for row in rows()])
    ).rows
    says = {part for part in ("tu@edu.vn", PHONE) for cell in (phone, email) if cell and part in cell}
    assert {(row.coach.phone, row.coach.email, *row.warnings) for row in found} == {
        (PHONE if PHONE in says else "", "tu@edu.vn" if "tu@edu.vn" in says else "")
    }


def in_columns(head, cells, first=4, last=7):
    return table(
        [*HEAD[:first], *head, *HEAD[last:]], *[[*row[:first], *cells(row), *row[last:]] for row in rows()]
    )


COLUMNS = {
    "date and class": in_columns(["Họ tên HS", "Ngày sinh - Lớp"], lambda r: [r[4], f"{r[5]} - {r[6]}"]),
    "name and class": in_columns(["Họ tên - Lớp", "Ngày sinh"], lambda r: [f"{r[4]} - {r[6]}", r[5]]),
    "name and class in brackets": in_columns(["Họ và tên (lớp)", "Ngày sinh"], lambda r: [f"{r[4]} ({r[6]})", r[5]]),
    "gender between": in_columns(["Họ tên HS", "Giới tính", "Ngày sinh", "Lớp"], lambda r: [r[4], "Nữ", *r[5:7]]),
    "gender in crosses": in_columns(["Họ tên", "Nam", "Nữ", "Ngày sinh", "Lớp"], lambda r: [r[4], "x", None, *r[5:7]]),
    "team and school": in_columns(["Tên đội - Trường"], lambda r: [f"{r[1]} - {SCHOOL}" if r[1] else None], 1, 4),
    "team and school in brackets": in_columns(["Đội/Trường"], lambda r: [f"{r[1]} ({SCHOOL})" if r[1] else None], 1, 4),
    "coach and phone on two lines": in_columns(["GVHD"], lambda r: [f"Thầy {COACH}\n(ĐT: 0345.000.011)" if r[7] else None], 7, 9),
    "heads in two languages": table(
        ["No./STT", "Team name / Tên đội", "School / Trường", "Division / Bảng", "Full name / Họ và tên",
         "Date of birth / Ngày sinh", "Class / Lớp", "Coach / Giáo viên hướng dẫn", "Phone / Điện thoại"], *rows()
    ),
    "hints below the head": table(
        HEAD, [None, "(tối đa 20 ký tự)", None, "(TH/THCS)", "(có dấu)", "(dd/mm/yyyy)", None, None, "(Zalo)"], *rows()
    ),
    "blank columns between": table(*[[cell for one in row for cell in (one, None)] for row in (HEAD, *rows())]),
    "far down and to the right": table(
        *[[None] * 4 + [f"dòng {n}"] for n in range(14)], [], *[[None] * 5 + row for row in (HEAD, *rows())]
    ),
}  # fmt: skip


@pytest.mark.parametrize("hand", COLUMNS)
def test_columns_of_other_hands(hand):
    assert read(COLUMNS[hand]) == BOTH


def test_a_class_and_no_column_of_birth_dates():
    found = read(in_columns(["Họ tên HS", "Lớp"], lambda r: [r[4], r[6]]))
    assert [(one[3], one[4], one[-1]) for one in found] == [
        (["Lê An ?", "Lê Bảo ?"], {"8A"}, "birth_date_invalid"), (["Lê Chi ?", "Lê Dung ?"], {"8A"}, "birth_date_invalid"),
    ]  # fmt: skip


# -- rows -----------------------------------------------------------------------------------------

EXTRA = ("Lê Ê", date(2011, 9, 9), "8A")


def test_a_row_without_a_number_among_numbered_pupils_begins_no_team():
    """A reserve is put in below, and gets no number."""
    lines = [*rows()[:2], [None] * 4 + ["Lê Ê (dự bị)", *typed(EXTRA)[1:]], *rows()[2:]]
    assert read(table(HEAD, *lines)) == [team(pupils=(AN, BAO, EXTRA)), BOTH[1]]


def test_a_part_that_is_no_coach_is_a_member():
    lines = [[*row, "Chính thức"] for row in rows()]
    lines.insert(2, [None] * 4 + [*typed(EXTRA), None, None, "Dự bị"])
    assert read(table([*HEAD, "Vai trò"], *lines)) == [team(pupils=(AN, BAO, EXTRA)), BOTH[1]]


NOTES = [
    "Đã nộp bản sao giấy khai sinh",
    "(Hai em trên học cùng lớp)",
    "Hai em này chuyển từ trường khác về.",
]


@pytest.mark.parametrize("note", NOTES)
def test_a_loose_note_below_the_names_is_told_and_is_no_pupil(note):
    reading = reading_of(table(HEAD, *rows()[:2], [None] * 4 + [note], *rows()[2:]))
    assert [short(row) for row in reading.rows] == BOTH
    assert f"dòng 4: “{note}” nằm ở cột họ tên" in notices(reading)


@pytest.mark.parametrize(
    "name",
    ["Trần Văn Ê", "TRẦN THỊ CÓ", "Nguyễn thị thanh Thảo", "lê văn em", "Lâm Em", "H'Linh Niê Kđăm Bkrông"],
)
def test_a_name_alone_is_a_pupil_without_a_birth_date(name):
    first, second = read(table(HEAD, *rows()[:2], [None] * 4 + [name], *rows()[2:]))
    assert (first[3][-1][-1], first[-1], second) == ("?", "birth_date_invalid", BOTH[1])


PAGE = [["UBND THÀNH PHỐ"], ["PHÒNG GIÁO DỤC VÀ ĐÀO TẠO"], ["DANH SÁCH ĐĂNG KÝ (tiếp theo)"], HEAD]
H = ["STT", "Họ và tên", "Ngày sinh", "Lớp"]
ABOVE = [["TRƯỜNG THCS HÒA PHÚ"], [f"GVHD: {COACH} - SĐT: {PHONE}"], H]


def below(first, second):
    return [[first], [1, *typed(AN)], [2, *typed(BAO)], [second], [1, *typed(CHI)], [2, *typed(DUNG)]]


def with_coach(*cells):
    """Rows without columns of coaches, `cells` below the pupils of each team."""
    lines = [row[:7] for row in rows()]
    return [*lines[:2], list(cells), *lines[2:], list(cells)]


LISTS = {
    "letterhead and head on each page": [*PAGE, *rows()[:2], ["Trang 1/2"], [], *PAGE, *rows()[2:], ["Trang 2/2"]],
    "a page ends inside a team": [*PAGE, *rows()[:3], ["Trang 1/2"], [], *PAGE, *rows()[3:], ["Trang 2/2"]],
    "subtotals below the names": [
        HEAD, *rows()[:2], [None] * 4 + ["Cộng: 2 học sinh"], *rows()[2:], [None] * 4 + ["Tổng: 4 HS / 2 đội"],
    ],
    "subtotals in numbers": [HEAD, *rows()[:2], ["Cộng trường", None, None, None, 2], *rows()[2:], ["Tổng cộng", 2, 1, None, 4]],
    "a row with the team's name": [*ABOVE, *below("ĐỘI CÁ MẬP", "ĐỘI CÁ VOI")],
    "a row with number and name": [*ABOVE, *below("Đội 1: Cá Mập", "Đội 2: Cá Voi")],
    "a row with team and coach": [
        ABOVE[0], H, *below(*(f"Đội: {name} - GVHD: {COACH} - ĐT: {PHONE}" for name in ("Cá Mập", "Cá Voi"))),
    ],
    "the coach below the pupils": [HEAD[:7], *with_coach(None, None, None, None, f"GVHD: {COACH} - {PHONE}")],
    "the coach numbered GV": [[*HEAD[:7], "SĐT"], *with_coach("GV", None, None, None, COACH, None, None, PHONE)],
}  # fmt: skip


@pytest.mark.parametrize("hand", LISTS)
def test_lists_of_other_hands(hand):
    assert read(table(*LISTS[hand])) == BOTH


@pytest.mark.parametrize(("text", "name"), [
    ("ĐỘI CÁ MẬP", "CÁ MẬP"), ("Nhóm 2", "Nhóm 2"), ("Đội tuyển Robotics", ""), ("Đội trưởng Lê An", ""), ("ĐỘI DỰ THI", ""),
    ("Đội gồm có 3 em", ""),
])  # fmt: skip
def test_a_text_alone_that_names_a_team(text, name):
    assert team_of_row(text) == name


IN_ONE = [1, "Cá Mập", SCHOOL, "THCS", *typed(AN), *typed(BAO), COACH, PHONE]
IN_OTHER = [2, "Cá Voi", SCHOOL, "THCS", *typed(CHI), *typed(DUNG), COACH, PHONE]
ACROSS = [*HEAD[:4], "TV1", "Ngày sinh", "Lớp", "TV2", "Ngày sinh", "Lớp", *HEAD[7:]]
NOBODY = [None] * 4


def test_a_pupil_below_a_row_of_pupils_is_of_that_team():
    found = read(table(ACROSS, IN_ONE, NOBODY + typed(EXTRA), IN_OTHER, [], NOBODY + ["Trần Văn Ký"]))
    assert found[:2] == [team(pupils=(AN, BAO, EXTRA)), BOTH[1]]
    assert [one[-1] for one in found[2:]] == ["incomplete"]  # who stands below a blank row joins no team


@pytest.mark.parametrize("blank", [
    [None, SCHOOL, "THCS"], [None, "-- Chọn --", "-- Chọn --"], ["……", "…", "……", "…………", "…/…/……"],
])  # fmt: skip
def test_rows_of_a_form_that_nobody_filled_in_are_no_teams(blank):
    assert read(table(ACROSS, IN_ONE, IN_OTHER, *[[n, *blank] for n in range(3, 7)])) == BOTH


LISTED = {
    "TV1": lambda n, p: f"TV{n}: {p[0]} - {typed(p)[1]} - {p[2]}",
    "labels": lambda n, p: f"Họ tên: {p[0]}; Ngày sinh: {typed(p)[1]}; Lớp: {p[2]}",
    "labels, a line each": lambda n, p: f"Họ tên: {p[0]}\nNgày sinh: {typed(p)[1]}\nLớp: {p[2]}",
    "a sentence": lambda n, p: f"{n}. Em {p[0]} (nữ), sinh ngày {typed(p)[1]}, học sinh lớp {p[2]}",
}


@pytest.mark.parametrize("hand", LISTED)
def test_pupils_in_a_cell_with_labels(hand):
    lines = [
        [n, name, SCHOOL, "\n".join(LISTED[hand](i, p) for i, p in enumerate(pupils, 1)), COACH, PHONE]
        for n, (name, pupils) in enumerate(TEAMS, 1)
    ]
    assert read(table(["STT", "Tên đội", "Trường", "Thành viên", "GVHD", "SĐT"], *lines)) == BOTH


@pytest.mark.parametrize("mark", [" và ", " + ", "+"])
def test_two_pupils_joined_by_a_word(mark):
    lines = [
        [
            n,
            name,
            SCHOOL,
            "THCS",
            mark.join(p[0] for p in pupils),
            mark.join(typed(p)[1] for p in pupils),
            "8A",
            COACH,
            PHONE,
        ]
        for n, (name, pupils) in enumerate(TEAMS, 1)
    ]
    assert read(table(HEAD, *lines)) == BOTH


PUPILS = [row[4:7] for row in rows()]
MORE = {
    "a head below pages of rules": [*[[f"Điều {n}."] for n in range(58)], HEAD, *rows()],
    "the school's row names the coach": [
        ["STT", "Tên đội", *H[1:]], [f"Trường THCS Hòa Phú - GVHD: {COACH} - SĐT: {PHONE}"], *[[*row[:2], *row[4:7]] for row in rows()],
    ],
    "the team's cell names the coach": [
        HEAD[:7], *[[row[0], row[1] and f"{row[1]}\n(GVHD: {COACH} - {PHONE})", *row[2:7]] for row in rows()],
    ],
    "marks below a blank cell": [HEAD, *rows()[:2], *[[*row[:7], *(["nt", "nt"] if row[7] else [])] for row in rows()[2:]]],
    "a class with its year": [HEAD, *rows(lambda p: [*typed(p)[:2], "8A (2024-2025)"])],
    "school and coach repeated below the team's row": [
        [*H, "Trường", "GVHD", "SĐT"], ["Đội Cá Mập"], *[[1, *p, SCHOOL, COACH, PHONE] for p in PUPILS[:2]], ["Đội Cá Voi"],
        *[[2, *p, SCHOOL, COACH, PHONE] for p in PUPILS[2:]],
    ],
    "signed by a deputy": [HEAD, *rows(), [], [*NOBODY, "P. HIỆU TRƯỞNG"], [], [*NOBODY, "Trần Văn Hiệu"]],
    "seen by the board": [
        HEAD, *rows(), [None, "Người lập biểu", None, None, "Duyệt của BGH"], [None, "Lê Thị Tư", None, None, "Trần Văn Hiệu"],
    ],
    "groups by letters and numerals": [
        [*ACROSS[:2], *ACROSS[4:]], ["A", "KHỐI THCS"], ["I", "THCS Hòa Phú"], [*IN_ONE[:2], *IN_ONE[4:]], [*IN_OTHER[:2], *IN_OTHER[4:]],
    ],
}  # fmt: skip


@pytest.mark.parametrize("hand", MORE)
def test_more_lists_of_other_hands(hand):
    assert read(table(*MORE[hand])) == BOTH


def test_a_reserve_in_the_notes_counts():
    found = read(
        table([*ACROSS, "Ghi chú"], [*IN_ONE, "Dự bị: Lê Ê, 9/9/2011, 8A"], [*IN_OTHER, "Sân dự bị: khu B"])
    )
    assert found == [team(pupils=(AN, BAO, EXTRA)), BOTH[1]]


@pytest.mark.parametrize("day", ["1032011", "30/2/2011", "1/3", "tháng 3/2011"])
def test_a_day_that_may_be_two_is_not_guessed(day):
    assert [one[-1] for one in read(table(HEAD, *dated(day, "2/3/2011", "3/3/2011", "4/3/2011")))] == [
        "birth_date_invalid",
        None,
    ]


# -- tables side by side --------------------------------------------------------------------------


def test_teams_side_by_side_below_their_names():
    beside = [f"GVHD: {COACH} - {PHONE}", None, None, None, None] * 2
    lines = [
        ["TRƯỜNG THCS HÒA PHÚ"], ["Đội: Cá Mập", None, None, None, None, "Đội: Cá Voi"], beside, [*H, None, *H],
        [1, *typed(AN), None, 1, *typed(CHI)], [2, *typed(BAO), None, 2, *typed(DUNG)],
    ]  # fmt: skip
    reading = reading_of(table(*lines))
    assert [short(row) for row in reading.rows] == BOTH
    assert "bảng đặt cạnh nhau" in notices(reading)


@pytest.mark.parametrize("more", [[], ["Ghi chú"]])
def test_a_list_that_goes_on_to_the_right(more):
    first, second, third, fourth = rows()
    reading = reading_of(table([*HEAD, None, *HEAD, *more], [*first, None, *third], [*second, None, *fourth]))
    assert [short(row) for row in reading.rows] == BOTH
    assert len({row.place for row in reading.rows}) == 2  # though both stand in row 2


def test_pupils_side_by_side_are_one_teams():
    head = ["Tên đội", "Trường", *["Họ tên", "Ngày sinh", "Lớp"] * 2, "GVHD", "SĐT"]
    assert read(table(head, ["Cá Mập", SCHOOL, *typed(AN), *typed(BAO), COACH, PHONE])) == BOTH[:1]


# -- slips ----------------------------------------------------------------------------------------

T = [["PHIẾU ĐĂNG KÝ"], ["Tên đội", "Cá Mập"], ["Trường", SCHOOL], ["Bảng", "THCS"]]
SLIPS = {
    "labels in one column": [
        *T, ["Họ tên học sinh 1", AN[0]], ["Ngày sinh", typed(AN)[1]], ["Lớp", "8A"], ["Họ tên học sinh 2", BAO[0]],
        ["Ngày sinh", typed(BAO)[1]], ["Lớp", "8A"], ["Giáo viên hướng dẫn", COACH], ["Điện thoại", PHONE],
    ],
    "several answers a row": [
        T[0], ["Tên đội", "Cá Mập", "Trường", SCHOOL], T[3], ["Thành viên 1", AN[0], "Ngày sinh", typed(AN)[1], "Lớp", "8A"],
        ["Thành viên 2", BAO[0], "Ngày sinh", typed(BAO)[1], "Lớp", "8A"], ["GVHD", COACH, "SĐT", PHONE],
    ],
    "headings": [
        *T, ["THÀNH VIÊN 1"], ["Họ và tên", AN[0]], ["Ngày sinh", typed(AN)[1]], ["Lớp", "8A"], ["THÀNH VIÊN 2"],
        ["Họ và tên", BAO[0]], ["Ngày sinh", typed(BAO)[1]], ["Lớp", "8A"], ["GIÁO VIÊN HƯỚNG DẪN"], ["Họ và tên", COACH],
        ["Số điện thoại", PHONE],
    ],
    "a small table": [
        ["PHIẾU ĐĂNG KÝ"], ["Tên đội", None, "Cá Mập"], ["Đơn vị", None, SCHOOL], ["Cấp học", None, "THCS"], H,
        [1, *typed(AN)], [2, *typed(BAO)], ["GVHD", None, COACH], ["Số ĐT", None, PHONE],
    ],
    "a small table, with colons": [
        ["PHIẾU ĐĂNG KÝ"], ["Tên đội: Cá Mập"], [f"Trường: {SCHOOL}"], ["THÀNH VIÊN"], H[1:], typed(AN), typed(BAO),
        [f"GVHD: {COACH}"], [f"SĐT: {PHONE}"],
    ],
}  # fmt: skip


@pytest.mark.parametrize("hand", SLIPS)
def test_a_slip_without_colons(hand):
    assert read(table(*SLIPS[hand])) == BOTH[:1]


# -- workbooks ------------------------------------------------------------------------------------


def days(real):
    return rows(lambda p: [p[0], p[1] if real else (p[1] - MACINTOSH).days, p[2]])


@pytest.mark.parametrize("real", [True, False])
def test_days_that_a_macintosh_counted(real):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.MAC_EPOCH
    for line in (HEAD, *days(real)):
        book.active.append(line)
    assert read(wb.save(book)) == BOTH
    assert read(old_book(days(real), macintosh=True)) == BOTH


def old_book(lines, *, macintosh=False, struck=()):
    book = xlwt.Workbook()
    book.dates_1904 = macintosh
    page = book.add_sheet("DS")
    day, line = xlwt.easyxf(num_format_str="DD/MM/YYYY"), xlwt.easyxf("font: struck_out on")
    for r, row in enumerate([HEAD, *lines]):
        for c, cell in enumerate(row):
            if cell is not None:
                page.write(r, c, cell, *([day] if isinstance(cell, date) else [line] if r in struck else []))
    out = io.BytesIO()
    book.save(out)
    return SourceFile("a.xls", out.getvalue())


def new_book(lines, *, struck=()):
    book = openpyxl.Workbook()
    for line in (HEAD, *lines):
        book.active.append(line)
    for row in struck:
        for cell in book.active[row + 1]:
            cell.font = Font(strike=True)
    return wb.save(book)


GONE = [
    [5, "Rút Lui", SCHOOL, "THCS", "Hồ An", "5/5/2011", "8A", COACH, PHONE],
    [6, None, None, None, "Hồ Ba", "6/5/2011", "8A"],
]


@pytest.mark.parametrize("book", [old_book, new_book])
def test_what_is_crossed_out_is_not_read_and_told(book):
    reading = reading_of(book([*rows(), *GONE], struck={5, 6}))
    assert [short(row) for row in reading.rows] == BOTH
    assert "có 13 ô gạch ngang chữ (dòng 6, 7)" in notices(reading)


@pytest.mark.parametrize("book", [old_book, new_book])
def test_who_is_left_of_a_crossed_out_team_joins_no_other(book):
    found = read(book([*rows(), *GONE], struck={5}))
    assert found[:2] == BOTH
    assert [(one[0], one[3], one[-1]) for one in found[2:]] == [("", ["Hồ Ba 06/05/2011"], "incomplete")]


def test_a_crossed_out_pupil_leaves_the_team_in_an_open_document():
    file = ods([HEAD, *rows()[:2], [3, None, None, None, *typed(EXTRA)], *rows()[2:]], struck={3})
    reading = reading_of(file)
    assert [short(row) for row in reading.rows] == BOTH
    assert "có 4 ô gạch ngang chữ (dòng 4)" in notices(reading)


def test_three_encodings_in_one_book():
    book = openpyxl.Workbook()
    book.remove(book.active)
    names = [
        (to_tcvn3, "Đội Ánh Dương", ("Nguyễn Thị Hồng", "Trần Quốc Thắng")), (to_vni, "Bứt Phá", ("Đặng Thị Mỹ", "Phạm Đức Huy")),
        (str, "Kiến Lửa", ("Vũ Khánh Ngọc", "Bùi Gia Hưng")),
    ]  # fmt: skip
    for n, (encode, name, people) in enumerate(names):
        sheet = book.create_sheet(f"S{n}")
        sheet.append([encode(head) for head in HEAD])
        for i, one in enumerate(people):
            once = [encode(name), encode("Trường THCS Trịnh Hoài Đức"), "THCS"] if not i else [None] * 3
            sheet.append(
                [
                    i + 1,
                    *once,
                    encode(one),
                    f"{i + 1}/{n + 1}/2011",
                    "8A",
                    *([encode(COACH), PHONE] if not i else []),
                ]
            )
    found = reading_of(wb.save(book)).rows
    assert [
        (row.team, tuple(m.name for m in row.members), row.school, row.coach.name, row.reason)
        for row in found
    ] == [(name, people, "THCS Trịnh Hoài Đức", COACH, None) for _, name, people in names]


def text_of(lines, mark):
    return [mark.join("" if cell is None else str(cell) for cell in line) for line in lines]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_texts_of_other_programs(name):
    if name == "a.csv":  # each row in quotation marks as a whole
        lines = ['"' + line.replace('"', '""') + '"' for line in text_of([HEAD, *rows()], ",")]
    else:
        lines = [f"{line}\t\t\t" for line in text_of([HEAD, *rows(), []], "\t")]
    assert read(SourceFile(name, "\r\n".join(lines).encode("utf-8-sig"))) == BOTH
