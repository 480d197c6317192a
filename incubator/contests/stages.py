"""How stages, editions and entries move; what a state locks; deadlines, extensions and the upload grace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ..states import EntryState, StageState

UPLOAD_GRACE = timedelta(minutes=30)


class EditionState(StrEnum):
    """Derived, never stored: see `edition_state`."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    REGISTERING = "registering"
    PREPARING = "preparing"
    RUNNING = "running"
    PUBLISHED = "published"


class Lock(StrEnum):
    """What a stage's state keeps from being changed."""

    ENTRY_LIST = "entry_list"  # which entries take part in the stage
    RUBRIC = "rubric"
    QUOTA = "quota"  # how many advance, and the prize structure
    MARKS = "marks"
    ABSENCES = "absences"
    TIES = "ties"
    AWARDS = "awards"


_LOCKS: dict[StageState, frozenset[Lock]] = {
    StageState.PLANNED: frozenset({Lock.MARKS, Lock.TIES, Lock.AWARDS}),
    StageState.OPEN: frozenset({Lock.QUOTA, Lock.TIES, Lock.AWARDS}),
    StageState.CLOSED: frozenset({Lock.ENTRY_LIST, Lock.RUBRIC, Lock.QUOTA, Lock.MARKS, Lock.ABSENCES}),
    StageState.DECIDED: frozenset(set(Lock) - {Lock.AWARDS}),
    StageState.PUBLISHED: frozenset(Lock),
}

_ORDER: tuple[StageState, ...] = tuple(StageState)
_REOPENABLE = frozenset({StageState.CLOSED, StageState.DECIDED})


def locks(state: StageState) -> frozenset[Lock]:
    return _LOCKS[state]


def is_locked(state: StageState, lock: Lock, *, marked: bool = False) -> bool:
    """True when `lock` holds in `state`. The rubric of an open stage locks with its first mark (`marked`)."""
    if lock is Lock.RUBRIC and state is StageState.OPEN:
        return marked
    return lock in _LOCKS[state]


def next_state(state: StageState) -> StageState | None:
    """The one state that may follow, None after publication."""
    position = _ORDER.index(state) + 1
    return _ORDER[position] if position < len(_ORDER) else None


def can_move(old: StageState, new: StageState) -> bool:
    """True for one step forward and for a reopening (which voids the tabulation)."""
    return next_state(old) is new or is_reopening(old, new)


def is_reopening(old: StageState, new: StageState) -> bool:
    return new is StageState.OPEN and old in _REOPENABLE


class Blocker(StrEnum):
    """Why a stage cannot move on now."""

    REGISTRATION_OPEN = "registration_open"
    NO_ENTRIES = "no_entries"
    UNDECIDED_ENTRIES = "undecided_entries"
    NO_RUBRIC = "no_rubric"
    NO_ADVANCE = "no_advance"
    EARLIER_STAGE = "earlier_stage"
    MISSING_MARKS = "missing_marks"
    NOT_TABULATED = "not_tabulated"
    OPEN_TIES = "open_ties"
    NOT_PUBLISHED = "not_published"


@dataclass(frozen=True, slots=True)
class StageFacts:
    """Counts that decide whether a stage may move; each domain fills what it knows."""

    state: StageState
    entries: int = 0
    undecided_entries: int = 0
    registration_open: bool = False
    has_rubric: bool = True
    lacks_advance: bool = False
    earlier_undecided: int = 0
    missing_marks: int = 0
    tabulated: bool = False
    open_ties: int = 0
    publication_ready: bool = False


@dataclass(frozen=True, slots=True)
class Blocked:
    blocker: Blocker
    count: int = 0


def blockers(facts: StageFacts) -> list[Blocked]:
    """What keeps the stage from its next state; empty when it may move (or is at its end)."""
    to = next_state(facts.state)
    if to is None:
        return []
    return [Blocked(blocker, int(count)) for blocker, count in _conditions(facts)[to] if count]


def _conditions(facts: StageFacts) -> dict[StageState, list[tuple[Blocker, int]]]:
    return {
        StageState.OPEN: [
            (Blocker.REGISTRATION_OPEN, facts.registration_open),
            (Blocker.EARLIER_STAGE, facts.earlier_undecided),
            (Blocker.UNDECIDED_ENTRIES, facts.undecided_entries),
            (Blocker.NO_ENTRIES, not facts.entries),
            (Blocker.NO_RUBRIC, not facts.has_rubric),
            (Blocker.NO_ADVANCE, facts.lacks_advance),
        ],
        StageState.CLOSED: [(Blocker.MISSING_MARKS, facts.missing_marks)],
        StageState.DECIDED: [
            (Blocker.NOT_TABULATED, not facts.tabulated),
            (Blocker.OPEN_TIES, facts.open_ties),
        ],
        StageState.PUBLISHED: [(Blocker.NOT_PUBLISHED, not facts.publication_ready)],
    }


def edition_state(
    *,
    announced: bool,
    opens_at: datetime | None,
    closes_at: datetime | None,
    stages: Sequence[StageState],
    at: datetime,
) -> EditionState:
    """The edition's state as its stages and the registration window give it at the moment `at`.

    All stages published → published; any stage past planned → running; else the window decides.
    `closes_at` is the last deadline of any school, extensions included.
    """
    if stages and all(state is StageState.PUBLISHED for state in stages):
        return EditionState.PUBLISHED
    if any(state is not StageState.PLANNED for state in stages):
        return EditionState.RUNNING
    if not announced:
        return EditionState.DRAFT
    if opens_at is None or at < opens_at:
        return EditionState.ANNOUNCED
    if closes_at is None or at <= closes_at:
        return EditionState.REGISTERING
    return EditionState.PREPARING


# --- entries --------------------------------------------------------------------------------------


class EntryAction(StrEnum):
    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    REJECT = "reject"
    REVERSE = "reverse"
    WITHDRAW = "withdraw"


# (action, state before) -> state after. A reversal puts a rejected entry back among the submitted ones.
_ENTRY_MOVES: dict[tuple[EntryAction, EntryState], EntryState] = {
    (EntryAction.SUBMIT, EntryState.DRAFT): EntryState.SUBMITTED,
    (EntryAction.SUBMIT, EntryState.RETURNED): EntryState.SUBMITTED,
    (EntryAction.ACCEPT, EntryState.SUBMITTED): EntryState.ACCEPTED,
    (EntryAction.RETURN, EntryState.SUBMITTED): EntryState.RETURNED,
    (EntryAction.REJECT, EntryState.SUBMITTED): EntryState.REJECTED,
    (EntryAction.REJECT, EntryState.RETURNED): EntryState.REJECTED,
    (EntryAction.REVERSE, EntryState.REJECTED): EntryState.SUBMITTED,
    **{
        (EntryAction.WITHDRAW, state): EntryState.WITHDRAWN
        for state in EntryState
        if state not in (EntryState.WITHDRAWN, EntryState.LAPSED)
    },
}


def after(action: EntryAction, state: EntryState) -> EntryState | None:
    """The state that `action` leads to, None when it is not possible from `state`."""
    return _ENTRY_MOVES.get((action, state))


# --- deadlines ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Extension:
    """A later deadline, for one organisation or (None) for the whole edition."""

    until: datetime
    organisation_id: int | None = None


def deadline_for(
    closes_at: datetime | None, extensions: Iterable[Extension], organisation_id: int | None
) -> datetime | None:
    """The latest of the edition's deadline and the extensions that fit; None means without end."""
    if closes_at is None:
        return None
    fitting = (e.until for e in extensions if e.organisation_id in (None, organisation_id))
    return max((closes_at, *fitting))


def submission_deadline(
    state: EntryState, deadline: datetime | None, due_at: datetime | None
) -> datetime | None:
    """A returned entry has its own due date; it is never earlier than everybody's deadline."""
    if state is not EntryState.RETURNED or deadline is None or due_at is None:
        return deadline
    return max(deadline, due_at)


def is_in_time(at: datetime, deadline: datetime | None) -> bool:
    return deadline is None or at <= deadline


def upload_is_in_time(begun_at: datetime, at: datetime, deadline: datetime | None) -> bool:
    """An upload begun before the deadline may finish within half an hour after it."""
    return deadline is None or (begun_at <= deadline and at <= deadline + UPLOAD_GRACE)


def is_lapsed(state: EntryState, at: datetime, deadline: datetime | None) -> bool:
    """A draft lapses by the clock alone, so an extension revives it without anybody's doing."""
    return state is EntryState.DRAFT and not is_in_time(at, deadline)


def shown_state(state: EntryState, at: datetime, deadline: datetime | None) -> EntryState:
    """The state that screens say: a draft is called lapsed once its deadline has passed."""
    return EntryState.LAPSED if is_lapsed(state, at, deadline) else state
