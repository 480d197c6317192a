"""What every domain keeps about a person: told for a copy, blanked at a deletion, handed over when two accounts are
one person's. Each registers its own part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .together import Asking, Select, ask_together


@dataclass(frozen=True, slots=True)
class Leaving:
    """Whose data goes: the person's id, the name and what stands in its place, when, and the addresses known so far."""

    person_id: int
    name: str
    blank: str
    at: datetime
    addresses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Handing:
    """Two rows are one person: what was begun under `from_id` goes on under `kept_id`."""

    kept_id: int
    from_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Chapter:
    """One subject of what a domain tells: under which heading, which rows are a person's (the id as first column), and what is
    said of a row. `one`: there is at most one, told by itself or as None."""

    heading: str
    rows_of: Callable[[int], Select]
    said: Callable[[Any], dict[str, Any]]
    one: bool = False

    def told(self, rows: Sequence[Any]) -> Any:
        if self.one:
            return self.said(rows[0]) if rows else None
        return [self.said(row) for row in sorted(rows, key=first)]


Tell = Callable[[int], Asking[dict[str, Any]]]
Blank = Callable[[Leaving], None]
HandOver = Callable[[Handing], None]
_keepers: list[tuple[Tell, Blank]] = []
_givers: list[HandOver] = []


def telling(*chapters: Chapter) -> Tell:
    """The `tell` of a domain, from its chapters in order."""

    def tell(person_id: int) -> Asking[dict[str, Any]]:
        answers = yield [chapter.rows_of(person_id) for chapter in chapters]
        return {c.heading: c.told(rows) for c, rows in zip(chapters, answers, strict=True)}

    return tell


def register(tell: Tell, blank: Blank) -> None:
    """`tell(person_id)` is a source (`core/together.py`) that ends with plain JSON types by heading; `blank(leaving)` runs
    inside the deletion's transaction."""
    if (tell, blank) not in _keepers:
        _keepers.append((tell, blank))


def register_giver(hand_over: HandOver) -> None:
    """`hand_over(handing)` runs inside the joining's transaction; what it leaves behind makes the joining refuse itself."""
    if hand_over not in _givers:
        _givers.append(hand_over)


def hand_over_everywhere(handing: Handing) -> None:
    for hand_over in _givers:
        hand_over(handing)


def everything_about(person_id: int) -> dict[str, Any]:
    """By heading, in plain JSON types; two statements however many domains tell."""
    parts = ask_together(tell(person_id) for tell, _blank in _keepers)
    return {heading: kept for part in parts for heading, kept in part.items()}


def blank_everywhere(leaving: Leaving) -> None:
    for _tell, blank in _keepers:
        blank(leaving)


def without_name(value: Any, leaving: Leaving) -> Any:
    """JSON in which every text has lost the name."""
    if isinstance(value, dict):
        return {key: without_name(part, leaving) for key, part in value.items()}
    if isinstance(value, list):
        return [without_name(part, leaving) for part in value]
    return value.replace(leaving.name, leaving.blank) if isinstance(value, str) else value


def first(row: Any) -> int:
    """The id that a question names first: rows are told in the order in which they were made."""
    return int(row[0])


def moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
