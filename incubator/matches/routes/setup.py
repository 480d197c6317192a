"""Setting a tournament up: for which stage, by which game, on how many courts, who goes on."""

from __future__ import annotations

from flask import flash, render_template
from werkzeug.wrappers import Response

from ...contests.queries import editions
from ...contests.services import stages
from ...core import clock
from ...core.access import require
from ...core.db import transaction
from ...core.errors import DomainError, NotFound
from ...core.i18n import _
from ...core.web import current_actor, go, named
from .. import forms
from ..presets import PRESETS
from ..queries import lists
from ..queries.setting_up import free_parts
from ..services import configuring
from .frame import MANAGE, bp, tab_items


@bp.route("/new", methods=["GET", "POST"])
@require(MANAGE)
def new() -> str | Response | tuple[str, int]:
    parts = free_parts(current_actor())
    form = forms.TournamentForm()
    form.part.choices = [(key, words) for key, words, _kind in parts]
    form.game.choices = [(code, named(game)) for code, game in PRESETS.items()]
    if form.validate_on_submit():
        try:
            with transaction():
                row = configuring.make_tournament(
                    form.part.data, form.game.data, form.settings(), actor=current_actor(), at=clock.now()
                )
            flash(_("Đã lập giải đấu."))
            return go("matches.desk", slug=row.slug)
        except DomainError as error:
            form.take(error)
    page = render_template("matches/settings.html", form=form, board=None, parts=parts)
    return (page, 422) if form.errors else page


@bp.route("/<slug>/settings", methods=["GET", "POST"])
@require(MANAGE)
def settings(slug: str) -> str | Response | tuple[str, int]:
    board = lists.board_for(current_actor(), slug)
    form = forms.SettingsForm(data=forms.settings_data(board.tournament))
    if form.validate_on_submit():
        try:
            with transaction():
                configuring.change_settings(
                    board.tournament.id, form.settings(), actor=current_actor(), at=clock.now()
                )
            flash(_("Đã lưu thiết lập."))
            return go("matches.settings", slug=slug)
        except DomainError as error:
            form.take(error)
            board = lists.board_for(current_actor(), slug)
    page = render_template(
        "matches/settings.html", form=form, board=board, parts=[], tabs=tab_items(board.game)
    )
    return (page, 422) if form.errors else page


@bp.post("/<slug>/open")
@require(MANAGE)
def open_stage(slug: str) -> Response:
    """Open the contest's stage: its list of teams is fixed from now on."""
    board = lists.board_for(current_actor(), slug)
    with transaction():
        edition = editions.get_edition(board.edition.slug)
        part = next(
            (p for s in edition.stages for p in s.parts if p.id == board.tournament.stage_division_id), None
        )
        if part is None:
            raise NotFound(_("Không có vòng thi này."))
        stages.open_part(edition, part, actor=current_actor(), at=clock.now())
    flash(_("Đã mở vòng thi."))
    return go("matches.settings", slug=slug)
