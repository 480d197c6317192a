"""Offers: the mentor accepts or declines; places are counted at the moment of accepting."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from ...activity import services as activity
from ...core import clock
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _, lazy
from ...models import (
    Cohort,
    Commitment,
    CommitmentState,
    ConflictKind,
    IncubationCase,
    Mentorship,
    Offer,
    OfferState,
    Programme,
)
from ...models import Conflict as ConflictRow
from .. import policies
from ..queries.barring import barred
from ..queries.mentors import accepted_of
from ..queries.rights import speakers_of
from ..settings import rule
from ..wording import kept, own
from .offers_closing import close_offers


def accept(offer_id: int, *, actor: Actor, at: datetime) -> Mentorship:
    """Accept an offer. The mentor's and the team's rows are locked first: of two that race, one gets the place.

    Raises Conflict when the offer is closed or late, or when the mentor has no room left.
    """
    offer, commitment = _locked(offer_id, actor)
    ensure(policies.can_answer(actor, offer))
    _check_open(offer, at)
    if commitment is None or commitment.state_on(clock.local(at).date()) is not CommitmentState.APPROVED:
        raise Conflict(_("Cam kết cố vấn đang tạm ngừng hoặc đã kết thúc. Mở lại cam kết rồi nhận đội."))
    _check_room(commitment, offer)
    _check_barred(offer, at)
    if _place_taken(offer):
        raise Conflict(_("Đội này vừa có cố vấn khác ở vị trí này. Cảm ơn Thầy/Cô đã sẵn sàng."))
    programme = _programme(offer.cohort_id)
    offer.state, offer.answered_at = OfferState.ACCEPTED, at
    case = db.session.get_one(IncubationCase, offer.case_id)
    mentorship = Mentorship(
        case_id=offer.case_id,
        person_id=offer.person_id,
        commitment_id=commitment.id,
        offer_id=offer.id,
        kind=offer.kind,
        hours=offer.hours,
        started_at=at,
        decline_until=at + timedelta(days=int(rule(programme, "decline_days"))),
    )
    db.session.add(mentorship)
    db.session.add(
        ConflictRow(
            person_id=offer.person_id,
            team_id=case.team_id,
            kind=ConflictKind.MENTORS,
            source="mentoring",
            reason=kept(lazy("Đang cố vấn cho đội")),
            valid_from=at,
        )
    )
    db.session.flush()
    _close_rest(offer, commitment, actor=actor, at=at)
    _settle_waiting(case, at)
    activity.record(
        "mentoring.offer.accepted", offer, actor=actor, at=at, after={"mentorship": mentorship.id}
    )
    _tell_team(case, "mentoring/mentor_found", at=at, mentorship_id=mentorship.id)
    return mentorship


def decline(offer_id: int, *, reason: str, actor: Actor, at: datetime) -> Offer:
    """Say no with a reason; the next run looks for somebody else."""
    offer, _commitment = _locked(offer_id, actor)
    ensure(policies.can_answer(actor, offer))
    _check_open(offer, at)
    if not reason:
        raise Invalid(_("Ghi ngắn gọn lý do từ chối để ban điều phối tìm người khác."), field="reason")
    offer.state, offer.reason, offer.answered_at = OfferState.DECLINED, reason[:500], at
    activity.record("mentoring.offer.declined", offer, actor=actor, at=at, reason=reason)
    return offer


def withdraw(offer_id: int, *, reason: str, actor: Actor, at: datetime) -> Offer:
    """Staff take an open offer back."""
    offer, _commitment = _locked(offer_id, actor)
    ensure(policies.can_manage(actor, _programme(offer.cohort_id).id))
    if offer.state is not OfferState.SENT:
        raise Conflict(_("Lời mời đã có câu trả lời. Tải lại trang."))
    close_offers(
        [offer], reason or lazy("Ban điều phối rút lời mời."), actor=actor, at=at, state=OfferState.WITHDRAWN
    )
    return offer


def _locked(offer_id: int, actor: Actor) -> tuple[Offer, Commitment | None]:
    """Lock commitment and case in one order, then read the offer afresh."""
    keys = db.session.execute(
        sa.select(Offer.case_id, Commitment.id)
        .outerjoin(
            Commitment,
            sa.and_(Commitment.cohort_id == Offer.cohort_id, Commitment.person_id == Offer.person_id),
        )
        .where(Offer.id == offer_id)
    ).first()
    if keys is None:
        raise NotFound(_("Không có lời mời này."))
    if keys[1] is not None:
        lock_rows(Commitment, [keys[1]])
    lock_rows(IncubationCase, [keys[0]])
    offer = db.session.get_one(Offer, offer_id)
    return offer, db.session.get(Commitment, keys[1]) if keys[1] is not None else None


def _check_open(offer: Offer, at: datetime) -> None:
    if offer.state is OfferState.EXPIRED or (offer.state is OfferState.SENT and offer.due_at <= at):
        raise Conflict(_("Lời mời đã hết hạn trả lời. Liên hệ ban điều phối nếu Thầy/Cô vẫn muốn nhận đội."))
    if offer.state is OfferState.CLOSED:
        raise Conflict(_("Lời mời đã đóng: %(reason)s", reason=own(offer.reason)))
    if offer.state is not OfferState.SENT:
        raise Conflict(_("Lời mời này đã được trả lời hoặc đã rút. Tải lại trang."))


def _check_barred(offer: Offer, at: datetime) -> None:
    """A conflict of interest or a judge's place that came after the offer."""
    verdict = barred(offer.case_id, offer.person_id, at)
    if verdict is not None and verdict.rule == "judging":
        raise Conflict(_("Thầy/Cô đang chấm đội này. Nhận cố vấn được sau khi kết quả được công bố."))
    if verdict is not None:
        raise Conflict(
            _(
                "Đã khai xung đột lợi ích với đội này (%(why)s), nên không nhận cố vấn được.",
                why=verdict.evidence,
            )
        )


def _check_room(commitment: Commitment, offer: Offer) -> None:
    teams, hours = accepted_of(commitment.id)
    if teams >= commitment.max_teams:
        raise Conflict(
            _(
                "Thầy/Cô đã nhận đủ %(most)s đội. Tăng số đội trong cam kết nếu muốn nhận thêm.",
                most=commitment.max_teams,
            )
        )
    if commitment.max_hours is not None and hours + offer.hours > commitment.max_hours:
        raise Conflict(
            _(
                "Nhận đội này cần %(need)s giờ, cam kết còn %(left)s giờ. Tăng số giờ trong cam kết nếu muốn nhận thêm.",
                need=offer.hours,
                left=max(0, commitment.max_hours - hours),
            )
        )


def _place_taken(offer: Offer) -> bool:
    return (
        db.session.scalar(
            sa.select(Mentorship.id).where(
                Mentorship.case_id == offer.case_id,
                Mentorship.kind == offer.kind,
                Mentorship.ended_at.is_(None),
            )
        )
        is not None
    )


def _close_rest(offer: Offer, commitment: Commitment, *, actor: Actor, at: datetime) -> None:
    """The place's other offers close; the mentor's too once the last place is taken."""
    rivals = db.session.scalars(
        sa.select(Offer).where(
            Offer.case_id == offer.case_id,
            Offer.kind == offer.kind,
            Offer.state == OfferState.SENT,
            Offer.id != offer.id,
        )
    ).all()
    close_offers(rivals, lazy("Đội đã có cố vấn khác nhận trước."), actor=actor, at=at)
    teams, hours = accepted_of(commitment.id)
    full = teams >= commitment.max_teams
    own = db.session.scalars(
        sa.select(Offer).where(
            Offer.person_id == offer.person_id,
            Offer.cohort_id == offer.cohort_id,
            Offer.state == OfferState.SENT,
        )
    ).all()
    over = [
        o
        for o in own
        if full or (commitment.max_hours is not None and hours + o.hours > commitment.max_hours)
    ]
    close_offers(over, lazy("Cố vấn đã nhận đủ số đội hoặc số giờ đã cam kết."), actor=actor, at=at)


def _settle_waiting(case: IncubationCase, at: datetime) -> None:
    kinds = set(rule(_programme(case.cohort_id), "places"))
    held = set(
        db.session.scalars(
            sa.select(Mentorship.kind).where(Mentorship.case_id == case.id, Mentorship.ended_at.is_(None))
        )
    )
    case.waiting_since = None if kinds <= held else (case.waiting_since or at)


def reopen_place(case: IncubationCase, at: datetime) -> None:
    """A place fell free: the team waits again, counted from now."""
    case.waiting_since = case.waiting_since or at


def expire_and_remind(*, actor: Actor, at: datetime) -> tuple[int, int]:
    """Offers past their time expire; those half-way are reminded once. Returns (expired, reminded)."""
    late = db.session.scalars(
        sa.select(Offer).where(Offer.state == OfferState.SENT, Offer.due_at <= at)
    ).all()
    expired = close_offers(late, lazy("Quá hạn trả lời."), actor=actor, at=at, state=OfferState.EXPIRED)
    reminded = 0
    waiting = db.session.execute(
        sa.select(Offer, Programme)
        .join(Cohort, Cohort.id == Offer.cohort_id)
        .join(Programme, Programme.id == Cohort.programme_id)
        .where(Offer.state == OfferState.SENT, Offer.reminded_at.is_(None), Offer.due_at > at)
    ).all()
    for offer, programme in waiting:
        if offer.sent_at + timedelta(days=int(rule(programme, "remind_days"))) <= at:
            offer.reminded_at = at
            reminded += 1
            activity.notify(
                "mentoring/offer_reminder",
                person_id=offer.person_id,
                at=at,
                url=f"/mentoring/offers/{offer.id}",
                case_id=offer.case_id,
                due=offer.due_at.isoformat(),
            )
    return expired, reminded


def _programme(cohort_id: int) -> Programme:
    found = db.session.scalar(
        sa.select(Programme).join(Cohort, Cohort.programme_id == Programme.id).where(Cohort.id == cohort_id)
    )
    assert found is not None
    return found


def _tell_team(case: IncubationCase, kind: str, *, at: datetime, **context: int) -> None:
    activity.notify_many(
        kind,
        [
            {"person_id": p, "url": f"/mentoring/cases/{case.id}", "context": {"case_id": case.id, **context}}
            for p in sorted(speakers_of(case.team_id))
        ],
        at=at,
    )
