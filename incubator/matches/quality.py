"""Figures beside a schedule, and what a change to it would do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from statistics import median

from incubator.matches.pairings import Fixture
from incubator.matches.refusals import RuleError
from incubator.matches.schedule import Hall, Slot


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule of a schedule; `values` say which match, team, court and by how much."""

    code: str  # team_twice | rest_short | court_twice | before_source | outside | too_late
    keys: tuple[Hashable, ...]
    team: Hashable | None = None
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Quality:
    """`gaps` are minutes between a team's matches; `tilt` counts teams by |red − blue|; `spread` by most −
    fewest
    matches on one court; `repeats` are colours kept from one match to the next; `idle` are unused court
    slots."""

    matches: int
    ends: int
    shortest_gap: int | None
    median_gap: float | None
    tilt: Mapping[int, int]
    repeats: int
    spread: Mapping[int, int]
    idle: int
    problems: tuple[Problem, ...] = field(default=())


def measure(slots: Sequence[Slot], fixtures: Sequence[Fixture], hall: Hall) -> Quality:
    by_key = {fixture.key: fixture for fixture in fixtures}
    played: dict[Hashable, list[tuple[Slot, int]]] = defaultdict(list)
    for slot in sorted(slots, key=lambda slot: slot.start):
        fixture = by_key[slot.key]
        for side, team in ((1, fixture.red), (-1, fixture.blue)):
            if team is not None:
                played[team].append((slot, side))
    gaps = [two.start - one.end for own in played.values() for (one, _), (two, _) in _pairs(own)]
    tilt = Counter(abs(sum(side for _, side in own)) for own in played.values())
    repeats = sum(one == two for own in played.values() for (_, one), (_, two) in _pairs(own))
    return Quality(
        matches=len(slots),
        ends=max((slot.end for slot in slots), default=0),
        shortest_gap=min(gaps, default=None),
        median_gap=median(gaps) if gaps else None,
        tilt=dict(sorted(tilt.items())),
        repeats=repeats,
        spread=dict(sorted(_spreads(played, hall).items())),
        idle=_idle(slots, hall),
        problems=tuple(problems(slots, fixtures, hall)),
    )


def _pairs(items: Sequence[tuple[Slot, int]]) -> Iterable[tuple[tuple[Slot, int], tuple[Slot, int]]]:
    return zip(items, items[1:], strict=False)


def _spreads(played: Mapping[Hashable, Sequence[tuple[Slot, int]]], hall: Hall) -> Counter[int]:
    found: Counter[int] = Counter()
    for own in played.values():
        counts = Counter(slot.court for slot, _ in own)
        per_court = [counts[court] for court in hall.courts]
        found[max(per_court) - min(per_court)] += 1
    return found


def _idle(slots: Sequence[Slot], hall: Hall) -> int:
    """Court slots that stay empty before the last match."""
    if not slots:
        return 0
    last = max(slot.start for slot in slots)
    return sum(1 for start in hall.starts() if start <= last) * len(hall.courts) - len(slots)


def problems(slots: Sequence[Slot], fixtures: Sequence[Fixture], hall: Hall) -> list[Problem]:
    """Everything in a schedule that breaks a rule. An empty list means it can be played."""
    by_key = {fixture.key: fixture for fixture in fixtures}
    at = {slot.key: slot for slot in slots}
    found: list[Problem] = []
    by_court: dict[Hashable, list[Slot]] = defaultdict(list)
    by_team: dict[Hashable, list[Slot]] = defaultdict(list)
    for slot in sorted(slots, key=lambda slot: (slot.start, str(slot.key))):
        by_court[slot.court].append(slot)
        for team in by_key[slot.key].teams:
            by_team[team].append(slot)
        found += _alone(slot, hall)
        for source in by_key[slot.key].after:
            if source in at and slot.start < at[source].end + hall.rest:
                short = at[source].end + hall.rest - slot.start
                found.append(Problem("before_source", (slot.key, source), None, short))
    for court_slots in by_court.values():
        for one, two in zip(court_slots, court_slots[1:], strict=False):
            if two.start < one.end:
                found.append(Problem("court_twice", (one.key, two.key), None, one.end - two.start))
    for team, own in by_team.items():
        for one, two in zip(own, own[1:], strict=False):
            if two.start < one.end:
                found.append(Problem("team_twice", (one.key, two.key), team, one.end - two.start))
            elif two.start < one.end + hall.rest:
                found.append(Problem("rest_short", (one.key, two.key), team, one.end + hall.rest - two.start))
    return found


def _alone(slot: Slot, hall: Hall) -> list[Problem]:
    found = []
    if not any(opens <= slot.start and slot.end <= closes for opens, closes in hall.windows):
        found.append(Problem("outside", (slot.key,)))
    if hall.latest is not None and slot.end > hall.latest:
        found.append(Problem("too_late", (slot.key,), None, slot.end - hall.latest))
    return found


def moved(slots: Sequence[Slot], key: Hashable, court: Hashable, start: int) -> list[Slot]:
    """The schedule with one match moved; a match that stands exactly there changes places with it."""
    own = next((slot for slot in slots if slot.key == key), None)
    if own is None:
        raise RuleError("unknown_match", match=key)
    length = own.end - own.start
    result = []
    for slot in slots:
        if slot.key == key:
            result.append(Slot(key, court, start, start + length))
        elif slot.court == court and slot.start == start:
            result.append(
                replace(slot, court=own.court, start=own.start, end=own.start + slot.end - slot.start)
            )
        else:
            result.append(slot)
    return result


def consequences(
    slots: Sequence[Slot], fixtures: Sequence[Fixture], hall: Hall, after: Sequence[Slot]
) -> tuple[list[Problem], list[Problem]]:
    """What a change breaks that was not broken, and what it mends."""
    before, then = problems(slots, fixtures, hall), problems(after, fixtures, hall)
    known = {(problem.code, frozenset(problem.keys), problem.team): problem for problem in before}
    later = {(problem.code, frozenset(problem.keys), problem.team): problem for problem in then}
    return [p for k, p in later.items() if k not in known], [p for k, p in known.items() if k not in later]


def run_late(
    slots: Sequence[Slot],
    fixtures: Sequence[Fixture],
    hall: Hall,
    *,
    court: Hashable,
    minutes: int,
    now: int,
    started: Iterable[Hashable] = (),
) -> list[Slot]:
    """Shift a court's matches that have not started by `minutes`, to `now` at least, and let the delay run on where
    it must.

    Other courts move only as far as rest, their own order and the matches they wait for demand. Nothing is
    moved
    forward, nothing into a break; what no longer fits before the end of the windows keeps running after it.
    """
    gone = set(started)
    by_key = {fixture.key: fixture for fixture in fixtures}
    court_free: dict[Hashable, int] = defaultdict(int)
    team_free: dict[Hashable, int] = {}
    ended: dict[Hashable, int] = {}
    result: list[Slot] = []
    for slot in _in_order(slots, by_key, gone):
        fixture = by_key[slot.key]
        start = slot.start
        if slot.key not in gone:
            start = max(start + minutes, now) if slot.court == court else start
            start = max(start, court_free[slot.court])
            waits = [team_free[team] for team in fixture.teams if team in team_free]
            waits += [ended[key] for key in fixture.after if key in ended]
            over = [ended[key] for key in fixture.follows if key in ended]
            start = max([start, *over, *(end + hall.rest for end in waits)])
            fitted = hall.fit(start)
            start = start if fitted is None else fitted
        end = start + slot.end - slot.start
        result.append(replace(slot, start=start, end=end))
        court_free[slot.court] = max(court_free[slot.court], end)
        ended[slot.key] = end
        for team in fixture.teams:
            team_free[team] = max(team_free.get(team, end), end)
    return result


def _in_order(
    slots: Sequence[Slot], by_key: Mapping[Hashable, Fixture], gone: Collection[Hashable]
) -> list[Slot]:
    """Slots by their time, those that have begun first, each after everything that it waits for."""
    at = {slot.key: slot.start for slot in slots}

    @cache
    def due(key: Hashable) -> tuple[int, int]:
        fixture = by_key[key]
        waits = [due(source) for source in {*fixture.after, *fixture.follows} if source in at]
        return max([at[key], *(start for start, _ in waits)]), max((n + 1 for _, n in waits), default=0)

    return sorted(slots, key=lambda slot: (slot.key not in gone, due(slot.key), slot.start, str(slot.court)))
