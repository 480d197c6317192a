"""Figures: computed from rows, beside what somebody reported."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from incubator.core.db import db, transaction
from incubator.models import Entry, EntryState, Figure, PublicationKind
from incubator.publishing import services
from incubator.reports.figures import _number, figures_of
from tests.factories import save
from tests.publishing.conftest import DECISION
from tests.publishing.factories import HOUR, make_contest_with_results


@pytest.fixture
def world(session):
    made = make_contest_with_results()
    db.session.commit()
    return made


def by_key(world, at=HOUR):
    return {r["key"]: r for r in figures_of(2026, at) if r["edition"] == world.edition.slug}


def test_figures_count_rows(world):
    rows = by_key(world)
    found = {k: r["computed"] for k, r in rows.items()}
    assert found == {
        "teams": 6, "teams.tieu-hoc": 3, "teams.thcs": 3, "divisions": 2, "schools": 6, "finalists": 6,
        "finalists.tieu-hoc": 3, "finalists.thcs": 3,
    }  # fmt: skip
    db.session.get(Entry, world.rows[0].entry.id).state = EntryState.WITHDRAWN
    db.session.commit()
    assert by_key(world)["teams"]["computed"] == 5


def test_awards_are_counted_once_their_publication_is_visible(world, actor_of):
    actor = actor_of(world.organiser)
    with transaction():
        services.publish(
            world.edition, PublicationKind.OFFICIAL, world.final, visible_at=HOUR + timedelta(hours=1), decision=DECISION,
            actor=actor, at=HOUR,
        )  # fmt: skip
    assert "awards" not in by_key(world)
    later = by_key(world, HOUR + timedelta(hours=1))
    assert (later["awards"]["computed"], later["awards.first"]["computed"]) == (4, 2)


def test_reported_stands_beside_computed_also_without_one(world):
    common = {"year": 2026, "edition_id": world.edition.id, "source": "Báo cáo, trang 3"}
    save(Figure(key="teams", value="10", qualifier="khoảng", **common))
    save(Figure(key="visitors", value="14.000", qualifier="hơn", unit="người", **common))
    db.session.commit()
    rows = by_key(world)
    assert (rows["teams"]["computed"], rows["teams"]["reported"], rows["teams"]["qualifier"]) == (
        6,
        10,
        "khoảng",
    )
    assert rows["visitors"] == {
        "key": "visitors", "edition": world.edition.slug, "computed": None, "reported": 14000, "qualifier": "hơn",
        "unit": "người", "source": "Báo cáo, trang 3",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"), [("10.034", 10034), ("48,64", 48.64), ("314", 314), ("gần nửa", "gần nửa")]
)
def test_vietnamese_numbers_are_read(text, value):
    assert _number(text) == value


def test_command_prints_json_and_a_table(app, world):
    runner = app.test_cli_runner()
    rows = json.loads(runner.invoke(args=["figures", "--year", "2026", "--json"]).output)
    assert set(rows[0]) == {"key", "edition", "computed", "reported", "qualifier", "unit", "source"}
    assert world.edition.slug in runner.invoke(args=["figures", "--year", "2026"]).output
