"""Shape and type of what people type; the rules are in the services."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import FileField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from ..core.forms import BaseForm, DayField, MomentField
from ..core.i18n import lazy
from ..models import EventKind, OutageKind, Purpose
from .intervals import MIDNIGHT, Span, at_local
from .settings import GEAR, LAYOUTS, TRAININGS
from .times import ClockField

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
    (30, lazy("30 phút")), (60, lazy("1 giờ")), (90, lazy("1 giờ 30 phút")), (120, lazy("2 giờ")),
    (180, lazy("3 giờ")), (240, lazy("4 giờ")), (480, lazy("8 giờ")),
]  # fmt: skip


def options(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Choices of a select; the labels may be lazy strings."""
    return [SelectChoice(value, label) for value, label in pairs]


def blank(value: Any) -> Any:
    """A select that was not sent is its empty choice."""
    return "" if value is None else value


class Ticks(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


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
    """One booking, or the first of a series."""

    resource_id = SelectField(lazy("Phòng, máy"), coerce=int)
    day = DayField(lazy("Ngày"), [InputRequired()])
    start = ClockField(lazy("Bắt đầu"), [InputRequired()])
    end = ClockField(lazy("Kết thúc"), [InputRequired()])
    people = IntegerField(lazy("Số người"), [InputRequired(), NumberRange(1, 5000)], default=10)
    units = IntegerField(lazy("Số chỗ, số bộ"), [Optional(), NumberRange(1, 500)])
    purpose = SelectField(lazy("Mục đích"), choices=options(PURPOSES))
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

    def span(self) -> Span:
        return span_on(self.day.data, self.start.data, self.end.data)


def span_on(day: Any, start: Any, end: Any) -> Span:
    """An end at or before the start is on the next day only when it is midnight."""
    last = day + timedelta(days=1) if end == end.min else day
    return Span(at_local(day, start), at_local(last, end))


class MoveForm(BaseForm):
    resource_id = SelectField(lazy("Phòng, máy"), coerce=int)
    day = DayField(lazy("Ngày"), [InputRequired()])
    start = ClockField(lazy("Bắt đầu"), [InputRequired()])
    end = ClockField(lazy("Kết thúc"), [InputRequired()])
    people = IntegerField(lazy("Số người"), [InputRequired(), NumberRange(1, 5000)])
    version = HiddenField()
    scope = SelectField(
        lazy("Đổi"),
        choices=options([
            ("one", lazy("Chỉ lượt này")), ("following", lazy("Lượt này và các lượt sau")), ("all", lazy("Cả chuỗi")),
        ]),
    )  # fmt: skip

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


class OutageForm(BaseForm):
    resource_id = SelectField(lazy("Máy, phòng"), coerce=int)
    kind = SelectField(
        lazy("Loại"),
        choices=options([
            (OutageKind.OUTAGE, lazy("Hỏng")), (OutageKind.MAINTENANCE, lazy("Bảo trì")),
            (OutageKind.CLOSURE, lazy("Đóng cửa")),
        ]),
    )  # fmt: skip
    starts_at = MomentField(lazy("Từ lúc"), [InputRequired()])
    ends_at = MomentField(lazy("Đến lúc"), [InputRequired()])
    reason = StringField(lazy("Lý do"), [InputRequired(), Length(max=300)])

    def span(self) -> Span:
        start, end = self.starts_at.data, self.ends_at.data
        assert start is not None
        assert end is not None
        return Span(start, end)


class DayOffForm(BaseForm):
    day = DayField(lazy("Ngày"), [InputRequired()])
    open_as = SelectField(
        lazy("Là"),
        choices=options([
            ("", lazy("Ngày nghỉ")), ("0", lazy("Làm như thứ Hai")), ("1", lazy("Làm như thứ Ba")),
            ("2", lazy("Làm như thứ Tư")), ("3", lazy("Làm như thứ Năm")), ("4", lazy("Làm như thứ Sáu")),
            ("5", lazy("Làm như thứ Bảy")), ("6", lazy("Làm như Chủ nhật")),
        ]),
    )  # fmt: skip
    note = StringField(lazy("Lý do"), [InputRequired(), Length(max=200)])


class DecisionForm(BaseForm):
    choice = IntegerField(lazy("Chọn"), [Optional()])
    reason = SelectField(lazy("Lý do chọn"), validate_choice=False)
    more = StringField(lazy("Ghi thêm"), [Length(max=300)])

    def text(self) -> str:
        return ". ".join(part for part in (self.reason.data or "", self.more.data or "") if part)


class EventForm(BaseForm):
    title = StringField(lazy("Tên sự kiện"), [InputRequired(), Length(max=200)])
    kind = SelectField(
        lazy("Loại"),
        choices=options([
            (EventKind.COURSE, lazy("Khóa học")), (EventKind.WORKSHOP, lazy("Buổi trải nghiệm, hội thảo")),
            (EventKind.INDUCTION, lazy("Tập huấn sử dụng máy")), (EventKind.OPEN_DAY, lazy("Ngày hội")),
        ]),
    )  # fmt: skip
    seats = IntegerField(lazy("Số chỗ"), [InputRequired(), NumberRange(1, 5000)], default=20)
    summary = TextAreaField(lazy("Giới thiệu"), [Length(max=5000)])
    closes_at = MomentField(lazy("Hết hạn đăng ký"), [Optional()])
    trains = SelectField(
        lazy("Cấp tập huấn"), filters=[blank], choices=options([("", lazy("Không")), *TRAININGS.items()])
    )
    training_months = IntegerField(lazy("Hiệu lực (tháng)"), [Optional(), NumberRange(1, 120)])
    gives_certificate = BooleanField(lazy("Cấp giấy chứng nhận tham dự"))


class SessionForm(BaseForm):
    resource_id = SelectField(lazy("Phòng"), coerce=int)
    day = DayField(lazy("Ngày"), [InputRequired()])
    start = ClockField(lazy("Bắt đầu"), [InputRequired()])
    end = ClockField(lazy("Kết thúc"), [InputRequired()])

    def span(self) -> Span:
        return span_on(self.day.data, self.start.data, self.end.data)


class RegisterForm(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False  # public pages have no cookie; the seat belongs to whoever typed the contact

    full_name = StringField(lazy("Họ và tên"), [InputRequired(), Length(max=200)])
    contact = StringField(lazy("Điện thoại hoặc e-mail"), [InputRequired(), Length(max=200)])
    organisation = StringField(lazy("Trường, đơn vị"), [Length(max=200)])


class ImportForm(BaseForm):
    resource_id = SelectField(lazy("Phòng, máy"), coerce=int)
    file = FileField(lazy("Tệp lịch (.ics)"))
    first = DayField(lazy("Từ ngày"), [InputRequired()])
    until = DayField(lazy("Đến trước ngày"), [InputRequired()])


def default_start(now: datetime) -> Any:
    """The next half hour, kept inside the usual day."""
    from .intervals import local_time

    here = local_time(now) + timedelta(minutes=30 - local_time(now).minute % 30)
    return here.time().replace(second=0, microsecond=0)
