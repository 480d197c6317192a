"""Programmes with their rules, cohorts, indicators."""

from __future__ import annotations

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from ...core.forms import BaseForm, DayField, MoneyField
from ...core.i18n import lazy
from ...models import MentorKind
from .. import wording
from ..settings import DEFAULTS
from .fields import CheckboxesField, choices, options


class ProgrammeForm(BaseForm):
    name = StringField(lazy("Tên chương trình"), [DataRequired(), Length(max=250)])
    name_en = StringField(lazy("Tên tiếng Anh"), [Length(max=250)])
    decision = StringField(lazy("Số quyết định"), [Length(max=80)])
    starts_on = DayField(lazy("Từ ngày"))
    ends_on = DayField(lazy("Đến ngày"))
    summary = TextAreaField(lazy("Tóm tắt"), [Length(max=4000)])
    places = CheckboxesField(
        lazy("Mỗi đội có cố vấn về"),
        choices=options([(k.value, wording.KINDS[k]) for k in MentorKind]),
        default=DEFAULTS["places"],
    )
    hours_each = IntegerField(
        lazy("Số giờ mỗi cố vấn dành cho một đội"),
        [InputRequired(), NumberRange(0, 500)],
        default=DEFAULTS["hours_each"],
    )
    offer_days = IntegerField(
        lazy("Số ngày để trả lời lời mời"),
        [InputRequired(), NumberRange(1, 60)],
        default=DEFAULTS["offer_days"],
    )
    remind_days = IntegerField(
        lazy("Nhắc sau số ngày"), [InputRequired(), NumberRange(1, 60)], default=DEFAULTS["remind_days"]
    )
    decline_days = IntegerField(
        lazy("Đội được xin đổi trong số ngày"),
        [InputRequired(), NumberRange(0, 60)],
        default=DEFAULTS["decline_days"],
    )
    quiet_days = IntegerField(
        lazy("Báo “lâu chưa gặp” sau số ngày"),
        [InputRequired(), NumberRange(1, 365)],
        default=DEFAULTS["quiet_days"],
    )


RULES = ("places", "hours_each", "offer_days", "remind_days", "decline_days", "quiet_days")


class CohortForm(BaseForm):
    name = StringField(lazy("Tên khóa"), [DataRequired(), Length(max=160)])
    name_en = StringField(lazy("Tên tiếng Anh"), [Length(max=160)])
    year = IntegerField(lazy("Năm"), [InputRequired(), NumberRange(2000, 2100)])
    starts_on = DayField(lazy("Từ ngày"), [InputRequired()])
    ends_on = DayField(lazy("Đến ngày"), [InputRequired()])


class IndicatorForm(BaseForm):
    name = StringField(lazy("Chỉ tiêu"), [DataRequired(), Length(max=250)])
    name_en = StringField(lazy("Tên tiếng Anh"), [Length(max=250)])
    year = IntegerField(lazy("Năm"), [InputRequired(), NumberRange(2000, 2100)])
    unit = StringField(lazy("Đơn vị tính"), [Length(max=40)])
    unit_en = StringField(lazy("Đơn vị tính bằng tiếng Anh"), [Length(max=40)])
    target = MoneyField(lazy("Kế hoạch"), [InputRequired()])
    counts = SelectField(lazy("Thực hiện"), choices=choices(wording.COUNTS))
    done = MoneyField(lazy("Đã thực hiện (khi nhập tay)"), [Optional()])
    last_year = MoneyField(lazy("Cùng kỳ năm trước (khi nhập tay)"), [Optional()])
    as_of = DayField(lazy("Tính đến ngày"))
    source = StringField(lazy("Nguồn số liệu"), [Length(max=200)])
