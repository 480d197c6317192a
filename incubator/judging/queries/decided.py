"""What a decision on a tie did to each entry, as a sentence that names nobody else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa

from ...core.db import db
from ...core.i18n import _
from ...core.web import named
from ...models import PrizeTier, StageDivision, TieDecision, TieOutcome
from . import ranking


def sentences_of(stage_ids: Iterable[int], tiers: Iterable[PrizeTier]) -> dict[int, list[str]]:
    """Stage entry -> why it stands where it stands among those with equal marks, oldest decision first. One query."""
    prizes = {f"prize:{t.slug}": named(t) for t in tiers}
    found: dict[int, list[str]] = defaultdict(list)
    rows = db.session.scalars(
        sa.select(TieDecision)
        .join(StageDivision, StageDivision.id == TieDecision.stage_division_id)
        .where(
            StageDivision.stage_id.in_(list(stage_ids)),
            TieDecision.voided_at.is_(None),
            TieDecision.outcome.is_not(None),
        )
        .order_by(TieDecision.decided_at, TieDecision.id)
    )
    for decision in rows:
        for entry_id in decision.stage_entry_ids:
            found[entry_id].append(_sentence(decision, entry_id, prizes))
    return found


def _sentence(decision: TieDecision, entry_id: int, prizes: dict[str, str]) -> str:
    line = decision.boundary.partition("@")[0]
    where = _("suất vào vòng sau") if line == "cut" else prizes.get(line, _("suất giải"))
    others = len(decision.stage_entry_ids) - 1
    if decision.outcome is TieOutcome.SHARE:
        text = _(
            "Bằng điểm với %(n)s bài khác ở %(where)s: hội đồng quyết định cùng được.", n=others, where=where
        )
    else:
        place = 1 + sum(len(step) for step in decision.order[: _step_of(decision, entry_id)])
        text = _(
            "Bằng điểm với %(n)s bài khác ở %(where)s: %(how)s, xếp thứ %(place)s trong các bài đó.",
            n=others,
            where=where,
            how=_how(decision.outcome),
            place=place,
        )
    if ranking.scope_name(decision) == "edition":
        text += " " + _("Giải này xét chung mọi bảng; hạng tính trong từng bảng.")
    return text


def _step_of(decision: TieDecision, entry_id: int) -> int:
    return next((i for i, step in enumerate(decision.order) if entry_id in step), 0)


def _how(outcome: TieOutcome | None) -> str:
    return {
        TieOutcome.CRITERION: _("xét thêm tiêu chí"),
        TieOutcome.VOTE: _("hội đồng biểu quyết"),
        TieOutcome.LOTS: _("bốc thăm quyết định"),
        TieOutcome.PLAY_OFF: _("đấu lại"),
    }.get(outcome or TieOutcome.JURY, _("hội đồng quyết định"))
