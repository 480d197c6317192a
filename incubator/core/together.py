"""Questions of several sources asked in one statement.

A page that gathers from many domains (what waits for somebody, texts of many kinds of message) would ask each of them
in turn. Here a source is a generator: it yields what it wants to know and gets the rows back, and the sources' questions
of one round travel as one UNION ALL.

    def waiting_for(actor):
        rows = yield sa.select(Offer.id, Offer.due_at).where(...)
        return [Todo(...) for row in rows]

    first, second = ask_together([waiting_for(actor), others_for(actor)])
    both = yield from alongside(waiting_for(actor), others_for(actor))     # inside a source

A question is a Select of labelled columns (no entities); rows come back in no promised order, so sort them in Python.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Generator, Iterable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from .db import UTCDateTime, db

T = TypeVar("T")
Question = sa.Select[*tuple[Any, ...]]
Asking = Generator[Any, Any, T]  # yields a Question or a list of them, gets their rows, returns a T

#: Columns of the union, by what they hold: each question takes as many of a kind as it needs, the rest stays empty.
_SLOTS: dict[str, sa.types.TypeEngine[Any]] = {
    "whole": sa.BigInteger(),
    "number": sa.Float(),
    "text": sa.Text(),
    "flag": sa.Boolean(),
    "moment": UTCDateTime(),
    "day": sa.Date(),
    "hour": sa.Time(),
    "json": sa.JSON(),
}


def ask(source: Asking[T]) -> T:
    """What the source returns; one statement for each time that it asks."""
    try:
        asked = next(source)
        while True:
            many = isinstance(asked, list)
            found = rows_of(asked if many else [asked])
            asked = source.send(found if many else found[0])
    except StopIteration as stop:
        result: T = stop.value
        return result


def ask_together(sources: Iterable[Asking[T]]) -> list[T]:
    """What each source returns, in their order; as many statements as the longest source has questions."""
    return ask(alongside(*sources))


def alongside(*sources: Asking[T]) -> Asking[list[T]]:
    """Several sources as one, whose questions are those of a round of all."""
    ended: dict[int, T] = {}
    answers: dict[int, Any] = dict.fromkeys(range(len(sources)))
    while answers:
        asked: dict[int, Any] = {}
        for number, rows in answers.items():
            try:
                asked[number] = sources[number].send(rows)
            except StopIteration as stop:
                ended[number] = stop.value
        flat = [q for one in asked.values() for q in (one if isinstance(one, list) else [one])]
        found = iter((yield flat) if flat else [])
        answers = {
            number: [next(found) for _ in one] if isinstance(one, list) else next(found)
            for number, one in asked.items()
        }
    return [ended[number] for number in range(len(sources))]


def rows_of(questions: Sequence[Question]) -> list[list[Any]]:
    """Rows of each question, all asked in one statement."""
    if not questions:
        return []
    parts = [_Part(number, question) for number, question in enumerate(questions)]
    widths = {kind: max(p.kinds.count(kind) for p in parts) for kind in _SLOTS}
    found: list[list[Any]] = [[] for _ in parts]
    for row in db.session.execute(sa.union_all(*(p.widened(widths) for p in parts))):
        found[row[0]].append(parts[row[0]].read(row, widths))
    return found


class _Part:
    """One question, and where its columns stand in the union."""

    def __init__(self, number: int, question: Question) -> None:
        self.number = number
        self.columns = list(question.subquery(f"q{number}").c)
        self.kinds = [_kind_of(column.type) for column in self.columns]
        self.row = _row_of([column.name for column in self.columns])

    def widened(self, widths: dict[str, int]) -> Question:
        cells: list[Any] = [sa.literal(self.number).label("part")]
        for kind, width in widths.items():
            own = [c for c, k in zip(self.columns, self.kinds, strict=True) if k == kind]
            slot = _SLOTS[kind]
            cells += [sa.type_coerce(c, slot) for c in own]
            cells += [sa.cast(sa.null(), slot)] * (width - len(own))
        named = [cell if i == 0 else cell.label(f"c{i}") for i, cell in enumerate(cells)]
        return sa.select(*named)

    def read(self, row: Any, widths: dict[str, int]) -> Any:
        place, starts = 1, {}
        for kind, width in widths.items():
            starts[kind] = place
            place += width
        values: list[Any] = []
        for column, kind in zip(self.columns, self.kinds, strict=True):
            value = row[starts[kind]]
            starts[kind] += 1
            known = column.type.enum_class if isinstance(column.type, sa.Enum) else None
            values.append(known(value) if known is not None and value is not None else value)
        return self.row(*values)


def _row_of(names: list[str]) -> Any:
    return namedtuple("Row", names, rename=True)


def _kind_of(column_type: sa.types.TypeEngine[Any]) -> str:
    kinds: tuple[tuple[str, type[Any]], ...] = (
        ("moment", UTCDateTime),
        ("flag", sa.Boolean),
        ("whole", sa.Integer),
        ("number", sa.Numeric),
        ("text", sa.String),
        ("day", sa.Date),
        ("hour", sa.Time),
        ("json", sa.JSON),
    )
    for kind, python in kinds:
        if isinstance(column_type, python):
            return kind
    raise TypeError(f"A column of type {column_type!r} cannot be asked together with others: give it a type.")
