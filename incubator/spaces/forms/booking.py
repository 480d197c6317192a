"""Shape and type of what people type; the rules are in the services."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ...core.forms import BaseForm, DayField
from ...core.i18n import lazy
from ...models import Purpose
from ..intervals import MIDNIGHT, Span, at_local
from ..settings import GEAR, LAYOUTS
from ..times import ClockField
from .fields import Ticks, blank, number_or_none, options

PURPOSES = [
    (Purpose.MEETING, lazy("Họp")),
    (Purpose.TRAINING, lazy("Đào tạo")),
    (Purpose.MAKING, lazy("Chế tác")),
    (Purpose.CONTEST, lazy("Luyện tập, cuộc thi")),
    (Purpose.EVENT, lazy("Sự kiện")),
    (Purpose.MENTORING, lazy("Cố vấn")),
    (Purpose.COWORKING, lazy("Làm việc chung")),
    (Purpose.VISIT, lazy("Tham quan")),
]
LENGTHS = [
    (30, lazy("30 phút")),
    (60, lazy("1 giờ")),
    (90, lazy("1 giờ 30 phút")),
    (120, lazy("2 giờ")),
    (180, lazy("3 giờ")),
    (240, lazy("4 giờ")),
    (480, lazy("8 giờ")),
]

NIGHT = timedelta(hours=12)


class SearchForm(BaseForm):
    """When, how long, how many, with what."""

    class Meta(BaseForm.Meta):
        csrf = False

    day = DayField(lazy("Ngày"), [InputRequired()])
    start = ClockField(lazy("Bắt đầu"), [InputRequired()])
    minutes = SelectField(lazy("Thời lượng"), coerce=int, choices=options(LENGTHS), default=120)
    people = IntegerField(lazy("Số người"), [InputRequired(), NumberRange(1, 5000)], default=10)
    gear = SelectField(
        lazy("Cần có"), [Optional()], choices=options([("", lazy("Không yêu cầu")), *GEAR.items()])
    )
    kind = SelectField(
        lazy("Tìm"),
        choices=options([("room", lazy("Phòng")), ("machine", lazy("Máy")), ("kit", lazy("Bộ dụng cụ"))]),
    )

    def span(self) -> Span:
        day: Any = self.day.data
        start = at_local(day, self.start.data or MIDNIGHT)
        return Span(start, start + timedelta(minutes=self.minutes.data))


class BookForm(BaseForm):
    """One booking, or the first of a series. The choices are filled when the form is shown."""

    resource_id = SelectField(
        lazy("Phòng, máy"), [InputRequired()], coerce=number_or_none, validate_choice=False, choices=[]
    )
    day = DayField(lazy("Ngày"), [InputRequired()])
    start = ClockField(lazy("Bắt đầu"), [InputRequired()])
    end = ClockField(lazy("Kết thúc"), [InputRequired()])
    people = IntegerField(lazy("Số người"), [InputRequired(), NumberRange(1, 5000)], default=10)
    units = IntegerField(lazy("Số chỗ, số bộ"), [Optional(), NumberRange(1, 500)])
    purpose = SelectField(lazy("Mục đích"), choices=options(PURPOSES))
    team_id = SelectField(lazy("Cho đội"), coerce=number_or_none, validate_choice=False, choices=[])
    title = StringField(lazy("Nội dung"), [InputRequired(), Length(max=200)])
    title_public = BooleanField(lazy("Hiện nội dung ở cửa phòng và trên lịch công khai"))
    layout = SelectField(
        lazy("Cách xếp phòng"), filters=[blank], choices=options([("", lazy("Giữ nguyên")), *LAYOUTS.items()])
    )
    equipment = Ticks(lazy("Thiết bị cần chuẩn bị"), choices=options(GEAR.items()), validate_choice=False)
    note = TextAreaField(lazy("Ghi chú cho BIIC"), [Length(max=2000)])
    responsible_name = StringField(lazy("Người lớn chịu trách nhiệm"), [Length(max=200)])
    responsible_phone = StringField(lazy("Điện thoại người chịu trách nhiệm"), [Length(max=40)])
    body_name = StringField(lazy("Đặt thay cho đơn vị không có tài khoản"), [Length(max=200)])
    body_phone = StringField(lazy("Điện thoại đơn vị"), [Length(max=40)])
    letter_number = StringField(lazy("Số công văn"), [Length(max=60)])
    key = HiddenField()
    told = HiddenField()  # the price that the page says

    def span(self) -> Span:
        return span_on(self.day.data, self.start.data, self.end.data)


def span_on(day: Any, start: Any, end: Any) -> Span:
    """An end at or before the start is on the next day when that is a night at most.

    Longer than twelve hours is somebody's slip: 13:30–3:30 for 15:30, or start and end the wrong way round.
    """
    begin, same_day = at_local(day, start), Span(at_local(day, start), at_local(day, end))
    over_night = Span(begin, at_local(day + timedelta(days=1), end))
    if end == MIDNIGHT or (end <= start and over_night.length <= NIGHT):
        return over_night
    return same_day


class MoveForm(BaseForm):
    resource_id = SelectField(
        lazy("Phòng, máy"), [InputRequired()], coerce=number_or_none, validate_choice=False, choices=[]
    )
    day = DayField(lazy("Ngày"), [InputRequired()])
    start = ClockField(lazy("Bắt đầu"), [InputRequired()])
    end = ClockField(lazy("Kết thúc"), [InputRequired()])
    people = IntegerField(lazy("Số người"), [InputRequired(), NumberRange(1, 5000)])
    version = HiddenField()
    told = HiddenField()  # the price that the page says
    scope = SelectField(
        lazy("Đổi"),
        default="one",
        choices=options(
            [
                ("one", lazy("Chỉ lượt này")),
                ("following", lazy("Lượt này và các lượt sau")),
                ("all", lazy("Cả chuỗi")),
            ]
        ),
    )

    def span(self) -> Span:
        return span_on(self.day.data, self.start.data, self.end.data)


class SeriesForm(BookForm):
    every = SelectField(
        lazy("Lặp lại"),
        choices=options(
            [
                ("weekly", lazy("Hằng tuần")),
                ("daily", lazy("Hằng ngày")),
                ("monthly", lazy("Hằng tháng")),
            ]
        ),
    )
    interval = IntegerField(lazy("Cách nhau"), [InputRequired(), NumberRange(1, 12)], default=1)
    until = DayField(lazy("Đến hết ngày"), [InputRequired()])
    only = Ticks(validate_choice=False, choices=[])
    go = HiddenField()
