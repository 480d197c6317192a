"""A school registers its teams: rows, paste, drafts that save themselves, one button that sends what is ready."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, render_template, request

from ...accounts.queries import contact_of
from ...core import clock
from ...core.access import Permission, require, signed_in
from ...core.db import lock_rows, transaction
from ...core.errors import Invalid, NotFound
from ...core.i18n import _, ngettext
from ...core.lists import list_args
from ...core.text.numerals import whole
from ...core.web import current_actor, go
from ...models import Edition, Entry, EntryState, Organisation
from .. import policies, school_file, stages, views, wording
from ..forms.registration import read_rows
from ..queries import editions, entries, entry_parts, facts, schools
from ..services import draft_rows, drafts, submission
from ..services.drafts import CoachInput, RowInput

bp = Blueprint("registration", __name__, url_prefix="/registration")


@bp.get("/")
@signed_in
def index() -> str:
    """The teacher's contests: what is open for each school, what is coming."""
    actor, at = current_actor(), clock.now()
    own = schools.schools_of(actor)
    found = [e for e in editions.public_editions(at) if e.registration_closes]
    more = editions.extensions_of([e.id for e in found])
    counts = schools.counts_by_school(actor)
    rows = []
    for edition in found:
        state = editions.state_of(edition, more[edition.id], at)
        for school in own:
            held = counts.get((edition.id, school.id), {})
            is_open = editions.is_registering(edition, school.id, more[edition.id], at)
            if is_open or held or state is stages.EditionState.ANNOUNCED:
                until = editions.deadline_of(edition, school.id, more[edition.id])
                rows.append((edition, school, state, is_open, until, held))
    rows.sort(key=lambda row: not row[3])  # what may be done today stands first
    return render_template(
        "contests/registration_index.html",
        rows=rows,
        states=wording.EDITION_STATES,
        moment=wording.moment,
        entry_states=wording.ENTRY_STATES,
        schools=own,
    )


@bp.get("/schools/<school>")
@require(Permission.REGISTER_SCHOOL)
def school(school: str) -> str:
    """Every entry of the school, over the years."""
    row = schools.get_school_for(current_actor(), school)
    args = list_args(["edition", "team", "state"], default="-edition")
    page = entries.entries_of_school(current_actor(), row.id, args)
    return render_template(
        "contests/school.html", school=row, page=page, args=args, entry_states=wording.ENTRY_STATES
    )


@bp.get("/<edition>/<school>")
@require(Permission.REGISTER_SCHOOL)
def page(edition: str, school: str) -> Any:
    at = clock.now()
    row, organisation = load(edition, school)
    found, sent = entries.school_page(current_actor(), row.id, organisation.id)
    return _render(row, organisation, _stored_rows(row, found, at), sent, at)


def load(edition: str, school: str) -> tuple[Edition, Organisation]:
    """Both, for a coordinator of the school; an edition that visitors may not see is not there."""
    organisation = schools.get_school_for(current_actor(), school)
    return editions.get_announced_edition(edition, clock.now()), organisation


def _stored_rows(edition: Edition, found: list[Entry], at: datetime) -> list[views.RowView]:
    problems = facts.problems_of(found, at=at)
    returned = entry_parts.last_return([e.id for e in found if e.state == "returned"])
    return [
        views.row_view(
            i,
            i + 1,
            views.typed_from(e),
            e.division,
            entry=e,
            problems=problems[e.id],
            returned=returned.get(e.id),
        )
        for i, e in enumerate(found)
    ]


def _render(
    edition: Edition,
    organisation: Organisation,
    rows: list[views.RowView],
    sent: list[Entry],
    at: datetime,
    status: int = 200,
    file_problem: str = "",
) -> Any:
    actor = current_actor()
    more = editions.extensions_of([edition.id])[edition.id]
    is_open = editions.is_registering(edition, organisation.id, more, at)
    blank = request.args.get("add", 0, type=whole) or (0 if rows or sent else 1)
    number = max((r.index for r in rows), default=-1) + 1
    coach = CoachInput(actor.name, *contact_of(actor))
    division = views.likely_division(edition, organisation)
    for extra in range(min(blank, 20) if is_open else 0):
        typed = RowInput("", division.id, coach=coach)
        rows.append(views.row_view(number + extra, len(rows) + 1, typed, division))
    template = views.row_view(9999, 0, RowInput("", division.id, coach=coach), division)
    html = render_template(
        "contests/register.html",
        edition=edition,
        school=organisation,
        rows=rows,
        template=template,
        is_open=is_open,
        until=editions.deadline_of(edition, organisation.id, more),
        moment=wording.moment,
        sent=sent,
        counted=_counted(sent),
        entry_states=wording.ENTRY_STATES,
        verified=policies.is_verified_for(actor, organisation.id),
        saved_at=at,
        lists=entry_parts.school_lists_of(edition.id, organisation.id),
        file_problem=file_problem,
        megabytes=school_file.MOST_BYTES // 1024**2,
    )
    return (html, status) if status != 200 else html


def _counted(sent: list[Entry]) -> dict[str, int]:
    """How many of a school's sent teams wait, are accepted, …, in words; withdrawn ones are no longer sent."""
    counts: Counter[EntryState] = Counter(e.state for e in sent if e.state != EntryState.WITHDRAWN)
    return {
        str(word): counts[state] for state, (_kind, word) in wording.ENTRY_STATES.items() if counts[state]
    }


@bp.post("/<edition>/<school>")
@require(Permission.REGISTER_SCHOOL)
def save(edition: str, school: str) -> Any:
    """Save every row; with do=submit also send those that nothing blocks. What is refused comes back as typed."""
    at, actor = clock.now(), current_actor()
    typed = read_rows(request.form)
    sending = request.form.get("do") == "submit"
    sent = submission.Sent()
    with transaction():
        row, organisation = load(edition, school)
        ids = keep(typed, row, organisation, at)
        refused = {index: text for index, (_entry, text) in ids.items() if text}
        if sending:
            chosen = _to_send(row, organisation, {typed[i].entry_id for i in refused})
            more = editions.extensions_of([row.id])[row.id]
            sent = submission.submit(chosen, row, more, actor=actor, at=at)
    if refused:
        return again(edition, school, typed, refused, at)
    _say(sending, sent)
    return go("registration.page", edition=edition, school=school)


def _to_send(edition: Edition, organisation: Organisation, but: set[int | None]) -> list[Entry]:
    """The open entries of a school without those refused, and without returned ones that nobody mended."""
    found = [
        e for e in entries.open_entries_of(current_actor(), edition.id, organisation.id) if e.id not in but
    ]
    returned = entry_parts.last_return([e.id for e in found if e.state == "returned"])
    return [e for e in found if not views.is_untouched(e, returned.get(e.id))]


def keep(
    typed: dict[int, RowInput], edition: Edition, organisation: Organisation, at: datetime
) -> dict[int, tuple[Entry | None, str]]:
    """Save rows; returns entry and refusal by row number. Inside the transaction."""
    lock_rows(Organisation, [organisation.id])  # two windows of a school save one after the other
    rows = list(typed.values())
    found = {e.id: e for e in entries.open_entries_of(current_actor(), edition.id, organisation.id)}
    gone = {r.entry_id for r in rows if r.entry_id is not None and r.entry_id not in found}
    keys = {r.key for r in rows if r.key and r.entry_id is None}
    plain = any(r.entry_id is None and not r.key and not r.blank for r in rows)
    since = at - draft_rows.TWICE if plain else None
    sent = entries.sent_entries_of(current_actor(), edition.id, organisation.id, gone, keys, since)
    saved = draft_rows.save_rows(
        rows,
        edition=edition,
        organisation=organisation,
        held=draft_rows.Held(found, sent),
        actor=current_actor(),
        at=at,
    )
    return {index: (s.entry, s.refused) for index, s in zip(typed, saved, strict=True)}


def tell_read(made: int) -> None:
    """How many teams of a file or of pasted rows are drafts now."""
    flash(
        ngettext(
            "Đã đọc %(num)d đội thành bản nháp. Kiểm tra từng đội rồi gửi.",
            "Đã đọc %(num)d đội thành bản nháp. Kiểm tra từng đội rồi gửi.",
            made,
        ),
        "success",
    )


def again(
    edition: str,
    school: str,
    typed: dict[int, RowInput],
    refused: dict[int, str],
    at: datetime,
    file_problem: str = "",
) -> Any:
    """The page with refused rows as typed on top of what is stored, and what is wrong with a file."""
    row, organisation = load(edition, school)
    found, sent = entries.school_page(current_actor(), row.id, organisation.id)
    by_id = {e.id: e for e in found}
    rows = [
        r
        for r in _stored_rows(row, found, at)
        if r.typed.entry_id not in {typed[i].entry_id for i in refused}
    ]
    for index, text in refused.items():
        try:
            division = drafts.division_of(row, typed[index].division_id)
        except Invalid:
            division = row.divisions[0]
        entry = by_id.get(typed[index].entry_id or 0)
        kept = replace(typed[index], version=entry.version) if entry else typed[index]
        rows.append(views.row_view(len(rows), len(rows) + 1, kept, division, entry=entry, refused=text))
    return _render(row, organisation, rows, sent, at, 422, file_problem)


def _say(sending: bool, sent: submission.Sent) -> None:
    if not sending:
        flash(_("Đã lưu nháp."), "success")
        return
    if sent.submitted:
        flash(
            ngettext(
                "Đã gửi %(num)d đội. Ban tổ chức sẽ duyệt và báo lại.",
                "Đã gửi %(num)d đội. Ban tổ chức sẽ duyệt và báo lại.",
                len(sent.submitted),
            ),
            "success",
        )
    if not sent.submitted and not sent.held:
        flash(_("Không có đội nào để gửi: các đội đã gửi rồi, hoặc chưa sửa gì từ khi trả lại."), "warning")
    if sent.held:
        flash(
            ngettext(
                "%(num)d đội chưa gửi được, xem lý do ở từng đội.",
                "%(num)d đội chưa gửi được, xem lý do ở từng đội.",
                len(sent.held),
            ),
            "warning",
        )


@bp.post("/<edition>/<school>/drafts/<int:entry_id>/delete")
@require(Permission.REGISTER_SCHOOL)
def delete(edition: str, school: str, entry_id: int) -> Any:
    if not request.form.get("confirmed"):
        return render_template(
            "parts/confirm.html",
            title=_("Xóa bản nháp"),
            question=_("Xóa hẳn bản nháp này? Không lấy lại được."),
            action=request.path,
            label=_("Xóa bản nháp"),
            back=request.path.rsplit("/drafts", 1)[0],
        )
    with transaction():
        row, organisation = load(edition, school)
        entry = next(
            (
                e
                for e in entries.open_entries_of(current_actor(), row.id, organisation.id)
                if e.id == entry_id
            ),
            None,
        )
        if entry is None:
            raise NotFound(_("Bản nháp này không còn."))
        drafts.delete_draft(entry, actor=current_actor(), at=clock.now())
    flash(_("Đã xóa bản nháp."), "success")
    return go("registration.page", edition=edition, school=school)
