"""Shared ranks, ties that matter, advancing and prizes."""

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.contests.advancing import Prize, advance, allocate, prize_lines
from incubator.contests.ties import (
    Decision,
    Line,
    Placed,
    decide,
    rank,
    tied_groups,
    ties_that_matter,
)
from incubator.states import TieOutcome

LOTS = TieOutcome.LOTS


def ranking(*scores: float) -> list[Placed]:
    """Entries 1, 2, 3 … with these scores."""
    return rank({number: (Decimal(str(score)),) for number, score in enumerate(scores, 1)})


def shown(placed: list[Placed]) -> list[tuple[int, int]]:
    return [(p.entry_id, p.rank) for p in placed]


def test_shared_ranks_are_one_two_two_four() -> None:
    assert shown(ranking(9, 8, 8, 7)) == [(1, 1), (2, 2), (3, 2), (4, 4)]


def test_a_further_value_of_the_key_breaks_a_tie() -> None:
    assert shown(rank({1: (Decimal(8), Decimal(1)), 2: (Decimal(8), Decimal(2))})) == [(2, 1), (1, 2)]


def test_only_a_tie_with_a_line_through_it_matters() -> None:
    placed = ranking(9, 8, 8, 8, 7)
    assert [t.line for t in ties_that_matter(placed, [Line("a", 1), Line("b", 4)])] == []
    [tie] = ties_that_matter(placed, [Line("cut", 3)])
    assert (tie.rank, tie.entry_ids, tie.places, tie.group) == (2, (2, 3, 4), 2, {2, 3, 4})


def test_a_tie_across_two_lines_is_asked_for_each() -> None:
    assert [(t.line, t.places) for t in ties_that_matter(ranking(8, 8, 8), [Line("b", 2), Line("a", 1)])] == [
        ("a", 1),
        ("b", 2),
    ]


def test_lots_order_a_tie_and_may_leave_a_smaller_one() -> None:
    placed = decide(ranking(9, 8, 8, 8, 7), [Decision(frozenset({2, 3, 4}), LOTS, ((3,), (2, 4)))])
    assert shown(placed) == [(1, 1), (3, 2), (2, 3), (4, 3), (5, 5)]


def test_a_shared_tie_keeps_its_rank_and_is_not_asked_again() -> None:
    placed = decide(ranking(8, 8, 7), [Decision(frozenset({1, 2}), TieOutcome.SHARE)])
    assert shown(placed) == [(1, 1), (2, 1), (3, 3)]
    assert ties_that_matter(placed, [Line("cut", 1)]) == []


@pytest.mark.parametrize("entries", [{1, 2}, {2, 3, 9}, {2, 3, 4, 5}, {2}])
def test_a_decision_about_another_group_is_stale(entries: set[int]) -> None:
    placed = ranking(9, 8, 8, 7)
    decision = Decision(frozenset(entries), TieOutcome.SHARE)
    assert decide(placed, [decision]) == placed


@pytest.mark.parametrize("order", [((1,),), ((1,), (1,)), ((1,), (2,), (3,)), ()])
def test_an_order_must_name_each_tied_entry_once(order: tuple[tuple[int, ...], ...]) -> None:
    with pytest.raises(ValueError):
        Decision(frozenset({1, 2}), LOTS, order)


def test_a_shared_place_has_no_order() -> None:
    with pytest.raises(ValueError):
        Decision(frozenset({1, 2}), TieOutcome.SHARE, ((1,), (2,)))


def test_the_first_entries_advance() -> None:
    cut = advance(ranking(9, 8, 7, 6), 2)
    assert (cut.advanced, cut.left, cut.waiting) == ((1, 2), (3, 4), ())


def test_a_tie_over_the_cut_waits_and_blocks_only_its_own_entries() -> None:
    cut = advance(ranking(9, 8, 8, 7), 2)
    assert (cut.advanced, cut.left) == ((1,), (4,))
    assert [t.entry_ids for t in cut.waiting] == [(2, 3)]


def test_a_shared_tie_over_the_cut_advances_whole() -> None:
    placed = decide(ranking(9, 8, 8, 7), [Decision(frozenset({2, 3}), TieOutcome.SHARE)])
    assert advance(placed, 2).advanced == (1, 2, 3)


def test_prizes_go_down_the_ranking() -> None:
    prizes = [Prize(1, "first", 1), Prize(2, "second", 2)]
    assert allocate(ranking(9, 8, 7, 6), prizes).given == {1: 1, 2: 2, 3: 2}
    assert prize_lines(prizes) == [Line("first", 1), Line("second", 3)]


def test_a_tie_on_a_prizes_last_place_waits() -> None:
    found = allocate(ranking(9, 8, 8, 7), [Prize(1, "first", 1), Prize(2, "second", 1)])
    assert (found.given, found.settled) == ({1: 1}, False)
    assert [(t.line, t.entry_ids, t.places) for t in found.waiting] == [("second", (2, 3), 1)]


def test_entries_that_share_a_prize_use_up_places_of_the_next() -> None:
    placed = decide(ranking(9, 9, 8, 7), [Decision(frozenset({1, 2}), TieOutcome.SHARE)])
    assert allocate(placed, [Prize(1, "first", 1), Prize(2, "second", 2)]).given == {1: 1, 2: 1, 3: 2}


def test_a_withheld_prize_takes_no_place() -> None:
    prizes = [Prize(1, "first", 1, withheld=True), Prize(2, "second", 1)]
    assert allocate(ranking(9, 8), prizes).given == {1: 2}


def test_unworthy_entries_are_passed_over() -> None:
    assert allocate(ranking(9, 8, 8), [Prize(1, "first", 2)], worthy={2, 3}).given == {2: 1, 3: 1}


def test_a_prize_that_must_not_stay_empty_is_named() -> None:
    prizes = [Prize(1, "first", 1), Prize(2, "second", 1, may_stay_empty=False)]
    assert allocate(ranking(9), prizes).unfilled == (2,)
    assert allocate(ranking(9, 8), prizes).settled
    assert allocate(ranking(9), [Prize(1, "a", 1), Prize(2, "b", 1)]).settled


def test_bands_take_every_entry_that_reaches_them() -> None:
    prizes = [
        Prize(1, "first", low=Decimal(90)),
        Prize(2, "second", low=Decimal(80), high=Decimal("89.99")),
        Prize(3, "third", 1),
    ]
    assert allocate(ranking(95, 92, 85, 70, 60), prizes).given == {1: 1, 2: 1, 3: 2, 4: 3}


def test_a_band_with_too_many_entries_blocks() -> None:
    found = allocate(ranking(95, 94), [Prize(1, "first", 1, low=Decimal(90))])
    assert (found.overfull, found.settled) == ((1,), False)


SCORES = st.lists(st.integers(0, 6), min_size=1, max_size=25)


@given(SCORES)
def test_a_rank_is_one_more_than_the_number_of_better_entries(scores: list[int]) -> None:
    placed = ranking(*scores)
    assert all(p.rank == 1 + sum(s > p.key[0] for s in scores) for p in placed)
    assert sorted(p.entry_id for p in placed) == list(range(1, len(scores) + 1))


@given(SCORES, st.integers(1, 25))
def test_advancing_splits_the_entries_and_waits_only_for_one_tie(scores: list[int], quota: int) -> None:
    placed = ranking(*scores)
    cut = advance(placed, quota)
    waiting = [entry for tie in cut.waiting for entry in tie.entry_ids]
    assert sorted([*cut.advanced, *cut.left, *waiting]) == list(range(1, len(scores) + 1))
    assert len(cut.waiting) <= 1
    assert len(cut.advanced) <= quota
    if not waiting:
        assert len(cut.advanced) == min(quota, len(scores))


@given(SCORES, st.integers(1, 25), st.randoms())
def test_deciding_every_tie_by_lots_advances_exactly_the_quota(
    scores: list[int], quota: int, random: object
) -> None:
    placed = ranking(*scores)
    decisions = []
    for group in tied_groups(placed):
        ids = [p.entry_id for p in group]
        random.shuffle(ids)  # type: ignore[attr-defined]
        decisions.append(Decision(frozenset(ids), LOTS, tuple((i,) for i in ids)))
    after = decide(placed, decisions)
    assert tied_groups(after) == []
    assert len(advance(after, quota).advanced) == min(quota, len(scores))


@given(SCORES, st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_without_ties_no_prize_is_given_more_often_than_it_is_there(
    scores: list[int], counts: list[int]
) -> None:
    placed = rank({n: (Decimal(s), Decimal(n)) for n, s in enumerate(scores)})
    found = allocate(placed, [Prize(tier, str(tier), count) for tier, count in enumerate(counts)])
    given_out = Counter(found.given.values())
    assert found.waiting == ()
    assert all(given_out[tier] <= count for tier, count in enumerate(counts))
    assert len(found.given) == min(len(scores), sum(counts))
