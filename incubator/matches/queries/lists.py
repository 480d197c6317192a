"""Lists of tournaments and people, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa
from flask import url_for

from ...contests.queries.naming import names_instead
from ...core import clock
from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.navigation import EditionLink
from ...core.web import lang, named
from ...models import (
    Edition,
    Match,
    MatchCrew,
    MatchState,
    Person,
    Stage,
    StageDivision,
    Tournament,
)
from .. import policies
from .board import board_by_slug, board_of_match, load_boards, with_stage
from .snapshot import Board

_OVER = (MatchState.CONFIRMED, MatchState.CANCELLED)


def tournaments_for(actor: Actor) -> list[Tournament]:
    """Those the actor manages or referees, the latest first."""
    rows = db.session.scalars(
        sa.select(Tournament).options(*with_stage()).order_by(Tournament.created_at.desc())
    ).all()
    mine = set(
        db.session.scalars(
            sa.select(MatchCrew.tournament_id).where(
                MatchCrew.person_id == actor.person_id, MatchCrew.to_at.is_(None)
            )
        )
    )
    return [
        row for row in rows if row.id in mine or policies.can_manage(actor, row.stage_division.stage.edition)
    ]


def public_tournaments() -> list[Tournament]:
    """Those of announced editions, the latest first."""
    rows = db.session.scalars(
        sa.select(Tournament)
        .join(StageDivision, StageDivision.id == Tournament.stage_division_id)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .join(Edition, Edition.id == Stage.edition_id)
        .where(Edition.announced_at <= clock.now(), Edition.cancelled_at.is_(None))
        .options(*with_stage())
        .order_by(Stage.starts_at.desc(), Tournament.id.desc())
    )
    return list(rows)


def tournaments_of_edition(edition_id: int) -> list[Tournament]:
    """For an edition's own pages: its tournaments in the order of stages."""
    rows = db.session.scalars(
        sa.select(Tournament)
        .join(StageDivision, StageDivision.id == Tournament.stage_division_id)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .where(Stage.edition_id == edition_id)
        .options(*with_stage())
        .order_by(Stage.position, Tournament.id)
    )
    return list(rows)


def links_of_edition(edition: Edition) -> list[EditionLink]:
    """Pages of the edition's matches and runs, for the visitors of its page."""
    return [
        EditionLink(
            f"{_('Trận đấu và lượt thi')} · {named(t.stage_division.stage)}",
            url_for("matches_public.overview", lang=lang(), slug=t.slug),
            "diagram-3",
        )
        for t in tournaments_of_edition(edition.id)
    ]


def board_for(actor: Actor, slug: str) -> Board:
    """A board for somebody who manages it; others are not told that it exists."""
    board = board_by_slug(slug)
    if not policies.can_manage(actor, board.edition):
        raise NotFound(_("Không có giải đấu này."))
    return board


def board_of_official(actor: Actor, slug: str) -> Board:
    """A board for managers and for the crew."""
    return _official(actor, board_by_slug(slug, actor.person_id))


def board_at_match(actor: Actor, match_id: int) -> Board:
    """The board of a match, for managers and for those who are in the crew of its court."""
    board = board_of_match(match_id, actor.person_id)
    if not board.parts_at(board.by_id[match_id].court_id) and not policies.can_manage(actor, board.edition):
        raise NotFound(_("Không có trận này."))
    return board


def get_match(match_id: int) -> Match:
    """The bare row; whoever calls sees to it who may read it."""
    match = db.session.get(Match, match_id)
    if match is None:
        raise NotFound(_("Không có trận này."))
    return match


def game_id_of(match: Match) -> int:
    return db.session.scalars(sa.select(Tournament.game_id).where(Tournament.id == match.tournament_id)).one()


def _official(actor: Actor, board: Board) -> Board:
    if not board.crew and not policies.can_manage(actor, board.edition):
        raise NotFound(_("Không có giải đấu này."))
    return board


def public_board(slug: str) -> Board:
    """A board for visitors. Raises NotFound before the edition is announced."""
    return announced(board_by_slug(slug))


def announced(board: Board) -> Board:
    """The same board, if visitors may see it, with no team called after a member who may not be named."""
    since = board.edition.announced_at
    if since is None or since > clock.now() or board.edition.cancelled_at:
        raise NotFound(_("Không có giải đấu này."))
    instead = names_instead([side.entry_id for side in board.sides.values()])
    for key, side in board.sides.items():
        if side.entry_id in instead:
            board.sides[key] = replace(side, team=instead[side.entry_id])
    return board


def crew_rows(tournament_id_: int, person_id: int | None = None) -> Sequence[MatchCrew]:
    wanted = sa.select(MatchCrew).where(MatchCrew.tournament_id == tournament_id_, MatchCrew.to_at.is_(None))
    if person_id is not None:
        wanted = wanted.where(MatchCrew.person_id == person_id)
    return db.session.scalars(wanted.order_by(MatchCrew.id)).all()


def crew_list(tournament_id_: int) -> list[tuple[MatchCrew, str]]:
    rows = db.session.execute(
        sa.select(MatchCrew, Person.full_name)
        .join(Person, Person.id == MatchCrew.person_id)
        .where(MatchCrew.tournament_id == tournament_id_, MatchCrew.to_at.is_(None))
        .order_by(MatchCrew.court_id, MatchCrew.part, Person.full_name)
    )
    return [(row[0], row[1]) for row in rows]


def names_of(person_ids: Sequence[int | None]) -> dict[int, str]:
    wanted = {key for key in person_ids if key}
    if not wanted:
        return {}
    rows = db.session.execute(sa.select(Person.id, Person.full_name).where(Person.id.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def matches_of_referee(actor: Actor) -> list[tuple[Board, list[Match]]]:
    """For the phone: the open matches of the actor's courts, by tournament; all boards in the same statements."""
    mine = sa.select(MatchCrew.tournament_id).where(
        MatchCrew.person_id == actor.person_id, MatchCrew.to_at.is_(None)
    )
    still_open = sa.select(Match.tournament_id).where(Match.state.not_in(_OVER))
    where = sa.and_(Tournament.id.in_(mine), Tournament.id.in_(still_open))
    found = []
    for board in load_boards(where, actor.person_id):
        wanted = [m for m in board.matches if m.state not in _OVER and board.parts_at(m.court_id)]
        if wanted:
            found.append((board, wanted))
    return found
