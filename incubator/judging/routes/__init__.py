"""Pages of judging: the judge's phone, the set-up, the secretary's board, results and papers."""

from flask import Blueprint

bp = Blueprint("judging", __name__, url_prefix="/judging")

from . import board, hand_prizes, judge, papers, results, rubrics, setup  # noqa: E402, F401 - the views register themselves
