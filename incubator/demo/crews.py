"""The same people run every tournament of the demo: their roles in its edition, their parts at its courts."""

from __future__ import annotations

from datetime import datetime

from ..accounts import services as accounts
from ..core.access import Role, ScopeKind
from ..matches.services import setup
from ..models import CrewPart, Edition, Tournament
from . import season


def set_crew(tournament: Tournament, ctx: season.Context, at: datetime) -> None:
    for key, part in (
        ("referee", CrewPart.REFEREE), ("secretary2", CrewPart.TIMEKEEPER), ("referee2", CrewPart.HEAD),
    ):  # fmt: skip
        setup.set_crew(tournament.id, ctx.people[key].id, part, actor=ctx.actor, at=at)


def give_roles(edition: Edition, ctx: season.Context, at: datetime) -> None:
    for key, role in (
        ("referee", Role.REFEREE), ("referee2", Role.REFEREE), ("secretary", Role.SECRETARY),
        ("secretary2", Role.SECRETARY), ("organiser", Role.ORGANISER),
    ):  # fmt: skip
        accounts.grant_role(ctx.people[key].id, role, ScopeKind.EDITION, edition.id, actor=ctx.actor, at=at)
