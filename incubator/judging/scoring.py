"""From marks to ranks, exactly: whole numbers only, so that two machines never disagree about a place.

Units: a mark is an int in hundredths of a point (e2), a coefficient in hundredths (e2), so a weighted total comes
out in ten-thousandths (e4) without any rounding. Division happens once per value, by the contest's rounding rule,
and what was rounded is what is compared and what is printed.

Sources of the rules: mean of those present (biên bản of TT 18/2016/TT-BGDĐT); minimum total and no criterion at zero
(Quảng Ngãi 2021); 20 × votes / most votes to one decimal (Thái Nguyên 2025); a mark too far from the first mean is
left out and the mean taken again (forms of evaluation councils); dropping the highest and the lowest sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any


class Aggregate(StrEnum):
    MEAN = "mean"
    SUM = "sum"  # k times the mean, which for k equal sheets is the sum
    TRIMMED = "trimmed"  # mean without the highest and the lowest sheet


class Missing(StrEnum):
    """What happens at closing to an entry with fewer than k sheets."""

    WAIT = "wait"
    RESERVE = "reserve"  # a reserve judge has to fill the place
    MEAN = "mean"  # mean of those present, if there are at least m


class Rounding(StrEnum):
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


class Zero(StrEnum):
    ALLOW = "allow"
    MEAN = "mean"  # a criterion whose mean is zero bars advancing and prizes
    ANY = "any"  # one judge's zero bars


class StepKind(StrEnum):
    CRITERION = "criterion"  # the higher mean of a criterion
    CRITERIA = "criteria"  # the higher sum of several criteria
    SPREAD = "spread"  # the smaller gap between the highest and the lowest sheet, outliers left out
    BEST_SHEET = "best_sheet"  # the highest single sheet that is no outlier


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the tie-break chain."""

    kind: StepKind
    criteria: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A criterion as the arithmetic sees it."""

    id: int
    max_e2: int
    step_e2: int = 100
    weight_e2: int = 100
    by_judges: bool = True


@dataclass(frozen=True, slots=True)
class Method:
    """How a stage is tabulated. Stored with every tabulation."""

    expected: int = 3  # k, sheets per entry
    aggregate: Aggregate = Aggregate.MEAN
    missing: Missing = Missing.WAIT
    at_least: int = 1  # m
    places: int = 2
    rounding: Rounding = Rounding.HALF_UP
    minimum_e4: int | None = None
    zero: Zero = Zero.ALLOW
    outlier_e4: int | None = None  # a sheet further than this from the first mean does not count
    gap_e4: int | None = None  # sheets further apart than this must be marked again
    chain: tuple[Step, ...] = ()

    def parameters(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Method:
        """From `parameters()` as JSON gives it back; unknown names are refused by the constructor."""
        kinds = {"aggregate": Aggregate, "missing": Missing, "rounding": Rounding, "zero": Zero}
        values: dict[str, Any] = {k: kinds[k](v) if k in kinds else v for k, v in stored.items()}
        values["chain"] = tuple(
            Step(StepKind(s["kind"]), tuple(s["criteria"])) for s in stored.get("chain", ())
        )
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A counted sheet; `points` in hundredths, in the order of the criteria that judges mark."""

    entry_id: int
    judge_id: int
    points: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry's result. `means` per criterion in e4, in the order of all criteria; `separated_by` is the index of
    the key that parted it from the entry before it (0 total, 1… chain), None for the first and for a full tie."""

    entry_id: int
    rank: int | None
    total_e4: int | None
    sheets: int
    counted: int
    means_e4: tuple[int, ...]
    key: tuple[int, ...]
    spread_e4: int
    worthy: bool
    reasons: tuple[str, ...]
    separated_by: int | None
    left_out: tuple[int, ...] = ()  # judges whose sheet did not count (trimmed, outlier)


@dataclass(frozen=True, slots=True)
class Result:
    rows: list[Row]
    input_hash: str
    waiting: tuple[int, ...] = ()  # entries with too few sheets
    gaps: tuple[int, ...] = ()  # entries whose sheets are too far apart

    @property
    def settled(self) -> bool:
        return not self.waiting and not self.gaps


def mark_problem(rule: Rule, points_e2: int) -> str | None:
    """Why a mark cannot stand: "range" or "step"; None when it can."""
    if not 0 <= points_e2 <= rule.max_e2:
        return "range"
    return "step" if points_e2 % rule.step_e2 else None


def sheet_total_e4(rules: Sequence[Rule], points: Sequence[int]) -> int:
    """Weighted total of one judge's marks."""
    return sum(p * r.weight_e2 for r, p in zip((r for r in rules if r.by_judges), points, strict=True))


def votes_to_points(votes: Mapping[int, int], max_e2: int) -> dict[int, int]:
    """max × votes / most votes, rounded half up to a tenth of a point; all zero when nobody voted."""
    most = max(votes.values(), default=0)
    if most == 0:
        return dict.fromkeys(votes, 0)
    return {k: (2 * max_e2 * v + 10 * most) // (20 * most) * 10 for k, v in votes.items()}


def tabulate(
    rules: Sequence[Rule],
    method: Method,
    entry_ids: Sequence[int],
    sheets: Sequence[Sheet],
    entered: Mapping[int, Sequence[int]] | None = None,
) -> Result:
    """Rank the entries of one division. `entered` has, per entry, the points of the criteria that judges do not mark.

    Cost is linear in the number of marks, but for the final sort. Entries without enough sheets are listed in
    `waiting` and have no rank. Raises KeyError for a sheet of an entry that is not listed.
    """
    from . import tabulating  # numpy is loaded by the first tabulation, not by the start of the server

    return tabulating.tabulate(rules, method, entry_ids, sheets, entered or {})


def provisional(method: Method) -> Method:
    """The same rule while marks still come in: the mean of what is there, nothing waits."""
    return replace(method, missing=Missing.MEAN, at_least=1)
