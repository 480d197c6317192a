"""Mentors: their profile, their load over all cohorts, their hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor, Role, ScopeKind
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import (
    AvailabilityRule,
    Cohort,
    Commitment,
    CommitmentState,
    IncubationCase,
    Invitation,
    InvitationKind,
    MentoringSession,
    MentorProfile,
    Mentorship,
    MentorSkill,
    Offer,
    OfferState,
    Organisation,
    Person,
    SessionState,
    SkillTopic,
)
from .. import policies
from .rights import rights_of


@dataclass(slots=True)
class MentorRow:
    """A commitment with the load that stands against it; `elsewhere` counts teams of other cohorts."""

    commitment: Commitment
    person: Person
    profile: MentorProfile | None
    state: CommitmentState
    teams: int = 0
    hours: int = 0
    offers: int = 0
    elsewhere: int = 0
    skills: list[tuple[MentorSkill, SkillTopic]] = field(default_factory=list)

    @property
    def free(self) -> int:
        return max(0, self.commitment.max_teams - self.teams)


def mentor_rows(cohort: Cohort) -> list[MentorRow]:
    """Everybody who committed or applied, by name: five statements."""
    today = clock.local(clock.now()).date()
    rows = [
        MentorRow(c, p, profile, c.state_on(today))
        for c, p, profile in db.session.execute(
            sa.select(Commitment, Person, MentorProfile)
            .join(Person, Person.id == Commitment.person_id)
            .outerjoin(MentorProfile, MentorProfile.person_id == Person.id)
            .where(Commitment.cohort_id == cohort.id)
            .order_by(Person.sort_key)
        )
    ]
    by_person = {row.person.id: row for row in rows}
    load = db.session.execute(
        sa.select(Mentorship.person_id, Commitment.cohort_id, sa.func.count(), sa.func.sum(Mentorship.hours))
        .join(Commitment, Commitment.id == Mentorship.commitment_id)
        .where(Mentorship.person_id.in_(by_person), Mentorship.ended_at.is_(None))
        .group_by(Mentorship.person_id, Commitment.cohort_id)
    )
    for person_id, cohort_id, teams, hours in load:
        if cohort_id == cohort.id:
            by_person[person_id].teams, by_person[person_id].hours = teams, int(hours)
        else:
            by_person[person_id].elsewhere += teams
    waiting = db.session.execute(
        sa.select(Offer.person_id, sa.func.count())
        .where(Offer.cohort_id == cohort.id, Offer.state == OfferState.SENT)
        .group_by(Offer.person_id)
    )
    for person_id, count in waiting:
        if person_id in by_person:
            by_person[person_id].offers = count
    for skill, topic in skills_of(list(by_person)):
        by_person[skill.person_id].skills.append((skill, topic))
    return rows


def skills_of(person_ids: Sequence[int]) -> list[tuple[MentorSkill, SkillTopic]]:
    rows = db.session.execute(
        sa.select(MentorSkill, SkillTopic)
        .join(SkillTopic, SkillTopic.id == MentorSkill.topic_id)
        .where(MentorSkill.person_id.in_(person_ids))
        .order_by(MentorSkill.level.desc(), SkillTopic.position)
    )
    return [(s, t) for s, t in rows]


def profile_of(person_id: int) -> MentorProfile | None:
    return db.session.scalar(sa.select(MentorProfile).where(MentorProfile.person_id == person_id))


def body_of(profile: MentorProfile | None) -> Organisation | None:
    """Where a mentor works, as the profile says."""
    if profile is None or profile.organisation_id is None:
        return None
    return db.session.get(Organisation, profile.organisation_id)


def organisations() -> list[tuple[int, str]]:
    """All bodies by name."""
    rows = db.session.execute(sa.select(Organisation.id, Organisation.name).order_by(Organisation.sort_key))
    return [(row.id, row.name) for row in rows]


def get_offer_for(actor: Actor, offer_id: int) -> Offer:
    """An offer for whom it was made to, the team's speakers and staff; 404 hides it from others."""
    offer = db.session.get(Offer, offer_id)
    if offer is None or not policies.can_see_offer(actor, offer, rights_of(offer.case_id).programme_id):
        raise NotFound(_("Không có lời mời này."))
    return offer


def hours_of(*, person_id: int | None = None, case_id: int | None = None) -> Sequence[AvailabilityRule]:
    owner = AvailabilityRule.person_id == person_id if person_id else AvailabilityRule.case_id == case_id
    return db.session.scalars(
        sa.select(AvailabilityRule).where(owner).order_by(AvailabilityRule.weekday, AvailabilityRule.starts)
    ).all()


def hours_of_both(person_id: int, case_id: int) -> tuple[list[AvailabilityRule], list[AvailabilityRule]]:
    """Usual hours of a mentor and of a team, in one statement."""
    rows = db.session.scalars(
        sa.select(AvailabilityRule)
        .where(sa.or_(AvailabilityRule.person_id == person_id, AvailabilityRule.case_id == case_id))
        .order_by(AvailabilityRule.weekday, AvailabilityRule.starts)
    ).all()
    return [r for r in rows if r.person_id == person_id], [r for r in rows if r.case_id == case_id]


def get_commitment(commitment_id: int, actor: Actor) -> Commitment:
    """A commitment that the actor may decide on or change. Raises NotFound."""
    row = db.session.scalar(
        sa.select(Commitment)
        .where(Commitment.id == commitment_id)
        .options(sa.orm.joinedload(Commitment.cohort))
    )
    if row is None or not policies.can_edit_commitment(actor, row, row.cohort.programme_id):
        raise NotFound(_("Không có cam kết cố vấn này."))
    return row


def commitments_of(person_id: int) -> Sequence[Commitment]:
    return db.session.scalars(
        sa.select(Commitment)
        .where(Commitment.person_id == person_id)
        .options(sa.orm.joinedload(Commitment.cohort).joinedload(Cohort.programme))
        .order_by(Commitment.id.desc())
    ).all()


def offers_of(person_id: int) -> Sequence[Offer]:
    return db.session.scalars(
        sa.select(Offer)
        .where(Offer.person_id == person_id)
        .options(sa.orm.joinedload(Offer.case).joinedload(IncubationCase.team))
        .order_by(Offer.state != OfferState.SENT, Offer.due_at.desc())
    ).all()


def mentorships_of(person_id: int) -> Sequence[Mentorship]:
    return db.session.scalars(
        sa.select(Mentorship)
        .where(Mentorship.person_id == person_id)
        .options(sa.orm.joinedload(Mentorship.case).joinedload(IncubationCase.team))
        .order_by(Mentorship.ended_at.is_not(None), Mentorship.started_at.desc())
    ).all()


def sessions_of(person_id: int, at: datetime) -> list[MentoringSession]:
    """First what waits for minutes, then what comes, the next one first; then the past, latest first."""
    rows = db.session.scalars(
        sa.select(MentoringSession)
        .join(Mentorship, Mentorship.id == MentoringSession.mentorship_id)
        .where(Mentorship.person_id == person_id)
        .options(sa.orm.joinedload(MentoringSession.mentorship).joinedload(Mentorship.case))
        .order_by(MentoringSession.starts_at.desc())
    ).all()
    open_ones = [row for row in reversed(rows) if row.state is SessionState.PLANNED]
    return sorted(open_ones, key=lambda row: row.ends_at >= at) + [r for r in rows if r not in open_ones]


@dataclass(frozen=True, slots=True)
class HourLine:
    """Held sessions of one team in a period."""

    title: str
    sessions: int
    minutes: int


def hour_lines(person_id: int, first: date, last: date) -> list[HourLine]:
    """Held sessions between two local dates, both included, by team."""
    start: datetime = clock.at_local(first)
    rows = db.session.execute(
        sa.select(IncubationCase.title, sa.func.count(), sa.func.sum(MentoringSession.minutes))
        .join(Mentorship, Mentorship.case_id == IncubationCase.id)
        .join(MentoringSession, MentoringSession.mentorship_id == Mentorship.id)
        .where(
            Mentorship.person_id == person_id,
            MentoringSession.state == SessionState.HELD,
            MentoringSession.starts_at >= start,
            MentoringSession.starts_at < clock.day_span(last)[1],
        )
        .group_by(IncubationCase.id, IncubationCase.title)
        .order_by(IncubationCase.title)
    )
    return [HourLine(title, count, int(minutes or 0)) for title, count, minutes in rows]


def topic_names(english: bool) -> dict[str, str]:
    """slug -> name in the reader's language."""
    rows = db.session.execute(sa.select(SkillTopic.slug, SkillTopic.name, SkillTopic.name_en))
    return {slug: (name_en if english and name_en else name) for slug, name, name_en in rows}


def running_mentorship(offer: Offer) -> Mentorship | None:
    """What an accepted offer became, while it runs."""
    return db.session.scalar(
        sa.select(Mentorship).where(
            Mentorship.case_id == offer.case_id,
            Mentorship.person_id == offer.person_id,
            Mentorship.kind == offer.kind,
            Mentorship.ended_at.is_(None),
        )
    )


def accepted_of(commitment_id: int) -> tuple[int, int]:
    """Teams and hours that running mentorships take of a commitment."""
    teams, hours = db.session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Mentorship.hours), 0)).where(
            Mentorship.commitment_id == commitment_id, Mentorship.ended_at.is_(None)
        )
    ).one()
    return int(teams), int(hours)


def open_links(cohort: Cohort, at: datetime) -> dict[int, int]:
    """Person -> the link by which somebody invited without an account may still come in."""
    rows = db.session.execute(
        sa.select(Invitation.person_id, Invitation.id)
        .join(Commitment, Commitment.person_id == Invitation.person_id)
        .where(
            Commitment.cohort_id == cohort.id,
            Invitation.kind == InvitationKind.ROLE,
            Invitation.role == Role.MENTOR,
            Invitation.scope == ScopeKind.PROGRAMME,
            Invitation.scope_id == cohort.programme_id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            sa.or_(Invitation.expires_at.is_(None), Invitation.expires_at > at),
        )
        .order_by(Invitation.id)
    )
    return {person_id: invitation_id for person_id, invitation_id in rows if person_id}
