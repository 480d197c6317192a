"""Results from a workbook: all rows or none; each still waits for a second person's confirmation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ...core.access import Actor
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import MatchState
from ..outcomes import Presence
from ..queries.board import load_board
from ..queries.snapshot import Board
from ..replay_matches import PRESENCES
from ..workbooks import ReadRow
from .calling import call_match, match_for_writing
from .contest import get_for_writing
from .results import Entered, propose_result


def import_results(tournament_id: int, rows: Sequence[ReadRow], *, actor: Actor, at: datetime) -> list[str]:
    """Enter the results of matches that have none. Raises Invalid for the first row that does not fit."""
    get_for_writing(tournament_id, actor=actor)
    entered = []
    for row in rows:
        board = load_board(tournament_id)
        match = board.by_code.get(row.code)
        if match is None:
            raise Invalid(_("Dòng %(n)s: không có trận %(code)s.", n=row.row, code=row.code), field="file")
        if match.state in (MatchState.CONFIRMED, MatchState.PROPOSED):
            continue
        _same_teams(board, row)
        presences = PRESENCES.get(row.outcome, (Presence.PRESENT, Presence.PRESENT))
        note = row.note or _("Nhập từ tệp, dòng %(n)s", n=row.row)
        entry = Entered(presences, row.scores, specials=row.specials, ruling=row.ruling, note=note)
        _propose(match.id, entry, row, actor, at)
        entered.append(row.code)
    return entered


def _propose(match_id: int, entry: Entered, row: ReadRow, actor: Actor, at: datetime) -> None:
    """Call the match where that is still to be done, and enter its result; a refusal names the row."""
    try:
        if match_for_writing(match_id).state is MatchState.SCHEDULED:
            call_match(match_id, actor=actor, at=at)
        propose_result(match_id, entry, actor=actor, at=at)
    except (Invalid, Conflict) as error:
        raise Invalid(
            _("Dòng %(n)s, trận %(code)s: %(why)s", n=row.row, code=row.code, why=error.message), field="file"
        ) from error


def _same_teams(board: Board, row: ReadRow) -> None:
    red, blue = board.teams(board.by_code[row.code])
    for slot, name in ((red, row.red), (blue, row.blue)):
        side = board.side(slot)
        if name and (side is None or side.team != name):
            raise Invalid(
                _(
                    "Dòng %(n)s: trận %(code)s của %(team)s, không phải %(name)s.",
                    n=row.row,
                    code=row.code,
                    team=side.team if side else "?",
                    name=name,
                ),
                field="file",
            )
