"""All settings, read from the environment; the web server, the job worker and the tests start from it, nothing else reads it."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parent
INSTANCE = Path(os.environ.get("INSTANCE_PATH") or ROOT / "instance")

DEVELOPMENT_SECRET = "development-only"  # noqa: S105 - production refuses to start with it


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def _database_url(url: str) -> str:
    """psycopg 3 is the driver, whichever way the address is written."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


class Config:
    """Settings of a development machine; each can be set by an environment variable of the same name."""

    ENVIRONMENT = "development"
    # An empty line in a file of settings sets nothing.
    SECRET_KEY = os.environ.get("SECRET_KEY") or DEVELOPMENT_SECRET
    DEBUG = _flag("FLASK_DEBUG")
    INSTANCE_PATH = str(INSTANCE)

    SQLALCHEMY_DATABASE_URI = _database_url(
        os.environ.get("DATABASE_URL") or f"sqlite:///{INSTANCE / 'incubator.sqlite'}"
    )
    SQLALCHEMY_ENGINE_OPTIONS: dict[str, object] = {
        "pool_size": 16,
        "max_overflow": 4,
        "pool_use_lifo": True,  # the connection used last is warm at both its ends
        "pool_pre_ping": False,
    }

    # Whether a save is answered only when the disk has it. What was answered survives the end of any of our processes
    # in both cases; without it a power cut may cost the last moments (see docs/operations.md).
    COMMITS_WAIT_FOR_DISK = _flag("COMMITS_WAIT_FOR_DISK")

    # Jobs: a file of their own on one machine, Redis past it.
    REDIS_URL = os.environ.get("REDIS_URL", "")
    HUEY_FILE = os.environ.get("HUEY_FILE", str(INSTANCE / "jobs.sqlite"))
    HUEY_IMMEDIATE = _flag("HUEY_IMMEDIATE")
    RATELIMIT_STORAGE_URI = REDIS_URL or "memory://"
    RATELIMIT_ENABLED = _flag("RATELIMIT_ENABLED", True)

    FILES_URL = os.environ.get("FILES_URL") or str(INSTANCE / "files")  # a folder, or s3://bucket/prefix
    PUBLISHED_PATH = os.environ.get("PUBLISHED_PATH") or str(INSTANCE / "published")
    PREBUILT = _flag("PREBUILT", True)  # published pages are kept ready; for one host (docs/publishing.md)
    MAX_CONTENT_LENGTH = 64 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 4 * 1024 * 1024

    PUBLIC_URL = os.environ.get("PUBLIC_URL") or "http://127.0.0.1:8000"
    SESSION_COOKIE_SECURE = _flag("SESSION_COOKIE_SECURE")
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_NAME = "session"
    PERMANENT_SESSION_LIFETIME = 14 * 24 * 3600
    SESSION_REFRESH_EACH_REQUEST = False
    FORCE_HTTPS = _flag("FORCE_HTTPS")
    TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))

    # Mail: files in a folder unless a server is named.
    MAIL_PATH = os.environ.get("MAIL_PATH", str(INSTANCE / "mail"))
    SMTP_URL = os.environ.get("SMTP_URL", "")  # smtp://user:password@host:587
    MAIL_FROM = os.environ.get("MAIL_FROM", "BIIC <no-reply@example.org>")

    DEMO = _flag("DEMO", False)
    LOG_LEVEL = os.environ.get("LOG_LEVEL", "INFO")
    WTF_CSRF_TIME_LIMIT = None  # a form left open over lunch still sends
    OWNER_NAME = os.environ.get("OWNER_NAME", "Trung tâm Sáng kiến Cộng đồng và Hỗ trợ khởi nghiệp (BIIC)")
    OWNER_NAME_EN = os.environ.get("OWNER_NAME_EN", "Community Innovation and Start-up Support Centre (BIIC)")
    SITE_NAME = os.environ.get("SITE_NAME", "")
    OWNER_PARENT = os.environ.get("OWNER_PARENT", "Sở Khoa học và Công nghệ")
    OWNER_PARENT_EN = os.environ.get("OWNER_PARENT_EN", "Department of Science and Technology")
    OWNER_ADDRESS = os.environ.get("OWNER_ADDRESS", "28 Huỳnh Văn Nghệ, phường Phú Lợi, Thủ Dầu Một")
    OWNER_PHONE = os.environ.get("OWNER_PHONE", "(0274) 3904 669")
    OWNER_EMAIL = os.environ.get("OWNER_EMAIL", "thongtinkhcn@example.org")
    DPO_CONTACT = os.environ.get("DPO_CONTACT", OWNER_EMAIL)
    DATE_PLACE = os.environ.get("DATE_PLACE", "Bình Dương")  # địa danh on official papers


class DevConfig(Config):
    DEMO = _flag("DEMO", True)


class TestConfig(Config):
    ENVIRONMENT = "test"
    TESTING = True
    SECRET_KEY = "test-only"  # noqa: S105 - signs nothing outside a test
    HUEY_IMMEDIATE = True
    PREBUILT = False  # tests roll their rows back, which no kept page would know; some switch it on
    RATELIMIT_ENABLED = True  # set up, then switched off by the fixture: tests of limits switch it on
    WTF_CSRF_ENABLED = False
    SERVER_NAME = None
    PUBLIC_URL = "http://localhost"


class ProductionConfig(Config):
    ENVIRONMENT = "production"
    SESSION_COOKIE_NAME = "__Host-session"  # browsers take it from this very host and over https only
    SESSION_COOKIE_SECURE = _flag("SESSION_COOKIE_SECURE", True)
    FORCE_HTTPS = _flag("FORCE_HTTPS", True)
    COMMITS_WAIT_FOR_DISK = _flag("COMMITS_WAIT_FOR_DISK", True)
    SQLALCHEMY_ENGINE_OPTIONS = {
        **Config.SQLALCHEMY_ENGINE_OPTIONS,
        "max_overflow": 8,
        "pool_pre_ping": True,
    }


def from_environment() -> type[Config]:
    """APP_ENV=production chooses ProductionConfig; anything else develops."""
    return ProductionConfig if os.environ.get("APP_ENV") == "production" else DevConfig


def problems(config: dict[str, object]) -> list[str]:
    """What makes a production configuration unsafe, each as a sentence that says what to set."""
    if config.get("ENVIRONMENT") != "production":
        return []
    found = []
    secret = str(config.get("SECRET_KEY") or "")
    if secret == DEVELOPMENT_SECRET or len(secret) < 32:
        found.append(
            "SECRET_KEY is missing, short or the development one: set it to at least 32 random characters, "
            'for instance from `python -c "import secrets; print(secrets.token_urlsafe(48))"`.'
        )
    if config.get("DEBUG"):
        found.append("FLASK_DEBUG is on: unset it, it shows the program's inside to visitors.")
    if not config.get("SESSION_COOKIE_SECURE"):
        found.append("SESSION_COOKIE_SECURE is off: remove the setting, sign-ins would travel unencrypted.")
    if not config.get("FORCE_HTTPS"):
        found.append("FORCE_HTTPS is off: remove the setting, pages would be served unencrypted.")
    if not config.get("RATELIMIT_ENABLED"):
        found.append("RATELIMIT_ENABLED is off: remove the setting, passwords could be guessed without end.")
    if not config.get("TRUSTED_PROXIES"):
        found.append(
            "TRUSTED_PROXIES is 0: set it to the number of proxies in front (nginx alone: 1), or all visitors look like "
            "one and share their limits."
        )
    if not str(config.get("PUBLIC_URL", "")).startswith("https://"):
        found.append(
            "PUBLIC_URL is not https: set it to the address visitors type, for instance https://biic.vn."
        )
    if str(config.get("SQLALCHEMY_DATABASE_URI", "")).startswith("sqlite"):
        found.append("DATABASE_URL is SQLite or missing: set it to postgresql://user:password@host/name.")
    if not config.get("REDIS_URL"):
        found.append(
            "REDIS_URL is missing: set it to redis://host:6379/0, jobs and rate limits are shared through it."
        )
    if not config.get("SMTP_URL"):
        found.append(
            "SMTP_URL is missing: set it to smtp://user:password@host:587, or no invitation is sent."
        )
    if config.get("DEMO"):
        found.append("DEMO is on: unset it, its sign-ins are known to everybody.")
    return found
