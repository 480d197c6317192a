"""Odd cases as people see them: what the second person reads, what a leaving team does to pages, what is refused where."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from incubator.core import clock
from incubator.core.db import db
from incubator.core.errors import Conflict
from incubator.matches import papers
from incubator.matches.live import parts
from incubator.matches.outcomes import Presence, Ruling
from incubator.matches.presets import BASKETBALL
from incubator.matches.queries.board import load_board
from incubator.matches.queries.history import history_of
from incubator.matches.queries.placings import placings
from incubator.matches.queries.views import bracket_view, match_view, table_view, verdict
from incubator.matches.scoresheet import Tally
from incubator.matches.services import calling, leaving, moving, results, rulings
from incubator.models import (
    AuditEvent,
    Entry,
    EntryState,
    HallMode,
    HallScreen,
    MatchState,
    Occupancy,
    StagePresence,
)
from tests.matches.factories import AT, begin, enter, make_tournament
from tests.matches.test_pages import get
from tests.matches.test_services import play_group
from tests.reader import words


def finals(**more):
    scene = make_tournament(8, 2, per_group=2, bracket="crossover", **more)
    for group in load_board(scene.tournament.id).groups:
        play_group(scene, group)
    return scene


def leave(scene, side, presence=StagePresence.WITHDRAWN):
    leaving.remove_team(side, presence, "Robot hỏng", actor=scene.actors["secretary"], at=AT)


def entered(scene, **facts):
    match = begin(scene, "A1")
    return results.propose_result(match.id, results.Entered(**facts), actor=scene.actors["referee"], at=AT)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"scores": (7, 3)}, "ĐỎ thắng · thắng điểm"),
        ({"presences": (Presence.ABSENT, Presence.PRESENT)}, "XANH thắng · đối thủ vắng mặt · ĐỎ: vắng mặt"),
        ({"presences": (Presence.ABSENT, Presence.DISQUALIFIED)},
         "cả hai đội thua · ĐỎ: vắng mặt · XANH: bị truất quyền thi đấu"),
        ({"scores": (4, 4), "ruling": Ruling("jury", 1), "votes": {"text": "2–1"}}, "XANH thắng · trọng tài quyết định 2–1"),
        ({"scores": (4, 4), "ruling": Ruling(penalty=(3, 2))}, "ĐỎ thắng · thắng luân lưu 3–2"),
    ],
)  # fmt: skip
def test_second_person_reads_what_is_confirmed(session, sign_in, facts, words):
    scene = make_tournament(4, 1, per_group=2)
    version = entered(scene, **facts)
    assert verdict(version) == words
    for account, url in (
        (scene.head, f"/matches/phone/{version.match_id}/review"),
        (scene.secretary, f"/matches/{scene.tournament.slug}/m/A1"),
    ):
        assert words in get(sign_in(account), url).text


def facts_of(scene, code):
    board = load_board(scene.tournament.id)
    row = board.by_code[code]
    sheet = papers.match_report(board, match_view(board, row), history_of(row.id))
    facts = [row for block in sheet["blocks"] if block["type"] == "facts" for row in block["rows"]]
    return dict(facts), [
        line for block in sheet["blocks"] if block["type"] == "list" for line in block["items"]
    ]


def test_report_prints_the_result_that_stands(session):
    scene = make_tournament(4, 1, per_group=2)
    version = entered(scene, presences=(Presence.ABSENT, Presence.PRESENT))
    facts, _lines = facts_of(scene, "A1")
    assert (facts["Kết quả"], facts["Người xác nhận"]) == (
        "XANH thắng · đối thủ vắng mặt · ĐỎ: vắng mặt", "chưa xác nhận",
    )  # fmt: skip
    results.return_result(version.match_id, "Ghi nhầm", actor=scene.actors["head"], at=AT)
    assert "Kết quả" not in facts_of(scene, "A1")[0]
    again = results.Entered(scores=(4, 2))
    results.propose_result(version.match_id, again, actor=scene.actors["referee"], at=AT)
    results.confirm_result(version.match_id, actor=scene.actors["head"], at=AT)
    rulings.raise_protest(version.match_id, "Thiếu điểm", None, actor=scene.actors["head"], at=AT)
    facts, lines = facts_of(scene, "A1")
    assert facts["Tỉ số"] == "4–2"
    assert lines == ["Khiếu nại: Thiếu điểm. Kết luận: đang chờ"]


def test_who_entered_a_result_is_offered_no_confirmation(session, sign_in):
    scene = make_tournament(4, 1, per_group=2)
    match = begin(scene, "A1")
    results.propose_result(match.id, results.Entered(scores=(7, 3)), actor=scene.actors["secretary"], at=AT)
    url = f"/matches/{scene.tournament.slug}/m/A1"
    assert "/confirm" not in get(sign_in(scene.secretary), url).text
    assert "/confirm" in get(sign_in(scene.head), url).text


def test_refused_step_keeps_the_match_on_the_screen(session, sign_in):
    scene = make_tournament(4, 1, per_group=2)
    begin(scene, "A1")
    answer = sign_in(scene.secretary).post(f"/matches/{scene.tournament.slug}/m/A2/call")
    assert answer.status_code == 409
    assert "Sân đang có trận A1" in answer.text
    assert "Bảng A, trận 2" in answer.text


def test_correction_begins_with_what_stands(session, sign_in):
    scene = make_tournament(4, 1, per_group=2)
    version = entered(scene, scores=(0, 8), presences=(Presence.NOT_FINISHED, Presence.PRESENT))
    results.confirm_result(version.match_id, actor=scene.actors["head"], at=AT)
    page = get(sign_in(scene.secretary), f"/matches/{scene.tournament.slug}/m/A1").text
    assert '<option selected value="not_finished">' in page
    assert 'value="8"' in page


def test_team_that_leaves_after_its_group_keeps_what_it_reached(session):
    scene = finals()
    board = load_board(scene.tournament.id)
    before = {group.id: board.tables[group.id].at(2) for group in board.groups}
    first = board.tables[board.groups[0].id].at(1)
    leave(scene, first, StagePresence.DISQUALIFIED)
    board = load_board(scene.tournament.id)
    assert {group.id: board.tables[group.id].at(2) for group in board.groups} == before
    assert first not in board.teams(board.by_code["SF1"])


@pytest.mark.parametrize(
    ("way", "note", "under"),
    [
        ("annul", "trận không tính", "mọi trận của đội trong bảng không tính"),
        ("forfeit", "đối thủ được xử thắng", "các trận còn lại đối thủ được xử thắng"),
        ("keep", "không đấu", "các trận đã đấu vẫn tính"),
    ],
)
def test_pages_say_what_a_leaving_team_does(session, client, way, note, under):
    scene = make_tournament(4, 1, game=replace(BASKETBALL, code=f"game-{way}", withdrawn=way), per_group=2)
    enter(scene, "A1", 7, 3)
    board = load_board(scene.tournament.id)
    gone = board.by_code["A1"].red_id
    leave(scene, gone)
    board = load_board(scene.tournament.id)
    later = next(m for m in board.matches if gone in (m.red_id, m.blue_id) and m.code != "A1")
    view = match_view(board, later)
    assert view.state == MatchState.CANCELLED
    assert note in view.note
    assert (match_view(board, board.by_code["A1"]).note != "") is (way == "annul")
    assert not any(row.chance for row in table_view(board, board.groups[0]).rows if row.side_id == gone)
    assert under in " ".join(table_view(board, board.groups[0]).notes)
    page = get(client, f"/vi/matches/{scene.tournament.slug}/schedule").text
    assert "đã rút khỏi giải" in page
    with pytest.raises(Conflict):
        calling.call_match(later.id, actor=scene.actors["head"], at=AT)


def test_team_that_left_goes_on_to_no_later_stage(session):
    scene = make_tournament(4, 1, game=replace(BASKETBALL, code="game-on", withdrawn="keep"), per_group=2)
    board = load_board(scene.tournament.id)
    play_group(scene, board.groups[0])
    board = load_board(scene.tournament.id)
    winner, second = (board.tables[board.groups[0].id].at(n) for n in (1, 2))
    leave(scene, winner)
    found = placings(load_board(scene.tournament.id))
    assert not found[winner].advanced
    assert found[second].advanced


def test_surrogate_is_refused_once_a_later_match_was_called(session):
    scene = finals()
    calling.call_match(scene.match("SF1").id, actor=scene.actors["head"], at=AT)
    with pytest.raises(Conflict, match="BK1"):
        rulings.set_surrogate(scene.match("A1").id, False, actor=scene.actors["head"], at=AT)


@pytest.mark.parametrize(("way", "state"), [("keep", MatchState.CALLED), ("replay", MatchState.SCHEDULED)])
def test_replay_after_a_later_match_was_called_asks_the_head(session, way, state):
    scene = finals()
    enter(scene, "SF1", 5, 1)
    enter(scene, "SF2", 5, 1)
    calling.call_match(scene.match("F").id, actor=scene.actors["head"], at=AT)
    match, head = scene.match("SF1"), scene.actors["head"]
    with pytest.raises(Conflict):
        calling.order_replay(match.id, "Mất điện", actor=head, at=AT)
    calling.order_replay(match.id, "Mất điện", actor=head, at=AT, dependents=way)
    assert scene.match("F").state is state
    assert scene.match("SF1").state is MatchState.CALLED


def test_match_that_went_back_to_the_schedule_is_called_and_played_again(session):
    scene = finals()
    enter(scene, "SF1", 5, 1)
    enter(scene, "SF2", 5, 1)
    enter(scene, "F", 5, 1)
    fixed = results.Entered(scores=(1, 5), note="Ghi nhầm bên")
    results.correct_result(scene.match("SF1").id, fixed, actor=scene.actors["head"], at=AT)
    results.confirm_result(scene.match("SF1").id, actor=scene.actors["secretary"], at=AT, dependents="replay")
    match = calling.call_match(scene.match("F").id, actor=scene.actors["head"], at=AT)
    assert match.red_id == scene.match("SF1").blue_id
    again = results.Entered(scores=(3, 2))
    results.propose_result(match.id, again, actor=scene.actors["referee"], at=AT)
    results.confirm_result(match.id, actor=scene.actors["head"], at=AT)
    plays = history_of(match.id).plays
    assert [(play.number, play.voided_at is None) for play in plays] == [(1, False), (2, True)]


def test_unsettled_ranks_are_said_on_the_public_page(session, client):
    scene = make_tournament(4, 1, per_group=2)
    for code in ("A1", "A2", "A3", "A4", "A5", "A6"):
        match = begin(scene, code)
        both = results.Entered(presences=(Presence.ABSENT, Presence.ABSENT))
        results.propose_result(match.id, both, actor=scene.actors["referee"], at=AT)
        results.confirm_result(match.id, actor=scene.actors["head"], at=AT)
    assert "Hạng 1–4 chờ phân định." in get(client, f"/vi/matches/{scene.tournament.slug}/").text


def show(scene, client, mode):
    screen = db.session.scalar(sa.select(HallScreen).where(HallScreen.tournament_id == scene.tournament.id))
    screen.mode = mode
    scene.tournament.version += 1
    db.session.flush()
    parts.forget()
    return get(client, f"/vi/matches/{scene.tournament.slug}/part/hall-{screen.id}").text


def test_place_left_empty_by_both_sends_the_opponent_on_without_play(session, client):
    scene = finals()
    match = begin(scene, "SF1")
    both = results.Entered(presences=(Presence.ABSENT, Presence.DISQUALIFIED))
    results.propose_result(match.id, both, actor=scene.actors["referee"], at=AT)
    results.confirm_result(match.id, actor=scene.actors["head"], at=AT)
    enter(scene, "SF2", 5, 1)
    board = load_board(scene.tournament.id)
    view = match_view(board, board.by_code["F"])
    assert (view.state, view.red.team, view.blue.won) == (MatchState.CANCELLED, "Trống", True)
    assert "Không phải đấu" in get(client, f"/vi/matches/{scene.tournament.slug}/schedule").text
    assert "Trống" not in show(scene, client, HallMode.NEXT)
    bracket = bracket_view(board)
    assert [place for _medal, place, _side in bracket.podium] == ["Vô địch", "Hạng ba"]


def test_result_screen_shows_the_last_result_and_the_next_screen_what_comes(session, client):
    scene = make_tournament(4, 1, per_group=2)
    enter(scene, "A1", 31, 7)
    assert "Bảng A, trận 1" in show(scene, client, HallMode.RESULT)
    assert "31" in show(scene, client, HallMode.RESULT)
    assert "Bảng A, trận 2" in show(scene, client, HallMode.NEXT)


def test_court_whose_next_match_should_have_begun_is_late(session, client, sign_in):
    scene = make_tournament(4, 1, per_group=2)
    with clock.frozen(scene.match("A1").starts_at + timedelta(minutes=9)):
        assert "Sân 1 chậm 9 phút" in words(get(client, f"/vi/matches/{scene.tournament.slug}/").text)
        desk = get(sign_in(scene.secretary), f"/matches/{scene.tournament.slug}/").text
        assert "lẽ ra đã bắt đầu 9 phút trước" in desk
        moving.shift_court(
            scene.tournament.id,
            scene.tournament.court_ids[0],
            5,
            actor=scene.actors["secretary"],
            at=clock.now(),
        )
        assert "Sân 1 chậm 9 phút" in words(get(client, f"/vi/matches/{scene.tournament.slug}/").text)
        assert "lẽ ra" not in get(sign_in(scene.secretary), f"/matches/{scene.tournament.slug}/").text


def test_nothing_is_hidden_before_a_match_has_ended(session, client):
    scene = make_tournament(4, 1, per_group=2)
    scene.tournament.freeze_scores = True
    calling.call_match(scene.match("A1").id, actor=scene.actors["head"], at=AT)
    board = load_board(scene.tournament.id)
    assert not match_view(board, board.by_code["A1"], Tally()).frozen


def test_more_than_four_groups_take_turns_on_the_hall_screen(session, client):
    scene = make_tournament(15, 5, per_group=1)
    page = show(scene, client, HallMode.TABLE)
    assert page.count('data-page="0"') == 4
    assert page.count('data-page="1" hidden') == 1


def test_courts_and_codes_are_said_in_the_readers_language(session, client, sign_in):
    scene = finals()
    slug = scene.tournament.slug
    assert "Court 1" in get(client, f"/en/matches/{slug}/schedule").text
    assert ">BK1</option>" in get(sign_in(scene.secretary), f"/matches/{slug}/schedule").text


def bring_back(scene, side, at=AT):
    return leaving.return_team(side, "Ghi nhầm đội", actor=scene.actors["secretary"], at=at)


def courts_held(scene):
    """Matches that hold a court in the shared calendar."""
    rows = sa.select(Occupancy.owner_id).where(
        Occupancy.owner_kind == "match", Occupancy.state == "confirmed"
    )
    ids = set(db.session.scalars(rows))
    return {match.code for match in load_board(scene.tournament.id).matches if match.id in ids}


@pytest.mark.parametrize("way", ["annul", "forfeit", "keep"])
def test_team_that_was_recorded_by_mistake_comes_back_as_it_stood(session, client, way):
    scene = make_tournament(4, 1, game=replace(BASKETBALL, code=f"back-{way}", withdrawn=way), per_group=2)
    enter(scene, "A3", 1, 2)  # out of turn: that shifts nothing
    enter(scene, "A1", 7, 3)
    before = load_board(scene.tournament.id)
    rows, held = table_view(before, before.groups[0]).rows, courts_held(scene)
    times = {match.code: match.starts_at for match in before.matches}
    side = before.by_code["A1"].red_id
    leave(scene, side)
    assert courts_held(scene) != held
    done = bring_back(scene, side)
    assert (len(done.restored), done.shifted) == (1, [])
    board = load_board(scene.tournament.id)
    assert table_view(board, board.groups[0]).rows == rows
    assert courts_held(scene) == held
    assert {match.code: match.starts_at for match in board.matches} == times
    assert "đã rút" not in get(client, f"/vi/matches/{scene.tournament.slug}/schedule").text
    assert trail("matches.team.return") == ["Ghi nhầm đội"]
    with pytest.raises(Conflict, match="vẫn đang thi đấu"):
        bring_back(scene, side)


def trail(verb):
    return list(db.session.scalars(sa.select(AuditEvent.reason).where(AuditEvent.verb == verb)))


def test_match_between_two_that_left_waits_for_both(session):
    scene = make_tournament(4, 1, per_group=2)
    one, two = scene.match("A1").red_id, scene.match("A1").blue_id
    leave(scene, one)
    leave(scene, two)
    assert "A1" not in {match.code for match in bring_back(scene, one).restored}
    assert "A1" in {match.code for match in bring_back(scene, two).restored}


def test_match_whose_time_is_over_comes_after_the_group_and_shifts_what_follows(session):
    scene = make_tournament(8, 2, per_group=2, bracket="crossover")
    first = scene.match("A1")
    leave(scene, first.red_id)
    noon = max(m.ends_at for m in load_board(scene.tournament.id).matches if m.group_id)
    done = bring_back(scene, scene.match("A1").red_id, at=noon)
    board = load_board(scene.tournament.id)
    assert {match.code for match in done.shifted} >= {"SF1", "F"}
    assert min(match.starts_at for match in done.restored) >= noon
    assert all(match.planned_at == match.starts_at for match in done.restored)
    assert moving.quality_of(board).problems == ()
    assert courts_held(scene) == {match.code for match in board.matches}


def test_team_stays_out_once_a_match_was_called_without_it(session, sign_in):
    scene = finals()
    board = load_board(scene.tournament.id)
    side = board.teams(board.by_code["SF1"])[0]
    leave(scene, side)
    enter(scene, "SF2", 5, 1)
    calling.call_match(scene.match("F").id, actor=scene.actors["head"], at=AT)
    address = f"/matches/{scene.tournament.slug}/teams/{side}/return"
    answer = sign_in(scene.secretary).post(address, data={"reason": "Ghi nhầm"})
    assert answer.status_code == 409
    assert "Trận sau (CK)" in answer.text
    assert 'value="Ghi nhầm"' in answer.text  # on its page, with what was typed
    assert load_board(scene.tournament.id).sides[side].presence is StagePresence.WITHDRAWN


def test_return_wants_a_reason_and_a_standing_entry(session, sign_in):
    scene = make_tournament(4, 1, per_group=2)
    board = load_board(scene.tournament.id)
    side = board.by_code["A1"].red_id
    leave(scene, side)
    page = sign_in(scene.secretary)
    teams = f"/matches/{scene.tournament.slug}/teams"
    assert page.post(f"{teams}/{side}/return", data={"reason": " "}).status_code == 422
    assert page.post(f"{teams}/999999/return", data={"reason": "x"}).status_code == 404
    answer = page.post(f"{teams}/{side}/return", data={"reason": "Ghi nhầm"}, follow_redirects=True)
    assert f"Đã đưa {board.sides[side].team} trở lại giải. Các trận trở lại lịch: A1" in answer.text
    db.session.get(Entry, board.sides[side].entry_id).state = EntryState.WITHDRAWN
    leave(scene, side)
    with pytest.raises(Conflict, match="rút hồ sơ"):
        bring_back(scene, side)


def test_court_of_a_forfeited_match_is_free_for_others(session):
    scene = make_tournament(
        4, 1, game=replace(BASKETBALL, code="game-free", withdrawn="forfeit"), per_group=2
    )
    board = load_board(scene.tournament.id)
    lost = board.by_code["A1"]
    leave(scene, lost.red_id)
    moved = next(m for m in board.matches if lost.red_id not in (m.red_id, m.blue_id))
    do = {"actor": scene.actors["secretary"], "at": AT, "accept": True}
    with pytest.raises(Conflict, match="rời giải"):
        moving.move_match(scene.tournament.id, "A1", lost.court_id, moved.starts_at, **do)
    moving.move_match(scene.tournament.id, moved.code, lost.court_id, lost.starts_at, **do)
    assert "A1" not in courts_held(scene)


def test_match_moved_to_another_day_is_not_late(session):
    scene = make_tournament(4, 1, per_group=2)
    match = scene.match("A1")
    match.starts_at += timedelta(days=3)
    assert match_view(load_board(scene.tournament.id), match).late == 0


def test_result_under_protest_is_not_shown_as_official(session, client):
    scene = make_tournament(4, 1, per_group=2)
    match = enter(scene, "A1", 7, 3)
    rulings.raise_protest(match.id, "Đếm thiếu", None, actor=scene.actors["head"], at=AT)
    view = match_view(load_board(scene.tournament.id), match)
    assert (view.state_label, view.state_kind) == ("Chờ kết luận khiếu nại", "provisional")


def test_best_placed_of_uneven_groups_are_explained_to_everybody(session, client, sign_in):
    scene = make_tournament(7, 2, per_group=1, best=[[2, 1]], bracket="crossover")
    for group in load_board(scene.tournament.id).groups:
        play_group(scene, group)
    slug = scene.tournament.slug
    for page in (
        get(client, f"/vi/matches/{slug}/"),
        get(sign_in(scene.secretary), f"/matches/{slug}/standings"),
    ):
        assert "Các đội hạng 2 tốt nhất (lấy 1)" in page.text
        assert "trung bình mỗi trận" in page.text.split("hạng 2 tốt nhất")[1]
