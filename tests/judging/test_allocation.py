"""Who judges what: never a conflict, as full and as even as possible, comparable, repeatable."""

from __future__ import annotations

import time
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.judging.allocation import Judge, Seat, allocate, components


@st.composite
def small(draw):
    panels = frozenset({1})
    judges = [
        Judge(
            j,
            draw(st.sampled_from([panels, panels, panels, frozenset({1, 2}), frozenset({2})])),
            most=draw(st.none() | st.integers(0, 3)),
        )
        for j in range(1, draw(st.integers(2, 4)) + 1)
    ]
    seats = [
        Seat(100 + e, draw(st.sampled_from([1, 1, 2])), draw(st.integers(1, 2)))
        for e in range(draw(st.integers(1, 4)))
    ]
    pairs = list(product([j.id for j in judges], [s.entry_id for s in seats]))
    return seats, judges, draw(st.sets(st.sampled_from(pairs), max_size=4))


def every_assignment(seats, judges, conflicts):
    options = []
    for seat in seats:
        able = [j.id for j in judges if seat.panel in j.panels and (j.id, seat.entry_id) not in conflicts]
        options.append([c for n in range(seat.wanted + 1) for c in combinations(able, n)])
    for choice in product(*options):
        loads = {j.id: sum(j.id in c for c in choice) for j in judges}
        if all(j.most is None or loads[j.id] <= j.most for j in judges):
            yield choice, loads


@given(small(), st.integers(0, 5))
@settings(max_examples=120, deadline=None)
def test_no_assignment_fills_more_or_is_more_even(case, seed):
    seats, judges, conflicts = case
    plan = allocate(seats, judges, conflicts, seed=seed)
    filled = sum(len(j) for j in plan.judges_of.values())
    best = max(sum(map(len, choice)) for choice, _ in every_assignment(seats, judges, conflicts))
    assert filled == best
    evenest = min(
        sum(n * n for n in loads.values())
        for choice, loads in every_assignment(seats, judges, conflicts)
        if sum(map(len, choice)) == best
    )
    assert sum(n * n for n in plan.loads.values()) == evenest
    by_id = {j.id: j for j in judges}
    for seat in seats:
        for judge in plan.judges_of[seat.entry_id]:
            assert (judge, seat.entry_id) not in conflicts
            assert seat.panel in by_id[judge].panels
    assert all(j.most is None or plan.loads[j.id] <= j.most for j in judges)
    assert sum(s.missing for s in plan.shortfalls) == sum(s.wanted for s in seats) - filled


def season(entries=314, judges=30, k=3, conflicts=()):
    seats = [Seat(e, 1, k, group=1 if e <= 143 else 2) for e in range(1, entries + 1)]
    return seats, [Judge(j, frozenset({1})) for j in range(1, judges + 1)], conflicts


def test_a_season_of_942_sheets_in_a_second():
    conflicts = {(j, e) for j in range(1, 31) for e in range(1, 315) if (j * 7 + e) % 45 == 0}
    begun = time.perf_counter()
    plan = allocate(*season(conflicts=conflicts), seed=2024)
    assert time.perf_counter() - begun < 1
    assert sum(plan.loads.values()) == 942
    assert set(plan.loads.values()) == {31, 32}
    assert not plan.shortfalls
    assert plan.connected
    assert plan.most_together <= 5  # 942 meetings over 435 pairs: 2,2 on average
    assert not any((j, e) in conflicts for e, judges in plan.judges_of.items() for j in judges)


def test_the_seed_decides_and_repeats():
    assert allocate(*season(40, 8), seed=1) == allocate(*season(40, 8), seed=1)
    assert allocate(*season(40, 8), seed=1).judges_of != allocate(*season(40, 8), seed=2).judges_of


def test_places_that_are_kept_stay_and_count_as_load():
    seats = [Seat(1, 1, 2, kept=(5,)), Seat(2, 1, 2, kept=(5, 6)), Seat(3, 1, 2)]
    plan = allocate(seats, [Judge(j, frozenset({1})) for j in (5, 6, 7, 8)], seed=3)
    assert 5 in plan.judges_of[1]
    assert plan.judges_of[2] == (5, 6)
    assert max(plan.loads.values()) - min(plan.loads.values()) <= 1


def test_a_kept_judge_who_left_the_panel_is_named_in_the_loads():
    plan = allocate([Seat(1, 1, 2, kept=(9,))], [Judge(5, frozenset({1}))], seed=0)
    assert plan.judges_of[1] == (5, 9)


def test_reserves_are_used_only_where_nobody_else_can():
    judges = [Judge(1, frozenset({1})), Judge(2, frozenset({1})), Judge(3, frozenset({1}), reserve=True)]
    plan = allocate([Seat(10, 1, 2), Seat(11, 1, 2)], judges, {(1, 10)}, seed=0)
    assert plan.judges_of == {10: (2, 3), 11: (1, 2)}
    assert plan.reserves_used == (3,)


@pytest.mark.parametrize(
    ("judges", "conflicts", "cause"),
    [
        ([Judge(1, frozenset({1}))], set(), "panel"),
        ([Judge(1, frozenset({1})), Judge(2, frozenset({1}))], {(1, 10)}, "conflicts"),
        ([Judge(1, frozenset({1}), most=0), Judge(2, frozenset({1}))], set(), "caps"),
    ],
)
def test_a_place_that_stays_empty_says_why(judges, conflicts, cause):
    plan = allocate([Seat(10, 1, 2)], judges, conflicts)
    assert [(s.entry_id, s.missing, s.cause) for s in plan.shortfalls] == [(10, 1, cause)]


def test_judges_who_share_no_entry_are_reported_apart():
    assert components({1: (1, 2), 2: (2, 3), 3: (7, 8)}) == (frozenset({1, 2, 3}), frozenset({7, 8}))
    seats = [Seat(1, 1, 2, kept=(1, 2)), Seat(2, 1, 2, kept=(3, 4))]
    plan = allocate(seats, [Judge(j, frozenset({1})) for j in (1, 2, 3, 4)])
    assert not plan.connected


def test_groups_that_could_fall_apart_are_joined():
    for seed in range(30):
        seats = [Seat(e, 1, 2) for e in range(1, 5)]
        assert allocate(seats, [Judge(j, frozenset({1})) for j in (1, 2, 3, 4)], seed=seed).connected
