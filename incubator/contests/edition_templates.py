"""Set-ups that a contest can start from, shipped as data: what each says for a given year. Pure but for its file."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from . import dossier, eligibility
from .eligibility import Rules

FILE = Path(__file__).parent / "data" / "edition-templates.yaml"
PAPER = "Giấy chứng nhận"


@dataclass(frozen=True, slots=True)
class DivisionPlan:
    slug: str
    name: str
    name_en: str
    number_prefix: str
    rules: Rules
    wanted: dossier.Requirements


@dataclass(frozen=True, slots=True)
class StagePlan:
    name: str
    name_en: str
    kind: str
    starts: date
    ends: date
    advance: Mapping[str, int | None]  # slug of the division -> how many go on
    venue: str = ""
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """One shipped set-up. Days and births are asked for a year; everything else is the same every year."""

    id: str
    data: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.data["name"])

    @property
    def name_en(self) -> str:
        return str(self.data["name_en"])

    def title(self, year: int) -> str:
        """What its edition of the year is called unless the organisers say otherwise."""
        return f"{self.name} {year}"

    def title_en(self, year: int) -> str:
        return f"{self.name_en} {year}"

    def coming(self, today: date) -> int:
        """The year whose registration has not closed."""
        closed = date(today.year, *self.data["dates"]["registration_closes"]) < today
        return today.year + closed

    @property
    def about(self) -> str:
        return str(self.data["about"])

    @property
    def about_en(self) -> str:
        return str(self.data["about_en"])

    def head(self, year: int) -> dict[str, Any]:
        """Columns of the edition."""
        days = {key: date(year, *day) for key, day in self.data["dates"].items()}
        return {"fields": list(self.data.get("fields", ())), "words": dict(self.data["words"]), **days}

    def divisions(self, year: int) -> list[DivisionPlan]:
        return [self._division(d, year) for d in self.data["divisions"]]

    def _division(self, data: Mapping[str, Any], year: int) -> DivisionPlan:
        births = {
            key: date(year - before, month, day).isoformat()
            for key, (before, month, day) in data.get("born", {}).items()
        }
        return DivisionPlan(
            data["slug"],
            data["name"],
            data["name_en"],
            data["number_prefix"].format(yy=f"{year % 100:02d}"),
            eligibility.from_json({**data["rules"], **births}),
            dossier.from_json(data.get("dossier", {})),
        )

    def stages(self, year: int) -> list[StagePlan]:
        return [
            StagePlan(**{**s, "starts": date(year, *s["starts"]), "ends": date(year, *s["ends"])})
            for s in self.data["stages"]
        ]

    def prizes(self) -> list[dict[str, Any]]:
        """Tiers in order: slug, names, scope, basis, recipient, count, amount, paper."""
        return [{"basis": "rank", "recipient": "entry", "paper": PAPER, **p} for p in self.data["prizes"]]


@functools.lru_cache(maxsize=1)
def templates() -> dict[str, Template]:
    """The shipped set-ups by id, in the order of their file."""
    return {t["id"]: Template(t["id"], t) for t in yaml.safe_load(FILE.read_text(encoding="utf-8"))}
