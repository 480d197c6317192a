"""The JSON form of an answer (docs/mentoring-match.md)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from .problem_file import VERSION
from .reasons import empty_places
from .report import fairness
from .solving import Pair, Result, input_hash


def answer_of(result: Result) -> dict[str, Any]:
    """The answer as JSON: pairs, empty places with their reasons, stages with their bounds, fairness."""
    outcome = result.outcome
    prices = outcome.mentor_price
    return {
        "version": VERSION,
        "input_hash": input_hash(result.prepared.problem),
        "salt": result.prepared.problem.salt,
        "pairs": [_pair_json(pair) for pair in result.pairs],
        "empty": [asdict(place) for place in empty_places(result)],
        "totals": {
            "places": result.prepared.instance.rows,
            "filled": len(result.pairs),
            "teams_with_mentor": len({pair.team for pair in result.pairs}),
            "score": sum(pair.score for pair in result.pairs),
            "value_tenths": result.stage("total"),
        },
        "floor": result.floor,
        "optimality": {
            "proved": outcome.proved,
            "method": outcome.method,
            "stages": [asdict(stage) | {"proved": stage.proved} for stage in outcome.stages],
            "mentor_prices_tenths": None
            if prices is None
            else {m.id: int(p) for m, p in zip(result.prepared.mentors, prices, strict=True) if p},
        },
        "load": result.load,
        "fairness": fairness(result),
        "seconds": {name: round(spent, 4) for name, spent in result.seconds.items()},
    }


def _pair_json(pair: Pair) -> dict[str, Any]:
    plain: dict[str, Any] = {
        key: getattr(pair, key) for key in ("team", "place", "kind", "mentor", "score", "locked", "kept")
    }
    plain["value_tenths"] = pair.value
    if pair.detail is not None:
        plain["range"] = [pair.detail.low, pair.detail.high]
        plain["parts"] = [asdict(part) for part in pair.detail.parts]
    return plain
