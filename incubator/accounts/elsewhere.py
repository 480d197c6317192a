"""Links that a domain above answers: kind of invitation → endpoint that takes `code`."""

from __future__ import annotations

from ..models import InvitationKind

ELSEWHERE: dict[InvitationKind, str] = {}


def answered_by(kind: InvitationKind, endpoint: str) -> None:
    """Let a domain above answer links of a kind (team invitations, guardians' answers)."""
    ELSEWHERE[kind] = endpoint
