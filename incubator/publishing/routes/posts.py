"""News of an edition: write, schedule, pictures, attached papers."""

from __future__ import annotations

import re

from flask import Blueprint, flash, render_template, request
from werkzeug.wrappers import Response

from ...core import clock
from ...core.access import Permission, ensure, public, require
from ...core.db import transaction
from ...core.downloads import send_stored
from ...core.errors import DomainError, Invalid, NotFound
from ...core.i18n import _
from ...core.web import current_actor, go, sent_file
from ...models import Edition, Photo, Post
from .. import policies
from ..forms import PostForm
from ..queries import editions
from ..queries import posts as queries
from ..services import posts
from .hours import check_hour

bp = Blueprint("posts", __name__, url_prefix="/<edition>/posts")
public_bp = Blueprint("news_files", __name__)
PART = "<any(photos, files):kind>"


def load(edition: str) -> Edition:
    row = editions.get_edition_for(current_actor(), edition)
    ensure(policies.can_publish(current_actor(), row.id))
    return row


@bp.get("/")
@require(Permission.RESULTS_PUBLISH)
def index(edition: str) -> str:
    row = load(edition)
    return render_template(
        "publishing/posts.html", edition=row, posts=queries.posts_of(row.id), now=clock.now()
    )


@bp.route("/new", methods=["GET", "POST"])
@require(Permission.RESULTS_PUBLISH)
def new(edition: str) -> str | Response | tuple[str, int]:
    return _edit(load(edition), None)


@bp.route("/<int:post_id>", methods=["GET", "POST"])
@require(Permission.RESULTS_PUBLISH)
def edit(edition: str, post_id: int) -> str | Response | tuple[str, int]:
    row = load(edition)
    return _edit(row, queries.get_post(row, post_id))


def _edit(row: Edition, post: Post | None) -> str | Response | tuple[str, int]:
    form, now = PostForm(obj=post), clock.now()
    if not form.is_submitted():
        form.when.data = "later" if post is not None and post.visible_at else "draft"
        return _show(row, post, form)
    if not form.validate() or not (_unchanged(post, form) or check_hour(form)):
        return _show(row, post, form), 422
    hours = {"draft": None, "now": now, "later": form.visible_at.data}
    text = posts.PostText(
        form.title.data or "", form.body.data or "", form.title_en.data or "", form.body_en.data or ""
    )
    with transaction():
        if post is not None:
            post = queries.get_post(row, post.id)
        saved = posts.save_post(
            row, post, text, visible_at=hours[form.when.data], actor=current_actor(), at=now
        )
    flash(_("Đã lưu tin."), "success")
    return go("publishing.posts.edit", edition=row.slug, post_id=saved.id)


def _unchanged(post: Post | None, form: PostForm) -> bool:
    """A post that is out keeps its hour when only its text is mended."""
    asked = form.visible_at.data
    return bool(
        post is not None
        and post.visible_at
        and form.when.data == "later"
        and asked
        and abs((post.visible_at - asked).total_seconds()) < 60
    )


def _show(row: Edition, post: Post | None, form: PostForm, problem: str = "") -> str:
    photos = queries.photos_of(post.id) if post is not None else []
    seen = {p.id for p in queries.shown(photos, clock.today())}
    return render_template(
        "publishing/post.html",
        edition=row,
        post=post,
        form=form,
        photos=photos,
        seen=seen,
        problem=problem,
        documents=queries.documents_of(post.id) if post is not None else [],
        now=clock.now(),
    )


@bp.post(f"/<int:post_id>/{PART}")
@require(Permission.RESULTS_PUBLISH)
def add(edition: str, post_id: int, kind: str) -> Response | tuple[str, int]:
    """A picture with its caption and the teams on it, or a paper with its title."""
    row = load(edition)
    try:
        (data, name), actor, now = sent_file("file"), current_actor(), clock.now()
        if not data:
            raise Invalid(_("Chọn tệp."), field="file")
        with transaction():
            post = queries.get_post(row, post_id)
            if kind == "photos":
                posts.add_photo(
                    row,
                    post,
                    data,
                    name,
                    request.form.get("caption", ""),
                    [n for n in re.split(r"[\s,;]+", request.form.get("numbers", "")) if n],
                    nobody=request.form.get("nobody") == "1",
                    actor=actor,
                    at=now,
                )
            else:
                posts.add_document(row, post, data, name, request.form.get("title", ""), actor=actor, at=now)
    except NotFound:
        raise
    except DomainError as error:
        post = queries.get_post(row, post_id)
        form = PostForm(formdata=None, obj=post)
        form.when.data = "later" if post.visible_at else "draft"
        return _show(row, post, form, error.message), 422
    flash(_("Đã thêm vào tin."), "success")
    return go("publishing.posts.edit", edition=row.slug, post_id=post_id)


@bp.get(f"/<int:post_id>/{PART}/<int:part_id>")
@require(Permission.RESULTS_PUBLISH)
def part(edition: str, post_id: int, kind: str, part_id: int) -> Response:
    """The file for who prepares the post, before visitors may see it."""
    found = queries.get_part(queries.get_post(load(edition), post_id), kind, part_id)
    return send_stored(found.file_id or 0, inline=True)


@bp.post(f"/<int:post_id>/{PART}/<int:part_id>/remove")
@require(Permission.RESULTS_PUBLISH)
def remove(edition: str, post_id: int, kind: str, part_id: int) -> Response:
    row = load(edition)
    with transaction():
        found = queries.get_part(queries.get_post(row, post_id), kind, part_id)
        posts.remove_part(row, found, actor=current_actor(), at=clock.now())
    flash(_("Đã gỡ khỏi tin."), "success")
    return go("publishing.posts.edit", edition=row.slug, post_id=post_id)


@public_bp.get(f"/<any(vi, en):lang>/news/<slug>/{PART}/<int:part_id>")
@public
def file(lang: str, slug: str, kind: str, part_id: int) -> Response:
    """A picture or paper of a visible post; a picture only while everybody on it agrees."""
    found = queries.get_part(queries.visible_post(slug, clock.now()), kind, part_id)
    if isinstance(found, Photo) and not queries.shown([found], clock.today()):
        raise NotFound(_("Ảnh này không còn được hiện."))
    return send_stored(found.file_id or 0, inline=True)
