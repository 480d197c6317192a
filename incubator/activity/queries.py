"""Reads of the audit trail, the messages of a person, and jobs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from ..core import clock
from ..core.access import Actor, Permission, ScopeKind
from ..core.db import db
from ..core.errors import NotFound
from ..core.i18n import _
from ..core.lists import ListArgs, Page, paginate, words_match
from ..core.text import search_key
from ..core.text.numerals import is_whole
from ..core.together import Asking, Prepared
from ..models import (
    AuditEvent,
    AuditSeal,
    JobRun,
    Notification,
    NotificationState,
    Person,
    Publication,
    PublicationKind,
    Stage,
    StageDivision,
    StageState,
)
from . import policies

# Values under these verbs say something about marks or ranks: shown only once the whole result is public.
SECRET_VERBS = ("judging.", "matches.", "publishing.", "contests.stage", "contests.tie", "contests.award")
TO_MAILBOX = ("accounts/confirm", "accounts/reset")
SINGLE_MARKS = "judging."  # which never become public: only whoever may see ranks reads them afterwards


@dataclass(frozen=True, slots=True)
class AuditRow:
    event: Any
    name: str
    masked: bool


def audit_page(actor: Actor, args: ListArgs, since: date | None, until: date | None) -> Page:
    """Events that the actor may see, newest first, with the names of who did them: three queries."""
    statement = sa.select(AuditEvent.__table__, Person.full_name).outerjoin(
        Person, Person.id == AuditEvent.person_id
    )
    scope = actor.scope_ids(Permission.AUDIT_VIEW, ScopeKind.EDITION)
    if scope is not None:
        statement = statement.where(AuditEvent.edition_id.in_(scope))
    if args.q:
        key = search_key(args.q)
        statement = statement.where(
            sa.or_(
                words_match(Person.search_key, key),
                AuditEvent.actor.contains(key, autoescape=True),
                AuditEvent.verb.contains(key, autoescape=True),
            )
        )
    if args.filters.get("object"):
        kind, _sep, number = args.filters["object"].partition(":")
        statement = statement.where(AuditEvent.object_type == kind)
        if is_whole(number):
            statement = statement.where(AuditEvent.object_id == int(number))
    if is_whole(args.filters.get("person", "")):
        statement = statement.where(AuditEvent.person_id == int(args.filters["person"]))
    if since:
        statement = statement.where(AuditEvent.at >= clock.at_local(since))
    if until:
        statement = statement.where(AuditEvent.at < clock.day_span(until)[1])
    page = paginate(statement.order_by(AuditEvent.id.desc()), args, scalars=False)
    public = _published_editions({e.edition_id for e in page.items if e.edition_id})
    rows = [AuditRow(e, e.full_name or e.actor, _is_masked(actor, e, public)) for e in page.items]
    return Page(items=rows, total=page.total, args=args)


def _is_masked(actor: Actor, event: Any, public: set[int]) -> bool:
    verb = str(event.verb)
    if not verb.startswith(SECRET_VERBS):
        return False
    if event.edition_id not in public:
        return True
    return verb.startswith(SINGLE_MARKS) and not actor.in_edition(Permission.RESULTS_VIEW, event.edition_id)


def _published_editions(ids: set[int]) -> set[int]:
    """Editions with an official list to be seen and no stage that is still judged or waits for its hour."""
    if not ids:
        return set()
    waiting = (
        sa.select(Stage.edition_id)
        .join(StageDivision, StageDivision.stage_id == Stage.id)
        .where(StageDivision.state.in_((StageState.OPEN, StageState.CLOSED, StageState.DECIDED)))
    )
    return set(
        db.session.scalars(
            sa.select(Publication.edition_id).where(
                Publication.edition_id.in_(ids),
                Publication.kind == PublicationKind.OFFICIAL,
                Publication.visible_at <= clock.now(),
                Publication.cancelled_at.is_(None),
                Publication.edition_id.not_in(waiting),
            )
        )
    )


def unread_count(actor: Actor) -> Asking[int]:
    rows = yield Prepared(_UNREAD[actor.is_pupil], {"reader": actor.person_id or 0})
    return int(rows[0].n)


def messages_for(actor: Actor, args: ListArgs) -> Page:
    """The actor's own messages, newest first."""
    return paginate(sa.select(Notification).where(_of_person(actor)).order_by(Notification.id.desc()), args)


# What is shown on the screen as well as sent, by whether a pupil's card opened the account. A letter to a mailbox that
# must prove itself is read there only: a link on the screen would prove nothing. A pupil's card does not show the
# account's messages, whose links would open it.
_SHOWN = {False: Notification.kind.not_in(TO_MAILBOX), True: Notification.kind.not_like("accounts/%")}
_UNREAD = {
    is_pupil: sa.select(sa.func.count(Notification.id).label("n")).where(
        Notification.person_id == sa.bindparam("reader"), shown, Notification.read_at.is_(None)
    )
    for is_pupil, shown in _SHOWN.items()
}


def _of_person(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(Notification.person_id == (actor.person_id or 0), _SHOWN[actor.is_pupil])


def outbox_page(args: ListArgs) -> Page:
    """Every message (the demo's mail screen, and the administrator's view of what failed)."""
    statement = sa.select(Notification)
    if args.filters["state"] in set(NotificationState):
        statement = statement.where(Notification.state == args.filters["state"])
    if args.q:
        named = sa.select(Person.id).where(words_match(Person.search_key, args.key))
        typed = args.q.strip().lower()
        statement = statement.where(
            sa.or_(
                Notification.person_id.in_(named),
                Notification.address.contains(typed, autoescape=True),
                Notification.kind.contains(typed, autoescape=True),
            )
        )
    return paginate(statement.order_by(Notification.id.desc()), args)


def get_job_for(actor: Actor, job_id: int) -> JobRun:
    run = db.session.scalar(sa.select(JobRun).where(JobRun.id == job_id))
    if run is None or not policies.can_view_job(actor, run):
        raise NotFound(_("Không có việc này, hoặc việc này của người khác."))
    return run


def database_answers() -> bool:
    try:
        db.session.execute(sa.text("SELECT 1"))
    except sa.exc.SQLAlchemyError:
        return False
    return True


def last_seal() -> Any:
    """A row (count, at) of the last seal; None before the first."""
    return db.session.execute(
        sa.select(AuditSeal.count, AuditSeal.at).order_by(AuditSeal.id.desc()).limit(1)
    ).first()


def people(ids: Iterable[int | None]) -> dict[int | None, Person]:
    """People by number; None and numbers of nobody are left out."""
    wanted = {i for i in ids if i}
    found = db.session.scalars(sa.select(Person).where(Person.id.in_(wanted))).all() if wanted else []
    return {p.id: p for p in found}
