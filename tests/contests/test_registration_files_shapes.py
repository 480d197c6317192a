"""The same two teams in the many shapes that offices, forms and schools send, each read back the same."""

import unicodedata
from datetime import date

import pytest

from incubator.contests.registration_files import SourceFile, judge, read_files
from tests.contests import workbooks as wb
from tests.contests.legacy_fonts import to_tcvn3, to_vni

SAO = ("Sao Mai", "THCS Hòa Phú", "THCS", "Trần Thị Bích", "0912345678", "bich@example.edu.vn")
KIEN = ("Kiến Lửa", "Tiểu học Phú Lợi", "Tiểu học", "Lê Văn Tám", "0987654321", "tam@example.edu.vn")
PUPILS = {
    SAO: [("Nguyễn Minh Đức", date(2011, 8, 24), "8A1"), ("Võ Thị Ánh Tuyết", date(2012, 3, 5), "7/2")],
    KIEN: [("Phạm Bảo Ngọc", date(2015, 11, 2), "4/1"), ("Đỗ Quốc Thắng", date(2016, 4, 30), "3B")],
}
BOTH = (SAO, KIEN)
TEAM_HEADS = ["STT", "Tên đội", "Trường", "Bảng"]
COACH_HEADS = ["GVHD", "SĐT", "Email"]
PAIR_HEADS = ["Học sinh 1", "Ngày sinh", "Lớp", "Học sinh 2", "Ngày sinh", "Lớp"]


def found(*files):
    reading = read_files(files, wb.RULES)
    judge(reading.rows, wb.RULES)
    assert reading.problems == []
    return {
        (r.team, r.school, r.division, r.coach.name, r.coach.phone, r.coach.email): (
            r.reason, [(m.name, m.birth_date, m.class_name) for m in r.members],
        )
        for r in reading.rows
    }  # fmt: skip


def wanted(*teams):
    codes = {"THCS": "lower_secondary", "Tiểu học": "primary"}
    return {(t[0], t[1], codes[t[2]], *t[3:]): (None, PUPILS[t]) for t in teams}


def pairs(*teams, pupil=lambda p: list(p), heads=PAIR_HEADS, text=lambda x: x):
    rows = [[text(head) for head in [*TEAM_HEADS, *heads, *COACH_HEADS]]]
    for number, t in enumerate(teams, 1):
        people = [cell for p in PUPILS[t] for cell in pupil(p)]
        rows.append([number, *t[:3], *people, *t[3:]])
    return [rows[0], *[[text(c) if isinstance(c, str) else c for c in row] for row in rows[1:]]]


def one_a_row(heads, *teams, pupil=lambda p: list(p)):
    rows = [[*TEAM_HEADS, *heads, *COACH_HEADS]]
    rows += [[n, *t[:3], *pupil(p), *t[3:]] for n, t in enumerate(teams, 1) for p in PUPILS[t]]
    return rows


def family_given(p):
    return [*p[0].rsplit(" ", 1), p[1], p[2]]


def day_month_year(p):
    return [p[0], p[1].day, p[1].month, p[1].year, p[2]]


def boys_and_girls(p):
    return [p[0], *((p[1], None) if "Thị" in p[0] or "Ngọc" in p[0] else (None, p[1])), p[2]]


def in_one_cell(p):
    return f"{p[0]}, {p[1]:%d/%m/%Y}, lớp {p[2]}"


ROWS = {
    "family and given names apart": pairs(
        *BOTH, pupil=family_given, heads=["Họ và tên đệm", "Tên", "Ngày sinh", "Lớp"] * 2
    ),
    "one head over two columns of names": one_a_row(
        ["Họ và tên", "", "Ngày sinh", "Lớp"], *BOTH, pupil=family_given
    ),
    "day, month and year apart": one_a_row(
        ["Họ và tên", "Ngày", "Tháng", "Năm", "Lớp"], *BOTH, pupil=day_month_year
    ),
    "day, month and year of birth apart": one_a_row(
        ["Họ và tên", "Ngày sinh", "Tháng sinh", "Năm sinh", "Lớp"], *BOTH, pupil=day_month_year
    ),
    "birth dates under boys and girls": [
        [*TEAM_HEADS, "Họ và tên", "Ngày sinh", None, "Lớp", *COACH_HEADS],
        [*[None] * 5, "Nam", "Nữ"],
        *one_a_row(["Họ và tên", "", "", "Lớp"], *BOTH, pupil=boys_and_girls)[1:],
    ],
    "one cell a pupil": pairs(
        *BOTH, pupil=lambda p: [in_one_cell(p)], heads=[f"Thành viên {n} (họ tên, ngày sinh, lớp)" for n in (1, 2)]
    ),
    "all pupils in a cell whose head says one": [
        [*TEAM_HEADS, "Thành viên", "GVHD (họ tên, SĐT, email)"],
        *[
            [n, *t[:3], "\n".join(f"{i}. {in_one_cell(p)}" for i, p in enumerate(PUPILS[t], 1)), ", ".join(t[3:])]
            for n, t in enumerate(BOTH, 1)
        ],
    ],
    "month first, told by the column": pairs(
        *BOTH, pupil=lambda p: [p[0], f"{p[1].month}/{p[1].day}/{p[1].year}", p[2]]
    ),
    "months in English": pairs(*BOTH, pupil=lambda p: [p[0], f"{p[1]:%d-%b-%Y}", p[2]]),
    "columns numbered below the head": [
        pairs(SAO)[0], [f"({n})" for n in range(1, 14)], *pairs(*BOTH)[1:]
    ],
    "groups in the first column": [
        [*TEAM_HEADS[:2], *PAIR_HEADS, *COACH_HEADS],
        *[
            row
            for roman, t in zip(("I", "II"), BOTH, strict=True)
            for row in ([f"{roman}. TRƯỜNG {t[1].upper()}"], [1, t[0], *[c for p in PUPILS[t] for c in p], *t[3:]])
        ],
    ],
    "a column says who is coach": [
        [*TEAM_HEADS, "Vai trò", "Họ và tên", "Ngày sinh", "Lớp", "Điện thoại", "Email"],
        *[
            row
            for n, t in enumerate(BOTH, 1)
            for row in (
                *[[n, *t[:3], "Thành viên", *p, "0900000000", None] for p in PUPILS[t]],
                [n, *t[:3], "Giáo viên hướng dẫn", t[3], None, None, *t[4:]],
            )
        ],
    ],
    "a form's numbered questions": [
        ["1. Tên trường của thầy/cô là gì?", "2. Đội thi thuộc cấp nào?", "3. Tên đội thi", "4. Họ tên học sinh thứ nhất",
         "5. Ngày sinh học sinh thứ nhất", "6. Lớp của học sinh thứ nhất", "7. Họ tên học sinh thứ hai",
         "8. Ngày sinh học sinh thứ hai", "9. Lớp của học sinh thứ hai", "10. Họ tên GVHD", "11. Số ĐT", "12. Email"],
        *[[t[1], t[2], t[0], *[c for p in PUPILS[t] for c in p], *t[3:]] for t in BOTH],
    ],
}  # fmt: skip


@pytest.mark.parametrize("shape", ROWS)
def test_a_table_of_any_shape_gives_the_same_teams(shape):
    assert found(wb.xlsx(ROWS[shape])) == wanted(*BOTH)


def test_a_form_a_sheet_names_team_school_and_coach_above_its_table():
    rows = [
        ["PHÒNG GIÁO DỤC VÀ ĐÀO TẠO"], [f"TRƯỜNG {SAO[1].upper()}"], ["PHIẾU ĐĂNG KÝ DỰ THI"],
        ["1. Tên đội dự thi:", None, SAO[0]],
        [f"2. Họ tên GVHD: {SAO[3]}", None, f"Số ĐT: {SAO[4]}"], [f"Email: {SAO[5]}"],
        ["TT", "Họ và tên", "Ngày sinh", "Lớp"],
        *[[n, *p] for n, p in enumerate(PUPILS[SAO], 1)],
        [None, None, "HIỆU TRƯỞNG"], [None, None, "Nguyễn Văn Hiệu"],
    ]  # fmt: skip
    assert found(wb.xlsx(rows)) == wanted(SAO)


def test_a_sheets_name_is_its_school_where_no_column_says_it():
    rows = [
        [*TEAM_HEADS[:2], *PAIR_HEADS, *COACH_HEADS],
        [1, KIEN[0], *[c for p in PUPILS[KIEN] for c in p], *KIEN[3:]],
    ]
    assert found(wb.xlsx(rows, sheet="TH Phú Lợi")) == wanted(KIEN)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-16"])
def test_text_of_two_bytes_a_letter_is_read_with_and_without_its_mark(codec):
    assert found(wb.csv_file(pairs(*BOTH), delimiter="\t", encoding=codec)) == wanted(*BOTH)


@pytest.mark.parametrize("encode", [to_tcvn3, to_vni])
def test_rows_in_an_old_font_among_rows_in_unicode_are_told_row_by_row(encode):
    old = [[encode(c) if isinstance(c, str) else c for c in row] for row in pairs(SAO)[1:]]
    many = [[*row[:1], f"{row[1]} {n}", *row[2:]] for n in range(6) for row in pairs(KIEN)[1:]]
    reading = read_files([wb.xlsx([pairs(SAO)[0], *many, *old])], wb.RULES)
    last = reading.rows[-1]
    assert (last.team, last.school, last.coach.name) == (SAO[0], SAO[1], SAO[3])
    assert any("encoding" in kind for repair in last.repairs for kind in repair.kinds)


def test_names_of_a_school_in_marks_and_quotes_are_one_school():
    spellings = [
        "Tr.THCS Hoà Phú",
        "Trường THCS “Hòa Phú”",
        unicodedata.normalize("NFD", "TRƯỜNG THCS HÒA PHÚ"),
    ]
    rows = [
        [*row[:1], f"Đội {n}", spelling, *row[3:]]
        for n, spelling in enumerate(spellings)
        for row in pairs(SAO)[1:]
    ]
    reading = read_files([wb.xlsx([pairs(SAO)[0], *rows])], wb.RULES)
    assert {row.school for row in reading.rows} == {"THCS Hòa Phú"}


@pytest.mark.parametrize("note", [
    "HS3: Lý Gia Hân (03/05/2012, 7A)", "Có thêm em Lý Gia Hân sinh ngày 03/05/2012 lớp 7A",
])  # fmt: skip
def test_a_pupil_who_stands_only_in_the_notes_counts(note):
    rows = pairs(SAO)
    reading = read_files([wb.xlsx([[*rows[0], "Ghi chú"], [*rows[1], note]])], wb.RULES)
    assert reading.rows[0].members[-1].name == "Lý Gia Hân"
    assert reading.rows[0].members[-1].birth_date == date(2012, 5, 3)


def test_a_note_about_something_else_adds_nobody():
    rows = pairs(SAO)
    reading = read_files([wb.xlsx([[*rows[0], "Ghi chú"], [*rows[1], "Bổ sung Robot Mini sau"]])], wb.RULES)
    assert len(reading.rows[0].members) == 2


@pytest.mark.parametrize("typed", ["ĐT: 0912.345.678", "0084912345678", "912345678.0", "0912345678 (Zalo)"])
def test_a_phone_is_read_through_what_stands_around_it(typed):
    rows = pairs(SAO)
    rows[1][-2] = typed
    reading = read_files([wb.xlsx(rows)], wb.RULES)
    assert reading.rows[0].coach.phone == SAO[4]
    assert reading.rows[0].warnings == []


def refusal(file):
    reading = read_files([file], wb.RULES)
    assert reading.rows == []
    return " ".join(reading.problems)


def test_one_cell_at_the_end_of_the_earth_is_refused_before_memory_is_asked_for():
    import openpyxl

    book = openpyxl.Workbook()
    for row in pairs(SAO):
        book.active.append(row)
    book.active["XFD1048576"] = "x"
    assert "XFD1048576" in refusal(wb.save(book))


def test_a_quotation_mark_that_nobody_closed_is_told_and_does_not_swallow_rows():
    text = wb.csv_file(pairs(*BOTH)).data.decode("utf-8-sig").replace(KIEN[0], f'"{KIEN[0]}')
    assert "nháy kép" in refusal(SourceFile("a.csv", text.encode()))


def test_a_header_without_teams_is_told():
    assert "không có đội nào" in refusal(wb.xlsx(pairs()))
