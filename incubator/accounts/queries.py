"""Reads of people, and the actor of a request in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ..core import clock
from ..core.access import Actor, Grant, Role, ScopeKind
from ..core.db import UTCDateTime, db
from ..core.errors import NotFound
from ..core.forms import phone_digits
from ..core.i18n import _, lazy
from ..core.lists import ListArgs, Page, order, paginate, words_match
from ..core.navigation import Workplace
from ..core.todo import Todo
from ..core.together import Asking, ask
from ..models import (
    Account,
    AuthCode,
    Edition,
    Invitation,
    InvitationKind,
    Organisation,
    Person,
    Programme,
    RoleGrant,
    SignIn,
    Site,
)
from . import policies, tokens

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


# Built once: putting this statement together costs more than running it, and every request runs it.
_now: Any = sa.bindparam("now", type_=UTCDateTime())
_ACTOR = (
    sa.select(
        SignIn.secret_hash, SignIn.account_id, SignIn.auth_code_id, Person.id, Person.full_name, Person.locale,
        RoleGrant.role, RoleGrant.scope, RoleGrant.scope_id, RoleGrant.verified_at,
    )
    .outerjoin(Account, Account.id == SignIn.account_id)
    .outerjoin(AuthCode, AuthCode.id == SignIn.auth_code_id)
    .outerjoin(Invitation, Invitation.id == SignIn.invitation_id)
    .join(Person, Person.id == sa.func.coalesce(Account.person_id, AuthCode.person_id))
    .outerjoin(
        RoleGrant,
        sa.and_(
            RoleGrant.person_id == Person.id,
            RoleGrant.valid_from <= _now,
            sa.or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to > _now),
        ),
    )
    .where(
        SignIn.id == sa.bindparam("sign_in", type_=sa.Integer),
        SignIn.ended_at.is_(None),
        Account.disabled_at.is_(None),
        AuthCode.disabled_at.is_(None),
        Invitation.revoked_at.is_(None),
        sa.or_(Invitation.expires_at.is_(None), Invitation.expires_at > _now),
    )
)  # fmt: skip


def load_actor(session_key: str) -> Actor | None:
    """The actor behind a session cookie, or None: sign-in, account or code, person and grants in one SELECT."""
    sign_in_id, _dot, secret = session_key.partition(".")
    if not sign_in_id.isdigit():
        return None
    db.session.flush()  # what a session writes it sees; the statement goes past its machinery
    rows = db.session.connection().execute(_ACTOR, {"sign_in": int(sign_in_id), "now": clock.now()}).all()
    if not rows or rows[0].secret_hash != tokens.code_hash(secret):
        return None
    first = rows[0]
    # A card opens a pupil's own things, whatever roles the person holds with an account (rules.md).
    held = [r for r in rows if r.role is not None and first.auth_code_id is None]
    grants = tuple(Grant(r.role, r.scope, r.scope_id) for r in held if _counts(r))
    waiting = tuple(r.scope_id for r in held if r.role is Role.COORDINATOR and r.verified_at is None)
    return Actor(
        person_id=first.id,
        account_id=first.account_id,
        name=first.full_name,
        grants=grants,
        sign_in_id=int(sign_in_id),
        locale=first.locale,
        is_pupil=first.auth_code_id is not None,
        extra={"session_key": session_key, "unverified_organisations": waiting},
    )


def _counts(row: Any) -> bool:
    """An unverified coordinator already drafts for the school; every other role counts once given."""
    return row.role is Role.COORDINATOR or row.verified_at is not None


def workplaces_of(actor: Actor) -> Asking[list[Workplace]]:
    """Where the actor works; the personal place comes last."""
    names = yield from names_of_scopes((g.scope, g.scope_id) for g in actor.grants)
    places = []
    for grant in sorted(set(actor.grants), key=lambda g: (list(Role).index(g.role), -(g.scope_id or 0))):
        name, slug = names.get((grant.scope, grant.scope_id), (_("Toàn hệ thống"), ""))
        places.append(
            Workplace(grant.role, grant.scope, grant.scope_id, str(ROLE_NAMES[grant.role]), name, slug)
        )
    personal = Workplace(Role.MEMBER, ScopeKind.SYSTEM, None, _("Cá nhân"), actor.name)
    return [*places, personal] if personal.key not in {p.key for p in places} else places


ScopeNames = dict[tuple[ScopeKind | None, int | None], tuple[str, str]]

_NAMED: dict[ScopeKind, Any] = {
    ScopeKind.EDITION: Edition,
    ScopeKind.ORGANISATION: Organisation,
    ScopeKind.SITE: Site,
    ScopeKind.PROGRAMME: Programme,
}


def names_of_scopes(scopes: Iterable[tuple[ScopeKind | None, int | None]]) -> Asking[ScopeNames]:
    """(name, slug) of editions, schools, sites and programmes."""
    wanted: dict[ScopeKind, set[int]] = {}
    for kind, number in scopes:
        if kind in _NAMED and number is not None:
            wanted.setdefault(kind, set()).add(number)
    kinds = list(wanted)
    found = yield [
        sa.select(_NAMED[k].id, _NAMED[k].name, _NAMED[k].slug).where(_NAMED[k].id.in_(wanted[k]))
        for k in kinds
    ]
    return {
        (kind, row.id): (row.name, row.slug) for kind, rows in zip(kinds, found, strict=True) for row in rows
    }


# -- people ---------------------------------------------------------------------------------------------------------


def account_of(actor: Actor) -> tuple[Account, Person]:
    """The actor's own account. Raises NotFound for pupils who came by code: they have none."""
    row = db.session.execute(
        sa.select(Account, Person)
        .join(Person, Person.id == Account.person_id)
        .where(Account.id == (actor.account_id or 0))
    ).first()
    if row is None:
        raise NotFound(_("Thẻ học sinh không có trang tài khoản. Nhờ thầy cô hướng dẫn cấp lại mã khi cần."))
    return row[0], row[1]


def account_named(name: str) -> Account | None:
    """The account that signs in with this e-mail or phone, however it is typed."""
    name = name.strip().lower()
    phone = phone_digits(name) if "@" not in name else None
    return db.session.scalar(
        sa.select(Account).where(Account.phone == phone if phone else Account.email == name)
    )


def account_key(name: str) -> str:
    """How a device's cookie calls the account of this name; "" where there is none."""
    account = account_named(name)
    return str(account.id) if account else ""


def card_key(code: str) -> str:
    card_id = db.session.scalar(sa.select(AuthCode.id).where(AuthCode.code == tokens.normal_pupil_code(code)))
    return f"card{card_id}" if card_id else ""


def account_by_id(account_id: int) -> Account:
    account = db.session.scalar(sa.select(Account).where(Account.id == account_id))
    if account is None:
        raise NotFound(_("Không có tài khoản này."))
    return account


def devices_of(actor: Actor) -> Sequence[SignIn]:
    own = SignIn.account_id == actor.account_id if actor.account_id else SignIn.id == actor.sign_in_id
    return db.session.scalars(
        sa.select(SignIn).where(own, SignIn.ended_at.is_(None)).order_by(SignIn.seen_at.desc())
    ).all()


@dataclass(frozen=True, slots=True)
class PersonRow:
    person: Person
    account: Account | None
    grants: list[RoleGrant]


def people_page(args: ListArgs) -> Page:
    """People who have an account, for the administrator: three queries."""
    statement = (
        sa.select(Person)
        .join(Account, Account.person_id == Person.id)
        .where(words_match(Person.search_key, args.key))
    )
    if args.filters.get("role"):
        living = sa.select(RoleGrant.person_id).where(
            RoleGrant.role == args.filters["role"], RoleGrant.valid_to.is_(None)
        )
        statement = statement.where(Person.id.in_(living))
    page = paginate(
        order(statement, args, {"name": Person.sort_key, "created": Person.created_at}, Person.id), args
    )
    ids = [p.id for p in page.items]
    accounts = (
        {a.person_id: a for a in db.session.scalars(sa.select(Account).where(Account.person_id.in_(ids)))}
        if ids
        else {}
    )
    grants: dict[int, list[RoleGrant]] = {}
    for grant in _living_grants(ids):
        grants.setdefault(grant.person_id, []).append(grant)
    rows = [PersonRow(p, accounts.get(p.id), grants.get(p.id, [])) for p in page.items]
    return Page(items=rows, total=page.total, args=args)


def _living_grants(person_ids: Iterable[int]) -> Sequence[RoleGrant]:
    ids = list(person_ids)
    if not ids:
        return []
    return db.session.scalars(
        sa.select(RoleGrant)
        .where(RoleGrant.person_id.in_(ids), RoleGrant.valid_to.is_(None))
        .order_by(RoleGrant.id)
    ).all()


def get_person_for(actor: Actor, person_id: int) -> PersonRow:
    """A person with account and grants, for who manages people."""
    person = db.session.scalar(sa.select(Person).where(Person.id == person_id))
    if person is None or not policies.can_see_person(actor, person_id):
        raise NotFound(_("Không có người này, hoặc tài khoản đang dùng không xem được."))
    account = db.session.scalar(sa.select(Account).where(Account.person_id == person_id))
    return PersonRow(person, account, list(_living_grants([person_id])))


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
        sa.select(sa.literal(kind).label("kind"), model.id.label("id"), model.name.label("name"))
        for kind, model in (("edition", Edition), ("site", Site))
    ]
    rows = db.session.execute(sa.union_all(*parts).order_by("kind", sa.desc("id"))).all()
    return [("system:", _("Toàn hệ thống")), *[(f"{r.kind}:{r.id}", r.name) for r in rows]]


def unverified_coordinators() -> list[tuple[RoleGrant, Person, Organisation]]:
    rows = db.session.execute(
        sa.select(RoleGrant, Person, Organisation)
        .join(Person, Person.id == RoleGrant.person_id)
        .join(Organisation, Organisation.id == RoleGrant.scope_id)
        .where(
            RoleGrant.role == Role.COORDINATOR, RoleGrant.verified_at.is_(None), RoleGrant.valid_to.is_(None)
        )
        .order_by(RoleGrant.id)
    ).all()
    return [(r[0], r[1], r[2]) for r in rows]


def waiting_for(actor: Actor) -> Asking[list[Todo]]:
    """Teachers who signed up by the public link wait for one click; an empty system waits for its first people."""
    if not policies.can_verify_coordinator(actor):
        return []
    waiting, others = yield [
        sa.select(sa.func.count(RoleGrant.id).label("n")).where(
            RoleGrant.role == Role.COORDINATOR, RoleGrant.verified_at.is_(None), RoleGrant.valid_to.is_(None)
        ),
        sa.select(sa.exists().where(Account.person_id != (actor.person_id or 0)).label("some")),
    ]
    found = [] if others[0].some or not policies.can_manage_people(actor) else [_first_invitation()]
    count = waiting[0].n
    if not count:
        return found
    return [
        *found,
        Todo(
            title=_("%(n)s giáo viên đăng ký qua đường dẫn chung đang chờ xác nhận", n=count),
            detail=_("Họ đã soạn được hồ sơ; gửi được sau khi xác nhận."),
            url="/people/coordinators",
            action=_("Xem và xác nhận"),
            icon="person-check",
            count=count,
        ),
    ]


def _first_invitation() -> Todo:
    return Todo(
        title=_("Mời người đầu tiên"),
        detail=_("Hệ thống còn trống: mời ban tổ chức để mở cuộc thi, hoặc cán bộ để mở cơ sở."),
        url="/people/invite",
        action=_("Gửi lời mời"),
        icon="person-plus",
    )


def where(invitation: Invitation) -> str:
    """The scope of an invitation in words."""
    names = ask(names_of_scopes([(invitation.scope, invitation.scope_id)]))
    return names.get((invitation.scope, invitation.scope_id), ("", ""))[0]


def get_invitation_for(actor: Actor, invitation_id: int) -> Invitation:
    """An invitation for whoever made it or could make it."""
    found = db.session.scalar(sa.select(Invitation).where(Invitation.id == invitation_id))
    if found is None or not _may_see_invitation(actor, found):
        raise NotFound(_("Không có lời mời này, hoặc tài khoản đang dùng không xem được."))
    return found


def _may_see_invitation(actor: Actor, invitation: Invitation) -> bool:
    if invitation.created_by_id is not None and invitation.created_by_id == actor.person_id:
        return True
    if invitation.kind is InvitationKind.SCHOOL:
        return policies.can_verify_coordinator(actor)
    if invitation.role is not None and invitation.scope is not None:
        return policies.can_grant(actor, invitation.role, invitation.scope, invitation.scope_id)
    return policies.can_manage_people(actor)


def person_name(person_id: int | None) -> str:
    return (
        db.session.scalar(sa.select(Person.full_name).where(Person.id == person_id)) or ""
        if person_id
        else ""
    )
