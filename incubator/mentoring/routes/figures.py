"""Figures of a cohort: one month of all cases on one page."""

from __future__ import annotations

from datetime import date

from flask import flash, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.errors import DomainError, Invalid
from ...core.i18n import _
from ...core.text.numerals import is_count
from ...core.web import current_actor, go
from ...models import Metric
from .. import wording
from ..queries import alumni, cohorts
from ..services import progress
from . import bp
from .common import now, tabs_of

MANAGE = Permission.MENTORING_MANAGE


def _month() -> date:
    text = request.values.get("month", "")
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return clock.local(now()).date().replace(day=1)


@bp.route("/cohorts/<slug>/kpi", methods=["GET", "POST"])
@require(MANAGE)
def kpi(slug: str) -> str | BaseResponse | tuple[str, int]:
    """Headcount, revenue, jobs and filings of every case for a month; empty fields stay as they are."""
    actor = current_actor()
    cohort = cohorts.get_cohort(slug, actor)
    month, fault = _month(), ""
    if request.method == "POST":
        try:
            with transaction():
                for row in alumni.month_rows(cohort, month):
                    values = {m: v for m in Metric if (v := _typed(row, m)) is not None}
                    fresh = {m: v for m, v in values.items() if row.values.get(m) != v}
                    if fresh:
                        progress.report_metrics(row.case, month, fresh, actor=actor, at=now())
        except DomainError as error:
            fault = error.message
        else:
            flash(_("Đã lưu số liệu tháng."), "success")
            return go("mentoring.kpi", slug=slug, month=f"{month:%Y-%m}")
    cohort = cohorts.get_cohort(slug, actor)
    page = render_template(
        "mentoring/kpi.html",
        cohort=cohort,
        tabs=tabs_of(cohort, "numbers"),
        rows=alumni.month_rows(cohort, month),
        month=month,
        before=_step(month, -1),
        after=_step(month, 1),
        metrics=list(Metric),
        words=wording,
        fault=fault,
        typed=request.form,
    )
    return (page, 422) if fault else page


def _typed(row: alumni.MonthRow, metric: Metric) -> int | None:
    text = request.form.get(f"{metric.value}-{row.case.id}", "").strip()
    if not text:
        return None
    digits = text.replace(".", "").replace(" ", "")
    if not is_count(digits, 15):
        raise Invalid(
            _(
                "“%(title)s”, %(metric)s: “%(text)s” không phải là số nguyên không âm.",
                title=row.case.title,
                metric=wording.METRICS[metric],
                text=text,
            )
        )
    return int(digits)


def _step(month: date, by: int) -> str:
    number = month.year * 12 + month.month - 1 + by
    return f"{number // 12}-{number % 12 + 1:02d}"
