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
from ...models import EventKind, EventSession
from ..intervals import Span, local_time
from ..times import ClockField
from .booking import span_on
from .fields import blank, options


class EventForm(BaseForm):
    title = StringField(lazy("Tên sự kiện"), [InputRequired(), Length(max=200)])
    title_en = StringField(lazy("Tên tiếng Anh"), [Length(max=200)])
    kind = SelectField(
        lazy("Loại"),
        choices=options(
            [
                (EventKind.COURSE, lazy("Khóa học")),
                (EventKind.WORKSHOP, lazy("Buổi trải nghiệm, hội thảo")),
                (EventKind.INDUCTION, lazy("Tập huấn sử dụng máy")),
                (EventKind.OPEN_DAY, lazy("Ngày hội")),
            ]
        ),
    )
    seats = IntegerField(lazy("Số chỗ"), [InputRequired(), NumberRange(1, 5000)], default=20)
    summary = TextAreaField(lazy("Giới thiệu"), [Length(max=5000)])
    summary_en = TextAreaField(lazy("Giới thiệu bằng tiếng Anh"), [Length(max=5000)])
    closes_at = MomentField(lazy("Hết hạn đăng ký"), [Optional()])
    trains = SelectField(lazy("Cấp tập huấn"), filters=[blank], validate_choice=False, choices=[])
    training_months = IntegerField(lazy("Hiệu lực (tháng)"), [Optional(), NumberRange(1, 120)])
    gives_certificate = BooleanField(lazy("Cấp giấy chứng nhận tham dự"))


class SessionForm(BaseForm):
    resource_id = SelectField(lazy("Phòng"), coerce=int)
    day = DayField(lazy("Ngày"), [InputRequired()])
    start = ClockField(lazy("Bắt đầu"), [InputRequired()])
    end = ClockField(lazy("Kết thúc"), [InputRequired()])

    @property
    def session_id(self) -> int:
        """Which session it moves; 0: a new one."""
        return int(self._prefix.strip("s-") or 0)

    def span(self) -> Span:
        return span_on(self.day.data, self.start.data, self.end.data)


def prefix_of(session_id: int) -> str:
    """Several sessions are changed on one page: the fields of each have names of their own."""
    return f"s{session_id}-" if session_id else ""


def session_form(session: EventSession | None = None) -> SessionForm:
    """Empty for a new session, else filled with what it is."""
    if session is None:
        return SessionForm(formdata=None)
    start, end = local_time(session.starts_at), local_time(session.ends_at)
    values = {
        "resource_id": session.resource_id,
        "day": start.date(),
        "start": start.time(),
        "end": end.time(),
    }
    return SessionForm(formdata=None, data=values, prefix=prefix_of(session.id))


class RegisterForm(BaseForm):
    class Meta(BaseForm.Meta):
        csrf = False  # public pages have no cookie; the seat belongs to whoever typed the contact

    full_name = StringField(lazy("Họ và tên"), [InputRequired(), Length(max=200)])
    contact = StringField(lazy("Điện thoại hoặc e-mail"), [InputRequired(), Length(max=200)])
    organisation = StringField(lazy("Trường, đơn vị"), [Length(max=200)])
