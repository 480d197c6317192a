"""Old .xls workbooks: what is hidden or computed is told, a far cell is refused before memory is asked for."""

from __future__ import annotations

import contextlib
import io
import struct
import tracemalloc

import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.contests.registration_files import SourceFile, read_files
from incubator.core.old_workbooks import DamagedError, sheets_of
from tests.contests import workbooks as wb

HEAD = ["Tên đội", "Trường", "Bảng", "HS1", "NS1", "HS2", "NS2", "GVHD", "SĐT", "Mã"]
TEAM = [
    "Sao",
    "THCS Hòa Phú",
    "THCS",
    "Lê An",
    "1/2/2011",
    "Lê Na",
    "2/2/2011",
    "Ngô Gia Tự",
    "0345000011",
    "x",
]


def book_of(*rows: list, many: int = 0) -> xlwt.Workbook:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Danh sách")
    for r, row in enumerate([HEAD, *rows, *[[f"x{n}"] for n in range(many)]]):
        for c, cell in enumerate(row):
            sheet.write(r, c, cell)
    return book


def saved(book: xlwt.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(data: bytes):
    return read_files([SourceFile("a.xls", data)], wb.RULES)


def test_hidden_rows_columns_and_sheets_and_formulas_are_told():
    book = book_of(TEAM, ["Trăng", *TEAM[1:3], "Đỗ An", *TEAM[4:5], "Đỗ Na", *TEAM[6:]])
    sheet = book.get_sheet(0)
    sheet.row(2).hidden = sheet.row(300).hidden = True
    sheet.col(9).hidden = sheet.col(40).hidden = True
    sheet.write(3, 9, xlwt.Formula("1+1"))
    book.add_sheet("Nháp").visibility = 1
    reading = read(saved(book))
    assert [row.team for row in reading.rows] == ["Sao", "Trăng"]
    assert reading.files[0].notices == ["Trang ẩn “Nháp” không được đọc."]
    assert reading.files[0].sheets[0].notices == [
        "Trang “Danh sách” có 1 ô công thức; lấy giá trị đã tính khi lưu lần cuối.",
        "Trang “Danh sách” có 1 dòng đang ẩn hoặc bị lọc; vẫn đọc như các dòng khác.",
        "Trang “Danh sách” có 1 cột đang ẩn; vẫn đọc như các cột khác.",
    ]


def test_one_cell_at_the_end_of_the_earth_is_refused_without_memory():
    book = book_of(TEAM)
    book.get_sheet(0).write(65_535, 255, "x")
    data = saved(book)
    tracemalloc.start()
    (problem,) = read(data).problems
    assert "có ô ở tận IV65536" in problem
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "claim", [(0, 0xFFFFFFF0, 0, 0xFFFF), (0, 65_537, 0, 1), (0, 1, 0, 257), (9, 1, 0, 1)]
)
def test_a_sheet_that_claims_more_cells_than_there_are_is_damaged(claim):
    data = bytearray(saved(book_of(TEAM)))
    struct.pack_into("<IIHH", data, data.find(struct.pack("<HH", 0x0200, 14)) + 4, *claim)
    (problem,) = read(bytes(data)).problems
    assert "bị hỏng" in problem


@pytest.mark.parametrize("many", [0, 40_000])
def test_a_workbook_in_short_and_in_many_sectors_is_looked_through(many):
    (sheet,) = sheets_of(saved(book_of(TEAM, many=many)))
    assert (sheet.name, sheet.height, sheet.width, sheet.far_corner) == ("Danh sách", 2 + many, 10, "")


def test_a_chain_of_sectors_that_bites_its_tail_ends():
    data = bytearray(saved(book_of(TEAM)))
    table = 512 * (struct.unpack_from("<I", data, 76)[0] + 1)
    struct.pack_into("<128I", data, table, *range(128))
    with pytest.raises(DamagedError):
        sheets_of(bytes(data))


WHOLE = saved(book_of(TEAM))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=4)), max_size=6),
    st.integers(0, len(WHOLE)),
)
def test_any_damage_gives_sheets_or_a_refusal_never_another_error(changes, length):
    data = bytearray(WHOLE)
    for at, piece in changes:
        data[at : at + len(piece)] = piece
    with contextlib.suppress(DamagedError):
        sheets_of(bytes(data[:length] if length % 3 == 0 else data))
