"""What a visit weighs in a browser, how soon the server is ready, and what a worker holds after the load."""

from __future__ import annotations

import os
import pathlib
import signal
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Iterator

from tests.servers import CHROMIUM, FLAGS, ROOT, free_port

from .harness import Bench, Line, gunicorn


def lines(bench: Bench) -> Iterator[Line]:
    yield Line("server ready", statistics.median(_start(bench) for _ in range(3)), "s", 3)
    yield Line("worker's memory (RSS) after the load", max(_memory(bench)), "MB", 200)
    first, later = _visits(bench)
    yield Line("first visit of the heaviest public page", first / 1024, "KB", 150)
    yield Line("later visit of the heaviest public page", later / 1024, "KB", 20)


def _start(bench: Bench) -> float:
    """Seconds from the command to the first answer."""
    port = free_port()
    with (bench.server.instance / "bench.log").open("ab") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            gunicorn(port, "wsgi:app"), cwd=ROOT, env=bench.server.env, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
        try:
            while time.perf_counter() - began < 60:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                        return time.perf_counter() - began
                except OSError:
                    time.sleep(0.02)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)
    raise RuntimeError("the server did not answer within a minute")


def _memory(bench: Bench) -> Iterator[float]:
    """MB of each worker of the measured server."""
    master = bench.processes[0].pid
    for child in pathlib.Path(f"/proc/{master}/task/{master}/children").read_text().split():
        status = pathlib.Path(f"/proc/{child}/status").read_text()
        yield int(status.partition("VmRSS:")[2].split()[0]) / 1024


def _visits(bench: Bench) -> tuple[int, int]:
    """Bytes over the line of the heaviest first and later visit, each page with an empty cache of its own."""
    if not CHROMIUM:
        raise RuntimeError("visits: no Chromium (install it, or set CHROMIUM)")
    from playwright.sync_api import sync_playwright

    from tests.browser.test_look import PUBLIC, transferred

    first, later = [], []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for path in PUBLIC:
            context = chromium.new_context(viewport={"width": 1280, "height": 800})
            page, url = context.new_page(), f"http://127.0.0.1:{bench.product}{path}"
            first.append(sum(transferred(page, url).values()))
            later.append(sum(transferred(page, url).values()))
            context.close()
        chromium.close()
    return max(first), max(later)
