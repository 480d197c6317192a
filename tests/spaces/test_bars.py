"""What one bar of the grid stands for: one use, matches of a court, uses too short for a bar each."""

from __future__ import annotations

from incubator.models import OccupancyState
from incubator.spaces.intervals import Span, at_local, local_day
from incubator.spaces.queries.bars import Cell, Viewer, cells_of
from incubator.spaces.queries.world import Entry
from tests.spaces.factories import MONDAY, span


def entry(when: Span, kind: str = "booking", number: int = 1, title: str = "Họp") -> Entry:
    return Entry(1, when, when, OccupancyState.CONFIRMED, 1, kind, number, title, False)


def bars(entries: list[Entry], *, is_staff: bool = True) -> list[Cell]:
    zero = at_local(MONDAY)
    cells = cells_of(entries, [local_day(MONDAY)], zero, 7, 21, zero, Viewer(1, is_staff))
    assert sum(cell.columns for cell in cells) == 28, "every half-hour stands once"
    return [cell for cell in cells if cell.kind != "free"]


def test_matches_one_after_the_other_are_one_bar() -> None:
    matches = [entry(span(8 + n / 5, 8.2 + n / 5), "match", n, f"Trận {n}") for n in range(15)]
    [shown] = bars([*matches[::2], *matches[1::2]])
    assert (shown.label, shown.times) == ("Thi đấu: 15 trận", "08:00–11:00")
    assert len(bars([entry(span(8, 8.5), "match"), entry(span(14, 14.5), "match", 2)])) == 2


def test_uses_that_end_in_the_same_half_hour_share_a_bar() -> None:
    [first] = bars([entry(span(8, 8.25)), entry(span(8.25, 8.5), number=2, title="Gặp cố vấn")])
    assert (first.label, first.url) == ("Họp · Gặp cố vấn", "booking:1")
    quarters = [entry(span(9 + n / 6, 9 + (n + 1) / 6), number=n) for n in range(3)]
    assert [cell.label for cell in bars(quarters)] == ["3 lượt"]
    hidden = bars([entry(span(8, 8.25)), entry(span(8.25, 8.5), number=2)], is_staff=False)
    assert [cell.label for cell in hidden] == ["Đã có lịch"]


def test_a_use_that_begins_in_the_half_hour_of_another_keeps_its_own_bar() -> None:
    assert [cell.times for cell in bars([entry(span(8, 9.25)), entry(span(9.25, 11), number=2)])] == [
        "08:00–09:15",
        "09:15–11:00",
    ]
