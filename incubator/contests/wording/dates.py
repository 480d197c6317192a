"""Days that contradict each other, in sentences that name both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from ...core.i18n import _
from ...core.web import vn_date
from ..dates import Clash, Code
from .descriptions import moment


def _day(value: datetime | date) -> str:
    return moment(value) if isinstance(value, datetime) else vn_date(value)


_CLASHES: dict[Code, Callable[[Clash], str]] = {
    Code.BEFORE_DEADLINE: lambda c: _(
        "%(round)s bắt đầu lúc %(start)s, khi đăng ký còn mở đến %(end)s.",
        round=c.round.name,
        start=_day(c.at),
        end=_day(c.other),
    ),
    Code.BEFORE_EARLIER: lambda c: _(
        "%(round)s bắt đầu lúc %(start)s, khi %(earlier)s chưa xong (%(end)s).",
        round=c.round.name,
        start=_day(c.at),
        earlier=c.earlier.name if c.earlier else "",
        end=_day(c.other),
    ),
    Code.FINAL_BEFORE: lambda c: _(
        "Ngày chung kết %(day)s trước khi %(round)s bắt đầu (%(start)s).",
        day=_day(c.other),
        round=c.round.name,
        start=_day(c.at),
    ),
    Code.FINAL_AFTER: lambda c: _(
        "Ngày chung kết %(day)s sau khi %(round)s đã kết thúc (%(end)s).",
        day=_day(c.other),
        round=c.round.name,
        end=_day(c.at),
    ),
}


def clash(found: Clash) -> str:
    return _CLASHES[found.code](found)
