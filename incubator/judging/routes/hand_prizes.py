"""Prizes by the council's own choice: who has them, whom to give them to."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request

from ...contests.stages import Lock, is_locked
from ...core import clock
from ...core.db import transaction
from ...core.errors import DomainError, NotFound
from ...core.i18n import _, ngettext
from ...core.lists import list_args
from ...core.text.numerals import is_whole
from ...core.web import current_actor, go
from ...models import PrizeBasis, PrizeTier, Stage
from ..queries import board as boards
from ..queries import hand_prizes as reads
from ..queries import results as results_reads
from ..services import hand_prizes
from . import bp
from .setup import MANAGE


def _load(stage_id: int, tier_id: int) -> tuple[Stage, PrizeTier]:
    stage = boards.get_stage_for(current_actor(), stage_id)
    tier = results_reads.get_tier(stage.edition_id, tier_id)
    if tier.basis is not PrizeBasis.MANUAL:
        raise NotFound(_("Giải này xét theo hạng hoặc mức điểm."))
    return stage, tier


@bp.get("/stages/<int:stage_id>/prizes/<int:tier_id>")
@MANAGE
def hand_prize(stage_id: int, tier_id: int) -> str:
    return _page(stage_id, tier_id)


def _page(stage_id: int, tier_id: int, error: str = "") -> str:
    stage, tier = _load(stage_id, tier_id)
    given = reads.given(tier)
    return render_template(
        "judging/hand_prize.html",
        stage=stage,
        tier=tier,
        given=given,
        held={g.candidate_id for g in given},
        error=error,
        page=reads.candidates(stage, tier, list_args([""])),
        locked=any(is_locked(p.state, Lock.AWARDS) for p in stage.parts),
    )


@bp.post("/stages/<int:stage_id>/prizes/<int:tier_id>")
@MANAGE
def give_hand_prize(stage_id: int, tier_id: int) -> Any:
    ids = [int(i) for i in request.form.getlist("chosen") if is_whole(i)][:500]
    try:
        with transaction():
            stage, tier = _load(stage_id, tier_id)
            made = hand_prizes.give(
                stage, tier, ids, request.form.get("reason", ""), actor=current_actor(), at=clock.now()
            )
    except DomainError as error:
        return _answer(error, stage_id, tier_id)
    flash(ngettext("Đã trao %(num)d giải.", "Đã trao %(num)d giải.", len(made)), "success")
    return go("judging.hand_prize", stage_id=stage_id, tier_id=tier_id)


@bp.post("/stages/<int:stage_id>/prizes/<int:tier_id>/<int:award_id>")
@MANAGE
def take_back_prize(stage_id: int, tier_id: int, award_id: int) -> Any:
    try:
        with transaction():
            stage, _tier = _load(stage_id, tier_id)
            hand_prizes.take_back(
                stage, award_id, request.form.get("reason", ""), actor=current_actor(), at=clock.now()
            )
    except DomainError as error:
        return _answer(error, stage_id, tier_id)
    flash(_("Đã thu hồi giải."), "success")
    return go("judging.hand_prize", stage_id=stage_id, tier_id=tier_id)


def _answer(error: DomainError, stage_id: int, tier_id: int) -> Any:
    """The page again with the refusal in words; what is not there stays not there."""
    if error.status not in (409, 422):
        raise error
    return _page(stage_id, tier_id, error.message), error.status
