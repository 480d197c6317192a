"""Needs: proposed from judges' comments or by staff, confirmed by the team, met or dropped."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import (
    Assignment,
    IncubationCase,
    NeedSource,
    NeedState,
    ScoreSheet,
    SheetState,
    SkillTopic,
    StageEntry,
    TeamNeed,
)
from .. import policies
from ..queries.rights import rights_of
from ..reading import topics_named


def propose_from_feedback(
    case: IncubationCase, entry_id: int, *, actor: Actor, at: datetime
) -> list[TeamNeed]:
    """The judges' released comments become proposed needs; a topic is set where a comment names it as words."""
    comments = db.session.scalars(
        sa.select(ScoreSheet.comment)
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .where(
            StageEntry.entry_id == entry_id,
            ScoreSheet.state == SheetState.SUBMITTED,
            ScoreSheet.comment != "",
            ScoreSheet.comment_released_at.is_not(None),
        )
        .order_by(ScoreSheet.id)
    ).all()
    topics = db.session.scalars(sa.select(SkillTopic).where(SkillTopic.retired_at.is_(None))).all()
    words = [(t.id, [t.name, *t.synonyms]) for t in topics]
    found: list[TeamNeed] = []
    named: set[int] = set()
    for comment in dict.fromkeys(comments):
        fresh = [t for t in topics_named(comment, words) if t not in named]
        ids: list[int | None] = [*fresh] if fresh else [None]
        for topic_id in ids:
            named |= {topic_id} if topic_id else set()
            found.append(
                TeamNeed(
                    case_id=case.id,
                    topic_id=topic_id,
                    text=comment[:500],
                    source=NeedSource.FEEDBACK,
                    state=NeedState.PROPOSED,
                    by_id=actor.person_id,
                    created_at=at,
                )
            )
    db.session.add_all(found)
    db.session.flush()
    return found


def add_need(
    case: IncubationCase, *, topic_id: int | None, text: str, priority: int, actor: Actor, at: datetime
) -> TeamNeed:
    """The team adds an open need; staff add a proposed one, which the team confirms."""
    rights = rights_of(case.id)
    ensure(policies.can_speak(actor, rights))
    if topic_id is None and not text:
        raise Invalid(_("Chọn chủ đề hoặc mô tả điều đội cần."), field="topic_id")
    if topic_id is not None and db.session.get(SkillTopic, topic_id) is None:
        raise Invalid(_("Chọn chủ đề trong danh sách."), field="topic_id")
    if priority not in (1, 2, 3):
        raise Invalid(_("Mức cần là 1, 2 hoặc 3."), field="priority")
    own = actor.person_id in rights.speakers
    need = TeamNeed(
        case_id=case.id,
        topic_id=topic_id,
        text=text,
        priority=priority,
        by_id=actor.person_id,
        created_at=at,
        source=NeedSource.TEAM if own else NeedSource.STAFF,
        state=NeedState.OPEN if own else NeedState.PROPOSED,
    )
    db.session.add(need)
    db.session.flush()
    activity.record(
        "mentoring.need.added", need, actor=actor, at=at, after={"topic": topic_id, "priority": priority}
    )
    return need


def settle_need(
    need: TeamNeed,
    state: NeedState,
    *,
    topic_id: int | None = None,
    priority: int | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Confirm (with its topic), meet or drop a need."""
    ensure(policies.can_speak(actor, rights_of(need.case_id)))
    if need.state in (NeedState.MET, NeedState.DROPPED):
        raise Conflict(_("Nhu cầu này đã được giải quyết trước đó."))
    need.topic_id = topic_id or need.topic_id
    if state is NeedState.OPEN and need.topic_id is None:
        raise Invalid(
            _("Chọn chủ đề cho nhu cầu trước khi xác nhận: phép ghép so theo chủ đề."), field="topic_id"
        )
    need.priority = priority or need.priority
    before, need.state = need.state, state
    need.settled_at = at if state in (NeedState.MET, NeedState.DROPPED) else None
    activity.record(
        "mentoring.need.settled", need, actor=actor, at=at, before={"state": before}, after={"state": state}
    )


def confirm_needs(case: IncubationCase, *, actor: Actor, at: datetime) -> None:
    """The team says that its list is complete. At least one need with a topic must stand."""
    ensure(policies.can_speak(actor, rights_of(case.id)))
    states = db.session.execute(
        sa.select(TeamNeed.state, TeamNeed.topic_id).where(TeamNeed.case_id == case.id)
    ).all()
    if any(state is NeedState.PROPOSED for state, _topic in states):
        raise Conflict(_("Còn nhu cầu đề xuất chưa xác nhận hoặc bỏ. Trả lời từng dòng trước."))
    if not any(state is NeedState.OPEN and topic for state, topic in states):
        raise Invalid(_("Cần ít nhất một nhu cầu có chủ đề để ghép cố vấn."))
    case.needs_confirmed_at = at
    activity.record("mentoring.needs.confirmed", case, actor=actor, at=at)
