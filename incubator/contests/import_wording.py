"""Batches, files and rows of an import in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..core.i18n import _, lazy
from ..core.web import named
from ..models import ImportRow, ImportRowState, ImportState
from .registration_files import Rules, stored
from .registration_files.checks import DUPLICATES
from .registration_files.sentences import (
    MEMBER_PARTS,
    MEMBER_ROLE,
    OF_PUPIL,
    REPAIRS,
    ROLES,
    SENTENCES,
    WARNINGS,
    reason_template,
    reason_values,
)
from .registration_files.tables import column_letter

BATCH_STATES = {
    ImportState.READING: ("submitted", lazy("Đang đọc")),
    ImportState.REVIEW: ("waiting", lazy("Chờ xem lại")),
    ImportState.IMPORTING: ("submitted", lazy("Đang nhập")),
    ImportState.DONE: ("accepted", lazy("Đã nhập")),
    ImportState.FAILED: ("error", lazy("Chưa đọc được")),
    ImportState.UNDONE: ("draft", lazy("Đã hoàn tác")),
}
TABS = {
    "held": lazy("Giữ lại"),
    "repaired": lazy("Đã tự sửa"),
    "duplicates": lazy("Trùng"),
    "left_out": lazy("Bỏ ra"),
    "imported": lazy("Đã nhập"),
    "all": lazy("Tất cả"),
}
LAYOUTS = {
    "row_a_team": lazy("Mỗi dòng một đội."),
    "row_a_pupil": lazy("Mỗi dòng một em, gộp theo đội."),
    "people_in_a_cell": lazy("Các em trong một ô, đã tách."),
}
SKIPPED = {
    "blank": lazy("dòng trống"),
    "footer": lazy("dòng cộng hoặc chữ ký"),
    "example": lazy("dòng ví dụ"),
    "header": lazy("tiêu đề lặp lại"),
    "section": lazy("dòng phân nhóm"),
    "note": lazy("dòng ghi chú"),
}
_ACTIONS = {
    "incomplete": lazy("Bổ sung"),
    "text_lost": lazy("Gõ lại"),
    "name_taken": lazy("Đổi tên đội"),
    "stored_name": lazy("Đổi tên đội"),
    "too_few_members": lazy("Thêm em"),
    "too_many_members": lazy("Chọn lại các em"),
    "coach_missing": lazy("Thêm giáo viên"),
    "coach_scores": lazy("Đổi giáo viên"),
    "birth_date_invalid": lazy("Sửa ngày sinh"),
    "birth_date_out_of_range": lazy("Sửa ngày sinh"),
    "member_repeated": lazy("Sửa danh sách"),
    "member_in_two_teams": lazy("So sánh hai em"),
    "stored_member": lazy("So sánh hai em"),
}
_FIELDS = {
    "team": lazy("Tên đội"),
    "school": lazy("Trường"),
    "division": lazy("Bảng"),
    "members": lazy("Danh sách học sinh"),
    "coach.name": lazy("Giáo viên"),
    "coach.phone": lazy("Số điện thoại"),
    "coach.email": lazy("Thư điện tử"),
    "coach2.name": lazy("Giáo viên thứ hai"),
    "coach2.phone": lazy("Số điện thoại của giáo viên thứ hai"),
    "coach2.email": lazy("Thư điện tử của giáo viên thứ hai"),
}
_MOST_MEMBERS = 6


def role_choices() -> list[tuple[str, str]]:
    """What a column may hold, for a select: value and words."""
    members = [
        (f"member{number}.{part}", role_words(f"member{number}.{part}"))
        for number in range(1, _MOST_MEMBERS + 1)
        for part in MEMBER_PARTS
    ]
    plain = [(role, role_words(role)) for role in ROLES]
    return [("", _("Chưa rõ")), *plain[:3], *members, *plain[3:]]


def field_words(name: str) -> str:
    """“member2.birth” → “Học sinh 2: ngày sinh”."""
    return role_words(name) if MEMBER_ROLE.fullmatch(name) else str(_FIELDS.get(name, name))


def role_words(role: str) -> str:
    """What a column holds, in words; a role that nobody knows stays as it is."""
    if match := MEMBER_ROLE.fullmatch(role):
        return _(OF_PUPIL, number=match[1], part=_(MEMBER_PARTS[match[2]]))
    return _(ROLES[role]) if role in ROLES else role


def sentence(data: Mapping[str, Any] | None) -> str:
    """A stored sentence in the reader's language; '' for None."""
    if not data:
        return ""
    if "code" not in data:
        return str(data["text"])
    values = dict(data["values"])
    if "role" in values:
        values["role"] = role_words(values["role"])
    template = SENTENCES[data["code"]]
    return _(template, **values)


@dataclass(frozen=True, slots=True)
class RepairLine:
    field: str
    was: str
    now: str
    how: str


@dataclass(frozen=True, slots=True)
class RowLine:
    """A row of the review, ready to show."""

    id: int
    place: str
    number: int
    team: str
    school: str
    division: str
    pupils: int
    repairs: tuple[RepairLine, ...]
    why: str
    warnings: tuple[str, ...]
    state: str
    action: str
    entry_id: int | None


def row_line(row: ImportRow, rules: Rules) -> RowLine:
    rule = rules.division(row.data["division"])
    return RowLine(
        id=row.id,
        place=row.source,
        number=row.data["row"],
        team=row.data["team"] or _("(chưa có tên)"),
        school=row.data["school"],
        division=named(rule) if rule else "",
        pupils=len(row.data["members"]),
        repairs=tuple(_repair_line(item, rules) for item in row.repairs),
        why=why_held(row, rules),
        warnings=tuple(_(WARNINGS[code]) for code in row.warnings if code in WARNINGS),
        state=_state(row),
        action=str(_ACTIONS.get(row.reason, _("Xem"))),
        entry_id=row.entry_id,
    )


def _repair_line(item: Mapping[str, Any], rules: Rules) -> RepairLine:
    how = ", ".join(_(REPAIRS[kind]) for kind in item["kinds"] if kind in REPAIRS)
    was, now = str(item["was"]), str(item["now"])
    if item["field"] == "division":
        was, now = (named(rule) if (rule := rules.division(text)) else text for text in (was, now))
    return RepairLine(field_words(item["field"]), was, now, how)


def _state(row: ImportRow) -> str:
    if row.state is ImportRowState.HELD and row.reason in DUPLICATES:
        return "duplicate"
    return row.state.value


def why_held(row: ImportRow, rules: Rules) -> str:
    """Why a row is held: which rule, which person, what value."""
    if not row.reason:
        return ""
    team = stored.team_row(row.source, row.data, row.repairs, row.warnings, row.reason)
    values = reason_values(team, rules)
    if rule := rules.division(team.division):
        values["division"] = named(rule)
    if row.reason == "incomplete":
        values["detail"] = ", ".join(_(part) for part in team.detail.split(", "))
    rival = row.data.get("rival")
    if rival:
        values |= {"rival": rival["place"], "rival_team": rival["team"]}
    return _(reason_template(team), **values)


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file of the batch, ready to show."""

    name: str
    teams: int
    notes: tuple[str, ...]
    problems: tuple[str, ...]
    unknown: tuple[tuple[str, str], ...]  # (sheet, column) that nobody knows
    sheets: tuple[str, ...]


def file_line(data: Mapping[str, Any]) -> FileLine:
    notes: list[str] = []
    unknown: list[tuple[str, str]] = []
    problems = [sentence(data["problem"])]
    notes.extend(sentence(item) for item in data["notices"])
    for sheet in data["sheets"]:
        problems.append(sentence(sheet["problem"]))
        if sheet["layout"]:
            notes.append(str(LAYOUTS[sheet["layout"]]))
        notes.extend(sentence(item) for item in sheet["notices"])
        skipped = [f"{count} {SKIPPED[kind]}" for kind, count in sorted(sheet["skipped"].items())]
        if skipped:
            notes.append(_("Bỏ qua %(rows)s.", rows=", ".join(skipped)))
        unknown.extend(
            (sheet["name"], column["label"] or column_letter(column["index"]))
            for column in sheet["columns"]
            if not column["role"] and column["sample"]
        )
    return FileLine(
        name=data["name"],
        teams=sum(sheet["teams"] for sheet in data["sheets"]),
        notes=tuple(dict.fromkeys(note for note in notes if note)),
        problems=tuple(problem for problem in problems if problem),
        unknown=tuple(unknown),
        sheets=tuple(sheet["name"] for sheet in data["sheets"] if sheet.get("preview")),
    )
