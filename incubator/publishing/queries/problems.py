"""What to know before publishing: the prize structure beside the prizes given, and what blocks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from ...core.db import db
from ...core.i18n import _
from ...core.web import named
from ...judging.queries.ranking import withheld_in
from ...models import (
    Edition,
    PrizeBasis,
    PrizeTier,
    PublicationKind,
    Stage,
    StageDivision,
    StageState,
    TieDecision,
)
from ..snapshot import Snapshot, TierUse, uses
from .board import Choice
from .editions import DECIDED, parts_of
from .public import RANKED


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to know before publishing; `blocks` stops it."""

    title: str
    text: str
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class TierCheck:
    tier: PrizeTier
    use: TierUse


def tier_checks(edition: Edition, snapshot: Snapshot) -> list[TierCheck]:
    """The prize structure beside the prizes given. A tier per division counts once for each division it applies to."""
    tiers = db.session.scalars(
        sa.select(PrizeTier)
        .where(PrizeTier.edition_id == edition.id)
        .order_by(PrizeTier.position, PrizeTier.id)
    ).all()
    divisions = max(1, len({p.division_id for p in snapshot.parts}))
    fields = max(1, len(edition.fields or []))
    times = {"edition": 1, "division": divisions, "field": fields}
    planned = {
        t.id: (None if t.count is None else t.count * (1 if t.division_id else times[str(t.scope)]))
        for t in tiers
    }
    by_id = {t.id: t for t in tiers}
    return [TierCheck(by_id[u.tier_id], u) for u in uses(planned, snapshot.awards)]


def problems_of(edition: Edition, choice: Choice, snapshot: Snapshot) -> list[Problem]:
    """Blocks first, then what is only to be known."""
    found: list[Problem] = []
    if not any(p.rows for p in snapshot.parts):
        found.append(Problem(_("Danh sách còn trống"), _("Chưa có dòng nào để công bố."), True))
    if choice.stage is not None and choice.kind in (*RANKED, PublicationKind.FINALISTS):
        found += _stage_problems(choice.stage)
    if choice.kind in RANKED:
        found += _award_problems(edition, choice.stage, snapshot)
    if choice.kind is PublicationKind.OFFICIAL and choice.stage is not None:
        found += _untold(choice.stage)
    return sorted(found, key=lambda p: not p.blocks)


def _untold(last: Stage) -> list[Problem]:
    """Earlier stages whose list is not published: teams that went no further would learn nothing."""
    stages = db.session.scalars(
        sa.select(Stage)
        .where(
            Stage.edition_id == last.edition_id,
            Stage.position < last.position,
            sa.exists().where(StageDivision.stage_id == Stage.id, StageDivision.state == StageState.DECIDED),
        )
        .order_by(Stage.position)
    )
    return [
        Problem(
            _("Chưa công bố danh sách vào vòng sau: %(stage)s", stage=named(stage)),
            _("Các đội dừng ở vòng đó chỉ thấy kết quả của mình khi danh sách ấy được công bố."),
        )
        for stage in stages
    ]


def _stage_problems(stage: Stage) -> list[Problem]:
    found = []
    for part in parts_of(stage.id):
        if part.state not in DECIDED:
            text = _("Thư ký cần chốt %(division)s trước khi công bố.", division=named(part.division))
            found.append(
                Problem(_("%(division)s chưa có kết quả", division=named(part.division)), text, True)
            )
    open_ties = db.session.scalar(
        sa.select(sa.func.count(TieDecision.id))
        .join(StageDivision, StageDivision.id == TieDecision.stage_division_id)
        .where(
            StageDivision.stage_id == stage.id, TieDecision.outcome.is_(None), TieDecision.voided_at.is_(None)
        )
    )
    if open_ties:
        found.append(
            Problem(
                _("Còn %(n)s chỗ đồng điểm chưa quyết", n=open_ties),
                _("Trưởng ban giám khảo quyết, thư ký ghi lại."),
                True,
            )
        )
    return found


def _award_problems(edition: Edition, stage: Stage | None, snapshot: Snapshot) -> list[Problem]:
    checks = tier_checks(edition, snapshot)
    empty = _left_empty(stage)
    due = [c for c in checks if c.tier.basis is not PrizeBasis.MANUAL and "" not in empty[c.tier.id]]
    if due and not any(c.use.given for c in due):
        text = _(
            "Thư ký bấm “Lập danh sách giải” ở trang kết quả vòng; giải nào không trao thì ghi để trống."
        )
        return [Problem(_("Chưa lập danh sách giải"), text, True)]
    found = []
    for check in checks:
        if empty[check.tier.id]:
            text = _("Theo quyết định đã ghi ở trang kết quả vòng.")
            where = ", ".join(empty[check.tier.id])
            title = (
                _("%(tier)s: để trống ở %(where)s", tier=named(check.tier), where=where)
                if where
                else _("%(tier)s: để trống", tier=named(check.tier))
            )
            found.append(Problem(title, text))
        elif check.use.over or check.use.short:
            found.append(_off_plan(check))
    return found


def _left_empty(stage: Stage | None) -> dict[int, list[str]]:
    """Prize → divisions where the council leaves it empty; [""] for all of them."""
    found: dict[int, list[str]] = defaultdict(list)
    if stage is None:
        return found
    parts = parts_of(stage.id)
    for part in parts:
        for tier_id in withheld_in(stage, part.division_id):
            found[tier_id].append(named(part.division))
    for names in found.values():
        if len(names) == len(parts):
            names[:] = [""]
    return found


def _off_plan(check: TierCheck) -> Problem:
    said = {"tier": named(check.tier), "planned": check.use.planned, "given": check.use.given}
    if check.use.over:
        return Problem(
            _("%(tier)s: %(given)s giải, cơ cấu có %(planned)s", **said),
            _("Chỉ đúng khi hội đồng quyết đồng giải. Kiểm tra biên bản."),
        )
    return Problem(
        _("%(tier)s: mới trao %(given)s trong %(planned)s", **said),
        _("Giải có thể để trống; nếu sót, trao giải ở phần chấm thi rồi quay lại."),
    )
