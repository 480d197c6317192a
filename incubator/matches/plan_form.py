"""The form that a schedule is made from: days, open hours, minutes a match, rest."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any

from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ..core import clock
from ..core.errors import Invalid
from ..core.forms import BaseForm, DayField
from ..core.i18n import _, lazy
from .services.planning import Plan


class PlanForm(BaseForm):
    day = DayField(lazy("Ngày"), validators=[InputRequired()])
    days = IntegerField(lazy("Số ngày"), default=1, validators=[InputRequired(), NumberRange(1, 14)])
    morning = StringField(lazy("Buổi sáng"), default="07:30-11:30")
    afternoon = StringField(lazy("Buổi chiều"), default="13:00-17:30")
    latest = StringField(lazy("Kết thúc muộn nhất"), validators=[Optional(), Length(max=5)])
    slot = IntegerField(lazy("Phút mỗi trận"), default=8, validators=[InputRequired(), NumberRange(1, 240)])
    rest = IntegerField(
        lazy("Phút nghỉ ít nhất"), default=8, validators=[InputRequired(), NumberRange(0, 240)]
    )
    one_court_per_group = BooleanField(lazy("Mỗi bảng giữ một sân"))
    seconds = IntegerField(lazy("Giây tối ưu thêm"), default=0, validators=[NumberRange(0, 30)])

    def plan(self) -> Plan:
        """What was typed as a plan. Raises Invalid at the field that is no time."""
        first, slot, rest, days = self.day.data, self.slot.data, self.rest.data, self.days.data
        if first is None or slot is None or rest is None or days is None:
            raise Invalid(_("Xem lại các ô được đánh dấu."))
        hours = [hours_of(f.data, f.name) for f in (self.morning, self.afternoon) if f.data]
        if not hours:
            raise Invalid(_("Nhập ít nhất một khung giờ."), field="morning")
        dates = [first + timedelta(days=n) for n in range(days)]
        windows = tuple(
            (clock.at_local(day, start), clock.at_local(day, end)) for day in dates for start, end in hours
        )
        last = max(end for _start, end in windows)
        if self.latest.data:
            last = clock.at_local(dates[-1], time_of(self.latest.data, "latest"))
        return Plan(slot, rest, windows, last, bool(self.one_court_per_group.data))


def hours_of(text: str, field: str) -> tuple[time, time]:
    """“07:30-11:30” or “7h30–11h30” as two times. Raises Invalid with an example."""
    parts = text.replace("–", "-").split("-")
    if len(parts) != 2:
        raise Invalid(_("Ghi khung giờ theo dạng 07:30-11:30."), field=field)
    start, end = (time_of(part, field) for part in parts)
    if end <= start:
        raise Invalid(_("Giờ kết thúc phải sau giờ bắt đầu."), field=field)
    return start, end


def time_of(text: str, field: str) -> time:
    """“7:30”, “7h30”, “7g30” or “7h” as a time."""
    found = re.fullmatch(r"(\d{1,2})\s*[:hg]\s*(\d{2})?", text.strip().lower())
    if found is None or int(found[1]) > 23 or int(found[2] or 0) > 59:
        raise Invalid(_("Ghi giờ theo dạng 07:30."), field=field)
    return time(int(found[1]), int(found[2] or 0))


def plan_data(plan: Plan | None, day: datetime) -> dict[str, Any]:
    """The stored plan as the form shows it; for none, its defaults on `day`."""
    if plan is None:
        return {"day": clock.local(day).date()}
    local = [(clock.local(start), clock.local(end)) for start, end in plan.windows]
    first, last = local[0][0].date(), local[-1][1].date()
    hours = [f"{start:%H:%M}-{end:%H:%M}" for start, end in local if start.date() == first]
    closes = clock.local(plan.latest) if plan.latest else local[-1][1]
    return {
        "day": first,
        "days": (last - first).days + 1,
        "morning": hours[0],
        "afternoon": (*hours, "")[1],
        "latest": "" if closes == local[-1][1] else f"{closes:%H:%M}",
        "slot": plan.slot,
        "rest": plan.rest,
        "one_court_per_group": plan.one_court_per_group,
    }
