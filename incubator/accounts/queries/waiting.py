"""What waits for who manages people."""

from __future__ import annotations

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor, Role
from ...core.i18n import _
from ...core.todo import Todo
from ...core.together import Asking, Question
from ...models import Account, AddressClaim, RoleGrant
from .. import policies
from .invitations import open_roles


def waiting_for(actor: Actor) -> Asking[list[Todo]]:
    """A typed e-mail waits to be confirmed; teachers who signed up by the public link wait for one click; an empty system
    waits for its first people."""
    verifies = policies.can_verify_coordinator(actor)
    asked = [_claimed_mails(actor), _waiting_teachers(), _other_accounts(actor)]
    claimed, *more = yield asked if verifies else asked[:1]
    found = [_confirm_email(r.address) for r in claimed]
    found += [_wait_for_organiser(i) for i in actor.extra.get("unverified_organisations", ())]
    if not verifies:
        return found
    (teachers,), (others,) = more
    if not others.some and policies.can_manage_people(actor):
        found.append(_open_invitation() if others.invited else _first_invitation())
    if teachers.n:
        found.append(_verify_teachers(teachers.n))
    return found


def _claimed_mails(actor: Actor) -> Question:
    return sa.select(AddressClaim.address).where(
        AddressClaim.account_id == (actor.account_id or 0), AddressClaim.address.contains("@")
    )


def _waiting_teachers() -> Question:
    return sa.select(sa.func.count(RoleGrant.id).label("n")).where(
        RoleGrant.role == Role.COORDINATOR, RoleGrant.verified_at.is_(None), RoleGrant.valid_to.is_(None)
    )


def _other_accounts(actor: Actor) -> Question:
    return sa.select(
        sa.exists().where(Account.person_id != (actor.person_id or 0)).label("some"),
        sa.exists().where(*open_roles(clock.now())).label("invited"),
    )


def _confirm_email(address: str) -> Todo:
    return Todo(
        title=_("Xác nhận e-mail %(email)s", email=address),
        detail=_("Mở thư đã gửi tới địa chỉ này và bấm đường dẫn trong đó."),
        url="/account",
        action=_("Gửi lại thư"),
        icon="envelope",
    )


def _wait_for_organiser(organisation_id: int) -> Todo:
    return Todo(
        title=_("Chờ Ban tổ chức xác nhận Thầy/Cô là người của trường"),
        detail=_("Soạn hồ sơ được ngay. Xác nhận rồi mới gửi được và mới thấy các đội khác của trường."),
        url="/registration/",
        action=_("Soạn hồ sơ"),
        icon="hourglass-split",
        scope=f"organisation:{organisation_id}",
    )


def _verify_teachers(count: int) -> Todo:
    return Todo(
        title=_("%(n)s giáo viên đăng ký qua đường dẫn chung đang chờ xác nhận", n=count),
        detail=_("Họ đã soạn được hồ sơ; gửi được sau khi xác nhận."),
        url="/people/coordinators",
        action=_("Xem và xác nhận"),
        icon="person-check",
        count=count,
    )


def _open_invitation() -> Todo:
    return Todo(
        title=_("Chờ người được mời nhận lời"),
        detail=_("Chưa ai khác có tài khoản. Đường dẫn, mã QR và lời nhắn Zalo của lời mời lấy lại được."),
        url="/people/#loi-moi",
        action=_("Xem lời mời"),
        icon="hourglass-split",
    )


def _first_invitation() -> Todo:
    return Todo(
        title=_("Mời người đầu tiên"),
        detail=_("Hệ thống còn trống: mời ban tổ chức để mở cuộc thi, hoặc cán bộ để mở cơ sở."),
        url="/people/invite",
        action=_("Gửi lời mời"),
        icon="person-plus",
    )
