"""Small reads of the set-up pages."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.web import named
from ...models import Edition, Extension, Organisation, OrganisationKind, Rubric, Site, StageState
from .. import policies
from ..dates import Clash, Round, clashes
from .editions import get_edition, last_deadline


def sources(actor: Actor) -> list[Edition]:
    """Editions to start from, newest first: those that visitors see, and the actor's own."""
    rows = db.session.scalars(sa.select(Edition).order_by(Edition.year.desc(), Edition.id.desc()).limit(200))
    return [row for row in rows if policies.can_start_from(actor, row)][:60]


def get_source_for(actor: Actor, slug: str) -> Edition:
    """One edition to start from, with all its parts."""
    row = get_edition(slug)
    if not policies.can_start_from(actor, row):
        raise NotFound(_("Không có cuộc thi này, hoặc tài khoản đang dùng không xem được."))
    return row


def years_of(contest_id: int) -> set[int]:
    """Years that have an edition of this contest."""
    return set(db.session.scalars(sa.select(Edition.year).where(Edition.contest_id == contest_id)))


def rubric_names(edition_id: int) -> dict[int, str]:
    """Names of an edition's rubrics by id."""
    rows = db.session.execute(sa.select(Rubric.id, Rubric.name).where(Rubric.edition_id == edition_id))
    return {row.id: row.name for row in rows}


def site_choices() -> list[tuple[int, str]]:
    rows = db.session.execute(
        sa.select(Site.id, Site.name, Site.name_en).order_by(Site.is_partner, Site.name)
    )
    return [(row.id, named(row)) for row in rows]


def body_names(most: int = 1000) -> list[str]:
    """Names of bodies that may host a contest, to choose from; schools do so seldom and come last."""
    return list(
        db.session.scalars(
            sa.select(Organisation.name)
            .where(Organisation.verified_at.is_not(None))
            .order_by(
                sa.case((Organisation.kind == OrganisationKind.SCHOOL, 1), else_=0), Organisation.sort_key
            )
            .limit(most)
        )
    )


def extensions_with_names(edition_id: int) -> Sequence[tuple[Extension, str | None]]:
    rows = db.session.execute(
        sa.select(Extension, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Extension.organisation_id)
        .where(Extension.edition_id == edition_id)
        .order_by(Extension.id.desc())
    ).all()
    return [(row[0], row[1]) for row in rows]


def date_clashes(edition: Edition, more: Sequence[Extension]) -> list[Clash]:
    """Days of the edition that contradict each other, in the province's time. Needs stages with their parts."""
    deadline = last_deadline(edition, more)
    rounds = [
        Round(
            stage.id,
            named(stage),
            clock.local(stage.starts_at) if stage.starts_at else None,
            clock.local(stage.ends_at) if stage.ends_at else None,
            frozenset(part.division_id for part in stage.parts),
            opened=bool(stage.parts) and all(p.state is not StageState.PLANNED for p in stage.parts),
        )
        for stage in edition.stages
    ]
    return clashes(rounds, deadline=clock.local(deadline) if deadline else None, final_on=edition.final_on)
