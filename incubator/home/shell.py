"""What the frame of every page shows: work places, the menu of the current one, unread messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, has_request_context, request, session, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.routing import BuildError

from ..accounts.queries import workplaces_of
from ..activity.queries import unread_count
from ..core.access import Actor, Role, may_open
from ..core.db import db
from ..core.i18n import _, is_public_page
from ..core.logs import request_id
from ..core.navigation import NavItem, Workplace, items_for
from ..core.together import ask_together
from ..core.web import current_actor, lang

ICONS = {
    Role.ADMINISTRATOR: "gear",
    Role.ORGANISER: "flag",
    Role.SECRETARY: "clipboard-data",
    Role.JUDGE: "clipboard-check",
    Role.REFEREE: "controller",
    Role.STAFF: "building",
    Role.MENTOR: "people",
    Role.COORDINATOR: "mortarboard",
    Role.MEMBER: "person",
}


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of a menu, ready to show."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A work place in the header's menu."""

    key: str
    what: str
    where: str
    url: str
    icon: str
    current: bool
    waiting: int = 0


def places_of(actor: Actor) -> list[Workplace]:
    """The actor's work places; read once a request, in one statement with what is unread."""
    if "places" not in g:
        g.places, g.unread = [], 0
        if actor.is_authenticated:
            g.places, g.unread = ask_together([workplaces_of(actor), unread_count(actor)])
    return list(g.places)


def current_place(places: list[Workplace]) -> Workplace | None:
    """The place chosen last; a page of another edition or school that the actor works in counts."""
    if not places:
        return None
    chosen = next((p for p in places if p.key == session.get("place")), places[0])
    slugs = {str(v) for v in (request.view_args or {}).values()} | {g.get("here", "")}
    if chosen.slug and chosen.slug in slugs:
        return chosen
    return next((p for p in places if p.slug and p.slug in slugs), chosen)


def menu_of(place: Workplace | None, actor: Actor) -> list[Link]:
    """The menu of a work place, without parts that are not installed or that the actor may not open."""
    if place is None:
        return []
    links = [Link(_("Hôm nay"), url_for("home.home"), request.endpoint == "home.home")]
    for item in items_for(place):
        endpoint, values = item.goal(place)
        view = current_app.view_functions.get(endpoint)
        if view is None or not may_open(view, actor):
            continue
        try:
            url = url_for(endpoint, **values)
        except BuildError:
            continue
        links.append(Link(str(item.label), url, is_here(item)))
    return links


def is_here(item: NavItem) -> bool:
    endpoint = request.endpoint or ""
    return endpoint.startswith(item.prefix) if item.prefix else endpoint == item.endpoint


def public_menu() -> list[Link]:
    """Menu of the visitors' pages; the path below the language says where one is."""
    language = lang()
    here = request.path.removeprefix(f"/{language}").strip("/")
    entries = [
        ("", _("Trang chủ")),
        ("contests", _("Cuộc thi")),
        ("results", _("Kết quả")),
        ("biic", _("BIIC")),
        ("news", _("Tin tức")),
        ("help", _("Trợ giúp")),
    ]
    return [Link(label, f"/{language}/{part}", here.partition("/")[0] == part) for part, label in entries]


def frame_of(actor: Actor) -> dict[str, Any]:
    places = places_of(actor)
    here = current_place(places)
    shown = [
        Place(p.key, p.what, p.where, url_for("home.enter", key=p.key), ICONS[p.role], p is here)
        for p in places
    ]
    return {
        "workplaces": shown,
        "workplace": next((p for p in shown if p.current), None),
        "nav_items": menu_of(here, actor),
        "unread_count": g.unread,
    }


EMPTY: dict[str, Any] = {"workplaces": [], "workplace": None, "nav_items": [], "unread_count": 0}


def frame() -> dict[str, Any]:
    """Empty for visitors, for parts of a page, and while the database is away: error pages still show."""
    if not has_request_context() or is_public_page() or "HX-Request" in request.headers:
        return EMPTY
    try:
        actor = current_actor()
        if "frame" not in g:
            g.frame = frame_of(actor) if actor.is_authenticated else EMPTY
        return dict(g.frame)
    except SQLAlchemyError:
        db.session.rollback()
        return EMPTY


def init_app(app: Flask) -> None:
    app.jinja_env.globals["request_id"] = request_id

    @app.context_processor
    def _frame() -> dict[str, Any]:
        site = str(app.config.get("SITE_NAME") or _("Cuộc thi & Sáng tạo – BIIC"))
        menu = public_menu() if has_request_context() else []
        return {"site_name": site, "public_nav": menu, **frame()}
