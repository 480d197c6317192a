"""Pages of publishing: for visitors, for teams, for the organiser."""

from . import public, teams, work

__all__ = ["public", "teams", "work"]
