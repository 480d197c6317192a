"""A match as its events: append-only, in any order of arrival, each counted once.

Every tap carries an id made on the phone. The state of a match is a fold over the set of its events sorted by
(`at`, `client_id`), so phones that lost their line merge to the same score whoever comes back first: what was made
before the whistle or after the end does not count, also when the timekeeper's phone is the one that comes back late.
An undo is an event too; nothing is removed. Times are milliseconds since the epoch as the server corrected them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from incubator.matches.games import Game, Phase
from incubator.matches.outcomes import Presence, Sheet, Team
from incubator.matches.refusals import RuleError


class EventKind(StrEnum):
    TAP = "tap"  # an action of the game, `code`, by `side`
    UNDO = "undo"  # takes back `undoes`
    SPECIAL = "special"  # special win of `side` after `value` tenths of a second
    START = "start"  # phase `code` begins and its clock runs
    PAUSE = "pause"
    RESUME = "resume"
    ADJUST = "adjust"  # adds `value` milliseconds to the time left
    SHOT = "shot"  # shot clock starts anew
    POSSESSION = "possession"  # `side` has the ball
    END = "end"  # play is over, review begins


CLOCK_KINDS = frozenset(
    (EventKind.START, EventKind.PAUSE, EventKind.RESUME, EventKind.ADJUST, EventKind.SHOT)
    + (EventKind.POSSESSION, EventKind.END)
)
RED, BLUE = 0, 1
CLOCK_ROLES = ("timekeeper", "head")
SKEW = 2000  # milliseconds by which two phones may disagree about the moment of the start


class Event(NamedTuple):
    """One tap. A tuple: a busy match is counted anew with each of them."""

    client_id: str
    kind: EventKind
    at: int
    side: int | None = None
    code: str = ""
    value: int = 0
    undoes: str = ""


@dataclass(slots=True)
class Clock:
    """`left` is exact at `since`; while running it shrinks with the time that passes."""

    phase: str = ""
    left: int = 0
    since: int = 0
    running: bool = False
    shot_left: int = 0
    possession: int | None = None

    def at(self, now: int) -> tuple[int, int]:
        """Milliseconds left on the match clock and on the shot clock, never below zero."""
        gone = max(0, now - self.since) if self.running else 0
        return max(0, self.left - gone), max(0, self.shot_left - gone)

    def settle(self, now: int) -> None:
        self.left, self.shot_left = self.at(now)
        self.since = now


@dataclass(slots=True)
class SideTally:
    score: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    parts: Counter[str] = field(default_factory=Counter)
    conduct: int = 0
    special_at: int | None = None


@dataclass(slots=True)
class Tally:
    sides: tuple[SideTally, SideTally] = field(default_factory=lambda: (SideTally(), SideTally()))
    clock: Clock = field(default_factory=Clock)
    started_at: int | None = None
    end: Event | None = None  # play is over since this event
    counted: list[Event] = field(default_factory=list)
    ignored: dict[str, str] = field(default_factory=dict)  # client id -> code of the reason
    clocked: set[str] = field(default_factory=set)  # ids of what moved the clock
    undone: frozenset[str] = frozenset()

    @property
    def started(self) -> bool:
        return self.started_at is not None

    @property
    def ended(self) -> bool:
        return self.end is not None

    @property
    def ended_at(self) -> int | None:
        return self.end.at if self.end else None

    @property
    def score(self) -> tuple[int, int]:
        return self.sides[RED].score, self.sides[BLUE].score

    def sheet(self, side: int, team: Team, presence: Presence = Presence.PRESENT) -> Sheet:
        own = self.sides[side]
        return Sheet(
            team, own.score, own.special_at, dict(own.counts), dict(own.parts), own.conduct, presence
        )


def in_order(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=lambda event: (event.at, event.client_id))


def tally(game: Game, events: Iterable[Event]) -> Tally:
    """Count a match. Depends on the set of events only."""
    ordered = in_order(events)
    undone = frozenset(event.undoes for event in ordered if event.kind is EventKind.UNDO)
    standing = [e for e in ordered if e.client_id not in undone and e.kind is not EventKind.UNDO]
    scoring = {phase.code for phase in game.phases if phase.scoring}
    starts = (e.at for e in standing if e.kind is EventKind.START and e.code in scoring)
    end = next((e for e in standing if e.kind is EventKind.END), None)
    result = Tally(undone=undone, started_at=next(starts, None), end=end)
    for event in standing:
        outside = _outside(result, event)
        if outside:
            result.ignored[event.client_id] = outside
        elif event.kind is EventKind.TAP:
            _tap(game, result, event)
        elif event.kind is EventKind.SPECIAL:
            _special(result, event)
        else:
            result.clocked.add(event.client_id)
            _clock(game, result, event)
    return result


def _outside(known: Tally, event: Event) -> str:
    """Why an event does not count for its time: before the whistle, after the end."""
    if known.end is not None and event is not known.end and event.at > known.end.at:
        return "match_over"
    if event.kind in CLOCK_KINDS:
        return ""
    if known.started_at is None or event.at < known.started_at - SKEW:
        return "match_not_started"
    return ""


def _tap(game: Game, result: Tally, event: Event) -> None:
    action = game.action(event.code)
    side = event.side or 0
    own, other = result.sides[side], result.sides[1 - side]
    if action.most is not None and own.counts[action.code] >= action.most:
        result.ignored[event.client_id] = "count_impossible"  # two phones counted the same task
        return
    own.counts[action.code] += 1
    own.score += action.points
    other.score += action.gives
    own.conduct += action.conduct
    if action.part:
        own.parts[action.part] += action.points
    result.counted.append(event)


def _special(result: Tally, event: Event) -> None:
    own = result.sides[event.side or 0]
    if own.special_at is None or event.value < own.special_at:
        own.special_at = event.value
    result.clock.settle(event.at)
    result.clock.running = False
    result.counted.append(event)


def _clock(game: Game, result: Tally, event: Event) -> None:
    clock, now = result.clock, event.at
    clock.settle(now)
    match event.kind:
        case EventKind.START:
            phase = phase_of(game, event.code)
            clock.phase, clock.left, clock.shot_left = (
                phase.code,
                phase.seconds * 1000,
                phase.shot_seconds * 1000,
            )
            clock.running = True
        case EventKind.PAUSE:
            clock.running = False
        case EventKind.RESUME:
            clock.running = True
        case EventKind.ADJUST:
            clock.left = max(0, clock.left + event.value)
        case EventKind.SHOT:
            clock.shot_left = phase_of(game, clock.phase).shot_seconds * 1000
        case EventKind.POSSESSION:
            clock.possession = event.side
            clock.shot_left = phase_of(game, clock.phase).shot_seconds * 1000
        case EventKind.END:
            clock.running = False


def phase_of(game: Game, code: str) -> Phase:
    for phase in game.phases:
        if phase.code == code:
            return phase
    raise RuleError("unknown_phase", phase=code)


def check(game: Game, known: Tally, event: Event, role: str) -> None:
    """Refuse an event that cannot be counted. Late arrival is no reason: it is judged by when it was made.

    A tap that comes before the start of the clock is taken: the timekeeper's phone may be the one without a line.
    """
    if event.kind is EventKind.TAP:
        action = game.action(event.code)
        _need_side(event)
        if role not in action.entered_by:
            raise RuleError("not_your_part", action=action)
        if action.most is not None and known.sides[event.side or 0].counts[action.code] >= action.most:
            raise RuleError("count_impossible", action=action, most=action.most, given=action.most + 1)
    elif event.kind is EventKind.SPECIAL:
        _need_side(event)
        _check_special(game, event)
    elif event.kind is EventKind.UNDO:
        if event.undoes in known.clocked and role not in CLOCK_ROLES:
            raise RuleError("clock_is_timekeepers")
        return
    else:
        _check_clock(game, known, event, role)
    outside = _outside(known, event)
    if outside and (known.started or outside == "match_over"):
        raise RuleError(outside)


def _need_side(event: Event) -> None:
    if event.side not in (RED, BLUE):
        raise RuleError("side_missing")


def _check_special(game: Game, event: Event) -> None:
    longest = sum(phase.seconds for phase in game.phases if phase.scoring) * 10
    if game.special is None:
        raise RuleError("no_special_win")
    if not 0 < event.value <= longest:
        raise RuleError("time_impossible", seconds=longest // 10, given=event.value)


def _check_clock(game: Game, known: Tally, event: Event, role: str) -> None:
    if role not in CLOCK_ROLES:
        raise RuleError("clock_is_timekeepers")
    if event.kind is EventKind.START:
        phase_of(game, event.code)
    elif event.kind in (EventKind.SHOT, EventKind.POSSESSION):
        if not known.clock.phase or not phase_of(game, known.clock.phase).shot_seconds:
            raise RuleError("no_shot_clock")
        if event.kind is EventKind.POSSESSION:
            _need_side(event)
    elif not known.clock.phase:
        raise RuleError("match_not_started")


@dataclass(frozen=True, slots=True)
class Merged:
    """`fresh` are to be stored, `again` were known already, `clash` came under a known id with another
    content."""

    fresh: tuple[Event, ...]
    again: tuple[str, ...]
    clash: tuple[str, ...]


def merge(known: Mapping[str, Event], incoming: Sequence[Event]) -> Merged:
    """Compare a phone's queue with what is stored. Sending twice changes nothing."""
    fresh: dict[str, Event] = {}
    again, clash = [], []
    for event in incoming:
        stored = known.get(event.client_id) or fresh.get(event.client_id)
        if stored is None:
            fresh[event.client_id] = event
        elif stored._replace(at=event.at) == event:  # sent again, its time is corrected anew
            again.append(event.client_id)
        else:
            clash.append(event.client_id)
    return Merged(tuple(fresh.values()), tuple(again), tuple(clash))
