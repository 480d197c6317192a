"""Who may do what in judging: pure questions over loaded objects."""

from __future__ import annotations

from typing import Any

from ..core.access import Actor, Permission
from ..models import StagePresence, StageState

MARKED = ("assigned", "open", "submitted", "reopened")


def can_manage(actor: Actor, edition_id: int) -> bool:
    """Set up judging, run the board, enter papers, close: secretary and organiser of the edition."""
    return actor.in_edition(Permission.JUDGING_MANAGE, edition_id)


def can_decide(actor: Actor, edition_id: int) -> bool:
    """Close, reopen, advance and award."""
    return actor.in_edition(Permission.JUDGING_MANAGE, edition_id)


def reaches(actor: Actor, edition_id: int) -> bool:
    """Whoever came by a judge's link marks in the edition that it was made for and in no other."""
    return actor.link_edition in (None, edition_id)


def is_judge_of(actor: Actor, assignment: Any) -> bool:
    """`assignment` has judge_id and edition_id."""
    return (
        actor.person_id is not None
        and not actor.is_pupil
        and assignment.judge_id == actor.person_id
        and reaches(actor, assignment.edition_id)
    )


def stage_takes_marks(stage_state: str, practice: bool) -> bool:
    """Marks are taken while the stage is open; a practice entry also before."""
    return stage_state == StageState.OPEN or (practice and stage_state == StageState.PLANNED)


def can_mark(actor: Actor, row: Any) -> bool:
    """`row` has judge_id, state, practice, stage_state and presence of an assignment."""
    return (
        is_judge_of(actor, row)
        and row.state in MARKED
        and stage_takes_marks(row.stage_state, row.practice)
        and row.presence in (StagePresence.EXPECTED, StagePresence.PRESENT)
    )


def can_see_panel(actor: Actor, panel: Any) -> bool:
    """The chair sees the panel's sheets while the stage runs; nobody else below the secretary does."""
    return (
        actor.person_id is not None
        and not actor.is_pupil
        and actor.person_id in (panel.chair_id, panel.secretary_id)
    )
