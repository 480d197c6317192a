"""Lists as people use them: a search without diacritics, a sort, a page, all in the address bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import request, url_for

from .db import db
from .text import search_key
from .text.numerals import whole

PER_PAGE = 50
MOST = 100_000


@dataclass(frozen=True, slots=True)
class ListArgs:
    """What the address asks for. `filters` has only the names the view declared."""

    q: str
    sort: str
    descending: bool
    page: int
    filters: dict[str, str]
    per_page: int = PER_PAGE

    @property
    def key(self) -> str:
        """The search text as it is compared."""
        return search_key(self.q)

    def query(self, **changes: Any) -> dict[str, Any]:
        """Address values of this list with `changes`; empty ones are left out."""
        sort = f"-{self.sort}" if self.descending else self.sort
        values: dict[str, Any] = {"q": self.q, "sort": sort, "page": self.page, **self.filters, **changes}
        return {
            k: v for k, v in values.items() if v not in ("", None, 1) or (k == "page" and v not in (1, None))
        }


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list with what is needed to walk on."""

    items: Sequence[Any]
    total: int
    args: ListArgs

    # What the macros of a list read.
    @property
    def q(self) -> str:
        return self.args.q

    @property
    def sort(self) -> str:
        return self.args.sort

    @property
    def descending(self) -> bool:
        return self.args.descending

    @property
    def page(self) -> int:
        return self.args.page

    def url(self, **changes: Any) -> str:
        """This list's address with `changes`; all other words of the address stay, the page starts over."""
        values = self.args.query(**{"page": None, **changes})
        return url_for(str(request.endpoint), **{**(request.view_args or {}), **values})

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.args.per_page))

    @property
    def first(self) -> int:
        return (self.args.page - 1) * self.args.per_page + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.args.page * self.args.per_page, self.total)


def list_args(
    sorts: Sequence[str], filters: Sequence[str] = (), default: str = "", per_page: int = PER_PAGE
) -> ListArgs:
    """Read q, sort (“-name” descends), page and `filters` from the address; unknown values fall back."""
    asked = request.args.get("sort", default or (sorts[0] if sorts else ""))
    descending, name = asked.startswith("-"), asked.lstrip("-")
    if name not in sorts:
        name, descending = (default or (sorts[0] if sorts else "")).lstrip("-"), default.startswith("-")
    page = request.args.get("page", 1, type=whole)
    return ListArgs(
        q=request.args.get("q", "").strip()[:100],
        sort=name,
        descending=descending,
        page=min(max(1, page or 1), MOST),
        filters={f: request.args.get(f, "")[:80] for f in filters},
        per_page=per_page,
    )


def order(statement: Any, args: ListArgs, columns: Mapping[str, Any], tie: Any) -> Any:
    """Order by the asked column, then by `tie`, so that pages never overlap."""
    column = columns[args.sort]
    chain = column if isinstance(column, tuple) else (column,)
    return statement.order_by(*[c.desc() if args.descending else c.asc() for c in chain], tie)


def paginate(statement: Any, args: ListArgs, scalars: bool = True) -> Page:
    """Run an ordered select for one page: two queries, however many rows."""
    total = (
        db.session.scalar(sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())) or 0
    )
    window = statement.limit(args.per_page).offset((args.page - 1) * args.per_page)
    result = db.session.scalars(window) if scalars else db.session.execute(window)
    return Page(items=list(result.unique().all() if scalars else result.all()), total=total, args=args)


def words_match(column: Any, key: str) -> Any:
    """Every word of the search key begins a word of a search column: “an” finds An and Anh, not Giang."""
    spaced = sa.literal(" ") + column
    return sa.and_(sa.true(), *[spaced.contains(f" {piece}", autoescape=True) for piece in key.split()])


def words_match_one(columns: Sequence[Any], key: str) -> Any:
    """As `words_match()` in one of the columns; or in all of them together, if every word is typed whole.

    So “hai au dong hoa” is Hải Âu of Đông Hòa, while “nguyen van an” is not Ánh Dương of Nguyễn Văn Tiết.
    """
    return sa.or_(*[words_match(column, key) for column in columns], whole_words_match(columns, key))


def whole_words_match(columns: Sequence[Any], key: str) -> Any:
    """Every word of the search key is a word of one of the search columns, whichever."""
    spaced: Any = sa.literal(" ")
    for column in columns:
        spaced = spaced + sa.func.coalesce(column, "") + " "
    return sa.and_(sa.true(), *[spaced.contains(f" {piece} ", autoescape=True) for piece in key.split()])
