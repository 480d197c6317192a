"""Known teams are written with random mess in a random shape, and read back the same."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from incubator.contests.registration_files import judge, read_files
from incubator.core.text import compare_key
from tests.contests import workbooks as wb

WRITERS = {"xlsx": wb.xlsx, "xls": wb.xls, "csv": wb.csv_file}
SHAPES = ["row_a_team", "row_a_pupil", "row_a_pupil_repeated", "people_in_a_cell"]


def written(team: wb.Team) -> tuple:
    return (
        compare_key(team.name),
        team.division,
        compare_key(team.school),
        frozenset((compare_key(p.name), p.born, p.grade) for p in team.pupils),
        compare_key(team.coach),
        team.phone,
        team.email,
    )


def as_read(row) -> tuple:
    return (
        compare_key(row.team),
        row.division,
        compare_key(row.school),
        frozenset((compare_key(m.name), m.birth_date, m.class_name) for m in row.members),
        compare_key(row.coach.name),
        row.coach.phone,
        row.coach.email,
    )


def build(seed: int, shape: str, encoding: str, kind: str, capitals: bool, letterhead: bool, count: int):
    rng = random.Random(seed)
    teams = wb.make_teams(rng, count)
    mess = wb.Mess(rng, wb.ENCODERS[encoding], capitals and encoding == "unicode", kind != "csv")
    order = ["team", "school", "division", "pupils", "coach"]
    rng.shuffle(order)
    order = ["index", *order, "notes"]
    heads = wb.pick_heads(rng, shape)
    if shape == "row_a_team":
        rows = wb.row_a_team(teams, mess, order, heads)
    elif shape == "people_in_a_cell":
        rows = wb.people_in_a_cell(teams, mess, order, heads)
    else:
        rows = wb.row_a_pupil(teams, mess, order, heads, repeat=shape.endswith("repeated"))
    if letterhead:
        rows = [*wb.LETTERHEAD, *rows, [], ["", "Tổng cộng: đội"]]
    return teams, WRITERS[kind](rows)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**9),
    shape=st.sampled_from(SHAPES),
    encoding=st.sampled_from(list(wb.ENCODERS)),
    kind=st.sampled_from(list(WRITERS)),
    capitals=st.booleans(),
    letterhead=st.booleans(),
    count=st.integers(2, 40),
)
def test_known_teams_come_back_from_any_shape(seed, shape, encoding, kind, capitals, letterhead, count):
    teams, file = build(seed, shape, encoding, kind, capitals, letterhead, count)
    reading = read_files([file], wb.RULES)
    judge(reading.rows, wb.RULES)
    assert reading.problems == []
    assert [row.reason for row in reading.rows] == [None] * count
    assert sorted(map(str, map(as_read, reading.rows))) == sorted(map(str, map(written, teams)))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**9), shape=st.sampled_from(SHAPES))
def test_every_value_that_changed_is_listed_as_repaired(seed, shape):
    teams, file = build(seed, shape, "unicode", "xlsx", False, True, 12)
    reading = read_files([file], wb.RULES)
    assert len(reading.rows) == len(teams)
    for row in reading.rows:
        repaired = {repair.field: repair for repair in row.repairs}
        raw = set("\n".join(row.read.values()).split("\n"))
        assert row.team in raw or repaired["team"].now == row.team
        assert row.school in raw or repaired["school"].now == row.school
        assert row.coach.phone in raw or repaired["coach.phone"].now == row.coach.phone
        assert all(repair.was != repair.now for repair in row.repairs)
        assert all(repair.kinds for repair in row.repairs)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_the_same_file_twice_gives_only_duplicates(seed):
    teams, file = build(seed, "row_a_team", "unicode", "xlsx", False, False, 10)
    reading = read_files([file, file], wb.RULES)
    judge(reading.rows, wb.RULES)
    assert len(reading.accepted) == 10
    assert {row.reason for row in reading.held} == {"duplicate_team"}


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["a.xlsx", "a.xls", "a.csv", "a.ods", "a"]))
def test_any_bytes_give_teams_or_a_sentence_never_an_error(data, name):
    from incubator.contests.registration_files import SourceFile

    reading = read_files([SourceFile(name, data)], wb.RULES)
    judge(reading.rows, wb.RULES)
    assert reading.rows or reading.problems
