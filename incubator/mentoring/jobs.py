"""Work that takes long or comes round by itself: runs solved outside transactions; offers that expire. Jobs may run twice."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ..core import clock
from ..core.access import Actor, system_actor
from ..core.db import db, transaction
from ..core.jobs import every, task
from ..models import MatchRun, RunState
from .matching import BadProblemError
from .services import holding, mentors, offers, runs

log = logging.getLogger(__name__)
TRIES = 4
WAITS, RUNS = timedelta(minutes=2), timedelta(minutes=5)
"""How long a run may lie in the queue, and in work, before it counts as lost."""


@task
def solve_run(run_id: int) -> None:
    execute(run_id, at=clock.now())


def execute(run_id: int, *, at: datetime) -> None:
    """Solve a queued run outside any transaction and store its pairs; what went wrong is stored in its place."""
    if not _begin(run_id, at):
        return
    try:
        answer = runs.answered(runs.problem_of(db.session.get_one(MatchRun, run_id)))
    except BadProblemError as error:
        _fail(run_id, at, faults=[asdict(fault) for fault in error.faults[:5]])
        return
    except Exception:  # a run must not wait for ever: the page says so, the log says why
        log.exception("matching run %s", run_id)
        db.session.rollback()
        _fail(run_id, at)
        return
    with transaction():
        row = db.session.get_one(MatchRun, run_id)
        if row.state is RunState.RUNNING:
            runs.store(row, answer, at=at)


def hold(run: MatchRun, wish: holding.Wish, *, actor: Actor, at: datetime) -> None:
    """Hold a pair of a draft run, or let one go: solved outside any transaction, stored in one of its own.

    Solved again where somebody changed another place meanwhile. Raises Invalid where the pair cannot be held, Conflict
    where this place was changed or the run is no draft any more.
    """
    for left in reversed(range(TRIES)):
        worked = holding.work_out(run, wish, actor=actor)
        try:
            with transaction():
                holding.take(run.id, worked, actor=actor, at=at)
            return
        except holding.Changed:
            if not left:
                raise
            db.session.refresh(run)


def _begin(run_id: int, at: datetime) -> bool:
    """Take the run up, so that its page can say so; False where nothing is left to do."""
    with transaction():
        row = db.session.get(MatchRun, run_id)
        if row is None or row.state not in (RunState.QUEUED, RunState.RUNNING):
            return False
        row.state, row.started_at = RunState.RUNNING, at
    return True


def _fail(run_id: int, at: datetime, **answer: Any) -> None:
    with transaction():
        row = db.session.get_one(MatchRun, run_id)
        row.state, row.answer, row.finished_at = RunState.FAILED, answer, at


@every(minute="*/10")
def expire_offers() -> None:
    """Offers past their time expire; those half-way are reminded; pauses end on their day."""
    actor, at = system_actor("mentoring"), clock.now()
    with transaction():
        offers.expire_and_remind(actor=actor, at=at)
        mentors.resume_due(actor=actor, at=at)


@every(minute="*")
def sweep_runs() -> None:
    """A run whose job was lost, before it began or on the way, is solved again."""
    now = clock.now()
    lost = db.session.scalars(
        sa.select(MatchRun.id).where(
            sa.or_(
                sa.and_(MatchRun.state == RunState.QUEUED, MatchRun.created_at < now - WAITS),
                sa.and_(MatchRun.state == RunState.RUNNING, MatchRun.started_at < now - RUNS),
            )
        )
    ).all()
    for run_id in lost:
        solve_run.later(run_id)
