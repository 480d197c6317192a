"""One mark, saved at once: once, in range, by its judge, and never over somebody's newer one."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from incubator.core.access import Actor
from incubator.core.db import transaction
from incubator.core.errors import Conflict, Invalid, NotAllowed, NotFound
from incubator.judging.queries.judge import get_sheet_for
from incubator.judging.services import marks, paper, sheets
from incubator.models import (
    AssignmentState,
    AuditEvent,
    ConflictKind,
    Mark,
    ScoreSheet,
    SheetState,
    StagePresence,
    StageState,
)
from tests.judging.factories import AT, make_round, mark, state_of


def save(r, points=700, base=0, client_id="client-00001", entry=0, judge=0, criterion=0, actor=None):
    return marks.save_mark(
        r.id(entry, judge), r.criteria[criterion].id, points, base=base, client_id=client_id,
        actor=actor or r.judge(judge), at=AT,
    )  # fmt: skip


def count(session, model):
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def test_the_first_mark_opens_the_sheet_and_freezes_the_rubric(session):
    r = make_round()
    saved = save(r)
    assert (saved.version, saved.points_e2) == (1, 700)
    assert state_of(r.assignments[0, 0]) is AssignmentState.OPEN
    session.refresh(r.rubric)
    assert r.rubric.frozen_at == AT
    event = session.scalar(sa.select(AuditEvent).where(AuditEvent.verb == "judging.mark.saved"))
    assert event.after == {"marks": {str(r.criteria[0].id): 700}}


def test_a_retry_with_the_same_client_id_saves_nothing_twice(session):
    r = make_round()
    first, again = save(r), save(r)
    assert again.repeated
    assert (again.version, again.points_e2) == (first.version, first.points_e2)
    assert count(session, Mark) == 1


def test_a_second_device_on_an_old_version_is_refused_and_told_what_stands(session):
    r = make_round()
    save(r, 700)
    with pytest.raises(Conflict) as refused:
        save(r, 900, client_id="client-00002")
    assert refused.value.code == "stale"
    assert refused.value.details["points_e2"] == 700
    assert refused.value.details["version"] == 1
    assert save(r, 900, base=1, client_id="client-00003").version == 2
    assert [m.points_e2 for m in session.scalars(sa.select(Mark).order_by(Mark.version))] == [700, 900]


@pytest.mark.parametrize("points", [-50, 1050, 725])
def test_a_mark_outside_maximum_or_step_is_refused(session, points):
    r = make_round()
    with pytest.raises(Invalid):
        save(r, points)
    assert count(session, ScoreSheet) == 0


def test_others_sheets_do_not_exist_for_a_judge(session):
    r = make_round()
    for actor in (r.judge(1), r.keeper, Actor()):
        with pytest.raises(NotFound):
            save(r, actor=actor)
        with pytest.raises(NotFound):
            get_sheet_for(actor, r.id())


def test_a_criterion_of_another_rubric_is_not_found(session):
    r, other = make_round(), make_round()
    with pytest.raises(NotFound):
        marks.save_mark(
            r.id(), other.criteria[0].id, 100, base=0, client_id="client-0001", actor=r.judge(0), at=AT
        )


def test_a_criterion_of_the_secretary_is_not_marked_by_judges(session):
    r = make_round(sources=("judge", "secretary"))
    with pytest.raises(Invalid):
        save(r, criterion=1)


@pytest.mark.parametrize(
    "state", [StageState.PLANNED, StageState.CLOSED, StageState.DECIDED, StageState.PUBLISHED]
)
def test_marks_are_taken_only_while_the_stage_is_open(session, state):
    r = make_round(state=state)
    with pytest.raises(Conflict) as refused:
        save(r)
    assert refused.value.code == "closed"


@pytest.mark.parametrize("presence", [StagePresence.ABSENT, StagePresence.DISQUALIFIED])
def test_an_absent_team_is_not_marked(session, presence):
    r = make_round()
    r.entries[0].presence = presence
    session.flush()
    with pytest.raises(Conflict):
        save(r)


def test_a_practice_entry_can_be_tried_before_and_freezes_nothing(session):
    r = make_round(state=StageState.PLANNED)
    r.assignments[0, 0].practice = True
    session.flush()
    save(r)
    session.refresh(r.rubric)
    assert r.rubric.frozen_at is None


def test_a_complete_sheet_is_submitted_once_with_its_total(session):
    r = make_round()
    mark(r, 0, 0, 7, 8)
    sheet = session.scalar(sa.select(ScoreSheet))
    session.refresh(sheet)
    assert (sheet.state, sheet.total_e2) == (SheetState.SUBMITTED, 1500)
    again = sheets.submit_sheet(r.id(), actor=r.judge(0), at=AT + timedelta(hours=1))
    assert again.submitted_at == AT + timedelta(minutes=2)


def test_an_incomplete_sheet_says_what_is_missing(session):
    r = make_round()
    save(r)
    with pytest.raises(Invalid, match="Tiêu chí 2"):
        sheets.submit_sheet(r.id(), actor=r.judge(0), at=AT)


def test_a_submitted_sheet_can_be_changed_until_the_stage_closes(session):
    r = make_round()
    mark(r, 0, 0, 7, 8)
    save(r, 900, base=1, client_id="client-00009")
    sheet = session.scalar(sa.select(ScoreSheet).execution_options(populate_existing=True))
    assert (sheet.state, sheet.total_e2) == (SheetState.SUBMITTED, 1700)
    with pytest.raises(Invalid):
        save(r, None, base=2, client_id="client-00010")


def test_submission_with_versions_that_are_not_the_newest_is_refused(session):
    r = make_round()
    mark(r, 0, 0, 7, 8, submit=False)
    save(r, 900, base=1, client_id="client-00009")
    with pytest.raises(Conflict) as refused:
        sheets.submit_sheet(r.id(), actor=r.judge(0), at=AT, versions={r.criteria[0].id: 1})
    assert refused.value.code == "stale"


def test_the_plain_form_saves_what_changed_and_returns_what_clashes(session):
    r = make_round()
    save(r, 700)
    first, second = (c.id for c in r.criteria)
    clash = sheets.save_sheet(
        r.id(), {first: 900, second: 500}, {first: 0, second: 0}, {"comment": "Tốt"}, {"comment": ""}, token="form-1",
        actor=r.judge(0), at=AT,
    )  # fmt: skip
    assert set(clash.marks) == {first}
    assert clash.marks[first].points_e2 == 700
    current = marks.current_marks(session.scalar(sa.select(ScoreSheet.id)))
    assert (current[first].points_e2, current[second].points_e2) == (700, 500)


def test_the_same_form_sent_twice_is_saved_once(session):
    r = make_round()
    first = r.criteria[0].id
    for _ in range(2):
        sheets.save_sheet(r.id(), {first: 900}, {first: 0}, {}, {}, token="form-1", actor=r.judge(0), at=AT)
    assert count(session, Mark) == 1


def test_two_devices_cannot_overwrite_each_others_text(session):
    r = make_round()
    sheets.save_text(r.id(), "comment", "Từ máy một", base="", actor=r.judge(0), at=AT)
    with pytest.raises(Conflict) as refused:
        sheets.save_text(r.id(), "comment", "Từ máy hai", base="", actor=r.judge(0), at=AT)
    assert refused.value.details["text"] == "Từ máy một"
    sheets.save_text(r.id(), "comment", "Cả hai", base="Từ máy một", actor=r.judge(0), at=AT)
    assert session.scalar(sa.select(ScoreSheet.comment)) == "Cả hai"


def test_unknown_and_overlong_texts_are_refused(session):
    r = make_round()
    with pytest.raises(Invalid):
        sheets.save_text(r.id(), "state", "submitted", base="", actor=r.judge(0), at=AT)
    with pytest.raises(Invalid):
        sheets.save_text(r.id(), "comment", "x" * 4001, base="", actor=r.judge(0), at=AT)


def test_the_trail_holds_no_words_of_a_comment(session):
    r = make_round()
    sheets.save_text(r.id(), "own_note", "Một điều riêng", base="", actor=r.judge(0), at=AT)
    event = session.scalar(sa.select(AuditEvent).where(AuditEvent.verb == "judging.text.saved"))
    assert "riêng" not in str(event.after)


def test_a_declared_conflict_takes_the_entry_away_and_voids_the_sheet(session):
    r = make_round()
    mark(r, 0, 0, 7, 8)
    with pytest.raises(Invalid):
        sheets.declare_conflict(r.id(), ConflictKind.COACHED, " ", actor=r.judge(0), at=AT)
    sheets.declare_conflict(r.id(), ConflictKind.COACHED, "Học trò cũ", actor=r.judge(0), at=AT)
    assert state_of(r.assignments[0, 0]) is AssignmentState.DECLINED
    sheet = session.scalar(sa.select(ScoreSheet).execution_options(populate_existing=True))
    assert (sheet.state, sheet.void_reason) == (SheetState.VOID, "Học trò cũ")
    with pytest.raises(Conflict):
        save(r, base=1, client_id="client-00002")


def test_reopening_needs_a_reason_and_the_secretary(session):
    r = make_round()
    mark(r, 0, 0, 7, 8)
    with pytest.raises(NotAllowed):
        sheets.reopen_sheet(r.id(), "xem lại", actor=r.judge(1), at=AT)
    with pytest.raises(Invalid):
        sheets.reopen_sheet(r.id(), "", actor=r.keeper, at=AT)
    session.commit()
    with transaction():
        sheets.reopen_sheet(r.id(), "Lệch 27 điểm", actor=r.keeper, at=AT)
    assert state_of(r.assignments[0, 0]) is AssignmentState.REOPENED
    with pytest.raises(Conflict):
        sheets.reopen_sheet(r.id(), "lần nữa", actor=r.keeper, at=AT)


def enter(r, actor=None, points=(700, 800)):
    given = dict(zip((c.id for c in r.criteria), points, strict=True))
    return paper.enter_paper(r.id(), given, "Gọn", token="paper-1", actor=actor or r.keeper, at=AT)


def test_a_paper_sheet_counts_only_after_a_second_person(session):
    r = make_round()
    sheet = enter(r)
    assert sheet.state is SheetState.DRAFT
    with pytest.raises(Conflict):
        paper.check_paper(r.id(), 1500, actor=r.keeper, at=AT)
    with pytest.raises(Invalid):
        paper.check_paper(r.id(), 1400, actor=r.checker, at=AT)
    checked = paper.check_paper(r.id(), 1500, actor=r.checker, at=AT)
    assert (checked.state, checked.total_e2) == (SheetState.SUBMITTED, 1500)
    assert checked.entered_by_id != checked.checked_by_id
    assert paper.check_paper(r.id(), 1500, actor=r.checker, at=AT).id == checked.id


def test_typing_a_paper_again_keeps_both_versions(session):
    r = make_round()
    enter(r)
    enter(r, r.checker, (750, 800))
    assert [
        m.version for m in session.scalars(sa.select(Mark).where(Mark.criterion_id == r.criteria[0].id))
    ] == [1, 2]
    with pytest.raises(Conflict):
        paper.check_paper(r.id(), 1550, actor=r.checker, at=AT)
    assert paper.check_paper(r.id(), 1550, actor=r.keeper, at=AT).total_e2 == 1550


def test_paper_is_refused_where_the_judge_works_on_a_screen(session):
    r = make_round()
    save(r)
    with pytest.raises(Conflict):
        enter(r)


def test_a_judge_does_not_type_paper(session):
    r = make_round()
    with pytest.raises(NotAllowed):
        enter(r, r.judge(1))


@pytest.mark.parametrize("points", [(700, 1100), (700, 810), (700, None)])
def test_paper_marks_keep_to_the_rubric(session, points):
    r = make_round()
    with pytest.raises(Invalid):
        enter(r, points=points)


def test_votes_become_points_for_all(session):
    r = make_round(sources=("judge", "votes"))
    criterion = r.criteria[1]
    values = {e.id: n for e, n in zip(r.entries, (300, 100, 0), strict=True)}
    assert (
        paper.enter_scores(r.part, r.stage, criterion, values, "Trang bình chọn", actor=r.keeper, at=AT) == 3
    )
    got = paper.entered_of(r.part.id, [criterion.id])
    assert [got[e.id, criterion.id].points_e2 for e in r.entries] == [1000, 330, 0]
    assert (
        paper.enter_scores(r.part, r.stage, criterion, values, "Trang bình chọn", actor=r.keeper, at=AT) == 0
    )


def test_entered_points_need_a_source_and_fit(session):
    r = make_round(sources=("judge", "secretary"))
    criterion, entry = r.criteria[1], r.entries[0].id
    with pytest.raises(Invalid):
        paper.enter_scores(r.part, r.stage, criterion, {entry: 500}, " ", actor=r.keeper, at=AT)
    with pytest.raises(Invalid):
        paper.enter_scores(r.part, r.stage, criterion, {entry: 1500}, "Điểm danh", actor=r.keeper, at=AT)
    with pytest.raises(NotFound):
        paper.enter_scores(r.part, r.stage, r.criteria[0], {entry: 500}, "Điểm danh", actor=r.keeper, at=AT)


def test_comments_are_released_only_after_publication(session):
    r = make_round(entries=1)
    sheets.save_text(r.id(), "comment", "Hay", base="", actor=r.judge(0), at=AT)
    mark(r, 0, 0, 7, 8)
    with pytest.raises(Conflict):
        paper.release_comments(r.part, r.stage, actor=r.keeper, at=AT)
    r.part.state = StageState.PUBLISHED
    session.flush()
    sheet = session.scalars(sa.select(ScoreSheet)).one()
    assert sheet.comment_released_at is None
    assert paper.release_comments(r.part, r.stage, actor=r.keeper, at=AT) == 1
    session.refresh(sheet)
    assert (sheet.comment, sheet.comment_released_at) == ("Hay", AT)
