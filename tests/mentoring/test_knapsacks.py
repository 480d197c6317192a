"""Sets of places under heads and hours, against every subset."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.mentoring.matching.knapsacks import Knapsack


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-5, 9), st.integers(0, 6)), min_size=1, max_size=6),
    st.integers(0, 4),
    st.integers(-1, 14),
    st.integers(0, 8),
)
def test_the_best_set_and_every_set_near_it(pairs, heads, most, gap):
    profit, hours = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    sack = Knapsack(np.arange(len(pairs)), hours, heads, most)
    tables = sack.tables(profit)
    able = {
        chosen: int(profit[list(chosen)].sum())
        for size in range(min(heads, len(pairs)) + 1)
        for chosen in itertools.combinations(range(len(pairs)), size)
        if most < 0 or hours[list(chosen)].sum() <= most
    }
    best = max(able.values())
    assert able[sack.best(profit, tables)] == best == tables[0][-1, -1]
    near = list(sack.within(profit, tables, best - gap))
    assert len(near) == len(set(near))
    assert set(near) == {chosen for chosen, sum_ in able.items() if sum_ >= best - gap}
    bound = sack.with_pair(profit, tables)
    assert all(bound[i] >= sum_ for chosen, sum_ in able.items() for i in chosen)
