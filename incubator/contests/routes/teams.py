"""From the public page: a captain or lone entrant begins, members join by the link, guardians answer."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from ...accounts import guesses
from ...accounts import services as accounts
from ...accounts.coming_in import come_in, device, keep_language
from ...accounts.queries import invited_person, own_person
from ...accounts.schools import named_school, school_names
from ...core import clock
from ...core.access import Actor, public, signed_in
from ...core.db import transaction
from ...core.errors import Conflict, DomainError, Invalid, NotFound
from ...core.extensions import limiter
from ...core.i18n import _
from ...core.web import current_actor, go, lang, named
from ...models import (
    ConsentParty,
    Division,
    Edition,
    Entry,
    Invitation,
    InvitationKind,
    MemberPart,
    Organisation,
    Person,
)
from .. import consent_texts, eligibility, policies, wording
from ..eligibility import Registrant
from ..forms import entries as forms
from ..queries import consents as consent_reads
from ..queries import editions, entries
from ..services import consents, drafts, teams
from ..services.consents import Said
from ..services.drafts import CoachInput

bp = Blueprint("teams", __name__)
SELF = {Registrant.CAPTAIN, Registrant.PERSON}


@bp.route("/teams/new/<edition>", methods=["GET", "POST"])
@public
@limiter.limit("60/minute", methods=["POST"])
def start(edition: str) -> Any:
    """A team of one's own: with the account that is signed in, or a new one made on the same page."""
    at, me = clock.now(), current_actor()
    row = editions.get_public_edition(edition, at)
    more = editions.extensions_of([row.id])[row.id]
    own = _for_captains(row)
    if not own:
        raise NotFound(_("Cuộc thi này chỉ nhận đăng ký của trường. Nhờ thầy cô đăng ký cho đội."))
    if not editions.is_registering(row, None, more, at):
        raise Conflict(_("Cuộc thi chưa mở hoặc đã hết hạn đăng ký."))
    form = _start_form(me)
    form.division.choices = [(d.id, named(d)) for d in own]
    if form.validate_on_submit():
        try:
            return _begin(edition, form, me)
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            form.take(error)
    status = 422 if form.errors else 200
    html = render_template(
        "contests/start.html",
        edition=row,
        form=form,
        schools=school_names(),
        me=me,
        rules=wording.rules,
        divisions=[(d, wording.rules(eligibility.from_json(d.eligibility))) for d in own],
        text=_text,
    )
    return html, status


def _start_form(me: Actor) -> forms.StartForm:
    if me.account_id is None:
        return forms.StartWithAccountForm()
    return forms.StartForm(birth_date=own_person(me).birth_date)


def _begin(edition: str, form: Any, me: Actor) -> Response:
    at, key = clock.now(), ""
    with transaction():
        row = editions.get_public_edition(edition, at)
        if me.account_id is None:
            person = accounts.create_person(
                form.full_name.data, actor=me, at=at, birth_date=form.birth_date.data
            )
            account = accounts.sign_up(
                person,
                email=form.email.data,
                phone=form.phone.data,
                password=form.password.data,
                letter=guesses.may_confirm(form.email.data),
                at=at,
                actor=me,
            )
            keep_language(person.id)
            key = accounts.sign_in_new(account, device=device(), at=at)
            actor = Actor(person_id=person.id, account_id=account.id, name=person.full_name)
        else:
            person, actor = own_person(me), me
            person.birth_date = person.birth_date or form.birth_date.data
        school = _school(form.organisation.data or "", actor)
        division = next(d for d in row.divisions if d.id == form.division.data)
        entry = teams.start(
            row,
            division,
            person,
            team_name=form.team_name.data or "",
            class_name=form.class_name.data or "",
            organisation=school,
            answers=form.answers(),
            actor=actor,
            at=at,
        )
    alone = not (form.team_name.data or "").strip()
    said = (
        _("Đã lập bản nháp. Bổ sung hồ sơ rồi gửi.")
        if alone
        else _("Đã lập bản nháp. Mời thành viên, bổ sung hồ sơ rồi gửi.")
    )
    if key:
        return come_in(key, url_for("entries.show", entry_id=entry.id), said=said)
    flash(said, "success")
    return go("entries.show", entry_id=entry.id)


def _for_captains(edition: Edition) -> list[Division]:
    return [d for d in edition.divisions if SELF & set(eligibility.from_json(d.eligibility).registrants)]


def _school(typed: str, actor: Actor) -> Organisation | None:
    """What was typed, found or added; inside the transaction."""
    return named_school(typed, at=clock.now(), actor=actor) if typed else None


@bp.route("/entries/<int:entry_id>/team", methods=["GET", "POST"])
@signed_in
def mend(entry_id: int) -> Any:
    """The captain corrects what was typed at the start, and names the coach."""
    actor, at = current_actor(), clock.now()
    entry = _own_team(entry_id)
    form = _mend_form(entry)
    form.division.choices = [(d.id, named(d)) for d in _for_captains(entry.edition)]
    if form.validate_on_submit():
        try:
            with transaction():
                entry = _own_team(entry_id)
                division = next(d for d in entry.edition.divisions if d.id == form.division.data)
                coach = CoachInput(*(form[f"coach_{part}"].data or "" for part in ("name", "phone", "email")))
                teams.mend(
                    entry,
                    division,
                    team_name=form.team_name.data or "",
                    class_name=form.class_name.data or "",
                    organisation=_school(form.organisation.data or "", actor),
                    coach=coach,
                    actor=actor,
                    at=at,
                )
            flash(_("Đã lưu."), "success")
            return go("entries.show", entry_id=entry_id)
        except Invalid as error:
            form.take(error)
            entry = _own_team(entry_id)
    html = render_template("contests/mend_team.html", entry=entry, form=form, schools=school_names())
    return html, 422 if form.errors else 200


def _own_team(entry_id: int) -> Entry:
    entry = entries.get_entry_for(current_actor(), entry_id)
    if not policies.can_mend_team(current_actor(), entry):
        raise NotFound(_("Bài này đã gửi, hoặc do người khác lập, nên không sửa ở đây được."))
    return entry


def _mend_form(entry: Entry) -> forms.MendTeamForm:
    people = {m.part: m for m in reversed(entry.draft_members)}
    captain, coach = people.get(MemberPart.CAPTAIN), people.get(MemberPart.COACH)
    return forms.MendTeamForm(
        division=entry.division_id,
        team_name=entry.team.name,
        organisation=entry.organisation.name if entry.organisation else "",
        class_name=captain.class_name if captain else "",
        coach_name=coach.full_name if coach else "",
        coach_phone=coach.phone if coach else "",
        coach_email=coach.email if coach else "",
    )


@bp.post("/entries/<int:entry_id>/delete")
@signed_in
def delete(entry_id: int) -> Response:
    with transaction():
        drafts.delete_draft(_own_team(entry_id), actor=current_actor(), at=clock.now())
    flash(_("Đã xóa bản nháp."), "success")
    return go("entries.mine")


# -- members by link ---------------------------------------------------------------------------------------------------


def _living(code: str, kind: InvitationKind) -> Invitation:
    invitation = accounts.find(code)
    if invitation.kind is not kind:
        raise NotFound(_("Đường dẫn này không dùng ở trang này."))
    return invitation


@bp.route("/join/<code>", methods=["GET", "POST"])
@public
@limiter.limit("200/minute")  # a class behind one address
def join(code: str) -> Any:
    """Opening does nothing; the button joins, with birth date and own consents."""
    invitation = _living(code, InvitationKind.TEAM)
    entry = entries.get_entry(int(invitation.payload["entry_id"]))
    if request.method == "GET":
        teams.ensure_room(entry)
    form = forms.JoinForm()
    if form.validate_on_submit():
        try:
            with transaction():
                entry = entries.get_entry(int(invitation.payload["entry_id"]))
                person = teams.join(
                    _living(code, InvitationKind.TEAM),
                    entry,
                    full_name=form.full_name.data,
                    birth_date=form.birth_date.data or clock.today(),
                    class_name=form.class_name.data or "",
                    answers=form.answers(),
                    actor=current_actor(),
                    at=clock.now(),
                )
                guardian = _guardian_link(person, entry)
            entry = entries.get_entry(entry.id)
            return render_template("contests/joined.html", entry=entry, person=person, guardian=guardian)
        except DomainError as error:
            if error.status not in (409, 422):
                raise
            form.take(error)
            entry = entries.get_entry(int(invitation.payload["entry_id"]))  # the rollback has emptied it
    html = render_template("contests/join.html", entry=entry, form=form, text=_text)
    return html, 422 if form.errors else 200


def _guardian_link(person: Person, entry: Any) -> str:
    """For a member under 18 the link that the guardian opens."""
    today = clock.today()
    if person.birth_date and eligibility.age_on(person.birth_date, today) >= 18:
        return ""
    return accounts.link_of(
        consents.invite_guardian(person, entry, actor=Actor(person_id=person.id), at=clock.now())
    )


def _text(purpose: str) -> str:
    return consent_texts.text(purpose, lang())


# -- guardians ------------------------------------------------------------------------------------------------------------


def _child_of(invitation: Invitation) -> Person:
    child = invited_person(invitation)
    assert child is not None  # a guardian's link is made out to the child
    return child


@bp.route("/guardian/<code>", methods=["GET", "POST"])
@public
@limiter.limit("200/minute")  # a class behind one address
def guardian(code: str) -> Any:
    """The guardian answers per purpose: nothing is ticked at first, later what this link answered, to be changed."""
    invitation = _living(code, InvitationKind.GUARDIAN)
    child = _child_of(invitation)
    entry = entries.get_entry(int(invitation.payload["entry_id"]))
    before = _said_before(invitation)
    form = forms.GuardianForm(data=before)
    if form.validate_on_submit():
        at = clock.now()
        with transaction():
            child = _child_of(invitation)
            accounts.accept(_living(code, InvitationKind.GUARDIAN), actor=current_actor(), at=at)
            said = Said(ConsentParty.GUARDIAN, "link", form.typed_name.data, form.relation.data)
            consents.answer(child, form.answers(), said, actor=current_actor(), at=at)
            consents.keep_guardian(
                child.id,
                name=form.typed_name.data,
                relation=form.relation.data,
                phone=form.phone.data or None,
                at=at,
            )
        entry = entries.get_entry(entry.id)
        return render_template(
            "contests/guardian_done.html",
            child=child,
            entry=entry,
            answers=form.answers(),
            purposes=wording.PURPOSES,
            code=code,
        )
    html = render_template(
        "contests/guardian.html", child=child, entry=entry, form=form, text=_text, before=bool(before)
    )
    return html, 422 if form.errors else 200


def _said_before(invitation: Invitation) -> dict[str, bool]:
    """The guardian's standing answers, once this link was used: sending the page again must not withdraw them."""
    if invitation.used_at is None or invitation.person_id is None:
        return {}
    said = consent_reads.standings(invitation.person_id, None, clock.today())
    return {standing.purpose.value: bool(standing.guardian) for standing in said}
