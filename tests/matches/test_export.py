"""What the house counted, counted again from the file it gives out."""

from __future__ import annotations

import json

import pytest

from incubator.matches import presets
from incubator.matches.outcomes import Presence, Ruling
from incubator.matches.queries.board import load_board
from incubator.matches.replay_report import replay
from incubator.matches.services import leaving, results
from incubator.models import StagePresence
from tests.matches.factories import AT, SYSTEM, begin, make_tournament

ODD = [
    results.Entered((Presence.PRESENT, Presence.ABSENT), (30, 0)),
    results.Entered((Presence.DISQUALIFIED, Presence.PRESENT), (9, 2)),
    results.Entered(scores=(12, 12), ruling=Ruling("jury", 1)),
    results.Entered((Presence.NOT_FINISHED, Presence.PRESENT), (50, 1)),
    results.Entered((Presence.ABSENT, Presence.ABSENT), (0, 0)),
]


def play(scene, code, entered):
    match = begin(scene, code)
    results.propose_result(match.id, entered, actor=scene.actors["referee"], at=AT)
    results.confirm_result(match.id, actor=scene.actors["head"], at=AT)


@pytest.mark.parametrize(
    "game", [presets.BASKETBALL, presets.KUNG_FU, presets.FIFA_2026], ids=lambda game: game.code
)
def test_a_tournament_counts_the_same_from_its_file(app, session, game):
    scene = make_tournament(8, 2, game, per_group=2, bracket="crossover")
    for n, match in enumerate(load_board(scene.tournament.id).matches):
        if match.group_id and n < 11:
            usual = results.Entered(scores=(n % 4, 5 - n % 3), ruling=Ruling("jury", 0))
            play(scene, match.code, ODD[n // 2] if n % 2 and n // 2 < len(ODD) else usual)
    board = load_board(scene.tournament.id)
    gone = board.members[board.groups[0].id][3]
    leaving.remove_team(gone, StagePresence.WITHDRAWN, "Hỏng robot", actor=SYSTEM, at=AT)
    session.flush()
    session.expire_all()
    board = load_board(scene.tournament.id)
    answer = app.test_cli_runner().invoke(args=["matches", "export", scene.tournament.slug])
    assert answer.exit_code == 0, answer.output
    again = replay(json.loads(answer.output))
    for group, ours in zip(again["groups"], board.groups, strict=True):
        rows = board.tables[ours.id].rows
        assert sorted(
            (row["rank"], row["team"], row["points"], row["difference"]) for row in group["rows"]
        ) == sorted(
            (r.rank, board.sides[r.line.team].team, r.line.points, r.line.scored - r.line.against)
            for r in rows
        )
        assert group["provisional"] is board.tables[ours.id].provisional
    filled = {tie["id"]: tie["red"] for tie in again["bracket"]["matches"]}
    ours = {
        code: board.sides[item.red].team for code, item in board.filled.items() if isinstance(item.red, int)
    }
    assert {code: team for code, team in filled.items() if isinstance(team, str)} == ours


def test_unknown_tournament_is_said(app, session):
    answer = app.test_cli_runner().invoke(args=["matches", "export", "nowhere"])
    assert answer.exit_code == 2
    assert "nowhere" in answer.stderr
