"""Parsed JSON read value by value, with its types; what is wrong is collected row by row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from .problem import BadProblemError, Fault

MOST = 1_000_000
"""No number of a problem is larger: sums then fit the solvers' whole numbers."""
SHOWN = 60
"""Characters of a wrong value that a sentence repeats."""


def parsed(text: str, name: str) -> Any:
    """Raises BadProblemError where a text is no JSON, or names a key twice in one object."""
    twice: list[_Repeated] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = [key for key, _value in pairs]
            found = _Repeated(found, [key for key in found if keys.count(key) > 1])
            twice.append(found)
        return found

    try:
        data = json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        raise BadProblemError([Fault("no_json", f"{name}:{error.lineno}:{error.colno}")]) from error
    except (RecursionError, ValueError) as error:  # nested too deep; a number of thousands of digits
        raise BadProblemError([Fault("no_json", name)]) from error
    if twice:
        raise BadProblemError([Fault("key_twice", at) for at in _repeated(data)])
    return data


class _Repeated(dict[str, Any]):
    """An object that names keys twice; the last value of each counts until its place is told."""

    def __init__(self, values: Mapping[str, Any], keys: list[str]) -> None:
        super().__init__(values)
        self.twice = keys


def _repeated(data: Any) -> list[str]:
    """Where keys are named twice, in the order of the file."""
    found: list[str] = []
    waiting: list[tuple[Any, str]] = [(data, "")]
    while waiting:
        value, at = waiting.pop()
        if isinstance(value, dict):
            under = {key: f"{at}.{_plain(key)}" if at else _plain(key) for key in value}
            found += [under[key] for key in getattr(value, "twice", ())]
            waiting += [(inner, under[key]) for key, inner in reversed(value.items())]
        elif isinstance(value, list):
            waiting += [(value[i], f"{at}[{i}]") for i in reversed(range(len(value)))]
    return found


def _plain(value: object) -> str:
    """A value as a sentence can repeat it: short, as JSON spells it, and writable in UTF-8 (JSON may hold half characters)."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else spelled(value)
    return (text[:SHOWN] + "…" if len(text) > SHOWN else text).encode(errors="backslashreplace").decode()


def spelled(value: object) -> str:
    """As JSON spells it: a text shows its quotes, so that “5” the text is told from 5 the number."""
    return json.dumps(value, ensure_ascii=False)


def _writable(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text)


class Reader:
    """Reads values with their types and collects what is wrong, row by row."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, code: str, row: str, **values: object) -> None:
        self.faults.append(Fault(code, row, {name: _plain(value) for name, value in values.items()}))

    def done(self) -> None:
        """Raises BadProblemError where anything was wrong."""
        if self.faults:
            raise BadProblemError(self.faults)

    def object(self, value: Any, at: str) -> Mapping[str, Any]:
        if isinstance(value, dict):
            return value
        self.fault("not_an_object", at)
        return {}

    def rows(
        self, data: Mapping[str, Any], key: str, names: tuple[str, ...], under: str = ""
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The objects of a list, each with the place it stands at; keys beyond `names` are faults."""
        found, at = data.get(key, []), f"{under}.{key}" if under else key
        if not isinstance(found, list | tuple):
            self.fault("not_a_list", at)
            return
        for index, row in enumerate(found):
            where = f"{at}[{index}]"
            if isinstance(row, dict):
                self.known(row, names, where)
                yield where, row
            else:
                self.fault("not_an_object", where)

    def named(self, row: Mapping[str, Any], side: str, at: str) -> str:
        """Where a row stands: by its id, if it has one that can be read."""
        key = row.get("id")
        return f"{side}[{_plain(key)}]" if _as_text(key) else at

    def text(self, row: Mapping[str, Any], key: str, at: str, default: str | None = "") -> str:
        """A text; a whole number is taken as text. Without a default it may not be missing or empty."""
        value = _as_text(row.get(key, default))
        if value is not None and (value or default is not None):
            return value
        self.fault("text", f"{at}.{key}" if at else key)
        return ""

    def number(self, row: Mapping[str, Any], key: str, at: str, default: int) -> int:
        value = row.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong_number(f"{at}.{key}", value)
        elif abs(value) > MOST:
            self.fault("too_large", f"{at}.{key}", value=value, most=MOST)
        else:
            return value
        return default

    def wrong_number(self, at: str, value: Any) -> None:
        self.fault("whole_number", at, value=spelled(value))

    def flag(self, row: Mapping[str, Any], key: str, at: str, default: bool) -> bool:
        value = row.get(key, default)
        if isinstance(value, bool):
            return value
        self.fault("yes_or_no", f"{at}.{key}", value=spelled(value))
        return default

    def words(self, row: Mapping[str, Any], key: str, at: str) -> list[str]:
        value = row.get(key, [])
        found = [_as_text(word) for word in value] if isinstance(value, list | tuple) else [None]
        if None in found:
            self.fault("list_of_text", f"{at}.{key}")
        return [word for word in found if word is not None]

    def known(self, row: Mapping[str, Any], names: tuple[str, ...], at: str) -> None:
        for key in row:
            if key not in names:
                self.fault("unknown_key", f"{at}.{_plain(key)}" if at else _plain(key))


def _as_text(value: Any) -> str | None:
    if isinstance(value, str):
        return value if _writable(value) else None
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None
