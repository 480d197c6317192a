"""Sites and their days off."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...models import ClosureDay, Site
from .. import policies


def own_sites(actor: Actor) -> list[Site]:
    """Sites whose calendar the actor may edit."""
    sites = db.session.scalars(sa.select(Site).where(Site.is_partner.is_(False)).order_by(Site.id))
    return [site for site in sites if policies.can_manage(actor, site.id)]


def days_of(site_id: int, year: int) -> list[ClosureDay]:
    return list(
        db.session.scalars(
            sa.select(ClosureDay)
            .where(
                ClosureDay.site_id == site_id,
                ClosureDay.day >= date(year, 1, 1),
                ClosureDay.day <= date(year, 12, 31),
            )
            .order_by(ClosureDay.day)
        )
    )
