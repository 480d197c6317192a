"""Rows of programmes and mentoring for tests."""

from __future__ import annotations

from datetime import date, time, timedelta

import sqlalchemy as sa

from incubator.core.access import Role, ScopeKind
from incubator.core.db import db
from incubator.mentoring.services.programmes import install_topics
from incubator.models import (
    AvailabilityRule,
    Cohort,
    Commitment,
    CommitmentState,
    IncubationCase,
    MemberPart,
    MentorKind,
    MentorProfile,
    Mentorship,
    MentorSkill,
    NeedSource,
    NeedState,
    Offer,
    OpeningRule,
    Programme,
    Resource,
    ResourceKind,
    RoomContent,
    Site,
    SkillTopic,
    TeamMember,
    TeamNeed,
)
from tests.factories import AT, _n, make_person, make_team, make_user, save

TUESDAY = 1


def make_programme(**values):
    return save(
        Programme(**{"slug": f"de-an-{_n()}", "name": "Đề án 826", "rules": {}, "created_at": AT, **values})
    )


def make_cohort(**values):
    values.setdefault("programme_id", 0)
    values["programme_id"] = values["programme_id"] or make_programme(**values.pop("programme", {})).id
    return save(
        Cohort(
            **{
                "slug": f"khoa-{_n()}", "name": "Ươm tạo khóa 2026", "year": 2026, "starts_on": date(2026, 1, 1),
                "ends_on": date(2026, 12, 31), "created_at": AT, **values,
            }
        )
    )  # fmt: skip


def make_staff():
    return make_user(Role.STAFF, ScopeKind.SYSTEM, None, full_name="Ngô Bích Liên")


def topic(slug):
    find = sa.select(SkillTopic).where(SkillTopic.slug == slug)
    if db.session.scalar(find) is None:
        install_topics()
    return db.session.scalars(find).one()


def make_mentor(
    cohort, name="Lý Minh Tuấn", kind=MentorKind.BUSINESS, max_teams=2, skills=("business_model",), **values
):
    """An approved mentor with an account; free Tuesday afternoons."""
    account = make_user(Role.MENTOR, ScopeKind.PROGRAMME, cohort.programme_id, full_name=name)
    values = {"state": CommitmentState.APPROVED, "max_hours": None, **values}
    commitment = save(
        Commitment(
            cohort_id=cohort.id,
            person_id=account.person_id,
            kind=kind,
            max_teams=max_teams,
            created_at=AT,
            **values,
        )
    )
    save(
        MentorProfile(
            person_id=account.person_id, languages=["vi"], modes=["online", "onsite"], fields=["digital"], areas=[],
            stages=["applied"], created_at=AT, changed_at=AT,
        )
    )  # fmt: skip
    for slug in skills:
        save(MentorSkill(person_id=account.person_id, topic_id=topic(slug).id, level=3))
    save(AvailabilityRule(person_id=account.person_id, weekday=TUESDAY, starts=time(14), ends=time(17)))
    return account, commitment


def make_case(
    cohort, title="HealthyMap AI", needs=("business_model",), confirmed=True, captain=None, **values
):
    """A case whose captain has an account (unless given); free on Tuesday afternoons."""
    team = make_team(title)
    captain = captain or make_user(full_name="Lý Minh Quân")
    save(TeamMember(team_id=team.id, person_id=captain.person_id, part=MemberPart.CAPTAIN, valid_from=AT))
    save(
        TeamMember(
            team_id=team.id, person_id=make_person("Trần Thị Bé").id, part=MemberPart.MEMBER, valid_from=AT
        )
    )
    values = {"languages": ["vi"], "modes": ["online"], "field": "digital", "waiting_since": AT, **values}
    case = save(
        IncubationCase(
            cohort_id=cohort.id, team_id=team.id, title=title, created_at=AT,
            needs_confirmed_at=AT if confirmed else None, **values,
        )
    )  # fmt: skip
    for slug in needs:
        save(
            TeamNeed(
                case_id=case.id,
                topic_id=topic(slug).id,
                source=NeedSource.TEAM,
                state=NeedState.OPEN,
                created_at=AT,
            )
        )
    save(AvailabilityRule(case_id=case.id, weekday=TUESDAY, starts=time(14), ends=time(17)))
    return case, captain


def make_offer(case, commitment, **values):
    values = {"kind": commitment.kind, "hours": 12, "sent_at": AT, "due_at": AT + timedelta(days=6), **values}
    return save(Offer(cohort_id=case.cohort_id, case_id=case.id, person_id=commitment.person_id, **values))


def make_mentorship(case, commitment, **values):
    values = {
        "kind": commitment.kind,
        "hours": 12,
        "started_at": AT,
        "decline_until": AT + timedelta(days=3),
        **values,
    }
    return save(
        Mentorship(case_id=case.id, person_id=commitment.person_id, commitment_id=commitment.id, **values)
    )


def make_machine(name, room):
    """A machine that stands in a room."""
    machine = save(
        Resource(
            slug=f"may-{_n()}",
            site_id=room.site_id,
            kind=ResourceKind.MACHINE,
            name=name,
            capacity=3,
            rules={},
        )
    )
    save(RoomContent(room_id=room.id, content_id=machine.id))
    return machine


def make_room(name="Phòng họp 1", **values):
    """A room of a site that is open from 07:00 to 18:00 on every day."""
    site = save(Site(slug=f"co-so-{_n()}", name="BIIC"))
    room = save(
        Resource(
            **{
                "slug": f"phong-{_n()}",
                "site_id": site.id,
                "kind": ResourceKind.ROOM,
                "name": name,
                "capacity": 12,
                "rules": {},
                **values,
            }
        )
    )
    for weekday in range(7):
        save(OpeningRule(site_id=site.id, weekday=weekday, opens=time(7), closes=time(18)))
    return room
