"""What waits for somebody: each domain's `queries.waiting_for(actor)` finds these, the role home shows them.

`waiting_for` is a source of `core.together`: it yields its questions, so that all domains ask in one statement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do, said as a sentence, with the page that does it."""

    title: str
    url: str
    action: str  # a verb: “Chuyển bài”
    detail: str = ""
    icon: str = "arrow-right-circle"
    urgent: bool = False
    due_at: datetime | None = None
    count: int = 1
    scope: str = ""  # `Workplace.scope_key` of the place it belongs to: “edition:5”; "" for every place
