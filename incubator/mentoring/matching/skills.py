"""The fixed tree of topics: which topic stands above which, and which words mean the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SkillTopic:
    """One topic of the tree; `synonyms` are whole words or phrases, never parts of words."""

    id: str
    name: str
    parent: str | None = None
    kind: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass
class SkillTree:
    """Topics by id. A skill covers its own topic and those below it in part, those above in full."""

    topics: dict[str, SkillTopic] = field(default_factory=dict)

    @classmethod
    def of(cls, topics: Iterable[SkillTopic]) -> SkillTree:
        return cls({topic.id: topic for topic in topics})

    def above(self, topic: str) -> list[str]:
        """The topics above this one, nearest first."""
        found: list[str] = []
        known = self.topics.get(topic)
        while known and known.parent and known.parent not in found:
            found.append(known.parent)
            known = self.topics.get(known.parent)
        return found

    def kind_of(self, topic: str) -> str:
        """The kind of mentor that a topic asks for; empty where it is open or the topic is not in the tree."""
        known = self.topics.get(topic)
        return known.kind if known else ""

    def match(self, skill: str, need: str) -> int:
        """Thousandths of a need's topic that a skill's topic covers."""
        if skill == need or need in self.above(skill):
            return 1000
        return 500 if skill in self.above(need) else 0

    def find(self, words: str, key: Callable[[str], str]) -> SkillTopic | None:
        """The topic called exactly `words` (name, id or synonym), compared by `key`."""
        wanted = key(words)
        for topic in self.topics.values():
            if wanted in {key(name) for name in (topic.id, topic.name, *topic.synonyms)}:
                return topic
        return None
