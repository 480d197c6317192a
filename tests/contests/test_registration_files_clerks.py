"""Lists that a careful clerk would read in one way only: what is silently wrong in them would put pupils into wrong teams."""

import io
import zipfile
from datetime import date

import pytest

from incubator.contests.registration_files import SourceFile, judge, read_files
from incubator.core.text import decode_viqr, has_lost_letters, read_again
from tests.contests import workbooks as wb
from tests.contests.open_document import Formula, ods

COACH, PHONE = "Ngô Gia Tự", "0345000011"
HEAD = ["STT", "Tên đội", "Trường", "Bảng", "Họ tên HS", "Ngày sinh", "Lớp", "GVHD", "SĐT"]
PAIR = [
    "STT",
    "Tên đội",
    "Trường",
    "Bảng",
    "HS 1",
    "Ngày sinh",
    "Lớp",
    "HS 2",
    "Ngày sinh",
    "Lớp",
    "GVHD",
    "SĐT",
]
SHARKS = [("Lê An", "1/3/2011", "8A"), ("Lê Bảo", "2/3/2011", "8B"), ("Lê Châu", "9/3/2011", "8C")]
WHALES = [("Đỗ Chi", "3/3/2011", "8A"), ("Đỗ Dung", "4/3/2011", "8B"), ("Đỗ Ánh", "9/9/2011", "8C")]
BOTH = [("Cá Mập", "Lê An, Lê Bảo, Lê Châu", None), ("Cá Voi", "Đỗ Chi, Đỗ Dung, Đỗ Ánh", None)]


def reading_of(*files):
    reading = read_files(files, wb.RULES)
    judge(reading.rows, wb.RULES)
    return reading


def rows_of(table, merges=()):
    reading = reading_of(wb.xlsx(table, merges=merges))
    assert reading.problems == []
    return reading.rows


def short(rows):
    return [(row.team, ", ".join(m.name for m in row.members), row.reason) for row in rows]


def pair(
    team="Cá Mập",
    school="THCS Phú Hòa",
    division="THCS",
    one=SHARKS[0],
    two=SHARKS[1],
    coach=COACH,
    phone=PHONE,
):
    return [1, team, school, division, *one, *two, coach, phone]


def centred(team, pupils):
    rows = [[None] * 4 + list(pupil) + [None, None] for pupil in pupils]
    rows[1][:4] = [1, team, "THCS Phú Hòa", "THCS"]
    rows[1][7:] = [COACH, PHONE]
    return rows


def test_a_team_written_beside_its_middle_pupil_has_them_all_where_blank_rows_part_teams():
    rows = rows_of([HEAD, *centred("Cá Mập", SHARKS), [], *centred("Cá Voi", WHALES)])
    assert short(rows) == BOTH
    assert [row.row for row in rows] == [2, 6]
    assert rows[1].coach.phone == PHONE


def test_a_team_written_beside_its_middle_pupil_has_them_all_where_pupils_are_numbered():
    table = [[*HEAD[1:4], "TT", *HEAD[4:]]]
    for team, pupils in (("Cá Mập", SHARKS), ("Cá Voi", WHALES)):
        table += [[*row[1:4], n, *row[4:]] for n, row in enumerate(centred(team, pupils), 1)]
    assert short(rows_of(table)) == BOTH


@pytest.mark.parametrize("merges", [(), ["B3:B4", "B6:B7"]])
def test_pupils_that_could_be_of_either_team_are_not_guessed(merges):
    table = [HEAD, *centred("Cá Mập", SHARKS), *centred("Cá Voi", WHALES)]
    reading = reading_of(wb.xlsx(table, merges=merges))
    assert reading.rows == []
    assert "dòng 2 có học sinh nhưng chưa có tên đội" in reading.problems[0]


def test_a_number_without_a_teams_name_begins_a_team():
    table = [
        HEAD,
        [1, "Cá Mập", "THCS Phú Hòa", "THCS", *SHARKS[0], COACH, PHONE],
        [2, None, "THCS Phú Hòa", "THCS", *WHALES[0], COACH, PHONE],
        [None] * 4 + [*WHALES[1]],
    ]
    assert short(rows_of(table)) == [
        ("Cá Mập", "Lê An", "too_few_members"), ("", "Đỗ Chi, Đỗ Dung", "incomplete"),
    ]  # fmt: skip


OTHER_ORDER = [
    ["STT", "Trường", "Tên đội", "Lớp", "Họ tên HS", "Ngày sinh", "GVHD", "SĐT"],
    [1, "TH Phú Lợi", "Sóc Nâu", "4A", "Võ Giang", "5/4/2015", COACH, PHONE],
    [None, None, None, "4B", "Võ Hà", "6/4/2015"],
]
OTHER_SHAPE = [
    PAIR,
    [1, "Sóc Nâu", "TH Phú Lợi", "TH", "Võ Giang", "5/4/2015", "4A", "Võ Hà", "6/4/2015", "4B", COACH, PHONE],
]


@pytest.mark.parametrize("second", [OTHER_ORDER, OTHER_SHAPE])
def test_each_table_of_a_sheet_is_read_by_its_own_header(second):
    first = [HEAD, [1, "Cá Mập", "THCS Phú Hòa", "THCS", *SHARKS[0], COACH, PHONE], [None] * 4 + [*SHARKS[1]]]
    reading = reading_of(wb.xlsx([["DANH SÁCH THCS"], *first, [], ["DANH SÁCH TIỂU HỌC"], *second]))
    assert short(reading.rows) == [("Cá Mập", "Lê An, Lê Bảo", None), ("Sóc Nâu", "Võ Giang, Võ Hà", None)]
    assert reading.rows[1].school == "Tiểu học Phú Lợi"
    assert reading.rows[1].row == 8
    assert any("nhiều bảng" in notice for notice in reading.files[0].sheets[0].notices)


@pytest.mark.parametrize("whose", ["SĐT đội trưởng", "SĐT học sinh 1"])
def test_a_pupils_phone_is_not_the_coachs(whose):
    head = [
        "Tên đội",
        "Trường",
        "Bảng",
        "Đội trưởng",
        "Ngày sinh",
        "Lớp",
        whose,
        "HS 2",
        "Ngày sinh",
        "Lớp",
        "GVHD",
    ]
    (row,) = rows_of([head, ["Cá Mập", "THCS Phú Hòa", "THCS", *SHARKS[0], "0911222333", *SHARKS[1], COACH]])
    assert (row.coach.phone, row.warnings) == ("", ["missing_coach_contact"])


def test_who_leads_the_class_is_no_coach():
    head = [*PAIR[:10], "Giáo viên chủ nhiệm", "GVHD", "SĐT"]
    (row,) = rows_of([head, [*pair()[:10], "Xuân Nga", COACH, PHONE]])
    assert [coach.name for coach in row.coaches] == [COACH]


@pytest.mark.parametrize("mark", ["VD", "Ví dụ:", "(Mẫu)"])
def test_the_example_of_a_form_is_no_team(mark):
    example = [mark, *pair("Rồng Lửa", one=("Nguyễn Văn A", "01/01/2011", "8A"))[1:]]
    assert short(rows_of([PAIR, example, pair()])) == [("Cá Mập", "Lê An, Lê Bảo", None)]


@pytest.mark.parametrize("counted", ["Đội 1", 1])
def test_of_two_columns_of_teams_the_one_that_counts_them_is_no_name(counted):
    for number_first in (True, False):
        order = slice(None) if number_first else slice(None, None, -1)
        head, cells = ["Đội", "Tên đội"][order], [counted, "Cá Mập"][order]
        assert short(rows_of([[*head, *PAIR[2:]], [*cells, *pair()[2:]]])) == [
            ("Cá Mập", "Lê An, Lê Bảo", None)
        ]


@pytest.mark.parametrize(("said", "code"), [("Bảng B – Tiểu học", "primary"), ("Bảng A: THCS", "lower_secondary"),
                                             ("Bảng B", "lower_secondary")])  # fmt: skip
def test_words_say_the_division_more_surely_than_a_letter(said, code):
    assert rows_of([PAIR, pair(division=said)])[0].division == code


@pytest.mark.parametrize("spelled", ["7472001 - THCS Phú Hòa 2", "TrườngTHCS Phú Hòa 2", "THCS Phú Hòa II", "THCS Phú Hòa số 2",
                                     "THCS Phú Hoà 2 (mã 7411)"])  # fmt: skip
def test_more_spellings_of_one_school(spelled):
    assert rows_of([PAIR, pair(school=spelled)])[0].school == "THCS Phú Hòa 2"


def test_a_school_without_marks_is_the_one_with_marks_where_the_whole_row_has_none():
    bare = pair(
        "Sao Mai",
        "THCS Phu Hoa",
        one=("Le An", "3/3/2011", "8A"),
        two=("Le Na", "4/3/2011", "8A"),
        coach="Ngo Tu",
    )
    other = pair("Sao Hôm", "THCS Phu Hoa", one=("Lý Ba", "3/3/2011", "8A"), two=("Lý Tư", "4/3/2011", "8A"))
    rows = rows_of([PAIR, bare, pair(), other])
    assert [(row.school, row.warnings) for row in rows] == [
        ("THCS Phú Hòa", []), ("THCS Phú Hòa", []), ("THCS Phu Hoa", ["school_without_marks"]),
    ]  # fmt: skip


@pytest.mark.parametrize("quoted", ["“Cá Mập”", '"CÁ MẬP"', "'Cá Mập'"])
def test_a_name_in_quotation_marks_is_the_same_name(quoted):
    assert [row.reason for row in rows_of([PAIR, pair(), pair(quoted)])] == [None, "duplicate_team"]


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        *[(text, date(2012, 3, 5)) for text in ("05–03–2012", "05⁄03⁄2012", "March 5, 2012", "5th March 2012", "05_03_2012",
                                                "Sinh ngày 05/03/2012", "05/03/2012\n8A")],
        *[(text, None) for text in ("05/03/201", "05/03/20012", "05/02/2012 hoặc 06/02/2012")],
    ],
)  # fmt: skip
def test_days_that_are_one_day_and_days_that_are_none(typed, born):
    (row,) = rows_of([PAIR, pair(one=("Lê An", typed, "8A"))])
    assert row.members[0].birth_date == born


@pytest.mark.parametrize(
    "typed", ["0912345678 0987654321", "0912 345 678 hoặc 0987654321", "+84912345678  0987654321"]
)
def test_the_first_of_two_numbers_counts_whatever_parts_them(typed):
    (row,) = rows_of([PAIR, pair(phone=typed)])
    assert (row.coach.phone, row.warnings) == ("0912345678", [])


def test_cells_with_nothing_to_be_seen_are_blank():
    first, second = (
        [1, "Cá Mập", "THCS Phú Hòa", "THCS", *SHARKS[0], COACH, PHONE],
        ["\u200b", "\u200b", "\ufeff", "\xa0"],
    )
    assert short(rows_of([HEAD, first, [*second, *SHARKS[1], "\u200b"]])) == [
        ("Cá Mập", "Lê An, Lê Bảo", None)
    ]


def misread(text):
    return "".join(
        chr(b) if b in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([b]).decode("cp1252") for b in text.encode()
    )


def test_utf8_opened_as_windows_text_is_read_again():
    table = [
        [misread(cell) if isinstance(cell, str) else cell for cell in row]
        for row in (PAIR, pair(coach="Đặng Ý"))
    ]
    (row,) = rows_of(table)
    assert (row.team, row.school, row.coach.name, row.members[1].name) == (
        "Cá Mập",
        "THCS Phú Hòa",
        "Đặng Ý",
        "Lê Bảo",
    )
    assert ("encoding_utf8",) in [repair.kinds for repair in row.repairs]
    assert read_again("Café Ánh") == "Café Ánh"


@pytest.mark.parametrize("cells", [{"one": ("Nguy?n An", "1/3/2011", "8A")}, {"team": "Cá M\ufffdp"}, {"school": "THCS Ph? Hòa"},
                                   {"coach": "?? Th? K?"}])  # fmt: skip
def test_a_name_with_lost_letters_is_held(cells):
    assert [row.reason for row in rows_of([PAIR, pair(**cells)])] == ["text_lost"]
    assert not has_lost_letters("Ai nhanh hơn?", may_ask=True)


def test_text_with_marks_behind_its_letters():
    table = [PAIR, pair("Ca' Ma^.p", "THCS Phu' Ho`a", one=("Nguye^~n Va(n An", "1/3/2011", "8A"),
                        two=("Tra^`n DDu+'c", "2/3/2011", "8B"), coach="Ngo^ Gia Tu+.")]  # fmt: skip
    (row,) = rows_of(table)
    assert (row.team, row.school, row.coach.name) == ("Cá Mập", "THCS Phú Hòa", "Ngô Gia Tự")
    assert [m.name for m in row.members] == ["Nguyễn Văn An", "Trần Đức"]
    assert decode_viqr("O'Neil (a+b)") == "O'Neil (a+b)"


def test_the_icelandic_letter_is_the_vietnamese_one():
    (row,) = rows_of([PAIR, pair("Ðại Bàng", one=("Ðỗ Văn Ðức", "1/3/2011", "8A"))])
    assert (row.team, row.members[0].name) == ("Đại Bàng", "Đỗ Văn Đức")


def test_an_open_document_tells_what_is_hidden_computed_or_written_beside():
    rows = [[*PAIR, "Mã"], [*pair(), "x"], [*pair("Cá Voi", one=WHALES[0], two=WHALES[1]), "y"]]
    rows[1][1], rows[2][2] = Formula("Cá Mập"), Formula(None)
    reading = reading_of(ods(rows, hidden_rows={2}, hidden_columns={12}, remarks={(1, 4): "đã nghỉ"}))
    assert short(reading.rows)[0] == ("Cá Mập", "Lê An, Lê Bảo", None)
    told = " ".join(map(str, [*reading.files[0].sheets[0].notices, *reading.files[0].notices]))
    for words in (
        "1 ô công thức;",
        "1 ô công thức chưa có giá trị",
        "1 dòng đang ẩn",
        "1 cột đang ẩn",
        "1 ghi chú gắn vào ô",
    ):
        assert words in told


# -- hostile workbooks ----------------------------------------------------------------------------

FAR = "XFD1048576"
CELLS = '<row r="1"><c r="A1"><v>1</v></c></row><row><c {place}><v>1</v></c></row>'


def workbook(place=f'r="{FAR}"', part="xl/worksheets/sheet1.xml", target="worksheets/sheet1.xml", behind=""):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    cells = CELLS.format(place=place)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{kinds}"><sheets><sheet name="S" sheetId="1" r:id="a"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="a" Type="{kinds}/worksheet" Target="{target}"/></Relationships>',
        )
        archive.writestr(
            part, f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData>{behind}</worksheet>'
        )
    return SourceFile("a.xlsx", out.getvalue())


@pytest.mark.parametrize(
    "told",
    [
        {"place": f'r="{FAR.lower()}"'},
        {"place": f'r = "{FAR}"'},
        {"place": f'x="&gt;>" r="{FAR}"'},
        {"place": f's="{"1" * 2_000_000}" r="{FAR}"'},
        {"part": "xl/other/s.xml", "target": "other/s.xml"},
        {"part": "evil/s.xml", "target": "/evil/s.xml"},
        {"part": "xl/media/i.png", "target": "media/i.png"},
    ],
    ids=[
        "small letters",
        "spaces",
        "a bracket in a value",
        "a long value",
        "elsewhere",
        "at the top",
        "as a picture",
    ],
)
def test_a_far_cell_is_found_however_it_is_written(told):
    (problem,) = reading_of(workbook(**told)).problems
    assert "có ô ở tận" in problem or "bị hỏng" in problem


def test_a_merge_to_the_end_of_the_earth_takes_no_memory():
    file, out = wb.xlsx([PAIR, pair()], merges=["M2:N3"]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file.data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(b"M2:N3", f"M2:{FAR}".encode()))
    reading = reading_of(SourceFile("a.xlsx", out.getvalue()))
    assert short(reading.rows) == [("Cá Mập", "Lê An, Lê Bảo", None)]


@pytest.mark.parametrize("repeat", [(1_048_576, 16_384), (60_000, 2_000), (4_000_000_000, 4_000_000_000)])
def test_an_open_document_that_repeats_a_cell_without_end_is_refused(repeat):
    (problem,) = reading_of(ods([["x"]], repeat=repeat)).problems
    assert "có ô ở tận" in problem
