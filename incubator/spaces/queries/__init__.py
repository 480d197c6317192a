"""Reads of the centre, by what they are for."""

from __future__ import annotations

from ...core.access import Actor
from ...core.todo import Todo
from ...core.together import Asking


def waiting_for(actor: Actor) -> Asking[list[Todo]]:
    """What waits for somebody at the centre; loaded late, since the services use these queries too."""
    from . import waiting

    return waiting.waiting_for(actor)
