"""One entry: where it stands, its people, dossier, history, and what may be done with it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template
from werkzeug.wrappers import Response

from ...accounts.services import link_of
from ...core import clock, qr
from ...core.access import signed_in
from ...core.db import transaction
from ...core.errors import Invalid
from ...core.i18n import _
from ...core.web import current_actor, go, lang
from ...models import Entry, MemberPart
from .. import consent_texts, dossier, eligibility, policies, stages, wording
from ..forms import entries as forms
from ..queries import consents as consent_reads
from ..queries import editions, entries, entry_parts, facts
from ..services import roster, submission, teams

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
    return page(entries.get_entry_for(current_actor(), entry_id))


def page(entry: Entry, **forms_with_errors: Any) -> str:
    at, actor = clock.now(), current_actor()
    more = editions.extensions_of([entry.edition_id])[entry.edition_id]
    deadline = editions.deadline_of(entry.edition, entry.organisation_id, more)
    is_open = entry.state in ("draft", "returned")
    wanted = dossier.from_json(entry.division.dossier)
    people = [m for m in entry.members if m.ended_at is None]
    owner, files = policies.owns_entry(actor, entry), entry_parts.files_of(entry.project_id)
    story = entry_parts.story_of(entry.id)
    return render_template(
        "contests/entry.html",
        entry=entry,
        state_=wording.ENTRY_STATES[stages.shown_state(entry.state, at, deadline)],
        until=stages.submission_deadline(entry.state, deadline, entry.due_at),
        moment=wording.moment,
        problems=[
            (p, wording.problem(p, entry.division)) for p in facts.problems_of([entry], at=at)[entry.id]
        ]
        if is_open
        else [],
        people=sorted(people, key=lambda m: m.position),
        parts=wording.MEMBER_PARTS,
        events=story.events,
        entry_states=wording.ENTRY_STATES,
        members_by_id={m.id: m for m in entry.members},
        wanted=wanted,
        lacks=[wording.missing_part(lack) for lack in submission.missing_of(entry, files)]
        if wanted.asked
        else [],
        files=files,
        fields={f["slug"]: f.get(lang()) or f["vi"] for f in entry.edition.fields},
        changes=story.changes,
        owner=owner,
        told=story.is_told(at),
        places=story.places if policies.can_decide_entry(actor, entry) else story.places_known(at),
        on_team=owner or policies.is_member(actor, entry) or policies.is_coach(actor, entry),
        consents=consent_reads.standings_of(entry, clock.local(at).date())
        if policies.can_ask_guardians(actor, entry)
        else {},
        purposes=wording.PURPOSES,
        texts=consent_texts,
        me=actor,
        join_link=_join_link(entry),
        qr=qr.picture,
        rules=eligibility.from_json(entry.division.eligibility),
        forms=_forms(entry, forms_with_errors),
    )


def _forms(entry: Entry, given: dict[str, Any]) -> dict[str, Any]:
    project = entry.project
    dossier_form = given.get("dossier") or forms.DossierForm(
        title=project.title if project else "",
        field=project.field if project else "",
        abstract=project.abstract if project else "",
        video_url=project.video_url if project else "",
    )
    dossier_form.field.choices = [
        ("", _("Chọn lĩnh vực")),
        *[(f["slug"], f.get(lang()) or f["vi"]) for f in entry.edition.fields],
    ]
    change = given.get("change") or forms.ChangeForm()
    change.member_id.choices = [
        (m.id, m.full_name) for m in entry.members if m.ended_at is None and m.part is not MemberPart.COACH
    ]
    return {
        "dossier": dossier_form,
        "change": change,
        "reason": given.get("reason") or forms.ReasonForm(),
        "send_back": given.get("send_back") or forms.ReturnForm(),
        "decision": given.get("decision") or forms.DecisionForm(),
    }


def _join_link(entry: Entry) -> str:
    """The captain's link for members, once it was made."""
    actor = current_actor()
    if entry.author_id != actor.person_id or not policies.can_edit_entry(actor, entry):
        return ""
    held = entry_parts.team_invitation(entry.id, actor.person_id or 0, clock.now())
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
    elif sent.already:
        flash(_("Bài này đã được gửi rồi, có thể từ một tab hoặc máy khác."), "info")
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
        return page(entries.get_entry_for(actor, entry_id), reason=form), 422
    flash(_("Đã rút bài. Lịch sử vẫn được giữ."), "success")
    return go("entries.show", entry_id=entry_id)


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
        return page(entries.get_entry_for(actor, entry_id), change=form), 422
    except Invalid as error:
        form.take(error)
        return page(entries.get_entry_for(actor, entry_id), change=form), 422
    flash(_("Đã gửi đề nghị đổi thành viên cho Ban tổ chức."), "success")
    return go("entries.show", entry_id=entry_id, _anchor="thanh-vien")


class _Again(Exception):
    """Not an error: the form goes back to whoever typed it."""


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
