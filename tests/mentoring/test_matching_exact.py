"""Stage by stage equal to solvers that share nothing with ours: whole instances, two places a team, hours, locks."""

import dataclasses
import random

import numpy as np
import pytest

from incubator.mentoring.matching import Lock, Mentor, Place, Problem, Settings, Team
from incubator.mentoring.matching.preparing import prepare
from incubator.mentoring.matching.solving import solve
from tests.bench.mentoring import instance
from tests.mentoring.exact import Staged, by_assignment, stages_of


@pytest.mark.parametrize("floor", [True, False])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_synthetic_instance_equals_the_exact_optimum(seed, floor):
    problem = instance(80, 200, seed)
    problem = dataclasses.replace(problem, settings=Settings(floor=floor))
    result = solve(problem)
    assert result.outcome.proved
    assert stages_of(problem, result) == by_assignment(prepare(problem).instance, floor)


def drawn(
    seed, mentors, teams, *, kinds=("technical", "business"), hours=False, locks=0, floor=True, top=1000
):
    """Random points, a tenth of all pairs refused, one team that nobody may take, locks on distinct people."""
    draw = random.Random(f"{seed}{kinds}{hours}{locks}{floor}")
    rows = tuple(
        Team(
            f"t{i}", priority=draw.randint(1, 3),
            places=tuple(Place(k, draw.randint(4, 16) if hours else 12) for k in draw.sample(kinds, draw.randint(1, 2))),
        )
        for i in range(teams)
    )  # fmt: skip
    people = tuple(
        Mentor(f"m{j}", kind=kinds[j % len(kinds)], max_teams=draw.randint(2, 5),
               max_hours=draw.randint(24, 60) if hours else None)
        for j in range(mentors)
    )  # fmt: skip
    scores = np.array([[draw.randint(0, top) if draw.random() < 0.9 else -1 for _ in people] for _ in rows])
    scores[draw.randrange(teams)] = -1
    wishes = np.array([[draw.choice((250, 500, 1000)) for _ in people] for _ in rows])
    held = [Lock(f"t{n}", f"m{n}") for n in range(locks) if scores[n, n] >= 0 and _fits(rows[n], people[n])]
    keep = frozenset((f"t{draw.randrange(teams)}", f"m{draw.randrange(mentors)}") for _ in range(4))
    return Problem(
        people, rows, Settings(floor=floor), "đối chiếu", scores=scores, mentor_scores=wishes, keep=keep, locks=tuple(held)
    )  # fmt: skip


def _fits(team, mentor):
    return any("any" in (p.kind, mentor.kind) or p.kind == mentor.kind for p in team.places)


CASES = {
    "two kinds": {},
    "two kinds, few points": {"top": 6},
    "two kinds, no floor": {"floor": False},
    "two kinds, locks": {"locks": 6},
    "any kind": {"kinds": ("technical", "business", "any")},
    "any kind, locks that fit both places": {"kinds": ("technical", "any"), "locks": 6},
    "unequal hours": {"hours": True},
    "unequal hours, locks, any kind": {"hours": True, "locks": 4, "kinds": ("technical", "business", "any")},
}


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("name", CASES)
def test_crossing_limits_equal_branch_and_cut(name, seed):
    problem = drawn(seed, 9, 18, **CASES[name])
    result = solve(problem)
    assert result.outcome.proved, result.stages
    assert stages_of(problem, result) == Staged(problem).stages()


def test_two_kinds_at_full_size_are_proved_within_seconds():
    """200 mentors of two kinds, 500 teams with a place for each: the floor on a team's sum, proved."""
    from tests.bench.mentoring import two_kinds

    result = solve(two_kinds(200, 500))
    assert result.outcome.proved, result.stages
    assert result.outcome.method == "search"
    assert len(result.pairs) == 1000
