"""What waits for teachers, captains, organisers."""

from __future__ import annotations

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor, Permission, ScopeKind
from ...core.db import db
from ...core.i18n import _
from ...core.todo import Todo
from ...models import Edition, Entry, EntryState, Organisation, RosterChange
from . import editions, imports


def waiting_for(actor: Actor) -> list[Todo]:
    return [
        *_of_schools(actor),
        *_of_persons(actor),
        *_of_organisers(actor),
        *imports.waiting_for(actor),
    ]


def _of_schools(actor: Actor) -> list[Todo]:
    """Returned entries and drafts of the actor's schools, by school and edition."""
    ids = actor.scope_ids(Permission.REGISTER_SCHOOL, ScopeKind.ORGANISATION)
    if not ids:
        return []
    rows = db.session.execute(
        sa.select(Edition, Organisation, Entry.state, sa.func.count(), sa.func.min(Entry.due_at))
        .select_from(Entry)
        .join(Edition, Edition.id == Entry.edition_id)
        .join(Organisation, Organisation.id == Entry.organisation_id)
        .where(
            Entry.organisation_id.in_(ids),
            Entry.state.in_((EntryState.DRAFT, EntryState.RETURNED)),
            sa.or_(Entry.state == EntryState.RETURNED, Edition.registration_closes >= clock.today()),
        )
        .group_by(Edition.id, Organisation.id, Entry.state)
    ).all()
    found = []
    for edition, school, state, count, due in rows:
        returned = state is EntryState.RETURNED
        found.append(
            Todo(
                title=_("%(n)s đội cần bổ sung: %(contest)s", n=count, contest=edition.name)
                if returned
                else _("%(n)s đội còn là bản nháp: %(contest)s", n=count, contest=edition.name),
                detail=school.name,
                url=f"/registration/{edition.slug}/{school.slug}",
                action=_("Bổ sung") if returned else _("Hoàn tất và gửi"),
                icon="arrow-counterclockwise" if returned else "pencil",
                urgent=returned,
                due_at=due if returned else editions.closing_moment(edition),
                count=count,
                workplace=f"coordinator:organisation:{school.id}",
            )
        )
    return found


def _of_persons(actor: Actor) -> list[Todo]:
    """Own entries that stand without a school's coordinator: drafts and returned ones of a captain."""
    if actor.person_id is None:
        return []
    rows = db.session.execute(
        sa.select(Entry.id, Entry.state, Entry.due_at, Edition)
        .join(Edition, Edition.id == Entry.edition_id)
        .where(
            Entry.author_id == actor.person_id,
            Entry.state.in_((EntryState.DRAFT, EntryState.RETURNED)),
            Edition.registration_closes >= clock.today(),
        )
        .limit(50)
    ).all()
    schools = actor.scope_ids(Permission.REGISTER_SCHOOL, ScopeKind.ORGANISATION)
    if schools:
        return []
    return [
        Todo(
            title=_("Bài dự thi cần bổ sung: %(contest)s", contest=edition.name)
            if state is EntryState.RETURNED
            else _("Bài dự thi chưa gửi: %(contest)s", contest=edition.name),
            url=f"/entries/{entry_id}",
            action=_("Mở bài dự thi"),
            icon="pencil",
            urgent=state is EntryState.RETURNED,
            due_at=due or editions.closing_moment(edition),
        )
        for entry_id, state, due, edition in rows
    ]


def _of_organisers(actor: Actor) -> list[Todo]:
    """Submitted entries and roster changes that wait for a decision, by edition."""
    ids = actor.scope_ids(Permission.ENTRIES_DECIDE, ScopeKind.EDITION)
    if ids is not None and not ids:
        return []
    scope = sa.true() if ids is None else Edition.id.in_(ids)
    entries = db.session.execute(
        sa.select(Edition.id, Edition.slug, Edition.name, sa.func.count(Entry.id))
        .join(Entry, Entry.edition_id == Edition.id)
        .where(scope, Entry.state == EntryState.SUBMITTED)
        .group_by(Edition.id, Edition.slug, Edition.name)
    ).all()
    rows = db.session.execute(
        sa.select(Edition.id, Edition.slug, Edition.name, sa.func.count(RosterChange.id))
        .join(Entry, Entry.edition_id == Edition.id)
        .join(RosterChange, RosterChange.entry_id == Entry.id)
        .where(scope, RosterChange.state == "requested")
        .group_by(Edition.id, Edition.slug, Edition.name)
    ).all()
    found = [
        Todo(
            title=_("%(n)s bài chờ duyệt: %(contest)s", n=count, contest=name),
            url=f"/contests/{slug}/review?state=submitted",
            action=_("Duyệt hồ sơ"),
            icon="inbox",
            count=count,
            workplace=f"organiser:edition:{edition_id}",
        )
        for edition_id, slug, name, count in entries
    ]
    for edition_id, slug, name, count in rows:
        found.append(
            Todo(
                title=_("%(n)s đề nghị đổi thành viên: %(contest)s", n=count, contest=name),
                url=f"/contests/{slug}/changes",
                action=_("Xem đề nghị"),
                icon="people",
                count=count,
                workplace=f"organiser:edition:{edition_id}",
            )
        )
    return found
