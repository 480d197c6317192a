"""A workbook that a teacher sends on the school's own page: its teams as rows to save, and what became of the rest.

The bytes are read by the reader that the office's import uses. Nothing here changes data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ..core.errors import Invalid
from ..core.files import clean_name
from ..core.i18n import _
from ..core.text import compare_key
from ..models import Edition, Entry, Organisation
from .import_wording import sentence
from .registration_files import Reading, Rules, SourceFile, TeamRow, read_files
from .registration_files.places import agree
from .registration_files.report import sentence_data
from .registration_files.schools import SchoolRegister, parse_school
from .registration_files.sentences import REPAIRS
from .services.draft_rows import MOST_ROWS
from .services.drafts import CoachInput, MemberInput, RowInput

MOST_BYTES = 5 * 1024 * 1024
_SHOWN = 5  # lines of one kind; the rest is told by its number
_Found = list[tuple[TeamRow, RowInput]]


@dataclass(frozen=True, slots=True)
class FromFile:
    """What a file gave: rows to save, and sentences on what was repaired and what was left out."""

    rows: _Found
    repaired: str
    left_out: list[str]
    notes: list[str]


def row_input(row: TeamRow, divisions: dict[str, int], first: int) -> RowInput:
    """A team as read, as if typed; `first` is taken where no division is named."""
    members = tuple(
        MemberInput(m.name, m.birth_date.strftime("%d/%m/%Y") if m.birth_date else m.birth_text, m.class_name)
        for m in row.members
    )
    coaches = [CoachInput(c.name, c.phone, c.email) for c in row.coaches[:2]]
    first_coach, second_coach, *_more = (*coaches, CoachInput(), CoachInput())
    return RowInput(row.team, divisions.get(row.division or "", first), members, first_coach, second_coach)


def read(file: SourceFile, rules: Rules, edition: Edition, school: Organisation, first: int) -> FromFile:
    """The school's teams in a file. Raises Invalid with one sentence when there is nothing to be had of it."""
    name = clean_name(file.name)
    if len(file.data) > MOST_BYTES:
        raise Invalid(
            _(
                "Tệp “%(name)s” quá %(most)s MB. Xoá hình và trang thừa trong tệp rồi gửi lại.",
                name=name,
                most=MOST_BYTES // 1024**2,
            )
        )
    reading = read_files([SourceFile(name, file.data)], rules)
    if reading.problems:
        raise Invalid(" ".join(sentence(sentence_data(text)) for text in reading.problems))
    register = SchoolRegister.of(rules.schools)
    own, _display, _added = register.find(school.name)
    divisions = {d.slug: d.id for d in edition.divisions}
    rows, left_out = [], []
    for row in reading.rows:
        if row.school and row.school_key != own and not _may_be(row, own, register):
            left_out.append(
                _(
                    "Dòng %(n)s, đội “%(team)s”: ghi trường %(school)s.",
                    n=row.row,
                    team=row.team[:60],
                    school=row.school[:80],
                )
            )
        else:
            rows.append((row, row_input(row, divisions, first)))
    _ensure_some(name, rows, school)
    return FromFile(rows, _repairs(row for row, _typed in rows), left_out, _notes(reading))


def _may_be(row: TeamRow, own: str, register: SchoolRegister) -> bool:
    """On the school's own page its name alone means it, and so does its name beside a place that contradicts nothing."""
    named = parse_school(row.school)
    if named.core != parse_school(register.names[own]).core:
        return False
    return not named.places or (
        row.school_key not in register.ids and agree(named.places, register.places_of(own))
    )


def _ensure_some(name: str, rows: _Found, school: Organisation) -> None:
    if len(rows) > MOST_ROWS:
        raise Invalid(
            _(
                "Tệp “%(name)s” có %(n)s đội; mỗi lần nhận nhiều nhất %(most)s đội. Tách thành nhiều tệp rồi gửi.",
                name=name,
                n=len(rows),
                most=MOST_ROWS,
            )
        )
    if not rows:
        raise Invalid(
            _(
                "Tệp “%(name)s” không có đội nào của %(school)s. Sửa tên trường trong tệp, hoặc xoá cột đó, rồi gửi lại.",
                name=name,
                school=school.name,
            )
        )


def without_known(found: FromFile, entries: Iterable[Entry]) -> tuple[list[RowInput], list[str]]:
    """The rows of teams that the school does not have yet, and what is left out with those of other schools."""
    known = {(e.division_id, compare_key(e.team.name)) for e in entries if e.team.name}
    fresh, left_out = [], list(found.left_out)
    for row, typed in found.rows:
        if typed.team_name and (typed.division_id, compare_key(typed.team_name)) in known:
            left_out.append(
                _(
                    "Dòng %(n)s, đội “%(team)s”: trường đã có đội này trong bảng. Là đội khác thì đổi tên đội trong tệp.",
                    n=row.row,
                    team=row.team[:60],
                )
            )
        else:
            fresh.append(typed)
    return fresh, left_out


def shown(lines: list[str]) -> str:
    """The first lines as one text, and how many more there are."""
    more = len(lines) - _SHOWN
    rest = [_("Và %(n)s dòng khác.", n=more)] if more > 0 else []
    return " ".join(lines[:_SHOWN] + rest)


def _repairs(rows: Iterable[TeamRow]) -> str:
    """“phông cũ TCVN3 (dòng 3, 4), dấu rời (dòng 9)”; '' when nothing was repaired."""
    places: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        for kind in {kind for repair in row.repairs for kind in repair.kinds if kind in REPAIRS}:
            places[kind].append(row.row)
    parts = []
    for kind in sorted(places, key=list(REPAIRS).index):
        numbers = ", ".join(str(n) for n in places[kind][:_SHOWN]) + (
            "…" if len(places[kind]) > _SHOWN else ""
        )
        parts.append(_("%(kind)s (dòng %(rows)s)", kind=_(REPAIRS[kind]), rows=numbers))
    return ", ".join(parts)


def _notes(reading: Reading) -> list[str]:
    """What the reader tells of the file itself: hidden pages, formulas, old encodings, columns not understood."""
    lines = []
    for file in reading.files:
        lines += [sentence(sentence_data(text)) for text in file.notices]
        for sheet in file.sheets:
            lines += [sentence(sentence_data(text)) for text in sheet.notices]
            unknown = [c.label[:40] for c in sheet.columns if not c.role and c.sample and c.label]
            if unknown:
                lines.append(_("Cột chưa rõ: %(columns)s", columns=", ".join(unknown[:_SHOWN])) + ".")
    return list(dict.fromkeys(lines))
