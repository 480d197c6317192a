"""The production set-up as docs/operations.md describes it: PostgreSQL, Redis, gunicorn, a worker, a proxy in front."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
import redis

from tests.servers import ROOT

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


def fetch(url: str, **headers: str) -> tuple[int, str, dict[str, str]]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read().decode(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), dict(error.headers)


def test_production_starts_and_its_worker_is_seen(new_server, request):
    if request.config.getoption("--db") != "postgres":
        pytest.skip("production runs on PostgreSQL: see `pytest --db postgres`")
    store = redis.Redis.from_url(REDIS)
    try:
        store.ping()
    except redis.ConnectionError:
        assert not os.environ.get("CI"), "Redis is required in CI"
        pytest.skip(f"no Redis at {REDIS}")
    store.delete("incubator:worker")
    server = new_server()
    server.env.update(
        APP_ENV="production", SECRET_KEY="k" * 48, REDIS_URL=REDIS, SMTP_URL="smtp://127.0.0.1:1", DEMO="false",
        PUBLIC_URL="https://biic.example", TRUSTED_PROXIES="1", HUEY_IMMEDIATE="false", RATELIMIT_ENABLED="true",
    )  # fmt: skip
    assert "Fit for production" in server.run("check-config").stdout
    server.start(workers=2)
    log = (server.instance / "worker.log").open("wb")
    consumer = [sys.executable, "-m", "huey.bin.huey_consumer", "incubator.worker.huey", "-g", "TERM", "-q"]
    worker = subprocess.Popen(consumer, cwd=ROOT, env=server.env, stdout=log, stderr=log)
    try:
        status, body, _headers = fetch(f"{server.url}/readyz", **{"X-Forwarded-Proto": "https"})
        assert (status, '"database":true' in body) == (200, True)
        status, _body, headers = fetch(
            f"{server.url}/vi/", **{"X-Forwarded-Proto": "https", "Host": "biic.example"}
        )
        assert status == 200
        assert "max-age" in headers["Strict-Transport-Security"]
        deadline = time.time() + 30  # the worker says at its start that it lives
        while time.time() < deadline and not store.get("incubator:worker"):
            time.sleep(0.2)
        assert '"worker":true' in fetch(f"{server.url}/readyz", **{"X-Forwarded-Proto": "https"})[1]
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=20) == 0
    finally:
        worker.kill()
        worker.wait()
        log.close()
