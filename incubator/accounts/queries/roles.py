"""Roles in words, the scopes they are given for, and grants."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...core.access import Role, ScopeKind
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _, lazy
from ...core.together import Asking, Prepared, ask
from ...core.web import named
from ...models import (
    Account,
    Edition,
    Organisation,
    Person,
    Programme,
    RoleGrant,
    Site,
)

ROLE_NAMES = {
    Role.ADMINISTRATOR: lazy("Quản trị"),
    Role.ORGANISER: lazy("Ban tổ chức"),
    Role.SECRETARY: lazy("Ban thư ký"),
    Role.JUDGE: lazy("Giám khảo"),
    Role.REFEREE: lazy("Trọng tài"),
    Role.STAFF: lazy("Cán bộ BIIC"),
    Role.MENTOR: lazy("Cố vấn"),
    Role.COORDINATOR: lazy("Điều phối của trường"),
    Role.MEMBER: lazy("Thành viên đội"),
}


SCORING_SIDE = (Role.JUDGE, Role.SECRETARY)


def scoring_in(edition_id: int, at: datetime) -> set[int]:
    """Ids of the people who judge an edition or keep its minutes."""
    return set(
        db.session.scalars(
            sa.select(RoleGrant.person_id).where(
                RoleGrant.role.in_(SCORING_SIDE),
                RoleGrant.scope == ScopeKind.EDITION,
                RoleGrant.scope_id == edition_id,
                sa.or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > at),
            )
        )
    )


ScopeNames = dict[tuple[ScopeKind | None, int | None], tuple[str, str]]

_SCOPES: dict[ScopeKind, Any] = {
    kind: sa.select(
        model.id, model.name, model.slug, getattr(model, "name_en", sa.literal("")).label("name_en")
    ).where(model.id.in_(sa.bindparam(kind.value, expanding=True)))
    for kind, model in (
        (ScopeKind.EDITION, Edition),
        (ScopeKind.ORGANISATION, Organisation),
        (ScopeKind.SITE, Site),
        (ScopeKind.PROGRAMME, Programme),
    )
}


def names_of_scopes(scopes: Iterable[tuple[ScopeKind | None, int | None]]) -> Asking[ScopeNames]:
    """(name, slug) of editions, schools, sites and programmes; the name in the reader's language where there is one."""
    wanted: dict[ScopeKind, set[int]] = {}
    for kind, number in scopes:
        if kind in _SCOPES and number is not None:
            wanted.setdefault(kind, set()).add(number)
    kinds = sorted(wanted)
    found = yield [Prepared(_SCOPES[kind], {kind.value: sorted(wanted[kind])}) for kind in kinds]
    return {
        (kind, row.id): (named(row), row.slug)
        for kind, rows in zip(kinds, found, strict=True)
        for row in rows
    }


def get_grant(grant_id: int) -> RoleGrant:
    grant = db.session.scalar(sa.select(RoleGrant).where(RoleGrant.id == grant_id))
    if grant is None:
        raise NotFound(_("Không có quyền này."))
    return grant


def grant_names(grants: Iterable[RoleGrant]) -> dict[int, str]:
    """Words for grants: “Giám khảo · Robotics và AI 2024”."""
    rows = list(grants)
    names = ask(names_of_scopes((g.scope, g.scope_id) for g in rows))
    whole = _("Toàn hệ thống")
    return {g.id: f"{ROLE_NAMES[g.role]} · {names.get((g.scope, g.scope_id), (whole, ''))[0]}" for g in rows}


def scope_choices() -> list[tuple[str, str]]:
    """Every scope in which a role can be given, as (“edition:3”, name)."""
    parts = [
        sa.select(
            sa.literal(kind).label("kind"),
            model.id.label("id"),
            model.name.label("name"),
            model.name_en.label("name_en"),
        )
        for kind, model in (("edition", Edition), ("site", Site))
    ]
    rows = db.session.execute(sa.union_all(*parts).order_by("kind", sa.desc("id"))).all()
    return [("system:", _("Toàn hệ thống")), *[(f"{r.kind}:{r.id}", named(r)) for r in rows]]


def unverified_coordinators() -> list[tuple[RoleGrant, Person, Organisation, bool]]:
    """Who waits, and whether the e-mail that they typed has answered: until then it may be anybody's."""
    rows = db.session.execute(
        sa.select(RoleGrant, Person, Organisation, Account.email_confirmed_at.is_not(None).label("confirmed"))
        .join(Person, Person.id == RoleGrant.person_id)
        .outerjoin(Account, sa.and_(Account.person_id == Person.id, Account.email == Person.email))
        .join(Organisation, Organisation.id == RoleGrant.scope_id)
        .where(
            RoleGrant.role == Role.COORDINATOR, RoleGrant.verified_at.is_(None), RoleGrant.valid_to.is_(None)
        )
        .order_by(RoleGrant.id)
    ).all()
    return [(r[0], r[1], r[2], bool(r.confirmed)) for r in rows]
