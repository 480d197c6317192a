"""Two accounts of one person become one: what was begun in the second goes on in the first (docs/decisions/0034)."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from ...activity import services as activity
from ...core import personal
from ...core.access import Actor, Role
from ...core.db import Base, db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import Account, AddressClaim, Affiliation, Notification, Person, PersonMerge, RoleGrant
from . import claims, sessions
from .passwords import check_password

#: Columns that say who did something on a day that is over: they stay with the row of the second person.
HISTORY = frozenset(
    {
        "account.person_id",
        "person_merge.kept_id",
        "person_merge.by_id",
        "entry_event.by_id",
        "entry_file.added_by_id",
        "stored_file.owner_id",
        "invitation.created_by_id",
        "privacy_request.answered_by_id",
        "role_grant.granted_by_id",
    }
)


def join_accounts(
    first: Account, *, password: str, name: str, other_password: str, actor: Actor, at: datetime
) -> Account:
    """Carry over to `first` what was begun in the account that `name` and `other_password` open, and close that one.

    Both passwords prove that it is one person. Drafts, messages and a place that waits for the organiser go over; an account
    that holds more than that is refused, so that nothing is lost and no mark, team or role changes hands.
    """
    if not check_password(first.password_hash, password):
        raise Invalid(_("Mật khẩu đang dùng chưa đúng."), field="own")
    # Who chose the same password twice comes into the first by signing in: the second is asked for before.
    other = claims.claimant(name, other_password) or sessions.account_opened_by(name, other_password)
    if other is None:
        raise Invalid(
            _("Tài khoản thứ hai: e-mail, số điện thoại hoặc mật khẩu chưa đúng."), field="other_password"
        )
    if other.id == first.id:
        raise Invalid(_("Đây chính là tài khoản đang dùng."), field="name")
    handing = personal.Handing(kept_id=first.person_id, from_id=other.person_id, at=at)
    _hand_over_places(handing)
    personal.hand_over_everywhere(handing)
    db.session.flush()
    if left := _left_with(other.person_id):
        raise Conflict(
            _(
                "Tài khoản thứ hai đã có việc khác ngoài hồ sơ đang soạn, nên không nhập lại được. "
                "Vẫn đăng nhập tài khoản ấy như trước, hoặc nhờ Ban tổ chức."
            ),
            field="name",
            code="|".join(left),
        )
    other.disabled_at = at
    db.session.execute(sa.delete(AddressClaim).where(AddressClaim.account_id == other.id))
    sessions.end_all_sign_ins(actor=actor, at=at, account_id=other.id)
    db.session.add(
        PersonMerge(merged_id=other.person_id, kept_id=first.person_id, at=at, by_id=actor.person_id)
    )
    db.session.flush()
    activity.record(
        "accounts.account.joined",
        first,
        actor=actor,
        at=at,
        after={"account_id": other.id, "person_id": other.person_id},
    )
    return other


def _hand_over_places(handing: personal.Handing) -> None:
    """A coordinator's place that waits to be verified, the school or union, messages."""
    held = sa.select(RoleGrant.scope_id).where(
        RoleGrant.person_id == handing.kept_id,
        RoleGrant.role == Role.COORDINATOR,
        RoleGrant.valid_to.is_(None),
    )
    waiting = [
        RoleGrant.person_id == handing.from_id,
        RoleGrant.role == Role.COORDINATOR,
        RoleGrant.verified_at.is_(None),
    ]
    db.session.execute(sa.delete(RoleGrant).where(*waiting, RoleGrant.scope_id.in_(held)))
    db.session.execute(sa.update(RoleGrant).where(*waiting).values(person_id=handing.kept_id))
    for model in (Affiliation, Notification):
        db.session.execute(
            sa.update(model).where(model.person_id == handing.from_id).values(person_id=handing.kept_id)
        )


def _left_with(person_id: int) -> list[str]:
    """Columns that still point at the person, apart from history: one statement over the whole schema."""
    columns = [
        column
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if f"{table.name}.{column.name}" not in HISTORY
        and any(key.column.table is Person.__table__ for key in column.foreign_keys)
    ]
    asked = [
        sa.select(sa.literal(f"{c.table.name}.{c.name}").label("at"))
        .where(c == person_id)
        .limit(1)
        .subquery()
        for c in columns
    ]
    return sorted(db.session.scalars(sa.union_all(*[sa.select(one.c.at) for one in asked])))
