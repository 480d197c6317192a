"""Reading a tournament from the documented JSON form (docs/matches-replay.md) into the rule modules' own
objects.

Every complaint names the place in the file: `replay_form` with `where` (such as `matches[3].score`) and
`what`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from incubator.matches.brackets import Source, Tie, crossover, from_lines, knockout, read_source, round_code
from incubator.matches.games import DropRule, Game, Points, chain_from, from_json
from incubator.matches.outcomes import Result
from incubator.matches.presets import PRESETS, SIMPLE
from incubator.matches.replay_matches import number, result_of, side_names, wrong
from incubator.matches.standings import Decision
from incubator.matches.withdrawals import withdraw


@dataclass(frozen=True, slots=True)
class GroupForm:
    name: str
    teams: tuple[str, ...]
    results: tuple[Result, ...]
    remaining: tuple[tuple[str, str], ...]
    expected: int
    drop: DropRule | None


@dataclass(slots=True)
class Tournament:
    name: str
    game: Game
    teams: dict[str, Mapping[str, Any]]
    groups: list[GroupForm] = field(default_factory=list)
    knockout: dict[str, Result] = field(default_factory=dict)
    ties: list[Tie] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    per_group: int = 0
    best: list[tuple[int, int]] = field(default_factory=list)  # (place, how many)
    listed: dict[str, Mapping[str, Any]] = field(default_factory=dict)  # knockout entries as given, by id

    def numbers(self, name: str) -> dict[Any, int]:
        return {key: int(team[name]) for key, team in self.teams.items() if team.get(name) is not None}


def read(data: Any) -> Tournament:
    """Read a whole file. Raises RuleError; nothing is guessed that would change a table."""
    if not isinstance(data, Mapping):
        raise wrong("$", "the file must hold one object")
    tournament = Tournament(str(data.get("name", "")), read_game(data), _teams(data))
    matches = _latest(_listed(data, "matches"))
    groups = _listed(data, "groups")
    known = {str(group.get("name")) for group in groups}
    for where, match in matches:
        if match.get("group") is not None and str(match["group"]) not in known:
            raise wrong(f"{where}.group", f"no group is called {match['group']}")
    for n, group in enumerate(groups):
        tournament.groups.append(_group(f"groups[{n}]", group, matches, tournament))
    advance = data.get("advance") or {}
    tournament.per_group = number(advance.get("per_group", 0), "advance.per_group")
    tournament.best = [
        (number(item["place"], "advance.best"), number(item["count"], "advance.best"))
        for item in advance.get("best", ())
    ]
    tournament.decisions = [
        Decision(tuple(str(team) for team in item["teams"]), str(item.get("how", "lots")))
        for item in _listed(data, "decisions")
    ]
    tournament.ties = _ties(data.get("bracket"), matches, tournament)
    _read_knockout(matches, tournament)
    return tournament


def read_game(data: Mapping[str, Any]) -> Game:
    """A preset's name or a whole game, changed by what the file says beside it."""
    given = data.get("game")
    if given is None:
        game = SIMPLE
    elif isinstance(given, str):
        if given not in PRESETS:
            raise wrong("game", f"unknown preset {given}; known: {', '.join(PRESETS)}")
        game = PRESETS[given]
    else:
        game = from_json(given)
    changes: dict[str, Any] = {}
    if "points" in data:
        changes["points"] = Points(**{k: number(v, f"points.{k}") for k, v in data["points"].items()})
    if "tie_chain" in data:
        changes["chain"] = chain_from(data["tie_chain"], game.chain)
    if "drops" in data:
        changes["drops"] = tuple(DropRule(**item) for item in data["drops"])
    for name in ("draws", "walkover", "withdrawn", "across", "decided_by"):
        if name in data:
            changes[name] = tuple(data[name]) if name == "decided_by" else data[name]
    game = replace(game, **changes)
    game.check()
    return game


def _listed(data: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    items = data.get(name) or []
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise wrong(name, "must be a list of objects")
    return items


def _teams(data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    teams: dict[str, Mapping[str, Any]] = {}
    for n, item in enumerate(data.get("teams") or []):
        team = {"id": item} if isinstance(item, str) else item
        key = str(team.get("id", team.get("name", "")))
        if not key or key in teams:
            raise wrong(f"teams[{n}]", f"needs an id of its own, has {key!r}")
        teams[key] = team
    for group in _listed(data, "groups"):
        for key in group.get("teams", ()):
            teams.setdefault(str(key), {"id": str(key)})
    return teams


Listed = list[tuple[str, Mapping[str, Any]]]


def _latest(matches: Sequence[Mapping[str, Any]]) -> Listed:
    """Drop plays that were replayed: of the entries with one id the one with the highest order counts."""
    placed: dict[str, tuple[tuple[int, int], str, Mapping[str, Any]]] = {}
    for n, match in enumerate(matches):
        where = f"matches[{n}]"
        order = number(match.get("order", n), f"{where}.order")
        key = str(match.get("replaces", match.get("id", where)))
        if key not in placed or placed[key][0] <= (order, n):
            placed[key] = ((order, n), where, {**match, "id": key})
    return [(where, match) for _, where, match in sorted(placed.values(), key=lambda item: item[0])]


def _group(where: str, group: Mapping[str, Any], matches: Listed, tournament: Tournament) -> GroupForm:
    name = str(group.get("name", ""))
    teams = tuple(str(team) for team in group.get("teams", ()))
    if not name or not teams or len(set(teams)) != len(teams):
        raise wrong(where, "needs a name and teams, each once")
    gone = {
        team: str(tournament.teams[team].get("withdrawn"))
        for team in teams
        if tournament.teams[team].get("withdrawn")
    }
    results: list[Result] = []
    waiting: list[tuple[str, str]] = []
    for at, match in matches:
        if str(match.get("group")) != name:
            continue
        red, blue = side_names(at, match)
        if red not in teams or blue not in teams or red == blue:
            raise wrong(at, f"two different teams of group {name} must meet, not {red} and {blue}")
        result = result_of(at, match, red, blue, tournament.game, knockout=False)
        if result is not None:
            results.append(result)
        elif match.get("outcome") != "annulled":
            waiting.append((red, blue))
    rounds = _rounds(group, tournament.game, teams, [*waiting, *(_pair(result) for result in results)])
    waiting = _unlisted(teams, rounds, results, waiting)
    results, waiting = withdraw(results, waiting, gone, tournament.game)
    expected = number(group.get("expected", len(results) + len(waiting)), f"{where}.expected")
    ranked = tuple(team for team in teams if gone.get(team) != "annul")
    return GroupForm(
        name, ranked, tuple(results), tuple(waiting), expected, tournament.game.drop_for(len(teams))
    )


def _pair(result: Result) -> tuple[str, str]:
    return str(result.red.team), str(result.blue.team)


def _rounds(
    group: Mapping[str, Any], game: Game, teams: Sequence[str], pairs: Sequence[tuple[str, str]]
) -> int:
    met = Counter(frozenset(pair) for pair in pairs)
    return int(group.get("rounds") or max([game.rounds_for(len(teams)), *met.values()]))


def _unlisted(
    teams: Sequence[str], rounds: int, results: Sequence[Result], waiting: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Meetings of the round robin that the file does not mention are still to be played."""
    known = Counter(frozenset(pair) for pair in [*waiting, *(_pair(r) for r in results if r.counts)])
    missing: Iterator[tuple[str, str]] = (
        pair for pair in combinations(teams, 2) for _ in range(rounds - known[frozenset(pair)])
    )
    return [*waiting, *missing]


def _ties(bracket: Any, matches: Listed, tournament: Tournament) -> list[Tie]:
    if bracket is None:
        return []
    third = bool(bracket.get("third_place", True)) if isinstance(bracket, Mapping) else True
    if bracket == "crossover" or (isinstance(bracket, Mapping) and bracket.get("kind") == "crossover"):
        names = [group.name for group in tournament.groups]
        extra = [
            read_source(f"best:{place}:{n}") for place, count in tournament.best for n in range(1, count + 1)
        ]
        return from_lines(crossover(names, tournament.per_group, extra), third_place=third)
    if not isinstance(bracket, Mapping):
        raise wrong("bracket", 'must be "crossover" or an object')
    if "seeds" in bracket:
        return knockout([read_side(text, tournament) for text in bracket["seeds"]], third_place=third)
    if "lines" in bracket:
        lines = [None if text is None else read_side(text, tournament) for text in bracket["lines"]]
        return from_lines(lines, third_place=third)
    return explicit_ties(_listed(bracket, "matches"), tournament)


def read_side(text: Any, tournament: Tournament) -> Source:
    return read_source(f"team:{text}" if str(text) in tournament.teams else str(text))


def explicit_ties(items: Sequence[Mapping[str, Any]], tournament: Tournament) -> list[Tie]:
    """Matches with their sources as given; the round is found by walking back from the match nobody comes
    from."""
    sides = {}
    for n, item in enumerate(items):
        where = f"bracket.matches[{n}]"
        red, blue = side_names(where, item)
        if red is None or blue is None or "id" not in item:
            raise wrong(where, "needs id, red and blue")
        sides[str(item["id"])] = (read_side(red, tournament), read_side(blue, tournament))
    size: dict[str, int] = {}

    def depth(code: str, teams: int) -> None:
        size[code] = max(size.get(code, 0), teams)
        for source in sides[code]:
            if source.kind == "winner":
                if source.ref not in sides or teams > 1024:
                    raise wrong("bracket.matches", f"{code} waits for {source.ref}, which leads nowhere")
                depth(source.ref, teams * 2)

    fed = {source.ref for pair in sides.values() for source in pair if source.kind == "winner"}
    for code, pair in sides.items():
        if code not in fed:
            depth(code, 3 if any(source.kind == "loser" for source in pair) else 2)
    numbers: Counter[int] = Counter()
    ties = []
    for code, (one, two) in sides.items():
        numbers[size[code]] += 1
        ties.append(Tie(code, size[code], numbers[size[code]], one, two))
    return ties


def _read_knockout(matches: Listed, tournament: Tournament) -> None:
    known = {tie.code for tie in tournament.ties} or {round_code(2, 1)}
    for where, match in matches:
        if match.get("group") is not None:
            continue
        red, blue = side_names(where, match)
        code = str(match["id"])
        if tournament.ties and code not in known:
            raise wrong(f"{where}.id", f"no match of the bracket is called {code}")
        if red is None or blue is None:
            raise wrong(where, "needs red and blue by name, so that a wrong bracket shows")
        result = result_of(where, match, red, blue, tournament.game, knockout=True)
        if result is not None:
            tournament.knockout[code] = result
            tournament.listed[code] = match
