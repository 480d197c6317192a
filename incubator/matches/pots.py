"""Draws with pots: which groups a team may still go to when seeded pots must be spread as well as schools.

With two constraints a group (one per pot, one per school) a flow no longer answers. The plan keeps a
witness, one
complete legal placing; a group is allowed if a witness with the team in it exists. Swaps find most of
them, an exact
search the rest, and CP-SAT decides what the search leaves open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from incubator.matches.flows import Bounds, Entrant
from incubator.matches.refusals import RuleError

_STEPS = 4000
Placing = dict[Any, int]  # entrant key -> group


class _Rules:
    """Limits of one draw: room, school bounds, and a pot's teams spread to at most its ceiling per group."""

    def __init__(self, entrants: Sequence[Entrant], sizes: Sequence[int], bounds: Bounds) -> None:
        self.sizes, self.bounds = list(sizes), bounds
        pots = Counter(entrant.pot for entrant in entrants if entrant.pot is not None)
        self.pot_most = {pot: -(-count // len(sizes)) for pot, count in pots.items()}

    def fits(self, counts: Counter[tuple[str, Any, int]], entrant: Entrant, group: int) -> bool:
        if counts["room", None, group] >= self.sizes[group]:
            return False
        if counts["school", entrant.school, group] >= self.bounds[entrant.school][1]:
            return False
        pot = entrant.pot
        return pot is None or counts["pot", pot, group] < self.pot_most[pot]

    def served(self, counts: Counter[tuple[str, Any, int]], school: Any, group: int) -> bool:
        """Whether a group has as many teams of a large school as every group must get."""
        return counts["school", school, group] >= self.bounds[school][0]

    def starved(self, counts: Counter[tuple[str, Any, int]], free: Sequence[Entrant]) -> bool:
        """Whether some school has fewer teams left than the groups still miss of it."""
        left = Counter(entrant.school for entrant in free)
        return any(
            sum(max(0, least - counts["school", school, g]) for g in range(len(self.sizes))) > left[school]
            for school, (least, _most) in self.bounds.items()
            if least
        )


def _count(counts: Counter[tuple[str, Any, int]], entrant: Entrant, group: int, by: int = 1) -> None:
    counts["room", None, group] += by
    counts["school", entrant.school, group] += by
    if entrant.pot is not None:
        counts["pot", entrant.pot, group] += by


class PotPlan:
    """Keeps one complete legal placing; the teams already drawn are fixed in it."""

    def __init__(self, entrants: Sequence[Entrant], sizes: Sequence[int], bounds: Bounds) -> None:
        self.entrants = {entrant.key: entrant for entrant in entrants}
        self.rules = _Rules(entrants, sizes, bounds)
        self.fixed: Placing = {}
        found = self._witness({})
        if found is None:
            raise RuleError("draw_not_possible")
        self.witness = found

    def allowed(self, entrant: Entrant) -> list[int]:
        return [g for g in range(len(self.rules.sizes)) if self._with(entrant, g) is not None]

    def place(self, entrant: Entrant, group: int) -> None:
        found = self._with(entrant, group)
        if found is None:
            raise RuleError("group_not_allowed", group=group)
        self.witness = found
        self.fixed[entrant.key] = group

    def _with(self, entrant: Entrant, group: int) -> Placing | None:
        if self.witness[entrant.key] == group:
            return self.witness
        return self._swapped(entrant, group) or self._witness({**self.fixed, entrant.key: group})

    def _swapped(self, entrant: Entrant, group: int) -> Placing | None:
        """The witness with one other free team changing places with this one, if that is legal."""
        home = self.witness[entrant.key]
        counts: Counter[tuple[str, Any, int]] = Counter()
        for key, at in self.witness.items():
            _count(counts, self.entrants[key], at)
        _count(counts, entrant, home, -1)
        for key, at in self.witness.items():
            other = self.entrants[key]
            if at != group or key in self.fixed:
                continue
            _count(counts, other, group, -1)
            legal = self.rules.fits(counts, entrant, group) and self.rules.fits(counts, other, home)
            if legal and self._even_after(counts, entrant, other, group, home):
                return {**self.witness, entrant.key: group, key: home}
            _count(counts, other, group)
        return None

    def _even_after(
        self, counts: Counter[tuple[str, Any, int]], entrant: Entrant, other: Entrant, group: int, home: int
    ) -> bool:
        """Whether both schools still have their teams everywhere once `entrant` is in `group` and `other` in `home`."""
        if entrant.school == other.school:
            return True
        return self.rules.served(counts, entrant.school, home) and self.rules.served(
            counts, other.school, group
        )

    def _witness(self, fixed: Placing) -> Placing | None:
        counts: Counter[tuple[str, Any, int]] = Counter()
        for key, group in fixed.items():
            if not self.rules.fits(counts, self.entrants[key], group):
                return None
            _count(counts, self.entrants[key], group)
        free = [entrant for key, entrant in self.entrants.items() if key not in fixed]
        self._budget = _STEPS
        placing = dict(fixed)
        done = self._search(free, counts, placing)
        if done is None:
            return self._solve(fixed)
        return placing if done else None

    def _search(
        self, free: list[Entrant], counts: Counter[tuple[str, Any, int]], placing: Placing
    ) -> bool | None:
        """Depth first, the team with the fewest groups first. None when the budget of steps is spent."""
        if self.rules.starved(counts, free):
            return False
        if not free:
            return True
        self._budget -= 1
        if self._budget < 0:
            return None
        groups = range(len(self.rules.sizes))
        options = [[g for g in groups if self.rules.fits(counts, entrant, g)] for entrant in free]
        at = min(range(len(free)), key=lambda n: len(options[n]))
        entrant, rest = free[at], free[:at] + free[at + 1 :]
        for group in sorted(options[at], key=lambda g: counts["room", None, g] - self.rules.sizes[g]):
            _count(counts, entrant, group)
            placing[entrant.key] = group
            done = self._search(rest, counts, placing)
            if done is not False:
                return done
            _count(counts, entrant, group, -1)
            del placing[entrant.key]
        return False

    def _solve(self, fixed: Placing) -> Placing | None:
        from ortools.sat.python import cp_model

        model = cp_model.CpModel()
        groups = range(len(self.rules.sizes))
        at = {(key, g): model.new_bool_var(f"{key}-{g}") for key in self.entrants for g in groups}
        for key in self.entrants:
            model.add_exactly_one(at[key, g] for g in groups)
        for g, size in enumerate(self.rules.sizes):
            model.add(sum(at[key, g] for key in self.entrants) <= size)
            for school, (least, most) in self.rules.bounds.items():
                own = sum(at[k, g] for k, e in self.entrants.items() if e.school == school)
                model.add_linear_constraint(own, least, most)
            for pot, most in self.rules.pot_most.items():
                model.add(sum(at[k, g] for k, e in self.entrants.items() if e.pot == pot) <= most)
        for key, g in fixed.items():
            model.add(at[key, g] == 1)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        return {key: next(g for g in groups if solver.value(at[key, g])) for key in self.entrants}
