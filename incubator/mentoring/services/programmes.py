"""Programmes, cohorts, the tree of topics and the indicators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Invalid
from ...core.i18n import _
from ...models import Cohort, Indicator, Programme, SkillTopic
from .. import policies
from ..topics import TOPICS


def create_programme(
    name: str, slug: str, *, decision: str = "", summary: str = "", rules: dict[str, Any] | None = None,
    starts_on: date | None = None, ends_on: date | None = None, actor: Actor, at: datetime, name_en: str = "",
) -> Programme:  # fmt: skip
    ensure(policies.can_manage(actor))
    if not name or not slug:
        raise Invalid(_("Nhập tên chương trình."), field="name")
    row = Programme(
        name=name, name_en=name_en, slug=slug, decision=decision, summary=summary, rules=rules or {},
        starts_on=starts_on, ends_on=ends_on, created_at=at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    activity.record("mentoring.programme.created", row, actor=actor, at=at)
    return row


def create_cohort(
    programme: Programme, name: str, slug: str, *, year: int, starts_on: date, ends_on: date, actor: Actor,
    at: datetime, name_en: str = "",
) -> Cohort:  # fmt: skip
    ensure(policies.can_manage(actor, programme.id))
    if ends_on < starts_on:
        raise Invalid(_("Ngày kết thúc của khóa không trước ngày bắt đầu."), field="ends_on")
    row = Cohort(
        programme_id=programme.id, name=name, name_en=name_en, slug=slug, year=year, starts_on=starts_on,
        ends_on=ends_on, created_at=at,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    activity.record("mentoring.cohort.created", row, actor=actor, at=at)
    return row


def install_topics() -> int:
    """Write the fixed tree of topics; existing ones keep their ids. Returns how many there are."""
    known = {row.slug: row for row in db.session.scalars(sa.select(SkillTopic))}
    for position, (slug, parent, kind, name, name_en, synonyms) in enumerate(TOPICS):
        row = known.get(slug)
        if row is None:
            row = known[slug] = SkillTopic(slug=slug)
            db.session.add(row)
        row.name, row.name_en, row.kind, row.synonyms, row.position = (
            name,
            name_en,
            kind,
            list(synonyms),
            position,
        )
        row.parent_id = known[parent].id if parent else None
        db.session.flush()
    return len(TOPICS)


def set_indicator(
    programme: Programme, name: str, *, year: int, target: int, unit: str = "", counts: str = "", done: int | None = None,
    last_year: int | None = None, as_of: date | None = None, source: str = "", name_en: str = "", position: int = 0,
    actor: Actor, at: datetime,
) -> Indicator:  # fmt: skip
    """A target of a year, with what is reported where nothing is computed."""
    ensure(policies.can_manage(actor, programme.id))
    if target <= 0:
        raise Invalid(_("Chỉ tiêu là số dương."), field="target")
    row = db.session.scalar(
        sa.select(Indicator).where(
            Indicator.programme_id == programme.id, Indicator.year == year, Indicator.name == name
        )
    ) or Indicator(programme_id=programme.id, year=year, name=name)
    before = {"target": row.target, "done": row.done} if row.id else None
    row.target, row.unit, row.counts, row.done, row.last_year = target, unit, counts, done, last_year
    row.as_of, row.source, row.name_en, row.position = as_of, source, name_en, position
    db.session.add(row)
    db.session.flush()
    activity.record(
        "mentoring.indicator.set",
        row,
        actor=actor,
        at=at,
        before=before,
        after={"target": target, "done": done},
    )
    return row


def topics() -> Sequence[SkillTopic]:
    return db.session.scalars(
        sa.select(SkillTopic).where(SkillTopic.retired_at.is_(None)).order_by(SkillTopic.position)
    ).all()
