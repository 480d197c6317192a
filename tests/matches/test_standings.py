"""Tables: the tie chains as the rules say them, and what must hold whatever the results are."""

from __future__ import annotations

import time
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.matches.across import Placed, best_placed
from incubator.matches.explain import Because, StillLevel, neighbours, why
from incubator.matches.game_json import chain_from
from incubator.matches.games import Chain, DropRule, Points
from incubator.matches.outcomes import (
    Outcome,
    Presence,
    Reason,
    Result,
    Ruling,
    Sheet,
    SideResult,
    decide,
    forfeit,
)
from incubator.matches.presets import BASKETBALL, FIFA_2022, FIFA_2026, KUNG_FU, PRESETS, SIMPLE
from incubator.matches.refusals import RuleError
from incubator.matches.scenarios import Chance, chances
from incubator.matches.standings import Decision, rank, table

TEAMS = "ABCDE"


def goals(game, *scores):
    """Results from lines such as "A-B 2-1"."""
    results = []
    for text in scores:
        names, score = text.split()
        red, blue = names.split("-")
        r, b = (int(x) for x in score.split("-"))
        results.append(decide(game, Sheet(red, r), Sheet(blue, b)))
    return results


def order(found):
    return [(row.rank, row.line.team) for row in found.rows]


def names(found):
    return "".join(str(row.line.team) for row in found.rows)


def test_head_to_head_is_applied_anew_to_those_still_level_only():
    # B beat C, C beat D, D beat B, all by five; goals among the three: B 6, C 6, D 5: D is apart, B and C are
    # looked at by themselves, where B won; the old set would leave them level and go on to the whole group.
    results = goals(FIFA_2026, "A-B 3-0", "A-C 2-0", "A-D 3-0", "B-C 6-1", "C-D 5-0", "D-B 5-0")
    found = table("ABCD", results, FIFA_2026)
    assert names(found) == "ABCD"
    reason = why(found, "C", "B")
    assert isinstance(reason, Because)
    assert (reason.upper, reason.criterion.code, reason.among) == ("B", "mutual_points", frozenset("BC"))
    assert why(found, "C", "D").criterion.code == "mutual_for"
    assert why(found, "C", "D").among == frozenset("BCD")
    never = replace(FIFA_2026, chain=replace(FIFA_2026.chain, reapply="never"))
    kept = table("ABCD", results, never)
    assert why(kept, "B", "C").criterion.code == "diff"
    assert names(kept) == "ACBD"


def test_narrowing_after_each_criterion_finds_the_same_here():
    results = goals(FIFA_2026, "A-B 3-0", "A-C 2-0", "A-D 3-0", "B-C 6-1", "C-D 5-0", "D-B 5-0")
    each = replace(FIFA_2026, chain=replace(FIFA_2026.chain, reapply="each"))
    found = table("ABCD", results, each)
    assert names(found) == "ABCD"
    assert why(found, "B", "C").among == frozenset("BC")


def test_three_beating_each_other_are_parted_by_mutual_difference_and_it_is_said_so():
    results = goals(FIFA_2026, "A-B 1-0", "A-C 1-0", "A-D 1-0", "B-C 5-0", "C-D 3-0", "D-B 1-0")
    reason = why(table("ABCD", results, FIFA_2026), "B", "C")
    assert (reason.criterion.code, reason.values) == ("mutual_diff", (4, -2))
    assert reason.among == frozenset("BCD")
    assert reason.level_on == ("points", "mutual_points")


def test_fifa_2018_group_h_is_decided_by_conduct():
    def match(red, r, blue, b, conduct):
        one, two = Sheet(red, r, conduct=conduct[0]), Sheet(blue, b, conduct=conduct[1])
        return decide(FIFA_2022, one, two)

    results = [
        match("COL", 1, "JPN", 2, (-1, -1)),
        match("POL", 1, "SEN", 2, (-1, -2)),
        match("JPN", 2, "SEN", 2, (-2, -3)),
        match("POL", 0, "COL", 3, (-2, -1)),
        match("JPN", 0, "POL", 1, (-1, 0)),
        match("SEN", 0, "COL", 1, (-1, -1)),
    ]
    found = table(("COL", "JPN", "SEN", "POL"), results, FIFA_2022)
    assert order(found) == [(1, "COL"), (2, "JPN"), (3, "SEN"), (4, "POL")]
    assert why(found, "JPN", "SEN").criterion.code == "conduct"


def test_special_wins_then_their_mean_time_with_no_time_last():
    def win(red, blue, special=None):
        return decide(KUNG_FU, Sheet(red, 50, special), Sheet(blue, 40))

    results = [win("A", "D", 510), win("B", "D", 600), win("B", "A", 400), win("C", "B"), win("A", "C", 490)]
    results += [win("C", "D")]
    found = table("ABCD", results, KUNG_FU)
    # two wins each; B 2 specials mean 500, A 2 specials mean 500: level, so mean of points; C has none
    assert found.rank_of("C") == 3
    a, b = (next(row.line for row in found.rows if row.line.team == team) for team in "AB")
    time_criterion = KUNG_FU.chain.criteria[2]
    assert a.value(time_criterion) == b.value(time_criterion) == Fraction(500)
    assert next(row.line for row in found.rows if row.line.team == "C").value(time_criterion) is None


def test_means_are_exact_where_floats_would_tie():
    chain = chain_from(["average_for"])
    one = [
        Result(SideResult("A", Outcome.WIN, s), SideResult(f"x{n}", Outcome.LOSS))
        for n, s in enumerate([1, 0, 0])
    ]
    big = 10**17
    lines = {row.line.team: row.line for row in table(["A", "x0", "x1", "x2"], one, SIMPLE).rows}
    lines["A"].scored, lines["x0"].scored = big + 1, big
    lines["A"].played = lines["x0"].played = 3
    assert order(rank({t: lines[t] for t in ("A", "x0")}, chain)) == [(1, "A"), (2, "x0")]


def test_unbroken_tie_shares_the_rank_and_a_decision_for_that_very_set_settles_it():
    results = goals(SIMPLE, "A-B 1-0", "B-C 1-0", "C-A 1-0")
    found = table("ABC", results, SIMPLE)
    assert order(found) == [(1, "A"), (1, "B"), (1, "C")]
    assert (found.ties[0].first, found.ties[0].last) == (1, 3)
    assert isinstance(neighbours(found)[0], StillLevel)
    settled = table("ABC", results, SIMPLE, decisions=[Decision(("C", "A", "B"), "lots")])
    assert order(settled) == [(1, "C"), (2, "A"), (3, "B")]
    assert why(settled, "A", "C").how == "lots"
    other = table("ABC", results, SIMPLE, decisions=[Decision(("A", "B"), "lots")])
    assert other.ties
    assert len(other.unused) == 1


def test_shared_ranks_are_one_two_two_four():
    results = goals(SIMPLE, "A-B 2-0", "A-C 2-0", "A-D 9-0", "B-C 1-1", "B-D 3-0", "C-D 3-0")
    assert [row.rank for row in table("ABCD", results, SIMPLE).rows] == [1, 2, 2, 4]


def test_group_of_three_plays_twice_and_the_best_three_count():
    scores = ("A-B 9-0", "B-A 8-0", "A-C 1-0", "C-A 0-5", "B-C 1-0", "C-B 2-0")
    found = table("ABC", goals(BASKETBALL, *scores), BASKETBALL, drop=DropRule(3, 2, 3))
    top = found.rows[0].line
    assert (top.team, top.played, top.wins, top.points) == ("A", 3, 3, 9)


def test_disqualified_side_scores_nothing_and_the_other_keeps_its_own():
    result = decide(BASKETBALL, Sheet("A", 20, presence=Presence.DISQUALIFIED), Sheet("B", 4))
    assert result.reason is Reason.DISQUALIFIED
    assert (result.red.scored, result.blue.scored, result.winner) == (0, 4, "B")


def test_absent_side_loses_and_the_present_one_counts_what_it_earned_or_the_fixed_score():
    absent = Sheet("B", presence=Presence.ABSENT)
    assert decide(BASKETBALL, Sheet("A", 17), absent).red.scored == 17
    assert decide(FIFA_2022, Sheet("A"), absent).red.scored == 3


def test_both_absent_both_lose():
    gone = [Sheet(team, presence=Presence.ABSENT) for team in "AB"]
    result = decide(BASKETBALL, *gone)
    assert result.both_lost
    assert result.winner is None
    assert result.loser is None


def test_level_match_without_draws_waits_for_the_jury():
    with pytest.raises(RuleError, match="jury_needed"):
        decide(BASKETBALL, Sheet("A", 5), Sheet("B", 5))
    assert decide(BASKETBALL, Sheet("A", 5), Sheet("B", 5), ruling=Ruling("jury", 1)).winner == "B"


def test_special_win_beats_score_and_the_earlier_of_two_wins():
    assert decide(KUNG_FU, Sheet("A", 0, 400), Sheet("B", 90)).winner == "A"
    assert decide(KUNG_FU, Sheet("A", 0, 400), Sheet("B", 90, 399)).reason is Reason.SPECIAL


def test_penalties_decide_knockouts_only():
    level = (Sheet("A", 1), Sheet("B", 1))
    shot = Ruling(penalty=(4, 3))
    assert decide(FIFA_2022, *level, ruling=shot).reason is Reason.DRAW
    assert decide(FIFA_2022, *level, ruling=shot, knockout=True).winner == "A"


def test_one_side_not_finished_loses_with_its_points():
    result = decide(BASKETBALL, Sheet("A", 30, presence=Presence.NOT_FINISHED), Sheet("B", 2))
    assert (result.winner, result.red.scored) == ("B", 30)


def test_forfeit_counts_the_fixed_score():
    assert forfeit(FIFA_2022, "A", "B").red.scored == 3


def test_team_of_another_group_is_refused():
    with pytest.raises(RuleError, match="team_not_in_group"):
        table("AB", goals(SIMPLE, "A-C 1-0"), SIMPLE)


def test_surrogate_match_is_in_no_table():
    result = replace(goals(SIMPLE, "A-B 1-0")[0], counts=False)
    assert table("AB", [result], SIMPLE).rows[0].line.played == 0


# --- runners-up across groups ---


def test_best_runners_up_compare_means_in_uneven_groups_or_drop_the_last():
    four = goals(SIMPLE, "A-B 2-0", "A-C 2-0", "A-D 2-0", "B-C 1-0", "B-D 9-0", "C-D 1-0")
    three = goals(SIMPLE, "E-F 1-0", "E-G 1-0", "F-G 3-0")
    groups = [
        Placed("1", table("ABCD", four, SIMPLE), four),
        Placed("2", table("EFG", three, SIMPLE), three),
    ]
    by_mean = best_placed(groups, 2, SIMPLE)
    assert [c.code for c in by_mean.chain.criteria] == ["average_points", "average_diff", "average_for"]
    assert names(by_mean) == "BF"  # 6/3 against 3/2
    dropped = best_placed(groups, 2, replace(SIMPLE, across="drop_last"))
    assert names(dropped) == "FB"  # B without its 9-0: 3 points, −1


# --- properties ---

CHAINED = [game for game in PRESETS.values() if game.runs is None]


@st.composite
def groups(draw, games=CHAINED):
    game = draw(st.sampled_from(games))
    teams = list("ABCDEF"[: draw(st.integers(2, 6))])
    results = []
    for red, blue in combinations(teams, 2):
        if draw(st.booleans()) and draw(st.booleans()):
            continue
        sheets = [
            Sheet(
                team,
                draw(st.integers(0, 3)),
                draw(st.none() | st.integers(300, 303)) if game.special else None,
                conduct=-draw(st.integers(0, 1)),
                presence=draw(st.sampled_from([Presence.PRESENT] * 8 + list(Presence))),
            )
            for team in (red, blue)
        ]
        results.append(decide(game, *sheets, ruling=Ruling("jury", draw(st.integers(0, 1)))))
    return game, teams, results


@given(groups(), st.randoms(use_true_random=False))
def test_order_of_input_never_changes_a_table(group, rng):
    game, teams, results = group
    first = table(teams, results, game)
    shuffled, turned = list(teams), list(results)
    rng.shuffle(shuffled)
    rng.shuffle(turned)
    turned = [replace(r, red=r.blue, blue=r.red) if rng.random() < 0.5 else r for r in turned]
    again = table(shuffled, turned, game)
    assert order(first) == order(again)
    assert {frozenset(t.teams) for t in first.ties} == {frozenset(t.teams) for t in again.ties}


@given(groups())
def test_losses_minus_wins_are_twice_the_matches_lost_by_both(group):
    game, teams, results = group
    lines = [row.line for row in table(teams, results, game).rows]
    both = sum(result.both_lost for result in results)
    assert sum(line.losses for line in lines) - sum(line.wins for line in lines) == 2 * both
    assert sum(line.played for line in lines) == 2 * len(results)


@given(groups(), st.data())
def test_raising_a_score_never_lowers_a_team(group, data):
    game, teams, results = group
    played = [n for n, r in enumerate(results) if r.reason in (Reason.SCORE, Reason.DRAW)]
    if not played:
        return
    n = data.draw(st.sampled_from(played))
    old = results[n]
    before = table(teams, results, game)
    higher, other = (
        Sheet(side.team, side.scored + more, side.special_time, conduct=side.conduct)
        for side, more in ((old.red, 1), (old.blue, 0))
    )
    # The jury would have to favour the team that caught up, as it had lost before.
    raised = decide(game, higher, other, ruling=Ruling("jury", 0))
    after = table(teams, [*results[:n], raised, *results[n + 1 :]], game)
    assert after.rank_of(old.red.team) <= before.rank_of(old.red.team)


@given(groups())
def test_every_pair_has_a_reason_or_shares_a_rank(group):
    game, teams, results = group
    found = table(teams, results, game)
    assert sorted(row.line.team for row in found.rows) == sorted(teams)
    for upper, lower in combinations([row.line.team for row in found.rows], 2):
        reason = why(found, upper, lower)
        level = found.rank_of(upper) == found.rank_of(lower)
        assert isinstance(reason, StillLevel) is level
        if isinstance(reason, Because):
            assert (reason.upper, reason.lower) == (upper, lower)
            assert reason.values[0] != reason.values[1]


PENALISING = replace(SIMPLE, points=Points(2, 0, -1))


def _sheet(team, rng):
    """Any way one side can come out of a match, absent and disqualified too."""
    return Sheet(team, rng.randrange(9), presence=rng.choice([Presence.PRESENT] * 3 + list(Presence)))


@settings(max_examples=60, deadline=None)
@given(groups([SIMPLE, BASKETBALL, FIFA_2026, KUNG_FU, PENALISING]), st.data())
def test_scenario_verdicts_hold_however_the_rest_is_played(group, data):
    game, teams, results = group
    met = {frozenset((r.red.team, r.blue.team)) for r in results}
    open_pairs = [pair for pair in combinations(teams, 2) if frozenset(pair) not in met]
    places = data.draw(st.integers(1, len(teams)))
    verdicts = chances(teams, results, open_pairs, game, places)
    rng = Random(data.draw(st.integers(0, 10**6)))
    for _ in range(12):
        rest = [decide(game, _sheet(a, rng), _sheet(b, rng), ruling=Ruling("jury", 0)) for a, b in open_pairs]
        final = table(teams, [*results, *rest], game)
        for team, verdict in verdicts.items():
            shared = next((t for t in final.ties if team in t.teams), None)
            best = final.rank_of(team)
            worst = shared.last if shared else best
            if verdict is Chance.CLINCHED:
                assert worst <= places
            if verdict is Chance.ELIMINATED:
                assert best > places


def test_all_done_leaves_no_maybe():
    results = goals(SIMPLE, "A-B 1-0", "B-C 1-0", "A-C 1-0")
    found = chances("ABC", results, [], SIMPLE, 1)
    assert found == {"A": Chance.CLINCHED, "B": Chance.ELIMINATED, "C": Chance.ELIMINATED}


def test_leader_is_through_before_the_last_round():
    results = goals(SIMPLE, "A-B 1-0", "A-C 1-0", "B-D 1-0", "C-D 1-0")
    found = chances("ABCD", results, [("A", "D"), ("B", "C")], SIMPLE, 2)
    assert found["A"] is Chance.CLINCHED
    assert found["B"] is found["C"] is Chance.POSSIBLE


def test_nobody_is_out_while_rivals_may_both_lose_their_match():
    results = goals(SIMPLE, "A-B 1-0", "A-C 1-0", "B-D 1-0", "C-D 1-0")
    # D wins against A and has three; whoever wins B–C has six, but if neither appears both keep three as well.
    assert chances("ABCD", results, [("A", "D"), ("B", "C")], SIMPLE, 2)["D"] is Chance.POSSIBLE
    results = goals(SIMPLE, "A-B 1-0", "A-C 1-0", "B-D 1-0", "C-D 1-0", "B-C 1-1")
    assert chances("ABCD", results, [("A", "D")], SIMPLE, 2)["D"] is Chance.ELIMINATED


def test_loss_points_below_zero_are_known_to_the_verdicts_by_points():
    results = goals(PENALISING, "A-B 1-0")
    found = chances(
        list("ABCDEF"), results, [p for p in combinations("ABCDEF", 2) if p != ("A", "B")], PENALISING, 1
    )
    assert set(found.values()) == {Chance.POSSIBLE}


def test_many_open_matches_fall_back_to_points():
    found = chances(list("ABCDEF"), [], list(combinations("ABCDEF", 2)), SIMPLE, 2)
    assert set(found.values()) == {Chance.POSSIBLE}


def test_a_thousand_teams_and_twenty_thousand_matches_take_less_than_a_second():
    rng = Random(7)
    teams = [f"T{n}" for n in range(1000)]
    by_group = {g: teams[g * 10 : g * 10 + 10] for g in range(100)}
    results = {}
    for g, members in by_group.items():
        pairs = [rng.sample(members, 2) for _ in range(200)]
        results[g] = [
            decide(FIFA_2026, Sheet(a, rng.randrange(4)), Sheet(b, rng.randrange(4))) for a, b in pairs
        ]
    began = time.perf_counter()
    tables = [table(by_group[g], results[g], FIFA_2026) for g in by_group]
    took = time.perf_counter() - began
    assert sum(found.played for found in tables) == 20_000
    assert took < 1


def test_chain_says_which_name_it_does_not_know():
    with pytest.raises(RuleError, match="unknown_stat"):
        chain_from(["beauty"])
    with pytest.raises(RuleError, match="unknown_reapply"):
        Chain((), reapply="sometimes")
