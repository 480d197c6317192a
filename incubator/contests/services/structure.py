"""What a contest is made of: divisions with their rules, stages with what they mean per division, prizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...core.text import collapse
from ...models import (
    Award,
    Division,
    Edition,
    Entry,
    PrizeBasis,
    PrizeRecipient,
    PrizeTier,
    Stage,
    StageDivision,
    StageKind,
    StageState,
)
from .. import dossier, eligibility, policies
from .editions import slug_from


def save_division(
    edition: Edition,
    division: Division | None,
    *,
    name: str,
    rules: eligibility.Rules,
    wanted: dossier.Requirements,
    actor: Actor,
    at: datetime,
    slug: str = "",
    name_en: str = "",
    number_prefix: str = "",
) -> Division:
    """Add or change a division. A new one joins every stage of the edition that is still planned."""
    ensure(policies.can_manage(actor, edition))
    name = collapse(name)
    if not name:
        raise Invalid(_("Nhập tên bảng."), field="name")
    others = [d for d in edition.divisions if division is None or d.id != division.id]
    if any(d.name == name for d in others):
        raise Conflict(_("Đã có bảng tên này."), field="name")
    before = division.eligibility if division else None
    if division is None:
        slug = slug or slug_from(name).replace("-", "_")
        if any(d.slug == slug for d in others):
            raise Conflict(_("Đã có bảng dùng mã “%(slug)s”.", slug=slug), field="slug")
        division = Division(edition_id=edition.id, slug=slug, position=len(edition.divisions))
        edition.divisions.append(division)
    division.name, division.name_en = name, name_en
    division.eligibility, division.dossier = eligibility.to_json(rules), dossier.to_json(wanted)
    division.number_prefix = number_prefix.strip().upper()[:10]
    db.session.flush()
    _join_stages(edition, division)
    activity.record(
        "contests.division.saved",
        division,
        actor=actor,
        at=at,
        edition_id=edition.id,
        before={"eligibility": before} if before else None,
        after={"eligibility": division.eligibility},
    )
    return division


def _join_stages(edition: Edition, division: Division) -> None:
    for stage in edition.stages:
        if any(part.division_id == division.id for part in stage.parts):
            continue
        if all(part.state is StageState.PLANNED for part in stage.parts):
            part = StageDivision(stage_id=stage.id, division_id=division.id, state=StageState.PLANNED)
            part.division = division
            stage.parts.append(part)
    db.session.flush()


def delete_division(edition: Edition, division: Division, *, actor: Actor, at: datetime) -> None:
    """Raises Conflict once an entry stands in it; prizes that were its own become everybody's."""
    ensure(policies.can_manage(actor, edition))
    if db.session.scalar(sa.select(Entry.id).where(Entry.division_id == division.id).limit(1)):
        raise Conflict(_("Bảng đã có bài đăng ký nên không xóa được."))
    db.session.execute(sa.delete(StageDivision).where(StageDivision.division_id == division.id))
    db.session.execute(
        sa.update(PrizeTier).where(PrizeTier.division_id == division.id).values(division_id=None)
    )
    activity.record("contests.division.deleted", division, actor=actor, at=at, edition_id=edition.id)
    db.session.delete(division)


@dataclass(frozen=True, slots=True)
class StageInput:
    name: str
    kind: StageKind
    advance: dict[int, int | None]  # division id -> how many go on; a division left out is not in the stage
    name_en: str = ""
    venue: str = ""
    site_id: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    blind: bool = False


def save_stage(
    edition: Edition, stage: Stage | None, data: StageInput, *, actor: Actor, at: datetime
) -> Stage:
    """Add or change a stage and what it means in each division.

    Kind, divisions and quota of a part are only changed while it is planned (`stages.Lock.QUOTA`).
    """
    ensure(policies.can_manage(actor, edition))
    if not collapse(data.name):
        raise Invalid(_("Nhập tên vòng thi."), field="name")
    if data.starts_at and data.ends_at and data.ends_at <= data.starts_at:
        raise Invalid(_("Giờ kết thúc phải sau giờ bắt đầu."), field="ends_at")
    if stage is None:
        position = max((s.position for s in edition.stages), default=0) + 1
        stage = Stage(edition_id=edition.id, position=position, name=data.name, kind=data.kind, settings={})
        stage.parts = []
        edition.stages.append(stage)
    moving = [p for p in stage.parts if p.state is not StageState.PLANNED]
    if moving and data.kind != stage.kind:
        raise Conflict(_("Vòng đã mở nên không đổi cách thi được."), field="kind")
    stage.name, stage.name_en, stage.kind = collapse(data.name), data.name_en, data.kind
    stage.venue, stage.site_id, stage.blind = data.venue, data.site_id, data.blind
    stage.starts_at, stage.ends_at = data.starts_at, data.ends_at
    db.session.flush()
    _set_parts(edition, stage, data.advance)
    activity.record("contests.stage.saved", stage, actor=actor, at=at, edition_id=edition.id)
    return stage


def _set_parts(edition: Edition, stage: Stage, advance: dict[int, int | None]) -> None:
    held = {p.division_id: p for p in stage.parts}
    for division in edition.divisions:
        part = held.get(division.id)
        if division.id in advance and part is None:
            part = StageDivision(stage_id=stage.id, division_id=division.id, state=StageState.PLANNED)
            part.division = division
            stage.parts.append(part)
        if part is None or part.state is not StageState.PLANNED:
            continue
        if division.id in advance:
            part.advance = advance[division.id]
        else:
            _leads_nowhere(edition, stage, division.id)
            stage.parts.remove(part)
            db.session.delete(part)
    db.session.flush()


def _leads_nowhere(edition: Edition, stage: Stage, division_id: int) -> None:
    """`stage` is no longer for this division: if it was the last one, the stage before it cuts nobody off any more."""
    parts = sorted(
        ((s.position, p) for s in edition.stages for p in s.parts if p.division_id == division_id),
        key=lambda pair: pair[0],
    )
    earlier = [p for position, p in parts if position < stage.position]
    if not earlier or any(position > stage.position for position, _part in parts):
        return
    if earlier[-1].state not in (StageState.PLANNED, StageState.OPEN):
        raise Conflict(
            _("Vòng trước đã đóng theo số bài vào vòng này. Mở lại vòng trước rồi mới bỏ vòng này.")
        )
    earlier[-1].advance = None


def delete_stage(edition: Edition, stage: Stage, *, actor: Actor, at: datetime) -> None:
    """Raises Conflict once it was opened in any division."""
    ensure(policies.can_manage(actor, edition))
    if any(p.state is not StageState.PLANNED for p in stage.parts):
        raise Conflict(_("Vòng đã mở nên không xóa được."))
    activity.record("contests.stage.deleted", stage, actor=actor, at=at, edition_id=edition.id)
    for part in list(stage.parts):
        _leads_nowhere(edition, stage, part.division_id)
        db.session.delete(part)
    db.session.flush()
    db.session.delete(stage)


def set_prizes(
    edition: Edition, tiers: Sequence[dict[str, Any]], *, actor: Actor, at: datetime
) -> list[PrizeTier]:
    """The prize structure as a whole, in order. Each tier: id (of a row that stays) and PrizeTier's columns.

    Raises Conflict when a tier of which awards were given would go.
    """
    ensure(policies.can_manage(actor, edition))
    for values in tiers:
        if values["recipient"] is not PrizeRecipient.ENTRY and values["basis"] is not PrizeBasis.MANUAL:
            raise Invalid(
                _(
                    "“%(name)s” trao cho cá nhân hoặc đơn vị nên xét theo “hội đồng chọn”.",
                    name=values["name"],
                ),
                field="tiers",
            )
    held = {
        t.id: t for t in db.session.scalars(sa.select(PrizeTier).where(PrizeTier.edition_id == edition.id))
    }
    kept, rows = set(), []
    for position, values in enumerate(tiers):
        values = dict(values)
        tier_id = values.pop("id", None)
        row = held.get(tier_id) if tier_id else None
        if row is None:
            row = PrizeTier(
                edition_id=edition.id,
                position=position,
                slug=values.pop("slug", "") or slug_from(values["name"], 40),
            )
            db.session.add(row)
        else:
            kept.add(row.id)
        row.position = position
        for key, value in values.items():
            setattr(row, key, value)
        rows.append(row)
    for tier_id, row in held.items():
        if tier_id not in kept:
            _delete_tier(row)
    db.session.flush()
    activity.record(
        "contests.prizes.changed",
        edition,
        actor=actor,
        at=at,
        edition_id=edition.id,
        after={"tiers": len(rows)},
    )
    return rows


def _delete_tier(tier: PrizeTier) -> None:
    if db.session.scalar(sa.select(Award.id).where(Award.tier_id == tier.id).limit(1)):
        raise Conflict(_("Giải “%(name)s” đã trao nên không bỏ khỏi cơ cấu được.", name=tier.name))
    db.session.delete(tier)
