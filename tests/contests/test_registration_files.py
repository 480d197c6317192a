"""Reading registration files: the season's key, odd layouts, repairs, the order of checks, and bad input."""

import io
import json
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
import xlwt

from incubator.contests.registration_files import (
    MAX_ROWS,
    KnownSchool,
    Rules,
    SheetMapping,
    SourceFile,
    as_json,
    explain_reason,
    judge,
    read_files,
)
from incubator.contests.registration_files.people import split_people
from incubator.core.text import compare_key
from tests.contests import workbooks as wb
from tests.contests.import_factories import season_files
from tests.contests.legacy_fonts import to_tcvn3, to_vni
from tests.pace import slowness

KEY = json.loads(
    (Path(__file__).parents[1] / "data" / "robotics-2024" / "expected.json").read_text(encoding="utf-8")
)


def read(*files, rules=wb.RULES, mappings=None):
    reading = read_files(files, rules, mappings)
    judge(reading.rows, rules)
    return reading


def reasons(reading):
    return [row.reason for row in reading.rows]


def comparable(team):
    return (
        compare_key(team["team"]),
        team["division"],
        compare_key(team["school"]),
        tuple((compare_key(m["name"]), m["birth_date"], m["class"]) for m in team["members"]),
        compare_key(team["coach"]["name"]),
        team["coach"]["phone"][-9:],
        team["coach"]["email"].casefold(),
        tuple(team["warnings"]),
        team["source"],
    )


def test_the_season_is_read_as_its_key_says():
    data = as_json(read(*season_files()), wb.RULES)
    assert data["figures"] == KEY["figures"]
    assert sorted(map(str, map(comparable, data["teams"]))) == sorted(map(str, map(comparable, KEY["teams"])))
    names = ("team", "school", "division", "reason", "source", "detail")
    held = [tuple(row.get(name) for name in names) for row in data["not_accepted"]]
    assert sorted(map(str, held)) == sorted(
        str(tuple(row.get(name) for name in names)) for row in KEY["not_accepted"]
    )


# -- layouts --------------------------------------------------------------------------------------

HEAD = [
    "Tên đội",
    "Trường",
    "Bảng",
    "Học sinh 1",
    "Ngày sinh 1",
    "Lớp 1",
    "Học sinh 2",
    "Ngày sinh 2",
    "Lớp 2",
    "GVHD",
    "SĐT",
]


def line(
    team="Sao Mai", school="Tiểu học Định Hòa", division="TH", one="Trần Văn An", two="Lê Thị Bình", **cells
):
    values = {
        "team": team, "school": school, "division": division, "one": one, "born1": "05/01/2015", "class1": "4A",
        "two": two, "born2": "06/02/2015", "class2": "4B", "coach": "Phạm Thị Hoa", "phone": "0912345678",
    } | cells  # fmt: skip
    return list(values.values())


def only(reading):
    assert reading.problems == []
    (row,) = reading.rows
    return row


def test_three_levels_of_header_below_a_letterhead():
    rows = [
        *wb.LETTERHEAD,
        ["STT", "Đơn vị", "Đội", "Danh sách thí sinh", "", "", "", "", "", "Phụ trách", ""],
        ["", "", "", "Thành viên 1", "", "", "Thành viên 2", "", "", "", ""],
        [
            "",
            "",
            "",
            "Họ và tên",
            "Ngày sinh",
            "Lớp",
            "Họ và tên",
            "Ngày sinh",
            "Lớp",
            "Họ và tên",
            "Điện thoại",
        ],
        [
            1,
            "TH Định Hòa",
            "Sao Mai",
            "Trần Văn An",
            "05/01/2015",
            "4A",
            "Lê Thị Bình",
            "06/02/2015",
            "4B",
            "Phạm Hoa",
            912345678,
        ],
    ]
    row = only(read(wb.xlsx(rows, merges=["D6:I6", "D7:F7", "G7:I7", "J6:K7", "A6:A8", "B6:B8", "C6:C8"])))
    assert [(m.name, m.class_name) for m in row.members] == [("Trần Văn An", "4A"), ("Lê Thị Bình", "4B")]
    assert (row.coach.name, row.coach.phone) == ("Phạm Hoa", "0912345678")
    assert row.reason is None


def test_the_division_comes_from_the_column_the_sheet_the_title_a_section_or_the_school():
    head = [h for h in HEAD if h != "Bảng"]

    def without(**cells):
        values = line(**cells)
        return [*values[:2], *values[3:]]

    assert only(read(wb.xlsx([head, without()], sheet="KHỐI TIỂU HỌC"))).division == "primary"
    assert (
        only(read(wb.xlsx([["BẢNG B - THCS"], [], head, without(school="Định Hòa")]))).division
        == "lower_secondary"
    )
    assert only(read(wb.xlsx([head, without()]))).division == "primary"
    sections = read(
        wb.xlsx([head, ["KHỐI THCS"], without(school="Lê Lợi"), ["Khối tiểu học"], without(school="Lê Lợi")])
    )
    assert [(r.division, r.school) for r in sections.rows] == [
        ("lower_secondary", "THCS Lê Lợi"),
        ("primary", "Tiểu học Lê Lợi"),
    ]


def test_a_school_that_stands_once_covers_the_rows_below():
    rows = [
        HEAD,
        line(),
        line("Đại Bàng", "", one="Vũ An", two="Vũ Bình"),
        line("Ong", "", one="Hồ An", two="Hồ Bình"),
    ]
    schools = [row.school for row in read(wb.xlsx(rows, merges=["B2:B4"])).rows]
    assert schools == ["Tiểu học Định Hòa"] * 3
    filled = read(wb.csv_file(rows)).rows[1]
    assert [r.kinds for r in filled.repairs if r.field == "school"] == [("filled_down",)]


def test_a_school_in_a_row_of_its_own_covers_the_teams_below():
    head = [h for h in HEAD if h != "Trường"]
    team = line()
    rows = [head, ["Trường THCS Bình Thắng"], [team[0], "THCS", *team[3:]]]
    assert only(read(wb.xlsx(rows))).school == "THCS Bình Thắng"


def test_a_header_repeated_on_each_page_is_not_a_team():
    reading = read(wb.xlsx([HEAD, line(), HEAD, line("Đại Bàng", one="Vũ An", two="Vũ Bình")]))
    assert [row.team for row in reading.rows] == ["Sao Mai", "Đại Bàng"]
    assert reading.files[0].sheets[0].skipped == [(3, "header")]


def test_totals_and_signatures_are_not_teams():
    rows = [
        HEAD,
        line(),
        ["Tổng cộng: 1 đội"],
        [],
        ["", "", "", "Dĩ An, ngày 5 tháng 10 năm 2024"],
        ["", "", "", "HIỆU TRƯỞNG"],
    ]
    assert len(read(wb.xlsx(rows)).rows) == 1


def test_a_pupil_who_stands_only_in_the_notes_counts():
    rows = [[*HEAD, "Ghi chú"], [*line(), "Thành viên 3: Ngô Văn Tám, 07.03.2015, lớp 4C"]]
    row = only(read(wb.xlsx(rows)))
    third = row.members[2]
    assert (third.name, third.birth_date, third.class_name, third.from_notes) == (
        "Ngô Văn Tám",
        date(2015, 3, 7),
        "4C",
        True,
    )


@pytest.mark.parametrize(
    "note", ["Đội cần bàn riêng", "Em An: dị ứng phấn hoa", "TV 1: Trần Văn An", "Ghi chú: không"]
)
def test_other_notes_name_no_pupil(note):
    assert len(only(read(wb.xlsx([[*HEAD, "Ghi chú"], [*line(), note]]))).members) == 2


@pytest.mark.parametrize(
    "cell",
    [
        "1. Trần Văn An - 05/01/2015 - 4A\n2. Lê Thị Bình - 06/02/2015 - 4B",
        "Trần Văn An (05/01/2015, lớp 4A); Lê Thị Bình (06/02/2015, lớp 4B)",
        "- Trần Văn An, sinh ngày 05/01/2015, lớp 4A\n- Lê Thị Bình, sinh ngày 06/02/2015, lớp 4B",
        "1) Trần Văn An | 05-01-2015 | 4A 2) Lê Thị Bình | 06-02-2015 | 4B",
        "Trần Văn An 05.01.2015 4A\nLê Thị Bình 06.02.2015 4B",
        "1. Trần Văn An; 05/01/2015; 4A\n2. Lê Thị Bình; 06/02/2015; lớp 4B",
        "Trần Văn An - lớp 4A - 05/01/2015\nLê Thị Bình - 4B - 2015-02-06",
    ],
)
def test_members_in_one_cell_in_any_usual_hand(cell):
    head = ["Tên đội", "Trường", "Danh sách thành viên", "GVHD", "SĐT"]
    row = only(read(wb.xlsx([head, ["Sao Mai", "TH Định Hòa", cell, "Phạm Hoa", "0912345678"]])))
    assert [(m.name, m.birth_date, m.class_name) for m in row.members] == [
        ("Trần Văn An", date(2015, 1, 5), "4A"),
        ("Lê Thị Bình", date(2015, 2, 6), "4B"),
    ]


@pytest.mark.parametrize("name_of_class", ["4", "4/2", "4.2", "4A2", "4-2", "A2"])
@pytest.mark.parametrize("born", ["05/01/2015", "5-1-2015", "05.01.2015", "5 / 1 / 2015", "05/01/15"])
@pytest.mark.parametrize(
    "line", ["{name} - lớp {cls} - {born}", "{name}, {cls}, {born}", "{name} ({cls}; {born})"]
)
def test_a_class_before_the_date_lends_it_no_digit(line, born, name_of_class):
    cell = line.format(name="Trần Văn An", cls=name_of_class, born=born)
    (person,) = split_people(cell)
    assert (person.name, person.birth, person.class_name) == ("Trần Văn An", born, name_of_class)


def test_columns_without_a_telling_head_are_told_by_what_is_in_them():
    head = ["Tên đội", "Trường", "Thành viên 1", "(ghi rõ)", "Thành viên 2", "(ghi rõ 2)", "GVHD", "x", "y"]
    rows = [
        [
            "Sao Mai",
            "TH Định Hòa",
            "Trần Văn An",
            "05/01/2015",
            "Lê Bình",
            "06/02/2015",
            "Phạm Hoa",
            "0912345678",
            "a@b.vn",
        ],
        [
            "Ong",
            "TH Định Hòa",
            "Trần Văn Tư",
            "05/01/2016",
            "Lê Hòa",
            "06/02/2016",
            "Phạm Hoa",
            "0912345679",
            "c@b.vn",
        ],
    ]
    reading = read(wb.xlsx([head, *rows]))
    row = reading.rows[0]
    assert [m.birth_date for m in row.members] == [date(2015, 1, 5), date(2015, 2, 6)]
    assert (row.coach.phone, row.coach.email) == ("0912345678", "a@b.vn")
    assert {c.label for c in reading.files[0].sheets[0].columns if c.inferred} == {
        "(ghi rõ)",
        "(ghi rõ 2)",
        "x",
        "y",
    }


def test_a_person_says_what_the_columns_hold():
    rows = [["A", "B", "C", "D", "E"], ["Sao Mai", "TH Định Hòa", "Trần Văn An", "Lê Thị Bình", "Phạm Hoa"]]
    columns = dict(enumerate(["team", "school", "member1.name", "member2.name", "coach.name"]))
    mapping = {("tep.xlsx", "Sheet1"): SheetMapping(columns, 0)}
    row = read(wb.xlsx(rows), mappings=mapping).rows[0]
    assert (row.team, [m.name for m in row.members], row.coach.name) == (
        "Sao Mai",
        ["Trần Văn An", "Lê Thị Bình"],
        "Phạm Hoa",
    )


# -- repairs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "born", "kinds"),
    [
        ("05/01/2015", date(2015, 1, 5), ()),
        ("5/1/2015", date(2015, 1, 5), ()),
        ("'05/01/2015", date(2015, 1, 5), ("date_form",)),
        ("05-01-2015", date(2015, 1, 5), ("date_form",)),
        ("5.1.15", date(2015, 1, 5), ("date_form", "date_year")),
        ("2015-01-05", date(2015, 1, 5), ("date_form",)),
        ("ngày 05 tháng 01 năm 2015", date(2015, 1, 5), ("date_form",)),
        ("05012015", date(2015, 1, 5), ("date_form",)),
        (42009, date(2015, 1, 5), ("date_serial",)),
        ("1/25/2015", date(2015, 1, 25), ("date_swapped",)),
        (datetime(2015, 1, 5), date(2015, 1, 5), ()),  # noqa: DTZ001
        ("31/02/2015", None, ()),
        ("2015", None, ()),
        ("chưa rõ", None, ()),
    ],
)
def test_birth_dates_in_any_form(cell, born, kinds):
    row = read(wb.xlsx([HEAD, line(born1=cell)])).rows[0]
    assert row.members[0].birth_date == born
    found = [r.kinds for r in row.repairs if r.field == "member1.birth"]
    assert found == ([kinds] if kinds else [])


@pytest.mark.parametrize(
    ("cell", "phone", "kinds"),
    [
        ("0912345678", "0912345678", ()),
        (912345678, "0912345678", ("phone_zero",)),
        ("+84912345678", "0912345678", ("phone_country",)),
        ("84 912 345 678", "0912345678", ("phone_country",)),
        ("0912.345.678", "0912345678", ("phone_form",)),
        ("0912345678 / 0987654321", "0912345678", ("phone_form",)),
        ("(0274) 3904 669", "02743904669", ("phone_form",)),
    ],
)
def test_phones_in_any_form(cell, phone, kinds):
    row = read(wb.xlsx([HEAD, line(phone=cell)])).rows[0]
    assert row.coach.phone == phone
    assert [r.kinds for r in row.repairs if r.field == "coach.phone"] == ([kinds] if kinds else [])
    assert row.warnings == []


def test_a_phone_with_too_few_digits_is_kept_with_a_warning():
    row = read(wb.xlsx([HEAD, line(phone="09123")])).rows[0]
    assert (row.coach.phone, row.warnings, row.reason) == ("09123", ["coach_phone_odd"], None)


def test_a_coach_cell_that_holds_phone_and_mail_is_taken_apart():
    row = read(
        wb.xlsx([HEAD, line(coach="Thầy Phạm Văn Hoa - 0912 345 678 (hoa@example.edu.vn)", phone="")])
    ).rows[0]
    assert (row.coach.name, row.coach.phone, row.coach.email) == (
        "Phạm Văn Hoa",
        "0912345678",
        "hoa@example.edu.vn",
    )


@pytest.mark.parametrize(
    "spelling",
    [
        "Trường TH Định Hoà",
        "TIỂU HỌC  ĐỊNH HÒA",
        "Tiểu học Định Hòa",
        "trường tiểu học định hòa",
        "T.H Định Hòa",
        "TH: Định Hoà",
    ],
)
def test_one_school_has_many_spellings(spelling):
    row = read(wb.xlsx([HEAD, line(school=spelling)])).rows[0]
    assert (row.school_key, row.school) == ("primary:định hòa", "Tiểu học Định Hòa")


@pytest.mark.parametrize(
    ("spelling", "shown"),
    [
        ("Trường Trung học cơ sở Trịnh Hoài Đức", "THCS Trịnh Hoài Đức"),
        ("THPT CHUYÊN HÙNG VƯƠNG", "THPT Chuyên Hùng Vương"),
        ("Trường TH-THCS Tân Hiệp", "TH-THCS Tân Hiệp"),
        ("Trung - Tiểu học Pétrus Ký", "Trung - Tiểu học Pétrus Ký"),
        ("TH Phú Hòa 2", "Tiểu học Phú Hòa 2"),
        ("THCS", ""),
    ],
)
def test_school_names_of_every_level(spelling, shown):
    from incubator.contests.registration_files.schools import parse_school

    name = parse_school(spelling)
    assert (name.display if name.base else "") == shown


def test_a_known_spelling_leads_to_the_body_on_record():
    known = KnownSchool("Tiểu học Nguyễn Trãi", ("TH Ng. Trãi",), 7)
    rules = Rules(wb.RULES.divisions, (known,))
    row = read(wb.xlsx([HEAD, line(school="TH Ng. Trãi")]), rules=rules).rows[0]
    assert row.school == "Tiểu học Nguyễn Trãi"


def test_a_column_in_an_old_font_is_decided_from_all_its_cells():
    names = [
        "Trần Văn An",
        "Nguyễn Thị Ánh",
        "Lê Hữu Phước",
        "Đặng Quốc Thắng",
        "Phạm Thị Mỹ",
        "Vũ Đức Huỳnh",
    ]
    rows = [HEAD]
    for number, name in enumerate(names):
        rows.append(
            line(
                f"Đội {number}",
                one=to_tcvn3(name),
                two=f"Lê Bình {'ABCDEF'[number]}",
                coach=to_vni("Trương Hữu Đức"),
            )
        )
    reading = read(wb.xlsx(rows))
    assert [row.members[0].name for row in reading.rows] == names
    kinds = {
        kind for row in reading.rows for r in row.repairs if r.field == "member1.name" for kind in r.kinds
    }
    assert "encoding_tcvn3" in kinds
    assert {row.coach.name for row in reading.rows} == {"Trương Hữu Đức"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-8"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_any_code_page_and_separator(encoding, delimiter):
    row = only(read(wb.csv_file([HEAD, line()], delimiter=delimiter, encoding=encoding)))
    assert (row.team, row.members[0].name) == ("Sao Mai", "Trần Văn An")


def test_csv_in_the_windows_vietnamese_code_page():
    import unicodedata

    text = "\n".join(",".join(map(str, r)) for r in [HEAD, line(team="Ánh Dương")])
    marks = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    out = "".join(
        unicodedata.normalize("NFC", "".join(m for m in unicodedata.normalize("NFD", c) if m not in marks))
        + "".join(m for m in unicodedata.normalize("NFD", c) if m in marks)
        for c in text
    )
    row = only(read(SourceFile("win.csv", out.encode("cp1258"))))
    assert (row.team, row.members[1].name) == ("Ánh Dương", "Lê Thị Bình")


def test_a_class_that_excel_made_a_date_becomes_a_class_again():
    row = read(wb.xlsx([HEAD, line(class1=date(2024, 7, 5))])).rows[0]
    assert row.members[0].class_name == "5/7"
    assert [r.kinds for r in row.repairs if r.field == "member1.class"] == [("class_from_date",)]


# -- checks ---------------------------------------------------------------------------------------


def other(name="Đại Bàng", **cells):
    return line(name, **({"one": "Vũ Văn Ba", "two": "Vũ Thị Tư"} | cells))


@pytest.mark.parametrize(
    ("row", "reason", "detail"),
    [
        (line(two=""), "too_few_members", ""),
        (line(coach=""), "coach_missing", ""),
        (line(born1="31/02/2015"), "birth_date_invalid", "Trần Văn An"),
        (line(born2=""), "birth_date_invalid", "Lê Thị Bình"),
        (line(born1="31/12/2013"), "birth_date_out_of_range", "Trần Văn An"),
        (line(born2="01/01/2019"), "birth_date_out_of_range", "Lê Thị Bình"),
        (line(born1="01/01/2014", born2="31/12/2018"), None, ""),
        (line(two="Trần Văn An", born2="05/01/2015"), "member_repeated", "Trần Văn An"),
        (line(team=""), "incomplete", "tên đội"),
        (line(school="", division=""), "incomplete", "tên trường, bảng thi"),
        (line(division="Bảng Z"), "incomplete", "bảng thi"),
        (line(two="", born1="31/02/2015"), "too_few_members", ""),
        (line(born1="31/02/2015", born2="01/01/1999"), "birth_date_invalid", "Trần Văn An"),
    ],
)
def test_the_first_rule_that_a_team_breaks_counts(row, reason, detail):
    (found,) = read(wb.xlsx([HEAD, row])).rows
    assert (found.reason, found.detail) == (reason, detail)


def test_the_same_team_in_a_later_file_is_a_duplicate_though_spelled_otherwise():
    first = wb.xlsx([HEAD, line()], "a.xlsx")
    again = wb.xlsx([HEAD, line("SAO MAI", "TRƯỜNG TH ĐỊNH HOÀ", two="Ngô Tám")], "b.xlsx")
    reading = read(first, again)
    assert reasons(reading) == [None, "duplicate_team"]
    assert "a.xlsx" in explain_reason(reading.rows[1], wb.RULES)


def test_the_same_name_without_a_shared_pupil_is_taken():
    assert reasons(read(wb.xlsx([HEAD, line(), other("Sao Mai")]))) == [None, "name_taken"]


def test_the_same_name_in_another_division_or_school_is_free():
    rows = [HEAD, line(), other("Sao Mai", school="Tiểu học Kim Đồng"), line("Sao Mai", "THCS Định Hòa", "THCS", "A Bê", "A Xê",
                                                                            born1="1/1/2011", born2="2/1/2011")]  # fmt: skip
    assert reasons(read(wb.xlsx(rows))) == [None, None, None]


def test_a_pupil_in_two_teams_holds_the_later_one_whose_others_stay_free():
    rows = [
        HEAD,
        line(),
        line("Đại Bàng", two="Vũ Thị Tư"),
        line("Ong Vàng", one="Vũ Thị Tư", born1="06/02/2015", two="Hồ Sáu"),
    ]
    reading = read(wb.xlsx(rows))
    assert reasons(reading) == [None, "member_in_two_teams", None]
    assert reading.rows[1].detail == "Trần Văn An"
    assert "Sao Mai" in explain_reason(reading.rows[1], wb.RULES)


def test_pupils_of_one_name_and_another_birth_date_are_two_people():
    assert reasons(read(wb.xlsx([HEAD, line(), other(one="Trần Văn An", born1="06/01/2015")]))) == [
        None,
        None,
    ]


def test_a_row_held_earlier_takes_no_part_later():
    rows = [HEAD, line(coach=""), other(one="Trần Văn An")]
    assert reasons(read(wb.xlsx(rows))) == ["coach_missing", None]


def test_the_last_of_several_sendings_of_one_form_counts():
    head = ["Dấu thời gian", *HEAD]
    rows = [
        head,
        ["02/10/2024 08:00:00", *line(two="Ngô Tám")],
        ["01/10/2024 08:00:00", *line()],
        ["03/10/2024 08:00:00", *line(two="Lý Chín")],
    ]
    assert reasons(read(wb.csv_file(rows))) == ["superseded", "superseded", None]


def test_without_time_stamps_the_first_of_two_sendings_counts():
    assert reasons(read(wb.xlsx([HEAD, line(), line()]))) == [None, "duplicate_team"]


def test_the_organiser_may_rule_that_two_pupils_are_two():
    rules = Rules(wb.RULES.divisions, (), frozenset({("trần văn an", date(2015, 1, 5))}))
    assert reasons(read(wb.xlsx([HEAD, line(), other(one="Trần Văn An")]), rules=rules)) == [None, None]


def test_no_way_to_reach_the_coach_is_a_warning_only():
    row = read(wb.xlsx([HEAD, line(phone="")])).rows[0]
    assert (row.reason, row.warnings) == (None, ["missing_coach_contact"])


# -- bad input ------------------------------------------------------------------------------------


def problem(*files):
    reading = read(*files)
    assert reading.rows == []
    (text,) = reading.problems
    return text


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xlsx", b"", "trống"),
        ("a.xlsx", b"\0\0\0", "trống"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "có mật khẩu"),
        ("a.xls", OLE + "_VBA_PROJECT".encode("utf-16-le"), "chứa macro"),
        (
            "a.xlsm",
            zipped(xl__workbook="x", xl__vbaProject_bin="x").replace(b"vbaProject_bin", b"vbaProject.bin"),
            "chứa macro",
        ),
        ("a.doc", OLE, "không phải bảng tính"),
        ("a.xlsx", zipped(word__document="x"), "nội dung là thứ khác"),
        ("a.xlsx", b"PK\x03\x04" + b"x" * 100, "bị hỏng"),
        ("a.xls", OLE + "Workbook".encode("utf-16-le"), "bị hỏng"),
        ("a.xls", b"<html><table><tr><td>x</td></tr></table></html>", "trang web (HTML)"),
        ("a.xlsx", b"%PDF-1.7 ...", "nội dung là thứ khác"),
        ("a.xlsx", b"\xff\xd8\xff\xe0 jpeg", "nội dung là thứ khác"),
        ("a.exe", b"MZ....", "không phải bảng tính"),
        ("a.csv", b"a,b\x00\x01\x02,c", "nội dung là thứ khác"),
        ("a.csv", b"\n\n \n", "trống"),
        ("a.csv", "xin,chào\nđây,là\n".encode(), "Không tìm thấy dòng tiêu đề"),
    ],
)
def test_bad_files_get_a_sentence_that_says_what_to_send(name, data, words):
    text = problem(SourceFile(name, data))
    assert words in text
    assert name in text


def test_a_truncated_workbook_is_damaged():
    whole = wb.xlsx([HEAD, line()]).data
    assert "bị hỏng" in problem(SourceFile("cut.xlsx", whole[: len(whole) // 2]))


def test_a_workbook_of_empty_sheets_has_no_data():
    book = openpyxl.Workbook()
    book.create_sheet("Khác")
    assert "không có dữ liệu" in problem(wb.save(book))


def test_hidden_sheets_are_not_read_and_said_so():
    book = openpyxl.Workbook()
    for row in (HEAD, line()):
        book.active.append(row)
    hidden = book.create_sheet("Cũ")
    hidden.sheet_state = "hidden"
    for row in (HEAD, other()):
        hidden.append(row)
    reading = read(wb.save(book))
    assert [row.team for row in reading.rows] == ["Sao Mai"]
    assert reading.files[0].notices == ["Trang ẩn “Cũ” không được đọc."]


def test_a_cover_sheet_beside_the_list_is_a_notice_not_a_problem():
    book = openpyxl.Workbook()
    book.active.title = "Hướng dẫn"
    book.active.append(["Kính gửi các trường, điền vào trang sau."])
    page = book.create_sheet("DS")
    for row in (HEAD, line()):
        page.append(row)
    reading = read(wb.save(book))
    assert reading.problems == []
    assert len(reading.rows) == 1
    assert "không có dòng tiêu đề" in reading.files[0].sheets[0].notices[0]


def test_formulas_are_named_and_those_without_a_value_too():
    book = openpyxl.Workbook()
    for row in (HEAD, line()):
        book.active.append(row)
    book.active["A2"] = '="Sao"&" Mai"'
    reading = read(wb.save(book))
    assert [n for n in reading.files[0].sheets[0].notices if "chưa có giá trị" in n]
    assert reasons(reading) == ["incomplete"]


def test_two_columns_of_one_meaning_are_a_problem_unless_they_say_the_same():
    rows = [[*HEAD, "Tên đội"], [*line(), "Đại Bàng"]]
    assert "hai cột cùng nghĩa “Tên đội” (A và L)" in problem(wb.xlsx(rows))
    assert only(read(wb.xlsx([[*HEAD, "Tên đội"], [*line(), "Sao Mai"]]))).team == "Sao Mai"


def test_too_many_rows_are_refused_with_their_number():
    book = xlwt.Workbook()
    page = book.add_sheet("DS")
    for column, head in enumerate(HEAD):
        page.write(0, column, head)
    page.write(MAX_ROWS + 1, 0, "x")
    out = io.BytesIO()
    book.save(out)
    assert f"{MAX_ROWS}" in problem(SourceFile("dai.xls", out.getvalue()))
    lines = "Tên đội,Trường\n" + "a,b\n" * 200_000
    assert "200001" in problem(SourceFile("dai.csv", lines.encode()))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    from incubator.core import packages

    monkeypatch.setattr(packages, "MAX_UNPACKED", 1000)
    assert "quá lớn" in problem(wb.xlsx([HEAD, *[line(f"Đội {n}") for n in range(50)]]))


def test_one_bad_file_does_not_keep_the_others_from_being_read():
    reading = read(SourceFile("hong.xlsx", b"PK\x03\x04"), wb.xlsx([HEAD, line()]))
    assert len(reading.rows) == 1
    assert len(reading.problems) == 1


def test_ten_thousand_rows_are_read_and_judged_in_under_ten_seconds():
    rows = [HEAD]
    for number in range(10_000):
        name = f"{chr(65 + number % 26)}{chr(97 + number // 26 % 26)}{chr(97 + number // 676)}"
        rows.append(
            line(f"Đội {number}", one=f"Nguyễn Văn {name}", two=f"Trần Thị {name}", phone=900000000 + number)
        )
    file = wb.xlsx(rows)
    before = slowness()
    started = time.process_time()
    reading = read(file)
    took = time.process_time() - started
    assert took < 10 * max(before, slowness())
    assert len(reading.accepted) == 10_000
