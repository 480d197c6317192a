"""The application factory: settings, extensions, errors and the list of domains."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

ROOT = Path(__file__).parent.parent

# In the order of the layers, lowest first. Each has `init_app(app)`.
DOMAINS = (
    "activity",
    "accounts",
    "contests",
    "spaces",
    "judging",
    "matches",
    "mentoring",
    "publishing",
    "reports",
    "home",
    "demo",
)


class Incubator(Flask):
    """Flask without coroutines: no view or hook here is one, and asking each of them on each request adds up."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


class UnsafeConfiguration(SystemExit):
    """Start refused; the message says what to set.

    gunicorn ends for good on a worker's status 3; for any other it starts the next worker, without end.
    """

    STATUS = 3


def create_app(config: type | dict[str, object]) -> Flask:
    app = Incubator(__name__, template_folder=str(ROOT / "templates"), static_folder=None)
    if isinstance(config, dict):
        app.config.update(config)
    else:
        app.config.from_object(config)
    app.instance_path = str(app.config["INSTANCE_PATH"])
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    _refuse_unsafe(app)

    from .core import errors_pages, extensions, logs, web

    logs.init_app(app)
    extensions.init_app(app)
    web.init_app(app)
    errors_pages.init_app(app)
    for name in DOMAINS:
        module = importlib.import_module(f".{name}", __name__)
        if hasattr(module, "init_app"):
            module.init_app(app)
    from . import cli

    cli.init_app(app)
    return app


def _refuse_unsafe(app: Flask) -> None:
    from config import problems

    found = problems(app.config)
    if found:
        text = "The configuration is not safe for production:\n" + "\n".join(f"- {line}" for line in found)
        print(text, file=sys.stderr)
        raise UnsafeConfiguration(UnsafeConfiguration.STATUS)
