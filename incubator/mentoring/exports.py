"""The workbook of a cohort's figures and the certificate of a mentor's hours."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ..core import clock, pdf
from ..core.i18n import _
from ..core.web import named, vn_date
from ..models import CaseStage, Cohort, Metric, Person
from . import wording
from .queries.cohorts import Card
from .queries.mentors import HourLine
from .queries.numbers import IndicatorLine, MonthLine


def workbook(
    cohort: Cohort,
    year: int,
    lines: Sequence[IndicatorLine],
    months: Sequence[MonthLine],
    columns: Mapping[CaseStage, Sequence[Card]],
) -> bytes:
    """Three sheets: indicators, months, cases."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1, "valign": "top"})
    percent, day = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet(_("Chỉ tiêu"))
    titles = [
        _("Chỉ tiêu"),
        _("Đơn vị"),
        _("Kế hoạch"),
        _("Thực hiện"),
        _("So với kế hoạch"),
        _("Cùng kỳ năm trước"),
        _("Nguồn"),
        _("Tính đến"),
    ]
    sheet.write_row(0, 0, titles, head)
    for n, line in enumerate(lines, start=1):
        sheet.write_row(n, 0, [named(line.row), named(line.row, "unit"), line.row.target, line.done])
        sheet.write_number(n, 4, line.share, percent)
        if line.last_year is not None:
            sheet.write_number(n, 5, line.last_year)
        sheet.write_string(n, 6, line.row.source)
        if line.row.as_of:
            sheet.write_datetime(n, 7, line.row.as_of, day)
    sheet.set_column(0, 0, 48)
    sheet.set_column(1, 7, 16)
    months_sheet = book.add_worksheet(_("Theo tháng"))
    months_sheet.write_row(
        0, 0, [_("Tháng"), _("Buổi gặp"), _("Giờ cố vấn"), *(str(wording.METRICS[m]) for m in Metric)], head
    )
    in_month = book.add_format({"num_format": "mm/yyyy", "align": "left"})
    for n, month in enumerate(months, start=1):
        months_sheet.write_datetime(n, 0, month.month, in_month)
        months_sheet.write_row(n, 1, [month.sessions, round(month.minutes / 60, 2)])
        for column, metric in enumerate(Metric, start=3):
            if metric in month.metrics:
                months_sheet.write_number(n, column, month.metrics[metric])
    months_sheet.set_column(0, 6, 16)
    _cases_sheet(book, head, day, columns)
    book.close()
    return out.getvalue()


def _cases_sheet(book: Any, head: object, day: object, columns: Mapping[CaseStage, Sequence[Card]]) -> None:
    sheet = book.add_worksheet(_("Hồ sơ"))
    sheet.write_row(
        0, 0, [_("Dự án"), _("Đội"), _("Giai đoạn"), _("Từ ngày"), _("Cố vấn"), _("Gặp gần nhất")], head
    )
    n = 0
    for stage, cards in columns.items():
        for card in cards:
            n += 1
            sheet.write_row(n, 0, [card.case.title, card.case.team.name, str(wording.STAGES[stage])])
            sheet.write_string(n, 4, ", ".join(card.mentors))
            for column, moment in ((3, card.since), (5, card.last_met)):
                if moment is not None:
                    sheet.write_datetime(n, column, clock.local(moment).replace(tzinfo=None), day)
    sheet.set_column(0, 5, 24)


def certificate(
    person: Person,
    job: str,
    lines: Sequence[HourLine],
    first: date,
    last: date,
    *,
    today: date,
    house: str,
    parent: str,
    place: str,
) -> bytes:
    """Giấy xác nhận giờ cố vấn: held sessions only, by team, with the sum."""
    minutes = sum(line.minutes for line in lines)
    rows = [
        [str(n), line.title, str(line.sessions), wording.hours(line.minutes)]
        for n, line in enumerate(lines, start=1)
    ]
    rows.append(["", _("Tổng cộng"), str(sum(line.sessions for line in lines)), wording.hours(minutes)])
    name = f"{person.title} {person.full_name}".strip()
    return pdf.render(
        "official",
        {
            "parent": parent,
            "body": house,
            "number": "",
            "place": place,
            "date": today.isoformat(),
            "kind": _("Giấy xác nhận"),
            "title": _("Giờ cố vấn đồng hành cùng dự án"),
            "landscape": False,
            "blocks": [
                {"type": "text", "text": _("%(house)s xác nhận:", house=house)},
                {
                    "type": "facts",
                    "rows": [
                        [_("Ông/Bà"), name],
                        [_("Chức vụ, đơn vị"), job or "…"],
                        [
                            _("Thời gian"),
                            _("từ %(first)s đến %(last)s", first=vn_date(first), last=vn_date(last)),
                        ],
                    ],
                },
                {
                    "type": "text",
                    "text": _("đã tham gia cố vấn cho các dự án sau, theo biên bản các buổi gặp:"),
                },
                {
                    "type": "table",
                    "size": 12,
                    "rows": rows,
                    "columns": [
                        {"title": _("STT"), "align": "right", "width": "auto"},
                        {"title": _("Dự án"), "align": "left", "width": "3fr"},
                        {"title": _("Số buổi"), "align": "right", "width": "1fr"},
                        {"title": _("Số giờ"), "align": "right", "width": "1fr"},
                    ],
                },
            ],
            "signatures": [{"lines": [_("THỦ TRƯỞNG ĐƠN VỊ")], "name": ""}],
            "recipients": [],
        },
    )
