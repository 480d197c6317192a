"""Pairs held by hand. A run is solved again outside any transaction, so that nobody else waits to write meanwhile;
what was found is stored only where the run is still the one that was solved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ...activity import services as activity
from ...core.access import Actor
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...models import MatchRun
from .. import faults
from ..matching import BadProblemError
from .runs import Answered, answered, check_draft, get_draft, problem_of, store


@dataclass(frozen=True, slots=True)
class Wish:
    """What staff ask of one place of a run: this mentor, or with None whoever is best there."""

    case_id: int
    kind: str
    person_id: int | None
    reason: str = ""

    def others(self, locks: list[Any]) -> list[Any]:
        """The held pairs that stay beside this one: neither in its place nor of the same two."""
        return [
            row
            for row in locks
            if row["team"] != str(self.case_id)
            or (row.get("kind") != self.kind and row["mentor"] != str(self.person_id))
        ]

    def touched(self, locks: list[Any]) -> list[Any]:
        """The held pairs that this wish replaces."""
        kept = self.others(locks)
        return [row for row in locks if row not in kept]


@dataclass(frozen=True, slots=True)
class Worked:
    """A wish worked out: the locks that it started from and leads to, and the answer under the latter."""

    wish: Wish
    basis: tuple[str, list[Any]]
    locks: list[Any]
    answer: Answered


class Changed(Conflict):
    """Somebody changed the run while it was solved; solving it again takes both changes in."""


def work_out(run: MatchRun, wish: Wish, *, actor: Actor) -> Worked:
    """Solve a draft run again with this wish; reads the loaded row only. Raises Invalid where the pair cannot be held."""
    check_draft(run)
    locks = wish.others(run.locks)
    if wish.person_id is not None:
        locks = [
            *locks,
            {
                "team": str(wish.case_id),
                "mentor": str(wish.person_id),
                "kind": wish.kind,
                "by": actor.person_id,
                "reason": wish.reason[:300],
            },
        ]
    try:
        answer = answered(problem_of(run, locks))
    except BadProblemError as error:
        raise Invalid(faults.sentences(error.faults)) from error
    return Worked(wish, _basis(run), locks, answer)


def take(run_id: int, worked: Worked, *, actor: Actor, at: datetime) -> MatchRun:
    """Store a wish that was worked out.

    Raises Changed where other places of the run were changed since, and Conflict where this very place was: whose
    choice counts is then for people to say.
    """
    run = get_draft(run_id, actor)
    wish, before = worked.wish, run.locks
    if _basis(run) != worked.basis:
        if wish.touched(before) != wish.touched(worked.basis[1]):
            raise Conflict(_("Người khác vừa giữ hoặc bỏ giữ vị trí này. Xem lại rồi chọn."))
        raise Changed(_("Lượt ghép vừa được người khác thay đổi. Thử lại."))
    run.locks = worked.locks
    store(run, worked.answer, at=at)
    if wish.person_id is None:
        activity.record(
            "mentoring.run.released", run, actor=actor, at=at, after={"case": wish.case_id, "kind": wish.kind}
        )
    else:
        activity.record(
            "mentoring.run.held",
            run,
            actor=actor,
            at=at,
            reason=wish.reason,
            before={"locks": len(before)},
            after={"case": wish.case_id, "person": wish.person_id, "kind": wish.kind},
        )
    return run


def _basis(run: MatchRun) -> tuple[str, list[Any]]:
    """All that an answer of this run rests on: the hash of the problem as solved last, and its held pairs."""
    return run.input_hash, list(run.locks)
