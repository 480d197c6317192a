"""The JSON form and its command: answers with proofs, refusals that name the row."""

import json

import pytest

from incubator.mentoring.matching.answer_file import answer_of
from incubator.mentoring.matching.problem_file import plain_problem, problem_from
from incubator.mentoring.matching.solving import solve

PROBLEM = {
    "salt": "2026",
    "skills": [{"id": "ai", "name": "AI"}, {"id": "vision", "name": "Vision", "parent": "ai"}],
    "mentors": [
        {"id": "m1", "name": "Lý Minh Tuấn", "max_teams": 1, "skills": [{"topic": "vision", "level": 3}], "languages": ["vi"]},
        {"id": "m2", "max_teams": 1, "skills": [{"topic": "ai", "level": 2}], "languages": ["vi"], "organisations": ["o1"]},
    ],
    "teams": [
        {"id": "t1", "name": "HealthyMap AI", "needs": [{"topic": "vision", "priority": 3}], "languages": ["vi"], "wishes": ["m1"]},
        {"id": "t2", "needs": [{"topic": "ai"}], "languages": ["vi"], "organisations": ["o1"]},
        {"id": "t3", "needs": [{"topic": "ai"}], "languages": ["en"]},
    ],
}  # fmt: skip


@pytest.fixture
def run(app, tmp_path):
    def command(problem, *options):
        file = tmp_path / "problem.json"
        file.write_text(problem if isinstance(problem, str) else json.dumps(problem))
        return app.test_cli_runner().invoke(args=["mentoring", "match", str(file), *options])

    return command


def test_answer_has_pairs_reasons_totals_and_proof(run):
    result = run(PROBLEM, "--json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.output)
    assert [(p["team"], p["mentor"]) for p in answer["pairs"]] == [("t1", "m2"), ("t2", "m1")]
    assert all(sum(part["points"] for part in p["parts"]) == p["score"] for p in answer["pairs"])
    assert answer["optimality"]["proved"]
    assert answer["totals"]["filled"] == 2
    assert answer["floor"] == min(p["score"] for p in answer["pairs"])
    (vacant,) = answer["empty"]
    assert vacant["team"] == "t3"
    assert vacant["refused"] == {"language": 2}


def test_unknown_is_neither_good_nor_bad(run):
    answer = json.loads(run(PROBLEM, "--json").output)
    parts = {p["criterion"]: p for p in answer["pairs"][1]["parts"]}
    assert (parts["slots"]["known"], parts["slots"]["value"]) == (False, 500)
    low, high = answer["pairs"][1]["range"]
    assert low < answer["pairs"][1]["score"] < high


def test_a_waiver_lets_the_pair_through(run):
    waived = {**PROBLEM, "waivers": [{"rule": "organisation", "team": "t2", "mentor": "m2"}]}
    answer = json.loads(run(waived, "--json").output)
    assert [(p["team"], p["mentor"]) for p in answer["pairs"]] == [("t1", "m1"), ("t2", "m2")]


def test_written_and_read_again_it_is_the_same_problem():
    problem = problem_from(PROBLEM)
    again = problem_from(json.loads(json.dumps(plain_problem(problem))))
    assert answer_of(solve(again))["input_hash"] == answer_of(solve(problem))["input_hash"]


BAD = {
    "negative score": ({"scores": [[5, 5], [-5, 5], [5, 5]]}, "scores[1][0]", "-5"),
    "unknown id": ({"locks": [{"team": "t9", "mentor": "m1"}]}, "locks[0]", "t9"),
    "unknown wish": ({"teams": [{"id": "t1", "wishes": ["m7"]}]}, "teams[t1].wishes", "m7"),
    "no mentors": ({"mentors": []}, "mentors", "cố vấn"),
    "lock breaks a rule": ({"locks": [{"team": "t2", "mentor": "m2"}]}, "locks[0]", "cùng cơ quan"),
    "over capacity": (
        {"locks": [{"team": "t1", "mentor": "m1"}, {"team": "t2", "mentor": "m1"}]}, "mentors[m1].max_teams", "Lý Minh Tuấn",
    ),
    "weights": ({"settings": {"weights": {"needs": 10}}}, "settings.weights", "10"),
    "wrong shape": ({"scores": [[1, 2]]}, "scores", "3"),
    "unknown key": ({"mentor": []}, "mentor", "docs/mentoring-match.md"),
    "twice": ({"mentors": [{"id": "m1"}, {"id": "m1"}]}, "mentors[m1]", "hai lần"),
    "lock twice": ({"locks": [{"team": "t1", "mentor": "m1"}] * 2}, "locks[t1, m1]", "hai lần"),
    "wish twice": ({"teams": [{"id": "t1", "wishes": ["m1", "m1"]}]}, "teams[t1].wishes", "hai lần"),
    "topic twice": ({"skills": [{"id": "ai"}, {"id": "vision"}, {"id": "ai"}]}, "skills[ai]", "hai lần"),
    "topic above itself": ({"skills": [{"id": "ai", "parent": "vision"}, {"id": "vision", "parent": "ai"}]}, "skills[ai].parent", "chính mình"),
    "unknown topic": ({"teams": [{"id": "t1", "needs": [{"topic": "al"}]}]}, "teams[t1].needs", "al"),
    "rule nobody may waive": ({"waivers": [{"rule": "language", "team": "t3", "mentor": "m1"}]}, "waivers[language, t3, m1]", "ngôn ngữ"),
    "key of a row": ({"keep": [{"team": "t1", "mentor": "m1", "wieght": 3}]}, "keep[0].wieght", "docs/mentoring-match.md"),
    "not yes or no": ({"settings": {"floor": "no"}}, "settings.floor", "true"),
    "not a number": ({"scores": [[float("nan"), 5], [5, 5], [5, 5]]}, "scores[0][0]", "NaN"),
    "a word for a number": ({"scores": [["5", 5], [5, 5], [5, 5]]}, "scores[0][0]", "không phải số nguyên"),
    "yes for a number": ({"scores": [[True, 5], [5, 5], [5, 5]]}, "scores[0][0]", "“true” không phải số nguyên"),
    "no mentors beside a table": ({"mentors": [], "scores": [[], [], []]}, "mentors", "cố vấn"),
    "hours below nothing": ({"teams": [{"id": "t1", "places": [{}, {"hours": -4}]}]}, "teams[t1].places[1].hours", "-4"),
    "too large": ({"mentors": [{"id": "m1", "max_teams": 10**30}]}, "mentors[m1].max_teams", "1000000"),
    "too many classes": ({"teams": [{"id": "t1", "priority": 1000}]}, "teams[t1].priority", "100"),
    "no time": ({"settings": {"seconds": 0}}, "settings.seconds", "3600"),
    "kind of a lock": ({"locks": [{"team": "t1", "mentor": "m1", "kind": ["any"]}]}, "locks[0].kind", "chuỗi chữ"),
    "half a character": ({"mentors": [{"id": "m1", "max_teams": "\ud800"}]}, "mentors[m1].max_teams", "\\ud800"),
    "name of half a character": ({"mentors": [{"id": "m1", "name": "\ud800"}]}, "mentors[m1].name", "chuỗi chữ"),
    "source of a skill": ({"mentors": [{"id": "m1", "skills": [{"topic": "ai", "source": "rumour"}]}], "teams": [{"id": "t1"}]}, "mentors[m1].skills", "rumour"),
    "level": ({"mentors": [{"id": "m1", "skills": [{"topic": "ai", "level": 9}]}], "teams": [{"id": "t1"}]}, "mentors[m1].skills", "9"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_a_sentence_that_names_the_row(run, name):
    change, row, word = BAD[name]
    result = run({**PROBLEM, **change}, "--json")
    assert result.exit_code == 2
    errors = json.loads(result.output)["errors"]
    assert any(e["row"] == row and word in e["message"] and e["message"].startswith(row) for e in errors), (
        errors
    )


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "null", "", "[" * 100_000, '{"salt": ' + "9" * 5000 + "}", '{"salt": "a", "salt": "b"}'],
)
def test_what_is_no_problem_is_refused(run, text):
    result = run(text, "--json")
    assert result.exit_code == 2
    assert json.loads(result.output)["errors"]


def test_whole_numbers_are_taken_as_ids_and_a_byte_order_mark_is_no_fault(run):
    plain = {"mentors": [{"id": 1}], "teams": [{"id": 7, "wishes": [1]}], "locks": [{"team": 7, "mentor": 1}]}
    answer = json.loads(run("\ufeff" + json.dumps(plain), "--json").output)
    assert [(p["team"], p["mentor"], p["locked"]) for p in answer["pairs"]] == [("7", "1", True)]


def test_plain_output_says_why_a_place_stays_empty(run):
    output = run(PROBLEM).output
    assert "t1\tany\tm2" in output
    assert "không có ngôn ngữ chung" in output


def test_an_empty_place_says_who_sits_in_the_team_already_or_has_no_score(run):
    mentors = [{"id": "m1", "max_teams": 3}, {"id": "m2", "max_teams": 3}]
    teams = [{"id": "t1", "places": [{}, {}, {}]}, {"id": "t2"}]
    problem = {
        "mentors": mentors,
        "teams": teams,
        "scores": [[9, None], [None, 3]],
        "settings": {"min_score": 5},
    }
    first, second, third = json.loads(run(problem, "--json").output)["empty"]
    assert first == second
    assert (first["team"], first["refused"]) == ("t1", {"in_team": 1, "not_considered": 1})
    assert (third["team"], third["refused"]) == ("t2", {"min_score": 1, "not_considered": 1})
    assert (
        "Không cố vấn nào ghép được: 1 người đã ở vị trí khác của đội, 1 người không xét ghép."
        in run(problem).output
    )


def test_a_key_that_stands_twice_is_found_where_it_stands(run):
    text = '{"mentors": [{"id": "a"}, {"id": "b", "id": "c"}], "teams": [{"id": "t", "wishes": [], "wishes": []}]}'
    errors = json.loads(run(text, "--json").output)["errors"]
    assert [e["row"] for e in errors] == ["mentors[1].id", "teams[0].wishes"]


def test_the_waiver_that_is_proposed_is_for_a_mentor_with_room(run):
    problem = {
        "mentors": [{"id": "full", "organisations": ["o"]}, {"id": "free", "organisations": ["o"]}],
        "teams": [{"id": "t1"}, {"id": "t2", "organisations": ["o"]}],
        "scores": [[900, None], [800, 300]],
    }
    (vacant,) = json.loads(run(problem, "--json").output)["empty"]
    assert [(r["code"], r["mentor"], r["score"]) for r in vacant["remedies"]][0] == ("waive", "free", 300)


#: At its third stage HiGHS breaks off (its floating point meets a row of whole numbers) and prints a line of its own.
BREAKS_OFF = {
    "salt": "0.6018050377066152",
    "mentors": [{"id": "m0", "max_teams": 3, "max_hours": 6}, {"id": "m1", "max_hours": 10}, {"id": "m2"}],
    "teams": [
        {"id": "t0", "priority": 1, "places": [{"hours": 2}, {"hours": 2}]},
        {"id": "t1", "priority": 1, "places": [{"hours": 2}, {"hours": 0}]},
        {"id": "t2", "priority": 2, "places": [{"hours": 3}, {"hours": 0}]},
    ],
    "scores": [[488, 3, 506], [610, 512, 324], [462, 162, 708]],
    "settings": {"keep_bonus": 0},
    "keep": [{"team": "t0", "mentor": "m2"}, {"team": "t1", "mentor": "m1"}],
}


def test_where_one_solver_breaks_off_the_other_proves_the_answer(run, capfd):
    answer = json.loads(run(BREAKS_OFF, "--json").stdout)
    assert answer["floor"] == 462
    assert answer["optimality"]["proved"], answer["optimality"]["stages"]
    assert capfd.readouterr().out == ""


def test_a_solver_that_breaks_off_is_followed_by_the_other(monkeypatch):
    import numpy as np
    import scipy.optimize

    from incubator.mentoring.matching.rows import Rows, by_relaxing

    broken = scipy.optimize.OptimizeResult(status=4, x=None)
    monkeypatch.setattr(scipy.optimize, "milp", lambda *args, **values: broken)
    rows = Rows(3)
    rows.add((0, 1, 2), None, None, 2)
    solved = by_relaxing(rows, np.array([3, 2, 1]), 10)
    assert (solved.taken.tolist(), solved.bound, solved.proved) == ([True, True, False], 5, True)
