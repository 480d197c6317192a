"""A place and a time in one button: alternatives to a refusal, proposals for what lost its place."""

from __future__ import annotations

from datetime import datetime

from ..core.errors import Invalid
from ..core.i18n import _
from .intervals import Span


def choice_of(resource_id: int, span: Span) -> str:
    """A place and a time as the value of a button."""
    return f"{resource_id}|{span.start.isoformat()}|{span.end.isoformat()}"


def read_choice(value: str) -> tuple[int, Span]:
    """What such a button sent back. Raises Invalid for anything else."""
    try:
        number, start, end = value.split("|")
        span = Span(datetime.fromisoformat(start), datetime.fromisoformat(end))
        if span.start.tzinfo is None or span.end.tzinfo is None or span.start >= span.end:
            raise ValueError(value)
        return int(number), span
    except ValueError:
        raise Invalid(_("Chọn một trong các chỗ được đề xuất.")) from None
