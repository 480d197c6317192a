"""An edition with the season's two divisions, and batches read into it."""

from datetime import date
from pathlib import Path

from incubator.contests import eligibility
from incubator.contests.registration_files import SourceFile
from incubator.contests.services import imports
from incubator.core.access import Actor, system_actor
from incubator.core.db import db, transaction
from incubator.models import Edition, ImportBatch
from tests.factories import AT, make_division, make_edition

SEASON = Path(__file__).parents[2] / "incubator" / "demo" / "data" / "robotics-2024"
SYSTEM = system_actor("test")


def season_files() -> list[SourceFile]:
    return [SourceFile(path.name, path.read_bytes()) for path in sorted(SEASON.iterdir())]


def make_robotics(slug: str = "robotics-2024") -> Edition:
    edition = make_edition(slug=slug, name="Sáng tạo Robotics và Trí tuệ nhân tạo 2024", year=2024)
    windows = (
        ("primary", "Tiểu học", "TH", date(2014, 1, 1), date(2018, 12, 31)),
        ("lower_secondary", "THCS", "CS", date(2010, 1, 1), date(2013, 12, 31)),
    )
    for position, (code, name, prefix, first, last) in enumerate(windows):
        rules = eligibility.Rules(born_from=first, born_until=last, team_min=2, team_max=3, levels=(code,))
        make_division(
            edition,
            slug=code,
            name=name,
            position=position,
            number_prefix=prefix,
            eligibility=eligibility.to_json(rules),
        )
    return edition


def read_batch(edition: Edition, files: list[SourceFile], actor: Actor = SYSTEM) -> ImportBatch:
    """A batch that has been read (jobs run at once in tests)."""
    with transaction():
        batch = imports.start_import(edition, files, actor=actor, at=AT)
    db.session.expire_all()
    return db.session.get_one(ImportBatch, batch.id)


def import_batch(batch: ImportBatch, actor: Actor = SYSTEM) -> ImportBatch:
    with transaction():
        imports.confirm(db.session.get_one(ImportBatch, batch.id), actor=actor, at=AT)
    db.session.expire_all()
    return db.session.get_one(ImportBatch, batch.id)
