"""The Flask extensions, made once, bound to the application here."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_limiter import Limiter
from flask_login import LoginManager
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from . import i18n, jobs
from .access import VISITOR
from .cookies import FormProtection
from .db import Base, db, init_engine


def client_address() -> str:
    """Address of the visitor; behind proxies TRUSTED_PROXIES says how many of them to believe."""
    return request.remote_addr or "unknown"


login_manager = LoginManager()
csrf = FormProtection()
limiter = Limiter(key_func=client_address, default_limits=[])
migrate = Migrate()


def init_app(app: Flask) -> None:
    proxies = app.config.get("TRUSTED_PROXIES", 0)
    if proxies:
        # The name of the host comes in `Host`: a proxy that does not set X-Forwarded-Host would pass on a stranger's.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    i18n.init_app(app)
    db.init_app(app)
    with app.app_context():
        init_engine(app)
    migrate.init_app(app, db, directory="migrations", render_as_batch=False, compare_type=True)
    csrf.init_app(app)
    limiter.init_app(app)
    login_manager.init_app(app)
    login_manager.session_protection = None  # phones change networks; a sign-in is a row that can be ended
    login_manager.anonymous_user = lambda: VISITOR
    jobs.init_app(app)


def metadata() -> Any:
    """All tables, for migrations and tests."""
    from .. import models  # noqa: F401 - registers them

    return Base.metadata
