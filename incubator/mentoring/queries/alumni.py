"""Graduates of a programme, and the figures of a month over all cases of a cohort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from ...core.db import db
from ...models import CaseStage, Cohort, IncubationCase, Metric, MetricReport, StageChange


@dataclass(slots=True)
class Graduate:
    """A case that graduated: when, by which decision, and the latest figure of each kind."""

    case: IncubationCase
    at: datetime
    decision: str
    latest: dict[Metric, tuple[date, int]] = field(default_factory=dict)


def graduates(programme_id: int) -> list[Graduate]:
    """Two statements, the latest graduation first."""
    rows = db.session.execute(
        sa.select(IncubationCase, StageChange.at, StageChange.decision)
        .join(Cohort, Cohort.id == IncubationCase.cohort_id)
        .join(StageChange, StageChange.case_id == IncubationCase.id)
        .where(
            Cohort.programme_id == programme_id,
            IncubationCase.stage == CaseStage.GRADUATED,
            StageChange.to_stage == CaseStage.GRADUATED,
        )
        .options(sa.orm.joinedload(IncubationCase.team), sa.orm.joinedload(IncubationCase.cohort))
        .order_by(StageChange.at.desc(), IncubationCase.id)
    ).all()
    found = {case.id: Graduate(case, at, decision) for case, at, decision in reversed(rows)}
    for case_id, period, metric, value in db.session.execute(
        sa.select(MetricReport.case_id, MetricReport.period, MetricReport.metric, MetricReport.value)
        .where(MetricReport.case_id.in_(found))
        .order_by(MetricReport.period)
    ):
        found[case_id].latest[metric] = (period, int(value))
    return list(reversed(found.values()))


@dataclass(slots=True)
class MonthRow:
    """A case with what it reported for one month."""

    case: IncubationCase
    values: dict[Metric, int]


def month_rows(cohort: Cohort, month: date) -> list[MonthRow]:
    """Every case that was not stopped, graduates as well: two statements."""
    cases: Sequence[IncubationCase] = db.session.scalars(
        sa.select(IncubationCase)
        .where(IncubationCase.cohort_id == cohort.id, IncubationCase.stage != CaseStage.STOPPED)
        .options(sa.orm.joinedload(IncubationCase.team))
        .order_by(IncubationCase.search_key, IncubationCase.id)
    ).all()
    rows = {case.id: MonthRow(case, {}) for case in cases}
    for case_id, metric, value in db.session.execute(
        sa.select(MetricReport.case_id, MetricReport.metric, MetricReport.value).where(
            MetricReport.case_id.in_(rows), MetricReport.period == month
        )
    ):
        rows[case_id].values[metric] = int(value)
    return list(rows.values())
