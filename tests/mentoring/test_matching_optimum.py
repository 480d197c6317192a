"""The staged optimum against every possible answer on small problems, and plain maxima on larger ones."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from incubator.mentoring.matching import BadProblemError, Lock, Mentor, Place, Problem, Settings, Team
from incubator.mentoring.matching.instance import tie_break
from incubator.mentoring.matching.solving import solve


@st.composite
def problems(draw, several=False, hours=False, locks=False):
    """Up to 6 x 6 with one place a team, 4 x 5 with two; every score may be missing."""
    teams_n = draw(st.integers(1, 4 if several else 6))
    mentors_n = draw(st.integers(1, 5 if several else 6))
    kinds = ["kỹ thuật", "kinh doanh", "any"] if several else ["any"]
    places = st.lists(st.sampled_from(kinds), min_size=1, max_size=2 if several else 1)
    costs = st.integers(0, 4) if hours else st.just(0)
    teams = tuple(
        Team(
            f"t{i}",
            priority=draw(st.integers(1, 3)),
            places=tuple(Place(kind, draw(costs)) for kind in draw(places)),
        )
        for i in range(teams_n)
    )
    mentors = tuple(
        Mentor(
            f"m{j}",
            kind=draw(st.sampled_from(kinds)),
            max_teams=draw(st.integers(0, 3)),
            max_hours=draw(st.integers(0, 6)) if hours else None,
        )
        for j in range(mentors_n)
    )
    points = st.lists(st.integers(-1, 6), min_size=teams_n * mentors_n, max_size=teams_n * mentors_n)
    shape = (teams_n, mentors_n)
    scores = np.array(draw(points), dtype=np.int64).reshape(shape)
    wishes = np.maximum(np.array(draw(points), dtype=np.int64).reshape(shape), 0)
    keep = frozenset(
        draw(st.sets(st.sampled_from([(t.id, m.id) for t in teams for m in mentors]), max_size=2))
    )
    setting = Settings(floor=draw(st.booleans()), keep_bonus=draw(st.integers(0, 3)))
    held = _some_lock(draw, teams, mentors, scores) if locks else ()
    return Problem(
        mentors, teams, setting, "muối", scores=scores, mentor_scores=wishes, keep=keep, locks=held
    )


def _some_lock(draw, teams, mentors, scores):
    able = [
        Lock(t.id, m.id)
        for i, t in enumerate(teams)
        for j, m in enumerate(mentors)
        if scores[i, j] >= 0 and m.max_teams
        if all(m.max_hours is None or m.max_hours >= p.hours for p in t.places)
        if any("any" in (m.kind, p.kind) or m.kind == p.kind for p in t.places)
    ]
    return (draw(st.sampled_from(able)),) if able else ()


def answers(problem):
    """Every way to fill the places that keeps all hard limits, as lists of (team, place, mentor)."""
    rows = [(i, p) for i, t in enumerate(problem.teams) for p in range(len(t.places))]
    choices = [[None, *able_mentors(problem, i, p)] for i, p in rows]
    for picks in itertools.product(*choices):
        answer = [(i, p, j) for (i, p), j in zip(rows, picks, strict=True) if j is not None]
        if keeps_limits(problem, answer):
            yield answer


def able_mentors(problem, i, p):
    kind = problem.teams[i].places[p].kind
    return [
        j
        for j, m in enumerate(problem.mentors)
        if problem.scores[i, j] >= 0 and ("any" in (kind, m.kind) or kind == m.kind)
    ]


def keeps_limits(problem, answer):
    for j, mentor in enumerate(problem.mentors):
        mine = [(i, p) for i, p, k in answer if k == j]
        hours = sum(problem.teams[i].places[p].hours for i, p in mine)
        if len(mine) > mentor.max_teams or (mentor.max_hours is not None and hours > mentor.max_hours):
            return False
        if len({i for i, _ in mine}) < len(mine):
            return False
    seated = {(problem.teams[i].id, problem.mentors[j].id) for i, _, j in answer}
    return all((lock.team, lock.mentor) in seated for lock in problem.locks)


def worth(problem, answer):
    """(coverage class by class, floor, total, tie-break) of an answer: what the stages compare in turn."""
    held = {(lock.team, lock.mentor) for lock in problem.locks}
    ids = [t.id for t in problem.teams], [m.id for m in problem.mentors]
    free = [problem.teams[i].priority for i, _, j in answer if (ids[0][i], ids[1][j]) not in held]
    coverage = tuple(free.count(level) for level in (1, 2, 3))
    sums: dict[int, int] = {}
    for i, _, j in answer:
        sums[i] = sums.get(i, 0) + int(problem.scores[i, j])
    setting = problem.settings
    floor = min(sums.values(), default=0) if setting.floor else 0
    tie = tie_break(problem.salt, *ids)
    total = sum(
        8 * int(problem.scores[i, j])
        + 2 * int(problem.mentor_scores[i, j])
        + 10 * setting.keep_bonus * ((ids[0][i], ids[1][j]) in problem.keep)
        for i, _, j in answer
    )
    return (*coverage, floor, total, sum(int(tie[i, j]) for i, _, j in answer))


def result_worth(problem, result):
    team_at = {t.id: i for i, t in enumerate(problem.teams)}
    mentor_at = {m.id: j for j, m in enumerate(problem.mentors)}
    answer = [(team_at[p.team], p.place, mentor_at[p.mentor]) for p in result.pairs]
    assert keeps_limits(problem, answer)
    assert all(j in able_mentors(problem, i, p) for i, p, j in answer)
    return worth(problem, answer)


@pytest.mark.parametrize(
    "shape", [{}, {"locks": True}, {"several": True, "locks": True}, {"hours": True, "locks": True}]
)
def test_every_stage_equals_the_best_of_all_answers(shape):
    @settings(max_examples=120, deadline=None)
    @given(problems(**shape))
    def check(problem):
        result = solve(problem)
        assert result_worth(problem, result) == max(worth(problem, answer) for answer in answers(problem))
        assert result.outcome.proved, result.stages

    check()


@settings(max_examples=60, deadline=None)
@given(problems(several=True, hours=True, locks=True))
def test_all_limits_together_equal_the_best_of_all_answers(problem):
    result = solve(problem)
    assert result_worth(problem, result) == max(worth(problem, answer) for answer in answers(problem))


@settings(max_examples=60, deadline=None)
@given(problems(locks=True), st.integers(0, 1000))
def test_shuffled_rows_give_the_same_pairs(problem, seed):
    shuffled = shuffle(problem, seed)
    pairs = {(p.team, p.place, p.mentor) for p in solve(problem).pairs}
    assert {(p.team, p.place, p.mentor) for p in solve(shuffled).pairs} == pairs


def shuffle(problem, seed):
    order = random.Random(seed)
    t = order.sample(range(len(problem.teams)), len(problem.teams))
    m = order.sample(range(len(problem.mentors)), len(problem.mentors))
    return Problem(
        tuple(problem.mentors[j] for j in m),
        tuple(problem.teams[i] for i in t),
        problem.settings,
        problem.salt,
        scores=problem.scores[np.ix_(t, m)],
        mentor_scores=problem.mentor_scores[np.ix_(t, m)],
        keep=problem.keep,
        locks=problem.locks,
    )


@settings(max_examples=60, deadline=None)
@given(problems(), st.integers(0, 5))
def test_one_more_place_never_lowers_coverage(problem, which):
    more = list(problem.mentors)
    which %= len(more)
    mentor = more[which]
    more[which] = Mentor(mentor.id, kind=mentor.kind, max_teams=mentor.max_teams + 1)
    wider = Problem(
        tuple(more),
        problem.teams,
        problem.settings,
        problem.salt,
        scores=problem.scores,
        mentor_scores=problem.mentor_scores,
    )
    assert len(solve(wider).pairs) >= len(solve(problem).pairs)


def test_one_impossible_team_leaves_the_others_matched():
    scores = np.array([[-1, -1], [700, 300], [200, 600]])
    mentors = (Mentor("m0"), Mentor("m1"))
    teams = tuple(Team(f"t{i}") for i in range(3))
    result = solve(Problem(mentors, teams, scores=scores))
    assert [(p.team, p.mentor) for p in result.pairs] == [("t1", "m0"), ("t2", "m1")]


def random_instance(seed, teams=60, mentors=25):
    order = np.random.default_rng(seed)
    scores = np.where(order.random((teams, mentors)) < 0.7, order.integers(0, 1001, (teams, mentors)), -1)
    return Problem(
        tuple(Mentor(f"m{j}", max_teams=int(c)) for j, c in enumerate(order.integers(1, 4, mentors))),
        tuple(Team(f"t{i}", priority=int(p)) for i, p in enumerate(order.integers(1, 3, teams))),
        Settings(floor=False),
        scores=scores.astype(np.int64),
    )


@pytest.mark.parametrize("seed", range(4))
def test_without_the_floor_the_total_is_the_plain_maximum(seed):
    problem = random_instance(seed)
    result = solve(problem)
    column = np.repeat(np.arange(len(problem.mentors)), [m.max_teams for m in problem.mentors])
    worth = np.where(problem.scores >= 0, problem.scores + 10_000, 0)[:, column]
    urgent = np.array([t.priority == 1 for t in problem.teams])[:, None]
    worth = np.where(worth > 0, worth + 10_000_000 * urgent, 0)
    row, col = linear_sum_assignment(worth, maximize=True)
    real = worth[row, col] > 0
    assert len(result.pairs) == real.sum()
    assert sum(p.score for p in result.pairs) == problem.scores[row[real], column[col[real]]].sum()
    assert result.outcome.proved


def test_locks_that_only_together_ask_too_much_are_a_sentence():
    """Each of two held mentors could take the cheap place; one of them is left with the dear one, beyond their hours."""
    mentors = (Mentor("m0", max_hours=2), Mentor("m1", max_hours=2))
    team = Team("t0", places=(Place("a", 1), Place("b", 4)))
    problem = Problem(
        mentors, (team,), Settings(), scores=np.array([[5, 5]]), locks=(Lock("t0", "m0"), Lock("t0", "m1"))
    )
    with pytest.raises(BadProblemError) as refused:
        solve(problem)
    assert [fault.code for fault in refused.value.faults] == ["locks_together"]


def two_kinds(seed, teams=24, mentors=16):
    """Two places a team, of two kinds, with enough room for most; scores at random."""
    draw = random.Random(seed)
    kinds = ("technical", "business")
    return Problem(
        mentors=tuple(Mentor(f"m{j}", kind=kinds[j % 2], max_teams=draw.randint(2, 4)) for j in range(mentors)),
        teams=tuple(
            Team(f"t{i}", priority=draw.randint(1, 2), places=tuple(Place(kind) for kind in kinds)) for i in range(teams)
        ),
        scores=np.array([[draw.randint(0, 1000) for _ in range(mentors)] for _ in range(teams)]),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_from_the_flows_prices_is_the_one_of_the_long_way(seed, monkeypatch):
    """Without the short cut every stage and every pair is the same."""
    problem = two_kinds(seed)
    quick = solve(problem)
    monkeypatch.setattr("incubator.mentoring.matching.pricing.MOST_CHOICES", -1)
    slow = solve(problem)
    assert quick.outcome.proved
    assert slow.outcome.proved
    assert [s.value for s in quick.stages] == [s.value for s in slow.stages]
    assert [(p.team, p.place, p.mentor) for p in quick.pairs] == [
        (p.team, p.place, p.mentor) for p in slow.pairs
    ]
