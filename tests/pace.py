"""How fast the machine is just now, for tests that hold a time: beside other work a core may do half as much a second."""

from __future__ import annotations

import re
import time
import unicodedata

ROUNDS = 100_000
AT_EASE = 0.135  # seconds of processor time for the rounds on the machine that the times were asked for
_MARKS = re.compile("[\u0300-\u036f]")


def slowness() -> float:
    """1.0 on a machine at ease, 2.0 where the same work takes twice the processor time; never below 1.

    The work is of the kind that the tests measure: short texts made, taken apart and kept.
    """
    began = time.process_time()
    kept = {}
    for number in range(ROUNDS):
        text = f"Nguyễn Thị Hường {number}"
        kept[text] = _MARKS.sub("", unicodedata.normalize("NFD", text)).casefold().split()
    return max(1.0, (time.process_time() - began) / AT_EASE)
