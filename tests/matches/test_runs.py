"""Mission runs: points and time of one, the choices of aggregation, ranks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask_babel import force_locale
from hypothesis import given
from hypothesis import strategies as st

from incubator.core.errors import Invalid
from incubator.matches import run_time
from incubator.matches.forms import run_form
from incubator.matches.presets import MISSIONS
from incubator.matches.queries.board import load_board
from incubator.matches.refusals import RuleError
from incubator.matches.runs import AGGREGATES, RunScore, ranking, score
from incubator.matches.services import running
from tests.matches.factories import AT, make_tournament

RULE = MISSIONS.runs
DONE = {f"m{n}": 1 for n in range(1, 7)}


def rows(runs, aggregate="best", **kw):
    return [(row.rank, row.team) for row in ranking(runs, replace(RULE, aggregate=aggregate), **kw)]


def run(total, time=None, attempt=1, **kw):
    return RunScore(attempt, total, time, **kw)


def test_all_missions_and_half_the_time_give_ninety_five():
    assert score(MISSIONS, DONE, 150_000).total == 95


def test_time_counts_only_for_a_run_with_every_mission():
    assert score(MISSIONS, {**DONE, "m6": 0}, 1000).total == 75


@pytest.mark.parametrize(
    ("values", "time", "code"),
    [
        ({"m1": 2}, None, "count_impossible"),
        ({"m1": -1}, None, "count_impossible"),
        ({"m9": 1}, None, "unknown_action"),
        ({"m1": 1}, 300_001, "time_impossible"),
    ],
)
def test_impossible_values_are_refused(values, time, code):
    with pytest.raises(RuleError, match=code):
        score(MISSIONS, values, time)


def test_each_way_to_aggregate():
    runs = {
        "A": [run(90, 100), run(10, 100, 2)],
        "B": [run(60, 90), run(60, 90, 2)],
        "C": [run(80, 50), run(70, 50, 2)],
    }
    assert rows(runs, "best") == [(1, "A"), (2, "C"), (3, "B")]
    assert rows(runs, "sum") == [(1, "C"), (2, "B"), (3, "A")]
    assert rows(runs, "average") == [(1, "C"), (2, "B"), (3, "A")]
    assert rows(runs, "last") == [(1, "C"), (2, "B"), (3, "A")]


def test_best_then_second_best_then_time():
    runs = {
        "A": [run(90, 200), run(50, 100, 2)],
        "B": [run(90, 250), run(60, 100, 2)],
        "C": [run(90, 150), run(50, 100, 2)],
        "D": [run(90, 10)],
    }
    assert rows(runs, "best_second_time") == [(1, "B"), (2, "C"), (3, "A"), (4, "D")]


def test_no_show_is_worth_nothing_and_halves_the_mean():
    runs = {"A": [run(80), run(0, None, 2, no_show=True)], "B": [run(50), run(50, None, 2)]}
    assert rows(runs, "average") == [(1, "B"), (2, "A")]
    assert rows({"A": [run(0, no_show=True)], "B": [run(0, 300_000)]}) == [(1, "B"), (2, "A")]


def test_replaced_run_does_not_count():
    assert rows({"A": [run(90, replaced=True), run(20)], "B": [run(30)]}) == [(1, "B"), (2, "A")]


def test_level_teams_share_a_rank_until_decided_and_who_has_not_run_has_none():
    runs = {"A": [run(50, 100)], "B": [run(50, 100)], "C": []}
    assert rows(runs) == [(1, "A"), (1, "B"), (None, "C")]
    assert rows(runs, decisions=[("B", "A")]) == [(1, "B"), (2, "A"), (None, "C")]


one = st.builds(RunScore, st.just(1), st.integers(0, 5), st.none() | st.integers(1, 5), st.booleans())


@given(st.dictionaries(st.sampled_from("ABCDE"), st.lists(one, max_size=3)), st.sampled_from(AGGREGATES))
def test_order_of_teams_never_changes_the_ranking(runs, aggregate):
    turned = dict(reversed(runs.items()))
    assert rows(runs, aggregate) == rows(turned, aggregate)


@given(
    st.dictionaries(st.sampled_from("ABC"), st.lists(one, min_size=1, max_size=2), min_size=1),
    st.sampled_from(["best", "sum", "average", "best_second_time"]),
    st.data(),
)
def test_more_points_never_lower_a_team(runs, aggregate, data):
    team = data.draw(st.sampled_from(sorted(runs)))
    better = {**runs, team: [replace(r, total=r.total + 1) if not r.no_show else r for r in runs[team]]}
    before = {t: rank for rank, t in rows(runs, aggregate)}
    after = {t: rank for rank, t in rows(better, aggregate)}
    assert after[team] <= before[team]


def test_unknown_way_is_refused():
    with pytest.raises(RuleError, match="unknown_aggregate"):
        rows({}, "worst")


@pytest.mark.parametrize(
    ("aggregate", "shown"), [("best", "90"), ("sum", "130"), ("average", "43,33"), ("last", "40")]
)
def test_ranking_on_the_page_shows_figures_as_people_write_them(session, client, sign_in, aggregate, shown):
    rule = replace(MISSIONS.runs, attempts=3, aggregate=aggregate, time_bonus=None)
    tasks = (replace(MISSIONS.actions[0], points=10, most=9),)
    game = replace(MISSIONS, code=f"runs-{aggregate}", actions=tasks, runs=rule)
    scene = make_tournament(2, 0, game=game, advance=1)
    side = next(iter(load_board(scene.tournament.id).sides))
    for attempt, count in ((1, 9), (2, 0), (3, 4)):
        running.record_run(
            side, attempt, {tasks[0].code: count}, None, client_id=f"r{attempt}", actor=scene.actors["referee"], at=AT
        )  # fmt: skip
    public = client.get(f"/vi/matches/{scene.tournament.slug}/").text
    assert f'<td class="n">{shown}</td>' in public
    assert "Lịch trận" not in public
    desk = sign_in(scene.secretary).get(f"/matches/{scene.tournament.slug}/runs").text
    assert f">{shown}</td>" in desk


def test_closing_with_runs_that_were_not_entered_says_so(session, sign_in):
    scene = make_tournament(2, 0, game=MISSIONS, advance=1)
    side = next(iter(load_board(scene.tournament.id).sides))
    run = running.record_run(side, 1, {}, None, client_id="r", actor=scene.actors["referee"], at=AT)
    running.confirm_run(run.id, actor=scene.actors["head"], at=AT)
    left = 2 * MISSIONS.runs.attempts - 1
    browser, address = sign_in(scene.secretary), f"/matches/{scene.tournament.slug}/runs"
    page = browser.get(address).text
    assert f"Còn {left} lượt thi chưa nhập" in page
    assert ("Nhập</a>" in page, "Cho thi lại" in page) == (True, True)
    assert browser.post(f"{address}/close", data={"confirmed": "1"}).status_code == 303
    page = browser.get(address).text
    assert ("Nhập</a>" in page, "Cho thi lại" in page) == (False, False)


def test_the_table_of_runs_stands_where_they_are_entered(session, sign_in):
    scene = make_tournament(2, 0, game=MISSIONS, advance=1)
    answer = sign_in(scene.secretary).get(f"/matches/{scene.tournament.slug}/standings")
    assert (answer.status_code, answer.location) == (303, f"/matches/{scene.tournament.slug}/runs")


def test_who_entered_a_run_is_offered_no_check_and_its_time_is_exact(session, client, sign_in):
    scene = make_tournament(2, 0, game=MISSIONS, advance=1)
    side = next(iter(load_board(scene.tournament.id).sides))
    running.record_run(side, 1, DONE, 130_500, client_id="r", actor=scene.actors["referee"], at=AT)
    address = f"/matches/{scene.tournament.slug}/runs"
    for who, offered in ((scene.referee, False), (scene.second, True), (scene.secretary, True)):
        page = sign_in(who).get(address).text
        assert ("Đúng với phiếu" in page) is offered
        assert "2:10,5" in page
    public = address.removesuffix("/runs") + "/"
    assert "2:10,5" in client.get(f"/vi{public}").text
    assert "2:10.5" in client.get(f"/en{public}").text


def test_times_of_runs_have_decimals_down_the_column(app):
    with app.test_request_context("/vi/"):
        assert [run_time(ms) for ms in (97_000, 130_500, 130_125)] == ["1:37,0", "2:10,5", "2:10,125"]


def test_missions_and_their_refusals_are_said_in_the_readers_language(app, session):
    scene = make_tournament(2, 0, game=MISSIONS, advance=1)
    side = next(iter(load_board(scene.tournament.id).sides))
    with app.test_request_context("/en/"), force_locale("en"):
        assert run_form(MISSIONS)()["a_m1"].label.text == "Mission 1"
        with pytest.raises(Invalid, match="Mission 1"):
            running.record_run(side, 1, {"m1": 9}, None, client_id="r", actor=scene.actors["referee"], at=AT)
