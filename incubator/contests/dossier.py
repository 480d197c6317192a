"""What a dossier must hold in a division, and what of it is still missing. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit


class Part(StrEnum):
    TITLE = "title"
    FIELD = "field"
    ABSTRACT = "abstract"
    VIDEO = "video"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file asked for: `slug` names it in rows, `name` on screens; `least` of them are required."""

    slug: str
    name: str
    name_en: str = ""
    least: int = 1
    most: int = 1


@dataclass(frozen=True, slots=True)
class Requirements:
    title: bool = False
    field: bool = False
    abstract_words: int = 0  # 0: no abstract asked for; else at most so many words
    abstract_required: bool = False
    video: bool = False
    files: tuple[FileKind, ...] = ()
    blocks_submission: bool = False  # else the dossier may follow until the deadline

    @property
    def asked(self) -> bool:
        """True where there is a dossier at all."""
        return bool(self.title or self.field or self.abstract_words or self.video or self.files)


@dataclass(frozen=True, slots=True)
class Missing:
    part: Part
    kind: FileKind | None = None
    have: int = 0


def missing(
    wanted: Requirements,
    *,
    title: str,
    field: str,
    abstract: str,
    video_url: str,
    file_kinds: Collection[str],
) -> list[Missing]:
    """What the dossier still lacks, in the order of the form."""
    kinds = list(file_kinds)
    found = []
    if wanted.title and not title.strip():
        found.append(Missing(Part.TITLE))
    if wanted.field and not field:
        found.append(Missing(Part.FIELD))
    if wanted.abstract_required and not abstract.strip():
        found.append(Missing(Part.ABSTRACT))
    if wanted.video and not video_url:
        found.append(Missing(Part.VIDEO))
    for kind in wanted.files:
        have = kinds.count(kind.slug)
        if have < kind.least:
            found.append(Missing(Part.FILE, kind, have))
    return found


def is_web_address(text: str) -> bool:
    """Only http(s) addresses with a host are linked: `javascript:` and friends never are."""
    try:
        parts = urlsplit(text.strip())
        return parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    except ValueError:
        return False


def to_json(wanted: Requirements) -> dict[str, Any]:
    return {
        "title": wanted.title,
        "field": wanted.field,
        "abstract_words": wanted.abstract_words,
        "abstract_required": wanted.abstract_required,
        "video": wanted.video,
        "blocks_submission": wanted.blocks_submission,
        "files": [
            {"slug": k.slug, "name": k.name, "name_en": k.name_en, "least": k.least, "most": k.most}
            for k in wanted.files
        ],
    }


def from_json(data: Mapping[str, Any]) -> Requirements:
    values = {key: value for key, value in data.items() if key != "files"}
    return Requirements(**values, files=tuple(FileKind(**kind) for kind in data.get("files", ())))
