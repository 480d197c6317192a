"""What waits for somebody: each domain's `queries.waiting_for(actor)` returns these, the role home shows them."""

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
    workplace: str = ""  # key of the workplace it belongs to, "" for all
