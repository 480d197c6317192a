"""The judge's phone. Every view loads the actor's own assignment; nobody else's exists here."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from flask import flash, jsonify, make_response, render_template, request, url_for

from ...core import clock
from ...core.access import by_link_too, signed_in
from ...core.db import transaction
from ...core.errors import Conflict, Invalid
from ...core.forms import parse_points
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.web import current_actor, go, vn_time
from ...models import AssignmentState, ConflictKind, SheetState
from ..queries import judge as queries
from ..services import marks, sheets
from . import bp

KINDS = (
    (ConflictKind.COACHED, "coached"),
    (ConflictKind.SAME_SCHOOL, "same_school"),
    (ConflictKind.FAMILY, "family"),
    (ConflictKind.OTHER, "other"),
)


@bp.get("/")
@signed_in
@by_link_too
def my_entries() -> str:
    actor = current_actor()
    lines = queries.my_entries(actor)
    stages: dict[tuple[int, str], list[queries.Line]] = {}
    for line in lines:
        stages.setdefault((line.stage_id, line.stage), []).append(line)
    return render_template("judging/my_entries.html", stages=stages, panels=queries.panels_chaired(actor))


@bp.get("/sheets/<int:assignment_id>")
@signed_in
@by_link_too
def sheet(assignment_id: int) -> Any:
    return _show(queries.get_sheet_for(current_actor(), assignment_id))


def _show(
    view: queries.SheetView,
    status: int = 200,
    clash: sheets.Clash | None = None,
    typed: Any = None,
    error: str = "",
) -> Any:
    page = render_template(
        "judging/sheet.html",
        view=view,
        clash=clash,
        typed=typed,
        error=error,
        token=uuid4().hex[:12],
        state=AssignmentState,
        sheet_state=SheetState,
        lead=_first_open(view),
    )
    return make_response(page, status)


def _first_open(view: queries.SheetView) -> int | None:
    """The criterion that stands open: the first without a mark."""
    return next((c.id for c in view.judged if view.points.get(c.id) is None), None)


@bp.post("/sheets/<int:assignment_id>")
@signed_in
@by_link_too
def save(assignment_id: int) -> Any:
    """The plain form: all marks and texts at once, with the versions that the page showed."""
    actor = current_actor()
    view = queries.get_sheet_for(actor, assignment_id)
    points, bases = _typed_marks(view)
    texts = {
        n: request.form.get(n, "").replace("\r\n", "\n").strip() for n in marks.TEXTS if n in request.form
    }
    text_bases = {n: request.form.get(f"base_{n}", "").replace("\r\n", "\n") for n in texts}
    submitted = False
    try:
        with transaction():
            at = clock.now()
            clash = sheets.save_sheet(
                assignment_id,
                points,
                bases,
                texts,
                text_bases,
                token=request.form.get("token", "")[:24] or uuid4().hex[:12],
                actor=actor,
                at=at,
            )
            if not clash and request.form.get("action") == "submit":
                sheets.submit_sheet(assignment_id, actor=actor, at=at)
                submitted = True
    except Invalid as error:
        return _show(
            queries.get_sheet_for(actor, assignment_id), 422, typed=(points, texts), error=error.message
        )
    if clash:
        return _show(queries.get_sheet_for(actor, assignment_id), 409, clash=clash, typed=(points, texts))
    if not submitted:
        flash(_("Đã lưu nháp lúc %(time)s.", time=vn_time(clock.now())), "success")
        return go("judging.sheet", assignment_id=assignment_id)
    flash(_("Đã nộp phiếu bài %(label)s.", label=view.line.label), "success")
    following = queries.get_sheet_for(actor, assignment_id).next
    return go("judging.sheet", assignment_id=following.id) if following else go("judging.my_entries")


def _typed_marks(view: queries.SheetView) -> tuple[dict[int, int | None], dict[int, int]]:
    points: dict[int, int | None] = {}
    bases: dict[int, int] = {}
    for criterion in view.judged:
        text = request.form.get(f"m{criterion.id}", "").strip()
        if f"m{criterion.id}" in request.form or f"v{criterion.id}" in request.form:
            points[criterion.id] = parse_points(text) if text else view.points.get(criterion.id)
            bases[criterion.id] = request.form.get(f"v{criterion.id}", 0, type=whole)
    return points, bases


@bp.post("/sheets/<int:assignment_id>/marks")
@signed_in
@by_link_too
def save_mark(assignment_id: int) -> Any:
    """One mark as JSON {criterion, points_e2, base, client_id}; 409 with code "stale" holds what another device saved."""
    data = _json()
    points = data.get("points_e2")
    if points is not None and not isinstance(points, int):
        raise Invalid(_("Điểm phải là số."))
    criterion, base, client_id = (
        _number(data.get("criterion")),
        _number(data.get("base", 0)),
        _client_id(data),
    )
    actor = current_actor()
    for first in (True, False):
        try:
            with transaction():
                saved = marks.save_mark(
                    assignment_id,
                    criterion,
                    points,
                    base=base,
                    client_id=client_id,
                    actor=actor,
                    at=clock.now(),
                )
            break
        except Conflict as error:
            # Another device was faster between our look and our write: look again, so that the answer says what it saved.
            if not (first and "constraint" in error.details):
                return _refused(error, assignment_id)
    return jsonify(version=saved.version, points_e2=saved.points_e2, at=vn_time(saved.at))


@bp.post("/sheets/<int:assignment_id>/texts")
@signed_in
@by_link_too
def save_text(assignment_id: int) -> Any:
    """One text as JSON {name, text, base}."""
    data = _json()
    try:
        with transaction():
            at = clock.now()
            version = sheets.save_text(
                assignment_id,
                str(data.get("name")),
                str(data.get("text", "")),
                base=str(data.get("base", "")),
                actor=current_actor(),
                at=at,
            )
    except Conflict as error:
        return _refused(error, assignment_id)
    return jsonify(version=version, at=vn_time(at))


@bp.post("/sheets/<int:assignment_id>/submission")
@signed_in
@by_link_too
def submit(assignment_id: int) -> Any:
    """Submit as JSON {versions: {criterion: version}}; sent again it changes nothing."""
    data = _json()
    given = data.get("versions", {})
    versions = {_number(k): _number(v) for k, v in given.items()} if isinstance(given, dict) else {}
    actor = current_actor()
    try:
        with transaction():
            at = clock.now()
            sheet = sheets.submit_sheet(assignment_id, versions=versions, actor=actor, at=at)
            total = sheet.total_e2
    except Conflict as error:
        return _refused(error, assignment_id)
    following = queries.get_sheet_for(actor, assignment_id).next
    target = (
        url_for("judging.sheet", assignment_id=following.id) if following else url_for("judging.my_entries")
    )
    return jsonify(total_e2=total, at=vn_time(at), next=target)


@bp.get("/sheets/<int:assignment_id>/now")
@signed_in
@by_link_too
def sheet_now(assignment_id: int) -> Any:
    """For a sheet that stands open on a second device: is it handed in, and {criterion: [version, points]}."""
    actor = current_actor()
    submitted = queries.is_submitted(actor, assignment_id)
    response = jsonify(submitted=submitted, marks=queries.marks_now(actor, assignment_id))
    response.headers["Cache-Control"] = "no-store"
    return response


def _refused(error: Conflict, assignment_id: int) -> Any:
    """409. Where another device was faster it also tells the sheet's marks as they are now, {criterion: [version, points]},
    so that the sheet can show both values of what clashes and the right value of the rest."""
    told: dict[str, Any] = {}
    if error.code == "stale":
        told["marks"] = queries.marks_now(current_actor(), assignment_id)
    if at := error.details.get("at"):
        told["time"] = vn_time(datetime.fromisoformat(at))
    return jsonify(error=error.message, code=error.code, **told, **error.details), 409


def _number(value: Any) -> int:
    try:
        return whole(str(int(value)))
    except (TypeError, ValueError, OverflowError):
        raise Invalid(_("Nội dung gửi lên chưa đúng dạng.")) from None


def _json() -> dict[str, Any]:
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        raise Invalid(_("Nội dung gửi lên chưa đúng dạng."))
    return data


def _client_id(data: dict[str, Any]) -> str:
    value = str(data.get("client_id", ""))
    if not 8 <= len(value) <= 40:
        raise Invalid(_("Thiếu mã của lần lưu."))
    return value


@bp.get("/sheets/<int:assignment_id>/conflict")
@signed_in
@by_link_too
def conflict(assignment_id: int) -> str:
    view = queries.get_sheet_for(current_actor(), assignment_id)
    return render_template("judging/conflict.html", view=view, kinds=KINDS, error="", typed="", chosen="")


@bp.post("/sheets/<int:assignment_id>/conflict")
@signed_in
@by_link_too
def declare_conflict(assignment_id: int) -> Any:
    actor = current_actor()
    view = queries.get_sheet_for(actor, assignment_id)
    chosen, reason = request.form.get("kind", ""), request.form.get("reason", "")
    kind = next((k for k, name in KINDS if name == chosen), ConflictKind.DECLARED)
    try:
        with transaction():
            sheets.declare_conflict(assignment_id, kind, reason, actor=actor, at=clock.now())
    except Invalid as error:
        page = render_template(
            "judging/conflict.html", view=view, kinds=KINDS, error=error.message, typed=reason, chosen=chosen
        )
        return make_response(page, 422)
    flash(_("Đã báo ban thư ký. Bài %(label)s rời danh sách của Thầy/Cô.", label=view.line.label), "success")
    return go("judging.my_entries")


@bp.get("/panels/<int:panel_id>")
@signed_in
@by_link_too
def panel(panel_id: int) -> str:
    found, rows = queries.get_panel_for(current_actor(), panel_id)
    return render_template("judging/panel.html", panel=found, rows=rows, state=AssignmentState)


@bp.get("/worker.js")
@signed_in
@by_link_too
def worker() -> Any:
    """The service worker lives under /judging/, so that it may answer for the sheets when the line is lost."""
    from ...core.web import STATIC

    response = make_response((STATIC / "js" / "judging-worker.js").read_text(encoding="utf-8"))
    response.headers["Content-Type"] = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = "no-cache"
    return response
