"""Exports: nothing typed by a person becomes a formula, and Excel shows Vietnamese right."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.core import sheets

DANGEROUS = ["=1+1", "+84912345678", "-2", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "|x", "%0A=1", "\r=1"]


def read_csv(header, rows):
    text = "".join(sheets.csv_lines(header, rows))
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def read_xlsx(header, rows):
    target = io.BytesIO()
    sheets.write_xlsx(target, "Danh sách", header, rows)
    return openpyxl.load_workbook(target).active


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_starts_a_formula(text):
    (field,) = read_csv(["Cột"], [[text]])[1]
    assert field.startswith("'")
    cell = read_xlsx(["Cột"], [[text]])["A2"]
    assert cell.data_type == "s"


def test_numbers_dates_and_moments_keep_their_kind():
    moment = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
    row = [-5, Decimal("8.25"), date(2015, 1, 5), moment, None, True, "Nguyễn Đức"]
    assert read_csv(["x"] * 7, [row])[1] == [
        "-5",
        "8.25",
        "05/01/2015",
        "02/03/2026 09:00",
        "",
        "True",
        "Nguyễn Đức",
    ]
    page = read_xlsx(["x"] * 7, [row])
    values = [page.cell(2, column).value for column in range(1, 8)]
    assert values == [-5, 8.25, datetime(2015, 1, 5), datetime(2026, 3, 2, 9, 0), None, 1, "Nguyễn Đức"]  # noqa: DTZ001


def test_sheet_names_that_excel_refuses_are_mended():
    target = io.BytesIO()
    sheets.write_xlsx(target, "Đội/[2024]: 'x'" + "y" * 40, ["a"], [])
    assert len(openpyxl.load_workbook(target).sheetnames[0]) <= 31


def test_csv_is_made_in_pieces():
    taken = []

    def rows():
        for number in range(1000):
            taken.append(number)
            yield [number]

    lines = sheets.csv_lines(["n"], rows())
    next(lines)
    assert len(taken) < 300


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_any_text_comes_back_from_csv(row):
    fields = read_csv(["x"] * len(row), [row])[1]
    for text, field in zip(row, fields, strict=True):
        clean = sheets.plain(text)
        assert field in (clean, f"'{clean}")
        assert field[:1] not in ("=", "+", "-", "@")
