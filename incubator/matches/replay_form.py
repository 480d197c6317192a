"""A value of a replay file together with the place it stands at, so that every complaint names that place."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from incubator.matches.refusals import RuleError

MOST = 1_000_000  # of any number in a file; nobody scores more
LONGEST = 200  # of a name, in characters
MOST_ITEMS = 200_000  # of a list


def wrong(where: str, what: str) -> RuleError:
    return RuleError("replay_form", where=where, what=what)


def parse(text: str) -> Item:
    """The whole file. A name that stands twice in one object is refused: one of the two would be lost."""
    try:
        data = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once, parse_constant=_no_number)
        json.dumps(data, ensure_ascii=False).encode()
        return Item(data)
    except UnicodeEncodeError as error:  # half of a character, as "\\ud800": nothing could print it
        raise wrong("$", f"holds half a character: {error.object[error.start]!r}") from error
    except RecursionError as error:
        raise wrong("$", "is nested too deeply") from error
    except ValueError as error:
        if isinstance(error, RuleError):
            raise
        raise wrong("$", f"not JSON: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise wrong("$", f"{twice!r} stands twice in one object: {_short(found)}")
    return found


def _no_number(text: str) -> Any:
    raise wrong("$", f"{text} is no number")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


class Item:
    """One value. Reading it as what it is not raises `replay_form` with its place."""

    __slots__ = ("value", "where")

    def __init__(self, value: Any, where: str = "$") -> None:
        self.value, self.where = value, where

    def wrong(self, what: str) -> RuleError:
        return wrong(self.where, what)

    def object(self) -> Mapping[str, Any]:
        if not isinstance(self.value, Mapping):
            raise self.wrong(f"must be an object, not {_short(self.value)}")
        return self.value

    def get(self, name: str) -> Item | None:
        """A member, None where it is absent or null."""
        value = self.object().get(name)
        return None if value is None else Item(value, name if self.where == "$" else f"{self.where}.{name}")

    def need(self, name: str) -> Item:
        found = self.get(name)
        if found is None:
            raise self.wrong(f"needs {name}")
        return found

    def items(self) -> list[Item]:
        if not isinstance(self.value, list):
            raise self.wrong(f"must be a list, not {_short(self.value)}")
        if len(self.value) > MOST_ITEMS:
            raise self.wrong(f"holds more than {MOST_ITEMS} items")
        return [Item(value, f"{self.where}[{n}]") for n, value in enumerate(self.value)]

    def listed(self, name: str) -> list[Item]:
        found = self.get(name)
        return [] if found is None else found.items()

    def pair(self, what: str) -> tuple[Item, Item]:
        if not isinstance(self.value, list) or len(self.value) != 2:
            raise self.wrong(f"must be a list of two {what}, red first")
        red, blue = self.items()
        return red, blue

    def text(self) -> str:
        if isinstance(self.value, bool) or not isinstance(self.value, str | int):
            raise self.wrong(f"must be a name, not {_short(self.value)}")
        text = str(self.value)
        if not text.strip() or len(text) > LONGEST:
            raise self.wrong(f"must be a name of 1 to {LONGEST} characters, not {_short(text)}")
        return text

    def whole(self, least: int = -MOST, most: int = MOST) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.wrong(f"must be a whole number, not {_short(self.value)}")
        if not least <= self.value <= most:
            raise self.wrong(f"must be from {least} to {most}, not {_short(self.value)}")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong(f"must be true or false, not {_short(self.value)}")
        return self.value

    def one_of(self, names: Collection[str]) -> str:
        if not isinstance(self.value, str) or self.value not in names:
            raise self.wrong(f"must be one of {', '.join(names)}, not {_short(self.value)}")
        return self.value

    def tenths(self) -> int:
        """Seconds with at most one decimal, as a number or text, in tenths of a second."""
        text = str(self.value)
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | float) or len(text) > 12:
            raise self.wrong(f"must be seconds, not {_short(self.value)}")
        try:
            tenths = Fraction(text if set(text) <= set("0123456789.") else "") * 10
        except ValueError as error:
            raise self.wrong(f"must be seconds, not {_short(self.value)}") from error
        if tenths.denominator != 1:
            raise self.wrong("must be seconds with at most one decimal")
        return int(tenths)
