"""One match at the desk: its history, its next step, and the odd cases."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import flash, render_template, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import require
from ...core.db import transaction
from ...core.errors import DomainError, Invalid, NotAllowed, NotFound
from ...core.i18n import _
from ...core.text.numerals import is_count, whole
from ...core.web import current_actor, go
from ...models import Match, MatchState
from .. import forms, policies
from ..queries import lists
from ..queries.history import history_of
from ..queries.snapshot import Board
from ..queries.views import ignored_because, match_view, signed, verdict
from ..services import calling, results, rulings
from ..wording import EVENTS, PRESENCES, label
from .frame import MANAGE, REFEREE, bp, tab_items


def _match(board: Board, code: str) -> Match:
    match = board.by_code.get(code)
    if match is None:
        raise NotFound(_("Không có trận này."))
    return match


@bp.get("/<slug>/m/<code>")
@require(MANAGE, REFEREE)
def match(slug: str, code: str) -> str:
    board = lists.board_of_official(current_actor(), slug)
    return _match_page(board, _match(board, code))


def _match_page(board: Board, row: Match, form: forms.ResultForm | None = None) -> str:
    past = history_of(row.id)
    counted = past.counted(board.game)
    form = form or _result_form(board, row, by_the_log=past.is_behind)
    return render_template(
        "matches/match.html",
        board=board,
        match=match_view(board, row, counted),
        row=row,
        past=past,
        names=past.names,
        ignored=counted.ignored,
        undone=counted.undone,
        why_not=ignored_because,
        form=form,
        ruling=forms.RulingForm(),
        presences=PRESENCES,
        proposal=board.proposals.get(row.id),
        counted=counted,
        verdict=verdict,
        signed=signed,
        may_confirm=_may_confirm(board, row),
        started=[match_view(board, m).short for m in calling.started_dependents(board, row)],
        actions={a.code: label(a) for a in board.game.actions},
        kinds=EVENTS,
        moment_of=_clock_text,
        tabs=tab_items(board.game),
    )


def _result_form(board: Board, row: Match, *, by_the_log: bool = False) -> forms.ResultForm:
    """Empty, or with the official result, of which a correction changes only what was wrong.

    `by_the_log` leaves the points empty, so that they are taken from the log.
    """
    stands = board.versions.get(row.id) if row.state is MatchState.CONFIRMED else None
    data = forms.result_data(stands, board.game) if stands else {}
    if by_the_log:
        data = {name: value for name, value in data.items() if not name.endswith("_score")}
    return forms.ResultForm(formdata=None, data=data)


def _may_confirm(board: Board, row: Match) -> bool:
    """Whether the reader may be the second person of the result that waits."""
    actor, proposal = current_actor(), board.proposals.get(row.id)
    return (
        proposal is not None
        and policies.can_head(actor, board.edition, board.parts_at(row.court_id))
        and policies.can_confirm(actor, proposal.entered_by_id)
    )


def _clock_text(made_at: int) -> str:
    """An event's moment, kept in milliseconds, as the hall's clock showed it."""
    return clock.local(datetime.fromtimestamp(made_at / 1000, UTC)).strftime("%H:%M:%S")


@bp.post("/<slug>/m/<code>/<step>")
@require(MANAGE, REFEREE)
def step(slug: str, code: str, step: str) -> Response | str | tuple[str, int]:
    """One step of a match: call, confirm, return, replay, protest, rule, counts, held, enter or correct."""
    board = lists.board_of_official(current_actor(), slug)
    row = _match(board, code)
    form = forms.ResultForm()
    try:
        with transaction():
            said = _take(step, row.id, form)
    except DomainError as error:
        if isinstance(error, NotFound | NotAllowed):
            raise
        board = lists.board_of_official(current_actor(), slug)
        row = _match(board, code)
        shown = form if step in ("enter", "correct") else _result_form(board, row)
        shown.take(error)
        return _match_page(board, row, shown), error.status
    flash(said)
    return go("matches.match", slug=slug, code=code)


def _take(step: str, match_id: int, form: forms.ResultForm) -> str:
    actor, at = current_actor(), clock.now()
    reason = request.form.get("reason", "")
    match step:
        case "call":
            calling.call_match(match_id, actor=actor, at=at)
            return _("Đã gọi hai đội vào sân.")
        case "confirm":
            results.confirm_result(
                match_id, actor=actor, at=at, dependents=request.form.get("dependents", "")
            )
            return _("Kết quả đã chính thức.")
        case "return":
            results.return_result(match_id, reason, actor=actor, at=at)
            return _("Đã trả kết quả về sân.")
        case "replay":
            calling.order_replay(
                match_id, reason, actor=actor, at=at, dependents=request.form.get("dependents", "")
            )
            return _("Đã cho đấu lại. Lần đấu trước vẫn còn trong biên bản.")
        case "protest":
            rulings.raise_protest(match_id, request.form.get("text", ""), None, actor=actor, at=at)
            return _("Đã ghi khiếu nại. Kết quả trận tạm chưa tính.")
        case "rule":
            protest_id = request.form.get("protest", 0, type=whole)
            upheld = request.form.get("upheld") == "1"
            rulings.decide_protest(protest_id, upheld, request.form.get("answer", ""), actor=actor, at=at)
            return _("Đã ghi kết luận khiếu nại.")
        case "counts":
            rulings.set_surrogate(match_id, request.form.get("counts") == "1", actor=actor, at=at)
            return _("Đã đổi cách tính trận.")
        case "held":
            ids = [int(key) for key in request.form.getlist("event") if is_count(key)]
            rulings.decide_held(ids, request.form.get("take") == "1", actor=actor, at=at)
            return _("Đã quyết định các sự kiện đến muộn.")
        case "enter" | "correct":
            return _enter(step, match_id, form)
    raise NotFound(_("Không có bước này."))


def _enter(step: str, match_id: int, form: forms.ResultForm) -> str:
    if not form.validate():
        raise Invalid(_("Xem lại các ô được đánh dấu."))
    actor, at = current_actor(), clock.now()
    if step == "correct":
        results.correct_result(match_id, form.entered(at), actor=actor, at=at)
        return _("Đã ghi đính chính, chờ người thứ hai xác nhận.")
    results.propose_result(match_id, form.entered(at), actor=actor, at=at)
    return _("Đã ghi kết quả, chờ người thứ hai xác nhận.")
