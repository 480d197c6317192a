"""A tournament of the house in the form that `matches replay` reads, so that anybody can count it again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ..models import Match, ResultVersion
from .brackets import From, Source
from .game_json import to_json
from .outcomes import Presence
from .queries.snapshot import Board
from .replay_matches import PRESENCES

_SIDES = ("red", "blue")
_HOW = {"jury": "jury", "vote": "jury", "lots": "lots", "play_off": "playoff"}


def as_file(board: Board) -> dict[str, Any]:
    """Teams, groups, confirmed results, decisions and bracket. A result under protest is not played yet."""
    names = _names(board)
    gone = board.gone
    return {
        "name": f"{board.edition.name}, {board.stage.name}",
        "game": to_json(board.game),
        "teams": [
            {"id": name, **({"withdrawn": gone[side]} if side in gone else {})}
            for side, name in names.items()
        ],
        "groups": [
            {"name": group.name, "teams": [names[side] for side in board.members.get(group.id, [])]}
            for group in board.groups
        ],
        "matches": [_match(board, match, names) for match in board.matches if match.state != "cancelled"],
        "decisions": [
            {"teams": [names[side] for side in decision.order], "how": _HOW[str(decision.outcome)]}
            for decision in board.decisions
            if decision.order
            and str(decision.outcome) in _HOW
            and all(side in names for side in decision.order)
        ],
        "advance": {
            "per_group": board.per_group,
            "best": [{"place": place, "count": count} for place, count in board.best_cuts],
        },
        "bracket": {
            "matches": [
                {"id": tie.code, "red": _source(tie.red, names), "blue": _source(tie.blue, names)}
                for tie in board.ties
            ]
        }
        if board.ties
        else None,
    }


def _names(board: Board) -> dict[int, str]:
    """Each team's own name; with its school where two have the same, and with its number where even that is shared."""
    teams = Counter(side.team for side in board.sides.values())
    found: dict[int, str] = {}
    for key, side in board.sides.items():
        name = side.team if teams[side.team] == 1 else f"{side.team} ({side.school})"
        found[key] = name if name not in found.values() else f"{name} #{key}"
    return found


def _source(source: Source, names: Mapping[int, str]) -> str:
    return names[int(source.ref)] if source.kind is From.TEAM else str(source)


def _match(board: Board, match: Match, names: Mapping[int, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"id": match.code}
    if match.group_id:
        found["group"] = next(group.name for group in board.groups if group.id == match.group_id)
    if match.red_id and match.blue_id:
        found |= {"red": names[match.red_id], "blue": names[match.blue_id]}
    if not match.counts:
        found["counts"] = False
    version = board.versions.get(match.id)
    if version is not None and match.id not in board.protested:
        found |= _result(version)
    return found


def _result(version: ResultVersion) -> dict[str, Any]:
    sheets: list[Mapping[str, Any]] = list(version.sheets) or [
        {"score": version.red_score},
        {"score": version.blue_score},
    ]
    found: dict[str, Any] = {"score": [int(sheet.get("score", 0)) for sheet in sheets]}
    for ours, theirs in (("conduct", "conduct"), ("parts", "parts"), ("counts", "counts_of")):
        pair = [sheet.get(ours) for sheet in sheets]
        if any(pair):
            found[theirs] = [value or (0 if ours == "conduct" else {}) for value in pair]
    presences = tuple(Presence(sheet.get("presence", "present")) for sheet in sheets)
    outcome = next((name for name, known in PRESENCES.items() if known == presences), None)
    if outcome:
        found["outcome"] = outcome
    times = [
        (sheet["special"], side) for sheet, side in zip(sheets, _SIDES, strict=True) if sheet.get("special")
    ]
    if times:
        time, side = min(times)
        found |= {"special": side, "special_time": f"{time // 10}.{time % 10}"}
    ruling = version.ruling or {}
    if ruling.get("penalty"):
        found["penalties"] = list(ruling["penalty"])
    if ruling.get("winner") is not None:
        found["lots" if ruling.get("how") == "lots" else "jury"] = _SIDES[ruling["winner"]]
    return found
