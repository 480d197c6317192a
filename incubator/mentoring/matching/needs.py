"""How much of what a team needs a mentor covers, place by place: a technical place reads technical needs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .coverage import Bools, Ints
from .problem import ANY_KIND, Mentor, Need, Team
from .skills import SkillTree

LEVEL_VALUE = {1: 400, 2: 700, 3: 1000}


def needs_for(team: Team, kind: str, tree: SkillTree) -> list[Need]:
    """The team's needs that a place of this kind is for: topics of the same kind, and of none."""
    return [
        need for need in team.needs if kind == ANY_KIND or tree.kind_of(need.topic) in ("", ANY_KIND, kind)
    ]


def need_values(
    teams: Sequence[Team], mentors: Sequence[Mentor], tree: SkillTree, kind: str
) -> tuple[Ints, Bools]:
    """Coverage (T x M): sum of priority x level over the needs, divided by the sum of priorities."""
    needs = [needs_for(team, kind, tree) for team in teams]
    topics = sorted({need.topic for row in needs for need in row})
    index = {topic: j for j, topic in enumerate(topics)}
    wanted = np.zeros((len(teams), len(topics)))
    for i, row in enumerate(needs):
        for need in row:
            wanted[i, index[need.topic]] += need.priority
    sums = np.maximum(wanted.sum(axis=1), 1).astype(np.int64)[:, None]
    covered = np.rint(wanted @ _levels(mentors, topics, tree).T).astype(np.int64)
    return (2 * covered + sums) // (2 * sums), both_known(
        [bool(row) for row in needs], [bool(m.skills) for m in mentors]
    )


def _levels(mentors: Sequence[Mentor], topics: list[str], tree: SkillTree) -> NDArray[np.float64]:
    """Each mentor's level in each topic, by the skill that covers it best."""
    held = sorted({skill.topic for mentor in mentors for skill in mentor.skills})
    share = {
        skill: np.array([tree.match(skill, topic) for topic in topics], dtype=np.int64) for skill in held
    }
    table = np.zeros((len(mentors), len(topics)))
    for i, mentor in enumerate(mentors):
        for skill in mentor.skills:
            table[i] = np.maximum(table[i], share[skill.topic] * LEVEL_VALUE[skill.level] // 1000)
    return table


def both_known(left: Sequence[bool], right: Sequence[bool]) -> Bools:
    both: Bools = np.logical_and.outer(np.array(left, dtype=bool), np.array(right, dtype=bool))
    return both


def need_evidence(
    team: Team, mentor: Mentor, tree: SkillTree, kind: str
) -> list[tuple[str, tuple[str, ...], str]]:
    """(code, values, source) a need: which skill meets it at what level, or that none does."""
    found: list[tuple[str, tuple[str, ...], str]] = []
    for need in needs_for(team, kind, tree):
        fitting = [s for s in mentor.skills if tree.match(s.topic, need.topic)]
        if not fitting:
            found.append(("need_open", (need.topic,), need.source))
            continue
        skill = max(fitting, key=lambda s: tree.match(s.topic, need.topic) * LEVEL_VALUE[s.level])
        found.append(("need_met", (need.topic, skill.topic, str(skill.level)), skill.source))
    return found
