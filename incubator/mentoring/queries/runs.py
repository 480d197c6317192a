"""Runs side by side, one run with its pairs, and what a manual move would cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import Cohort, IncubationCase, MatchRun, Offer, Pair, Person, RunState
from .. import policies
from ..matching import BadProblemError, Problem
from .maps import mapping

if TYPE_CHECKING:
    from ..matching.scores import PairScore
    from ..matching.solving import Result

SHOWN = 8
CANDIDATES = 8


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
        before = run if run.answer else before
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


def person_names(ids: set[int]) -> dict[int, str]:
    return mapping(sa.select(Person.id, Person.full_name).where(Person.id.in_(ids)))


def case_titles(ids: set[int]) -> dict[int, str]:
    return mapping(sa.select(IncubationCase.id, IncubationCase.title).where(IncubationCase.id.in_(ids)))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mentor who could take a place, with the exact price of moving them there."""

    person_id: int
    name: str
    score: int
    now: bool
    coverage: int
    floor: int
    total: int
    moved: tuple[tuple[str, str, str, str], ...]
    detail: Any


@dataclass(frozen=True, slots=True)
class Refused:
    """A mentor whom a hard rule keeps from a team."""

    person_id: int
    name: str
    rules: tuple[tuple[str, bool], ...]


def candidates(problem: Problem, case_id: int, kind: str) -> tuple[list[Candidate], list[Refused]]:
    """The best mentors for a place; each price comes from solving the problem again with the pair held."""
    from ..matching.solving import solve

    base = solve(problem)
    ready = base.prepared
    names = {m.id: m.name for m in ready.mentors}
    i = next((n for n, team in enumerate(ready.teams) if team.id == str(case_id)), None)
    if i is None:
        return [], []
    fitting = [
        j for j, mentor in enumerate(ready.mentors) if kind in (mentor.kind, "any") or mentor.kind == "any"
    ]
    able = sorted((j for j in fitting if ready.allowed[i, j]), key=lambda j: -int(ready.score[i, j]))
    seated = {(p.team, p.kind): p.mentor for p in base.pairs}
    found = []
    for j in able[:CANDIDATES]:
        mentor = ready.mentors[j]
        if mentor.max_teams < 1:
            continue
        price = _price(base, problem, str(case_id), mentor.id, kind, seated)
        if price is not None:
            coverage, floor, total, moved = price
            told = tuple(
                (t, ready_kind(ready.teams, t, p), names.get(a or "", "–"), names.get(b or "", "–"))
                for t, p, a, b in moved
                if t != str(case_id) or ready_kind(ready.teams, t, p) != kind
            )
            now = seated.get((str(case_id), kind)) == mentor.id
            found.append(
                Candidate(
                    int(mentor.id),
                    mentor.name,
                    int(ready.score[i, j]),
                    now,
                    coverage,
                    floor,
                    total,
                    told,
                    _plain(ready.detail(i, j)),
                )
            )
    refused = [
        Refused(
            int(ready.mentors[j].id), ready.mentors[j].name, tuple((v.rule, v.waivable) for v in verdicts)
        )
        for j in fitting
        if not ready.allowed[i, j]
        and (verdicts := ready.rules.verdicts(i, j, ready.teams[i], ready.mentors[j]))
    ]
    return found, refused


def _plain(detail: PairScore | None) -> Any:
    return None if detail is None else asdict(detail)


def ready_kind(teams: Sequence[Any], team_id: str, place: int) -> str:
    return next((str(t.places[place].kind) for t in teams if t.id == team_id), "")


def _price(
    base: Result, problem: Problem, team: str, mentor: str, kind: str, seated: dict[tuple[str, str], str]
) -> tuple[int, int, int, Any] | None:
    """None where the pair cannot be held beside the other held pairs."""
    if seated.get((team, kind)) == mentor:
        return 0, 0, 0, ()
    from ..matching.solving import price_of_move

    try:
        price = price_of_move(base, team, mentor, kind)
    except BadProblemError:
        return None
    return price.coverage, price.floor, price.total, price.moved


def offers_in(cohort: Cohort) -> Sequence[Offer]:
    return db.session.scalars(
        sa.select(Offer)
        .where(Offer.cohort_id == cohort.id)
        .options(sa.orm.joinedload(Offer.case), sa.orm.joinedload(Offer.person))
        .order_by(Offer.id.desc())
    ).all()
