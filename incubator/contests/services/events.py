"""One step of an entry's life: state, history row, audit event, message to the people concerned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...core.access import Actor, Role, ScopeKind
from ...core.db import db
from ...core.errors import Conflict
from ...core.i18n import _
from ...models import Entry, EntryEvent, EntryMember, EntryState, MemberPart, RoleGrant
from .. import stages
from ..stages import EntryAction

VERBS = {
    EntryAction.SUBMIT: "contests.entry.submitted",
    EntryAction.ACCEPT: "contests.entry.accepted",
    EntryAction.RETURN: "contests.entry.returned",
    EntryAction.REJECT: "contests.entry.rejected",
    EntryAction.REVERSE: "contests.entry.reversed",
    EntryAction.WITHDRAW: "contests.entry.withdrawn",
}


def move(
    entry: Entry,
    action: EntryAction,
    *,
    actor: Actor,
    at: datetime,
    reason: str = "",
    field_reasons: dict[str, str] | None = None,
    snapshot: dict[str, Any] | None = None,
) -> EntryEvent:
    """Change the state and write history and audit. Raises Conflict when the state has moved on meanwhile."""
    to = stages.after(action, entry.state)
    if to is None:
        raise Conflict(_("Bài dự thi vừa được chuyển sang trạng thái khác. Tải lại trang để xem."))
    before = entry.state
    entry.state, entry.changed_at = EntryState(to), at
    event = EntryEvent(
        entry_id=entry.id,
        from_state=before,
        to_state=entry.state,
        reason=reason,
        field_reasons=field_reasons or {},
        snapshot=snapshot or {},
        by_id=actor.person_id,
        at=at,
    )
    db.session.add(event)
    db.session.flush()
    activity.record(
        VERBS[action],
        entry,
        actor=actor,
        at=at,
        edition_id=entry.edition_id,
        before={"state": before},
        after={"state": entry.state},
    )
    return event


def people_of(entry: Entry) -> set[int]:
    """Who is told about an entry: its author, its coaches, its captain."""
    told = {entry.author_id} if entry.author_id else set()
    told |= {
        m.person_id
        for m in entry.members
        if m.ended_at is None and m.part in (MemberPart.COACH, MemberPart.CAPTAIN)
    }
    return told


def tell(kind: str, entry: Entry, *, at: datetime, **context: Any) -> None:
    """One message to each person of the entry; `context` holds ids and figures, the words are made when it is read."""
    activity.notify_many(
        kind,
        [
            {
                "person_id": person_id,
                "url": f"/entries/{entry.id}",
                "context": {"entry_id": entry.id, **context},
            }
            for person_id in sorted(people_of(entry))
        ],
        at=at,
    )


def organisers_of(edition_id: int, *also: Role) -> list[int]:
    """The people with this role in an edition or in all, each once; `also` those with other roles."""
    return list(
        db.session.scalars(
            sa.select(RoleGrant.person_id)
            .where(
                RoleGrant.role.in_((Role.ORGANISER, *also)),
                RoleGrant.valid_to.is_(None),
                sa.or_(
                    RoleGrant.scope == ScopeKind.SYSTEM,
                    sa.and_(RoleGrant.scope == ScopeKind.EDITION, RoleGrant.scope_id == edition_id),
                ),
            )
            .distinct()
            .order_by(RoleGrant.person_id)
        )
    )


def snapshot_of(entry: Entry, members: list[EntryMember]) -> dict[str, Any]:
    """The entry as it stands, without personal values: ids and the team's own data."""
    return {
        "team": entry.team.name,
        "division_id": entry.division_id,
        "members": [m.id for m in sorted(members, key=lambda m: m.position) if m.ended_at is None],
        "project": entry.project.title if entry.project else "",
    }
