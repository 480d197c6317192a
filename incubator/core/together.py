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
What every page asks is put together once, `Prepared`, with the values of this time: building a UNION ALL costs ten times what
running it does.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Generator, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

from .db import UTCDateTime, db

T = TypeVar("T")
Select = sa.Select[*tuple[Any, ...]]


class Prepared(NamedTuple):
    """A question that lives as long as the process, with values for its parameters.

    Parameters of questions that travel together have names of their own: `rows_of()` raises ValueError where they meet.
    """

    statement: Select
    values: dict[str, Any]


Question = Select | Prepared
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
    values: dict[str, Any] = {}
    for question in questions:
        if isinstance(question, Prepared):
            if values.keys() & question.values.keys():
                raise ValueError(
                    f"Two questions name a parameter alike: {sorted(values.keys() & question.values.keys())}"
                )
            values |= question.values
    statements = tuple(q.statement if isinstance(q, Prepared) else q for q in questions)
    if not all(isinstance(q, Prepared) for q in questions):
        union = _Union(statements)
        return union.sort_out(db.session.execute(union.statement, values))
    union = _prepared_union(statements)
    db.session.flush()  # what a session writes it sees; the statement goes past its machinery
    return union.sort_out(db.session.connection().execute(union.statement, values))


class _Union:
    """Questions as one statement, and the way of its rows back to them."""

    def __init__(self, questions: Sequence[Select]) -> None:
        self.parts = [_Part(number, question) for number, question in enumerate(questions)]
        self.widths = {kind: max(p.kinds.count(kind) for p in self.parts) for kind in _SLOTS}
        self.statement = sa.union_all(*(p.widened(self.widths) for p in self.parts))

    def sort_out(self, rows: Iterable[Any]) -> list[list[Any]]:
        found: list[list[Any]] = [[] for _ in self.parts]
        for row in rows:
            found[row[0]].append(self.parts[row[0]].read(row, self.widths))
        return found


@lru_cache(maxsize=64)
def _prepared_union(questions: tuple[Select, ...]) -> _Union:
    return _Union(questions)


class _Part:
    """One question, and where its columns stand in the union."""

    def __init__(self, number: int, question: Select) -> None:
        self.number = number
        self.columns = list(question.subquery(f"q{number}").c)
        self.kinds = [_kind_of(column.type) for column in self.columns]
        self.row = _row_of([column.name for column in self.columns])

    def widened(self, widths: dict[str, int]) -> Select:
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
