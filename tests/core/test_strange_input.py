"""Numbers and characters that strangers write into addresses and forms lead to a refusal, never to an error of ours."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from incubator.core.access import Role, ScopeKind
from incubator.core.db import db
from incubator.core.text.numerals import is_whole, whole
from incubator.models import CalendarFeed
from incubator.spaces.services.feeds import token_of
from tests.factories import make_user
from tests.spaces.factories import make_centre

HUGE = "9" * 25


@pytest.mark.parametrize(("text", "number"), [("7", 7), (" 12 ", 12), ("-1", -1), ("999999999", 999_999_999)])
def test_a_whole_number_is_read(text, number):
    assert whole(text) == number


@pytest.mark.parametrize("text", ["", "²", "٣", "1_0", "1.5", "+1", "0x1", "1234567890", HUGE])
def test_what_is_no_number_of_ours_is_not_read(text):
    assert not is_whole(text)
    with pytest.raises(ValueError, match="Not a whole number"):
        whole(text)


def test_an_id_is_no_negative_number():
    assert (is_whole("12"), is_whole("-12")) == (True, False)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/entries/{HUGE}", 404),
        (f"/jobs/{HUGE}", 404),
        (f"/spaces/?resource={HUGE}", 200),
        ("/audit?person=²", 200),
        (f"/audit?person={HUGE}", 200),
        (f"/audit?object=edition:{HUGE}", 200),
        ("/vi/door/room/here?c=mã", 200),
        ("/calendar/1-mã.ics", 404),
    ],
)
def test_an_address_with_a_strange_number_or_code_is_answered(session, sign_in, path, status):
    make_centre()
    db.session.commit()
    browser = sign_in(make_user(Role.ADMINISTRATOR, ScopeKind.SYSTEM, None))
    assert browser.get(path).status_code == status


def test_a_feed_is_not_found_by_a_code_with_marks(session, sign_in):
    browser = sign_in(make_user(Role.STAFF, ScopeKind.SITE, make_centre().site.id))
    db.session.commit()
    assert browser.post("/spaces/calendars").status_code == 303
    feed = db.session.scalars(sa.select(CalendarFeed)).one()
    assert browser.get(f"/calendar/{token_of(feed)}.ics").status_code == 200
    assert browser.get(f"/calendar/{feed.id}-mã.ics").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/vi/events/a%00b",
        "/vi/search?q=a%00b",
        "/vi/c/a%00b",
        "/vi/certificates?number=%00",
        "/login?next=%00",
    ],
)
def test_a_nul_in_an_address_is_refused(client, path):
    assert client.get(path).status_code == 400


@pytest.mark.parametrize("files", [{}, {"file": (io.BytesIO(b"x"), "a.txt")}])
def test_a_nul_in_a_form_is_refused(client, files):
    assert (
        client.post("/login", data={"email": "a\0@example.org", "password": "x", **files}).status_code == 400
    )


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (r"a\u0000b", 400),
        (r"a\\\u0000b", 400),
        (r"a\\u0000b", 302),  # a backslash and the letters u0000: strange, but text; asked to sign in
        ("ab", 302),
    ],
)
def test_a_nul_in_json_is_refused(client, text, status):
    body = f'{{"events": [], "note": "{text}"}}'
    answer = client.post("/matches/phone/1/events", data=body, content_type="application/json")
    assert answer.status_code == status
