"""From a problem to an answer: score, apply the rules, solve the stages, say why a place stays empty."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

import numpy as np

from .checks import check_shape, lock_rows
from .coverage import NOBODY, Bools, Ints
from .hard_rules import RuleTable, rule_table
from .instance import LOCKED, Instance, hour_limits, id_hash, kind_matrix, pair_values, place_rows, tie_break
from .optimum import Outcome, Stage, optimum
from .problem import Lock, Mentor, Problem, Team
from .scores import PairScore, ScoreTable, explain, score_table, wish_points

Side = TypeVar("Side", Team, Mentor)


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
class Prepared:
    """A problem in canonical order with its tables: what the solver and the reasons read."""

    problem: Problem
    teams: list[Team]
    mentors: list[Mentor]
    table: ScoreTable | None
    rules: RuleTable
    score: Ints
    value: Ints
    allowed: Bools
    instance: Instance
    locked: dict[tuple[int, int], int]

    def detail(self, i: int, j: int) -> PairScore | None:
        """The parts of a pair's score; None where the score was given."""
        if self.table is None:
            return None
        return explain(self.table, i, j, self.teams[i], self.mentors[j], self.problem.tree)


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


def prepare(problem: Problem) -> Prepared:
    """Check and score a problem. Raises BadProblemError naming the rows to mend."""
    check_shape(problem)
    teams, t = _in_order(problem.teams, problem.salt, "team")
    mentors, m = _in_order(problem.mentors, problem.salt, "mentor")
    table = None
    rules = rule_table(teams, mentors, problem.forbidden, problem.waivers)
    if problem.scores is None:
        table = score_table(teams, mentors, problem.tree, problem.settings.weights)
        score, allowed = table.points, ~rules.any
    else:
        given = problem.scores[np.ix_(t, m)]
        score, allowed = np.maximum(given, 0), ~rules.any & (given >= 0)
    allowed &= score >= problem.settings.min_score
    value = pair_values(
        problem.settings, score, _mentor_side(problem, teams, mentors, t, m), _kept(problem, teams, mentors)
    )
    locked = lock_rows(problem, teams, mentors, rules)
    instance = _instance(problem, teams, mentors, score, value, allowed, locked)
    return Prepared(problem, teams, mentors, table, rules, score, value, allowed, instance, locked)


def solve(problem: Problem) -> Result:
    """Run one match. Always answers; places that cannot be filled stay empty."""
    start = time.perf_counter()
    prepared = prepare(problem)
    scored = time.perf_counter()
    outcome = optimum(prepared.instance, problem.settings.seconds)
    solved = time.perf_counter()
    pairs = tuple(sorted(_pairs(prepared, outcome.mate), key=lambda p: (p.team, p.place)))
    open_rows = np.flatnonzero(outcome.mate == NOBODY)
    instance = prepared.instance
    empty = tuple((int(instance.team[r]), int(instance.place[r])) for r in open_rows)
    return Result(prepared, outcome, pairs, empty, {"scoring": scored - start, "solving": solved - scored})


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
    after = solve(forced(before.prepared.problem, team, mentor, kind))
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


def _in_order(rows: tuple[Side, ...], salt: str, side: str) -> tuple[list[Side], list[int]]:
    order = sorted(range(len(rows)), key=lambda i: (id_hash(salt, side, rows[i].id), rows[i].id))
    return [rows[i] for i in order], order


def _mentor_side(
    problem: Problem, teams: list[Team], mentors: list[Mentor], t: list[int], m: list[int]
) -> Ints:
    if problem.mentor_scores is not None:
        return np.maximum(problem.mentor_scores[np.ix_(t, m)], 0)
    return wish_points([mentor.wishes for mentor in mentors], [team.id for team in teams]).T


def _kept(problem: Problem, teams: list[Team], mentors: list[Mentor]) -> Bools:
    kept = np.zeros((len(teams), len(mentors)), dtype=bool)
    team_at = {team.id: i for i, team in enumerate(teams)}
    mentor_at = {mentor.id: j for j, mentor in enumerate(mentors)}
    for team, mentor in problem.keep:
        kept[team_at[team], mentor_at[mentor]] = True
    return kept


def _instance(
    problem: Problem,
    teams: list[Team],
    mentors: list[Mentor],
    score: Ints,
    value: Ints,
    allowed: Bools,
    locked: dict[tuple[int, int], int],
) -> Instance:
    team, place = place_rows(teams)
    rows = allowed[team] & kind_matrix(teams, mentors, team, place)
    level = np.array([teams[t].priority for t in team], dtype=np.int64)
    for row, key in enumerate(zip(team.tolist(), place.tolist(), strict=True)):
        if key in locked:
            rows[row] = False
            rows[row, locked[key]] = True
            level[row] = LOCKED
    for (i, _), j in locked.items():
        others = (team == i) & (level != LOCKED)
        rows[others, j] = False
    row_hours = np.array([teams[t].places[p].hours for t, p in zip(team, place, strict=True)], dtype=np.int64)
    heads = np.array([mentor.max_teams for mentor in mentors], dtype=np.int64)
    heads, hours = hour_limits(mentors, heads, row_hours, rows)
    tie = tie_break(problem.salt, [t.id for t in teams], [m.id for m in mentors])
    return Instance(
        team,
        place,
        level,
        score[team],
        value[team],
        tie[team],
        rows,
        heads,
        hours,
        row_hours,
        problem.settings.floor,
    )


def _pairs(prepared: Prepared, mate: Ints) -> Iterator[Pair]:
    instance = prepared.instance
    for row in np.flatnonzero(mate != NOBODY):
        i, p, j = int(instance.team[row]), int(instance.place[row]), int(mate[row])
        team, mentor = prepared.teams[i], prepared.mentors[j]
        yield Pair(
            team.id,
            p,
            team.places[p].kind,
            mentor.id,
            int(prepared.score[i, j]),
            int(prepared.value[i, j]),
            (i, p) in prepared.locked,
            (team.id, mentor.id) in prepared.problem.keep,
            prepared.detail(i, j),
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
