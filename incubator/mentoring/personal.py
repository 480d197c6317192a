"""What mentoring keeps about a person: the profile of a mentor, offers to be one, meetings."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..core.db import db
from ..core.personal import Leaving, first, moment, without_name
from ..core.together import Asking
from ..models import (
    AvailabilityRule,
    Cohort,
    Commitment,
    Feedback,
    IncubationCase,
    MatchRun,
    MentoringSession,
    MentorProfile,
    Mentorship,
    MentorSkill,
    Offer,
    SkillTopic,
    Wish,
    WishSide,
)


def tell(person_id: int) -> Asking[dict[str, Any]]:
    profiles, skills, offers, meetings, hours, wishes, asked, said = yield [
        sa.select(
            MentorProfile.job_title,
            MentorProfile.about,
            MentorProfile.fields,
            MentorProfile.languages,
            MentorProfile.areas,
        ).where(MentorProfile.person_id == person_id),
        sa.select(SkillTopic.name)
        .join(MentorSkill, MentorSkill.topic_id == SkillTopic.id)
        .where(MentorSkill.person_id == person_id),
        sa.select(Commitment.id, Cohort.name, Commitment.kind, Commitment.state, Commitment.message)
        .join(Cohort, Cohort.id == Commitment.cohort_id)
        .where(Commitment.person_id == person_id),
        sa.select(
            MentoringSession.id, IncubationCase.title, MentoringSession.starts_at, MentoringSession.state
        )
        .join(Mentorship, Mentorship.id == MentoringSession.mentorship_id)
        .join(IncubationCase, IncubationCase.id == Mentorship.case_id)
        .where(Mentorship.person_id == person_id),
        sa.select(
            AvailabilityRule.id, AvailabilityRule.weekday, AvailabilityRule.starts, AvailabilityRule.ends
        ).where(AvailabilityRule.person_id == person_id),
        sa.select(Wish.id, IncubationCase.title, Wish.side, Wish.rank)
        .join(IncubationCase, IncubationCase.id == Wish.case_id)
        .where(Wish.person_id == person_id, Wish.side == WishSide.MENTOR),
        sa.select(Offer.id, IncubationCase.title, Offer.state, Offer.reason, Offer.sent_at)
        .join(IncubationCase, IncubationCase.id == Offer.case_id)
        .where(Offer.person_id == person_id),
        sa.select(Feedback.id, Feedback.rating, Feedback.text, Feedback.at).where(
            Feedback.by_id == person_id
        ),
    ]
    return {
        "mentor_profile": {
            "job_title": profiles[0].job_title,
            "about": profiles[0].about,
            "fields": profiles[0].fields,
            "languages": profiles[0].languages,
            "areas": profiles[0].areas,
            "skills": sorted(r.name for r in skills),
        }
        if profiles
        else None,
        "mentor_offers": [
            {"cohort": r.name, "kind": r.kind, "state": r.state, "message": r.message}
            for r in sorted(offers, key=first)
        ],
        "mentoring_sessions": [
            {"team": r.title, "at": moment(r.starts_at), "state": r.state}
            for r in sorted(meetings, key=first)
        ],
        "mentor_hours": [
            {"weekday": r.weekday, "from": r.starts.isoformat(), "to": r.ends.isoformat()}
            for r in sorted(hours, key=first)
        ],
        "mentor_wishes": [{"team": r.title, "rank": r.rank} for r in sorted(wishes, key=first)],
        "offered_teams": [
            {"team": r.title, "state": r.state, "reason": r.reason, "at": moment(r.sent_at)}
            for r in sorted(asked, key=first)
        ],
        "mentoring_feedback": [
            {"rating": r.rating, "text": r.text, "at": moment(r.at)} for r in sorted(said, key=first)
        ],
    }


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
