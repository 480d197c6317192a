"""The bars of one row of the grid: what a viewer reads on them, and the free half-hours between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from ...core.access import Actor
from ...core.i18n import _, lazy
from ...core.web import vn_times
from ...models import OccupancyState
from .. import policies, wording
from ..intervals import HALF_HOUR, Span, local_date
from .world import OUTAGES, Entry, PlaceRow, World

PAUSE = 2 * HALF_HOUR  # matches with less between them are one stretch of play

KINDS = {
    "event": lazy("Sự kiện"),
    "session": lazy("Cố vấn"),
    "stage": lazy("Cuộc thi"),
    "match": lazy("Thi đấu"),
    "import": lazy("Lịch ngoài"),
}
PURPOSES = {
    "event": lazy("Sự kiện"),
    "training": lazy("Đào tạo"),
    "coworking": lazy("Làm việc chung"),
    "making": lazy("Chế tác"),
    "mentoring": lazy("Cố vấn"),
    "contest": lazy("Cuộc thi"),
    "meeting": lazy("Họp"),
    "visit": lazy("Tham quan"),
}


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


@dataclass(frozen=True, slots=True)
class Together:
    """Several uses in one bar: matches of a court, or uses too short for a bar each."""

    entries: tuple[Entry, ...]


Shown = Entry | Together | list[Entry]  # a list: requests that compete


@dataclass(slots=True)
class Row:
    """One place on one day."""

    place: PlaceRow
    day: date
    cells: list[Cell]
    gaps: list[Span]
    notes: list[tuple[str, str]] = field(default_factory=list)  # (icon, sentence) for phones
    too_small: bool = False


@dataclass(frozen=True)
class Viewer:
    """What one person may read on the grid. Words are looked up once for the page."""

    person_id: int | None
    is_staff: bool
    words: dict[str, str] = field(default_factory=dict)

    def sees_title(self, entry: Entry) -> bool:
        return (
            self.is_staff
            or entry.title_public
            or entry.ours
            or entry.owner_kind in OUTAGES
            or self.is_mine(entry)
        )

    def is_mine(self, entry: Entry) -> bool:
        return entry.requester is not None and entry.requester == self.person_id

    @cached_property
    def busy(self) -> str:
        return _("Đã có lịch")

    @cached_property
    def waits(self) -> str:
        return _("Chờ duyệt")

    @cached_property
    def clearing(self) -> str:
        return _("Chuẩn bị, dọn phòng")

    def kind_word(self, entry: Entry) -> str:
        """What kind of use it is: all that the public may know."""
        key = entry.purpose if entry.owner_kind == "booking" else f"-{entry.owner_kind}"
        found = self.words.get(key)
        if found is None:
            words = PURPOSES if entry.owner_kind == "booking" else KINDS
            found = self.words[key] = str(words.get(key.lstrip("-"), ""))
        return found


def viewer_for(actor: Actor) -> Viewer:
    return Viewer(actor.person_id, policies.can_manage(actor))


def full_times(entries: list[Entry], place: PlaceRow, full: list[Span]) -> list[Entry]:
    """A shared place shows only when it is full, and its outages."""
    shown = [e for e in entries if e.owner_kind in OUTAGES]
    if shown or not entries:
        return shown
    return [
        Entry(place.id, span, span, OccupancyState.CONFIRMED, 1, "full", 0, _("Hết chỗ"), True)
        for span in full
    ]


def cells_of(
    entries: list[Entry],
    opening: list[Span],
    midnight: datetime,
    first: int,
    last: int,
    now: datetime,
    viewer: Viewer,
) -> list[Cell]:
    cells: list[Cell] = []
    column, columns = first * 2, last * 2
    solid = [e for e in entries if e.state is not OccupancyState.REQUESTED]
    waiting = grouped([e for e in entries if e.state is OccupancyState.REQUESTED])
    shown = _visible(together(solid), midnight)
    blocks: list[tuple[Span, Shown | None]] = [
        *((span, what) for span, _block, what in shown),
        *((Span(block.start, span.start), None) for span, block, _what in shown if block.start < span.start),
        *((Span(span.end, block.end), None) for span, block, _what in shown if span.end < block.end),
        *((span, found) for span, found in waiting if not any(e.block.overlaps(span) for e in solid)),
    ]
    for span, what in sorted(blocks, key=lambda b: b[0]):
        start = max(column, int((span.start - midnight) / HALF_HOUR))
        end = min(columns, -(-(span.end - midnight) // HALF_HOUR))
        if end <= start:
            continue
        cells += _open_cells(column, start, opening, midnight, now)
        moment, half = midnight + start * HALF_HOUR, bool(start % 2)
        if what is None:
            cells.append(Cell("gap", end - start, half, moment, viewer.clearing))
        else:
            look, label, small, times, url = bar(span, what, viewer, local_date(midnight))
            cells.append(Cell(look, end - start, half, moment, label, small, times, url))
        column = end
    return cells + _open_cells(column, columns, opening, midnight, now)


def together(entries: Iterable[Entry]) -> list[tuple[Span, Span, Entry | Together]]:
    """Uses with their times and their times with buffers; the matches of a court, one after the other, are one."""
    found: list[tuple[Span, Span, Entry | Together]] = []
    for entry in sorted(entries, key=lambda e: e.span):
        if found and entry.owner_kind == "match" and entry.span.start - found[-1][0].end < PAUSE:
            before = _entries(found[-1][2])
            if all(e.owner_kind == "match" for e in before):
                found[-1] = _joined(found[-1], (entry.span, entry.block, entry))
                continue
        found.append((entry.span, entry.block, entry))
    return found


def _visible(
    uses: list[tuple[Span, Span, Entry | Together]], midnight: datetime
) -> list[tuple[Span, Span, Entry | Together]]:
    """Uses that end in the same half-hour share one bar, else the later one would have none."""
    found: list[tuple[Span, Span, Entry | Together]] = []
    for use in uses:
        if found and -(-(use[0].end - midnight) // HALF_HOUR) <= -(
            -(found[-1][0].end - midnight) // HALF_HOUR
        ):
            found[-1] = _joined(found[-1], use)
        else:
            found.append(use)
    return found


def _entries(what: Entry | Together) -> tuple[Entry, ...]:
    return what.entries if isinstance(what, Together) else (what,)


def _joined(
    a: tuple[Span, Span, Entry | Together], b: tuple[Span, Span, Entry | Together]
) -> tuple[Span, Span, Together]:
    span = Span(a[0].start, max(a[0].end, b[0].end))
    block = Span(min(a[1].start, b[1].start), max(a[1].end, b[1].end))
    return span, block, Together((*_entries(a[2]), *_entries(b[2])))


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


def _open_cells(start: int, end: int, opening: list[Span], midnight: datetime, now: datetime) -> list[Cell]:
    cells: list[Cell] = []
    for column in range(start, end):
        moment = midnight + column * HALF_HOUR
        if moment >= now and any(o.start <= moment < o.end for o in opening):
            cells.append(
                Cell("free", 1, bool(column % 2), moment, times=f"{column // 2:02d}:{column % 2 * 30:02d}")
            )
        elif cells and cells[-1].kind == "shut":
            cells[-1] = Cell("shut", cells[-1].columns + 1, cells[-1].half, cells[-1].start)
        else:
            cells.append(Cell("shut", 1, bool(column % 2), moment))
    return cells


def bar(span: Span, what: Shown, viewer: Viewer, day: date | None = None) -> tuple[str, str, str, str, str]:
    """Look, label, small print, times as seen on `day`, and page: of one use, of several, or of rivalling requests."""
    times = vn_times(*span, day)
    if isinstance(what, Together):
        return _bar_together(what, times, viewer)
    if isinstance(what, list):
        label = _("%(n)s yêu cầu chờ", n=len(what)) if len(what) > 1 else viewer.waits
        mine = next((e for e in what if viewer.is_mine(e)), None)
        url = f"request:{what[0].owner_id}" if viewer.is_staff else f"booking:{mine.owner_id}" if mine else ""
        return "wait", label, times, times, url
    if what.owner_kind in OUTAGES:
        return "out", _("Ngừng phục vụ: %(why)s", why=what.title), "", times, ""
    title = what.title if what.title and viewer.sees_title(what) else ""
    mine_too = viewer.is_mine(what)
    look = "mine" if mine_too else "event" if what.title_public else "busy"
    small = times if title else viewer.kind_word(what)
    label = title or viewer.busy
    if what.state is OccupancyState.CLASH:
        look, label = "wait", _("Trùng giờ: %(what)s", what=label)
    url = ""
    if what.owner_kind == "booking" and (viewer.is_staff or mine_too):
        url = f"booking:{what.owner_id}"
    elif what.owner_kind == "event" and what.title_public:
        url = f"event:{what.owner_id}"
    return look, label, small, times, url


def _bar_together(what: Together, times: str, viewer: Viewer) -> tuple[str, str, str, str, str]:
    if all(e.owner_kind == "match" for e in what.entries):
        return "busy", _("Thi đấu: %(n)s trận", n=len(what.entries)), times, times, ""
    bars = [bar(e.span, e, viewer) for e in what.entries]
    looks = {look for look, *_rest in bars}
    look = looks.pop() if len(looks) == 1 else "mine" if "mine" in looks else "busy"
    labels = dict.fromkeys(label for _look, label, *_rest in bars)
    label = _("%(n)s lượt", n=len(bars)) if len(bars) > 2 else " · ".join(labels)
    return look, label, times, times, next((b[4] for b in bars if b[4]), "")


def purpose_word(purpose: str) -> str:
    return str(PURPOSES.get(purpose, purpose))


def notes_of(
    world: World, viewer: Viewer, place: PlaceRow, day: date, entries: list[Entry]
) -> list[tuple[str, str]]:
    """What a phone says beside the free times of a place."""
    notes: list[tuple[str, str]] = []
    for entry in entries:
        if entry.owner_kind in OUTAGES:
            until = wording.date_of(entry.span.end)
            notes.append(("tools", _("Ngừng phục vụ đến %(until)s: %(why)s", until=until, why=entry.title)))
        elif viewer.is_mine(entry) and entry.state is not OccupancyState.REQUESTED:
            notes.append(("person-check", _("%(when)s là lượt của bạn", when=wording.span_of(entry.span))))
    for span, found in grouped([e for e in entries if e.state is OccupancyState.REQUESTED]):
        times = vn_times(*span, day)
        notes.append(("hourglass-split", _("%(n)s yêu cầu chờ, %(times)s", n=len(found), times=times)))
    because = world.calendars[place.id].closed_because(day)
    if because:
        notes.append(("calendar-x", _("Đóng cửa: %(why)s", why=because)))
    elif not world.calendars[place.id].opening(day):
        notes.append(("calendar-x", _("Không mở cửa thường lệ: gửi yêu cầu nếu cần.")))
    return notes
