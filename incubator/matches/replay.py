"""Reading a tournament from the documented JSON form (docs/matches-replay.md) into the rule modules' own
objects.

Every complaint names the place in the file: `replay_form` with `where` (such as `matches[3].score`) and
`what`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from incubator.matches.brackets import Tie
from incubator.matches.games import DropRule, Game
from incubator.matches.outcomes import Result
from incubator.matches.replay_bracket import read_bracket
from incubator.matches.replay_form import Item
from incubator.matches.replay_matches import Play, last_plays, outcome_of, result_of
from incubator.matches.replay_rules import read_game
from incubator.matches.standings import Decision
from incubator.matches.withdrawals import WAYS, withdraw

LARGEST = 1000  # teams of a group
DECIDED = ("jury", "playoff", "lots")


@dataclass(frozen=True, slots=True)
class GroupForm:
    name: str
    teams: tuple[str, ...]
    results: tuple[Result, ...]
    remaining: tuple[tuple[str, str], ...]
    expected: int
    drop: DropRule | None


@dataclass(frozen=True, slots=True)
class TeamForm:
    rating: int | None = None
    lot: int | None = None
    withdrawn: str = ""


@dataclass(slots=True)
class Tournament:
    name: str
    game: Game
    teams: dict[str, TeamForm]
    groups: list[GroupForm] = field(default_factory=list)
    knockout: dict[str, Result] = field(default_factory=dict)
    penalties: dict[str, Any] = field(default_factory=dict)  # as given, by match
    ties: list[Tie] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    per_group: int = 0
    best: list[tuple[int, int]] = field(default_factory=list)  # (place, how many)

    @property
    def ratings(self) -> dict[Any, int]:
        return {key: team.rating for key, team in self.teams.items() if team.rating is not None}

    @property
    def lots(self) -> dict[Any, int]:
        return {key: team.lot for key, team in self.teams.items() if team.lot is not None}

    @property
    def gone(self) -> dict[str, str]:
        """How each team that left is treated."""
        return {key: team.withdrawn for key, team in self.teams.items() if team.withdrawn}


def read(data: Any) -> Tournament:
    """Read a whole file. Raises RuleError; nothing is guessed that would change a table."""
    file = data if isinstance(data, Item) else Item(data)
    members = _members(file)
    tournament = Tournament(str(file.object().get("name") or ""), read_game(file), _teams(file, members))
    plays = last_plays(file.listed("matches"))
    by_group: dict[str | None, list[Play]] = defaultdict(list)
    for play in plays:
        if play.group is not None and play.group not in members:
            raise play.item.need("group").wrong(f"no group is called {play.group}")
        by_group[play.group].append(play)
    for item in file.listed("groups"):
        name = item.need("name").text()
        tournament.groups.append(_group(item, name, members[name], by_group[name], tournament))
    _read_advance(file, members, tournament)
    tournament.decisions = [_decision(item, tournament.teams) for item in file.listed("decisions")]
    tournament.ties = read_bracket(
        file.get("bracket"), members, tournament.teams, tournament.per_group, tournament.best
    )
    _read_knockout(by_group[None], tournament)
    return tournament


def _members(file: Item) -> dict[str, tuple[str, ...]]:
    """Teams of each group, each team in one group only."""
    found: dict[str, tuple[str, ...]] = {}
    group_of: dict[str, str] = {}
    for item in file.listed("groups"):
        name = item.need("name").text()
        if name in found:
            raise item.need("name").wrong(f"a second group is called {name}")
        teams = item.need("teams").items()
        if not 1 <= len(teams) <= LARGEST:
            raise item.need("teams").wrong(f"must hold 1 to {LARGEST} teams")
        for team in teams:
            if team.text() in group_of:
                raise team.wrong(f"{team.text()} already stands in group {group_of[team.text()]}")
            group_of[team.text()] = name
        found[name] = tuple(team.text() for team in teams)
    return found


def _teams(file: Item, members: Mapping[str, Sequence[str]]) -> dict[str, TeamForm]:
    teams: dict[str, TeamForm] = {}
    for item in file.listed("teams"):
        plain = not isinstance(item.value, Mapping)
        key = item.text() if plain else (item.get("id") or item.need("name")).text()
        if key in teams:
            raise item.wrong(f"a second team is called {key}")
        teams[key] = TeamForm() if plain else _team(item)
    for own in members.values():
        for key in own:
            teams.setdefault(key, TeamForm())
    return teams


def _team(item: Item) -> TeamForm:
    rating, lot, withdrawn = item.get("rating"), item.get("lot"), item.get("withdrawn")
    return TeamForm(
        rating.whole() if rating else None,
        lot.whole() if lot else None,
        withdrawn.one_of(WAYS) if withdrawn else "",
    )


def _group(
    item: Item, name: str, teams: tuple[str, ...], plays: Sequence[Play], tournament: Tournament
) -> GroupForm:
    game, known = tournament.game, set(teams)
    results: list[Result] = []
    waiting: list[tuple[str, str]] = []
    for play in plays:
        if not play.teams <= known:
            stranger = sorted(play.teams - known)[0]
            raise play.item.wrong(f"{stranger} is no team of group {name}")
        result = result_of(play, game, knockout=False)
        if result is not None:
            results.append(result)
        elif outcome_of(play) != "annulled":
            waiting.append((play.red, play.blue))
    waiting += _unlisted(item, teams, [*waiting, *(_pair(r) for r in results if r.counts)], game)
    results, waiting = withdraw(results, waiting, tournament.gone, game)
    expected = item.get("expected")
    counting = sum(result.counts for result in results)
    return GroupForm(
        name,
        tuple(team for team in teams if tournament.gone.get(team) != "annul"),
        tuple(results),
        tuple(waiting),
        expected.whole(0) if expected else counting + len(waiting),
        game.drop_for(len(teams)),
    )


def _pair(result: Result) -> tuple[str, str]:
    return str(result.red.team), str(result.blue.team)


def _unlisted(
    item: Item, teams: Sequence[str], pairs: Sequence[tuple[str, str]], game: Game
) -> list[tuple[str, str]]:
    """Meetings of the round robin that the file does not mention are still to be played."""
    met = Counter(frozenset(pair) for pair in pairs)
    given = item.get("rounds")
    rounds = given.whole(1, 100) if given else max([game.rounds_for(len(teams)), *met.values()])
    for pair, times in met.items():
        if times > rounds and given:
            raise given.wrong(f"{' and '.join(sorted(pair))} meet {times} times")
    missing: Iterator[tuple[str, str]] = (
        pair for pair in combinations(teams, 2) for _ in range(rounds - met[frozenset(pair)])
    )
    return list(missing)


def _read_advance(file: Item, members: Mapping[str, Sequence[str]], tournament: Tournament) -> None:
    advance = file.get("advance")
    if advance is None:
        return
    per_group = advance.get("per_group")
    tournament.per_group = per_group.whole(0, LARGEST) if per_group else 0
    for name, teams in members.items():
        if per_group and tournament.per_group > len(teams):
            raise per_group.wrong(f"group {name} has only {len(teams)} teams")
    for item in advance.listed("best"):
        place, count = item.need("place").whole(1, LARGEST), item.need("count").whole(1, LARGEST)
        if place <= tournament.per_group or place in dict(tournament.best):
            raise item.wrong(f"those who take place {place} go on already")
        able = sum(len(teams) >= place for teams in members.values())
        if count > able:
            raise item.wrong(f"only {able} groups have a place {place}")
        tournament.best.append((place, count))


def _decision(item: Item, teams: Mapping[str, TeamForm]) -> Decision:
    order = item.need("teams").items()
    names = [team.text() for team in order]
    for n, team in enumerate(order):
        if names[n] not in teams:
            raise team.wrong(f"no team is called {names[n]}")
        if names[n] in names[:n]:
            raise team.wrong(f"{names[n]} stands here twice")
    if len(names) < 2:
        raise item.wrong("needs at least two teams, best first")
    how = item.get("how")
    return Decision(tuple(names), how.one_of(DECIDED) if how else "lots")


def _read_knockout(plays: Sequence[Play], tournament: Tournament) -> None:
    known = {tie.code for tie in tournament.ties}
    for play in plays:
        own = play.item.get("id")
        if own is None and play.item.get("replaces") is None:
            raise play.item.wrong("needs a group, or as a knockout match its id")
        if known and play.key not in known:
            raise (own or play.item).wrong(f"no match of the bracket is called {play.key}")
        for team in (play.red, play.blue):
            if tournament.teams and team not in tournament.teams:
                raise play.item.wrong(f"no team is called {team}")
        result = result_of(play, tournament.game, knockout=True)
        if result is not None:
            tournament.knockout[play.key] = result
            penalties = play.item.get("penalties")
            tournament.penalties[play.key] = penalties.value if penalties else None
