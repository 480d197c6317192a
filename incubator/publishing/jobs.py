"""Work of publishing outside requests: hours that have come, certificates in bulk, pages after a withdrawal."""

from __future__ import annotations

from typing import Any

from ..activity import jobs
from ..activity.jobs import Report
from ..core import clock
from ..core import jobs as queue
from ..core.access import system_actor
from ..core.db import after_commit, db, in_transaction, transaction
from ..core.i18n import _
from ..core.signals import consent_changed, entry_withdrawn
from ..models import JobRun, Publication
from . import prebuilt, services
from .queries import hours
from .services.publications import published_root


@queue.every(minute="*")
def settle_hours() -> None:
    """What was scheduled: states, messages, certificates. The pages themselves go by the clock."""
    now = clock.now()
    if hours.due(now):
        with transaction():
            services.settle_due(actor=system_actor("publishing"), at=now)


@jobs.job("publishing.certificates")
def issue(run: JobRun, report: Report) -> dict[str, Any]:
    publication = db.session.get_one(Publication, run.arguments["publication_id"])
    report(0, 1, _("Đang cấp giấy chứng nhận"))
    with transaction():
        done = services.issue_certificates(publication, actor=system_actor("publishing"), at=clock.now())
    return {"new": done.new, "kept": done.kept, "revoked": done.revoked}


@consent_changed.connect
def _names_may_have_to_go(_person_id: Any, **_kw: Any) -> None:
    """A withdrawal is in force at once: no kept page of before is served again."""
    _after(prebuilt.purge)


@entry_withdrawn.connect
def _lists_may_change(_entry_id: Any, **_kw: Any) -> None:
    _after(prebuilt.touch)


def _after(function: Any) -> None:
    if in_transaction():
        after_commit(function, published_root())
    else:
        function(published_root())
