"""Support: items, grants, what is used and taken back."""

from __future__ import annotations

from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from ...core.forms import BaseForm, DayField, MoneyField
from ...core.i18n import lazy
from ...models import SupportKind, SupportMoveKind
from .. import wording
from .fields import options


class GrantForm(BaseForm):
    item_id = SelectField(lazy("Khoản hỗ trợ"), coerce=int)
    amount = MoneyField(lazy("Mức"), [InputRequired()])
    decision = StringField(lazy("Số quyết định"), [DataRequired(), Length(max=80)])
    decided_on = DayField(lazy("Ngày quyết định"), [InputRequired()])
    valid_from = DayField(lazy("Có hiệu lực từ"), [InputRequired()])
    valid_to = DayField(lazy("Đến"), [InputRequired()])


class MoveForm(BaseForm):
    kind = SelectField(
        lazy("Ghi"),
        choices=options(
            [
                (SupportMoveKind.USED.value, lazy("đã dùng")),
                (SupportMoveKind.RECOVERED.value, lazy("thu hồi")),
            ]
        ),
    )
    amount = MoneyField(lazy("Mức"), [InputRequired()])
    note = StringField(lazy("Chứng từ"), [Length(max=300)])


class ItemForm(BaseForm):
    kind = SelectField(lazy("Loại"), choices=options([(k.value, wording.SUPPORT[k][0]) for k in SupportKind]))
    name = StringField(lazy("Tên khoản hỗ trợ"), [DataRequired(), Length(max=200)])
    name_en = StringField(lazy("Tên tiếng Anh"), [Length(max=200)])
    ceiling = MoneyField(lazy("Mức trần cho một hồ sơ"), [InputRequired()])
    decision = StringField(lazy("Số quyết định"), [Length(max=80)])
    resource_id = SelectField(lazy("Dùng miễn phí ở"), coerce=int, default=0)
    hours_per_unit = IntegerField(
        lazy("Một tháng (hoặc một giờ máy) bằng mấy giờ đặt chỗ"),
        [Optional(), NumberRange(1, 744)],
        default=1,
    )
