"""Which groups a team may still be drawn into, exactly: a bipartite flow that is kept complete throughout
the draw.

Schools supply teams, groups have room, and between school and group stands how many of its teams the group
may take
(and, where a school has more teams than groups, must take). A pick is allowed if and only if the flow can
be rerouted
through it; that is reachability in the residual graph, so one search answers for all groups at once.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from incubator.matches.refusals import RuleError


@dataclass(frozen=True, slots=True)
class Entrant:
    """A team to be drawn. `school` keeps teams apart, `pot` spreads seeded teams (None: no pot)."""

    key: Any
    school: Any
    pot: int | None = None


class Plan(Protocol):
    """What the draw asks of a feasibility keeper."""

    def allowed(self, entrant: Entrant) -> list[int]: ...

    def place(self, entrant: Entrant, group: int) -> None: ...


Bounds = dict[Any, tuple[int, int]]  # school -> least and most of its teams in one group


def bounds_to_try(schools: Mapping[Any, int], groups: int) -> list[Bounds]:
    """From the strictest rule to the loosest: as even as can be, then only the ceiling, then one more
    each."""
    even = {school: (count // groups, max(1, -(-count // groups))) for school, count in schools.items()}
    tries = [even]
    for more in range(max(schools.values(), default=1) + 1):
        tries.append({school: (0, most + more) for school, (_, most) in even.items()})
    return tries


class FlowPlan:
    """A complete assignment of schools' teams to groups that every allowed pick keeps possible."""

    def __init__(self, entrants: Sequence[Entrant], sizes: Sequence[int], bounds: Bounds) -> None:
        supply = Counter(entrant.school for entrant in entrants)
        self.schools = sorted(supply, key=lambda school: (-supply[school], str(school)))
        self.at = {school: n for n, school in enumerate(self.schools)}
        self.least = [[bounds[school][0]] * len(sizes) for school in self.schools]
        self.most = [[bounds[school][1]] * len(sizes) for school in self.schools]
        self.flow = [list(row) for row in self.least]
        self.left = [supply[school] - sum(row) for school, row in zip(self.schools, self.flow, strict=True)]
        self.room = [size - sum(row[j] for row in self.flow) for j, size in enumerate(sizes)]
        if min(self.left, default=0) < 0 or min(self.room, default=0) < 0:
            raise RuleError("draw_not_possible")
        for i, count in enumerate(self.left):
            for _ in range(count):
                self._augment(i)

    def _augment(self, start: int) -> None:
        """Send one more team of a school to some group with room, moving planned teams of others out of
        the way."""
        came: dict[int, tuple[int, int | None]] = {}  # group -> (school, group that school leaves)
        queue: deque[tuple[int, int | None]] = deque([(start, None)])
        seen = {start}
        while queue:
            school, leaves = queue.popleft()
            for j, most in enumerate(self.most[school]):
                if j in came or self.flow[school][j] >= most:
                    continue
                came[j] = (school, leaves)
                if self.room[j] > 0:
                    self._reroute(came, j)
                    return
                for k in range(len(self.schools)):
                    if k not in seen and self.flow[k][j] > self.least[k][j]:
                        seen.add(k)
                        queue.append((k, j))
        raise RuleError("draw_not_possible")

    def _reroute(self, came: Mapping[int, tuple[int, int | None]], end: int) -> None:
        self.room[end] -= 1
        group: int | None = end
        while group is not None:
            school, leaves = came[group]
            self.flow[school][group] += 1
            if leaves is not None:
                self.flow[school][leaves] -= 1
            group = leaves

    def _ways(self, school: int) -> dict[int, tuple[int, int] | None]:
        """Groups from which room can be made, each with the move (other school, to group) that makes it.

        A chain of moves ends where the school itself gives up a planned place that it need not keep.
        """
        own = self.flow[school]
        ways: dict[int, tuple[int, int] | None] = {
            j: None for j, planned in enumerate(own) if planned > self.least[school][j]
        }
        queue = deque(ways)
        while queue:
            target = queue.popleft()
            for k in range(len(self.schools)):
                if self.flow[k][target] >= self.most[k][target]:
                    continue
                for j in range(len(self.room)):
                    if j not in ways and self.flow[k][j] > self.least[k][j]:
                        ways[j] = (k, target)
                        queue.append(j)
        return ways

    def allowed(self, entrant: Entrant) -> list[int]:
        i = self.at[entrant.school]
        planned = {j for j, count in enumerate(self.flow[i]) if count > 0}
        return sorted(planned | {j for j in self._ways(i) if self.most[i][j] > 0})

    def place(self, entrant: Entrant, group: int) -> None:
        """Fix one team; the plan for the others is rerouted around it. Raises `group_not_allowed`."""
        if group not in self.allowed(entrant):
            raise RuleError("group_not_allowed", group=group)
        i = self.at[entrant.school]
        if not self.flow[i][group]:
            self._make_room(i, group)
        self.flow[i][group] -= 1
        self.most[i][group] -= 1
        self.least[i][group] = max(0, self.least[i][group] - 1)

    def _make_room(self, school: int, group: int) -> None:
        ways = self._ways(school)
        at, step = group, ways[group]
        self.flow[school][group] += 1
        while step is not None:
            k, target = step
            self.flow[k][at] -= 1
            self.flow[k][target] += 1
            at, step = target, ways[target]
        self.flow[school][at] -= 1
