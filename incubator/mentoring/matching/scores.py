"""How well a mentor fits a team: 0 to 1000 whole points whose parts add up, with their evidence.

Each criterion has a value in thousandths. What is not known counts as 500 and says so; the pair
then shows the range from “the unknown is bad” to “the unknown is good”.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .coverage import Bools, Ints
from .needs import both_known, need_evidence, need_values
from .problem import CRITERIA, NEUTRAL, Mentor, Team, Weights
from .skills import SkillTree

HOURS_VALUE = (0, 400, 700, 1000)
"""Value of 0, 1, 2, 3 and more common hours a week."""
WISH_VALUE = (1000, 800, 600)
NOT_WISHED = 250
ONLINE = "online"
ONLINE_VALUE = 700


@dataclass(frozen=True)
class Evidence:
    """What a part of the score rests on: a code and the values it names."""

    code: str
    values: tuple[str, ...] = ()
    source: str = ""


@dataclass(frozen=True)
class Part:
    """One criterion of one pair. `points` of all parts sum to the score."""

    criterion: str
    value: int
    weight: int
    points: int
    known: bool
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True)
class PairScore:
    """The score of one pair, its parts, and its range while something is unknown."""

    points: int
    parts: tuple[Part, ...]
    low: int
    high: int


@dataclass(frozen=True)
class ScoreTable:
    """Values per criterion (T x M, thousandths), where they are known, and the points, per kind of place.

    Kinds differ in the needs that they read; all other criteria are shared.
    """

    weights: Weights
    values: dict[tuple[str, str], Ints]
    known: dict[tuple[str, str], Bools]
    points: dict[str, Ints]


def score_table(
    teams: Sequence[Team], mentors: Sequence[Mentor], tree: SkillTree, weights: Weights
) -> ScoreTable:
    """Score all pairs at once, for every kind of place that the teams have."""
    table = ScoreTable(weights, {}, {}, {})
    rest = np.zeros((len(teams), len(mentors)), dtype=np.int64)
    parts = weights.as_dict()
    for criterion, points in parts.items():
        if criterion != "needs":
            rest += points * _keep(table, criterion, "", *VALUES[criterion](teams, mentors, tree))
    for kind in sorted({place.kind for team in teams for place in team.places}):
        needs = _keep(table, "needs", kind, *need_values(teams, mentors, tree, kind))
        table.points[kind] = (rest + parts["needs"] * needs + 500) // 1000
    return table


def _keep(table: ScoreTable, criterion: str, kind: str, value: Ints, sure: Bools) -> Ints:
    found = np.where(sure, value, NEUTRAL)
    table.values[criterion, kind], table.known[criterion, kind] = found.astype(np.int16), sure
    return found


def incidence(sets: Sequence[frozenset[str]], keys: Sequence[str]) -> NDArray[np.float32]:
    """1 where row i holds key j."""
    index = {key: j for j, key in enumerate(keys)}
    table = np.zeros((len(sets), len(keys)), dtype=np.float32)
    for i, held in enumerate(sets):
        for key in held:
            if key in index:
                table[i, index[key]] = 1
    return table


def common(left: Sequence[frozenset[str]], right: Sequence[frozenset[str]]) -> Ints:
    """How many keys each pair of sets shares."""
    keys = sorted(frozenset().union(*left) & frozenset().union(*right)) if left and right else []
    shared: Ints = np.rint(incidence(left, keys) @ incidence(right, keys).T).astype(np.int64)
    return shared


def _field(teams: Sequence[Team], mentors: Sequence[Mentor], tree: SkillTree) -> tuple[Ints, Bools]:
    wanted = [frozenset({t.field}) if t.field else frozenset[str]() for t in teams]
    held = [m.fields for m in mentors]
    near = [frozenset(a for f in fields for a in (f, *tree.above(f)[:1])) for fields in wanted]
    nearby = [frozenset(a for f in fields for a in (f, *tree.above(f)[:1])) for fields in held]
    value = np.where(common(wanted, held) > 0, 1000, np.where(common(near, nearby) > 0, 600, 0))
    return value, both_known([bool(w) for w in wanted], [bool(h) for h in held])


def _slots(teams: Sequence[Team], mentors: Sequence[Mentor], tree: SkillTree) -> tuple[Ints, Bools]:
    left, right = [t.slots for t in teams], [m.slots for m in mentors]
    value = np.array(HOURS_VALUE)[np.minimum(common(left, right), len(HOURS_VALUE) - 1)]
    return value, both_known([bool(s) for s in left], [bool(s) for s in right])


def _stage(teams: Sequence[Team], mentors: Sequence[Mentor], tree: SkillTree) -> tuple[Ints, Bools]:
    wanted = [frozenset({t.stage}) if t.stage else frozenset[str]() for t in teams]
    held = [m.stages for m in mentors]
    return 1000 * common(wanted, held), both_known([bool(w) for w in wanted], [bool(h) for h in held])


def _place(teams: Sequence[Team], mentors: Sequence[Mentor], tree: SkillTree) -> tuple[Ints, Bools]:
    """In the same area 1000; otherwise online, where both do it."""
    areas = [frozenset({t.area}) if t.area else frozenset[str]() for t in teams]
    near = common(areas, [m.areas for m in mentors]) > 0
    online = np.logical_and.outer([ONLINE in t.modes for t in teams], [ONLINE in m.modes for m in mentors])
    value = np.where(near, 1000, np.where(online, ONLINE_VALUE, 0))
    sure = both_known([bool(a) for a in areas], [bool(m.areas) for m in mentors]) | online
    return value, sure


def _wish(teams: Sequence[Team], mentors: Sequence[Mentor], tree: SkillTree) -> tuple[Ints, Bools]:
    value = wish_points([t.wishes for t in teams], [m.id for m in mentors])
    return value, both_known([bool(t.wishes) for t in teams], [True] * len(mentors))


def wish_points(wishes: Sequence[tuple[str, ...]], others: Sequence[str]) -> Ints:
    """Points of ranked wishes: 1000, 800, 600, then 500; not named 250; no list at all 500."""
    table = np.full((len(wishes), len(others)), NEUTRAL, dtype=np.int64)
    index = {other: j for j, other in enumerate(others)}
    for i, ranked in enumerate(wishes):
        if ranked:
            table[i] = NOT_WISHED
        for rank, other in reversed(list(enumerate(ranked))):
            if other in index:
                table[i, index[other]] = WISH_VALUE[rank] if rank < len(WISH_VALUE) else NEUTRAL
    return table


VALUES: dict[str, Callable[[Sequence[Team], Sequence[Mentor], SkillTree], tuple[Ints, Bools]]] = {
    "field": _field,
    "slots": _slots,
    "stage": _stage,
    "place": _place,
    "wish": _wish,
}


def share_points(values: Sequence[int], weights: Sequence[int]) -> list[int]:
    """Whole points a criterion that sum to the rounded total (largest remainder)."""
    exact = [v * w for v, w in zip(values, weights, strict=True)]
    points = [e // 1000 for e in exact]
    left = (sum(exact) + 500) // 1000 - sum(points)
    order = sorted(range(len(exact)), key=lambda i: (-(exact[i] % 1000), i))
    for i in order[:left]:
        points[i] += 1
    return points


def explain(
    table: ScoreTable, i: int, j: int, kind: str, team: Team, mentor: Mentor, tree: SkillTree
) -> PairScore:
    """The parts of one pair in a place of this kind, with their evidence."""
    weights = table.weights.as_dict()
    keys = [(c, kind if c == "needs" else "") for c in CRITERIA]
    values = [int(table.values[key][i, j]) for key in keys]
    known = [bool(table.known[key][i, j]) for key in keys]
    points = share_points(values, [weights[c] for c in CRITERIA])
    parts = tuple(
        Part(c, v, weights[c], p, k, _evidence(c, kind, team, mentor, tree) if k else (Evidence("unknown"),))
        for c, v, p, k in zip(CRITERIA, values, points, known, strict=True)
    )
    low, high = (_with_unknown(parts, value) for value in (0, 1000))
    return PairScore(sum(points), parts, low, high)


def _evidence(criterion: str, kind: str, team: Team, mentor: Mentor, tree: SkillTree) -> tuple[Evidence, ...]:
    if criterion == "needs":
        return tuple(Evidence(*found) for found in need_evidence(team, mentor, tree, kind))
    return EVIDENCE[criterion](team, mentor, tree)


def _with_unknown(parts: Sequence[Part], value: int) -> int:
    return (sum(p.weight * (p.value if p.known else value) for p in parts) + 500) // 1000


def _field_evidence(team: Team, mentor: Mentor, tree: SkillTree) -> tuple[Evidence, ...]:
    same = team.field in mentor.fields
    return (Evidence("field_same" if same else "field_other", (team.field or "", *sorted(mentor.fields))),)


def _slots_evidence(team: Team, mentor: Mentor, tree: SkillTree) -> tuple[Evidence, ...]:
    return (Evidence("slots", tuple(sorted(team.slots & mentor.slots))),)


def _stage_evidence(team: Team, mentor: Mentor, tree: SkillTree) -> tuple[Evidence, ...]:
    same = team.stage in mentor.stages
    return (Evidence("stage_same" if same else "stage_other", (team.stage or "",)),)


def _place_evidence(team: Team, mentor: Mentor, tree: SkillTree) -> tuple[Evidence, ...]:
    if team.area in mentor.areas:
        return (Evidence("area_same", (team.area or "",)),)
    online = ONLINE in team.modes and ONLINE in mentor.modes
    return (Evidence("online" if online else "area_other", (team.area or "",)),)


def _wish_evidence(team: Team, mentor: Mentor, tree: SkillTree) -> tuple[Evidence, ...]:
    if mentor.id in team.wishes:
        return (Evidence("wish", (str(team.wishes.index(mentor.id) + 1),)),)
    return (Evidence("not_wished"),)


EVIDENCE: dict[str, Callable[[Team, Mentor, SkillTree], tuple[Evidence, ...]]] = {
    "field": _field_evidence,
    "slots": _slots_evidence,
    "stage": _stage_evidence,
    "place": _place_evidence,
    "wish": _wish_evidence,
}
