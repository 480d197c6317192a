"""Report on judges: who marks high or low, sheets that look copied. It never changes an official mark.

Additive model (Lawrence 2014; Kuhlisch et al. 2016): mark of judge j for entry i = mean + entry_i + severity_j + rest,
severity shrunk towards zero with weight LAMBDA (σ²/α_b, 1 to 6 for lay judges; start with 3). Refused where judges
share no entries or have marked too few: there a strong entry and a mild judge cannot be told apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from .allocation import components
from .scoring import Sheet

LAMBDA = 3.0
FEWEST = 8
ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Effect:
    """In points: `severity` > 0 marks milder than the others, after shrinking."""

    judge_id: int
    sheets: int
    mean: float
    severity: float


@dataclass(frozen=True, slots=True)
class Report:
    """`refused` is "" or why no model is shown: "disconnected" or "few". `moved` lists (entry, raw rank, model rank)."""

    effects: tuple[Effect, ...]
    refused: str
    moved: tuple[tuple[int, int, int], ...]
    identical: tuple[tuple[int, int, int], ...]  # entry, judge, judge: the same mark on every criterion
    straight: tuple[tuple[int, int], ...]  # judge, entry: the same share of the maximum on every criterion


def report(sheets: Sequence[Sheet], totals: Sequence[int], maxima: Sequence[int]) -> Report:
    """Judge effects and alarms. `totals` are the sheets' totals in e4, `maxima` the criteria's maxima in e2."""
    judges_of: dict[int, set[int]] = defaultdict(set)
    for sheet in sheets:
        judges_of[sheet.entry_id].add(sheet.judge_id)
    counts = {j: sum(s.judge_id == j for s in sheets) for j in {s.judge_id for s in sheets}}
    refused = ""
    if len(components(judges_of)) > 1:
        refused = "disconnected"
    elif min(counts.values(), default=0) < FEWEST:
        refused = "few"
    severity, adjusted = ({}, {}) if refused else _fit(sheets, totals)
    effects = tuple(
        Effect(
            j,
            n,
            sum(t for s, t in zip(sheets, totals, strict=True) if s.judge_id == j) / n / 10_000,
            severity.get(j, 0.0),
        )
        for j, n in sorted(counts.items())
    )
    return Report(
        effects, refused, _moved(sheets, totals, adjusted), identical(sheets), straight_lined(sheets, maxima)
    )


def _fit(sheets: Sequence[Sheet], totals: Sequence[int]) -> tuple[dict[int, float], dict[int, float]]:
    """Minimise Σ(x − f_i − b_j)² + λΣb_j² by turns, until nothing moves. Returns (severity, adjusted entry score)."""
    import numpy as np

    entries = sorted({s.entry_id for s in sheets})
    judges = sorted({s.judge_id for s in sheets})
    at, who = {e: i for i, e in enumerate(entries)}, {j: i for i, j in enumerate(judges)}
    row = np.array([at[s.entry_id] for s in sheets])
    column = np.array([who[s.judge_id] for s in sheets])
    marks = np.array(totals, dtype=float) / 10_000
    per_entry = np.bincount(row, minlength=len(entries))
    per_judge = np.bincount(column, minlength=len(judges))
    severity = np.zeros(len(judges))
    for _ in range(ROUNDS):
        entry = np.bincount(row, marks - severity[column], minlength=len(entries)) / per_entry
        new = np.bincount(column, marks - entry[row], minlength=len(judges)) / (per_judge + LAMBDA)
        if np.abs(new - severity).max() < 1e-9:
            break
        severity = new
    entry = np.bincount(row, marks - severity[column], minlength=len(entries)) / per_entry
    return dict(zip(judges, severity.tolist(), strict=True)), dict(zip(entries, entry.tolist(), strict=True))


def _moved(
    sheets: Sequence[Sheet], totals: Sequence[int], adjusted: Mapping[int, float]
) -> tuple[tuple[int, int, int], ...]:
    if not adjusted:
        return ()
    raw: dict[int, list[int]] = defaultdict(list)
    for sheet, total in zip(sheets, totals, strict=True):
        raw[sheet.entry_id].append(total)
    means = {e: sum(v) / len(v) for e, v in raw.items()}
    before, after = _places(means), _places(adjusted)
    moved = [(e, before[e], after[e]) for e in means if before[e] != after[e]]
    return tuple(sorted(moved, key=lambda m: (-abs(m[1] - m[2]), m[1])))


def _places(scores: Mapping[int, float]) -> dict[int, int]:
    return {e: place for place, e in enumerate(sorted(scores, key=lambda e: (-scores[e], e)), start=1)}


def identical(sheets: Sequence[Sheet]) -> tuple[tuple[int, int, int], ...]:
    """Pairs of sheets of one entry that agree on every criterion (three criteria and more)."""
    by_entry: dict[int, list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        by_entry[sheet.entry_id].append(sheet)
    return tuple(
        (entry, min(a.judge_id, b.judge_id), max(a.judge_id, b.judge_id))
        for entry, listed in sorted(by_entry.items())
        for a, b in combinations(listed, 2)
        if len(a.points) >= 3 and a.points == b.points
    )


def straight_lined(sheets: Sequence[Sheet], maxima: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Sheets with the same share of the maximum on each of three and more criteria."""
    return tuple(
        sorted(
            (s.judge_id, s.entry_id)
            for s in sheets
            if len(maxima) >= 3
            and all(p * maxima[0] == s.points[0] * m for p, m in zip(s.points, maxima, strict=True))
        )
    )
