"""Figures of a programme: indicators beside plan and last year, monthly totals, support."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.together import rows_of
from ...models import (
    CaseStage,
    Cohort,
    IncubationCase,
    Indicator,
    MentoringSession,
    Mentorship,
    Metric,
    MetricReport,
    Programme,
    SessionState,
    StageChange,
)
from .. import policies


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """A target with what is done until `as_of`, and the same period of the year before."""

    row: Indicator
    done: int
    last_year: int | None
    computed: bool

    @property
    def share(self) -> float:
        return self.done / self.row.target

    @property
    def change(self) -> float | None:
        return None if not self.last_year else self.done / self.last_year - 1


def indicator_lines(programme: Programme, year: int, at: datetime) -> list[IndicatorLine]:
    """Indicators of a year; computed ones stand beside what the same days of last year gave."""
    rows = db.session.scalars(
        sa.select(Indicator)
        .where(Indicator.programme_id == programme.id, Indicator.year == year)
        .order_by(Indicator.position, Indicator.id)
    ).all()
    start, before = clock.at_local(date(year, 1, 1)), clock.at_local(date(year - 1, 1, 1))
    until = min(at, clock.at_local(date(year + 1, 1, 1)))
    counted = [row for row in rows if row.counts in COUNTS]
    asked = [
        (span, COUNTS[row.counts])
        for row in counted
        for span in ((start, until), (before, before + (until - start)))
    ]
    found = [
        int(answer[0].n or 0) for answer in rows_of([count(programme.id, *span) for span, count in asked])
    ]
    now = {row.id: (found[2 * i], found[2 * i + 1]) for i, row in enumerate(counted)}
    lines = []
    for row in rows:
        if row.id in now:
            done, past = now[row.id]
            lines.append(IndicatorLine(row, done, past if past else row.last_year, True))
        else:
            lines.append(IndicatorLine(row, row.done or 0, row.last_year, False))
    return lines


def _cases(programme_id: int, start: datetime, end: datetime) -> Any:
    return (
        sa.select(sa.func.count(IncubationCase.id).label("n"))
        .join(Cohort, Cohort.id == IncubationCase.cohort_id)
        .where(
            Cohort.programme_id == programme_id,
            IncubationCase.created_at >= start,
            IncubationCase.created_at < end,
        )
    )


def _mentored(programme_id: int, start: datetime, end: datetime) -> Any:
    return (
        sa.select(sa.func.count(sa.distinct(Mentorship.case_id)).label("n"))
        .join(IncubationCase, IncubationCase.id == Mentorship.case_id)
        .join(Cohort, Cohort.id == IncubationCase.cohort_id)
        .where(
            Cohort.programme_id == programme_id, Mentorship.started_at >= start, Mentorship.started_at < end
        )
    )


def _held(column: Any) -> Any:
    def count(programme_id: int, start: datetime, end: datetime) -> Any:
        return (
            sa.select(column.label("n"))
            .select_from(MentoringSession)
            .join(Mentorship, Mentorship.id == MentoringSession.mentorship_id)
            .join(IncubationCase, IncubationCase.id == Mentorship.case_id)
            .join(Cohort, Cohort.id == IncubationCase.cohort_id)
            .where(
                Cohort.programme_id == programme_id,
                MentoringSession.state == SessionState.HELD,
                MentoringSession.starts_at >= start,
                MentoringSession.starts_at < end,
            )
        )

    return count


def _graduated(programme_id: int, start: datetime, end: datetime) -> Any:
    return (
        sa.select(sa.func.count(sa.distinct(StageChange.case_id)).label("n"))
        .join(IncubationCase, IncubationCase.id == StageChange.case_id)
        .join(Cohort, Cohort.id == IncubationCase.cohort_id)
        .where(
            Cohort.programme_id == programme_id,
            StageChange.to_stage == CaseStage.GRADUATED,
            StageChange.at >= start,
            StageChange.at < end,
        )
    )


COUNTS: dict[str, Any] = {
    "cases": _cases,
    "mentored": _mentored,
    "sessions": _held(sa.func.count(MentoringSession.id)),
    "hours": _held(sa.func.coalesce(sa.func.sum(MentoringSession.minutes), 0) / 60),
    "graduated": _graduated,
}


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One month of a programme."""

    month: date
    sessions: int
    minutes: int
    metrics: dict[Metric, int]


def months(cohort: Cohort, at: datetime, count: int = 12) -> list[MonthLine]:
    """The last months with held sessions and reported figures of the cohort: two statements."""
    today = clock.local(at).date().replace(day=1)
    wanted = [_back(today, n) for n in range(count - 1, -1, -1)]
    held: dict[date, tuple[int, int]] = {}
    rows = db.session.execute(
        sa.select(MentoringSession.starts_at, MentoringSession.minutes)
        .join(Mentorship, Mentorship.id == MentoringSession.mentorship_id)
        .join(IncubationCase, IncubationCase.id == Mentorship.case_id)
        .where(
            IncubationCase.cohort_id == cohort.id,
            MentoringSession.state == SessionState.HELD,
            MentoringSession.starts_at >= clock.at_local(wanted[0]),
        )
    )
    for starts_at, minutes in rows:
        month = clock.local(starts_at).date().replace(day=1)
        sessions, spent = held.get(month, (0, 0))
        held[month] = (sessions + 1, spent + (minutes or 0))
    metrics: dict[date, dict[Metric, int]] = {}
    for period, metric, value in db.session.execute(
        sa.select(MetricReport.period, MetricReport.metric, sa.func.sum(MetricReport.value))
        .join(IncubationCase, IncubationCase.id == MetricReport.case_id)
        .where(IncubationCase.cohort_id == cohort.id, MetricReport.period >= wanted[0])
        .group_by(MetricReport.period, MetricReport.metric)
    ):
        metrics.setdefault(period, {})[metric] = int(value)
    return [MonthLine(m, *held.get(m, (0, 0)), metrics.get(m, {})) for m in wanted]


def _back(month: date, n: int) -> date:
    for _step in range(n):
        month = (month - timedelta(days=1)).replace(day=1)
    return month


def years_of(programme: Programme) -> Sequence[int]:
    return db.session.scalars(
        sa.select(Indicator.year)
        .where(Indicator.programme_id == programme.id)
        .distinct()
        .order_by(Indicator.year.desc())
    ).all()


def indicators_of(programme: Programme) -> Sequence[Indicator]:
    """All indicators of a programme, the latest year first."""
    return db.session.scalars(
        sa.select(Indicator)
        .where(Indicator.programme_id == programme.id)
        .order_by(Indicator.year.desc(), Indicator.position, Indicator.id)
    ).all()


def get_indicator(indicator_id: int, actor: Actor) -> tuple[Indicator, str]:
    """An indicator and its programme's slug. Raises NotFound."""
    found = db.session.execute(
        sa.select(Indicator, Programme.slug)
        .join(Programme, Programme.id == Indicator.programme_id)
        .where(Indicator.id == indicator_id)
    ).first()
    if found is None or not policies.can_manage(actor, found[0].programme_id):
        raise NotFound(_("Không có chỉ tiêu này."))
    return found[0], found[1]
