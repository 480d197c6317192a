"""Other methods on the same instance, printed beside the optimum: greedy and deferred acceptance.

Both look at one place at a time, so they take the first place of every row in turn.
"""

from __future__ import annotations

import numpy as np

from incubator.mentoring.matching.coverage import NOBODY, Matching
from incubator.mentoring.matching.instance import Instance


def greedy_in_order(instance: Instance) -> Matching:
    """Each place takes the best mentor that is left."""
    matching = Matching.empty(instance.rows, len(instance.heads))
    for row in range(instance.rows):
        open_to = instance.allowed[row] & (matching.load < instance.heads)
        if open_to.any():
            mentor = int(np.where(open_to, instance.score[row], -1).argmax())
            matching.mate[row] = mentor
            matching.load[mentor] += 1
    return matching


def greedy_best_pair(instance: Instance) -> Matching:
    """The best pair of all first."""
    matching = Matching.empty(instance.rows, len(instance.heads))
    rows, mentors = np.nonzero(instance.allowed)
    for index in np.argsort(-instance.score[rows, mentors], kind="stable"):
        row, mentor = int(rows[index]), int(mentors[index])
        if matching.mate[row] == NOBODY and matching.load[mentor] < instance.heads[mentor]:
            matching.mate[row] = mentor
            matching.load[mentor] += 1
    return matching


def deferred_acceptance(instance: Instance) -> Matching:
    """Teams ask in order of their scores, mentors keep those they like best: stable, not the most."""
    wish = instance.value - 8 * instance.score
    matching = Matching.empty(instance.rows, len(instance.heads))
    order = [
        [int(m) for m in np.argsort(-instance.score[row], kind="stable") if instance.allowed[row, m]]
        for row in range(instance.rows)
    ]
    asked = [0] * instance.rows
    held: list[list[int]] = [[] for _ in instance.heads]
    waiting = list(range(instance.rows))
    while waiting:
        row = waiting.pop()
        if asked[row] >= len(order[row]):
            continue
        mentor = order[row][asked[row]]
        asked[row] += 1
        held[mentor].append(row)
        if len(held[mentor]) > instance.heads[mentor]:
            held[mentor].sort(key=lambda r: (-int(wish[r, mentor]), r))
            waiting.append(held[mentor].pop())
    for mentor, rows in enumerate(held):
        matching.mate[rows] = mentor
        matching.load[mentor] = len(rows)
    return matching
