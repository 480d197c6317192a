"""Who judges what: balanced, random by a seed, without conflicts, and such that marks can be compared.

Three steps, each exact about what it promises:
1. Fill as many places as the conflicts and caps allow (augmenting paths: no other assignment fills more).
2. Even out the loads along exchange paths until no judge could hand an entry, directly or through others, to one
   with two entries fewer; that makes the sum of squared loads as small as it can be.
3. Swap judges between entries so that the same two judges meet less often, loads unchanged, and join groups of
   judges that share no entry: marks of groups that never meet cannot be compared.
Places that the caller keeps are never moved.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

SWAPS_PER_PLACE = 12


@dataclass(frozen=True, slots=True)
class Seat:
    """An entry that needs `wanted` judges of `panel`; `kept` judges stay. `group` is what is ranked together."""

    entry_id: int
    panel: int
    wanted: int
    group: int = 0
    kept: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge of some panels; `most` caps the entries, `reserve` is used only where nobody else can."""

    id: int
    panels: frozenset[int]
    most: int | None = None
    reserve: bool = False


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An entry that stays short of judges, and why: conflicts, caps, or too few in the panel."""

    entry_id: int
    missing: int
    cause: str


@dataclass(frozen=True, slots=True)
class Plan:
    judges_of: Mapping[int, tuple[int, ...]]
    loads: Mapping[int, int]
    shortfalls: tuple[Shortfall, ...]
    components: Mapping[
        int, tuple[frozenset[int], ...]
    ]  # group -> judges who are connected by shared entries
    most_together: int  # how often the pair that meets most often meets
    reserves_used: tuple[int, ...] = ()

    @property
    def connected(self) -> bool:
        return all(len(parts) <= 1 for parts in self.components.values())


@dataclass(slots=True)
class _Board:
    seats: dict[int, Seat]
    judges: dict[int, Judge]
    allowed: dict[int, list[int]]  # entry -> judges without conflict, in random order
    has: dict[int, set[int]] = field(default_factory=dict)
    holds: dict[int, set[int]] = field(default_factory=dict)
    pairs: Counter[tuple[int, int]] = field(default_factory=Counter)

    def give(self, entry: int, judge: int) -> None:
        for other in self.has[entry]:
            self.pairs[_pair(judge, other)] += 1
        self.has[entry].add(judge)
        self.holds[judge].add(entry)

    def take(self, entry: int, judge: int) -> None:
        self.has[entry].discard(judge)
        self.holds[judge].discard(entry)
        for other in self.has[entry]:
            self.pairs[_pair(judge, other)] -= 1

    def room(self, judge: int) -> bool:
        most = self.judges[judge].most
        return most is None or len(self.holds[judge]) < most

    def fixed(self, entry: int, judge: int) -> bool:
        return judge in self.seats[entry].kept

    def met(self, entry: int, judge: int) -> int:
        return sum(self.pairs[_pair(judge, other)] for other in self.has[entry])


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def allocate(
    seats: Sequence[Seat],
    judges: Sequence[Judge],
    conflicts: Collection[tuple[int, int]] = (),
    *,
    seed: int = 0,
) -> Plan:
    """Assign judges to entries. `conflicts` are (judge, entry) pairs. The same input and seed give the same plan."""
    draw = random.Random(seed)
    barred = set(conflicts)
    board = _board(seats, judges, barred, draw)
    order = sorted(board.seats)
    draw.shuffle(order)
    _fill(board, order, draw, reserve=False)
    _even_out(board)
    _spread(board, draw)
    _fill(board, order, draw, reserve=True)
    _join(board)
    return _plan(board, barred)


def _board(
    seats: Sequence[Seat], judges: Sequence[Judge], barred: set[tuple[int, int]], draw: random.Random
) -> _Board:
    people = {j.id: j for j in sorted(judges, key=lambda j: j.id)}
    by_panel: dict[int, list[int]] = {}
    for judge in people.values():
        for panel in judge.panels:
            by_panel.setdefault(panel, []).append(judge.id)
    board = _Board({s.entry_id: s for s in sorted(seats, key=lambda s: s.entry_id)}, people, {})
    board.holds = {j: set() for j in people}
    for entry, seat in board.seats.items():
        able = [j for j in by_panel.get(seat.panel, ()) if (j, entry) not in barred and j not in seat.kept]
        draw.shuffle(able)
        board.allowed[entry] = able
        board.has[entry] = set()
        for kept in seat.kept:
            board.holds.setdefault(kept, set())
            if kept not in board.judges:
                board.judges[kept] = Judge(kept, frozenset(), most=0)
            board.give(entry, kept)
    return board


def _fill(board: _Board, order: Iterable[int], draw: random.Random, *, reserve: bool) -> None:
    """Fill every place that can be filled: straight where somebody has room, else along an augmenting path."""
    for entry in order:
        while len(board.has[entry]) < board.seats[entry].wanted:
            free = [
                j for j in board.allowed[entry]
                if j not in board.has[entry] and board.room(j) and (reserve or not board.judges[j].reserve)
            ]  # fmt: skip
            if free:
                best = min(
                    free,
                    key=lambda j: (
                        board.judges[j].reserve,
                        len(board.holds[j]),
                        board.met(entry, j),
                        draw.random(),
                    ),
                )
                board.give(entry, best)
            elif not _augment(board, entry, reserve):
                break


def _augment(board: _Board, entry: int, reserve: bool) -> bool:
    """Give `entry` a judge who is full by moving one of that judge's entries to another, and so on."""
    came: dict[
        int, tuple[int, int]
    ] = {}  # judge -> (entry to be given to the judge, judge who gave it up or -1)
    queue: deque[int] = deque()
    for judge in board.allowed[entry]:
        if judge not in board.has[entry] and (reserve or not board.judges[judge].reserve):
            came[judge] = (entry, -1)
            queue.append(judge)
    while queue:
        judge = queue.popleft()
        if board.room(judge):
            _walk(board, came, judge)
            return True
        for held in sorted(board.holds[judge]):
            if board.fixed(held, judge):
                continue
            for other in board.allowed[held]:
                if (
                    other not in came
                    and other not in board.has[held]
                    and (reserve or not board.judges[other].reserve)
                ):
                    came[other] = (held, judge)
                    queue.append(other)
    return False


def _walk(board: _Board, came: Mapping[int, tuple[int, int]], judge: int) -> None:
    while True:
        entry, giver = came[judge]
        if giver != -1:
            board.take(entry, giver)
        board.give(entry, judge)
        if giver == -1:
            return
        judge = giver


def _even_out(board: _Board) -> None:
    """Move entries from the busiest to the least busy judges as long as that lowers the sum of squares."""
    while _relieve(board):
        pass


def _relieve(board: _Board) -> bool:
    by_load = sorted(
        (j for j in board.holds if not board.judges[j].reserve), key=lambda j: (-len(board.holds[j]), j)
    )
    for start in by_load:
        came: dict[int, tuple[int, int]] = {start: (-1, -1)}
        queue = deque([start])
        while queue:
            judge = queue.popleft()
            if len(board.holds[start]) - len(board.holds[judge]) >= 2 and board.room(judge):
                _hand_over(board, came, judge)
                return True
            for entry in sorted(board.holds[judge]):
                if board.fixed(entry, judge):
                    continue
                for other in board.allowed[entry]:
                    if (
                        other not in came
                        and other not in board.has[entry]
                        and not board.judges[other].reserve
                    ):
                        came[other] = (entry, judge)
                        queue.append(other)
    return False


def _hand_over(board: _Board, came: Mapping[int, tuple[int, int]], judge: int) -> None:
    while came[judge][1] != -1:
        entry, giver = came[judge]
        board.take(entry, giver)
        board.give(entry, judge)
        judge = giver


def _spread(board: _Board, draw: random.Random) -> None:
    """Random swaps that lower how often the same two judges meet; loads do not change."""
    places = [(e, j) for e in board.seats for j in sorted(board.has[e]) if not board.fixed(e, j)]
    if len(places) < 2:
        return
    fits = {e: set(judges) for e, judges in board.allowed.items()}
    for _ in range(SWAPS_PER_PLACE * len(places)):
        x, y = draw.randrange(len(places)), draw.randrange(len(places))
        (first, a), (second, b) = places[x], places[y]
        if first == second or a == b or not _may_swap(board, fits, first, a, second, b):
            continue
        if _swap_gain(board, first, a, second, b) > 0:
            _swap(board, first, a, second, b)
            places[x], places[y] = (first, b), (second, a)


def _may_swap(board: _Board, fits: Mapping[int, set[int]], first: int, a: int, second: int, b: int) -> bool:
    return b in fits[first] and a in fits[second] and b not in board.has[first] and a not in board.has[second]


def _swap(board: _Board, first: int, a: int, second: int, b: int) -> None:
    board.take(first, a)
    board.take(second, b)
    board.give(first, b)
    board.give(second, a)


def _swap_gain(board: _Board, first: int, a: int, second: int, b: int) -> int:
    """How much the number of repeated meetings falls."""
    gain = 0
    for entry, leaves, comes in ((first, a, b), (second, b, a)):
        for other in board.has[entry]:
            if other != leaves:
                gain += board.pairs[_pair(leaves, other)] - 1 - board.pairs[_pair(comes, other)]
    return gain


def components(judges_of: Mapping[int, Iterable[int]]) -> tuple[frozenset[int], ...]:
    """Groups of judges linked by shared entries, largest first."""
    parent: dict[int, int] = {}

    def root(x: int) -> int:
        while parent.setdefault(x, x) != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    for judges in judges_of.values():
        listed = list(judges)
        for judge in listed:
            parent[root(judge)] = root(listed[0])
    groups: dict[int, set[int]] = {}
    for judge in parent:
        groups.setdefault(root(judge), set()).add(judge)
    return tuple(sorted((frozenset(g) for g in groups.values()), key=lambda g: (-len(g), min(g))))


def _of_group(board: _Board, group: int) -> dict[int, set[int]]:
    return {e: board.has[e] for e, s in board.seats.items() if s.group == group and board.has[e]}


def _join(board: _Board) -> None:
    """Join unlinked groups of judges by one swap each, where conflicts and panels allow it."""
    fits = {e: set(judges) for e, judges in board.allowed.items()}
    for group in sorted({s.group for s in board.seats.values()}):
        parts = components(_of_group(board, group))
        while len(parts) > 1 and _join_one(board, fits, group, parts):
            parts = components(_of_group(board, group))


def _join_one(
    board: _Board, fits: Mapping[int, set[int]], group: int, parts: Sequence[frozenset[int]]
) -> bool:
    inside = _of_group(board, group)
    before = len(parts)
    for first_part, second_part in combinations(parts, 2):
        for first in (e for e, js in inside.items() if js & first_part):
            for second in (e for e, js in inside.items() if js & second_part):
                for a in sorted(inside[first]):
                    for b in sorted(inside[second]):
                        if (
                            board.fixed(first, a)
                            or board.fixed(second, b)
                            or not _may_swap(board, fits, first, a, second, b)
                        ):
                            continue
                        _swap(board, first, a, second, b)
                        if len(components(_of_group(board, group))) < before:
                            return True
                        _swap(board, first, b, second, a)
    return False


def _plan(board: _Board, barred: set[tuple[int, int]]) -> Plan:
    judges_of = {e: tuple(sorted(board.has[e])) for e in board.seats}
    loads = {j: len(held) for j, held in board.holds.items()}
    short = tuple(
        Shortfall(e, s.wanted - len(board.has[e]), _cause(board, e, barred))
        for e, s in board.seats.items()
        if len(board.has[e]) < s.wanted
    )
    groups = sorted({s.group for s in board.seats.values()})
    return Plan(
        judges_of=judges_of,
        loads=loads,
        shortfalls=short,
        components={g: components(_of_group(board, g)) for g in groups},
        most_together=max(board.pairs.values(), default=0),
        reserves_used=tuple(j for j, n in loads.items() if n and board.judges[j].reserve),
    )


def _cause(board: _Board, entry: int, barred: set[tuple[int, int]]) -> str:
    seat = board.seats[entry]
    members = [j.id for j in board.judges.values() if seat.panel in j.panels]
    if len(members) < seat.wanted:
        return "panel"
    return "conflicts" if sum((j, entry) not in barred for j in members) < seat.wanted else "caps"
