"""Held pairs: in which places of a team they can sit, and why one cannot be held."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from .coverage import Ints
from .hard_rules import RuleTable
from .instance import fits
from .problem import BadProblemError, Fault, Lock, Mentor, Problem, Team

Seating = dict[int, int]
"""Place -> mentor, for the held pairs of one team."""


def lock_seats(
    problem: Problem, teams: list[Team], mentors: list[Mentor], rules: RuleTable, given: Ints | None
) -> dict[int, list[Seating]]:
    """Every way to seat the held pairs, by team; ways that only swap equal places count once.

    Raises BadProblemError for a lock that a hard rule refuses, that has no score, that finds no place, or
    that asks more of a mentor than the mentor offered.
    """
    team_at = {team.id: i for i, team in enumerate(teams)}
    mentor_at = {mentor.id: j for j, mentor in enumerate(mentors)}
    wanted: dict[int, list[tuple[int, int, Lock]]] = {}
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
    seats: dict[int, list[Seating]] = {}
    for i, rows in wanted.items():
        ways = _ways(teams[i], mentors, rows)
        if not ways:
            number, j, _lock = _first_without_seat(teams[i], mentors, rows)
            faults.append(Fault("lock_no_place", f"locks[{number}]", _names(teams[i], mentors[j])))
        seats[i] = ways
    faults += _over_capacity(teams, mentors, seats)
    if faults:
        raise BadProblemError(faults)
    return seats


def _names(team: Team, mentor: Mentor) -> dict[str, str]:
    return {"team": team.name or team.id, "mentor": mentor.name or mentor.id}


def _ways(team: Team, mentors: list[Mentor], rows: Sequence[tuple[int, int, Lock]]) -> list[Seating]:
    """Every assignment of the held mentors to different places; one a pattern of place kinds and hours."""
    if len({j for _n, j, _lock in rows}) < len(rows):
        return []
    found: dict[tuple[object, ...], Seating] = {}
    choices = [_places(team, mentors[j], lock) for _n, j, lock in rows]
    for seats in itertools.product(*choices):
        if len(set(seats)) == len(seats):
            pattern = tuple((team.places[p].kind, team.places[p].hours) for p in seats)
            found.setdefault(pattern, {p: j for p, (_n, j, _lock) in zip(seats, rows, strict=True)})
    return list(found.values())


def _places(team: Team, mentor: Mentor, lock: Lock) -> list[int]:
    return [
        p for p, place in enumerate(team.places) if fits(place, mentor) and lock.kind in (None, place.kind)
    ]


def _first_without_seat(
    team: Team, mentors: list[Mentor], rows: Sequence[tuple[int, int, Lock]]
) -> tuple[int, int, Lock]:
    """The first lock that no longer finds a place beside those before it."""
    return next(row for n, row in enumerate(rows) if not _ways(team, mentors, rows[: n + 1]))


def _over_capacity(
    teams: list[Team], mentors: list[Mentor], seats: Mapping[int, Sequence[Seating]]
) -> Iterator[Fault]:
    for j, mentor in enumerate(mentors):
        costs = [
            min(teams[i].places[p].hours for way in ways for p, k in way.items() if k == j)
            for i, ways in seats.items()
            if any(j in way.values() for way in ways)
        ]
        values = {"mentor": mentor.name or mentor.id, "held": str(len(costs)), "most": str(mentor.max_teams)}
        if len(costs) > mentor.max_teams:
            yield Fault("over_capacity", f"mentors[{mentor.id}].max_teams", values)
        elif mentor.max_hours is not None and sum(costs) > mentor.max_hours:
            values.update(held=str(sum(costs)), most=str(mentor.max_hours))
            yield Fault("over_hours", f"mentors[{mentor.id}].max_hours", values)
