"""Programmes, cohorts, the tree of topics and the indicators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...contests.services.editions import slug_from
from ...core import clock
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...core.web import named, vn_date
from ...models import Cohort, Indicator, Programme, SkillTopic
from .. import policies, wording
from ..topics import TOPICS


def create_programme(
    name: str,
    slug: str = "",
    *,
    decision: str = "",
    summary: str = "",
    rules: dict[str, Any] | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    actor: Actor,
    at: datetime,
    name_en: str = "",
) -> Programme:
    """A new scheme; its address name comes from its name where none is given."""
    ensure(policies.can_manage(actor) and not policies.only_some_programmes(actor))
    _check_programme(name, rules or {}, starts_on, ends_on)
    row = Programme(
        name=name,
        name_en=name_en,
        slug=slug or _free_slug(Programme, name),
        decision=decision,
        summary=summary,
        rules=rules or {},
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    activity.record("mentoring.programme.created", row, actor=actor, at=at)
    return row


def change_programme(
    row: Programme,
    name: str,
    *,
    decision: str,
    summary: str,
    rules: dict[str, Any],
    starts_on: date | None,
    ends_on: date | None,
    actor: Actor,
    at: datetime,
    name_en: str = "",
) -> None:
    """Rules count from now on: offers that were sent keep their times, mentorships their hours."""
    ensure(policies.can_manage(actor, row.id))
    _check_programme(name, rules, starts_on, ends_on)
    before = {"rules": row.rules, "decision": row.decision, "name": row.name}
    row.name, row.name_en, row.decision, row.summary = name, name_en, decision, summary
    row.rules, row.starts_on, row.ends_on = {**row.rules, **rules}, starts_on, ends_on
    activity.record(
        "mentoring.programme.changed", row, actor=actor, at=at, before=before, after={"rules": row.rules}
    )


def _check_programme(name: str, rules: dict[str, Any], starts_on: date | None, ends_on: date | None) -> None:
    if not name:
        raise Invalid(_("Nhập tên chương trình."), field="name")
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid(_("Ngày kết thúc của chương trình không trước ngày bắt đầu."), field="ends_on")
    if "places" in rules and not rules["places"]:
        raise Invalid(_("Chọn ít nhất một loại cố vấn cho mỗi đội."), field="places")
    if rules.get("remind_days", 0) >= rules.get("offer_days", 1_000):
        raise Invalid(_("Ngày nhắc phải trước hạn trả lời lời mời."), field="remind_days")


def create_cohort(
    programme: Programme,
    name: str,
    slug: str = "",
    *,
    year: int,
    starts_on: date,
    ends_on: date,
    actor: Actor,
    at: datetime,
    name_en: str = "",
) -> Cohort:
    ensure(policies.can_manage(actor, programme.id))
    _check_cohort(name, starts_on, ends_on)
    row = Cohort(
        programme_id=programme.id,
        name=name,
        name_en=name_en,
        slug=slug or _free_slug(Cohort, name),
        year=year,
        starts_on=starts_on,
        ends_on=ends_on,
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    activity.record("mentoring.cohort.created", row, actor=actor, at=at)
    return row


def change_cohort(
    row: Cohort,
    name: str,
    *,
    year: int,
    starts_on: date,
    ends_on: date,
    actor: Actor,
    at: datetime,
    name_en: str = "",
) -> None:
    ensure(policies.can_manage(actor, row.programme_id))
    _check_cohort(name, starts_on, ends_on)
    before = {"name": row.name, "dates": [row.starts_on.isoformat(), row.ends_on.isoformat()]}
    row.name, row.name_en, row.year, row.starts_on, row.ends_on = name, name_en, year, starts_on, ends_on
    activity.record("mentoring.cohort.changed", row, actor=actor, at=at, before=before)


def _check_cohort(name: str, starts_on: date, ends_on: date) -> None:
    if not name:
        raise Invalid(_("Nhập tên khóa."), field="name")
    if ends_on < starts_on:
        raise Invalid(_("Ngày kết thúc của khóa không trước ngày bắt đầu."), field="ends_on")


def _free_slug(model: type[Programme] | type[Cohort], name: str) -> str:
    """The name as an address, numbered where it is taken."""
    stem = slug_from(name) or "moi"
    taken = set(db.session.scalars(sa.select(model.slug).where(model.slug.startswith(stem))))
    return next(s for s in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)


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


def check_running(cohort: Cohort, *, actor: Actor, at: datetime) -> None:
    """Nobody applies to a cohort that is over; staff may still add who was forgotten. Raises Conflict."""
    if cohort.ends_on < clock.local(at).date() and not policies.can_manage(actor, cohort.programme_id):
        raise Conflict(
            _(
                "%(cohort)s đã kết thúc ngày %(day)s. Xem khóa đang mở ở trang Ươm tạo.",
                cohort=named(cohort),
                day=vn_date(cohort.ends_on),
            )
        )


def set_indicator(
    programme: Programme,
    name: str,
    *,
    year: int,
    target: int,
    unit: str = "",
    unit_en: str = "",
    counts: str = "",
    done: int | None = None,
    last_year: int | None = None,
    as_of: date | None = None,
    source: str = "",
    name_en: str = "",
    position: int = 0,
    indicator_id: int | None = None,
    actor: Actor,
    at: datetime,
) -> Indicator:
    """A target of a year, with what is reported where nothing is computed."""
    ensure(policies.can_manage(actor, programme.id))
    if counts and counts not in wording.COUNTS:
        raise Invalid(_("Chọn cách tính trong danh sách."), field="counts")
    if target <= 0:
        raise Invalid(_("Chỉ tiêu là số dương."), field="target")
    same = db.session.scalar(
        sa.select(Indicator).where(
            Indicator.programme_id == programme.id, Indicator.year == year, Indicator.name == name
        )
    )
    if indicator_id is not None and same is not None and same.id != indicator_id:
        raise Conflict(_("Năm %(year)s đã có chỉ tiêu “%(name)s”.", year=year, name=name), field="name")
    row = db.session.get(Indicator, indicator_id) if indicator_id is not None else same
    row = row or Indicator(programme_id=programme.id, year=year, name=name)
    row.year, row.name = year, name
    before = {"target": row.target, "done": row.done} if row.id else None
    row.target, row.unit, row.unit_en, row.counts = target, unit, unit_en, counts
    row.done, row.last_year = done, last_year
    row.as_of, row.source, row.name_en, row.position = as_of, source, name_en, position or row.position or 0
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


def remove_indicator(row: Indicator, *, actor: Actor, at: datetime) -> None:
    """Take an indicator off the year's list; the trail keeps what it said."""
    ensure(policies.can_manage(actor, row.programme_id))
    activity.record(
        "mentoring.indicator.removed",
        row,
        actor=actor,
        at=at,
        before={"name": row.name, "target": row.target, "done": row.done},
    )
    db.session.delete(row)


def topics() -> Sequence[SkillTopic]:
    return db.session.scalars(
        sa.select(SkillTopic).where(SkillTopic.retired_at.is_(None)).order_by(SkillTopic.position)
    ).all()
