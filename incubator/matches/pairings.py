"""Who meets whom in a group, in which turn, and on which side.

A turn is one wave: all groups play their first turn, then all their second, which gives teams their rest.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

from incubator.matches.refusals import RuleError

T = TypeVar("T", bound=Hashable)
Pair = tuple[int, int]  # red, blue: places in the group, from 0

# One match of the group per turn: teams 1 and 2 wear red, blue, red and 3 and 4 blue, red, blue, so that
# everybody
# changes colour after every match (checked in the tests).
_ALTERNATING_FOUR: list[list[Pair]] = [[(0, 3)], [(1, 2)], [(2, 0)], [(0, 1)], [(3, 2)], [(1, 3)]]
_EXHAUSTIVE = 10  # matches whose colours are tried out completely


@dataclass(frozen=True, slots=True)
class Fixture:
    """A match to be scheduled. Teams are None in a knockout, where `after` names the matches that decide
    them. `follows` names matches that are only to be over first."""

    key: Hashable
    red: Hashable | None = None
    blue: Hashable | None = None
    group: str = ""
    turn: int = 1
    after: tuple[Hashable, ...] = ()
    follows: tuple[Hashable, ...] = ()
    schools: frozenset[Hashable] = frozenset()

    @property
    def teams(self) -> tuple[Hashable, ...]:
        return tuple(team for team in (self.red, self.blue) if team is not None)


def circle(teams: int) -> list[list[Pair]]:
    """Single round robin by the circle method: n − 1 turns (n when odd), everyone at most once a turn."""
    if teams < 2:
        raise RuleError("group_too_small", teams=teams)
    ring: list[int | None] = [*range(teams), *([None] if teams % 2 else [])]
    turns: list[list[Pair]] = []
    for _ in range(len(ring) - 1):
        half = len(ring) // 2
        pairs = zip(ring[:half], reversed(ring[half:]), strict=True)
        turns.append([(one, two) for one, two in pairs if one is not None and two is not None])
        ring = [ring[0], ring[-1], *ring[1:-1]]
    return turns


def round_robin(teams: int, rounds: int = 1, *, alternating: bool = False) -> list[list[Pair]]:
    """Turns of a group, red and blue balanced (|R − B| ≤ 1) with as few colour repeats as are found.

    `alternating` plays a group of four one match a turn, in the order that lets every team change colour
    each time.
    """
    if alternating and teams == 4 and rounds == 1:
        return _ALTERNATING_FOUR
    turns = [turn for _ in range(rounds) for turn in circle(teams)]
    flat = [pair for turn in turns for pair in turn]
    coloured = iter(balance(flat))
    return [[next(coloured) for _ in turn] for turn in turns]


def balance(pairs: Sequence[tuple[T, T]]) -> list[tuple[T, T]]:
    """Choose red and blue for matches in playing order: first balance, then few repeats of a colour."""
    if len(pairs) <= _EXHAUSTIVE:
        flips = min(product((False, True), repeat=len(pairs)), key=lambda way: _cost(_turned(pairs, way)))
        return _turned(pairs, flips)
    chosen = _greedy(pairs)
    _level(chosen)
    return _fewer_repeats(chosen)


def _turned(pairs: Sequence[tuple[T, T]], flips: Sequence[bool]) -> list[tuple[T, T]]:
    return [(b, a) if flip else (a, b) for (a, b), flip in zip(pairs, flips, strict=True)]


def _cost(pairs: Sequence[tuple[T, T]]) -> tuple[int, int, int]:
    tilt: dict[T, int] = defaultdict(int)
    last: dict[T, int] = {}
    repeats = 0
    for pair in pairs:
        for side, team in zip((1, -1), pair, strict=True):
            tilt[team] += side
            repeats += last.get(team) == side
            last[team] = side
    sizes = [abs(value) for value in tilt.values()]
    return max(sizes, default=0), sum(size for size in sizes if size > 1), repeats


def _greedy(pairs: Sequence[tuple[T, T]]) -> list[tuple[T, T]]:
    tilt: dict[T, int] = defaultdict(int)
    last: dict[T, int] = defaultdict(int)
    chosen = []
    for a, b in pairs:
        swap = (tilt[a], last[a]) > (tilt[b], last[b])
        red, blue = (b, a) if swap else (a, b)
        tilt[red] += 1
        tilt[blue] -= 1
        last[red], last[blue] = 1, -1
        chosen.append((red, blue))
    return chosen


def _level(chosen: list[tuple[T, T]]) -> None:
    """Flip paths from teams too often red to teams too often blue until nobody is off by more than one."""
    while True:
        tilt: dict[T, int] = defaultdict(int)
        for red, blue in chosen:
            tilt[red] += 1
            tilt[blue] -= 1
        start = next((team for team, value in tilt.items() if value > 1), None)
        backwards = start is None
        if start is None:
            start = next((team for team, value in tilt.items() if value < -1), None)
        if start is None:
            return
        for n in _path(chosen, start, tilt, backwards):
            chosen[n] = (chosen[n][1], chosen[n][0])


def _path(
    chosen: Sequence[tuple[T, T]],
    start: T,
    tilt: dict[T, int],
    backwards: bool,
) -> Iterator[int]:
    """Matches on a way red → blue (or back) to a team that can take the other colour once more.

    One exists by counting: the teams that can be reached send out no match, so their tilts add up to zero
    or less.
    """
    came: dict[T, tuple[T, int]] = {}
    queue, seen = deque([start]), {start}
    while queue:
        team = queue.popleft()
        if team != start and (tilt[team] > 0 if backwards else tilt[team] < 0):
            while team != start:
                team, n = came[team]
                yield n
            return
        for n, (red, blue) in enumerate(chosen):
            here, there = (blue, red) if backwards else (red, blue)
            if here == team and there not in seen:
                seen.add(there)
                came[there] = (team, n)
                queue.append(there)


def _fewer_repeats(chosen: list[tuple[T, T]]) -> list[tuple[T, T]]:
    best = _cost(chosen)
    for n in range(len(chosen)):
        chosen[n] = (chosen[n][1], chosen[n][0])
        cost = _cost(chosen)
        if cost < best:
            best = cost
        else:
            chosen[n] = (chosen[n][1], chosen[n][0])
    return chosen


def fixtures(
    groups: Sequence[tuple[str, Sequence[Hashable]]],
    *,
    rounds: dict[int, int] | None = None,
    alternating: bool = False,
) -> list[Fixture]:
    """All group matches in playing order: waves over all groups, large and small groups over the whole
    time."""
    placed: list[tuple[float, int, Fixture]] = []
    for number, (name, teams) in enumerate(groups):
        times = (rounds or {}).get(len(teams), 1)
        turns = round_robin(len(teams), times, alternating=alternating)
        match = 0
        for turn, pairs in enumerate(turns, 1):
            for red, blue in pairs:
                match += 1
                fixture = Fixture(f"{name}{match}", teams[red], teams[blue], name, turn)
                # A wave takes its share of the day, and a group always plays at the same point of it.
                placed.append(((turn - 1 + (number + 0.5) / len(groups)) / len(turns), number, fixture))
    return [fixture for _, _, fixture in sorted(placed, key=lambda item: item[:2])]
