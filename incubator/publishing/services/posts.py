"""News of an edition: plain text, pictures under consent, attached papers; seen from its hour on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...activity import services as activity
from ...contests.services.editions import slug_from, store_file
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Invalid
from ...core.i18n import _
from ...models import Document, Edition, Entry, EntryMember, Photo, Post
from .. import policies
from ..queries.posts import ATTACHED

PICTURES = ("image/jpeg", "image/png")
PAPERS = ("application/pdf",)


@dataclass(frozen=True, slots=True)
class PostText:
    """What a post says. Without English the Vietnamese text stands on the English page."""

    title: str
    body: str
    title_en: str = ""
    body_en: str = ""


def save_post(
    edition: Edition,
    post: Post | None,
    text: PostText,
    *,
    visible_at: datetime | None,
    actor: Actor,
    at: datetime,
) -> Post:
    """Write or change a post. `visible_at` None keeps it a draft, or takes a published one back."""
    ensure(policies.can_publish(actor, edition.id))
    before = _facts(post) if post is not None else None
    if post is None:
        post = Post(edition_id=edition.id, slug=_free_slug(text.title), created_at=at)
        db.session.add(post)
    post.title, post.body = text.title.strip(), text.body.strip()
    post.title_en, post.body_en = text.title_en.strip(), text.body_en.strip()
    post.visible_at = visible_at
    db.session.flush()
    activity.record(
        "publishing.post.saved",
        post,
        actor=actor,
        at=at,
        edition_id=edition.id,
        before=before,
        after=_facts(post),
    )
    return post


def _facts(post: Post) -> dict[str, Any]:
    return {"title": post.title, "visible_at": post.visible_at.isoformat() if post.visible_at else None}


def _free_slug(title: str) -> str:
    base = slug_from(title, 80) or "tin"
    taken = set(db.session.scalars(sa.select(Post.slug).where(Post.slug.startswith(base, autoescape=True))))
    return next(s for s in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if s not in taken)


def add_photo(
    edition: Edition,
    post: Post,
    data: bytes,
    name: str,
    caption: str,
    numbers: Sequence[str],
    *,
    nobody: bool,
    actor: Actor,
    at: datetime,
) -> Photo:
    """A picture with the teams on it by their numbers, or with nobody who can be recognised.

    It is shown while every member of those teams agrees (child and guardian) to pictures being published.
    """
    ensure(policies.can_publish(actor, edition.id))
    if not caption.strip():
        raise Invalid(_("Viết chú thích: người không thấy ảnh đọc được ảnh nói gì."), field="caption")
    if bool(numbers) == nobody:
        raise Invalid(
            _("Nêu số báo danh các đội có trong ảnh, hoặc đánh dấu rằng không nhận ra ai."), field="numbers"
        )
    people = _people(edition, numbers)
    stored = store_file(data, name, owner_id=actor.person_id, at=at, allowed=PICTURES)
    photo = Photo(post_id=post.id, file_id=stored.id, caption=caption.strip()[:250], person_ids=people)
    db.session.add(photo)
    db.session.flush()
    activity.record(
        "publishing.photo.added",
        photo,
        actor=actor,
        at=at,
        edition_id=edition.id,
        after={"post": post.id, "people": len(people)},
    )
    return photo


def _people(edition: Edition, numbers: Sequence[str]) -> list[int]:
    rows = db.session.execute(
        sa.select(Entry.number, EntryMember.person_id)
        .join(EntryMember, EntryMember.entry_id == Entry.id)
        .where(
            Entry.edition_id == edition.id,
            sa.func.upper(Entry.number).in_([n.upper() for n in numbers]),
            EntryMember.ended_at.is_(None),
        )
    ).all()
    known = {str(r.number).upper() for r in rows}
    unknown = [n for n in numbers if n.upper() not in known]
    if unknown:
        raise Invalid(
            _("Không có đội số %(numbers)s trong cuộc thi này.", numbers=", ".join(unknown)), field="numbers"
        )
    return sorted({r.person_id for r in rows})


def add_document(
    edition: Edition, post: Post, data: bytes, name: str, title: str, *, actor: Actor, at: datetime
) -> Document:
    """A paper (PDF) beside the text, seen with the post."""
    ensure(policies.can_publish(actor, edition.id))
    stored = store_file(data, name, owner_id=actor.person_id, at=at, allowed=PAPERS)
    row = Document(
        kind=ATTACHED,
        series=f"post:{post.id}",
        edition_id=edition.id,
        title=(title.strip() or stored.name)[:250],
        data={},
        file_id=stored.id,
        created_by_id=actor.person_id,
        created_at=at,
    )
    db.session.add(row)
    db.session.flush()
    activity.record(
        "publishing.document.added", row, actor=actor, at=at, edition_id=edition.id, after={"post": post.id}
    )
    return row


def remove_part(edition: Edition, part: Photo | Document, *, actor: Actor, at: datetime) -> None:
    """Take a picture or paper off its post."""
    ensure(policies.can_publish(actor, edition.id))
    verb = "publishing.photo.removed" if isinstance(part, Photo) else "publishing.document.removed"
    activity.record(verb, part, actor=actor, at=at, edition_id=edition.id, before={"file": part.file_id})
    db.session.delete(part)
    db.session.flush()
