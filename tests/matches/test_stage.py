"""Deciding a tournament moves the contest's stage on; opening it again takes everything back."""

from __future__ import annotations

import pytest

from incubator.contests.services import stages
from incubator.contests.stages import StageFacts
from incubator.core.access import Role, ScopeKind
from incubator.core.errors import Conflict
from incubator.matches.presets import MISSIONS
from incubator.matches.queries.board import load_board
from incubator.matches.services import calling, closing, results, rulings, running, setup
from incubator.models import (
    AuditEvent,
    Award,
    PrizeScope,
    PrizeTier,
    StageDivision,
    StageEntry,
    StageState,
    TieOutcome,
)
from tests import factories as shared
from tests.matches.factories import AT, SYSTEM, enter, make_tournament


@pytest.fixture
def scene(session):
    return make_tournament(4, 1, per_group=2)


def two_stages(scene):
    """A later stage of the same division, planned, to which two go on."""
    part = load_board(scene.tournament.id).tournament.stage_division
    later = shared.make_stage(scene.edition, position=part.stage.position + 1)
    return shared.make_stage_division(later, part.division, state=StageState.PLANNED)


def play_all(scene):
    for match in load_board(scene.tournament.id).matches:
        enter(scene, match.code, 20 - match.position, match.position)


def test_closing_decides_the_stage_and_fills_the_next_one(scene, session):
    following = two_stages(scene)
    play_all(scene)
    placings = closing.close(scene.tournament.id, actor=scene.actors["secretary"], at=AT)
    part = session.get(StageDivision, scene.tournament.stage_division_id)
    assert part.state is StageState.DECIDED
    through = [side for side, placing in placings.items() if placing.advanced]
    placed = session.query(StageEntry).filter_by(stage_division_id=following.id).order_by(StageEntry.position)
    best = sorted(through, key=lambda side: placings[side].rank)
    assert [row.entry_id for row in placed] == [session.get(StageEntry, side).entry_id for side in best]
    verbs = {row.verb for row in session.query(AuditEvent).filter_by(edition_id=scene.edition.id)}
    assert {"matches.tournament.close", "contests.stage.closed", "contests.stage.decided"} <= verbs


def test_places_of_a_tournament_get_the_prizes_and_give_them_back_when_it_is_opened_again(
    scene, session, sign_in
):
    tiers = [
        PrizeTier(
            edition_id=scene.edition.id, position=n, slug=f"p{n}", name=f"Giải {n}", scope=PrizeScope.DIVISION, count=1
        )
        for n in range(1, 3)
    ]  # fmt: skip
    session.add_all(tiers)
    play_all(scene)
    organiser = shared.make_user(Role.ORGANISER, ScopeKind.EDITION, scene.edition.id)
    browser = sign_in(organiser)
    path = f"/judging/boards/{scene.tournament.stage_division_id}/results"
    assert "Chưa chốt vòng" in browser.get(path).text
    placings = closing.close(scene.tournament.id, actor=scene.actors["secretary"], at=AT)
    assert "Lập danh sách giải" in browser.get(path).text
    browser.post(path.replace("results", "awards"))

    def given():
        rows = (
            session.query(Award)
            .filter_by(edition_id=scene.edition.id, revoked_at=None)
            .order_by(Award.tier_id)
        )
        return [placings[row.stage_entry_id].rank for row in rows]

    assert given() == [1, 2]
    part = session.get(StageDivision, scene.tournament.stage_division_id)
    stages.move(
        part, StageState.OPEN, StageFacts(part.state), edition_id=scene.edition.id, actor=scene.actors["secretary"],
        at=AT, reason="Ghi nhầm bên",
    )  # fmt: skip
    assert given() == []


def test_decided_stage_refuses_changes_until_it_is_opened_again(scene, session):
    following = two_stages(scene)
    play_all(scene)
    closing.close(scene.tournament.id, actor=scene.actors["secretary"], at=AT)
    fixed = results.Entered(scores=(0, 9), note="Ghi nhầm bên")
    head = scene.actors["head"]
    with pytest.raises(Conflict, match="đã chốt"):
        results.correct_result(scene.match("A1").id, fixed, actor=head, at=AT)
    with pytest.raises(Conflict, match="đã chốt"):
        calling.order_replay(scene.match("A1").id, "Hỏng sân", actor=head, at=AT)
    part = session.get(StageDivision, scene.tournament.stage_division_id)
    stages.move(
        part, StageState.OPEN, StageFacts(part.state), edition_id=scene.edition.id, actor=scene.actors["secretary"],
        at=AT, reason="Ghi nhầm bên",
    )  # fmt: skip
    assert session.query(StageEntry).filter_by(stage_division_id=following.id).count() == 0
    assert {row.rank for row in session.query(StageEntry).filter_by(stage_division_id=part.id)} == {None}
    results.correct_result(scene.match("A1").id, fixed, actor=head, at=AT)
    results.confirm_result(scene.match("A1").id, actor=scene.actors["secretary"], at=AT)
    closing.close(scene.tournament.id, actor=scene.actors["secretary"], at=AT)
    assert session.query(StageEntry).filter_by(stage_division_id=following.id).count() == 2


def test_stage_stays_decided_once_the_next_one_is_built_on_it(scene, session):
    following = two_stages(scene)
    play_all(scene)
    closing.close(scene.tournament.id, actor=scene.actors["secretary"], at=AT)
    following.state = StageState.OPEN
    part = session.get(StageDivision, scene.tournament.stage_division_id)
    with pytest.raises(Conflict, match="Vòng sau"):
        stages.move(
            part, StageState.OPEN, StageFacts(part.state), edition_id=scene.edition.id,
            actor=scene.actors["secretary"], at=AT, reason="x",
        )  # fmt: skip


def test_correction_after_publication_changes_ranks_and_nobody_s_place_in_the_next_stage(scene, session):
    following = two_stages(scene)
    play_all(scene)
    before = closing.close(scene.tournament.id, actor=scene.actors["secretary"], at=AT)
    went = {row.entry_id for row in session.query(StageEntry).filter_by(stage_division_id=following.id)}
    part = session.get(StageDivision, scene.tournament.stage_division_id)
    part.state = StageState.PUBLISHED
    session.flush()
    for code in ("A1", "A2", "A3", "A4", "A5", "A6"):
        match = scene.match(code)
        fixed = results.Entered(scores=(match.position, 20 - match.position), note="Đảo bên")
        results.correct_result(match.id, fixed, actor=scene.actors["head"], at=AT)
        results.confirm_result(match.id, actor=scene.actors["secretary"], at=AT)
    after = closing.close(scene.tournament.id, actor=scene.actors["secretary"], at=AT)
    assert {side: p.rank for side, p in after.items()} != {side: p.rank for side, p in before.items()}
    assert session.get(StageDivision, part.id).state is StageState.PUBLISHED
    assert {
        row.entry_id for row in session.query(StageEntry).filter_by(stage_division_id=following.id)
    } == went
    advanced = {
        row.id for row in session.query(StageEntry).filter_by(stage_division_id=part.id, advanced=True)
    }
    assert advanced == {side for side, placing in before.items() if placing.advanced}


def test_nothing_is_drawn_before_the_stage_is_open(session):
    scene = make_tournament(4, 0)
    session.get(StageDivision, scene.tournament.stage_division_id).state = StageState.PLANNED
    with pytest.raises(Conflict, match="chưa mở"):
        setup.make_groups(scene.tournament.id, 1, actor=SYSTEM, at=AT)


def test_teams_of_equal_place_share_a_rank_behind_the_bracket(session):
    scene = make_tournament(8, 2, per_group=1, bracket="crossover")
    for match in [m for m in load_board(scene.tournament.id).matches if m.group_id]:
        enter(scene, match.code, 40 - match.position, match.position)
    enter(scene, "F", 5, 1)
    placings = closing.close(scene.tournament.id, actor=scene.actors["secretary"], at=AT)
    assert sorted(placing.rank for placing in placings.values()) == [1, 2, 3, 3, 5, 5, 7, 7]
    assert {placing.advanced for placing in placings.values()} == {None}


def test_runs_level_at_the_cut_are_settled_and_then_decided(session, client, sign_in):
    scene = make_tournament(3, 0, MISSIONS, advance=1)
    sides = list(load_board(scene.tournament.id).sides)
    for side in sides:
        run = running.record_run(
            side, 1, {"m1": 1}, 60_000, client_id=f"r{side}", actor=scene.actors["referee"], at=AT
        )
        running.confirm_run(run.id, actor=scene.actors["head"], at=AT)
    secretary = scene.actors["secretary"]
    with pytest.raises(Conflict, match="bằng nhau"):
        closing.close(scene.tournament.id, actor=secretary, at=AT)
    order = [sides[2], sides[0], sides[1]]
    rulings.settle_tie(
        scene.tournament.id, "cut", order, TieOutcome.LOTS, actor=secretary, at=AT, reason="BB 02"
    )
    session.commit()
    names = {side.id: side.team for side in load_board(scene.tournament.id).sides.values()}
    why = f"{names[order[0]]} xếp trên {names[order[1]]} theo bốc thăm."
    address = f"/matches/{scene.tournament.slug}"
    assert why in client.get(f"/vi{address}/").text
    assert why in sign_in(scene.secretary).get(f"{address}/runs").text
    placings = closing.close(scene.tournament.id, actor=secretary, at=AT)
    assert [placings[side].rank for side in order] == [1, 2, 3]
    assert [placings[side].advanced for side in order] == [True, False, False]
