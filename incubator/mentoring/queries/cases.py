"""One case with all that happened to it, from first registration to today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from ...contests.queries import awards
from ...core import clock
from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.together import rows_of
from ...core.web import named
from ...models import (
    AvailabilityRule,
    Award,
    Cohort,
    Commitment,
    CommitmentState,
    Consent,
    ConsentPurpose,
    Edition,
    Entry,
    EntryEvent,
    Feedback,
    IncubationCase,
    MentoringSession,
    Mentorship,
    MetricReport,
    Milestone,
    Person,
    PrizeTier,
    SkillTopic,
    StageChange,
    TeamMember,
    TeamNeed,
    Visibility,
    Wish,
    WishSide,
)
from .. import policies, wording
from ..policies import CaseRights
from .rights import rights_of
from .support import GrantLine, grants_of


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the story."""

    at: datetime
    kind: str
    title: str
    detail: str = ""
    who: str = ""


@dataclass(slots=True)
class Story:
    """All that the page of a case shows."""

    case: IncubationCase
    rights: CaseRights
    moments: list[Moment] = field(default_factory=list)
    needs: Sequence[tuple[TeamNeed, SkillTopic | None]] = ()
    mentorships: Sequence[tuple[Mentorship, Person]] = ()
    sessions: Sequence[tuple[MentoringSession, Mentorship]] = ()
    milestones: Sequence[Milestone] = ()
    metrics: dict[Any, dict[Any, int]] = field(default_factory=dict)
    grants: list[GrantLine] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    topics: Sequence[Any] = ()  # id, parent_id, name, name_en of those in use
    hours: list[tuple[int, time, time]] = field(default_factory=list)  # of the team
    wishes: list[int] = field(default_factory=list)  # mentors, the most wished first
    able: list[tuple[int, str, Any]] = field(default_factory=list)  # mentors of the cohort


def get_case_for(actor: Actor, case_id: int) -> tuple[IncubationCase, CaseRights]:
    """A case that the actor may see. Raises NotFound."""
    case = db.session.scalar(
        sa.select(IncubationCase)
        .where(IncubationCase.id == case_id)
        .options(
            sa.orm.joinedload(IncubationCase.cohort).joinedload(Cohort.programme),
            sa.orm.joinedload(IncubationCase.team),
            sa.orm.joinedload(IncubationCase.project),
        )
    )
    if case is not None:
        rights = rights_of(case_id)
        if policies.can_view_case(actor, rights):
            return case, rights
    raise NotFound(_("Không có hồ sơ ươm tạo này."))


def get_need_for(actor: Actor, need_id: int) -> TeamNeed:
    """A need of a case that the actor may see."""
    need = db.session.get(TeamNeed, need_id)
    if need is None:
        raise NotFound(_("Không có nhu cầu này."))
    get_case_for(actor, need.case_id)
    return need


def cases_of(actor: Actor) -> Sequence[IncubationCase]:
    """Cases of the actor's own teams."""
    return db.session.scalars(
        sa.select(IncubationCase)
        .join(TeamMember, TeamMember.team_id == IncubationCase.team_id)
        .where(TeamMember.person_id == (actor.person_id or 0), TeamMember.valid_to.is_(None))
        .options(sa.orm.joinedload(IncubationCase.cohort), sa.orm.joinedload(IncubationCase.team))
        .order_by(IncubationCase.id.desc())
    ).all()


def story_of(actor: Actor, case_id: int) -> Story:
    """The whole page; twelve statements with the frame around it, however long the story is."""
    case, rights = get_case_for(actor, case_id)
    story = Story(case, rights)
    asked = rows_of(_small_questions(case))
    members, changes, steps, awards, metrics, topics, hours, wishes, able = asked
    story.needs = needs_of(case_id)
    story.mentorships = [
        (m, p)
        for m, p in db.session.execute(
            sa.select(Mentorship, Person)
            .join(Person, Person.id == Mentorship.person_id)
            .where(Mentorship.case_id == case_id)
            .order_by(Mentorship.id)
        )
    ]
    story.sessions = [
        (s, m)
        for s, m in db.session.execute(
            sa.select(MentoringSession, Mentorship)
            .join(Mentorship, Mentorship.id == MentoringSession.mentorship_id)
            .where(Mentorship.case_id == case_id)
            .order_by(MentoringSession.starts_at.desc())
        )
    ]
    story.milestones = db.session.scalars(
        sa.select(Milestone).where(Milestone.case_id == case_id).order_by(Milestone.due_on, Milestone.id)
    ).all()
    for row in sorted(metrics, key=lambda row: row.period):
        story.metrics.setdefault(row.period, {})[row.metric] = row.value
    story.grants = grants_of([case_id]).get(case_id, [])
    story.members = _members(actor, rights, sorted(members, key=lambda row: row.sort_key))
    story.topics = sorted(topics, key=lambda row: row.position)
    story.hours = sorted((row.weekday, row.starts, row.ends) for row in hours)
    story.wishes = [row.person_id for row in sorted(wishes, key=lambda row: row.rank)]
    story.able = [
        (row.id, row.full_name, row.kind) for row in sorted(able, key=lambda row: (row.sort_key, row.id))
    ]
    moments = _moments(story, changes) + _contest_moments(steps, awards)
    story.moments = sorted(moments, key=lambda m: m.at, reverse=True)
    return story


def _small_questions(case: IncubationCase) -> list[Any]:
    """What the page needs by columns; they travel as one statement, in the order that `story_of` unpacks."""
    agreed = sa.exists().where(
        Consent.person_id == Person.id,
        Consent.purpose == ConsentPurpose.INCUBATION,
        Consent.given.is_(True),
        Consent.withdrawn_at.is_(None),
    )
    return [
        sa.select(Person.id, Person.full_name, Person.sort_key, agreed.label("agreed"))
        .join(TeamMember, TeamMember.person_id == Person.id)
        .where(TeamMember.team_id == case.team_id, TeamMember.valid_to.is_(None)),
        sa.select(
            StageChange.at, StageChange.to_stage, StageChange.reason, StageChange.decision, Person.full_name
        )
        .outerjoin(Person, Person.id == StageChange.by_id)
        .where(StageChange.case_id == case.id),
        sa.select(EntryEvent.at, EntryEvent.to_state, Edition.name, Edition.name_en)
        .join(Entry, Entry.id == EntryEvent.entry_id)
        .join(Edition, Edition.id == Entry.edition_id)
        .where(Entry.team_id == case.team_id, EntryEvent.to_state.in_(("submitted", "accepted"))),
        sa.select(
            Award.at,
            PrizeTier.name.label("tier"),
            PrizeTier.name_en.label("tier_en"),
            Edition.name,
            Edition.name_en,
        )
        .join(PrizeTier, PrizeTier.id == Award.tier_id)
        .join(Entry, Entry.id == Award.entry_id)
        .join(Edition, Edition.id == Award.edition_id)
        .where(Entry.team_id == case.team_id, Award.revoked_at.is_(None), awards.is_public(clock.now())),
        sa.select(MetricReport.period, MetricReport.metric, MetricReport.value).where(
            MetricReport.case_id == case.id
        ),
        sa.select(
            SkillTopic.id, SkillTopic.parent_id, SkillTopic.name, SkillTopic.name_en, SkillTopic.position
        ).where(SkillTopic.retired_at.is_(None)),
        sa.select(AvailabilityRule.weekday, AvailabilityRule.starts, AvailabilityRule.ends).where(
            AvailabilityRule.case_id == case.id
        ),
        sa.select(Wish.person_id, Wish.rank).where(Wish.case_id == case.id, Wish.side == WishSide.TEAM),
        sa.select(Person.id, Person.full_name, Person.sort_key, Commitment.kind)
        .join(Commitment, Commitment.person_id == Person.id)
        .where(
            Commitment.cohort_id == case.cohort_id,
            sa.or_(
                Commitment.state == CommitmentState.APPROVED,
                sa.and_(
                    Commitment.state == CommitmentState.PAUSED,
                    Commitment.paused_until <= clock.local(clock.now()).date(),
                ),
            ),
        ),
    ]


def needs_of(case_id: int) -> list[tuple[TeamNeed, SkillTopic | None]]:
    rows = db.session.execute(
        sa.select(TeamNeed, SkillTopic)
        .outerjoin(SkillTopic, SkillTopic.id == TeamNeed.topic_id)
        .where(TeamNeed.case_id == case_id)
        .order_by(TeamNeed.id)
    )
    return [(need, topic) for need, topic in rows]


def _members(actor: Actor, rights: CaseRights, rows: Sequence[Any]) -> list[str]:
    """Names for those inside; mentors see the names that were released for incubation."""
    if policies.can_manage(actor, rights.programme_id) or actor.person_id in rights.members:
        return [row.full_name for row in rows]
    return [
        row.full_name if row.agreed else _("Thành viên %(n)s", n=n) for n, row in enumerate(rows, start=1)
    ]


def _moments(story: Story, changes: Sequence[Any]) -> list[Moment]:
    found = [
        Moment(
            c.at,
            "stage",
            _("Giai đoạn: %(stage)s", stage=wording.STAGES[c.to_stage]),
            " · ".join(
                x
                for x in (
                    wording.own(c.reason),
                    _("Quyết định số %(number)s", number=c.decision) if c.decision else "",
                )
                if x
            ),
            c.full_name or "",
        )
        for c in changes
    ]
    for row, person in story.mentorships:
        found.append(
            Moment(
                row.started_at,
                "mentor",
                _("%(name)s nhận cố vấn", name=person.full_name),
                str(wording.KINDS.get(row.kind, row.kind)),
            )
        )
        if row.ended_at:
            reason = wording.END_REASONS[row.end_reason] if row.end_reason else ""
            found.append(
                Moment(
                    row.ended_at,
                    "mentor",
                    _("%(name)s kết thúc cố vấn", name=person.full_name),
                    f"{reason}. {row.end_note}".strip(". "),
                )
            )
    for session, _m in story.sessions:
        if session.state in ("held", "missed"):
            found.append(
                Moment(
                    session.starts_at,
                    "session",
                    _("Buổi gặp: %(state)s", state=wording.session_state(session)[1]),
                    session.shared_note[:200],
                )
            )
    for line in story.grants:
        found.append(
            Moment(
                line.grant.created_at,
                "support",
                _("Hỗ trợ: %(item)s", item=named(line.item)),
                _("Quyết định số %(number)s", number=line.grant.decision),
            )
        )
    found += [Moment(m.decided_at, "goal", m.title, str(m.note)) for m in story.milestones if m.decided_at]
    return found


def _contest_moments(steps: Sequence[Any], awards: Sequence[Any]) -> list[Moment]:
    """Registration and awards of the team, from the contests."""
    words = {"submitted": _("Gửi đăng ký dự thi"), "accepted": _("Được duyệt dự thi")}
    return [Moment(row.at, "contest", words[str(row.to_state)], named(row)) for row in steps] + [
        Moment(row.at, "award", named(row, "tier"), named(row)) for row in awards
    ]


def feedback_for(
    actor: Actor, session: MentoringSession, rights: CaseRights, manages: bool
) -> list[tuple[Feedback, Person]]:
    """Own feedback, and what the other side of this session allows (a team's other mentor is no side); staff see all."""
    rows = db.session.execute(
        sa.select(Feedback, Person)
        .join(Person, Person.id == Feedback.by_id)
        .where(Feedback.session_id == session.id)
    )
    side = actor.person_id == session.mentorship.person_id or actor.person_id in rights.members
    return [
        (f, p)
        for f, p in rows
        if manages or f.by_id == actor.person_id or (side and f.visible_to is Visibility.BOTH)
    ]
