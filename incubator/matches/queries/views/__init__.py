"""A board as pages show it: rows with words and numbers, ready for the templates, which decide nothing."""

from .brackets import Box, BracketView, bracket_view
from .grid import GridRow, schedule_grid
from .matches import LIVE, MatchView, SideView, live_tallies, match_view, match_views, overdue
from .tables import BestView, TableRow, TableView, best_views, run_reasons, table_view
from .versions import ignored_because, signed, verdict

__all__ = [
    "LIVE",
    "BestView",
    "Box",
    "BracketView",
    "GridRow",
    "MatchView",
    "SideView",
    "TableRow",
    "TableView",
    "best_views",
    "bracket_view",
    "ignored_because",
    "live_tallies",
    "match_view",
    "match_views",
    "overdue",
    "run_reasons",
    "schedule_grid",
    "signed",
    "table_view",
    "verdict",
]
