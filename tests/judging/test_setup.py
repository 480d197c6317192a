"""Rubrics, panels, assignment and what follows from conflicts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from incubator.accounts.queries import person_of_contact
from incubator.core.access import Permission
from incubator.core.db import transaction
from incubator.core.errors import Conflict, Invalid, NotAllowed, NotFound
from incubator.judging import scoring
from incubator.judging.queries import inputs
from incubator.judging.queries.blockers import for_closing
from incubator.judging.queries.conflicts import conflicts_of
from incubator.judging.queries.panels import panels_of
from incubator.judging.services import absence, assignments, by_hand, marks, panels, rubrics, stages
from incubator.models import (
    Affiliation,
    AffiliationPart,
    Assignment,
    AssignmentState,
    ConflictKind,
    CriterionSource,
    Division,
    EntryMember,
    Guardian,
    Mark,
    MemberPart,
    PanelMember,
    Rubric,
    ScoreSheet,
    Stage,
    StageDivision,
    StageEntry,
    StageState,
    TeamMember,
)
from incubator.models import (
    Conflict as ConflictRow,
)
from tests import factories as base
from tests.judging.factories import AT, make_round, mark, person_of, state_of


@pytest.mark.parametrize("template", sorted(rubrics.templates()))
def test_every_template_makes_a_sound_rubric_with_levels_that_cover_it(session, template):
    r = make_round(entries=1)
    made = rubrics.from_template(r.stage.edition_id, template, actor=r.keeper, at=AT)
    for criterion in made.criteria:
        assert criterion.name_en
        if criterion.source is not CriterionSource.JUDGE:
            continue
        covered = sorted(
            p
            for level in criterion.levels
            for p in range(level["from_e2"], level["to_e2"] + 1, criterion.step_e2)
        )
        assert covered == list(range(0, criterion.max_e2 + 1, criterion.step_e2))
        assert all(level["vi"] and level["en"] for level in criterion.levels)
    if template != "robot-nhiem-vu":
        assert sum(c.max_e2 for c in made.criteria) == 10_000


def draft(name="Tính mới", most=1000, **values):
    return rubrics.CriterionDraft(name, most, **values)


@pytest.mark.parametrize(
    "drafts",
    [[], [draft("")], [draft(), draft()], [draft(most=0)], [draft(step_e2=300)], [draft(weight_e2=0)], [draft(most=100_000, step_e2=100)]],
)  # fmt: skip
def test_a_rubric_that_cannot_be_marked_with_is_refused(drafts):
    with pytest.raises(Invalid):
        rubrics.ensure_sound(drafts)


def test_a_rubric_without_marks_is_changed_in_place(session):
    r = make_round()
    kept = rubrics.change_rubric(r.rubric, "Mới", [draft(), draft("Hiệu quả")], actor=r.keeper, at=AT)
    assert kept.id == r.rubric.id
    assert [c.name for c in kept.criteria] == ["Tính mới", "Hiệu quả"]


def test_a_frozen_rubric_is_followed_by_a_new_version_and_old_sheets_keep_theirs(session):
    r = make_round()
    mark(r, 0, 0, 7, 8)
    session.refresh(r.rubric, ["frozen_at"])
    new = rubrics.change_rubric(r.rubric, "Mới", [draft()], actor=r.keeper, at=AT)
    assert (new.version, new.previous_id) == (2, r.rubric.id)
    assert session.scalar(sa.select(ScoreSheet.rubric_id)) == r.rubric.id
    assert (
        session.scalar(sa.select(StageDivision.rubric_id).where(StageDivision.id == r.part.id)) == r.rubric.id
    )
    with pytest.raises(Conflict):
        rubrics.choose_rubric(r.part, r.stage, new, actor=r.keeper, at=AT)


def test_a_rubric_of_another_edition_cannot_be_chosen(session):
    r, other = make_round(), make_round()
    with pytest.raises(NotFound):
        rubrics.choose_rubric(r.part, r.stage, other.rubric, actor=r.keeper, at=AT)


def test_judges_do_not_set_judging_up(session):
    r = make_round()
    with pytest.raises(NotAllowed):
        panels.make_panel(r.stage, "Tiểu ban", actor=r.judge(0), at=AT)
    with pytest.raises(NotAllowed):
        assignments.assign(r.stage, actor=r.judge(0), at=AT)
    with pytest.raises(NotAllowed):
        rubrics.create_rubric(r.stage.edition_id, "X", [draft()], actor=r.judge(0), at=AT)


def coach_of(session, r, person_id):
    entry_id = r.entries[0].entry_id
    base.save(
        EntryMember(
            entry_id=entry_id,
            person_id=person_id,
            position=9,
            part=MemberPart.COACH,
            full_name="Người hướng dẫn",
        )
    )


def test_every_kind_of_conflict_is_found(session):
    r = make_round(entries=2, judges=7)
    ids = [j.person_id for j in r.judges]
    entry = session.get(StageEntry, r.entries[0].id)
    from incubator.models import Entry

    row = session.get(Entry, entry.entry_id)
    member = session.scalars(sa.select(EntryMember).where(EntryMember.entry_id == row.id)).first()
    base.save(
        Affiliation(person_id=ids[0], organisation_id=row.organisation_id, part=AffiliationPart.TEACHER)
    )
    base.save(Affiliation(person_id=ids[1], organisation_id=row.organisation_id, part=AffiliationPart.FORMER))
    coach_of(session, r, ids[2])
    base.save(
        TeamMember(team_id=row.team_id, person_id=ids[3], part=MemberPart.COACH, valid_from=AT, valid_to=AT)
    )
    base.save(Guardian(child_id=member.person_id, person_id=ids[4]))
    base.save(ConflictRow(person_id=ids[5], team_id=row.team_id, kind=ConflictKind.DECLARED, valid_from=AT))
    base.save(
        ConflictRow(
            person_id=ids[6], other_person_id=member.person_id, kind=ConflictKind.FAMILY, valid_from=AT
        )
    )
    found = conflicts_of([r.entries[0].id], ids)
    kinds = [found[j, r.entries[0].id] for j in ids]
    assert kinds == ["same_school", "former", "member", "coached", "family", "declared", "family"]


def test_a_conflict_that_has_ended_keeps_nobody_away(session):
    r = make_round(entries=1, judges=1)
    from incubator.models import Entry

    team = session.scalar(sa.select(Entry.team_id))
    base.save(
        ConflictRow(
            person_id=r.judges[0].person_id, team_id=team, kind=ConflictKind.OTHER, valid_from=AT, valid_to=AT
        )
    )
    assert conflicts_of([r.entries[0].id], [r.judges[0].person_id]) == {}


def unassigned(entries=6, judges=4, k=2):
    r = make_round(entries=entries, judges=judges, method=scoring.Method(expected=k))
    from incubator.core.db import db

    db.session.execute(sa.delete(Assignment))
    return r


def held(session):
    rows = session.execute(
        sa.select(Assignment.stage_entry_id, Assignment.judge_id).where(
            Assignment.state != AssignmentState.REMOVED
        )
    )
    return {(r.stage_entry_id, r.judge_id) for r in rows}


def test_assignment_is_even_and_free_of_conflicts(session):
    r = unassigned()
    coach_of(session, r, r.judges[0].person_id)
    outcome = assignments.assign(r.stage, actor=r.keeper, at=AT, seed=1)
    assert outcome.added == 12
    assert (r.entries[0].id, r.judges[0].person_id) not in held(session)
    assert set(outcome.plan.loads.values()) == {3}


def test_assigning_again_keeps_what_is_there_and_always_sheets_with_marks(session):
    r = unassigned()
    assignments.assign(r.stage, actor=r.keeper, at=AT, seed=1)
    before = held(session)
    assert assignments.assign(r.stage, actor=r.keeper, at=AT, seed=2).added == 0
    assert held(session) == before
    one = session.scalars(sa.select(Assignment).order_by(Assignment.id)).first()
    from tests.judging.factories import actor

    judge = next(j for j in r.judges if j.person_id == one.judge_id)
    marks.save_mark(
        one.id, r.criteria[0].id, 500, base=0, client_id="client-00001", actor=actor(judge), at=AT
    )
    assignments.assign(r.stage, actor=r.keeper, at=AT, seed=3, keep=False)
    assert (one.stage_entry_id, one.judge_id) in held(session)
    assert len(held(session)) == 12


def test_assigning_without_judges_says_so(session):
    r = unassigned(judges=0)
    with pytest.raises(Conflict, match="Chưa có giám khảo nào"):
        assignments.assign(r.stage, actor=r.keeper, at=AT)


def test_assigning_a_stage_without_entries_says_what_has_to_happen_first(session):
    r = unassigned(entries=0)
    r.part.state = StageState.PLANNED
    session.flush()
    with pytest.raises(Conflict, match="Chưa có bài nào được duyệt"):
        assignments.assign(r.stage, actor=r.keeper, at=AT)
    r.stage.position = 2
    before = Stage(
        edition_id=r.stage.edition_id, position=1, name="Vòng trước", kind=r.stage.kind, settings={}
    )
    base.save(
        StageDivision(stage_id=base.save(before).id, division_id=r.part.division_id, state=StageState.OPEN)
    )
    with pytest.raises(Conflict, match="sau khi vòng trước có kết quả"):
        assignments.assign(r.stage, actor=r.keeper, at=AT)
    r.part.state = StageState.OPEN
    session.flush()
    with pytest.raises(Conflict, match="không còn bài nào nhận phiếu"):
        assignments.assign(r.stage, actor=r.keeper, at=AT)


def test_an_absent_judges_rest_goes_to_others_in_one_step_and_submitted_sheets_stay(session):
    r = make_round(entries=4, judges=3, method=scoring.Method(expected=1))
    for entry in range(4):
        for judge in (1, 2):
            session.delete(r.assignments[entry, judge])
    session.flush()
    mark(r, 0, 0, 7, 8)
    mark(r, 1, 0, 7, 8, submit=False)
    session.commit()
    with transaction():
        outcome = absence.take_over(r.judges[0].person_id, r.stage, actor=r.keeper, at=AT, seed=1)
    assert outcome.added == 3
    assert state_of(r.assignments[0, 0]) is AssignmentState.SUBMITTED
    assert state_of(r.assignments[1, 0]) is AssignmentState.REMOVED
    assert session.scalar(sa.select(sa.func.count(ScoreSheet.id))) == 2  # the half-marked sheet is kept
    per_judge = [sum(j == a.person_id for _e, j in held(session)) for a in r.judges]
    assert sorted(per_judge[1:]) == [1, 2]
    member = session.scalar(sa.select(PanelMember).where(PanelMember.person_id == r.judges[0].person_id))
    session.refresh(member)
    assert member.absent_since == AT
    with pytest.raises(Conflict), transaction():
        absence.take_over(r.judges[0].person_id, r.stage, actor=r.keeper, at=AT)


def test_reserves_take_over_first(session):
    r = make_round(entries=4, judges=3, method=scoring.Method(expected=1))
    for entry in range(4):
        for judge in (1, 2):
            session.delete(r.assignments[entry, judge])
    reserve = session.scalar(sa.select(PanelMember).where(PanelMember.person_id == r.judges[2].person_id))
    reserve.reserve = True
    session.commit()
    with transaction():
        absence.take_over(r.judges[0].person_id, r.stage, actor=r.keeper, at=AT)
    assert {j for _e, j in held(session)} == {r.judges[2].person_id}


def test_a_move_by_hand_respects_conflicts_and_submitted_sheets(session):
    r = make_round(entries=1, judges=3)
    session.delete(r.assignments[0, 2])
    session.flush()
    new = r.judges[2].person_id
    coach_of(session, r, new)
    with pytest.raises(Conflict):
        by_hand.move(r.assignments[0, 0], new, r.stage, actor=r.keeper, at=AT)
    session.execute(sa.delete(EntryMember).where(EntryMember.person_id == new))
    with pytest.raises(Conflict):
        by_hand.move(r.assignments[0, 0], r.judges[1].person_id, r.stage, actor=r.keeper, at=AT)
    by_hand.move(r.assignments[0, 0], new, r.stage, actor=r.keeper, at=AT)
    assert (r.entries[0].id, new) in held(session)
    mark(r, 0, 1, 7, 8)
    session.refresh(r.assignments[0, 1])
    with pytest.raises(Conflict):
        by_hand.move(r.assignments[0, 1], r.judges[0].person_id, r.stage, actor=r.keeper, at=AT)


def test_panels_judge_their_divisions_and_fields(session):
    r = make_round(entries=1)
    wide = r.panel
    narrow = panels.make_panel(
        r.stage, "Hẹp", actor=r.keeper, at=AT, division_ids=[r.part.division_id], fields=["software"]
    )
    assert panels.panel_of([wide, narrow], r.part.division_id, "software") is narrow
    assert panels.panel_of([wide, narrow], r.part.division_id, "climate") is wide
    assert panels.panel_of([narrow], r.part.division_id, "climate") is None


def test_a_judge_by_phone_gets_an_account_and_a_link_that_works_many_times(session):
    r = make_round(entries=1)
    session.commit()
    with transaction():
        member = panels.add_new_judge(
            r.panel,
            r.stage,
            full_name="Lê Văn Bình",
            title="TS.",
            contact="0912 345 678",
            actor=r.keeper,
            at=AT,
        )
        link = panels.link_for(member.person_id, r.stage, actor=r.keeper, at=AT)
    assert link.uses_left is None
    assert person_of_contact("+84 912 345 678") == member.person_id


def test_a_coach_of_the_edition_does_not_judge_it(session):
    r = make_round(entries=1)
    coach = base.make_user(full_name="Cô hướng dẫn")
    coach_of(session, r, coach.person_id)
    with pytest.raises(Conflict):
        panels.add_judge(r.panel, r.stage, person_of(coach), actor=r.keeper, at=AT)


def test_a_judge_with_entries_is_not_removed(session):
    r = make_round(entries=1)
    member = session.scalar(sa.select(PanelMember).where(PanelMember.person_id == r.judges[0].person_id))
    with pytest.raises(Conflict):
        panels.remove_judge(member, r.panel, r.stage, actor=r.keeper, at=AT)
    session.execute(sa.delete(Assignment).where(Assignment.judge_id == r.judges[0].person_id))
    panels.remove_judge(member, r.panel, r.stage, actor=r.keeper, at=AT)
    assert r.panel.chair_id is None


def test_the_report_counts_loads_and_names_what_is_short(session):
    r = make_round(entries=2, judges=2, method=scoring.Method(expected=3))
    stage = session.scalar(
        sa.select(Stage)
        .options(sa.orm.selectinload(Stage.parts).joinedload(StageDivision.division))
        .where(Stage.id == r.stage.id)
    )
    view = panels_of(stage)
    assert [(s.have, s.wanted) for s in view.short] == [(2, 3), (2, 3)]
    assert (view.low, view.high, view.together) == (2, 2, 2)


def test_a_practice_entry_goes_to_judges_who_do_not_have_it(session):
    r = make_round(entries=2, judges=2, state=StageState.PLANNED)
    session.delete(r.assignments[0, 1])
    session.flush()
    assert assignments.give_practice(r.stage, r.entries[0].id, actor=r.keeper, at=AT) == 1
    tried = session.scalar(sa.select(Assignment).where(Assignment.practice))
    assert tried.judge_id == r.judges[1].person_id
    from tests.judging.factories import actor

    marks.save_mark(
        tried.id, r.criteria[0].id, 500, base=0, client_id="client-00001", actor=actor(r.judges[1]), at=AT
    )
    assert session.scalar(sa.select(Rubric.frozen_at).where(Rubric.id == r.rubric.id)) is None


def test_roles_come_with_the_panel(session, actor_of):
    r = make_round(entries=1)
    person = base.make_user(full_name="Người mới")
    session.commit()
    with transaction():
        panels.add_judge(r.panel, r.stage, person_of(person), actor=r.keeper, at=AT)
    assert actor_of(person).in_edition(Permission.SCORES_SUBMIT, r.stage.edition_id)


def chained(r):
    return scoring.Method(expected=2, chain=(scoring.Step(scoring.StepKind.CRITERION, (r.criteria[0].id,)),))


def test_a_changed_rubric_keeps_the_tie_break_chain_and_forgets_what_was_tried(session):
    r = make_round(entries=1, judges=1, state=StageState.PLANNED)
    stages.set_method(r.stage, chained(r), actor=r.keeper, at=AT)
    first, second = (c.id for c in r.criteria)
    r.assignments[0, 0].practice = True
    session.flush()
    for criterion in (first, second):
        marks.save_mark(
            r.id(), criterion, 500, base=0, client_id=f"client-{criterion:05}", actor=r.judge(0), at=AT
        )
    rubrics.change_rubric(r.rubric, "Mới", [draft(), draft("TIÊU CHÍ 1", most=2000)], actor=r.keeper, at=AT)
    assert [(c.name, c.id == first, c.max_e2) for c in r.rubric.criteria][1:] == [("TIÊU CHÍ 1", True, 2000)]
    assert session.scalars(sa.select(Mark.criterion_id)).all() == [first]
    assert "chain" not in {b.code for b in for_closing(r.part, r.stage, inputs.method_of(r.stage))}
    rubrics.change_rubric(r.rubric, "Mới", [draft()], actor=r.keeper, at=AT)
    assert "chain" in {b.code for b in for_closing(r.part, r.stage, inputs.method_of(r.stage))}


def test_another_rubric_with_a_criterion_of_that_name_serves_the_chain(session):
    r = make_round(entries=1, state=StageState.PLANNED)
    stages.set_method(r.stage, chained(r), actor=r.keeper, at=AT)
    other = rubrics.create_rubric(
        r.stage.edition_id, "Khác", [draft(), draft("tiêu chí 1")], actor=r.keeper, at=AT
    )
    rubrics.choose_rubric(r.part, r.stage, other, actor=r.keeper, at=AT)
    [step] = inputs.method_of(r.stage).chain
    assert set(step.criteria) == {r.criteria[0].id, other.criteria[1].id}


def test_judges_are_assigned_before_the_stage_opens(session):
    r = unassigned(entries=1, judges=1, k=1)
    r.part.state = StageState.PLANNED
    base.make_entry(session.get_one(Division, r.part.division_id), base.make_organisation(), team="Đội mới")
    assert assignments.assign(r.stage, actor=r.keeper, at=AT).added == 2


def test_a_practice_sheet_that_becomes_real_begins_empty(session):
    r = make_round(entries=1, judges=2, method=scoring.Method(expected=2), state=StageState.PLANNED)
    r.assignments[0, 1].practice = True
    session.flush()
    marks.save_mark(
        r.id(0, 1), r.criteria[0].id, 500, base=0, client_id="client-00001", actor=r.judge(1), at=AT
    )
    assert assignments.assign(r.stage, actor=r.keeper, at=AT).added == 1
    assert session.scalar(sa.select(sa.func.count(Mark.id))) == 0
    assert session.scalar(sa.select(sa.func.count(ScoreSheet.id))) == 0
