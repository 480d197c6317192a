"""Pairings, colours, court times, delays and moves."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.matches.brackets import From, Source, knockout
from incubator.matches.draw import Draw, group_sizes
from incubator.matches.flows import Entrant
from incubator.matches.improve import improve
from incubator.matches.pairings import Fixture, balance, circle, fixtures, round_robin
from incubator.matches.quality import consequences, measure, moved, problems, run_late
from incubator.matches.refusals import RuleError
from incubator.matches.schedule import Hall, Slot, schedule

DAY = ((480, 690), (780, 1080))
HALL = Hall(("S1", "S2", "S3"), 8, 8, DAY, latest=1080)


def groups(teams, count):
    sizes = group_sizes(teams, count)
    return [(chr(65 + n), [f"{chr(65 + n)}{k}" for k in range(1, size + 1)]) for n, size in enumerate(sizes)]


@given(st.integers(2, 20))
def test_circle_lets_everyone_meet_once_and_play_once_a_turn(teams):
    turns = circle(teams)
    met = Counter(frozenset(pair) for turn in turns for pair in turn)
    assert met == Counter({frozenset(pair): 1 for pair in combinations(range(teams), 2)})
    assert all(max(Counter(t for pair in turn for t in pair).values()) == 1 for turn in turns)


def test_group_of_four_can_change_colour_after_every_match():
    flat = [pair for turn in round_robin(4, alternating=True) for pair in turn]
    colours = {t: "".join("RB"[pair.index(t)] for pair in flat if t in pair) for t in range(4)}
    assert colours == {0: "RBR", 1: "RBR", 2: "BRB", 3: "BRB"}
    assert Counter(map(frozenset, flat)) == Counter(map(frozenset, combinations(range(4), 2)))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda p: p[0] != p[1]), max_size=30))
def test_colours_are_balanced_to_one(pairs):
    chosen = balance(pairs)
    assert [frozenset(p) for p in chosen] == [frozenset(p) for p in pairs]
    tilt = Counter()
    for red, blue in chosen:
        tilt[red] += 1
        tilt[blue] -= 1
    assert all(abs(value) <= 1 for value in tilt.values())


@settings(deadline=None, max_examples=25)
@given(st.integers(6, 40), st.integers(1, 4), st.integers(0, 20), st.booleans())
def test_every_schedule_keeps_rest_courts_and_breaks(teams, courts, rest, alternating):
    fixed = fixtures(groups(teams, max(1, teams // 4)), rounds={3: 2}, alternating=alternating)
    hall = Hall(
        tuple(f"S{n}" for n in range(courts)),
        8,
        rest,
        tuple((d * 1440 + a, d * 1440 + b) for d in range(9) for a, b in DAY),
    )
    slots = schedule(fixed, hall)
    assert sorted(slot.key for slot in slots) == sorted(fixture.key for fixture in fixed)
    assert problems(slots, fixed, hall) == []


def test_fifty_teams_are_drawn_and_scheduled_in_two_seconds_of_work():
    schools = (9, 6, 5, 4, 4, 3, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1)
    teams = [Entrant(f"{s}.{k}", s) for s, count in enumerate(schools) for k in range(count)]
    began = time.process_time()
    draw = Draw(teams, [chr(65 + n) for n in range(12)], group_sizes(50, 12), "1")
    draw.run()
    drawn = [(name, [pick.key for pick in draw.log if pick.group == name]) for name in draw.names]
    fixed = fixtures(drawn, alternating=True)
    slots = schedule(fixed, HALL)
    figures = measure(slots, fixed, HALL)
    assert time.process_time() - began < 2
    assert figures.matches == 80
    assert figures.problems == ()
    assert set(figures.tilt) <= {0, 1}
    assert figures.shortest_gap >= 8


def test_one_court_per_group_keeps_the_referees():
    fixed = fixtures(groups(16, 4))
    slots = schedule(fixed, replace(HALL, courts=("S1", "S2"), one_court_per_group=True))
    courts = {(slot.key[0], slot.court) for slot in slots}
    assert len(courts) == 4


def test_knockout_waits_for_its_sources_and_rest():
    ties = knockout([Source(From.SEED, nth=n) for n in range(1, 9)])
    fixed = [
        Fixture(t.code, after=tuple(s.ref for s in t.sources if s.kind in (From.WINNER, From.LOSER)))
        for t in ties
    ]
    slots = {slot.key: slot for slot in schedule(fixed, HALL)}
    assert problems(list(slots.values()), fixed, HALL) == []
    assert slots["SF1"].start >= max(slots["QF1"].end, slots["QF2"].end) + 8
    assert slots["F"].start >= slots["SF2"].end + 8


def test_too_many_matches_say_how_many_are_left():
    with pytest.raises(RuleError, match="schedule_too_long") as refused:
        schedule(fixtures(groups(16, 4)), Hall(("S1",), 10, 10, ((0, 60),)))
    assert refused.value.values["left"] == 18


def test_latest_finish_is_kept():
    hall = Hall(("S1",), 10, 0, ((0, 100), (200, 300)), latest=230)
    slots = schedule([Fixture(str(n)) for n in range(13)], hall)
    assert max(slot.end for slot in slots) == 230
    with pytest.raises(RuleError, match="schedule_too_long"):
        schedule([Fixture(str(n)) for n in range(14)], hall)


def test_delay_reaches_a_match_that_waits_for_one_planned_after_it():
    """A match brought back to the end of the groups pushes the bracket that was planned before it."""
    fixed = [Fixture("A1", "a", "b"), Fixture("SF", after=("A1",)), Fixture("F", after=("SF",))]
    slots = [Slot("SF", "S1", 480, 488), Slot("F", "S1", 496, 504), Slot("A1", "S1", 504, 512)]
    late = run_late(slots, fixed, HALL, court=None, minutes=0, now=480)
    assert {s.key: s.start for s in late} == {"A1": 504, "SF": 520, "F": 536}


@pytest.mark.parametrize(
    ("hall", "code"),
    [
        (Hall((), 8, 8, DAY), "schedule_no_court"),
        (Hall(("S",), 0, 8, DAY), "schedule_slot"),
        (Hall(("S",), 8, 8, ((0, 5),)), "schedule_no_window"),
    ],
)
def test_impossible_halls_are_named(hall, code):
    with pytest.raises(RuleError, match=code):
        schedule([], hall)


def test_schools_are_kept_off_two_courts_at_once_where_there_is_a_choice():
    fixed = [
        Fixture("1", "a", "b", schools=frozenset("X")),
        Fixture("2", "c", "d", schools=frozenset("X")),
        Fixture("3", "e", "f", schools=frozenset("Y")),
        Fixture("4", "g", "h", schools=frozenset("Z")),
    ]
    slots = {s.key: s.start for s in schedule(fixed, replace(HALL, courts=("S1", "S2")))}
    assert slots["1"] != slots["2"]


def test_delay_moves_the_court_and_whoever_must_wait_for_it():
    fixed = [Fixture("1", "a", "b"), Fixture("2", "c", "d"), Fixture("3", "a", "c"), Fixture("4", "e", "f")]
    slots = [
        Slot("1", "S1", 480, 488),
        Slot("2", "S2", 480, 488),
        Slot("3", "S2", 500, 508),
        Slot("4", "S1", 496, 504),
    ]
    late = {
        s.key: s.start for s in run_late(slots, fixed, HALL, court="S1", minutes=12, now=480, started=["2"])
    }
    assert late == {"1": 492, "2": 480, "3": 508, "4": 508}


def test_delay_does_not_run_into_the_break():
    fixed = [Fixture("1", "a", "b"), Fixture("2", "c", "d")]
    slots = [Slot("1", "S1", 674, 682), Slot("2", "S1", 682, 690)]
    late = {s.key: s.start for s in run_late(slots, fixed, HALL, court="S1", minutes=6, now=600)}
    assert late == {"1": 680, "2": 780}


def test_match_that_is_overdue_runs_late_with_its_court():
    slots = [
        Slot("1", "S1", 480, 488),
        Slot("2", "S1", 488, 496),
        Slot("3", "S1", 520, 528),
        Slot("4", "S2", 480, 488),
    ]
    fixed = [Fixture(key, f"{key}a", f"{key}b") for key in "1234"]
    late = {
        s.key: s.start for s in run_late(slots, fixed, HALL, court="S1", minutes=5, now=495, started=["1"])
    }
    assert late == {"1": 480, "2": 495, "3": 525, "4": 480}


def test_move_shows_what_it_breaks_and_swaps_with_what_stands_there():
    fixed = [Fixture("1", "a", "b"), Fixture("2", "a", "c"), Fixture("3", "d", "e")]
    slots = [Slot("1", "S1", 480, 488), Slot("3", "S1", 488, 496), Slot("2", "S1", 496, 504)]
    after = moved(slots, "2", "S1", 488)
    assert {s.key: s.start for s in after} == {"1": 480, "2": 488, "3": 496}
    broken, mended = consequences(slots, fixed, HALL, after)
    assert [(p.code, p.team, p.minutes) for p in broken] == [("rest_short", "a", 8)]
    assert mended == []
    with pytest.raises(RuleError, match="unknown_match"):
        moved(slots, "9", "S1", 488)


def test_every_kind_of_problem_is_found():
    fixed = [
        Fixture("1", "a", "b"),
        Fixture("2", "a", "c"),
        Fixture("3", "d", "e"),
        Fixture("4", after=("1",)),
    ]
    slots = [
        Slot("1", "S1", 480, 488),
        Slot("2", "S2", 484, 492),
        Slot("3", "S2", 488, 496),
        Slot("4", "S1", 1078, 1086),
    ]
    hall = replace(HALL, latest=1080)
    assert {p.code for p in problems(slots, fixed, hall)} == {
        "team_twice",
        "court_twice",
        "outside",
        "too_late",
    }
    early = [replace(slots[3], start=490, end=498)]
    assert "before_source" in {p.code for p in problems([slots[0], *early], fixed, hall)}


def test_optimiser_is_never_worse_and_keeps_the_rules():
    fixed = fixtures(groups(16, 4), alternating=True)
    hall = replace(HALL, courts=("S1", "S2"))
    slots = schedule(fixed, hall)
    better = improve(slots, fixed, hall, seconds=3)
    assert problems(better, fixed, hall) == []
    assert measure(better, fixed, hall).shortest_gap >= measure(slots, fixed, hall).shortest_gap
    assert {(s.court, s.start) for s in better} == {(s.court, s.start) for s in slots}
