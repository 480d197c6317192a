"""Front page, role home, messages, search and the few texts that belong to no domain."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from ..accounts.queries import own_person
from ..activity import messages as texts
from ..activity.queries import messages_for
from ..core import clock
from ..core.access import by_link_too, public, signed_in
from ..core.db import transaction
from ..core.i18n import _
from ..core.lists import list_args, paginate
from ..core.text.numerals import whole
from ..core.web import current_actor, go, safe_next
from ..core.web import lang as language
from ..publishing.queries import posts
from . import desk as desks
from . import front, front_results, search
from .services import mark_read
from .shell import current_place, places_of

bp = Blueprint("home", __name__)

LANGUAGE = "<any(vi, en):lang>"


@bp.get("/")
@public
def root() -> Response:
    """To the Vietnamese front page; the choice of a language is part of the address from there on."""
    return redirect("/vi/", code=302)


@bp.get(f"/{LANGUAGE}/")
@public
def index(lang: str) -> str:
    now = clock.now()
    return render_template(
        "home/index.html",
        contests=front.open_contests(now),
        results=front_results.latest_results(now),
        week=front.week_ahead(now),
        deadlines=front.deadlines(now),
        news=front.latest_news(now),
        today=now.astimezone(clock.LOCAL).date(),
    )


@bp.get(f"/{LANGUAGE}/search")
@public
def public_search(lang: str) -> str:
    q = request.args.get("q", "").strip()[:100]
    return render_template("home/public_search.html", found=search.public_search(q, clock.now()))


@bp.get(f"/{LANGUAGE}/news")
@public
def news(lang: str) -> str:
    args = list_args([], per_page=10)
    return render_template("home/news.html", page=paginate(front.news(clock.now()), args))


@bp.get(f"/{LANGUAGE}/news/<slug>")
@public
def post(lang: str, slug: str) -> str:
    found = posts.visible_post(slug, clock.now())
    return render_template(
        "home/post.html",
        post=found,
        photos=posts.shown(posts.photos_of(found.id), clock.today()),
        documents=posts.documents_of(found.id),
    )


@bp.get(f"/{LANGUAGE}/privacy")
@public
def privacy(lang: str) -> str:
    return render_template("home/privacy.html", contact=current_app.config["DPO_CONTACT"])


@bp.get(f"/{LANGUAGE}/accessibility")
@public
def accessibility(lang: str) -> str:
    return render_template("home/accessibility.html")


@bp.get(f"/{LANGUAGE}/help")
@public
def help_page(lang: str) -> str:
    return render_template("home/help.html")


# -- signed in -----------------------------------------------------------------------------------------------


@bp.get("/home")
@signed_in
@by_link_too
def home() -> str | Response:
    actor = current_actor()
    if actor.link_edition is not None:
        return go("judging.my_entries")
    places = places_of(actor)
    place = current_place(places)
    return render_template(
        "home/desk.html",
        waiting=desks.waiting_for(actor, place, places),
        standing=desks.standing_of(place, actor),
        done=desks.just_done(actor),
        today=clock.today(),
    )


@bp.get("/home/<key>")
@signed_in
@by_link_too
def enter(key: str) -> Response:
    """Go to one of one's own work places; remembered until another is chosen."""
    places = places_of(current_actor())
    if key not in {p.key for p in places}:
        abort(404)
    session["place"] = key
    return redirect(safe_next(request.args.get("next"), url_for("home.home")), code=303)


@bp.get("/notifications")
@signed_in
def notifications() -> str:
    actor = current_actor()
    page = messages_for(actor, list_args([], per_page=30))
    shown = zip(page.items, texts.render_many(page.items, own_person(actor), language()), strict=True)
    return render_template("home/notifications.html", page=page, messages=list(shown))


@bp.post("/notifications/read")
@signed_in
def read_notifications() -> Response:
    """Marks one message (`id`) or all of the reader's own as read; `next` goes on to what it tells of."""
    actor = current_actor()
    with transaction():
        mark_read(actor, request.form.get("id", type=whole), at=clock.now())
    if target := request.form.get("next"):
        return redirect(safe_next(target, url_for("home.notifications")), code=303)
    return go("home.notifications")


@bp.get("/search")
@signed_in
def work_search() -> str:
    q = request.args.get("q", "").strip()[:100]
    return render_template("home/search.html", found=search.work_search(current_actor(), q, clock.now()))


def weekday(index: int) -> str:
    """Name of a day of the week; 0 is Monday."""
    names = (
        _("thứ Hai"),
        _("thứ Ba"),
        _("thứ Tư"),
        _("thứ Năm"),
        _("thứ Sáu"),
        _("thứ Bảy"),
        _("Chủ nhật"),
    )
    return names[index]


bp.add_app_template_global(weekday, "weekday")
