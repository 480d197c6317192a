"""Runs side by side, and one run with its pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.together import rows_of
from ...models import (
    Cohort,
    IncubationCase,
    MatchRun,
    Mentorship,
    Offer,
    OfferState,
    Pair,
    Person,
    RuleWaiver,
    RunState,
)
from .. import policies
from .maps import mapping

SHOWN = 8


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as the comparison shows it; `changed` counts places unlike the run before."""

    run: MatchRun
    filled: int
    places: int
    teams: int
    floor: int
    mean: int
    wishes: int
    changed: int | None


def runs_of(cohort: Cohort) -> list[RunRow]:
    """The latest runs, oldest first: two statements."""
    runs = db.session.scalars(
        sa.select(MatchRun)
        .where(MatchRun.cohort_id == cohort.id, MatchRun.state != RunState.DISCARDED)
        .options(sa.orm.defer(MatchRun.problem), sa.orm.selectinload(MatchRun.pairs))
        .order_by(MatchRun.number.desc())
        .limit(SHOWN)
    ).all()
    rows, before = [], None
    for run in reversed(runs):
        rows.append(_row(run, before))
        before = run if run.pairs else before
    return rows


def _row(run: MatchRun, before: MatchRun | None) -> RunRow:
    totals, seats = run.answer.get("totals", {}), _seats(run)
    changed = None if before is None else sum(_seats(before).get(k) != v for k, v in seats.items())
    teams: dict[int, int] = {}
    for pair in run.pairs:
        teams[pair.case_id] = teams.get(pair.case_id, 0) + pair.score
    return RunRow(
        run=run,
        filled=len(run.pairs),
        places=totals.get("places", 0),
        teams=len(teams),
        floor=min(teams.values(), default=0),
        mean=round(sum(p.score for p in run.pairs) / len(run.pairs)) if run.pairs else 0,
        wishes=run.answer.get("fairness", {}).get("first_wishes", {}).get("met", 0),
        changed=changed,
    )


def _seats(run: MatchRun) -> dict[tuple[int, str], int]:
    return {(pair.case_id, pair.kind): pair.person_id for pair in run.pairs}


def run_in(cohort: Cohort, run_id: int) -> MatchRun | None:
    """The bare row of a run, if it is one of the cohort's."""
    run = db.session.get(MatchRun, run_id)
    return run if run is not None and run.cohort_id == cohort.id else None


def case_in(run: MatchRun, case_id: int) -> IncubationCase:
    """A case of the run's cohort."""
    case = db.session.get(IncubationCase, case_id)
    if case is None or case.cohort_id != run.cohort_id:
        raise NotFound(_("Không có vị trí này trong lượt ghép nháp."))
    return case


def get_run(run_id: int, actor: Actor) -> MatchRun:
    """A run with its pairs, cases and people. Raises NotFound."""
    run = db.session.scalar(
        sa.select(MatchRun)
        .where(MatchRun.id == run_id)
        .options(
            sa.orm.joinedload(MatchRun.cohort).joinedload(Cohort.programme),
            sa.orm.selectinload(MatchRun.pairs).joinedload(Pair.case).joinedload(IncubationCase.team),
            sa.orm.selectinload(MatchRun.pairs).joinedload(Pair.person),
        )
    )
    if run is None or not policies.can_manage(actor, run.cohort.programme_id):
        raise NotFound(_("Không có lượt ghép này."))
    return run


@dataclass(frozen=True, slots=True)
class Change:
    """A place that has another mentor than in the run before."""

    title: str
    kind: str
    before: str
    after: str


def changes_of(run: MatchRun, rows: Sequence[RunRow]) -> list[Change]:
    """Which places changed against the run before it in the comparison."""
    earlier = [row.run for row in rows if row.run.number < run.number and row.run.pairs]
    if not earlier:
        return []
    old, new = _seats(earlier[-1]), _seats(run)
    keys = sorted(k for k in old.keys() | new.keys() if old.get(k) != new.get(k))
    names = person_names({p for k in keys for p in (old.get(k), new.get(k)) if p})
    titles = case_titles({k[0] for k in keys})
    return [
        Change(
            titles.get(c, ""),
            kind,
            names.get(old.get((c, kind)) or 0, "–"),
            names.get(new.get((c, kind)) or 0, "–"),
        )
        for c, kind in keys
    ]


def pairs_to_offer(pairs: Iterable[Pair]) -> list[Pair]:
    """What publishing would turn into offers: places still open that are not offered to that mentor already."""
    rows = list(pairs)
    ids = {pair.case_id for pair in rows}
    filled = {
        (row.case_id, row.kind)
        for row in db.session.execute(
            sa.select(Mentorship.case_id, Mentorship.kind).where(
                Mentorship.case_id.in_(ids), Mentorship.ended_at.is_(None)
            )
        )
    }
    asked = {place: offer.person_id for place, offer in open_offers(ids).items()}
    return [
        pair
        for pair in rows
        if (place := (pair.case_id, pair.kind)) not in filled and asked.get(place) != pair.person_id
    ]


def open_offers(case_ids: Iterable[int]) -> dict[tuple[int, str], Offer]:
    """The offer that waits for an answer, by case and kind of place."""
    rows = db.session.scalars(
        sa.select(Offer).where(Offer.case_id.in_(set(case_ids)), Offer.state == OfferState.SENT)
    )
    return {(o.case_id, o.kind): o for o in rows}


def waived_in(cohort_id: int) -> set[tuple[int, int, str]]:
    """(case, person, rule) that staff set aside in a cohort."""
    return {(row.case_id, row.person_id, row.rule) for row in db.session.execute(_waivers(cohort_id))}


def _waivers(cohort_id: int) -> sa.Select[int, int, str]:
    return (
        sa.select(RuleWaiver.case_id, RuleWaiver.person_id, RuleWaiver.rule)
        .join(IncubationCase, IncubationCase.id == RuleWaiver.case_id)
        .where(IncubationCase.cohort_id == cohort_id)
    )


def words_of(
    cohort_id: int, vacant: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, str], dict[int, str], set[tuple[int, int, str]]]:
    """What the empty places of an answer need to be told, in one statement: names of people (by their id as text),
    titles of cases, and the rules that were set aside since."""
    people = {int(m) for e in vacant for m in [*e["full"], *(r["mentor"] for r in e["remedies"])] if m}
    teams = {int(e["team"]) for e in vacant}
    named, titled, waived = rows_of(
        [
            sa.select(Person.id, Person.full_name).where(Person.id.in_(people)),
            sa.select(IncubationCase.id, IncubationCase.title).where(IncubationCase.id.in_(teams)),
            _waivers(cohort_id),
        ]
    )
    return (
        {str(row.id): row.full_name for row in named},
        {row.id: row.title for row in titled},
        {(row.case_id, row.person_id, row.rule) for row in waived},
    )


def person_names(ids: set[int]) -> dict[int, str]:
    return mapping(sa.select(Person.id, Person.full_name).where(Person.id.in_(ids)))


def case_titles(ids: set[int]) -> dict[int, str]:
    return mapping(sa.select(IncubationCase.id, IncubationCase.title).where(IncubationCase.id.in_(ids)))


def offers_in(cohort: Cohort) -> Sequence[Offer]:
    return db.session.scalars(
        sa.select(Offer)
        .where(Offer.cohort_id == cohort.id)
        .options(sa.orm.joinedload(Offer.case), sa.orm.joinedload(Offer.person))
        .order_by(Offer.id.desc())
    ).all()
