"""From a problem to arrays: scored, ruled, in an order that the order of the input cannot change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from .checks import check_shape
from .coverage import Bools, Ints
from .hard_rules import RuleTable, rule_table
from .instance import (
    LOCKED,
    Instance,
    Pin,
    fits,
    hour_limits,
    id_hash,
    kind_matrix,
    pair_values,
    place_rows,
    tie_break,
)
from .locks import Seating, lock_seats
from .problem import Mentor, Problem, Team
from .scores import PairScore, ScoreTable, explain, score_table, wish_points

Side = TypeVar("Side", Team, Mentor)


@dataclass(frozen=True)
class Tables:
    """What does not depend on the locks, in canonical order."""

    teams: list[Team]
    mentors: list[Mentor]
    table: ScoreTable | None
    rules: RuleTable
    score: Ints
    """Points of every row (a place of a team) with every mentor."""
    value: Ints
    allowed: Bools
    """Rows and mentors that no rule keeps apart, of the kind that the place asks for."""
    given: Ints | None


@dataclass(frozen=True)
class Prepared:
    """A problem in canonical order with its tables: what the solver and the reasons read."""

    problem: Problem
    tables: Tables
    instance: Instance
    row_at: dict[tuple[int, int], int]
    held: frozenset[tuple[int, int]]
    """(team, mentor) of every lock."""

    @property
    def teams(self) -> list[Team]:
        return self.tables.teams

    @property
    def mentors(self) -> list[Mentor]:
        return self.tables.mentors

    @property
    def rules(self) -> RuleTable:
        return self.tables.rules

    @property
    def score(self) -> Ints:
        return self.tables.score

    @property
    def value(self) -> Ints:
        return self.tables.value

    @property
    def allowed(self) -> Bools:
        return self.tables.allowed

    def detail(self, i: int, p: int, j: int) -> PairScore | None:
        """The parts of a pair's score in a place; None where the score was given."""
        if self.tables.table is None:
            return None
        team, mentor = self.teams[i], self.mentors[j]
        return explain(self.tables.table, i, j, team.places[p].kind, team, mentor, self.problem.tree)

    def fitting(self, i: int, p: int) -> list[int]:
        """Mentors of the kind that a place asks for."""
        return [j for j, mentor in enumerate(self.mentors) if fits(self.teams[i].places[p], mentor)]


def prepare(problem: Problem) -> Prepared:
    """Check and score a problem. Raises BadProblemError naming the rows to mend."""
    check_shape(problem)
    teams, t = _in_order(problem.teams, problem.salt, "team")
    mentors, m = _in_order(problem.mentors, problem.salt, "mentor")
    team, place = place_rows(teams)
    rules = rule_table(teams, mentors, problem.forbidden, problem.waivers)
    table, score, open_pairs = _scored(problem, teams, mentors, team, place, t, m)
    allowed = open_pairs & ~rules.any[team] & (score >= problem.settings.min_score)
    allowed &= kind_matrix(teams, mentors, team, place)
    wishes, kept = _mentor_side(problem, teams, mentors, t, m), _kept(problem, teams, mentors)
    value = pair_values(problem.settings, score, wishes[team], kept[team])
    tables = Tables(teams, mentors, table, rules, score, value, allowed, _given(problem, t, m))
    return _held(problem, tables)


def with_locks(known: Prepared, problem: Problem) -> Prepared:
    """The same problem under other locks, which name its own teams and mentors: nothing is scored again."""
    return _held(problem, known.tables)


def _held(problem: Problem, tables: Tables) -> Prepared:
    teams, mentors = tables.teams, tables.mentors
    locks = lock_seats(problem, teams, mentors, tables.rules, tables.given)
    seats = place_rows(teams)
    row_at = {key: row for row, key in enumerate(zip(*(part.tolist() for part in seats), strict=True))}
    instance = _instance(
        problem, teams, mentors, seats, tables.score, tables.value, tables.allowed, locks, row_at
    )
    held = frozenset((i, j) for i, seating in locks.items() for j in seating)
    return Prepared(problem, tables, instance, row_at, held)


def _scored(
    problem: Problem,
    teams: list[Team],
    mentors: list[Mentor],
    team: Ints,
    place: Ints,
    t: list[int],
    m: list[int],
) -> tuple[ScoreTable | None, Ints, Bools]:
    """Points of every row, and which pairs are considered at all."""
    given = _given(problem, t, m)
    if given is not None:
        return None, np.maximum(given, 0)[team], (given >= 0)[team]
    table = score_table(teams, mentors, problem.tree, problem.settings.weights)
    score = np.zeros((len(team), len(mentors)), dtype=np.int64)
    kinds = np.array([teams[i].places[p].kind for i, p in zip(team, place, strict=True)])
    for kind, points in table.points.items():
        rows = np.flatnonzero(kinds == kind)
        score[rows] = points[team[rows]]
    return table, score, np.ones_like(score, dtype=bool)


def _given(problem: Problem, t: list[int], m: list[int]) -> Ints | None:
    return None if problem.scores is None else problem.scores[np.ix_(t, m)]


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
    seats: tuple[Ints, Ints],
    score: Ints,
    value: Ints,
    allowed: Bools,
    locks: Mapping[int, Seating],
    row_at: Mapping[tuple[int, int], int],
) -> Instance:
    team, place = seats
    rows, pins = allowed.copy(), []
    level = np.array([teams[i].priority for i in team], dtype=np.int64)
    for i, seating in locks.items():
        for j, where in sorted(seating.items()):
            may = tuple(row_at[i, p] for p in where)
            rows[team == i, j] = False
            rows[list(may), j] = True
            if len(may) > 1:
                pins.append(Pin(may, j))
            else:
                rows[may[0]] = False
                rows[may[0], j] = True
                level[may[0]] = LOCKED
    row_hours = np.array([teams[i].places[p].hours for i, p in zip(team, place, strict=True)], dtype=np.int64)
    heads = np.array([mentor.max_teams for mentor in mentors], dtype=np.int64)
    heads, hours = hour_limits(mentors, heads, row_hours, rows)
    tie = tie_break(problem.salt, [x.id for x in teams], [x.id for x in mentors])[team]
    floor = problem.settings.floor
    return Instance(team, place, level, score, value, tie, rows, heads, hours, row_hours, floor, tuple(pins))
