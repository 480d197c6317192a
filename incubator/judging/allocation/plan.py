"""What goes into an allocation and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Seat:
    """An entry that needs `wanted` judges of `panel`; `kept` judges stay. `group` is what is ranked together."""

    entry_id: int
    panel: int
    wanted: int
    group: int = 0
    kept: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Judge:
    """A judge of some panels; `most` caps the entries, `reserve` is used only where nobody else can."""

    id: int
    panels: frozenset[int]
    most: int | None = None
    reserve: bool = False


@dataclass(frozen=True, slots=True)
class Shortfall:
    """An entry that stays short of judges, and why: conflicts, caps, or too few in the panel."""

    entry_id: int
    missing: int
    cause: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Who judges what, and what a secretary should know about it."""

    judges_of: Mapping[int, tuple[int, ...]]
    loads: Mapping[int, int]
    shortfalls: tuple[Shortfall, ...]
    components: Mapping[int, tuple[frozenset[int], ...]]  # group -> judges who are linked by shared entries
    most_together: int  # how often the pair that meets most often meets
    reserves_used: tuple[int, ...] = ()

    @property
    def connected(self) -> bool:
        """Whether in every group all judges are linked, so that their marks can be compared."""
        return all(len(parts) <= 1 for parts in self.components.values())
