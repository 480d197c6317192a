"""Pages of programmes and mentoring, one module an audience; all on one blueprint."""

from flask import Blueprint

bp = Blueprint("mentoring", __name__, url_prefix="/mentoring")

from . import cases, cohorts, matching, mentors, milestones, programmes, sessions, support  # noqa: E402, F401 - the views register themselves
