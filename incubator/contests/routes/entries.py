"""One entry: where it stands, its people, dossier, history, and what may be done with it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, render_template, request
from werkzeug.wrappers import Response

from ...accounts.qr import qr_svg
from ...accounts.services import link_of
from ...core import clock
from ...core.access import signed_in
from ...core.db import db, transaction
from ...core.downloads import send_stored
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...core.web import current_actor, go
from ...models import Entry, EntryFile, MemberPart, Person
from .. import consent_texts, dossier, eligibility, policies, stages, wording
from ..forms import entries as forms
from ..queries import consents as consent_reads
from ..queries import editions, entries, facts
from ..services import consents, dossiers, roster, submission, teams

bp = Blueprint("entries", __name__, url_prefix="/entries")


@bp.get("/")
@signed_in
def mine() -> str:
    """Entries in which the person takes part."""
    found = entries.entries_of_person(current_actor().person_id or 0)
    return render_template("contests/my_entries.html", entries=found, entry_states=wording.ENTRY_STATES)


@bp.get("/<int:entry_id>")
@signed_in
def show(entry_id: int) -> str:
    return _page(entries.get_entry_for(current_actor(), entry_id))


def _page(entry: Entry, **forms_with_errors: Any) -> str:
    at, actor = clock.now(), current_actor()
    more = editions.extensions_of([entry.edition_id])[entry.edition_id]
    deadline = editions.deadline_of(entry.edition, entry.organisation_id, more)
    is_open = entry.state in ("draft", "returned")
    wanted = dossier.from_json(entry.division.dossier)
    people = [m for m in entry.members if m.ended_at is None]
    owner = policies.owns_entry(actor, entry)
    return render_template(
        "contests/entry.html", entry=entry, state_=wording.ENTRY_STATES[stages.shown_state(entry.state, at, deadline)],
        until=stages.submission_deadline(entry.state, deadline, entry.due_at), moment=wording.moment,
        problems=[(p, wording.problem(p, entry.division)) for p in facts.problems_of([entry], at=at)[entry.id]] if is_open else [],
        people=sorted(people, key=lambda m: m.position), parts=wording.MEMBER_PARTS, events=entries.events_of(entry.id),
        entry_states=wording.ENTRY_STATES, members_by_id={m.id: m for m in entry.members}, wanted=wanted,
        lacks=[wording.missing_part(lack) for lack in submission.missing_of(entry)] if wanted.asked else [],
        files=entries.files_of(entry.project_id), fields={f["slug"]: f for f in entry.edition.fields},
        changes=entries.changes_of(entry.id), places=entries.places_of(entry.id), owner=owner,
        consents=_consents_of(people, at) if policies.can_record_consent(actor, entry) or owner else {},
        purposes=wording.PURPOSES, texts=consent_texts, me=actor,
        join_link=_join_link(entry), qr=qr_svg, rules=eligibility.from_json(entry.division.eligibility),
        forms=_forms(entry, forms_with_errors),
    )  # fmt: skip


def _forms(entry: Entry, given: dict[str, Any]) -> dict[str, Any]:
    project = entry.project
    dossier_form = given.get("dossier") or forms.DossierForm(
        title=project.title if project else "", field=project.field if project else "",
        abstract=project.abstract if project else "", video_url=project.video_url if project else "",
    )  # fmt: skip
    dossier_form.field.choices = [
        ("", _("Chọn lĩnh vực")),
        *[(f["slug"], f["vi"]) for f in entry.edition.fields],
    ]
    change = given.get("change") or forms.ChangeForm()
    change.member_id.choices = [
        (m.id, m.full_name) for m in entry.members if m.ended_at is None and m.part is not MemberPart.COACH
    ]
    return {"dossier": dossier_form, "change": change, "reason": given.get("reason") or forms.ReasonForm(),
            "send_back": given.get("send_back") or forms.ReturnForm()}  # fmt: skip


def _consents_of(people: list[Any], at: Any) -> dict[int, list[consent_reads.Standing]]:
    day = clock.local(at).date()
    answers = consent_reads.answers_of([m.person_id for m in people])
    return {
        m.person_id: consent_reads.standings_from(answers[m.person_id], m.person.birth_date, day)
        for m in people
        if m.part is not MemberPart.COACH
    }


def _join_link(entry: Entry) -> str:
    """The captain's link for members, once it was made."""
    actor = current_actor()
    if entry.author_id != actor.person_id or not policies.can_edit_entry(actor, entry):
        return ""
    held = entries.team_invitation(entry.id, actor.person_id or 0, clock.now())
    return link_of(held) if held else ""


# -- sending, withdrawing ----------------------------------------------------------------------------------------


@bp.post("/<int:entry_id>/submit")
@signed_in
def submit(entry_id: int) -> Response:
    at, actor = clock.now(), current_actor()
    with transaction():
        entry = entries.get_entry_for(actor, entry_id)
        more = editions.extensions_of([entry.edition_id])[entry.edition_id]
        sent = submission.submit([entry], entry.edition, more, actor=actor, at=at)
    if sent.submitted:
        flash(_("Đã gửi đăng ký. Ban tổ chức sẽ duyệt và báo lại."), "success")
    else:
        flash(_("Chưa gửi được: xem các mục cần sửa."), "warning")
    return go("entries.show", entry_id=entry_id)


@bp.post("/<int:entry_id>/withdraw")
@signed_in
def withdraw(entry_id: int) -> Any:
    form = forms.ReasonForm()
    actor = current_actor()
    try:
        with transaction():
            entry = entries.get_entry_for(actor, entry_id)
            submission.withdraw(entry, reason=form.reason.data or "", actor=actor, at=clock.now())
    except Invalid as error:
        form.take(error)
        return _page(entries.get_entry_for(actor, entry_id), reason=form), 422
    flash(_("Đã rút bài. Lịch sử vẫn được giữ."), "success")
    return go("entries.show", entry_id=entry_id)


# -- dossier -------------------------------------------------------------------------------------------------------


@bp.post("/<int:entry_id>/dossier")
@signed_in
def save_dossier(entry_id: int) -> Any:
    form, actor = forms.DossierForm(), current_actor()
    try:
        with transaction():
            entry = entries.get_entry_for(actor, entry_id)
            more = editions.extensions_of([entry.edition_id])[entry.edition_id]
            dossiers.save_dossier(
                entry, more, title=form.title.data or "", field=form.field.data or "", abstract=form.abstract.data or "",
                video_url=form.video_url.data or "", actor=actor, at=clock.now(),
            )  # fmt: skip
    except Invalid as error:
        form.take(error)
        return _page(entries.get_entry_for(actor, entry_id), dossier=form), 422
    flash(_("Đã lưu hồ sơ."), "success")
    return go("entries.show", entry_id=entry_id, _anchor="ho-so")


@bp.post("/<int:entry_id>/files")
@signed_in
def add_file(entry_id: int) -> Any:
    """A whole file by the plain form."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Invalid(_("Chọn một tệp trước khi gửi."), field="file")
    _store(entry_id, request.form.get("kind", ""), upload.read(), upload.filename)
    flash(_("Đã nhận tệp."), "success")
    return go("entries.show", entry_id=entry_id, _anchor="ho-so")


def _store(entry_id: int, kind: str, data: bytes, name: str, begun_at: Any = None) -> EntryFile:
    actor = current_actor()
    with transaction():
        entry = entries.get_entry_for(actor, entry_id)
        more = editions.extensions_of([entry.edition_id])[entry.edition_id]
        return dossiers.add_file(
            entry, more, kind=kind, data=data, name=name, actor=actor, at=clock.now(), begun_at=begun_at
        )


@bp.get("/<int:entry_id>/uploads/<upload_id>")
@signed_in
def upload_state(entry_id: int, upload_id: str) -> Response:
    """How much of an interrupted upload is here, so that the browser goes on from there."""
    entries.get_entry_for(current_actor(), entry_id)
    return jsonify(received=dossiers.Upload(current_actor(), upload_id).received)


@bp.post("/<int:entry_id>/uploads/<upload_id>")
@signed_in
def upload_piece(entry_id: int, upload_id: str) -> Response:
    """One piece (`start`, `total`, `kind`, `name` in the address); the last one puts the file into the dossier."""
    actor, at = current_actor(), clock.now()
    entry = entries.get_entry_for(actor, entry_id)
    if not policies.can_edit_dossier(actor, entry):
        raise NotFound(_("Không có bài dự thi này, hoặc tài khoản đang dùng không xem được."))
    start, total = request.args.get("start", -1, type=int), request.args.get("total", 0, type=int)
    if start < 0 or not 0 < total <= dossiers.LARGEST:
        raise Invalid(_("Tệp quá lớn, nhiều nhất %(n)s MB.", n=dossiers.LARGEST // 1024 // 1024))
    upload = dossiers.Upload(actor, upload_id)
    received = upload.append(start, request.get_data(cache=False), at=at)
    if received < total:
        return jsonify(received=received)
    try:
        row = _store(
            entry_id,
            request.args.get("kind", ""),
            upload.take(),
            request.args.get("name", "tep"),
            upload.begun_at(),
        )
    finally:
        upload.drop()
    return jsonify(received=received, file_id=row.id)


@bp.get("/<int:entry_id>/files/<int:file_id>")
@signed_in
def download(entry_id: int, file_id: int) -> Response:
    return send_stored(entries.get_file_for(current_actor(), entry_id, file_id).file_id, inline=True)


@bp.post("/<int:entry_id>/files/<int:file_id>/remove")
@signed_in
def remove_file(entry_id: int, file_id: int) -> Response:
    actor = current_actor()
    with transaction():
        entry = entries.get_entry_for(actor, entry_id)
        row = entries.get_file_for(actor, entry_id, file_id)
        more = editions.extensions_of([entry.edition_id])[entry.edition_id]
        dossiers.remove_file(entry, row, more, actor=actor, at=clock.now())
    flash(_("Đã bỏ tệp khỏi hồ sơ."), "success")
    return go("entries.show", entry_id=entry_id, _anchor="ho-so")


# -- members after the freeze ------------------------------------------------------------------------------------------


@bp.post("/<int:entry_id>/changes")
@signed_in
def ask_change(entry_id: int) -> Any:
    actor = current_actor()
    form = forms.ChangeForm()
    form.member_id.choices = []
    try:
        if not form.validate_on_submit():
            raise _Again
        with transaction():
            entry = entries.get_entry_for(actor, entry_id)
            wish = roster.Wish(
                form.kind.data,
                form.member_id.data,
                form.full_name.data or "",
                form.birth_date.data,
                form.class_name.data or "",
            )
            roster.ask(entry, wish, reason=form.reason.data or "", actor=actor, at=clock.now())
    except _Again:
        return _page(entries.get_entry_for(actor, entry_id), change=form), 422
    except Invalid as error:
        form.take(error)
        return _page(entries.get_entry_for(actor, entry_id), change=form), 422
    flash(_("Đã gửi đề nghị đổi thành viên cho Ban tổ chức."), "success")
    return go("entries.show", entry_id=entry_id, _anchor="thanh-vien")


class _Again(Exception):  # noqa: N818 - not an error: the form goes back to whoever typed it
    pass


# -- the captain's link -----------------------------------------------------------------------------------------------


@bp.post("/<int:entry_id>/invite")
@signed_in
def invite_members(entry_id: int) -> Response:
    actor = current_actor()
    with transaction():
        teams.team_link(entries.get_entry_for(actor, entry_id), actor=actor, at=clock.now())
    return go("entries.show", entry_id=entry_id, _anchor="moi")


@bp.post("/<int:entry_id>/members/<int:member_id>/remove")
@signed_in
def remove_member(entry_id: int, member_id: int) -> Response:
    actor = current_actor()
    with transaction():
        teams.remove_member(entries.get_entry_for(actor, entry_id), member_id, actor=actor, at=clock.now())
    return go("entries.show", entry_id=entry_id, _anchor="thanh-vien")


# -- consents -----------------------------------------------------------------------------------------------------------


@bp.get("/<int:entry_id>/consents")
@signed_in
def consent_page(entry_id: int) -> str:
    """Links for guardians and papers, member by member; for coach, coordinator and captain."""
    actor, at = current_actor(), clock.now()
    entry = entries.get_entry_for(actor, entry_id)
    if not policies.can_record_consent(actor, entry):
        raise NotFound(_("Không có bài dự thi này, hoặc tài khoản đang dùng không xem được."))
    people = [m for m in entry.members if m.ended_at is None and m.part is not MemberPart.COACH]
    return render_template(
        "contests/consents.html", entry=entry, people=people, standings=_consents_of(people, at), purposes=wording.PURPOSES,
        links=entries.guardian_links(people, at), link_of=link_of, form=forms.PaperForm(),
    )  # fmt: skip


@bp.post("/<int:entry_id>/consents/links")
@signed_in
def make_guardian_links(entry_id: int) -> Response:
    actor = current_actor()
    with transaction():
        consents.guardian_links(entries.get_entry_for(actor, entry_id), actor=actor, at=clock.now())
    return go("entries.consent_page", entry_id=entry_id)


@bp.post("/<int:entry_id>/consents/<int:person_id>/paper")
@signed_in
def record_paper(entry_id: int, person_id: int) -> Any:
    actor, form = current_actor(), forms.PaperForm()
    if not form.validate_on_submit():
        flash(_("Ghi ai đã ký trên giấy và quan hệ với em."), "error")
        return go("entries.consent_page", entry_id=entry_id)
    with transaction():
        entry = entries.get_entry_for(actor, entry_id)
        person = _person_of(entry, person_id)
        purposes = [p for p, ticked in form.answers().items() if ticked]
        consents.record_paper(
            entry,
            person,
            purposes,
            relation=form.relation.data,
            typed_name=form.typed_name.data,
            actor=actor,
            at=clock.now(),
        )
    flash(_("Đã ghi nhận phiếu giấy của %(name)s.", name=person.full_name), "success")
    return go("entries.consent_page", entry_id=entry_id)


def _person_of(entry: Entry, person_id: int) -> Person:
    if all(m.person_id != person_id or m.ended_at is not None for m in entry.members):
        raise NotFound(_("Người này không ở trong đội."))
    return db.session.get_one(Person, person_id)
