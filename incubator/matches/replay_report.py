"""Tables and bracket of a replayed tournament as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from incubator.matches.across import Placed, best_placed
from incubator.matches.bracket_places import places
from incubator.matches.brackets import VACANT, Filled, From, Slot, Source, resolve
from incubator.matches.explain import Because, StillLevel, neighbours
from incubator.matches.outcomes import Result
from incubator.matches.replay import GroupForm, Tournament, read
from incubator.matches.replay_form import parse
from incubator.matches.scenarios import chances
from incubator.matches.standings import Decision, Row, Table, table


def replay_text(text: str) -> dict[str, Any]:
    """From the text of a file to the documented output form."""
    return replay(parse(text))


def replay(data: Any) -> dict[str, Any]:
    """From the documented input form to the documented output form. Pure: the same file, the same answer."""
    return _Replay(read(data)).report()


def exact(value: int | Fraction | None) -> int | str | None:
    """Whole numbers as numbers, others exactly as text ("8/3"), no value as null."""
    if value is None or isinstance(value, int):
        return value
    return value.numerator if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


class _Replay:
    def __init__(self, tournament: Tournament) -> None:
        self.t = tournament
        self.tables = {group.name: self._table(group) for group in tournament.groups}
        placed = [Placed(g.name, self.tables[g.name], g.results) for g in tournament.groups]
        self.cuts = dict(tournament.best)  # place → how many of those who took it go on
        for source in (side for tie in tournament.ties for side in tie.sources if side.kind is From.BEST):
            self.cuts[source.place] = max(source.nth, self.cuts.get(source.place, 0))
        self.best = {
            place: best_placed(placed, place, tournament.game, decisions=tournament.decisions)
            for place in self.cuts
        }
        self.reach = max([tournament.per_group, *self.cuts])  # the last place of a group that may lead on
        self.filled = resolve(tournament.ties, self._slot, tournament.knockout, tournament.gone)

    def _table(self, group: GroupForm) -> Table:
        members = set(group.teams)
        own = [d for d in self.t.decisions if set(d.order) <= members]
        return table(
            group.teams,
            group.results,
            self.t.game,
            expected=group.expected,
            decisions=own,
            ratings=self.t.ratings,
            lots=self.t.lots,
            drop=group.drop,
        )

    def _slot(self, source: Source) -> Slot:
        match source.kind:
            case From.TEAM:
                return source.ref
            case From.PLACE:
                found = self.tables.get(source.ref)
                return found.at(source.place) if found and not found.provisional else None
            case From.BEST:
                ranked = self.best.get(source.place)
                return ranked.at(source.nth) if ranked and self._groups_done() else None
        return None

    def _groups_done(self) -> bool:
        return not any(found.provisional for found in self.tables.values())

    def report(self) -> dict[str, Any]:
        return {
            "name": self.t.name,
            "tie_chain": [criterion.code for criterion in self.t.game.chain.criteria],
            "groups": [self._group(group) for group in self.t.groups],
            "best_placed": [
                {"place": place, **_ranked(ranked), "provisional": not self._groups_done()}
                for place, ranked in self.best.items()
            ],
            "advancing": self._advancing(),
            "bracket": self._bracket(),
            "problems": self._problems(),
        }

    def _group(self, group: GroupForm) -> dict[str, Any]:
        ranked = self.tables[group.name]
        verdicts: Mapping[Any, Any] = {}
        if self.t.per_group and ranked.provisional:
            verdicts = chances(
                group.teams,
                group.results,
                group.remaining,
                self.t.game,
                self.t.per_group,
                maybe=self.reach,
                drop=group.drop,
            )
        return {
            "name": group.name,
            "provisional": ranked.provisional,
            "played": ranked.played,
            "expected": ranked.expected,
            **_ranked(ranked),
            "because": [_reason(item) for item in neighbours(ranked)],
            "chances": {team: str(verdict) for team, verdict in verdicts.items()},
        }

    def _advancing(self) -> list[dict[str, Any]]:
        going = [
            {"team": found.at(place), "source": f"place:{name}:{place}", "provisional": found.provisional}
            for name, found in self.tables.items()
            for place in range(1, self.t.per_group + 1)
        ]
        for place, count in self.t.best:
            for n in range(1, count + 1):
                source = f"best:{place}:{n}"
                team = self.best[place].at(n)
                going.append({"team": team, "source": source, "provisional": not self._groups_done()})
        return going

    def _bracket(self) -> dict[str, Any] | None:
        if not self.t.ties:
            results = self.t.knockout
            return (
                {"matches": [_loose(code, r) for code, r in results.items()], "places": []}
                if results
                else None
            )
        return {
            "matches": [self._tie(self.filled[tie.code]) for tie in self.t.ties],
            "places": [{"first": a, "last": b, "team": team} for a, b, team in places(self.filled)],
        }

    def _tie(self, item: Filled) -> dict[str, Any]:
        result = item.result
        return {
            "id": item.tie.code,
            "round": item.tie.round,
            "red": _slot(item.red),
            "blue": _slot(item.blue),
            "red_source": str(item.tie.red),
            "blue_source": str(item.tie.blue),
            "score": [result.red.scored, result.blue.scored] if result else None,
            "penalties": self.t.penalties.get(item.tie.code),
            "winner": _slot(item.winner),
            "loser": _slot(item.loser),
            "reason": str(result.reason) if result else ("bye" if item.bye else None),
            "stale": item.stale,
        }

    def _problems(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for group in self.t.groups:
            ranked = self.tables[group.name]
            for tie in ranked.ties:
                if tie.matters_for(self.reach):
                    found.append(
                        {"code": "open_tie", "group": group.name, "teams": sorted(map(str, tie.teams))}
                    )
        for place, ranked in self.best.items():
            found += [
                {"code": "open_tie", "group": f"best:{place}", "teams": sorted(map(str, tie.teams))}
                for tie in ranked.ties
                if tie.matters_for(self.cuts[place])
            ]
        used = {frozenset(d.order) for d in self._unused()}
        found += [{"code": "decision_not_needed", "teams": sorted(map(str, teams))} for teams in used]
        found += [
            {"code": "other_teams_played", "match": f.tie.code} for f in self.filled.values() if f.stale
        ]
        return found

    def _unused(self) -> list[Decision]:
        """Decisions that settled no tie, neither in a group nor among best placed teams."""
        tables = [*self.tables.values(), *self.best.values()]
        settled = {split.members for ranked in tables for split in ranked.splits if split.criterion is None}
        return [decision for decision in self.t.decisions if frozenset(decision.order) not in settled]


def _slot(slot: Slot) -> Any:
    return {"vacant": True} if slot is VACANT else slot


def _loose(code: str, result: Result) -> dict[str, Any]:
    return {
        "id": code,
        "red": result.red.team,
        "blue": result.blue.team,
        "score": [result.red.scored, result.blue.scored],
        "winner": result.winner,
        "reason": str(result.reason),
    }


def _ranked(ranked: Table) -> dict[str, Any]:
    return {
        "rows": [_row(row, ranked) for row in ranked.rows],
        "ties": [
            {"teams": sorted(map(str, tie.teams)), "ranks": [tie.first, tie.last], "ways": list(tie.ways)}
            for tie in ranked.ties
        ],
    }


def _row(row: Row, ranked: Table) -> dict[str, Any]:
    line = row.line
    return {
        "rank": row.rank,
        "team": line.team,
        "tied": row.tied,
        "played": line.played,
        "won": line.wins,
        "drawn": line.draws,
        "lost": line.losses,
        "for": line.scored,
        "against": line.against,
        "difference": line.scored - line.against,
        "points": line.points,
        "special_wins": line.special_wins,
        "conduct": line.conduct,
        "values": {
            criterion.code: exact(line.value(criterion))
            for criterion in ranked.chain.criteria
            if criterion.scope == "overall"
        },
    }


def _reason(item: Because | StillLevel) -> dict[str, Any]:
    if isinstance(item, StillLevel):
        return {"above": item.upper, "below": item.lower, "criterion": None, "level": True}
    return {
        "above": item.upper,
        "below": item.lower,
        "criterion": item.criterion.code if item.criterion else item.how,
        "values": [exact(value) for value in item.values],
        "among": sorted(map(str, item.among)),
        "level": False,
    }
