"""A teacher's school, found by whatever spelling or added for the organiser to verify."""

from __future__ import annotations

import re
from datetime import datetime

import sqlalchemy as sa

from ..activity import services as activity
from ..core.access import Actor, Role, ScopeKind, ensure, system_actor
from ..core.db import db
from ..core.errors import Invalid
from ..core.i18n import _
from ..core.text import collapse, search_key
from ..core.text.school_levels import levels_said
from ..models import (
    Invitation,
    Organisation,
    OrganisationAlias,
    OrganisationKind,
    Person,
    RoleGrant,
    SchoolLevel,
)
from . import policies
from .services import grant_role, invite_person

_KINDS_SAID = (
    (
        re.compile(r"^(tinh|thanh|huyen|quan|thi) doan\b|^doan (thanh nien|truong|phuong|xa|tncs)\b"),
        OrganisationKind.YOUTH_UNION,
    ),
    (re.compile(r"^(so|phong|ban|uy ban|ubnd|cuc|chi cuc)\b"), OrganisationKind.DEPARTMENT),
    (re.compile(r"^(tong )?cong ty\b|^(doanh nghiep|tap doan)\b"), OrganisationKind.COMPANY),
    (re.compile(r"\bfablab\b"), OrganisationKind.FABLAB),
    (re.compile(r"\bvuon uom\b|\buom tao\b"), OrganisationKind.INCUBATOR),
    (
        re.compile(r"^truong\b|^(mam non|tieu hoc|thcs|thpt|cao dang|dai hoc|hoc vien)\b"),
        OrganisationKind.SCHOOL,
    ),
)

CONTESTS_OF_SCHOOL = "/registration/"  # where a teacher finds this year's contests

_KINDS = {
    SchoolLevel.COLLEGE: OrganisationKind.COLLEGE,
    SchoolLevel.UNIVERSITY: OrganisationKind.UNIVERSITY,
}


def levels_in(name: str) -> list[SchoolLevel]:
    """The levels in a name that registration knows."""
    return [level for level in SchoolLevel if level in levels_said(name)]


def school_names(most: int = 1000) -> list[str]:
    """Names of the schools to choose from."""
    kinds = (OrganisationKind.SCHOOL, OrganisationKind.COLLEGE, OrganisationKind.UNIVERSITY)
    return list(
        db.session.scalars(
            sa.select(Organisation.name)
            .where(Organisation.kind.in_(kinds), Organisation.verified_at.is_not(None))
            .order_by(Organisation.sort_key)
            .limit(most)
        )
    )


def find_school(name: str) -> Organisation | None:
    """The organisation of this name or known spelling, diacritics and “Trường” apart."""
    key = school_key(name)
    return db.session.scalar(
        sa.select(Organisation)
        .outerjoin(OrganisationAlias, OrganisationAlias.organisation_id == Organisation.id)
        .where(sa.or_(Organisation.search_key.in_([key, search_key(name)]), OrganisationAlias.key == key))
        .limit(1)
    )


def named_school(name: str, *, at: datetime, actor: Actor) -> Organisation:
    """The school that somebody names; one that nobody knows is added and waits for an organiser (a claim, decision 0034)."""
    return find_school(name) or add_organisation(name, at=at, actor=actor)


def named_body(name: str, *, at: datetime, actor: Actor) -> Organisation:
    """A body of any kind that an organiser names, known to everybody from then on."""
    found = find_school(name) or add_organisation(name, at=at, actor=actor, kind=kind_said(name))
    found.verified_at = found.verified_at or at
    return found


def kind_said(name: str) -> OrganisationKind:
    """What kind of body a Vietnamese name speaks of."""
    key = search_key(name)
    return next((kind for words, kind in _KINDS_SAID if words.search(key)), OrganisationKind.OTHER)


def school_key(name: str) -> str:
    return re.sub(r"^truong ", "", search_key(name))


def add_organisation(
    name: str, *, at: datetime, actor: Actor, kind: OrganisationKind = OrganisationKind.SCHOOL
) -> Organisation:
    """A new organisation that waits to be verified."""
    name = collapse(name)
    if len(search_key(name)) < 4:
        raise Invalid(_("Nhập tên trường đầy đủ, ví dụ: Tiểu học Đông Hòa B."), field="organisation")
    base = re.sub(r"[^a-z0-9]+", "-", search_key(name)).strip("-")[:100]
    taken = set(db.session.scalars(sa.select(Organisation.slug).where(Organisation.slug.startswith(base))))
    slug = next(s for n in range(1, 10_000) if (s := base if n == 1 else f"{base}-{n}") not in taken)
    levels = levels_in(name) if kind is OrganisationKind.SCHOOL else []
    kind = next((_KINDS[level] for level in levels if level in _KINDS), kind)
    organisation = Organisation(slug=slug, name=name, kind=kind, levels=levels, created_at=at)
    db.session.add(organisation)
    db.session.flush()
    activity.record("accounts.organisation.added", organisation, actor=actor, at=at)
    return organisation


def join_as_teacher(person_id: int, school: str, *, at: datetime) -> Organisation:
    """Make the person coordinator of the school, unverified: drafting is possible, submitting waits."""
    own = Actor(person_id=person_id)
    organisation = named_school(school, at=at, actor=own)
    grant = grant_role(
        person_id,
        Role.COORDINATOR,
        ScopeKind.ORGANISATION,
        organisation.id,
        actor=system_actor("school-link"),
        at=at,
        verified=False,
    )
    if grant.verified_at is None:
        _tell_organisers(organisation, person_id, at)
    return organisation


def invite_teacher(
    full_name: str, school: str, *, email: str | None, phone: str | None, actor: Actor, at: datetime
) -> Invitation:
    """A link of one teacher's own, with the school already in it: who accepts may draft and submit at once."""
    ensure(policies.can_verify_coordinator(actor))
    organisation = named_school(school, at=at, actor=actor)
    organisation.verified_at = organisation.verified_at or at
    return invite_person(
        full_name,
        Role.COORDINATOR,
        ScopeKind.ORGANISATION,
        organisation.id,
        email=email,
        phone=phone,
        lands=CONTESTS_OF_SCHOOL,
        actor=actor,
        at=at,
    )


def _tell_organisers(organisation: Organisation, person_id: int, at: datetime) -> None:
    organisers = db.session.scalars(
        sa.select(RoleGrant.person_id)
        .where(RoleGrant.role == Role.ORGANISER, RoleGrant.valid_to.is_(None))
        .distinct()
        .join(Person, Person.id == RoleGrant.person_id)
    ).all()
    activity.notify_many(
        "accounts/teacher_joined",
        [
            {
                "person_id": p,
                "url": "/people/coordinators",
                "context": {"organisation_id": organisation.id, "teacher_id": person_id},
            }
            for p in organisers
        ],
        at=at,
    )
