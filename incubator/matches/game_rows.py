"""A game as the rows of a form, and back: every value as typed, so that a refused form loses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.errors import Invalid
from ..core.i18n import _
from ..core.text.numerals import is_count
from .game_json import to_json
from .presets import MISSIONS

ROLES = ("referee", "head", "timekeeper")
SPARE = 2  # empty rows offered for more
_NUMBER = {"points", "gives", "most", "conduct", "seconds", "shot_seconds", "size", "rounds", "count"}
ACTION = ("code", "label", "label_en", "kind", "points", "gives", "most", "part", "conduct")
PHASE = ("code", "label", "label_en", "seconds", "shot_seconds")
DROP = ("size", "rounds", "count")
CHAIN_LENGTH = 10


def typed(definition: Mapping[str, Any]) -> dict[str, str]:
    """A definition as the words of the form's fields."""
    found: dict[str, str] = {
        "name": definition["name"],
        "name_en": definition.get("name_en", ""),
        "decided_by": ", ".join(definition["decided_by"]),
        "withdrawn": definition["withdrawn"],
        "across": definition["across"],
        "walkover": _text(definition.get("walkover")),
        "reapply": definition["chain"]["reapply"],
        "last": ", ".join(definition["chain"]["last"]),
        "special_label": (definition.get("special") or {}).get("label", ""),
        "special_label_en": (definition.get("special") or {}).get("label_en", ""),
        "draws": "1" if definition["draws"] else "",
    }
    found |= {f"points_{key}": str(value) for key, value in definition["points"].items()}
    for prefix, keys, rows in (
        ("action", ACTION, definition["actions"]),
        ("phase", PHASE, definition["phases"]),
        ("drop", DROP, definition["drops"]),
    ):
        for n, row in enumerate(rows):
            found |= {f"{prefix}-{n}-{key}": _text(row.get(key)) for key in keys}
            for role in ROLES:
                if role in row.get("entered_by", ()):
                    found[f"{prefix}-{n}-by-{role}"] = "1"
            if row.get("scoring"):
                found[f"{prefix}-{n}-scoring"] = "1"
    for n, item in enumerate(definition["chain"]["criteria"]):
        found[f"chain-{n}"] = criterion_code(item)
    return found | _typed_runs(definition.get("runs"))


def _typed_runs(runs: Mapping[str, Any] | None) -> dict[str, str]:
    if not runs:
        return {}
    bonus = runs.get("time_bonus") or {}
    return {
        "attempts": str(runs["attempts"]),
        "run_seconds": str(runs["seconds"]),
        "aggregate": runs["aggregate"],
        "bonus": _text(bonus.get("most")),
        "only_complete": "1" if bonus.get("only_complete", True) else "",
        "shorter": "1" if runs["shorter_time_breaks"] else "",
    }


def criterion_code(item: Mapping[str, Any]) -> str:
    mutual = "mutual_" if item["scope"] == "mutual" else ""
    return mutual + ("average_" if item["aggregate"] == "average" else "") + str(item["stat"])


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def count(values: Mapping[str, str], prefix: str) -> int:
    """How many rows of a kind were typed, counting up to the last that is not empty."""
    numbers = [
        int(parts[1]) for name in values if (parts := name.split("-"))[0] == prefix and is_count(parts[1])
    ]
    return max(numbers, default=-1) + 1


def read(values: Mapping[str, str], kind: str) -> dict[str, Any]:
    """The definition that was typed. Raises Invalid naming the row whose number is none."""
    if kind == "runs":
        values = {**_of_matches(), **values}
    split = {
        name: [part.strip() for part in values.get(name, "").split(",") if part.strip()]
        for name in ("decided_by", "last")
    }
    found: dict[str, Any] = {
        "name": values.get("name", "").strip(),
        "name_en": values.get("name_en", "").strip(),
        "kind": kind,
        "actions": _rows(values, "action", ACTION),
        "phases": _rows(values, "phase", PHASE),
        "drops": _rows(values, "drop", DROP),
        "draws": bool(values.get("draws")),
        "decided_by": split["decided_by"] or ["score"],
        "withdrawn": values.get("withdrawn", "annul"),
        "across": values.get("across", "average"),
        "walkover": _number(values.get("walkover", ""), "walkover", 0)
        if values.get("walkover", "").strip()
        else None,
        "points": {k: _number(values.get(f"points_{k}", ""), k, 0) for k in ("win", "draw", "loss")},
        "chain": {
            "criteria": [c for n in range(CHAIN_LENGTH) if (c := values.get(f"chain-{n}", ""))],
            "reapply": values.get("reapply", "block"),
            "last": split["last"] or ["jury", "lots"],
        },
        "special": None,
        "runs": None,
    }
    if not found["name"]:
        raise Invalid(_("Đặt tên cho luật chơi."))
    label = values.get("special_label", "").strip()
    if label:
        found["special"] = {"label": label, "label_en": values.get("special_label_en", "").strip() or label}
    if kind == "runs":
        found["runs"] = _runs(values)
    return found


def _of_matches() -> dict[str, str]:
    """What the form of runs does not ask: points, what decides a match, the tie chain, teams that leave."""
    asked = ("name", "name_en", "attempts", "run_seconds", "aggregate", "bonus", "only_complete", "shorter")
    words = typed(to_json(MISSIONS))
    return {
        key: text
        for key, text in words.items()
        if key not in asked and not key.startswith(("action", "phase", "drop"))
    }


def _runs(values: Mapping[str, str]) -> dict[str, Any]:
    most = values.get("bonus", "").strip()
    bonus = (
        {"most": _number(most, "bonus", 0), "only_complete": bool(values.get("only_complete"))}
        if most
        else None
    )
    return {
        "attempts": _number(values.get("attempts", ""), "attempts", 1),
        "seconds": _number(values.get("run_seconds", ""), "run_seconds", 1),
        "aggregate": values.get("aggregate", "best"),
        "time_bonus": bonus,
        "shorter_time_breaks": bool(values.get("shorter")),
    }


def _rows(values: Mapping[str, str], prefix: str, keys: tuple[str, ...]) -> list[dict[str, Any]]:
    found = []
    for n in range(count(values, prefix)):
        row = {key: values.get(f"{prefix}-{n}-{key}", "").strip() for key in keys}
        first = row[keys[0]]
        if not first:
            continue  # a row without its code or size is taken out
        item: dict[str, Any] = {}
        for key, text in row.items():
            if key not in _NUMBER:
                item[key] = text
            elif key == "most":
                item[key] = _number(text, f"{prefix} {first}", 1) if text else None
            else:
                item[key] = _number(text or "0", f"{prefix} {first}", None)
        if prefix == "action":
            item["entered_by"] = [role for role in ROLES if values.get(f"{prefix}-{n}-by-{role}")]
        if prefix == "phase":
            item["scoring"] = bool(values.get(f"{prefix}-{n}-scoring"))
        if "label_en" in item:
            item["label"] = item["label"] or first
            item["label_en"] = item["label_en"] or item["label"]
        found.append(item)
    return found


def _number(text: str, where: str, least: int | None) -> int:
    try:
        value = int(text.replace("−", "-"))
    except ValueError:
        raise Invalid(_("“%(text)s” (%(where)s) không phải số nguyên.", text=text, where=where)) from None
    if least is not None and value < least or abs(value) > 100_000:
        raise Invalid(_("“%(text)s” (%(where)s) ngoài khoảng cho phép.", text=text, where=where))
    return value
