"""Pages of judging: the judge's phone, the set-up, the secretary's board, results and papers."""

from flask import Blueprint

bp = Blueprint("judging", __name__, url_prefix="/judging")

from . import (  # noqa: E402, F401 - the views register themselves
    board,
    hand_prizes,
    invitations,
    judge,
    paper_sheets,
    papers,
    results,
    rubrics,
    setup,
)
