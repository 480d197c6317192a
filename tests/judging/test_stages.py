"""From closing to prizes: what blocks, what is stored, how ties are settled, how one goes back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from incubator.core.access import Role, ScopeKind
from incubator.core.db import transaction
from incubator.core.errors import Conflict, Invalid, NotAllowed
from incubator.judging import scoring
from incubator.judging.queries import blockers, ranking
from incubator.judging.queries.decided import sentences_of
from incubator.judging.queries.results import deciders_of, explain, key_names, rows_of
from incubator.judging.services import awards, paper, stages, ties
from incubator.models import (
    Award,
    Edition,
    Entry,
    Invitation,
    PrizeBasis,
    PrizeScope,
    Project,
    StageEntry,
    StageKind,
    StagePresence,
    StageState,
    Tabulation,
    TieOutcome,
)
from tests import factories as base
from tests.judging.factories import AT, make_round, make_tier, mark, mark_all

LATER = AT + timedelta(hours=3)


def close(r, **values):
    return stages.close_part(r.part, r.stage, actor=r.keeper, at=LATER, **values)


def ranks(session, r):
    rows = session.execute(
        sa.select(StageEntry.id, StageEntry.rank).where(StageEntry.stage_division_id == r.part.id)
    )
    places = {row.id: row.rank for row in rows}
    return [places[e.id] for e in r.entries]


def codes(r, method=None):
    from incubator.judging.queries.inputs import method_of

    return {b.code for b in blockers.for_closing(r.part, r.stage, method or method_of(r.stage)) if b.blocks}


def test_missing_sheets_block_closing_by_the_stated_rule(session):
    r = make_round(entries=2)
    mark(r, 0, 0, 7, 8)
    assert codes(r) == {"missing"}
    with pytest.raises(Conflict):
        close(r)
    assert r.part.state is StageState.OPEN


def test_closing_early_needs_a_reason_and_uses_the_other_rule(session):
    r = make_round(entries=2)
    mark(r, 0, 0, 7, 8)
    mark(r, 1, 0, 6, 8)
    with pytest.raises(Invalid):
        close(r, missing=scoring.Missing.MEAN, at_least=1)
    tabulation = close(r, missing=scoring.Missing.MEAN, at_least=1, reason="Trưởng ban quyết định")
    assert tabulation.parameters["missing"] == "mean"
    assert tabulation.parameters["reason"] == "Trưởng ban quyết định"
    assert ranks(session, r) == [1, 2]


def test_unchecked_paper_and_points_owed_block(session):
    r = make_round(entries=1, judges=1, sources=("judge", "secretary"))
    paper.enter_paper(r.id(), {r.criteria[0].id: 700}, "", token="p", actor=r.keeper, at=AT)
    assert codes(r) == {"missing", "paper", "entered"}
    paper.check_paper(r.id(), 700, actor=r.checker, at=AT)
    paper.enter_scores(
        r.part, r.stage, r.criteria[1], {r.entries[0].id: 500}, "Điểm danh", actor=r.keeper, at=AT
    )
    assert codes(r) == set()
    close(r)
    assert session.scalar(sa.select(StageEntry.score_e4)) == 120_000


def test_a_tabulation_keeps_method_parameters_and_hash_and_ranks_are_written(session):
    r = make_round(entries=3)
    mark_all(r, {0: (9, 9), 1: (8, 8), 2: (9, 8)})
    close(r)
    stored = session.scalar(sa.select(Tabulation))
    assert stored.method == "mean"
    assert len(stored.input_hash) == 64
    assert [row["entry_id"] for row in stored.rows] == [r.entries[0].id, r.entries[2].id, r.entries[1].id]
    assert ranks(session, r) == [1, 3, 2]
    assert session.scalar(sa.select(StageEntry.score_e4).where(StageEntry.id == r.entries[0].id)) == 180_000


def test_an_absent_entry_neither_waits_nor_ranks(session):
    r = make_round(entries=2)
    mark_all(r, {0: (9, 9)})
    stages.set_presence(
        r.entries[1], r.part, r.stage, StagePresence.ABSENT, "Không đến", actor=r.keeper, at=AT
    )
    close(r)
    assert ranks(session, r) == [1, None]


def test_a_conflict_found_later_is_not_counted(session):
    from incubator.judging.services import sheets
    from incubator.models import ConflictKind

    r = make_round(entries=1, judges=3, method=scoring.Method(expected=2))
    for judge, points in enumerate(((9, 9), (7, 7), (1, 1))):
        mark(r, 0, judge, *points)
    sheets.declare_conflict(r.id(0, 2), ConflictKind.OTHER, "Phát hiện sau", actor=r.keeper, at=AT)
    close(r)
    assert session.scalar(sa.select(StageEntry.score_e4)) == 160_000


def tied_at_the_cut():
    r = make_round(entries=3, advance=2)
    mark_all(r, {0: (9, 9), 1: (8, 8), 2: (8, 8)})
    close(r)
    return r


def test_a_tie_at_the_cut_blocks_until_it_is_decided(session):
    r = tied_at_the_cut()
    [tie] = ties.open_ties(r.part)
    assert sorted(tie.stage_entry_ids) == sorted([r.entries[1].id, r.entries[2].id])
    with pytest.raises(Conflict):
        stages.decide_part(r.part, r.stage, actor=r.keeper, at=LATER)
    chair = r.judges[0].person_id
    order = [[r.entries[2].id], [r.entries[1].id]]
    ties.decide(
        tie, r.part, r.stage, TieOutcome.VOTE, order, "Biểu quyết 2/2", chair, actor=r.keeper, at=LATER
    )
    assert ranks(session, r) == [1, 3, 2]
    assert stages.decide_part(r.part, r.stage, actor=r.keeper, at=LATER) == sorted(
        [r.entries[0].id, r.entries[2].id]
    )


def test_a_shared_cut_takes_all_of_them(session):
    r = tied_at_the_cut()
    [tie] = ties.open_ties(r.part)
    ties.decide(
        tie,
        r.part,
        r.stage,
        TieOutcome.SHARE,
        [],
        "Thể lệ điều 7",
        r.judges[0].person_id,
        actor=r.keeper,
        at=LATER,
    )
    assert len(stages.decide_part(r.part, r.stage, actor=r.keeper, at=LATER)) == 3
    assert ranks(session, r) == [1, 2, 2]


def test_a_tie_is_decided_by_another_than_who_records_it_with_grounds_and_a_whole_order(session):
    r = tied_at_the_cut()
    [tie] = ties.open_ties(r.part)
    chair, order = r.judges[0].person_id, [[r.entries[1].id], [r.entries[2].id]]

    def decide(order, reason, chair):
        ties.decide(tie, r.part, r.stage, TieOutcome.VOTE, order, reason, chair, actor=r.keeper, at=LATER)

    with pytest.raises(Invalid):
        decide(order, " ", chair)
    with pytest.raises(Invalid):
        decide(order[:1], "Biên bản", chair)
    with pytest.raises(Invalid, match="Cùng một số"):
        decide([[e for step in order for e in step]], "Biên bản", chair)
    with pytest.raises(Conflict):
        decide(order, "Biên bản", r.keeper.person_id)
    decide(order, "Biên bản", chair)
    with pytest.raises(Conflict):
        decide(order, "Biên bản", chair)


def test_a_cut_that_leads_nowhere_blocks_closing(session):
    r = make_round(entries=2)
    mark_all(r, {0: (9, 9), 1: (8, 8)})
    r.part.advance = 1
    with pytest.raises(Conflict, match="không có vòng sau"):
        close(r)
    r.part.advance = None
    close(r)


def test_a_tie_away_from_every_line_does_not_matter(session):
    r = make_round(entries=4, advance=1)
    mark_all(r, {0: (9, 9), 1: (8, 8), 2: (8, 8), 3: (7, 7)})
    close(r)
    assert ties.open_ties(r.part) == []
    assert ranks(session, r) == [1, 2, 2, 4]


def test_advancing_fills_the_next_stage_once(session):
    r = make_round(entries=3, advance=2)
    last = ranking.later_part(r.part, r.stage)
    mark_all(r, {0: (9, 9), 1: (7, 8), 2: (8, 9)})
    close(r)
    stages.decide_part(r.part, r.stage, actor=r.keeper, at=LATER)
    through = session.scalars(
        sa.select(StageEntry.entry_id).where(StageEntry.stage_division_id == last.id)
    ).all()
    assert sorted(through) == sorted([r.entries[0].entry_id, r.entries[2].entry_id])
    stages.reopen_part(r.part, r.stage, "Nhập sai một phiếu", actor=r.keeper, at=LATER)
    assert (
        session.scalars(sa.select(StageEntry.entry_id).where(StageEntry.stage_division_id == last.id)).all()
        == []
    )


def test_reopening_voids_tabulation_ranks_and_decisions(session):
    r = tied_at_the_cut()
    [tie] = ties.open_ties(r.part)
    ties.decide(
        tie, r.part, r.stage, TieOutcome.SHARE, [], "Điều 7", r.judges[0].person_id, actor=r.keeper, at=LATER
    )
    with pytest.raises(Invalid):
        stages.reopen_part(r.part, r.stage, "", actor=r.keeper, at=LATER)
    stages.reopen_part(r.part, r.stage, "Sai phiếu", actor=r.keeper, at=LATER)
    session.expire_all()
    assert session.scalar(sa.select(Tabulation.void_reason)) == "Sai phiếu"
    assert ranking.decisions_of([r.part.id]) == []
    assert ranks(session, r) == [None, None, None]


def test_a_published_stage_is_not_reopened(session):
    r = tied_at_the_cut()
    r.part.state = StageState.PUBLISHED
    session.flush()
    with pytest.raises(Conflict):
        stages.reopen_part(r.part, r.stage, "Sai phiếu", actor=r.keeper, at=LATER)


def test_closing_ends_the_judges_links(session):
    from incubator.judging.services import panels

    r = make_round(entries=1)
    session.commit()
    with transaction():
        link = panels.link_for(r.judges[0].person_id, r.stage, actor=r.keeper, at=AT)
        again = panels.link_for(r.judges[0].person_id, r.stage, actor=r.keeper, at=AT)
        assert link.id == again.id
    mark_all(r, {0: (9, 9)})
    close(r)
    assert session.scalar(sa.select(Invitation.revoked_at).where(Invitation.id == link.id)) == LATER


def test_judges_neither_close_nor_decide(session):
    r = make_round(entries=1)
    mark_all(r, {0: (9, 9)})
    with pytest.raises(NotAllowed):
        stages.close_part(r.part, r.stage, actor=r.judge(0), at=LATER)


def test_the_method_is_fixed_once_a_division_is_closed(session):
    r = make_round(entries=1)
    stages.set_method(r.stage, scoring.Method(expected=2, places=1), actor=r.keeper, at=AT)
    mark_all(r, {0: (9, 9)})
    close(r)
    with pytest.raises(Conflict):
        stages.set_method(r.stage, scoring.Method(expected=1), actor=r.keeper, at=AT)


def decided(marks_by_entry, **tiers):
    r = make_round(entries=len(marks_by_entry))
    made = {slug: make_tier(r, slug, count) for slug, count in tiers.items()}
    mark_all(r, marks_by_entry)
    close(r)
    return r, made


def given(session):
    rows = session.execute(sa.select(Award.stage_entry_id, Award.tier_id).where(Award.revoked_at.is_(None)))
    return {r.stage_entry_id: r.tier_id for r in rows}


def test_prizes_follow_the_ranking_with_the_names_of_the_day(session):
    r, tiers = decided({0: (9, 9), 1: (8, 9), 2: (8, 8)}, first=1, second=2)
    stages.decide_part(r.part, r.stage, actor=r.keeper, at=LATER)
    awards.draw_up(r.stage, actor=r.keeper, at=LATER)
    assert given(session) == {
        r.entries[0].id: tiers["first"].id, r.entries[1].id: tiers["second"].id, r.entries[2].id: tiers["second"].id,
    }  # fmt: skip
    assert session.scalar(sa.select(Award.organisation_name)) == "Tiểu học Đông Hòa B"
    awards.draw_up(r.stage, actor=r.keeper, at=LATER)
    assert session.scalar(sa.select(sa.func.count(Award.id))) == 3


def test_a_stage_that_is_marked_again_has_no_prizes(session):
    r, _tiers = decided({0: (9, 9), 1: (8, 9)}, first=1)
    stages.decide_part(r.part, r.stage, actor=r.keeper, at=LATER)
    awards.draw_up(r.stage, actor=r.keeper, at=LATER)
    stages.reopen_part(r.part, r.stage, "Sai phiếu", actor=r.keeper, at=LATER)
    assert given(session) == {}


def test_a_withheld_prize_stays_empty_and_takes_no_place(session):
    r, tiers = decided({0: (9, 9), 1: (8, 9), 2: (8, 8)}, first=1, second=2)
    stages.decide_part(r.part, r.stage, actor=r.keeper, at=LATER)

    def leave_empty(division_id):
        awards.withhold(
            r.stage,
            tiers["first"],
            "Không có bài xứng đáng",
            division_id=division_id,
            actor=r.keeper,
            at=LATER,
        )
        awards.draw_up(r.stage, actor=r.keeper, at=LATER)

    leave_empty(r.part.division_id + 1)
    assert given(session)[r.entries[0].id] == tiers["first"].id, "another division's first prize is its own"
    leave_empty(r.part.division_id)
    assert given(session) == {r.entries[0].id: tiers["second"].id, r.entries[1].id: tiers["second"].id}


def test_a_tie_at_a_prize_blocks_the_decision(session):
    r, _tiers = decided({0: (9, 9), 1: (9, 9)}, first=1)
    assert [d.boundary for d in ties.open_ties(r.part)] == ["prize:first"]
    with pytest.raises(Conflict):
        awards.draw_up(r.stage, actor=r.keeper, at=LATER)


def test_prizes_by_score_band(session):
    r = make_round(entries=3)
    band = make_tier(r, "nhat", 0, basis=PrizeBasis.BAND, band_min_e2=1700, band_max_e2=2000)
    band.count = None
    mark_all(r, {0: (9, 9), 1: (9, 8), 2: (8, 8)})
    close(r)
    stages.decide_part(r.part, r.stage, actor=r.keeper, at=LATER)
    awards.draw_up(r.stage, actor=r.keeper, at=LATER)
    assert set(given(session)) == {r.entries[0].id, r.entries[1].id}


def test_below_the_minimum_nobody_advances_or_wins(session):
    r = make_round(entries=2, advance=2, method=scoring.Method(expected=2, minimum_e4=170_000))
    mark_all(r, {0: (9, 9), 1: (8, 8)})
    close(r)
    assert stages.decide_part(r.part, r.stage, actor=r.keeper, at=LATER) == [r.entries[0].id]


def test_prizes_over_fields_and_editions_are_settled_after_the_divisions(session):
    r = make_round(entries=3)
    make_tier(r, "all", 1, scope=PrizeScope.EDITION)
    mark_all(r, {0: (9, 9), 1: (9, 9), 2: (8, 8)})
    close(r)
    assert ties.open_ties(r.part) == []
    stages.decide_part(r.part, r.stage, actor=r.keeper, at=LATER)
    [tie] = [d for d in ranking.decisions_of([r.part.id]) if d.outcome is None]
    assert tie.boundary == "prize:all@edition"
    order = [[r.entries[1].id], [r.entries[0].id]]
    ties.decide(
        tie,
        r.part,
        r.stage,
        TieOutcome.LOTS,
        order,
        "Bốc thăm",
        r.judges[0].person_id,
        actor=r.keeper,
        at=LATER,
    )
    awards.draw_up(r.stage, actor=r.keeper, at=LATER)
    assert set(given(session)) == {r.entries[1].id}
    assert ranks(session, r) == [2, 1, 3]
    told = sentences_of([r.stage.id], ranking.tiers_of(r.stage.edition_id))
    assert "bốc thăm quyết định, xếp thứ 1" in told[r.entries[1].id][0]
    assert "bốc thăm quyết định, xếp thứ 2" in told[r.entries[0].id][0]
    assert "hạng tính trong từng bảng" in told[r.entries[0].id][0]
    stages.reopen_part(r.part, r.stage, "Nhập nhầm phiếu", actor=r.keeper, at=LATER)
    close(r)
    assert ranks(session, r) == [1, 1, 3]


def test_equal_entries_of_one_division_are_put_in_order_once(session):
    """What the division's prize has decided holds for the prize over all divisions too."""
    r = make_round(entries=3)
    make_tier(r, "all", 1, scope=PrizeScope.EDITION)
    make_tier(r, "nhat", 1)
    mark_all(r, {0: (9, 9), 1: (9, 9), 2: (8, 8)})
    close(r)
    [tie] = ties.open_ties(r.part)
    order = [[r.entries[1].id], [r.entries[0].id]]
    vote = (TieOutcome.VOTE, order, "Biên bản 4", r.judges[0].person_id)
    ties.decide(tie, r.part, r.stage, *vote, actor=r.keeper, at=LATER)
    stages.decide_part(r.part, r.stage, actor=r.keeper, at=LATER)
    assert [d for d in ranking.decisions_of([r.part.id]) if d.outcome is None] == []
    awards.draw_up(r.stage, actor=r.keeper, at=LATER)
    assert ranks(session, r) == [2, 1, 3]
    assert set(given(session)) == {r.entries[1].id, r.entries[0].id}


def test_a_prize_in_each_field(session):
    r = make_round(entries=3)
    make_tier(r, "field", 1, scope=PrizeScope.FIELD)
    ids = [session.scalar(sa.select(Entry.project_id).where(Entry.id == e.entry_id)) for e in r.entries]
    for project, name in zip(ids, ("software", "software", "climate"), strict=True):
        session.execute(sa.update(Project).where(Project.id == project).values(field=name))
    mark_all(r, {0: (9, 9), 1: (8, 9), 2: (7, 7)})
    close(r)
    stages.decide_part(r.part, r.stage, actor=r.keeper, at=LATER)
    awards.draw_up(r.stage, actor=r.keeper, at=LATER)
    assert set(given(session)) == {r.entries[0].id, r.entries[2].id}


def test_every_rank_says_why(session):
    r = make_round(entries=4)
    chain = (scoring.Step(scoring.StepKind.CRITERION, (r.criteria[1].id,)),)
    stages.set_method(r.stage, scoring.Method(expected=2, chain=chain), actor=r.keeper, at=AT)
    mark_all(r, {0: (9, 8), 1: (8, 9), 2: (5, 5), 3: (5, 5)})
    close(r)
    rows = rows_of([r.part.id])
    explain(rows, key_names(scoring.Method(chain=chain), r.criteria), {})
    assert [row.id for row in rows[:2]] == [r.entries[1].id, r.entries[0].id]
    assert "kém ở Tiêu chí 2" in rows[1].why
    assert "đồng hạng với 1 bài" in rows[2].why


def test_an_entry_that_withdraws_leaves_open_stages_and_is_not_missed(session):
    from incubator.core import signals

    r = make_round(entries=2)
    mark_all(r, {0: (9, 9)})
    signals.entry_withdrawn.send(r.entries[1].entry_id, actor=r.keeper, at=AT)
    session.expire_all()
    close(r)
    assert ranks(session, r) == [1, None]
    signals.entry_withdrawn.send(r.entries[0].entry_id, actor=r.keeper, at=LATER)
    session.expire_all()
    assert ranks(session, r) == [1, None]
    assert session.get(StageEntry, r.entries[0].id).presence is StagePresence.EXPECTED


def test_prizes_of_a_published_result_change_by_correction_only(session):
    r = make_round(entries=2)
    tier = make_tier(r, "first", 1)
    mark_all(r, {0: (9, 9), 1: (8, 8)})
    close(r)
    stages.decide_part(r.part, r.stage, actor=r.keeper, at=LATER)
    awards.draw_up(r.stage, actor=r.keeper, at=LATER)
    before = given(session)
    r.part.state = StageState.PUBLISHED
    session.flush()
    with pytest.raises(Conflict, match="Đính chính"):
        awards.draw_up(r.stage, actor=r.keeper, at=LATER)
    with pytest.raises(Conflict, match="Đính chính"):
        awards.withhold(
            r.stage, tier, "Không đủ chất lượng", division_id=r.part.division_id, actor=r.keeper, at=LATER
        )
    assert given(session) == before


def test_where_nobody_judges_the_organising_board_decides_a_tie(session):
    r = make_round(entries=1)
    edition = session.get(Edition, r.stage.edition_id)
    matches = base.make_stage(edition, kind=StageKind.MATCHES)
    assert deciders_of(matches, at=LATER) == []
    board = base.make_user(Role.ORGANISER, ScopeKind.EDITION, edition.id)
    base.make_user(Role.ORGANISER, ScopeKind.EDITION, base.make_edition().id)
    assert [p.id for p in deciders_of(matches, at=LATER)] == [board.person_id]
    assert [p.id for p in deciders_of(r.stage, at=LATER)] == [r.judges[0].person_id]
