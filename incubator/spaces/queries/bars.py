"""The bars of one row of the grid: what a viewer reads on them, and the free half-hours between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa

from ...core.access import Actor
from ...core.db import db
from ...core.i18n import _
from ...models import Affiliation, Booking, OccupancyState
from .. import policies, wording
from ..intervals import HALF_HOUR, Span
from .world import OUTAGES, Entry, PlaceRow, World


@dataclass(frozen=True, slots=True)
class Cell:
    """Some half-hours of one row: kind free | shut | gap | busy | event | wait | mine | out."""

    kind: str
    columns: int
    half: bool
    start: datetime
    label: str = ""
    small: str = ""
    times: str = ""
    url: str = ""


@dataclass(slots=True)
class Row:
    """One place on one day."""

    place: PlaceRow
    day: date
    cells: list[Cell]
    gaps: list[Span]
    notes: list[tuple[str, str]] = field(default_factory=list)  # (icon, sentence) for phones
    too_small: bool = False


@dataclass(frozen=True, slots=True)
class Viewer:
    """What one person may read on the grid."""

    actor: Actor
    is_staff: bool
    organisations: frozenset[int]
    bookings: dict[int, tuple[int | None, int | None, str]]  # id -> requester, organisation, purpose

    def sees_title(self, entry: Entry) -> bool:
        if self.is_staff or entry.title_public or entry.owner_kind in OUTAGES:
            return True
        known = self.bookings.get(entry.owner_id) if entry.owner_kind == "booking" else None
        return known is not None and (self.is_mine(entry) or known[1] in self.organisations)

    def is_mine(self, entry: Entry) -> bool:
        known = self.bookings.get(entry.owner_id) if entry.owner_kind == "booking" else None
        return known is not None and known[0] is not None and known[0] == self.actor.person_id


def viewer_for(actor: Actor, world: World) -> Viewer:
    """Two statements: the bookings on the grid, and the actor's organisations."""
    ids = {e.owner_id for entries in world.entries.values() for e in entries if e.owner_kind == "booking"}
    rows = db.session.execute(
        sa.select(Booking.id, Booking.requester_id, Booking.organisation_id, Booking.purpose).where(
            Booking.id.in_(ids)
        )
    ).all()
    organisations: Iterable[int] = ()
    if actor.person_id is not None:
        organisations = db.session.scalars(
            sa.select(Affiliation.organisation_id).where(Affiliation.person_id == actor.person_id)
        )
    found = {row[0]: (row[1], row[2], str(row[3])) for row in rows}
    return Viewer(actor, policies.can_manage(actor), frozenset(organisations), found)


def full_times(entries: list[Entry], place: PlaceRow, full: list[Span]) -> list[Entry]:
    """A shared place shows only when it is full, and its outages."""
    shown = [e for e in entries if e.owner_kind in OUTAGES]
    if shown or not entries:
        return shown
    model = entries[0]
    return (
        [
            Entry(place.id, span, span, OccupancyState.CONFIRMED, 1, "full", 0, _("Hết chỗ"), True)
            for span in full
        ]
        if model
        else []
    )


def cells_of(
    entries: list[Entry],
    opening: list[Span],
    midnight: datetime,
    first: int,
    last: int,
    now: datetime,
    viewer: Viewer,
    place: PlaceRow,
) -> list[Cell]:
    cells: list[Cell] = []
    column, columns = first * 2, last * 2
    solid = [e for e in entries if e.state is not OccupancyState.REQUESTED]
    waiting = grouped([e for e in entries if e.state is OccupancyState.REQUESTED])
    blocks = sorted(
        [(e.span, e, 0) for e in solid]
        + [(Span(e.block.start, e.span.start), e, 1) for e in solid if e.block.start < e.span.start]
        + [(Span(e.span.end, e.block.end), e, 1) for e in solid if e.span.end < e.block.end]
        + [(span, found, 2) for span, found in waiting if not any(e.block.overlaps(span) for e in solid)],
        key=lambda b: b[0],
    )
    for span, what, kind in blocks:
        start = max(column, int((span.start - midnight) / HALF_HOUR))
        end = min(columns, -(-(span.end - midnight) // HALF_HOUR))
        if end <= start:
            continue
        cells += _open_cells(column, start, opening, midnight, now, place)
        cells.append(bar(span, what, kind, start, end - start, midnight, viewer))
        column = end
    return cells + _open_cells(column, columns, opening, midnight, now, place)


def grouped(entries: list[Entry]) -> list[tuple[Span, list[Entry]]]:
    """Requests that overlap stand together: rivals."""
    groups: list[tuple[Span, list[Entry]]] = []
    for entry in sorted(entries, key=lambda e: e.span):
        if groups and entry.span.start < groups[-1][0].end:
            span, found = groups[-1]
            groups[-1] = (Span(span.start, max(span.end, entry.span.end)), [*found, entry])
        else:
            groups.append((entry.span, [entry]))
    return groups


def _open_cells(
    start: int, end: int, opening: list[Span], midnight: datetime, now: datetime, place: PlaceRow
) -> list[Cell]:
    cells: list[Cell] = []
    for column in range(start, end):
        moment = midnight + column * HALF_HOUR
        is_open = any(o.start <= moment < o.end for o in opening)
        if is_open and moment >= now:
            cells.append(Cell("free", 1, bool(column % 2), moment, times=wording.clock_of(moment)))
        elif cells and cells[-1].kind == "shut":
            cells[-1] = Cell("shut", cells[-1].columns + 1, cells[-1].half, cells[-1].start)
        else:
            cells.append(Cell("shut", 1, bool(column % 2), moment))
    return cells


def bar(
    span: Span,
    what: Entry | list[Entry],
    kind: int,
    start: int,
    columns: int,
    midnight: datetime,
    viewer: Viewer,
) -> Cell:
    moment, half = midnight + start * HALF_HOUR, bool(start % 2)
    times = f"{wording.clock_of(span.start)}–{wording.clock_of(span.end)}"
    if isinstance(what, list):
        mine = any(viewer.is_mine(e) for e in what)
        label = _("%(n)s yêu cầu chờ", n=len(what)) if len(what) > 1 else _("Chờ duyệt")
        url = f"request:{what[0].owner_id}" if viewer.is_staff or mine else ""
        return Cell("wait", columns, half, moment, label, times, times, url)
    if kind == 1:
        return Cell("gap", columns, half, moment, _("Chuẩn bị, dọn phòng"))
    if what.owner_kind in OUTAGES:
        return Cell("out", columns, half, moment, _("Ngừng phục vụ: %(why)s", why=what.title), "", times)
    title = what.title if viewer.sees_title(what) and what.title else _("Đã có lịch")
    look = "mine" if viewer.is_mine(what) else "event" if what.title_public else "busy"
    if what.state is OccupancyState.CLASH:
        look, title = "wait", _("Trùng giờ: %(what)s", what=title)
    url = (
        f"booking:{what.owner_id}"
        if what.owner_kind == "booking" and (viewer.is_staff or viewer.is_mine(what))
        else ""
    )
    url = url or (f"event:{what.owner_id}" if what.owner_kind == "event" and what.title_public else "")
    small = kind_word(viewer, what) if title == _("Đã có lịch") else times
    return Cell(look, columns, half, moment, title, small, times, url)


def kind_word(viewer: Viewer, entry: Entry) -> str:
    """What kind of use it is: all that the public may know."""
    if entry.owner_kind == "booking":
        known = viewer.bookings.get(entry.owner_id)
        return purpose_word(known[2]) if known else ""
    words = {
        "event": _("Sự kiện"), "session": _("Cố vấn"), "stage": _("Cuộc thi"),
        "match": _("Thi đấu"), "import": _("Lịch ngoài"),
    }  # fmt: skip
    return words.get(entry.owner_kind, "")


def purpose_word(purpose: str) -> str:
    words = {
        "event": _("Sự kiện"), "training": _("Đào tạo"), "coworking": _("Làm việc chung"), "making": _("Chế tác"),
        "mentoring": _("Cố vấn"), "contest": _("Cuộc thi"), "meeting": _("Họp"), "visit": _("Tham quan"),
    }  # fmt: skip
    return words.get(purpose, purpose)


def notes_of(
    world: World, viewer: Viewer, place: PlaceRow, day: date, entries: list[Entry]
) -> list[tuple[str, str]]:
    notes: list[tuple[str, str]] = []
    for entry in entries:
        if entry.owner_kind in OUTAGES:
            until = wording.date_of(entry.span.end)
            notes.append(("tools", _("Ngừng phục vụ đến %(until)s: %(why)s", until=until, why=entry.title)))
        elif viewer.is_mine(entry) and entry.state is not OccupancyState.REQUESTED:
            notes.append(("person-check", _("%(when)s là lượt của bạn", when=wording.span_of(entry.span))))
    for span, found in grouped([e for e in entries if e.state is OccupancyState.REQUESTED]):
        times = f"{wording.clock_of(span.start)}–{wording.clock_of(span.end)}"
        notes.append(("hourglass-split", _("%(n)s yêu cầu chờ, %(times)s", n=len(found), times=times)))
    because = world.calendars[place.id].closed_because(day)
    if because:
        notes.append(("calendar-x", _("Đóng cửa: %(why)s", why=because)))
    elif not world.calendars[place.id].opening(day):
        notes.append(("calendar-x", _("Không mở cửa thường lệ: gửi yêu cầu nếu cần.")))
    return notes
