"""The contest around a tournament: its edition, the state of its stage, its lines in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity.services import record
from ...core.access import Actor, ensure
from ...core.db import Base, db, lock_rows
from ...core.errors import Conflict, NotFound
from ...core.i18n import _
from ...models import Edition, StageEntry, StageState, Tournament
from .. import policies
from ..queries.board import with_stage


def tournament_row(tournament_id: int) -> Tournament:
    """A tournament with its game, stage, division and edition. Raises NotFound."""
    row = db.session.scalar(
        sa.select(Tournament).where(Tournament.id == tournament_id).options(*with_stage())
    )
    if row is None:
        raise NotFound(_("Không có giải đấu này."))
    return row


def get_for_writing(tournament_id: int, *, actor: Actor) -> Tournament:
    """Lock and load a tournament that the actor manages. Raises NotFound, NotAllowed."""
    lock_rows(Tournament, [tournament_id])
    row = tournament_row(tournament_id)
    ensure(policies.can_manage(actor, edition_of(row)))
    return row


def entry_in_play(stage_entry_id: int) -> tuple[StageEntry, int]:
    """A team in its stage, and the id of that stage's tournament. Raises NotFound."""
    entry = db.session.get(StageEntry, stage_entry_id)
    if entry is None:
        raise NotFound(_("Không có đội này trong vòng."))
    tournament_id = db.session.scalar(
        sa.select(Tournament.id).where(Tournament.stage_division_id == entry.stage_division_id)
    )
    if tournament_id is None:
        raise NotFound(_("Không có giải đấu này."))
    return entry, tournament_id


def edition_of(tournament: Tournament) -> Edition:
    return tournament.stage_division.stage.edition


def ensure_open(tournament: Tournament, *, after_publication: bool = False) -> None:
    """Play and results change only while the stage is open; a published one takes corrections at most."""
    state = tournament.stage_division.state
    if state is StageState.OPEN or (after_publication and state is StageState.PUBLISHED):
        return
    if state is StageState.PLANNED:
        raise Conflict(
            _("Vòng thi chưa mở nên chưa có danh sách đội. Mở vòng thi trước."), code="stage_planned"
        )
    if state is StageState.PUBLISHED:
        raise Conflict(
            _("Kết quả vòng này đã công bố. Chỉ còn đính chính kết quả trận."), code="stage_published"
        )
    raise Conflict(
        _("Vòng thi đã chốt. Ban tổ chức mở lại vòng (ghi lý do) rồi mới đổi được."), code="stage_closed"
    )


def touch(tournament: Tournament) -> None:
    """Say that viewers have something new to see."""
    tournament.version += 1


def audit(
    tournament: Tournament,
    verb: str,
    obj: Base | None = None,
    *,
    actor: Actor,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    object_type: str = "",
    object_id: int | None = None,
) -> None:
    """A line in the trail under the edition, so that its organisers find it. Flush first."""
    record(
        f"matches.{verb}",
        obj,
        actor=actor,
        at=at,
        edition_id=edition_of(tournament).id,
        before=before,
        after=after,
        reason=reason.strip(),
        object_type=object_type,
        object_id=object_id,
    )
