"""Held pairs: in which places of a team they can sit, and why one cannot be held."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .coverage import Ints
from .hard_rules import RuleTable
from .instance import fits
from .problem import BadProblemError, Fault, Lock, Mentor, Place, Problem, Team

Seating = dict[int, list[int]]
"""Mentor -> the places that they may take, for the held pairs of one team."""
Held = tuple[int, int, Lock]
"""Number of a lock, its mentor, and the lock."""


def lock_seats(
    problem: Problem, teams: list[Team], mentors: list[Mentor], rules: RuleTable, given: Ints | None
) -> dict[int, Seating]:
    """Where the held pairs can sit, by team; seatings that only swap equal places count once.

    Raises BadProblemError for a lock that a hard rule refuses, that has no score, that finds no place, or
    that asks more of a mentor than the mentor offered.
    """
    team_at = {team.id: i for i, team in enumerate(teams)}
    mentor_at = {mentor.id: j for j, mentor in enumerate(mentors)}
    wanted: dict[int, list[Held]] = {}
    faults: list[Fault] = []
    for number, lock in enumerate(problem.locks):
        i, j = team_at[lock.team], mentor_at[lock.mentor]
        names = _names(teams[i], mentors[j])
        refused = rules.verdicts(i, j, teams[i], mentors[j])
        if refused:
            faults.append(Fault("lock_refused", f"locks[{number}]", {**names, "rule": refused[0].rule}))
        elif given is not None and given[i, j] < 0:
            faults.append(Fault("lock_refused", f"locks[{number}]", {**names, "rule": "not_considered"}))
        else:
            wanted.setdefault(i, []).append((number, j, lock))
    seats: dict[int, Seating] = {}
    for i, rows in wanted.items():
        seats[i], without = _seated(teams[i], mentors, rows)
        if without is not None:
            number, j, _lock = without
            faults.append(Fault("lock_no_place", f"locks[{number}]", _names(teams[i], mentors[j])))
    faults += _over_capacity(teams, mentors, seats)
    if faults:
        raise BadProblemError(faults)
    return seats


def _names(team: Team, mentor: Mentor) -> dict[str, str]:
    return {"team": team.name or team.id, "mentor": mentor.name or mentor.id}


def _seated(team: Team, mentors: list[Mentor], rows: Sequence[Held]) -> tuple[Seating, Held | None]:
    """The places in which each held mentor sits in some complete seating; or the first lock that finds none.

    Places of one kind and as many hours are one group. A lock may sit in a group if whoever makes room there can go
    on, from group to group, to a free place or to the one that the lock leaves.
    """
    groups: dict[tuple[str, int], list[int]] = {}
    for p, place in enumerate(team.places):
        groups.setdefault((place.kind, place.hours), []).append(p)
    places = list(groups.values())
    may = [
        [g for g, group in enumerate(places) if _takes(team.places[group[0]], mentors[j], lock)]
        for _n, j, lock in rows
    ]
    inside: list[list[int]] = [[] for _ in places]
    for k, row in enumerate(rows):
        if not _enter(k, may, places, inside, set()):
            return {}, row
    reach = _reach(may, places, inside)
    at = {k: g for g, locks in enumerate(inside) for k in locks}
    fitting = [[g for g in may[k] if g == at[k] or reach[g] & {at[k], FREE}] for k in range(len(rows))]
    return _places_of(rows, fitting, places), None


FREE = -1
"""Stands for any group with a free place."""


def _takes(place: Place, mentor: Mentor, lock: Lock) -> bool:
    return fits(place, mentor) and lock.kind in (None, place.kind)


def _enter(
    k: int, may: list[list[int]], places: list[list[int]], inside: list[list[int]], tried: set[int]
) -> bool:
    """Seat a lock, moving others on where its groups are full."""
    for g in may[k]:
        if g in tried:
            continue
        tried.add(g)
        if len(inside[g]) < len(places[g]):
            inside[g].append(k)
            return True
        for other in list(inside[g]):
            if _enter(other, may, places, inside, tried):
                inside[g].remove(other)
                inside[g].append(k)
                return True
    return False


def _reach(may: list[list[int]], places: list[list[int]], inside: list[list[int]]) -> list[set[int]]:
    """For each group the groups into which somebody can move on from it, over any number of others; FREE where one has room."""
    steps = [{g for k in locks for g in may[k]} for locks in inside]
    found = []
    for start in range(len(places)):
        seen, waiting = {start}, [start]
        while waiting:
            fresh = steps[waiting.pop()] - seen
            seen |= fresh
            waiting += fresh
        found.append(seen | ({FREE} if any(len(inside[g]) < len(places[g]) for g in seen) else set()))
    return found


def _places_of(rows: Sequence[Held], fitting: list[list[int]], places: list[list[int]]) -> Seating:
    """Places for groups: who fits one group only sits in its first places, the others take turns in the rest."""
    left = [list(group) for group in places]
    found: Seating = {}
    for (_n, j, _lock), groups in zip(rows, fitting, strict=True):
        if len(groups) == 1:
            found[j] = [left[groups[0]].pop(0)]
    before = [0] * len(places)
    for (_n, j, _lock), groups in zip(rows, fitting, strict=True):
        if len(groups) > 1:
            found[j] = sorted(p for g in groups for p in left[g][: before[g] + 1])
            for g in groups:
                before[g] += 1
    return found


def _over_capacity(teams: list[Team], mentors: list[Mentor], seats: Mapping[int, Seating]) -> Iterator[Fault]:
    for j, mentor in enumerate(mentors):
        costs = [min(teams[i].places[p].hours for p in may[j]) for i, may in seats.items() if j in may]
        values = {"mentor": mentor.name or mentor.id, "held": str(len(costs)), "most": str(mentor.max_teams)}
        if len(costs) > mentor.max_teams:
            yield Fault("over_capacity", f"mentors[{mentor.id}].max_teams", values)
        elif mentor.max_hours is not None and sum(costs) > mentor.max_hours:
            values.update(held=str(sum(costs)), most=str(mentor.max_hours))
            yield Fault("over_hours", f"mentors[{mentor.id}].max_hours", values)
