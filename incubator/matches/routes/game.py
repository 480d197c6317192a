"""The game of a tournament: seen by everybody of the desk, changed as this edition's own version before play begins."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import require
from ...core.db import transaction
from ...core.errors import DomainError
from ...core.i18n import _
from ...core.web import current_actor, go, named
from .. import game_rows
from ..games import ActionKind
from ..presets import PRESETS
from ..queries import lists
from ..queries.ranking import any_runs
from ..queries.snapshot import Board
from ..services import configuring
from ..wording import ACTION_KINDS, ROLES, criterion_choices, criterion_name
from .frame import MANAGE, bp, tab_items


@bp.route("/<slug>/game", methods=["GET", "POST"])
@require(MANAGE)
def game(slug: str) -> str | Response | tuple[str, int]:
    board = lists.board_for(current_actor(), slug)
    if request.method == "GET":
        chosen = configuring.template(request.args.get("template", ""))
        return _page(board, game_rows.typed(chosen or board.tournament.game.definition))
    typed = {key: value[:300] for key, value in request.form.items()}
    try:
        definition = game_rows.read(typed, str(board.game.kind))
        with transaction():
            configuring.own_game(board.tournament.id, definition, actor=current_actor(), at=clock.now())
    except DomainError as error:
        return _page(lists.board_for(current_actor(), slug), typed, error.message), 422
    flash(_("Đã lưu luật chơi riêng của lần thi này."))
    return go("matches.game", slug=slug)


def _page(board: Board, typed: Mapping[str, str], error: str = "") -> str:
    runs = board.game.runs is not None
    return render_template(
        "matches/game.html",
        board=board,
        typed=typed,
        error=error,
        tabs=tab_items(board.game),
        roles=ROLES,
        kind_names=ACTION_KINDS,
        counts={p: game_rows.count(typed, p) + game_rows.SPARE for p in ("action", "phase", "drop")},
        kinds=[(str(kind), ACTION_KINDS[kind]) for kind in ActionKind],
        criteria=criterion_choices(typed.values()),
        length=game_rows.CHAIN_LENGTH,
        chain=[criterion_name(criterion) for criterion in board.game.chain.criteria],
        templates=[(code, named(g)) for code, g in PRESETS.items() if (g.runs is not None) == runs],
        begun=any(match.state != "scheduled" for match in board.matches)
        or any_runs(board.tournament.stage_division_id),
        chosen=request.args.get("template", ""),
    )
