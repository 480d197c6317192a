"""A new edition from last year's: everything is taken over, every date moves by the years between."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core import clock
from ...core.access import Actor, ensure
from ...core.db import db
from ...models import Division, Edition, EditionHost, PrizeTier, Stage, StageDivision, StageState
from .. import policies
from ..next_edition import renamed, renumbered
from .editions import create_edition, shift
from .rubric_copies import RubricCopies

_TIER = (
    "slug",
    "name",
    "name_en",
    "scope",
    "recipient",
    "basis",
    "count",
    "band_min_e2",
    "band_max_e2",
    "amount",
    "paper",
)


def copy_edition(
    source: Edition,
    *,
    year: int,
    name: str,
    actor: Actor,
    at: datetime,
    slug: str = "",
    number: int | None = None,
) -> Edition:
    """Divisions with their rules, stages, rubrics, prizes, hosts, fields and words; birth-date windows move as well, and
    so does the year in an English name and in the prefixes of entry numbers.

    Entries, judges, files and states are not taken. `source` is loaded whole.
    """
    ensure(policies.can_create(actor))
    years = year - source.year
    edition = create_edition(
        source.contest,
        name=name,
        year=year,
        actor=actor,
        at=at,
        slug=slug,
        name_en=_name_en(source, year),
        number=number if number is not None else (source.number + years if source.number else None),
        venue=source.venue,
        fields=list(source.fields),
        words=dict(source.words),
        registration_opens=shift(source.registration_opens, years),
        registration_closes=shift(source.registration_closes, years),
        final_on=shift(source.final_on, years),
    )
    db.session.execute(
        sa.insert(EditionHost),
        [
            {
                "edition_id": edition.id,
                "organisation_id": h.organisation_id,
                "part": h.part,
                "position": h.position,
            }
            for h in source.hosts
        ],
    ) if source.hosts else None
    divisions = {d.id: _copy_division(d, edition, source.year) for d in source.divisions}
    db.session.add_all(divisions.values())
    db.session.flush()
    rubrics = RubricCopies((p.rubric_id for s in source.stages for p in s.parts), edition, at=at)
    for stage in source.stages:
        _copy_stage(stage, edition, divisions, rubrics, years)
    _copy_prizes(source, edition, divisions)
    activity.record(
        "contests.edition.copied",
        edition,
        actor=actor,
        at=at,
        edition_id=edition.id,
        after={"from": source.id},
    )
    return edition


def _name_en(source: Edition, year: int) -> str:
    """Nothing rather than the name of another year."""
    moved = renamed(source.name_en, source.year, source.number, year)
    return moved if moved != source.name_en else ""


def _copy_division(division: Division, edition: Edition, from_year: int) -> Division:
    years = edition.year - from_year
    rules = dict(division.eligibility)
    for key in ("born_from", "born_until"):
        if rules.get(key):
            moved = shift(date.fromisoformat(rules[key]), years)
            rules[key] = moved.isoformat() if moved else None
    return Division(
        edition_id=edition.id,
        slug=division.slug,
        name=division.name,
        name_en=division.name_en,
        position=division.position,
        eligibility=rules,
        dossier=dict(division.dossier),
        number_prefix=renumbered(division.number_prefix, from_year, edition.year),
    )


def _moved(moment: datetime | None, years: int) -> datetime | None:
    if moment is None:
        return None
    local = clock.local(moment)
    day = shift(local.date(), years)
    return clock.at_local(day, local.time()) if day else None


def _copy_stage(
    stage: Stage, edition: Edition, divisions: dict[int, Division], rubrics: RubricCopies, years: int
) -> None:
    row = Stage(
        edition_id=edition.id,
        position=stage.position,
        name=stage.name,
        name_en=stage.name_en,
        kind=stage.kind,
        venue=stage.venue,
        site_id=stage.site_id,
        blind=stage.blind,
        settings=rubrics.settings(stage.settings),
        starts_at=_moved(stage.starts_at, years),
        ends_at=_moved(stage.ends_at, years),
    )
    db.session.add(row)
    db.session.flush()
    db.session.add_all(
        StageDivision(
            stage_id=row.id,
            division_id=divisions[p.division_id].id,
            state=StageState.PLANNED,
            advance=p.advance,
            rubric_id=rubrics.of(p.rubric_id),
        )
        for p in stage.parts
    )
    db.session.flush()


def _copy_prizes(source: Edition, edition: Edition, divisions: dict[int, Division]) -> None:
    for tier in db.session.scalars(sa.select(PrizeTier).where(PrizeTier.edition_id == source.id)):
        db.session.add(
            PrizeTier(
                edition_id=edition.id,
                position=tier.position,
                division_id=divisions[tier.division_id].id if tier.division_id else None,
                **{key: getattr(tier, key) for key in _TIER},
            )
        )
    db.session.flush()
