"""Pages of judging: the judge's phone, the set-up, the secretary's board, results and papers."""

from flask import Blueprint

bp = Blueprint("judging", __name__, url_prefix="/judging")

from . import (  # noqa: E402 - the views register themselves
    board,  # noqa: F401
    hand_prizes,  # noqa: F401
    invitations,  # noqa: F401
    judge,  # noqa: F401
    paper_sheets,  # noqa: F401
    papers,  # noqa: F401
    results,  # noqa: F401
    rubrics,  # noqa: F401
    setup,  # noqa: F401
)
