"""What mentoring keeps about a person: the profile of a mentor, offers to be one, meetings."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..core.db import db
from ..core.personal import Leaving, moment, without_name
from ..models import (
    AvailabilityRule,
    Cohort,
    Commitment,
    IncubationCase,
    MatchRun,
    MentoringSession,
    MentorProfile,
    Mentorship,
    MentorSkill,
    SkillTopic,
)


def tell(person_id: int) -> dict[str, Any]:
    profile = db.session.scalar(sa.select(MentorProfile).where(MentorProfile.person_id == person_id))
    skills = db.session.scalars(
        sa.select(SkillTopic.name)
        .join(MentorSkill, MentorSkill.topic_id == SkillTopic.id)
        .where(MentorSkill.person_id == person_id)
        .order_by(SkillTopic.name)
    )
    offers = db.session.execute(
        sa.select(Cohort.name, Commitment.kind, Commitment.state, Commitment.message)
        .join(Cohort, Cohort.id == Commitment.cohort_id)
        .where(Commitment.person_id == person_id)
        .order_by(Commitment.id)
    )
    meetings = db.session.execute(
        sa.select(IncubationCase.title, MentoringSession.starts_at, MentoringSession.state)
        .join(Mentorship, Mentorship.id == MentoringSession.mentorship_id)
        .join(IncubationCase, IncubationCase.id == Mentorship.case_id)
        .where(Mentorship.person_id == person_id)
        .order_by(MentoringSession.id)
    )
    return {
        "mentor_profile": {
            "job_title": profile.job_title, "about": profile.about, "fields": profile.fields,
            "languages": profile.languages, "areas": profile.areas, "skills": list(skills),
        } if profile else None,
        "mentor_offers": [{"cohort": c, "kind": k, "state": s, "message": m} for c, k, s, m in offers],
        "mentoring_sessions": [{"team": t, "at": moment(at), "state": s} for t, at, s in meetings],
    }  # fmt: skip


def blank(leaving: Leaving) -> None:
    """Hours and pairs stay for the programme's figures; what the person said about themselves goes."""
    mine = leaving.person_id
    db.session.execute(
        sa.update(MentorProfile)
        .where(MentorProfile.person_id == mine)
        .values(job_title="", about="", organisation_id=None, areas=[], languages=[], fields=[])
    )
    db.session.execute(sa.delete(MentorSkill).where(MentorSkill.person_id == mine))
    db.session.execute(sa.delete(AvailabilityRule).where(AvailabilityRule.person_id == mine))
    db.session.execute(sa.update(Commitment).where(Commitment.person_id == mine).values(message=""))
    cohorts = sa.select(Commitment.cohort_id).where(Commitment.person_id == mine)
    for run in db.session.scalars(sa.select(MatchRun).where(MatchRun.cohort_id.in_(cohorts))):
        run.problem, run.answer = without_name(run.problem, leaving), without_name(run.answer, leaving)
