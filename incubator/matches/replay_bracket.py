"""The bracket of a replay file: its entrants, and matches given one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from incubator.matches.bracket_places import Trees
from incubator.matches.brackets import (
    MOST,
    From,
    Source,
    Tie,
    crossover,
    from_lines,
    knockout,
    read_source,
)
from incubator.matches.refusals import RuleError
from incubator.matches.replay_form import Item
from incubator.matches.replay_matches import side_names


def read_bracket(
    given: Item | None,
    groups: Mapping[str, Sequence[str]],
    teams: Collection[str],
    per_group: int,
    best: Sequence[tuple[int, int]],
) -> list[Tie]:
    if given is None:
        return []
    kind = given if isinstance(given.value, str) else given.get("kind")
    third = None if kind is given else given.get("third_place")
    with_third = third.flag() if third else True
    if kind is not None:
        kind.one_of(["crossover"])
        extra = [read_source(f"best:{place}:{n}") for place, count in best for n in range(1, count + 1)]
        entrants = len(groups) * per_group + len(extra)
        if not 2 <= entrants <= MOST:
            raise given.wrong(f"2 to {MOST} teams must go on, not {entrants}: see advance")
        return from_lines(crossover(list(groups), per_group, extra), third_place=with_third)
    entrant = Entrants(groups, teams)
    if seeds := given.get("seeds"):
        sources = [entrant.once(item) for item in seeds.items()]
        if not 2 <= len(sources) <= MOST:
            raise seeds.wrong(f"must hold 2 to {MOST} entrants")
        return knockout(sources, third_place=with_third)
    if lines := given.get("lines"):
        size = len(lines.items())
        if size < 2 or size & (size - 1) or size > MOST:
            raise lines.wrong(f"must hold 2, 4, 8 … {MOST} entrants, null for a bye, not {size}")
        drawn = [None if item.value is None else entrant.once(item) for item in lines.items()]
        return from_lines(drawn, third_place=with_third)
    return _one_by_one(given.need("matches").items(), entrant)


@dataclass(slots=True)
class Entrants:
    """Reads what may stand in a bracket, and refuses what can never be filled."""

    groups: Mapping[str, Sequence[str]]
    teams: Collection[str]
    seen: set[Source] = field(default_factory=set)

    def once(self, item: Item) -> Source:
        """An entrant of a first round: a team or a place of a group, each once."""
        source = self.read(item)
        if source.kind in (From.WINNER, From.LOSER):
            raise item.wrong("winners and losers stand in bracket.matches only")
        if source in self.seen:
            raise item.wrong(f"{item.text()} stands in the bracket twice")
        self.seen.add(source)
        return source

    def read(self, item: Item) -> Source:
        text = item.text()
        if text in self.teams:
            return Source(From.TEAM, text)
        try:
            source = read_source(text)
        except RuleError as error:
            if not self.teams and ":" not in text:
                return Source(From.TEAM, text)
            raise item.wrong(f"{text} is neither a team nor a source such as place:A:1") from error
        self._check(source, item)
        return source

    def _check(self, source: Source, item: Item) -> None:
        match source.kind:
            case From.PLACE:
                size = len(self.groups.get(source.ref, ()))
                if not 1 <= source.place <= size:
                    raise item.wrong(f"group {source.ref} has {size} teams")
            case From.BEST:
                able = sum(len(teams) >= source.place >= 1 for teams in self.groups.values())
                if not 1 <= source.nth <= able:
                    raise item.wrong(f"{able} groups have a place {source.place}")
            case From.SEED:
                raise item.wrong("seeds are given as a list")
            case From.TEAM if self.teams:
                raise item.wrong(f"no team is called {source.ref}")


def _one_by_one(items: Sequence[Item], entrant: Entrants) -> list[Tie]:
    """Matches with their sources as given; the round is found by walking back from the match nobody comes
    from."""
    if not 1 <= len(items) <= 2 * MOST:
        raise RuleError("replay_form", where="bracket.matches", what=f"must hold 1 to {2 * MOST} matches")
    places: dict[str, Item] = {}
    ties = []
    for item in items:
        code = item.need("id").text()
        if code in places:
            raise item.need("id").wrong(f"a second match is called {code}")
        places[code] = item
        red, blue = side_names(item)
        ties.append(Tie(code, 0, 0, entrant.read(red), entrant.read(blue)))
    for tie in ties:
        for source in tie.sources:
            if source.kind in (From.WINNER, From.LOSER) and source.ref not in places:
                raise places[tie.code].wrong(f"waits for {source.ref}, which is no match of the bracket")
    _refuse_circles(ties, places)
    trees = Trees(ties)
    numbers: Counter[int] = Counter()
    found = []
    for tie in ties:
        size = trees.round(tie.code)
        numbers[size] += 1
        found.append(Tie(tie.code, size, numbers[size], tie.red, tie.blue))
    return found


def _refuse_circles(ties: Sequence[Tie], places: Mapping[str, Item]) -> None:
    waits = {tie.code: {s.ref for s in tie.sources if s.kind in (From.WINNER, From.LOSER)} for tie in ties}
    done: set[str] = set()
    while ready := [code for code, refs in waits.items() if code not in done and refs <= done]:
        done.update(ready)
    stuck = next((tie.code for tie in ties if tie.code not in done), None)
    if stuck is not None:
        raise places[stuck].wrong(f"{stuck} waits for itself in a circle")
