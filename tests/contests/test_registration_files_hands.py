"""Whole files by other hands: forms' exports, printed lists with totals, slips of one team, a spreadsheet set to English."""

import io
import zipfile
from datetime import date

import openpyxl
import pytest

from incubator.contests.registration_files import SourceFile, judge, read_files
from incubator.contests.registration_files.columns import meaning_of
from tests.contests import workbooks as wb
from tests.contests.legacy_fonts import to_tcvn3, to_vni

P, L = "primary", "lower_secondary"
COACH = "Ngô Gia Tự"
PHONE = "0345000011"


def read(file):
    reading = read_files([file], wb.RULES)
    assert reading.problems == []
    judge(reading.rows, wb.RULES)
    return reading.rows


def table(rows, *, merges=()):
    return wb.xlsx([list(row) for row in rows], merges=merges)


def short(row):
    """What a clerk would write down of a team."""
    people = [
        f"{m.name} {m.birth_date:%d/%m/%Y} {m.class_name}" if m.birth_date else f"{m.name} ? {m.class_name}"
        for m in row.members
    ]
    return (row.team, row.division, row.school, people, row.coach.name, row.coach.phone, row.reason)


def kinds_of(row, name):
    return next((repair.kinds for repair in row.repairs if repair.field == name), ())


FORM_HEAD = [
    "Timestamp", "Email Address", "Đội của em dự thi ở bảng nào?", "Trường em đang theo học (ghi đầy đủ)",
    "Tên đội dự thi của em là gì?", "Họ và tên thành viên thứ nhất (Đội trưởng)",
    "Ngày tháng năm sinh của thành viên thứ nhất", "Thành viên thứ nhất học lớp nào?", "Họ và tên thành viên thứ hai",
    "Ngày tháng năm sinh của thành viên thứ hai", "Thành viên thứ hai học lớp nào?",
    'Họ và tên thành viên thứ ba (nếu không có ghi "Không")', "Ngày tháng năm sinh của thành viên thứ ba",
    "Thành viên thứ ba học lớp nào?", "Họ và tên thầy/cô hướng dẫn", "Số điện thoại (có Zalo) của thầy/cô hướng dẫn",
    "Em biết cuộc thi qua kênh nào? (có thể chọn nhiều)", "Đội có cần mượn bộ kit không?",
    "Em muốn hỏi Ban tổ chức điều gì?",
]  # fmt: skip


def form_row(sent, third=("Không", "", ""), second="Lê Hoài Thương"):
    return [
        sent, "an@gmail.com", "Bảng B - Trung học cơ sở (lớp 6-9)", "Trường Trung học cơ sở Hoà Phú", "Tia Chớp",
        "Nguyễn Minh Triết", "05/03/2011", "8A3", second, "17/09/2011", "8A3", *third, "Cô Phạm Thị Lan",
        "0903 111 222", "Facebook, Zalo, Thầy cô", "Có", "Không có",
    ]  # fmt: skip


def test_a_web_forms_export_asks_things_that_are_no_part_of_a_team():
    (row,) = read(wb.csv_file([FORM_HEAD, form_row("10/28/2024 9:15:02")]))
    people = ["Nguyễn Minh Triết 05/03/2011 8A3", "Lê Hoài Thương 17/09/2011 8A3"]
    assert short(row) == ("Tia Chớp", L, "THCS Hòa Phú", people, "Phạm Thị Lan", "0903111222", None)
    assert kinds_of(row, "member3") == ("says_nothing",)
    assert row.coach.email == "an@gmail.com"


def test_time_stamps_with_the_month_first_say_which_sending_was_the_last():
    rows = read(
        wb.csv_file(
            [FORM_HEAD, form_row("10/28/2024 9:15:02"), form_row("11/2/2024 7:00:00", second="Trần Khôi")]
        )
    )
    assert [row.reason for row in rows] == ["superseded", None]


def test_a_list_in_the_order_of_names_has_a_teams_pupils_apart():
    head = [
        "STT",
        "Ho va ten",
        "Ngay thang nam sinh",
        "Lop",
        "Truong",
        "Khoi",
        "Ten doi",
        "GV huong dan",
        "So DT",
    ]
    names = ["Nguyen Van An", "Le Thi Bich", "Pham Hoang Cuong", "Do My Duyen", "Ly Gia Phuc"]
    rows = read(
        table(
            [head]
            + [
                [
                    n,
                    name,
                    f"0{n}/03/2012",
                    "7A",
                    "THCS Tan Binh",
                    "THCS",
                    ("Rong Vang", "Rong Xanh")[n % 2],
                    COACH,
                    PHONE,
                ]
                for n, name in enumerate(names, 1)
            ]
        )
    )
    assert [(row.team, [m.name for m in row.members], row.reason) for row in rows] == [
        ("Rong Xanh", [names[0], names[2], names[4]], None),
        ("Rong Vang", [names[1], names[3]], None),
    ]
    assert ("members", ("joined_rows",), "2", "2, 4, 6") in [
        (r.field, r.kinds, r.was, r.now) for r in rows[0].repairs
    ]


def test_two_whole_teams_of_one_name_in_one_school_stay_two():
    head = ["Đội", "Trường", "Bảng", "Họ tên", "Ngày sinh", "GVHD", "SĐT"]
    rows = [
        [team, "THCS Hòa Phú", "THCS", f"Lê {name}", "05/03/2012", COACH, PHONE]
        for team, names in (("Ngựa Ô", "An Bảo"), ("Rùa", "Chi Dũng"), ("Ngựa Ô", "Giang Hà"))
        for name in names.split()
    ]
    assert [row.reason for row in read(table([head, *rows]))] == [None, None, "name_taken"]


def english(first, second):
    return table([
        ["No.", "School name", "Team name", "Level", "Student 1 - Full name", "Student 1 - DOB (mm/dd/yyyy)",
         "Student 1 - Grade", "Student 2 - Full name", "Student 2 - DOB (mm/dd/yyyy)", "Student 2 - Grade",
         "Supervising teacher", "Teacher's mobile"],
        [1, "Ngô Thời Nhiệm Secondary School", "Robo Stars", "Lower secondary", "Trần Anna", first, "Grade 7", "Lê David",
         second, "8B", "Mr. Phạm Quốc Huy", "84-912-345-678"],
    ])  # fmt: skip


def test_heads_in_english_say_that_the_month_comes_first():
    (row,) = read(english("03/05/2012", "11/08/2011"))
    people = ["Trần Anna 05/03/2012 7", "Lê David 08/11/2011 8B"]
    assert short(row) == ("Robo Stars", L, "THCS Ngô Thời Nhiệm", people, "Phạm Quốc Huy", "0912345678", None)
    assert kinds_of(row, "member1.birth") == ("date_swapped",)


def test_a_day_over_twelve_in_front_is_believed_more_than_the_head():
    (row,) = read(english("03/05/2012", "24/08/2011"))
    assert [m.birth_date for m in row.members] == [date(2012, 5, 3), date(2011, 8, 24)]


def mixed_dates(*days):
    """Typed day first into a spreadsheet that takes the month first: what it could read became a real date."""
    head = ["Tên đội", "Trường", "Bảng", "Họ tên thành viên", "Ngày sinh", "Lớp", "GVHD", "SĐT"]
    rows = [
        [f"Đội {n // 2}", "THCS Tân Hiệp", "THCS", f"Hà {'ABCDEGHIKL'[n]} Linh",
         date(2012, day, 3) if day <= 12 else f"{day}/3/2012", "7A", COACH, PHONE]
        for n, day in enumerate(days)
    ]  # fmt: skip
    return [m.birth_date for row in read(table([head, *rows])) for m in row.members]


def test_real_dates_that_a_spreadsheet_set_to_english_turned_round_are_turned_back():
    days = (5, 24, 2, 31, 7, 19, 12, 25)
    assert mixed_dates(*days) == [date(2012, 3, day) for day in days]


def test_few_dates_are_no_proof_that_they_were_turned_round():
    assert mixed_dates(5, 24, 2, 31)[0] == date(2012, 5, 3)


def test_columns_grouped_by_what_they_hold():
    head = [
        ["Stt", "Đơn vị", "Tên nhóm", "Bảng thi", "Họ và tên học sinh", None, None, "Ngày sinh", None, None, "Lớp", None,
         None, "GVHD", "Điện thoại"],
        [None, None, None, None, *["HS 1", "HS 2", "HS 3"] * 3, None, None],
    ]  # fmt: skip
    line = [1, "TH Bình Hòa 2", "Sóc Nâu", "A", "Trương Mỹ Linh", "Lương Hữu Phát", None, "'01/12/2014", 42005, None, "5A",
            "4A", None, COACH, 345000011]  # fmt: skip
    merges = ["A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:G1", "H1:J1", "K1:M1", "N1:N2", "O1:O2"]
    (row,) = read(table([*head, line], merges=merges))
    people = ["Trương Mỹ Linh 01/12/2014 5A", "Lương Hữu Phát 01/01/2015 4A"]
    assert short(row) == ("Sóc Nâu", P, "Tiểu học Bình Hòa 2", people, COACH, PHONE, None)


def test_each_team_in_a_table_of_its_own_below_its_name():
    def part(title, coach, *pupils):
        return [[title], [coach], ["TT", "Họ và tên", "Ngày sinh", "Lớp"], *map(list, pupils), []]

    rows = read(
        table([
            ["TRƯỜNG TIỂU HỌC AN BÌNH"], ["PHIẾU ĐĂNG KÝ"], ["Tổng số đội: 3"],
            *part("ĐỘI SỐ 1: Chim Ưng", "GVHD: Thầy Ngô Đức Kế - SĐT: 0966 123 456", (1, "Đào Duy Anh", "12/10/2014", "5/3"),
                  (2, "Phùng Bích Hà", "01/11/2015", "4/1")),
            *part("ĐỘI SỐ 2: Cá Heo", "GVHD: Cô Nông Thị Hoa - SĐT: 0966 654 321", (1, "Mạc Đĩnh Chi", "02/02/2016", "3/3"),
                  (2, "Giang Thanh Mai", "03/03/2016", "3/3")),
            *part("ĐỘI SỐ 3: Sao Biển", "", (1, "Từ Hải", "04/02/2016", "3/3"), (2, "Thúy Kiều", "05/03/2016", "3/3")),
            ["An Bình, ngày 5 tháng 10 năm 2024"], [None, None, "Hiệu trưởng"],
        ])
    )  # fmt: skip
    assert [
        (row.team, row.school, len(row.members), row.coach.name, row.coach.phone, row.reason) for row in rows
    ] == [
        ("Chim Ưng", "Tiểu học An Bình", 2, "Ngô Đức Kế", "0966123456", None),
        ("Cá Heo", "Tiểu học An Bình", 2, "Nông Thị Hoa", "0966654321", None),
        ("Sao Biển", "Tiểu học An Bình", 2, "", "", "coach_missing"),
    ]


def test_a_coach_named_below_the_list_is_the_coach_of_its_teams():
    rows = read(
        table([
            ["TRƯỜNG THCS BÌNH AN"], ["STT", "Đội", "Họ tên", "Ngày sinh", "Lớp"],
            [1, "Tê Giác", "La Văn Cầu", "1/5/2011", "8A"], [2, None, "Cù Chính Lan", "2/5/2011", "8A"],
            [3, "Hà Mã", "Mạc Thị Bưởi", "3/5/2011", "8B"], [4, None, "Trần Can", "4/5/2011", "8B"],
            ["Giáo viên hướng dẫn: Thầy Hoàng Văn Nô, ĐT: 0345.000.023"],
        ])
    )  # fmt: skip
    assert {(row.coach.name, row.coach.phone, row.reason) for row in rows} == {
        ("Hoàng Văn Nô", "0345000023", None)
    }


def test_a_column_of_positions_says_who_is_coach_and_remarks_beside_names_are_no_names():
    (row,) = read(
        table([
            ["TT", "Đơn vị", "Tên đội", "Cấp học", "Họ tên", "Chức vụ", "Năm sinh", "Lớp", "Điện thoại"],
            [1, "Trường TH & THCS Minh Tân", "Đom Đóm", "Tiểu học", "1. Hoàng Gia Huy (đội trưởng)", "Đội trưởng",
             "02/09/2014", "5A", None],
            [None, None, None, None, "2. H'LINH KSƠR (song sinh)", "Đội viên", "02/09/2014", "5A", None],
            [None, None, None, None, "Thầy Lâm Quang Thi", "GVHD", None, None, "0385 111 999"],
        ])
    )  # fmt: skip
    people = ["Hoàng Gia Huy 02/09/2014 5A", "H'Linh Ksơr 02/09/2014 5A"]
    assert short(row) == ("Đom Đóm", P, "TH-THCS Minh Tân", people, "Lâm Quang Thi", "0385111999", None)
    assert [m.captain for m in row.members] == [True, False]
    assert "remark_apart" in kinds_of(row, "member2.name")


def test_a_position_of_the_coach_is_no_part_in_the_team():
    head = ["Tên đội", "Trường", "Bảng", "Họ tên HS", "Ngày sinh", "GVHD", "Chức vụ", "SĐT"]
    rows = [
        ["Sao", "THCS Hòa Phú", "THCS", f"Lê {n}", "05/03/2012", COACH, "Giáo viên", PHONE]
        for n in ("An", "Bảo")
    ]
    (row,) = read(table([head, *rows]))
    assert (len(row.members), row.coach.name) == (2, COACH)


def test_a_printed_list_with_pages_subtotals_and_groups_in_roman_numbers():
    head = ["STT", "Tên đội", "Họ và tên học sinh", "Ngày sinh", "Nữ", "Lớp", "GVHD", "Điện thoại GVHD"]
    rows = read(
        table([
            ["DANH SÁCH CÁC ĐỘI DỰ THI BẢNG TIỂU HỌC"], head, ["A", "B", "C", "1", "2", "3", "4", "5"],
            ["I", "Trường TH Thanh Tân"], [1, "Bút Chì", "Nguyễn Thục Quyên", "3/3/2014", "x", "5A", COACH, PHONE],
            [2, None, "Trần Đình Trọng", "4/4/2014", None, "5A"], ["Cộng", "1 đội", "2 học sinh", None, 1], ["Trang 1/2"],
            head, ["II", "Trường Tiểu học Định An"], [3, "Tổng Lực", "Ninh Thị Xuân", "5/5/2015", "x", "4B", COACH, PHONE],
            [4, None, "Từ Hải", "7/7/2015", None, "4B"], ["Cộng", "1 đội", "2 học sinh", None, 1],
            ["TỔNG CỘNG", "2 đội", "4 học sinh", "(Bằng chữ: bốn)", 2, "-", "2 GVHD"], ["(*) Ghi chú: đã nộp khai sinh."],
            ["Người lập bảng", None, None, None, None, "KT. TRƯỞNG PHÒNG"], ["Vương Thị Ba", None, None, None, None, "Tôn Đản"],
        ])
    )  # fmt: skip
    assert [(row.team, row.school, len(row.members), row.reason) for row in rows] == [
        ("Bút Chì", "Tiểu học Thanh Tân", 2, None),
        ("Tổng Lực", "Tiểu học Định An", 2, None),
    ]


def test_marks_that_stand_for_the_row_above():
    rows = read(
        table([
            ["TT", "Họ và tên", "Ngày sinh", "Lớp", "Trường", "Khối", "Đội", "GVHD", "SĐT"],
            [1, "Bùi Thị Cúc", "1/2/2011", "8A", "THCS Trần Phú", "THCS", "Đội 1", COACH, PHONE],
            [2, "Bùi Thị Lan", "2/2/2011", "nt", "nt", "nt", "nt", "nt", "nt"],
            [3, "Bùi Thị Mận", "3/2/2011", "8B", "-nt-", "-nt-", "Đội 2", "-nt-", "-nt-"],
            [4, "Bùi Thị Đào", "4/2/2011", '"', '"', '"', '"', '"', '"'],
        ])
    )  # fmt: skip
    assert [short(row) for row in rows] == [
        (
            "Đội 1",
            L,
            "THCS Trần Phú",
            ["Bùi Thị Cúc 01/02/2011 8A", "Bùi Thị Lan 02/02/2011 8A"],
            COACH,
            PHONE,
            None,
        ),
        (
            "Đội 2",
            L,
            "THCS Trần Phú",
            ["Bùi Thị Mận 03/02/2011 8B", "Bùi Thị Đào 04/02/2011 8B"],
            COACH,
            PHONE,
            None,
        ),
    ]
    assert "filled_down" in kinds_of(rows[1], "school")


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("Tên đội (tiếng Anh hoặc tiếng Việt)", "404 Not Found"),
        ("Đội/nhóm dự thi", "2013"),
        ("Tên đội", "Tổng Tư Lệnh"),
    ],
)
def test_teams_names_and_their_heads_may_look_like_something_else(head, name):
    heads = [
        head,
        "Trường",
        "Bảng",
        "HS1",
        "NS1",
        "HS2",
        "NS2",
        "Thầy (cô) HD",
        "SĐT",
        "Ảnh đội",
        "Số HS",
        "Năm sinh GVHD",
    ]
    values = [
        name,
        "THCS Hòa Phú",
        "B",
        "Lê An",
        "1/2/2011",
        "Lê Bảo",
        "2/2/2011",
        COACH,
        PHONE,
        "x.jpg",
        2,
        1980,
    ]
    (row,) = read(table([heads, values]))
    assert (row.team, [m.name for m in row.members], row.coach.name, row.reason) == (
        name,
        ["Lê An", "Lê Bảo"],
        COACH,
        None,
    )


def test_one_column_holds_a_coach_and_the_phone_though_its_head_begins_with_neither():
    heads = ["Đội", "Trường", "Bảng", "Họ và tên học sinh/ngày sinh/lớp", "GV hướng dẫn/ĐT"]
    pupils = "1/ Nguyễn Xí (12/2/2011) - 8A\n2/ Đinh Lễ (13/3/2011) - 8B"
    (row,) = read(table([heads, ["Suối", "THCS Vĩnh Hòa", "THCS", pupils, "Đinh Liệt\n0355555555"]]))
    assert (row.coach.name, row.coach.phone, len(row.members)) == ("Đinh Liệt", "0355555555", 2)


@pytest.mark.parametrize("said", ["Không có", "KHÔNG", "ko", "N/A", "-", "chưa có", "x"])
def test_none_in_words_is_nobody(said):
    head = ["Đội", "Trường", "Bảng", "HS1", "NS1", "HS2", "NS2", "HS3", "NS3", "GVHD", "SĐT", "Email"]
    (row,) = read(
        table(
            [
                head,
                [
                    "Sao",
                    "THCS Hòa Phú",
                    "THCS",
                    "Lê An",
                    "1/2/2011",
                    "Lê Na",
                    "2/2/2011",
                    said,
                    said,
                    said,
                    said,
                    said,
                ],
            ]
        )
    )
    assert [m.name for m in row.members] == ["Lê An", "Lê Na"]
    assert (row.coaches, row.warnings, row.reason) == ([], [], "coach_missing")


@pytest.mark.parametrize(
    "typed",
    [
        "05-Mar-12",
        "05/3/2O12",
        "05//03/2012",
        "05 Th3 2012",
        "5-thg 3-2012",
        "05-Thg3-12",
        "ngày 05 tháng 03 năm 12",
    ],
)
def test_more_ways_to_write_a_day(typed):
    head = ["Đội", "Trường", "Bảng", "HS1", "NS1", "HS2", "NS2", "GVHD", "SĐT"]
    (row,) = read(
        table([head, ["Sao", "THCS Hòa Phú", "THCS", "Lê An", typed, "Lê Na", "2/2/2011", COACH, PHONE]])
    )
    assert row.members[0].birth_date == date(2012, 3, 5)
    assert row.reason is None


def test_a_bracket_in_a_schools_name_stays_closed():
    head = ["Đội", "Trường", "Bảng", "HS1", "NS1", "HS2", "NS2", "GVHD", "SĐT"]
    values = [
        "Sao",
        "Trường TH Nguyễn Du (P. An Phú)",
        "TH",
        "Lê An",
        "1/2/2015",
        "Lê Na",
        "2/2/2015",
        COACH,
        PHONE,
    ]
    assert read(table([head, values]))[0].school == "Tiểu học Nguyễn Du (P. An Phú)"


SLIP = [
    ["PHÒNG GD&ĐT"], ["PHIẾU ĐĂNG KÝ THAM DỰ CUỘC THI"], ["I. THÔNG TIN CHUNG"], ["1. Tên đội: Hoa Hướng Dương ......"],
    ["2. Trường: THCS Thạnh Phước"], ["3. Bảng thi: THCS"], ["II. THÔNG TIN HỌC SINH"], ["Học sinh 1:"],
    ["- Họ và tên: Đặng Thùy Trâm"], ["- Ngày sinh: 26/11/2012    Lớp: 6A1"], ["Học sinh 2:"],
    ["- Họ và tên: Nguyễn Văn Trỗi"], ["- Ngày sinh: 01/02/2012    Lớp: 7A2"], ["III. GIÁO VIÊN HƯỚNG DẪN"],
    [f"- Họ và tên: {COACH}"], ["- Điện thoại: 0345 000 011    Email: tu@edu.vn"], ["Tân Uyên, ngày 2 tháng 10 năm 2024"],
    ["HIỆU TRƯỞNG"],
]  # fmt: skip
PEOPLE = ["Đặng Thùy Trâm 26/11/2012 6A1", "Nguyễn Văn Trỗi 01/02/2012 7A2"]
BESIDE = [
    ["Tên đội:", "Hoa Hướng Dương"], ["Đơn vị:", "Trường THCS Thạnh Phước"], ["Bảng dự thi:", "THCS"], ["GVHD:", COACH],
    ["Điện thoại:", "0345 000 011"], ["Thành viên 1:", "Đặng Thùy Trâm", "Ngày sinh:", "26/11/2012", "Lớp:", "6A1"],
    ["Thành viên 2:", "Nguyễn Văn Trỗi", "Ngày sinh:", "1/2/2012", "Lớp:", "7A2"],
]  # fmt: skip
NUMBERED = [
    ["STT", "Nội dung", "Thông tin"],
    *[[n, *pair] for n, pair in enumerate([
        ("Tên đội", "Hoa Hướng Dương"), ("Trường", "THCS Thạnh Phước"), ("Cấp học", "THCS"),
        ("Họ tên đội trưởng", "Đặng Thùy Trâm"), ("Ngày sinh", date(2012, 11, 26)), ("Lớp", "6A1"),
        ("Họ tên thành viên 2", "Nguyễn Văn Trỗi"), ("Ngày sinh", "1/2/2012"), ("Lớp", "7A2"),
        ("Giáo viên hướng dẫn", COACH), ("Số điện thoại", 345000011), ("Ghi chú", None),
    ], 1)],
]  # fmt: skip
SLIPS = {
    "answers in the cell": SLIP,
    "in VNI": [[to_vni(cell) for cell in row] for row in SLIP],
    "in TCVN3": [[to_tcvn3(cell) for cell in row] for row in SLIP],
    "answers beside": BESIDE,
    "numbered, in two columns": NUMBERED,
}


@pytest.mark.parametrize("hand", SLIPS)
def test_a_slip_of_one_team_with_its_labels_down_the_side(hand):
    (row,) = read(table(SLIPS[hand]))
    assert short(row) == ("Hoa Hướng Dương", L, "THCS Thạnh Phước", PEOPLE, COACH, PHONE, None)


def test_a_slip_a_sheet():
    book = openpyxl.Workbook()
    for name, slip in (("Đội 1", BESIDE), ("Đội 2", [["Tên đội:", "Cánh Diều"], *BESIDE[1:]])):
        sheet = book.create_sheet(name)
        for line in slip:
            sheet.append(line)
    book.remove(book.worksheets[0])
    assert [row.team for row in read(wb.save(book))] == ["Hoa Hướng Dương", "Cánh Diều"]


def test_hidden_rows_and_columns_are_read_and_told_and_formulas_of_the_right_sheet_too():
    book = openpyxl.Workbook()
    book.active.title = "Ẩn"
    book.active.sheet_state = "hidden"
    book.active.append(["=1+1"])
    sheet = book.create_sheet("Danh sách")
    sheet.append(["Đội", "Trường", "Bảng", "HS1", "NS1", "HS2", "NS2", "GVHD", "SĐT", "Mã"])
    for n, name in enumerate(("Sao", "Trăng")):
        born = [f"{n + 1}/2/2011", f"{n + 3}/2/2011"]
        sheet.append([name, "THCS Hòa Phú", "THCS", "Lê An", born[0], "Lê Na", born[1], COACH, PHONE, "x"])
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["J"].hidden = True
    reading = read_files([wb.save(book)], wb.RULES)
    assert [row.team for row in reading.rows] == ["Sao", "Trăng"]
    assert reading.files[0].sheets[0].notices == [
        "Trang “Danh sách” có 1 dòng đang ẩn hoặc bị lọc; vẫn đọc như các dòng khác.",
        "Trang “Danh sách” có 1 cột đang ẩn; vẫn đọc như các cột khác.",
    ]


def word_document():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<w:document/>")
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.docx", word_document(), "văn bản Word"),
        ("a.xlsx", word_document(), "văn bản Word"),
        ("a.doc", OLE + "WordDocument".encode("utf-16-le"), "văn bản Word"),
        ("a.xls", b"\xef\xbb\xbf<html><table></table></html>", "trang web"),
        ("a.xls", b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html></html>", "trang web"),
    ],
)
def test_what_only_looks_like_a_workbook_is_called_by_its_name(name, data, words):
    (problem,) = read_files([SourceFile(name, data)], wb.RULES).problems
    assert words in problem


def test_pupils_with_positions_beside_a_column_of_coaches():
    head = ["Tên đội", "Trường", "Bảng", "Họ và tên", "Vai trò", "Ngày sinh", "GVHD", "SĐT"]
    rows = [
        ["Sao", "THCS Hòa Phú", "THCS", "Lê An", "Đội trưởng", "5/3/2012", COACH, PHONE],
        ["Sao", "THCS Hòa Phú", "THCS", "Lê Na", "Thành viên", "6/3/2012", COACH, PHONE],
    ]
    (row,) = read(table([head, *rows]))
    assert (row.coach.name, row.coach.phone, len(row.members)) == (COACH, PHONE, 2)


TURNED = [
    ["DANH SÁCH ĐỘI TRƯỜNG THCS PHÚ HÒA"], ["Nội dung", "Đội 1", "Đội 2"], ["Tên đội", "Cá Mập", "Cá Voi"],
    ["Trường", "THCS Phú Hòa", "THCS Phú Hòa"], ["Bảng", "THCS", "THCS"], ["Thành viên 1", "Lê An", "Lê Chi"],
    ["Ngày sinh", date(2011, 3, 1), "3/3/2011"], ["Lớp", "8A", "8A"], ["Thành viên 2", "Lê Bảo", "Lê Dung"],
    ["Ngày sinh", "2/3/2011", "4/3/2011"], ["Lớp", "8A", "8A"], ["GVHD", COACH, COACH], ["SĐT", 345000011, 345000011],
]  # fmt: skip
WITH_CODES = [
    ["STT", "Mã học sinh", "Họ và tên", "Ngày sinh", "Lớp", "Nữ", "Đội trưởng", "Tên đội", "Mã trường", "Trường", "Khối",
     "Họ tên cha", "SĐT mẹ", "Họ tên người đăng ký", "GVHD", "SĐT GVHD"],
    *[[n, f"74001{n}", name, f"{n}/3/2011", "8A", "x" if n % 2 else None, "x" if n % 2 else None, team, "7412",
       "THCS Phú Hòa", 8, f"Lê Bố {n}", "0911", "Cô Văn Thư", COACH, PHONE]
      for n, name, team in ((1, "Lê An", "Cá Mập"), (2, "Lê Bảo", "Cá Mập"), (3, "Lê Chi", "Cá Voi"), (4, "Lê Dung", "Cá Voi"))],
]  # fmt: skip
NAME_AND_DATE = [
    [
        "Tên đội",
        "Trường",
        "Bảng",
        "Họ tên, ngày sinh HS1",
        "Lớp HS1",
        "Họ tên, ngày sinh HS2",
        "Lớp HS2",
        "GVHD",
        "SĐT",
    ],
    ["Cá Mập", "THCS Phú Hòa", "THCS", "Lê An (1/3/2011)", "8A", "Lê Bảo\n2/3/2011", "8A", COACH, PHONE],
    ["Cá Voi", "THCS Phú Hòa", "THCS", "Lê Chi - 3/3/2011", "8A", "Lê Dung, 4/3/2011", "8A", COACH, PHONE],
]
PHONE_BELOW = [
    ["TT", "Tên đội", "Trường", "Bảng", "Họ tên", "Ngày sinh", "Lớp", "Giáo viên hướng dẫn"],
    [1, "Cá Mập", "THCS Phú Hòa", "THCS", "Lê An", "1/3/2011", "8A", COACH],
    [None, None, None, None, "Lê Bảo", "2/3/2011", "8A", "0345000011"],
    [2, "Cá Voi", "THCS Phú Hòa", "THCS", "Lê Chi", "3/3/2011", "8A", COACH],
    [None, None, None, None, "Lê Dung", "4/3/2011", "8A", "ĐT: 0345 000 011"],
]
LABELS_IN_A_CELL = [
    ["STT", "Thông tin đội", "Thành viên", "GVHD"],
    [1, "Đội: Cá Mập\nTrường: THCS Phú Hòa\nBảng: THCS", "1. Lê An - 1/3/2011 - 8A\n2. Lê Bảo - 2/3/2011 - 8A",
     f"{COACH}\n{PHONE}"],
    [2, "Đội: Cá Voi\nTrường: THCS Phú Hòa\nBảng: THCS", "1. Lê Chi - 3/3/2011 - 8A\n2. Lê Dung - 4/3/2011 - 8A",
     f"{COACH}\n{PHONE}"],
]  # fmt: skip
COUNTED_GROUPS = [
    ["TT", "Tên đội", "Họ tên học sinh", "Ngày sinh", "Lớp", "GVHD", "SĐT"], ["1. Trường THCS Phú Hòa (1 đội)"],
    [1, "Cá Mập", "Lê An", "1/3/2011", "8A", COACH, PHONE], [None, None, "Lê Bảo", "2/3/2011", "8A"],
    ["2. Trường Trung học cơ sở Phú Hoà: 1 đội"], [2, "Cá Voi", "Lê Chi", "3/3/2011", "8A", COACH, PHONE],
    [None, None, "Lê Dung", "4/3/2011", "8A"],
]  # fmt: skip
LISTS = {
    "a team in each column": TURNED,
    "codes, crosses, parents and a grade beside": WITH_CODES,
    "name and date in one cell, class apart": NAME_AND_DATE,
    "the coach's phone below the name": PHONE_BELOW,
    "labels in the team's cell": LABELS_IN_A_CELL,
    "groups that say how many follow": COUNTED_GROUPS,
}


@pytest.mark.parametrize("hand", LISTS)
def test_more_hands_that_write_the_same_two_teams(hand):
    assert [short(row) for row in read(table(LISTS[hand]))] == [
        ("Cá Mập", L, "THCS Phú Hòa", ["Lê An 01/03/2011 8A", "Lê Bảo 02/03/2011 8A"], COACH, PHONE, None),
        ("Cá Voi", L, "THCS Phú Hòa", ["Lê Chi 03/03/2011 8A", "Lê Dung 04/03/2011 8A"], COACH, PHONE, None),
    ]


def schools_in(*areas):
    head = ["Tên trường", "Phường/xã", "Đội", "Bảng", "HS1", "NS1", "HS2", "NS2", "GVHD", "SĐT"]
    rows = [
        [
            "Tiểu học Nguyễn Du",
            area,
            f"Đội {n}",
            "TH",
            f"Lê An {'ABC'[n]}",
            "1/3/2015",
            f"Lê Na {'ABC'[n]}",
            "2/3/2015",
            COACH,
            PHONE,
        ]
        for n, area in enumerate(areas)
    ]
    return [row.warnings for row in read(table([head, *rows]))]


def test_one_name_in_two_wards_is_told():
    assert schools_in("P. An Phú", "Phường Phú Lợi") == [["school_in_two_areas"]] * 2
    assert schools_in("P. An Phú", "phường An Phú", "An Phú") == [[]] * 3


def test_a_slip_is_told_to_have_been_turned():
    reading = read_files([table(BESIDE)], wb.RULES)
    assert "xoay thành bảng" in reading.files[0].sheets[0].notices[0]


@pytest.mark.parametrize(
    ("label", "role", "subject"),
    [
        ("Đơn vị công tác của giáo viên", "ignore", ""),
        ("Năm sinh giáo viên", "ignore", ""),
        ("Phòng GD&ĐT", "area", ""),
        ("Hình thức tham gia (cá nhân/đội)", "ignore", ""),
        ("Nội dung đăng ký dự thi", "division", ""),
        ("Tên Robot", "project", ""),
        ("Tên đội Robot", "team", ""),
        ("Tên câu lạc bộ", "", ""),
        ("Đội của bạn có mấy thành viên?", "ignore", ""),
        ("Em học trường nào?", "school", ""),
        ("Tên thành viên 1 là gì?", "", "member"),
        ("Mã số học sinh", "ignore", ""),
        ("Họ tên mẹ", "ignore", ""),
        ("Họ và tên (chữ in hoa)", "", ""),
    ],
)
def test_what_a_head_says(label, role, subject):
    meaning = meaning_of(label)
    assert (meaning.role, meaning.subject) == (role, subject)
    assert (meaning.aspect == "name") == (subject == "member" or "Họ và tên" in label)


def test_a_label_in_the_team_cell_of_a_short_row_is_no_heading():
    pupils = "1. Lê An - 1/3/2011 - 8A\n2. Lê Bảo - 2/3/2011 - 8A"
    rows = read(
        table(
            [
                ["Thông tin đội", "Thành viên", "GVHD"],
                ["Đội: Cá Mập\nTrường: THCS Phú Hòa", pupils, f"{COACH}\n{PHONE}"],
            ]
        )
    )
    assert [(row.team, row.school, len(row.members), row.coach.name) for row in rows] == [
        ("Cá Mập", "THCS Phú Hòa", 2, COACH)
    ]


@pytest.mark.parametrize(("slip", "starts"), [(SLIP, [4, 23]), (BESIDE, [2, 9])])
def test_slips_one_below_the_other(slip, starts):
    other = [
        [cell.replace("Hoa Hướng Dương", "Cánh Diều").replace("Đặng", "Lê") for cell in line] for line in slip
    ]
    rows = read(table([*slip, [], *other]))
    assert [row.row for row in rows] == starts
    assert [(row.team, row.members[0].name, row.coach.name, row.reason) for row in rows] == [
        ("Hoa Hướng Dương", "Đặng Thùy Trâm", COACH, None),
        ("Cánh Diều", "Lê Thùy Trâm", COACH, "member_in_two_teams"),
    ]
