"""The audit screen, the mail screen of the demo, the progress of a job, and the two health addresses."""

from __future__ import annotations

import shutil
from datetime import timedelta

from flask import Blueprint, Response, abort, current_app, jsonify, render_template, request

from ..core import clock
from ..core.access import Permission, public, require, signed_in
from ..core.errors import Invalid
from ..core.forms import parse_day
from ..core.headers import over_plain_http
from ..core.lists import list_args
from ..core.text.numerals import is_whole, whole
from ..core.web import current_actor
from . import messages, queries

bp = Blueprint("activity", __name__)


@bp.get("/healthz")
@public
@over_plain_http
def healthz() -> Response:
    """Alive: the process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
@over_plain_http
def readyz() -> tuple[Response, int]:
    """Ready: database answers, the worker has been seen, the disk has room."""
    checks = {"database": queries.database_answers(), "worker": _worker_seen(), "disk": _disk_has_room()}
    ready = (
        checks["database"] and checks["disk"]
    )  # without a worker pages still work; the check tells the operator
    return jsonify(ready=ready, **checks), 200 if ready else 503


def _worker_seen() -> bool:
    from .heartbeat import last_seen

    seen = last_seen()
    return seen is not None and clock.now() - seen < timedelta(minutes=3)


def _disk_has_room() -> bool:
    return shutil.disk_usage(current_app.instance_path).free > 200 * 1024 * 1024


@bp.get("/audit")
@require(Permission.AUDIT_VIEW)
def audit() -> str:
    args = list_args(["at"], ["object", "person", "since", "until"])
    problems: list[str] = []
    days = []
    for name in ("since", "until"):
        try:
            days.append(parse_day(args.filters[name]) if args.filters[name] else None)
        except Invalid as error:
            problems.append(error.message)
            days.append(None)
    page = queries.audit_page(current_actor(), args, days[0], days[1])
    person = queries.people([int(args.filters["person"])] if is_whole(args.filters["person"]) else [])
    return render_template(
        "activity/audit.html",
        page=page,
        args=args,
        problems=problems,
        seal=queries.last_seal(),
        only=[p.full_name for p in person.values()],
    )


@bp.get("/mail")
@require(Permission.SYSTEM_MANAGE)
def mail() -> str:
    args = list_args(["at"], ["state"], per_page=30)
    page = queries.outbox_page(args)
    people = queries.people([n.person_id for n in page.items])
    # Outside the demo an administrator sees that a message went, not the link inside.
    shown = request.args.get("show", type=whole) if current_app.config.get("DEMO") else None
    opened = next((n for n in page.items if n.id == shown), None)
    text = messages.render(opened, people.get(opened.person_id)) if opened else None
    own = current_actor().person_id
    reader = queries.people([own]).get(own)
    subjects = [m.subject for m in messages.render_many(page.items, reader)]
    return render_template(
        "activity/mail.html",
        page=page,
        args=args,
        people=people,
        text=text,
        rows=list(zip(page.items, subjects, strict=True)),
    )


@bp.get("/jobs/<int:job_id>")
@signed_in
def job(job_id: int) -> str | Response:
    run = queries.get_job_for(current_actor(), job_id)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify(state=run.state, done=run.done, total=run.total, message=run.message)
    if request.headers.get("HX-Request"):
        return render_template("activity/_job.html", run=run)
    return render_template("activity/job.html", run=run)


@bp.get("/jobs/<int:job_id>/file")
@signed_in
def job_file(job_id: int) -> Response:
    """The file that a job made, for its owner."""
    from ..core.downloads import send_stored

    run = queries.get_job_for(current_actor(), job_id)
    if run.file_id is None:
        abort(404)
    return send_stored(run.file_id)
