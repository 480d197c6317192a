"""Knockout brackets whose places are filled by reference, and only when the source is final.

A bracket is a list of `Tie`s; each side is a `Source` such as "first of A", "winner of QF2" or a seed.
Nothing is copied
forward: `resolve` reads the sources each time, so that a correction upstream shows at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from incubator.matches.outcomes import Result, Team
from incubator.matches.refusals import RuleError

MOST = 64


class From(StrEnum):
    TEAM = "team"
    SEED = "seed"
    PLACE = "place"  # nth of a group
    BEST = "best"  # kth of the teams that took a place in their groups
    WINNER = "winner"
    LOSER = "loser"


@dataclass(frozen=True, slots=True)
class Source:
    """`ref` names the group or the match, `place` the rank in the group, `nth` the rank among best placed
    or a seed."""

    kind: From
    ref: str = ""
    place: int = 0
    nth: int = 0

    def __str__(self) -> str:
        match self.kind:
            case From.PLACE:
                return f"place:{self.ref}:{self.place}"
            case From.BEST:
                return f"best:{self.place}:{self.nth}"
            case From.SEED:
                return f"seed:{self.nth}"
        return f"{self.kind}:{self.ref}"


def read_source(text: str) -> Source:
    """Read what `str(source)` wrote. Raises `unknown_source` with the text."""
    kind, _, rest = text.partition(":")
    try:
        match From(kind):
            case From.PLACE:
                group, _, place = rest.rpartition(":")
                return Source(From.PLACE, group, int(place))
            case From.BEST:
                place, _, nth = rest.partition(":")
                return Source(From.BEST, place=int(place), nth=int(nth))
            case From.SEED:
                return Source(From.SEED, nth=int(rest))
            case known:
                if not rest:
                    raise RuleError("unknown_source", source=text)
                return Source(known, rest)
    except ValueError as error:
        raise RuleError("unknown_source", source=text) from error


@dataclass(frozen=True, slots=True)
class Tie:
    """One match of a bracket. `round` is the number of teams left in its round (2 for the final); third
    place: 3."""

    code: str
    round: int
    index: int
    red: Source
    blue: Source

    @property
    def sources(self) -> tuple[Source, Source]:
        return self.red, self.blue


def round_code(teams: int, index: int) -> str:
    name = {2: "F", 3: "3P", 4: "SF", 8: "QF"}.get(teams)
    if teams in (2, 3):
        return str(name)
    return f"{name}{index}" if name else f"R{teams}-{index}"


def seed_order(size: int) -> list[int]:
    """Seeds 1…size in the order of bracket lines, so that 1 and 2 can meet in the final only."""
    order = [1]
    while len(order) < size:
        span = 2 * len(order) + 1
        order = [seed for known in order for seed in (known, span - known)]
    return order


def knockout(entrants: Sequence[Source], *, third_place: bool = True) -> list[Tie]:
    """A bracket of 2 to 64 entrants in seed order; where they are no power of two the best seeds have
    byes."""
    if not 2 <= len(entrants) <= MOST:
        raise RuleError("bracket_size", count=len(entrants), most=MOST)
    size = 1 << (len(entrants) - 1).bit_length()
    lines = [entrants[seed - 1] if seed <= len(entrants) else None for seed in seed_order(size)]
    return from_lines(lines, third_place=third_place)


def from_lines(lines: Sequence[Source | None], *, third_place: bool = True) -> list[Tie]:
    """A bracket from its lines, top to bottom; None is a bye. Lines must be a power of two."""
    size = len(lines)
    if size < 2 or size & (size - 1):
        raise RuleError("bracket_lines", count=size)
    ties: list[Tie] = []
    current = list(lines)
    while len(current) > 1:
        following: list[Source | None] = []
        number = 0
        for red, blue in zip(current[::2], current[1::2], strict=True):
            if red is None or blue is None:
                following.append(red or blue)
                continue
            number += 1
            tie = Tie(round_code(len(current), number), len(current), number, red, blue)
            ties.append(tie)
            following.append(Source(From.WINNER, tie.code))
        current = following
    semis = [tie.code for tie in ties if tie.round == 4]
    if third_place and len(semis) == 2:
        losers = [Source(From.LOSER, code) for code in semis]
        ties.insert(-1, Tie(round_code(3, 1), 3, 1, losers[0], losers[1]))
    return ties


def crossover(groups: Sequence[str], per_group: int, extra: Sequence[Source] = ()) -> list[Source | None]:
    """Bracket lines after groups: A1–B2, C1–D2 above, B1–A2, D1–C2 below, so that teams of one group meet
    last.

    Where groups are no power of two, or more than two of a group go on, seeds are placed by rank and lower
    ranks are
    swapped until teams of one group meet as late as can be.
    """
    count = len(groups) * per_group + len(extra)
    if not 2 <= count <= MOST:
        raise RuleError("bracket_size", count=count, most=MOST)
    if per_group == 2 and not extra and len(groups) >= 2 and not len(groups) & (len(groups) - 1):
        upper: list[Source | None] = []
        lower: list[Source | None] = []
        for one, two in zip(groups[::2], groups[1::2], strict=True):
            upper += [Source(From.PLACE, one, 1), Source(From.PLACE, two, 2)]
            lower += [Source(From.PLACE, two, 1), Source(From.PLACE, one, 2)]
        return upper + lower
    seeds = [Source(From.PLACE, g, rank) for rank in range(1, per_group + 1) for g in groups]
    seeds += extra
    size = 1 << (count - 1).bit_length()
    lines = [seeds[seed - 1] if seed <= count else None for seed in seed_order(size)]
    return _spread(lines)


def _spread(lines: list[Source | None]) -> list[Source | None]:
    """Swap places of equal rank while that lets teams of one group meet later. Deterministic, at most a
    few passes."""
    best = _closeness(lines)
    improved = True
    while improved and best:
        improved = False
        for i, one in enumerate(lines):
            for j in range(i + 1, len(lines)):
                two = lines[j]
                if one is None or two is None or one.place != two.place or one.kind is not two.kind:
                    continue
                lines[i], lines[j] = lines[j], lines[i]
                cost = _closeness(lines)
                if cost < best:
                    best, improved, one = cost, True, lines[i]
                else:
                    lines[i], lines[j] = lines[j], lines[i]
    return lines


def _closeness(lines: Sequence[Source | None]) -> int:
    """How early teams of one group could meet: a meeting in the first round weighs most."""
    rounds = len(lines).bit_length() - 1
    total = 0
    where: dict[str, list[int]] = {}
    for position, source in enumerate(lines):
        if source is not None and source.kind is From.PLACE:
            where.setdefault(source.ref, []).append(position)
    for positions in where.values():
        for n, one in enumerate(positions):
            for two in positions[n + 1 :]:
                total += 4 ** (rounds - (one ^ two).bit_length())
    return total


# --- filling the places
# ---------------------------------------------------------------------------------------------


class Vacant:
    """A place nobody will take: both lost, or the team is gone. Its opponent goes on without playing."""

    def __repr__(self) -> str:
        return "VACANT"


VACANT = Vacant()
Slot = Team | Vacant | None  # None: not known yet


@dataclass(frozen=True, slots=True)
class Filled:
    """A tie with what its places hold now. `stale` marks a result played by other teams than the places
    now name."""

    tie: Tie
    red: Slot
    blue: Slot
    winner: Slot = None
    loser: Slot = None
    result: Result | None = None
    stale: bool = False

    @property
    def bye(self) -> bool:
        """Decided without play, since one place or both stay empty."""
        return self.result is None and self.winner is not None


def resolve(
    ties: Sequence[Tie],
    place: Callable[[Source], Slot],
    results: Mapping[str, Result],
    gone: Collection[Team] = (),
) -> dict[str, Filled]:
    """Fill every tie. `place` answers seeds, teams and group places: a team, `VACANT`, or None (undecided).

    Teams in `gone` (withdrawn, expelled) leave their place empty in every match that has no result yet.
    """
    filled: dict[str, Filled] = {}
    by_code = {tie.code: tie for tie in ties}

    def slot(source: Source) -> Slot:
        if source.kind not in (From.WINNER, From.LOSER):
            return place(source)
        feeder = fill(by_code[source.ref]) if source.ref in by_code else None
        if feeder is None:
            raise RuleError("unknown_match", match=source.ref)
        return feeder.winner if source.kind is From.WINNER else feeder.loser

    def fill(tie: Tie) -> Filled:
        if tie.code not in filled:
            red, blue, result = slot(tie.red), slot(tie.blue), results.get(tie.code)
            if result is None:
                red, blue = (VACANT if side in gone else side for side in (red, blue))
            filled[tie.code] = _fill(tie, red, blue, result)
        return filled[tie.code]

    return {tie.code: fill(tie) for tie in ties}


def _fill(tie: Tie, red: Slot, blue: Slot, result: Result | None) -> Filled:
    if result is not None:
        stale = {result.red.team, result.blue.team} != {red, blue}
        winner: Slot = VACANT if result.both_lost else result.winner
        loser: Slot = VACANT if result.both_lost else result.loser
        return Filled(tie, red, blue, winner, loser, result, stale)
    if red is VACANT and blue is VACANT:
        return Filled(tie, red, blue, VACANT, VACANT)
    if red is VACANT and blue is not None:
        return Filled(tie, red, blue, blue, VACANT)
    if blue is VACANT and red is not None:
        return Filled(tie, red, blue, red, VACANT)
    return Filled(tie, red, blue)
