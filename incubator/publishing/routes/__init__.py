"""Pages of publishing: for visitors, for teams, for the organiser."""

from . import posts, public, teams, work

__all__ = ["posts", "public", "teams", "work"]
