"""Sessions: booked, moved, held, missed; the calendar file; feedback."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Response, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from ...core.access import ensure, signed_in
from ...core.i18n import _
from ...core.text.numerals import whole
from ...core.web import current_actor, go, named, vn_date, vn_time
from ...models import MentoringSession, Mentorship, SessionState, Visibility
from ...spaces.calendar_feed import write
from ...spaces.intervals import Span
from ...spaces.queries.others import missing_in
from ...spaces.queries.world import PlaceRow
from .. import forms, policies, wording
from ..queries import calendar, cases, meetings
from ..services import progress
from ..services import sessions as session_services
from . import bp
from .common import act, attempt, given, now


@bp.route("/mentorships/<int:mentorship_id>/book", methods=["GET", "POST"])
@signed_in
def book(mentorship_id: int) -> str | BaseResponse | tuple[str, int]:
    actor = current_actor()
    row, _rights = meetings.get_mentorship_for(actor, mentorship_id)
    form = forms.SessionForm()
    places = meetings.meeting_places()
    form.resource_id.choices = forms.options(_choices(places))
    if request.method == "POST":
        if pick := request.form.get("pick"):
            form = _picked(form, pick, places)
        made: list[int] = []

        def run() -> None:
            session = session_services.book(
                mentorship_id,
                _span(form),
                resource_id=form.resource_id.data or None,
                agenda=form.agenda.data or "",
                online_url=form.online_url.data or "",
                actor=actor,
                at=now(),
            )
            made.append(session.id)

        if form.validate() and attempt(form, run, _("Đã đặt buổi gặp. Cố vấn, đội và phòng đã được giữ.")):
            return go("mentoring.session", session_id=made[0])
        row, _rights = meetings.get_mentorship_for(
            actor, mentorship_id
        )  # a refusal has expired what was loaded
        return _book_page(row, form, places), 422
    return _book_page(row, form, places)


def _book_page(row: Mentorship, form: forms.SessionForm, places: Mapping[int, PlaceRow]) -> str:
    minutes = min(max(request.args.get("minutes", 60, type=whole), 15), 480)
    return render_template(
        "mentoring/book.html",
        row=row,
        form=form,
        words=wording,
        minutes=minutes,
        talk=forms.AgendaForm(),
        openings=meetings.openings(row, minutes, now(), places),
    )


def _picked(form: forms.SessionForm, pick: str, places: Mapping[int, PlaceRow]) -> forms.SessionForm:
    """The form as if the hour of this button had been typed, with the room that is chosen beside it."""
    values = request.form.copy()
    values["starts"] = pick
    values["resource_id"] = request.form.get(f"room-{pick}", "0")
    chosen = forms.SessionForm(formdata=values)
    chosen.resource_id.choices = form.resource_id.choices
    return chosen


def _choices(places: Mapping[int, PlaceRow]) -> list[tuple[int, str]]:
    return [
        (0, _("Không đặt phòng (họp trực tuyến)")),
        *((p.id, named(p)) for p in places.values()),
    ]


def _span(form: forms.SessionForm) -> Span:
    start = given(form.starts.data)
    return Span(start, start + timedelta(minutes=form.minutes.data))


@bp.get("/sessions/<int:session_id>")
@signed_in
def session(session_id: int) -> str:
    return _page(session_id)


def _page(session_id: int, **bound: object) -> str:
    actor = current_actor()
    row, rights = meetings.get_session_for(actor, session_id)
    manages = policies.can_manage(actor, rights.programme_id)
    minutes = bound.get("minutes_form") or forms.MinutesForm(formdata=None, obj=row if row.minutes else None)
    lost = row.lost_place and policies.can_book_session(actor, rights, row.mentorship)
    feedback = cases.feedback_for(actor, row, rights, manages)
    own = next((f for f, _person in feedback if f.by_id == actor.person_id), None)
    keeps = row.state is SessionState.PLANNED and row.resource_id is not None and not row.lost_place
    return render_template(
        "mentoring/session.html",
        row=row,
        case=row.mentorship.case,
        words=wording,
        now=now(),
        minutes_form=minutes,
        same=meetings.same_hour(row, meetings.meeting_places(), now()) if lost else None,
        minutes=_length(row),
        manages=manages,
        feedback_form=bound.get("feedback_form") or forms.FeedbackForm(formdata=None, obj=own),
        place=meetings.place_of(row),
        missing=missing_in("session", [row.id]).get(row.id) if keeps else None,
        agenda_form=forms.AgendaForm(formdata=None, obj=row),
        changes=_changes(row),
        feedback=feedback,
        records=policies.can_record_session(actor, row, rights.programme_id),
        books=policies.can_book_session(actor, rights, row.mentorship),
        inside=actor.person_id in rights.members or actor.person_id == row.mentorship.person_id,
        staff_note=policies.can_see_staff_note(actor, row, rights.programme_id),
    )


def _changes(row: MentoringSession) -> list[tuple[datetime, datetime, str]]:
    """(from, to, why) of each time that it was moved."""
    return [
        (datetime.fromisoformat(m["from"]), datetime.fromisoformat(m["to"]), m.get("reason", ""))
        for m in row.moves
    ]


@bp.post("/sessions/<int:session_id>/agenda")
@signed_in
def agenda(session_id: int) -> BaseResponse:
    actor = current_actor()
    meetings.get_session_for(actor, session_id)
    text = request.form.get("agenda", "").strip()[:2000]
    act(
        lambda: session_services.set_agenda(session_id, text, actor=actor, at=now()),
        _("Đã lưu nội dung sẽ bàn."),
    )
    return go("mentoring.session", session_id=session_id)


@bp.post("/sessions/<int:session_id>/held")
@signed_in
def held(session_id: int) -> BaseResponse | tuple[str, int]:
    actor = current_actor()
    meetings.get_session_for(actor, session_id)
    form = forms.MinutesForm()
    if not form.validate() or not attempt(
        form,
        lambda: session_services.record_held(
            session_id,
            minutes=form.minutes.data,
            present=form.present.data,
            shared_note=form.shared_note.data,
            staff_note=form.staff_note.data or "",
            next_step=form.next_step.data or "",
            actor=actor,
            at=now(),
        ),
        _("Đã lưu biên bản. Số giờ đã được tính."),
    ):
        return _page(session_id, minutes_form=form), 422
    return go("mentoring.session", session_id=session_id)


@bp.route("/sessions/<int:session_id>/move", methods=["GET", "POST"])
@signed_in
def move_session(session_id: int) -> str | BaseResponse | tuple[str, int]:
    """The same hour in another room, the next hours of both sides, or any other: one button each."""
    actor = current_actor()
    row, rights = meetings.get_session_for(actor, session_id)
    ensure(policies.can_book_session(actor, rights, row.mentorship))
    places = meetings.meeting_places()
    form = forms.SessionForm(
        formdata=_chosen(row, places),
        starts=row.starts_at,
        minutes=_length(row),
        resource_id=row.resource_id or 0,
        online_url=row.online_url,
    )
    form.resource_id.choices = forms.options(_choices(places))
    if request.method == "GET":
        if row.state is not SessionState.PLANNED or row.starts_at <= now():
            return go("mentoring.session", session_id=session_id)
        return _move_page(row, form, places)
    if not form.validate() or not attempt(
        form,
        lambda: session_services.move(
            session_id,
            _span(form),
            resource_id=form.resource_id.data or None,
            reason=form.reason.data or "",
            online_url=form.online_url.data or "",
            actor=actor,
            at=now(),
        ),
        _("Đã đổi buổi gặp. Bên kia đã được báo."),
    ):
        row, _rights = meetings.get_session_for(actor, session_id)  # a refusal has expired what was loaded
        return _move_page(row, form, places), 422
    return go("mentoring.session", session_id=session_id)


def _chosen(row: MentoringSession, places: Mapping[int, PlaceRow]) -> Any:
    """What was sent; a button stands for its hour and the room beside it."""
    pick = request.form.get("pick", "")
    if not pick:
        return request.form if request.method == "POST" else None
    values = request.form.copy()
    online = pick == "online"
    values["starts"] = f"{vn_date(row.starts_at)} {vn_time(row.starts_at)}" if online else pick
    values["resource_id"] = "0" if online else request.form.get(f"room-{pick}", "0")
    return values


def _length(row: MentoringSession) -> int:
    return int((row.ends_at - row.starts_at).total_seconds() // 60)


def _move_page(row: MentoringSession, form: forms.SessionForm, places: Mapping[int, PlaceRow]) -> str:
    same, openings = meetings.ways_on(row, now(), places)
    return render_template(
        "mentoring/session_move.html",
        row=row,
        case=row.mentorship.case,
        form=form,
        words=wording,
        minutes=_length(row),
        place=places.get(row.resource_id or 0),
        same=same,
        openings=openings,
    )


@bp.post("/sessions/<int:session_id>/end")
@signed_in
def end_session(session_id: int) -> BaseResponse:
    """Cancel it, say who did not come, or take that back."""
    actor = current_actor()
    meetings.get_session_for(actor, session_id)
    step = request.form.get("step", "")
    if step == "cancel":
        reason = request.form.get("reason", "").strip()[:300]
        act(
            lambda: session_services.cancel(session_id, reason=reason, actor=actor, at=now()),
            _("Đã hủy buổi gặp."),
        )
    elif step == "back":
        act(
            lambda: session_services.take_back_missed(session_id, actor=actor, at=now()),
            _("Đã bỏ ghi vắng. Buổi gặp chờ biên bản."),
        )
    else:
        act(
            lambda: session_services.record_missed(session_id, step, actor=actor, at=now()), _("Đã ghi vắng.")
        )
    return go("mentoring.session", session_id=session_id)


@bp.post("/sessions/<int:session_id>/feedback")
@signed_in
def give_feedback(session_id: int) -> BaseResponse | tuple[str, int]:
    actor = current_actor()
    row, _rights = meetings.get_session_for(actor, session_id)
    form = forms.FeedbackForm()
    if not form.validate() or not attempt(
        form,
        lambda: progress.give_feedback(
            row,
            rating=form.rating.data,
            text=form.text.data or "",
            visible_to=Visibility(form.visible_to.data),
            actor=actor,
            at=now(),
        ),
        _("Cảm ơn góp ý."),
    ):
        return _page(session_id, feedback_form=form), 422
    return go("mentoring.session", session_id=session_id)


@bp.get("/sessions/<int:session_id>.ics")
@signed_in
def session_file(session_id: int) -> Response:
    meetings.get_session_for(current_actor(), session_id)
    data = write(_("Buổi gặp cố vấn"), [calendar.entry_of(session_id)])
    return Response(
        data,
        mimetype="text/calendar",
        headers={"Content-Disposition": f'attachment; filename="buoi-gap-{session_id}.ics"'},
    )
