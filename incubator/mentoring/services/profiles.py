"""A mentor's profile: who they are, what they know, when they are free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Invalid
from ...core.i18n import _
from ...models import AvailabilityRule, MentorProfile, MentorSkill, SkillSource, SkillTopic
from .. import policies


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
                _(
                    "Giờ rảnh từ %(start)s đến %(end)s chưa đúng: giờ kết thúc phải sau giờ bắt đầu.",
                    start=f"{starts:%H:%M}",
                    end=f"{ends:%H:%M}",
                ),
                field="hours",
            )
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
