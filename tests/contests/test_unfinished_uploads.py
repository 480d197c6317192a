"""Files of which only a part came: few of one person, gone after two days and with the person."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from incubator.contests.services import privacy
from incubator.contests.services.dossiers import MOST_UNFINISHED, Upload, drop_abandoned
from incubator.core import clock
from incubator.core.access import Actor, system_actor
from incubator.core.db import transaction
from tests.factories import make_person


@pytest.fixture
def folder(app: Any, session: Any) -> Path:
    """Empty: the rows of an earlier test are rolled back and their numbers given again, its files stay."""
    path = Path(app.instance_path) / "uploads"
    shutil.rmtree(path, ignore_errors=True)
    return path


def begin(person_id: int, number: int) -> Upload:
    upload = Upload(Actor(person_id=person_id), f"{number:016d}")
    upload.append(0, b"first piece", at=clock.now())
    os.utime(upload.path, (number, number))
    return upload


def parts(folder: Path, person_id: int) -> list[str]:
    return sorted(
        p.name.removeprefix(f"{person_id}-")[:16].lstrip("0") for p in folder.glob(f"{person_id}-*.part")
    )


def test_nobody_fills_the_disk_with_beginnings(folder):
    person, other = make_person().id, make_person().id
    begin(other, 1)
    for number in range(1, MOST_UNFINISHED + 4):
        begin(person, number)
    assert parts(folder, person) == [str(n) for n in range(4, MOST_UNFINISHED + 4)]
    assert len(list(folder.glob(f"{person}-*.begun"))) == MOST_UNFINISHED
    assert parts(folder, other) == ["1"]


def test_what_nobody_went_on_with_goes_at_night_and_what_goes_on_stays(folder):
    person = make_person().id
    old, fresh = begin(person, 1), begin(person, 2)
    now = clock.now()
    for upload, age in ((old, timedelta(days=2, minutes=1)), (fresh, timedelta(days=1))):
        then = (now - age).timestamp()
        os.utime(upload.path, (then, then))
    drop_abandoned(now)
    assert parts(folder, person) == ["2"]
    assert old.begun_at() is None
    assert fresh.append(11, b"second", at=now) == 17


def test_a_deletion_takes_them_along(folder, session):
    person, other = make_person().id, make_person().id
    begin(person, 1)
    begin(other, 1)
    session.commit()
    with transaction():
        privacy.erase(person, actor=system_actor("test"), at=clock.now())
    assert (parts(folder, person), parts(folder, other)) == ([], ["1"])
