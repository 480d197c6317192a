"""A schedule that is being played: its figures, moving one match, a court that runs late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ...core.access import Actor
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import Match, MatchState
from ..pairings import Fixture
from ..quality import Problem, Quality, consequences, measure, moved, run_late
from ..queries.board import load_board
from ..queries.snapshot import Board
from ..schedule import Slot
from .contest import audit, ensure_open, get_for_writing, touch
from .courts import occupy
from .planning import EPOCH, minute, moment, plan_of, tie_fixtures

# -- the schedule as the rules see it


def as_slots(board: Board) -> list[Slot]:
    """The plan as it stands: what is cancelled or will not be played has no slot. Minutes since `EPOCH`."""
    return [
        Slot(match.code, match.court_id, minute(match.starts_at), minute(match.ends_at))
        for match in board.matches
        if match.starts_at
        and match.ends_at
        and match.state is not MatchState.CANCELLED
        and not board.unplayed(match)
    ]


def as_fixtures(board: Board) -> list[Fixture]:
    """All matches as the plan knows them: group matches with their sides, ties with what they wait for."""
    found = []
    keys = [match.code for match in board.matches if match.group_id]
    ties = {fixture.key: fixture for fixture in tie_fixtures(board.ties, keys)}
    for match in board.matches:
        if match.round:
            found.append(ties[match.code])
        else:
            group = next((g.name for g in board.groups if g.id == match.group_id), "")
            found.append(Fixture(match.code, match.red_id, match.blue_id, group, match.turn))
    return found


def quality_of(board: Board) -> Quality | None:
    """The figures beside the schedule as it stands."""
    plan = plan_of(board.tournament)
    slots = as_slots(board)
    return (
        measure(slots, as_fixtures(board), plan.hall(board.tournament.court_ids)) if plan and slots else None
    )


@dataclass(frozen=True, slots=True)
class Move:
    """A change before it is made: what would stand where, what it breaks, what it mends."""

    slots: list[Slot]
    broken: list[Problem]
    mended: list[Problem]


def preview_move(board: Board, code: str, court_id: int, start: datetime) -> Move:
    """The plan after one match was moved, and what that breaks and mends; nothing is written. Raises Invalid, Conflict."""
    plan = plan_of(board.tournament)
    if plan is None or code not in board.by_code:
        raise Invalid(_("Chưa có lịch cho trận này."), field="match")
    if board.by_code[code].state is not MatchState.SCHEDULED:
        raise Conflict(_("Trận đã được gọi, không dời được."))
    if board.unplayed(board.by_code[code]):
        raise Conflict(_("Một đội của trận này đã rời giải. Trận không đấu nữa."))
    if court_id not in board.tournament.court_ids:
        raise Invalid(_("Sân này không thuộc giải đấu."), field="court")
    slots, fixed = as_slots(board), as_fixtures(board)
    hall = plan.hall(board.tournament.court_ids)
    after = moved(slots, code, court_id, minute(start))
    return Move(after, *consequences(slots, fixed, hall, after))


def move_match(
    tournament_id: int,
    code: str,
    court_id: int,
    start: datetime,
    *,
    actor: Actor,
    at: datetime,
    accept: bool = False,
) -> Move:
    """Move a match. What it would break is a Conflict that lists it, unless `accept`ed with open eyes."""
    tournament = get_for_writing(tournament_id, actor=actor)
    ensure_open(tournament)
    board = load_board(tournament_id)
    move = preview_move(board, code, court_id, start)
    hard = [problem for problem in move.broken if problem.code in ("team_twice", "court_twice")]
    if hard:
        raise Conflict(_("Không dời được: trùng giờ của đội hoặc của sân."), problems=move.broken)
    if move.broken and not accept:
        raise Conflict(
            _("Dời trận sẽ phá quy định về nghỉ hoặc giờ. Xem hệ quả rồi đồng ý."), problems=move.broken
        )
    write_slots(board, move.slots, at)
    touch(tournament)
    occupy(board, at=at, moved=board.by_code[code])
    audit(
        tournament,
        "schedule.move",
        board.by_code[code],
        actor=actor,
        at=at,
        after={"court": court_id, "start": start.isoformat()},
    )
    return move


def write_slots(board: Board, slots: Sequence[Slot], at: datetime) -> list[Match]:
    """Put matches where the slots say and number all in order of play; those that moved."""
    changed = []
    for slot in slots:
        match = board.by_code[str(slot.key)]
        start = moment(slot.start)
        if match.starts_at != start or match.court_id != slot.court:
            match.starts_at, match.ends_at, match.court_id = start, moment(slot.end), int(str(slot.court))
            match.version += 1
            match.changed_at = at
            changed.append(match)
    ordered = sorted(board.matches, key=lambda m: (m.starts_at or EPOCH, str(m.court_id)))
    for position, match in enumerate(ordered, 1):
        match.position = position
    db.session.flush()
    return changed


def preview_late(board: Board, court_id: int, minutes: int, now: datetime) -> list[Slot]:
    """The plan when a court runs so many minutes late; nothing is written. Raises Invalid without a plan."""
    plan = plan_of(board.tournament)
    if plan is None:
        raise Invalid(_("Chưa có lịch trận."))
    started = [m.code for m in board.matches if m.state is not MatchState.SCHEDULED]
    return run_late(
        as_slots(board),
        as_fixtures(board),
        plan.hall(board.tournament.court_ids),
        court=court_id,
        minutes=minutes,
        now=minute(now),
        started=started,
    )


def shift_court(
    tournament_id: int, court_id: int, minutes: int, *, actor: Actor, at: datetime
) -> list[Match]:
    """A court runs late: its open matches move, the delay runs on where it must, and screens say so."""
    tournament = get_for_writing(tournament_id, actor=actor)
    ensure_open(tournament)
    if court_id not in tournament.court_ids:
        raise Invalid(_("Sân này không thuộc giải đấu."), field="court")
    if not 1 <= minutes <= 600:
        raise Invalid(_("Số phút trễ từ 1 đến 600."), field="minutes")
    board = load_board(tournament_id)
    changed = write_slots(board, preview_late(board, court_id, minutes, at), at)
    tournament.delays = {str(court): _delay(board, court) for court in tournament.court_ids}
    touch(tournament)
    occupy(board, at=at)
    audit(
        tournament,
        "schedule.late",
        tournament,
        actor=actor,
        at=at,
        after={"court": court_id, "minutes": minutes},
    )
    return changed


def _delay(board: Board, court_id: int) -> int:
    """How late the next match of a court is against the first published plan."""
    waiting = [
        m for m in board.matches if m.court_id == court_id and m.state is MatchState.SCHEDULED and m.starts_at
    ]
    if not waiting:
        return 0
    first = min(waiting, key=lambda m: m.starts_at or EPOCH)
    if first.planned_at is None or first.starts_at is None:
        return 0
    return max(0, minute(first.starts_at) - minute(first.planned_at))
