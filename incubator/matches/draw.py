"""The public draw: team by team, uniformly among the groups that keep a legal draw possible.

A draw is a function of its entrants, groups, settings and seed; the log holds for every pick what was
allowed, so that
it can be shown live and replayed in a protest. A pick may also be made by hand (a ball): it is checked the
same way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from incubator.matches import chance
from incubator.matches.flows import Bounds, Entrant, FlowPlan, Plan, bounds_to_try
from incubator.matches.pots import PotPlan
from incubator.matches.refusals import RuleError

BY_SCHOOL_SIZE, AT_RANDOM, AS_GIVEN = "schools", "random", "given"


@dataclass(frozen=True, slots=True)
class Pick:
    """One line of the log. `allowed` are names of groups; `position` counts from 1 inside the group."""

    number: int
    key: Any
    allowed: tuple[str, ...]
    group: str
    position: int
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What the draw had to give up. `crowded`: schools that cannot be kept apart, with the most in one
    group."""

    crowded: dict[Any, int] = field(default_factory=dict)


def group_sizes(teams: int, groups: int) -> list[int]:
    """Sizes as equal as can be, larger groups first: 50 in 12 gives two of 5 and ten of 4."""
    if not 1 <= groups <= teams:
        raise RuleError("draw_groups", groups=groups, teams=teams)
    base, more = divmod(teams, groups)
    return [base + (n < more) for n in range(groups)]


class Draw:
    """The state of a draw. Raises `draw_sizes` or `draw_twice` for input that is no draw at all."""

    def __init__(
        self,
        entrants: Sequence[Entrant],
        names: Sequence[str],
        sizes: Sequence[int],
        seed: str,
        *,
        order: str = BY_SCHOOL_SIZE,
    ) -> None:
        if sum(sizes) != len(entrants) or len(names) != len(sizes):
            raise RuleError("draw_sizes", places=sum(sizes), teams=len(entrants))
        if len({entrant.key for entrant in entrants}) != len(entrants):
            raise RuleError("draw_twice")
        self.names, self.sizes, self.seed = list(names), list(sizes), seed
        self.plan, bounds = _plan(entrants, sizes)
        self.report = Report(_crowded(entrants, bounds))
        self.queue = _in_order(entrants, seed, order)
        self.log: list[Pick] = []
        self._taken: dict[int, set[int]] = {j: set() for j in range(len(sizes))}

    @property
    def upcoming(self) -> Entrant | None:
        return self.queue[len(self.log)] if len(self.log) < len(self.queue) else None

    def allowed(self) -> tuple[str, ...]:
        """The groups the next team may go to."""
        team = self._team()
        return tuple(self.names[j] for j in self.plan.allowed(team))

    def pick(self) -> Pick:
        """Draw the next team."""
        options = self.plan.allowed(self._team())
        number = len(self.log) + 1
        group = options[chance.pick(self.seed, f"group:{number}", len(options))]
        return self._place(group, options, by_hand=False)

    def by_hand(self, name: str) -> Pick:
        """Enter what was drawn by hand. Raises `group_not_allowed` with what would be."""
        options = self.plan.allowed(self._team())
        if name not in self.names or self.names.index(name) not in options:
            raise RuleError("group_not_allowed", group=name, allowed=[self.names[j] for j in options])
        return self._place(self.names.index(name), options, by_hand=True)

    def run(self) -> list[Pick]:
        while self.upcoming:
            self.pick()
        return self.log

    def _team(self) -> Entrant:
        if self.upcoming is None:
            raise RuleError("draw_finished")
        return self.upcoming

    def _place(self, group: int, options: Sequence[int], *, by_hand: bool) -> Pick:
        team, number = self._team(), len(self.log) + 1
        self.plan.place(team, group)
        free = [p for p in range(1, self.sizes[group] + 1) if p not in self._taken[group]]
        # The head of a group stands on its first line; everyone else's position is drawn as well.
        head = team.pot == 1 and 1 in free
        position = 1 if head else free[chance.pick(self.seed, f"position:{number}", len(free))]
        self._taken[group].add(position)
        allowed = tuple(self.names[j] for j in options)
        pick = Pick(number, team.key, allowed, self.names[group], position, by_hand)
        self.log.append(pick)
        return pick


def _plan(entrants: Sequence[Entrant], sizes: Sequence[int]) -> tuple[Plan, Bounds]:
    """The strictest separation of schools that this field of teams allows."""
    schools = Counter(entrant.school for entrant in entrants)
    kind = PotPlan if any(entrant.pot is not None for entrant in entrants) else FlowPlan
    for bounds in bounds_to_try(schools, len(sizes)):
        try:
            return kind(entrants, sizes, bounds), bounds
        except RuleError as refused:
            if refused.code != "draw_not_possible":
                raise
    raise RuleError("draw_not_possible")


def _crowded(entrants: Sequence[Entrant], bounds: Bounds) -> dict[Any, int]:
    counts = Counter(entrant.school for entrant in entrants)
    return {school: most for school, (_, most) in bounds.items() if most > 1 and counts[school] > 1}


def _in_order(entrants: Sequence[Entrant], seed: str, order: str) -> list[Entrant]:
    """Pots first; inside a pot the largest schools first (their teams are the hardest to keep apart), or
    by chance."""
    known = sorted(entrants, key=lambda entrant: str(entrant.key))
    queue = list(entrants) if order == AS_GIVEN else chance.shuffled(seed, "order", known)
    if order == BY_SCHOOL_SIZE:
        counts = Counter(entrant.school for entrant in entrants)
        first = {entrant.school: n for n, entrant in reversed(list(enumerate(queue)))}
        queue.sort(key=lambda entrant: (-counts[entrant.school], first[entrant.school]))
    return sorted(queue, key=lambda entrant: (entrant.pot is None, entrant.pot or 0))


def replay(draw: Draw, log: Iterable[Pick]) -> None:
    """Draw again and compare with a log. Raises `replay_differs` at the first pick that is not the same."""
    for known in log:
        if draw.upcoming is None or draw.upcoming.key != known.key:
            raise RuleError("replay_differs", number=known.number)
        again = draw.by_hand(known.group) if known.by_hand else draw.pick()
        if again != known:
            raise RuleError("replay_differs", number=known.number)
