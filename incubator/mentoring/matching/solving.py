"""From a problem to an answer: score, apply the rules, solve the stages, say why a place stays empty."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np

from .coverage import NOBODY, Ints
from .optimum import Outcome, Stage, optimum
from .preparing import Prepared, prepare, with_locks
from .problem import BadProblemError, Fault, Lock, Problem
from .scores import PairScore


@dataclass(frozen=True)
class Pair:
    """One filled place."""

    team: str
    place: int
    kind: str
    mentor: str
    score: int
    value: int
    locked: bool
    kept: bool
    detail: PairScore | None = None


@dataclass(frozen=True)
class Result:
    """The answer of one run. `seconds` holds the time of scoring and of solving."""

    prepared: Prepared
    outcome: Outcome
    pairs: tuple[Pair, ...]
    empty: tuple[tuple[int, int], ...]
    """(team, place) in canonical order that nobody fills."""
    seconds: dict[str, float]

    @property
    def stages(self) -> tuple[Stage, ...]:
        return self.outcome.stages

    def stage(self, name: str) -> int:
        return next((s.value for s in self.stages if s.name == name), 0)

    @property
    def floor(self) -> int:
        """The lowest sum of a placed team."""
        sums: dict[str, int] = {}
        for pair in self.pairs:
            sums[pair.team] = sums.get(pair.team, 0) + pair.score
        return min(sums.values(), default=0)

    @property
    def load(self) -> dict[str, int]:
        loads = {mentor.id: 0 for mentor in self.prepared.mentors}
        for pair in self.pairs:
            loads[pair.mentor] += 1
        return loads


def solve(problem: Problem) -> Result:
    """Run one match. Always answers; places that cannot be filled stay empty."""
    start = time.perf_counter()
    return _solve(prepare(problem), start, parts=True)


def _solve(prepared: Prepared, start: float, *, parts: bool) -> Result:
    """Solve what was scored since `start`; with `parts` every pair tells the parts of its score."""
    problem, scored = prepared.problem, time.perf_counter()
    outcome = optimum(prepared.instance, problem.settings.seconds)
    _check_held(prepared, outcome.mate)
    solved = time.perf_counter()
    pairs = tuple(sorted(_pairs(prepared, outcome.mate, parts), key=lambda p: (p.team, p.place)))
    open_rows = np.flatnonzero(outcome.mate == NOBODY)
    instance = prepared.instance
    empty = tuple((int(instance.team[r]), int(instance.place[r])) for r in open_rows)
    return Result(prepared, outcome, pairs, empty, {"scoring": scored - start, "solving": solved - scored})


def _check_held(prepared: Prepared, mate: Ints) -> None:
    """Raises BadProblemError where the held pairs cannot be kept together (each alone could)."""
    instance = prepared.instance
    seated = {(int(instance.team[r]), int(mate[r])) for r in np.flatnonzero(mate != NOBODY)}
    lost = sorted(prepared.held - seated)
    if lost:
        i, j = lost[0]
        names = {
            "team": prepared.teams[i].name or prepared.teams[i].id,
            "mentor": prepared.mentors[j].name or prepared.mentors[j].id,
        }
        raise BadProblemError([Fault("locks_together", "locks", names)])


def forced(problem: Problem, team: str, mentor: str, kind: str | None = None) -> Problem:
    """The same problem with one more pair held (instead of the one in that place): what a manual move asks."""
    others = tuple(
        lock
        for lock in problem.locks
        if lock.team != team or (lock.mentor != mentor and (kind is None or lock.kind != kind))
    )
    return replace(problem, locks=(*others, Lock(team, mentor, kind)))


@dataclass(frozen=True)
class Price:
    """What one manual move costs, exactly: both problems were solved."""

    after: Result
    coverage: int
    floor: int
    total: int
    moved: tuple[tuple[str, int, str | None, str | None], ...]
    """(team, place, mentor before, mentor after) for every place that changes."""


def price_of_move(before: Result, team: str, mentor: str, kind: str | None = None) -> Price:
    """Re-solve with the pair held. Differences are after − before; total in tenths of a point."""
    problem = forced(before.prepared.problem, team, mentor, kind)
    after = _solve(with_locks(before.prepared, problem), time.perf_counter(), parts=False)
    old, new = _seats(before), _seats(after)
    moved = tuple(
        (t, p, old.get((t, p)), new.get((t, p)))
        for t, p in sorted(old.keys() | new.keys())
        if old.get((t, p)) != new.get((t, p))
    )
    coverage, total = len(after.pairs) - len(before.pairs), after.stage("total") - before.stage("total")
    return Price(after, coverage, after.floor - before.floor, total, moved)


def _seats(result: Result) -> dict[tuple[str, int], str]:
    return {(pair.team, pair.place): pair.mentor for pair in result.pairs}


def _pairs(prepared: Prepared, mate: Ints, parts: bool) -> Iterator[Pair]:
    instance = prepared.instance
    for row in np.flatnonzero(mate != NOBODY):
        i, p, j = int(instance.team[row]), int(instance.place[row]), int(mate[row])
        team, mentor = prepared.teams[i], prepared.mentors[j]
        yield Pair(
            team.id,
            p,
            team.places[p].kind,
            mentor.id,
            int(prepared.score[row, j]),
            int(prepared.value[row, j]),
            (i, j) in prepared.held,
            (team.id, mentor.id) in prepared.problem.keep,
            prepared.detail(i, p, j) if parts else None,
        )


def input_hash(problem: Problem) -> str:
    """SHA-256 over everything that decides, in an order that the order of the rows cannot change."""
    digest = hashlib.sha256()
    plain = {
        "mentors": sorted((asdict(m) for m in problem.mentors), key=lambda m: str(m["id"])),
        "teams": sorted((asdict(t) for t in problem.teams), key=lambda t: str(t["id"])),
        "settings": asdict(problem.settings),
        "salt": problem.salt,
        "tree": [asdict(problem.tree.topics[key]) for key in sorted(problem.tree.topics)],
        "forbidden": sorted((t, m, v.rule) for (t, m), vs in problem.forbidden.items() for v in vs),
        "locks": sorted((lock.team, lock.mentor, lock.kind or "") for lock in problem.locks),
        "keep": sorted(problem.keep),
        "waivers": sorted(problem.waivers),
    }
    digest.update(json.dumps(plain, sort_keys=True, ensure_ascii=False, default=sorted).encode())
    t = sorted(range(len(problem.teams)), key=lambda i: problem.teams[i].id)
    m = sorted(range(len(problem.mentors)), key=lambda j: problem.mentors[j].id)
    for matrix in (problem.scores, problem.mentor_scores):
        if matrix is not None:
            digest.update(np.ascontiguousarray(matrix[np.ix_(t, m)], dtype="<i8").tobytes())
    return digest.hexdigest()
