"""What a team that leaves in the middle of a group does to the group's matches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from incubator.matches.games import Game
from incubator.matches.outcomes import Result, forfeit

WAYS = ("annul", "forfeit", "keep")


def withdraw(
    results: Sequence[Result],
    waiting: Sequence[tuple[Any, Any]],
    gone: Mapping[Any, str],
    game: Game,
) -> tuple[list[Result], list[tuple[Any, Any]]]:
    """Results and open pairs as they count now. `gone` says for each team that left how it is treated.

    `annul`: all its matches vanish; `forfeit`: open ones are won by the opponent; `keep`: played ones
    stay, open ones vanish. A match between two teams that left is not played.
    """
    kept = [
        result for result in results if "annul" not in (gone.get(result.red.team), gone.get(result.blue.team))
    ]
    open_pairs = []
    for red, blue in waiting:
        ways = {gone[team] for team in (red, blue) if team in gone}
        if not ways:
            open_pairs.append((red, blue))
        elif ways == {"forfeit"} and not (red in gone and blue in gone):
            present, left = (blue, red) if red in gone else (red, blue)
            kept.append(forfeit(game, present, left))
    return kept, open_pairs
