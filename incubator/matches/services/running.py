"""Mission runs: entered attempt by attempt, checked by a second person, run again on order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import Run, StageEntry, Tournament
from .. import policies, runs
from ..games import Game
from ..queries.board import game_of
from ..refusal_words import invalid
from ..refusals import RuleError
from .calling import parts_at
from .contest import audit, edition_of, ensure_open, entry_in_play, get_for_writing, touch, tournament_row


def _place(stage_entry_id: int, actor: Actor) -> tuple[Tournament, Game, StageEntry]:
    lock_rows(StageEntry, [stage_entry_id])
    entry, tournament_id = entry_in_play(stage_entry_id)
    tournament = tournament_row(tournament_id)
    ensure(
        bool(actor.system)
        or bool(parts_at(actor, tournament.id, None))
        or policies.can_manage(actor, edition_of(tournament))
    )
    ensure_open(tournament)
    return tournament, game_of(tournament.game), entry


def record_run(
    stage_entry_id: int,
    attempt: int,
    values: Mapping[str, int],
    time_ms: int | None,
    *,
    client_id: str,
    actor: Actor,
    at: datetime,
    no_show: bool = False,
    note: str = "",
) -> Run:
    """Enter an attempt. Sending the same `client_id` again gives back what was stored."""
    tournament, game, entry = _place(stage_entry_id, actor)
    known = db.session.scalar(sa.select(Run).where(Run.client_id == client_id))
    if known is not None:
        return known
    rule = game.runs
    if rule is None:
        raise Invalid(_("Vòng này không thi theo lượt."))
    if not 1 <= attempt <= rule.attempts:
        raise Invalid(_("Lượt thi từ 1 đến %(n)s.", n=rule.attempts), field="attempt")
    if _standing(stage_entry_id, attempt) is not None:
        raise Conflict(_("Lượt %(n)s của đội đã có kết quả. Muốn thi lại thì ghi lý do.", n=attempt))
    try:
        scored = (
            runs.RunScore(attempt, no_show=True)
            if no_show
            else runs.score(game, values, time_ms, attempt=attempt)
        )
    except RuleError as error:
        raise invalid(error, "values") from error
    row = Run(
        stage_entry_id=stage_entry_id,
        attempt=attempt,
        client_id=client_id,
        values={} if no_show else dict(values),
        time_ms=None if no_show else time_ms,
        total=scored.total,
        no_show=no_show,
        note=note,
        entered_by_id=actor.person_id,
        entered_at=at,
    )
    db.session.add(row)
    touch(tournament)
    db.session.flush()
    audit(
        tournament,
        "run.record",
        row,
        actor=actor,
        at=at,
        after={"entry": entry.entry_id, "attempt": attempt, "total": row.total},
    )
    return row


def _standing(stage_entry_id: int, attempt: int) -> Run | None:
    return db.session.scalar(
        sa.select(Run).where(
            Run.stage_entry_id == stage_entry_id, Run.attempt == attempt, Run.replaced_at.is_(None)
        )
    )


def confirm_run(run_id: int, *, actor: Actor, at: datetime) -> Run:
    """A second person has compared the sheet with what was entered."""
    row = _run(run_id)
    tournament, _game, _entry = _place(row.stage_entry_id, actor)
    ensure(policies.can_confirm(actor, row.entered_by_id), _("Người xác nhận phải khác người nhập kết quả."))
    if row.confirmed_at is not None:
        raise Conflict(_("Lượt này đã được xác nhận."))
    row.confirmed_by_id, row.confirmed_at = actor.person_id, at
    touch(tournament)
    audit(tournament, "run.confirm", row, actor=actor, at=at)
    return row


def order_rerun(run_id: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """The attempt is run again: the first one stays readable and counts no more."""
    row = _run(run_id)
    tournament, _game, _entry = _place(row.stage_entry_id, actor)
    get_for_writing(tournament.id, actor=actor)
    if not reason.strip():
        raise Invalid(_("Ghi lý do thi lại."), field="reason")
    if row.replaced_at is not None:
        raise Conflict(_("Lượt này đã được cho thi lại."))
    row.replaced_at, row.replaced_reason = at, reason.strip()
    touch(tournament)
    audit(tournament, "run.rerun", row, actor=actor, at=at, reason=reason)


def _run(run_id: int) -> Run:
    row = db.session.get(Run, run_id)
    if row is None:
        raise NotFound(_("Không có lượt thi này."))
    return row
