"""Runs: one team alone on the field, several attempts, points and time.

A no-show run is worth nothing and never better than one that took place; a run ordered again (`replaced`)
counts not at
all. Times are milliseconds; a missing time sorts last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import inf

from incubator.matches.games import Action, ActionKind, Game, RunRule
from incubator.matches.refusals import RuleError

AGGREGATES = ("best", "sum", "average", "last", "best_second_time")


@dataclass(frozen=True, slots=True)
class RunScore:
    """One attempt as it counts. `total` is points with time points; `time` in milliseconds or None."""

    attempt: int
    total: int = 0
    time: int | None = None
    no_show: bool = False
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class RunRow:
    """A team's place. `rank` is None while no attempt has been made; `key` is what was compared, better
    first."""

    team: Hashable
    rank: int | None
    points: Fraction
    time: int | None
    attempts: tuple[RunScore, ...]
    tied: bool = False
    key: tuple[Fraction | float, ...] = field(default=())

    @property
    def complete(self) -> bool:
        return bool(self.attempts)


def score(game: Game, values: Mapping[str, int], time: int | None, *, attempt: int = 1) -> RunScore:
    """Points of one run from counters by action code. Raises for unknown or impossible values."""
    rule = game.runs
    if rule is None:
        raise RuleError("runs_without_rule")
    total = 0
    for code, count in values.items():
        action = game.action(code)
        _check_count(action, count)
        total += action.points * count
    if time is not None and not 0 <= time <= rule.seconds * 1000:
        raise RuleError("time_impossible", seconds=rule.seconds, given=time)
    return RunScore(attempt, total + _time_points(game, rule, values, time), time)


def _check_count(action: Action, count: int) -> None:
    if count < 0 or (action.most is not None and count > action.most):
        raise RuleError("count_impossible", action=action, most=action.most, given=count)


def _time_points(game: Game, rule: RunRule, values: Mapping[str, int], time: int | None) -> int:
    bonus = rule.time_bonus
    if bonus is None or time is None:
        return 0
    tasks = [action for action in game.actions if action.kind is ActionKind.TASK]
    complete = all(values.get(action.code, 0) >= (action.most or 1) for action in tasks)
    if bonus.only_complete and not complete:
        return 0
    limit = rule.seconds * 1000
    return bonus.most * (limit - time) // limit


def ranking(
    runs: Mapping[Hashable, Sequence[RunScore]],
    rule: RunRule,
    *,
    decisions: Iterable[Sequence[Hashable]] = (),
) -> list[RunRow]:
    """All teams in order. What points and time leave level shares its rank unless a decision orders that
    very set."""
    if rule.aggregate not in AGGREGATES:
        raise RuleError("unknown_aggregate", aggregate=rule.aggregate)
    keyed: dict[tuple[Fraction | float, ...], list[Hashable]] = defaultdict(list)
    kept = {team: tuple(run for run in own if not run.replaced) for team, own in runs.items()}
    waiting = sorted((team for team, own in kept.items() if not own), key=str)
    for team, own in kept.items():
        if own:
            keyed[_key(own, rule)].append(team)
    settled = {frozenset(order): list(order) for order in decisions}
    rows: list[RunRow] = []
    for key in sorted(keyed):
        level = keyed[key]
        order = settled.get(frozenset(level), sorted(level, key=str))
        shared = len(level) > 1 and frozenset(level) not in settled
        first = len(rows) + 1
        for n, team in enumerate(order):
            points, time = _shown(kept[team], rule)
            rank = first if shared else first + n
            rows.append(RunRow(team, rank, points, time, kept[team], shared, key))
    return rows + [RunRow(team, None, Fraction(0), None, ()) for team in waiting]


def _key(runs: Sequence[RunScore], rule: RunRule) -> tuple[Fraction | float, ...]:
    """Ascending is better. Teams that never appeared come after all others."""
    shown = [run for run in runs if not run.no_show]
    if not shown:
        return (inf,)
    points, time = _shown(runs, rule)
    late = inf if time is None else time
    key: list[Fraction | float] = [-points]
    if rule.aggregate == "best_second_time":
        second = sorted((-run.total, _late(run)) for run in shown)[1:2]
        key += [Fraction(second[0][0])] if second else [Fraction(0)]
    if rule.shorter_time_breaks:
        key.append(late)
    return tuple(key)


def _late(run: RunScore) -> float:
    return inf if run.time is None else run.time


def _shown(runs: Sequence[RunScore], rule: RunRule) -> tuple[Fraction, int | None]:
    """Points and time that stand for a team under the rule."""
    shown = [run for run in runs if not run.no_show]
    if not shown:
        return Fraction(0), None
    best = min(shown, key=lambda run: (-run.total, _late(run)))
    times = [run.time for run in shown]
    whole = None if None in times else sum(time for time in times if time is not None)
    match rule.aggregate:
        case "sum":
            return Fraction(sum(run.total for run in shown)), whole
        case "average":
            return Fraction(sum(run.total for run in runs), len(runs)), whole
        case "last":
            last = max(runs, key=lambda run: run.attempt)
            return (Fraction(0), None) if last.no_show else (Fraction(last.total), last.time)
    return Fraction(best.total), best.time
