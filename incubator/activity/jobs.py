"""Long jobs with a row of their own: progress to look at, a lease against kill -9, an end that is told.

@job("contests.import")
def _import(job: JobRun, report: Report) -> dict[str, Any]:
    report(3, 10, _("Đang đọc tệp 3/10"))
    ...                          # opens its own transaction()s; must be safe to run twice
    return {"entries": 314}

start("contests.import", actor=actor, at=at, batch_id=7)      # inside transaction(); runs after the commit
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ..core import clock
from ..core import jobs as queue
from ..core.access import Actor
from ..core.db import after_commit, changed, db, transaction
from ..core.errors import DomainError
from ..core.i18n import _
from ..models import JobRun, JobState

log = logging.getLogger(__name__)

Report = Callable[[int, int, str], None]
Work = Callable[[JobRun, Report], dict[str, Any]]
LEASE = timedelta(minutes=5)
MOST_TRIES = 3
_kinds: dict[str, Work] = {}


def job(kind: str) -> Callable[[Work], Work]:
    def register(work: Work) -> Work:
        _kinds[kind] = work
        return work

    return register


def start(
    kind: str, *, actor: Actor, at: datetime, edition_id: int | None = None, total: int = 0, **arguments: Any
) -> JobRun:
    """Make the row now and enqueue the work after the commit."""
    run = JobRun(
        kind=kind,
        arguments=arguments,
        owner_id=actor.person_id,
        edition_id=edition_id,
        total=total,
        created_at=at,
        state=JobState.WAITING,
    )
    db.session.add(run)
    db.session.flush()
    after_commit(run_job.later, run.id)
    return run


@queue.task
def run_job(job_id: int) -> None:
    if not _claim(job_id):
        return
    run = db.session.get(JobRun, job_id, populate_existing=True)
    if run is None:
        return
    try:
        result = _kinds[run.kind](run, lambda done, total, message: _progress(job_id, done, total, message))
    except DomainError as refusal:
        db.session.rollback()
        _end(job_id, JobState.FAILED, refusal.message, {})
    except Exception:
        db.session.rollback()
        log.exception("job failed", extra={"job": job_id, "kind": run.kind})
        _end(
            job_id,
            JobState.FAILED,
            _("Việc này gặp lỗi hệ thống và chưa xong. Thử lại; nếu vẫn lỗi, báo quản trị."),
            {},
        )
    else:
        _end(job_id, JobState.DONE, "", result)


@queue.every(minute="*")
def sweep_jobs() -> None:
    """Run again what a killed worker left; give up after a few tries, and say so."""
    now = clock.now()
    lost = db.session.scalars(
        sa.select(JobRun).where(
            sa.or_(
                sa.and_(JobRun.state == JobState.WAITING, JobRun.created_at < now - timedelta(minutes=1)),
                sa.and_(JobRun.state == JobState.RUNNING, JobRun.lease_until < now),
            )
        )
    ).all()
    for run in lost:
        if run.tries >= MOST_TRIES:
            _end(
                run.id,
                JobState.FAILED,
                _("Việc này bị ngắt nhiều lần và chưa xong. Báo quản trị hệ thống."),
                {},
            )
        else:
            run_job(run.id)


def _claim(job_id: int) -> bool:
    now = clock.now()
    with transaction():
        claimed = changed(
            sa.update(JobRun)
            .where(
                JobRun.id == job_id,
                sa.or_(
                    JobRun.state == JobState.WAITING,
                    sa.and_(JobRun.state == JobState.RUNNING, JobRun.lease_until < now),
                ),
            )
            .values(state=JobState.RUNNING, lease_until=now + LEASE, tries=JobRun.tries + 1)
        )
        return claimed == 1


def _progress(job_id: int, done: int, total: int, message: str) -> None:
    with transaction() as session:
        session.execute(
            sa.update(JobRun)
            .where(JobRun.id == job_id)
            .values(done=done, total=total, message=message, lease_until=clock.now() + LEASE)
        )


def _end(job_id: int, state: JobState, message: str, result: dict[str, Any]) -> None:
    with transaction() as session:
        values: dict[str, Any] = {
            "state": state,
            "message": message,
            "ended_at": clock.now(),
            "lease_until": None,
        }
        if result:
            values["result"] = result
        if state is JobState.DONE:
            values["done"] = JobRun.total
        session.execute(sa.update(JobRun).where(JobRun.id == job_id).values(**values))
