"""The matches of a replay file: which plays count, their sides, and what each counts as."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count as numbers

from incubator.matches.games import Game
from incubator.matches.outcomes import Outcome as Won
from incubator.matches.outcomes import Presence, Reason, Result, Ruling, Sheet, SideResult, decide
from incubator.matches.refusals import RuleError
from incubator.matches.replay_form import MOST, Item, wrong

_SIDES = {"red": 0, "home": 0, "first": 0, "blue": 1, "away": 1, "second": 1}
_P, _A, _D, _N = Presence.PRESENT, Presence.ABSENT, Presence.DISQUALIFIED, Presence.NOT_FINISHED
PRESENCES = {
    "walkover_red": (_P, _A),
    "walkover_blue": (_A, _P),
    "both_absent": (_A, _A),
    "dsq_red": (_D, _P),
    "dsq_blue": (_P, _D),
    "dsq_both": (_D, _D),
    "dnf_red": (_N, _P),
    "dnf_blue": (_P, _N),
    "dnf_both": (_N, _N),
}
OUTCOMES = ("played", "red", "blue", "draw", *PRESENCES, "not_played", "annulled")
LONGEST_MATCH = 1_000_000  # tenths of a second


@dataclass(frozen=True, slots=True)
class Play:
    """One entry of `matches`. `key` is its id, or its place in the file where it has none."""

    item: Item
    group: str | None
    key: str
    red: str
    blue: str
    order: tuple[int, int]

    @property
    def teams(self) -> frozenset[str]:
        return frozenset((self.red, self.blue))


def last_plays(items: Sequence[Item]) -> list[Play]:
    """Drop plays that were replayed: of the entries with one id the one with the highest order counts."""
    plays = [_play(n, item) for n, item in enumerate(items) if not _announced(item)]
    known = {(play.group, play.key) for play in plays}
    earlier = {}
    for play in plays:
        named = play.item.get("replaces")
        if named is not None and named.text() != play.key:
            if (play.group, named.text()) not in known:
                raise named.wrong(f"no match {'of its group ' if play.group else ''}is called {named.text()}")
            earlier[play.group, play.key] = (play.group, named.text())
    latest: dict[tuple[str | None, str], Play] = {}
    for play in plays:
        key = (play.group, play.key)
        for n in numbers():
            if key not in earlier:
                break
            if n > len(earlier):
                raise play.item.wrong("replaces itself in a circle")
            key = earlier[key]
        other = latest.get(key)
        if other is not None and play.group is not None and other.teams != play.teams:
            names = f"{other.red} and {other.blue} ({other.item.where})"
            raise play.item.wrong(f"{key[1]} is already the match of {names}; a replay has the same teams")
        if other is None or other.order <= play.order:
            latest[key] = Play(play.item, play.group, key[1], play.red, play.blue, play.order)
    return sorted(latest.values(), key=lambda play: play.order)


def _announced(item: Item) -> bool:
    """A knockout match that is only named: its teams are not known yet."""
    told = ("group", "red", "blue", "home", "away", "teams", "score", "special", "outcome")
    return not any(item.get(name) for name in told)


def _play(n: int, item: Item) -> Play:
    group, own, order = item.get("group"), item.get("id"), item.get("order")
    red, blue = side_names(item)
    if red.text() == blue.text():
        raise item.wrong(f"{red.text()} cannot meet itself")
    return Play(
        item,
        group.text() if group else None,
        own.text() if own else item.where,
        red.text(),
        blue.text(),
        (order.whole() if order else n, n),
    )


def side_names(item: Item) -> tuple[Item, Item]:
    for one, two in (("red", "blue"), ("home", "away")):
        red, blue = item.get(one), item.get(two)
        if red is not None and blue is not None:
            return red, blue
    teams = item.get("teams")
    if teams is None:
        raise item.wrong("needs red and blue by name")
    return teams.pair("names")


def result_of(play: Play, game: Game, *, knockout: bool) -> Result | None:
    """The result of one entry; None while it has not been played or does not count at all."""
    match = play.item
    outcome = outcome_of(play)
    if outcome in ("not_played", "annulled"):
        return None
    if outcome == "played" and match.get("score") is None and match.get("special") is None:
        return None
    presence = PRESENCES.get(outcome, (_P, _P))
    special = _special(match)
    least = -MOST if game.least_score is None else game.least_score
    score, conduct = _pair(match, "score", least), _pair(match, "conduct", -MOST)
    sheets = [
        Sheet(
            team,
            score[side],
            special[side],
            _numbers(match, "counts_of", side, 0),
            _numbers(match, "parts", side, -MOST),
            conduct[side],
            presence[side],
        )
        for side, team in enumerate((play.red, play.blue))
    ]
    counts = match.get("counts")
    counted = counts.flag() if counts else True
    if outcome in ("red", "blue", "draw"):
        if outcome == "draw" and (knockout or not game.draws):
            raise match.need("outcome").wrong("no draw may stand here")
        return _stated(outcome, sheets, play.key, counted)
    ruling = _ruling(match)
    try:
        return decide(game, *sheets, ruling=ruling, knockout=knockout, key=play.key, counts=counted)
    except RuleError as error:
        if error.code != "jury_needed":
            raise
        raise match.wrong(
            "is level and no draw may stand: give penalties, jury, lots or an outcome"
        ) from error


def outcome_of(play: Play) -> str:
    outcome = play.item.get("outcome")
    return "played" if outcome is None else outcome.one_of(OUTCOMES)


def _stated(outcome: str, sheets: Sequence[Sheet], key: str, counts: bool) -> Result:
    won = {"red": (Won.WIN, Won.LOSS), "blue": (Won.LOSS, Won.WIN), "draw": (Won.DRAW, Won.DRAW)}[outcome]
    red, blue = (
        SideResult(
            sheet.team,
            way,
            sheet.score,
            sheet.special_at if way is Won.WIN else None,
            sheet.conduct,
            sheet.parts,
        )
        for sheet, way in zip(sheets, won, strict=True)
    )
    return Result(red, blue, Reason.DRAW if outcome == "draw" else Reason.SCORE, key, counts)


def _pair(match: Item, name: str, least: int) -> tuple[int, int]:
    found = match.get(name)
    if found is None:
        return 0, 0
    red, blue = found.pair("whole numbers")
    return red.whole(least), blue.whole(least)


def _numbers(match: Item, name: str, side: int, least: int) -> dict[str, int]:
    found = match.get(name)
    if found is None:
        return {}
    own = found.pair("objects")[side]
    return {key: own.need(key).whole(least) for key in own.object()}


def _special(match: Item) -> tuple[int | None, int | None]:
    """Time of the special win of either side, in tenths of a second."""
    special = match.get("special")
    if special is None:
        return None, None
    time = match.get("special_time")
    if time is None:
        raise wrong(f"{match.where}.special_time", "a special win needs its time in seconds")
    tenths = time.tenths()
    if tenths > LONGEST_MATCH:
        raise time.wrong("no match lasts that long")
    return (None, tenths) if _side(special) else (tenths, None)


def _side(item: Item) -> int:
    return _SIDES[item.one_of(_SIDES)]


def _ruling(match: Item) -> Ruling:
    penalty = _pair(match, "penalties", 0) if match.get("penalties") else None
    for how in ("jury", "lots"):
        found = match.get(how)
        if found is not None:
            return Ruling(how, _side(found), penalty)
    return Ruling(penalty=penalty)
