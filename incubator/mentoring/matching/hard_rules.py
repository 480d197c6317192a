"""Hard rules: what refuses a pair whatever its points. Each says why, and whether staff may waive it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .coverage import Bools
from .needs import both_known
from .problem import WAIVABLE, Mentor, Team, Verdict
from .scores import common

Waivers = frozenset[tuple[str, str, str]]
"""(rule, team id, mentor id) that staff set aside."""


@dataclass(frozen=True)
class Rule:
    """A rule over all pairs (T x M: True refuses) and the evidence for one pair."""

    id: str
    refuses: Callable[[Sequence[Team], Sequence[Mentor]], Bools]
    evidence: Callable[[Team, Mentor], str]


def _each_mentor(teams: Sequence[Team], mentors: Sequence[Mentor], test: Callable[[Mentor], bool]) -> Bools:
    row = np.array([test(m) for m in mentors], dtype=bool)
    return np.broadcast_to(row, (len(teams), len(mentors))).copy()


def _not_approved(teams: Sequence[Team], mentors: Sequence[Mentor]) -> Bools:
    return _each_mentor(teams, mentors, lambda m: not m.approved)


def _paused(teams: Sequence[Team], mentors: Sequence[Mentor]) -> Bools:
    return _each_mentor(teams, mentors, lambda m: m.paused)


def _no_common_language(teams: Sequence[Team], mentors: Sequence[Mentor]) -> Bools:
    left, right = [t.languages for t in teams], [m.languages for m in mentors]
    none: Bools = both_known([bool(s) for s in left], [bool(s) for s in right]) & (common(left, right) == 0)
    return none


def _no_common_hour(teams: Sequence[Team], mentors: Sequence[Mentor]) -> Bools:
    left, right = [t.slots for t in teams], [m.slots for m in mentors]
    none: Bools = both_known([bool(s) for s in left], [bool(s) for s in right]) & (common(left, right) == 0)
    return none


def _same_organisation(teams: Sequence[Team], mentors: Sequence[Mentor]) -> Bools:
    return common([t.organisations for t in teams], [m.organisations for m in mentors]) > 0


RULES = (
    Rule("not_approved", _not_approved, lambda t, m: m.name or m.id),
    Rule("paused", _paused, lambda t, m: m.name or m.id),
    Rule("language", _no_common_language, lambda t, m: ", ".join(sorted(t.languages))),
    Rule(
        "organisation",
        _same_organisation,
        lambda t, m: ", ".join(sorted(t.organisations & m.organisations)),
    ),
    Rule("hours", _no_common_hour, lambda t, m: ""),
)


@dataclass(frozen=True)
class RuleTable:
    """Which rules refuse which pairs."""

    refused: dict[str, Bools]
    given: Mapping[tuple[str, str], tuple[Verdict, ...]]
    waivers: Waivers
    any: Bools

    def verdicts(self, i: int, j: int, team: Team, mentor: Mentor) -> tuple[Verdict, ...]:
        """Every rule that refuses this pair, with its evidence."""
        found = [
            Verdict(rule.id, rule.evidence(team, mentor), rule.id in WAIVABLE)
            for rule in RULES
            if self.refused[rule.id][i, j]
        ]
        given = self.given.get((team.id, mentor.id), ())
        return (*found, *(v for v in given if not _waived(v, team.id, mentor.id, self.waivers)))


def _waived(verdict: Verdict, team: str, mentor: str, waivers: Waivers) -> bool:
    return verdict.waivable and (verdict.rule, team, mentor) in waivers


def rule_table(
    teams: Sequence[Team],
    mentors: Sequence[Mentor],
    given: Mapping[tuple[str, str], tuple[Verdict, ...]],
    waivers: Waivers,
) -> RuleTable:
    """Apply all rules; a waiver counts only where its rule may be waived."""
    team_at = {team.id: i for i, team in enumerate(teams)}
    mentor_at = {mentor.id: j for j, mentor in enumerate(mentors)}
    refused = {rule.id: rule.refuses(teams, mentors) for rule in RULES}
    for rule, team, mentor in waivers:
        if rule in WAIVABLE and team in team_at and mentor in mentor_at:
            refused[rule][team_at[team], mentor_at[mentor]] = False
    every = np.zeros((len(teams), len(mentors)), dtype=bool)
    for table in refused.values():
        every |= table
    for (team, mentor), verdicts in given.items():
        if any(not _waived(v, team, mentor, waivers) for v in verdicts):
            every[team_at[team], mentor_at[mentor]] = True
    return RuleTable(refused, given, waivers, every)
