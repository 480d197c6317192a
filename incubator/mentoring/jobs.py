"""Background work: solve asked runs, expire and remind offers. Both may run twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from ..core import clock
from ..core.access import system_actor
from ..core.db import db, transaction
from ..core.jobs import every, task
from ..models import MatchRun, RunState
from . import wording
from .matching import BadProblemError
from .services import offers, runs


@task
def solve_run(run_id: int) -> None:
    execute(run_id, at=clock.now())


def execute(run_id: int, *, at: datetime) -> None:
    """Solve a queued run outside any transaction and store its pairs; a fault is stored as a sentence."""
    from .matching.solving import solve

    run = db.session.get(MatchRun, run_id)
    if run is None or run.state not in (RunState.QUEUED, RunState.RUNNING):
        return
    try:
        result = solve(runs.problem_of(run))
    except BadProblemError as error:
        message = " ".join(wording.fault(fault) for fault in error.faults[:5])
        with transaction():
            row = db.session.get_one(MatchRun, run_id)
            row.state, row.error, row.finished_at = RunState.FAILED, message, at
        return
    with transaction():
        row = db.session.get_one(MatchRun, run_id)
        if row.state in (RunState.QUEUED, RunState.RUNNING):
            runs.store(row, result, at=at)


@every(minute="*/10")
def expire_offers() -> None:
    """Offers past their time expire; those half-way are reminded."""
    with transaction():
        offers.expire_and_remind(actor=system_actor("mentoring"), at=clock.now())


@every(minute="*")
def sweep_runs() -> None:
    """A run whose job was lost is solved again."""
    before = clock.now() - timedelta(minutes=2)
    lost = db.session.scalars(
        sa.select(MatchRun.id).where(MatchRun.state == RunState.QUEUED, MatchRun.created_at < before)
    ).all()
    for run_id in lost:
        solve_run.later(run_id)
