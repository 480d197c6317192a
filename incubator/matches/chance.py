"""Chance that can be checked by hand: SHA-256 of the seed and a counter, no library's generator.

The same seed gives the same draw on every machine and in every version of Python, and an objector can
recompute a
single pick with any tool that knows SHA-256.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


def pick(seed: str, label: str, size: int) -> int:
    """A number 0 ≤ n < size, every one equally likely: SHA-256("seed|label|k") as a big-endian integer,
    modulo size.

    Values in the last incomplete stretch of 2**256 are thrown away and k is raised, so nothing is favoured.
    """
    limit = (1 << 256) // size * size
    k = 0
    while True:
        value = int.from_bytes(sha256(f"{seed}|{label}|{k}".encode()).digest(), "big")
        if value < limit:
            return value % size
        k += 1


def shuffled(seed: str, label: str, items: Sequence[T]) -> list[T]:
    """Fisher–Yates with `pick`."""
    result = list(items)
    for n in range(len(result) - 1, 0, -1):
        k = pick(seed, f"{label}:{n}", n + 1)
        result[n], result[k] = result[k], result[n]
    return result
