"""Production refuses what is unsafe and says what to set; every page carries its headers."""

from __future__ import annotations

import importlib.util
import pathlib
import re

import pytest

import config
from incubator import UnsafeConfiguration, create_app
from tests.conftest import settings

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
    "FORCE_HTTPS": True,
    "RATELIMIT_ENABLED": True,
    "TRUSTED_PROXIES": 1,
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
        ({"FORCE_HTTPS": False}, "FORCE_HTTPS"),
        ({"RATELIMIT_ENABLED": False}, "RATELIMIT_ENABLED"),
        ({"TRUSTED_PROXIES": 0}, "TRUSTED_PROXIES"),
    ],
)
def test_each_unsafe_setting_is_named_with_what_to_set(change, word):
    found = config.problems({**SAFE, **change})
    assert len(found) == 1
    assert found[0].startswith(word)


def test_start_is_refused(tmp_path: pathlib.Path, capsys):
    with pytest.raises(UnsafeConfiguration) as refusal:
        create_app({**SAFE, "SECRET_KEY": "short", "INSTANCE_PATH": str(tmp_path)})
    assert "SECRET_KEY" in capsys.readouterr().err
    assert refusal.value.code == 3  # the only status on which gunicorn starts no further worker


def test_an_empty_line_in_the_settings_is_named_like_a_missing_one(monkeypatch):
    """`DATABASE_URL=` in a file of settings that was only begun: a sentence, not a traceback."""
    for name in ("DATABASE_URL", "SECRET_KEY", "PUBLIC_URL"):
        monkeypatch.setenv(name, "")
    spec = importlib.util.spec_from_file_location("fresh_config", config.__file__)
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    values = {k: getattr(fresh.ProductionConfig, k) for k in dir(fresh.ProductionConfig) if k.isupper()}
    told = "\n".join(fresh.problems(values))
    assert all(name in told for name in ("DATABASE_URL is", "SECRET_KEY is", "PUBLIC_URL is"))


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """A client of an application with the headers, cookies and redirects of production; its database is not asked."""
    instance = tmp_path_factory.mktemp("production")
    values = {k: getattr(config.ProductionConfig, k) for k in dir(config.ProductionConfig) if k.isupper()}
    app = create_app(
        {**values, **settings(instance, f"sqlite:///{instance / 'a.sqlite'}"), **HEADERS_OF_PRODUCTION}
    )
    return app.test_client()


HEADERS_OF_PRODUCTION = {
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_NAME": config.ProductionConfig.SESSION_COOKIE_NAME,
    "FORCE_HTTPS": True,
    "PUBLIC_URL": "https://biic.example",
    "TRUSTED_PROXIES": 1,
}
HTTPS = {"X-Forwarded-Proto": "https"}


def score(answer) -> dict[str, int]:
    """What an answer loses of 100, counted as the usual public scanners count; empty is best."""
    headers, lost = answer.headers, {}
    policy = dict(
        p.strip().partition(" ")[::2] for p in headers.get("Content-Security-Policy", "").split(";")
    )
    scripts = policy.get("script-src", policy.get("default-src", "*"))
    checks = {
        "script from elsewhere or inline": (scripts in ("'self'", "'none'"), 40),
        "object-src": (policy.get("object-src", policy.get("default-src")) == "'none'", 10),
        "base-uri": (policy.get("base-uri") in ("'self'", "'none'"), 10),
        "form-action": (policy.get("form-action") in ("'self'", "'none'"), 5),
        "framing": (policy.get("frame-ancestors") == "'none'" and headers.get("X-Frame-Options") == "DENY", 20),
        "sniffing": (headers.get("X-Content-Type-Options") == "nosniff", 10),
        "referrer": (headers.get("Referrer-Policy") in ("same-origin", "no-referrer", "strict-origin"), 5),
        "https for a year": ("max-age=3" in headers.get("Strict-Transport-Security", ""), 20),
        "isolation": (headers.get("Cross-Origin-Opener-Policy") == "same-origin", 5),
        "embedding": (headers.get("Cross-Origin-Resource-Policy") == "same-origin", 5),
        "permissions": ("geolocation=()" in headers.get("Permissions-Policy", ""), 5),
        "cookies": (all(_closed(c) for c in headers.getlist("Set-Cookie")), 40),
        "says what it runs on": ("Server" not in headers and "X-Powered-By" not in headers, 5),
    }  # fmt: skip
    for name, (good, points) in checks.items():
        if not good:
            lost[name] = points
    return lost


def _closed(cookie: str) -> bool:
    words = {w.strip().partition("=")[0] for w in cookie.split(";")}
    return (
        {"Secure", "HttpOnly", "SameSite", "Path"} <= words
        and "Domain" not in words
        and cookie.startswith("__Host-")
    )


@pytest.mark.parametrize("path", ["/healthz", "/login", "/forgot", "/khong-co-trang-nay", "/account"])
def test_every_answer_scores_full_marks(production, path):
    answer = production.get(path, headers=HTTPS)
    assert answer.status_code < 500
    assert score(answer) == {}


def test_the_score_finds_what_is_missing(production):
    from werkzeug.wrappers import Response

    poor = Response(
        headers={"Content-Security-Policy": "default-src * 'unsafe-inline'", "Set-Cookie": "session=1"}
    )
    assert sum(score(poor).values()) > 100


@pytest.mark.parametrize("path", ["/static/css/tokens.css", "/static/css/none.css", "/static/../config.py"])
def test_files_of_the_page_are_taken_for_nothing_else(production, path):
    assert production.get(path, headers=HTTPS).headers["X-Content-Type-Options"] == "nosniff"


def test_plain_http_is_sent_to_our_own_address_whatever_the_request_says(production):
    answer = production.get("/vi/contests?q=a%20b", headers={"Host": "evil.example"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "https://biic.example/vi/contests?q=a%20b"


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
