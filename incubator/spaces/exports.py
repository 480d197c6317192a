"""The numbers of a period as a workbook: one sheet a question, and their charts, which Excel draws from the cells."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from ..core.i18n import _
from ..core.web import named
from .figures import Line
from .queries import bars
from .queries.numbers import Report

# What a person typed is text in Excel too, also where it begins like a formula or an address.
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
BAR = "#0b5671"
MOST_BARS = 12  # more than that cannot be read on a printed page
CHART_WIDTH, CHART_HEIGHT = 620, 330  # pixels
ROWS_OF_A_CHART = 18


def workbook(report: Report) -> bytes:
    """Hours as numbers, shares as percentages; text is always text."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, OPTIONS)
    hours, share = book.add_format({"num_format": "#,##0.0"}), book.add_format({"num_format": "0.0%"})
    money = book.add_format({"num_format": "#,##0"})
    lines = [_("Lượt"), _("Người"), _("Giờ"), _("Vắng"), _("Tiền (đồng)")]
    in_lines = {3: hours, 5: money}
    step = _("Ngày") if isinstance(report.steps[0].key, date) else _("Tháng")
    _sheet(book, _("Tổng quan"), [_("Mục"), _("Số liệu")], _totals(report), {})
    charts = book.add_worksheet(_("Biểu đồ")) if report.count else None
    columns = [
        _("Phòng, máy"),
        _("Lượt"),
        _("Giờ dùng"),
        _("Giờ mở cửa"),
        _("Tỷ lệ giờ mở cửa"),
        _("Tỷ lệ mọi giờ"),
    ]
    formats = {2: hours, 3: hours, 4: share, 5: share}
    places = _sheet(book, _("Phòng, máy"), columns, _places(report), formats)
    purposes = [_cells(bars.purpose_word(str(line.key)), line) for line in report.purposes]
    by_purpose = _sheet(book, _("Mục đích"), [_("Mục đích"), *lines], purposes, in_lines)
    bodies = [_cells(str(line.key) or _("Cá nhân"), line) for line in report.organisations]
    by_body = _sheet(book, _("Đơn vị"), [_("Đơn vị"), *lines], bodies, in_lines)
    steps = [_cells(step_label(line.key), line) for line in report.steps]
    by_step = _sheet(book, step, [step, *lines], steps, in_lines)
    if charts is not None:
        count = len(report.steps)
        _chart(book, charts, 0, "column", _("Lượt theo thời gian"), by_step, 1, count)
        _chart(book, charts, 1, "column", _("Người theo thời gian"), by_step, 2, count)
        _chart(book, charts, 2, "bar", _("Tỷ lệ giờ mở cửa được dùng"), places, 4, len(report.used))
        _chart(book, charts, 3, "bar", _("Lượt theo mục đích"), by_purpose, 1, len(purposes))
        _chart(book, charts, 4, "bar", _("Lượt theo đơn vị"), by_body, 1, len(bodies))
    book.close()
    return out.getvalue()


def _sheet(
    book: Any,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
    formats: Mapping[int, object],
) -> Any:
    sheet = book.add_worksheet(title)
    sheet.write_row(0, 0, columns, book.add_format({"bold": True, "bottom": 1}))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, len(columns) - 1, 16)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            sheet.write(number, column, value, formats.get(column))
    return sheet


def _chart(
    book: Any, onto: Any, place: int, kind: str, title: str, source: Any, column: int, rows: int
) -> None:
    """Rows 1 to `rows` of a sheet: its first column names the bars, `column` holds their lengths."""
    last = rows if kind == "column" else min(rows, MOST_BARS)
    chart = book.add_chart({"type": kind})
    chart.add_series(
        {
            "name": title,
            "categories": [source.get_name(), 1, 0, last, 0],
            "values": [source.get_name(), 1, column, last, column],
            "fill": {"color": BAR},
            "gap": 40,
            "data_labels": {"value": last <= MOST_BARS},
        }
    )
    chart.set_title({"name": title, "name_font": {"size": 13}})
    chart.set_legend({"none": True})
    (chart.set_y_axis if kind == "bar" else chart.set_x_axis)({"reverse": kind == "bar"})  # first bar on top
    chart.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
    onto.insert_chart(place * ROWS_OF_A_CHART, 0, chart, {"description": title})


def _totals(report: Report) -> list[list[object]]:
    last = report.until - timedelta(days=1)
    return [
        [_("Kỳ"), f"{report.first:%d/%m/%Y} – {last:%d/%m/%Y}"],
        [_("Lượt"), report.count],
        [_("Người"), report.people],
        [_("Không đến"), report.no_shows],
        [_("Tiền (đồng)"), report.price],
        [_("Lượt chưa diễn ra"), report.coming],
        [_("Người dự kiến của các lượt chưa diễn ra"), report.people_coming],
    ]


def _places(report: Report) -> list[list[object]]:
    return [
        [named(p), u.count, u.used, u.open_hours, u.open_share, u.all_share]
        for p, u in sorted(report.places, key=lambda line: not line[1].count)
    ]


def _cells(label: str, line: Line) -> list[object]:
    return [label, line.count, line.people, line.hours, line.no_shows, line.price]


def step_label(key: object) -> str:
    """A month or a day as people write it."""
    if isinstance(key, date):
        return f"{key:%d/%m/%Y}"
    year, month = key if isinstance(key, tuple) else (0, 0)
    return f"{month:02d}/{year}"
