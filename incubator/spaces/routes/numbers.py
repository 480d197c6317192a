"""The numbers of a period: tables, charts as SVG, a workbook."""

from __future__ import annotations

from datetime import date

from flask import request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, require
from ...core.text.numerals import whole
from ..exports import step_label, workbook
from ..queries import bars
from ..queries import numbers as number_queries
from .base import bp, page


def period() -> tuple[date, date, int, int]:
    """Year and month of the address; month 0 is the whole year."""
    year = min(max(request.args.get("year", clock.today().year, type=whole), 2000), 2100)
    month = min(max(request.args.get("month", 0, type=whole), 0), 12)
    if not month:
        return date(year, 1, 1), date(year + 1, 1, 1), year, month
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1), year, month


@bp.get("/numbers")
@require(Permission.SPACES_MANAGE, Permission.REPORTS_VIEW)
def numbers() -> str:
    first, until, year, month = period()
    found = number_queries.report(first, until, now=clock.now())
    return page(
        "numbers",
        report=found,
        year=year,
        month=month,
        years=number_queries.years(),
        word=bars.purpose_word,
        step=step_label,
    )


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
