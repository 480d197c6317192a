"""What waits for teachers, captains, organisers."""

from __future__ import annotations

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor, Permission, ScopeKind
from ...core.i18n import _
from ...core.todo import Todo
from ...core.together import Asking, alongside
from ...core.web import named
from ...models import Consent, ConsentParty, Edition, Entry, EntryState, Organisation, RosterChange
from .. import policies
from . import editions, imports, privacy
from .schools import entries_seen


def waiting_for(actor: Actor) -> Asking[list[Todo]]:
    found = yield from alongside(
        _of_schools(actor),
        _of_persons(actor),
        _of_pupils(actor),
        _of_organisers(actor),
        imports.waiting_for(actor),
        privacy.waiting_for(actor),
    )
    return [todo for part in found for todo in part]


def _of_schools(actor: Actor) -> Asking[list[Todo]]:
    """Returned entries and drafts of the actor's schools, by school and edition."""
    ids = actor.scope_ids(Permission.REGISTER_SCHOOL, ScopeKind.ORGANISATION)
    if not ids:
        return []
    rows = yield (
        sa.select(
            Edition.id,
            Edition.slug,
            Edition.name,
            Edition.name_en,
            Edition.registration_closes,
            Organisation.id.label("school_id"),
            Organisation.slug.label("school_slug"),
            Organisation.name.label("school"),
            Entry.state,
            sa.func.count().label("n"),
            sa.func.min(Entry.due_at).label("due"),
        )
        .select_from(Entry)
        .join(Edition, Edition.id == Entry.edition_id)
        .join(Organisation, Organisation.id == Entry.organisation_id)
        .where(
            entries_seen(actor),
            Entry.state.in_((EntryState.DRAFT, EntryState.RETURNED)),
            sa.or_(Entry.state == EntryState.RETURNED, Edition.registration_closes >= clock.today()),
        )
        .group_by(Edition.id, Organisation.id, Entry.state)
    )
    found = []
    for row in sorted(rows, key=lambda r: (r.id, r.school_id, r.state)):
        returned = row.state is EntryState.RETURNED
        found.append(
            Todo(
                title=_("%(n)s đội cần bổ sung: %(contest)s", n=row.n, contest=named(row))
                if returned
                else _("%(n)s đội còn là bản nháp: %(contest)s", n=row.n, contest=named(row)),
                detail=row.school,
                url=f"/registration/{row.slug}/{row.school_slug}",
                action=_("Bổ sung") if returned else _("Hoàn tất và gửi"),
                icon="arrow-counterclockwise" if returned else "pencil",
                urgent=returned,
                due_at=row.due if returned else editions.closing_moment(row),
                count=row.n,
                scope=f"organisation:{row.school_id}",
            )
        )
    return found


def _of_persons(actor: Actor) -> Asking[list[Todo]]:
    """Own entries that stand without a school's coordinator: drafts and returned ones of a captain."""
    if actor.person_id is None or actor.scope_ids(Permission.REGISTER_SCHOOL, ScopeKind.ORGANISATION):
        return []
    rows = yield (
        sa.select(
            Entry.id, Entry.state, Entry.due_at, Edition.name, Edition.name_en, Edition.registration_closes
        )
        .join(Edition, Edition.id == Entry.edition_id)
        .where(
            Entry.author_id == actor.person_id,
            Entry.state.in_((EntryState.DRAFT, EntryState.RETURNED)),
            Edition.registration_closes >= clock.today(),
        )
        .limit(50)
    )
    return [
        Todo(
            title=_("Bài dự thi cần bổ sung: %(contest)s", contest=named(row))
            if row.state is EntryState.RETURNED
            else _("Bài dự thi chưa gửi: %(contest)s", contest=named(row)),
            url=f"/entries/{row.id}",
            action=_("Mở bài dự thi"),
            icon="pencil",
            urgent=row.state is EntryState.RETURNED,
            due_at=row.due_at or editions.closing_moment(row),
        )
        for row in sorted(rows, key=lambda r: r.id)
    ]


def _of_pupils(actor: Actor) -> Asking[list[Todo]]:
    """Who comes with a card and has answered for nothing yet."""
    if not actor.is_pupil:
        return []
    answered = yield (
        sa.select(Consent.id)
        .where(Consent.person_id == actor.person_id, Consent.party == ConsentParty.SELF)
        .limit(1)
    )
    if answered:
        return []
    return [
        Todo(
            title=_("Trả lời đồng ý hay không: dự thi, đăng tên, đăng hình ảnh"),
            detail=_("Chưa trả lời thì vẫn dự thi, chỉ không đăng tên."),
            url="/my-data/",
            action=_("Trả lời"),
            icon="check2",
        )
    ]


def _first_contest() -> Todo:
    return Todo(
        title=_("Tạo cuộc thi đầu tiên"),
        detail=_("Lấy một mẫu có sẵn: bảng, vòng thi và cơ cấu giải đã có, chỉ sửa lại ngày."),
        url="/contests/new",
        action=_("Tạo cuộc thi"),
        icon="trophy",
    )


def _of_organisers(actor: Actor) -> Asking[list[Todo]]:
    """Submitted entries and roster changes that wait for a decision, by edition."""
    ids = actor.scope_ids(Permission.ENTRIES_DECIDE, ScopeKind.EDITION)
    if ids is not None and not ids:
        return []
    scope = sa.true() if ids is None else Edition.id.in_(ids)
    submitted = (
        sa.select(Edition.id, Edition.slug, Edition.name, Edition.name_en, sa.func.count(Entry.id).label("n"))
        .join(Entry, Entry.edition_id == Edition.id)
        .where(scope, Entry.state == EntryState.SUBMITTED)
        .group_by(Edition.id, Edition.slug, Edition.name, Edition.name_en)
    )
    requested = (
        sa.select(
            Edition.id, Edition.slug, Edition.name, Edition.name_en, sa.func.count(RosterChange.id).label("n")
        )
        .join(Entry, Entry.edition_id == Edition.id)
        .join(RosterChange, RosterChange.entry_id == Entry.id)
        .where(scope, RosterChange.state == "requested")
        .group_by(Edition.id, Edition.slug, Edition.name, Edition.name_en)
    )
    first = sa.select(sa.exists().where(Edition.id > 0).label("some"))
    entries, changes, (editions_there,) = yield [submitted, requested, first]
    found = [] if editions_there.some or not policies.can_create(actor) else [_first_contest()]
    found += [
        Todo(
            title=_("%(n)s bài chờ duyệt: %(contest)s", n=row.n, contest=named(row)),
            url=f"/contests/{row.slug}/review?state=submitted",
            action=_("Duyệt hồ sơ"),
            icon="inbox",
            count=row.n,
            scope=f"edition:{row.id}",
        )
        for row in sorted(entries, key=lambda r: r.id)
    ]
    for row in sorted(changes, key=lambda r: r.id):
        found.append(
            Todo(
                title=_("%(n)s đề nghị đổi thành viên: %(contest)s", n=row.n, contest=named(row)),
                url=f"/contests/{row.slug}/changes",
                action=_("Xem đề nghị"),
                icon="people",
                count=row.n,
                scope=f"edition:{row.id}",
            )
        )
    return found
