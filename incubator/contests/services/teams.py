"""Teams that register themselves: the captain makes the draft, members join by link or code."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from ...accounts.services import accept, create_person, invite
from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...core.text import collapse, compare_key
from ...models import (
    ConsentParty,
    ConsentPurpose,
    Division,
    DraftMember,
    Edition,
    Entry,
    EntryState,
    Invitation,
    InvitationKind,
    MemberPart,
    Organisation,
    Person,
)
from .. import eligibility, policies
from ..eligibility import Registrant, Rules
from . import consents
from .consents import Said
from .drafts import CoachInput, RowInput, create_draft, draft_rows


def start(
    edition: Edition,
    division: Division,
    person: Person,
    *,
    team_name: str,
    class_name: str,
    organisation: Organisation | None,
    answers: dict[ConsentPurpose, bool],
    actor: Actor,
    at: datetime,
) -> Entry:
    """A captain's (or a lone entrant's) draft with the captain in it, and what the captain agrees to.

    Raises Invalid when the division takes teachers' lists only, or the person is too young for it.
    """
    rules = eligibility.from_json(division.eligibility)
    _ensure_registers_itself(rules)
    if person.birth_date is None:
        raise Invalid(_("Nhập ngày sinh để biết có được tự đăng ký không."), field="birth_date")
    if eligibility.age_on(person.birth_date, at.date()) < rules.captain_from_age:
        raise Invalid(
            _("Tự đăng ký cần từ %(n)s tuổi. Nhờ thầy cô đăng ký cho đội.", n=rules.captain_from_age),
            field="birth_date",
        )
    entry = create_draft(edition, RowInput(team_name, division.id), organisation=None, actor=actor, at=at)
    if organisation is not None:
        # The captain names the school; it is shown with the entry, its coordinator sees and may take it over.
        entry.organisation_id = entry.team.organisation_id = organisation.id
    entry.draft_members = [_draft(person, MemberPart.CAPTAIN, 0, class_name)]
    db.session.flush()
    agreed = {purpose: True for purpose, given in answers.items() if given}
    consents.answer(person, agreed, Said(ConsentParty.SELF, "screen", person.full_name), actor=actor, at=at)
    return entry


def mend(
    entry: Entry,
    division: Division,
    *,
    team_name: str,
    class_name: str,
    organisation: Organisation | None,
    coach: CoachInput,
    actor: Actor,
    at: datetime,
) -> None:
    """The captain corrects the draft: name, division, school, own class, coach.

    `entry` is loaded with team and draft_members inside the transaction. Raises Invalid for a division that takes
    teachers' lists only.
    """
    ensure(policies.can_mend_team(actor, entry))
    _ensure_registers_itself(eligibility.from_json(division.eligibility))
    entry.team.name = collapse(team_name)[:160]
    entry.division_id, entry.division = division.id, division
    where = organisation.id if organisation else None
    entry.organisation_id = entry.team.organisation_id = where
    for member in entry.draft_members:
        if member.part is MemberPart.CAPTAIN:
            member.class_name = collapse(class_name)[:20]
    kept = [m for m in entry.draft_members if m.part is not MemberPart.COACH]
    entry.draft_members = kept + draft_rows(RowInput("", division.id, coach=coach))
    for position, member in enumerate(entry.draft_members):
        member.position = position
    entry.changed_at = at
    db.session.flush()
    activity.record("contests.draft.changed", entry, actor=actor, at=at, edition_id=entry.edition_id)


def _ensure_registers_itself(rules: Rules) -> None:
    if not {Registrant.CAPTAIN, Registrant.PERSON} & set(rules.registrants):
        raise Invalid(
            _("Bảng này chỉ nhận đăng ký của trường. Nhờ thầy cô đăng ký cho đội."), field="division"
        )


def _draft(person: Person, part: MemberPart, position: int, class_name: str) -> DraftMember:
    born = person.birth_date
    return DraftMember(
        position=position,
        part=part,
        full_name=person.full_name,
        birth_date=born,
        birth_date_text=born.strftime("%d/%m/%Y") if born else "",
        class_name=collapse(class_name)[:20],
        phone="",
        email="",
        person_id=person.id,
    )


def team_link(entry: Entry, *, actor: Actor, at: datetime) -> Invitation:
    """The team's one living invitation, made when there is none."""
    ensure(policies.can_edit_entry(actor, entry))
    rows = db.session.scalars(
        sa.select(Invitation).where(
            Invitation.kind == InvitationKind.TEAM,
            Invitation.created_by_id == actor.person_id,
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > at,
        )
    )
    held = next((i for i in rows if i.payload.get("entry_id") == entry.id), None)
    return held or invite(InvitationKind.TEAM, actor=actor, at=at, uses=None, entry_id=entry.id)


def _pupils(entry: Entry) -> list[DraftMember]:
    return [m for m in entry.draft_members if m.part is not MemberPart.COACH]


def ensure_room(entry: Entry) -> None:
    """Raises Conflict when the team was sent or is full: said when the link is opened, before anything is typed."""
    if entry.state not in (EntryState.DRAFT, EntryState.RETURNED):
        raise Conflict(_("Đội đã gửi đăng ký nên không nhận thêm thành viên qua đường dẫn. Báo đội trưởng."))
    most = eligibility.from_json(entry.division.eligibility).team_max
    if len(_pupils(entry)) >= most:
        raise Conflict(_("Đội đã đủ %(n)s người.", n=most))


def join(
    invitation: Invitation,
    entry: Entry,
    *,
    full_name: str,
    birth_date: date,
    class_name: str,
    answers: dict[ConsentPurpose, bool],
    actor: Actor,
    at: datetime,
) -> Person:
    """A member comes in with birth date and own consents; no account is needed.

    Raises Conflict when the team is full, was sent, or has this member already.
    """
    ensure_room(entry)
    pupils = _pupils(entry)
    key = (compare_key(full_name), birth_date)
    if any((compare_key(m.full_name), m.birth_date) == key for m in pupils):
        raise Conflict(_("Người này đã ở trong đội."))
    if not answers.get(ConsentPurpose.TAKE_PART):
        raise Invalid(_("Cần đồng ý dự thi thì mới vào đội được."), field="take_part")
    accept(invitation, actor=actor, at=at)
    person = create_person(full_name, actor=actor, at=at, birth_date=birth_date)
    entry.draft_members.append(_draft(person, MemberPart.MEMBER, len(entry.draft_members), class_name))
    entry.changed_at = at
    db.session.flush()
    said = Said(ConsentParty.SELF, "link", typed_name=person.full_name)
    consents.answer(person, answers, said, actor=Actor(person_id=person.id), at=at)
    activity.record(
        "contests.team.joined",
        entry,
        actor=actor,
        at=at,
        edition_id=entry.edition_id,
        after={"person": person.id},
    )
    if entry.author_id:
        activity.notify(
            "contests/member_joined",
            person_id=entry.author_id,
            at=at,
            url=f"/entries/{entry.id}",
            entry_id=entry.id,
        )
    return person


def remove_member(entry: Entry, member_id: int, *, actor: Actor, at: datetime) -> None:
    """The captain takes somebody out of the draft."""
    ensure(policies.can_edit_entry(actor, entry))
    member = next((m for m in entry.draft_members if m.id == member_id), None)
    if member is None or member.part is MemberPart.CAPTAIN:
        raise Invalid(_("Chọn một thành viên, không phải đội trưởng."), field="member_id")
    entry.draft_members.remove(member)
    entry.changed_at = at
    db.session.flush()
    activity.record(
        "contests.team.left",
        entry,
        actor=actor,
        at=at,
        edition_id=entry.edition_id,
        after={"person": member.person_id},
    )
