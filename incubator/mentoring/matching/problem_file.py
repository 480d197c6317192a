"""The JSON form of a problem (docs/mentoring-match.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .problem import (
    ANY_KIND,
    CRITERIA,
    Lock,
    Mentor,
    Need,
    Place,
    Problem,
    Settings,
    Skill,
    Team,
    Verdict,
    Weights,
)
from .reader import Reader, parsed, spelled
from .skills import SkillTopic, SkillTree

VERSION = 1
PAIR = ("team", "mentor")
SETS = ("fields", "languages", "modes", "areas", "slots", "stages", "organisations")
TOP = (
    "version",
    "salt",
    "settings",
    "skills",
    "mentors",
    "teams",
    "scores",
    "mentor_scores",
    "forbidden",
    "locks",
    "keep",
    "waivers",
)


def read_problem(text: str, name: str) -> Problem:
    """The problem in a file's text. Raises BadProblemError naming every row that cannot be read."""
    return problem_from(parsed(text, name))


def problem_from(data: Any) -> Problem:
    """Build a problem from parsed JSON. Raises BadProblemError naming every row that cannot be read."""
    reader = Reader()
    data = reader.object(data, "$")
    reader.known(data, TOP, "")
    version = data.get("version", VERSION)
    if type(version) is not int or version != VERSION:
        reader.fault("version", "version", value=spelled(version))
    mentors = tuple(_mentor(reader, row, at) for at, row in reader.rows(data, "mentors", _names(Mentor)))
    teams = tuple(_team(reader, row, at) for at, row in reader.rows(data, "teams", _names(Team)))
    shape = (len(teams), len(mentors))
    problem = Problem(
        mentors=mentors,
        teams=teams,
        settings=_settings(reader, data.get("settings", {})),
        salt=reader.text(data, "salt", ""),
        tree=_tree(reader, data),
        scores=_matrix(reader, data, "scores", shape),
        mentor_scores=_matrix(reader, data, "mentor_scores", shape),
        forbidden=_forbidden(reader, data),
        locks=tuple(_lock(reader, row, at) for at, row in reader.rows(data, "locks", (*PAIR, "kind"))),
        keep=frozenset(_pair(reader, row, at) for at, row in reader.rows(data, "keep", PAIR)),
        waivers=frozenset(
            (reader.text(row, "rule", at, None), *_pair(reader, row, at))
            for at, row in reader.rows(data, "waivers", (*PAIR, "rule"))
        ),
    )
    reader.done()
    return problem


def _lock(reader: Reader, row: Mapping[str, Any], at: str) -> Lock:
    kind = reader.text(row, "kind", at) if row.get("kind") is not None else ""
    return Lock(*_pair(reader, row, at), kind=kind or None)


def _pair(reader: Reader, row: Mapping[str, Any], at: str) -> tuple[str, str]:
    return reader.text(row, "team", at, None), reader.text(row, "mentor", at, None)


def _names(of: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(of))


def _mentor(reader: Reader, row: Mapping[str, Any], at: str) -> Mentor:
    at = reader.named(row, "mentors", at)
    sets = {name: frozenset(reader.words(row, name, at)) for name in SETS}
    hours = row.get("max_hours")
    return Mentor(
        id=reader.text(row, "id", at, None),
        name=reader.text(row, "name", at),
        kind=reader.text(row, "kind", at, ANY_KIND),
        max_teams=reader.number(row, "max_teams", at, 1),
        max_hours=None if hours is None else reader.number(row, "max_hours", at, 0),
        skills=tuple(
            Skill(*_topic_level(reader, skill, where, "level", "self"))
            for where, skill in reader.rows(row, "skills", _names(Skill), at)
        ),
        wishes=tuple(reader.words(row, "wishes", at)),
        approved=reader.flag(row, "approved", at, True),
        paused=reader.flag(row, "paused", at, False),
        **sets,
    )


def _team(reader: Reader, row: Mapping[str, Any], at: str) -> Team:
    at = reader.named(row, "teams", at)

    def words(name: str) -> frozenset[str]:
        return frozenset(reader.words(row, name, at))

    def text(name: str) -> str:
        return reader.text(row, name, at)

    return Team(
        id=reader.text(row, "id", at, None),
        name=text("name"),
        priority=reader.number(row, "priority", at, 1),
        places=_places(reader, row, at),
        needs=tuple(
            Need(*_topic_level(reader, need, where, "priority", "team"))
            for where, need in reader.rows(row, "needs", _names(Need), at)
        ),
        field=text("field") or None,
        languages=words("languages"),
        modes=words("modes"),
        area=text("area") or None,
        slots=words("slots"),
        stage=text("stage") or None,
        organisations=words("organisations"),
        wishes=tuple(reader.words(row, "wishes", at)),
        district=text("district"),
        origin=text("origin"),
    )


def _topic_level(
    reader: Reader, row: Mapping[str, Any], at: str, key: str, source: str
) -> tuple[str, int, str]:
    found = reader.text(row, "topic", at, None), reader.number(row, key, at, 2)
    return *found, reader.text(row, "source", at, source)


def _places(reader: Reader, row: Mapping[str, Any], at: str) -> tuple[Place, ...]:
    if "places" not in row:
        return (Place(),)
    return tuple(
        Place(reader.text(place, "kind", where, ANY_KIND), reader.number(place, "hours", where, 0))
        for where, place in reader.rows(row, "places", _names(Place), at)
    )


def _tree(reader: Reader, data: Mapping[str, Any]) -> SkillTree:
    found: dict[str, SkillTopic] = {}
    for at, row in reader.rows(data, "skills", _names(SkillTopic)):
        topic = _topic(reader, row, reader.named(row, "skills", at))
        if topic.id in found:
            reader.fault("twice", f"skills[{topic.id}]", id=topic.id)
        found[topic.id] = topic
    return SkillTree(found)


def _topic(reader: Reader, row: Mapping[str, Any], at: str) -> SkillTopic:
    return SkillTopic(
        reader.text(row, "id", at, None),
        reader.text(row, "name", at),
        reader.text(row, "parent", at) or None,
        reader.text(row, "kind", at),
        tuple(reader.words(row, "synonyms", at)),
    )


def _settings(reader: Reader, row: Any) -> Settings:
    row = reader.object(row, "settings")
    reader.known(row, _names(Settings), "settings")
    share = reader.number
    return Settings(
        floor=reader.flag(row, "floor", "settings", True),
        team_share=share(row, "team_share", "settings", 8),
        mentor_share=share(row, "mentor_share", "settings", 2),
        keep_bonus=share(row, "keep_bonus", "settings", 100),
        min_score=share(row, "min_score", "settings", 0),
        seconds=float(share(row, "seconds", "settings", 60)),
        weights=_weights(reader, row.get("weights")),
    )


def _weights(reader: Reader, row: Any) -> Weights:
    if row is None:
        return Weights()
    row = reader.object(row, "settings.weights")
    reader.known(row, CRITERIA, "settings.weights")
    return Weights(**{c: reader.number(row, c, "settings.weights", 0) for c in CRITERIA})


def _matrix(
    reader: Reader, data: Mapping[str, Any], name: str, shape: tuple[int, int]
) -> NDArray[np.int64] | None:
    """Rows of whole numbers; null means that the pair is not considered."""
    rows = data.get(name)
    if rows is None or 0 in shape:  # an empty side is told by itself
        return None
    if (
        not isinstance(rows, list)
        or len(rows) != shape[0]
        or any(not isinstance(r, list) or len(r) != shape[1] for r in rows)
    ):
        reader.fault("shape", name, rows=shape[0], columns=shape[1])
        return None
    table = np.full(shape, -1, dtype=np.int64)
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int):
                reader.wrong_number(f"{name}[{i}][{j}]", value)
            elif not 0 <= value <= 1000:
                reader.fault("points", f"{name}[{i}][{j}]", value=value)
            else:
                table[i, j] = value
    return table


def _forbidden(reader: Reader, data: Mapping[str, Any]) -> dict[tuple[str, str], tuple[Verdict, ...]]:
    found: dict[tuple[str, str], tuple[Verdict, ...]] = {}
    for at, row in reader.rows(data, "forbidden", (*PAIR, "rule", "reason", "waivable")):
        pair = _pair(reader, row, at)
        verdict = Verdict(
            reader.text(row, "rule", at, "conflict"),
            reader.text(row, "reason", at),
            reader.flag(row, "waivable", at, False),
        )
        found[pair] = (*found.get(pair, ()), verdict)
    return found


def plain_problem(problem: Problem) -> dict[str, Any]:
    """The JSON form of a problem; `problem_from()` reads it back to an equal one."""
    return {
        "version": VERSION,
        "salt": problem.salt,
        "settings": asdict(problem.settings) | {"seconds": int(problem.settings.seconds)},
        "skills": [_filled(asdict(topic)) for topic in problem.tree.topics.values()],
        "mentors": [_filled(asdict(mentor)) for mentor in problem.mentors],
        "teams": [_filled(asdict(team)) for team in problem.teams],
        "scores": _rows(problem.scores),
        "mentor_scores": _rows(problem.mentor_scores),
        "forbidden": [
            {"team": t, "mentor": m, "rule": v.rule, "reason": v.evidence, "waivable": v.waivable}
            for (t, m), verdicts in sorted(problem.forbidden.items())
            for v in verdicts
        ],
        "locks": [_filled(asdict(lock)) for lock in problem.locks],
        "keep": [{"team": t, "mentor": m} for t, m in sorted(problem.keep)],
        "waivers": [{"rule": r, "team": t, "mentor": m} for r, t, m in sorted(problem.waivers)],
    }


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known; sets in order, so that the same problem gives the same text."""
    return {k: sorted(v) if isinstance(v, frozenset) else v for k, v in row.items() if v is not None}


def _rows(matrix: NDArray[np.int64] | None) -> list[list[int | None]] | None:
    if matrix is None:
        return None
    return [[None if value < 0 else int(value) for value in row] for row in matrix]
