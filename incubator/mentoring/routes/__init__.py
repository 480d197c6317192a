"""Pages of programmes and mentoring, one module an audience; all on one blueprint."""

from flask import Blueprint

bp = Blueprint("mentoring", __name__, url_prefix="/mentoring")

from . import (  # noqa: E402, F401 - the views register themselves
    cases,
    cohorts,
    figures,
    lists,
    matching,
    mentor_list,
    mentors,
    milestones,
    programmes,
    sessions,
    support,
)
