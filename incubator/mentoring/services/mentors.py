"""What mentors offer a cohort: applied for or asked, decided, changed, paused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from ...accounts import services as accounts
from ...accounts.queries import person_of_contact
from ...activity import services as activity
from ...core import clock
from ...core.access import Actor, Role, ScopeKind, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid
from ...core.i18n import _, lazy
from ...core.web import named
from ...models import (
    Cohort,
    Commitment,
    CommitmentState,
    Invitation,
    MentorKind,
    Offer,
    OfferState,
)
from .. import policies
from ..queries.mentors import accepted_of
from .offers_closing import close_offers
from .programmes import check_running


@dataclass(frozen=True, slots=True)
class Terms:
    """What somebody takes on in a cohort; `max_hours` None: no limit but that of the teams."""

    kind: MentorKind
    max_teams: int
    max_hours: int | None
    message: str = ""


def apply(cohort: Cohort, person_id: int, terms: Terms, *, actor: Actor, at: datetime) -> Commitment:
    """A person offers to mentor in a cohort; staff approve."""
    ensure(actor.person_id == person_id or policies.can_manage(actor, cohort.programme_id))
    check_running(cohort, actor=actor, at=at)
    return _commit(cohort, person_id, CommitmentState.APPLIED, terms, actor, at)


def invite(
    cohort: Cohort, contact: str, full_name: str, terms: Terms, *, actor: Actor, at: datetime
) -> Invitation | None:
    """Staff ask a person, by e-mail or phone, to mentor; the person answers.

    Who has no account gets the link that is returned: it makes one, and the question waits behind it. Raises Invalid
    when such a person has no name here, or the contact is neither.
    """
    ensure(policies.can_manage(actor, cohort.programme_id))
    person_id = person_of_contact(contact)
    if person_id is None:
        return _invite_newcomer(cohort, full_name.strip(), contact.strip(), terms, actor, at)
    _commit(cohort, person_id, CommitmentState.INVITED, terms, actor, at)
    activity.notify("mentoring/invited", person_id=person_id, at=at, url="/mentoring/me", cohort_id=cohort.id)
    return None


def _invite_newcomer(
    cohort: Cohort, full_name: str, contact: str, terms: Terms, actor: Actor, at: datetime
) -> Invitation:
    """Who was asked for another cohort and has not come in yet finds both questions behind one link."""
    if not full_name:
        raise Invalid(
            _("Chưa có tài khoản với “%(contact)s”. Ghi họ và tên để lập đường dẫn mời.", contact=contact),
            field="full_name",
        )
    email = contact if "@" in contact else None
    try:
        invitation = accounts.invite_person(
            full_name,
            Role.MENTOR,
            ScopeKind.PROGRAMME,
            cohort.programme_id,
            email=email,
            phone=None if email else contact,
            actor=actor,
            at=at,
        )
    except Invalid as error:  # said of an address, which stands in the one field of this form
        if error.field in ("email", "phone"):
            error.field = "contact"
        raise
    _commit(cohort, invitation.person_id or 0, CommitmentState.INVITED, terms, actor, at)
    return invitation


def _commit(
    cohort: Cohort, person_id: int, state: CommitmentState, terms: Terms, actor: Actor, at: datetime
) -> Commitment:
    _check_amounts(terms.max_teams, terms.max_hours)
    known = db.session.scalar(
        sa.select(Commitment).where(Commitment.cohort_id == cohort.id, Commitment.person_id == person_id)
    )
    if known is not None and known.state not in (CommitmentState.DECLINED, CommitmentState.ENDED):
        raise Conflict(_("Người này đã có trong danh sách cố vấn của %(cohort)s.", cohort=named(cohort)))
    row = known or Commitment(cohort_id=cohort.id, person_id=person_id, created_at=at)
    row.state, row.kind, row.message = state, terms.kind, terms.message
    row.max_teams, row.max_hours = terms.max_teams, terms.max_hours
    db.session.add(row)
    db.session.flush()
    activity.record(
        "mentoring.commitment." + state, row, actor=actor, at=at, after={"max_teams": terms.max_teams}
    )
    return row


def _check_amounts(max_teams: int, max_hours: int | None) -> None:
    if max_teams < 0 or max_teams > 20:
        raise Invalid(_("Số đội nhận nhiều nhất là số từ 0 đến 20."), field="max_teams")
    if max_hours is not None and not 0 <= max_hours <= 1000:
        raise Invalid(_("Số giờ là số từ 0 đến 1000, hoặc để trống."), field="max_hours")


def decide(commitment: Commitment, approve: bool, *, answer: str = "", actor: Actor, at: datetime) -> None:
    """Staff approve an application; the invited person says yes or no."""
    cohort = db.session.get_one(Cohort, commitment.cohort_id)
    invited = commitment.state is CommitmentState.INVITED
    may = (
        actor.person_id == commitment.person_id
        if invited
        else policies.can_manage(actor, cohort.programme_id)
    )
    ensure(may or bool(actor.system))
    if commitment.state not in (CommitmentState.APPLIED, CommitmentState.INVITED):
        raise Conflict(_("Đã có câu trả lời cho lời mời hoặc đơn này. Tải lại trang."))
    commitment.state = CommitmentState.APPROVED if approve else CommitmentState.DECLINED
    commitment.answer, commitment.decided_by_id, commitment.decided_at = answer, actor.person_id, at
    if approve:
        accounts.grant_role(
            commitment.person_id,
            Role.MENTOR,
            ScopeKind.PROGRAMME,
            cohort.programme_id,
            actor=_granting(actor),
            at=at,
        )
        if not invited:
            activity.notify(
                "mentoring/approved",
                person_id=commitment.person_id,
                at=at,
                url="/mentoring/me",
                cohort_id=cohort.id,
            )
    activity.record(
        "mentoring.commitment.decided", commitment, actor=actor, at=at, after={"state": commitment.state}
    )


def _granting(actor: Actor) -> Actor:
    """The role follows from the decision, which was checked above; the trail keeps who decided."""
    return Actor(person_id=actor.person_id, account_id=actor.account_id, name=actor.name, system="mentoring")


def change_commitment(
    commitment: Commitment, *, max_teams: int, max_hours: int | None, actor: Actor, at: datetime
) -> None:
    """More or less room; never below what is already accepted."""
    cohort = db.session.get_one(Cohort, commitment.cohort_id)
    ensure(policies.can_edit_commitment(actor, commitment, cohort.programme_id))
    _check_amounts(max_teams, max_hours)
    lock_rows(Commitment, [commitment.id])
    teams, hours = accepted_of(commitment.id)
    if max_teams < teams:
        raise Invalid(
            _("Đang cố vấn %(n)s đội. Số đội nhiều nhất không thấp hơn số đó.", n=teams), field="max_teams"
        )
    if max_hours is not None and max_hours < hours:
        raise Invalid(
            _("Đã nhận %(n)s giờ. Số giờ nhiều nhất không thấp hơn số đó.", n=hours), field="max_hours"
        )
    before = {"max_teams": commitment.max_teams, "max_hours": commitment.max_hours}
    commitment.max_teams, commitment.max_hours = max_teams, max_hours
    activity.record(
        "mentoring.commitment.changed",
        commitment,
        actor=actor,
        at=at,
        before=before,
        after={"max_teams": max_teams, "max_hours": max_hours},
    )


def pause(
    commitment: Commitment, until: date | None, *, reason: str = "", actor: Actor, at: datetime
) -> None:
    """Take no more teams for a while: open offers close, teams that are mentored stay."""
    cohort = db.session.get_one(Cohort, commitment.cohort_id)
    ensure(policies.can_edit_commitment(actor, commitment, cohort.programme_id))
    if commitment.state not in (CommitmentState.APPROVED, CommitmentState.PAUSED):
        raise Conflict(_("Chỉ tạm ngừng được cam kết đã duyệt."))
    if until is not None and until <= clock.local(at).date():
        raise Invalid(
            _("Ngày nhận đội trở lại phải sau hôm nay. Để trống nếu chưa biết khi nào."), field="until"
        )
    commitment.state, commitment.paused_until = CommitmentState.PAUSED, until
    open_offers = db.session.scalars(
        sa.select(Offer).where(
            Offer.person_id == commitment.person_id,
            Offer.cohort_id == commitment.cohort_id,
            Offer.state == OfferState.SENT,
        )
    ).all()
    close_offers(open_offers, lazy("Cố vấn tạm ngừng nhận đội."), actor=actor, at=at)
    activity.record(
        "mentoring.commitment.paused",
        commitment,
        actor=actor,
        at=at,
        reason=reason,
        after={"until": until.isoformat() if until else None},
    )


def resume(commitment: Commitment, *, actor: Actor, at: datetime) -> None:
    cohort = db.session.get_one(Cohort, commitment.cohort_id)
    ensure(policies.can_edit_commitment(actor, commitment, cohort.programme_id))
    if commitment.state is CommitmentState.PAUSED:
        commitment.state, commitment.paused_until = CommitmentState.APPROVED, None
        activity.record("mentoring.commitment.resumed", commitment, actor=actor, at=at)


def resume_due(*, actor: Actor, at: datetime) -> int:
    """Write down the pauses that ended with the day (they count as over from midnight on) and tell the mentors.

    Returns how many.
    """
    due = db.session.scalars(
        sa.select(Commitment)
        .where(Commitment.state == CommitmentState.PAUSED, Commitment.paused_until <= clock.local(at).date())
        .options(sa.orm.joinedload(Commitment.cohort))
    ).all()
    for commitment in due:
        resume(commitment, actor=actor, at=at)
        activity.notify(
            "mentoring/pause_over",
            person_id=commitment.person_id,
            at=at,
            url="/mentoring/me",
            cohort_id=commitment.cohort_id,
        )
    return len(due)
