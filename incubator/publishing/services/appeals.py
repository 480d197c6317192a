"""Khiếu nại: asked in writing by the school, answered in writing by the organiser."""

from __future__ import annotations

from datetime import datetime

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db, lock_rows
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import Appeal, Publication
from .. import policies
from ..policies import EntryParties
from ..snapshot import snapshot_of

ANSWERS = ("upheld", "declined")


def make_appeal(
    publication: Publication, entry_id: int, parties: EntryParties, text: str, *, actor: Actor, at: datetime
) -> Appeal:
    """Raises Invalid without a reason or when the entry is not in the list."""
    ensure(policies.can_appeal(actor, parties))
    if entry_id not in snapshot_of(publication.payload).entry_ids or publication.visible_at > at:
        raise Invalid(_("Bài này không có trong danh sách đã công bố."))
    if len(text.strip()) < 20:
        raise Invalid(_("Nêu rõ nội dung khiếu nại, ít nhất 20 ký tự."), field="text")
    row = Appeal(
        publication_id=publication.id, entry_id=entry_id, text=text.strip(), by_id=actor.person_id, at=at
    )
    db.session.add(row)
    db.session.flush()
    activity.record("publishing.appeal.made", row, actor=actor, at=at, edition_id=publication.edition_id)
    return row


def answer_appeal(
    appeal: Appeal, publication: Publication, state: str, answer: str, *, actor: Actor, at: datetime
) -> None:
    """Uphold or decline, once, with an answer that goes to who asked."""
    ensure(policies.can_answer(actor, publication.edition_id))
    lock_rows(Appeal, [appeal.id])
    if appeal.state != "open":
        raise Conflict(_("Khiếu nại này đã được trả lời."))
    if state not in ANSWERS:
        raise Invalid(_("Chọn chấp nhận hoặc không chấp nhận."), field="state")
    if len(answer.strip()) < 10:
        raise Invalid(_("Viết câu trả lời, ít nhất 10 ký tự."), field="answer")
    appeal.state, appeal.answer, appeal.answered_by_id, appeal.answered_at = (
        state,
        answer.strip(),
        actor.person_id,
        at,
    )
    db.session.flush()
    activity.record(
        "publishing.appeal.answered",
        appeal,
        actor=actor,
        at=at,
        edition_id=publication.edition_id,
        after={"state": state},
    )
    if appeal.by_id:
        activity.notify(
            "publishing/appeal_answered",
            person_id=appeal.by_id,
            url=f"/publishing/entries/{appeal.entry_id}",
            at=at,
            appeal_id=appeal.id,
        )
