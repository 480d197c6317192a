"""Teams that leave a tournament in the middle of it, and those that come back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import (
    Entry,
    EntryState,
    Match,
    MatchState,
    StageDivision,
    StageEntry,
    StagePresence,
    StageState,
    Tournament,
)
from ...spaces.services import occupancy
from ..brackets import Filled
from ..quality import consequences, run_late
from ..queries.board import load_board
from ..queries.sides import GONE
from ..queries.snapshot import Board
from ..wording import short_code
from .calling import bump, void_plays
from .contest import audit, ensure_open, entry_in_play, get_for_writing, touch
from .courts import occupy
from .moving import as_fixtures, as_slots, write_slots
from .planning import minute, plan_of

_IN_THE_WAY = {"team_twice", "court_twice", "rest_short", "before_source"}


def remove_team(
    stage_entry_id: int, presence: StagePresence, reason: str, *, actor: Actor, at: datetime
) -> None:
    """A team withdraws or is expelled. Its open matches follow the game's rule (annul, forfeit, keep).

    Matches that nobody will play any more are cancelled and give their court back; in a bracket the
    opponent goes on.
    """
    entry, tournament = _for_writing(stage_entry_id, actor)
    entry.presence, entry.presence_reason = presence, reason
    leave(tournament.id, stage_entry_id, at=at)
    audit(
        tournament, "team.leave", entry, actor=actor, at=at, after={"presence": str(presence)}, reason=reason
    )


def _for_writing(stage_entry_id: int, actor: Actor) -> tuple[StageEntry, Tournament]:
    entry, tournament_id = entry_in_play(stage_entry_id)
    tournament = get_for_writing(tournament_id, actor=actor)
    ensure_open(tournament)
    return entry, tournament


def leave(tournament_id: int, stage_entry_id: int, *, at: datetime) -> list[Match]:
    """Cancel what the team would still have played; confirmed results stay as they were entered."""
    board = load_board(tournament_id)
    open_states = (MatchState.SCHEDULED, MatchState.CALLED, MatchState.READY, MatchState.RUNNING)
    gone = [
        match
        for match in board.matches
        if match.group_id
        and stage_entry_id in (match.red_id, match.blue_id)
        and match.state in open_states
        and not (board.game.withdrawn == "forfeit" and match.state is not MatchState.SCHEDULED)
    ]
    for match in gone:
        if board.game.withdrawn != "forfeit":
            match.state = MatchState.CANCELLED
        bump(match, at)
    occupancy.release([occupancy.Owner("match", match.id) for match in gone], at=at)
    touch(board.tournament)
    db.session.flush()
    return gone


@dataclass(frozen=True, slots=True)
class Return:
    """What a team's return did to the schedule: its matches that stand in it again, and others that had to move."""

    restored: list[Match]
    shifted: list[Match]


def return_team(stage_entry_id: int, reason: str, *, actor: Actor, at: datetime) -> Return:
    """Take back that a team left: its results count again and its open matches go back into the schedule.

    Refused once a match was called whose teams would be others with this team in the contest, and for a team
    whose entry was withdrawn. A match whose time is over stands after the last group match of its court.
    """
    entry, tournament = _for_writing(stage_entry_id, actor)
    if entry.presence not in GONE:
        raise Conflict(_("Đội này vẫn đang thi đấu."))
    if not reason.strip():
        raise Invalid(_("Ghi lý do đưa đội trở lại."), field="reason")
    withdrawn = sa.select(Entry.state == EntryState.WITHDRAWN).where(Entry.id == entry.entry_id)
    if db.session.scalar(withdrawn):
        raise Conflict(_("Đội đã rút hồ sơ khỏi cuộc thi nên không trở lại giải được."))
    before, was = load_board(tournament.id), entry.presence
    then = before.filled  # derived before anything changes
    entry.presence, entry.presence_reason = StagePresence.PRESENT, ""
    back = _restore(before, stage_entry_id, reason, actor=actor, at=at)
    after = load_board(tournament.id)
    _refuse_other_teams(then, after)
    shifted = _place(after, back, actor=actor, at=at) if back else []
    touch(tournament)
    db.session.flush()
    codes = [match.code for match in back]
    audit(
        tournament,
        "team.return",
        entry,
        actor=actor,
        at=at,
        before={"presence": str(was)},
        after={"presence": str(entry.presence), "matches": codes},
        reason=reason,
    )
    return Return(back, shifted)


def _restore(board: Board, side: int, reason: str, *, actor: Actor, at: datetime) -> list[Match]:
    """Group matches that can be played again, now that only `side` keeps them from it."""
    others = board.gone.keys() - {side}
    found = [
        match
        for match in board.matches
        if match.group_id
        and side in (match.red_id, match.blue_id)
        and not others & {match.red_id, match.blue_id}
        and match.state in (MatchState.CANCELLED, MatchState.SCHEDULED)
    ]
    for match in found:
        if match.state is MatchState.CANCELLED:
            void_plays(match.id, reason.strip(), actor=actor, at=at)
        match.state = MatchState.SCHEDULED
        bump(match, at)
    db.session.flush()
    return found


def _refuse_other_teams(before: Mapping[str, Filled], after: Board) -> None:
    """Matches of the bracket that were called keep the teams they were called with."""
    changed = []
    for tie in after.ties:
        match, then, now = after.by_code[tie.code], before[tie.code], after.filled[tie.code]
        called = {match.red_id, match.blue_id}
        started = match.state not in (MatchState.SCHEDULED, MatchState.CANCELLED)
        if started and {then.red, then.blue} == called and {now.red, now.blue} != called:
            changed.append(match.code)
    if changed:
        raise Conflict(
            _(
                "Trận sau (%(codes)s) đã gọi theo kết quả không có đội này nên đội không trở lại được nữa.",
                codes=", ".join(short_code(code) for code in changed),
            ),
            code="dependents_started",
            matches=changed,
        )


def _place(board: Board, back: list[Match], *, actor: Actor, at: datetime) -> list[Match]:
    """Give the matches their courts back; what stands in their way runs later, as on a late court."""
    plan = plan_of(board.tournament)
    if plan is None:
        return []
    keys, now, hall = {match.code for match in back}, minute(at), plan.hall(board.tournament.court_ids)
    slots, last = [], dict.fromkeys(hall.courts, now)
    for slot in as_slots(board):
        if slot.key not in keys:
            slots.append(slot)
            if board.by_code[str(slot.key)].group_id:
                last[slot.court] = max(last.get(slot.court, now), slot.end)
    for slot in sorted(as_slots(board), key=lambda slot: slot.start):
        if slot.key in keys:
            start = slot.start if slot.start >= now else last.get(slot.court, now)
            slots.append(replace(slot, start=start, end=start + slot.end - slot.start))
            last[slot.court] = max(last.get(slot.court, now), slots[-1].end)
    started = [match.code for match in board.matches if match.state is not MatchState.SCHEDULED]
    others = [slot for slot in slots if slot.key not in keys]
    broken, _mended = consequences(others, as_fixtures(board), hall, slots)
    if any(problem.code in _IN_THE_WAY for problem in broken):
        slots = run_late(slots, as_fixtures(board), hall, court=None, minutes=0, now=now, started=started)
    changed = write_slots(board, slots, at)
    for match in changed:
        if match.code in keys:
            match.planned_at = match.starts_at  # planned anew, not late
    occupy(board, at=at)
    return [match for match in changed if match.code not in keys]


def entry_withdrawn(
    entry_id: Any, actor: Actor | None = None, at: datetime | None = None, **_more: Any
) -> None:
    """Receiver of the signal of the contests: in every tournament the entry stands as withdrawn from now
    on."""
    rows = db.session.execute(
        sa.select(StageEntry, Tournament.id)
        .join(Tournament, Tournament.stage_division_id == StageEntry.stage_division_id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .where(
            StageEntry.entry_id == entry_id,
            StageDivision.state.in_([StageState.PLANNED, StageState.OPEN]),  # what is decided stands
        )
    ).all()
    for entry, tournament_id in rows:
        if entry.presence in GONE:
            continue
        entry.presence = StagePresence.WITHDRAWN
        db.session.flush()
        leave(tournament_id, entry.id, at=at or clock.now())
