"""A cohort as a matching problem: who offers room, which places are open, what forbids a pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa

from ...core import clock
from ...core.db import db
from ...models import (
    Affiliation,
    AvailabilityRule,
    CaseStage,
    Cohort,
    Commitment,
    CommitmentState,
    IncubationCase,
    MentorProfile,
    Mentorship,
    MentorSkill,
    NeedState,
    Offer,
    OfferState,
    Person,
    Programme,
    RuleWaiver,
    SkillTopic,
    TeamMember,
    TeamNeed,
    Wish,
    WishSide,
)
from ..matching import (
    Lock,
    Mentor,
    Need,
    Place,
    Problem,
    Settings,
    Skill,
    SkillTree,
)
from ..matching import (
    SkillTopic as Topic,
)
from ..matching import Team as TeamRow
from ..settings import rule
from .barring import forbidden_pairs
from .maps import grouped, mapping

OPEN_STAGES = (CaseStage.APPLIED, CaseStage.PRE_INCUBATION, CaseStage.INCUBATION)


def hour_slots(rules: Iterable[tuple[int, time, time]]) -> frozenset[str]:
    """Whole hours of a week as “weekday-hour” (0 is Monday)."""
    return frozenset(
        f"{day}-{hour:02d}"
        for day, starts, ends in rules
        for hour in range(starts.hour + (starts.minute > 0), ends.hour)
    )


def skill_tree() -> SkillTree:
    rows = db.session.scalars(sa.select(SkillTopic)).all()
    slugs = {row.id: row.slug for row in rows}
    return SkillTree.of(
        Topic(row.slug, row.name, slugs.get(row.parent_id or 0), row.kind, tuple(row.synonyms))
        for row in rows
    )


def build_problem(
    cohort: Cohort, settings: Settings, salt: str, locks: Iterable[Lock], *, at: datetime
) -> Problem:
    """Everything one run decides on, in a dozen statements. Ids are those of persons and cases, as text."""
    commitments = db.session.scalars(
        sa.select(Commitment).where(
            Commitment.cohort_id == cohort.id,
            Commitment.state.in_((CommitmentState.APPROVED, CommitmentState.PAUSED)),
        )
    ).all()
    cases = db.session.scalars(
        sa.select(IncubationCase)
        .where(
            IncubationCase.cohort_id == cohort.id,
            IncubationCase.stage.in_(OPEN_STAGES),
            IncubationCase.needs_confirmed_at.is_not(None),
        )
        .options(sa.orm.joinedload(IncubationCase.team))
    ).all()
    going = db.session.scalars(
        sa.select(Mentorship).where(
            Mentorship.ended_at.is_(None), Mentorship.case_id.in_([case.id for case in cases])
        )
    ).all()
    mentors = _mentors(commitments, clock.local(at).date())
    teams = _teams(db.session.get_one(Programme, cohort.programme_id), cases, going)
    kept = {t.id for t in teams}, {m.id for m in mentors}
    teams = [replace(t, wishes=tuple(w for w in t.wishes if w in kept[1])) for t in teams]
    mentors = [replace(m, wishes=tuple(w for w in m.wishes if w in kept[0])) for m in mentors]
    return Problem(
        mentors=tuple(mentors),
        teams=tuple(teams),
        settings=settings,
        salt=salt,
        tree=skill_tree(),
        forbidden=forbidden_pairs([case for case in cases if str(case.id) in kept[0]], commitments, at),
        locks=tuple(lock for lock in locks if lock.mentor in kept[1] and _still_open(lock, teams)),
        keep=_keep(cohort, kept),
        waivers=_waivers(kept),
    )


def _mentors(commitments: Iterable[Commitment], day: date) -> list[Mentor]:
    rows = list(commitments)
    ids = [row.person_id for row in rows]
    names = mapping(sa.select(Person.id, Person.full_name).where(Person.id.in_(ids)))
    profiles = {
        p.person_id: p
        for p in db.session.scalars(sa.select(MentorProfile).where(MentorProfile.person_id.in_(ids)))
    }
    skills = grouped(
        db.session.execute(
            sa.select(MentorSkill.person_id, SkillTopic.slug, MentorSkill.level, MentorSkill.source)
            .join(SkillTopic, SkillTopic.id == MentorSkill.topic_id)
            .where(MentorSkill.person_id.in_(ids))
        )
    )
    hours = _hours(AvailabilityRule.person_id, ids)
    wishes = _wishes(WishSide.MENTOR, Wish.person_id, Wish.case_id)
    bodies = _organisations(ids)
    taken = _taken(row.id for row in rows)
    found = []
    for row in rows:
        profile = profiles.get(row.person_id)
        heads, spent = taken.get(row.id, (0, 0))
        own = bodies.get(row.person_id, frozenset())
        if profile and profile.organisation_id:
            own |= {str(profile.organisation_id)}
        found.append(
            Mentor(
                id=str(row.person_id),
                name=names[row.person_id],
                kind=row.kind,
                max_teams=max(0, row.max_teams - heads),
                max_hours=None if row.max_hours is None else max(0, row.max_hours - spent),
                skills=tuple(
                    Skill(slug, level, source) for slug, level, source in skills.get(row.person_id, ())
                ),
                fields=frozenset(profile.fields if profile else ()),
                languages=frozenset(profile.languages if profile else ()),
                modes=frozenset(profile.modes if profile else ()),
                areas=frozenset(profile.areas if profile else ()),
                stages=frozenset(profile.stages if profile else ()),
                slots=hour_slots(hours.get(row.person_id, ())),
                organisations=own,
                wishes=wishes.get(row.person_id, ()),
                paused=row.state_on(day) is CommitmentState.PAUSED,
            )
        )
    return found


def _taken(commitment_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Teams and hours that running mentorships already take."""
    rows = db.session.execute(
        sa.select(Mentorship.commitment_id, sa.func.count(), sa.func.sum(Mentorship.hours))
        .where(Mentorship.commitment_id.in_(list(commitment_ids)), Mentorship.ended_at.is_(None))
        .group_by(Mentorship.commitment_id)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def _teams(
    programme: Programme, cases: Iterable[IncubationCase], going: Iterable[Mentorship]
) -> list[TeamRow]:
    rows = list(cases)
    ids = [case.id for case in rows]
    kinds = rule(programme, "places")
    hours_each = int(rule(programme, "hours_each"))
    held = {(m.case_id, m.kind) for m in going}
    needs = grouped(
        db.session.execute(
            sa.select(TeamNeed.case_id, SkillTopic.slug, TeamNeed.priority, TeamNeed.source)
            .join(SkillTopic, SkillTopic.id == TeamNeed.topic_id)
            .where(TeamNeed.case_id.in_(ids), TeamNeed.state == NeedState.OPEN)
        )
    )
    hours = _hours(AvailabilityRule.case_id, ids)
    wishes = _wishes(WishSide.TEAM, Wish.case_id, Wish.person_id)
    members = _member_organisations([case.team_id for case in rows])
    found = []
    for case in rows:
        places = tuple(Place(kind, hours_each) for kind in kinds if (case.id, kind) not in held)
        if not places:
            continue
        body = {str(case.team.organisation_id)} if case.team.organisation_id else set()
        found.append(
            TeamRow(
                id=str(case.id),
                name=case.title,
                priority=case.priority,
                places=places,
                needs=tuple(
                    Need(slug, priority, source) for slug, priority, source in needs.get(case.id, ())
                ),
                field=case.field or None,
                languages=frozenset(case.languages),
                modes=frozenset(case.modes),
                area=case.area or None,
                slots=hour_slots(hours.get(case.id, ())),
                stage=case.stage,
                organisations=frozenset(body) | members.get(case.team_id, frozenset()),
                wishes=wishes.get(case.id, ()),
                district=case.area,
                origin="award" if case.award_id else "application",
            )
        )
    return found


def _hours(column: Any, ids: list[int]) -> Mapping[int, list[tuple[Any, ...]]]:
    return grouped(
        db.session.execute(
            sa.select(column, AvailabilityRule.weekday, AvailabilityRule.starts, AvailabilityRule.ends).where(
                column.in_(ids)
            )
        )
    )


def _wishes(side: WishSide, owner: Any, other: Any) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for key, value in db.session.execute(
        sa.select(owner, other).where(Wish.side == side).order_by(owner, Wish.rank)
    ):
        found[key] = (*found.get(key, ()), str(value))
    return found


def _organisations(person_ids: list[int]) -> dict[int, frozenset[str]]:
    rows = db.session.execute(
        sa.select(Affiliation.person_id, Affiliation.organisation_id).where(
            Affiliation.person_id.in_(person_ids), Affiliation.valid_to.is_(None)
        )
    )
    return {person: frozenset(str(body) for (body,) in bodies) for person, bodies in grouped(rows).items()}


def _member_organisations(team_ids: list[int]) -> dict[int, frozenset[str]]:
    rows = db.session.execute(
        sa.select(TeamMember.team_id, Affiliation.organisation_id)
        .join(Affiliation, Affiliation.person_id == TeamMember.person_id)
        .where(
            TeamMember.team_id.in_(team_ids), TeamMember.valid_to.is_(None), Affiliation.valid_to.is_(None)
        )
    )
    return {team: frozenset(str(body) for (body,) in bodies) for team, bodies in grouped(rows).items()}


def _still_open(lock: Lock, teams: Iterable[TeamRow]) -> bool:
    """Whether the place that was held still waits: a pair that was accepted since is no longer asked for."""
    kinds = {place.kind for team in teams if team.id == lock.team for place in team.places}
    return bool(kinds) if lock.kind is None else lock.kind in kinds


def _keep(cohort: Cohort, kept: tuple[set[str], set[str]]) -> frozenset[tuple[str, str]]:
    """Open offers: the next run prefers what was already offered."""
    rows = db.session.execute(
        sa.select(Offer.case_id, Offer.person_id).where(
            Offer.cohort_id == cohort.id, Offer.state == OfferState.SENT
        )
    )
    return frozenset((str(c), str(p)) for c, p in rows if str(c) in kept[0] and str(p) in kept[1])


def _waivers(kept: tuple[set[str], set[str]]) -> frozenset[tuple[str, str, str]]:
    rows = db.session.execute(sa.select(RuleWaiver.rule, RuleWaiver.case_id, RuleWaiver.person_id))
    return frozenset((r, str(c), str(p)) for r, c, p in rows if str(c) in kept[0] and str(p) in kept[1])
