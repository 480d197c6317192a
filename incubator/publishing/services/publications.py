"""A publication is written once and never changed; a correction is the next version with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from flask import current_app

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import after_commit, db, lock_rows
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...core.signals import stage_changed
from ...models import (
    Certificate,
    Edition,
    Entry,
    EntryMember,
    MemberPart,
    Publication,
    PublicationKind,
    Stage,
    StageDivision,
    StageState,
)
from .. import policies, prebuilt
from ..queries import board, hours, problems, snapshots
from ..queries.public import RANKED
from ..snapshot import Snapshot, digest, payload_of, snapshot_of

LONGEST_WAIT = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Decision:
    """The paper on which a publication rests."""

    number: str = ""
    on: date | None = None
    signer: str = ""


def published_root() -> Path:
    return Path(current_app.config["PUBLISHED_PATH"])


def publish(
    edition: Edition,
    kind: PublicationKind,
    stage: Stage | None,
    *,
    visible_at: datetime,
    decision: Decision,
    actor: Actor,
    at: datetime,
    reason: str = "",
) -> Publication:
    """Freeze the list as it stands as the next version, to be seen from `visible_at` on.

    Raises Invalid when something blocks, when an official result has no decision, when a correction gives no reason
    or changes nothing; Conflict when another version still waits for its hour.
    """
    ensure(policies.can_publish(actor, edition.id))
    lock_rows(Edition, [edition.id])
    visible_at = max(visible_at, at)
    choice = board.find_choice(edition, str(kind), stage.position if stage else 0)
    snapshot = snapshots.built_snapshot(edition.id, kind, stage)
    ensure_publishable(
        edition, choice, snapshot, visible_at=visible_at, decision=decision, reason=reason, at=at
    )
    latest = choice.latest
    payload = payload_of(snapshot)
    row = Publication(
        edition_id=edition.id,
        kind=kind,
        subject=choice.subject,
        version=_next_version(edition.id, kind, choice.subject),
        payload=payload,
        hash=digest(payload),
        visible_at=visible_at,
        decision_number=decision.number,
        decision_date=decision.on,
        signer=decision.signer,
        reason=reason.strip() if latest else "",
        created_by_id=actor.person_id,
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    activity.record(
        "publishing.publication.made",
        row,
        actor=actor,
        at=at,
        edition_id=edition.id,
        reason=row.reason,
        after={
            "kind": str(kind),
            "version": row.version,
            "hash": row.hash,
            "visible_at": visible_at.isoformat(),
        },
    )
    if visible_at <= at:
        settle(row, actor=actor, at=at)
    after_commit(prebuilt.touch, published_root())
    return row


def ensure_publishable(
    edition: Edition,
    choice: board.Choice,
    snapshot: Snapshot,
    *,
    visible_at: datetime,
    decision: Decision,
    reason: str,
    at: datetime,
) -> None:
    """Raises what `publish` would refuse with; the rehearsal says it before anybody presses the button."""
    _check_decision(choice.kind, decision, visible_at, at)
    blocking = [p for p in problems.problems_of(edition, choice, snapshot) if p.blocks]
    if blocking:
        raise Invalid(
            _("Chưa công bố được: %(what)s.", what="; ".join(p.title for p in blocking)), code="blocked"
        )
    if choice.latest is not None:
        _check_correction(choice.latest, snapshot, reason, at)


def _next_version(edition_id: int, kind: PublicationKind, subject: str) -> int:
    """Cancelled versions keep their number: a number never names two different lists."""
    highest = db.session.scalar(
        sa.select(sa.func.max(Publication.version)).where(
            Publication.edition_id == edition_id, Publication.kind == kind, Publication.subject == subject
        )
    )
    return (highest or 0) + 1


def _check_decision(kind: PublicationKind, decision: Decision, visible_at: datetime, at: datetime) -> None:
    if visible_at > at + LONGEST_WAIT:
        raise Invalid(_("Giờ công bố xa quá một năm. Kiểm tra lại ngày."), field="visible_at")
    if kind != PublicationKind.OFFICIAL:
        return
    if not decision.number:
        raise Invalid(_("Kết quả chính thức cần số quyết định, ví dụ 05/QĐ-BTC."), field="decision_number")
    if decision.on is None:
        raise Invalid(_("Nhập ngày ký quyết định."), field="decision_date")
    if not decision.signer:
        raise Invalid(_("Nhập họ tên người ký quyết định."), field="signer")


def _check_correction(latest: Publication, snapshot: Snapshot, reason: str, at: datetime) -> None:
    if latest.visible_at > at:
        raise Conflict(
            _(
                "Phiên bản %(n)s còn chờ đến giờ công bố. Hủy lịch đó trước, rồi công bố lại.",
                n=latest.version,
            )
        )
    if digest(payload_of(snapshot)) == latest.hash:
        raise Invalid(
            _("Danh sách không khác phiên bản %(n)s, nên không có gì để đính chính.", n=latest.version)
        )
    if len(reason.strip()) < 10:
        raise Invalid(_("Viết lý do đính chính để người xem hiểu, ít nhất 10 ký tự."), field="reason")


def cancel_publication(publication: Publication, *, actor: Actor, at: datetime, reason: str = "") -> None:
    """Take back what nobody has seen yet. Raises Conflict once its hour has come: then there is only correction."""
    ensure(policies.can_publish(actor, publication.edition_id))
    lock_rows(Edition, [publication.edition_id])
    if publication.cancelled_at is not None:
        raise Conflict(_("Lịch công bố này đã được hủy."))
    if publication.visible_at <= at:
        raise Conflict(_("Đã đến giờ công bố nên không hủy được nữa. Nếu có sai sót, hãy đính chính."))
    publication.cancelled_at = at
    db.session.flush()
    if publication.reason and publication.kind in RANKED:
        _take_back_correction(publication, actor, at)
    activity.record(
        "publishing.publication.cancelled",
        publication,
        actor=actor,
        at=at,
        edition_id=publication.edition_id,
        reason=reason,
    )
    after_commit(prebuilt.purge, published_root())


def _take_back_correction(publication: Publication, actor: Actor, at: datetime) -> None:
    from .corrections import take_back

    edition = db.session.get_one(Edition, publication.edition_id)
    stage = db.session.get_one(Stage, publication.payload["stage_id"])
    before = board.find_choice(edition, str(publication.kind), stage.position).latest
    if before is not None:
        take_back(edition, stage, publication, before, actor=actor, at=at)


def settle_due(*, actor: Actor, at: datetime) -> int:
    """Act on every publication whose hour has come. Pages do not wait for this: they go by the clock."""
    count = 0
    for row in hours.due(at):
        settle(row, actor=actor, at=at)
        count += 1
    if count:
        after_commit(prebuilt.touch, published_root())
    return count


def settle(publication: Publication, *, actor: Actor, at: datetime) -> None:
    """Once per publication: states of its stage, messages, and new certificates where a correction changes some."""
    if publication.settled_at is not None:
        return
    publication.settled_at = at
    db.session.flush()
    if publication.kind in (PublicationKind.OFFICIAL, PublicationKind.FINALISTS):
        _mark_published(publication, actor, at)
    if publication.kind == PublicationKind.OFFICIAL and _has_certificates(publication.edition_id):
        from .certificates import issue_certificates

        issue_certificates(publication, actor=actor, at=at)
    _tell_teams(publication, at)


def _mark_published(publication: Publication, actor: Actor, at: datetime) -> None:
    stage_id = publication.payload.get("stage_id")
    parts = db.session.scalars(
        sa.select(StageDivision).where(
            StageDivision.stage_id == stage_id, StageDivision.state == StageState.DECIDED
        )
    ).all()
    for part in parts:
        part.state, part.published_at = StageState.PUBLISHED, publication.visible_at
        db.session.flush()
        stage_changed.send(part.id, state=StageState.PUBLISHED, actor=actor, at=at)


def _has_certificates(edition_id: int) -> bool:
    return bool(
        db.session.scalar(
            sa.select(
                sa.exists().where(Certificate.edition_id == edition_id, Certificate.revoked_at.is_(None))
            )
        )
    )


def _tell_teams(publication: Publication, at: datetime) -> None:
    """One message a person: who entered or coaches an entry of the list."""
    entry_ids = snapshot_of(publication.payload).entry_ids
    coaches = sa.select(EntryMember.person_id).where(
        EntryMember.entry_id.in_(entry_ids),
        EntryMember.part == MemberPart.COACH,
        EntryMember.ended_at.is_(None),
    )
    authors = sa.select(Entry.author_id).where(Entry.id.in_(entry_ids), Entry.author_id.is_not(None))
    people = sorted({p for p in db.session.scalars(coaches.union(authors)) if p})
    activity.notify_many(
        "publishing/published",
        [
            {"person_id": p, "url": "/publishing/teams", "context": {"publication_id": publication.id}}
            for p in people
        ],
        at=at,
    )
