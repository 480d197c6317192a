"""Two domains may need two English words for one Vietnamese word; each speaks its own."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale

from incubator.core.i18n import _filled, domain_of
from incubator.core.web import breakable, unbroken


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("incubator.spaces.routes.booking", "spaces"),
        ("incubator.core.lists", "core"),
        ("incubator.models.spaces", "core"),
        ("tests.core.test_i18n", "core"),
        ("mentoring/case.html", "mentoring"),
        ("email/judging/invitation.txt", "judging"),
        ("macros/tables.html", "core"),
        ("public.html", "core"),
    ],
)
def test_domain_of_a_module_or_template(name: str, domain: str) -> None:
    assert domain_of(name) == domain


def test_word_has_the_english_of_its_domain(app: Flask) -> None:
    from incubator.mentoring.wording import SUPPORT
    from incubator.models import SupportKind

    with app.test_request_context("/en/"), force_locale("en"):
        assert str(SUPPORT[SupportKind.MACHINE][1]) == "hours"
        mentoring = app.jinja_env.get_template("mentoring/mentors.html").new_context()
        spaces = app.jinja_env.get_template("spaces/index.html").new_context()
        say = app.jinja_env.globals["_"]
        assert (say(mentoring, "giờ"), say(spaces, "giờ")) == ("hours", "o'clock")
        # What a domain lacks, another says: a page shows the frame's words too.
        assert say(mentoring, "Đăng xuất") == "Sign out"
        assert render_template_string("{{ _('%(n)s <giờ>', n='<b>') }}") == "&lt;b&gt; <giờ>"


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (1, "There is 1 file of 3 schools: 1 | 2"),
        ("1", "There is 1 file of 3 schools: 1 | 2"),
        (0, "There are 0 files of 3 schools: 1 | 2"),
        ("1.001", "There are 1.001 files of 3 schools: 1 | 2"),
    ],
)
def test_english_word_has_the_number_of_what_it_counts(n: int | str, text: str) -> None:
    sentence = "There [is|are] %(n)s [file|files] of %(m)s [school|schools]: 1 | 2"
    assert _filled(sentence, {"n": n, "m": 3}) == text


def test_a_public_page_in_english_leads_to_pages_in_english(client):
    """They carry the language in their path and no cookie: the page that is led to takes it over, and keeps it."""
    page = client.get("/login", headers={"Referer": "http://localhost/en/"}).text
    assert 'lang="en"' in page
    assert 'lang="en"' in client.post("/login", data={"email": "a@example.org", "password": "x"}).text


def test_only_our_own_pages_choose_the_language(client):
    for before in ("http://elsewhere.example/en/", "http://localhost/vi/", "http://localhost/entries", ""):
        assert 'lang="vi"' in client.get("/login", headers={"Referer": before}).text, before


@pytest.mark.parametrize(
    "word", ["_scheme=javascript", "_method=POST", "_external=1", "_anchor=x", "endpoint=x"]
)
def test_words_of_an_address_choose_nothing_of_the_other_languages_address(client, word):
    page = client.get(f"/vi/?q=đội&{word}")
    assert page.status_code == 200
    assert f'href="/en/?q=%C4%91%E1%BB%99i&amp;{word}"' in page.text


def test_the_other_language_keeps_every_choice_of_a_list(client):
    assert 'href="/vi/?kind=a&amp;kind=b"' in client.get("/en/?kind=a&kind=b").text


def test_codes_break_after_their_signs_and_escape():
    assert breakable("accounts.role_granted") == "accounts.<wbr>role_<wbr>granted"
    assert breakable("lan@demo.example") == "lan<wbr>@demo.<wbr>example"
    assert breakable("<b>") == "&lt;b&gt;"


def test_hours_stay_in_one_line_and_escape():
    assert unbroken("Phòng <1>, 14:00–16:00 01/12/2026") == (
        'Phòng &lt;1&gt;, <span class="text-nowrap">14:00–16:00</span> 01/12/2026'
    )
    assert unbroken(None) == ""
