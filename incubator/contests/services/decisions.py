"""The organiser's answers to submitted entries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import DraftMember, Entry, MemberPart
from .. import policies, stages
from ..stages import EntryAction
from . import events
from .numbering import free_codes, free_numbers


def accept(chosen: Sequence[Entry], *, actor: Actor, at: datetime) -> list[Entry]:
    """Accept submitted entries and give each its number; those in another state are passed over."""
    ready = [e for e in chosen if stages.after(EntryAction.ACCEPT, e.state)]
    for entry in ready:
        ensure(policies.can_decide_entry(actor, entry))
        if entry.organisation is not None:  # named by a captain, seen by the organiser as new
            entry.organisation.verified_at = entry.organisation.verified_at or at
    ready.sort(key=lambda e: (e.submitted_at or at, e.id))
    give_numbers(ready)
    for entry in ready:
        entry.decided_at = at
        events.move(entry, EntryAction.ACCEPT, actor=actor, at=at)
        events.tell("contests/entry_accepted", entry, at=at)
    return ready


def give_numbers(chosen: Sequence[Entry]) -> None:
    """Number and blind code, once each; a number is never given to another entry."""
    new = [e for e in chosen if e.number is None]
    if not new:
        return
    edition_id = new[0].edition_id
    numbers = free_numbers(edition_id, [e.division for e in new])
    codes = free_codes(edition_id, len(new))
    for entry, number, code in zip(new, numbers, codes, strict=True):
        entry.number, entry.code = number, code


def send_back(
    entry: Entry,
    *,
    reason: str,
    field_reasons: dict[str, str],
    due_at: datetime,
    actor: Actor,
    at: datetime,
) -> None:
    """Return an entry for mending: what is wrong in general and at which field, and until when."""
    ensure(policies.can_decide_entry(actor, entry))
    field_reasons = {k: v.strip() for k, v in field_reasons.items() if v.strip()}
    if not reason.strip() and not field_reasons:
        raise Invalid(_("Ghi cần bổ sung gì, chung hoặc tại từng mục."), field="reason")
    if due_at <= at:
        raise Invalid(_("Hạn bổ sung phải sau lúc này."), field="due_at")
    event = events.move(
        entry,
        EntryAction.RETURN,
        actor=actor,
        at=at,
        reason=reason.strip(),
        field_reasons=field_reasons,
        snapshot=events.snapshot_of(entry, entry.members),
    )
    entry.due_at = due_at
    entry.draft_members = _working_copy(entry)
    db.session.flush()
    events.tell("contests/entry_returned", entry, at=at, event_id=event.id)


def _working_copy(entry: Entry) -> list[DraftMember]:
    """The frozen members as rows to be mended."""
    living = sorted((m for m in entry.members if m.ended_at is None), key=lambda m: m.position)
    return [
        DraftMember(
            position=position,
            part=m.part,
            full_name=m.full_name,
            class_name=m.class_name,
            person_id=m.person_id,
            birth_date=m.person.birth_date if m.part is not MemberPart.COACH else None,
            birth_date_text=m.person.birth_date.strftime("%d/%m/%Y")
            if m.person.birth_date and m.part is not MemberPart.COACH
            else "",
            phone=(m.person.phone or "") if m.part is MemberPart.COACH else "",
            email=(m.person.email or "") if m.part is MemberPart.COACH else "",
        )
        for position, m in enumerate(living)
    ]


def reject(entry: Entry, *, reason: str, actor: Actor, at: datetime) -> None:
    """Turn a sent entry down and tell its people why. Raises Invalid without a reason."""
    ensure(policies.can_decide_entry(actor, entry))
    if not reason.strip():
        raise Invalid(_("Ghi lý do không hợp lệ để trường hiểu."), field="reason")
    event = events.move(entry, EntryAction.REJECT, actor=actor, at=at, reason=reason.strip())
    entry.decided_at = at
    events.tell("contests/entry_rejected", entry, at=at, event_id=event.id)


def reverse(entry: Entry, *, reason: str, actor: Actor, at: datetime) -> None:
    """Take a rejection back: the entry waits for a decision again."""
    ensure(policies.can_decide_entry(actor, entry))
    if not reason.strip():
        raise Invalid(_("Ghi lý do xem xét lại."), field="reason")
    event = events.move(entry, EntryAction.REVERSE, actor=actor, at=at, reason=reason.strip())
    entry.decided_at = None
    events.tell("contests/entry_reversed", entry, at=at, event_id=event.id)


def decide_many(chosen: Sequence[Entry], answer: str, *, reason: str, actor: Actor, at: datetime) -> int:
    """Accept or reject several at once; returns how many changed."""
    if answer == "accept":
        return len(accept(chosen, actor=actor, at=at))
    if answer != "reject":
        raise Conflict(_("Chọn duyệt hoặc không hợp lệ."))
    ready = [e for e in chosen if stages.after(EntryAction.REJECT, e.state)]
    for entry in ready:
        reject(entry, reason=reason, actor=actor, at=at)
    return len(ready)
