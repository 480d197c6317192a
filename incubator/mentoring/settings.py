"""What a programme may set in its `rules`, with what counts where it says nothing."""

from __future__ import annotations

from typing import Any

from ..models import MentorKind, Programme

DEFAULTS: dict[str, Any] = {
    "places": [MentorKind.TECHNICAL.value, MentorKind.BUSINESS.value],
    "hours_each": 12,
    "offer_days": 6,
    "remind_days": 3,
    "decline_days": 3,
    "quiet_days": 30,
}


def rule(programme: Programme, name: str) -> Any:
    """One rule of a programme."""
    return programme.rules.get(name, DEFAULTS[name])
