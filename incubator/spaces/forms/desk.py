"""What staff type at the desk: outages, days off, decisions, calendar files."""

from __future__ import annotations

from wtforms import (
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.fields import FileField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ...core.forms import BaseForm, DayField, MomentField
from ...core.i18n import lazy
from ...models import OutageKind
from ..intervals import Span
from .fields import options


class OutageForm(BaseForm):
    resource_id = SelectField(lazy("Máy, phòng"), coerce=int)
    kind = SelectField(
        lazy("Loại"),
        choices=options(
            [
                (OutageKind.OUTAGE, lazy("Hỏng")),
                (OutageKind.MAINTENANCE, lazy("Bảo trì")),
                (OutageKind.CLOSURE, lazy("Đóng cửa")),
            ]
        ),
    )
    starts_at = MomentField(lazy("Từ lúc"), [InputRequired()])
    ends_at = MomentField(lazy("Đến lúc"), [InputRequired()])
    reason = StringField(lazy("Lý do"), [InputRequired(), Length(max=300)])

    def span(self) -> Span:
        start, end = self.starts_at.data, self.ends_at.data
        assert start is not None
        assert end is not None
        return Span(start, end)


class StageForm(BaseForm):
    """The place of one round; its fields carry the round's number, as all of them stand on one page."""

    resource_id = SelectField(
        lazy("Phòng"), [NumberRange(1, message=lazy("Chọn phòng cho vòng thi."))], coerce=int
    )
    starts_at = MomentField(lazy("Từ lúc"), [InputRequired()])
    ends_at = MomentField(lazy("Đến lúc"), [InputRequired()])

    @classmethod
    def of(cls, stage_id: int, span: Span, place_id: int) -> StageForm:
        """As the round is held now; `place_id` 0: no place is chosen yet."""
        data = {"resource_id": place_id, "starts_at": span.start, "ends_at": span.end}
        return cls(formdata=None, prefix=f"s{stage_id}-", data=data)

    def span(self) -> Span:
        start, end = self.starts_at.data, self.ends_at.data
        assert start is not None
        assert end is not None
        return Span(start, end)


class DayOffForm(BaseForm):
    day = DayField(lazy("Ngày"), [InputRequired()])
    open_as = SelectField(
        lazy("Là"),
        choices=options(
            [
                ("", lazy("Ngày nghỉ")),
                ("0", lazy("Làm như thứ Hai")),
                ("1", lazy("Làm như thứ Ba")),
                ("2", lazy("Làm như thứ Tư")),
                ("3", lazy("Làm như thứ Năm")),
                ("4", lazy("Làm như thứ Sáu")),
                ("5", lazy("Làm như thứ Bảy")),
                ("6", lazy("Làm như Chủ nhật")),
            ]
        ),
    )
    note = StringField(lazy("Lý do"), [InputRequired(), Length(max=200)])


class DecisionForm(BaseForm):
    choice = IntegerField(lazy("Chọn"), [Optional()])
    reason = SelectField(lazy("Lý do chọn"), validate_choice=False)
    more = StringField(lazy("Ghi thêm"), [Length(max=300)])

    def text(self) -> str:
        return ". ".join(part for part in (self.reason.data or "", self.more.data or "") if part)


class ImportForm(BaseForm):
    resource_id = SelectField(lazy("Phòng, máy"), coerce=int)
    file = FileField(lazy("Tệp lịch (.ics)"))
    first = DayField(lazy("Từ ngày"), [InputRequired()])
    until = DayField(lazy("Đến trước ngày"), [InputRequired()])
