"""One tournament as it stands now, as derived values: tables, bracket, who goes through.

Tables, bracket and schedule are never stored: they are read from confirmed results each time, so a
correction shows at once and cannot leave a stale copy behind. `board.py` loads what stands here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ...models import (
    CrewPart,
    Division,
    Edition,
    Match,
    MatchGroup,
    MatchState,
    Resource,
    ResultVersion,
    Stage,
    TieDecision,
    Tournament,
)
from ..across import Placed, best_placed
from ..bracket_places import places
from ..brackets import Filled, From, Slot, Source, Tie, read_source, resolve
from ..games import Game
from ..outcomes import Result
from ..scenarios import Chance, chances
from ..scoresheet import Tally
from ..standings import Decision, Table, table
from ..withdrawals import withdraw
from .sides import GONE, PLAYED, CrewPlace, Side, result_from


@dataclass
class Board:
    """One tournament. Built by `load_boards`; pure from then on."""

    tournament: Tournament
    game: Game
    sides: dict[int, Side]
    groups: Sequence[MatchGroup]
    members: dict[int, list[int]]  # group id -> sides in drawn order
    matches: Sequence[Match]
    versions: dict[int, ResultVersion]  # match id -> confirmed result
    proposals: dict[int, ResultVersion]
    decisions: Sequence[TieDecision]
    protested: set[int]
    courts: dict[int, Resource]
    crew: tuple[CrewPlace, ...] = ()  # of the person it was loaded for
    counted: dict[int, Tally] | None = None  # live scores, once somebody has asked for them
    edition: Edition = field(init=False)

    def __post_init__(self) -> None:
        self.by_code = {match.code: match for match in self.matches}
        self.by_id = {match.id: match for match in self.matches}
        self.by_group: dict[int | None, list[Match]] = defaultdict(list)
        for match in self.matches:
            self.by_group[match.group_id].append(match)
        self._results: dict[int, tuple[list[Result], list[tuple[int, int]]]] = {}
        self.group_named = {group.name: group for group in self.groups}
        self.stage: Stage = self.tournament.stage_division.stage
        self.division: Division = self.tournament.stage_division.division
        self.edition = self.stage.edition

    def parts_at(self, court_id: int | None) -> frozenset[CrewPart]:
        """What the person it was loaded for is at this court."""
        return frozenset(part for part, court, _side in self.crew if court in (None, court_id))

    def side_at(self, court_id: int | None) -> int | None:
        """The one side the person records at a court, None where it is both or where there is no seat."""
        sides = {side for _part, court, side in self.crew if court in (None, court_id)}
        return sides.pop() if len(sides) == 1 else None

    # -- results

    @cached_property
    def gone(self) -> dict[int, str]:
        """Sides that left, with what happens to their group matches: the game's rule, unless all were played before."""
        return {
            side.id: "keep" if self._group_done(side.id) else self.game.withdrawn
            for side in self.sides.values()
            if side.presence in GONE
        }

    def _group_done(self, side: int) -> bool:
        """Whether a team has played all its group matches: what was reached by them stands when it leaves later."""
        own = [m for m in self.matches if m.group_id and side in (m.red_id, m.blue_id)]
        return bool(own) and all(m.state in PLAYED for m in own)

    def unplayed(self, match: Match) -> bool:
        """Whether nobody will play a group match any more because one of its teams left."""
        left = match.red_id in self.gone or match.blue_id in self.gone
        return bool(match.group_id) and left and match.state not in PLAYED

    def result(self, match: Match) -> Result | None:
        """The confirmed result that feeds tables and brackets; none while a protest is open."""
        version = self.versions.get(match.id)
        if version is None or match.id in self.protested:
            return None
        return result_from(version, match.counts)

    def group_results(self, group: MatchGroup) -> tuple[list[Result], list[tuple[int, int]]]:
        """What counts in a group, and the meetings still to come."""
        if group.id not in self._results:
            self._results[group.id] = self._group_results(group)
        return self._results[group.id]

    def _group_results(self, group: MatchGroup) -> tuple[list[Result], list[tuple[int, int]]]:
        found, waiting = [], []
        for match in self.by_group[group.id]:
            if match.state is MatchState.CANCELLED:
                continue
            result = self.result(match)
            if result is not None:
                found.append(result)
            elif match.counts and match.red_id and match.blue_id:
                waiting.append((match.red_id, match.blue_id))
        return withdraw(found, waiting, self.gone, self.game)

    # -- tables

    @cached_property
    def tables(self) -> dict[int, Table]:
        found = {}
        for group in self.groups:
            results, waiting = self.group_results(group)
            teams = self.members.get(group.id, [])
            teams = [team for team in teams if self.gone.get(team) != "annul"]
            known = sum(result.counts for result in results) + len(waiting)
            found[group.id] = table(
                teams,
                results,
                self.game,
                expected=known if self.by_group[group.id] else self.game.meetings(len(teams)),
                decisions=self.orders(f"group:{group.id}"),
                drop=self.game.drop_for(len(teams)),
            )
        return found

    def orders(self, boundary: str) -> list[Decision]:
        return [
            Decision(tuple(decision.order), str(decision.outcome))
            for decision in self.decisions
            if decision.boundary == boundary and decision.order and decision.voided_at is None
        ]

    @property
    def per_group(self) -> int:
        return int(self.tournament.cut.get("per_group", 0))

    @property
    def best_cuts(self) -> list[tuple[int, int]]:
        return [(int(place), int(count)) for place, count in self.tournament.cut.get("best", [])]

    @property
    def reach(self) -> int:
        """The last place of a group that may lead on."""
        return max([self.per_group, *(place for place, _count in self.best_cuts)])

    @cached_property
    def best(self) -> dict[int, Table]:
        placed = [
            Placed(group.name, self.tables[group.id], self.group_results(group)[0]) for group in self.groups
        ]
        return {
            place: best_placed(placed, place, self.game, decisions=self.orders(f"best:{place}"))
            for place, _count in self.best_cuts
        }

    @property
    def groups_done(self) -> bool:
        return bool(self.groups) and not any(found.provisional for found in self.tables.values())

    def chances(self, group: MatchGroup) -> Mapping[Any, Chance]:
        found = self.tables[group.id]
        if not self.per_group or not found.provisional or not self.by_group[group.id]:
            return {}
        results, waiting = self.group_results(group)
        teams = [row.line.team for row in found.rows]
        drop = self.game.drop_for(len(teams))
        return chances(teams, results, waiting, self.game, self.per_group, maybe=self.reach, drop=drop)

    def open_ties(self) -> list[tuple[str, str, Any]]:
        """Ties that hide who goes on: (boundary, name of the group or place, tie)."""
        found: list[tuple[str, str, Any]] = []
        for group in self.groups:
            ranked = self.tables[group.id]
            if not ranked.provisional:
                found += [
                    (f"group:{group.id}", group.name, tie)
                    for tie in ranked.ties
                    if tie.matters_for(self.reach)
                ]
        if self.groups_done:
            for place, count in self.best_cuts:
                found += [
                    (f"best:{place}", "", tie)
                    for tie in self.best[place].ties
                    if tie.first <= count < tie.last or (self.ties and tie.first <= count)
                ]
        return found

    # -- bracket

    @cached_property
    def ties(self) -> list[Tie]:
        ordered = sorted((match for match in self.matches if match.round), key=lambda match: match.position)
        index: dict[int, int] = defaultdict(int)
        found = []
        for match in ordered:
            index[match.round] += 1
            red, blue = read_source(match.red_source), read_source(match.blue_source)
            found.append(Tie(match.code, match.round, index[match.round], red, blue))
        return found

    @cached_property
    def tie_of(self) -> dict[str, Tie]:
        return {tie.code: tie for tie in self.ties}

    @cached_property
    def filled(self) -> dict[str, Filled]:
        results = {
            tie.code: result
            for tie in self.ties
            if (result := self.result(self.by_code[tie.code])) is not None
        }
        return resolve(self.ties, self.slot, results, tuple(self.gone))

    def slot(self, source: Source) -> Slot:
        """Who a source names now; None while it is not decided for good."""
        match source.kind:
            case From.TEAM:
                return int(source.ref)
            case From.PLACE:
                group = self.group_named.get(source.ref)
                found = self.tables.get(group.id) if group else None
                return found.at(source.place) if found and not found.provisional else None
            case From.BEST:
                return self.best[source.place].at(source.nth) if self.groups_done else None
        return None

    def teams(self, match: Match) -> tuple[Slot, Slot]:
        """Both places of a match: as called, else as its sources stand."""
        if match.red_id or match.blue_id:
            return match.red_id, match.blue_id
        item = self.filled.get(match.code)
        return (item.red, item.blue) if item else (None, None)

    def side(self, slot: Slot) -> Side | None:
        return self.sides.get(slot) if isinstance(slot, int) else None

    def dependents(self, match: Match) -> list[Match]:
        """Matches that take a team from this one, at any distance, in order of play."""
        found: list[Match] = []
        wanted = {match.code}
        group = next((g.name for g in self.groups if g.id == match.group_id), None)
        for tie in self.ties:
            sources = (tie.red, tie.blue)
            fed = any(
                source.ref in wanted
                or (group is not None and source.kind is From.PLACE and source.ref == group)
                or (group is not None and source.kind is From.BEST)
                for source in sources
            )
            if fed:
                wanted.add(tie.code)
                found.append(self.by_code[tie.code])
        return found

    def final_places(self) -> list[tuple[int, int, int]]:
        return [(first, last, int(str(team))) for first, last, team in places(self.filled)]
