"""The place beside a school's name: spellings of one school, and schools of one name in two places."""

from __future__ import annotations

import pytest

from incubator.contests.queries.import_rules import known_schools
from incubator.contests.registration_files import KnownSchool, Rules, read_files
from incubator.contests.registration_files.places import agree, split_place
from incubator.models import Area, AreaKind
from tests.contests import workbooks as wb
from tests.contests.import_factories import import_batch, read_batch
from tests.contests.test_imports import rows_of, small_file, team_line
from tests.factories import AT, make_organisation, save

HEAD = ["Đội", "Trường", "Địa bàn", "HS1", "NS1", "HS2", "NS2", "GVHD", "SĐT"]
PHU_LOI = "Tiểu học Phú Lợi"
SPELLINGS = [
    "TH Phú Lợi, TP. Thủ Dầu Một", "Trường TH Phú Lợi - Thủ Dầu Một", "TH Phú Lợi (TDM)", "TH PHÚ LỢI – TP THỦ DẦU MỘT",
    "Tiểu học Phú Lợi (thành phố Thủ Dầu Một)", "TH Phú Lợi TP. Thủ Dầu Một", "TH Phú Lợi, tỉnh Bình Dương",
    "TH Phú Lợi, phường Phú Lợi, TP. Thủ Dầu Một",
]  # fmt: skip


def schools_of(*names, known=(), areas=()):
    """School and warnings of each row, a team a school's name."""
    rows = [
        [f"Đội {n}", name, areas[n] if areas else None, f"Lê An {'ABCDEFGHIK'[n]}", "1/3/2015", f"Lê Na {'ABCDEFGHIK'[n]}",
         "2/3/2015", "Ngô Gia Tự", "0345000011"]
        for n, name in enumerate(names)
    ]  # fmt: skip
    reading = read_files([wb.xlsx([HEAD, *rows])], Rules(wb.RULES.divisions, tuple(known)))
    assert reading.problems == []
    return [(row.school, [w for w in row.warnings if w.startswith("school")]) for row in reading.rows]


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_a_place_beside_the_name_makes_no_other_school(spelled):
    assert schools_of(spelled, "Tiểu học Phú Lợi") == [(PHU_LOI, [])] * 2
    assert schools_of(spelled, known=[KnownSchool(PHU_LOI, (), 7)]) == [(PHU_LOI, [])]


def test_all_spellings_of_a_place_are_one_school_also_where_none_stands_alone():
    (names,) = {tuple(sorted({name for name, _ in schools_of(*SPELLINGS[:6])}))}
    assert len(names) == 1


def test_the_place_that_was_left_out_is_told():
    rows = read_files(
        [wb.xlsx([HEAD, *[[f"Đội {n}", name, None, "Lê An", "1/3/2015"] for n, name in enumerate((PHU_LOI, SPELLINGS[2]))]])],
        wb.RULES,
    ).rows  # fmt: skip
    assert [(r.kinds, r.was, r.now) for r in rows[1].repairs if r.field == "school"][-1] == (
        ("school_place",), "Tiểu học Phú Lợi (TDM)", PHU_LOI,
    )  # fmt: skip


def test_one_name_in_two_places_is_two_schools_and_told():
    apart = ["school_places_apart"]
    assert schools_of("TH Phú Lợi (TDM)", "TH Phú Lợi - Dĩ An", "TH Phú Lợi, TP. Thủ Dầu Một") == [
        ("Tiểu học Phú Lợi, TP. Thủ Dầu Một", apart),
        ("Tiểu học Phú Lợi - Dĩ An", apart),
        ("Tiểu học Phú Lợi, TP. Thủ Dầu Một", apart),
    ]


def test_a_province_behind_two_places_joins_them_not():
    found = schools_of(
        "TH Phú Lợi, Dĩ An, Bình Dương", "TH Phú Lợi, Thuận An, Bình Dương", "TH Phú Lợi - Bình Dương"
    )
    assert len({name for name, _ in found}) == 3
    assert found[2][1] == ["school_place_open"]


def test_a_name_alone_between_two_places_goes_by_the_area_column_or_is_told():
    names = ("TH Phú Lợi (TDM)", "TH Phú Lợi - Dĩ An", "TH Phú Lợi", "TH Phú Lợi")
    found = schools_of(*names, areas=(None, None, "TP. Dĩ An", None))
    assert found[2:] == [("Tiểu học Phú Lợi - Dĩ An", []), (PHU_LOI, ["school_place_open"])]


def test_schools_on_record_are_told_apart_by_what_is_known_of_them():
    known = [
        KnownSchool(PHU_LOI, ("TH Phú Lợi (TDM)",), 7),
        KnownSchool("Tiểu học Phú Lợi (Dĩ An)", (), 8),
        KnownSchool("Tiểu học Tân Bình", (), 9, ("Thành phố Dĩ An",)),
    ]
    assert schools_of("TH Phú Lợi - TP Thủ Dầu Một", "TH Phú Lợi, TP. Dĩ An", "TH Phú Lợi", known=known) == [
        (PHU_LOI, []), ("Tiểu học Phú Lợi (Dĩ An)", []), (PHU_LOI, []),
    ]  # fmt: skip
    assert schools_of("TH Tân Bình, DĨ AN", "TH Tân Bình (Bắc Tân Uyên)", known=known) == [
        ("Tiểu học Tân Bình", []),
        ("Tiểu học Tân Bình (Bắc Tân Uyên)", ["school_places_apart"]),
    ]


@pytest.mark.parametrize("name", [
    "Tiểu học Phú Hòa (cơ sở 2)", "Tiểu học Trần Phú - Phân hiệu 1", "THCS Thị Trấn Tân Thành", "Trung - Tiểu học Pétrus Ký",
    "Tiểu học Phú Hòa (Chất Lượng Cao)",
])  # fmt: skip
def test_other_words_beside_a_name_are_no_place(name):
    shown, warnings = schools_of(name, "TH Phú Hòa", "TH Trần Phú")[0]
    assert (shown.casefold(), warnings) == (name.casefold(), [])


def test_places_agree_where_one_says_all_that_the_other_says():
    assert agree({"tdm"}, {"thu dau mot"})
    assert agree((), {"di an"})
    assert not agree({"di an", "binh duong"}, {"thuan an", "binh duong"})
    assert split_place("Nguyễn Du TP Hồ Chí Minh") == ("Nguyễn Du", {"ho chi minh"})


def test_the_area_on_record_is_the_schools_place(session):
    province = save(Area(code="74", name="Tỉnh Bình Dương", kind=AreaKind.PROVINCE, valid_from=AT.date()))
    district = save(
        Area(
            code="718",
            name="Thành phố Thủ Dầu Một",
            kind=AreaKind.DISTRICT,
            valid_from=AT.date(),
            parent_id=province.id,
        )
    )
    school = make_organisation(PHU_LOI, area_id=district.id)
    assert known_schools() == [KnownSchool(PHU_LOI, (), school.id, ("Thành phố Thủ Dầu Một",))]


def test_an_import_finds_the_school_on_record_by_its_name_and_place(robotics):
    first = import_batch(read_batch(robotics, [small_file(team_line(school="Tiểu học Phú Lợi"))]))
    other = team_line("Sao Hôm", school="TH Phú Lợi (TDM)", one="Vũ An", two="Vũ Bình")
    (row,) = rows_of(read_batch(robotics, [small_file(other)]))
    assert row.data["school_key"] == rows_of(first)[0].data["school_key"]
