"""Requests about personal data, as the person and the administrator see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from ...core.access import Actor, Permission
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.lists import ListArgs, Page, paginate, words_match
from ...core.todo import Todo
from ...core.together import Asking
from ...models import Person, PrivacyRequest


def own_requests(person_id: int) -> Sequence[PrivacyRequest]:
    return db.session.scalars(
        sa.select(PrivacyRequest)
        .where(PrivacyRequest.person_id == person_id)
        .order_by(PrivacyRequest.id.desc())
        .limit(20)
    ).all()


def queue(args: ListArgs) -> Page:
    """Open requests by their deadline, then the answered ones, newest first. Two queries."""
    statement = (
        sa.select(PrivacyRequest, Person.full_name)
        .outerjoin(Person, Person.id == PrivacyRequest.person_id)
        .order_by(
            PrivacyRequest.answered_at.is_not(None),
            sa.case((PrivacyRequest.answered_at.is_(None), PrivacyRequest.due_at)),
            PrivacyRequest.id.desc(),
        )
    )
    if args.key:
        statement = statement.where(words_match(Person.search_key, args.key))
    return paginate(statement, args, scalars=False)


def get_request(actor: Actor, request_id: int) -> tuple[PrivacyRequest, Person]:
    row = db.session.execute(
        sa.select(PrivacyRequest, Person)
        .join(Person, Person.id == PrivacyRequest.person_id)
        .where(PrivacyRequest.id == request_id)
    ).one_or_none()
    if row is None or not actor.has(Permission.PEOPLE_MANAGE):
        raise NotFound(_("Không có yêu cầu này."))
    return row[0], row[1]


def get_person(actor: Actor, person_id: int) -> Person:
    found = db.session.get(Person, person_id)
    if found is None or found.erased_at is not None or not actor.has(Permission.PEOPLE_MANAGE):
        raise NotFound(_("Không có người này."))
    return found


def people_named(key: str) -> Sequence[Person]:
    """People to take a request down for; pupils without an account too."""
    if len(key) < 2:
        return []
    return db.session.scalars(
        sa.select(Person)
        .where(words_match(Person.search_key, key), Person.erased_at.is_(None))
        .order_by(Person.sort_key, Person.id)
        .limit(30)
    ).all()


def waiting_for(actor: Actor) -> Asking[list[Todo]]:
    """Open requests wait for the administrator, with the first deadline."""
    if not actor.has(Permission.PEOPLE_MANAGE):
        return []
    rows = yield (
        sa.select(
            sa.func.count(PrivacyRequest.id).label("n"), sa.func.min(PrivacyRequest.due_at).label("due")
        ).where(PrivacyRequest.answered_at.is_(None))
    )
    [row] = rows
    if not row.n:
        return []
    due: datetime | None = row.due
    return [
        Todo(
            title=_("%(n)s yêu cầu về dữ liệu cá nhân chờ trả lời", n=row.n),
            detail=_("Luật định ngày phải trả lời cho từng loại."),
            url="/privacy-requests/",
            action=_("Xem và trả lời"),
            icon="shield-lock",
            due_at=due,
            count=row.n,
        )
    ]
