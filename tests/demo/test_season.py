"""What the demo season promises, read from its rows with a slow arithmetic of its own."""

from __future__ import annotations

import json
import pathlib
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from incubator.core import clock
from tests.servers import demo_template, make_server


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return demo_template(tmp_path_factory)


@pytest.fixture(scope="module")
def rows(template: pathlib.Path) -> Iterator[Any]:
    connection = sqlite3.connect(template / "incubator.sqlite")
    connection.row_factory = sqlite3.Row
    yield lambda sql, *values: connection.execute(sql, values).fetchall()
    connection.close()


PARTS = """
  SELECT sd.*, s.position AS stage, e.slug AS edition, d.slug AS division FROM stage_division sd JOIN stage s ON s.id = sd.stage_id
  JOIN division d ON d.id = sd.division_id JOIN edition e ON e.id = s.edition_id
"""
SHEETS = """
  SELECT sh.id, sh.total_e2, a.stage_entry_id, a.judge_id FROM score_sheet sh JOIN assignment a ON a.id = sh.assignment_id
  JOIN stage_entry se ON se.id = a.stage_entry_id WHERE se.stage_division_id = ? AND sh.state = 'submitted' AND NOT a.practice
"""


def test_the_season_has_the_counts_of_2024(rows):
    teams = Counter()
    for r in rows(PARTS + "WHERE e.slug IN ('robotics-2024', 'sang-tao-2024', 'nong-thon-2024')"):
        sheets = rows(SHEETS, r["id"])
        entries = rows("SELECT count(*) AS n FROM stage_entry WHERE stage_division_id = ?", r["id"])[0]["n"]
        teams[r["edition"], r["stage"]] += entries
        if (r["edition"], r["stage"]) == ("robotics-2024", 1):
            assert entries == {"primary": 143, "lower_secondary": 171}[r["division"]]
            assert set(Counter(s["stage_entry_id"] for s in sheets).values()) == {3}
            assert len({s["judge_id"] for s in sheets}) == 30
            teams["sheets"] += len(sheets)
        elif r["edition"] == "robotics-2024":
            assert (entries, len(sheets), len({s["judge_id"] for s in sheets})) == (36, 252, 7)
    assert teams == {
        ("robotics-2024", 1): 314, ("robotics-2024", 2): 72, ("sang-tao-2024", 1): 314, ("nong-thon-2024", 1): 30, "sheets": 942,
    }  # fmt: skip
    winners = rows(
        "SELECT o.slug FROM award a JOIN prize_tier t ON t.id = a.tier_id JOIN edition e ON e.id = a.edition_id "
        "JOIN organisation o ON o.id = a.organisation_id WHERE e.slug = 'robotics-2024' AND t.slug = 'first' AND a.revoked_at IS NULL"
    )
    assert {r["slug"] for r in winners} == {"tieu-hoc-dong-hoa-b", "thcs-binh-thang"}
    tie = rows(
        "SELECT boundary, outcome, decided_by_id, recorded_by_id FROM tie_decision WHERE boundary LIKE 'prize:movement%'"
    )
    assert [t["outcome"] for t in tie] == ["vote"]
    assert tie[0]["decided_by_id"] != tie[0]["recorded_by_id"]


def test_every_rank_of_the_season_is_what_a_slow_exact_arithmetic_gives(rows):
    checked = 0
    for part in rows(PARTS + "WHERE sd.id IN (SELECT stage_division_id FROM tabulation)"):
        [stored] = rows(
            "SELECT * FROM tabulation WHERE stage_division_id = ? AND voided_at IS NULL", part["id"]
        )
        method = json.loads(stored["parameters"])
        criteria = rows("SELECT * FROM criterion WHERE rubric_id = ? ORDER BY position", part["rubric_id"])
        keys = exact_keys(rows, part["id"], method, criteria)
        for row in rows("SELECT * FROM stage_entry WHERE stage_division_id = ?", part["id"]):
            key = keys[row["id"]]
            assert Fraction(row["score_e4"], 10_000) == key[0]
            assert row["rank"] == 1 + sum(other > key for other in keys.values()) or row["id"] in decided(
                rows
            )
            checked += 1
        through = rows("SELECT rank FROM stage_entry WHERE stage_division_id = ? AND advanced", part["id"])
        if part["advance"]:
            assert len(through) == part["advance"] == max(r["rank"] for r in through)
    assert checked == 314 + 72 + 314 + 42 + 10 + 30


def decided(rows) -> set[int]:
    """Entries whose place a recorded decision gave."""
    return {
        e for t in rows("SELECT stage_entry_ids FROM tie_decision") for e in json.loads(t["stage_entry_ids"])
    }


def exact_keys(
    rows, part_id: int, method: dict[str, Any], criteria: list[Any]
) -> dict[int, tuple[Fraction, ...]]:
    marks: dict[int, dict[int, int]] = defaultdict(dict)
    sheets = defaultdict(list)
    for sheet in rows(SHEETS, part_id):
        sheets[sheet["stage_entry_id"]].append(sheet)
        for mark in rows("SELECT * FROM mark WHERE sheet_id = ? ORDER BY version", sheet["id"]):
            marks[sheet["id"]][mark["criterion_id"]] = mark["points_e2"]
        assert sheet["total_e2"] * 100 == sum(
            marks[sheet["id"]][c["id"]] * c["weight_e2"] for c in criteria if c["source"] == "judge"
        )
    entered = {
        (r["stage_entry_id"], r["criterion_id"]): r["points_e2"]
        for r in rows("SELECT * FROM entered_score ORDER BY version")
    }
    keys = {}
    for entry, mine in sheets.items():
        assert len(mine) == method["expected"]
        mean = {
            c["id"]: sum((Fraction(marks[s["id"]][c["id"]], 100) for s in mine), Fraction()) / len(mine)
            if c["source"] == "judge"
            else Fraction(entered[entry, c["id"]], 100)
            for c in criteria
        }
        total = sum(mean[c["id"]] * Fraction(c["weight_e2"], 100) for c in criteria)
        total *= method["expected"] if method["aggregate"] == "sum" else 1
        chain = [
            sum(half_up(mean[c], method["places"]) for c in step["criteria"]) for step in method["chain"]
        ]
        keys[entry] = (half_up(total, method["places"]), *chain)
    return keys


def half_up(value: Fraction, places: int) -> Fraction:
    return Fraction((value * 10**places * 2 + 1) // 2, 10**places)


def test_figures_are_computed_beside_what_was_reported(template):
    server = make_server(template)
    printed = json.loads(server.run("figures", "--year", "2024", "--json").stdout)
    fields = ["key", "edition", "computed", "reported", "qualifier", "unit", "source"]
    assert all(list(row) == fields for row in printed)
    exact = {(r["edition"], r["key"]): r for r in printed if r["qualifier"] == "đúng"}
    assert all(r["computed"] == r["reported"] for r in exact.values())
    prizes = [
        exact["sang-tao-2024", f"awards.{t}"]["computed"]
        for t in ("first", "second", "third", "encouragement", "movement")
    ]
    assert prizes == [1, 3, 5, 17, 25]
    assert {"teams", "divisions", "schools", "finalists"} <= {k for e, k in exact if e == "robotics-2024"}


#: Tables with what is drawn anew each time: password hashes, links, codes, measured seconds, seals of all that.
DRAWN = ("account", "auth_code", "invitation", "certificate", "booking", "event_registration", "notification", "hall_screen",
         "calendar_feed", "audit_seal", "audit_sealed", "match_run", "stored_file", "entry_file")  # fmt: skip


def test_nothing_was_done_after_the_demo_was_loaded(rows):
    moment = rows("SELECT created_at FROM account ORDER BY id LIMIT 1")[0]["created_at"]
    assert [tuple(r) for r in rows("SELECT verb, at FROM audit_event WHERE at > ?", moment)] == []


def test_a_second_load_at_the_same_moment_makes_the_same_rows(template, rows, tmp_path):
    """Another process, another hash seed: names, teams, marks, ranks, prizes and hours come out the same."""
    moment = rows("SELECT created_at FROM account ORDER BY id LIMIT 1")[0]["created_at"] + "+00:00"
    other = make_server(tmp_path, PYTHONHASHSEED="7", DEMO_TODAY=moment)
    other.run("db", "upgrade")
    other.run("demo", "load")
    first, second = (dump(folder / "incubator.sqlite") for folder in (template, tmp_path))
    assert first.keys() == second.keys()
    differing = {t: [p for p in zip(first[t], second[t], strict=False) if p[0] != p[1]][:1] for t in first}
    assert {t: p for t, p in differing.items() if p} == {}


def dump(path: pathlib.Path) -> dict[str, list[Any]]:
    """Table -> its rows; of tables with something drawn anew only how many."""
    connection = sqlite3.connect(path)
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    found = {}
    for (table,) in tables.fetchall():
        what = "count(*)" if table in DRAWN else "*"
        found[table] = sorted(map(repr, connection.execute(f'SELECT {what} FROM "{table}"')))
    connection.close()
    return found


@pytest.mark.parametrize(
    ("fixed", "moment"),
    [("2026-03-01", "2026-03-01T01:00:00+00:00"), ("2026-03-01T20:00:00+00:00", "2026-03-01T20:00:00+00:00")],
)
def test_a_fixed_day_begins_at_eight_and_a_fixed_moment_is_taken_as_it_is(monkeypatch, fixed, moment):
    monkeypatch.setenv("DEMO_TODAY", fixed)
    assert clock.demo_now().isoformat() == moment
    assert clock.demo_today() == clock.local(clock.demo_now()).date()
