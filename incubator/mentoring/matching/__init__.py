"""Who mentors whom: an explainable score, hard rules, and a staged optimum with its proof.

This package names the plain data only. `solving`, `answer_file`, `problem_file` and `reasons` load numpy
and the solvers: whoever needs them imports them where they are used, so that web workers stay small.
"""

from .problem import (
    ANY_KIND,
    WAIVABLE,
    BadProblemError,
    Fault,
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
from .skills import SkillTopic, SkillTree

__all__ = [
    "ANY_KIND",
    "WAIVABLE",
    "BadProblemError",
    "Fault",
    "Lock",
    "Mentor",
    "Need",
    "Place",
    "Problem",
    "Settings",
    "Skill",
    "SkillTopic",
    "SkillTree",
    "Team",
    "Verdict",
    "Weights",
]
