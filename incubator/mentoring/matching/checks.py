"""What makes a problem unusable, row by row, before anything is solved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from .hard_rules import RuleTable
from .instance import fits
from .problem import BadProblemError, Fault, Mentor, Problem, Team

MOST_POINTS = 1000


def check_shape(problem: Problem) -> None:
    """Raise BadProblemError naming every row that cannot be used as given."""
    faults = [
        *_sides(problem),
        *_numbers(problem),
        *_settings(problem),
        *_ids(problem),
        *_matrix(problem, "scores"),
        *_matrix(problem, "mentor_scores"),
    ]
    if faults:
        raise BadProblemError(faults)


def _sides(problem: Problem) -> Iterator[Fault]:
    for side, rows in (("mentors", problem.mentors), ("teams", problem.teams)):
        if not rows:
            yield Fault(f"no_{side}", side)
        for key, times in Counter(row.id for row in rows).items():
            if times > 1:
                yield Fault("twice", f"{side}[{key}]", {"id": key})


def _numbers(problem: Problem) -> Iterator[Fault]:
    for mentor in problem.mentors:
        if mentor.max_teams < 0:
            yield Fault("negative", f"mentors[{mentor.id}].max_teams", {"value": str(mentor.max_teams)})
        if mentor.max_hours is not None and mentor.max_hours < 0:
            yield Fault("negative", f"mentors[{mentor.id}].max_hours", {"value": str(mentor.max_hours)})
        for skill in mentor.skills:
            if skill.level not in (1, 2, 3):
                yield Fault("level", f"mentors[{mentor.id}].skills", {"value": str(skill.level)})
    for team in problem.teams:
        if team.priority < 1:
            yield Fault("priority", f"teams[{team.id}].priority", {"value": str(team.priority)})
        if any(place.hours < 0 for place in team.places):
            yield Fault("negative", f"teams[{team.id}].places", {"value": "hours"})
        for need in team.needs:
            if need.priority not in (1, 2, 3):
                yield Fault("level", f"teams[{team.id}].needs", {"value": str(need.priority)})


def _settings(problem: Problem) -> Iterator[Fault]:
    settings = problem.settings
    weights = settings.weights.as_dict()
    if sum(weights.values()) != MOST_POINTS or min(weights.values()) < 0:
        yield Fault("weights", "settings.weights", {"sum": str(sum(weights.values()))})
    shares = (settings.team_share, settings.mentor_share)
    if sum(shares) != 10 or min(shares) < 0:
        yield Fault("shares", "settings", {"sum": str(sum(shares))})
    for name in ("keep_bonus", "min_score"):
        if not 0 <= getattr(settings, name) <= MOST_POINTS:
            yield Fault("points", f"settings.{name}", {"value": str(getattr(settings, name))})


def _ids(problem: Problem) -> Iterator[Fault]:
    teams = {team.id for team in problem.teams}
    mentors = {mentor.id for mentor in problem.mentors}
    pairs = [
        *((f"locks[{i}]", lock.team, lock.mentor) for i, lock in enumerate(problem.locks)),
        *((f"forbidden[{t}, {m}]", t, m) for t, m in problem.forbidden),
        *((f"keep[{t}, {m}]", t, m) for t, m in sorted(problem.keep)),
        *((f"waivers[{r}, {t}, {m}]", t, m) for r, t, m in sorted(problem.waivers)),
    ]
    for row, team, mentor in pairs:
        if team not in teams:
            yield Fault("unknown_team", row, {"id": team})
        if mentor not in mentors:
            yield Fault("unknown_mentor", row, {"id": mentor})
    yield from _wishes(problem, teams, mentors)


def _wishes(problem: Problem, teams: set[str], mentors: set[str]) -> Iterator[Fault]:
    for team in problem.teams:
        for wish in team.wishes:
            if wish not in mentors:
                yield Fault("unknown_mentor", f"teams[{team.id}].wishes", {"id": wish})
    for mentor in problem.mentors:
        for wish in mentor.wishes:
            if wish not in teams:
                yield Fault("unknown_team", f"mentors[{mentor.id}].wishes", {"id": wish})


def _matrix(problem: Problem, name: str) -> Iterator[Fault]:
    matrix = getattr(problem, name)
    if matrix is None:
        return
    wanted = (len(problem.teams), len(problem.mentors))
    if matrix.shape != wanted:
        yield Fault("shape", name, {"rows": str(wanted[0]), "columns": str(wanted[1])})
        return
    for i, j in np.argwhere((matrix < -1) | (matrix > MOST_POINTS)):
        row = f"{name}[{problem.teams[i].id}, {problem.mentors[j].id}]"
        yield Fault("points", row, {"value": str(matrix[i, j])})


def lock_rows(
    problem: Problem, teams: list[Team], mentors: list[Mentor], rules: RuleTable
) -> dict[tuple[int, int], int]:
    """(team, place) -> mentor for every lock.

    Raises BadProblemError for a lock that a hard rule refuses, that finds no place, or that asks more
    of a mentor than the mentor offered.
    """
    team_at = {team.id: i for i, team in enumerate(teams)}
    mentor_at = {mentor.id: j for j, mentor in enumerate(mentors)}
    faults: list[Fault] = []
    held: dict[tuple[int, int], int] = {}
    for number, lock in enumerate(problem.locks):
        i, j = team_at[lock.team], mentor_at[lock.mentor]
        names = {"team": teams[i].name or lock.team, "mentor": mentors[j].name or lock.mentor}
        refused = rules.verdicts(i, j, teams[i], mentors[j])
        place = _free_place(teams[i], mentors[j], lock.kind, {p for t, p in held if t == i})
        if refused:
            faults.append(Fault("lock_refused", f"locks[{number}]", {**names, "rule": refused[0].rule}))
        elif place is None or any(held.get((i, p)) == j for p in range(len(teams[i].places))):
            faults.append(Fault("lock_no_place", f"locks[{number}]", names))
        else:
            held[i, place] = j
    faults += _over_capacity(teams, mentors, held)
    if faults:
        raise BadProblemError(faults)
    return held


def _free_place(team: Team, mentor: Mentor, kind: str | None, taken: set[int]) -> int | None:
    for index, place in enumerate(team.places):
        if index not in taken and fits(place, mentor) and kind in (None, place.kind):
            return index
    return None


def _over_capacity(
    teams: list[Team], mentors: list[Mentor], held: dict[tuple[int, int], int]
) -> Iterator[Fault]:
    for j, mentor in enumerate(mentors):
        places = [teams[t].places[p] for (t, p), holder in held.items() if holder == j]
        hours = sum(place.hours for place in places)
        values = {"mentor": mentor.name or mentor.id, "held": str(len(places)), "most": str(mentor.max_teams)}
        if len(places) > mentor.max_teams:
            yield Fault("over_capacity", f"mentors[{mentor.id}].max_teams", values)
        elif mentor.max_hours is not None and hours > mentor.max_hours:
            values.update(held=str(hours), most=str(mentor.max_hours))
            yield Fault("over_hours", f"mentors[{mentor.id}].max_hours", values)
