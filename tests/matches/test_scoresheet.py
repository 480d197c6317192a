"""Counting a match from its events, in whatever order and however often they arrive."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.matches.presets import BASKETBALL, KUNG_FU
from incubator.matches.refusals import RuleError
from incubator.matches.scoresheet import (
    BLUE,
    RED,
    Event,
    EventKind,
    check,
    merge,
    tally,
)

K = EventKind


def tap(n, side, code, at=None):
    return Event(f"e{n}", K.TAP, at if at is not None else n * 1000, side, code)


START = Event("s", K.START, 0, code="play")


@st.composite
def event_sets(draw):
    events = [START] if draw(st.booleans()) else []
    if draw(st.booleans()):
        events.append(Event("x", K.END, draw(st.integers(1, 20)) * 500))
    for n in range(draw(st.integers(0, 25))):
        code = draw(st.sampled_from(["two", "three", "dunk", "foul", "caution"]))
        events.append(tap(n, draw(st.integers(0, 1)), code, draw(st.integers(0, 20)) * 500))
    for n in range(draw(st.integers(0, 4))):
        events.append(Event(f"u{n}", K.UNDO, 99_000 + n, undoes=f"e{draw(st.integers(0, 24))}"))
    return events


@given(event_sets(), st.randoms(use_true_random=False))
def test_score_depends_on_the_set_of_events_only(events, rng):
    first = tally(BASKETBALL, events)
    shuffled = list(events)
    rng.shuffle(shuffled)
    again = tally(BASKETBALL, shuffled)
    assert first.score == again.score
    assert [e.client_id for e in first.counted] == [e.client_id for e in again.counted]


@given(event_sets())
def test_merging_in_any_split_and_twice_loses_and_doubles_nothing(events):
    known: dict[str, Event] = {}
    for batch in (events[::2], events[1::2], events):
        merged = merge(known, batch)
        assert merged.clash == ()
        known |= {event.client_id: event for event in merged.fresh}
    assert set(known) == {event.client_id for event in events}
    assert tally(BASKETBALL, known.values()).score == tally(BASKETBALL, events).score


def test_same_id_with_other_content_is_a_clash_and_the_first_stays():
    merged = merge(
        {"e1": tap(1, RED, "two")}, [tap(1, RED, "dunk"), tap(2, BLUE, "two"), tap(2, BLUE, "two")]
    )
    assert merged.clash == ("e1",)
    assert merged.again == ("e2",)
    assert [e.client_id for e in merged.fresh] == ["e2"]


def test_points_counts_and_undo():
    events = [tap(1, RED, "two"), tap(2, RED, "dunk"), tap(3, BLUE, "three"), tap(4, RED, "foul")]
    undo = Event("u", K.UNDO, 9000, undoes="e2")
    found = tally(BASKETBALL, [START, *events, undo])
    assert found.score == (2, 3)
    assert found.sides[RED].counts == {"two": 1, "foul": 1}


def test_undo_that_arrives_before_its_tap_still_takes_it_back():
    assert tally(BASKETBALL, [START, Event("u", K.UNDO, 10, undoes="e5"), tap(5, RED, "dunk")]).score == (
        0,
        0,
    )


def test_cap_holds_when_two_phones_count_the_same_task():
    events = [tap(n, RED, "rack") for n in range(12)]
    found = tally(KUNG_FU, [START, *events])
    assert found.sides[RED].counts["rack"] == 9
    assert found.sides[RED].parts["tictactoe"] == 180


def test_special_win_keeps_the_earliest_time():
    events = [Event(f"w{n}", K.SPECIAL, n, RED, value=v) for n, v in enumerate((520, 498))]
    found = tally(KUNG_FU, [START, *events])
    assert found.sides[RED].special_at == 498
    assert found.sheet(RED, "A").special_at == 498


def test_clock_stops_runs_and_is_adjusted():
    events = [
        START,
        Event("p", K.PAUSE, 30_000),
        Event("r", K.RESUME, 50_000),
        Event("b", K.POSSESSION, 55_000, side=BLUE),
        Event("a", K.ADJUST, 60_000, value=10_000),
    ]
    clock = tally(BASKETBALL, events).clock
    assert clock.at(60_000) == (90_000, 15_000)
    assert clock.at(65_000) == (85_000, 10_000)
    assert clock.at(10**9) == (0, 0)
    assert clock.possession == BLUE


@pytest.mark.parametrize("late", ["s", "x", "t1", "t2", "t3"])
def test_phone_that_comes_back_late_changes_nothing(late):
    """Whoever's phone lost the line, the timekeeper's too: what was made between whistle and end counts."""
    events = [
        Event("s", K.START, 10_000, code="play"),
        Event("t1", K.TAP, 11_000, RED, "two"),
        Event("t2", K.TAP, 40_000, BLUE, "three"),
        Event("x", K.END, 50_000),
        Event("t3", K.TAP, 51_000, RED, "dunk"),
        Event("t4", K.TAP, 2_000, RED, "dunk"),
    ]
    known: list[Event] = []
    for event in [e for e in events if e.client_id != late] + [e for e in events if e.client_id == late]:
        known.append(event)
    found = tally(BASKETBALL, known)
    assert found.score == (2, 3)
    assert found.ignored == {"t3": "match_over", "t4": "match_not_started"}


def test_tap_before_the_clock_waits_for_the_start():
    early = tap(1, RED, "two", at=5_000)
    check(BASKETBALL, tally(BASKETBALL, []), early, "referee")
    assert tally(BASKETBALL, [early]).score == (0, 0)
    started = [early, Event("s", K.START, 4_000, code="play")]
    assert tally(BASKETBALL, started).score == (2, 0)


def test_end_pressed_by_mistake_is_taken_back_and_the_clock_stands():
    events = [START, tap(1, RED, "two", at=10_000), Event("x", K.END, 20_000)]
    back = [Event("u", K.UNDO, 25_000, undoes="x"), Event("p", K.PAUSE, 20_000)]
    check(BASKETBALL, tally(BASKETBALL, events), back[0], "timekeeper")
    found = tally(BASKETBALL, [*events, *back, tap(2, BLUE, "two", at=30_000)])
    assert (found.ended, found.score) == (False, (2, 2))
    assert found.clock.at(60_000)[0] == 100_000


def test_special_win_stops_the_clock():
    found = tally(KUNG_FU, [START, Event("w", K.SPECIAL, 52_000, RED, value=520)])
    assert found.clock.at(60_000)[0] == 128_000
    assert not found.clock.running


def test_end_stops_everything():
    found = tally(BASKETBALL, [START, Event("x", K.END, 20_000)])
    assert (found.ended, found.ended_at, found.clock.running) == (True, 20_000, False)


@pytest.mark.parametrize(
    ("known", "event", "role", "code"),
    [
        ([Event("s", K.START, 9000, code="play")], tap(1, RED, "two"), "referee", "match_not_started"),
        ([START], Event("u", K.UNDO, 50, undoes="s"), "referee", "clock_is_timekeepers"),
        ([START], tap(1, RED, "seven"), "referee", "unknown_action"),
        ([START], tap(1, None, "two"), "referee", "side_missing"),
        ([START], tap(1, RED, "two"), "timekeeper", "not_your_part"),
        ([START, Event("x", K.END, 500)], tap(1, RED, "two"), "referee", "match_over"),
        ([START], Event("p", K.PAUSE, 5), "referee", "clock_is_timekeepers"),
        ([], Event("p", K.PAUSE, 5), "timekeeper", "match_not_started"),
        ([], Event("p", K.START, 5, code="third"), "timekeeper", "unknown_phase"),
        ([START], Event("w", K.SPECIAL, 5, RED, value=400), "head", "no_special_win"),
        ([], Event("b", K.POSSESSION, 5, side=RED), "timekeeper", "no_shot_clock"),
    ],
)
def test_events_that_cannot_count_get_their_reason(known, event, role, code):
    with pytest.raises(RuleError, match=code):
        check(BASKETBALL, tally(BASKETBALL, known), event, role)


def test_event_made_before_the_end_is_taken_however_late_it_comes():
    known = tally(BASKETBALL, [START, Event("x", K.END, 90_000)])
    check(BASKETBALL, known, tap(1, RED, "two", at=80_000), "referee")


def test_task_beyond_its_most_is_refused():
    known = tally(KUNG_FU, [START, *(tap(n, RED, "rack") for n in range(9))])
    with pytest.raises(RuleError, match="count_impossible"):
        check(KUNG_FU, known, tap(99, RED, "rack"), "referee")


def test_impossible_time_of_a_special_win_is_refused():
    for value in (0, 1801):
        with pytest.raises(RuleError, match="time_impossible"):
            check(KUNG_FU, tally(KUNG_FU, [START]), Event("w", K.SPECIAL, 5, RED, value=value), "head")
