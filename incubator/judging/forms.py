"""Forms of judging: shape and type only; the rules are the services' part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import BooleanField, FieldList, FormField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.form import Form
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ..core.forms import BaseForm, PointsField
from ..core.i18n import lazy
from ..models import CriterionSource
from . import scoring

AGGREGATES = [
    (scoring.Aggregate.MEAN, lazy("Trung bình các phiếu có mặt")),
    (scoring.Aggregate.SUM, lazy("Tổng các phiếu (thiếu phiếu: trung bình × số phiếu)")),
    (scoring.Aggregate.TRIMMED, lazy("Trung bình, bỏ phiếu cao nhất và thấp nhất")),
]
MISSING = [
    (scoring.Missing.WAIT, lazy("Chờ đủ phiếu")),
    (scoring.Missing.RESERVE, lazy("Giám khảo dự bị chấm thay")),
    (scoring.Missing.MEAN, lazy("Tính trung bình nếu đủ số phiếu tối thiểu")),
]
ROUNDINGS = [
    (scoring.Rounding.HALF_UP, lazy("Làm tròn nửa lên")),
    (scoring.Rounding.HALF_EVEN, lazy("Làm tròn nửa về số chẵn")),
    (scoring.Rounding.DOWN, lazy("Bỏ phần lẻ")),
]
ZEROS = [
    (scoring.Zero.ALLOW, lazy("Cho phép điểm 0")),
    (scoring.Zero.MEAN, lazy("Tiêu chí có trung bình 0: không xét giải")),
    (scoring.Zero.ANY, lazy("Có một phiếu cho 0: không xét giải")),
]
SOURCES = [
    (CriterionSource.JUDGE, lazy("Giám khảo chấm")),
    (CriterionSource.SECRETARY, lazy("Ban thư ký nhập")),
    (CriterionSource.VOTES, lazy("Bình chọn")),
    (CriterionSource.RUNS, lazy("Lượt thi")),
]


def choices_of(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Pairs of value and label as WTForms wants them."""
    return [SelectChoice(str(value), label) for value, label in pairs]


class MethodForm(BaseForm):
    """How a stage is tabulated. Points are typed as points, not hundredths."""

    expected = IntegerField(lazy("Số phiếu mỗi bài"), [InputRequired(), NumberRange(1, 30)])
    aggregate = SelectField(lazy("Cách tính"), choices=choices_of(AGGREGATES))
    missing = SelectField(lazy("Khi thiếu phiếu lúc đóng vòng"), choices=choices_of(MISSING))
    at_least = IntegerField(lazy("Số phiếu tối thiểu"), [InputRequired(), NumberRange(1, 30)])
    places = IntegerField(lazy("Số chữ số thập phân"), [InputRequired(), NumberRange(0, 4)])
    rounding = SelectField(lazy("Cách làm tròn"), choices=choices_of(ROUNDINGS))
    minimum = PointsField(lazy("Tổng tối thiểu để xét giải"))
    zero = SelectField(lazy("Điểm 0"), choices=choices_of(ZEROS))
    outlier = PointsField(lazy("Bỏ phiếu lệch trung bình quá"))
    gap = PointsField(lazy("Báo khi hai phiếu lệch quá"))
    step1 = SelectField(lazy("Đồng điểm: xét trước hết"))
    step2 = SelectField(lazy("Rồi đến"))
    step3 = SelectField(lazy("Sau cùng"))

    def offer(self, criteria: Sequence[tuple[tuple[int, ...], str]]) -> None:
        """Steps of the tie-break chain that this stage can use; a criterion stands once for all rubrics of the stage."""
        self._ids = [ids for ids, _name in criteria]
        offered: list[tuple[str, Any]] = [("", lazy("không xét thêm"))]
        offered += [(f"criterion:{min(ids)}", name) for ids, name in criteria]
        offered += [
            ("spread", lazy("chênh lệch giữa các phiếu nhỏ hơn")),
            ("best_sheet", lazy("phiếu cao nhất cao hơn")),
        ]
        choices = choices_of(offered)
        for field in (self.step1, self.step2, self.step3):
            field.choices = choices

    def show(self, method: scoring.Method) -> None:
        for name in ("expected", "aggregate", "missing", "at_least", "places", "rounding", "zero"):
            self[name].data = getattr(method, name)
        for name in ("minimum", "outlier", "gap"):
            value = getattr(method, f"{name}_e4")
            self[name].data = None if value is None else value // 100
        for field, step in zip((self.step1, self.step2, self.step3), method.chain, strict=False):
            mine = next((ids for ids in self._ids if set(ids) & set(step.criteria)), ())
            field.data = f"criterion:{min(mine)}" if mine else step.kind.value if not step.criteria else ""

    def method(self) -> scoring.Method:
        chain: list[scoring.Step] = []
        for value in (self.step1.data, self.step2.data, self.step3.data):
            if value and value.startswith("criterion:"):
                first = int(value.partition(":")[2])
                chain.append(
                    scoring.Step(scoring.StepKind.CRITERION, next(ids for ids in self._ids if first in ids))
                )
            elif value:
                chain.append(scoring.Step(scoring.StepKind(value)))
        e4 = {n: None if self[n].data is None else self[n].data * 100 for n in ("minimum", "outlier", "gap")}
        return scoring.Method(
            expected=self.expected.data,
            aggregate=scoring.Aggregate(self.aggregate.data),
            missing=scoring.Missing(self.missing.data),
            at_least=self.at_least.data,
            places=self.places.data,
            rounding=scoring.Rounding(self.rounding.data),
            zero=scoring.Zero(self.zero.data),
            chain=tuple(dict.fromkeys(chain)),
            minimum_e4=e4["minimum"],
            outlier_e4=e4["outlier"],
            gap_e4=e4["gap"],
        )


class CriterionForm(Form):
    """One row of a rubric; an empty name drops the row."""

    name = StringField(lazy("Tiêu chí"), [Length(max=200)])
    name_en = StringField(lazy("Tên tiếng Anh"), [Length(max=200)])
    max_points = PointsField(lazy("Tối đa"))
    step = PointsField(lazy("Bước"))
    weight = PointsField(lazy("Hệ số"))
    source = SelectField(lazy("Ai cho điểm"), choices=choices_of(SOURCES), default=CriterionSource.JUDGE)
    level1 = StringField(lazy("Tốt"), [Length(max=300)])
    level2 = StringField(lazy("Khá"), [Length(max=300)])
    level3 = StringField(lazy("Đạt"), [Length(max=300)])
    level4 = StringField(lazy("Chưa đạt"), [Length(max=300)])


class RubricForm(BaseForm):
    name = StringField(lazy("Tên bộ tiêu chí"), [InputRequired(), Length(max=160)])
    criteria = FieldList(FormField(CriterionForm), lazy("Tiêu chí"), min_entries=1, max_entries=30)


class JudgeForm(BaseForm):
    """A judge by contact; a known contact is the known person."""

    full_name = StringField(lazy("Họ và tên"), [InputRequired(), Length(max=200)])
    title = StringField(lazy("Học hàm, học vị"), [Optional(), Length(max=40)])
    contact = StringField(lazy("E-mail hoặc điện thoại"), [InputRequired(), Length(max=254)])
    reserve = BooleanField(lazy("Dự bị"))
    chair = BooleanField(lazy("Trưởng tiểu ban"))


class CloseForm(BaseForm):
    missing = SelectField(lazy("Khi thiếu phiếu"), choices=choices_of(MISSING))
    at_least = IntegerField(lazy("Số phiếu tối thiểu"), [Optional(), NumberRange(1, 30)], default=1)
    reason = TextAreaField(lazy("Lý do đóng sớm, ai quyết định"), [Length(max=500)])
