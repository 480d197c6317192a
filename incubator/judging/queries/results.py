"""Results of a stage before and after its decision: ranking with reasons, ties, awards, report on judges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...contests.queries.entry_parts import CALLED
from ...core.access import Role, ScopeKind
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.text import search_key
from ...core.web import named, score
from ...models import (
    Award,
    Criterion,
    Entry,
    Organisation,
    Panel,
    PanelMember,
    Person,
    PrizeTier,
    Project,
    RoleGrant,
    Stage,
    StageDivision,
    StageEntry,
    Tabulation,
    Team,
    TieDecision,
    TieOutcome,
)
from .. import scoring, severity
from . import inputs, ranking


@dataclass(slots=True)
class ResultRow:
    id: int
    entry_id: int
    label: str
    name: str
    school: str
    rank: int | None
    score_e4: int | None
    result: dict[str, Any]
    advanced: bool | None
    presence: str
    prize: str = ""
    why: str = ""


@dataclass(slots=True)
class TieView:
    """A tie with what is compared, ready to show and to decide."""

    row: TieDecision
    title: str
    rows: list[ResultRow]
    compared: list[tuple[str, list[str]]]
    decided_by: str = ""
    recorded_by: str = ""


def rows_of(part_ids: Sequence[int]) -> list[ResultRow]:
    """Entries of the parts, best first, those without a rank last."""
    found = db.session.execute(
        sa.select(
            StageEntry.id,
            StageEntry.entry_id,
            Entry.number,
            Entry.code,
            CALLED.label("name"),
            Organisation.name.label("school"),
            StageEntry.rank,
            StageEntry.score_e4,
            StageEntry.result,
            StageEntry.advanced,
            StageEntry.presence,
        )
        .join(Entry, Entry.id == StageEntry.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Project, Project.id == Entry.project_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .where(StageEntry.stage_division_id.in_(list(part_ids)))
        .order_by(StageEntry.rank.is_(None), StageEntry.rank, StageEntry.position, StageEntry.id)
    )
    return [
        ResultRow(
            r.id,
            r.entry_id,
            r.number or r.code,
            r.name,
            r.school or "",
            r.rank,
            r.score_e4,
            r.result or {},
            r.advanced,
            r.presence,
        )
        for r in found
    ]


def key_names(method: scoring.Method, criteria: Sequence[Criterion]) -> list[str]:
    """What each key of a ranking is called: the total, then the chain."""
    names = {c.id: named(c) for c in criteria}
    words = {
        scoring.StepKind.SPREAD: _("Chênh lệch giữa các phiếu (âm)"),
        scoring.StepKind.BEST_SHEET: _("Phiếu cao nhất"),
    }
    chain = [
        words.get(s.kind) or " + ".join(names[c] for c in s.criteria if c in names) or "–"
        for s in method.chain
    ]
    return [_("Tổng điểm"), *chain]


def chosen(rows: Sequence[ResultRow], key: str, show: str) -> list[ResultRow]:
    """Rows that hold the searched words, and of them the best, the tied, or those barred from places and prizes."""
    at_rank = Counter(r.rank for r in rows)

    def wanted(row: ResultRow) -> bool:
        if show == "best":
            return bool(row.advanced or row.prize)
        if show == "tied":
            return row.rank is not None and at_rank[row.rank] > 1
        return show != "barred" or row.rank is None or not row.result.get("worthy", True)

    return [r for r in rows if wanted(r) and key in search_key(f"{r.label} {r.name} {r.school}")]


def explain(rows: Sequence[ResultRow], names: Sequence[str], decided: Mapping[int, list[str]]) -> None:
    """Write into each row why it stands where it stands: what parted it from the one before, and what was `decided`."""
    by_rank: dict[int, list[ResultRow]] = {}
    for row in rows:
        if row.rank is not None:
            by_rank.setdefault(row.rank, []).append(row)
    before: ResultRow | None = None
    for row in rows:
        if row.rank is None:
            row.why = _("Chưa xếp hạng: %(why)s", why=_reasons(row))
            continue
        parts = [_("tổng %(n)s", n=score(row.score_e4))]
        if before is not None and before.score_e4 == row.score_e4 and before.rank != row.rank:
            parts.append(_parted(before, row, names))
        if len(by_rank[row.rank]) > 1:
            parts.append(_("đồng hạng với %(n)s bài", n=len(by_rank[row.rank]) - 1))
        if not row.result.get("worthy", True):
            parts.append(_reasons(row))
        row.why = " ".join([", ".join(parts) + ".", *decided.get(row.id, ())])
        before = row


def _parted(before: ResultRow, row: ResultRow, names: Sequence[str]) -> str:
    for name, one, other in zip(
        names[1:], before.result.get("key", [])[1:], row.result.get("key", [])[1:], strict=False
    ):
        if one != other:
            return _(
                "bằng tổng với bài trên, kém ở %(name)s: %(mine)s so với %(other)s",
                name=name,
                mine=score(other),
                other=score(one),
            )
    return _("bằng mọi tiêu chí phụ với bài trên")


def _reasons(row: ResultRow) -> str:
    words = {
        "waiting": _("chưa đủ phiếu"),
        "minimum": _("dưới tổng tối thiểu, không xét giải"),
        "zero": _("có tiêu chí 0 điểm, không xét giải"),
    }
    if row.presence in ("absent", "disqualified", "withdrawn"):
        return {"absent": _("vắng"), "disqualified": _("bị loại"), "withdrawn": _("đã rút")}[row.presence]
    return ", ".join(words[r] for r in row.result.get("reasons", []) if r in words) or _("chưa tổng hợp")


def ties_of(part: StageDivision, stage: Stage, names: Sequence[str], *, wider: bool) -> list[TieView]:
    """Ties of a division, and with `wider` those of prizes over all divisions; open ones first."""
    parts = [part.id]
    if wider:
        parts = list(
            db.session.scalars(sa.select(StageDivision.id).where(StageDivision.stage_id == stage.id))
        )
    found = [d for d in ranking.decisions_of(parts) if d.stage_division_id == part.id or "@" in d.boundary]
    if not found:
        return []
    all_rows = {r.id: r for r in rows_of(parts)}
    tiers = {t.slug: named(t) for t in ranking.tiers_of(stage.edition_id)}
    people = _called({i for d in found for i in (d.decided_by_id, d.recorded_by_id) if i})
    return [
        _tie(d, all_rows, tiers, names, people)
        for d in sorted(found, key=lambda d: (d.outcome is not None, d.id))
    ]


def _called(person_ids: set[int]) -> dict[int, str]:
    """Names with titles, of some people."""
    return {
        p.id: f"{p.title} {p.full_name}".strip()
        for p in db.session.scalars(sa.select(Person).where(Person.id.in_(person_ids)))
    }


def _tie(
    row: TieDecision,
    rows: dict[int, ResultRow],
    tiers: dict[str, str],
    names: Sequence[str],
    people: Mapping[int, str],
) -> TieView:
    line = row.boundary.partition("@")[0]
    mine = [rows[i] for i in row.stage_entry_ids if i in rows]
    places = row.details.get("places", 1)
    if line == "cut":
        title = _("Đồng điểm ở suất vào vòng sau: %(n)s bài, còn %(k)s suất", n=len(mine), k=places)
    else:
        prize = tiers.get(line.partition(":")[2], line)
        title = _(
            "Đồng điểm ở suất %(prize)s cuối cùng: %(n)s bài, còn %(k)s suất",
            prize=prize,
            n=len(mine),
            k=places,
        )
    compared = [
        (name, [score(r.result["key"][i]) if i < len(r.result.get("key", [])) else "–" for r in mine])
        for i, name in enumerate(names)
    ]
    decided, recorded = people.get(row.decided_by_id or 0, ""), people.get(row.recorded_by_id or 0, "")
    return TieView(row, title, mine, compared, decided, recorded)


def outcome_words() -> dict[TieOutcome, str]:
    """How a tie was settled."""
    return {
        TieOutcome.CRITERION: _("Xét thêm tiêu chí"),
        TieOutcome.VOTE: _("Biểu quyết"),
        TieOutcome.SHARE: _("Cùng được"),
        TieOutcome.LOTS: _("Bốc thăm"),
        TieOutcome.PLAY_OFF: _("Đấu lại"),
        TieOutcome.JURY: _("Hội đồng quyết định"),
    }


def tabulation_of(part_id: int) -> Tabulation | None:
    found: Tabulation | None = db.session.scalar(
        sa.select(Tabulation)
        .where(Tabulation.stage_division_id == part_id, Tabulation.voided_at.is_(None))
        .order_by(Tabulation.id.desc())
        .limit(1)
    )
    return found


def deciders_of(stage: Stage, *, at: datetime) -> list[Person]:
    """Who may decide a tie: chairs of the stage's panels; where none is named, all its judges; where nobody judges
    (matches, runs), the edition's organising board."""
    person = sa.select(Person).distinct().order_by(Person.sort_key, Person.id)
    chairs = person.join(Panel, Panel.chair_id == Person.id).where(Panel.stage_id == stage.id)
    judges = (
        person.join(PanelMember, PanelMember.person_id == Person.id)
        .join(Panel, Panel.id == PanelMember.panel_id)
        .where(Panel.stage_id == stage.id)
    )
    board = person.join(RoleGrant, RoleGrant.person_id == Person.id).where(
        RoleGrant.role == Role.ORGANISER,
        RoleGrant.scope == ScopeKind.EDITION,
        RoleGrant.scope_id == stage.edition_id,
        RoleGrant.valid_from <= at,
        sa.or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > at),
    )
    found = (list(db.session.scalars(statement)) for statement in (chairs, judges, board))
    return next((people for people in found if people), [])


def awards_of(edition_id: int) -> list[tuple[Award, PrizeTier]]:
    rows = db.session.execute(
        sa.select(Award, PrizeTier)
        .join(PrizeTier, PrizeTier.id == Award.tier_id)
        .where(Award.edition_id == edition_id, Award.revoked_at.is_(None))
        .order_by(PrizeTier.position, Award.id)
    )
    return [(a, t) for a, t in rows]


def report_for(part: StageDivision) -> tuple[severity.Report, dict[int, str]]:
    """The report on the judges of a stage, with their names."""
    given = inputs.inputs_of(part.id, part.rubric_id)
    judged = [r for r in given.rules if r.by_judges]
    totals = [scoring.sheet_total_e4(given.rules, s.points) for s in given.sheets]
    names = _called({s.judge_id for s in given.sheets})
    return severity.report(given.sheets, totals, [r.max_e2 for r in judged]), names


def get_tie(part: StageDivision, tie_id: int) -> TieDecision:
    """A tie of the part's stage; it may stand in another part where a prize spans divisions."""
    tie = db.session.get(TieDecision, tie_id)
    owner = db.session.get(StageDivision, tie.stage_division_id) if tie is not None else None
    if tie is None or owner is None or owner.stage_id != part.stage_id:
        raise NotFound(_("Không có đồng điểm này trong vòng."))
    return tie


def part_of_tie(tie: TieDecision) -> StageDivision:
    return db.session.get_one(StageDivision, tie.stage_division_id)


def get_tier(edition_id: int, tier_id: int) -> PrizeTier:
    tier = db.session.get(PrizeTier, tier_id)
    if tier is None or tier.edition_id != edition_id:
        raise NotFound(_("Không có giải này trong cơ cấu giải."))
    return tier
