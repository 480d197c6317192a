"""News: what organisers write, and what visitors see of pictures under the consent of the moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from ...contests.naming import may_publish
from ...contests.queries.naming import answers_of
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import ConsentPurpose, Document, Edition, Person, Photo, Post

ATTACHED = "attachment"


def posts_of(edition_id: int) -> Sequence[Post]:
    """All posts of an edition, newest first, drafts on top."""
    return db.session.scalars(
        sa.select(Post)
        .where(Post.edition_id == edition_id)
        .order_by(Post.visible_at.is_not(None), Post.visible_at.desc(), Post.id.desc())
    ).all()


def get_post(edition: Edition, post_id: int) -> Post:
    found = db.session.scalar(sa.select(Post).where(Post.id == post_id, Post.edition_id == edition.id))
    if found is None:
        raise NotFound(_("Không có tin này trong cuộc thi."))
    return found


def visible_post(slug: str, now: datetime) -> Post:
    found = db.session.scalar(
        sa.select(Post).where(Post.slug == slug, Post.visible_at.is_not(None), Post.visible_at <= now)
    )
    if found is None:
        raise NotFound(_("Không có tin này, hoặc chưa đến giờ đăng."))
    return found


def photos_of(post_id: int) -> Sequence[Photo]:
    return db.session.scalars(sa.select(Photo).where(Photo.post_id == post_id).order_by(Photo.id)).all()


def shown(photos: Sequence[Photo], day: date) -> list[Photo]:
    """Pictures on which everybody agrees, today, to be seen: two queries for any number of pictures."""
    people = {p for photo in photos for p in photo.person_ids}
    if not people:
        return list(photos)
    born = {
        r.id: r.birth_date
        for r in db.session.execute(
            sa.select(Person.id, Person.birth_date).where(Person.id.in_(people), Person.erased_at.is_(None))
        )
    }
    answers = answers_of(people, ConsentPurpose.PUBLISH_PICTURE)
    agreed = {p for p in born if may_publish(born[p], answers.get(p, ()), day)}
    return [photo for photo in photos if agreed.issuperset(photo.person_ids)]


def documents_of(post_id: int) -> Sequence[Document]:
    return db.session.scalars(
        sa.select(Document)
        .where(Document.kind == ATTACHED, Document.series == f"post:{post_id}")
        .order_by(Document.id)
    ).all()


def get_part(post: Post, kind: str, part_id: int) -> Photo | Document:
    """A picture or paper of the post."""
    parts: Sequence[Photo | Document] = photos_of(post.id) if kind == "photos" else documents_of(post.id)
    found = next((p for p in parts if p.id == part_id), None)
    if found is None or found.file_id is None:
        raise NotFound(_("Tin này không có tệp đó."))
    return found
