"""Consents of an entry's members, as coach, coordinator and captain see and record them."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from ...accounts.services import link_of
from ...core import clock
from ...core.access import signed_in
from ...core.db import transaction
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...core.web import current_actor, go
from ...models import ConsentParty, ConsentPurpose, Entry, Person
from .. import policies, wording
from ..forms import entries as forms
from ..queries import consents as reads
from ..queries import entries, entry_parts
from ..services import consents
from .entries import bp


@bp.get("/<int:entry_id>/consents")
@signed_in
def consent_page(entry_id: int) -> str:
    """Links for guardians and papers, member by member; for coach, coordinator and captain."""
    return _page(entry_id)


def _page(entry_id: int, refused: int | None = None) -> str:
    """`refused` is the person whose paper came back with an error: as typed, and open."""
    actor, at = current_actor(), clock.now()
    entry = entries.get_entry_for(actor, entry_id)
    if not policies.can_ask_guardians(actor, entry):
        raise NotFound(_("Không có bài dự thi này, hoặc tài khoản đang dùng không xem được."))
    day = clock.local(at).date()
    people = reads.asked_of(entry)
    return render_template(
        "contests/consents.html",
        entry=entry,
        people=people,
        standings=reads.standings_of(entry, day),
        purposes=wording.PURPOSES,
        links=entry_parts.guardian_links([p.person_id for p in people], at),
        link_of=link_of,
        form=forms.PaperForm(),
        refused=refused,
        young=[p.person_id for p in people if p.needs_guardian(day)],
        me=actor,
        may_record=policies.can_record_consent(actor, entry),
    )


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
    entries.get_entry_for(actor, entry_id)
    purposes = [p for p, ticked in form.answers().items() if ticked]
    if not form.validate_on_submit() or not purposes:
        flash(_("Đánh dấu mục đã ký, ghi ai đã ký trên giấy và quan hệ với em."), "error")
        return _page(entry_id, person_id), 422
    with transaction():
        entry = entries.get_entry_for(actor, entry_id)
        person = _person_of(entry, person_id)
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


@bp.post("/<int:entry_id>/consents/<int:person_id>/withdraw")
@signed_in
def withdraw_consent(entry_id: int, person_id: int) -> Response:
    """What a guardian or a child has told the coach: in force at once."""
    actor = current_actor()
    try:
        purpose = ConsentPurpose(request.form.get("purpose", ""))
        party = ConsentParty(request.form.get("party", ""))
    except ValueError:
        raise Invalid(_("Chọn một mục đích.")) from None
    with transaction():
        entry = entries.get_entry_for(actor, entry_id)
        person = _person_of(entry, person_id)
        consents.record_withdrawal(entry, person, purpose, party, actor=actor, at=clock.now())
    flash(_("Đã ghi nhận rút đồng ý. Có hiệu lực ngay trên mọi trang."), "success")
    return go("entries.consent_page", entry_id=entry_id)


def _person_of(entry: Entry, person_id: int) -> Person:
    for member in entry.members:
        if member.person_id == person_id and member.ended_at is None:
            return member.person
    raise NotFound(_("Người này không ở trong đội."))
