"""Brackets from 2 to 64 entrants: shape, byes, cross-over, filling by reference."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.matches.bracket_places import places
from incubator.matches.brackets import (
    VACANT,
    From,
    Source,
    crossover,
    from_lines,
    knockout,
    read_source,
    resolve,
)
from incubator.matches.outcomes import Presence, Sheet, decide
from incubator.matches.presets import BASKETBALL
from incubator.matches.refusals import RuleError

ALL = range(2, 65)


def seeds(count):
    return [Source(From.SEED, nth=n) for n in range(1, count + 1)]


def beat(red, blue):
    """The lower seed wins."""
    return decide(BASKETBALL, Sheet(red, 100 - red), Sheet(blue, 100 - blue))


def play(ties, known=None):
    results = dict(known or {})
    while True:
        filled = resolve(ties, lambda source: source.nth, results)
        ready = [
            f
            for f in filled.values()
            if f.result is None
            and f.winner is None
            and f.red not in (None, VACANT)
            and f.blue not in (None, VACANT)
        ]
        if not ready:
            return filled
        results |= {f.tie.code: beat(f.red, f.blue) for f in ready}


@pytest.mark.parametrize("count", ALL)
def test_every_size_has_one_match_less_than_teams_and_ends_as_seeded(count):
    ties = knockout(seeds(count))
    real = [tie for tie in ties if tie.round != 3]
    assert len(real) == count - 1
    assert len({tie.code for tie in ties}) == len(ties)
    used = Counter(s.nth for tie in ties for s in tie.sources if s.kind is From.SEED)
    assert used == Counter(range(1, count + 1))
    final = places(play(ties))
    assert [team for *_, team in final][:2] == [1, 2]
    assert sorted(team for *_, team in final) == list(range(1, count + 1))
    if count >= 4:
        assert final[2][:2] == (3, 3)
        assert final[2][2] == 3


@pytest.mark.parametrize("count", ALL)
def test_byes_go_to_the_best_seeds(count):
    ties = knockout(seeds(count))
    first = max(tie.round for tie in ties)
    byes = first - count if first >= count else 0
    playing = {s.nth for tie in ties if tie.round == first for s in tie.sources if s.kind is From.SEED}
    assert playing == set(range(byes + 1, count + 1))


def test_sizes_outside_are_refused():
    for count in (0, 1, 65):
        with pytest.raises(RuleError, match="bracket_size"):
            knockout(seeds(count))
    with pytest.raises(RuleError, match="bracket_lines"):
        from_lines(seeds(3))


def test_crossover_of_four_groups_is_the_usual_one():
    lines = [f"{s.ref}{s.place}" for s in crossover("ABCD", 2)]
    assert lines == ["A1", "B2", "C1", "D2", "B1", "A2", "D1", "C2"]


@given(st.integers(1, 12), st.integers(1, 4), st.integers(0, 4))
def test_crossover_never_lets_a_group_meet_at_once_where_that_can_be_avoided(groups, per_group, extra):
    names = [chr(65 + n) for n in range(groups)]
    count = groups * per_group + extra
    if groups < 2 or not 2 <= count <= 64:
        return
    lines = crossover(
        names, per_group, [Source(From.BEST, place=per_group + 1, nth=n + 1) for n in range(extra)]
    )
    assert sum(line is not None for line in lines) == count
    assert len({str(line) for line in lines if line}) == count
    for red, blue in zip(lines[::2], lines[1::2], strict=True):
        assert red is not None or blue is not None
        if red and blue and red.kind is blue.kind is From.PLACE and groups > 2:
            assert red.ref != blue.ref


def test_nothing_moves_forward_before_its_source_is_decided():
    ties = knockout(seeds(4))
    filled = resolve(ties, lambda source: source.nth, {})
    assert (filled["SF1"].red, filled["SF1"].blue) == (1, 4)
    assert filled["F"].red is None
    assert places(filled) == []


def test_both_lost_gives_the_next_opponent_a_bye():
    ties = knockout(seeds(4))
    gone = [Sheet(team, presence=Presence.ABSENT) for team in (1, 4)]
    filled = play(ties, {"SF1": decide(BASKETBALL, *gone)})
    assert filled["F"].winner == 2
    assert filled["F"].bye
    assert filled["3P"].winner == 3


def test_both_places_empty_stay_empty():
    ties = knockout(seeds(4))
    results = {
        code: decide(BASKETBALL, *(Sheet(t, presence=Presence.DISQUALIFIED) for t in pair))
        for code, pair in {"SF1": (1, 4), "SF2": (2, 3)}.items()
    }
    filled = resolve(ties, lambda source: source.nth, results)
    assert filled["F"].winner is VACANT
    assert places(filled) == []


def test_result_of_other_teams_is_marked_stale():
    ties = knockout(seeds(4))
    known = {"SF1": beat(1, 4), "SF2": beat(2, 3), "F": beat(1, 2)}
    corrected = {**known, "SF1": decide(BASKETBALL, Sheet(1, 0), Sheet(4, 9))}
    assert not resolve(ties, lambda s: s.nth, known)["F"].stale
    assert resolve(ties, lambda s: s.nth, corrected)["F"].stale


@pytest.mark.parametrize(
    "text", ["place:A:1", "place:Bảng: x:2", "best:2:1", "seed:5", "winner:QF1", "loser:SF2", "team:7"]
)
def test_sources_are_read_as_written(text):
    assert str(read_source(text)) == text


@pytest.mark.parametrize("text", ["", "winner:", "place:A", "nobody:1", "seed:x"])
def test_unreadable_source_is_refused(text):
    with pytest.raises(RuleError, match="unknown_source"):
        read_source(text)


def test_unknown_feeder_is_refused():
    ties = [t for t in knockout(seeds(4)) if t.code != "SF1"]
    with pytest.raises(RuleError, match="unknown_match"):
        resolve(ties, lambda s: s.nth, {})


def test_podium_stands_once_the_final_is_official():
    from incubator.matches.queries.views.brackets import BracketView
    from incubator.matches.queries.views.matches import MatchView, SideView
    from incubator.models import MatchState

    def played(code, winner, loser, state=MatchState.CONFIRMED):
        red, blue = SideView(1, winner, "", won=True), SideView(2, loser, "", lost=True)
        return MatchView(1, code, code, code, state, "", "", "", None, None, None, red, blue)

    def podium(final, third):
        view = BracketView([], [], [], 0, 0, [("", [final])], third)
        return [(medal, side.team) for medal, _word, side in view.podium]

    third = played("3P", "Sao Mai", "Tia Chớp")
    assert podium(played("F", "Hải Âu", "Ong Vàng"), third) == [
        ("g", "Hải Âu"),
        ("s", "Ong Vàng"),
        ("b", "Sao Mai"),
    ]
    assert podium(played("F", "Hải Âu", "Ong Vàng"), None) == [("g", "Hải Âu"), ("s", "Ong Vàng")]
    assert podium(played("F", "Hải Âu", "Ong Vàng", MatchState.PROPOSED), third) == []
