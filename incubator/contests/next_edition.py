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
    name = name.replace(str(year), str(proposed))
    if number:
        name = re.sub(rf"\b{roman(number)}\b", roman(number + proposed - year), name)
    return proposed, name
