"""Rubrics: from a template or built on screen; a frozen one is never changed, a new version takes its place."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import Criterion, CriterionSource, Mark, Rubric, Stage, StageDivision, StageState
from .. import policies

TEMPLATES = Path(__file__).parent.parent / "data" / "rubric-templates.yaml"

#: Shares of a criterion's maximum at which its levels begin, when a template names only their texts.
LEVEL_SHARES = ((84, 100), (64, 83), (40, 63), (0, 39))


@dataclass(frozen=True, slots=True)
class CriterionDraft:
    """A criterion as it is typed."""

    name: str
    max_e2: int
    step_e2: int = 100
    weight_e2: int = 100
    source: CriterionSource = CriterionSource.JUDGE
    name_en: str = ""
    description: str = ""
    formula: str = ""
    levels: tuple[dict[str, Any], ...] = ()


@functools.lru_cache(maxsize=1)
def templates() -> dict[str, dict[str, Any]]:
    """The shipped rubrics by id."""
    return {t["id"]: t for t in yaml.safe_load(TEMPLATES.read_text(encoding="utf-8"))["templates"]}


def drafts_of(template_id: str) -> list[CriterionDraft]:
    """A template's criteria with their levels in points."""
    if template_id not in templates():
        raise NotFound(_("Không có mẫu bộ tiêu chí này."))
    return [
        CriterionDraft(
            name=c["vi"],
            name_en=c.get("en", ""),
            max_e2=int(c["max"] * 100),
            step_e2=int(c.get("step", 1) * 100),
            source=CriterionSource(c.get("source", "judge")),
            description=c.get("note", ""),
            formula=c.get("formula", ""),
            levels=tuple(levels_for(int(c["max"] * 100), int(c.get("step", 1) * 100), c.get("levels", []))),
        )
        for c in templates()[template_id]["criteria"]
    ]


def levels_for(max_e2: int, step_e2: int, texts: Sequence[dict[str, str]]) -> list[dict[str, Any]]:
    """Texts of four levels, best first, with the range of points that each covers: no gap, no overlap."""
    if len(texts) != len(LEVEL_SHARES):
        return []
    lows = [-(-max_e2 * low // 100 // step_e2) * step_e2 for low, _high in LEVEL_SHARES]
    lows = [min(low, max_e2) for low in lows]
    highs = [max_e2, *(low - step_e2 for low in lows[:-1])]
    rows = zip(lows, highs, texts, strict=True)
    return [{"from_e2": low, "to_e2": high, **text} for low, high, text in rows if high >= low]


def ensure_sound(drafts: Sequence[CriterionDraft]) -> None:
    """Refuse a rubric that cannot be marked with, saying which criterion and why."""
    if not drafts:
        raise Invalid(_("Bộ tiêu chí cần ít nhất một tiêu chí."))
    names = [d.name.strip().casefold() for d in drafts]
    for number, draft in enumerate(drafts, start=1):
        where = _("Tiêu chí %(n)s", n=number)
        if not draft.name.strip():
            raise Invalid(_("%(where)s chưa có tên.", where=where), field=f"criteria-{number - 1}-name")
        if names.count(draft.name.strip().casefold()) > 1:
            raise Invalid(_("%(where)s: tên “%(name)s” bị trùng.", where=where, name=draft.name))
        if draft.max_e2 <= 0 or draft.step_e2 <= 0 or draft.max_e2 % draft.step_e2:
            raise Invalid(
                _("%(where)s: điểm tối đa phải lớn hơn 0 và chia hết cho bước điểm.", where=where),
                field=f"criteria-{number - 1}-max_points",
            )
        if draft.max_e2 // draft.step_e2 > 200:
            raise Invalid(_("%(where)s có quá 200 mức điểm; tăng bước điểm lên.", where=where))
        if draft.weight_e2 <= 0:
            raise Invalid(_("%(where)s: hệ số phải lớn hơn 0.", where=where))


def create_rubric(
    edition_id: int,
    name: str,
    drafts: Sequence[CriterionDraft],
    *,
    actor: Actor,
    at: datetime,
    template: str = "",
    previous: Rubric | None = None,
) -> Rubric:
    """A new rubric of an edition."""
    ensure(policies.can_manage(actor, edition_id))
    ensure_sound(drafts)
    rubric = Rubric(
        edition_id=edition_id,
        name=name.strip(),
        template=template,
        created_at=at,
        version=previous.version + 1 if previous else 1,
        previous_id=previous.id if previous else None,
        criteria=[_row(position, draft) for position, draft in enumerate(drafts)],
    )
    db.session.add(rubric)
    db.session.flush()
    activity.record(
        "judging.rubric.created",
        rubric,
        actor=actor,
        at=at,
        edition_id=edition_id,
        after={"version": rubric.version},
    )
    return rubric


def from_template(edition_id: int, template_id: str, *, actor: Actor, at: datetime) -> Rubric:
    drafts = drafts_of(template_id)
    return create_rubric(
        edition_id, templates()[template_id]["name"], drafts, template=template_id, actor=actor, at=at
    )


def _values(position: int, draft: CriterionDraft) -> dict[str, Any]:
    return {
        "position": position,
        "name": draft.name.strip(),
        "name_en": draft.name_en.strip(),
        "description": draft.description,
        "max_e2": draft.max_e2,
        "step_e2": draft.step_e2,
        "weight_e2": draft.weight_e2,
        "source": draft.source,
        "formula": draft.formula,
        "levels": list(draft.levels),
    }


def _row(position: int, draft: CriterionDraft) -> Criterion:
    return Criterion(**_values(position, draft))


def change_rubric(
    rubric: Rubric, name: str, drafts: Sequence[CriterionDraft], *, actor: Actor, at: datetime
) -> Rubric:
    """Change a rubric that has no mark yet; a frozen one is followed by a new version, used by planned stages only.

    Needs `rubric.criteria` loaded. Returns the rubric that now holds the criteria.
    """
    ensure(policies.can_manage(actor, rubric.edition_id))
    ensure_sound(drafts)
    if rubric.frozen_at is not None:
        new = create_rubric(
            rubric.edition_id, name, drafts, template=rubric.template, previous=rubric, actor=actor, at=at
        )
        planned = (StageDivision.rubric_id == rubric.id, StageDivision.state == StageState.PLANNED)
        users = sa.select(Stage).where(Stage.id.in_(sa.select(StageDivision.stage_id).where(*planned)))
        for stage in db.session.scalars(users).all():
            carry_chain(stage, rubric.criteria, new.criteria)
        db.session.execute(sa.update(StageDivision).where(*planned).values(rubric_id=new.id))
        return new
    rubric.name = name.strip()
    _put(rubric, drafts)
    activity.record("judging.rubric.changed", rubric, actor=actor, at=at, edition_id=rubric.edition_id)
    return rubric


def _put(rubric: Rubric, drafts: Sequence[CriterionDraft]) -> None:
    """Write the drafts over the criteria. A criterion that keeps its name keeps its row: the tie-break chain and practice
    marks point to it. What was tried on a criterion that goes is deleted; it never counted."""
    old = {c.name.casefold(): c for c in rubric.criteria}
    kept = {name: c for d in drafts if (c := old.get(name := d.name.strip().casefold())) is not None}
    gone = [c for name, c in old.items() if name not in kept]
    if gone:
        db.session.execute(sa.delete(Mark).where(Mark.criterion_id.in_([c.id for c in gone])))
    for criterion in gone:
        rubric.criteria.remove(criterion)
    for place, criterion in enumerate(kept.values(), start=1):
        criterion.position = -place  # out of the way: a position is unique at every moment
    db.session.flush()
    for position, draft in enumerate(drafts):
        held = kept.get(draft.name.strip().casefold())
        if held is None:
            rubric.criteria.append(_row(position, draft))
        else:
            for field, value in _values(position, draft).items():
                setattr(held, field, value)
    db.session.flush()
    db.session.refresh(rubric, ["criteria"])


def carry_chain(stage: Stage, old: Sequence[Criterion], new: Sequence[Criterion]) -> None:
    """Let the stage's tie-break chain also name the criteria of another rubric that are called the same."""
    stored = stage.settings.get("scoring")
    if not stored:
        return
    by_name = {c.name.casefold(): c.id for c in new}
    twin = {c.id: by_name[c.name.casefold()] for c in old if c.name.casefold() in by_name}
    chain = [
        {**step, "criteria": sorted({*step["criteria"], *(twin[c] for c in step["criteria"] if c in twin)})}
        for step in stored.get("chain", ())
    ]
    stage.settings = {**stage.settings, "scoring": {**stored, "chain": chain}}


def choose_rubric(part: StageDivision, stage: Stage, rubric: Rubric, *, actor: Actor, at: datetime) -> None:
    """Let a stage of a division be judged by a rubric. Raises Conflict once a sheet of it holds marks."""
    ensure(policies.can_manage(actor, stage.edition_id))
    if rubric.edition_id != stage.edition_id:
        raise NotFound(_("Không có bộ tiêu chí này trong cuộc thi."))
    if part.rubric_id == rubric.id:
        return
    if part.state not in (StageState.PLANNED, StageState.OPEN) or _has_marks(part):
        raise Conflict(_("Vòng này đã có điểm theo bộ tiêu chí đang dùng nên không đổi được nữa."))
    before = part.rubric_id
    part.rubric_id = rubric.id
    carry_chain(stage, _criteria_of(before), _criteria_of(rubric.id))
    db.session.flush()
    activity.record(
        "judging.rubric.chosen",
        part,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        before={"rubric": before},
        after={"rubric": rubric.id},
    )


def _criteria_of(rubric_id: int | None) -> list[Criterion]:
    return list(db.session.scalars(sa.select(Criterion).where(Criterion.rubric_id == rubric_id)))


def _has_marks(part: StageDivision) -> bool:
    from ...models import Assignment, ScoreSheet, StageEntry

    return bool(
        db.session.scalar(
            sa.select(ScoreSheet.id)
            .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
            .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
            .where(StageEntry.stage_division_id == part.id, Assignment.practice.is_(False))
            .limit(1)
        )
    )
