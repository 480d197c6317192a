"""What visitors may see at a moment, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import Edition, Publication, PublicationKind, Stage

RANKED = (PublicationKind.OFFICIAL, PublicationKind.PROVISIONAL)
NEWEST_FIRST = (
    PublicationKind.OFFICIAL,
    PublicationKind.PROVISIONAL,
    PublicationKind.FINALISTS,
    PublicationKind.SCHEDULE,
    PublicationKind.ELIGIBLE,
)


def visible(now: datetime) -> sa.Select[Publication]:
    return sa.select(Publication).where(Publication.visible_at <= now, Publication.cancelled_at.is_(None))


def next_hour(now: datetime) -> datetime | None:
    """When the next scheduled publication becomes visible: until then kept pages hold."""
    return db.session.scalar(
        sa.select(sa.func.min(Publication.visible_at)).where(
            Publication.visible_at > now, Publication.cancelled_at.is_(None)
        )
    )


def announced_editions(now: datetime) -> Sequence[Edition]:
    """Editions that visitors may see, the latest first."""
    return db.session.scalars(
        sa.select(Edition)
        .where(Edition.announced_at <= now, Edition.cancelled_at.is_(None))
        .order_by(Edition.year.desc(), Edition.id.desc())
    ).all()


def edition_of(slug: str, now: datetime) -> Edition:
    edition = db.session.scalar(
        sa.select(Edition).where(
            Edition.slug == slug,
            Edition.announced_at.is_not(None),
            Edition.announced_at <= now,
            Edition.cancelled_at.is_(None),
        )
    )
    if edition is None:
        raise NotFound(_("Không có cuộc thi này, hoặc chưa được thông báo."))
    return edition


@dataclass(frozen=True, slots=True)
class Head:
    """A publication without its payload."""

    id: int
    edition_id: int
    kind: PublicationKind
    subject: str
    version: int
    visible_at: datetime
    decision_number: str
    reason: str
    stage: Stage | None

    @property
    def slug(self) -> str:
        return f"{self.kind}-{self.stage.position}" if self.stage else str(self.kind)


def heads_of(edition_ids: Sequence[int], now: datetime) -> list[Head]:
    """Visible versions of some editions, newest first: two queries."""
    if not edition_ids:
        return []
    rows = db.session.execute(
        visible(now)
        .with_only_columns(
            Publication.id,
            Publication.edition_id,
            Publication.kind,
            Publication.subject,
            Publication.version,
            Publication.visible_at,
            Publication.decision_number,
            Publication.reason,
        )
        .where(Publication.edition_id.in_(edition_ids))
        .order_by(Publication.visible_at.desc(), Publication.version.desc(), Publication.id.desc())
    ).all()
    stages = {
        f"stage:{s.id}": s
        for s in db.session.scalars(sa.select(Stage).where(Stage.edition_id.in_(edition_ids)))
    }
    return [Head(**r._mapping, stage=stages.get(r.subject)) for r in rows]


def current(heads: Sequence[Head]) -> list[Head]:
    """The latest version of each list, the most telling first."""
    latest: dict[tuple[int, str, str], Head] = {}
    for head in heads:
        key = (head.edition_id, head.kind, head.subject)
        if key not in latest or latest[key].version < head.version:
            latest[key] = head
    return sorted(
        latest.values(),
        key=lambda h: (NEWEST_FIRST.index(h.kind), -(h.stage.position if h.stage else 0), -h.id),
    )


def find_publication(
    edition: Edition, slug: str | None, version: int | None, now: datetime
) -> tuple[Publication, Head, list[Head]]:
    """The asked version of a list (default: the main list's latest) with all visible heads of the edition."""
    heads = heads_of([edition.id], now)
    chosen = [h for h in heads if h.slug == slug] if slug else current(heads)[:1]
    if version is not None:
        chosen = [h for h in chosen if h.version == version]
    head = max(chosen, key=lambda h: h.version, default=None)
    if head is None:
        raise NotFound(_("Chưa có công bố nào ở đây. Xem các cuộc thi đã có kết quả ở trang Kết quả."))
    row = db.session.scalar(sa.select(Publication).where(Publication.id == head.id))
    assert row is not None
    return row, head, heads
