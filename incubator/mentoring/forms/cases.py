"""A case: what matching reads, stages, needs, goals, figures."""

from __future__ import annotations

from wtforms import FileField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from ...core.forms import BaseForm, DayField, MoneyField
from ...core.i18n import lazy
from ...models import EndReason, Metric
from .. import wording
from .fields import CheckboxesField, HoursField, choices, options


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


class MilestoneForm(BaseForm):
    title = StringField(lazy("Mục tiêu"), [DataRequired(), Length(max=250)])
    due_on = DayField(lazy("Hạn"), [InputRequired()])


class EvidenceForm(BaseForm):
    evidence = TextAreaField(lazy("Minh chứng"), [Length(max=2000)])
    file = FileField(lazy("Tệp minh chứng"))


class VerdictForm(BaseForm):
    note = StringField(lazy("Nhận xét"), [Length(max=500)])


class MetricForm(BaseForm):
    period = DayField(lazy("Tháng (một ngày trong tháng)"), [InputRequired()])
    headcount = IntegerField(wording.METRICS[Metric.HEADCOUNT], [Optional(), NumberRange(0)])
    revenue = MoneyField(wording.METRICS[Metric.REVENUE], [Optional()])
    jobs = IntegerField(wording.METRICS[Metric.JOBS], [Optional(), NumberRange(0)])
    ip_filings = IntegerField(wording.METRICS[Metric.IP_FILINGS], [Optional(), NumberRange(0)])
    evidence = StringField(lazy("Minh chứng"), [Length(max=300)])


class EndForm(BaseForm):
    reason = SelectField(
        lazy("Vì"), id="end-reason", choices=options([(r.value, wording.END_REASONS[r]) for r in EndReason])
    )
    note = StringField(lazy("Lý do"), [Length(max=500)])
