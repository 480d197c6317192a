"""The stages where unequal hours bind, by sets of places (`patterns`): coverage, the floor, the total, the tie-break."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from .coverage import Ints, Matching, counts, cover
from .floors import floor_bound
from .flow import total
from .limits import Limits, floor_of, partner_best
from .model import Search
from .optimum import Outcome, Stage, coverage_stages, spare_rows
from .patterns import SCALE, Patterns, Prices

SHARE = 0.6
"""Of the time left, what one stage may take."""
LEFT_FOR_TIE = 0.2
TRIES = 12.0
"""Seconds of one try at an answer with a given floor."""


@dataclass(frozen=True)
class Settled:
    """The best answer found, a bound on every answer (below 0: there is none), and what the program learned."""

    best: Matching | None
    bound: int
    patterns: Patterns
    prices: Prices


def packs(limits: Limits) -> bool:
    """Whether hours bind and the sets of places are few enough to look at."""
    return limits.instance.hours_bind and Patterns(_search(limits), np.zeros(0, dtype=np.int64)).fits


def packed(limits: Limits, until: float) -> Outcome | None:
    """All stages; None where no answer was found that covers what can be covered."""
    start = packed_coverage(limits, until - (until - time.monotonic()) * (1 - SHARE))
    if start is None:
        return None
    seen: Settled | None
    covered, stages, seen = start
    limits = replace(limits, spare=spare_rows(limits.instance, covered))
    if limits.instance.floor:
        covered, stage, seen = packed_floor(limits, covered, until - (until - time.monotonic()) * (1 - SHARE))
        limits = replace(limits, floor=stage.value)
        stages.append(stage)
    chosen, values = packed_total(limits, covered, until, seen)
    return Outcome(chosen.mate, tuple(stages + values), "search", None)


def _search(limits: Limits) -> Search:
    allowed = limits.instance.allowed & (partner_best(limits.instance) >= limits.floor)
    search = Search(limits, allowed, capacity=False)
    if limits.floor:
        search.floor_at_least(limits.floor)
    return search


def settled(
    limits: Limits,
    weight: Ints,
    known: Matching | None,
    until: float,
    *,
    first: bool = False,
    before: Settled | None = None,
) -> Settled:
    """The largest sum of `weight` (with `first`: any answer): among few sets, then more, then among pairs.

    `before` is an earlier look at the same limits and weights: its program need not be solved again.
    """
    if before is not None:
        patterns, prices = before.patterns, before.prices
    else:
        search = _search(limits)
        patterns = Patterns(search, search.weighted(weight))
        patterns.start(known)
        prices = patterns.bound(until)
    goal = patterns.goal[: patterns.pairs]
    top = most = prices.scaled // SCALE
    best, gap = known, max(60, top // 4000)
    while most >= 0 and time.monotonic() < until:
        value = -1 if best is None else total(weight, best)
        if value >= most or (first and best is not None):
            break
        gap = min(gap, top - value)
        sets = patterns.within(prices, prices.scaled - (top - gap) * SCALE)
        if sets is None:
            found, most = _among_pairs(limits, weight, patterns, prices, best, most, until, first)
            best = found or best
            break
        more = {value + 1: goal} if value >= 0 else {}
        found, ended = patterns.whole(sets, goal, more, until - time.monotonic(), first=first)
        best = found or best
        if not ended:
            break
        value = -1 if best is None else total(weight, best)
        most = max(value, top - gap - 1) if value < top - gap else value
        gap *= 2 if best is None else 4
    return Settled(best, most, patterns, prices)


def _among_pairs(
    limits: Limits,
    weight: Ints,
    patterns: Patterns,
    prices: Prices,
    best: Matching | None,
    most: int,
    until: float,
    first: bool,
) -> tuple[Matching | None, int]:
    """Where the sets are too many: branch and cut over the pairs that are left."""
    value = -1 if best is None else total(weight, best)
    gap = prices.scaled - (value + 1) * SCALE
    search = Search(limits, limits.instance.allowed & patterns.pairs_within(prices, gap))
    if limits.floor:
        search.floor_at_least(limits.floor)
    if value >= 0:
        search.rows.at_least(search.weighted(weight), value + 1)
    answer = search.best(search.weighted(weight), until - time.monotonic(), first=first)
    bound = most if answer.bound is None else min(most, answer.bound)
    if answer.proved and answer.matching is None:  # nothing better among the pairs that a better answer has
        bound = value
    return answer.matching, max(value, bound)


def packed_coverage(limits: Limits, until: float) -> tuple[Matching, list[Stage], Settled] | None:
    """As many places as possible class by class; None where no answer reaches what the bounds allow."""
    instance = limits.instance
    relaxed = cover(instance.allowed, instance.heads, instance.level)
    assert relaxed is not None
    easy = counts(relaxed, instance.level)
    search = Search(limits, instance.allowed, capacity=False)
    every = np.bincount(instance.level, minlength=len(easy))
    bound = every.copy()
    for level in np.flatnonzero(every):
        if (bound[:level] == easy[:level]).all():  # else the classes before leave more for this one
            bound[level] = easy[level]
        if level or bound[level] < every[level]:
            patterns = Patterns(search, search.level_sum(int(level)))
            patterns.start(None)
            bound[level] = min(int(bound[level]), patterns.bound(until).scaled // SCALE)
            if bound[level] < 0:
                return None
        search.rows.at_least(search.level_sum(int(level)), int(bound[level]))
    wanted = replace(limits, spare=(every - bound).astype(np.int64))
    found = settled(wanted, instance.value, None, until, first=True)
    if found.best is None:
        return None
    return found.best, coverage_stages(instance, found.best, bound), found


def packed_floor(limits: Limits, covered: Matching, until: float) -> tuple[Matching, Stage, Settled | None]:
    """A matching with the same counts and the highest lowest team sum, with its bound and the look that found it."""
    instance = limits.instance
    most = counts(covered, instance.level)
    if not most.sum():
        return covered, Stage("floor", 0, 0), None
    best, value = covered, floor_of(instance, covered)
    bound = floor_bound(instance, most, covered)
    step, unknown, seen = bound, bound + 1, None
    while value < bound and step > value and time.monotonic() < until:
        soon = min(until, time.monotonic() + max(TRIES, (until - time.monotonic()) / 2))
        found = settled(replace(limits, floor=step), instance.value, None, soon, first=True)
        if found.best is not None:
            best, value = found.best, floor_of(instance, found.best)
            seen = found if value == step else None
        elif found.bound < 0:
            bound, unknown = step - 1, min(unknown, step)
        else:
            unknown = step
        step = (value + min(bound, unknown - 1) + 1) // 2
    return best, Stage("floor", value, bound), seen


def packed_total(
    limits: Limits, covered: Matching, until: float, seen: Settled | None
) -> tuple[Matching, list[Stage]]:
    """The largest total, then the tie-break; `seen` is a look at the same limits."""
    instance = limits.instance
    soon = until - (until - time.monotonic()) * LEFT_FOR_TIE
    found = settled(limits, instance.value, covered, soon, before=seen)
    best = found.best or covered
    value = total(instance.value, best)
    chosen, proved = _tied(limits, found, value, until)
    best = chosen or best
    tie = total(instance.tie, best)
    most = tie if proved else int(np.where(instance.allowed, instance.tie, 0).max(axis=1, initial=0).sum())
    return best, [Stage("total", value, max(value, found.bound)), Stage("tie", tie, most)]


def _tied(limits: Limits, found: Settled, value: int, until: float) -> tuple[Matching | None, bool]:
    """Of the answers with this total the one with the largest tie-break, and whether that is proved."""
    instance = limits.instance
    if found.bound > value:
        return None, False
    gap = found.prices.scaled - value * SCALE
    sets, search = found.patterns.within(found.prices, gap), found.patterns.search
    if sets is not None:
        goal = {value: search.weighted(instance.value)}
        return found.patterns.whole(sets, search.weighted(instance.tie), goal, until - time.monotonic())
    near = Search(limits, instance.allowed & found.patterns.pairs_within(found.prices, gap))
    if limits.floor:
        near.floor_at_least(limits.floor)
    near.rows.at_least(near.weighted(instance.value), value)
    answer = near.best(near.weighted(instance.tie), until - time.monotonic())
    return answer.matching, answer.proved
