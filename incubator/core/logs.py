"""Structured logs: one JSON line an event, each with the id of its request."""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time

from flask import Flask, Response, g, has_request_context, request
from pythonjsonlogger.json import JsonFormatter

_ID = re.compile(r"[A-Za-z0-9._-]{8,40}")


class _WithRequest(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id()
        return True


def request_id() -> str:
    """Id of the running request ("" outside one); a proxy's X-Request-ID is taken over when it is harmless."""
    if not has_request_context():
        return ""
    if "request_id" not in g:
        given = request.headers.get("X-Request-ID", "")
        g.request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
    return str(g.request_id)


def init_app(app: Flask) -> None:
    if not app.testing:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s"))
        handler.addFilter(_WithRequest())
        root = logging.getLogger()
        root.handlers[:] = [handler]
        root.setLevel(app.config.get("LOG_LEVEL", "INFO"))
        for noisy in ("alembic", "fontTools", "huey"):
            logging.getLogger(noisy).setLevel(logging.WARNING)
    access = logging.getLogger("incubator.access")

    @app.before_request
    def _start() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def _log(response: Response) -> Response:
        response.headers.setdefault("X-Request-ID", request_id())
        if request.path.startswith("/static/") or app.testing:
            return response
        # Neither query strings nor link codes are logged: they may hold names and secrets.
        access.info(
            "request",
            extra={
                "method": request.method,
                "endpoint": request.endpoint or "-",
                "status": response.status_code,
                "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
            },
        )
        return response
