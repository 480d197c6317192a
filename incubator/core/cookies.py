"""The session cookie and the token of forms: both signed, both checked on every request, so kept cheap."""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface
from flask_wtf import CSRFProtect
from flask_wtf.csrf import same_origin
from itsdangerous import BadData, URLSafeTimedSerializer

from .i18n import is_public_page


class SessionInterface(SecureCookieSessionInterface):
    """Leaves public pages without `Vary: Cookie` and without a cookie, unless a view there wrote to the session.

    Flask-Login reads the session after every request, which alone would mark each page as depending on it.
    """

    def __init__(self) -> None:
        self._signer: tuple[Any, URLSafeTimedSerializer | None] = (None, None)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Made once for the keys in use, not twice a request."""
        keys = (app.secret_key, tuple(app.config["SECRET_KEY_FALLBACKS"] or ()))
        if self._signer[0] != keys:
            self._signer = (keys, super().get_signing_serializer(app))
        return self._signer[1]

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        if is_public_page() and not session.modified:
            return
        super().save_session(app, session, response)


@lru_cache(maxsize=8192)
def _belongs(secret_key: str, kept: str, token: str) -> bool:
    """Whether `token` is what this server signed for a session that holds `kept`. Tokens do not age (config.py)."""
    try:
        value = URLSafeTimedSerializer(secret_key, salt="wtf-csrf-token").loads(token)
    except BadData:
        return False
    return hmac.compare_digest(kept.encode(), str(value).encode())


class FormProtection(CSRFProtect):
    """Flask-WTF's check. A token that was found good is remembered with its session's, so that it is verified once."""

    def protect(self, apply_exemptions: bool = False) -> None:
        if request.method in current_app.config["WTF_CSRF_METHODS"] and self._is_known():
            g.csrf_valid = True
            return
        super().protect(apply_exemptions)  # also says what is wrong

    @staticmethod
    def _is_known() -> bool:
        kept = session.get("csrf_token")
        token = request.headers.get("X-CSRFToken") or request.form.get("csrf_token")
        if not kept or not token or current_app.config["WTF_CSRF_TIME_LIMIT"] is not None:
            return False
        if request.is_secure and not same_origin(request.referrer or "", f"https://{request.host}/"):
            return False
        return _belongs(str(current_app.secret_key), kept, token)
