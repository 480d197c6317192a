"""Power cuts in the middle of an import: all of it is there or nothing, and it can be done again."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.contests.import_factories import SEASON
from tests.servers import ROOT

SETUP = """
from wsgi import app
from incubator.core.db import transaction
from tests.contests.import_factories import make_robotics
with app.app_context(), transaction():
    make_robotics()
"""
COUNT = """
from wsgi import app
import sqlalchemy as sa
from incubator.core.db import db
from incubator.models import Entry, EntryMember, ImportBatch, ImportState, Person
with app.app_context():
    done = sa.select(sa.func.count()).select_from(ImportBatch).where(ImportBatch.state == ImportState.DONE)
    last = sa.select(sa.func.max(ImportBatch.id)).where(ImportBatch.state == ImportState.DONE)
    print(*[db.session.scalar(sa.select(sa.func.count()).select_from(t)) for t in (Entry, EntryMember, Person)],
          db.session.scalar(done), db.session.scalar(last) or 0)
"""


def script(server, text):
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=ROOT, env=server.env, capture_output=True, text=True, check=True
    )
    return done.stdout.strip().splitlines()


def killed_import(server, delay):
    """Start the import and kill it `delay` seconds after the reading was done."""
    files = [str(path) for path in sorted(SEASON.iterdir())]
    command = [sys.executable, "-u", "-m", "flask", "--app", "wsgi", "registrations", "import", *files,
               "--edition", "robotics-2024", "--yes"]  # fmt: skip
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=server.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        for line in process.stdout:
            if "Đủ điều kiện" in line:
                break
        time.sleep(delay)
        os.killpg(process.pid, signal.SIGKILL)


def all_or_nothing(server, rounds):
    """Kill imports at any moment; one that came through is undone, so that the next may be cut as well."""
    script(server, SETUP)
    for _round in range(rounds):
        killed_import(server, random.uniform(0, 2.5))
        entries, members, people, done, batch = map(int, script(server, COUNT)[-1].split())
        if not entries:
            assert (members, people, done) == (0, 0, 0)
            continue
        assert (entries, members, done) == (314, 845 + 314, 1)
        server.run("registrations", "undo", str(batch), "--reason", "Lượt sau bắt đầu lại.")
    files = [str(path) for path in sorted(SEASON.iterdir())]
    server.run("registrations", "import", *files, "--edition", "robotics-2024", "--yes")
    assert script(server, COUNT)[-1].split()[0] == "314"


def test_a_killed_import_leaves_all_or_nothing(new_server):
    all_or_nothing(new_server(), 2)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_hundred_killed_imports(new_server):
    all_or_nothing(new_server(), int(os.environ.get("SOAK_ROUNDS", "100")))
