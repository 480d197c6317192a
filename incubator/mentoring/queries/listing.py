"""Lists of a cohort as people use them: found without diacritics, sorted, a page at a time, or whole for a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from ...core.lists import ListArgs, Page
from ...core.text import search_key

Row = TypeVar("Row")


def found(
    rows: Sequence[Row], args: ListArgs, text: Callable[[Row], str], sorts: Mapping[str, Callable[[Row], Any]]
) -> list[Row]:
    """The rows that hold every word of the search, in the asked order (equal ones keep theirs)."""
    words = args.key.split()
    kept = [row for row in rows if not words or _holds(search_key(text(row)), words)]
    return sorted(kept, key=sorts[args.sort], reverse=args.descending)


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def page_of(rows: Sequence[Row], args: ListArgs) -> Page:
    """One page of what was found; a page past the end is the last."""
    last = max(1, -(-len(rows) // args.per_page))
    args = replace(args, page=min(args.page, last))
    start = (args.page - 1) * args.per_page
    return Page(items=rows[start : start + args.per_page], total=len(rows), args=args)
