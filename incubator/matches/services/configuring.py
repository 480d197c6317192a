"""A tournament from its settings page: made for a stage, its courts and cut, its own version of a game."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import Game as GameRow
from ...models import Match, MatchState, Site, Stage, StageDivision, Tournament
from .. import policies
from ..game_json import to_json
from ..presets import PRESETS
from ..queries.ranking import any_runs
from .contest import audit, edition_of, get_for_writing, touch
from .setup import create_tournament, edition_of_part, ensure_courts, ensure_game, save_game


@dataclass(frozen=True, slots=True)
class Settings:
    """What an organiser chooses. `courts`: how many courts of the centre are used."""

    courts: int
    cut: Mapping[str, Any]
    freeze_scores: bool = False


def make_tournament(
    part_id: int, game_code: str, settings: Settings, *, actor: Actor, at: datetime
) -> Tournament:
    """Match play or runs for a stage of a division that has none yet."""
    part = db.session.get(StageDivision, part_id)
    if part is None:
        raise NotFound(_("Không có vòng thi này."))
    edition = edition_of_part(part)
    ensure(policies.can_manage(actor, edition))
    if game_code not in PRESETS:
        raise Invalid(_("Chọn một mục trong danh sách."), field="game")
    stage = db.session.get_one(Stage, part.stage_id)
    runs = PRESETS[game_code].runs is not None
    if runs != (stage.kind == "runs"):
        raise Invalid(_("Luật này không hợp với cách thi của vòng: trận đấu hoặc lượt thi."), field="game")
    game = ensure_game(PRESETS[game_code], actor=actor, at=at)
    return create_tournament(
        part,
        game,
        slug=f"{edition.slug}-{part.id}",
        actor=actor,
        at=at,
        court_ids=_courts(settings.courts, at),
        cut=settings.cut,
        freeze_scores=settings.freeze_scores,
    )


def _courts(count: int, at: datetime) -> list[int]:
    site = db.session.scalar(sa.select(Site.id).order_by(Site.id).limit(1))
    names = [f"Sân {n}" for n in range(1, count + 1)]
    return [row.id for row in ensure_courts(site, names, prefix="san", at=at)]


def change_settings(tournament_id: int, settings: Settings, *, actor: Actor, at: datetime) -> None:
    """Courts and cut change only while there is no schedule; freezing at any time."""
    tournament = get_for_writing(tournament_id, actor=actor)
    planned = db.session.scalar(sa.select(Match.id).where(Match.tournament_id == tournament_id).limit(1))
    same = len(tournament.court_ids) == settings.courts
    courts = list(tournament.court_ids) if same else _courts(settings.courts, at)
    changed = courts != list(tournament.court_ids) or dict(settings.cut) != dict(tournament.cut)
    if planned and changed:
        raise Conflict(_("Đã có lịch trận. Xóa lịch rồi đổi số sân hoặc cách đi tiếp."))
    before = {"courts": list(tournament.court_ids), "cut": dict(tournament.cut)}
    tournament.court_ids, tournament.cut = courts, dict(settings.cut)
    tournament.freeze_scores = settings.freeze_scores
    touch(tournament)
    db.session.flush()
    audit(
        tournament,
        "tournament.settings",
        tournament,
        actor=actor,
        at=at,
        before=before,
        after={"courts": courts, "cut": dict(settings.cut), "freeze": settings.freeze_scores},
    )


def own_game(tournament_id: int, definition: Mapping[str, Any], *, actor: Actor, at: datetime) -> GameRow:
    """Give a tournament its own version of a game; the templates stay as they are. Refused once a match was called."""
    tournament = get_for_writing(tournament_id, actor=actor)
    begun = db.session.scalar(
        sa.select(Match.id)
        .where(Match.tournament_id == tournament_id, Match.state != MatchState.SCHEDULED)
        .limit(1)
    )
    if begun:
        raise Conflict(_("Đã có trận được gọi theo luật này nên không đổi luật được nữa."))
    if any_runs(tournament.stage_division_id):
        raise Conflict(_("Đã có lượt thi nhập theo luật này nên không đổi luật được nữa."))
    base = tournament.game.definition
    if (definition.get("runs") is None) != (base.get("runs") is None):
        raise Invalid(_("Luật này không hợp với cách thi của vòng: trận đấu hoặc lượt thi."))
    code = f"{edition_of(tournament).slug}-{tournament.id}"[:60]
    row = save_game({**definition, "code": code}, actor=actor, at=at)
    tournament.game = row
    touch(tournament)
    db.session.flush()
    audit(
        tournament,
        "tournament.game",
        tournament,
        actor=actor,
        at=at,
        after={"game": code, "version": row.version},
    )
    return row


def template(code: str) -> dict[str, Any] | None:
    """A shipped game as data."""
    return to_json(PRESETS[code]) if code in PRESETS else None
