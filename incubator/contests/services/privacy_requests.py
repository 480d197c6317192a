"""Requests about personal data: asked by the person or taken down for them, answered within the days the law sets."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, Permission, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import PrivacyRequest
from . import privacy


class Kind(StrEnum):
    COPY = "copy"
    CORRECT = "correct"
    RESTRICT = "restrict"
    DELETE = "delete"


#: Decree 356, article 5: days in which each kind is carried out.
DAYS = {Kind.COPY: 10, Kind.CORRECT: 10, Kind.RESTRICT: 15, Kind.DELETE: 20}
MOST_TEXT = 2000


def ask(kind: Kind, text: str, *, actor: Actor, at: datetime) -> PrivacyRequest:
    """The person's own request; asking for the same twice is one request."""
    ensure(actor.person_id is not None)
    if kind in (Kind.CORRECT, Kind.RESTRICT) and not text.strip():
        raise Invalid(_("Ghi rõ cần sửa hoặc hạn chế điều gì."), field="text")
    return _keep(actor.person_id or 0, kind, text, "", actor, at)


def take_down(
    person_id: int, kind: Kind, text: str, contact: str, *, actor: Actor, at: datetime
) -> PrivacyRequest:
    """A request that came by phone, letter or from a guardian; `contact` is whom to answer."""
    ensure(actor.has(Permission.PEOPLE_MANAGE))
    if not contact.strip():
        raise Invalid(_("Ghi ai yêu cầu và cách trả lời (điện thoại, e-mail, địa chỉ)."), field="contact")
    return _keep(person_id, kind, text, contact, actor, at)


def _keep(person_id: int, kind: Kind, text: str, contact: str, actor: Actor, at: datetime) -> PrivacyRequest:
    held = db.session.scalar(
        sa.select(PrivacyRequest).where(
            PrivacyRequest.person_id == person_id,
            PrivacyRequest.kind == kind,
            PrivacyRequest.answered_at.is_(None),
        )
    )
    if held is not None:
        held.text = "\n".join(t for t in (held.text, text.strip()) if t)[:MOST_TEXT]
        return held
    row = PrivacyRequest(
        person_id=person_id,
        kind=kind,
        text=text.strip()[:MOST_TEXT],
        contact=contact.strip()[:254],
        received_at=at,
        due_at=at + timedelta(days=DAYS[kind]),
        answer="",
    )
    db.session.add(row)
    db.session.flush()
    activity.record("contests.privacy.asked", row, actor=actor, at=at, after={"kind": kind})
    return row


def answer(row: PrivacyRequest, text: str, *, actor: Actor, at: datetime) -> None:
    """Close a request with what was done or why not. A deletion is carried out by `carry_out_deletion`."""
    ensure(actor.has(Permission.PEOPLE_MANAGE))
    _ensure_open(row)
    if not text.strip():
        raise Invalid(_("Ghi đã làm gì, hoặc vì sao không làm được."), field="answer")
    row.answer, row.answered_at, row.answered_by_id = text.strip(), at, actor.person_id
    db.session.flush()
    activity.record("contests.privacy.answered", row, actor=actor, at=at, after={"kind": row.kind})


def carry_out_deletion(row: PrivacyRequest, *, actor: Actor, at: datetime) -> None:
    """Erase the person and close the request, in one step."""
    ensure(actor.has(Permission.PEOPLE_MANAGE))
    _ensure_open(row)
    if row.kind != Kind.DELETE or row.person_id is None:
        raise Conflict(_("Yêu cầu này không phải là yêu cầu xóa."))
    answer(row, _("Đã xóa dữ liệu cá nhân. Kết quả cuộc thi được giữ, không còn tên."), actor=actor, at=at)
    privacy.erase(row.person_id, actor=actor, at=at)


def _ensure_open(row: PrivacyRequest) -> None:
    lock_rows(PrivacyRequest, [row.id])
    db.session.refresh(row)
    if row.answered_at is not None:
        raise Conflict(_("Yêu cầu này vừa được trả lời. Tải lại trang để xem."))
