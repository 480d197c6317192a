"""Why a place stays empty, and what would fill it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from .coverage import NOBODY
from .needs import needs_for
from .preparing import Prepared
from .solving import Result


@dataclass(frozen=True)
class Remedy:
    """One way out: a place more, a waiver, or a new mentor; `score` is what the pair would have."""

    code: str
    mentor: str = ""
    score: int = 0
    rule: str = ""
    topics: tuple[str, ...] = ()
    moves: int = 0


@dataclass(frozen=True)
class EmptyPlace:
    """An empty place: the reason, how many mentors each rule refuses, who is full, and remedies."""

    team: str
    kind: str
    reason: str
    refused: dict[str, int]
    full: tuple[str, ...]
    remedies: tuple[Remedy, ...]


def empty_places(result: Result) -> list[EmptyPlace]:
    """One entry a place that nobody fills, in order of team id."""
    found = [_explain(result, i, p) for i, p in result.empty]
    return sorted(found, key=lambda e: (e.team, e.kind))


def _explain(result: Result, i: int, p: int) -> EmptyPlace:
    prepared = result.prepared
    team, place, row = prepared.teams[i], prepared.teams[i].places[p], prepared.row_at[i, p]
    right = prepared.fitting(i, p)
    seated = {pair.mentor for pair in result.pairs if pair.team == team.id}
    able = [j for j in right if prepared.allowed[row, j] and prepared.mentors[j].id not in seated]
    refused = _refusals(prepared, i, row, right, seated)
    wanted = needs_for(team, place.kind, prepared.problem.tree)
    topics = tuple(need.topic for need in sorted(wanted, key=lambda n: -n.priority))
    invite = Remedy("invite", topics=topics)
    if not right:
        return EmptyPlace(team.id, place.kind, "no_kind", {}, (), (invite,))
    best = sorted(able, key=lambda j: (-int(prepared.score[row, j]), prepared.mentors[j].id))
    full = tuple(prepared.mentors[j].id for j in best)
    if best:
        more = Remedy("more_room", prepared.mentors[best[0]].id, int(prepared.score[row, best[0]]))
        return EmptyPlace(team.id, place.kind, "full", refused, full, (more, invite))
    waive = _best_waiver(result, i, row, right)
    return EmptyPlace(team.id, place.kind, "refused", refused, (), (*waive, invite))


def _refusals(prepared: Prepared, i: int, row: int, right: list[int], seated: set[str]) -> dict[str, int]:
    """How many mentors of the right kind each rule refuses, or sit in another place of the team."""
    found: Counter[str] = Counter()
    for j in right:
        if prepared.mentors[j].id in seated:
            found["in_team"] += 1
        elif not prepared.allowed[row, j]:
            verdicts = prepared.rules.verdicts(i, j, prepared.teams[i], prepared.mentors[j])
            found.update({v.rule for v in verdicts} or {_left_out(prepared, i, j)})
    return dict(sorted(found.items()))


def _left_out(prepared: Prepared, i: int, j: int) -> str:
    """No rule refuses the pair: it was not scored, or it has too few points."""
    given = prepared.tables.given
    return "not_considered" if given is not None and given[i, j] < 0 else "min_score"


def _best_waiver(result: Result, i: int, row: int, right: list[int]) -> tuple[Remedy, ...]:
    """The best pair that only waivable rules refuse; a mentor who has room left comes before one who is full."""
    prepared = result.prepared
    points, full = prepared.score[row], _full(result, row)
    for j in sorted(right, key=lambda j: (j in full, -int(points[j]))):
        verdicts = prepared.rules.verdicts(i, j, prepared.teams[i], prepared.mentors[j])
        if verdicts and all(v.waivable for v in verdicts):
            return (Remedy("waive", prepared.mentors[j].id, int(points[j]), verdicts[0].rule),)
    return ()


def _full(result: Result, row: int) -> set[int]:
    """Mentors without a place, or without the hours of this one."""
    instance, mate = result.prepared.instance, result.outcome.mate
    held = np.flatnonzero(mate != NOBODY)
    load = np.bincount(mate[held], minlength=len(instance.heads))
    spent = np.zeros(len(instance.heads), dtype=np.int64)
    np.add.at(spent, mate[held], instance.row_hours[held])
    short = (instance.hours >= 0) & (spent + instance.row_hours[row] > instance.hours)
    return set(np.flatnonzero((load >= instance.heads) | short).tolist())
