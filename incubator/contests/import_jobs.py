"""The two long steps of an import, with progress; both may be run twice."""

from __future__ import annotations

from typing import Any

from ..activity.jobs import Report, job
from ..core import clock
from ..core.access import Actor, system_actor
from ..core.db import db, lock_rows, transaction
from ..core.errors import NotFound
from ..core.i18n import _
from ..models import ImportBatch, ImportState, JobRun
from .queries import imports as queries
from .queries.import_rules import rules_of
from .registration_files import read_files
from .services import import_review, import_writing
from .services.imports import READ_JOB, WRITE_JOB


def _batch(run: JobRun) -> ImportBatch:
    batch = db.session.get(ImportBatch, run.arguments["batch_id"])
    if batch is None:
        raise NotFound(_("Lượt nhập này đã bị bỏ."))
    return batch


@job(READ_JOB)
def read(run: JobRun, report: Report) -> dict[str, Any]:
    """Read the batch's files and open its review."""
    batch = _batch(run)
    sources, mappings = queries.sources_of(batch), queries.mappings_of(batch)
    rules = rules_of(batch.edition_id)
    total = len(sources)

    def progress(done: int, name: str) -> None:
        report(
            done,
            total,
            _("Đang đọc tệp %(number)s/%(total)s: %(name)s", number=done + 1, total=total, name=name),
        )

    reading = read_files(sources, rules, mappings, progress)
    report(total, total, _("Đang so các đội với nhau"))
    with transaction():
        lock_rows(ImportBatch, [batch.id])
        batch = _batch(run)
        if batch.state is ImportState.READING and batch.job_id == run.id:
            import_review.store_reading(batch, reading)
    return {"rows": len(reading.rows)}


@job(WRITE_JOB)
def write(run: JobRun, report: Report) -> dict[str, Any]:
    """Import what is ready in one transaction: all of it or nothing."""
    report(0, run.total, _("Đang nhập %(count)s đội", count=run.total))
    actor = _actor(run)
    try:
        with transaction():
            lock_rows(ImportBatch, [run.arguments["batch_id"]])
            batch = _batch(run)
            if batch.state is not ImportState.IMPORTING:
                return {"entries": 0}  # a run before this one finished it
            count = import_writing.write_batch(batch, actor=actor, at=clock.now())
    except Exception:
        with transaction():
            batch = _batch(run)
            if batch.state is ImportState.IMPORTING:
                batch.state = ImportState.REVIEW
        raise
    return {"entries": count}


def _actor(run: JobRun) -> Actor:
    person_id = run.arguments.get("person_id")
    return Actor(person_id=person_id) if person_id else system_actor("import")
