"""Events, their sessions, and a seat in them."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ...core.forms import BaseForm, DayField, MomentField
from ...core.i18n import lazy
from ...models import EventKind
from ..intervals import Span
from ..settings import TRAININGS
from ..times import ClockField
from .booking import span_on
from .fields import blank, options


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
