"""Reads of judging, by who looks."""

from __future__ import annotations

from ...core.access import Actor
from ...core.todo import Todo
from ...core.together import Asking, alongside
from .following import steps_of_home
from .judge import judge_todos
from .overview import secretary_todos


def waiting_for(actor: Actor) -> Asking[list[Todo]]:
    """What the role home shows for judges and secretaries."""
    if actor.person_id is None or actor.is_pupil:
        return []
    found = yield from alongside(judge_todos(actor), secretary_todos(actor), steps_of_home(actor))
    return [todo for part in found for todo in part]
