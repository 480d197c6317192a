"""Lists of an edition's teams, people and schools, on screen and as files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask import Blueprint, Response, render_template, url_for

from ..core import sheets
from ..core.access import Permission, require
from ..core.i18n import _
from ..core.lists import ListArgs, list_args
from ..core.web import current_actor, named
from ..models import Edition, EntryState, MemberPart
from . import import_policies, wording
from .queries import lists as queries

bp = Blueprint("lists", __name__, url_prefix="/contests/<edition>")
_FILTERS = ("division", "school", "state")


def _entry_args() -> ListArgs:
    args = list_args(list(queries.ENTRY_SORTS), _FILTERS)
    if args.filters["state"] not in {state.value for state in queries.SHOWN}:
        args.filters["state"] = ""
    return args


def _people_args() -> ListArgs:
    return list_args(list(queries.PEOPLE_SORTS), ("division", "school", "part"))


def _school_args() -> ListArgs:
    return list_args(list(queries.SCHOOL_SORTS))


def _frame(edition: Edition) -> dict[str, Any]:
    """What the three pages share: the edition and the line of tabs."""
    tabs = [
        (_("Các đội"), url_for("lists.entries", edition=edition.slug), "lists.entries"),
        (_("Người"), url_for("lists.people", edition=edition.slug), "lists.people"),
        (_("Các trường"), url_for("lists.schools", edition=edition.slug), "lists.schools"),
    ]
    if import_policies.can_import(current_actor(), edition):
        tabs.append((_("Nhập tệp đăng ký"), url_for("imports.index", edition=edition.slug), ""))
    return {"edition": edition, "list_tabs": tabs}


@bp.get("/entries")
@require(Permission.ENTRIES_VIEW)
def entries(edition: str) -> str:
    found, args = queries.get_edition_for(current_actor(), edition), _entry_args()
    return render_template(
        "contests/lists/entries.html",
        **_frame(found),
        page=queries.page_of(queries.entries(found, args), args),
        divisions=queries.divisions_of(found),
        states={state.value: wording.ENTRY_STATES[state] for state in queries.SHOWN},
    )


@bp.get("/people")
@require(Permission.ENTRIES_VIEW)
def people(edition: str) -> str:
    found, args = queries.get_edition_for(current_actor(), edition), _people_args()
    return render_template(
        "contests/lists/people.html",
        **_frame(found),
        page=queries.page_of(queries.people(found, args), args),
        divisions=queries.divisions_of(found),
        parts=_parts(),
    )


@bp.get("/schools")
@require(Permission.ENTRIES_VIEW)
def schools(edition: str) -> str:
    found, args = queries.get_edition_for(current_actor(), edition), _school_args()
    return render_template(
        "contests/lists/schools.html",
        **_frame(found),
        page=queries.page_of(queries.schools(found, args), args),
    )


def _parts() -> dict[str, str]:
    return {
        MemberPart.CAPTAIN.value: _("Đội trưởng"),
        MemberPart.MEMBER.value: _("Thành viên"),
        MemberPart.COACH.value: _("Giáo viên hướng dẫn"),
    }


# -- files ----------------------------------------------------------------------------------------

Rows = Iterator[list[Any]]


def entry_table(edition: Edition, args: ListArgs) -> tuple[list[str], Rows]:
    header = [
        _("SBD"),
        _("Đội"),
        _("Trường"),
        _("Bảng"),
        _("Sản phẩm"),
        _("Số thành viên"),
        _("Giáo viên hướng dẫn"),
        _("Tình trạng"),
        _("Gửi lúc"),
    ]
    states = {state: str(wording.ENTRY_STATES[state][1]) for state in EntryState}
    rows = (
        [
            r.number,
            r.team,
            r.school,
            named(r, "division"),
            r.project,
            r.pupils,
            r.coach,
            states[r.state],
            r.submitted_at,
        ]
        for r in queries.all_rows(queries.entries(edition, args))
    )
    return header, rows


def people_table(edition: Edition, args: ListArgs) -> tuple[list[str], Rows]:
    header = [
        _("Họ và tên"),
        _("Ngày sinh"),
        _("Lớp"),
        _("Vai trò"),
        _("Trường"),
        _("Đội"),
        _("Bảng"),
        _("SBD"),
        _("Điện thoại"),
        _("Thư điện tử"),
    ]
    parts = _parts()
    rows = (
        [
            r.full_name,
            r.birth_date,
            r.class_name,
            parts[r.part.value],
            r.school,
            r.team,
            named(r, "division"),
            r.number,
            r.phone,
            r.email,
        ]
        for r in queries.all_rows(queries.people(edition, args))
    )
    return header, rows


def school_table(edition: Edition, args: ListArgs) -> tuple[list[str], Rows]:
    header = [_("Trường"), _("Số đội"), _("Đã duyệt"), _("Số thành viên")]
    rows = ([r.name, r.teams, r.accepted, r.pupils] for r in queries.all_rows(queries.schools(edition, args)))
    return header, rows


_TABLES: dict[str, tuple[Callable[[], ListArgs], Callable[[Edition, ListArgs], tuple[list[str], Rows]]]] = {
    "entries": (_entry_args, entry_table),
    "people": (_people_args, people_table),
    "schools": (_school_args, school_table),
}


@bp.get("/<any(entries, people, schools):table>.<any(csv, xlsx):kind>")
@require(Permission.ENTRIES_VIEW)
def export(edition: str, table: str, kind: str) -> Response:
    """The list as it stands on screen, all pages of it, as a file."""
    found = queries.get_edition_for(current_actor(), edition)
    read_args, make_table = _TABLES[table]
    header, rows = make_table(found, read_args())
    return sheets.download(kind, f"{found.slug}-{table}", header, rows)
