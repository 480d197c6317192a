"""The security headers of every answer, and the way to https. Put together once: they are the same for all pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

F = TypeVar("F", bound=Callable[..., Any])

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",  # Bootstrap's own icons are data: images
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), interest-cohort=()"),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)
YEAR_OF_HTTPS = ("Strict-Transport-Security", "max-age=31556926; includeSubDomains")


def over_plain_http(view: F) -> F:
    """A view that is not sent on to https: whoever watches the process stands behind the proxy."""
    view.over_plain_http = True  # type: ignore[attr-defined]
    return view


def _came_by_https() -> bool:
    return request.is_secure or request.headers.get("X-Forwarded-Proto") == "https"


def init_app(app: Flask) -> None:
    https = bool(app.config.get("FORCE_HTTPS"))

    @app.after_request
    def _secure(response: Response) -> Response:
        for name, value in HEADERS:
            response.headers.setdefault(name, value)  # a view may be stricter
        if https and _came_by_https():
            response.headers.setdefault(*YEAR_OF_HTTPS)
        return response

    if not https:
        return

    @app.before_request
    def _send_on_to_https() -> BaseResponse | None:
        view = app.view_functions.get(request.endpoint or "")
        if _came_by_https() or getattr(view, "over_plain_http", False):
            return None
        # To the address from the settings: the one in the request is whatever a stranger wrote there.
        return redirect(str(app.config["PUBLIC_URL"]).rstrip("/") + request.full_path.rstrip("?"))
