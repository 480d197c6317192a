"""What `make` starts also ends: Ctrl-C leaves nothing behind and prints no noise."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import run

ROOT = Path(__file__).parents[1]
#: Writes its process id, then waits as long as nobody tells it to end.
FAKE = """#!/bin/sh
trap 'exit 0' TERM
trap '' INT
echo $$ > "$0.pid.new" && mv "$0.pid.new" "$0.pid"
while :; do sleep 0.05; done
"""


def until(true: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.05)
    return true()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(not shutil.which("make"), reason="no make on this machine")
def test_ctrl_c_ends_the_server_and_the_worker_without_a_word(tmp_path: Path) -> None:
    programs = [tmp_path / name for name in ("huey_consumer", "gunicorn")]
    for program in programs:
        program.write_text(FAKE)
        program.chmod(0o755)
    command = ["make", "--no-print-directory", "serve", f"BIN={tmp_path}"]
    served = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    files = [program.with_name(program.name + ".pid") for program in programs]
    try:
        assert until(lambda: all(file.exists() for file in files))
        pids = [int(file.read_text()) for file in files]
        os.killpg(served.pid, signal.SIGINT)  # what a terminal sends to everything in the foreground
        said, _nothing = served.communicate(timeout=20)
    finally:
        for file in files:
            if file.exists() and alive(int(file.read_text())):
                os.kill(int(file.read_text()), signal.SIGTERM)
    assert until(lambda: not any(map(alive, pids)))
    assert [line for line in said.splitlines() if not line.startswith("make")] == []


def test_an_interrupted_run_of_the_tests_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run.subprocess, "run", interrupted)
    assert run.main() == 130
    assert capsys.readouterr().out.endswith("Stopped before the end.\n")
