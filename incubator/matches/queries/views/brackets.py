"""The bracket as a drawing: where every tie stands, and the lines between them."""

from __future__ import annotations

from dataclasses import dataclass

from ....core.i18n import _
from ...brackets import From, Tie
from ...wording import round_name
from ..snapshot import Board
from .matches import MatchView, SideView, match_views


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
    third: MatchView | None = None

    @property
    def podium(self) -> list[tuple[str, str, SideView]]:
        """Medal, place in words and team of the first three, once the final is official."""
        last = self.rounds[-1][1]
        first, second = last[0].by_result if len(last) == 1 else (None, None)
        if first is None or second is None:
            return []
        third = self.third.by_result[0] if self.third else None
        best = [("g", _("Vô địch"), first), ("s", _("Á quân"), second), ("b", _("Hạng ba"), third)]
        return [(medal, place, side) for medal, place, side in best if side is not None and side.known]


WIDE, HIGH, GAP_X, GAP_Y, TOP = 250, 78, 40, 18, 34
THIRD = 3  # the round of the match for third place, beside the tree


def bracket_view(board: Board) -> BracketView | None:
    """The drawing of all ties, and the same as lists by round with the final last."""
    if not board.ties:
        return None
    views = {view.code: view for view in match_views(board, [m for m in board.matches if m.round])}
    sizes = sorted({tie.round for tie in board.ties if tie.round != THIRD}, reverse=True)
    column = {size: n * (WIDE + GAP_X) for n, size in enumerate(sizes)}
    spots = _spots(board, column)
    third = [THIRD] if any(tie.round == THIRD for tie in board.ties) else []
    return BracketView(
        boxes=[Box(views[code], *spot) for code, spot in spots.items()],
        paths=_paths(board, spots),
        heads=[(column[size], round_name(size)) for size in sizes],
        width=len(sizes) * (WIDE + GAP_X) - GAP_X,
        height=max(y for _x, y in spots.values()) + HIGH + 4,
        rounds=[
            (round_name(size), [views[tie.code] for tie in board.ties if tie.round == size])
            for size in [*sizes[:-1], *third, sizes[-1]]
        ],
        third=next((views[tie.code] for tie in board.ties if tie.round == THIRD), None),
    )


def _feeders(board: Board, tie: Tie) -> list[str]:
    return [s.ref for s in tie.sources if s.kind is From.WINNER and s.ref in board.tie_of]


def _spots(board: Board, column: dict[int, int]) -> dict[str, tuple[int, int]]:
    """Leaves in order from the top, each later tie half-way between those it comes from, third place below."""
    spots: dict[str, tuple[int, int]] = {}
    leaves = 0

    def place(tie: Tie) -> int:
        nonlocal leaves
        ys = [place(board.tie_of[code]) for code in _feeders(board, tie)]
        if ys:
            y = sum(ys) // len(ys)
        else:
            y = TOP + leaves * (HIGH + GAP_Y)
            leaves += 1
        spots[tie.code] = (column[tie.round], y)
        return y

    tree = [tie for tie in board.ties if tie.round != THIRD]
    fed = {code for tie in tree for code in _feeders(board, tie)}
    for tie in tree:
        if tie.code not in fed:
            place(tie)
    final = max(spots.values())
    for tie in board.ties:
        if tie.round == THIRD:
            spots[tie.code] = (final[0], final[1] + HIGH + 2 * GAP_Y)
    return spots


def _paths(board: Board, spots: dict[str, tuple[int, int]]) -> list[str]:
    paths = []
    for tie in board.ties:
        for code in _feeders(board, tie):
            (x1, y1), (x2, y2) = spots[code], spots[tie.code]
            paths.append(f"M{x1 + WIDE} {y1 + HIGH // 2}H{x1 + WIDE + GAP_X // 2}V{y2 + HIGH // 2}H{x2}")
    return paths
