"""The fairness report of a run: who got how much, by district, field and origin; loads and wishes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np

from .coverage import NOBODY
from .solving import Result


def fairness(result: Result) -> dict[str, Any]:
    """Lowest, 5th and 50th percentile a group, loads, first wishes met and the blocking pairs."""
    prepared = result.prepared
    sums: dict[str, int] = defaultdict(int)
    for pair in result.pairs:
        sums[pair.team] += pair.score
    teams = {team.id: team for team in prepared.teams}
    groups = {
        name: _by_group((getattr(teams[team], name) or "", points) for team, points in sums.items())
        for name in ("district", "field", "origin")
    }
    wishing = [team for team in prepared.teams if team.wishes]
    seated = {(pair.team, pair.mentor) for pair in result.pairs}
    blocking = blocking_pairs(result)
    return {
        "all": spread(sums.values()),
        **groups,
        "first_wishes": {"met": sum((t.id, t.wishes[0]) in seated for t in wishing), "of": len(wishing)},
        "load": [
            {"mentor": m.id, "teams": result.load[m.id], "most": m.max_teams}
            for m in sorted(prepared.mentors, key=lambda m: m.id)
        ],
        "blocking_pairs": len(blocking),
        "blocking_examples": [list(pair) for pair in blocking[:20]],
    }


def _by_group(rows: Iterable[tuple[str, int]]) -> dict[str, dict[str, int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for group, points in rows:
        groups[group].append(points)
    return {group: spread(groups[group]) for group in sorted(groups)}


def spread(points: Iterable[int]) -> dict[str, int]:
    """Count, lowest, 5th and 50th percentile (lower values, so that each is somebody's own sum)."""
    ordered = sorted(points)
    if not ordered:
        return {"teams": 0, "lowest": 0, "p5": 0, "p50": 0}
    p5, p50 = (int(np.percentile(ordered, q, method="lower")) for q in (5, 50))
    return {"teams": len(ordered), "lowest": ordered[0], "p5": p5, "p50": p50}


def blocking_pairs(result: Result) -> list[tuple[str, str]]:
    """(team, mentor) that would both rather have each other than what they got."""
    prepared, instance, mate = result.prepared, result.prepared.instance, result.outcome.mate
    held = np.flatnonzero(mate != NOBODY)
    got = np.full(instance.rows, -1, dtype=np.int64)
    got[held] = instance.score[held, mate[held]]
    wish = instance.value - prepared.problem.settings.team_share * instance.score
    worst = np.full(len(instance.heads), -1, dtype=np.int64)
    full = np.bincount(mate[held], minlength=len(instance.heads)) >= instance.heads
    for mentor in np.flatnonzero(full):
        own = held[mate[held] == mentor]
        worst[mentor] = wish[own, mentor].min() if len(own) else np.iinfo(np.int64).max
    rather = instance.allowed & (instance.score > got[:, None]) & (wish > worst[None, :])
    rather[held, mate[held]] = False
    found = {
        (prepared.teams[int(instance.team[r])].id, prepared.mentors[int(m)].id)
        for r, m in np.argwhere(rather)
    }
    seated = {(pair.team, pair.mentor) for pair in result.pairs}
    return sorted(found - seated)
