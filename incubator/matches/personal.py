"""What matches keep about a person: where somebody refereed, protests somebody raised."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ..core.personal import Leaving, first, moment
from ..core.together import Asking
from ..models import Match, MatchCrew, Protest, Tournament


def tell(person_id: int) -> Asking[dict[str, Any]]:
    crews, protests = yield [
        sa.select(MatchCrew.id, Tournament.slug, MatchCrew.part, MatchCrew.from_at, MatchCrew.to_at)
        .join(Tournament, Tournament.id == MatchCrew.tournament_id)
        .where(MatchCrew.person_id == person_id),
        sa.select(Protest.id, Match.code, Protest.text, Protest.raised_at)
        .join(Match, Match.id == Protest.match_id)
        .where(Protest.raised_by_id == person_id),
    ]
    return {
        "referee": [
            {"tournament": r.slug, "part": r.part, "from": moment(r.from_at), "to": moment(r.to_at)}
            for r in sorted(crews, key=first)
        ],
        "protests": [
            {"match": r.code, "text": r.text, "at": moment(r.raised_at)} for r in sorted(protests, key=first)
        ],
    }


def blank(leaving: Leaving) -> None:
    """Results and protests stay; they point at a row without a name."""
