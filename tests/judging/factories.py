"""A stage that is being judged, in plain rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from incubator.core.access import Actor, Role, ScopeKind
from incubator.core.db import db
from incubator.judging import scoring
from incubator.judging.services import rubrics
from incubator.models import (
    Account,
    Assignment,
    AssignmentState,
    Criterion,
    CriterionSource,
    Edition,
    Panel,
    PanelMember,
    Person,
    PrizeBasis,
    PrizeRecipient,
    PrizeScope,
    PrizeTier,
    Rubric,
    Stage,
    StageDivision,
    StageEntry,
    StageState,
)
from tests import factories as base

AT = base.AT


@dataclass
class Round:
    """An open stage with judges, entries and all assignments."""

    stage: Stage
    part: StageDivision
    rubric: Rubric
    panel: Panel
    judges: list[Account]
    entries: list[StageEntry]
    assignments: dict[tuple[int, int], Assignment]  # (number of the entry, number of the judge)
    secretary: Account
    second: Account
    _criteria: list[Criterion]

    def judge(self, number: int) -> Actor:
        return actor(self.judges[number])

    @property
    def keeper(self) -> Actor:
        return actor(self.secretary, Role.SECRETARY, self.stage.edition_id)

    @property
    def checker(self) -> Actor:
        return actor(self.second, Role.SECRETARY, self.stage.edition_id)

    def id(self, entry: int = 0, judge: int = 0) -> int:
        return self.assignments[entry, judge].id

    @property
    def criteria(self) -> list[Criterion]:
        return self._criteria


def actor(account: Account, role: Role | None = None, edition_id: int | None = None) -> Actor:
    from incubator.core.access import Grant

    grants = (Grant(role, ScopeKind.EDITION, edition_id),) if role else ()
    return Actor(person_id=account.person_id, account_id=account.id, grants=grants)


def _rubric(edition: Edition, sources: tuple[str, ...]) -> Rubric:
    """A criterion of ten points in steps of a half for each source."""
    return base.save(
        Rubric(
            edition_id=edition.id, name="Bộ tiêu chí", created_at=AT,
            criteria=[
                Criterion(position=i, name=f"Tiêu chí {i + 1}", max_e2=1000, step_e2=50, source=CriterionSource(source),
                          levels=rubrics.levels_for(1000, 50, [{"vi": f"mức {n}", "en": f"level {n}"} for n in range(4)]))
                for i, source in enumerate(sources)
            ],
        )
    )  # fmt: skip


def make_round(
    entries: int = 3,
    judges: int = 2,
    *,
    state: StageState = StageState.OPEN,
    method: scoring.Method | None = None,
    sources: tuple[str, ...] = ("judge", "judge"),
    advance: int | None = None,
    blind: bool = False,
) -> Round:
    edition = base.make_edition()
    division = base.make_division(edition)
    stage = base.make_stage(
        edition, blind=blind, settings={"scoring": (method or scoring.Method(expected=judges)).parameters()}
    )
    rubric = _rubric(edition, sources)
    part = base.make_stage_division(
        stage, division, rubric_id=rubric.id, state=state, advance=advance, opened_at=AT
    )
    if advance is not None:
        base.make_stage_division(
            base.make_stage(edition, name="Chung kết"), division, state=StageState.PLANNED
        )
    panel = base.save(Panel(stage_id=stage.id, name="Tiểu ban", division_ids=[], fields=[]))
    school = base.make_organisation()
    people = [
        base.make_user(Role.JUDGE, ScopeKind.EDITION, edition.id, full_name=f"Giám khảo {n}")
        for n in range(judges)
    ]
    for account in people:
        base.save(PanelMember(panel_id=panel.id, person_id=account.person_id))
    panel.chair_id = people[0].person_id if people else None
    rows = [
        base.make_stage_entry(part, base.make_entry(division, school, team=f"Đội {n}"), position=n)
        for n in range(entries)
    ]
    given = {
        (e, j): base.save(
            Assignment(
                stage_entry_id=row.id,
                judge_id=account.person_id,
                panel_id=panel.id,
                position=e,
                created_at=AT,
            )
        )
        for e, row in enumerate(rows)
        for j, account in enumerate(people)
    }
    secretaries = [
        base.make_user(Role.SECRETARY, ScopeKind.EDITION, edition.id, full_name=f"Thư ký {n}")
        for n in range(2)
    ]
    return Round(stage, part, rubric, panel, people, rows, given, *secretaries, list(rubric.criteria))


def mark(round_: Round, entry: int, judge: int, *points: int, submit: bool = True) -> None:
    """A judge's marks in points, through the services."""
    from incubator.judging.services import marks, sheets

    for criterion, value in zip(
        [c for c in round_.criteria if c.source is CriterionSource.JUDGE], points, strict=True
    ):
        marks.save_mark(
            round_.id(entry, judge), criterion.id, value * 100, base=0, client_id=f"test-{criterion.id}-0",
            actor=round_.judge(judge), at=AT + timedelta(minutes=1),
        )  # fmt: skip
    if submit:
        sheets.submit_sheet(round_.id(entry, judge), actor=round_.judge(judge), at=AT + timedelta(minutes=2))
    db.session.flush()


def mark_all(round_: Round, table: dict[int, tuple[int, ...]]) -> None:
    """entry -> marks that every judge gives it."""
    for entry, points in table.items():
        for judge in range(len(round_.judges)):
            mark(round_, entry, judge, *points)


def make_tier(round_: Round, slug: str, count: int, **values: Any) -> PrizeTier:
    defaults = {
        "position": count, "name": f"Giải {slug}", "scope": PrizeScope.DIVISION, "recipient": PrizeRecipient.ENTRY,
        "basis": PrizeBasis.RANK,
    }  # fmt: skip
    return base.save(
        PrizeTier(edition_id=round_.stage.edition_id, slug=slug, count=count, **{**defaults, **values})
    )


def state_of(assignment: Assignment) -> AssignmentState:
    db.session.refresh(assignment)
    return assignment.state


def person_of(account: Account) -> Person:
    return db.session.get_one(Person, account.person_id)
