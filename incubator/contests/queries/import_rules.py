"""What the reader of registration files must know of an edition: its divisions' rules and the schools on
record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import sqlalchemy as sa

from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import Area, AreaKind, Division, Edition, Organisation, OrganisationAlias, OrganisationKind
from .. import eligibility
from ..registration_files import DivisionRule, KnownSchool, Rules

_SCHOOLS = (OrganisationKind.SCHOOL, OrganisationKind.COLLEGE, OrganisationKind.UNIVERSITY)


def edition_by_slug(slug: str) -> Edition:
    """Raises NotFound with the slugs there are."""
    found = db.session.scalar(sa.select(Edition).where(Edition.slug == slug))
    if found is None:
        known = ", ".join(db.session.scalars(sa.select(Edition.slug).order_by(Edition.slug)).all()) or "–"
        raise NotFound(
            _("Không có kỳ thi “%(slug)s”. Các kỳ thi đang có: %(known)s.", slug=slug, known=known)
        )
    return found


def rules_of(edition_id: int, distinct: Iterable[tuple[str, str]] = ()) -> Rules:
    """The edition's rules; `distinct` are (name key, ISO birth date) of pupils ruled to be two children."""
    divisions = db.session.scalars(
        sa.select(Division).where(Division.edition_id == edition_id).order_by(Division.position, Division.id)
    ).all()
    return Rules(
        tuple(_division_rule(division) for division in divisions),
        tuple(known_schools()),
        frozenset((name, date.fromisoformat(born)) for name, born in distinct),
    )


def _division_rule(division: Division) -> DivisionRule:
    rules = eligibility.from_json(division.eligibility)
    return DivisionRule(
        code=division.slug,
        name=division.name,
        levels=tuple(str(level) for level in rules.levels),
        aliases=(division.name_en,) if division.name_en else (),
        born_from=rules.born_from,
        born_to=rules.born_until,
        team_min=rules.team_min,
        team_max=rules.team_max,
        coach_required=rules.coach_required,
        name_en=division.name_en,
    )


def known_schools() -> list[KnownSchool]:
    """Schools on record with every spelling that files have used for them, and the areas below the province where they lie."""
    areas = {
        area.id: area for area in db.session.execute(sa.select(Area.id, Area.name, Area.parent_id, Area.kind))
    }

    def around(area_id: int | None) -> Iterator[str]:
        while (area := areas.get(area_id or 0)) and area.kind is not AreaKind.PROVINCE:
            yield area.name
            area_id = area.parent_id

    spellings: dict[int, list[str]] = {}
    for organisation_id, spelling in db.session.execute(
        sa.select(OrganisationAlias.organisation_id, OrganisationAlias.spelling).order_by(
            OrganisationAlias.id
        )
    ):
        spellings.setdefault(organisation_id, []).append(spelling)
    schools = db.session.execute(
        sa.select(Organisation.id, Organisation.name, Organisation.area_id)
        .where(Organisation.kind.in_(_SCHOOLS))
        .order_by(Organisation.id)
    )
    return [
        KnownSchool(name, tuple(spellings.get(id_, ())), id_, tuple(around(area)))
        for id_, name, area in schools
    ]
