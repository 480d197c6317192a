"""Matches through the services: two people, odd cases with their effects, late events, corrections."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from incubator.core.errors import Conflict, Invalid, NotAllowed
from incubator.core.together import ask
from incubator.matches.outcomes import Presence, Ruling
from incubator.matches.presets import BASKETBALL, FIFA_2026, MISSIONS
from incubator.matches.queries import waiting_for
from incubator.matches.queries.board import load_board
from incubator.matches.queries.drawing import draw_view
from incubator.matches.queries.ranking import run_rows
from incubator.matches.services import (
    calling,
    closing,
    drawing,
    events,
    leaving,
    moving,
    planning,
    results,
    rulings,
    running,
    setup,
)
from incubator.models import (
    AuditEvent,
    CrewPart,
    DrawState,
    MatchCrew,
    MatchEvent,
    MatchEventState,
    MatchState,
    Occupancy,
    ResultState,
    ResultVersion,
    StageEntry,
    StagePresence,
    TieOutcome,
)
from tests.matches.factories import AT, SYSTEM, actor, begin, enter, make_tournament, send
from tests.reader import words


@pytest.fixture
def scene(session):
    return make_tournament(4, 1, per_group=2)


def table(scene):
    board = load_board(scene.tournament.id)
    return board.tables[board.groups[0].id]


def lines(scene):
    return {row.line.team: row.line for row in table(scene).rows}


def test_taps_become_a_score_and_two_people_make_it_official(scene):
    match = begin(scene, "A1", (0, "two"), (0, "dunk"), (1, "three"), (1, "foul"))
    assert scene.match("A1").state is MatchState.REVIEW
    results.propose_result(match.id, results.Entered(), actor=scene.actors["referee"], at=AT)
    assert table(scene).played == 0  # not before it is confirmed
    with pytest.raises(NotAllowed):
        results.confirm_result(match.id, actor=scene.actors["referee"], at=AT)
    version = results.confirm_result(match.id, actor=scene.actors["head"], at=AT)
    assert (version.red_score, version.blue_score, version.red_outcome) == (9, 3, "win")
    assert version.entered_by_id != version.confirmed_by_id
    assert table(scene).played == 1


def test_the_same_person_may_not_confirm_even_as_head(scene):
    match = scene.match("A1")
    calling.call_match(match.id, actor=scene.actors["head"], at=AT)
    results.propose_result(match.id, results.Entered(scores=(3, 1)), actor=scene.actors["head"], at=AT)
    with pytest.raises(NotAllowed):
        results.confirm_result(match.id, actor=scene.actors["head"], at=AT)


def test_sending_a_queue_twice_and_from_two_phones_counts_each_tap_once(scene, session):
    match = scene.match("A1")
    calling.call_match(match.id, actor=scene.actors["head"], at=AT)
    now = int(AT.timestamp() * 1000)
    send(scene, match, [{"id": "s", "kind": "start", "at": now, "code": "play"}], "timekeeper")
    one = [{"id": f"a{n}", "kind": "tap", "at": now + n, "side": 0, "code": "two"} for n in range(1, 4)]
    two = [{"id": f"b{n}", "kind": "tap", "at": now + n, "side": 1, "code": "three"} for n in range(1, 3)]
    send(scene, match, one[:2], "referee")
    send(scene, match, two, "second")
    again = send(scene, match, one, "referee")
    assert set(again.saved) == {"a1", "a2", "a3"}
    assert again.tally.score == (6, 6)
    assert session.query(MatchEvent).filter(MatchEvent.kind == "tap").count() == 5


def test_a_referee_of_one_side_records_and_takes_back_that_side_only(scene, session):
    """Two line referees, one for each side; the head referee still does everything."""
    for name, side in (("referee", 0), ("second", 1)):
        person = scene.actors[name].person_id
        old = session.query(MatchCrew).filter_by(person_id=person, tournament_id=scene.tournament.id).one()
        setup.end_crew(old.id, actor=SYSTEM, at=AT)
        setup.set_crew(scene.tournament.id, person, CrewPart.REFEREE, actor=SYSTEM, at=AT, side=side)
    with pytest.raises(Invalid, match="đã có vị trí"):
        setup.set_crew(scene.tournament.id, person, CrewPart.REFEREE, actor=SYSTEM, at=AT, side=0)
    with pytest.raises(Invalid, match="riêng một bên"):
        setup.set_crew(scene.tournament.id, person, CrewPart.HEAD, actor=SYSTEM, at=AT, side=0)
    match = begin(scene, "A1")
    now = int(AT.timestamp() * 1000)

    def tap(client_id, side, who):
        return send(
            scene, match, [{"id": client_id, "kind": "tap", "at": now + 9, "side": side, "code": "two"}], who
        )

    assert tap("r", 0, "referee").saved == ["r"]
    assert tap("b", 1, "second").saved == ["b"]
    assert "bên kia" in tap("x", 1, "referee").refused["x"]
    undo = [{"id": "u", "kind": "undo", "at": now + 10, "undoes": "b"}]
    assert "bên kia" in send(scene, match, undo, "referee").refused["u"]
    assert send(scene, match, [{**undo[0], "id": "v"}], "second").tally.score == (2, 0)
    assert tap("h", 1, "head").tally.score == (2, 2)


def test_timekeeper_without_a_line_loses_nobody_a_point(scene):
    """Taps come before the start that they belong to, and one comes before the end that it followed."""
    match = scene.match("A1")
    calling.call_match(match.id, actor=scene.actors["head"], at=AT)
    now = int(AT.timestamp() * 1000)
    taps = [
        {"id": "a", "kind": "tap", "at": now + 5_000, "side": 0, "code": "two"},
        {"id": "b", "kind": "tap", "at": now + 130_000, "side": 0, "code": "dunk"},
    ]
    first = send(scene, match, taps, "referee")
    assert first.saved == ["a", "b"]
    assert first.tally.score == (0, 0)
    assert "chưa bấm giờ" in first.notes["a"]
    clock = [
        {"id": "s", "kind": "start", "at": now, "code": "play"},
        {"id": "e", "kind": "end", "at": now + 120_000},
    ]
    last = send(scene, match, clock, "timekeeper")
    assert last.tally.score == (2, 0)
    assert scene.match("A1").state is MatchState.REVIEW


def test_end_pressed_by_mistake_is_taken_back(scene):
    match = begin(scene, "A1", (0, "two"))
    now = int(AT.timestamp() * 1000)
    undo = {"id": "u", "kind": "undo", "at": now + 125_000, "undoes": f"{match.id}-e"}
    refused = send(scene, match, [{**undo, "id": "v"}], "referee")
    assert "đồng hồ" in refused.refused["v"]
    send(scene, match, [undo, {"id": "p", "kind": "pause", "at": now + 120_000}], "timekeeper")
    assert scene.match("A1").state is MatchState.RUNNING
    tap = {"id": "t", "kind": "tap", "at": now + 130_000, "side": 1, "code": "three"}
    assert send(scene, match, [tap], "referee").tally.score == (2, 3)


def test_phone_with_a_wrong_clock_is_corrected(scene):
    match = scene.match("A1")
    calling.call_match(match.id, actor=scene.actors["head"], at=AT)
    now = int(AT.timestamp() * 1000)
    wrong = now - 3_600_000
    batch = [{"id": "s", "kind": "start", "at": wrong - 5000, "code": "play"}]
    receipt = events.receive(match.id, batch, sent_at=wrong, actor=scene.actors["timekeeper"], at=AT)
    assert receipt.tally.clock.at(now)[0] == 115_000


@pytest.mark.parametrize(
    ("measured", "fitted"),
    [
        (None, 5000),  # never measured: the time on the way cannot be told from the clock's
        (2000, 2000),
        (5000, 5000),
        (9000, 5000),  # it would have arrived before it was sent: the clock was set meanwhile
        (-3000, -3000),
        (-3001, 5000),  # longer on its way than a phone waits
    ],
)
def test_offset_of_a_phone_is_taken_as_far_as_it_can_be_true(measured, fitted):
    assert events.offset_of(105_000, 100_000, measured) == fitted


def test_tap_before_the_end_counts_however_slow_the_line_that_brought_it(scene):
    match = begin(scene, "A1", (0, "two"))  # ends at 120 s
    now = int(AT.timestamp() * 1000)
    tap = {"id": "slow", "kind": "tap", "at": now + 119_000, "side": 1, "code": "three"}
    on_its_way = 4000
    receipt = events.receive(
        match.id, [tap], sent_at=now - on_its_way, offset=0, actor=scene.actors["referee"], at=AT
    )
    assert receipt.saved == ["slow"]
    assert receipt.tally.score == (2, 3)


@pytest.mark.parametrize(
    ("event", "who", "word"),
    [
        ({"kind": "tap", "side": 0, "code": "two"}, "outsider", "sân"),
        ({"kind": "tap", "side": 0, "code": "nine"}, "referee", "nine"),
        ({"kind": "tap", "code": "two"}, "referee", "bên"),
        ({"kind": "pause"}, "referee", "đồng hồ"),
        ({"kind": "tap", "side": 0, "code": "two", "at": 200_000}, "referee", "hết giờ"),
    ],
)
def test_bad_events_get_a_clear_answer_and_are_kept(scene, session, event, who, word):
    match = begin(scene, "A1", (0, "two"))
    now = int(AT.timestamp() * 1000)
    scene.actors["outsider"] = actor(make_tournament(2, 0).referee)
    sent = {"id": "bad", **event, "at": now + event.get("at", 50)}
    if who == "outsider":
        with pytest.raises(NotAllowed, match=word):
            send(scene, match, [sent], who)
        return
    receipt = send(scene, match, [sent], who)
    assert word in receipt.refused["bad"]
    stored = session.query(MatchEvent).filter_by(client_id="bad").one()
    assert stored.state is MatchEventState.REFUSED
    assert receipt.tally.score == (2, 0)


def test_event_before_the_call_is_refused(scene):
    receipt = send(
        scene, scene.match("A1"), [{"id": "x", "kind": "tap", "at": 1, "side": 0, "code": "two"}], "referee"
    )
    assert "chưa được gọi" in receipt.refused["x"]


def test_event_without_form_is_refused(scene):
    with pytest.raises(Invalid):
        send(scene, scene.match("A1"), [{"id": "x"}], "referee")


def test_event_from_a_lost_phone_after_confirmation_is_held_for_the_head(scene, session, sign_in):
    match = begin(scene, "A1", (0, "two"))
    results.propose_result(match.id, results.Entered(), actor=scene.actors["referee"], at=AT)
    results.confirm_result(match.id, actor=scene.actors["head"], at=AT)
    now = int(AT.timestamp() * 1000)
    receipt = send(
        scene, match, [{"id": "late", "kind": "tap", "at": now + 9, "side": 1, "code": "dunk"}], "second"
    )
    assert "trọng tài chính" in receipt.held["late"]
    assert scene.match("A1").state is MatchState.CONFIRMED
    held = session.query(MatchEvent).filter_by(client_id="late").one()
    session.query(MatchEvent).filter_by(client_id="late").update({"received_at": AT + timedelta(minutes=1)})
    page = f"/matches/{scene.tournament.slug}/m/A1"
    behind = "nhật ký cho tỉ số 2–7; kết quả chính thức là 2–0"
    assert behind not in words(sign_in(scene.secretary).get(page).text)
    rulings.decide_held([held.id], True, actor=scene.actors["head"], at=AT)
    session.expire_all()  # the ruling is written past the session; a request begins with a new one
    shown = sign_in(scene.secretary).get(page).text
    assert behind in words(shown)
    assert re.search(r'<input[^>]*name="red_score"[^>]*value="(\d*)"', shown)[1] == ""  # taken from the log
    results.correct_result(
        match.id,
        results.Entered(note="Điện thoại mất mạng"),
        actor=scene.actors["head"],
        at=AT + timedelta(minutes=2),
    )
    version = results.confirm_result(match.id, actor=scene.actors["secretary"], at=AT)
    assert (version.red_score, version.blue_score) == (2, 7)
    assert behind not in words(sign_in(scene.secretary).get(page).text)


@pytest.fixture
def asked_of(app, scene, actor_of):
    """`asked_of("head")`: the sentences of match play that wait on that person's home page."""

    def asked(who):
        with app.test_request_context():
            return [todo.title for todo in ask(waiting_for(actor_of(getattr(scene, who))))]

    return asked


def test_head_and_secretary_are_asked_to_rule_on_late_taps_until_they_have(scene, session, sign_in, asked_of):
    match = begin(scene, "A1", (0, "two"))
    results.propose_result(match.id, results.Entered(), actor=scene.actors["referee"], at=AT)
    assert asked_of("head") == asked_of("secretary") == ["1 kết quả trận chờ xác nhận"]
    assert asked_of("referee") == []  # who entered it, and no head
    results.confirm_result(match.id, actor=scene.actors["head"], at=AT)
    now = int(AT.timestamp() * 1000)
    late = [{"id": f"late{n}", "kind": "tap", "at": now + n, "side": 1, "code": "dunk"} for n in (8, 9)]
    send(scene, match, late, "second")
    assert asked_of("head") == ["1 trận có lượt bấm đến muộn chờ quyết định"]
    assert asked_of("second") == []
    assert "2 lượt bấm của bạn đến sau" in sign_in(scene.second).get(f"/matches/phone/{match.id}").text
    ids = list(session.scalars(sa.select(MatchEvent.id).where(MatchEvent.client_id.in_(["late8", "late9"]))))
    rulings.decide_held(ids[:1], False, actor=scene.actors["head"], at=AT)
    assert asked_of("head") == ["1 trận có lượt bấm đến muộn chờ quyết định"]
    rulings.decide_held(ids[1:], True, actor=scene.actors["head"], at=AT)
    assert asked_of("head") == asked_of("secretary") == []


def test_nobody_is_asked_to_confirm_a_correction_of_their_own(scene, asked_of):
    enter(scene, "A1", 5, 3)
    match = scene.match("A1")
    results.correct_result(
        match.id, results.Entered(scores=(5, 4), note="Đọc nhầm"), actor=scene.actors["head"], at=AT
    )
    assert asked_of("head") == []
    assert asked_of("secretary") == ["1 kết quả trận chờ xác nhận"]


def test_open_protest_is_asked_of_those_who_decide_it(scene, asked_of):
    enter(scene, "A1", 5, 3)
    rulings.raise_protest(scene.match("A1").id, "Sai điểm", None, actor=scene.actors["referee"], at=AT)
    assert asked_of("head") == ["1 trận có khiếu nại chờ kết luận"]
    assert asked_of("referee") == []


def test_replay_keeps_the_first_play_and_counts_only_the_last(scene, session):
    enter(scene, "A1", 11, 9)
    calling.order_replay(scene.match("A1").id, "Hỏng đồng hồ sân", actor=scene.actors["head"], at=AT)
    assert table(scene).played == 0
    enter(scene, "A1", 0, 5)
    versions = session.query(ResultVersion).order_by(ResultVersion.number).all()
    assert [v.state for v in versions] == [ResultState.SUPERSEDED, ResultState.CONFIRMED]
    assert {line.scored for line in lines(scene).values()} == {0, 5}
    assert session.query(AuditEvent).filter_by(verb="matches.match.replay").one().reason == "Hỏng đồng hồ sân"


def test_no_show_of_one_side_is_a_walkover_with_what_the_other_earned(scene):
    enter(scene, "A1", 14, 0, presences=(Presence.PRESENT, Presence.ABSENT))
    match = scene.match("A1")
    found = lines(scene)
    assert (found[match.red_id].points, found[match.red_id].scored) == (3, 14)
    assert (found[match.blue_id].losses, found[match.blue_id].played) == (1, 1)


def test_no_show_of_both_is_lost_by_both(scene):
    enter(scene, "A1", presences=(Presence.ABSENT, Presence.ABSENT))
    assert sorted(line.losses for line in lines(scene).values()) == [0, 0, 1, 1]
    assert sum(line.points for line in lines(scene).values()) == 0


def test_disqualified_side_loses_its_points_and_the_other_keeps_them(scene):
    enter(scene, "A1", 20, 4, presences=(Presence.DISQUALIFIED, Presence.PRESENT))
    match = scene.match("A1")
    assert (lines(scene)[match.red_id].scored, lines(scene)[match.blue_id].scored) == (0, 4)


def test_level_match_needs_a_decision(scene):
    with pytest.raises(Invalid, match="bằng nhau"):
        enter(scene, "A1", 5, 5)
    session_match = scene.match("A1")
    entered = results.Entered(scores=(5, 5), ruling=Ruling("jury", 1), votes={"text": "2–1"})
    version = results.propose_result(session_match.id, entered, actor=scene.actors["referee"], at=AT)
    assert (version.blue_outcome, version.reason) == ("win", "jury")


def test_impossible_score_is_refused(scene):
    with pytest.raises(Invalid):
        enter(scene, "A1", 10**7, 0)


def test_protest_takes_the_result_out_until_it_is_decided(scene):
    match = enter(scene, "A1", 9, 2)
    protest = rulings.raise_protest(match.id, "Sai số lần úp rổ", None, actor=scene.actors["referee"], at=AT)
    assert table(scene).played == 0
    rulings.decide_protest(protest.id, False, "Xem lại video: đúng", actor=scene.actors["head"], at=AT)
    assert table(scene).played == 1


def test_surrogate_is_in_no_table(scene):
    match = enter(scene, "A1", 9, 2)
    rulings.set_surrogate(match.id, False, actor=scene.actors["head"], at=AT)
    assert table(scene).played == 0


@pytest.mark.parametrize(("way", "played"), [("annul", 2), ("forfeit", 5), ("keep", 3)])
def test_team_that_withdraws_mid_group(session, way, played):
    from dataclasses import replace

    game = replace(BASKETBALL, code=f"game-{way}", withdrawn=way)
    scene = make_tournament(4, 1, game=game, per_group=2)
    board = load_board(scene.tournament.id)
    gone = board.members[board.groups[0].id][0]
    own = [m.code for m in board.matches if gone in (m.red_id, m.blue_id)]
    others = [m.code for m in board.matches if m.code not in own]
    enter(scene, own[0], 7, 3)
    enter(scene, others[0], 7, 3)
    enter(scene, others[1], 7, 3)
    leaving.remove_team(gone, StagePresence.WITHDRAWN, "Robot hỏng", actor=scene.actors["secretary"], at=AT)
    found = table(scene)
    assert found.played == played
    assert (gone in {row.line.team for row in found.rows}) is (way != "annul")


def play_group(scene, group):
    board = load_board(scene.tournament.id)
    for n, match in enumerate([m for m in board.matches if m.group_id == group.id]):
        enter(scene, match.code, 20 - n, n)


def test_bracket_fills_when_groups_are_final_and_a_correction_is_blocked_once_it_has_started(session):
    scene = make_tournament(8, 2, per_group=2, bracket="crossover")
    board = load_board(scene.tournament.id)
    assert [m.code for m in board.matches if m.round] == ["SF1", "SF2", "3P", "F"]
    assert board.teams(board.by_code["SF1"]) == (None, None)
    with pytest.raises(Conflict):
        calling.call_match(board.by_code["SF1"].id, actor=scene.actors["head"], at=AT)
    for group in board.groups:
        play_group(scene, group)
    board = load_board(scene.tournament.id)
    red, blue = board.teams(board.by_code["SF1"])
    assert red == board.tables[board.groups[0].id].at(1)
    assert blue == board.tables[board.groups[1].id].at(2)
    enter(scene, "SF1", 5, 1)
    enter(scene, "SF2", 5, 1)
    calling.call_match(scene.match("F").id, actor=scene.actors["head"], at=AT)
    fixed = results.Entered(scores=(1, 5), note="Ghi nhầm bên")
    results.correct_result(scene.match("SF1").id, fixed, actor=scene.actors["head"], at=AT)
    with pytest.raises(Conflict) as refused:
        results.confirm_result(scene.match("SF1").id, actor=scene.actors["secretary"], at=AT)
    assert refused.value.details["matches"] == ["F"]


@pytest.mark.parametrize(("way", "state"), [("keep", MatchState.CALLED), ("replay", MatchState.SCHEDULED)])
def test_head_decides_what_happens_to_the_later_match(session, way, state):
    scene = make_tournament(8, 2, per_group=2, bracket="crossover")
    for group in load_board(scene.tournament.id).groups:
        play_group(scene, group)
    enter(scene, "SF1", 5, 1)
    enter(scene, "SF2", 5, 1)
    calling.call_match(scene.match("F").id, actor=scene.actors["head"], at=AT)
    loser = scene.match("SF1").blue_id
    fixed = results.Entered(scores=(1, 5), note="Ghi nhầm bên")
    results.correct_result(scene.match("SF1").id, fixed, actor=scene.actors["head"], at=AT)
    results.confirm_result(scene.match("SF1").id, actor=scene.actors["secretary"], at=AT, dependents=way)
    assert scene.match("F").state is state
    board = load_board(scene.tournament.id)
    assert (loser in board.teams(board.by_code["F"])) is (way == "replay")


def test_open_tie_blocks_and_a_decision_lets_it_through(session):
    scene = make_tournament(3, 1, game=FIFA_2026, per_group=1)
    board = load_board(scene.tournament.id)
    for match in board.matches:
        enter(scene, match.code, 0, 0)
    board = load_board(scene.tournament.id)
    boundary, _name, tie = board.open_ties()[0]
    assert len(tie.teams) == 3
    with pytest.raises(Conflict, match="chưa phân định"):
        closing.close(scene.tournament.id, actor=scene.actors["secretary"], at=AT)
    order = sorted(tie.teams, reverse=True)
    with pytest.raises(Invalid):
        rulings.settle_tie(scene.tournament.id, boundary, order[:2], TieOutcome.LOTS, actor=SYSTEM, at=AT)
    rulings.settle_tie(
        scene.tournament.id, boundary, order, TieOutcome.LOTS, actor=SYSTEM, at=AT, reason="BB 01"
    )
    placings = closing.close(scene.tournament.id, actor=scene.actors["secretary"], at=AT)
    assert [placings[side].rank for side in order] == [1, 2, 3]
    assert session.get(StageEntry, order[0]).advanced is True
    assert session.get(StageEntry, order[1]).advanced is False


def test_close_is_refused_while_matches_are_open(scene):
    with pytest.raises(Conflict, match="6 trận"):
        closing.close(scene.tournament.id, actor=scene.actors["secretary"], at=AT)


def test_returned_result_goes_back_to_the_court(scene):
    match = enter(scene, "A1", 3, 1, confirm=False)
    results.return_result(match.id, "Thiếu chữ ký", actor=scene.actors["head"], at=AT)
    assert scene.match("A1").state is MatchState.REVIEW
    enter_again = results.Entered(scores=(3, 1))
    results.propose_result(match.id, enter_again, actor=scene.actors["referee"], at=AT)
    assert results.confirm_result(match.id, actor=scene.actors["head"], at=AT).number == 2


def test_court_takes_one_match_at_a_time(scene):
    calling.call_match(scene.match("A1").id, actor=scene.actors["head"], at=AT)
    with pytest.raises(Conflict, match="A1"):
        calling.call_match(scene.match("A2").id, actor=scene.actors["head"], at=AT)


# --- schedule and draw ---


def test_matches_occupy_their_courts_in_the_shared_calendar(scene, session):
    rows = session.query(Occupancy).filter_by(owner_kind="match", state="confirmed").all()
    assert len(rows) == 6
    moved = moving.move_match(
        scene.tournament.id, "A6", scene.tournament.court_ids[0], AT + timedelta(hours=5), actor=SYSTEM, at=AT
    )
    assert moved.broken == []
    row = (
        session.query(Occupancy)
        .filter_by(owner_kind="match", owner_id=scene.match("A6").id, state="confirmed")
        .one()
    )
    assert row.starts_at == AT + timedelta(hours=5)


def test_move_that_breaks_rest_needs_open_eyes(scene):
    first = scene.match("A1")
    with pytest.raises(Conflict) as refused:
        moving.move_match(scene.tournament.id, "A6", first.court_id, first.ends_at, actor=SYSTEM, at=AT)
    assert refused.value.details["problems"]


def test_late_court_moves_the_rest_and_says_how_late(scene):
    before = {m.code: m.starts_at for m in load_board(scene.tournament.id).matches}
    changed = moving.shift_court(scene.tournament.id, scene.tournament.court_ids[0], 12, actor=SYSTEM, at=AT)
    assert len(changed) == 6
    assert scene.match("A1").starts_at == before["A1"] + timedelta(minutes=12)
    assert scene.tournament.delays == {str(scene.tournament.court_ids[0]): 12}


def test_schedule_is_not_made_anew_once_a_match_was_called(scene):
    calling.call_match(scene.match("A1").id, actor=scene.actors["head"], at=AT)
    plan = planning.Plan(8, 8, ((AT, AT + timedelta(hours=9)),))
    with pytest.raises(Conflict):
        planning.make_schedule(scene.tournament.id, plan, actor=SYSTEM, at=AT)


def test_draw_is_public_step_by_step_and_replayable(session):
    scene = make_tournament(6, 0, schools=3)
    setup.make_groups(scene.tournament.id, 2, actor=SYSTEM, at=AT)
    row = drawing.open_draw(scene.tournament.id, "2024", actor=scene.actors["secretary"], at=AT)
    board = load_board(scene.tournament.id)
    view = draw_view(board)
    assert view.allowed == ("A", "B")
    drawing.draw_next(row.id, actor=SYSTEM, at=AT)
    drawing.draw_next(
        row.id, actor=SYSTEM, at=AT, group=draw_view(load_board(scene.tournament.id)).allowed[0]
    )
    drawing.draw_next(row.id, actor=SYSTEM, at=AT, all_left=True)
    view = draw_view(load_board(scene.tournament.id))
    assert view.state is DrawState.FINISHED
    assert view.crowded == {}
    for _name, places in view.groups:
        assert len({side.school for side in places}) == 3
    with pytest.raises(Conflict):
        drawing.draw_next(row.id, actor=SYSTEM, at=AT)


def test_draw_of_more_teams_of_a_school_than_groups_says_so(session):
    scene = make_tournament(6, 0, schools=1)
    setup.make_groups(scene.tournament.id, 2, actor=SYSTEM, at=AT)
    row = drawing.open_draw(scene.tournament.id, "1", actor=SYSTEM, at=AT)
    drawing.draw_next(row.id, actor=SYSTEM, at=AT, all_left=True)
    assert draw_view(load_board(scene.tournament.id)).crowded == {"Trường 0": 3}


def test_void_draw_leaves_its_log_and_frees_the_groups(session):
    scene = make_tournament(4, 0)
    setup.make_groups(scene.tournament.id, 2, actor=SYSTEM, at=AT)
    row = drawing.open_draw(scene.tournament.id, "1", actor=SYSTEM, at=AT)
    drawing.draw_next(row.id, actor=SYSTEM, at=AT)
    with pytest.raises(Invalid):
        drawing.void_draw(row.id, " ", actor=SYSTEM, at=AT)
    drawing.void_draw(row.id, "Sai danh sách", actor=SYSTEM, at=AT)
    assert load_board(scene.tournament.id).members == {}
    drawing.open_draw(scene.tournament.id, "2", actor=SYSTEM, at=AT)


def test_strangers_manage_nothing(scene):
    with pytest.raises(NotAllowed):
        setup.make_groups(scene.tournament.id, 2, actor=scene.actors["referee"], at=AT)


# --- runs ---


def test_runs_are_entered_checked_by_another_and_ranked(session):
    scene = make_tournament(3, 0, game=MISSIONS, advance=1)
    sides = list(load_board(scene.tournament.id).sides)
    done = {f"m{n}": 1 for n in range(1, 7)}
    rows = [
        running.record_run(
            side, 1, done, 150_000 + n * 30_000, client_id=f"r{n}", actor=scene.actors["referee"], at=AT
        )
        for n, side in enumerate(sides)
    ]
    assert rows[0].total == 95
    again = running.record_run(sides[0], 1, {}, None, client_id="r0", actor=scene.actors["referee"], at=AT)
    assert again.id == rows[0].id
    with pytest.raises(Conflict):
        running.record_run(sides[0], 1, done, 1, client_id="other", actor=scene.actors["referee"], at=AT)
    with pytest.raises(Invalid):
        running.record_run(sides[0], 2, {"m1": 2}, 1, client_id="x", actor=scene.actors["referee"], at=AT)
    with pytest.raises(Conflict, match="chưa được người thứ hai"):
        closing.close(scene.tournament.id, actor=scene.actors["secretary"], at=AT)
    with pytest.raises(NotAllowed):
        running.confirm_run(rows[0].id, actor=scene.actors["referee"], at=AT)
    for row in rows:
        running.confirm_run(row.id, actor=scene.actors["head"], at=AT)
    found = closing.close(scene.tournament.id, actor=scene.actors["secretary"], at=AT)
    assert [found[side].rank for side in sides] == [1, 2, 3]
    assert [found[side].advanced for side in sides] == [True, False, False]


def test_rerun_keeps_the_first_attempt_and_counts_the_second(session):
    scene = make_tournament(1, 0, game=MISSIONS)
    side = next(iter(load_board(scene.tournament.id).sides))
    first = running.record_run(side, 1, {"m1": 1}, None, client_id="a", actor=scene.actors["referee"], at=AT)
    running.order_rerun(first.id, "Mất điện", actor=scene.actors["secretary"], at=AT)
    running.record_run(side, 1, {}, None, client_id="b", actor=scene.actors["referee"], at=AT, no_show=True)
    row = run_rows(load_board(scene.tournament.id))[0]
    assert row.points == 0
    assert row.attempts[0].no_show


def test_game_in_use_is_not_changed_under_a_played_match(scene):
    from incubator.matches.game_json import to_json

    enter(scene, "A1", 3, 1)
    with pytest.raises(Conflict):
        setup.save_game({**to_json(BASKETBALL), "walkover": 5}, actor=SYSTEM, at=AT)
    with pytest.raises(Invalid):
        setup.save_game({"code": "x", "name": "X", "chain": ["beauty"]}, actor=SYSTEM, at=AT)
