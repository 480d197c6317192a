"""The order in which the demo season is loaded, and what the loaders share."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from ..core.access import Actor, system_actor

#: Modules of this package in the order of their needs. Each has `load(ctx)` and a `TITLE`.
STEPS = (
    "people",
    "contests",
    "registrations",
    "entries",
    "registering",
    "spaces",
    "judging",
    "matches",
    "publishing",
    "mentoring",
    "everyday",
)

PASSWORD = "demo-2024"  # noqa: S105 - printed on the start page of the demo


@dataclass
class Context:
    """What loaders share: the day of loading, a seeded generator a step, and the people by role."""

    today: date
    progress: Callable[[str], None]
    actor: Actor = field(default_factory=lambda: system_actor("demo"))
    people: dict[str, Any] = field(default_factory=dict)  # name of the part -> Person
    sign_ins: list[tuple[str, str, str]] = field(default_factory=list)  # role, e-mail, first page
    notes: dict[str, Any] = field(default_factory=dict)

    def random(self, step: str) -> Random:
        """The same numbers on every machine and in any order of steps."""
        return Random(f"demo:{step}")


def available() -> list[str]:
    return [s for s in STEPS if importlib.util.find_spec(f"{__package__}.{s}")]


def load(ctx: Context) -> None:
    for step in available():
        module = importlib.import_module(f"{__package__}.{step}")
        ctx.progress(str(getattr(module, "TITLE", step)))
        module.load(ctx)
