"""Real processes for tests: a server on a free port with its own database, and the installed Chromium."""

from __future__ import annotations

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.databases import once_a_run

ROOT = pathlib.Path(__file__).parent.parent
WORKER = "incubator.publishing.server.Worker"  # as in production (docs/operations.md)
CHROMIUM = next(
    (
        p
        for p in (os.environ.get("CHROMIUM", ""), "/usr/bin/chromium", shutil.which("chromium") or "")
        if p and pathlib.Path(p).exists()
    ),
    "",
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"]  # fmt: skip


# What the console says when a test cuts the line; the second where a service worker fetches for the page.
LOST_LINE = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Server:
    """A running server; `env` starts further processes (worker, commands) on the same data."""

    url: str
    env: dict[str, str]
    instance: pathlib.Path
    process: subprocess.Popen[bytes] | None = None

    def start(self, workers: int = 1, threads: int = 8) -> None:
        port = self.url.rsplit(":", 1)[1]
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--no-control-socket", "--worker-class", WORKER, "--workers",
                   str(workers), "--threads", str(threads), "--log-level", "warning", "wsgi:app"]  # fmt: skip
        log = (self.instance / "server.log").open("ab")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        deadline = time.time() + 120  # a machine shared with others is slow, not broken
        while time.time() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2):
                    return
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.1)
        raise RuntimeError("The server did not start:\n" + (self.instance / "server.log").read_text()[-3000:])

    def kill(self, how: int = signal.SIGKILL) -> None:
        """End the server with all its workers, as a power cut would."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, how)
            self.process.wait(timeout=20)
        self.process = None

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """`flask --app wsgi …` on this server's data."""
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
        return done


def make_server(instance: pathlib.Path, database: str = "", **extra: str) -> Server:
    url = f"http://127.0.0.1:{free_port()}"
    env = {
        **os.environ,
        "INSTANCE_PATH": str(instance),
        "DATABASE_URL": database or f"sqlite:///{instance / 'incubator.sqlite'}",
        "PUBLIC_URL": url,
        "PYTHONPATH": str(ROOT),
        "LOG_LEVEL": "WARNING",
        "RATELIMIT_ENABLED": "false",
        "HUEY_IMMEDIATE": "true",
        "DEMO": "true",
        "REDIS_URL": "",
        "SMTP_URL": "",
        **extra,
    }
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # each start would compile everything anew
    env.pop("DEMO_TODAY", None) if "DEMO_TODAY" not in extra else None
    return Server(url, env, instance)


@pytest.fixture
def new_server(
    new_database: Callable[[pathlib.Path], str], tmp_path: pathlib.Path
) -> Iterator[Callable[..., Server]]:
    """`new_server()` is a server with a fresh, migrated database of its own (on the database of `--db`)."""
    started: list[Server] = []

    def make(**extra: str) -> Server:
        instance = tmp_path / f"server{len(started)}"
        instance.mkdir()
        server = make_server(instance, new_database(instance).replace("+psycopg", ""), **extra)
        started.append(server)
        return server

    yield make
    for server in started:
        server.kill()


@pytest.fixture(scope="session")
def demo_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the whole demo season, shared by browser tests that change only what is theirs."""
    template = demo_template(tmp_path_factory)
    instance = tmp_path_factory.mktemp("demo")
    shutil.copytree(template, instance, symlinks=True, dirs_exist_ok=True)
    server = make_server(instance)
    server.start(workers=1, threads=12)
    yield server
    server.kill()


def demo_template(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The loaded demo, made once for all test workers of a run."""

    def build(template: pathlib.Path) -> None:
        server = make_server(template)
        server.run("db", "upgrade")
        server.run("demo", "load")

    return once_a_run(tmp_path_factory, "demo-template", build)


@pytest.fixture(scope="session")
def live_server(demo_server: Server) -> Server:
    return demo_server


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("Chromium is required in CI.")
        pytest.skip("no Chromium: browser tests are left out (install chromium, or set CHROMIUM)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)  # as long as a page may take on a busy machine
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """`new_page(width=360)` opens a window of its own; any console error or CSP report fails the test at its end."""
    contexts, errors = [], []

    def make(width: int = 360, height: int = 740, locale: str = "vi", **options: Any) -> Any:
        context = browser.new_context(viewport={"width": width, "height": height}, locale=locale, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on(
            "console",
            lambda m: (
                errors.append(m.text)
                if m.type == "error"
                and not any(why in m.text for why in LOST_LINE)
                and "status of 4" not in m.text
                else None
            ),
        )
        page.on("pageerror", lambda e: errors.append(str(e)))
        return page

    yield make
    for context in contexts:
        context.close()
    assert errors == [], f"console errors: {errors}"


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """A phone."""
    return new_page()


def enter(page: Any, server: Server, email: str, password: str = "demo-2024") -> None:
    """Sign in by the form."""
    page.goto(f"{server.url}/login")
    page.fill("input[name=email]", email)
    page.fill("input[name=password]", password)
    page.click("form button.btn-primary")
    page.wait_for_url(lambda url: "/login" not in url)


def axe_violations(page: Any) -> list[str]:
    """What axe finds on the page, as rule × nodes."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {[n['target'] for n in v['nodes']][:3]}" for v in found]


def overflow(page: Any) -> list[str]:
    """Elements that stick out of the window to the right, outside boxes that scroll."""
    script = """() => document.documentElement.scrollWidth > innerWidth + 1 ?
        [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1
        && !e.closest('.tbl-wrap, .table-responsive, [data-scrolls]')).slice(0, 5).map(e => e.tagName + '.' + e.className) : []"""
    page.wait_for_load_state()  # between two pages there is no document to measure
    return list(page.evaluate(script))


def small_targets(page: Any) -> list[str]:
    """Buttons, fields and folds that a thumb would miss: less than 44 px high, a box to tick with its label."""
    script = """() => [...document.querySelectorAll('main :is(.btn, button, summary, select, input:not([type=hidden]))')]
        .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.visually-hidden'))
        .map(e => [e, e.matches('[type=checkbox], [type=radio]') && e.labels[0] || e])
        .map(([e, hit]) => [e, hit.getBoundingClientRect().height])
        .filter(([e, high]) => high < 43.5)
        .slice(0, 5).map(([e, high]) => `${e.tagName}.${e.className} ${Math.round(high)} px`)"""
    return list(page.evaluate(script))
