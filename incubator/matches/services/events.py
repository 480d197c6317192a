"""Taps from the phones: the hot path. Core statements only; the event log is its own audit.

A batch is merged by client ids, so sending it again changes nothing. What cannot count is stored with its
reason where it belongs to the match (held or refused), so that nothing is lost silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...core.text.numerals import whole
from ...models import CrewPart, Match, MatchCrew, MatchEvent, MatchEventState, MatchState, Play, Tournament
from ...models import Game as GameRow
from ..games import Game
from ..queries.board import parsed_game
from ..refusal_words import sentence
from ..refusals import RuleError
from ..scoresheet import Event, EventKind, Tally, check, merge, tally

_OPEN = (MatchState.CALLED, MatchState.READY, MatchState.RUNNING, MatchState.REVIEW)
_MOST = 200  # events in one batch
_LONGEST_WAY = 8000  # milliseconds a batch may be on its way: the phone gives up then and sends anew
_KINDS = {str(kind): kind for kind in EventKind}


@dataclass(slots=True)
class Receipt:
    """What became of a batch. `refused` and `held` map client ids to sentences; the rest is safe.

    `notes` say of saved events why they do not count as yet.
    """

    saved: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    state: MatchState = MatchState.CALLED
    version: int = 0


Seat = tuple[CrewPart, int | None]  # what somebody is at the court, and for which side; None: for both


@dataclass(frozen=True, slots=True)
class _Court:
    """The match as the hot path needs it."""

    id: int
    tournament_id: int
    state: MatchState
    version: int
    play_id: int | None
    game: Game
    seats: frozenset[Seat]


_END_OF_TIME = 10**14  # milliseconds: the year 5138


def read_event(data: Mapping[str, Any], offset: int) -> Event:
    """An event from a phone's JSON. Raises Invalid for what is no event at all."""
    try:
        side = data.get("side")
        when = int(data["at"]) + offset
        if abs(when) >= _END_OF_TIME:
            raise ValueError("no moment of ours")
        return Event(
            client_id=str(data["id"])[:64],
            kind=EventKind(data["kind"]),
            at=when,
            side=None if side is None else whole(str(int(side))),
            code=str(data.get("code", ""))[:40],
            value=whole(str(int(data.get("value", 0)))),
            undoes=str(data.get("undoes", ""))[:64],
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise Invalid(_("Sự kiện gửi lên chưa đúng dạng. Tải lại trang rồi bấm lại.")) from error


def offset_of(now: int, sent_at: int, measured: int | None) -> int:
    """What to add to the times of a phone, in milliseconds.

    `now - sent_at` is the offset of the phone's clock plus the time that the batch was on its way. On a slow line the
    second part would push a tap past the end of play, so a phone tells the offset that it `measured` on its quickest
    exchanges; it is taken as far as it can be true: on its way the batch was for no less than nothing and no more than
    `_LONGEST_WAY`.
    """
    most = now - sent_at
    if measured is None or most - measured > _LONGEST_WAY:
        return most
    return min(measured, most)


def receive(
    match_id: int,
    batch: Sequence[Mapping[str, Any]],
    *,
    sent_at: int,
    actor: Actor,
    at: datetime,
    offset: int | None = None,
) -> Receipt:
    """Store a phone's queue. `sent_at` is the phone's clock when it sent and `offset` what it measured its clock to be
    behind ours, both in milliseconds: see `offset_of`."""
    if len(batch) > _MOST:
        raise Invalid(_("Gửi nhiều nhất %(n)s sự kiện một lần.", n=_MOST))
    lock_rows(Match, [match_id])
    court = _court(match_id, actor)
    ensure(bool(court.seats) or bool(actor.system), sentence(RuleError("wrong_court")))
    now = int(at.timestamp() * 1000)
    correction = offset_of(now, sent_at, offset)
    incoming = [read_event(item, correction) for item in batch]
    if court.play_id is None:
        return Receipt(
            refused={e.client_id: sentence(RuleError("match_not_called")) for e in incoming},
            state=court.state,
        )
    known, counted = _known(court.play_id, [event.client_id for event in incoming])
    merged = merge(known, incoming)
    receipt = Receipt(saved=list(merged.again), state=court.state, version=court.version)
    for client_id in merged.clash:
        receipt.refused[client_id] = sentence(RuleError("same_id_other_content"))
    rows = _judge(court, merged.fresh, counted, receipt)
    if rows:
        _store(court, rows, receipt, actor, at)
    return receipt


# Built once: putting a statement together costs as much as running it.
_COURT = (
    sa.select(
        Match.id,
        Match.tournament_id,
        Match.state,
        Match.version,
        Play.id.label("play_id"),
        GameRow.id.label("game_id"),
        GameRow.version.label("game_version"),
        GameRow.code,
        MatchCrew.part,
        MatchCrew.side,
    )
    .join(Tournament, Tournament.id == Match.tournament_id)
    .join(GameRow, GameRow.id == Tournament.game_id)
    .outerjoin(Play, sa.and_(Play.match_id == Match.id, Play.voided_at.is_(None)))
    .outerjoin(
        MatchCrew,
        sa.and_(
            MatchCrew.tournament_id == Match.tournament_id,
            MatchCrew.person_id == sa.bindparam("person", type_=sa.Integer),
            MatchCrew.to_at.is_(None),
            sa.or_(MatchCrew.court_id.is_(None), MatchCrew.court_id == Match.court_id),
        ),
    )
    .where(Match.id == sa.bindparam("match"))
)
_EVENTS = sa.select(
    MatchEvent.client_id,
    MatchEvent.kind,
    MatchEvent.made_at,
    MatchEvent.side,
    MatchEvent.code,
    MatchEvent.value,
    MatchEvent.undoes,
    sa.type_coerce(MatchEvent.state, sa.String),
    MatchEvent.play_id,
).where(
    sa.or_(
        MatchEvent.play_id == sa.bindparam("play"),
        MatchEvent.client_id.in_(sa.bindparam("ids", expanding=True)),
    )
)
_MATCH_TABLE: Any = Match.__table__
_INSERT = sa.insert(MatchEvent.__table__)  # type: ignore[arg-type]
_BUMP = (
    sa.update(_MATCH_TABLE)
    .where(_MATCH_TABLE.c.id == sa.bindparam("match"))
    .values(version=_MATCH_TABLE.c.version + 1, state=sa.bindparam("now"), changed_at=sa.bindparam("at"))
)


def _court(match_id: int, actor: Actor) -> _Court:
    rows = db.session.connection().execute(_COURT, {"match": match_id, "person": actor.person_id}).all()
    if not rows:
        raise NotFound(_("Không có trận này."))
    row = rows[0]
    seats = frozenset((r.part, r.side) for r in rows if r.part is not None)
    return _Court(
        row.id,
        row.tournament_id,
        row.state,
        row.version,
        row.play_id,
        parsed_game(row.game_id, row.game_version, row.code),
        seats,
    )


def _known(play_id: int, client_ids: Sequence[str]) -> tuple[dict[str, Event], list[Event]]:
    """Stored events by client id (also those that came to another match), and the play's counted ones."""
    rows = db.session.connection().execute(_EVENTS, {"play": play_id, "ids": list(client_ids)})
    known, counted = {}, []
    for client_id, kind, at, side, code, value, undoes, state, play in rows:
        known[client_id] = event = Event(client_id, _KINDS[kind], at, side, code, value, undoes)
        if play == play_id and state == MatchEventState.COUNTED:
            counted.append(event)
    return known, counted


def _judge(
    court: _Court, fresh: Sequence[Event], counted: list[Event], receipt: Receipt
) -> list[tuple[Event, MatchEventState, str]]:
    """Decide for each new event whether it counts, is held for the head referee, or is refused."""
    rows: list[tuple[Event, MatchEventState, str]] = []
    state = tally(court.game, counted)
    for event in sorted(fresh, key=lambda event: (event.at, event.client_id)):
        try:
            if court.state not in _OPEN:
                raise RuleError(
                    "after_confirmation" if court.state is not MatchState.SCHEDULED else "match_not_called"
                )
            _check(court, state, event, counted)
        except RuleError as error:
            held = error.code == "after_confirmation"
            rows.append((event, MatchEventState.HELD if held else MatchEventState.REFUSED, error.code))
            (receipt.held if held else receipt.refused)[event.client_id] = sentence(error)
            continue
        rows.append((event, MatchEventState.COUNTED, ""))
        receipt.saved.append(event.client_id)
        counted.append(event)
        state = tally(court.game, counted)
    for event, _state, _reason in rows:
        code = state.ignored.get(event.client_id)
        if code and event.client_id in receipt.saved:
            receipt.notes[event.client_id] = sentence(
                RuleError("waits_for_start" if not state.started else code)
            )
    receipt.tally = state
    return rows


def _check(court: _Court, state: Tally, event: Event, counted: Sequence[Event]) -> None:
    """Some seat of the actor must be allowed to make this event."""
    seats: frozenset[Seat] = court.seats or frozenset({(CrewPart.HEAD, None)})
    refused: RuleError | None = None
    for part, side in sorted(seats, key=str):
        try:
            _check_side(event, side, counted)
            check(court.game, state, event, str(part))
        except RuleError as error:
            refused = error
            if error.code not in ("not_your_part", "not_your_side", "clock_is_timekeepers"):
                raise
        else:
            return
    if refused is not None:
        raise refused


def _check_side(event: Event, side: int | None, counted: Sequence[Event]) -> None:
    """A referee of one side records that side, and takes back only what was recorded for it."""
    meant = event
    if event.kind is EventKind.UNDO:
        meant = next((known for known in counted if known.client_id == event.undoes), event)
    if side is not None and meant.side not in (None, side):
        raise RuleError("not_your_side")


def _store(
    court: _Court,
    rows: Sequence[tuple[Event, MatchEventState, str]],
    receipt: Receipt,
    actor: Actor,
    at: datetime,
) -> None:
    connection = db.session.connection()
    connection.execute(
        _INSERT,
        [
            {
                "play_id": court.play_id,
                "client_id": event.client_id,
                "kind": str(event.kind),
                "side": event.side,
                "code": event.code,
                "value": event.value,
                "undoes": event.undoes,
                "made_at": event.at,
                "state": state,
                "reason": reason,
                "by_id": actor.person_id,
                "received_at": at,
            }
            for event, state, reason in rows
        ],
    )
    receipt.state = _next_state(court.state, receipt.tally)
    receipt.version = court.version + 1
    connection.execute(_BUMP, {"match": court.id, "now": receipt.state, "at": at})
    if receipt.state is not court.state:
        play = sa.update(Play).where(Play.id == court.play_id).execution_options(synchronize_session=False)
        if receipt.state is MatchState.RUNNING:  # also when the end was taken back
            db.session.execute(play.values(started_at=sa.func.coalesce(Play.started_at, at), ended_at=None))
        elif receipt.state is MatchState.REVIEW:
            db.session.execute(play.values(ended_at=at))


def _next_state(state: MatchState, counted: Tally) -> MatchState:
    if state not in _OPEN:
        return state
    if counted.ended:
        return MatchState.REVIEW
    if counted.started:
        return MatchState.RUNNING
    return state


def stored_tally(game: Game, play_id: int) -> Tally:
    """A play counted from its log."""
    return tally(game, _known(play_id, [])[1])


def game_by_id(game_id: int) -> Game:
    """The rules of a game in its current version."""
    row = db.session.execute(sa.select(GameRow.version, GameRow.code).where(GameRow.id == game_id)).one()
    return parsed_game(game_id, row.version, row.code)
