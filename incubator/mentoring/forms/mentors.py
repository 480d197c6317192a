"""Mentors: who they are and what they offer."""

from __future__ import annotations

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from ...core.forms import BaseForm
from ...core.i18n import lazy
from ...models import MentorKind
from .. import wording
from .fields import CheckboxesField, HoursField, choices, options


class ProfileForm(BaseForm):
    job_title = StringField(lazy("Chức vụ"), [Length(max=160)])
    organisation_id = SelectField(lazy("Đơn vị"), coerce=int, default=0)
    about = TextAreaField(lazy("Giới thiệu"), [Length(max=4000)])
    fields = CheckboxesField(lazy("Các lĩnh vực"), choices=choices(wording.FIELDS))
    languages = CheckboxesField(lazy("Ngôn ngữ"), choices=choices(wording.LANGUAGES))
    modes = CheckboxesField(lazy("Cách gặp"), choices=choices(wording.MODES))
    stages = CheckboxesField(lazy("Giai đoạn từng cố vấn"), choices=choices(wording.STAGES))
    areas = StringField(lazy("Khu vực gặp được"), [Length(max=400)])
    hours = HoursField(lazy("Giờ rảnh hằng tuần"))


class CommitmentForm(BaseForm):
    kind = SelectField(lazy("Cố vấn về"), choices=options([(k.value, wording.KINDS[k]) for k in MentorKind]))
    max_teams = IntegerField(
        lazy("Nhận nhiều nhất mấy đội"), [InputRequired(), NumberRange(0, 20)], default=2
    )
    max_hours = IntegerField(
        lazy("Tổng số giờ (để trống nếu không giới hạn)"), [Optional(), NumberRange(0, 1000)]
    )
    message = TextAreaField(lazy("Lời nhắn"), [Length(max=2000)])


class InviteForm(CommitmentForm):
    contact = StringField(
        lazy("E-mail hoặc điện thoại của người được mời"), [DataRequired(), Length(max=254)]
    )
    full_name = StringField(lazy("Họ và tên (khi chưa có tài khoản)"), [Length(max=160)])
