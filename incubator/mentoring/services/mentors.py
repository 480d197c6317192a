"""Mentors: profile, skills, hours, and what they offer a cohort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

import sqlalchemy as sa

from ...accounts import services as accounts
from ...activity import services as activity
from ...core.access import Actor, Role, ScopeKind, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import (
    AvailabilityRule,
    Cohort,
    Commitment,
    CommitmentState,
    Invitation,
    MentorKind,
    MentorProfile,
    MentorSkill,
    Offer,
    OfferState,
    SkillSource,
    SkillTopic,
)
from .. import policies
from ..queries.mentors import accepted_of
from .offers_closing import close_offers


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """What a mentor says about themselves."""

    organisation_id: int | None = None
    job_title: str = ""
    about: str = ""
    fields: Sequence[str] = ()
    languages: Sequence[str] = ()
    modes: Sequence[str] = ()
    areas: Sequence[str] = ()
    stages: Sequence[str] = ()
    skills: Mapping[int, int] = field(default_factory=dict)
    hours: Sequence[tuple[int, time, time]] = ()


def save_profile(person_id: int, facts: ProfileFacts, *, actor: Actor, at: datetime) -> MentorProfile:
    """Create or change a mentor's own profile; verified skills keep their mark while the level stays."""
    ensure(actor.person_id == person_id or policies.can_manage(actor))
    profile = db.session.scalar(sa.select(MentorProfile).where(MentorProfile.person_id == person_id))
    if profile is None:
        profile = MentorProfile(person_id=person_id, created_at=at, changed_at=at)
        db.session.add(profile)
    for name in ("organisation_id", "job_title", "about"):
        setattr(profile, name, getattr(facts, name))
    for name in ("fields", "languages", "modes", "areas", "stages"):
        setattr(profile, name, list(getattr(facts, name)))
    profile.changed_at = at
    _save_skills(person_id, facts.skills)
    set_hours(facts.hours, person_id=person_id)
    db.session.flush()
    activity.record(
        "mentoring.profile.saved", profile, actor=actor, at=at, after={"skills": len(facts.skills)}
    )
    return profile


def _save_skills(person_id: int, levels: Mapping[int, int]) -> None:
    known = set(db.session.scalars(sa.select(SkillTopic.id).where(SkillTopic.id.in_(levels))))
    if set(levels) - known or any(level not in (1, 2, 3) for level in levels.values()):
        raise Invalid(_("Chọn chuyên môn trong danh sách, mức từ 1 đến 3."), field="skills")
    old = {
        s.topic_id: s
        for s in db.session.scalars(sa.select(MentorSkill).where(MentorSkill.person_id == person_id))
    }
    for topic_id, skill in old.items():
        if topic_id not in levels:
            db.session.delete(skill)
    for topic_id, level in levels.items():
        row = old.get(topic_id)
        if row is None:
            db.session.add(MentorSkill(person_id=person_id, topic_id=topic_id, level=level))
        elif row.level != level:
            row.level, row.source, row.verified_by_id = level, SkillSource.SELF, None


def set_hours(
    hours: Sequence[tuple[int, time, time]], *, person_id: int | None = None, case_id: int | None = None
) -> None:
    """Replace the weekly hours of a mentor or a team. Weekday 0 is Monday; hours are local."""
    for weekday, starts, ends in hours:
        if not 0 <= weekday <= 6 or ends <= starts:
            raise Invalid(
                _("Giờ rảnh từ %(start)s đến %(end)s chưa đúng: giờ kết thúc phải sau giờ bắt đầu.",
                  start=f"{starts:%H:%M}", end=f"{ends:%H:%M}"),
                field="hours",
            )  # fmt: skip
    owner = AvailabilityRule.person_id == person_id if person_id else AvailabilityRule.case_id == case_id
    db.session.execute(sa.delete(AvailabilityRule).where(owner))
    db.session.add_all(
        AvailabilityRule(person_id=person_id, case_id=case_id, weekday=d, starts=s, ends=e)
        for d, s, e in hours
    )


def verify_skill(person_id: int, topic_id: int, *, actor: Actor, at: datetime) -> None:
    """Staff have seen the proof of a skill."""
    ensure(policies.can_manage(actor))
    skill = db.session.scalar(
        sa.select(MentorSkill).where(MentorSkill.person_id == person_id, MentorSkill.topic_id == topic_id)
    )
    if skill is None:
        raise Invalid(_("Cố vấn chưa khai chuyên môn này."))
    skill.source, skill.verified_by_id = SkillSource.VERIFIED, actor.person_id
    activity.record("mentoring.skill.verified", skill, actor=actor, at=at)


def apply(
    cohort: Cohort,
    person_id: int,
    *,
    kind: MentorKind,
    max_teams: int,
    max_hours: int | None,
    message: str = "",
    actor: Actor,
    at: datetime,
) -> Commitment:
    """A person offers to mentor in a cohort; staff approve."""
    ensure(actor.person_id == person_id or policies.can_manage(actor, cohort.programme_id))
    return _commit(cohort, person_id, CommitmentState.APPLIED, kind, max_teams, max_hours, message, actor, at)


def invite(
    cohort: Cohort,
    person_id: int,
    *,
    kind: MentorKind,
    max_teams: int,
    max_hours: int | None,
    message: str = "",
    actor: Actor,
    at: datetime,
) -> Commitment:
    """Staff ask a person to mentor; the person answers."""
    ensure(policies.can_manage(actor, cohort.programme_id))
    row = _commit(cohort, person_id, CommitmentState.INVITED, kind, max_teams, max_hours, message, actor, at)
    activity.notify("mentoring/invited", person_id=person_id, at=at, url="/mentoring/me", cohort=cohort.name)
    return row


def invite_newcomer(
    cohort: Cohort,
    full_name: str,
    contact: str,
    *,
    kind: MentorKind,
    max_teams: int,
    max_hours: int | None,
    message: str = "",
    actor: Actor,
    at: datetime,
) -> Invitation:
    """Ask somebody who has no account: the link makes one, and the question waits behind it.

    Who was asked for another cohort and has not come in yet finds both questions behind one link.
    """
    ensure(policies.can_manage(actor, cohort.programme_id))
    email = contact.strip() if "@" in contact else None
    phone = None if email else contact.strip()
    try:
        invitation = accounts.invite_person(
            full_name,
            Role.MENTOR,
            ScopeKind.PROGRAMME,
            cohort.programme_id,
            email=email,
            phone=phone,
            actor=actor,
            at=at,
        )
    except Invalid as error:  # said of an address, which stands in the one field of this form
        if error.field in ("email", "phone"):
            error.field = "contact"
        raise
    person_id = invitation.person_id or 0
    _commit(cohort, person_id, CommitmentState.INVITED, kind, max_teams, max_hours, message, actor, at)
    return invitation


def _commit(
    cohort: Cohort,
    person_id: int,
    state: CommitmentState,
    kind: MentorKind,
    max_teams: int,
    max_hours: int | None,
    message: str,
    actor: Actor,
    at: datetime,
) -> Commitment:
    _check_amounts(max_teams, max_hours)
    known = db.session.scalar(
        sa.select(Commitment).where(Commitment.cohort_id == cohort.id, Commitment.person_id == person_id)
    )
    if known is not None and known.state not in (CommitmentState.DECLINED, CommitmentState.ENDED):
        raise Conflict(_("Người này đã có trong danh sách cố vấn của %(cohort)s.", cohort=cohort.name))
    row = known or Commitment(cohort_id=cohort.id, person_id=person_id, created_at=at)
    row.kind, row.state, row.max_teams, row.max_hours, row.message = (
        kind,
        state,
        max_teams,
        max_hours,
        message,
    )
    db.session.add(row)
    db.session.flush()
    activity.record("mentoring.commitment." + state, row, actor=actor, at=at, after={"max_teams": max_teams})
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
                cohort=cohort.name,
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
        "mentoring.commitment.changed", commitment, actor=actor, at=at, before=before,
        after={"max_teams": max_teams, "max_hours": max_hours},
    )  # fmt: skip


def pause(
    commitment: Commitment, until: date | None, *, reason: str = "", actor: Actor, at: datetime
) -> None:
    """Take no more teams for a while: open offers close, teams that are mentored stay."""
    cohort = db.session.get_one(Cohort, commitment.cohort_id)
    ensure(policies.can_edit_commitment(actor, commitment, cohort.programme_id))
    commitment.state, commitment.paused_until = CommitmentState.PAUSED, until
    open_offers = db.session.scalars(
        sa.select(Offer).where(
            Offer.person_id == commitment.person_id,
            Offer.cohort_id == commitment.cohort_id,
            Offer.state == OfferState.SENT,
        )
    ).all()
    close_offers(open_offers, _("Cố vấn tạm ngừng nhận đội."), actor=actor, at=at)
    activity.record("mentoring.commitment.paused", commitment, actor=actor, at=at, reason=reason)


def resume(commitment: Commitment, *, actor: Actor, at: datetime) -> None:
    cohort = db.session.get_one(Cohort, commitment.cohort_id)
    ensure(policies.can_edit_commitment(actor, commitment, cohort.programme_id))
    if commitment.state is CommitmentState.PAUSED:
        commitment.state, commitment.paused_until = CommitmentState.APPROVED, None
        activity.record("mentoring.commitment.resumed", commitment, actor=actor, at=at)
