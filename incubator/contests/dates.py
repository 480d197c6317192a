"""Days of an edition that contradict each other. They warn: the paper may say so, and more often a day was mistyped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Code(StrEnum):
    BEFORE_DEADLINE = "before_deadline"  # begins while teams may still be sent: cannot be opened then
    BEFORE_EARLIER = "before_earlier"  # begins before a round that it takes its entries from is over
    FINAL_BEFORE = "final_before"  # the day of the final lies before the last round begins
    FINAL_AFTER = "final_after"  # … or after it has ended


@dataclass(frozen=True, slots=True)
class Round:
    """A round as planned: local times, its divisions, and whether it has been opened in all of them."""

    id: int
    name: str
    starts: datetime | None
    ends: datetime | None
    divisions: frozenset[int]
    opened: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """Two days that cannot both be right: `at` of the round, `other` of what it contradicts."""

    code: Code
    round: Round
    at: datetime
    other: datetime | date
    earlier: Round | None = None


def clashes(rounds: Sequence[Round], *, deadline: datetime | None, final_on: date | None) -> list[Clash]:
    """What contradicts each other, in the order of `rounds` (the order in which they are held). A round that is opened has
    answered the question. `deadline`: the last moment at which anybody may send a team, local."""
    found = [c for place, r in enumerate(rounds) for c in _of_round(r, rounds[:place], deadline)]
    return [*found, *_of_final(rounds, final_on)]


def _of_round(held: Round, before: Sequence[Round], deadline: datetime | None) -> Iterator[Clash]:
    if held.opened or held.starts is None:
        return
    if deadline and held.starts <= deadline:
        yield Clash(Code.BEFORE_DEADLINE, held, held.starts, deadline)
    for earlier in before:
        over = earlier.ends or earlier.starts
        if over and held.starts < over and held.divisions & earlier.divisions:
            yield Clash(Code.BEFORE_EARLIER, held, held.starts, over, earlier)


def _of_final(rounds: Sequence[Round], final_on: date | None) -> Iterator[Clash]:
    last = next((r for r in reversed(rounds) if r.starts), None)
    if final_on is None or last is None or last.opened or last.starts is None:
        return
    if final_on < last.starts.date():
        yield Clash(Code.FINAL_BEFORE, last, last.starts, final_on)
    elif last.ends and final_on > last.ends.date():
        yield Clash(Code.FINAL_AFTER, last, last.ends, final_on)
