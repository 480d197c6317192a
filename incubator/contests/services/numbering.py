"""Numbers that accepted entries get, and codes for blind judging."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from flask import current_app

from ...core.db import db
from ...models import Division, Entry

_LETTERS = "ACDEFGHJKLMNPQRTUVWXY34679"  # nothing that is mistaken for another


def free_numbers(edition_id: int, divisions: Sequence[Division]) -> list[str]:
    """The next number for each of `divisions`, in their order: its prefix and three digits, without gaps
    reused.

    Call it inside the transaction that gives them: two entries of an edition never share a number.
    """
    taken = db.session.execute(
        sa.select(Entry.division_id, Entry.number).where(
            Entry.edition_id == edition_id, Entry.number.is_not(None)
        )
    )
    last: dict[str, int] = {}
    for _division, number in taken:
        match = re.fullmatch(r"(.*?)(\d+)", number or "")
        if match:
            last[match[1]] = max(last.get(match[1], 0), int(match[2]))
    numbers = []
    for division in divisions:
        prefix = division.number_prefix
        last[prefix] = last.get(prefix, 0) + 1
        numbers.append(f"{prefix}{last[prefix]:03d}")
    return numbers


def free_codes(edition_id: int, count: int) -> list[str]:
    """`count` unused codes of five letters that say nothing about number, school or order of arrival."""
    taken = set(db.session.scalars(sa.select(Entry.code).where(Entry.edition_id == edition_id)))
    codes: list[str] = []
    for code in _codes(edition_id, len(taken)):
        if len(codes) == count:
            break
        if code not in taken:
            taken.add(code)
            codes.append(code)
    return codes


def _codes(edition_id: int, start: int) -> Iterator[str]:
    """An endless series that only this installation can tell; the same for the same database, so demos
    repeat."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    number = start
    while True:
        digest = hmac.new(key, f"entry:{edition_id}:{number}".encode(), hashlib.sha256).digest()
        yield "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:5])
        number += 1
