"""What a manual move would cost: every mentor for a place with the exact price of moving them there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ..matching import BadProblemError, Problem

if TYPE_CHECKING:
    from ..matching.preparing import Prepared
    from ..matching.scores import PairScore
    from ..matching.solving import Result

CANDIDATES = 8


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


@dataclass(frozen=True, slots=True)
class Choices:
    """Who could take a place, best first, how many more there are, and whom a rule refuses."""

    able: tuple[Candidate, ...] = ()
    more: int = 0
    refused: tuple[Refused, ...] = ()


def candidates(problem: Problem, case_id: int, kind: str, *, every: bool = False) -> Choices:
    """The best mentors for a place, or all; each price comes from solving the problem again with the pair held."""
    from ..matching.solving import solve

    base = solve(problem)
    ready = base.prepared
    seat = _seat(ready, str(case_id), kind)
    if seat is None:
        return Choices()
    i, p = seat
    row, fitting = ready.row_at[seat], ready.fitting(i, p)
    able = [j for j in fitting if ready.allowed[row, j] and ready.mentors[j].max_teams > 0]
    able.sort(key=lambda j: -int(ready.score[row, j]))
    shown = able if every else able[:CANDIDATES]
    found = [c for j in shown if (c := _candidate(base, problem, seat, j)) is not None]
    refused = [
        Refused(
            int(ready.mentors[j].id), ready.mentors[j].name, tuple((v.rule, v.waivable) for v in verdicts)
        )
        for j in fitting
        if (verdicts := ready.rules.verdicts(i, j, ready.teams[i], ready.mentors[j]))
    ]
    return Choices(tuple(found), len(able) - len(shown), tuple(refused))


def _seat(ready: Prepared, team: str, kind: str) -> tuple[int, int] | None:
    return next(
        (
            (i, p)
            for i, row in enumerate(ready.teams)
            if row.id == team
            for p, place in enumerate(row.places)
            if place.kind == kind
        ),
        None,
    )


def _candidate(base: Result, problem: Problem, seat: tuple[int, int], j: int) -> Candidate | None:
    ready, (i, p) = base.prepared, seat
    team, mentor = ready.teams[i], ready.mentors[j]
    kind = team.places[p].kind
    seated = {(pair.team, pair.kind): pair.mentor for pair in base.pairs}
    price = _price(base, problem, team.id, mentor.id, kind, seated)
    if price is None:
        return None
    coverage, floor, total, moved = price
    names = {m.id: m.name for m in ready.mentors}
    told = tuple(
        (t, ready_kind(ready.teams, t, q), names.get(a or "", "–"), names.get(b or "", "–"))
        for t, q, a, b in moved
        if t != team.id or ready_kind(ready.teams, t, q) != kind
    )
    return Candidate(
        int(mentor.id),
        mentor.name,
        int(ready.score[ready.row_at[seat], j]),
        seated.get((team.id, kind)) == mentor.id,
        coverage,
        floor,
        total,
        told,
        _plain(ready.detail(i, p, j)),
    )


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
