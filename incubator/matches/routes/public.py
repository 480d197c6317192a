"""What everybody may see: tables, bracket, schedule, live scores, the draw, and the hall's screens. No
cookie."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, current_app, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import public
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.text.numerals import is_count
from ...core.web import fragment, named
from ...models import HallMode, HallScreen, MatchState, StageState
from ..live import parts
from ..queries import lists
from ..queries.board import load_board
from ..queries.drawing import draw_view
from ..queries.ranking import load_runs, run_rows
from ..queries.screens import screens_of
from ..queries.snapshot import Board
from ..queries.views import (
    LIVE,
    MatchView,
    best_views,
    bracket_view,
    match_views,
    overdue,
    run_reasons,
    table_view,
)
from ..wording import RUN_RULES, chain_text, criterion_name, figure, round_name

OVER = (MatchState.CONFIRMED, MatchState.CANCELLED)
WAITING = (MatchState.CALLED, MatchState.READY)
LANGUAGE = "<any(vi, en):lang>"
bp = Blueprint("matches_public", __name__)


def _board(slug: str) -> Board:
    return lists.public_board(slug)


@bp.get(f"/{LANGUAGE}/matches/")
@public
def index(lang: str) -> str:
    return render_template("matches/public_index.html", rows=lists.public_tournaments())


@bp.get(f"/{LANGUAGE}/matches/<slug>/")
@public
def overview(lang: str, slug: str) -> str:
    board = _board(slug)
    if board.game.runs is not None:
        return render_template("matches/public_runs.html", board=board, **_runs(board))
    chain = [criterion_name(c) for c in board.game.chain.criteria]
    return render_template(
        "matches/public.html",
        board=board,
        tables=[table_view(board, group) for group in board.groups],
        best=best_views(board),
        bracket=bracket_view(board),
        chain=chain,
        late=_late(board),
        chain_text=chain_text,
    )


def _late(board: Board) -> list[tuple[str, int]]:
    """How late each court is against the first plan, counting a match that should have begun."""
    waited = overdue(board, clock.now()) if board.tournament.stage_division.state is StageState.OPEN else {}
    return [
        (named(court), int(board.tournament.delays.get(str(key), 0)) + waited.get(key, 0))
        for key, court in board.courts.items()
        if any(match.court_id == key and match.state not in OVER for match in board.matches)
    ]


def _runs(board: Board) -> dict[str, object]:
    runs = load_runs(board)
    rule = RUN_RULES[board.game.runs.aggregate] if board.game.runs else ""
    cut = int(board.tournament.cut.get("advance", 0))
    rows = run_rows(board, runs)
    return {
        "rows": rows,
        "runs": runs,
        "cut": cut,
        "rule_text": rule,
        "figure": figure,
        "reasons": run_reasons(board, rows),
    }


@bp.get(f"/{LANGUAGE}/matches/<slug>/schedule")
@public
def schedule(lang: str, slug: str) -> str:
    board = _board(slug)
    school = request.args.get("school", "")[:200]
    views = match_views(board)
    schools = sorted({side.school for side in board.sides.values() if side.school})
    if school:
        views = [v for v in views if school in (v.red.school, v.blue.school)]
    return render_template(
        "matches/public_schedule.html",
        board=board,
        matches=views,
        schools=schools,
        school=school,
        late=_late(board),
    )


@bp.get(f"/{LANGUAGE}/matches/<slug>/live")
@public
def live(lang: str, slug: str) -> str:
    board = _board(slug)
    return render_template("matches/live.html", board=board, part="now", body=_render_now(board))


@bp.get(f"/{LANGUAGE}/matches/<slug>/hall")
@public
def hall_index(lang: str, slug: str) -> str:
    board = _board(slug)
    return render_template("matches/hall_index.html", board=board, screens=screens_of(board.tournament.id))


@bp.get(f"/{LANGUAGE}/matches/<slug>/hall/<int:screen_id>")
@public
def hall(lang: str, slug: str, screen_id: int) -> str:
    """A screen for the hall; it follows the secretary by itself."""
    board = _board(slug)
    return render_template(
        "matches/hall.html", board=board, part=f"hall-{screen_id}", body=_render_hall(board, screen_id)
    )


@bp.get(f"/{LANGUAGE}/matches/<slug>/queue")
@public
def queue(lang: str, slug: str) -> str:
    """For the waiting area: on the court, next, after next."""
    board = _board(slug)
    return render_template("matches/hall.html", board=board, part="queue", body=_render_queue(board))


@bp.get(f"/{LANGUAGE}/matches/<slug>/announcer")
@public
def announcer(lang: str, slug: str) -> str:
    """For the announcer: both teams of each match on a court, how they got here and where the winner goes."""
    board = _board(slug)
    return render_template("matches/live.html", board=board, part="announcer", body=_render_announcer(board))


@bp.get(f"/{LANGUAGE}/matches/<slug>/part/<name>")
@public
def part(lang: str, slug: str, name: str) -> Response:
    """A part of a page for those who look again and again: 304 without a query while nothing has changed."""
    renderers: dict[str, Callable[[Board], Markup]] = {
        "now": _render_now,
        "queue": _render_queue,
        "announcer": _render_announcer,
    }
    screen = name.removeprefix("hall-")
    if name not in renderers and not (name.startswith("hall-") and is_count(screen)):
        raise NotFound(_("Không có phần này."))

    def render(tournament_id: int) -> str:
        board = lists.announced(load_board(tournament_id))
        return renderers[name](board) if name in renderers else _render_hall(board, int(screen))

    found = parts.part(slug, lang, name, render)
    known = found.etag in request.if_none_match
    response = current_app.response_class(
        b"" if known else found.body, status=304 if known else 200, mimetype="text/html"
    )
    response.set_etag(found.etag)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Now"] = str(int(clock.now().timestamp() * 1000))
    return response


def _split(board: Board) -> dict[str, list[MatchView]]:
    views = match_views(board)
    done = sorted((v for v in views if v.done), key=lambda v: board.by_id[v.id].changed_at, reverse=True)
    return {
        "live": [v for v in views if v.state in LIVE],
        "upcoming": [v for v in views if v.state == MatchState.SCHEDULED],
        "done": done,
    }


def _render_now(board: Board) -> Markup:
    if board.game.runs is not None:
        return fragment("matches/part_runs.html", board=board, **_runs(board))
    return fragment("matches/part_now.html", board=board, late=_late(board), **_split(board))


def _render_queue(board: Board) -> Markup:
    split = _split(board)
    courts = [
        (
            named(court),
            [v for v in split["live"] if v.court_id == key and v.state != MatchState.PROPOSED],
            [v for v in split["upcoming"] if v.court_id == key][:2],
            int(board.tournament.delays.get(str(key), 0)),
        )
        for key, court in board.courts.items()
    ]
    return fragment("matches/part_queue.html", board=board, courts=courts)


def _render_announcer(board: Board) -> Markup:
    split = _split(board)
    wanted = split["live"] + split["upcoming"][:4]
    rows = [
        (view, _record(board, view.red.id), _record(board, view.blue.id), _next(board, view))
        for view in wanted
    ]
    return fragment("matches/part_announcer.html", board=board, rows=rows)


def _record(board: Board, side_id: int | None) -> str:
    """“2 thắng 1 thua, hạng 1 bảng A”."""
    for group in board.groups:
        for row in board.tables[group.id].rows:
            if row.line.team == side_id:
                return _(
                    "%(w)s thắng %(l)s thua, hạng %(rank)s bảng %(group)s",
                    w=row.line.wins,
                    l=row.line.losses,
                    rank=row.rank,
                    group=group.name,
                )
    return ""


def _next(board: Board, view: MatchView) -> str:
    for tie in board.ties:
        if any(source.kind == "winner" and source.ref == view.code for source in tie.sources):
            return _("Thắng vào %(round)s", round=round_name(tie.round).lower())
    return ""


def _shown(screen: HallScreen, split: dict[str, list[MatchView]]) -> MatchView | None:
    """The match of a screen: the chosen one, else what its mode is about on its court."""
    every = [view for views in split.values() for view in views]
    waiting = [view for view in split["live"] if view.state in WAITING]
    order = {
        HallMode.RESULT: split["done"] + split["live"],
        HallMode.NEXT: waiting + split["upcoming"],
        HallMode.PREPARATION: waiting + split["upcoming"],
    }.get(screen.mode, split["live"] + split["upcoming"])
    chosen = [view for view in every if view.id == screen.match_id]
    here = [view for view in order if screen.court_id in (None, view.court_id)]
    return next(iter(chosen + here), None)


def _render_hall(board: Board, screen_id: int) -> Markup:
    screen = next((s for s in screens_of(board.tournament.id) if s.id == screen_id), None)
    if screen is None:
        raise NotFound(_("Không có màn hình này."))
    split = _split(board)
    near = [v for v in split["live"] + split["upcoming"] if screen.court_id in (None, v.court_id)]
    shown = _shown(screen, split)
    groups = [g for g in board.groups if screen.group_id in (None, g.id)]
    context: dict[str, object] = {
        "screen": screen,
        "match": shown,
        "upcoming": [v for v in near if v is not shown and v.state == MatchState.SCHEDULED][:3],
        "tables": [table_view(board, g) for g in groups] if screen.mode == "table" else [],
        "bracket": bracket_view(board) if screen.mode == "bracket" else None,
        "draw": draw_view(board) if screen.mode == "draw" else None,
        "next_round": _next(board, shown) if shown else "",
    }
    if screen.mode == "runs" and board.game.runs is not None:
        context |= _runs(board)
    return fragment("matches/part_hall.html", board=board, **context)
