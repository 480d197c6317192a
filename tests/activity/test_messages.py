"""Texts of messages: many are rendered with few questions to the database, in the reader's language, whatever is gone."""

from __future__ import annotations

import pathlib

import pytest
from flask import g

from incubator.activity import messages
from incubator.models import Notification
from tests.factories import AT, make_person

EMAIL = pathlib.Path(__file__).parents[2] / "templates" / "email"
KINDS = sorted(f"{p.parent.name}/{p.stem}" for p in EMAIL.rglob("*.txt"))

#: Everything that any kind stores; the rows behind these ids do not exist.
CONTEXT = {
    **dict.fromkeys(
        ("edition_id", "organisation_id", "entry_id", "event_id", "change_id", "stage_id", "assignment_id", "invitation_id",
         "invited_id", "teacher_id", "case_id", "session_id", "booking_id", "registration_id", "publication_id", "appeal_id"), 0,
    ),
    "role": "judge",
}  # fmt: skip


def rows(kinds: list[str]) -> list[Notification]:
    return [Notification(kind=kind, context=CONTEXT, url="/home", created_at=AT) for kind in kinds]


@pytest.mark.parametrize("kind", KINDS)
def test_thirty_messages_ask_as_much_as_one(session, queries, kind):
    reader = make_person()
    with queries() as one:
        (text,) = messages.render_many(rows([kind]), reader)
    with queries() as many:
        messages.render_many(rows([kind] * 30), reader)
    assert text.subject
    assert len(one) == len(many) <= 2


def test_a_page_of_all_kinds_asks_twice(session, queries):
    reader = make_person()
    with queries() as log:
        messages.render_many(rows(KINDS), reader)
    assert len(log) <= 2


def test_words_are_the_readers_not_those_of_whoever_sends(session, app):
    reader = make_person(locale="en")
    with app.test_request_context("/vi/"):
        (text,) = messages.render_many(rows(["accounts/accepted"]), reader)
    assert "Judge" in text.body


def test_a_text_on_a_page_leaves_the_frame_of_the_page_to_the_page(session, app):
    """Else an English page that shows a Vietnamese text to send has its menus in Vietnamese."""
    with app.test_request_context("/home"):
        messages.render(rows(["spaces/moved_up"])[0], make_person())
        assert not {"frame", "places"} & set(g)
