"""A game as it travels and is stored: JSON in both directions, every value checked on the way in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from incubator.matches.games import (
    HIGH,
    LOW,
    Action,
    ActionKind,
    Aggregate,
    Chain,
    Criterion,
    DropRule,
    Game,
    Kind,
    Phase,
    Points,
    RunRule,
    Scope,
    SpecialWin,
    TimeBonus,
)


def to_json(game: Game) -> dict[str, Any]:
    """As it is stored: plain lists and words, so that it compares equal to what was read back."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(game)))
    return plain


def criterion_from(data: str | Mapping[str, Any]) -> Criterion:
    """Read `"points"`, `"mutual_diff"`, `"average_for"` or the object form with stat, scope, aggregate,
    better."""
    if not isinstance(data, str):
        return Criterion(
            str(data["stat"]),
            Scope(data.get("scope", "overall")),
            Aggregate(data.get("aggregate", "sum")),
            str(data.get("better") or natural_order(str(data["stat"]))),
        )
    stat, scope, aggregate = data, Scope.OVERALL, Aggregate.SUM
    if stat.startswith("mutual_"):
        stat, scope = stat.removeprefix("mutual_"), Scope.MUTUAL
    if stat.startswith("average_"):
        stat, aggregate = stat.removeprefix("average_"), Aggregate.AVERAGE
    return Criterion(stat, scope, aggregate, natural_order(stat))


def natural_order(stat: str) -> str:
    return LOW if stat in ("against", "losses", "special_time", "rating", "lot") else HIGH


def chain_from(data: Mapping[str, Any] | Sequence[Any], base: Chain | None = None) -> Chain:
    if not isinstance(data, Mapping):
        data = {"criteria": data}
    known = base or Chain(())
    criteria = data.get("criteria")
    return Chain(
        tuple(criterion_from(item) for item in criteria) if criteria is not None else known.criteria,
        str(data.get("reapply", known.reapply)),
        tuple(data.get("last", known.last)),
    )


def from_json(data: Mapping[str, Any]) -> Game:
    """Read what `to_json` wrote. Raises RuleError for a game that cannot be played."""
    runs = data.get("runs")
    special = data.get("special")
    game = Game(
        code=str(data["code"]),
        name=str(data["name"]),
        name_en=str(data.get("name_en") or data["name"]),
        kind=Kind(data.get("kind", "duel")),
        actions=tuple(_action(item) for item in data.get("actions", ())),
        phases=tuple(Phase(**item) for item in data.get("phases", ())),
        special=SpecialWin(**special) if special else None,
        points=Points(**data.get("points", {})),
        draws=bool(data.get("draws", False)),
        decided_by=tuple(data.get("decided_by", ("special", "score"))),
        chain=chain_from(data.get("chain", ("points",))),
        drops=tuple(DropRule(**item) for item in data.get("drops", ())),
        walkover=data.get("walkover"),
        withdrawn=str(data.get("withdrawn", "annul")),
        across=str(data.get("across", "average")),
        runs=_run_rule(runs) if runs else None,
    )
    game.check()
    return game


def _action(item: Mapping[str, Any]) -> Action:
    known = dict(item)
    known["kind"] = ActionKind(known.get("kind", "score"))
    known["entered_by"] = tuple(known.get("entered_by", ("referee", "head")))
    return Action(**known)


def _run_rule(item: Mapping[str, Any]) -> RunRule:
    known = dict(item)
    bonus = known.pop("time_bonus", None)
    return RunRule(**known, time_bonus=TimeBonus(**bonus) if bonus else None)
