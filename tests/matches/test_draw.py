"""The draw: never a dead end, uniform at each pick, every legal draw possible, replayable."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.matches import chance
from incubator.matches.draw import AS_GIVEN, Draw, Pick, group_sizes, replay
from incubator.matches.flows import Entrant
from incubator.matches.refusals import RuleError

NAMES = [chr(65 + n) for n in range(16)]


def entrants(*schools, pots=()):
    return [
        Entrant(f"{i}.{k}", i, (pots[i][k] if i < len(pots) else None))
        for i, count in enumerate(schools)
        for k in range(count)
    ]


def make(teams, groups, seed="s", **kw):
    sizes = group_sizes(len(teams), groups)
    return Draw(teams, NAMES[:groups], sizes, seed, **kw)


def crowding(draw):
    return Counter((pick.group, pick.key.split(".")[0]) for pick in draw.log)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=12), st.integers(2, 8), st.text(max_size=4))
def test_no_two_of_a_school_meet_whenever_that_is_possible(schools, groups, seed):
    teams = entrants(*schools)
    if groups > len(teams):
        return
    draw = make(teams, groups, seed)
    draw.run()
    assert Counter(pick.group for pick in draw.log) == Counter(
        dict(zip(NAMES, group_sizes(len(teams), groups), strict=False))
    )
    most = max(crowding(draw).values())
    if not draw.report.crowded:
        assert most == 1
    else:
        assert max(schools) > groups or len(schools) < max(draw.sizes)


def test_school_with_more_teams_than_groups_is_said_and_spread_evenly():
    draw = make(entrants(9, 3, 2, 2), 4)
    draw.run()
    assert draw.report.crowded[0] == 3
    assert sorted(n for (_, school), n in crowding(draw).items() if school == "0") == [2, 2, 2, 3]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6))
def test_pots_put_one_seed_in_every_group(seed):
    pots = [[1, 2, 3], [1, 2], [1, 3], [2, 1], [2, 3, 3]]
    teams = entrants(3, 2, 2, 2, 3, pots=pots)
    draw = make(teams, 4, str(seed))
    draw.run()
    pot = {team.key: team.pot for team in teams}
    assert max(Counter((pick.group, pot[pick.key]) for pick in draw.log).values()) == 1
    assert max(crowding(draw).values()) == 1
    assert all(pick.position == 1 for pick in draw.log if pot[pick.key] == 1)


def legal_draws(teams, sizes):
    for places in product(range(len(sizes)), repeat=len(teams)):
        schools = [(group, team.school) for group, team in zip(places, teams, strict=True)]
        if Counter(places) == Counter(dict(enumerate(sizes))) and len(set(schools)) == len(schools):
            yield places


def all_ways(teams, sizes):
    """Every draw with its probability, by walking all allowed picks."""
    found: dict[tuple[int, ...], Fraction] = {}

    def walk(done, probability):
        if len(done) == len(teams):
            found[done] = found.get(done, Fraction(0)) + probability
            return
        draw = Draw(teams, NAMES[: len(sizes)], sizes, "x", order=AS_GIVEN)
        for group in done:
            draw.by_hand(NAMES[group])
        allowed = draw.allowed()
        for name in allowed:
            walk((*done, NAMES.index(name)), probability / len(allowed))

    walk((), Fraction(1))
    return found


@pytest.mark.parametrize("schools", [(2, 2, 1, 1), (3, 2, 1), (2, 1, 1, 1, 1), (2, 2, 2)])
def test_every_legal_draw_is_possible_and_no_other(schools, capsys):
    teams = entrants(*schools)
    groups = 3 if max(schools) == 3 else 2
    sizes = group_sizes(len(teams), groups)
    found = all_ways(teams, sizes)
    assert set(found) == set(legal_draws(teams, sizes))
    assert sum(found.values()) == 1
    even = Fraction(1, len(found))
    worst = max(abs(p - even) / even for p in found.values())
    with capsys.disabled():
        print(f"\n{schools} in {groups}: {len(found)} draws, farthest from uniform {float(worst):.1%}")


@pytest.mark.parametrize("pots", [[[1, 2], [1, 2], [None], [None]], [[1, None], [2, 1], [2, None]]])
def test_every_legal_draw_with_pots_is_possible(pots):
    schools = [len(pot) for pot in pots]
    teams = entrants(*schools, pots=pots)
    sizes = group_sizes(len(teams), 2)
    ordered = make(teams, 2, order=AS_GIVEN).queue
    legal = {
        places
        for places in legal_draws(ordered, sizes)
        if max(
            Counter((g, t.pot) for g, t in zip(places, ordered, strict=True) if t.pot is not None).values()
        )
        == 1
    }
    found = all_ways(teams, sizes)
    assert set(found) == legal


def test_each_pick_is_uniform_among_the_allowed_groups():
    counts = Counter(make(entrants(1, 1, 1, 1, 1, 1), 3, f"seed {n}").pick().group for n in range(3000))
    assert set(counts) == {"A", "B", "C"}
    # chi-squared with 2 degrees of freedom: 13.8 is one in a thousand, and the seeds are fixed
    assert sum((count - 1000) ** 2 / 1000 for count in counts.values()) < 13.8


def test_fifty_teams_of_seventeen_schools_in_twelve_and_thirteen_groups():
    teams = entrants(9, 6, 5, 4, 4, 3, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1)
    for groups in (12, 13):
        draw = make(teams, groups)
        draw.run()
        assert not draw.report.crowded
        assert max(crowding(draw).values()) == 1


def test_same_seed_draws_the_same_and_another_seed_does_not():
    teams = entrants(4, 3, 3, 2)
    assert make(teams, 4, "2024").run() == make(teams, 4, "2024").run()
    assert make(teams, 4, "2024").run() != make(teams, 4, "2025").run()


def test_log_is_replayed_and_a_changed_line_is_found():
    teams = entrants(4, 3, 3, 2)
    draw = make(teams, 4)
    draw.pick()
    draw.by_hand(draw.allowed()[-1])
    draw.run()
    replay(make(teams, 4), draw.log)
    first = draw.log[2]
    other = next(name for name in "ABCD" if name != first.group)
    changed = Pick(first.number, first.key, first.allowed, other, first.position)
    with pytest.raises(RuleError, match="replay_differs"):
        replay(make(teams, 4), [*draw.log[:2], changed])


def test_hand_cannot_put_a_team_where_it_may_not_go():
    teams = entrants(2, 1, 1)
    draw = make(teams, 2, order=AS_GIVEN)
    group = draw.pick().group
    with pytest.raises(RuleError, match="group_not_allowed") as refused:
        draw.by_hand(group)
    assert refused.value.values["allowed"] == [name for name in "AB" if name != group]
    assert len(draw.log) == 1


def test_input_that_is_no_draw_is_refused():
    with pytest.raises(RuleError, match="draw_sizes"):
        Draw(entrants(2), ["A"], [3], "x")
    with pytest.raises(RuleError, match="draw_twice"):
        Draw([Entrant(1, 1), Entrant(1, 2)], ["A"], [2], "x")
    with pytest.raises(RuleError, match="draw_groups"):
        group_sizes(2, 3)
    draw = make(entrants(1, 1), 1)
    draw.run()
    with pytest.raises(RuleError, match="draw_finished"):
        draw.pick()


@given(st.text(max_size=8), st.integers(1, 50))
def test_chance_stays_in_range_and_shuffling_loses_nothing(seed, size):
    assert 0 <= chance.pick(seed, "x", size) < size
    assert sorted(chance.shuffled(seed, "x", range(size))) == list(range(size))


def test_pots_do_not_keep_a_crowded_school_from_being_spread_evenly():
    """Four teams of one school in three groups: every group gets one before any gets a second."""
    schools, pots = "XXXXY", (2, 1, 1, 2, 1)
    entrants = [Entrant(n, school, pot) for n, (school, pot) in enumerate(zip(schools, pots, strict=True))]
    for seed in range(40):
        draw = Draw(entrants, ["A", "B", "C"], [2, 2, 1], str(seed))
        groups = [pick.group for pick in draw.run() if pick.key < 4]
        assert sorted(Counter(groups).values()) == [1, 1, 2]
