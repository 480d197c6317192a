"""The worker says at its start and every minute that it lives; `/readyz` looks at it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import current_app

from ..core import clock, jobs


def _path() -> Path:
    return Path(current_app.instance_path) / "worker-heartbeat"


@jobs.every(minute="*", at_start=True)
def beat() -> None:
    if current_app.config.get("REDIS_URL"):
        _redis().set("incubator:worker", clock.now().isoformat())
    else:
        _path().write_text(clock.now().isoformat())


def last_seen() -> datetime | None:
    """When a worker last said so; None if never."""
    try:
        text = (
            _redis().get("incubator:worker") if current_app.config.get("REDIS_URL") else _path().read_text()
        )
    except (OSError, ConnectionError):
        return None
    if not text:
        return None
    return datetime.fromisoformat(text.decode() if isinstance(text, bytes) else text).astimezone(UTC)


def _redis() -> Any:
    import redis

    return redis.Redis.from_url(str(current_app.config["REDIS_URL"]), socket_timeout=2)
