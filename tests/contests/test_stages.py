"""States, locks, deadlines."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incubator.contests import stages
from incubator.contests.stages import (
    Blocker,
    EditionState,
    EntryAction,
    Extension,
    Lock,
    StageFacts,
    blockers,
    can_move,
    is_locked,
    next_state,
)
from incubator.states import EntryState, StageState

NOON = datetime(2026, 10, 15, 5, tzinfo=UTC)


def test_a_stage_walks_forward_one_step_at_a_time() -> None:
    order = list(StageState)
    for (i, old), (j, new) in product(enumerate(order), repeat=2):
        reopening = new is StageState.OPEN and old in (StageState.CLOSED, StageState.DECIDED)
        assert can_move(old, new) is (j == i + 1 or reopening)


def test_nothing_follows_publication() -> None:
    assert next_state(StageState.PUBLISHED) is None
    assert blockers(StageFacts(StageState.PUBLISHED)) == []
    assert stages.locks(StageState.PUBLISHED) == frozenset(Lock)


def test_the_rubric_of_an_open_stage_locks_with_the_first_mark() -> None:
    assert not is_locked(StageState.OPEN, Lock.RUBRIC)
    assert is_locked(StageState.OPEN, Lock.RUBRIC, marked=True)
    assert is_locked(StageState.CLOSED, Lock.RUBRIC)


@pytest.mark.parametrize(
    ("state", "free"),
    [
        (StageState.PLANNED, {Lock.ENTRY_LIST, Lock.RUBRIC, Lock.QUOTA, Lock.ABSENCES}),
        (StageState.OPEN, {Lock.ENTRY_LIST, Lock.RUBRIC, Lock.MARKS, Lock.ABSENCES}),
        (StageState.CLOSED, {Lock.TIES, Lock.AWARDS}),
        (StageState.DECIDED, {Lock.AWARDS}),
        (StageState.PUBLISHED, set()),
    ],
)
def test_what_each_state_leaves_free(state: StageState, free: set[Lock]) -> None:
    assert {lock for lock in Lock if not is_locked(state, lock)} == free


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (StageFacts(StageState.PLANNED, entries=3), []),
        (
            StageFacts(StageState.PLANNED, registration_open=True, undecided_entries=4, has_rubric=False, earlier_undecided=1),
            [Blocker.REGISTRATION_OPEN, Blocker.EARLIER_STAGE, Blocker.UNDECIDED_ENTRIES, Blocker.NO_ENTRIES, Blocker.NO_RUBRIC],
        ),
        (StageFacts(StageState.OPEN, missing_marks=7), [Blocker.MISSING_MARKS]),
        (StageFacts(StageState.CLOSED, tabulated=True), []),
        (StageFacts(StageState.CLOSED, open_ties=2), [Blocker.NOT_TABULATED, Blocker.OPEN_TIES]),
        (StageFacts(StageState.DECIDED), [Blocker.NOT_PUBLISHED]),
        (StageFacts(StageState.DECIDED, publication_ready=True), []),
    ],
)  # fmt: skip
def test_what_keeps_a_stage_from_moving(facts: StageFacts, expected: list[Blocker]) -> None:
    assert [blocked.blocker for blocked in blockers(facts)] == expected


@pytest.mark.parametrize(
    ("announced", "opens", "closes", "states", "expected"),
    [
        (False, -1, 1, [], EditionState.DRAFT),
        (True, None, None, [], EditionState.ANNOUNCED),
        (True, 1, 2, [StageState.PLANNED], EditionState.ANNOUNCED),
        (True, -1, None, [StageState.PLANNED], EditionState.REGISTERING),
        (True, -1, 1, [StageState.PLANNED], EditionState.REGISTERING),
        (True, -2, -1, [StageState.PLANNED], EditionState.PREPARING),
        (True, -2, -1, [StageState.OPEN, StageState.PLANNED], EditionState.RUNNING),
        (True, -2, -1, [StageState.PUBLISHED, StageState.PLANNED], EditionState.RUNNING),
        (True, -2, -1, [StageState.PUBLISHED, StageState.PUBLISHED], EditionState.PUBLISHED),
    ],
)
def test_the_edition_state_follows_stages_and_window(
    announced: bool, opens: int | None, closes: int | None, states: list[StageState], expected: EditionState
) -> None:
    def moment(days: int | None) -> datetime | None:
        return None if days is None else NOON + timedelta(days=days)

    found = stages.edition_state(
        announced=announced, opens_at=moment(opens), closes_at=moment(closes), stages=states, at=NOON
    )
    assert found is expected


def test_entry_moves_are_exactly_those_of_the_rules() -> None:
    allowed = {
        (EntryAction.SUBMIT, "draft"): "submitted",
        (EntryAction.SUBMIT, "returned"): "submitted",
        (EntryAction.ACCEPT, "submitted"): "accepted",
        (EntryAction.RETURN, "submitted"): "returned",
        (EntryAction.REJECT, "submitted"): "rejected",
        (EntryAction.REJECT, "returned"): "rejected",
        (EntryAction.REVERSE, "rejected"): "submitted",
        **{
            (EntryAction.WITHDRAW, s): "withdrawn"
            for s in ("draft", "submitted", "accepted", "returned", "rejected")
        },
    }
    for action, state in product(EntryAction, EntryState):
        assert stages.after(action, state) == allowed.get((action, state))


def test_an_extension_counts_for_its_school_or_for_all() -> None:
    more = [Extension(NOON + timedelta(days=1), 7), Extension(NOON - timedelta(days=9))]
    assert stages.deadline_for(NOON, more, 7) == NOON + timedelta(days=1)
    assert stages.deadline_for(NOON, more, 8) == NOON
    assert stages.deadline_for(None, more, 7) is None
    assert stages.deadline_for(NOON, [Extension(NOON + timedelta(days=2))], None) == NOON + timedelta(days=2)


def test_a_returned_entry_has_its_own_later_date() -> None:
    later = NOON + timedelta(days=3)
    assert stages.submission_deadline(EntryState.RETURNED, NOON, later) == later
    assert stages.submission_deadline(EntryState.RETURNED, later, NOON) == later
    assert stages.submission_deadline(EntryState.RETURNED, NOON, None) == NOON
    assert stages.submission_deadline(EntryState.DRAFT, NOON, later) == NOON
    assert stages.submission_deadline(EntryState.RETURNED, None, later) is None


@pytest.mark.parametrize(
    ("begun", "done", "fits"), [(-1, 29, True), (0, 30, True), (-1, 31, False), (1, 5, False), (-9, -8, True)]
)
def test_an_upload_begun_in_time_may_finish_within_half_an_hour(begun: int, done: int, fits: bool) -> None:
    minutes = [NOON + timedelta(minutes=m) for m in (begun, done)]
    assert stages.upload_is_in_time(minutes[0], minutes[1], NOON) is fits
    assert stages.upload_is_in_time(minutes[0], minutes[1], None)


def test_a_draft_lapses_by_the_clock_and_an_extension_revives_it() -> None:
    late = NOON + timedelta(seconds=1)
    assert stages.shown_state(EntryState.DRAFT, late, NOON) is EntryState.LAPSED
    assert stages.shown_state(EntryState.DRAFT, late, late) is EntryState.DRAFT
    assert stages.shown_state(EntryState.SUBMITTED, late, NOON) is EntryState.SUBMITTED
    assert stages.shown_state(EntryState.DRAFT, late, None) is EntryState.DRAFT


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.none() | st.integers(1, 3))), st.none() | st.integers(1, 3)
)
def test_an_extension_never_makes_a_deadline_earlier(
    given_days: list[tuple[int, int | None]], school: int | None
) -> None:
    more = [Extension(NOON + timedelta(days=days), who) for days, who in given_days]
    found = stages.deadline_for(NOON, more, school)
    assert found is not None
    assert found >= NOON
