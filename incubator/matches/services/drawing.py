"""The public draw: opened with a seed, drawn one by one, void only with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import Draw as DrawRow
from ...models import DrawPick, DrawState, GroupPlace, Match, MatchGroup, Tournament
from .. import draw as rules
from ..queries.board import load_sides
from ..queries.drawing import current_draw, picks_of, rebuild
from ..queries.sides import GONE
from ..refusal_words import invalid
from ..refusals import RuleError
from .contest import audit, ensure_open, get_for_writing, touch


def open_draw(
    tournament_id: int,
    seed: str,
    *,
    actor: Actor,
    at: datetime,
    order: str = rules.BY_SCHOOL_SIZE,
    pots: Mapping[int, int] | None = None,
) -> DrawRow:
    """Start a draw of all teams that take part into the tournament's groups."""
    tournament = get_for_writing(tournament_id, actor=actor)
    ensure_open(tournament)
    if current_draw(tournament_id) is not None:
        raise Conflict(_("Đã có một lần bốc thăm. Hủy lần đó trước khi bốc lại."))
    if db.session.scalar(sa.select(Match.id).where(Match.tournament_id == tournament_id).limit(1)):
        raise Conflict(_("Đã có lịch trận, không bốc thăm lại được."))
    if not seed.strip():
        raise Invalid(_("Nhập mã bốc thăm, ví dụ số do khán giả đọc."), field="seed")
    groups = _groups(tournament)
    sides = [side for side in load_sides(tournament.stage_division_id).values() if side.presence not in GONE]
    entrants = [[side.id, side.school_id or -side.id, (pots or {}).get(side.id)] for side in sides]
    sizes = [group.size for group in groups]
    if sum(sizes) != len(entrants):
        sizes = rules.group_sizes(len(entrants), len(groups)) if groups else []
        for group, size in zip(groups, sizes, strict=True):
            group.size = size
    row = DrawRow(
        tournament_id=tournament_id,
        seed=seed.strip(),
        order=order,
        entrants=entrants,
        group_names=[group.name for group in groups],
        sizes=sizes,
        by_id=actor.person_id,
        started_at=at,
    )
    try:
        rebuild(row, ())
    except RuleError as error:
        raise invalid(error) from error
    db.session.add(row)
    touch(tournament)
    db.session.flush()
    audit(tournament, "draw.open", row, actor=actor, at=at, after={"seed": row.seed, "teams": len(entrants)})
    return row


def _groups(tournament: Tournament) -> list[MatchGroup]:
    groups = db.session.scalars(
        sa.select(MatchGroup).where(MatchGroup.tournament_id == tournament.id).order_by(MatchGroup.position)
    ).all()
    if not groups:
        raise Invalid(_("Chưa có bảng đấu. Chọn số bảng trước khi bốc thăm."), field="groups")
    return list(groups)


def draw_next(
    draw_id: int, *, actor: Actor, at: datetime, group: str | None = None, all_left: bool = False
) -> list[DrawPick]:
    """Draw the next team (or enter the group drawn by hand, or draw all that are left)."""
    row, tournament = _open(draw_id, actor=actor)
    picks = picks_of(draw_id)
    try:
        draw = rebuild(row, picks)
        fresh = [draw.by_hand(group) if group else draw.pick()]
        while all_left and draw.upcoming:
            fresh.append(draw.pick())
    except RuleError as error:
        raise invalid(error, "group") from error
    groups = {g.name: g for g in _groups(tournament)}
    rows = []
    for pick in fresh:
        rows.append(
            DrawPick(
                draw_id=row.id,
                number=pick.number,
                stage_entry_id=pick.key,
                allowed=list(pick.allowed),
                group_name=pick.group,
                position=pick.position,
                by_hand=pick.by_hand,
                at=at,
            )
        )
        db.session.add(
            GroupPlace(group_id=groups[pick.group].id, position=pick.position, stage_entry_id=pick.key)
        )
    db.session.add_all(rows)
    if draw.upcoming is None:
        row.state, row.finished_at = DrawState.FINISHED, at
    touch(tournament)
    db.session.flush()
    audit(
        tournament,
        "draw.pick",
        row,
        actor=actor,
        at=at,
        after={"picks": [[p.number, p.stage_entry_id, p.group_name, p.position] for p in rows]},
    )
    return rows


def _open(draw_id: int, *, actor: Actor) -> tuple[DrawRow, Tournament]:
    row = db.session.get(DrawRow, draw_id)
    if row is None:
        raise NotFound(_("Không có lần bốc thăm này."))
    tournament = get_for_writing(row.tournament_id, actor=actor)
    ensure_open(tournament)
    row = db.session.get(DrawRow, draw_id)
    assert row is not None
    if row.state is not DrawState.OPEN:
        raise Conflict(_("Lần bốc thăm này đã kết thúc."))
    return row, tournament


def void_draw(draw_id: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """Cancel a draw that nothing was built on yet. The log stays readable."""
    row = db.session.get(DrawRow, draw_id)
    if row is None or row.state is DrawState.VOID:
        raise NotFound(_("Không có lần bốc thăm này."))
    tournament = get_for_writing(row.tournament_id, actor=actor)
    ensure_open(tournament)
    if not reason.strip():
        raise Invalid(_("Ghi lý do hủy bốc thăm."), field="reason")
    if db.session.scalar(sa.select(Match.id).where(Match.tournament_id == tournament.id).limit(1)):
        raise Conflict(_("Đã có lịch trận. Xóa lịch trước khi hủy bốc thăm."))
    row.state, row.reason = DrawState.VOID, reason.strip()
    ids = sa.select(MatchGroup.id).where(MatchGroup.tournament_id == tournament.id)
    db.session.execute(sa.delete(GroupPlace).where(GroupPlace.group_id.in_(ids)))
    touch(tournament)
    audit(tournament, "draw.void", row, actor=actor, at=at, reason=reason)
