"""Shape and type of what people type in about mentoring."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any

from wtforms import Field, IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget, TextArea

from ..core.forms import BaseForm, DayField, MomentField, MoneyField
from ..core.i18n import _, lazy
from ..models import EndReason, MentorKind, Metric, SupportMoveKind
from . import wording

HOURS = re.compile(
    r"^\s*(?:(?:thứ\s*)?([2-7])|cn|chủ nhật|t([2-7]))\s*[:,]?\s+(\d{1,2})(?::?(\d{2}))?\s*(?:h|g)?\s*[-–]\s*(\d{1,2})(?::(\d{2}))?",
    re.IGNORECASE,
)  # noqa: E501 - one shape, one line


class CheckboxesField(SelectMultipleField):
    """Ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class HoursField(Field):
    """Usual hours, a line each: “Thứ 3 14:00-17:00”, “CN 8-11”. `data` is [(weekday, start, end)]."""

    widget = TextArea()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(hours_text(d, s, e) for d, s, e in self.data or [])

    def process_formdata(self, values: Sequence[str]) -> None:
        self.data = []
        for line in (values[0] if values else "").splitlines():
            if line.strip():
                self.data.append(parse_hours(line))


def hours_text(weekday: int, starts: time, ends: time) -> str:
    day = "CN" if weekday == 6 else f"Thứ {weekday + 2}"
    return f"{day} {starts:%H:%M}-{ends:%H:%M}"


def parse_hours(line: str) -> tuple[int, time, time]:
    """Raises ValueError with how to write it."""
    match = HOURS.match(line)
    if match is None:
        raise ValueError(
            _("“%(line)s” chưa đúng. Viết ví dụ: Thứ 3 14:00-17:00, mỗi dòng một khoảng.", line=line.strip())
        )
    day = match[1] or match[2]
    try:
        start = time(int(match[3]), int(match[4] or 0))
        end = time(int(match[5]), int(match[6] or 0))
    except ValueError:
        raise ValueError(_("“%(line)s” có giờ không tồn tại.", line=line.strip())) from None
    if end <= start:
        raise ValueError(_("“%(line)s”: giờ kết thúc phải sau giờ bắt đầu.", line=line.strip()))
    return (int(day) - 2 if day else 6), start, end


def options(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """(value, label) as WTForms wants them."""
    return [SelectChoice(value, label) for value, label in pairs]


def choices(words: Any, empty: bool = False) -> list[SelectChoice]:
    return options([*([("", "–")] if empty else []), *((str(key), label) for key, label in words.items())])


class ProfileForm(BaseForm):
    job_title = StringField(lazy("Chức vụ"), [Length(max=160)])
    organisation_id = SelectField(lazy("Đơn vị"), coerce=int, default=0)
    about = TextAreaField(lazy("Giới thiệu"), [Length(max=4000)])
    fields = CheckboxesField(lazy("Lĩnh vực"), choices=choices(wording.FIELDS))
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


class CaseForm(BaseForm):
    priority = SelectField(
        lazy("Mức ưu tiên"), coerce=int, choices=options([(1, lazy("1 · trước hết")), (2, "2"), (3, "3")])
    )
    field = SelectField(lazy("Lĩnh vực"), choices=choices(wording.FIELDS, empty=True))
    area = StringField(lazy("Khu vực"), [Length(max=120)])
    languages = CheckboxesField(lazy("Ngôn ngữ"), choices=choices(wording.LANGUAGES))
    modes = CheckboxesField(lazy("Cách gặp"), choices=choices(wording.MODES))
    hours = HoursField(lazy("Giờ đội rảnh hằng tuần"))


class ApplyForm(BaseForm):
    team_id = SelectField(lazy("Đội"), coerce=int)
    title = StringField(lazy("Tên dự án"), [DataRequired(), Length(max=250)])
    field = SelectField(lazy("Lĩnh vực"), choices=choices(wording.FIELDS, empty=True))
    reason = TextAreaField(lazy("Vì sao đội muốn tham gia"), [Length(max=4000)])


class StageForm(BaseForm):
    to = SelectField(lazy("Chuyển sang"), choices=choices(wording.STAGES))
    reason = StringField(lazy("Lý do"), [Length(max=500)])
    decision = StringField(lazy("Số quyết định"), [Length(max=80)])


class NeedForm(BaseForm):
    topic_id = SelectField(lazy("Chủ đề"), coerce=int)
    text = StringField(lazy("Đội cần gì"), [Length(max=500)])
    priority = SelectField(
        lazy("Mức cần"),
        id="need-priority",
        coerce=int,
        choices=options([(3, lazy("3 · gấp")), (2, lazy("2 · cần")), (1, lazy("1 · có thì tốt"))]),
        default=2,
    )


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


class SessionForm(BaseForm):
    starts = MomentField(lazy("Bắt đầu"), [InputRequired()])
    minutes = IntegerField(lazy("Số phút"), [InputRequired(), NumberRange(15, 480)], default=60)
    resource_id = SelectField(lazy("Phòng hoặc máy"), coerce=int, default=0)
    online_url = StringField(lazy("Đường dẫn họp trực tuyến"), [Length(max=300)])
    agenda = TextAreaField(lazy("Nội dung sẽ bàn"), [Length(max=2000)])
    reason = StringField(lazy("Lý do đổi"), [Length(max=300)])


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


class MilestoneForm(BaseForm):
    title = StringField(lazy("Mục tiêu"), [DataRequired(), Length(max=250)])
    due_on = DayField(lazy("Hạn"), [InputRequired()])


class MetricForm(BaseForm):
    period = DayField(lazy("Tháng (một ngày trong tháng)"), [InputRequired()])
    headcount = IntegerField(wording.METRICS[Metric.HEADCOUNT], [Optional(), NumberRange(0)])
    revenue = MoneyField(wording.METRICS[Metric.REVENUE], [Optional()])
    jobs = IntegerField(wording.METRICS[Metric.JOBS], [Optional(), NumberRange(0)])
    ip_filings = IntegerField(wording.METRICS[Metric.IP_FILINGS], [Optional(), NumberRange(0)])
    evidence = StringField(lazy("Minh chứng"), [Length(max=300)])


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


class EndForm(BaseForm):
    reason = SelectField(
        lazy("Vì"), id="end-reason", choices=options([(r.value, wording.END_REASONS[r]) for r in EndReason])
    )
    note = StringField(lazy("Lý do"), [Length(max=500)])
