"""The arithmetic of `scoring` over whole columns: numpy's 64-bit whole numbers, never floats."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
import numpy.typing as npt

from .scoring import Aggregate, Method, Missing, Result, Rounding, Row, Rule, Sheet, StepKind, Zero

Ints = npt.NDArray[np.int64]


def divide(numerator: Ints, denominator: Ints | int, rounding: Rounding) -> Ints:
    """Exact division of numbers that are not negative, rounded by the rule."""
    den = np.asarray(denominator, dtype=np.int64)
    if rounding is Rounding.DOWN:
        return np.asarray(numerator // den, dtype=np.int64)
    up = (2 * numerator + den) // (2 * den)
    if rounding is Rounding.HALF_EVEN:
        tie = (2 * numerator) % (2 * den) == den
        up = np.where(tie & (up % 2 == 1), up - 1, up)
    return np.asarray(up, dtype=np.int64)


@dataclass(slots=True)
class _Table:
    """The input as arrays: sheets sorted by entry, then by judge."""

    entry_ids: Ints
    entry: Ints  # index of the sheet's entry
    judge: Ints
    points: Ints  # sheets × judged criteria
    entered: Ints  # entries × other criteria
    total: Ints = field(init=False)
    keep: npt.NDArray[np.bool_] = field(init=False)

    def sums(self, values: Ints) -> Ints:
        """Sum of a value over the counted sheets of each entry (float sums would not be exact)."""
        out = np.zeros(len(self.entry_ids), dtype=np.int64)
        np.add.at(out, self.entry[self.keep], values[self.keep])
        return out

    def counts(self) -> Ints:
        return np.bincount(self.entry[self.keep], minlength=len(self.entry_ids)).astype(np.int64)


def tabulate(
    rules: Sequence[Rule],
    method: Method,
    entry_ids: Sequence[int],
    sheets: Sequence[Sheet],
    entered: Mapping[int, Sequence[int]],
) -> Result:
    """See `scoring.tabulate()`."""
    table = _table(rules, entry_ids, sheets, entered)
    given = table.counts()
    high, low = _extremes(table)  # of all that were handed in: what a gap warns of
    _drop_outliers(table, method)
    # A tie is not decided by a sheet that was left out as too far from the others; one that the trimmed mean leaves out
    # by its place alone is as good as the rest.
    best, worst = _extremes(table)
    _drop_ends(table, method)
    counted = table.counts()
    enough = (given >= _needed(method)) & (counted > 0)
    means = _means(rules, table, counted, method)
    totals = _totals(rules, table, counted, method)
    keys = _keys(rules, method, totals, means, best, worst)
    order, ranks, parted = _ranked(keys, enough, table.entry_ids)
    barred = _barred(method, table, totals)
    left_out = _left_out(table)
    rows = [
        Row(
            entry_id=int(table.entry_ids[i]),
            rank=ranks.get(i),
            total_e4=int(totals[i]) if counted[i] else None,
            sheets=int(given[i]),
            counted=int(counted[i]),
            means_e4=tuple(means[i].tolist()),
            key=tuple(keys[i].tolist()),
            spread_e4=int(high[i] - low[i]),
            worthy=bool(enough[i]) and not barred.get(i),
            reasons=barred.get(i, ()) if enough[i] else ("waiting",),
            separated_by=parted.get(i),
            left_out=left_out.get(i, ()),
        )
        for i in order.tolist()
    ]
    gaps = (
        () if method.gap_e4 is None else tuple(int(e) for e in table.entry_ids[(high - low) > method.gap_e4])
    )
    waiting = tuple(int(e) for e in table.entry_ids[~enough])
    return Result(rows, input_hash(rules, method, table), waiting, gaps)


def _table(
    rules: Sequence[Rule],
    entry_ids: Sequence[int],
    sheets: Sequence[Sheet],
    entered: Mapping[int, Sequence[int]],
) -> _Table:
    judged = [r for r in rules if r.by_judges]
    ids = np.array(sorted(entry_ids), dtype=np.int64)
    place = {int(e): i for i, e in enumerate(ids.tolist())}
    entry = np.fromiter((place[s.entry_id] for s in sheets), dtype=np.int64, count=len(sheets))
    judge = np.fromiter((s.judge_id for s in sheets), dtype=np.int64, count=len(sheets))
    points = np.array([s.points for s in sheets], dtype=np.int64).reshape(len(sheets), len(judged))
    order = np.lexsort((judge, entry))
    others = len(rules) - len(judged)
    given = np.array([entered.get(int(e), (0,) * others) for e in ids.tolist()], dtype=np.int64).reshape(
        len(ids), others
    )
    table = _Table(ids, entry[order], judge[order], points[order], given)
    table.total = table.points @ np.array([r.weight_e2 for r in judged], dtype=np.int64)
    table.keep = np.ones(len(sheets), dtype=bool)
    return table


def _needed(method: Method) -> int:
    return max(1, method.at_least if method.missing is Missing.MEAN else method.expected)


def _drop_outliers(table: _Table, method: Method) -> None:
    """Leave out sheets too far from the first mean, once, if at least two are left."""
    if method.outlier_e4 is None:
        return
    count, total = table.counts(), table.sums(table.total)
    n, mean_n = count[table.entry], total[table.entry]
    far = np.abs(table.total * n - mean_n) > method.outlier_e4 * n
    left = count - np.bincount(table.entry[far], minlength=len(table.entry_ids))
    table.keep &= ~(far & (left[table.entry] >= 2))


def _drop_ends(table: _Table, method: Method) -> None:
    """Leave out the highest and the lowest sheet of entries with three and more; equal ones by judge."""
    if method.aggregate is not Aggregate.TRIMMED:
        return
    enough = (table.counts() >= 3)[table.entry] & table.keep
    index = np.flatnonzero(enough)
    order = index[np.lexsort((table.judge[index], table.total[index], table.entry[index]))]
    group = table.entry[order]
    change = np.flatnonzero(np.diff(group)) if len(group) else np.array([], dtype=np.int64)
    firsts = np.concatenate(([0], change + 1)) if len(group) else change
    lasts = np.concatenate((change, [len(group) - 1])) if len(group) else change
    table.keep[order[firsts]] = False
    table.keep[order[lasts]] = False


def _means(rules: Sequence[Rule], table: _Table, counted: Ints, method: Method) -> Ints:
    """Mean of each criterion in e4 of a point, before its coefficient, rounded by the rule."""
    n, unit = np.maximum(counted, 1), 10 ** (4 - method.places)
    columns, judged, other = [], 0, 0
    for rule in rules:
        if rule.by_judges:
            column, judged = table.sums(table.points[:, judged]) * 100, judged + 1
        else:
            column, other = table.entered[:, other] * 100 * n, other + 1
        columns.append(divide(column, n * unit, method.rounding) * unit)
    return np.asarray(np.stack(columns, axis=1), dtype=np.int64)


def _totals(rules: Sequence[Rule], table: _Table, counted: Ints, method: Method) -> Ints:
    weights = np.array([r.weight_e2 for r in rules if not r.by_judges], dtype=np.int64)
    others = np.asarray(table.entered @ weights, dtype=np.int64)
    n, unit = np.maximum(counted, 1), 10 ** (4 - method.places)
    times = method.expected if method.aggregate is Aggregate.SUM else 1
    total = divide((table.sums(table.total) + others * n) * times, n * unit, method.rounding) * unit
    return np.asarray(total, dtype=np.int64)


def _extremes(table: _Table) -> tuple[Ints, Ints]:
    """Highest and lowest of the sheets of each entry that are kept; 0 and 0 without any."""
    high = np.zeros(len(table.entry_ids), dtype=np.int64)
    low = np.full(len(table.entry_ids), np.iinfo(np.int64).max)
    np.maximum.at(high, table.entry[table.keep], table.total[table.keep])
    np.minimum.at(low, table.entry[table.keep], table.total[table.keep])
    return high, np.minimum(low, high)


def _keys(rules: Sequence[Rule], method: Method, totals: Ints, means: Ints, high: Ints, low: Ints) -> Ints:
    """Columns that decide the rank, the higher the better: the total, then each step of the chain."""
    place = {r.id: i for i, r in enumerate(rules)}
    columns = [totals]
    for step in method.chain:
        if step.kind is StepKind.SPREAD:
            columns.append(low - high)
        elif step.kind is StepKind.BEST_SHEET:
            columns.append(high)
        else:
            # A chain may name the same criterion of several rubrics: those of this one count.
            columns.append(means[:, [place[c] for c in step.criteria if c in place]].sum(axis=1))
    return np.asarray(np.stack(columns, axis=1), dtype=np.int64)


def _ranked(
    keys: Ints, enough: npt.NDArray[np.bool_], ids: Ints
) -> tuple[Ints, dict[int, int], dict[int, int]]:
    """Order best first with those not ranked last, ranks 1, 2, 2, 4, and what parted each from the one before."""
    columns = [ids, *(-keys[:, c] for c in reversed(range(keys.shape[1]))), ~enough]
    order = np.asarray(np.lexsort(columns), dtype=np.int64)
    ranked = order[: int(enough.sum())]
    ranks: dict[int, int] = {}
    parted: dict[int, int] = {}
    if len(ranked):
        differs = keys[ranked][1:] != keys[ranked][:-1]
        new = np.concatenate(([True], differs.any(axis=1)))
        first = np.maximum.accumulate(np.where(new, np.arange(len(ranked)), 0))
        ranks = dict(zip(ranked.tolist(), (first + 1).tolist(), strict=True))
        column = differs.argmax(axis=1)
        parted = {int(ranked[j + 1]): int(column[j]) for j in np.flatnonzero(new[1:])}
    return order, ranks, parted


def _barred(method: Method, table: _Table, totals: Ints) -> dict[int, tuple[str, ...]]:
    """Index of entry -> why it may neither advance nor win: "minimum", "zero"."""
    why: dict[int, tuple[str, ...]] = {}
    if method.minimum_e4 is not None:
        why = {int(i): ("minimum",) for i in np.flatnonzero(totals < method.minimum_e4)}
    zero = np.zeros(len(table.entry_ids), dtype=bool)
    if method.zero is Zero.MEAN:  # by the marks themselves: a mean of 0,3 that is printed as 0 is not zero
        for column in range(table.points.shape[1]):
            zero |= (table.sums(table.points[:, column]) == 0) & (table.counts() > 0)
        zero |= (table.entered == 0).any(axis=1)
    elif method.zero is Zero.ANY:
        some = (table.points == 0).any(axis=1) & table.keep
        zero[table.entry[some]] = True
        zero |= (table.entered == 0).any(axis=1)
    for i in np.flatnonzero(zero).tolist():
        why[i] = (*why.get(i, ()), "zero")
    return why


def _left_out(table: _Table) -> dict[int, tuple[int, ...]]:
    out: dict[int, tuple[int, ...]] = {}
    for index in np.flatnonzero(~table.keep).tolist():
        entry = int(table.entry[index])
        out[entry] = (*out.get(entry, ()), int(table.judge[index]))
    return out


def input_hash(rules: Sequence[Rule], method: Method, table: _Table) -> str:
    """SHA-256 over everything that the ranking rests on; the order in which it was given does not matter."""
    head = json.dumps(
        [[asdict(r) for r in rules], method.parameters()], sort_keys=True, separators=(",", ":")
    )
    digest = hashlib.sha256(head.encode())
    for array in (table.entry_ids, table.entry, table.judge, table.points, table.entered):
        digest.update(f"{array.shape}".encode())
        digest.update(np.ascontiguousarray(array, dtype="<i8").tobytes())
    return digest.hexdigest()
