"""Days of an edition that contradict each other: found by the rule, told where they are set and before the announcement."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from incubator.contests.dates import Code, Round, clashes
from incubator.contests.queries import editions as reads
from incubator.core import clock
from incubator.core.db import db
from incubator.models import Extension, StageState
from tests.contests.factories import DAY, make_open_edition, make_organiser
from tests.factories import AT, save

DEADLINE = datetime.fromisoformat("2026-10-15 23:59:59")
FIRST, SECOND = frozenset({1}), frozenset({2})


def held(id: int, starts: str, ends: str = "", divisions: frozenset[int] = FIRST, **values: Any) -> Round:
    days = [datetime.fromisoformat(f"2026-{day}") if day else None for day in (starts, ends)]
    return Round(id, f"Vòng {id}", days[0], days[1], divisions, **values)


@pytest.mark.parametrize(
    ("rounds", "final_on", "found"),
    [
        ([held(1, "10-16 08:00", "10-16 17:00"), held(2, "11-01 08:00")], date(2026, 11, 1), []),
        ([held(1, "10-15 08:00")], None, [(Code.BEFORE_DEADLINE, 1)]),  # on the last day: still open
        ([held(1, "10-15 08:00", opened=True)], date(2026, 10, 1), []),
        ([held(1, "")], date(2026, 10, 1), []),
        ([held(1, "10-20 08:00", "10-22 17:00"), held(2, "10-22 08:00")], None, [(Code.BEFORE_EARLIER, 2)]),
        ([held(1, "10-20 08:00"), held(2, "10-19 08:00")], None, [(Code.BEFORE_EARLIER, 2)]),
        ([held(1, "10-20 08:00", "10-22 17:00"), held(2, "10-21 08:00", divisions=SECOND)], None, []),
        ([held(1, "10-20 08:00"), held(2, "")], date(2026, 10, 19), [(Code.FINAL_BEFORE, 1)]),
        ([held(1, "10-20 08:00")], date(2026, 10, 21), []),  # nobody said when it ends
        ([held(1, "10-20 08:00", "10-22 17:00")], date(2026, 10, 23), [(Code.FINAL_AFTER, 1)]),
        ([held(1, "10-20 08:00", "10-22 17:00")], date(2026, 10, 22), []),
    ],
)
def test_days_that_contradict_each_other(
    rounds: list[Round], final_on: date | None, found: list[Any]
) -> None:
    assert [(c.code, c.round.id) for c in clashes(rounds, deadline=DEADLINE, final_on=final_on)] == found


def test_without_a_deadline_nothing_begins_too_early() -> None:
    assert clashes([held(1, "01-01 08:00")], deadline=None, final_on=None) == []


@pytest.mark.parametrize("page", ["", "preview"])
def test_the_organiser_is_told_both_days_and_where_to_change_them(
    session: Any, sign_in: Any, page: str
) -> None:
    edition = make_open_edition(announced_at=None, final_on=DAY + timedelta(days=40))
    stage = edition.stages[0]
    stage.starts_at = clock.at_local(DAY + timedelta(days=10))
    stage.ends_at = clock.at_local(DAY + timedelta(days=12))
    session.commit()
    said = sign_in(make_organiser(edition)).get(f"/contests/{edition.slug}/{page}").text
    starts, ends, final = ((DAY + timedelta(days=n)).strftime("%d/%m/%Y") for n in (10, 12, 40))
    assert f"Vòng loại bắt đầu lúc 00:00 ngày {starts}, khi đăng ký còn mở đến hết ngày {starts}." in said
    assert f"Ngày chung kết {final} sau khi Vòng loại đã kết thúc (00:00 ngày {ends})." in said
    for link in (f"stages/{stage.id}", "edit#registration_closes", "edit#final_on"):
        assert f'href="/contests/{edition.slug}/{link}"' in said
    assert "Công khai cuộc thi</button>" in said  # warned, not refused


def test_a_deadline_moved_by_an_extension_leads_to_the_extensions(session: Any, sign_in: Any) -> None:
    edition = make_open_edition()
    edition.stages[0].starts_at = clock.at_local(DAY + timedelta(days=11))
    save(Extension(edition_id=edition.id, until=AT + timedelta(days=20), reason="Mưa bão", at=AT))
    session.commit()
    browser = sign_in(make_organiser(edition))
    assert "Xem các lần gia hạn" in browser.get(f"/contests/{edition.slug}/").text
    for part in reads.get_edition(edition.slug).stages[0].parts:
        part.state = StageState.OPEN
    db.session.commit()
    assert "Ngày giờ chưa khớp" not in browser.get(f"/contests/{edition.slug}/").text
