"""The numbers of a period: tables, charts as SVG, a workbook."""

from __future__ import annotations

import io
from datetime import date, timedelta

from flask import request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, require
from ...core.i18n import _
from ...core.web import named
from ..figures import Line
from ..queries import bars
from ..queries import numbers as number_queries
from .base import bp, page


def period() -> tuple[date, date, int, int]:
    """Year and month of the address; month 0 is the whole year."""
    year = min(max(request.args.get("year", clock.today().year, type=int), 2000), 2100)
    month = min(max(request.args.get("month", 0, type=int), 0), 12)
    if not month:
        return date(year, 1, 1), date(year + 1, 1, 1), year, month
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1), year, month


@bp.get("/numbers")
@require(Permission.SPACES_MANAGE, Permission.REPORTS_VIEW)
def numbers() -> str:
    first, until, year, month = period()
    found = number_queries.report(first, until, now=clock.now())
    return page(
        "numbers", report=found, year=year, month=month, years=number_queries.years(), word=bars.purpose_word,
        step=step_label,
    )  # fmt: skip


@bp.get("/numbers.xlsx")
@require(Permission.SPACES_MANAGE, Permission.REPORTS_VIEW)
def numbers_workbook() -> Response:
    first, until, year, month = period()
    data = workbook(number_queries.report(first, until, now=clock.now()))
    name = f"biic-{year}" + (f"-{month:02d}" if month else "")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(
        data, mimetype=kind, headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'}
    )


def workbook(report: number_queries.Report) -> bytes:
    """One sheet a question; hours as numbers, shares as percentages."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    head = book.add_format({"bold": True, "bottom": 1})
    share = book.add_format({"num_format": "0.0%"})
    hours = book.add_format({"num_format": "#,##0.0"})

    def sheet(title: str, columns: list[str], rows: list[list[object]], formats: dict[int, object]) -> None:
        page_ = book.add_worksheet(title)
        page_.write_row(0, 0, columns, head)
        page_.freeze_panes(1, 0)
        page_.set_column(0, 0, 36)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                page_.write(number, column, value, formats.get(column))

    sheet(_("Tổng quan"), [_("Mục"), _("Số liệu")], _totals(report), {})
    sheet(
        _("Phòng, máy"),
        [
            _("Phòng, máy"),
            _("Lượt"),
            _("Giờ dùng"),
            _("Giờ mở cửa"),
            _("Tỷ lệ giờ mở cửa"),
            _("Tỷ lệ mọi giờ"),
        ],
        [[named(p), u.count, u.used, u.open_hours, u.open_share, u.all_share] for p, u in report.places],
        {2: hours, 3: hours, 4: share, 5: share},
    )
    lines = [_("Lượt"), _("Người"), _("Giờ"), _("Vắng")]
    formats: dict[int, object] = {3: hours}
    sheet(
        _("Mục đích"),
        [_("Mục đích"), *lines],
        [_cells(bars.purpose_word(str(x.key)), x) for x in report.purposes],
        formats,
    )
    bodies = [_cells(str(x.key) or _("Cá nhân"), x) for x in report.organisations]
    sheet(_("Đơn vị"), [_("Đơn vị"), *lines], bodies, formats)
    name = _("Ngày") if isinstance(report.steps[0].key, date) else _("Tháng")
    sheet(name, [name, *lines], [_cells(step_label(x.key), x) for x in report.steps], formats)
    book.close()
    return out.getvalue()


def _totals(report: number_queries.Report) -> list[list[object]]:
    last = report.until - timedelta(days=1)
    return [
        [_("Kỳ"), f"{report.first:%d/%m/%Y} – {last:%d/%m/%Y}"],
        [_("Lượt"), report.count],
        [_("Người"), report.people],
        [_("Không đến"), report.no_shows],
        [_("Lượt chưa diễn ra"), report.coming],
        [_("Người dự kiến của các lượt chưa diễn ra"), report.people_coming],
    ]


def _cells(label: str, line: Line) -> list[object]:
    return [label, line.count, line.people, line.hours, line.no_shows]


def step_label(key: object) -> str:
    """A month or a day as people write it."""
    if isinstance(key, date):
        return f"{key:%d/%m/%Y}"
    year, month = key if isinstance(key, tuple) else (0, 0)
    return f"{month:02d}/{year}"
