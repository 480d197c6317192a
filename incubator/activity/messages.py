"""Texts of the outbox: a template a kind, rendered in the reader's language when they are sent or shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template
from flask_babel import force_locale

from ..models import Notification, Person

Builder = Callable[[dict[str, Any]], dict[str, Any]]
ManyBuilder = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
_builders: dict[str, Builder] = {}
_together: dict[Builder, ManyBuilder] = {}


@dataclass(frozen=True, slots=True)
class Message:
    subject: str
    body: str


def builder(kind: str) -> Callable[[Builder], Builder]:
    """Register a function that turns a message's stored ids into the values its template shows."""

    def register(function: Builder) -> Builder:
        _builders[kind] = function
        return function

    return register


def many(function: Builder) -> Callable[[ManyBuilder], ManyBuilder]:
    """Register how the values of many messages of one builder are joined at once: a page of messages asks the
    database a fixed few times, however many it shows."""

    def register(together: ManyBuilder) -> ManyBuilder:
        _together[function] = together
        return together

    return register


def render(notification: Notification, person: Person | None) -> Message:
    """Subject and body of one message, in the person's language."""
    return render_many([notification], person)[0]


def render_many(notifications: Sequence[Notification], person: Person | None) -> list[Message]:
    """Subjects and bodies in the order given, all in the person's language: names and dates joined too."""
    with force_locale(person.locale if person else "vi"):
        return _joined(notifications, person)


def _joined(notifications: Sequence[Notification], person: Person | None) -> list[Message]:
    values: dict[int, dict[str, Any]] = {}
    by_builder: dict[Builder, list[Notification]] = {}
    for notification in notifications:
        if notification.kind in _builders:
            by_builder.setdefault(_builders[notification.kind], []).append(notification)
    for function, rows in by_builder.items():
        contexts = [dict(row.context) for row in rows]
        joined = _together[function](contexts) if function in _together else [function(c) for c in contexts]
        values.update({id(row): found for row, found in zip(rows, joined, strict=True)})
    return [_render(n, {**n.context, **values.get(id(n), {})}, person) for n in notifications]


def _render(notification: Notification, context: dict[str, Any], person: Person | None) -> Message:
    text = render_template(
        f"email/{notification.kind}.txt",
        **{
            "person": person,
            "link": absolute(notification.url),
            "owner_name": current_app.config["OWNER_NAME"],
            **context,
        },
    )
    first, _newline, rest = text.partition("\n")
    return Message(subject=first.removeprefix("Subject:").strip(), body=rest.strip() + "\n")


def absolute(path: str) -> str:
    if not path or path.startswith("http"):
        return path
    return str(current_app.config["PUBLIC_URL"]).rstrip("/") + path
