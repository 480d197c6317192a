"""Production refuses what is unsafe and says what to set; every page carries its headers."""

from __future__ import annotations

import pathlib
import re

import pytest

import config
from incubator import UnsafeConfiguration, create_app

SAFE = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "x" * 40,
    "DEBUG": False,
    "SESSION_COOKIE_SECURE": True,
    "PUBLIC_URL": "https://biic.example",
    "SQLALCHEMY_DATABASE_URI": "postgresql+psycopg://a@localhost/b",
    "REDIS_URL": "redis://localhost",
    "SMTP_URL": "smtp://localhost",
    "DEMO": False,
}


def test_a_safe_configuration_has_no_problem():
    assert config.problems(SAFE) == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"SECRET_KEY": config.DEVELOPMENT_SECRET}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"DEBUG": True}, "FLASK_DEBUG"),
        ({"SESSION_COOKIE_SECURE": False}, "SESSION_COOKIE_SECURE"),
        ({"PUBLIC_URL": "http://biic.example"}, "PUBLIC_URL"),
        ({"SQLALCHEMY_DATABASE_URI": "sqlite:///x"}, "DATABASE_URL"),
        ({"REDIS_URL": ""}, "REDIS_URL"),
        ({"SMTP_URL": ""}, "SMTP_URL"),
        ({"DEMO": True}, "DEMO"),
    ],
)
def test_each_unsafe_setting_is_named_with_what_to_set(change, word):
    found = config.problems({**SAFE, **change})
    assert len(found) == 1
    assert found[0].startswith(word)


def test_start_is_refused(tmp_path: pathlib.Path, capsys):
    with pytest.raises(UnsafeConfiguration):
        create_app({**SAFE, "SECRET_KEY": "short", "INSTANCE_PATH": str(tmp_path)})
    assert "SECRET_KEY" in capsys.readouterr().err


@pytest.mark.parametrize("path", ["/vi/", "/login", "/khong-co-trang-nay", "/healthz"])
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "camera=(self)" in headers["Permissions-Policy"]


def test_pages_of_a_person_are_kept_by_no_cache(sign_in):
    from tests.factories import make_account

    assert "no-store" in sign_in(make_account()).get("/account").headers["Cache-Control"]


def test_public_pages_read_and_set_no_cookie(client):
    headers = client.get("/vi/").headers
    assert "Set-Cookie" not in headers
    assert "Cookie" not in headers.get("Vary", "")


def test_no_template_has_inline_code():
    """The policy would block it silently."""
    wrong = []
    for path in (pathlib.Path(config.__file__).parent / "templates").rglob("*.html"):
        text = path.read_text()
        if re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", text) or re.search(
            r"<script(?![^>]*\bsrc=)[^>]*>", text
        ):
            wrong.append(path.name)
    assert wrong == []


def test_error_pages_speak_and_tell_nothing(client):
    page = client.get("/vi/khong-co").get_data(as_text=True)
    assert "Traceback" not in page
    assert "Werkzeug" not in page
