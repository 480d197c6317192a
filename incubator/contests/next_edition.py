"""What the edition after one is called: its year, or its number, moves on."""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import count

from ..core.text.numerals import roman


def following(
    name: str, year: int, number: int | None, *, this_year: int, taken: Collection[int] = ()
) -> tuple[int, str]:
    """Year and name proposed for the next edition of a contest; never a year that has passed or has its edition (`taken`)."""
    proposed = next(y for y in count(max(year + 1, this_year)) if y not in taken)
    return proposed, renamed(name, year, number, proposed)


def renamed(name: str, year: int, number: int | None, to: int) -> str:
    """The name of the edition of `year`, which may hold its year or its number, as that of `to`."""
    name = name.replace(str(year), str(to))
    if number:
        name = re.sub(rf"\b{roman(number)}\b", roman(number + to - year), name)
    return name


def renumbered(prefix: str, year: int, to: int) -> str:
    """A prefix of entry numbers with the year of the new edition: “RB26-TH-” becomes “RB27-TH-”."""
    short = f"{year % 100:02d}"
    return re.sub(rf"(?<!\d)(?:{year}|{short})(?!\d)", lambda m: str(to)[-len(m[0]) :], prefix)
