"""Fields and choices that the forms share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import (
    SelectMultipleField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from ...core.text.numerals import is_count


def options(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Choices of a select; the labels may be lazy strings."""
    return [SelectChoice(value, label) for value, label in pairs]


def blank(value: Any) -> Any:
    """A select that was not sent is its empty choice."""
    return "" if value is None else value


def number_or_none(value: Any) -> int | None:
    """A choice by id, or none; services answer for ids that do not exist."""
    return int(value) if is_count(str(value or "")) else None


class Ticks(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
