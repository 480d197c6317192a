"""Prizes from the ranking and the prize structure. The council recommends; publication carries the decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...contests import advancing as rules
from ...core import signals
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import (
    Area,
    Award,
    Entry,
    Organisation,
    PrizeBasis,
    PrizeScope,
    PrizeTier,
    Stage,
    StageDivision,
    StageEntry,
    StageState,
)
from .. import policies
from ..queries import ranking
from . import ties


def withhold(
    stage: Stage,
    tier: PrizeTier,
    reason: str,
    *,
    division_id: int,
    actor: Actor,
    at: datetime,
    withheld: bool = True,
) -> None:
    """Leave a prize empty (“không có giải Nhất”), or take that back; the list of prizes is void and drawn up again.

    A prize that each division gives stays empty in `division_id` alone.
    """
    ensure(policies.can_decide(actor, stage.edition_id))
    _ensure_unpublished(
        db.session.scalars(sa.select(StageDivision).where(StageDivision.stage_id == stage.id)).all()
    )
    if withheld and not reason.strip():
        raise Invalid(_("Ghi lý do để trống giải."), field="reason")
    whole = set(stage.settings.get("withheld", ()))
    by_division = dict(stage.settings.get("withheld_in", {}))
    own = set(by_division.get(str(division_id), ()))
    chosen = own if tier.scope is PrizeScope.DIVISION else whole
    if withheld:
        chosen.add(tier.id)
    else:
        chosen.discard(tier.id)
    by_division[str(division_id)] = sorted(own)
    why = dict(stage.settings.get("withheld_why", {}))
    key = f"{division_id}:{tier.id}" if tier.scope is PrizeScope.DIVISION else f":{tier.id}"
    why.pop(key, None)
    if withheld:
        why[key] = reason.strip()
    stage.settings = {
        **stage.settings,
        "withheld": sorted(whole),
        "withheld_in": by_division,
        "withheld_why": why,
    }
    parts = list(db.session.scalars(sa.select(StageDivision).where(StageDivision.stage_id == stage.id)))
    for part in parts:  # the list rests on another structure now: it is drawn up again
        take_back(part, actor=actor, at=at, edition_id=stage.edition_id)
    db.session.flush()
    activity.record(
        "judging.prize.withheld" if withheld else "judging.prize.restored",
        tier,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        reason=reason.strip(),
    )


def draw_up(stage: Stage, *, actor: Actor, at: datetime) -> dict[int, int]:
    """Give the prizes of the last stage: stage entry -> tier. Earlier awards of this stage by rank are replaced.

    Raises Conflict while a division is not decided, a tie at a prize is open, or a band is overfull.
    """
    ensure(policies.can_decide(actor, stage.edition_id))
    parts = list(db.session.scalars(sa.select(StageDivision).where(StageDivision.stage_id == stage.id)))
    _ensure_unpublished(parts)
    if any(p.state is not StageState.DECIDED for p in parts):
        raise Conflict(_("Chốt mọi bảng của vòng này trước khi lập danh sách giải."))
    given: dict[int, int] = {}
    for scope in [*ranking.wider_scopes(stage, parts), *(ranking.division_scope(p, stage) for p in parts)]:
        if not scope.prizes:
            continue
        found = ties.find_in(scope, stage.id, at=at)
        known = ranking.known_of(scope, stage.id)
        free = [p for p in ranking.contenders(scope, known) if p.entry_id not in given]
        result = rules.allocate(free, scope.prizes)
        if result.waiting or found:
            raise Conflict(
                _("Có đồng điểm ở suất giải cuối cùng. Ghi kết quả biểu quyết rồi lập lại danh sách."),
                code="ties",
            )
        if result.overfull:
            raise Conflict(
                _("Số bài đạt mức điểm nhiều hơn số giải. Ban tổ chức chỉnh cơ cấu giải hoặc để trống.")
            )
        given |= dict(result.given)
    _replace(stage, given, actor, at)
    return given


def _ensure_unpublished(parts: Sequence[StageDivision]) -> None:
    """What visitors read changes by a correction with its reason, never from here."""
    if any(p.state is StageState.PUBLISHED for p in parts):
        raise Conflict(_("Kết quả đã công bố. Sửa giải bằng Đính chính ở trang Công bố."), code="published")


def find_ties(stage: Stage, *, at: datetime) -> int:
    """Make rows for the undecided ties at prizes over all divisions, once each division is decided."""
    parts = list(db.session.scalars(sa.select(StageDivision).where(StageDivision.stage_id == stage.id)))
    if any(p.state not in (StageState.DECIDED, StageState.PUBLISHED) or p.advance is not None for p in parts):
        return 0
    return sum(len(ties.find_in(scope, stage.id, at=at)) for scope in ranking.wider_scopes(stage, parts))


def _replace(stage: Stage, given: dict[int, int], actor: Actor, at: datetime) -> None:
    tiers = {t.id for t in ranking.tiers_of(stage.edition_id) if t.basis is not PrizeBasis.MANUAL}
    old = db.session.scalars(
        sa.select(Award).where(
            Award.edition_id == stage.edition_id,
            Award.stage_entry_id.is_not(None),
            Award.revoked_at.is_(None),
            Award.tier_id.in_(tiers),
        )
    ).all()
    standing = {(a.stage_entry_id, a.tier_id) for a in old}
    for award in old:
        if award.stage_entry_id is not None and given.get(award.stage_entry_id) != award.tier_id:
            award.revoked_at = at
            standing.discard((award.stage_entry_id, award.tier_id))
    new = {e: t for e, t in given.items() if (e, t) not in standing}
    ids = _insert(stage, new, actor, at)
    activity.record(
        "judging.awards.drawn_up",
        stage,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        after={"awards": len(given)},
    )
    if ids:
        signals.award_given.send(tuple(ids), actor=actor, at=at)


def take_back(part: StageDivision, *, actor: Actor, at: datetime, edition_id: int) -> None:
    """A stage that is marked again has no prizes: those by rank or band, of all divisions that share a list, go."""
    shared = {t.id for t in ranking.tiers_of(edition_id) if t.scope is not PrizeScope.DIVISION}
    mine = sa.select(StageEntry.id).where(StageEntry.stage_division_id == part.id)
    whole = (
        sa.select(StageEntry.id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .where(StageDivision.stage_id == part.stage_id)
    )
    by_rule = [t.id for t in ranking.tiers_of(edition_id) if t.basis is not PrizeBasis.MANUAL]
    rows = db.session.scalars(
        sa.select(Award).where(
            Award.edition_id == edition_id,
            Award.revoked_at.is_(None),
            Award.tier_id.in_(by_rule),
            sa.or_(
                Award.stage_entry_id.in_(mine),
                sa.and_(Award.tier_id.in_(shared), Award.stage_entry_id.in_(whole)),
            ),
        )
    ).all()
    for award in rows:
        award.revoked_at = at
    if rows:
        activity.record(
            "judging.awards.taken_back",
            part,
            actor=actor,
            at=at,
            edition_id=edition_id,
            before={"awards": len(rows)},
        )


def stage_changed(part_id: int, state: StageState, *, actor: Actor, at: datetime, **_more: object) -> None:
    """Receiver of the contests' signal: a stage that is played again has no prizes either."""
    if state is StageState.OPEN:
        part = db.session.get_one(StageDivision, part_id)
        stage = db.session.get_one(Stage, part.stage_id)
        take_back(part, actor=actor, at=at, edition_id=stage.edition_id)


def _insert(stage: Stage, given: dict[int, int], actor: Actor, at: datetime) -> list[int]:
    """Award rows with the names of bodies and places as they are on this day."""
    rows = db.session.execute(
        sa.select(
            StageEntry.id,
            StageEntry.entry_id,
            Entry.division_id,
            Entry.organisation_id,
            Organisation.name,
            Area.name.label("area"),
        )
        .join(Entry, Entry.id == StageEntry.entry_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .outerjoin(Area, Area.id == Organisation.area_id)
        .where(StageEntry.id.in_(list(given)))
        .order_by(StageEntry.rank, StageEntry.id)
    ).all()
    awards = [
        Award(
            edition_id=stage.edition_id,
            tier_id=given[r.id],
            division_id=r.division_id,
            entry_id=r.entry_id,
            organisation_id=r.organisation_id,
            stage_entry_id=r.id,
            organisation_name=r.name or "",
            area_name=r.area or "",
            by_id=actor.person_id,
            at=at,
        )
        for r in rows
    ]
    db.session.add_all(awards)
    db.session.flush()
    return [a.id for a in awards]
