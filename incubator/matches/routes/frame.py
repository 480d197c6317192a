"""What all pages of a tournament's desk share: their blueprint, who may come, and the tabs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, flash

from ...core.access import Permission
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ..games import Game

bp = Blueprint("matches", __name__, url_prefix="/matches")

MANAGE = Permission.MATCHES_MANAGE
REFEREE = Permission.MATCHES_REFEREE


@contextmanager
def told() -> Iterator[None]:
    """A small step that is refused says so on the page it was taken from; nothing was typed that could be lost."""
    try:
        yield
    except (Conflict, Invalid) as error:
        flash(error.message, "error")


def tab_items(game: Game) -> list[tuple[str, str]]:
    """Endpoints and names of the tabs; runs need no draw, schedule or bracket."""
    if game.runs is not None:
        return [
            ("matches_running.board", _("Lượt thi")),
            ("matches.teams", _("Các đội")),
            ("matches_plan.crew", _("Tổ trọng tài")),
            ("matches.settings", _("Thiết lập")),
        ]
    return [
        ("matches.desk", _("Bàn điều hành")),
        ("matches_plan.draw", _("Bốc thăm")),
        ("matches_plan.schedule", _("Lịch trận")),
        ("matches.standings", _("Xếp hạng")),
        ("matches.teams", _("Các đội")),
        ("matches_plan.crew", _("Tổ trọng tài")),
        ("matches_papers.index", _("Giấy tờ")),
        ("matches.settings", _("Thiết lập")),
    ]
