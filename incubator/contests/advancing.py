"""Who goes on to the next stage and who gets which prize, from a ranking with its ties decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from incubator.contests.ties import Line, Placed, Tie, ties_that_matter

CUT = "cut"


@dataclass(frozen=True, slots=True)
class Cut:
    """Result of advancing. `waiting` ties block: their entries are in neither list."""

    advanced: tuple[int, ...]
    left: tuple[int, ...]
    waiting: tuple[Tie, ...] = ()


def advance(placed: Sequence[Placed], quota: int) -> Cut:
    """The first `quota` entries; a tie over the cut waits, or goes through whole if it was decided as shared."""
    waiting = ties_that_matter(placed, [Line(CUT, quota)])
    undecided = {entry_id for tie in waiting for entry_id in tie.entry_ids}
    settled = [p for p in placed if p.entry_id not in undecided]
    advanced = tuple(p.entry_id for p in settled if p.rank <= quota)
    left = tuple(p.entry_id for p in settled if p.rank > quota)
    return Cut(advanced, left, tuple(waiting))


@dataclass(frozen=True, slots=True)
class Prize:
    """One tier of the prize structure, in order of value.

    By rank: `count` places. By band: every entry with `low` <= score <= `high`; `count`, when given,
    is then the most that may be given. `withheld`: the council leaves the tier empty.
    """

    tier_id: int
    name: str
    count: int | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    withheld: bool = False
    may_stay_empty: bool = True

    @property
    def by_band(self) -> bool:
        return self.low is not None or self.high is not None

    def contains(self, score: Decimal) -> bool:
        return (self.low is None or score >= self.low) and (self.high is None or score <= self.high)


@dataclass(frozen=True, slots=True)
class Allocation:
    """`given`: entry → tier. What blocks: `waiting` ties, `overfull` bands, `unfilled` tiers that must not be empty."""

    given: Mapping[int, int] = field(default_factory=dict)
    waiting: tuple[Tie, ...] = ()
    overfull: tuple[int, ...] = ()
    unfilled: tuple[int, ...] = ()

    @property
    def settled(self) -> bool:
        return not (self.waiting or self.overfull or self.unfilled)


def prize_lines(prizes: Sequence[Prize]) -> list[Line]:
    """The last place of each prize that goes by rank; a withheld prize takes no place."""
    lines, after = [], 0
    for prize in prizes:
        if prize.by_band or prize.withheld or not prize.count:
            continue
        after += prize.count
        lines.append(Line(prize.name, after))
    return lines


def allocate(
    placed: Sequence[Placed], prizes: Sequence[Prize], *, worthy: Collection[int] | None = None
) -> Allocation:
    """Prizes for a ranking. `worthy`: the entries that may be awarded (minimum total, no zero); None = all.

    Bands need no ranks: each entry takes the best band that holds its score (first value of its
    key). Prizes by rank go down the ranking of those left; a tie over a prize's last place waits, or
    all of it takes the better prize when it was decided as shared, which uses up places of the
    next one: three who share the first two places of a 1 + 2 structure leave none behind them.
    """
    able = [p for p in placed if worthy is None or p.entry_id in worthy]
    given = _by_band(able, prizes)
    overfull = _overfull(given, prizes)
    rest = _reranked([p for p in able if p.entry_id not in given])
    waiting = ties_that_matter(rest, prize_lines(prizes))
    undecided = {entry_id for tie in waiting for entry_id in tie.entry_ids}
    given |= {k: tier for k, tier in _by_rank(rest, prizes).items() if k not in undecided}
    used = set(given.values())
    unfilled = tuple(
        p.tier_id for p in prizes if p.tier_id not in used and not (p.may_stay_empty or p.withheld or waiting)
    )
    return Allocation(given, tuple(waiting), overfull, unfilled)


def _by_band(placed: Sequence[Placed], prizes: Sequence[Prize]) -> dict[int, int]:
    bands = [prize for prize in prizes if prize.by_band and not prize.withheld]
    given = {}
    for entry in placed:
        band = next((b for b in bands if b.contains(entry.key[0])), None)
        if band:
            given[entry.entry_id] = band.tier_id
    return given


def _overfull(given: Mapping[int, int], prizes: Sequence[Prize]) -> tuple[int, ...]:
    taken = list(given.values())
    return tuple(
        p.tier_id for p in prizes if p.by_band and p.count is not None and taken.count(p.tier_id) > p.count
    )


def _reranked(placed: Sequence[Placed]) -> list[Placed]:
    """Ranks counted again among those left over, ties and shares kept."""
    again: list[Placed] = []
    for index, entry in enumerate(placed):
        same = index > 0 and placed[index - 1].rank == entry.rank
        again.append(Placed(entry.entry_id, entry.key, again[-1].rank if same else index + 1, entry.shared))
    return again


def _by_rank(placed: Sequence[Placed], prizes: Sequence[Prize]) -> dict[int, int]:
    tiers = [prize for prize in prizes if not prize.by_band and not prize.withheld and prize.count]
    lines = prize_lines(prizes)
    given = {}
    for entry in placed:
        tier = next((t for t, line in zip(tiers, lines, strict=True) if entry.rank <= line.after), None)
        if tier:
            given[entry.entry_id] = tier.tier_id
    return given
