"""When and where every match is played: several courts, minimum rest, breaks, a latest finish.

Times are whole minutes from a zero that the caller chooses; open windows stand for days and breaks. The
order of
matches is what counts, the time follows from it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from math import exp
from random import Random

from incubator.matches.pairings import Fixture
from incubator.matches.refusals import RuleError

_ANNEALING = 15_000  # exchanges tried; about a fifth of a second


@dataclass(frozen=True, slots=True)
class Hall:
    """What is there to play on. `slot` is a match with entry and exit, `rest` the least pause between two
    matches."""

    courts: tuple[Hashable, ...]
    slot: int
    rest: int
    windows: tuple[tuple[int, int], ...]
    latest: int | None = None
    one_court_per_group: bool = False

    def check(self) -> None:
        if not self.courts:
            raise RuleError("schedule_no_court")
        if self.slot < 1 or self.rest < 0:
            raise RuleError("schedule_slot", slot=self.slot, rest=self.rest)
        if not any(end - start >= self.slot for start, end in self.windows):
            raise RuleError("schedule_no_window", slot=self.slot)

    def starts(self) -> Iterable[int]:
        for start, end in sorted(self.windows):
            closes = end if self.latest is None else min(end, self.latest)
            yield from range(start, closes - self.slot + 1, self.slot)

    def fit(self, start: int) -> int | None:
        """The first minute from `start` on at which a whole match fits into a window."""
        for opens, closes in sorted(self.windows):
            first = max(start, opens)
            if first + self.slot <= closes:
                return first
        return None


@dataclass(frozen=True, slots=True)
class Slot:
    key: Hashable
    court: Hashable
    start: int
    end: int


@dataclass(slots=True)
class _Board:
    """What has been placed so far."""

    hall: Hall
    free_from: dict[Hashable, int] = field(default_factory=dict)  # team -> end of its last match
    ended: dict[Hashable, int] = field(default_factory=dict)
    courts_of: dict[Hashable, Counter[Hashable]] = field(default_factory=lambda: defaultdict(Counter))
    home: dict[str, Hashable] = field(default_factory=dict)

    def rested(self, fixture: Fixture, start: int) -> bool:
        if any(key not in self.ended or start < self.ended[key] for key in fixture.follows):
            return False
        ready = [self.free_from[team] for team in fixture.teams if team in self.free_from]
        for key in fixture.after:
            if key not in self.ended:
                return False
            ready.append(self.ended[key])
        return all(start >= end + self.hall.rest for end in ready)

    def put(self, fixture: Fixture, court: Hashable, start: int) -> Slot:
        end = start + self.hall.slot
        for team in fixture.teams:
            self.free_from[team] = end
            self.courts_of[team][court] += 1
        self.ended[fixture.key] = end
        return Slot(fixture.key, court, start, end)


def schedule(
    fixtures: Sequence[Fixture],
    hall: Hall,
    *,
    busy: Mapping[Hashable, int] | None = None,
    taken: Iterable[Slot] = (),
) -> list[Slot]:
    """Place all fixtures in their order, as early as rest, courts and breaks allow.

    `busy` holds teams' last end from an earlier stage; `taken` are court times that are not free. Raises
    `schedule_too_long` with how many matches found no place: more courts, shorter slots or longer days
    would help.
    """
    hall.check()
    board = _Board(hall, dict(busy or {}))
    homes = sorted({fixture.group for fixture in fixtures})
    board.home = {group: hall.courts[n % len(hall.courts)] for n, group in enumerate(homes)}
    waiting = list(fixtures)
    blocked = list(taken)
    slots: list[Slot] = []
    for start in hall.starts():
        if not waiting:
            break
        courts = [court for court in hall.courts if _free(court, start, hall.slot, blocked)]
        chosen = _choose(waiting, courts, start, board)
        for fixture, court in _seat(chosen, courts, board):
            slots.append(board.put(fixture, court, start))
        done = {fixture.key for fixture in chosen}
        waiting = [fixture for fixture in waiting if fixture.key not in done]
    if waiting:
        raise RuleError("schedule_too_long", left=len(waiting), placed=len(slots))
    return slots if hall.one_court_per_group else even_courts(slots, fixtures)


def _free(court: Hashable, start: int, length: int, taken: Iterable[Slot]) -> bool:
    return not any(slot.court == court and slot.start < start + length and start < slot.end for slot in taken)


def _choose(
    waiting: Sequence[Fixture], courts: Sequence[Hashable], start: int, board: _Board
) -> list[Fixture]:
    """The first matches in order that can be played together now; a school's teams apart if there is a
    choice."""
    ready: list[Fixture] = []
    reach = 3 * len(courts) + 8  # looking further would let late turns overtake early ones
    used: set[Hashable] = set()
    schools: set[Hashable] = set()
    homes: set[Hashable] = set()
    window = [fixture for fixture in waiting[:reach] if board.rested(fixture, start)]
    for strict in (True, False):
        for fixture in window:
            if len(ready) == len(courts):
                return ready
            if fixture in ready or used & set(fixture.teams) or (strict and schools & fixture.schools):
                continue
            if board.hall.one_court_per_group:
                home = board.home[fixture.group]
                if home in homes or home not in courts:
                    continue
                homes.add(home)
            ready.append(fixture)
            used |= set(fixture.teams)
            schools |= fixture.schools
    return ready


def _seat(
    chosen: Sequence[Fixture], courts: Sequence[Hashable], board: _Board
) -> list[tuple[Fixture, Hashable]]:
    if board.hall.one_court_per_group:
        return [(fixture, board.home[fixture.group]) for fixture in chosen]
    if not any(fixture.teams for fixture in chosen) or len(courts) > 5:
        return list(zip(chosen, courts, strict=False))

    def cost(way: tuple[Hashable, ...]) -> int:
        pairs = zip(chosen, way, strict=True)
        return sum(board.courts_of[team][court] ** 2 for fix, court in pairs for team in fix.teams)

    best = min(permutations(courts, len(chosen)), key=cost)
    return list(zip(chosen, best, strict=True))


def even_courts(slots: Sequence[Slot], fixtures: Sequence[Fixture]) -> list[Slot]:
    """Exchange courts of matches played at the same time so that every team's matches are spread evenly.

    Annealing from a fixed seed: the result is a function of the input, and never less even than what was
    given.
    """
    teams = {fixture.key: fixture.teams for fixture in fixtures}
    count: dict[Hashable, Counter[Hashable]] = defaultdict(Counter)
    for slot in slots:
        for team in teams[slot.key]:
            count[team][slot.court] += 1
    by_start: dict[int, list[int]] = defaultdict(list)
    for n, slot in enumerate(slots):
        by_start[slot.start].append(n)
    several = [places for places in by_start.values() if len(places) > 1]
    courts = [slot.court for slot in slots]
    best, gained, most = list(courts), 0, 0
    rng = Random(len(slots))
    for step in range(_ANNEALING if several else 0):
        i, j = rng.sample(several[rng.randrange(len(several))], 2)
        moves = [(team, courts[i], courts[j]) for team in teams[slots[i].key]]
        moves += [(team, courts[j], courts[i]) for team in teams[slots[j].key]]
        gain = sum(2 * (count[team][old] - count[team][new] - 1) for team, old, new in moves)
        heat = 2.0 * (1 - step / _ANNEALING) + 0.05
        if gain < 0 and rng.random() >= exp(gain / heat):
            continue
        for team, old, new in moves:
            count[team][old] -= 1
            count[team][new] += 1
        courts[i], courts[j] = courts[j], courts[i]
        gained += gain
        if gained > most:
            best, most = list(courts), gained
    return [replace(slot, court=court) for slot, court in zip(slots, best, strict=True)]
