"""The hall's screens: added, switched, taken away."""

from __future__ import annotations

from datetime import datetime

from ...core.access import Actor
from ...core.db import db
from ...core.errors import Invalid, NotFound
from ...core.i18n import _
from ...models import HallMode, HallScreen
from ..queries.screens import screens_of
from .contest import audit, get_for_writing, touch


def set_screen(
    screen_id: int,
    mode: HallMode,
    *,
    actor: Actor,
    at: datetime,
    match_id: int | None = None,
    group_id: int | None = None,
    court_id: int | None = None,
    text: str = "",
) -> HallScreen:
    """Switch a screen in the hall."""
    row = db.session.get(HallScreen, screen_id)
    if row is None:
        raise NotFound(_("Không có màn hình này."))
    tournament = get_for_writing(row.tournament_id, actor=actor)
    if court_id is not None and court_id not in tournament.court_ids:
        raise Invalid(_("Sân này không thuộc giải đấu."), field="court")
    row.mode, row.match_id, row.group_id, row.court_id, row.text = mode, match_id, group_id, court_id, text
    row.changed_at = at
    touch(tournament)
    audit(tournament, "screen.set", row, actor=actor, at=at, after={"mode": str(mode)})
    return row


def add_screen(
    tournament_id: int, name: str, court_id: int | None = None, *, actor: Actor, at: datetime
) -> HallScreen:
    """One more screen, for all courts or one of them."""
    tournament = get_for_writing(tournament_id, actor=actor)
    if not name.strip():
        raise Invalid(_("Đặt tên cho màn hình."), field="name")
    if court_id is not None and court_id not in tournament.court_ids:
        raise Invalid(_("Sân này không thuộc giải đấu."), field="court")
    if name.strip() in {screen.name for screen in screens_of(tournament.id)}:
        raise Invalid(_("Đã có màn hình tên này. Đặt tên khác."), field="name")
    row = HallScreen(tournament_id=tournament.id, name=name.strip(), court_id=court_id, changed_at=at)
    db.session.add(row)
    touch(tournament)
    db.session.flush()
    audit(tournament, "screen.add", row, actor=actor, at=at, after={"name": row.name, "court": court_id})
    return row
