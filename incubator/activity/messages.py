"""Texts of the outbox: a template a kind, rendered in the reader's language when they are sent or shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import force_locale

from ..core.together import Asking, ask_together
from ..core.web import lang, owner
from ..models import Notification, Person

Values = dict[str, Any]
Builder = Callable[[list[Values]], Asking[list[Values]]]
_builders: dict[str, Builder] = {}


@dataclass(frozen=True, slots=True)
class Message:
    subject: str
    body: str


def builder(*kinds: str) -> Callable[[Builder], Builder]:
    """Register a source (`core.together`) that turns what messages of these kinds have stored, mostly ids, into the
    values that their templates show, in the order given. A row that is gone since leaves its words empty."""

    def register(function: Builder) -> Builder:
        _builders.update(dict.fromkeys(kinds, function))
        return function

    return register


def render(notification: Notification, person: Person | None) -> Message:
    """Subject and body of one message, in the person's language."""
    return render_many([notification], person)[0]


def render_many(
    notifications: Sequence[Notification], person: Person | None, language: str = ""
) -> list[Message]:
    """Subjects and bodies in the order given, names and dates joined too.

    A letter speaks the language that its person has on record; a page passes the one in which it is being read.
    """
    with force_locale(language or (person.locale if person else "vi")):
        return _joined(notifications, person)


def _joined(notifications: Sequence[Notification], person: Person | None) -> list[Message]:
    by_builder: dict[Builder, list[int]] = {}
    for place, notification in enumerate(notifications):
        if notification.kind in _builders:
            by_builder.setdefault(_builders[notification.kind], []).append(place)
    contexts = [dict(n.context) for n in notifications]
    joined = ask_together(f([contexts[i] for i in places]) for f, places in by_builder.items())
    for places, found in zip(by_builder.values(), joined, strict=True):
        for place, values in zip(places, found, strict=True):
            contexts[place] |= values
    return [_render(n, values, person) for n, values in zip(notifications, contexts, strict=True)]


def _render(notification: Notification, context: dict[str, Any], person: Person | None) -> Message:
    """Without what pages share: their frame would be made here, in this text's language, and kept for the page."""
    text = current_app.jinja_env.get_template(f"email/{notification.kind}.txt").render(
        {
            "person": person,
            "link": absolute(notification.url),
            "owner_name": owner(current_app, lang())["name"],
            "owner_email": str(current_app.config["OWNER_EMAIL"]),
            **context,
        },
    )
    first, _newline, rest = text.partition("\n")
    return Message(subject=first.removeprefix("Subject:").strip(), body=rest.strip() + "\n")


def absolute(path: str) -> str:
    if not path or path.startswith("http"):
        return path
    return str(current_app.config["PUBLIC_URL"]).rstrip("/") + path
