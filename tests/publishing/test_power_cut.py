"""Power cuts in the middle of publishing: a version is whole or not there, and nothing is done twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from tests.servers import ROOT, Server

SEED = """
from wsgi import app
from incubator.core.db import transaction
from tests.publishing.factories import make_contest_with_results
with app.app_context(), transaction():
    world = make_contest_with_results(entries=12)
    for number, row in enumerate(world.rows):
        row.coach.email = f"coach-{number}@example.org"
"""

# Publishes one version after another for as long as it lives; argument 1 is its hour, argument 2 how many versions.
PUBLISH = """
import sys
from datetime import UTC, date, datetime
import sqlalchemy as sa
from wsgi import app
from incubator.activity import delivery, jobs
from incubator.core import clock
from incubator.core.access import system_actor
from incubator.core.db import db, transaction
from incubator.models import Award, Edition, Publication, PublicationKind, Stage, StageEntry
from incubator.publishing import services
from incubator.publishing.services import Decision

ME = system_actor("test")
at = datetime.fromtimestamp(int(sys.argv[1]), UTC)
with app.app_context(), clock.frozen(at):
    jobs.sweep_jobs()
    delivery.sweep_outbox()
    print("recovered", flush=True)
    for _ in range(int(sys.argv[2])):
        with transaction():
            edition = db.session.scalars(sa.select(Edition)).one()
            final = db.session.scalars(sa.select(Stage).where(Stage.position == 2)).one()
            version = (db.session.scalar(sa.select(sa.func.max(Publication.version))) or 0) + 1
            best = db.session.scalars(sa.select(Award).order_by(Award.id)).first()
            row = db.session.get(StageEntry, best.stage_entry_id)
            row.score_e4 = 960000 + version
            best.organisation_name = f"Trường {version}"
            made = services.publish(
                edition, PublicationKind.OFFICIAL, final, visible_at=at, actor=ME, at=at,
                decision=Decision("05/QĐ-BTC", date(2026, 3, 1), "Nguyễn Trung Hiếu"), reason="Sửa điểm do cộng nhầm",
            )
            jobs.start("publishing.certificates", actor=ME, at=at, publication_id=made.id)
        print("published", version, flush=True)
"""

LOOK = """
import json
from collections import Counter
import sqlalchemy as sa
from flask import current_app
from pathlib import Path
from wsgi import app
from incubator.activity import seals
from incubator.core import clock
from incubator.core.db import db
from incubator.models import AuditEvent, Certificate, Edition, JobRun, Notification, Publication, StageDivision
from incubator.publishing.services.certificates import key_of, valid_certificates, wanted_for
from incubator.publishing.snapshot import digest, snapshot_of

with app.app_context():
    rows = db.session.scalars(sa.select(Publication).order_by(Publication.version)).all()
    told = Counter(n.context["publication_id"] for n in db.session.scalars(
        sa.select(Notification).where(Notification.kind == "publishing/published")))
    edition = db.session.scalars(sa.select(Edition)).one()
    valid = valid_certificates(edition.id)
    wanted = wanted_for(edition, snapshot_of(rows[-1].payload)) if rows else []
    audits = Counter(db.session.scalars(sa.select(AuditEvent.object_id).where(
        AuditEvent.verb == "publishing.publication.made")))
    mails = Path(current_app.config["MAIL_PATH"])
    print(json.dumps({
        "versions": [r.version for r in rows],
        "whole": all(digest(r.payload) == r.hash and r.settled_at is not None for r in rows),
        "audited": sorted(audits.values()) == [1] * len(rows),
        "told": sorted(set(told[r.id] for r in rows)),
        "states": sorted({str(s) for s in db.session.scalars(
            sa.select(StageDivision.state).where(StageDivision.published_at.is_not(None)))}),
        "certificates": len(valid),
        "as_published": sorted((str(key_of(c)), c.content_hash) for c in valid) == sorted((str(w.key), w.hash) for w in wanted),
        "jobs": sorted({str(s) for s in db.session.scalars(sa.select(JobRun.state))}),
        "messages": db.session.scalar(sa.select(sa.func.count(Notification.id))),
        "unsent": db.session.scalar(sa.select(sa.func.count(Notification.id)).where(Notification.sent_at.is_(None))),
        "mails": len(list(mails.glob("*.eml"))) if mails.exists() else 0,
    }))
"""

START = 1_772_416_800  # 2 March 2026; each life of the process is ten minutes later, past every lease


def process(code: str, *arguments: object) -> list[str]:
    return [sys.executable, "-u", "-c", code, *map(str, arguments)]


def run(server: Server, code: str, *arguments: object) -> list[str]:
    done = subprocess.run(
        process(code, *arguments),
        cwd=ROOT,
        env=server.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()


def killed(server: Server, hour: int, delay: float) -> list[int]:
    """Versions that were acknowledged before the kill, `delay` seconds after the process was ready."""
    child = subprocess.Popen(
        process(PUBLISH, hour, 1000), cwd=ROOT, env=server.env, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    with child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "recovered"
        time.sleep(delay)
        assert child.poll() is None, "publishing stopped by itself"
        os.killpg(child.pid, signal.SIGKILL)
        return [int(line.split()[1]) for line in child.stdout if line.startswith("published ")]


def look(server: Server) -> dict[str, Any]:
    return dict(json.loads(run(server, LOOK)[-1]))


def power_cuts(server: Server, rounds: int) -> None:
    run(server, SEED)
    draw = random.Random(11)
    acknowledged: list[int] = []
    for number in range(rounds):
        acknowledged += killed(server, START + 600 * number, draw.uniform(0.02, 0.5))
    run(server, PUBLISH, START + 600 * rounds, 1)  # what was cut is taken up again, then one version more
    seen = look(server)
    count = len(seen["versions"])
    assert seen["versions"] == list(range(1, count + 1))
    assert set(acknowledged) <= set(seen["versions"]), "an acknowledged version is missing"
    assert len(acknowledged) == len(set(acknowledged))
    assert count <= len(acknowledged) + rounds + 1, (
        "at most one version a cut was written but not acknowledged"
    )
    assert seen["whole"]
    assert seen["audited"]
    assert seen["told"] == [24]  # every coach, once a version
    assert seen["states"] == ["published"]
    assert seen["certificates"] > 4
    assert seen["as_published"]
    assert seen["jobs"] == ["done"]


def test_power_cuts_while_publishing_leave_whole_versions(new_server: Any) -> None:
    server = new_server()
    power_cuts(server, 3)
    seen = look(server)
    while seen["unsent"]:  # a batch a sweep
        run(server, PUBLISH, START + 600 * 10, 0)
        left = look(server)
        assert left["unsent"] < seen["unsent"]
        seen = left
    assert seen["mails"] == seen["messages"], "each message is one file: sent again it has the same name"


@pytest.mark.soak
@pytest.mark.timeout(3000)
def test_a_hundred_power_cuts_while_publishing(new_server: Any) -> None:
    power_cuts(new_server(), 100)
