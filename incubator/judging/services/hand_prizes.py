"""Prizes that the council gives by its own choice (phong trào, tập thể): to entries, to people, to schools."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...contests.stages import Lock, is_locked
from ...core import signals
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import Award, PrizeBasis, PrizeRecipient, PrizeTier, Stage
from .. import policies
from ..queries import hand_prizes as reads
from ..queries.hand_prizes import Candidate


def give(
    stage: Stage, tier: PrizeTier, ids: Sequence[int], reason: str, *, actor: Actor, at: datetime
) -> list[int]:
    """Give the prize to candidates of this stage by id (`Candidate.id`), with the council's ground.

    Raises Conflict when more would get it than there are, or once the stage is published.
    """
    _ensure_free(stage, tier, actor)
    if not reason.strip():
        raise Invalid(_("Ghi căn cứ trao giải."), field="reason")
    lock_rows(PrizeTier, [tier.id])  # two secretaries never give more than there are
    held = {award.candidate_id for award in reads.given(tier)}
    wanted = [i for i in dict.fromkeys(ids) if i not in held]
    chosen = reads.candidates_by_id(stage, tier, wanted)
    if not chosen:
        raise Invalid(_("Chọn ít nhất một nơi nhận chưa có giải này."), field="chosen")
    if tier.count is not None and len(held) + len(chosen) > tier.count:
        raise Conflict(
            _(
                "%(prize)s có %(n)s giải, đã trao %(held)s. Bớt nơi nhận hoặc đổi cơ cấu giải.",
                prize=tier.name,
                n=tier.count,
                held=len(held),
            )
        )
    awards = [_award(stage, tier, c, reason.strip(), actor, at) for c in chosen]
    db.session.add_all(awards)
    db.session.flush()
    made = [a.id for a in awards]
    activity.record(
        "judging.awards.by_hand",
        tier,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        after={"awards": made},
        reason=reason.strip(),
    )
    signals.award_given.send(tuple(made), actor=actor, at=at)
    return made


def _ensure_free(stage: Stage, tier: PrizeTier, actor: Actor) -> None:
    """`stage` has its parts loaded."""
    ensure(policies.can_decide(actor, stage.edition_id))
    if tier.edition_id != stage.edition_id or tier.basis is not PrizeBasis.MANUAL:
        raise Conflict(_("Giải này xét theo hạng hoặc mức điểm, không trao bằng tay."))
    if any(is_locked(p.state, Lock.AWARDS) for p in stage.parts):
        raise Conflict(
            _(
                "Giải do hội đồng chọn được trao từ khi đóng vòng chấm đến khi công bố. Sau đó chỉ còn đính chính."
            )
        )


def _award(
    stage: Stage, tier: PrizeTier, candidate: Candidate, reason: str, actor: Actor, at: datetime
) -> Award:
    """With the names of bodies and places as they are on this day."""
    return Award(
        edition_id=stage.edition_id,
        tier_id=tier.id,
        division_id=candidate.division_id,
        entry_id=candidate.entry_id,
        person_id=candidate.id if tier.recipient is PrizeRecipient.PERSON else None,
        organisation_id=candidate.organisation_id,
        stage_entry_id=candidate.stage_entry_id,
        organisation_name=candidate.school,
        area_name=candidate.area,
        reason=reason[:500],
        by_id=actor.person_id,
        at=at,
    )


def take_back(stage: Stage, award_id: int, reason: str, *, actor: Actor, at: datetime) -> None:
    """Take one of these prizes back before publication; the row stays, revoked."""
    award = db.session.scalar(
        sa.select(Award).where(
            Award.id == award_id, Award.edition_id == stage.edition_id, Award.revoked_at.is_(None)
        )
    )
    if award is None:
        raise Conflict(_("Giải này vừa được thu hồi. Tải lại trang để xem."))
    _ensure_free(stage, db.session.get_one(PrizeTier, award.tier_id), actor)
    if not reason.strip():
        raise Invalid(_("Ghi lý do thu hồi giải."), field="reason")
    award.revoked_at = at
    db.session.flush()
    activity.record(
        "judging.award.taken_back",
        award,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        reason=reason.strip(),
    )
