"""Court time in the shared calendar: a match of a confirmed schedule occupies its court, until the court fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity.services import notify_many
from ...contests.services.events import organisers_of
from ...core.access import Actor, Role
from ...core.db import db
from ...core.errors import Conflict
from ...core.i18n import _
from ...models import Match, MatchState, Tournament
from ...spaces.intervals import Span
from ...spaces.services import occupancy
from ..queries.board import load_board, with_stage
from ..queries.courts import without_court
from ..queries.snapshot import Board
from ..wording import short_code
from .contest import audit, edition_of, ensure_open, get_for_writing, touch


def occupy(board: Board, *, at: datetime, moved: Match | None = None) -> None:
    """Let the matches that are still to be played hold their courts. Raises Taken with what stands in the way.

    A match that lost its court goes without one until it is `moved`: else the others could not be moved one by one.
    """
    lost = [match for match in without_court(board) if match is not moved]
    claims = _claims(match for match in board.matches if match not in lost and not board.unplayed(match))
    occupancy.move_many(claims, [claim.owner for claim in claims], at=at)


def _claims(matches: Iterable[Match]) -> list[occupancy.Claim]:
    return [
        occupancy.Claim(
            owner_of(match),
            occupancy.Want(match.court_id, Span(match.starts_at, match.ends_at)),
            title=_("Trận %(code)s", code=short_code(match.code)),
        )
        for match in matches
        if match.court_id is not None
        and match.starts_at is not None
        and match.ends_at is not None
        and match.state is MatchState.SCHEDULED
    ]


def owner_of(match: Match) -> occupancy.Owner:
    return occupancy.Owner("match", match.id)


def hold_again(tournament_id: int, *, actor: Actor, at: datetime) -> tuple[int, int]:
    """The courts serve again: matches take back what is free by now. How many did, and how many still have none."""
    tournament = get_for_writing(tournament_id, actor=actor)
    ensure_open(tournament)
    claims = _claims(without_court(load_board(tournament_id)))
    occupancy.lock({claim.want.resource_id for claim in claims})
    free = [claim for claim in claims if not occupancy.clashes_of([claim.want])]
    if not free:
        raise Conflict(_("Sân vẫn ngừng phục vụ hoặc đã có lượt khác. Dời từng trận sang sân hoặc giờ khác."))
    occupancy.move_many(free, [claim.owner for claim in free], at=at)
    touch(tournament)
    audit(tournament, "schedule.hold_again", tournament, actor=actor, at=at, after={"matches": len(free)})
    return len(free), len(claims) - len(free)


def place_changed(
    _rows: Any,
    owners: Sequence[occupancy.Owner] = (),
    back: Sequence[occupancy.Owner] = (),
    at: datetime | None = None,
    because: str = "",
    **_more: Any,
) -> None:
    """Receiver of the signal of the spaces: who runs a tournament reads which of its matches lost or regained a court."""
    _tell("matches/courts_lost", owners, because=because, at=at)
    _tell("matches/courts_back", back, because="", at=at)


def _tell(kind: str, owners: Sequence[occupancy.Owner], *, because: str, at: datetime | None) -> None:
    ids = [owner.id for owner in owners if owner.kind == "match"]
    if not ids:
        return
    matches: dict[int, list[int]] = {}
    for tournament_id, match_id in db.session.execute(
        sa.select(Match.tournament_id, Match.id)
        .where(Match.id.in_(ids), Match.state == MatchState.SCHEDULED)
        .order_by(Match.position)
    ):
        matches.setdefault(tournament_id, []).append(match_id)
    for tournament in db.session.scalars(
        sa.select(Tournament).where(Tournament.id.in_(matches)).options(*with_stage()).order_by(Tournament.id)
    ):
        context = {"tournament_id": tournament.id, "match_ids": matches[tournament.id], "reason": because}
        url = f"/matches/{tournament.slug}/schedule"
        touch(tournament)
        notify_many(
            kind,
            [
                {"person_id": person_id, "url": url, "context": context}
                for person_id in organisers_of(edition_of(tournament).id, Role.SECRETARY)
            ],
            at=at,
        )
