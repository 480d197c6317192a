"""Matches and their times: made from groups and bracket, placed on courts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import HallScreen, Match, MatchState, Tournament
from ...spaces.services import occupancy
from ..brackets import From, Tie, crossover, from_lines, knockout, read_source
from ..games import Game
from ..improve import improve
from ..pairings import Fixture, fixtures
from ..quality import Quality, measure
from ..queries.board import load_board
from ..queries.snapshot import Board
from ..refusal_words import invalid
from ..refusals import RuleError
from ..schedule import Hall, Slot, schedule
from .contest import audit, ensure_open, get_for_writing, touch
from .courts import occupy

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


def minute(moment: datetime) -> int:
    """A moment as the plan counts: whole minutes since `EPOCH`."""
    return int((moment - EPOCH).total_seconds() // 60)


def moment(minutes: int) -> datetime:
    """The other way round."""
    return EPOCH + timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an organiser says about the days: minutes per match, rest, open windows, latest finish."""

    slot: int
    rest: int
    windows: tuple[tuple[datetime, datetime], ...]
    latest: datetime | None = None
    one_court_per_group: bool = False
    alternating: bool | None = None  # None: whichever gives the better schedule

    def hall(self, courts: Sequence[int]) -> Hall:
        return Hall(
            tuple(courts),
            self.slot,
            self.rest,
            tuple((minute(start), minute(end)) for start, end in self.windows),
            minute(self.latest) if self.latest else None,
            self.one_court_per_group,
        )

    def stored(self) -> dict[str, Any]:
        return {
            "slot": self.slot,
            "rest": self.rest,
            "windows": [[start.isoformat(), end.isoformat()] for start, end in self.windows],
            "latest": self.latest.isoformat() if self.latest else None,
            "one_court_per_group": self.one_court_per_group,
            "alternating": self.alternating,
        }


def plan_of(tournament: Tournament) -> Plan | None:
    """How the schedule was asked for (slots and rests in minutes), None before it was."""
    data = tournament.plan
    if not data.get("windows"):
        return None
    return Plan(
        data["slot"],
        data["rest"],
        tuple((datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in data["windows"]),
        datetime.fromisoformat(data["latest"]) if data.get("latest") else None,
        data.get("one_court_per_group", False),
        data.get("alternating"),
    )


def make_schedule(
    tournament_id: int, plan: Plan, *, actor: Actor, at: datetime, seconds: float = 0
) -> Quality:
    """Make all matches of the tournament and place them. Refused once a match has been called.

    `seconds` > 0 lets the optimiser improve the group matches within that time.
    """
    tournament = get_for_writing(tournament_id, actor=actor)
    ensure_open(tournament)
    board = load_board(tournament_id)
    if any(match.state is not MatchState.SCHEDULED for match in board.matches):
        raise Conflict(_("Đã có trận được gọi. Dời từng trận thay vì lập lại lịch."))
    hall = plan.hall(tournament.court_ids)
    groups = [(group.name, board.members.get(group.id, [])) for group in board.groups]
    if any(len(members) < 2 for _name, members in groups):
        raise Invalid(_("Chưa bốc thăm xong: có bảng chưa đủ đội."))
    try:
        fixed, slots = _best(groups, board.game, hall, plan)
        if seconds and not any(not fixture.teams for fixture in fixed):
            slots = improve(slots, fixed, hall, seconds=seconds)
        ties = bracket_of(tournament, [name for name, _members in groups], len(board.sides))
        after = _knockout(ties, slots, hall)
    except RuleError as error:
        raise invalid(error) from error
    _replace(board, fixed, ties, [*slots, *after[1]], at)
    tournament.plan = plan.stored()
    tournament.delays = {}
    touch(tournament)
    db.session.flush()
    occupy(load_board(tournament_id), at=at)
    quality = measure([*slots, *after[1]], [*fixed, *after[0]], hall)
    audit(tournament, "schedule.make", tournament, actor=actor, at=at, after={"matches": quality.matches})
    return quality


def _best(
    groups: Sequence[tuple[str, Sequence[int]]], game: Game, hall: Hall, plan: Plan
) -> tuple[list[Fixture], list[Slot]]:
    """Strict change of colours where it costs no rule and no rest beyond the least, else synchronous
    turns."""
    if not groups:
        return [], []
    rounds = {rule.size: rule.rounds for rule in game.drops}
    tries = []
    for alternating in (True, False) if plan.alternating is None else (plan.alternating,):
        fixed = fixtures(groups, rounds=rounds, alternating=alternating)
        slots = schedule(fixed, hall)
        figures = measure(slots, fixed, hall)
        tries.append((len(figures.problems), figures.repeats, -(figures.shortest_gap or 0), fixed, slots))
    best = min(tries, key=lambda item: item[:3])
    return best[3], best[4]


def bracket_of(tournament: Tournament, groups: Sequence[str], teams: int) -> list[Tie]:
    """The knockout that follows, by the tournament's cut; none where the cut leads to another stage."""
    cut = tournament.cut
    third = bool(cut.get("third_place", True))
    if cut.get("bracket") == "crossover" and groups:
        extra = [
            read_source(f"best:{place}:{n}")
            for place, count in cut.get("best", [])
            for n in range(1, count + 1)
        ]
        return from_lines(crossover(groups, int(cut["per_group"]), extra), third_place=third)
    if cut.get("bracket") == "seeds":
        seeds = cut.get("seeds") or []
        return knockout([read_source(f"team:{side}") for side in seeds], third_place=third)
    return []


def tie_fixtures(ties: Iterable[Tie], group_keys: Sequence[Any]) -> list[Fixture]:
    """A tie waits for the matches it comes from; first-round ties wait for all group matches. The final is played alone,
    when third place is decided."""
    ties = list(ties)
    third = tuple(tie.code for tie in ties if tie.round == 3)
    found = []
    for tie in ties:
        feeders = tuple(s.ref for s in tie.sources if s.kind in (From.WINNER, From.LOSER))
        waits = feeders or tuple(group_keys)
        found.append(
            Fixture(
                tie.code, group=f"round {tie.round}", after=waits, follows=third if tie.round == 2 else ()
            )
        )
    return found


def _knockout(ties: Sequence[Tie], slots: Sequence[Slot], hall: Hall) -> tuple[list[Fixture], list[Slot]]:
    if not ties:
        return [], []
    last = max((slot.end for slot in slots), default=0)
    windows = tuple((max(a, last + hall.rest), b) for a, b in hall.windows if b > last + hall.rest)
    later = replace(hall, windows=windows, one_court_per_group=False) if slots else hall
    fixed = tie_fixtures(ties, ())
    return fixed, schedule(fixed, later)


def _replace(
    board: Board, fixed: Sequence[Fixture], ties: Sequence[Tie], slots: Sequence[Slot], at: datetime
) -> None:
    old = [match.id for match in board.matches]
    if old:
        db.session.execute(sa.update(HallScreen).where(HallScreen.match_id.in_(old)).values(match_id=None))
        occupancy.release([occupancy.Owner("match", key) for key in old], at=at)
        db.session.execute(sa.delete(Match).where(Match.tournament_id == board.tournament.id))
    groups = {group.name: group.id for group in board.groups}
    by_key = {fixture.key: fixture for fixture in fixed}
    by_code = {tie.code: tie for tie in ties}
    rows = []
    for position, slot in enumerate(sorted(slots, key=lambda slot: (slot.start, str(slot.court))), 1):
        values: dict[str, Any] = {
            "tournament_id": board.tournament.id,
            "code": str(slot.key),
            "position": position,
            "court_id": slot.court,
            "planned_at": moment(slot.start),
            "starts_at": moment(slot.start),
            "ends_at": moment(slot.end),
            "state": MatchState.SCHEDULED,
            "counts": True,
            "version": 1,
            "changed_at": at,
            "round": 0,
            "turn": 1,
            "red_source": "",
            "blue_source": "",
            "red_id": None,
            "blue_id": None,
            "group_id": None,
        }
        if slot.key in by_key:
            fixture = by_key[slot.key]
            values |= {"group_id": groups[fixture.group], "turn": fixture.turn}
            values |= {"red_id": fixture.red, "blue_id": fixture.blue}
        else:
            tie = by_code[str(slot.key)]
            values |= {"round": tie.round, "red_source": str(tie.red), "blue_source": str(tie.blue)}
        rows.append(values)
    if rows:
        db.session.execute(sa.insert(Match), rows)


def clear_schedule(tournament_id: int, *, actor: Actor, at: datetime) -> None:
    """Take the matches away while none has been called."""
    tournament = get_for_writing(tournament_id, actor=actor)
    ensure_open(tournament)
    board = load_board(tournament_id)
    if any(match.state is not MatchState.SCHEDULED for match in board.matches):
        raise Conflict(_("Đã có trận được gọi, không xóa lịch được."))
    _replace(board, [], [], [], at)
    touch(tournament)
    audit(tournament, "schedule.clear", tournament, actor=actor, at=at)
