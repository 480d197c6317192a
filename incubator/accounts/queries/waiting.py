"""What waits for who manages people."""

from __future__ import annotations

import sqlalchemy as sa

from ...core.access import Actor, Role
from ...core.i18n import _
from ...core.todo import Todo
from ...core.together import Asking
from ...models import (
    Account,
    RoleGrant,
)
from .. import policies


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
