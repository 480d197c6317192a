"""The organiser reads what was sent and answers: one by one or many at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, require
from ...core.db import transaction
from ...core.downloads import send_stored
from ...core.errors import Invalid, NotFound
from ...core.i18n import _, ngettext
from ...core.lists import list_args
from ...core.text.numerals import is_whole
from ...core.web import current_actor, go
from ...models import Entry, SchoolList
from .. import policies, wording
from ..forms import entries as forms
from ..queries import editions, entries, entry_parts
from ..services import decisions, roster, school_lists
from .entries import page

bp = Blueprint("review", __name__, url_prefix="/contests/<edition>")


@bp.get("/review")
@require(Permission.ENTRIES_VIEW)
def index(edition: str) -> str:
    row = editions.get_edition_for_entries(current_actor(), edition)
    args = list_args(["submitted", "team", "school", "number"], ["state", "division"], default="submitted")
    counts = editions.entry_counts([row.id])[row.id]
    return render_template(
        "contests/review.html", edition=row, page=entries.review_page(row.id, args), args=args, counts=counts,
        entry_states=wording.ENTRY_STATES, parts=wording.MEMBER_PARTS, may_decide=policies.can_decide(current_actor(), row),
    )  # fmt: skip


@bp.post("/review")
@require(Permission.ENTRIES_DECIDE)
def decide_many(edition: str) -> Response:
    """Accept or reject the ticked ones."""
    actor = current_actor()
    ids = [int(i) for i in request.form.getlist("entry") if is_whole(i)][:500]
    editions.get_edition_for_entries(actor, edition)
    if not ids:
        flash(_("Chọn ít nhất một bài."), "warning")
        return go("review.index", edition=edition, state="submitted")
    with transaction():
        row = editions.get_edition_for_entries(actor, edition)
        chosen = [e for e in entries.entries_by_id(ids) if e.edition_id == row.id]
        count = decisions.decide_many(
            chosen,
            request.form.get("answer", ""),
            reason=request.form.get("reason", ""),
            actor=actor,
            at=clock.now(),
        )
    said = (
        ngettext("Đã duyệt %(num)d bài.", "Đã duyệt %(num)d bài.", count)
        if request.form.get("answer") == "accept"
        else ngettext("Đã ghi không hợp lệ %(num)d bài.", "Đã ghi không hợp lệ %(num)d bài.", count)
    )
    flash(said, "success")
    return go("review.index", edition=edition, state="submitted")


@bp.post("/entries/<int:entry_id>/decide")
@require(Permission.ENTRIES_DECIDE)
def decide(edition: str, entry_id: int) -> Any:
    """accept | return | reject | reverse one entry; what is refused comes back as typed."""
    actor, answer = current_actor(), request.form.get("answer", "")
    entry = entries.get_entry_for(actor, entry_id)
    if entry.edition.slug != edition:
        raise NotFound(_("Không có bài dự thi này, hoặc tài khoản đang dùng không xem được."))
    form = forms.ReturnForm() if answer == "return" else forms.DecisionForm()
    if form.validate():
        try:
            with transaction():
                _decide(entries.get_entry_for(actor, entry_id), answer, form)
            flash(_("Đã trả lời. Trường nhận được thông báo."), "success")
            return go("entries.show", entry_id=entry_id)
        except Invalid as error:
            form.take(error)
    given = {"send_back": form} if answer == "return" else {"decision": form}
    return page(entries.get_entry_for(actor, entry_id), **given), 422


def _decide(entry: Entry, answer: str, form: Any) -> None:
    actor, at = current_actor(), clock.now()
    if answer == "accept":
        decisions.accept([entry], actor=actor, at=at)
    elif answer == "reject":
        decisions.reject(entry, reason=form.reason.data or "", actor=actor, at=at)
    elif answer == "reverse":
        decisions.reverse(entry, reason=form.reason.data or "", actor=actor, at=at)
    elif answer == "return":
        _send_back(entry, form, actor, at)
    else:
        raise Invalid(_("Chọn một cách trả lời."))


def _send_back(entry: Entry, form: forms.ReturnForm, actor: Any, at: Any) -> None:
    day = form.due_at.data or (clock.local(at).date() + timedelta(days=3))
    decisions.send_back(
        entry,
        reason=form.reason.data or "",
        field_reasons=form.field_reasons(),
        due_at=clock.end_of_day(day),
        actor=actor,
        at=at,
    )


@bp.get("/changes")
@require(Permission.ENTRIES_DECIDE)
def changes(edition: str) -> str:
    row = editions.get_edition_for_entries(current_actor(), edition)
    return render_template("contests/changes.html", edition=row, rows=entry_parts.open_changes(row.id))


@bp.post("/changes/<int:change_id>")
@require(Permission.ENTRIES_DECIDE)
def answer_change(edition: str, change_id: int) -> Response:
    actor, at = current_actor(), clock.now()
    with transaction():
        change, entry = entry_parts.get_change_for(actor, change_id)
        if request.form.get("answer") == "approve":
            roster.approve(change, entry, actor=actor, at=at)
        else:
            roster.decline(change, entry, answer=request.form.get("reason", ""), actor=actor, at=at)
    flash(_("Đã trả lời đề nghị."), "success")
    return go("review.changes", edition=edition)


@bp.get("/school-lists")
@require(Permission.ENTRIES_VIEW)
def lists(edition: str) -> str:
    row = editions.get_edition_for_entries(current_actor(), edition)
    return render_template(
        "contests/school_lists.html",
        edition=row,
        rows=entry_parts.school_lists(row.id),
        may_decide=policies.can_decide(current_actor(), row),
    )


@bp.get("/school-lists/<int:list_id>/scan")
@require(Permission.ENTRIES_VIEW)
def scan(edition: str, list_id: int) -> Response:
    return send_stored(_list(edition, list_id).scan_id, inline=True)


def _list(edition: str, list_id: int) -> SchoolList:
    return entry_parts.get_school_list(editions.get_edition_for_entries(current_actor(), edition), list_id)


@bp.post("/school-lists/<int:list_id>")
@require(Permission.ENTRIES_DECIDE)
def tick(edition: str, list_id: int) -> Response:
    with transaction():
        found = _list(edition, list_id)
        row = editions.get_edition_for_entries(current_actor(), edition)
        school_lists.tick(found, row, actor=current_actor(), at=clock.now())
    return go("review.lists", edition=edition)
