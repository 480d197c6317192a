"""The staged optimum under limits that cross: a team's sum, unequal hours, one mentor for two places.

Every stage has a bound from prices (`pricing` for teams of two places, flow for the rest). A pair whose price
says that it costs more than the gap between bound and answer is in no better answer, so the model (CP-SAT,
whole numbers) sees few pairs: start with a small gap, and widen it until the answer proves itself.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from .coverage import NOBODY, Bools, Ints, Matching, counts, cover
from .duos import Rules, fits_duos
from .flow import Prices as Duals
from .flow import best_assignment, prices, total
from .instance import Instance, Pin
from .limits import Limits, doubles, partner_best
from .model import Answer, Search
from .optimum import Outcome, Stage, coverage_stages, spare_rows, value_stages
from .pricing import SCALE, SCALE_BITS, Bound, Goal, Prices, Pricing

SLICE = 10.0
"""Seconds of a search before it starts again with what it has learned."""
LEFT_FOR_TIE = 0.2
"""The share of the time that the total leaves for the tie-break."""
FIRST_PAIRS = (6, 20)
"""How many of a place's best pairs the first tries at coverage see."""


def searched_optimum(instance: Instance, seconds: float) -> Outcome:
    """All stages under crossing limits; a stage that ran out of time keeps its bound beside its value."""
    until = time.monotonic() + seconds
    limits = Limits(instance, doubles(instance))
    if instance.hours_bind:
        from .packing import packed, packs

        if packs(limits):
            found = packed(limits, until)
            if found is not None:
                return found
    covered, stages = _coverage(limits, until)
    limits = replace(limits, spare=spare_rows(instance, covered))
    if instance.floor:
        from .floors import sum_floor

        covered, stage = sum_floor(limits, covered, until)
        limits = replace(limits, floor=stage.value)
        stages.append(stage)
    chosen, values, price = _dearest(limits, covered, until)
    return Outcome(chosen.mate, tuple(stages + values), "search", price)


def _coverage(limits: Limits, until: float) -> tuple[Matching, list[Stage]]:
    """The flow's counts bound each class; where crossing limits spoil its answer, search class by class."""
    instance = limits.instance
    relaxed = cover(instance.allowed, instance.heads, instance.level)
    assert relaxed is not None
    if limits.kept(relaxed):
        return relaxed, coverage_stages(instance, relaxed)
    bound = counts(relaxed, instance.level)
    for most in FIRST_PAIRS:
        found = _all_at_once(limits, _best_pairs(instance, most), bound, until)
        if found is not None:
            return found, coverage_stages(instance, found, bound)
    return _class_by_class(limits, bound, until)


def _best_pairs(instance: Instance, most: int) -> Bools:
    """The best pairs of every row, and every pair that is pinned."""
    if instance.allowed.shape[1] <= most:
        return instance.allowed
    value = np.where(instance.allowed, instance.value, -1)
    edge = np.partition(value, -most, axis=1)[:, -most]
    near = instance.allowed & (value >= edge[:, None])
    for pin in instance.pins:
        near[list(pin.rows), pin.mentor] = instance.allowed[list(pin.rows), pin.mentor]
    return np.asarray(near)


def _all_at_once(limits: Limits, allowed: Bools, wanted: Ints, until: float) -> Matching | None:
    """An answer with the wanted counts in every class, from these pairs; None where none was found."""
    instance = limits.instance
    if time.monotonic() > until:
        return None
    every = np.bincount(instance.level, minlength=len(wanted))
    search = Search(replace(limits, spare=(every - wanted).astype(np.int64)), allowed)
    return search.best(None, (until - time.monotonic()) / 4).matching


def _class_by_class(limits: Limits, most: Ints, until: float) -> tuple[Matching, list[Stage]]:
    instance = limits.instance
    search, bound = Search(limits, instance.allowed), most.copy()
    best: Matching | None = None
    for level in range(len(bound)):
        answer = search.best(search.level_sum(level), (until - time.monotonic()) / 2, best)
        if answer.matching is None:
            break
        best = answer.matching
        reached = int(counts(best, instance.level)[level])
        proved = int(bound[level]) if answer.bound is None else min(int(bound[level]), answer.bound)
        bound[level] = reached if answer.proved else proved
        search.rows.at_least(search.level_sum(level), reached)
    best = best or Matching.empty(instance.rows, len(instance.heads))
    return best, coverage_stages(instance, best, bound)


def _dearest(limits: Limits, known: Matching, until: float) -> tuple[Matching, list[Stage], Ints | None]:
    """The largest total, then the tie-break."""
    instance = limits.instance
    assert limits.spare is not None
    allowed = instance.allowed & (partner_best(instance) >= limits.floor)
    weight = instance.weight()
    relaxed = best_assignment(weight, allowed, instance.heads, instance.level, limits.spare)
    dual = None
    if relaxed is not None:
        dual = prices(weight, allowed, instance.heads, instance.level, limits.spare, relaxed)
    if relaxed is not None and dual is not None and limits.kept(relaxed):
        return relaxed, value_stages(instance, relaxed, dual.bound), dual.mentor >> instance.tie_shift
    bound = _bound(limits, allowed, known, until, None if dual is None else _start(limits, dual))
    if bound.found is not None and total(instance.value, bound.found) > total(instance.value, known):
        known = bound.found
    settle = _filling_up if instance.hours_bind else _widening
    best, proved = settle(limits, allowed, bound, known, until - (until - time.monotonic()) * LEFT_FOR_TIE)
    value = total(instance.value, best)
    answer = _tied(limits, allowed & bound.within(value), best, until)
    chosen = answer.matching or best
    value, tie = total(instance.value, chosen), total(instance.tie, chosen)
    most = tie
    if not answer.proved or proved != value:
        every = int(np.where(allowed, instance.tie, 0).max(axis=1, initial=0).sum())
        most = every if answer.bound is None else min(every, answer.bound)
    stages = [Stage("total", value, proved), Stage("tie", tie, most)]
    return chosen, stages, bound.prices.mentor // SCALE


def _tied(limits: Limits, near: Bools, best: Matching, until: float) -> Answer:
    """The largest tie-break among the answers with the total of `best`, all of whose pairs are in `near`.

    Most teams have nothing left to choose; they keep their mentors and the model holds the rest only.
    """
    instance = limits.instance
    free = _with_a_choice(limits, near)
    part = _without(limits, best, free)
    if not free.any():
        return Answer(best, None, True)
    search = _limited(part, near[free])
    rest = Matching(best.mate[free], _loads(best.mate[free], len(instance.heads)))
    search.rows.at_least(search.weighted(part.instance.value), total(part.instance.value, rest))
    answer = search.best(search.weighted(part.instance.tie), until - time.monotonic(), rest)
    if answer.matching is None:
        return answer
    mate = best.mate.copy()
    mate[free] = answer.matching.mate
    fixed = int(instance.tie[~free, best.mate[~free]].sum())
    most = None if answer.bound is None else answer.bound + fixed
    return Answer(Matching(mate, _loads(mate, len(instance.heads))), most, answer.proved)


def _with_a_choice(limits: Limits, near: Bools) -> Bools:
    """Rows of teams that are not yet settled: a place may stay empty, has several mentors left, or a pair to seat."""
    instance = limits.instance
    open_ = ~limits.must_fill() | (near.sum(axis=1) != 1)
    for pin in instance.pins:
        open_[list(pin.rows)] = True
    teams = np.zeros(int(instance.team.max(initial=-1)) + 1, dtype=bool)
    teams[instance.team[open_]] = True
    return np.asarray(teams[instance.team])


def _without(limits: Limits, best: Matching, free: Bools) -> Limits:
    """The limits of the free rows once the others keep what they have in `best`."""
    instance, settled = limits.instance, best.mate[~free]
    spent = np.zeros(len(instance.heads), dtype=np.int64)
    np.add.at(spent, settled, instance.row_hours[~free])
    number = np.cumsum(free) - 1
    part = replace(
        instance,
        team=np.unique(instance.team[free], return_inverse=True)[1],
        place=instance.place[free],
        level=instance.level[free],
        score=instance.score[free],
        value=instance.value[free],
        tie=instance.tie[free],
        allowed=instance.allowed[free],
        heads=instance.heads - _loads(settled, len(instance.heads)),
        hours=np.where(instance.hours < 0, instance.hours, instance.hours - spent),
        row_hours=instance.row_hours[free],
        pins=tuple(Pin(tuple(int(number[r]) for r in pin.rows), pin.mentor) for pin in instance.pins),
    )
    return replace(limits, instance=part, doubles=doubles(part))


def _loads(mate: Ints, mentors: int) -> Ints:
    return np.bincount(mate[mate != NOBODY], minlength=mentors).astype(np.int64)


def _limited(limits: Limits, allowed: Bools) -> Search:
    search = Search(limits, allowed)
    search.floor_at_least(limits.floor)
    return search


def _start(limits: Limits, dual: Duals) -> Prices:
    """The flow's prices, where sums of teams are left out: most teams choose by them what they get in the end."""
    down = limits.instance.tie_shift - SCALE_BITS
    mentor, level = dual.mentor >> down, np.zeros(len(dual.idle), dtype=np.int64)
    assert limits.spare is not None
    waits = np.flatnonzero(limits.spare)
    level[waits] = -(dual.idle[waits] >> down)
    return Prices(mentor, np.zeros_like(mentor), level)


def _bound(limits: Limits, allowed: Bools, known: Matching, until: float, start: Prices | None) -> Bound:
    """What no total can pass, with the price of every pair."""
    instance = limits.instance
    if fits_duos(instance):
        return Pricing(limits, total_goal(limits, instance.value, allowed)).bound([known], until, start)
    assert limits.spare is not None
    idle = Prices(*(np.zeros(n, dtype=np.int64) for n in (len(instance.heads), len(instance.heads), 0)))
    setting = (instance.value, allowed, instance.heads, instance.level, limits.spare)
    relaxed = best_assignment(*setting)
    if relaxed is None:
        every = int(np.where(allowed, instance.value, 0).max(axis=1, initial=0).sum())
        return Bound(every, every * SCALE, np.zeros_like(instance.value), idle, None)
    dual = prices(*setting, relaxed)
    slack = np.where(allowed, -np.where(allowed, dual.reduced, 0) * SCALE, np.int64(1 << 60))
    return Bound(dual.bound, dual.bound * SCALE, slack, idle, None)


def total_goal(limits: Limits, weight: Ints, allowed: Bools) -> Goal:
    """The stage after coverage and floor: both are kept."""
    assert limits.spare is not None
    every = np.bincount(limits.instance.level, minlength=len(limits.spare))
    open_classes = {int(k): int(every[k] - limits.spare[k]) for k in np.flatnonzero(limits.spare)}
    return Goal(weight, Rules(allowed, limits.must_fill(), limits.floor), exact=open_classes)


def _widening(
    limits: Limits, allowed: Bools, bound: Bound, known: Matching, until: float
) -> tuple[Matching, int]:
    """The largest total and the bound that was proved for it.

    A finished search over the pairs that an answer of `aim` may use has settled everything from `aim` on;
    a better answer on the way leaves fewer pairs, so it starts again with them.
    """
    value = limits.instance.value
    best, gap, most, slice_ = known, max(60, bound.value // 50_000), bound.value, SLICE
    while total(value, best) < most and time.monotonic() < until:
        now = total(value, best)
        aim = max(most - gap, now + 1)
        search = _limited(limits, allowed & bound.within(aim))
        search.rows.at_least(search.weighted(value), aim)
        answer = search.best(search.weighted(value), min(slice_, until - time.monotonic()), best)
        if answer.matching is not None:
            best = answer.matching
            if answer.proved:
                return best, total(value, best)
        elif answer.proved:
            most, gap = aim - 1, gap * 3
        else:
            slice_ *= 3
    return best, most


def _filling_up(
    limits: Limits, allowed: Bools, bound: Bound, known: Matching, until: float
) -> tuple[Matching, int]:
    """The same where unequal hours leave a wide gap: a good answer from few pairs first, then one long proof."""
    value = limits.instance.value
    best, gap, most = known, max(60, bound.value // 2000), bound.value
    while best is known and total(value, best) < most - gap and time.monotonic() < until:
        search = _limited(limits, allowed & bound.within(most - gap))
        answer = search.best(search.weighted(value), min(SLICE, until - time.monotonic()))
        if answer.matching is not None and total(value, answer.matching) > total(value, best):
            best = answer.matching
            if answer.proved and total(value, best) >= most - gap:
                return best, total(value, best)
        gap *= 4
    if total(value, best) < most and time.monotonic() < until:
        search = _limited(limits, allowed & bound.within(total(value, best)))
        answer = search.best(search.weighted(value), until - time.monotonic())
        if answer.matching is not None and total(value, answer.matching) >= total(value, best):
            best = answer.matching
        most = most if answer.bound is None else min(most, answer.bound)
        if answer.proved and answer.matching is not None:
            most = total(value, best)
    return best, max(most, total(value, best))
