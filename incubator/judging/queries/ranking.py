"""The ranking of a stage after decisions, who advances, and which prizes it gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from ...contests import advancing as rules
from ...contests import ties
from ...core.db import db
from ...models import (
    Entry,
    PrizeBasis,
    PrizeRecipient,
    PrizeScope,
    PrizeTier,
    Project,
    Stage,
    StageDivision,
    StageEntry,
    TieDecision,
    TieOutcome,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Entries that compete for the same lines: a cut, or prizes of one scope. `part_id` holds its tie decisions."""

    name: str  # "" for a division, "edition", or a field's slug
    part_id: int
    entries: tuple[StageEntry, ...]
    prizes: tuple[rules.Prize, ...] = ()
    cut: int | None = None


def earlier_part(part: StageDivision, stage: Stage) -> StageDivision | None:
    return _neighbour(part, stage, Stage.position < stage.position, Stage.position.desc())


def later_part(part: StageDivision, stage: Stage) -> StageDivision | None:
    return _neighbour(part, stage, Stage.position > stage.position, Stage.position.asc())


def _neighbour(
    part: StageDivision, stage: Stage, where: sa.ColumnElement[bool], order: sa.UnaryExpression[int]
) -> StageDivision | None:
    found: StageDivision | None = db.session.scalar(
        sa.select(StageDivision)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .where(Stage.edition_id == stage.edition_id, StageDivision.division_id == part.division_id, where)
        .order_by(order)
        .limit(1)
    )
    return found


def entries_of(part_ids: Iterable[int]) -> list[StageEntry]:
    """Ranked entries of the parts, as the tabulation wrote them past the session."""
    return list(
        db.session.scalars(
            sa.select(StageEntry)
            .where(StageEntry.stage_division_id.in_(list(part_ids)), StageEntry.rank.is_not(None))
            .order_by(StageEntry.id)
            .execution_options(populate_existing=True)
        )
    )


def placed(entries: Sequence[StageEntry], decisions: Iterable[TieDecision]) -> list[ties.Placed]:
    """The ranking of these entries by their keys, with the decisions applied in the order they were taken."""
    keys = {e.id: e.result.get("key", [e.score_e4 or 0]) for e in entries}
    width = max((len(k) for k in keys.values()), default=1)
    points = {v: Decimal(v) / 10_000 for v in {0, *(v for k in keys.values() for v in k)}}
    padded = {i: tuple(points[v] for v in (*k, *(0,) * (width - len(k)))) for i, k in keys.items()}
    rules_ = (as_rule(d, keys) for d in decisions if d.outcome is not None)
    return ties.decide(ties.rank(padded), [r for r in rules_ if len(r.entry_ids) > 1])


def as_rule(decision: TieDecision, within: Iterable[int] | None = None) -> ties.Decision:
    """A decision as a rule; with `within` only what it says of these entries, in the same order."""
    assert decision.outcome is not None
    kept = frozenset(decision.stage_entry_ids)
    kept = kept if within is None else kept & frozenset(within)
    steps = (tuple(e for e in step if e in kept) for step in decision.order)
    return ties.Decision(kept, decision.outcome, tuple(step for step in steps if step))


def scope_name(decision: TieDecision) -> str:
    """The scope whose line it decides: "" for a division, else what stands behind the boundary's “@”."""
    return decision.boundary.partition("@")[2]


def known_of(scope: Scope, stage_id: int) -> list[TieDecision]:
    """Decisions that speak in this scope: its own, and an order that another scope of the stage has set already.

    Two entries that stand equal are put in order once, wherever that mattered first. A place that was shared is shared
    at its own line only.
    """
    parts = sa.select(StageDivision.id).where(StageDivision.stage_id == stage_id)
    ids = {e.id for e in scope.entries}
    return [
        d
        for d in decisions_of(db.session.scalars(parts))
        if _is_own(d, scope)
        or (d.outcome not in (None, TieOutcome.SHARE) and len(ids & set(d.stage_entry_ids)) > 1)
    ]


def _is_own(decision: TieDecision, scope: Scope) -> bool:
    return decision.stage_division_id == scope.part_id and scope_name(decision) == scope.name


def decisions_of(part_ids: Iterable[int]) -> list[TieDecision]:
    """Living decisions and open ties, oldest first."""
    return list(
        db.session.scalars(
            sa.select(TieDecision)
            .where(TieDecision.stage_division_id.in_(list(part_ids)), TieDecision.voided_at.is_(None))
            .order_by(TieDecision.decided_at, TieDecision.id)
        )
    )


def tiers_of(edition_id: int) -> list[PrizeTier]:
    return list(
        db.session.scalars(
            sa.select(PrizeTier)
            .where(PrizeTier.edition_id == edition_id)
            .order_by(PrizeTier.position, PrizeTier.id)
        )
    )


def as_prize(tier: PrizeTier, withheld: Iterable[int] = ()) -> rules.Prize:
    return rules.Prize(
        tier_id=tier.id,
        name=f"prize:{tier.slug}",
        count=tier.count,
        low=None
        if tier.band_min_e2 is None or tier.basis is not PrizeBasis.BAND
        else Decimal(tier.band_min_e2) / 100,
        high=None
        if tier.band_max_e2 is None or tier.basis is not PrizeBasis.BAND
        else Decimal(tier.band_max_e2) / 100,
        withheld=tier.id in set(withheld),
    )


def withheld_in(stage: Stage, division_id: int) -> set[int]:
    """Prizes that stay empty in a division: by a decision about it, or about the whole stage."""
    own = stage.settings.get("withheld_in", {}).get(str(division_id), ())
    return {*stage.settings.get("withheld", ()), *own}


def why_withheld(stage: Stage, division_id: int) -> dict[int, str]:
    """Prize -> why it stays empty in a division; "" where it was left empty before reasons were kept beside it."""
    why = stage.settings.get("withheld_why", {})
    return {t: why.get(f"{division_id}:{t}") or why.get(f":{t}", "") for t in withheld_in(stage, division_id)}


def _automatic(
    tiers: Sequence[PrizeTier], scope: PrizeScope, division_id: int | None, withheld: Iterable[int]
) -> tuple[rules.Prize, ...]:
    return tuple(
        as_prize(t, withheld)
        for t in tiers
        if t.scope is scope
        and t.basis is not PrizeBasis.MANUAL
        and t.recipient is PrizeRecipient.ENTRY
        and (t.division_id is None or division_id is None or t.division_id == division_id)
    )


def division_scope(part: StageDivision, stage: Stage) -> Scope:
    """The cut of a division, or in its last stage the prizes of the division."""
    entries = tuple(entries_of([part.id]))
    if part.advance is not None:
        return Scope("", part.id, entries, cut=part.advance)
    prizes = _automatic(
        tiers_of(stage.edition_id),
        PrizeScope.DIVISION,
        part.division_id,
        withheld_in(stage, part.division_id),
    )
    return Scope("", part.id, entries, prizes)


def wider_scopes(stage: Stage, parts: Sequence[StageDivision]) -> list[Scope]:
    """Prizes over all divisions of the last stage, and over each field."""
    withheld = stage.settings.get("withheld", ())
    tiers = tiers_of(stage.edition_id)
    parts = sorted(parts, key=lambda p: p.id)
    if not parts:
        return []
    scopes = []
    entries = entries_of([p.id for p in parts])
    whole = _automatic(tiers, PrizeScope.EDITION, None, withheld)
    if whole:
        scopes.append(Scope("edition", parts[0].id, tuple(entries), whole))
    fields = _automatic(tiers, PrizeScope.FIELD, None, withheld)
    if fields:
        of_entry = field_of([e.entry_id for e in entries])
        for name in sorted({f for f in of_entry.values() if f}):
            mine = tuple(e for e in entries if of_entry.get(e.entry_id) == name)
            scopes.append(Scope(name, parts[0].id, mine, fields))
    return scopes


def field_of(entry_ids: Sequence[int]) -> dict[int, str]:
    rows = db.session.execute(
        sa.select(Entry.id, Project.field)
        .join(Project, Project.id == Entry.project_id)
        .where(Entry.id.in_(entry_ids))
    )
    return {r.id: r.field for r in rows}


def lines_of(scope: Scope) -> list[ties.Line]:
    if scope.cut is not None:
        return [ties.Line(rules.CUT, scope.cut)]
    return rules.prize_lines(scope.prizes)


def worthy_of(entries: Iterable[StageEntry]) -> set[int]:
    return {e.id for e in entries if e.result.get("worthy", True)}


def contenders(scope: Scope, decisions: Iterable[TieDecision]) -> list[ties.Placed]:
    """The ranking of those who may advance or win; the others do not take a place."""
    able = worthy_of(scope.entries)
    return placed([e for e in scope.entries if e.id in able], decisions)


def advancing(part: StageDivision) -> set[int]:
    """Stage entries that go on, ties decided."""
    if part.advance is None:
        return set()
    scope = Scope("", part.id, tuple(entries_of([part.id])), cut=part.advance)
    return set(rules.advance(contenders(scope, known_of(scope, part.stage_id)), part.advance).advanced)
