"""Mentor matching: scoring and the staged optimum beside greedy and deferred acceptance, on one synthetic instance.

`python -m tests.bench.mentoring` prints it alone; `make bench` prints it once, before the requests. Nothing is asked over HTTP.
"""

from __future__ import annotations

import dataclasses
import random
import resource
import sys
import time
from typing import Any

from incubator.mentoring.matching import Mentor, Need, Place, Problem, Skill, SkillTopic, SkillTree, Team

SIZES = ((200, 500, 1.0, 0.1), (1000, 3000, 30.0, 30.0))
"""(mentors, teams, most seconds of both, most seconds of the optimum)"""


def instance(mentors: int, teams: int, seed: int = 1) -> Problem:
    """Topics, hours, areas, wishes and organisations drawn by a seed; 6 % more places than teams."""
    draw = random.Random(seed)
    topics, slots = [f"k{i}" for i in range(60)], [f"{d}-{h:02d}" for d in range(6) for h in range(8, 18)]
    fields, areas, bodies = ([f"{c}{i}" for i in range(n)] for c, n in (("f", 12), ("a", 9), ("o", 80)))
    tree = SkillTree.of(
        [
            *(SkillTopic(f"g{i}", f"g{i}") for i in range(10)),
            *(SkillTopic(t, t, f"g{i // 6}") for i, t in enumerate(topics)),
        ]
    )
    people = [
        Mentor(
            f"m{j}", max_teams=draw.randint(1, 4), skills=tuple(Skill(t, draw.randint(1, 3)) for t in draw.sample(topics, 5)),
            fields=frozenset(draw.sample(fields, 2)), languages=frozenset({"vi"}), modes=frozenset({"online"}),
            areas=frozenset(draw.sample(areas, 2)), slots=frozenset(draw.sample(slots, 8)), stages=frozenset({"pre"}),
            organisations=frozenset(draw.sample(bodies, 1)), wishes=tuple(f"t{n}" for n in draw.sample(range(teams), 3)),
        )
        for j in range(mentors)
    ]  # fmt: skip
    while sum(m.max_teams for m in people) < teams * 1.06:
        j = draw.randrange(mentors)
        people[j] = dataclasses.replace(people[j], max_teams=people[j].max_teams + 1)
    seekers = tuple(
        Team(
            f"t{i}", priority=draw.randint(1, 2), places=(Place(),), needs=tuple(Need(t, draw.randint(1, 3)) for t in draw.sample(topics, 3)),
            field=draw.choice(fields), languages=frozenset({"vi"}), modes=frozenset({"online"}), area=draw.choice(areas),
            slots=frozenset(draw.sample(slots, 9)), stage="pre", organisations=frozenset({draw.choice(bodies)}),
            wishes=tuple(f"m{j}" for j in draw.sample(range(mentors), 3)),
        )
        for i in range(teams)
    )  # fmt: skip
    return Problem(tuple(people), seekers, tree=tree, salt="bench")


def report(mentors: int, teams: int, whole: float, optimum: float) -> bool:
    """Print one size; True when a target was missed."""
    from incubator.mentoring.matching import comparison
    from incubator.mentoring.matching.flow import total
    from incubator.mentoring.matching.optimum import floor_of
    from incubator.mentoring.matching.solving import solve

    problem = instance(mentors, teams)
    best: Any = min(
        (solve(problem) for _ in range(5 if teams < 1000 else 1)), key=lambda r: sum(r.seconds.values())
    )
    rows = best.prepared.instance
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"\nmatching {mentors} mentors x {teams} teams: scoring {best.seconds['scoring']:.3f} s, optimum {best.seconds['solving']:.3f} s, {memory} MB"
    )
    filled = len(best.pairs)
    print(
        f"  {'staged optimum':<24}{filled:>6} of {teams}{sum(p.score for p in best.pairs):>9} points, lowest {best.floor}, proved {best.outcome.proved}"
    )
    for name in ("greedy_in_order", "greedy_best_pair", "deferred_acceptance"):
        start = time.perf_counter()
        found = getattr(comparison, name)(rows)
        spent = time.perf_counter() - start
        print(
            f"  {name:<24}{int((found.mate >= 0).sum()):>6} of {teams}{total(rows.score, found):>9} points, lowest {floor_of(rows, found)}, {spent:.3f} s"
        )
    missed = (
        sum(best.seconds.values()) > whole or best.seconds["solving"] > optimum or not best.outcome.proved
    )
    if missed:
        print(f"  wanted: both under {whole} s, the optimum under {optimum} s, proved")
    return missed


_missed: list[bool] = []


def cases(_bench: object) -> list[object]:
    """No requests; the sizes are printed once a run."""
    if not _missed:
        _missed.extend(report(*size) for size in SIZES)
    return []


if __name__ == "__main__":
    import ortools.graph.python.min_cost_flow  # noqa: F401 - loading it is not solving

    missed = [report(*size) for size in SIZES]
    sys.exit(int(any(missed)))
