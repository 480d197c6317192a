"""Last year's rubrics for this year: own rows, so that each year's may change without touching the other's marks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from ...core.db import db
from ...models import Criterion, Edition, Rubric

_CRITERION = (
    "position",
    "name",
    "name_en",
    "description",
    "max_e2",
    "step_e2",
    "weight_e2",
    "source",
    "formula",
    "levels",
)


class RubricCopies:
    """The rubrics of an earlier edition and what became of them in the new one."""

    def __init__(self, rubric_ids: Iterable[int | None], edition: Edition, *, at: datetime) -> None:
        wanted = {i for i in rubric_ids if i}
        self._rubrics = {r.id: _copy(r, edition, at) for r in _loaded(wanted)}
        db.session.add_all(copy for _source, copy in self._rubrics.values())
        db.session.flush()
        self._criteria = {
            old.id: new.id
            for source, copy in self._rubrics.values()
            for old, new in zip(source.criteria, copy.criteria, strict=True)
        }

    def of(self, rubric_id: int | None) -> int | None:
        """The new edition's rubric in the place of an earlier one."""
        return self._rubrics[rubric_id][1].id if rubric_id in self._rubrics else None

    def settings(self, stored: dict[str, Any]) -> dict[str, Any]:
        """A stage's settings with the tie-break chain on the new criteria; prizes withheld last year are not withheld."""
        taken = {key: value for key, value in stored.items() if key not in ("withheld", "withheld_in")}
        if scoring := taken.get("scoring"):
            chain = [self._step(step) for step in scoring.get("chain", ())]
            taken["scoring"] = {**scoring, "chain": chain}
        return taken

    def _step(self, step: dict[str, Any]) -> dict[str, Any]:
        mine = sorted(self._criteria[c] for c in step["criteria"] if c in self._criteria)
        return {**step, "criteria": mine}


def _loaded(ids: set[int]) -> list[Rubric]:
    rows = (
        sa.select(Rubric).options(selectinload(Rubric.criteria)).where(Rubric.id.in_(ids)).order_by(Rubric.id)
    )
    return list(db.session.scalars(rows.execution_options(populate_existing=True))) if ids else []


def _copy(rubric: Rubric, edition: Edition, at: datetime) -> tuple[Rubric, Rubric]:
    criteria = [Criterion(**{key: getattr(c, key) for key in _CRITERION}) for c in rubric.criteria]
    return rubric, Rubric(
        edition_id=edition.id, name=rubric.name, template=rubric.template, created_at=at, criteria=criteria
    )
