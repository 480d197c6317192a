"""What the registration page shows of a row: values as typed, state, sentences at their fields."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..core.i18n import _, ngettext
from ..core.text import compare_key
from ..models import Division, Edition, Entry, EntryEvent, EntryState, MemberPart, Organisation
from . import eligibility, wording
from .eligibility import Code, Problem, Rules
from .services.drafts import CoachInput, MemberInput, RowInput

_LINE, _LEFT, _RIGHT = 320, 118, 280


@dataclass(frozen=True, slots=True)
class RuleLine:
    """The birth-date window as a drawn line: where the point lies, in units of the drawing."""

    point: int
    typed: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class MemberView:
    index: int
    typed: MemberInput
    errors: dict[str, list[str]]
    line: RuleLine | None = None


@dataclass(slots=True)
class RowView:
    """One team on the page. `index` numbers its fields, `no` is what people see."""

    index: int
    no: int
    typed: RowInput
    division: Division
    rules: Rules
    entry: Entry | None = None
    members: list[MemberView] = field(default_factory=list)
    errors: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    refused: str = ""
    returned: EntryEvent | None = None
    open: bool = False

    @property
    def ready(self) -> bool:
        return (
            self.entry is not None
            and not self.refused
            and not self.untouched
            and not eligibility.blocking(self.problems)
        )

    @property
    def untouched(self) -> bool:
        return self.entry is not None and is_untouched(self.entry, self.returned)

    @property
    def breaches(self) -> bool:
        return bool(self.refused) or any(p.weight == "breach" for p in self.problems)

    @property
    def state(self) -> tuple[str, str]:
        """Class of the design and word."""
        if self.refused:
            return "error", _("Chưa lưu được")
        if self.breaches:
            return "error", wording.short(self.problems)
        if self.entry is not None and self.entry.state is EntryState.RETURNED and not self.ready:
            return "returned", _("Trả lại bổ sung")
        if self.ready:
            return "accepted", _("Đủ điều kiện")
        return "draft", _("Nháp, bổ sung sau")

    @property
    def sub(self) -> str:
        """The small line of a closed row."""
        size = sum(not m.blank for m in self.typed.members)
        parts = [ngettext("%(num)d em", "%(num)d em", size)]
        names = [c.full_name.strip() for c in (self.typed.coach, self.typed.second_coach)]
        if any(names):
            parts.append(_("GVHD %(name)s", name=", ".join(n for n in names if n)))
        if not self.breaches and (lacks := wording.short(self.problems)):
            parts.append(lacks)
        return " · ".join(parts)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """(field, sentence) of everything that blocks this row."""
        return [(p.field, wording.problem(p, self.division)) for p in eligibility.blocking(self.problems)]


def is_untouched(entry: Entry, returned: EntryEvent | None) -> bool:
    """Returned, and nothing changed since: it does not go along when the other teams are sent.

    A dossier is mended elsewhere, so a return that names it is not held back.
    """
    return (
        entry.state is EntryState.RETURNED
        and returned is not None
        and entry.changed_at <= returned.at
        and "dossier" not in returned.field_reasons
    )


def typed_from(entry: Entry) -> RowInput:
    """A stored draft as the page would have sent it."""
    pupils = [m for m in entry.draft_members if m.part is not MemberPart.COACH]
    coaches = [
        CoachInput(m.full_name, m.phone, m.email) for m in entry.draft_members if m.part is MemberPart.COACH
    ]
    return RowInput(
        team_name=entry.team.name,
        division_id=entry.division_id,
        members=tuple(
            MemberInput(
                m.full_name,
                m.birth_date_text or (m.birth_date.strftime("%d/%m/%Y") if m.birth_date else ""),
                m.class_name,
            )
            for m in pupils
        ),
        coach=coaches[0] if coaches else CoachInput(),
        second_coach=coaches[1] if len(coaches) > 1 else CoachInput(),
        entry_id=entry.id,
        version=entry.version,
    )


def row_view(
    index: int,
    no: int,
    typed: RowInput,
    division: Division,
    *,
    entry: Entry | None = None,
    problems: list[Problem] | None = None,
    refused: str = "",
    returned: EntryEvent | None = None,
) -> RowView:
    rules = eligibility.from_json(division.eligibility)
    row = RowView(
        index, no, typed, division, rules, entry, refused=refused, returned=returned, problems=problems or []
    )
    errors = _errors(row)
    row.errors = errors
    shown = max(rules.team_min, min(rules.team_max, len(typed.members) + 1), len(typed.members))
    lines = {p.field.split("-")[1]: _line(p) for p in row.problems if p.code is Code.BIRTH_DATE_OUT_OF_RANGE}
    row.members = [
        MemberView(
            i,
            typed.members[i] if i < len(typed.members) else MemberInput(),
            {
                name: errors.get(f"members-{i}-{name}", [])
                for name in ("full_name", "birth_date", "class_name")
            },
            lines.get(str(i)),
        )
        for i in range(shown)
    ]
    row.open = row.breaches or entry is None or (entry.state is EntryState.RETURNED)
    return row


def _errors(row: RowView) -> dict[str, list[str]]:
    """Sentences by field: broken rules, what is missing in a row that was begun, the organiser's reasons."""
    found: dict[str, list[str]] = defaultdict(list)
    for problem in row.problems:
        if problem.code is Code.CONSENT_MISSING:
            continue
        name = (
            problem.field.replace("-name", "-full_name")
            if problem.field.startswith("members-")
            else problem.field
        )
        found[name].append(wording.problem(problem, row.division))
    if row.returned:
        for name, reason in row.returned.field_reasons.items():
            found[name].append(_("Ban tổ chức: %(reason)s", reason=reason))
    return dict(found)


def _line(problem: Problem) -> RuleLine | None:
    born, low, high = problem.value, problem.low, problem.high
    if not (isinstance(born, date) and isinstance(low, date) and isinstance(high, date)):
        return None
    span = max((high - low).days, 1)
    place = _LEFT + (born - low).days * (_RIGHT - _LEFT) / span
    dates = [d.strftime("%d/%m/%Y") for d in (born, low, high)]
    return RuleLine(round(min(max(place, 40), _LINE - 40)), *dates)


def likely_division(edition: Edition, organisation: Organisation) -> Division:
    """The first division whose levels the school has, so that a new row is seldom in the wrong one."""
    for division in edition.divisions:
        levels = eligibility.from_json(division.eligibility).levels
        if not levels or set(levels) & set(organisation.levels):
            return division
    return edition.divisions[0]


def division_keys(divisions: list[Division]) -> dict[str, str]:
    """Names under which a division may be pasted."""
    keys: dict[str, str] = {}
    for division in divisions:
        for name in (division.name, division.name_en, division.slug):
            if name:
                keys[compare_key(name)] = division.slug
    return keys


def as_json(row: RowView) -> dict[str, Any]:
    """What the script needs after it saved a row."""
    kind, word = row.state
    return {
        "entry_id": row.entry.id if row.entry else None,
        "version": row.entry.version if row.entry else None,
        "state": {"kind": kind, "word": word},
        "sub": row.sub,
        "ready": row.ready,
        "errors": row.errors,
    }
