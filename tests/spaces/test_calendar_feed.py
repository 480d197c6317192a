"""Feeds come back from a reader as they went in; files in: rules, exceptions, zones, hostility."""

from __future__ import annotations

import contextlib
import time as stopwatch
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incubator.spaces.calendar_feed import FeedEntry, write
from incubator.spaces.calendar_read import Imported, UnreadableCalendarError, read
from incubator.spaces.intervals import LOCAL, Span, at_local, local_days, local_time

WINDOW = local_days(date(2026, 3, 1), date(2026, 4, 1))
CHANGED = datetime(2026, 2, 1, 3, tzinfo=UTC)


def entry(day: int, hour: float, **changes: object) -> FeedEntry:
    start = at_local(date(2026, 3, day), time()) + timedelta(hours=hour)
    values: dict[str, object] = {
        "uid": f"occ-{day}-{hour}@biic",
        "span": Span(start, start + timedelta(hours=2)),
        "summary": "Tập huấn Arduino; khoá 1, buổi 2",
        "location": "Hội trường",
        "changed_at": CHANGED,
    }
    return FeedEntry(**(values | changes))  # type: ignore[arg-type]


def file(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lines, "END:VCALENDAR", ""]).encode()


def event(*lines: str, uid: str = "a", summary: str = "Họp") -> tuple[str, ...]:
    return ("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{summary}", *lines, "END:VEVENT")


def days(found: list[Imported]) -> list[str]:
    return [f"{local_time(item.start):%d %H:%M}" for item in found]


def test_each_occurrence_is_its_own_event_with_its_zone_written_out() -> None:
    data = write(
        "Hội trường", [entry(2, 6.5, sequence=3), entry(3, 0.5, cancelled=True), entry(4, 8, tentative=True)]
    )
    text = data.decode()
    assert text.count("BEGIN:VEVENT") == 3
    assert "RRULE" not in text.split("END:VTIMEZONE")[-1]
    assert text.count("BEGIN:VTIMEZONE") == 1
    calendar = icalendar.Calendar.from_ical(data)
    statuses = [str(e["STATUS"]) for e in calendar.walk("VEVENT")]
    assert statuses == ["CONFIRMED", "CANCELLED", "TENTATIVE"]
    [zone] = calendar.walk("VTIMEZONE")
    assert zone["TZID"] == "Asia/Ho_Chi_Minh"
    assert zone.to_tz().utcoffset(datetime(2026, 3, 2)) == timedelta(hours=7)  # noqa: DTZ001
    assert next(iter(calendar.walk("VEVENT")))["SEQUENCE"] == 3


@given(st.lists(st.tuples(st.integers(1, 31), st.integers(0, 47)), unique=True, max_size=8))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_feed_read_again_gives_the_same_occurrences(slots: list[tuple[int, int]]) -> None:
    entries = [entry(day, half / 2) for day, half in slots]
    found = read(write("x", entries), Span(WINDOW.start, WINDOW.end + timedelta(days=1)))
    assert {(i.uid, i.start, i.end, i.summary) for i in found} == {
        (e.uid, e.span.start, e.span.end, e.summary) for e in entries
    }


def test_all_day_and_floating_times_are_local() -> None:
    data = file(
        *event("DTSTART;VALUE=DATE:20260305"), *event("DTSTART:20260306T003000", "DURATION:PT1H", uid="b")
    )
    found = read(data, WINDOW)
    assert days(found) == ["05 00:00", "06 00:30"]
    assert found[0].span.length == timedelta(days=1)
    assert found[0].all_day


def test_the_window_is_half_open_and_local() -> None:
    data = file(
        *event("DTSTART:20260228T165900Z", "DTEND:20260228T170000Z", uid="before"),
        *event("DTSTART:20260228T170000Z", "DTEND:20260228T180000Z", uid="first"),
        *event("DTSTART:20260331T165900Z", "DTEND:20260331T175900Z", uid="last"),
        *event("DTSTART:20260331T170000Z", "DTEND:20260331T180000Z", uid="after"),
        *event("DTSTART:20260228T160000Z", "DTEND:20260228T190000Z", uid="into"),
    )
    assert [item.uid for item in read(data, WINDOW)] == ["into", "first", "last"]


def test_rules_with_exceptions_extra_dates_and_changes() -> None:
    data = file(
        *event(
            "DTSTART;TZID=Asia/Ho_Chi_Minh:20260303T063000",
            "DTEND;TZID=Asia/Ho_Chi_Minh:20260303T083000",
            "RRULE:FREQ=WEEKLY;BYDAY=TU,TH;COUNT=6",
            "EXDATE;TZID=Asia/Ho_Chi_Minh:20260305T063000",
            "RDATE;TZID=Asia/Ho_Chi_Minh:20260307T063000",
        ),
        *event(
            "RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20260310T063000",
            "DTSTART;TZID=Asia/Ho_Chi_Minh:20260311T140000",
            "DTEND;TZID=Asia/Ho_Chi_Minh:20260311T150000",
        ),
        *event(
            "RECURRENCE-ID;TZID=Asia/Ho_Chi_Minh:20260312T063000",
            "DTSTART:20260311T233000Z",
            "STATUS:CANCELLED",
        ),
    )
    found = read(data, WINDOW)
    assert days(found) == ["03 06:30", "07 06:30", "11 14:00", "17 06:30", "19 06:30"]
    assert found[2].span.length == timedelta(hours=1)
    assert len({item.instance for item in found}) == 5


def test_this_and_future_moves_the_rest() -> None:
    data = file(
        *event("DTSTART:20260302T010000Z", "DTEND:20260302T020000Z", "RRULE:FREQ=WEEKLY;COUNT=4"),
        *event(
            "RECURRENCE-ID;RANGE=THISANDFUTURE:20260316T010000Z",
            "DTSTART:20260317T030000Z",
            "DTEND:20260317T033000Z",
        ),
    )
    found = read(data, WINDOW)
    assert days(found) == ["02 08:00", "09 08:00", "17 10:00", "24 10:00"]
    assert [item.span.length.seconds for item in found] == [3600, 3600, 1800, 1800]


@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("20260305", 5),
        ("20260305T063000", 5),
        ("20260304T233000Z", 5),
        ("20260304T232959Z", 4),
        ("20260305T062959", 4),
    ],
)
def test_until_includes_its_own_date_or_moment(until: str, last: int) -> None:
    data = file(
        *event(
            "DTSTART;TZID=Asia/Ho_Chi_Minh:20260303T063000",
            "DTEND;TZID=Asia/Ho_Chi_Minh:20260303T070000",
            f"RRULE:FREQ=DAILY;UNTIL={until}",
        )
    )
    assert local_time(read(data, WINDOW)[-1].start).day == last


def test_a_rule_keeps_the_wall_time_of_its_own_zone() -> None:
    """New York changes its clocks on 8 March 2026: 20:00 there is then an hour earlier here."""
    data = file(
        *event(
            "DTSTART;TZID=America/New_York:20260306T200000",
            "DTEND;TZID=America/New_York:20260306T210000",
            "RRULE:FREQ=DAILY;COUNT=4",
        )
    )
    assert days(read(data, WINDOW)) == ["07 08:00", "08 08:00", "09 07:00", "10 07:00"]


def test_a_date_excluded_by_day_and_a_period_as_extra_date() -> None:
    data = file(
        *event(
            "DTSTART;TZID=Asia/Ho_Chi_Minh:20260303T063000",
            "DTEND;TZID=Asia/Ho_Chi_Minh:20260303T070000",
            "RRULE:FREQ=DAILY;COUNT=3",
            "EXDATE;VALUE=DATE:20260304",
            "RDATE;VALUE=PERIOD:20260310T010000Z/PT3H,20260311T010000Z/20260311T023000Z",
        )
    )
    found = read(data, WINDOW)
    assert days(found) == ["03 06:30", "05 06:30", "10 08:00", "11 08:00"]
    assert [item.span.length for item in found[2:]] == [timedelta(hours=3), timedelta(minutes=90)]


def test_the_highest_sequence_wins_and_equal_ones_are_all_kept() -> None:
    data = file(
        *event("DTSTART:20260302T010000Z", "DURATION:PT1H", "SEQUENCE:1", uid="s"),
        *event("DTSTART:20260303T010000Z", "DURATION:PT1H", "SEQUENCE:2", uid="s"),
        *event("DTSTART:20260304T010000Z", "DURATION:PT1H", uid="t"),
        *event("DTSTART:20260305T010000Z", "DURATION:PT1H", uid="t"),
    )
    assert days(read(data, WINDOW)) == ["03 08:00", "04 08:00", "05 08:00"]


def test_a_window_far_from_the_first_date_still_counts_from_it() -> None:
    data = file(*event("DTSTART:20190107T010000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;INTERVAL=2"))
    got = {local_time(item.start).date() for item in read(data, WINDOW)}
    monday = date(2019, 1, 7)
    assert got == {d for n in range(31) if ((d := date(2026, 3, 1 + n)) - monday).days % 14 == 0}


@given(
    st.dates(date(2026, 2, 20), date(2026, 3, 20)),
    st.integers(0, 23),
    st.sampled_from(["Asia/Ho_Chi_Minh", "America/New_York", "Europe/Paris"]),
    st.integers(1, 3),
    st.integers(1, 20),
    st.sets(st.integers(0, 19), max_size=4),
)
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_daily_rules_agree_with_adding_days_one_by_one(
    first: date, hour: int, zone: str, interval: int, count: int, out: set[int]
) -> None:
    starts = [
        datetime.combine(first + timedelta(days=interval * n), time(hour, 15), tzinfo=ZoneInfo(zone))
        for n in range(count)
    ]
    lines = [f"EXDATE;TZID={zone}:{starts[n]:%Y%m%dT%H%M%S}" for n in sorted(out) if n < count]
    data = file(
        *event(
            f"DTSTART;TZID={zone}:{starts[0]:%Y%m%dT%H%M%S}",
            "DURATION:PT90M",
            f"RRULE:FREQ=DAILY;INTERVAL={interval};COUNT={count}",
            *lines,
        )
    )
    wanted = [s.astimezone(UTC) for n, s in enumerate(starts) if n not in out]
    inside = [s for s in wanted if s < WINDOW.end and s + timedelta(minutes=90) > WINDOW.start]
    assert [item.start for item in read(data, WINDOW)] == inside


HOSTILE = {
    "empty": b"",
    "binary": bytes(range(256)) * 20,
    "html": b"<html><body>404</body></html>",
    "cut off": file(*event("DTSTART:20260302T010000Z"))[:80],
    "no start": file(*event("DTEND:20260302T010000Z")),
    "bad start": file(*event("DTSTART:2026-03-02")),
    "no such date": file(*event("DTSTART:20260231T010000Z")),
    "bad rule": file(*event("DTSTART:20260302T010000Z", "RRULE:FREQ=SOMETIMES")),
    "every second": file(*event("DTSTART:20260302T010000Z", "RRULE:FREQ=SECONDLY")),
    "by the hour on some days of the year": file(
        *event("DTSTART:20260302T010000Z", "RRULE:FREQ=HOURLY;BYYEARDAY=366")
    ),
    "a month 13": file(*event("DTSTART:20260302T010000Z", "RRULE:FREQ=DAILY;BYMONTH=13")),
    "30 February": file(*event("DTSTART:20260302T010000Z", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")),
    "a flood": file(
        *event("DTSTART:20260301T010000Z", "RRULE:FREQ=MINUTELY"),
        *event("DTSTART:20260301T010000Z", "RRULE:FREQ=MINUTELY", uid="b"),
    ),
    "zero interval": file(*event("DTSTART:20260302T010000Z", "RRULE:FREQ=DAILY;INTERVAL=0")),
    "huge number": file(*event("DTSTART:20260302T010000Z", "DURATION:P99999999999D")),
    "bad sequence": file(*event("DTSTART:20260302T010000Z", "SEQUENCE:first")),
    "year zero": file(*event("DTSTART:00000101T000000Z")),
    "too many events": b"BEGIN:VCALENDAR\r\n"
    + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 20_001
    + b"END:VCALENDAR\r\n",
    "too big": b"BEGIN:VCALENDAR" + b"x" * 5_000_001,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_gets_a_reason(name: str) -> None:
    with pytest.raises(UnreadableCalendarError) as raised:
        read(HOSTILE[name], WINDOW)
    assert raised.value.code


@given(st.binary(max_size=400))
@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_random_lines_in_an_event_never_crash(noise: bytes) -> None:
    data = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260302T010000Z\r\n"
        + noise
        + b"\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    with contextlib.suppress(UnreadableCalendarError):
        assert all(item.start <= item.end for item in read(data, WINDOW))


def test_control_characters_and_length_are_taken_out_of_summaries() -> None:
    data = file(*event("DTSTART:20260302T010000Z", "DURATION:PT1H", summary="Họp\x1b[31m" + "x" * 900))
    [item] = read(data, WINDOW)
    assert "\x1b" not in item.summary
    assert len(item.summary) == 200


def test_a_zone_of_outlook_and_an_unknown_one_are_read() -> None:
    data = file(
        *event("DTSTART;TZID=SE Asia Standard Time:20260302T080000", "DURATION:PT1H"),
        *event("DTSTART;TZID=Nowhere/Nothing:20260303T080000", "DURATION:PT1H", uid="b"),
    )
    assert days(read(data, WINDOW)) == ["02 08:00", "03 08:00"]


def test_a_change_that_names_only_its_day_replaces_the_occurrence_of_that_day() -> None:
    data = file(
        *event("DTSTART;TZID=Asia/Ho_Chi_Minh:20260302T080000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2"),
        *event("RECURRENCE-ID;VALUE=DATE:20260303", "DTSTART:20260303T070000Z", "DURATION:PT1H"),
    )
    assert days(read(data, WINDOW)) == ["02 08:00", "03 14:00"]


@pytest.mark.parametrize(("end", "mark"), [("\r\n", b""), ("\n", b"\xef\xbb\xbf"), ("\r", b"")])
def test_every_kind_of_line_end_and_a_mark_before_are_read(end: str, mark: bytes) -> None:
    data = mark + file(*event("DTSTART:20260302T01", " 0000Z", "DURATION:PT1H")).replace(
        b"\r\n", end.encode()
    )
    assert days(read(data, WINDOW)) == ["02 08:00"]


def test_what_moved_into_the_window_comes_and_what_moved_out_goes() -> None:
    series = event("DTSTART:20260330T010000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=3")
    out = event("RECURRENCE-ID:20260330T010000Z", "DTSTART:20260402T010000Z", "DURATION:PT1H")
    into = event("RECURRENCE-ID:20260413T010000Z", "DTSTART:20260310T010000Z", "DURATION:PT1H")
    assert days(read(file(*series, *out, *into), WINDOW)) == ["10 08:00"]


def test_a_zone_that_the_file_describes_itself_changes_its_clocks() -> None:
    def rule(kind: str, before: str, after: str, when: str) -> tuple[str, ...]:
        lines = (f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{after}", f"RRULE:FREQ=YEARLY;{when}")
        return f"BEGIN:{kind}", "DTSTART:16010101T020000", *lines, f"END:{kind}"

    data = file(
        "BEGIN:VTIMEZONE",
        "TZID:Eastern Standard Time",
        *rule("STANDARD", "-0400", "-0500", "BYDAY=1SU;BYMONTH=11"),
        *rule("DAYLIGHT", "-0500", "-0400", "BYDAY=2SU;BYMONTH=3"),
        "END:VTIMEZONE",
        *event(
            "DTSTART;TZID=Eastern Standard Time:20260306T200000", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=4"
        ),
    )
    assert days(read(data, WINDOW)) == ["07 08:00", "08 08:00", "09 07:00", "10 07:00"]


def own_zone(offset: str) -> bytes:
    return file(
        "BEGIN:VTIMEZONE", "TZID:Customized Time Zone", "BEGIN:STANDARD", "DTSTART:16010101T000000",
        f"TZOFFSETFROM:{offset}", f"TZOFFSETTO:{offset}", "END:STANDARD", "END:VTIMEZONE",
        *event("DTSTART;TZID=Customized Time Zone:20260306T200000", "DURATION:PT1H"),
    )  # fmt: skip


def test_a_zone_of_one_file_says_nothing_about_the_next_file() -> None:
    assert days(read(own_zone("+0900"), WINDOW)) == ["06 18:00"]
    assert days(read(own_zone("+0800"), WINDOW)) == ["06 19:00"]
    unknown = file(*event("DTSTART;TZID=Customized Time Zone:20260306T200000", "DURATION:PT1H"))
    assert days(read(unknown, WINDOW)) == ["06 20:00"]


def test_exceptions_without_a_zone_are_in_the_zone_of_their_series() -> None:
    paris = event(
        "DTSTART;TZID=Europe/Paris:20260302T080000",
        "DURATION:PT1H",
        "RRULE:FREQ=DAILY;COUNT=4",
        "EXDATE:20260303T080000",
    )
    change = event(
        "RECURRENCE-ID:20260304T080000", "DTSTART;TZID=Europe/Paris:20260304T090000", "DURATION:PT1H"
    )
    assert days(read(file(*paris, *change), WINDOW)) == ["02 14:00", "04 15:00", "05 14:00"]


def test_days_of_a_duration_are_days_of_the_calendar_and_an_end_is_by_the_clock() -> None:
    """Paris goes to summer time in the night to 29 March 2026."""
    start = "DTSTART;TZID=Europe/Paris:20260328T120000"
    found = read(file(*event(start, "DURATION:P1DT1H"), *event(start, "DURATION:PT5H", uid="b")), WINDOW)
    assert [item.span.length for item in found] == [timedelta(hours=24), timedelta(hours=5)]


def test_a_series_that_ends_before_it_starts_was_deleted() -> None:
    data = file(
        *event("DTSTART:20260302T010000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=20260301T000000Z")
    )
    assert read(data, WINDOW) == []


def test_a_calendar_with_years_of_old_series_is_read() -> None:
    """Only what touches the window counts towards the most that a file may hold."""
    old = [
        event("DTSTART:20160302T010000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY", uid=f"{n}") for n in range(20)
    ]
    assert len(read(file(*(line for lines in old for line in lines)), WINDOW)) == 20 * 31


def test_rules_within_the_day_end_with_their_window() -> None:
    start = ("DTSTART;TZID=Asia/Ho_Chi_Minh:20260302T080000", "DURATION:PT10M")
    by_minute = read(file(*event(*start, "RRULE:FREQ=MINUTELY;INTERVAL=45;COUNT=3")), WINDOW)
    by_hour = read(file(*event(*start, "RRULE:FREQ=HOURLY;BYDAY=MO;BYHOUR=8,9;COUNT=3")), WINDOW)
    assert days(by_minute) == ["02 08:00", "02 08:45", "02 09:30"]
    assert days(by_hour) == ["02 08:00", "02 09:00", "09 08:00"]


def test_a_date_that_never_comes_is_looked_for_in_bounded_time() -> None:
    began = stopwatch.monotonic()
    never = event("DTSTART:20260302T010000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;BYMONTH=2;BYYEARDAY=200")
    assert days(read(file(*never), WINDOW)) == ["02 08:00"]
    assert stopwatch.monotonic() - began < 3, "dateutil went on to the year 9999"


def test_events_without_a_name_of_their_own_are_told_apart_over_files() -> None:
    def nameless(*hours: int) -> list[str]:
        events = [
            line for hour in hours for line in event(f"DTSTART:20260302T{hour:02}0000Z", "DURATION:PT1H")
        ]
        return [
            item.uid for item in read(file(*(line for line in events if not line.startswith("UID"))), WINDOW)
        ]

    one, two, twice = nameless(1), nameless(2), nameless(1, 1)
    assert one == nameless(1)
    assert one != two
    assert twice == [one[0], f"{one[0]}-2"]


def test_until_the_end_of_time_is_no_reason_to_refuse_a_file() -> None:
    start = "DTSTART;TZID=Asia/Ho_Chi_Minh:20260330T080000"
    data = file(
        *event(start, "DTEND:99991231T235959Z"),
        *event(start, "DURATION:PT1H", "RRULE:FREQ=DAILY;UNTIL=99991231T235959Z", uid="b"),
        *event("DTSTART:99991231T230000Z", "DURATION:PT5H", uid="c"),
        *event(
            "DTSTART;VALUE=DATE:00010102", "DTEND;VALUE=DATE:99991231", "RRULE:FREQ=YEARLY;COUNT=2", uid="d"
        ),
    )
    found = [item.uid for item in read(data, WINDOW)]
    assert {uid: found.count(uid) for uid in found} == {"a": 1, "b": 2, "d": 2}


WORDS = "Tập huấn ở phòng STEM"


def test_lines_folded_within_a_character_and_one_that_was_cut_do_not_spoil_the_others() -> None:
    whole = file(*event("DTSTART:20260302T010000Z", "DURATION:PT1H", summary=WORDS))
    within = whole.index("ậ".encode()) + 1
    [folded] = read(whole[:within] + b"\r\n " + whole[within:], WINDOW)
    assert folded.summary == WORDS
    [cut] = read(whole.replace(b"STEM", b"STEM \xe1\xba"), WINDOW)
    assert cut.summary.startswith(WORDS)
    [old] = read(whole.replace(WORDS.encode(), "Họp đầu giờ".encode("cp1258", "ignore")), WINDOW)
    assert "đ" in old.summary


def test_local_is_vietnam() -> None:
    assert LOCAL.key == "Asia/Ho_Chi_Minh"
