"""The numbers as a workbook: cells that count, charts that Excel draws from them, nothing typed that calculates."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest

from incubator.core.db import db
from incubator.spaces.exports import workbook
from incubator.spaces.queries.numbers import report
from incubator.spaces.services import bulk
from tests.factories import AT
from tests.spaces.factories import SYSTEM, span, wish

FORMULA = '=HYPERLINK("x")'


@pytest.fixture
def book(app: Any, centre: Any) -> Any:
    past = [
        bulk.PastUse(wish(centre.room, span(8, 10, date(2026, 2, 2)), 7, body_name=FORMULA), AT, confirmed=7),
        bulk.PastUse(wish(centre.other, span(8, 9, date(2026, 1, 5)), 9), AT, confirmed=9),
    ]
    bulk.record_past(past, actor=SYSTEM, at=AT)
    db.session.flush()
    with app.test_request_context():
        found = report(date(2026, 1, 1), date(2027, 1, 1), now=AT + timedelta(days=1))
        return openpyxl.load_workbook(io.BytesIO(workbook(found)))


def test_every_question_has_a_sheet_and_a_chart_drawn_from_it(book: Any) -> None:
    assert book.sheetnames == ["Tổng quan", "Biểu đồ", "Phòng, máy", "Mục đích", "Đơn vị", "Tháng"]
    assert [row[:3] for row in book["Tháng"].iter_rows(max_row=3, values_only=True)] == [
        ("Tháng", "Lượt", "Người"), ("01/2026", 1, 9), ("02/2026", 1, 7),
    ]  # fmt: skip
    drawn = {c.series[0].val.numRef.f: c.series[0].cat.strRef.f for c in book["Biểu đồ"]._charts}
    assert drawn == {
        "Tháng!$B$2:$B$13": "Tháng!$A$2:$A$13",
        "Tháng!$C$2:$C$13": "Tháng!$A$2:$A$13",
        "'Phòng, máy'!$E$2:$E$3": "'Phòng, máy'!$A$2:$A$3",
        "'Mục đích'!$B$2": "'Mục đích'!$A$2",
        "'Đơn vị'!$B$2:$B$3": "'Đơn vị'!$A$2:$A$3",
    }


def test_what_people_typed_never_calculates(book: Any) -> None:
    cells = {row[0].value: row[0].data_type for row in book["Đơn vị"].iter_rows(min_row=2)}
    assert cells[FORMULA] == "s"
