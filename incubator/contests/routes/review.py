"""The organiser reads what was sent and answers: one by one or many at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Actor, Permission, require
from ...core.db import transaction
from ...core.downloads import send_stored
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _, ngettext
from ...core.lists import ListArgs, list_args
from ...core.text.numerals import is_whole
from ...core.web import current_actor, go
from ...models import Entry, EntryState, SchoolList
from .. import policies, wording
from ..forms import entries as forms
from ..queries import editions, entries, entry_parts
from ..services import decisions, roster, school_lists
from .entries import page

bp = Blueprint("review", __name__, url_prefix="/contests/<edition>")


@bp.get("/review")
@require(Permission.ENTRIES_VIEW)
def index(edition: str) -> str:
    """What was sent. `pick=all` ticks the whole page, for browsers that run no script."""
    return _review_page(edition, forms.DecideManyForm(), set(), everything=request.args.get("pick") == "all")


def _review_page(
    edition: str, form: forms.DecideManyForm, ticked: set[int], *, everything: bool = False
) -> str:
    row = editions.get_edition_for_entries(current_actor(), edition)
    args = _args()
    page = entries.review_page(row.id, args)
    waiting = {e.id for e in page.items if e.state is EntryState.SUBMITTED}
    return render_template(
        "contests/review.html",
        edition=row,
        page=page,
        args=args,
        form=form,
        waiting=waiting,
        ticked=waiting if everything else waiting & ticked,
        counts=editions.entry_counts([row.id])[row.id],
        entry_states=wording.ENTRY_STATES,
        parts=wording.MEMBER_PARTS,
        called=wording.called,
        may_decide=policies.can_decide(current_actor(), row),
    )


def _args() -> ListArgs:
    return list_args(["submitted", "team", "school", "number"], ["state", "division"], default="submitted")


@bp.post("/review")
@require(Permission.ENTRIES_DECIDE)
def decide_many(edition: str) -> Any:
    """Accept or reject the ticked ones; what is refused comes back with its ticks and the reason as typed."""
    actor, answer = current_actor(), request.form.get("answer", "")
    ids = [int(i) for i in request.form.getlist("entry") if is_whole(i)][:500]
    form = forms.DecideManyForm()
    if form.validate():
        try:
            count = _decide_many(edition, ids, answer, form.reason.data or "", actor)
            flash(_said_of_many(answer, count), "success")
            return go("review.index", edition=edition, **_args().query(page=None))
        except Invalid as error:
            form.take(error)
    return _review_page(edition, form, set(ids)), 422


def _decide_many(edition: str, ids: list[int], answer: str, reason: str, actor: Actor) -> int:
    with transaction():
        row = editions.get_edition_for_entries(actor, edition)
        if not ids:
            raise Invalid(_("Chọn ít nhất một bài."))
        chosen = [e for e in entries.entries_by_id(ids) if e.edition_id == row.id]
        return decisions.decide_many(chosen, answer, reason=reason, actor=actor, at=clock.now())


def _said_of_many(answer: str, count: int) -> str:
    if answer == "accept":
        return ngettext("Đã duyệt %(num)d bài.", "Đã duyệt %(num)d bài.", count)
    return ngettext("Đã ghi không hợp lệ %(num)d bài.", "Đã ghi không hợp lệ %(num)d bài.", count)


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
    return _changes_page(edition)


def _changes_page(edition: str, refused: int = 0, form: forms.AnswerChangeForm | None = None) -> str:
    """What waits; `form` holds what was typed for the change `refused`, and why it was not taken."""
    row = editions.get_edition_for_entries(current_actor(), edition)
    rows = [
        (change, entry, form if change.id == refused else forms.AnswerChangeForm(None).of(change.id))
        for change, entry in entry_parts.open_changes(row.id)
    ]
    return render_template(
        "contests/changes.html", edition=row, rows=rows, refused=form, called=wording.called
    )


@bp.post("/changes/<int:change_id>")
@require(Permission.ENTRIES_DECIDE)
def answer_change(edition: str, change_id: int) -> Any:
    """Approve or decline; what is refused comes back at its place in the list, as typed."""
    form = forms.AnswerChangeForm().of(change_id)
    if form.validate():
        try:
            with transaction():
                _answer_change(change_id, form.reason.data or "", current_actor())
            flash(_("Đã trả lời đề nghị."), "success")
            return go("review.changes", edition=edition)
        except (Invalid, Conflict) as error:
            form.take(error)
    return _changes_page(edition, change_id, form), 422


def _answer_change(change_id: int, reason: str, actor: Actor) -> None:
    change, entry = entry_parts.get_change_for(actor, change_id)
    if request.form.get("answer") == "approve":
        roster.approve(change, entry, actor=actor, at=clock.now())
    else:
        roster.decline(change, entry, answer=reason, actor=actor, at=clock.now())


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
