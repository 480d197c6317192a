"""Which topics a text names: whole words only, so that “AI” is not found in “retail”."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..core.text import compare_key, search_key


def topics_named(text: str, topics: Iterable[tuple[int, Sequence[str]]]) -> list[int]:
    """Ids of the topics one of whose names stands in the text.

    Tone marks count unless the text has none at all; short names in capitals (“AI”) count only in capitals,
    since “ai” is an everyday word. A longer name hides a shorter one inside it.
    """
    plain = search_key(text) == compare_key(text)
    key = search_key if plain else compare_key
    keyed, raw = f" {_words(key(text))} ", f" {_words(text)} "
    hits: list[tuple[str, int]] = []
    for topic_id, names in topics:
        found = [name for name in names if _stands(name, raw, keyed, key)]
        if found:
            hits.append((_words(key(max(found, key=len))), topic_id))
    named = [name for name, _topic in hits]
    return [
        topic
        for name, topic in hits
        if not any(name != other and f" {name} " in f" {other} " for other in named)
    ]


def _stands(name: str, raw: str, keyed: str, key: object) -> bool:
    if name.isupper() and len(name) <= 4:
        return f" {name} " in raw
    assert callable(key)
    return f" {_words(key(name))} " in keyed


def _words(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text).split())
