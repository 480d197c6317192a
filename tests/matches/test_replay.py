"""The documented form, read and answered: real groups, odd cases, brackets, complaints."""

from __future__ import annotations

import json
import re
import time
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
        "dnf_both": (3, 0),
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


def four_groups(named="ABCD"):
    groups, matches = [], []
    for name in named:
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
        ({"groups": {}}, "groups"),
        ({"groups": [{"name": "A", "teams": ["x", "x"]}]}, "groups[0].teams[1]"),
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
        (
            {"bracket": {"matches": [{"id": "1", "red": "winner:7", "blue": "seed:1"}]}},
            "bracket.matches[0].blue",
        ),
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
    with pytest.raises(RuleError) as refused:
        replay(data)
    assert refused.value.values["where"] == where


@pytest.mark.parametrize(
    ("data", "where", "what"),
    [
        ({"groups": [{"name": "A", "teams": ["x", "y"]}] * 2}, "groups[1].name", "second group"),
        ({"groups": [{"name": "A", "teams": ["x"]}, {"name": "B", "teams": ["x"]}]}, "groups[1].teams[0]", "already"),
        ({"groups": [{"teams": ["x"]}]}, "groups[0]", "needs name"),
        ({"groups": [{"name": "A", "teams": []}]}, "groups[0].teams", "1 to 1000"),
        ({"groups": [{"name": "A", "teams": ["x", "y"], "rounds": 10**9}]}, "groups[0].rounds", "from 1 to 100"),
        ({"groups": [{"name": "A", "teams": [["x"], "y"]}]}, "groups[0].teams[0]", "must be a name"),
        ({"teams": [{"id": "x", "withdrawn": "quit"}]}, "teams[0].withdrawn", "annul"),
        ({"teams": [{"id": "x", "rating": "first"}]}, "teams[0].rating", "whole number"),
        ({"matches": {"id": 1}}, "matches", "must be a list"),
        ({"matches": [7]}, "matches[0]", "must be an object"),
        (group([match("A", [-1, 0], "B")]), "matches[0].score[0]", "from 0"),
        (group([match("A", [10**30, 0], "B")]), "matches[0].score[0]", "from 0"),
        (group([match("A", [True, 0], "B")]), "matches[0].score[0]", "whole number"),
        (group([match("A", [1, 0], "A")]), "matches[0]", "itself"),
        (group([match("A", [1, 1], "B", outcome="draw")], game="abu-2025"), "matches[0].outcome", "no draw"),
        (group([match("A", [1, 0], "B", special="red", special_time="1/0")]), "matches[0].special_time", "seconds"),
        (group([match("A", [1, 0], "B", special="red", special_time="1e99")]), "matches[0].special_time", "seconds"),
        (
            group([match("A", [1, 0], "B", id="7"), match("B", [1, 0], "C", id="7")]),
            "matches[1]",
            "already the match of A and B (matches[0])",
        ),
        (group([match("A", [1, 0], "B", replaces="5")]), "matches[0].replaces", "no match of its group is called 5"),
        (
            group([match("A", [1, 0], "B", id="1", replaces="2"), match("A", [1, 0], "B", id="2", replaces="1")]),
            "matches[0]",
            "circle",
        ),
        (group([match("A", [1, 0], "B")], decisions=[{"teams": ["A", "Z"]}]), "decisions[0].teams[1]", "called Z"),
        (group([match("A", [1, 0], "B")], decisions=[{"teams": ["A", "A"]}]), "decisions[0].teams[1]", "twice"),
        (group([match("A", [1, 0], "B")], advance={"per_group": 3}), "advance.per_group", "only 2 teams"),
        (group([match("A", [1, 0], "B")], advance={"best": [{"place": 2}]}), "advance.best[0]", "needs count"),
        (
            group([match("A", [1, 0], "B")], advance={"best": [{"place": 2, "count": 2}]}),
            "advance.best[0]",
            "only 1 groups",
        ),
        (
            group([match("A", [1, 0], "B")], advance={"per_group": 2, "best": [{"place": 2, "count": 1}]}),
            "advance.best[0]",
            "go on already",
        ),
        ({"points": {"win": "3"}}, "points.win", "whole number"),
        ({"points": {"win": 0}}, "$", "worth more than a loss"),
        ({"across": "mean"}, "across", "drop_last"),
        ({"tie_chain": ["points", "beauty"]}, "tie_chain[1]", "is no criterion"),
        ({"tie_chain": {"criteria": ["points"], "reapply": "twice"}}, "tie_chain.reapply", "block"),
        ({"decided_by": ["score", "beauty"]}, "decided_by[1]", "action:CODE"),
        ({"drops": [{"size": 3}]}, "drops[0]", "needs rounds"),
        ({"game": {"name": "x"}}, "game", "is no game"),
        ({"game": "missions-6x15"}, "game", "must be one of"),
        ({"teams": ["a", "b"], "bracket": {"seeds": ["a", "c"]}}, "bracket.seeds[1]", "neither a team nor a source"),
        ({"teams": ["a", "b"], "bracket": {"seeds": ["a", "a"]}}, "bracket.seeds[1]", "twice"),
        ({"teams": ["a", "b"], "bracket": {"lines": ["a", "b", None]}}, "bracket.lines", "2, 4, 8"),
        ({"bracket": "crossover"}, "bracket", "see advance"),
        ({"bracket": {"seeds": ["place:A:1", "b"]}}, "bracket.seeds[0]", "group A has 0 teams"),
        (
            {"bracket": {"matches": [{"id": "1", "red": "loser:2", "blue": "a"}, {"id": "2", "red": "winner:1", "blue": "b"}]}},
            "bracket.matches[0]",
            "circle",
        ),
        (
            {"bracket": {"matches": [{"id": "1", "red": "c", "blue": "a"}, {"id": "1", "red": "winner:1", "blue": "b"}]}},
            "bracket.matches[1].id",
            "second match",
        ),
        (
            {"teams": ["a", "b"], "matches": [{"id": "F", "red": "a", "blue": "z", "score": [1, 0]}]},
            "matches[0]",
            "no team is called z",
        ),
        ({"teams": ["a", "b"], "matches": [{"red": "a", "blue": "b", "score": [1, 0]}]}, "matches[0]", "its id"),
    ],
)  # fmt: skip
def test_hostile_files_are_answered_with_a_sentence(data, where, what):
    with pytest.raises(RuleError) as refused:
        replay(data)
    assert refused.value.values["where"] == where
    assert what in str(refused.value.values["what"])


def values_of(node, path=()):
    yield path
    for key, child in (
        node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    ):
        yield from values_of(child, (*path, key))


def test_any_broken_value_is_answered_by_a_table_or_a_sentence():
    """Every value of a full file in turn becomes what it should not be; nothing but a named refusal may come of it."""
    data = {**four_groups("AB"), "game": "fifa-2026", "decisions": [{"teams": ["A1", "A2"], "how": "lots"}]}
    data["matches"] = [
        *data["matches"][:7],
        {"id": "QF1", "red": "A1", "blue": "B2", "score": [1, 1], "penalties": [4, 5]},
    ]
    data["advance"]["best"] = [{"place": 3, "count": 1}]
    refused = answered = tried = 0
    for path in values_of(data):
        for broken in (None, True, -1, 10**25, 1.5, "", "x" * 300, [], [[]], {}, {"a": {}}, ["A1"]):
            copy = json.loads(json.dumps(data))
            node = copy
            for key in path[:-1]:
                node = node[key]
            if path:
                node[path[-1]] = broken
            tried += 1
            try:
                json.dumps(replay(copy if path else broken))
                answered += 1
            except RuleError as error:
                refused += error.code == "replay_form"
    assert answered + refused == tried
    assert refused > answered > 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "$: not JSON"),
        ('{"name": "\\ud800"}', "$: holds half a character"),
        ('{"name": NaN}', "$: NaN is no number"),
        ('{"game": "abu-2025", "game": "fifa-2022"}', "$: 'game' stands twice"),
        ("[" * 100_000, "$: "),
        ('{"matches": [{"group": "A"}]}', "matches[0]: needs red and blue by name"),
        ("[]", "$: must be an object, not []"),
    ],
)
def test_the_command_says_one_line_and_ends_with_two(app, tmp_path, text, said):
    path = tmp_path / "list.json"
    path.write_text(text, encoding="utf-8")
    answer = app.test_cli_runner().invoke(args=["matches", "replay", str(path)])
    assert answer.exit_code == 2
    assert answer.stderr.startswith(said)
    assert answer.stderr.count("\n") == 1
    assert answer.stdout == ""


def test_an_exhibition_match_leaves_the_group_complete():
    plays = [match("A", [1, 0], "B"), match("A", [0, 9], "B", counts=False)]
    found = replay(group(plays))["groups"][0]
    assert (found["played"], found["expected"], found["provisional"]) == (1, 1, False)
    assert found["rows"][0]["team"] == "A"


def test_a_replay_of_a_replay_counts_once_and_ids_may_repeat_in_other_groups():
    plays = [
        match("A", [5, 0], "B", id="1"),
        match("B", [5, 0], "A", id="2", replaces="1"),
        match("A", [1, 0], "B", id="3", replaces="2"),
    ]
    data = group(plays)
    data["groups"].append({"name": "H", "teams": ["C", "D"]})
    data["matches"].append({"group": "H", "red": "C", "blue": "D", "score": [1, 0], "id": "1"})
    answer = replay(data)
    assert [(g["played"], g["rows"][0]["team"]) for g in answer["groups"]] == [(1, "A"), (1, "C")]


def test_a_withdrawn_team_leaves_its_open_place_in_the_bracket():
    data = {
        "teams": ["A", "B", {"id": "C", "withdrawn": "keep"}, "D"],
        "bracket": {"seeds": ["A", "B", "C", "D"]},
        "matches": [{"id": "SF1", "red": "A", "blue": "D", "score": [1, 0]}, {"id": "F"}],
    }
    found = {m["id"]: m for m in replay(data)["bracket"]["matches"]}
    assert (found["SF2"]["winner"], found["SF2"]["reason"], found["SF2"]["blue"]) == (
        "B",
        "bye",
        {"vacant": True},
    )


def test_a_large_list_is_answered_soon():
    teams = [f"T{n}" for n in range(200)]
    groups = [{"name": f"G{n}", "teams": teams[n * 10 : n * 10 + 10], "rounds": 5} for n in range(20)]
    matches = [
        {"group": g["name"], "red": red, "blue": blue, "score": [1, 0]}
        for g in groups
        for i, red in enumerate(g["teams"])
        for blue in g["teams"][i + 1 :]
        for _ in range(4)
    ]
    began = time.perf_counter()
    answer = replay({"groups": groups, "matches": matches, "advance": {"per_group": 2}})
    assert len(answer["advancing"]) == 40
    assert time.perf_counter() - began < 5


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
