"""What a matching problem is: mentors with capacity, teams with places, rules, wishes and locks.

Plain data, no database and no screen. Scores are whole points from 0 to 1000.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .skills import SkillTree

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ANY_KIND = "any"
NEUTRAL = 500
"""Points given where nothing is known: unknown is neither good nor bad."""


@dataclass(frozen=True)
class Skill:
    """One skill of a mentor: level 1 (knows) to 3 (expert), and who says so."""

    topic: str
    level: int
    source: str = "self"


@dataclass(frozen=True)
class Need:
    """One need of a team: priority 1 (useful) to 3 (urgent), and where it comes from."""

    topic: str
    priority: int = 2
    source: str = "team"


@dataclass(frozen=True)
class Place:
    """A seat for one mentor in a team: of which kind, and how many hours it costs the mentor."""

    kind: str = ANY_KIND
    hours: int = 0


@dataclass(frozen=True)
class Mentor:
    """A mentor in one programme. `None` and empty sets mean “not known”, never “none”."""

    id: str
    name: str = ""
    kind: str = ANY_KIND
    max_teams: int = 1
    max_hours: int | None = None
    skills: tuple[Skill, ...] = ()
    fields: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    slots: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    wishes: tuple[str, ...] = ()
    approved: bool = True
    paused: bool = False


@dataclass(frozen=True)
class Team:
    """A team that looks for mentors; priority class 1 is served first."""

    id: str
    name: str = ""
    priority: int = 1
    places: tuple[Place, ...] = (Place(),)
    needs: tuple[Need, ...] = ()
    field: str | None = None
    languages: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset()
    area: str | None = None
    slots: frozenset[str] = frozenset()
    stage: str | None = None
    organisations: frozenset[str] = frozenset()
    wishes: tuple[str, ...] = ()
    district: str = ""
    origin: str = ""


@dataclass(frozen=True)
class Weights:
    """How many of the 1000 points each criterion may give; they sum to 1000."""

    needs: int = 400
    field: int = 180
    slots: int = 150
    stage: int = 85
    place: int = 85
    wish: int = 100

    def as_dict(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in CRITERIA}


RULE_NAMES = ("not_approved", "paused", "language", "organisation", "hours")
WAIVABLE = frozenset({"organisation", "hours"})
"""Hard rules of the program that staff may set aside for a pair."""

CRITERIA = ("needs", "field", "slots", "stage", "place", "wish")


@dataclass(frozen=True)
class Settings:
    """How one run decides.

    `team_share` + `mentor_share` = 10 (tenths); `keep_bonus` and `min_score` are points;
    `seconds` bounds the search where side limits need one.
    """

    floor: bool = True
    team_share: int = 8
    mentor_share: int = 2
    keep_bonus: int = 100
    min_score: int = 0
    seconds: float = 60.0
    weights: Weights = field(default_factory=Weights)


@dataclass(frozen=True)
class Verdict:
    """One hard rule that refuses a pair: which rule, on what evidence, and who may waive it."""

    rule: str
    evidence: str = ""
    waivable: bool = False


@dataclass(frozen=True)
class Lock:
    """A pair that staff or an accepted offer holds: the run must keep it."""

    team: str
    mentor: str
    kind: str | None = None


@dataclass(frozen=True)
class Fault:
    """What is wrong with the input: a code, the row it stands in, and the values to name."""

    code: str
    row: str
    values: dict[str, str] = field(default_factory=dict)


class BadProblemError(ValueError):
    """The problem cannot be solved as given; `faults` name every row to mend."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.row}: {fault.code}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Problem:
    """All that one run decides on. `scores` replace the criteria where they are given.

    Matrices have a row a team and a column a mentor, in the order of the lists; -1 in `scores` means
    that the pair is not considered.
    """

    mentors: tuple[Mentor, ...]
    teams: tuple[Team, ...]
    settings: Settings = field(default_factory=Settings)
    salt: str = ""
    tree: SkillTree = field(default_factory=SkillTree)
    scores: NDArray[np.int64] | None = None
    mentor_scores: NDArray[np.int64] | None = None
    forbidden: Mapping[tuple[str, str], tuple[Verdict, ...]] = field(default_factory=dict)
    locks: tuple[Lock, ...] = ()
    keep: frozenset[tuple[str, str]] = frozenset()
    waivers: frozenset[tuple[str, str, str]] = frozenset()
