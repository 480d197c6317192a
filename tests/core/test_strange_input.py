"""Numbers and characters that strangers write into addresses and forms lead to a refusal, never to an error of ours."""

from __future__ import annotations

import io
import pathlib

import pytest
import sqlalchemy as sa

from incubator.core.access import Role, ScopeKind
from incubator.core.db import db
from incubator.core.errors import Invalid
from incubator.core.text.numerals import is_count, is_whole, whole
from incubator.matches.services.events import read_event
from incubator.models import CalendarFeed
from incubator.spaces.services.feeds import token_of
from tests.factories import make_user
from tests.judging.factories import make_round
from tests.matches.factories import make_tournament
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


@pytest.mark.parametrize("text", ["", "²", "٣", "-1", "1 ", HUGE])
def test_a_count_is_digits_that_a_column_holds(text):
    assert not is_count(text)
    assert is_count("012345678")
    assert is_count("123456789012", 12)


def test_forms_and_routes_ask_for_digits_in_one_way():
    """`"²".isdigit()` is true and `int("²")` fails."""
    root = pathlib.Path(__file__).parents[2] / "incubator"
    files = [
        *root.glob("*/routes/*.py"),
        *root.glob("*/forms/*.py"),
        *root.glob("*/*forms.py"),
        *root.glob("*/*_form.py"),
    ]
    assert len(files) > 50
    assert [str(f) for f in files if ".isdigit()" in f.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize(
    "mark",
    [
        '{"criterion": 1e400}',
        f'{{"criterion": {HUGE}}}',
        '{"criterion": 1, "base": 1e400}',
        f'{{"criterion": 1, "base": -{HUGE}}}',
    ],
)
def test_a_mark_with_a_strange_number_is_refused(session, sign_in, mark):
    r = make_round(entries=1, judges=1)
    body = mark[:-1] + ', "points_e2": 100, "client_id": "client-00001"}'
    answer = sign_in(r.judges[0]).post(
        f"/judging/sheets/{r.id()}/marks", data=body, content_type="application/json"
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "change", [{"at": 10**40}, {"value": float("inf")}, {"value": 10**12}, {"side": 10**10}]
)
def test_a_tap_with_a_strange_number_is_refused(app, change):
    tap = {"id": "a" * 32, "kind": "tap", "at": 0, "side": 0, "code": "x"}
    with app.test_request_context():
        assert read_event(tap, 0).at == 0
        with pytest.raises(Invalid):
            read_event(tap | change, 0)


@pytest.mark.parametrize("name", ["hall-²", f"hall-{HUGE}", "hall-٣"])
def test_a_screen_with_a_strange_number_is_not_found(session, client, name):
    scene = make_tournament(4, 1, per_group=2, bracket="crossover")
    assert client.get(f"/vi/matches/{scene.tournament.slug}/part/{name}").status_code == 404
