"""Tokens of forms: good ones are remembered, and remembered for nobody else."""

from __future__ import annotations

import pytest
from itsdangerous import URLSafeTimedSerializer

from incubator.core.cookies import _belongs


def signed(value: str, key: str = "key") -> str:
    return str(URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(value))


@pytest.mark.parametrize("again", [1, 2])
def test_a_token_counts_for_its_session_and_key_only(again):
    token = signed("a" * 40)
    assert _belongs("key", "a" * 40, token)
    assert not _belongs("key", "b" * 40, token)
    assert not _belongs("other", "a" * 40, token)
    assert not _belongs("key", "a" * 40, token + "x")
    assert not _belongs("key", "a" * 40, "")
    assert not _belongs("key", "ă", signed("a"))


def test_posts_need_the_token_of_their_own_session(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    mine, other = app.test_client(), app.test_client()
    for browser in (mine, other):
        with browser.session_transaction() as session:
            session["csrf_token"] = "m" * 40 if browser is mine else "o" * 40
    token = signed("m" * 40, app.secret_key)
    form = {"email": "ai@example.org", "password": "sai", "csrf_token": token}
    for _again in range(2):  # the second time it is remembered
        assert mine.post("/login", data=form).status_code == 422
        assert other.post("/login", data=form).status_code == 400
        assert mine.post("/login", data={**form, "csrf_token": token[:-1]}).status_code == 400
        assert mine.post("/login", data={"email": "a"}).status_code == 400


def test_over_https_the_token_needs_a_page_of_this_site(app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    browser = app.test_client()
    with browser.session_transaction(base_url="https://localhost") as session:
        session["csrf_token"] = "m" * 40
    form = {"email": "ai@example.org", "password": "sai", "csrf_token": signed("m" * 40, app.secret_key)}
    foreign = {"Referer": "https://else.example/"}
    own = {"Referer": "https://localhost/login"}
    assert browser.post("/login", data=form, base_url="https://localhost", headers=own).status_code == 422
    assert browser.post("/login", data=form, base_url="https://localhost", headers=foreign).status_code == 400
