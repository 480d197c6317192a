"""The latest published results on the front page, each with its first prizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ..core.db import db
from ..core.web import named
from ..models import Award, Division, Edition, Entry, PrizeTier, Publication, PublicationKind
from ..publishing.queries.lines import lines_of
from .front import counts_of, visible_editions, visible_publications

FIRST = "first"
RESULTS = (PublicationKind.PROVISIONAL, PublicationKind.OFFICIAL)


@dataclass(frozen=True, slots=True)
class Winner:
    """A first prize of a published result: the school, or the team that comes from none. Never a person."""

    prize: str
    who: str
    division: str


@dataclass(frozen=True, slots=True)
class ResultCard:
    edition: Edition
    kind: PublicationKind
    version: int
    published_at: datetime
    entries: int
    schools: int
    winners: tuple[Winner, ...] = ()


def latest_results(now: datetime, most: int = 5) -> list[ResultCard]:
    """The newest visible result of each edition: one query, and two for counts and first prizes."""
    newest = (
        visible_publications(now)
        .with_only_columns(
            Publication.id,
            Publication.edition_id,
            sa.func.row_number()
            .over(
                partition_by=Publication.edition_id,
                order_by=(Publication.visible_at.desc(), Publication.id.desc()),
            )
            .label("place"),
        )
        .where(Publication.kind.in_(RESULTS))
        .subquery()
    )
    rows = db.session.execute(
        sa.select(
            Edition,
            Publication.kind,
            Publication.version,
            Publication.visible_at,
            Publication.payload["awards"].label("awards"),
        )
        .join(newest, newest.c.id == Publication.id)
        .join(Edition, Edition.id == Publication.edition_id)
        .where(newest.c.place == 1, Edition.id.in_(visible_editions(now).with_only_columns(Edition.id)))
        .order_by(Publication.visible_at.desc())
        .limit(most)
    ).all()
    counts = counts_of([r.Edition.id for r in rows])
    winners = winners_of({r.Edition.id: r.awards or [] for r in rows})
    return [
        ResultCard(
            r.Edition,
            r.kind,
            r.version,
            r.visible_at,
            *counts.get(r.Edition.id, (0, 0)),
            winners=winners[r.Edition.id],
        )
        for r in rows
    ]


def winners_of(awards: Mapping[int, list[dict[str, Any]]]) -> dict[int, tuple[Winner, ...]]:
    """First prizes by edition, given the awards that its publication states: two queries.

    What is stated counts, not the prizes as they are now: a correction may be under way.
    """
    if not awards:
        return {}
    rows = db.session.execute(
        sa.select(Award.id, Award.edition_id, Award.organisation_name, Award.entry_id, PrizeTier, Division)
        .join(PrizeTier, PrizeTier.id == Award.tier_id)
        .join(Entry, Entry.id == Award.entry_id)
        .join(Division, Division.id == Entry.division_id)
        .where(PrizeTier.slug == FIRST, Award.edition_id.in_(awards))
        .order_by(Division.position, Award.id)
    ).all()
    stated = {edition: {a["award_id"] for a in given} for edition, given in awards.items()}
    lines = lines_of({r.entry_id for r in rows if not r.organisation_name})
    return {
        edition: tuple(
            Winner(named(r.PrizeTier), r.organisation_name or lines[r.entry_id].team, named(r.Division))
            for r in rows
            if r.edition_id == edition and r.id in stated[edition]
        )
        for edition in awards
    }
