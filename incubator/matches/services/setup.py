"""Games, tournaments, groups, courts and crews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity.services import record
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import (
    CrewPart,
    Draw,
    DrawState,
    Edition,
    GroupPlace,
    HallScreen,
    Match,
    MatchCrew,
    MatchGroup,
    MatchState,
    Person,
    Resource,
    ResourceKind,
    Stage,
    StageDivision,
    StageEntry,
    Tournament,
)
from ...models import Game as GameRow
from .. import policies
from ..draw import group_sizes
from ..game_json import from_json, to_json
from ..games import Game
from ..refusal_words import invalid
from ..refusals import RuleError
from .contest import audit, ensure_open, get_for_writing, touch


def save_game(definition: Mapping[str, Any], *, actor: Actor, at: datetime) -> GameRow:
    """Store a game or a new version of it. Refused once a tournament that uses it has begun."""
    try:
        game = from_json(definition)
    except RuleError as error:
        raise invalid(error, "definition") from error
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid(_("Luật chơi chưa đúng dạng: %(what)s", what=str(error)), field="definition") from error
    row = db.session.scalar(sa.select(GameRow).where(GameRow.code == game.code))
    if row is None:
        row = GameRow(
            code=game.code, name=game.name, name_en=game.name_en, created_at=at, definition=to_json(game)
        )
        db.session.add(row)
    elif row.definition != to_json(game):
        _refuse_if_begun(row)
        row.name, row.name_en, row.definition = game.name, game.name_en, to_json(game)
        row.version += 1
    db.session.flush()
    record("matches.game.save", row, actor=actor, at=at, after={"version": row.version})
    return row


def _refuse_if_begun(row: GameRow) -> None:
    begun = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(Match)
        .join(Tournament, Tournament.id == Match.tournament_id)
        .where(Tournament.game_id == row.id, Match.state != MatchState.SCHEDULED)
    )
    if begun:
        raise Conflict(_("Luật này đã dùng cho trận đã đấu. Lưu thành một luật mới với mã khác."))


def ensure_game(game: Game, *, actor: Actor, at: datetime) -> GameRow:
    """A preset as a row, made on first use."""
    row = db.session.scalar(sa.select(GameRow).where(GameRow.code == game.code))
    return row or save_game(to_json(game), actor=actor, at=at)


def create_tournament(
    stage_division: StageDivision,
    game: GameRow,
    *,
    slug: str,
    actor: Actor,
    at: datetime,
    court_ids: Sequence[int] = (),
    cut: Mapping[str, Any] | None = None,
    plan: Mapping[str, Any] | None = None,
    freeze_scores: bool = False,
) -> Tournament:
    """Match play or runs for one stage of a division. One each."""
    edition = edition_of_part(stage_division)
    ensure(policies.can_manage(actor, edition))
    known = db.session.scalar(
        sa.select(Tournament.id).where(
            sa.or_(Tournament.stage_division_id == stage_division.id, Tournament.slug == slug)
        )
    )
    if known:
        raise Conflict(_("Vòng này đã có giải đấu."))
    row = Tournament(
        stage_division_id=stage_division.id,
        game_id=game.id,
        slug=slug,
        court_ids=list(court_ids),
        cut=dict(cut or {}),
        plan=dict(plan or {}),
        freeze_scores=freeze_scores,
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    db.session.add(HallScreen(tournament_id=row.id, name="1", changed_at=at))
    db.session.flush()
    record("matches.tournament.create", row, actor=actor, at=at, edition_id=edition.id)
    return row


def edition_of_part(stage_division: StageDivision) -> Edition:
    found = db.session.scalar(
        sa.select(Edition)
        .join(Stage, Stage.edition_id == Edition.id)
        .where(Stage.id == stage_division.stage_id)
    )
    if found is None:
        raise NotFound(_("Không có lần tổ chức này."))
    return found


def make_groups(tournament_id: int, count: int, *, actor: Actor, at: datetime) -> list[MatchGroup]:
    """Empty groups A, B, C … for all teams of the stage. Refused once drawn or played."""
    tournament = get_for_writing(tournament_id, actor=actor)
    ensure_open(tournament)
    _refuse_with_matches(tournament)
    teams = db.session.scalar(
        sa.select(sa.func.count()).where(StageEntry.stage_division_id == tournament.stage_division_id)
    )
    try:
        sizes = group_sizes(teams or 0, count)
    except RuleError as error:
        raise invalid(error, "groups") from error
    clear_groups(tournament)
    rows = [
        MatchGroup(tournament_id=tournament.id, name=group_name(n), position=n, size=size)
        for n, size in enumerate(sizes)
    ]
    db.session.add_all(rows)
    touch(tournament)
    db.session.flush()
    audit(tournament, "tournament.groups", tournament, actor=actor, at=at, after={"sizes": sizes})
    return rows


def clear_groups(tournament: Tournament) -> None:
    """Take all groups and places away; hall screens that showed one show none."""
    ids = sa.select(MatchGroup.id).where(MatchGroup.tournament_id == tournament.id)
    screens = sa.update(HallScreen).where(HallScreen.tournament_id == tournament.id)
    db.session.execute(screens.values(group_id=None))
    db.session.execute(sa.delete(GroupPlace).where(GroupPlace.group_id.in_(ids)))
    db.session.execute(sa.delete(MatchGroup).where(MatchGroup.tournament_id == tournament.id))
    db.session.expire(tournament, ["groups"])


def _refuse_with_matches(tournament: Tournament) -> None:
    drawn = db.session.scalar(
        sa.select(Draw.id).where(Draw.tournament_id == tournament.id, Draw.state != DrawState.VOID).limit(1)
    )
    if drawn or db.session.scalar(sa.select(Match.id).where(Match.tournament_id == tournament.id).limit(1)):
        raise Conflict(_("Đã bốc thăm hoặc đã có trận. Hủy bốc thăm trước khi đổi số bảng."))


def group_name(number: int) -> str:
    """A … Z, then A2 …: letters as long as they last."""
    letter = chr(65 + number % 26)
    return letter if number < 26 else f"{letter}{number // 26 + 1}"


def set_crew(
    tournament_id: int,
    person_id: int,
    part: CrewPart,
    *,
    actor: Actor,
    at: datetime,
    court_id: int | None = None,
    side: int | None = None,
) -> MatchCrew:
    """Put a person into the crew of a court, or of all courts."""
    tournament = get_for_writing(tournament_id, actor=actor)
    if db.session.get(Person, person_id) is None:
        raise Invalid(_("Không có người này."), field="person")
    if court_id is not None and court_id not in tournament.court_ids:
        raise Invalid(_("Sân này không thuộc giải đấu."), field="court")
    if side is not None and part is not CrewPart.REFEREE:
        raise Invalid(_("Chỉ trọng tài ghi điểm mới nhận riêng một bên."), field="side")
    standing = sa.select(MatchCrew.id).where(
        MatchCrew.tournament_id == tournament.id,
        MatchCrew.person_id == person_id,
        MatchCrew.part == part,
        MatchCrew.to_at.is_(None),
        MatchCrew.court_id.is_not_distinct_from(court_id),
    )
    if db.session.scalar(standing) is not None:
        raise Invalid(_("Người này đã có vị trí đó ở sân đó. Bỏ phân công cũ nếu muốn đổi."), field="email")
    row = MatchCrew(
        tournament_id=tournament.id, person_id=person_id, part=part, court_id=court_id, side=side, from_at=at
    )
    db.session.add(row)
    db.session.flush()
    audit(
        tournament,
        "crew.add",
        row,
        actor=actor,
        at=at,
        after={"part": part, "person": person_id, "side": side},
    )
    return row


def end_crew(crew_id: int, *, actor: Actor, at: datetime) -> None:
    row = db.session.get(MatchCrew, crew_id)
    if row is None:
        raise NotFound(_("Không có phân công này."))
    tournament = get_for_writing(row.tournament_id, actor=actor)
    row.to_at = at
    audit(tournament, "crew.end", row, actor=actor, at=at)


def ensure_courts(site_id: int | None, names: Sequence[str], *, prefix: str, at: datetime) -> list[Resource]:
    """Courts by name as resources of a site, made where they are missing."""
    found = []
    for n, name in enumerate(names, 1):
        slug = f"{prefix}-{n}"
        row = db.session.scalar(sa.select(Resource).where(Resource.slug == slug))
        if row is None:
            row = Resource(
                slug=slug,
                site_id=site_id,
                kind=ResourceKind.COURT,
                name=name,
                name_en=f"Court {n}",
                position=n,
            )
            db.session.add(row)
        found.append(row)
    db.session.flush()
    return found
