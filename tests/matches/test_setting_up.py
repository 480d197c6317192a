"""From a stage without a tournament to one with courts, cut and its own game, all on the screen."""

from __future__ import annotations

import pytest

from incubator.matches.queries.board import load_board
from incubator.matches.queries.setting_up import next_steps
from incubator.matches.services import planning, running
from incubator.models import Game, StageKind, StageState, Tournament
from tests import factories as shared
from tests.matches.factories import AT, begin, make_tournament
from tests.matches.test_pages import get


@pytest.fixture
def scene(session):
    return make_tournament(4, 1, per_group=2)


def test_tournament_is_made_for_a_stage_and_its_stage_opened(scene, session, sign_in):
    division = shared.make_division(scene.edition)
    stage = shared.make_stage(scene.edition, kind=StageKind.MATCHES)
    part = shared.make_stage_division(stage, division, state=StageState.PLANNED)
    entry = shared.make_entry(division, shared.make_organisation("Trường A"), members=0, team="Đội A")
    browser = sign_in(scene.secretary)
    page = browser.get("/matches/new").text
    assert division.name in page
    data = {"part": part.id, "game": "missions-6x15", "courts": "2", "per_group": "1", "bracket": "crossover"}
    refused = browser.post("/matches/new", data=data)
    assert (refused.status_code, "không hợp" in refused.text) == (422, True)
    data |= {"game": "abu-2025", "third_place": "1"}
    assert browser.post("/matches/new", data=data).status_code == 303
    row = session.query(Tournament).filter_by(stage_division_id=part.id).one()
    assert (len(row.court_ids), row.cut) == (2, {"per_group": 1, "bracket": "crossover", "third_place": True})
    assert "Vòng thi chưa mở" in browser.get(f"/matches/{row.slug}/settings").text
    assert browser.post(f"/matches/{row.slug}/open").status_code == 303
    assert [side.entry_id for side in load_board(row.id).sides.values()] == [entry.id]


def test_settings_stay_once_there_is_a_schedule(scene, session, sign_in):
    browser = sign_in(scene.secretary)
    url = f"/matches/{scene.tournament.slug}/settings"
    data = {"courts": "1", "per_group": "2", "freeze_scores": "1"}
    assert browser.post(url, data=data).status_code == 303
    refused = browser.post(url, data={**data, "courts": "3"})
    assert (refused.status_code, "Đã có lịch trận" in refused.text) == (422, True)
    assert browser.get(url).status_code == 200


def form_of(page):
    """What a browser would send back unchanged."""
    from html.parser import HTMLParser

    found: dict[str, str] = {}

    class Reader(HTMLParser):
        select = ""

        def handle_starttag(self, tag, attrs):
            a = dict(attrs)
            if tag == "input" and a.get("name"):
                if a.get("type") != "checkbox" or "checked" in a:
                    found[a["name"]] = a.get("value") or ""
            elif tag == "select":
                self.select = a["name"]
                found.setdefault(self.select, "")
            elif tag == "option" and "selected" in a:
                found[self.select] = a["value"] or ""

    Reader().feed(page)
    return {key: value for key, value in found.items() if key not in ("csrf_token", "template", "q")}


@pytest.mark.parametrize("template", ["abu-2025", "robocon-vn-2026", "fifa-2022", "fifa-2026", "simple-310"])
def test_template_loaded_and_saved_is_the_same_game(scene, session, sign_in, template):
    from incubator.matches.game_json import to_json
    from incubator.matches.presets import PRESETS

    browser = sign_in(scene.secretary)
    url = f"/matches/{scene.tournament.slug}/game"
    typed = form_of(browser.get(f"{url}?template={template}").text)
    assert browser.post(url, data=typed).status_code == 303
    own = load_board(scene.tournament.id).tournament.game
    assert own.code != template
    assert {**own.definition, "code": template} == to_json(PRESETS[template])
    assert session.query(Game).filter_by(code=own.code).one().version == 1


def test_game_is_changed_for_this_edition_only_and_not_once_played(scene, session, sign_in):
    browser = sign_in(scene.secretary)
    url = f"/matches/{scene.tournament.slug}/game"
    typed = form_of(browser.get(url).text)
    refused = browser.post(url, data={**typed, "action-0-points": "nhiều"})
    assert (refused.status_code, "không phải số nguyên" in refused.text, "nhiều" in refused.text) == (
        422,
        True,
        True,
    )
    assert browser.post(url, data={**typed, "action-0-points": "4"}).status_code == 303
    board = load_board(scene.tournament.id)
    assert board.game.actions[0].points == 4
    assert session.query(Game).filter_by(code="abu-2025").one().definition["actions"][0]["points"] == 2
    begin(scene, "A1", (0, "two"))
    refused = browser.post(url, data={**typed, "action-0-points": "5"})
    assert (refused.status_code, "Đã có trận được gọi" in refused.text) == (422, True)
    assert load_board(scene.tournament.id).game.actions[0].points == 4


def test_desk_leads_to_the_first_match_step_by_step(session, sign_in):
    scene = make_tournament(4, 0, per_group=2)
    scene.edition.announced_at = None
    scene.tournament.stage_division.state = StageState.PLANNED
    session.flush()
    board = load_board(scene.tournament.id)
    ends = [endpoint for _words, endpoint in next_steps(board)]
    assert ends == ["matches.settings", "matches_plan.draw", "matches_plan.schedule", ""]
    assert (
        "Mở vòng thi để chốt danh sách đội."
        in get(sign_in(scene.secretary), f"/matches/{scene.tournament.slug}/").text
    )
    ready = make_tournament(4, 1, per_group=2)
    assert next_steps(load_board(ready.tournament.id)) == []


def test_group_that_was_only_drawn_is_not_official(session, client):
    scene = make_tournament(4, 1, per_group=2)
    planning.clear_schedule(scene.tournament.id, actor=scene.actors["secretary"], at=AT)
    page = get(client, f"/vi/matches/{scene.tournament.slug}/").text
    assert "Tạm tính, 0/6 trận" in page
    assert "đúng giờ" not in page
    assert not load_board(scene.tournament.id).open_ties()


def test_plan_is_shown_again_as_it_was_made(session, sign_in):
    scene = make_tournament(4, 1, per_group=2)
    browser, address = sign_in(scene.secretary), f"/matches/{scene.tournament.slug}/schedule"
    data = {"day": "27/11/2026", "days": "2", "morning": "7h30 – 11h", "afternoon": "", "latest": "9:15", "slot": "10",
            "rest": "12", "seconds": "0"}  # fmt: skip
    assert browser.post(address, data=data).status_code == 303
    page = get(browser, address).text
    for value in ("07:30-11:00", "09:15", "27/11/2026", "10", "12", "2"):
        assert f'value="{value}"' in page
    assert "Ghi giờ theo dạng 07:30." in browser.post(address, data=data | {"latest": "25:00"}).text
    assert "Ghi khung giờ theo dạng" in browser.post(address, data=data | {"morning": "sáng"}).text
    late = data | {"days": "1", "latest": "8h"}
    assert "trận không xếp được" in browser.post(address, data=late).text


def test_game_of_runs_is_changed_until_the_first_run(session, sign_in):
    from incubator.matches.game_json import to_json
    from incubator.matches.presets import MISSIONS

    scene = make_tournament(2, 0, game=MISSIONS, advance=1)
    browser, url = sign_in(scene.secretary), f"/matches/{scene.tournament.slug}/game"
    typed = form_of(browser.get(url).text)
    assert browser.post(url, data=typed).status_code == 303
    own = load_board(scene.tournament.id).tournament.game.definition
    assert {**own, "code": MISSIONS.code} == to_json(MISSIONS)
    assert browser.post(url, data={**typed, "attempts": "3", "aggregate": "sum"}).status_code == 303
    board = load_board(scene.tournament.id)
    assert (board.game.runs.attempts, board.game.runs.aggregate) == (3, "sum")
    running.record_run(
        next(iter(board.sides)), 1, {}, None, client_id="r", actor=scene.actors["referee"], at=AT
    )
    assert "Đã có lượt thi nhập theo luật này" in browser.get(url).text
    assert browser.post(url, data=typed).status_code == 422


@pytest.mark.parametrize(
    ("step", "data", "page", "words"),
    [
        ("draw/void", {"reason": "Nhầm"}, "draw", "Đã có lịch trận"),
        ("draw/next", {}, "draw", "đã kết thúc"),
        ("schedule/late", {"court": "0", "minutes": "5"}, "schedule", "không thuộc giải đấu"),
        ("close", {}, "standings", "Còn 6 trận chưa có kết quả chính thức"),
    ],
)
def test_a_refused_step_is_said_on_its_page(scene, sign_in, step, data, page, words):
    browser, base = sign_in(scene.secretary), f"/matches/{scene.tournament.slug}"
    answer = browser.post(f"{base}/{step}", data=data, follow_redirects=True)
    assert (answer.request.path, answer.status_code) == (f"{base}/{page}", 200)
    assert words in answer.text
