"""The rules of a replay file: a preset or a whole game, changed by what stands beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from incubator.matches.game_json import chain_from, criterion_from, from_json
from incubator.matches.games import (
    REAPPLY,
    STATS,
    Chain,
    Criterion,
    DropRule,
    Game,
    Kind,
)
from incubator.matches.presets import PRESETS, SIMPLE
from incubator.matches.refusals import RuleError
from incubator.matches.replay_form import Item

ACROSS = ("average", "drop_last", "sum")
LAST = ("jury", "playoff", "lots", "share")
_DECIDED_BY = ("special", "score", "penalty", "jury")
_POINTS = ("win", "draw", "loss")
_DROP = ("size", "rounds", "count")


def read_game(data: Item) -> Game:
    game = _game(data.get("game"))
    changes: dict[str, Any] = {}
    if points := data.get("points"):
        changes["points"] = replace(
            game.points, **{name: given.whole() for name in _POINTS if (given := points.get(name))}
        )
    if draws := data.get("draws"):
        changes["draws"] = draws.flag()
    if chain := data.get("tie_chain"):
        changes["chain"] = _chain(chain, game.chain)
    if decided := data.get("decided_by"):
        changes["decided_by"] = tuple(_decider(item) for item in decided.items())
    if "walkover" in data.object():
        walkover = data.get("walkover")
        changes["walkover"] = walkover.whole(0) if walkover else None
    if across := data.get("across"):
        changes["across"] = across.one_of(ACROSS)
    if drops := data.get("drops"):
        changes["drops"] = tuple(
            DropRule(**{name: item.need(name).whole(1, 100) for name in _DROP}) for item in drops.items()
        )
    game = replace(game, **changes)
    if not game.points.win > game.points.loss:
        raise data.wrong("points: a win must be worth more than a loss")
    if game.draws and not game.points.win >= game.points.draw >= game.points.loss:
        raise data.wrong("points: a draw must be worth no more than a win and no less than a loss")
    return game


def _game(given: Item | None) -> Game:
    if given is None:
        return SIMPLE
    if isinstance(given.value, str):
        return PRESETS[given.one_of([code for code, game in PRESETS.items() if game.kind is Kind.DUEL])]
    for part in ("points", "chain"):
        if found := given.get(part):
            _chain(found, Chain(())) if part == "chain" else [
                found.need(key).whole() for key in found.object()
            ]
    try:
        game = from_json(given.object())
    except RuleError as error:
        raise given.wrong(str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise given.wrong(f"is no game: {type(error).__name__} {error}") from error
    if game.kind is not Kind.DUEL:
        raise given.wrong("is a game of runs, which has no matches")
    return game


def _chain(given: Item, base: Chain) -> Chain:
    listed = given if isinstance(given.value, list) else given.get("criteria")
    for item in listed.items() if listed else ():
        _criterion(item)
    if given is not listed:
        if reapply := given.get("reapply"):
            reapply.one_of(REAPPLY)
        for item in given.listed("last"):
            item.one_of(LAST)
    return chain_from(given.value, base)


def _criterion(item: Item) -> Criterion:
    try:
        return criterion_from(item.value)
    except (RuleError, KeyError, TypeError, ValueError, AttributeError) as error:
        known = ", ".join(sorted(STATS))
        raise item.wrong(
            f"is no criterion; known: {known}, part:NAME, with mutual_, average_ in front"
        ) from error


def _decider(item: Item) -> str:
    kind, _, rest = item.text().partition(":")
    if item.value not in _DECIDED_BY and not (kind in ("part", "action") and rest):
        raise item.wrong(f"must be one of {', '.join(_DECIDED_BY)}, part:NAME, action:CODE")
    return str(item.value)
