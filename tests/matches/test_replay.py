"""The documented form, read and answered: real groups, odd cases, brackets, complaints."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

import pytest

from incubator.matches.refusals import RuleError
from incubator.matches.replay_matches import OUTCOMES
from incubator.matches.replay_report import replay

DOC = Path(__file__).parents[2] / "docs" / "matches-replay.md"


def match(red, score, blue, **more):
    return {"group": "G", "red": red, "blue": blue, "score": score, **more}


def group(matches, **more):
    teams = sorted({m[side] for m in matches for side in ("red", "blue")})
    return {"groups": [{"name": "G", "teams": teams}], "matches": matches, **more}


def ranks(answer, n=0):
    return [(row["rank"], row["team"]) for row in answer["groups"][n]["rows"]]


GROUP_H = [
    match("COL", [1, 2], "JPN", conduct=[-1, -1]),
    match("POL", [1, 2], "SEN", conduct=[-1, -2]),
    match("JPN", [2, 2], "SEN", conduct=[-2, -3]),
    match("POL", [0, 3], "COL", conduct=[-2, -1]),
    match("JPN", [0, 1], "POL", conduct=[-1, 0]),
    match("SEN", [0, 1], "COL", conduct=[-1, -1]),
]


def test_world_cup_2018_group_h_by_conduct():
    answer = replay(group(GROUP_H, game="fifa-2022"))
    assert ranks(answer) == [(1, "COL"), (2, "JPN"), (3, "SEN"), (4, "POL")]
    because = answer["groups"][0]["because"][1]
    assert (because["above"], because["criterion"], because["values"]) == ("JPN", "conduct", [-4, -6])


def test_order_of_the_file_changes_nothing():
    shuffled = list(GROUP_H)
    Random(3).shuffle(shuffled)
    assert replay(group(shuffled, game="fifa-2022")) == replay(group(GROUP_H, game="fifa-2022"))


def test_world_cup_2022_group_c_and_e():
    c = [
        match("ARG", [1, 2], "KSA"),
        match("MEX", [0, 0], "POL"),
        match("POL", [2, 0], "KSA"),
        match("ARG", [2, 0], "MEX"),
        match("POL", [0, 2], "ARG"),
        match("KSA", [1, 2], "MEX"),
    ]
    answer = replay(group(c, game="fifa-2022"))
    assert [team for _, team in ranks(answer)] == ["ARG", "POL", "MEX", "KSA"]
    assert answer["groups"][0]["because"][1]["criterion"] == "diff"


def test_incomplete_group_is_provisional_and_says_who_has_a_chance():
    answer = replay(group(GROUP_H[:4], game="fifa-2022", advance={"per_group": 2}))
    found = answer["groups"][0]
    assert (found["provisional"], found["played"], found["expected"]) == (True, 4, 6)
    assert found["chances"]["POL"] == "eliminated"
    assert found["chances"]["JPN"] == "possible"
    assert all(item["provisional"] for item in answer["advancing"])


def test_replayed_match_counts_once_with_the_last_play():
    plays = [
        match("A", [5, 0], "B", id="1", order=1),
        match("A", [0, 2], "B", id="9", order=7, replaces="1"),
    ]
    answer = replay(group(plays))
    assert ranks(answer) == [(1, "B"), (2, "A")]
    assert answer["groups"][0]["played"] == 1


@pytest.mark.parametrize(("way", "played"), [("annul", 1), ("keep", 2), ("forfeit", 3)])
def test_withdrawn_team(way, played):
    matches = [match("A", [1, 0], "C"), match("A", [0, 1], "B"), match("B", None, "C")]
    data = group(matches, walkover=3, teams=[{"id": "C", "withdrawn": way}])
    found = replay(data)["groups"][0]
    assert (found["played"], found["expected"], found["provisional"]) == (played, played, False)
    b = next(row for row in found["rows"] if row["team"] == "B")
    assert b["for"] == (4 if way == "forfeit" else 1)
    assert ("C" in [row["team"] for row in found["rows"]]) is (way != "annul")


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_every_outcome_is_documented_and_answered(outcome):
    assert f"`{outcome}`" in DOC.read_text(encoding="utf-8")
    found = replay(group([match("A", [4, 3], "B", outcome=outcome)]))["groups"][0]
    lines = {row["team"]: row for row in found["rows"]}
    total = {
        "played": (3, 0),
        "red": (3, 0),
        "blue": (0, 3),
        "draw": (1, 1),
        "walkover_red": (3, 0),
        "walkover_blue": (0, 3),
        "both_absent": (0, 0),
        "dsq_red": (0, 3),
        "dsq_blue": (3, 0),
        "dsq_both": (0, 0),
        "dnf_red": (0, 3),
        "dnf_blue": (3, 0),
        "not_played": (0, 0),
        "annulled": (0, 0),
    }[outcome]
    assert (lines["A"]["points"], lines["B"]["points"]) == total
    assert found["played"] == (0 if outcome in ("not_played", "annulled") else 1)


def test_robocon_2026_means_and_special_times():
    matches = [
        match("A", [50, 40], "D", special="red", special_time=51.0),
        match("B", [50, 40], "D", special="red", special_time="60.5"),
        match("B", [50, 40], "A", special="red", special_time=40),
        match("C", [50, 40], "B"),
        match("A", [50, 40], "C"),
        match("C", [50, 40], "D"),
    ]
    answer = replay(group(matches, game="robocon-vn-2026"))
    assert [team for _, team in ranks(answer)] == ["B", "A", "C", "D"]
    values = {row["team"]: row["values"] for row in answer["groups"][0]["rows"]}
    assert values["B"]["special_time"] == "1005/2"
    assert values["C"]["special_time"] is None
    assert values["A"]["average_for"] == "140/3"


def test_decisions_settle_their_very_tie_and_idle_ones_are_reported():
    circle = [match("A", [1, 0], "B"), match("B", [1, 0], "C"), match("C", [1, 0], "A")]
    advance = {"per_group": 1}
    open_tie = replay(group(circle, advance=advance))
    assert open_tie["problems"] == [{"code": "open_tie", "group": "G", "teams": ["A", "B", "C"]}]
    assert open_tie["advancing"][0]["team"] is None
    lots = replay(group(circle, advance=advance, decisions=[{"teams": ["C", "A", "B"], "how": "lots"}]))
    assert ranks(lots) == [(1, "C"), (2, "A"), (3, "B")]
    assert lots["problems"] == []
    idle = replay(group(circle, decisions=[{"teams": ["A", "B"]}]))
    assert {"code": "decision_not_needed", "teams": ["A", "B"]} in idle["problems"]


def four_groups():
    groups, matches = [], []
    for name in "ABCD":
        teams = [f"{name}{n}" for n in range(1, 5)]
        groups.append({"name": name, "teams": teams})
        for i, red in enumerate(teams):
            matches += [
                {"group": name, "home": red, "away": blue, "score": [9 - i, 0]} for blue in teams[i + 1 :]
            ]
    return {"groups": groups, "matches": matches, "advance": {"per_group": 2}, "bracket": "crossover"}


def test_groups_then_crossover_with_penalties_and_third_place():
    data = {**four_groups(), "game": "fifa-2026"}
    data["matches"] += [
        {"id": "QF1", "red": "A1", "blue": "B2", "score": [1, 1], "penalties": [4, 5]},
        {"id": "QF2", "red": "C1", "blue": "D2", "score": [2, 0]},
        {"id": "QF3", "red": "B1", "blue": "A2", "score": [2, 0]},
        {"id": "QF4", "red": "D1", "blue": "C2", "outcome": "walkover_red"},
        {"id": "SF1", "red": "B2", "blue": "C1", "score": [0, 1]},
        {"id": "SF2", "red": "B1", "blue": "D1", "score": [3, 1]},
        {"id": "3P", "red": "B2", "blue": "D1", "score": [2, 1]},
        {"id": "F", "red": "C1", "blue": "B1", "score": [0, 1]},
    ]
    answer = replay(data)
    found = {m["id"]: m for m in answer["bracket"]["matches"]}
    assert (found["QF1"]["winner"], found["QF1"]["reason"]) == ("B2", "penalty")
    assert found["QF4"]["reason"] == "walkover"
    top = [(p["first"], p["last"], p["team"]) for p in answer["bracket"]["places"]]
    assert top[:4] == [(1, 1, "B1"), (2, 2, "C1"), (3, 3, "B2"), (4, 4, "D1")]
    assert [p[:2] for p in top[4:]] == [(5, 8)] * 4
    assert answer["problems"] == []


def test_result_by_other_teams_than_the_bracket_has_is_reported():
    data = {**four_groups(), "game": "fifa-2026"}
    data["matches"] += [{"id": "QF1", "red": "A1", "blue": "C2", "score": [1, 0]}]
    assert {"code": "other_teams_played", "match": "QF1"} in replay(data)["problems"]


def test_both_absent_in_a_knockout_gives_the_next_a_bye():
    data = {
        "teams": list("PQRS"),
        "bracket": {"seeds": list("PQRS")},
        "game": "abu-2025",
        "matches": [
            {"id": "SF1", "red": "P", "blue": "S", "outcome": "both_absent"},
            {"id": "SF2", "red": "Q", "blue": "R", "score": [1, 0]},
        ],
    }
    answer = replay(data)
    final = next(m for m in answer["bracket"]["matches"] if m["id"] == "F")
    assert (final["winner"], final["reason"], final["red"]) == ("Q", "bye", {"vacant": True})


def test_explicit_bracket_and_best_thirds():
    data = four_groups()
    data["advance"] = {"per_group": 2, "best": [{"place": 3, "count": 2}]}
    data["bracket"] = {
        "matches": [
            {"id": "X1", "red": "place:A:1", "blue": "best:3:1"},
            {"id": "X2", "red": "place:B:1", "blue": "best:3:2"},
            {"id": "END", "red": "winner:X1", "blue": "winner:X2"},
            {"id": "SMALL", "red": "loser:X1", "blue": "loser:X2"},
        ]
    }
    data["decisions"] = [{"teams": ["D3", "B3", "A3", "C3"], "how": "lots"}]
    answer = replay(data)
    found = {m["id"]: m for m in answer["bracket"]["matches"]}
    assert (found["X1"]["blue"], found["X2"]["blue"]) == ("D3", "B3")
    assert (found["END"]["round"], found["X1"]["round"], found["SMALL"]["round"]) == (2, 4, 3)


def test_example_of_the_documentation_runs():
    text = DOC.read_text(encoding="utf-8")
    example = json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL).group(1))
    answer = replay(example)
    assert ranks(answer) == [(1, "Lan"), (2, "Mai"), (3, "Cúc")]
    assert answer["groups"][0]["chances"] == dict.fromkeys(["Lan", "Mai", "Cúc"], "possible")


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ([], "$"),
        ({"game": "chess"}, "game"),
        ({"groups": {}}, None),
        ({"groups": [{"name": "A", "teams": ["x", "x"]}]}, "groups[0]"),
        ({"groups": "x"}, "groups"),
        (group([match("A", [1.5, 0], "B")]), "matches[0].score[0]"),
        (group([match("A", 3, "B")]), "matches[0].score"),
        (group([match("A", [1, 0], "B", outcome="lost")]), "matches[0].outcome"),
        (group([match("A", [1, 1], "B")], game="abu-2025"), "matches[0]"),
        (group([match("A", [1, 0], "B", special="red")], game="robocon-vn-2026"), "matches[0].special_time"),
        (group([match("A", [1, 0], "B", special="green", special_time=1)]), "matches[0].special"),
        (group([match("A", [1, 0], "B", special="red", special_time=1.25)]), "matches[0].special_time"),
        (
            {
                "groups": [{"name": "A", "teams": ["x", "y"]}],
                "matches": [{"group": "A", "red": "x", "blue": "z"}],
            },
            "matches[0]",
        ),
        ({"groups": [], "matches": [{"group": "Q", "red": "x", "blue": "z"}]}, "matches[0].group"),
        ({"teams": ["x", "x"]}, "teams[1]"),
        ({"bracket": "tree"}, "bracket"),
        ({"bracket": {"matches": [{"id": "1", "red": "winner:7", "blue": "seed:1"}]}}, "bracket.matches"),
        ({"bracket": {"matches": [{"id": "1"}]}}, "bracket.matches[0]"),
        (
            {
                "teams": ["a", "b"],
                "bracket": {"seeds": ["a", "b"]},
                "matches": [{"id": "Q", "red": "a", "blue": "b"}],
            },
            "matches[0].id",
        ),
        (
            {
                "teams": ["a", "b"],
                "bracket": {"seeds": ["a", "b"]},
                "matches": [{"id": "F", "score": [1, 0]}],
            },
            "matches[0]",
        ),
        (group([match("A", [1, 1], "B", jury="north")], game="abu-2025"), "matches[0].jury"),
    ],
)
def test_complaints_name_the_place(data, where):
    if where is None:
        assert replay(data)["groups"] == []
        return
    with pytest.raises(RuleError) as refused:
        replay(data)
    assert refused.value.values["where"] == where


def test_an_odd_tournament_of_uneven_groups():
    """A three-way tie, both absent, a walkover, a team annulled midway, the best runner-up by averages."""
    sides = [("A1", "A2"), ("A2", "A3"), ("A3", "A1")]
    won = [{"group": "A", "red": r, "blue": b, "score": [1, 0]} for r, b in sides]
    lost = [
        {"group": "A", "red": t, "blue": "A4", "score": [n, 0]} for t, n in (("A1", 3), ("A2", 2), ("A3", 1))
    ]
    odd = [
        {"group": "B", "red": "B1", "blue": "B2", "score": [2, 0]},
        {"group": "B", "red": "B2", "blue": "B3", "outcome": "both_absent"},
        {"group": "B", "red": "B3", "blue": "B1", "outcome": "walkover_blue"},
        {"group": "C", "red": "C1", "blue": "C2", "score": [1, 1]},
        {"group": "C", "red": "C1", "blue": "C3", "score": [5, 0]},
        {"group": "C", "red": "C2", "blue": "C4", "score": [2, 0]},
        {"group": "C", "red": "C1", "blue": "C4", "score": [1, 0]},
    ]
    names = {"A": ["A1", "A2", "A3", "A4"], "B": ["B1", "B2", "B3"], "C": ["C1", "C2", "C3", "C4"]}
    teams = [
        {"id": team, **({"withdrawn": "annul"} if team == "C3" else {})}
        for own in names.values()
        for team in own
    ]
    found = replay(
        {
            "game": "fifa-2026", "across": "average", "teams": teams, "matches": [*won, *lost, *odd],
            "groups": [{"name": name, "teams": own} for name, own in names.items()],
            "advance": {"per_group": 1, "best": [{"place": 2, "count": 1}]}, "bracket": "crossover",
        }
    )  # fmt: skip
    tables = {g["name"]: [(row["rank"], row["team"]) for row in g["rows"]] for g in found["groups"]}
    assert tables["A"] == [
        (1, "A1"),
        (2, "A2"),
        (3, "A3"),
        (4, "A4"),
    ]  # head-to-head level: overall difference
    assert tables["B"] == [(1, "B1"), (2, "B2"), (3, "B3")]
    assert tables["C"] == [(1, "C2"), (2, "C1"), (3, "C4")]
    assert [row["team"] for row in found["advancing"]] == ["A1", "B1", "C2", "A2"]
    group_b = {row["team"]: row for row in found["groups"][1]["rows"]}
    assert sum(row["lost"] - row["won"] for row in group_b.values()) == 2  # lost by both
