"""Forms of imports: shape of the input only."""

from __future__ import annotations

from flask_wtf.file import MultipleFileField
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from ..core.forms import BaseForm
from ..core.i18n import lazy

_ENDINGS = ".xlsx,.xls,.ods,.csv"


class UploadForm(BaseForm):
    files = MultipleFileField(lazy("Tệp đăng ký"), render_kw={"accept": _ENDINGS, "multiple": True})


class RowForm(BaseForm):
    """The team's own fields; pupils come as lists of equal length (member_name, member_birth, member_class), coaches likewise."""

    team = StringField(lazy("Tên đội"), [InputRequired(), Length(max=160)])
    school = StringField(lazy("Trường"), [InputRequired(), Length(max=200)])
    division = SelectField(lazy("Bảng"), [InputRequired()])


class ColumnsForm(BaseForm):
    """Roles come as `role-<column>`; only the header's row is a field of its own."""

    header_row = IntegerField(
        lazy("Dòng tiêu đề"), [Optional(), NumberRange(0, 44)], render_kw={"inputmode": "numeric"}
    )


class UndoForm(BaseForm):
    reason = TextAreaField(lazy("Lý do hoàn tác"), [InputRequired(), Length(max=500)], render_kw={"rows": 3})
