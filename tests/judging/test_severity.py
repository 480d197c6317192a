"""The report on judges helps only where it can be right."""

from __future__ import annotations

import random

import pytest

from incubator.judging import severity
from incubator.judging.scoring import Sheet

MAXIMA = (5000, 5000, 5000)


def marked(offsets: dict[int, int], judges_of: dict[int, tuple[int, ...]]):
    draw = random.Random(4)
    strength = {e: draw.randrange(2000, 4000, 100) for e in judges_of}
    sheets = [
        Sheet(e, j, (strength[e] + offsets.get(j, 0), strength[e], 2500))
        for e, js in judges_of.items()
        for j in js
    ]
    return sheets, [sum(s.points) * 100 for s in sheets]


def ring(entries: int) -> dict[int, tuple[int, ...]]:
    return {e: (e % 4, (e + 1) % 4, (e + 2) % 4) for e in range(entries)}


def test_a_mild_judge_is_found_and_shrunk():
    sheets, totals = marked({2: 600}, ring(40))
    report = severity.report(sheets, totals, MAXIMA)
    found = {e.judge_id: e.severity for e in report.effects}
    assert report.refused == ""
    assert 3 < found[2] < 6
    assert max(found, key=found.__getitem__) == 2


def test_equal_judges_move_nobody():
    sheets, totals = marked({}, ring(40))
    report = severity.report(sheets, totals, MAXIMA)
    assert all(e.severity == pytest.approx(0, abs=1e-6) for e in report.effects)
    assert report.moved == ()


def test_no_model_where_judges_share_no_entry():
    sheets, totals = marked({1: 900}, {e: (0, 1) if e < 20 else (2, 3) for e in range(40)})
    report = severity.report(sheets, totals, MAXIMA)
    assert report.refused == "disconnected"
    assert {e.severity for e in report.effects} == {0.0}


def test_no_model_from_few_sheets():
    sheets, totals = marked({}, ring(8))
    assert severity.report(sheets, totals, MAXIMA).refused == "few"


def test_sheets_that_look_copied_are_named():
    sheets = [
        Sheet(1, 7, (4000, 3000, 2000)),
        Sheet(1, 8, (4000, 3000, 2000)),
        Sheet(1, 9, (4000, 3000, 2100)),
    ]
    assert severity.identical(sheets) == ((1, 7, 8),)


def test_a_straight_line_is_the_same_share_everywhere():
    sheets = [Sheet(1, 7, (2000, 1600, 800)), Sheet(1, 8, (2000, 1600, 900))]
    assert severity.straight_lined(sheets, (2500, 2000, 1000)) == ((7, 1),)
