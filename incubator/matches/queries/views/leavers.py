"""What pages say about teams that left: at their matches and under the table of their group."""

from __future__ import annotations

from ....core.i18n import _
from ....models import Match, MatchGroup, StagePresence
from ..sides import Side
from ..snapshot import Board


def left_words(side: Side) -> str:
    """“đã rút khỏi giải”, “bị truất quyền thi đấu”."""
    expelled = side.presence is StagePresence.DISQUALIFIED
    return _("bị truất quyền thi đấu") if expelled else _("đã rút khỏi giải")


def match_note(board: Board, match: Match) -> str:
    """Why a group match of a team that left stands as it does; empty where nothing changed."""
    gone = _gone(board, match) if match.group_id else []
    if not gone:
        return ""
    who = ", ".join(f"{side.team} {left_words(side)}" for side in gone)
    if any(board.gone[side.id] == "annul" for side in gone):
        return _("%(who)s: trận không tính", who=who)
    if not board.unplayed(match):
        return ""
    if len(gone) == 1 and board.gone[gone[0].id] == "forfeit":
        return _("%(who)s: đối thủ được xử thắng", who=who)
    return _("%(who)s: không đấu", who=who)


def group_notes(board: Board, group: MatchGroup) -> list[str]:
    """One sentence for every team of a group that left."""
    effect = {
        "annul": _("mọi trận của đội trong bảng không tính"),
        "forfeit": _("các trận còn lại đối thủ được xử thắng"),
        "keep": _("các trận đã đấu vẫn tính"),
    }
    return [
        f"{board.sides[side].team} {left_words(board.sides[side])}: {effect[board.gone[side]]}."
        for side in board.members.get(group.id, [])
        if side in board.gone
    ]


def _gone(board: Board, match: Match) -> list[Side]:
    return [board.sides[side] for side in (match.red_id, match.blue_id) if side in board.gone]
