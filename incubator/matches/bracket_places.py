"""What a bracket decides: the round of every match and the final place of every team, read off the sources alone.

Matches whose winners end in one match form a tree. The tree whose entrants come from outside plays for the first place,
one that is entered by losers (third place, places 5 to 8) for the places behind those that beat them. A tree may
take its own losers in again, as in a double elimination.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from incubator.matches.brackets import VACANT, Filled, From, Slot, Tie
from incubator.matches.outcomes import Team


class Trees:
    """The trees of an acyclic bracket."""

    def __init__(self, ties: Sequence[Tie]) -> None:
        self.ties = {tie.code: tie for tie in ties}
        self.after: dict[str, str] = {}  # match → the match its winner plays next
        self.lost_to: dict[str, str] = {}  # match → the match its loser plays next
        for tie in ties:
            for source in tie.sources:
                if source.kind in (From.WINNER, From.LOSER) and source.ref in self.ties:
                    (self.after if source.kind is From.WINNER else self.lost_to)[source.ref] = tie.code
        self._first: dict[str, int] = {}
        self.root: dict[str, str] = {}
        self.depth: dict[str, int] = {}
        for code in self.ties:
            self._walk(code)

    def _walk(self, code: str) -> None:
        path = [code]
        while (following := self.after.get(path[-1])) is not None and following not in self.root:
            path.append(following)
        last = path[-1]
        start = self.after.get(last)
        root, depth = (self.root[start], self.depth[start] + 1) if start else (last, 0)
        for n, known in enumerate(reversed(path)):
            self.root[known], self.depth[known] = root, depth + n

    def round(self, code: str) -> int:
        """Teams left in the round, 2 for a final; the place at stake for the last match of a tree of losers."""
        first = self.first(self.root[code])
        return first if first > 1 and not self.depth[code] else 2 << self.depth[code]

    def first(self, root: str) -> int:
        """The best place a tree plays for, which the winner of its last match takes."""
        if root not in self._first:
            self._first[root] = 1  # also what trees that feed each other fall back to
            fed_by = [c for c, target in self.lost_to.items() if self.root[target] == root != self.root[c]]
            self._first[root] = max((self._behind(code) for code in fed_by), default=1)
        return self._first[root]

    def _behind(self, code: str) -> int:
        """The best place left for those who lose in the round of this match."""
        root, depth = self.root[code], self.depth[code]
        better = [c for c, other in self.root.items() if other == root and self.depth[c] < depth]
        return self.first(root) + 1 + sum(not self._stays(c) for c in better)

    def _stays(self, code: str) -> bool:
        """Whether the loser plays on in the same tree, and is placed there."""
        return code in self.lost_to and self.root[self.lost_to[code]] == self.root[code]

    def lost_span(self, code: str) -> tuple[int, int] | None:
        """First and last place that those share who are out in the round of this match; None: the loser plays on."""
        if code in self.lost_to:
            return None
        root, depth = self.root[code], self.depth[code]
        row = [c for c, other in self.root.items() if other == root and self.depth[c] == depth]
        out = sum(c not in self.lost_to for c in row)
        first = self._behind(code) + sum(c in self.lost_to and not self._stays(c) for c in row)
        return first, first + out - 1


def places(filled: Mapping[str, Filled]) -> list[tuple[int, int, Team]]:
    """Final places (first, last, team): champion 1–1, runner-up 2–2, third by its match, then losers by
    round."""
    trees = Trees([item.tie for item in filled.values()])
    spans: list[tuple[int, int, Team]] = []
    for code, item in filled.items():
        if not trees.depth[code] and _is_team(item.winner):
            first = trees.first(code)
            spans.append((first, first, item.winner))
        span = trees.lost_span(code)
        if span and _is_team(item.loser):
            spans.append((*span, item.loser))
    return sorted(spans, key=lambda span: (span[0], str(span[2])))


def _is_team(slot: Slot) -> bool:
    return slot is not None and slot is not VACANT
