"""The arithmetic of ranks against a slow model in fractions, and rule by rule."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.judging import scoring
from incubator.judging.scoring import Aggregate, Method, Missing, Rounding, Rule, Sheet, Step, StepKind, Zero

RULES = (Rule(1, 2500), Rule(2, 2500, step_e2=50, weight_e2=150), Rule(3, 2000, by_judges=False))


def slow(rules, method, entry_ids, sheets, entered):
    """The same rules, entry by entry, in fractions of a point. Returns {entry: (rank, total, means)}."""
    judged = [r for r in rules if r.by_judges]
    out = {}
    for entry in entry_ids:
        mine = sorted((s for s in sheets if s.entry_id == entry), key=lambda s: s.judge_id)
        if len(mine) < (method.at_least if method.missing is Missing.MEAN else method.expected) or not mine:
            out[entry] = None
            continue
        weigh = {
            s.judge_id: sum(Fraction(p * r.weight_e2, 10_000) for p, r in zip(s.points, judged, strict=True))
            for s in mine
        }
        if method.outlier_e4 is not None:
            first = sum(weigh.values()) / len(weigh)
            near = [s for s in mine if abs(weigh[s.judge_id] - first) <= Fraction(method.outlier_e4, 10_000)]
            mine = near if len(near) >= 2 else mine
        high, low = max(weigh[s.judge_id] for s in mine), min(weigh[s.judge_id] for s in mine)
        if method.aggregate is Aggregate.TRIMMED and len(mine) >= 3:
            mine = sorted(mine, key=lambda s: (weigh[s.judge_id], s.judge_id))[1:-1]
        means, position, other = [], 0, 0
        for rule in rules:
            if rule.by_judges:
                means.append(sum(Fraction(s.points[position], 100) for s in mine) / len(mine))
                position += 1
            else:
                means.append(Fraction(entered[entry][other], 100))
                other += 1
        total = sum(m * Fraction(r.weight_e2, 100) for m, r in zip(means, rules, strict=True))
        total *= method.expected if method.aggregate is Aggregate.SUM else 1
        rounded = [rounded_by(method, m) for m in means]
        key = [rounded_by(method, total)]
        for step in method.chain:
            if step.kind is StepKind.SPREAD:
                key.append(low - high)
            elif step.kind is StepKind.BEST_SHEET:
                key.append(high)
            else:
                key.append(sum(rounded[[r.id for r in rules].index(c)] for c in step.criteria))
        out[entry] = (tuple(key), rounded)
    ranked = [k[0] for k in out.values() if k]
    return {e: v and (1 + sum(k > v[0] for k in ranked), v[0][0], v[1]) for e, v in out.items()}


def rounded_by(method, value: Fraction) -> Fraction:
    mode = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.HALF_EVEN: ROUND_HALF_EVEN, Rounding.DOWN: ROUND_DOWN}[
        method.rounding
    ]
    scaled = value * 10**method.places
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    # only what the rounding needs to see: below, on or above the half
    half = (
        0
        if rest == 0
        else (
            Decimal("0.5")
            if 2 * rest == scaled.denominator
            else Decimal("0.2")
            if 2 * rest < scaled.denominator
            else Decimal("0.8")
        )
    )
    return Fraction(int((Decimal(whole) + half).quantize(Decimal(1), rounding=mode)), 10**method.places)


methods = st.builds(
    Method,
    expected=st.integers(1, 5),
    aggregate=st.sampled_from(Aggregate),
    missing=st.sampled_from(Missing),
    at_least=st.integers(1, 3),
    places=st.integers(0, 4),
    rounding=st.sampled_from(Rounding),
    outlier_e4=st.none() | st.integers(0, 400_000),
    chain=st.sampled_from(
        [
            (),
            (Step(StepKind.CRITERION, (2,)),),
            (Step(StepKind.SPREAD), Step(StepKind.CRITERIA, (1, 3)), Step(StepKind.BEST_SHEET)),
        ]
    ),
)


@st.composite
def rounds(draw):
    entries = list(range(10, 10 + draw(st.integers(1, 8))))
    sheets = [
        Sheet(e, j, (draw(st.integers(0, 5)) * 500, draw(st.integers(0, 10)) * 250))
        for e in entries
        for j in range(draw(st.integers(0, 5)))
    ]
    return entries, draw(st.permutations(sheets)), {e: (draw(st.integers(0, 20)) * 100,) for e in entries}


@given(methods, rounds())
@settings(max_examples=300, deadline=None)
def test_the_fast_table_equals_the_model_in_fractions(method, given_round):
    entries, sheets, entered = given_round
    fast = scoring.tabulate(RULES, method, entries, sheets, entered)
    expected = slow(RULES, method, entries, sheets, entered)
    for row in fast.rows:
        model = expected[row.entry_id]
        assert row.rank == (model and model[0])
        if model:
            assert Fraction(row.total_e4, 10_000) == model[1]
            assert [Fraction(m, 10_000) for m in row.means_e4] == model[2]
    assert set(fast.waiting) == {e for e, v in expected.items() if v is None}


@given(rounds(), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_the_order_of_the_input_changes_nothing(given_round, shuffler):
    entries, sheets, entered = given_round
    method = Method(expected=1, missing=Missing.MEAN)
    first = scoring.tabulate(RULES, method, entries, sheets, entered)
    again_entries, again_sheets = entries[:], list(sheets)
    shuffler.shuffle(again_entries)
    shuffler.shuffle(again_sheets)
    again = scoring.tabulate(RULES, method, again_entries, again_sheets, entered)
    assert first == again


ONE = (Rule(1, 10_000),)


def ranks(method, *totals):
    sheets = [
        Sheet(e, j, (p,)) for e, given_points in enumerate(totals, 1) for j, p in enumerate(given_points)
    ]
    return scoring.tabulate(ONE, method, range(1, len(totals) + 1), sheets)


def by_entry(result):
    return {r.entry_id: r for r in result.rows}


def test_equal_totals_share_a_rank_and_the_next_counts_them():
    result = ranks(Method(expected=1), (9000,), (8000,), (8000,), (7000,))
    assert [(r.entry_id, r.rank) for r in result.rows] == [(1, 1), (2, 2), (3, 2), (4, 4)]
    assert [r.separated_by for r in result.rows] == [None, 0, None, 0]


def test_what_is_printed_is_what_is_compared():
    # 81,664… and 81,666… are 81,66 and 81,67 with two decimals, the same with one
    two = ranks(Method(expected=3), (8166, 8166, 8167), (8166, 8167, 8167))
    one = ranks(Method(expected=3, places=1), (8166, 8166, 8167), (8166, 8167, 8167))
    assert [r.total_e4 for r in two.rows] == [816_700, 816_600]
    assert [r.rank for r in one.rows] == [1, 1]


@pytest.mark.parametrize(("rounding", "total"), [("half_up", 1300), ("half_even", 1200), ("down", 1200)])
def test_rounding_of_an_exact_half(rounding, total):
    # sheets of 0,12 and 0,13: their mean 0,125 lies between
    result = ranks(Method(expected=2, rounding=Rounding(rounding)), (12, 13))
    assert result.rows[0].total_e4 == total


def test_a_sum_with_unequal_sheets_is_the_mean_times_k():
    method = Method(expected=3, aggregate=Aggregate.SUM, missing=Missing.MEAN, at_least=2)
    rows = by_entry(ranks(method, (8000, 9000, 7000), (8000, 9000)))
    assert (rows[1].total_e4, rows[2].total_e4) == (2_400_000, 2_550_000)


def test_an_entry_with_too_few_sheets_waits_and_has_no_rank():
    result = ranks(Method(expected=2), (8000, 8000), (9000,))
    assert result.waiting == (2,)
    assert not result.settled
    assert by_entry(result)[2].rank is None
    assert by_entry(result)[2].reasons == ("waiting",)


def test_trimming_leaves_out_one_sheet_at_each_end():
    row = ranks(Method(expected=4, aggregate=Aggregate.TRIMMED), (1000, 5000, 6000, 10_000)).rows[0]
    assert row.total_e4 == 550_000
    assert row.left_out == (0, 3)


def test_an_outlier_is_left_out_once_and_the_mean_taken_again():
    row = ranks(Method(expected=4, outlier_e4=200_000), (8000, 8200, 8100, 3000)).rows[0]
    assert row.total_e4 == 810_000
    assert row.left_out == (3,)


@pytest.mark.parametrize("kind", [StepKind.BEST_SHEET, StepKind.SPREAD])
def test_a_sheet_left_out_as_too_far_decides_no_tie(kind):
    method = Method(expected=4, outlier_e4=200_000, chain=(Step(kind),))
    rows = by_entry(ranks(method, (5000, 5000, 5000, 9900), (4900, 5000, 5100, 5000)))
    assert rows[1].total_e4 == rows[2].total_e4
    best = (
        2 if kind is StepKind.BEST_SHEET else 1
    )  # 51 is the higher sheet that counts; three fifties lie closer
    assert rows[best].rank == 1
    assert rows[1].spread_e4 == 490_000  # the board still tells how far apart the sheets are


def test_an_end_that_the_trimmed_mean_leaves_out_may_decide_a_tie():
    method = Method(expected=4, aggregate=Aggregate.TRIMMED, chain=(Step(StepKind.BEST_SHEET),))
    rows = by_entry(ranks(method, (4000, 5000, 5000, 6000), (4000, 5000, 5000, 7000)))
    assert (rows[2].rank, rows[1].rank) == (1, 2)


def test_two_sheets_far_apart_are_kept_but_reported_as_a_gap():
    result = ranks(Method(expected=2, outlier_e4=50_000, gap_e4=200_000), (8800, 6100), (7000, 7100))
    assert result.gaps == (1,)
    assert by_entry(result)[1].counted == 2


def test_a_minimum_bars_prizes_but_not_the_rank():
    rows = by_entry(ranks(Method(expected=1, minimum_e4=500_000), (4900,), (5000,)))
    assert (rows[1].rank, rows[1].worthy, rows[1].reasons) == (2, False, ("minimum",))
    assert rows[2].worthy


@pytest.mark.parametrize(
    ("rule", "worthy"), [(Zero.ALLOW, [True, True]), (Zero.MEAN, [True, False]), (Zero.ANY, [False, False])]
)
def test_a_criterion_at_zero(rule, worthy):
    rules = (Rule(1, 1000), Rule(2, 1000))
    sheets = [Sheet(1, 1, (500, 0)), Sheet(1, 2, (500, 100)), Sheet(2, 1, (500, 0)), Sheet(2, 2, (500, 0))]
    result = by_entry(scoring.tabulate(rules, Method(expected=2, zero=rule), [1, 2], sheets))
    assert [result[1].worthy, result[2].worthy] == worthy


def test_the_chain_parts_equal_totals_in_its_order():
    rules = (Rule(1, 1000), Rule(2, 1000))
    sheets = [Sheet(1, 1, (400, 600)), Sheet(2, 1, (600, 400)), Sheet(3, 1, (500, 500))]
    method = Method(expected=1, chain=(Step(StepKind.CRITERION, (2,)),))
    result = scoring.tabulate(rules, method, [1, 2, 3], sheets)
    assert [(r.entry_id, r.rank, r.separated_by) for r in result.rows] == [(1, 1, None), (3, 2, 1), (2, 3, 1)]


def test_points_from_votes_are_rounded_to_a_tenth():
    assert scoring.votes_to_points({1: 300, 2: 200, 3: 1, 4: 0}, 2000) == {1: 2000, 2: 1330, 3: 10, 4: 0}
    assert scoring.votes_to_points({1: 0}, 2000) == {1: 0}


@pytest.mark.parametrize(
    ("points", "problem"), [(0, None), (2550, "range"), (-50, "range"), (125, "step"), (150, None)]
)
def test_a_mark_keeps_to_maximum_and_step(points, problem):
    assert scoring.mark_problem(Rule(1, 2500, step_e2=50), points) == problem


def test_every_input_is_part_of_the_hash():
    base = ranks(Method(expected=1), (9000,), (8000,)).input_hash
    assert ranks(Method(expected=1), (9000,), (8000,)).input_hash == base
    assert ranks(Method(expected=1), (9000,), (8001,)).input_hash != base
    assert ranks(Method(expected=1, places=1), (9000,), (8000,)).input_hash != base
    assert ranks(Method(expected=1), (9000,), (8000,), (0,)).input_hash != base


def test_a_method_survives_storage():
    method = Method(
        expected=7,
        aggregate=Aggregate.TRIMMED,
        chain=(Step(StepKind.CRITERIA, (1, 2)), Step(StepKind.SPREAD)),
    )
    import json

    assert Method.of(json.loads(json.dumps(method.parameters()))) == method
    assert scoring.provisional(method) == replace(method, missing=Missing.MEAN, at_least=1)


def test_nothing_to_rank():
    assert scoring.tabulate(ONE, Method(), [], []).rows == []
    assert scoring.tabulate(ONE, Method(aggregate=Aggregate.TRIMMED), [5], []).waiting == (5,)


def big(entries: int):
    draw = random.Random(1)
    rules = tuple(Rule(i, 1000) for i in range(8))
    sheets = [
        Sheet(e, j, tuple(draw.randrange(0, 1001, 100) for _ in rules))
        for e in range(entries)
        for j in range(5)
    ]
    return rules, sheets


def test_ten_thousand_entries_in_two_seconds():
    rules, sheets = big(10_000)
    method = Method(expected=5, chain=(Step(StepKind.CRITERION, (3,)), Step(StepKind.SPREAD)))
    begun = time.perf_counter()
    result = scoring.tabulate(rules, method, range(10_000), sheets)
    assert time.perf_counter() - begun < 2
    assert result.rows[0].rank == 1
    assert len(result.rows) == 10_000


def test_cost_grows_with_the_marks_and_not_faster():
    def cost(entries: int) -> float:
        rules, sheets = big(entries)
        times = []
        for _ in range(3):
            begun = time.process_time()
            scoring.tabulate(rules, Method(expected=5), range(entries), sheets)
            times.append(time.process_time() - begun)
        return min(times)

    assert cost(8000) < 4 * 2 * cost(2000)


def test_only_marks_of_zero_bar_and_not_a_small_mean_that_is_printed_as_zero():
    rules = (Rule(1, 1000), Rule(2, 1000))
    method = Method(expected=3, places=0, zero=Zero.MEAN)
    sheets = [Sheet(1, j, (100 if j == 0 else 0, 500)) for j in range(3)] + [
        Sheet(2, j, (0, 900)) for j in range(3)
    ]
    rows = {r.entry_id: r for r in scoring.tabulate(rules, method, [1, 2], sheets).rows}
    assert (rows[1].means_e4[0], rows[1].worthy) == (0, True)
    assert (rows[2].worthy, rows[2].reasons) == (False, ("zero",))
