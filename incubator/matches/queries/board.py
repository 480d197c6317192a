"""Loads boards: any number of tournaments in a fixed number of statements, whatever their size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import LoaderOption

from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import (
    Entry,
    GroupPlace,
    Match,
    MatchCrew,
    MatchGroup,
    Organisation,
    Protest,
    Resource,
    ResultState,
    ResultVersion,
    Stage,
    StageDivision,
    StageEntry,
    Team,
    TieDecision,
    Tournament,
)
from ...models import Game as GameRow
from ..game_json import from_json
from ..games import Game
from .sides import CrewPlace, Side
from .snapshot import Board


@lru_cache(maxsize=64)
def parsed_game(game_id: int, version: int, code: str) -> Game:
    row = db.session.get(GameRow, game_id)
    if row is None:
        raise NotFound(_("Không có luật chơi này."))
    return from_json(row.definition)


def game_of(row: GameRow) -> Game:
    """The rules of a stored game, parsed once for each of its versions."""
    return parsed_game(row.id, row.version, row.code)


def load_board(tournament_id: int, person_id: int | None = None) -> Board:
    """Load one tournament for reading. Raises NotFound."""
    return _one(Tournament.id == tournament_id, person_id)


def board_by_slug(slug: str, person_id: int | None = None) -> Board:
    return _one(Tournament.slug == slug, person_id)


def board_of_match(match_id: int, person_id: int | None = None) -> Board:
    """The board of the tournament that the match belongs to."""
    wanted = sa.select(Match.tournament_id).where(Match.id == match_id).scalar_subquery()
    return _one(Tournament.id == wanted, person_id)


def _one(where: sa.ColumnElement[bool], person_id: int | None) -> Board:
    found = load_boards(where, person_id)
    if not found:
        raise NotFound(_("Không có giải đấu này."))
    return found[0]


def with_stage() -> tuple[LoaderOption, ...]:
    """What every page names of a tournament: game, stage, division and edition, in the same statement."""
    part = joinedload(Tournament.stage_division, innerjoin=True)
    return (
        joinedload(Tournament.game, innerjoin=True),
        part.joinedload(StageDivision.stage, innerjoin=True).joinedload(Stage.edition, innerjoin=True),
        part.joinedload(StageDivision.division, innerjoin=True),
    )


def load_boards(where: sa.ColumnElement[bool], person_id: int | None = None) -> list[Board]:
    """Boards of all tournaments that fit, in six statements. `person_id`: with that person's part in the crew."""
    tournaments, crew = _tournaments(where, person_id)
    if not tournaments:
        return []
    ids = [row.id for row in tournaments]
    parts = [row.stage_division_id for row in tournaments]
    groups = _groups(ids)
    sides = _sides(parts)
    played = _matches(ids)
    decisions = _decisions(parts)
    courts = _courts({key for row in tournaments for key in row.court_ids})
    return [
        Board(
            tournament=row,
            game=game_of(row.game),
            sides=sides[row.stage_division_id].by_id,
            groups=groups[row.id],
            members=sides[row.stage_division_id].members(),
            matches=played[row.id].matches,
            versions=played[row.id].confirmed,
            proposals=played[row.id].proposed,
            decisions=decisions[row.stage_division_id],
            protested=played[row.id].protested,
            courts={key: courts[key] for key in row.court_ids if key in courts},
            crew=tuple(crew[row.id]),
        )
        for row in tournaments
    ]


def _tournaments(
    where: sa.ColumnElement[bool], person_id: int | None
) -> tuple[list[Tournament], dict[int, list[CrewPlace]]]:
    wanted = sa.select(Tournament, MatchCrew.part, MatchCrew.court_id, MatchCrew.side).outerjoin(
        MatchCrew,
        sa.and_(
            MatchCrew.tournament_id == Tournament.id,
            MatchCrew.person_id == person_id,
            MatchCrew.to_at.is_(None),
        ),
    )
    rows = db.session.execute(
        wanted.where(where).options(*with_stage()).order_by(Tournament.id, MatchCrew.id)
    )
    found: dict[int, Tournament] = {}
    crew: dict[int, list[CrewPlace]] = defaultdict(list)
    for tournament, part, court_id, side in rows:
        found[tournament.id] = tournament
        if part is not None:
            crew[tournament.id].append((part, court_id, side))
    return list(found.values()), crew


def _groups(tournament_ids: Collection[int]) -> dict[int, list[MatchGroup]]:
    rows = db.session.scalars(
        sa.select(MatchGroup)
        .where(MatchGroup.tournament_id.in_(tournament_ids))
        .order_by(MatchGroup.position, MatchGroup.id)
    )
    found: dict[int, list[MatchGroup]] = defaultdict(list)
    for row in rows:
        found[row.tournament_id].append(row)
    return found


@dataclass(slots=True)
class _Sides:
    by_id: dict[int, Side] = field(default_factory=dict)
    places: list[tuple[int, int, int]] = field(default_factory=list)  # group, position, side

    def members(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for group_id, _position, side in sorted(self.places):
            found[group_id].append(side)
        return dict(found)


def _sides(stage_division_ids: Collection[int]) -> dict[int, _Sides]:
    """Teams in the order of the stage, each with its place in a group."""
    rows = db.session.execute(
        sa.select(
            StageEntry.stage_division_id,
            GroupPlace.group_id,
            GroupPlace.position,
            StageEntry.id,
            StageEntry.entry_id,
            Team.name,
            Organisation.name,
            Organisation.id,
            StageEntry.presence,
            StageEntry.presence_reason,
        )
        .join(Entry, Entry.id == StageEntry.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .outerjoin(GroupPlace, GroupPlace.stage_entry_id == StageEntry.id)
        .where(StageEntry.stage_division_id.in_(stage_division_ids))
        .order_by(StageEntry.position, StageEntry.id)
    )
    found: dict[int, _Sides] = defaultdict(_Sides)
    for part, group_id, position, key, entry_id, team, school, school_id, presence, because in rows:
        found[part].by_id[key] = Side(key, entry_id, team, school or "", school_id, presence, because)
        if group_id is not None:
            found[part].places.append((group_id, position, key))
    return found


def load_sides(stage_division_id: int) -> dict[int, Side]:
    return _sides([stage_division_id])[stage_division_id].by_id


@dataclass(slots=True)
class _Played:
    matches: list[Match] = field(default_factory=list)
    confirmed: dict[int, ResultVersion] = field(default_factory=dict)
    proposed: dict[int, ResultVersion] = field(default_factory=dict)
    protested: set[int] = field(default_factory=set)


def _matches(tournament_ids: Collection[int]) -> dict[int, _Played]:
    """Matches in order of play, each with its result that counts and the one that waits, at most two rows each."""
    protested = sa.exists().where(Protest.match_id == Match.id, Protest.decided_at.is_(None))
    standing = ResultVersion.state.in_([ResultState.CONFIRMED, ResultState.PROPOSED])
    rows = db.session.execute(
        sa.select(Match, ResultVersion, protested)
        .outerjoin(ResultVersion, sa.and_(ResultVersion.match_id == Match.id, standing))
        .where(Match.tournament_id.in_(tournament_ids))
        .order_by(Match.position, Match.id, ResultVersion.number)
    )
    found: dict[int, _Played] = defaultdict(_Played)
    last = None
    for match, version, open_protest in rows:
        own = found[match.tournament_id]
        if match is not last:
            own.matches.append(match)
            last = match
        if open_protest:
            own.protested.add(match.id)
        if version is not None:
            (own.confirmed if version.state is ResultState.CONFIRMED else own.proposed)[match.id] = version
    return found


def _decisions(stage_division_ids: Collection[int]) -> dict[int, list[TieDecision]]:
    rows = db.session.scalars(
        sa.select(TieDecision)
        .where(TieDecision.stage_division_id.in_(stage_division_ids), TieDecision.voided_at.is_(None))
        .order_by(TieDecision.id)
    )
    found: dict[int, list[TieDecision]] = defaultdict(list)
    for row in rows:
        found[row.stage_division_id].append(row)
    return found


def _courts(keys: Collection[int]) -> dict[int, Resource]:
    if not keys:
        return {}
    return {row.id: row for row in db.session.scalars(sa.select(Resource).where(Resource.id.in_(keys)))}
