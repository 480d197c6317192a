"""Who may not mentor whom: conflicts of interest, judges whose results are not out, and pairs that said no."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

import sqlalchemy as sa

from ...core.db import db
from ...models import (
    Assignment,
    AssignmentState,
    Commitment,
    Conflict,
    Entry,
    IncubationCase,
    Mentorship,
    Offer,
    OfferState,
    StageDivision,
    StageEntry,
    StageState,
    TeamMember,
)
from ..matching import Verdict
from .maps import grouped

Forbidden = dict[tuple[str, str], tuple[Verdict, ...]]


def forbidden_pairs(
    cases: Iterable[IncubationCase], commitments: Iterable[Commitment], at: datetime
) -> Forbidden:
    """Conflicts of interest, judges whose results are not out, and pairs that said no."""
    rows = list(cases)
    people = {c.person_id for c in commitments}
    by_team = {case.team_id: case for case in rows}
    found: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for case_id, person, verdict in [
        *_conflicts(rows, people, at),
        *_judging(by_team, people),
        *_refusals(rows, people),
    ]:
        found[str(case_id), str(person)].append(verdict)
    return {pair: tuple(verdicts) for pair, verdicts in found.items()}


def barred(case_id: int, person_id: int, at: datetime) -> Verdict | None:
    """What keeps a person from mentoring a team now, whatever was offered before; nobody may waive it."""
    case = db.session.scalars(
        sa.select(IncubationCase)
        .where(IncubationCase.id == case_id)
        .options(sa.orm.joinedload(IncubationCase.team))
    ).one()
    found = [*_conflicts([case], {person_id}, at), *_judging({case.team_id: case}, {person_id})]
    return found[0][2] if found else None


def _conflicts(cases: list[IncubationCase], people: set[int], at: datetime) -> list[tuple[int, int, Verdict]]:
    members = grouped(
        db.session.execute(
            sa.select(TeamMember.person_id, TeamMember.team_id).where(
                TeamMember.team_id.in_([case.team_id for case in cases]), TeamMember.valid_to.is_(None)
            )
        )
    )
    team_case = {case.team_id: case.id for case in cases}
    body_cases = grouped((case.team.organisation_id, case.id) for case in cases if case.team.organisation_id)
    found = []
    rows = db.session.scalars(
        sa.select(Conflict).where(
            Conflict.person_id.in_(people),
            Conflict.source != "mentoring",
            sa.or_(Conflict.valid_to.is_(None), Conflict.valid_to > at),
        )
    )
    for row in rows:
        touched = {team_case.get(row.team_id or 0)}
        touched |= {team_case.get(team) for (team,) in members.get(row.other_person_id or 0, [])}
        touched |= {case for (case,) in body_cases.get(row.organisation_id or 0, [])}
        found += [(c, row.person_id, Verdict("conflict", row.reason or str(row.kind))) for c in touched if c]
    return found


def _judging(by_team: Mapping[int, IncubationCase], people: set[int]) -> list[tuple[int, int, Verdict]]:
    """Who judges a team does not mentor it until the results of that stage are published."""
    rows = db.session.execute(
        sa.select(Entry.team_id, Assignment.judge_id)
        .join(StageEntry, StageEntry.entry_id == Entry.id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Assignment, Assignment.stage_entry_id == StageEntry.id)
        .where(
            Entry.team_id.in_(list(by_team)),
            Assignment.judge_id.in_(people),
            Assignment.state.not_in((AssignmentState.DECLINED, AssignmentState.REMOVED)),
            StageDivision.state != StageState.PUBLISHED,
        )
        .distinct()
    )
    return [(by_team[team].id, judge, Verdict("judging")) for team, judge in rows]


def _refusals(cases: list[IncubationCase], people: set[int]) -> list[tuple[int, int, Verdict]]:
    ids = [case.id for case in cases]
    declined = db.session.execute(
        sa.select(Offer.case_id, Offer.person_id).where(
            Offer.case_id.in_(ids), Offer.state == OfferState.DECLINED
        )
    )
    ended = db.session.execute(
        sa.select(Mentorship.case_id, Mentorship.person_id).where(
            Mentorship.case_id.in_(ids), Mentorship.ended_at.is_not(None)
        )
    )
    pairs = {(c, p) for c, p in [*declined, *ended] if p in people}
    return [(c, p, Verdict("declined", waivable=True)) for c, p in sorted(pairs)]
