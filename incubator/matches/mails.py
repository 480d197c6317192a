"""What the messages of match play need joined when they are rendered."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..activity import messages
from ..core.together import Asking
from ..core.web import named
from ..models import Edition, Match, Resource, Stage, StageDivision, Tournament
from ..spaces.intervals import Span
from ..spaces.wording import span_of
from .wording import short_code


@messages.builder("matches/courts_back", "matches/courts_lost")
def _courts(contexts: list[dict[str, Any]]) -> Asking[list[dict[str, Any]]]:
    """The contest, and as sentences the matches where they were to be played: those that are gone since are left out."""
    tournaments, matches = yield [
        sa.select(
            Tournament.id,
            Stage.name,
            Stage.name_en,
            Edition.name.label("edition"),
            Edition.name_en.label("edition_en"),
        )
        .join(StageDivision, StageDivision.id == Tournament.stage_division_id)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .join(Edition, Edition.id == Stage.edition_id)
        .where(Tournament.id.in_({c.get("tournament_id", 0) for c in contexts})),
        sa.select(Match.id, Match.code, Match.starts_at, Match.ends_at, Resource.name, Resource.name_en)
        .join(Resource, Resource.id == Match.court_id)
        .where(Match.id.in_({match_id for c in contexts for match_id in c.get("match_ids", ())}))
        .order_by(Match.position),
    ]
    titles = {row.id: f"{named(row, 'edition')}: {named(row)}" for row in tournaments}
    lines = {
        row.id: f"{short_code(row.code)}, {span_of(Span(row.starts_at, row.ends_at))}, {named(row)}"
        for row in matches
    }
    return [
        {
            "title": titles.get(c.get("tournament_id", 0), ""),
            "matches": [lines[match_id] for match_id in c.get("match_ids", ()) if match_id in lines],
            "reason": c.get("reason", ""),
        }
        for c in contexts
    ]
