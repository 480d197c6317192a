"""A board as pages show it: rows with words and numbers, ready for the templates, which decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...core.db import db
from ...core.i18n import _
from ...models import Match, MatchEvent, MatchEventState, MatchGroup, MatchState, Play, ResultVersion
from ..brackets import VACANT, Slot
from ..explain import Because, neighbours
from ..outcomes import Outcome, Reason
from ..scoresheet import Event, EventKind, Tally, tally
from ..standings import Row, Table
from ..wording import (
    CHANCES,
    REASONS,
    STATE_KINDS,
    STATES,
    criterion_name,
    decision_name,
    match_name,
    round_name,
    short_code,
    source_text,
    value_text,
)
from .board import Board

LIVE = (MatchState.CALLED, MatchState.READY, MatchState.RUNNING, MatchState.REVIEW, MatchState.PROPOSED)


@dataclass(slots=True)
class SideView:
    """One side of a match: who, what for, how many."""

    id: int | None
    team: str
    school: str
    sub: str = ""
    score: int | None = None
    won: bool = False
    lost: bool = False
    known: bool = True
    counts: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class MatchView:
    id: int
    code: str
    short: str
    name: str
    state: str
    state_label: str
    state_kind: str
    court: str
    court_id: int | None
    starts_at: datetime | None
    planned_at: datetime | None
    red: SideView
    blue: SideView
    reason: str = ""
    round: int = 0
    group_id: int | None = None
    late: int = 0
    frozen: bool = False
    counts: bool = True
    protested: bool = False
    clock: dict[str, Any] = field(default_factory=dict)
    replays: int = 0

    @property
    def live(self) -> bool:
        return self.state in (MatchState.RUNNING, MatchState.REVIEW, MatchState.PROPOSED)

    @property
    def done(self) -> bool:
        return self.state == MatchState.CONFIRMED


def match_view(board: Board, match: Match, counted: Tally | None = None) -> MatchView:
    """One match; `counted` gives the live score of a match that is being played."""
    red, blue = board.teams(match)
    version = board.versions.get(match.id)
    view = MatchView(
        id=match.id,
        code=match.code,
        short=short_code(match.code),
        name=match_name(match.code, match.round),
        state=str(match.state),
        state_label=str(STATES[match.state]),
        state_kind=STATE_KINDS[match.state],
        court=_court(board, match.court_id),
        court_id=match.court_id,
        starts_at=match.starts_at,
        planned_at=match.planned_at,
        red=_side(board, match, red, "red"),
        blue=_side(board, match, blue, "blue"),
        round=match.round,
        group_id=match.group_id,
        late=_late(match),
        counts=match.counts,
        protested=match.id in board.protested,
    )
    if version is not None and match.state is MatchState.CONFIRMED:
        _show_result(view, version)
    elif counted is not None and match.state in LIVE:
        _show_live(board, view, counted)
    return view


def _court(board: Board, court_id: int | None) -> str:
    court = board.courts.get(court_id or 0)
    return court.name if court else ""


def _late(match: Match) -> int:
    if match.planned_at is None or match.starts_at is None or match.state is not MatchState.SCHEDULED:
        return 0
    return max(0, int((match.starts_at - match.planned_at).total_seconds() // 60))


def _side(board: Board, match: Match, slot: Slot, name: str) -> SideView:
    sub = ""
    if match.round:
        tie = next(tie for tie in board.ties if tie.code == match.code)
        sub = source_text(tie.red if name == "red" else tie.blue)
    side = board.side(slot)
    if side is not None:
        return SideView(side.id, side.team, side.school, sub)
    if slot is VACANT:
        return SideView(None, _("Trống"), "", sub, known=False)
    return SideView(None, _("Chưa xác định"), "", sub, known=False)


def _show_result(view: MatchView, version: ResultVersion) -> None:
    for side, score, outcome in (
        (view.red, version.red_score, version.red_outcome),
        (view.blue, version.blue_score, version.blue_outcome),
    ):
        side.score, side.won, side.lost = score, outcome == Outcome.WIN, outcome == Outcome.LOSS
    view.reason = str(REASONS[Reason(version.reason)])
    if version.reason == Reason.PENALTY and version.ruling.get("penalty"):
        view.reason += " {}–{}".format(*version.ruling["penalty"])


def _show_live(board: Board, view: MatchView, counted: Tally) -> None:
    view.frozen = board.tournament.freeze_scores and view.state != MatchState.RUNNING
    clock = counted.clock
    view.clock = {
        "phase": clock.phase, "left": clock.left, "since": clock.since, "running": clock.running,
        "shot": clock.shot_left, "possession": clock.possession,
    }  # fmt: skip
    for n, side in enumerate((view.red, view.blue)):
        own = counted.sides[n]
        side.score = None if view.frozen else own.score
        side.counts = [] if view.frozen else [
            (action.label, own.counts[action.code]) for action in board.game.actions
        ]  # fmt: skip


def live_tallies(board: Board) -> dict[int, Tally]:
    """Scores of the matches that are on now, counted from their logs in one query."""
    wanted = [match.id for match in board.matches if match.state in LIVE]
    if not wanted:
        return {}
    rows = db.session.execute(
        sa.select(
            Play.match_id, MatchEvent.client_id, MatchEvent.kind, MatchEvent.made_at, MatchEvent.side,
            MatchEvent.code, MatchEvent.value, MatchEvent.undoes,
        )
        .join(Play, Play.id == MatchEvent.play_id)
        .where(
            Play.match_id.in_(wanted), Play.voided_at.is_(None), MatchEvent.state == MatchEventState.COUNTED
        )
    )  # fmt: skip
    events: dict[int, list[Event]] = {match_id: [] for match_id in wanted}
    for row in rows:
        events[row[0]].append(Event(row[1], EventKind(row[2]), *row[3:]))
    return {match_id: tally(board.game, own) for match_id, own in events.items()}


def match_views(board: Board, matches: Sequence[Match] | None = None) -> list[MatchView]:
    counted = live_tallies(board)
    return [
        match_view(board, match, counted.get(match.id))
        for match in (board.matches if matches is None else matches)
    ]


# -- tables


@dataclass(slots=True)
class TableRow:
    rank: int
    side_id: int
    team: str
    school: str
    row: Row
    diff: int
    cut: bool
    chance: str = ""
    chance_kind: str = ""


@dataclass(slots=True)
class TableView:
    id: int
    name: str
    provisional: bool
    played: int
    expected: int
    rows: list[TableRow]
    because: list[str]
    ties: int
    draws: bool
    specials: bool


def table_view(board: Board, group: MatchGroup) -> TableView:
    ranked = board.tables[group.id]
    verdicts = board.chances(group)
    rows: list[TableRow] = []
    for row in ranked.rows:
        side = board.sides[int(str(row.line.team))]
        verdict = verdicts.get(row.line.team)
        rows.append(
            TableRow(
                row.rank, side.id, side.team, side.school, row, row.line.scored - row.line.against,
                cut=len(rows) + 1 == board.per_group,
                chance=str(CHANCES[verdict]) if verdict else "", chance_kind=str(verdict or ""),
            )
        )  # fmt: skip
    return TableView(
        group.id, group.name, ranked.provisional, ranked.played, ranked.expected, rows, because(board, ranked),
        len(ranked.ties), board.game.draws, board.game.special is not None,
    )  # fmt: skip


def because(board: Board, ranked: Table) -> list[str]:
    """One sentence for every two neighbours that the first criterion did not part."""
    if not ranked.played:
        return []
    first = ranked.chain.criteria[0]
    found = [reason_text(board, item) for item in neighbours(ranked) if not _plain(item, first)]
    if not found:
        found = [_("Xếp theo %(criterion)s; không có đội bằng nhau.", criterion=criterion_name(first))]
    return found


def _plain(item: Any, first: Any) -> bool:
    return isinstance(item, Because) and item.criterion == first


def reason_text(board: Board, item: Any) -> str:
    """“EIU Falcon xếp trên TDMU Thunder vì hiệu số đối đầu +5 so với 0.”"""
    upper, lower = board.sides[item.upper].team, board.sides[item.lower].team
    if not isinstance(item, Because):
        return _("%(a)s và %(b)s bằng nhau ở mọi tiêu chí.", a=upper, b=lower)
    if item.criterion is None:
        return _("%(a)s xếp trên %(b)s theo %(how)s.", a=upper, b=lower, how=decision_name(item.how))
    values = [value_text(item.criterion, value) for value in item.values]
    text = _(
        "%(a)s xếp trên %(b)s vì %(criterion)s %(x)s so với %(y)s.",
        a=upper, b=lower, criterion=criterion_name(item.criterion), x=values[0], y=values[1],
    )  # fmt: skip
    if len(item.among) > 2:
        teams = ", ".join(sorted(board.sides[int(str(side))].team for side in item.among))
        text += " " + _("Xét riêng các trận giữa %(teams)s.", teams=teams)
    return text


# -- bracket as a drawing


@dataclass(slots=True)
class Box:
    """A tie at its place in the drawing; `lines` are paths to the next round."""

    match: MatchView
    x: int
    y: int


@dataclass(slots=True)
class BracketView:
    boxes: list[Box]
    paths: list[str]
    heads: list[tuple[int, str]]
    width: int
    height: int
    rounds: list[tuple[str, list[MatchView]]]


WIDE, HIGH, GAP_X, GAP_Y, TOP = 250, 78, 40, 18, 34


def bracket_view(board: Board) -> BracketView | None:
    """Where every tie stands: leaves in order, each later tie half-way between those it comes from."""
    if not board.ties:
        return None
    views = {view.code: view for view in match_views(board, [m for m in board.matches if m.round])}
    sizes = sorted({tie.round for tie in board.ties if tie.round != 3}, reverse=True)
    column = {size: n for n, size in enumerate(sizes)}
    by_code = {tie.code: tie for tie in board.ties}
    spot: dict[str, tuple[int, int]] = {}
    leaves = 0

    def place(code: str) -> int:
        nonlocal leaves
        tie = by_code[code]
        feeders = [s.ref for s in tie.sources if s.kind == "winner" and s.ref in by_code]
        ys = [place(feeder) for feeder in feeders]
        if not ys:
            y = TOP + leaves * (HIGH + GAP_Y)
            leaves += 1
        else:
            y = sum(ys) // len(ys)
        spot[code] = (column[tie.round] * (WIDE + GAP_X), y)
        return y

    fed = {s.ref for tie in board.ties for s in tie.sources if s.kind == "winner"}
    for tie in board.ties:
        if tie.round != 3 and tie.code not in fed:
            place(tie.code)
    for tie in board.ties:
        if tie.round == 3:
            final = max(spot.values())
            spot[tie.code] = (final[0], final[1] + HIGH + 2 * GAP_Y)
    paths = []
    for tie in board.ties:
        for source in tie.sources:
            if source.kind == "winner" and source.ref in spot:
                (x1, y1), (x2, y2) = spot[source.ref], spot[tie.code]
                paths.append(f"M{x1 + WIDE} {y1 + HIGH // 2}H{x1 + WIDE + GAP_X // 2}V{y2 + HIGH // 2}H{x2}")
    height = max(y for _x, y in spot.values()) + HIGH + 4
    boxes = [Box(views[code], *place_) for code, place_ in spot.items()]
    rounds = [
        (round_name(size), [views[tie.code] for tie in board.ties if tie.round == size])
        for size in [*sizes[:-1], *([3] if any(t.round == 3 for t in board.ties) else []), sizes[-1]]
    ]
    heads = [(column[size] * (WIDE + GAP_X), round_name(size)) for size in sizes]
    return BracketView(boxes, paths, heads, len(sizes) * (WIDE + GAP_X) - GAP_X, height, rounds)
