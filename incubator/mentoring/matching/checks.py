"""What makes a problem unusable, row by row, before anything is solved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from .problem import RULE_NAMES, WAIVABLE, BadProblemError, Fault, Problem

MOST_POINTS = 1000
MOST_CLASSES = 100
MOST_SECONDS = 3600
SOURCES = ("self", "verified", "feedback")


def check_shape(problem: Problem) -> None:
    """Raise BadProblemError naming every row that cannot be used as given."""
    faults = [
        *_sides(problem),
        *_numbers(problem),
        *_settings(problem),
        *_topics(problem),
        *_ids(problem),
        *_waivers(problem),
        *_matrix(problem, "scores"),
        *_matrix(problem, "mentor_scores"),
    ]
    if faults:
        raise BadProblemError(faults)


def _sides(problem: Problem) -> Iterator[Fault]:
    for side, rows in (("mentors", problem.mentors), ("teams", problem.teams)):
        if not rows:
            yield Fault(f"no_{side}", side)
        for row in rows:
            yield from _twice(row.wishes, f"{side}[{row.id}].wishes")
        for key in _repeated(row.id for row in rows):
            yield Fault("twice", f"{side}[{key}]", {"id": key})
    for lock in _repeated(f"{lock.team}, {lock.mentor}" for lock in problem.locks):
        yield Fault("twice", f"locks[{lock}]", {"id": lock})


def _repeated(keys: Iterable[str]) -> list[str]:
    return [key for key, times in Counter(keys).items() if times > 1]


def _twice(keys: Iterable[str], at: str) -> Iterator[Fault]:
    for key in _repeated(keys):
        yield Fault("twice", at, {"id": key})


def _numbers(problem: Problem) -> Iterator[Fault]:
    for mentor in problem.mentors:
        if mentor.max_teams < 0:
            yield Fault("negative", f"mentors[{mentor.id}].max_teams", {"value": str(mentor.max_teams)})
        if mentor.max_hours is not None and mentor.max_hours < 0:
            yield Fault("negative", f"mentors[{mentor.id}].max_hours", {"value": str(mentor.max_hours)})
        for skill in mentor.skills:
            if skill.level not in (1, 2, 3):
                yield Fault("level", f"mentors[{mentor.id}].skills", {"value": str(skill.level)})
            if skill.source not in SOURCES:
                yield Fault("skill_source", f"mentors[{mentor.id}].skills", {"value": skill.source})
    for team in problem.teams:
        if not 1 <= team.priority <= MOST_CLASSES:
            yield Fault("priority", f"teams[{team.id}].priority", {"value": str(team.priority)})
        for index, place in enumerate(team.places):
            if place.hours < 0:
                row = f"teams[{team.id}].places[{index}].hours"
                yield Fault("negative", row, {"value": str(place.hours)})
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
    if not 1 <= settings.seconds <= MOST_SECONDS:
        yield Fault("seconds", "settings.seconds", {"value": f"{settings.seconds:.0f}"})


def _topics(problem: Problem) -> Iterator[Fault]:
    """Where a tree is given, every topic stands in it, and no topic stands above itself."""
    known = problem.tree.topics
    for key, topic in known.items():
        if topic.parent and topic.parent not in known:
            yield Fault("unknown_topic", f"skills[{key}].parent", {"id": topic.parent})
        if key in problem.tree.above(key):
            yield Fault("topic_circle", f"skills[{key}].parent", {"id": key})
    if not known:
        return
    for mentor in problem.mentors:
        for skill in mentor.skills:
            if skill.topic not in known:
                yield Fault("unknown_topic", f"mentors[{mentor.id}].skills", {"id": skill.topic})
    for team in problem.teams:
        for need in team.needs:
            if need.topic not in known:
                yield Fault("unknown_topic", f"teams[{team.id}].needs", {"id": need.topic})


def _waivers(problem: Problem) -> Iterator[Fault]:
    """A waiver of a rule that nobody may waive would be kept in silence."""
    for rule, team, mentor in sorted(problem.waivers):
        given = {v.rule: v.waivable for v in problem.forbidden.get((team, mentor), ())}
        if not given.get(rule, rule in WAIVABLE or rule not in RULE_NAMES):
            yield Fault("not_waivable", f"waivers[{rule}, {team}, {mentor}]", {"rule": rule})


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
