"""The session of somebody who just came in, by whatever door."""

from __future__ import annotations

from flask import current_app, flash, make_response, redirect, request, session, url_for
from flask_login import login_user
from werkzeug.wrappers import Response

from ..core.i18n import LANGUAGES, select_locale
from ..core.web import safe_next
from . import guesses, queries, services


def device() -> str:
    """What the device is called in the list of devices: system and browser."""
    agent = request.user_agent.string
    system = next((s for s in ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux") if s in agent), "")
    browser = next((b for b in ("Edg", "Firefox", "Zalo", "CriOS", "Chrome", "Safari") if b in agent), "")
    return f"{system} {browser}".replace("Edg", "Edge").replace("CriOS", "Chrome").strip()


def keep_language(person_id: int) -> None:
    """A newcomer's letters come in the language in which the page was read; inside a transaction."""
    services.change_language(person_id, select_locale())


def come_in(key: str, target: str | None, *, known: str = "", said: str = "", place: str = "") -> Response:
    """Start the session afresh (no fixation) and go where the person wanted.

    `known` names a card to the device's cookie, `said` is shown on the next page, `place` is the work place chosen.
    """
    language = session.get("lang")
    session.clear()
    session.permanent = True
    if language in LANGUAGES:
        session["lang"] = language
    actor = queries.load_actor(key)
    assert actor is not None
    session.setdefault("lang", actor.locale)
    login_user(actor)
    if place:
        session["place"] = place
    if said:
        flash(said, "success")
    home = url_for("home.home") if "home.home" in current_app.view_functions else url_for("accounts.account")
    response = make_response(redirect(safe_next(target, home), code=303))
    if known or actor.account_id:
        guesses.remember(response, known or str(actor.account_id))
    return response
