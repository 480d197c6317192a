"""Sessions: booked, held, judged."""

from __future__ import annotations

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from ...core.forms import BaseForm, MomentField
from ...core.i18n import lazy
from .fields import options


class SessionForm(BaseForm):
    starts = MomentField(lazy("Bắt đầu"), [InputRequired()])
    minutes = IntegerField(lazy("Số phút"), [InputRequired(), NumberRange(15, 480)], default=60)
    resource_id = SelectField(lazy("Phòng hoặc máy"), coerce=int, default=0)
    online_url = StringField(lazy("Đường dẫn họp trực tuyến"), [Length(max=300)])
    agenda = TextAreaField(lazy("Nội dung sẽ bàn"), [Length(max=2000)])
    reason = StringField(lazy("Lý do đổi"), [Length(max=300)])


class AgendaForm(BaseForm):
    agenda = TextAreaField(lazy("Nội dung sẽ bàn"), [Length(max=2000)], id="topics")


class MinutesForm(BaseForm):
    minutes = IntegerField(
        lazy("Số phút đã gặp"), id="spent", validators=[InputRequired(), NumberRange(1, 600)], default=60
    )
    present = IntegerField(lazy("Số thành viên có mặt"), [InputRequired(), NumberRange(0, 100)], default=1)
    shared_note = TextAreaField(lazy("Biên bản (đội đọc được)"), [DataRequired(), Length(max=8000)])
    staff_note = TextAreaField(lazy("Ghi riêng cho ban điều phối"), [Length(max=8000)])
    next_step = StringField(lazy("Việc tiếp theo"), [Length(max=500)])


class FeedbackForm(BaseForm):
    rating = SelectField(
        lazy("Buổi gặp hữu ích đến đâu"),
        coerce=int,
        choices=options(
            [(5, lazy("5 · rất hữu ích")), (4, "4"), (3, "3"), (2, "2"), (1, lazy("1 · chưa hữu ích"))]
        ),
    )
    text = TextAreaField(lazy("Góp ý"), [Length(max=2000)])
    visible_to = SelectField(
        lazy("Ai đọc được"),
        choices=options([("both", lazy("Bên kia và ban điều phối")), ("staff", lazy("Chỉ ban điều phối"))]),
    )
