"""Runs of the matching, and reasons."""

from __future__ import annotations

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from ...core.forms import BaseForm
from ...core.i18n import lazy
from .fields import options


class RunForm(BaseForm):
    label = StringField(lazy("Ghi chú của lượt"), [Length(max=160)])
    floor = SelectField(
        lazy("Mục tiêu"),
        choices=options([("1", lazy("Nâng điểm thấp nhất trước")), ("0", lazy("Tổng điểm cao nhất"))]),
    )
    keep_bonus = IntegerField(
        lazy("Điểm thưởng giữ lời mời đã gửi"), [InputRequired(), NumberRange(0, 1000)], default=100
    )
    min_score = IntegerField(
        lazy("Điểm tối thiểu của một cặp"), [InputRequired(), NumberRange(0, 1000)], default=0
    )
    needs = IntegerField(lazy("Nhu cầu"), [InputRequired(), NumberRange(0, 1000)], default=400)
    field = IntegerField(lazy("Lĩnh vực"), [InputRequired(), NumberRange(0, 1000)], default=180)
    slots = IntegerField(lazy("Giờ rảnh"), [InputRequired(), NumberRange(0, 1000)], default=150)
    stage = IntegerField(lazy("Giai đoạn"), [InputRequired(), NumberRange(0, 1000)], default=85)
    place = IntegerField(lazy("Nơi gặp"), [InputRequired(), NumberRange(0, 1000)], default=85)
    wish = IntegerField(lazy("Nguyện vọng"), [InputRequired(), NumberRange(0, 1000)], default=100)


class ReasonForm(BaseForm):
    reason = StringField(lazy("Lý do"), [Length(max=500)])
