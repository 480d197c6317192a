"""One match of a replay file: its sides, and what it counts as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from incubator.matches.games import Game
from incubator.matches.outcomes import Outcome as Won
from incubator.matches.outcomes import Presence, Reason, Result, Ruling, Sheet, SideResult, decide
from incubator.matches.refusals import RuleError

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
}
OUTCOMES = ("played", "red", "blue", "draw", *PRESENCES, "not_played", "annulled")


def wrong(where: str, what: str) -> RuleError:
    return RuleError("replay_form", where=where, what=what)


def number(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(where, f"must be a whole number, not {value!r}")
    return value


def side_names(where: str, match: Mapping[str, Any]) -> tuple[str | None, str | None]:
    for red, blue in (("red", "blue"), ("home", "away")):
        if red in match or blue in match:
            one, two = match.get(red), match.get(blue)
            return (None if one is None else str(one)), (None if two is None else str(two))
    if "teams" in match and len(match["teams"]) == 2:
        return str(match["teams"][0]), str(match["teams"][1])
    return None, None


def result_of(
    where: str, match: Mapping[str, Any], red: str, blue: str, game: Game, *, knockout: bool
) -> Result | None:
    """The result of one entry; None while it has not been played or does not count at all."""
    outcome = str(match.get("outcome", "played"))
    if outcome not in OUTCOMES:
        raise wrong(f"{where}.outcome", f"must be one of {', '.join(OUTCOMES)}, not {outcome!r}")
    if outcome in ("not_played", "annulled") or (outcome == "played" and _empty(match)):
        return None
    presence = PRESENCES.get(outcome, (_P, _P))
    sheets = [
        Sheet(
            team,
            _at(match, "score", side, where),
            _special(match, side, where),
            dict(_object(match, "counts_of", side)),
            dict(_object(match, "parts", side)),
            _at(match, "conduct", side, where),
            presence[side],
        )
        for side, team in enumerate((red, blue))
    ]
    counts = bool(match.get("counts", True))
    key = str(match["id"])
    if outcome in ("red", "blue", "draw"):
        return _stated(outcome, sheets, key, counts)
    try:
        return decide(
            game,
            sheets[0],
            sheets[1],
            ruling=_ruling(match, where),
            knockout=knockout,
            key=key,
            counts=counts,
        )
    except RuleError as error:
        if error.code != "jury_needed":
            raise
        raise wrong(
            where, "is level and no draw may stand: give penalties, jury, lots or an outcome"
        ) from error


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


def _empty(match: Mapping[str, Any]) -> bool:
    return match.get("score") is None and match.get("special") is None


def _at(match: Mapping[str, Any], name: str, side: int, where: str) -> int:
    pair = match.get(name)
    if pair is None:
        return 0
    if not isinstance(pair, list) or len(pair) != 2:
        raise wrong(f"{where}.{name}", "must be a list of two whole numbers, red first")
    return number(pair[side], f"{where}.{name}[{side}]")


def _object(match: Mapping[str, Any], name: str, side: int) -> Mapping[str, int]:
    pair: Sequence[Mapping[str, int]] = match.get(name) or ({}, {})
    return pair[side] or {}


def _special(match: Mapping[str, Any], side: int, where: str) -> int | None:
    """Seconds with at most one decimal, as a number or text, to tenths of a second."""
    special = match.get("special")
    if special is None or _SIDES.get(str(special)) != side:
        if special is not None and str(special) not in _SIDES:
            raise wrong(f"{where}.special", f"must be red or blue, not {special!r}")
        return None
    try:
        tenths = Fraction(str(match["special_time"])) * 10
    except (KeyError, ValueError) as error:
        raise wrong(f"{where}.special_time", "a special win needs its time in seconds") from error
    if tenths.denominator != 1 or tenths < 0:
        raise wrong(f"{where}.special_time", "must be seconds with at most one decimal")
    return int(tenths)


def _ruling(match: Mapping[str, Any], where: str) -> Ruling:
    penalty = None
    if match.get("penalties") is not None:
        penalty = (_at(match, "penalties", 0, where), _at(match, "penalties", 1, where))
    for how in ("jury", "lots"):
        if match.get(how) is not None:
            if str(match[how]) not in _SIDES:
                raise wrong(f"{where}.{how}", "must be red or blue")
            return Ruling(how, _SIDES[str(match[how])], penalty)
    return Ruling(penalty=penalty)
