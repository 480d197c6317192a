"""Forms of publishing: shape and type only."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from ..core.forms import BaseForm, DayField, MomentField
from ..core.i18n import lazy


class PublishForm(BaseForm):
    """The paper, the hour, and for a correction the reason."""

    decision_number = StringField(
        lazy("Số quyết định"), validators=[Length(max=60)], description=lazy("Ví dụ 05/QĐ-BTC")
    )
    decision_date = DayField(lazy("Ngày ký"), validators=[Optional()], description=lazy("Dạng 25/11/2026"))
    signer = StringField(
        lazy("Người ký"), validators=[Length(max=120)], description=lazy("Họ tên, không ghi học hàm, học vị")
    )
    when = RadioField(
        lazy("Khi nào"),
        choices=[
            SelectChoice("now", lazy("Ngay khi xác nhận")),
            SelectChoice("later", lazy("Vào giờ đã định")),
        ],
        default="now",
    )
    visible_at = MomentField(
        lazy("Giờ công bố"), validators=[Optional()], description=lazy("Dạng 25/11/2026 16:30")
    )
    reason = TextAreaField(lazy("Lý do đính chính"), validators=[Length(max=2000)])
    expected = HiddenField()


class AppealForm(BaseForm):
    text = TextAreaField(lazy("Nội dung khiếu nại"), validators=[InputRequired(), Length(max=4000)])


class AnswerForm(BaseForm):
    state = RadioField(
        lazy("Kết luận"),
        choices=[
            SelectChoice("upheld", lazy("Chấp nhận, sẽ đính chính")),
            SelectChoice("declined", lazy("Không chấp nhận")),
        ],
    )
    answer = TextAreaField(lazy("Trả lời"), validators=[InputRequired(), Length(max=4000)])


class PostForm(BaseForm):
    """A piece of news: plain text, blank lines part paragraphs."""

    title = StringField(lazy("Tiêu đề"), validators=[InputRequired(), Length(max=250)])
    body = TextAreaField(
        lazy("Nội dung"),
        validators=[InputRequired(), Length(max=20000)],
        description=lazy("Dòng trống tách đoạn."),
    )
    title_en = StringField(lazy("Tiêu đề tiếng Anh"), validators=[Length(max=250)])
    body_en = TextAreaField(lazy("Nội dung tiếng Anh"), validators=[Length(max=20000)])
    when = RadioField(
        lazy("Khi nào đăng"),
        choices=[
            SelectChoice("draft", lazy("Chưa đăng, giữ nháp")),
            SelectChoice("now", lazy("Đăng ngay")),
            SelectChoice("later", lazy("Vào giờ đã định")),
        ],
        default="draft",
    )
    visible_at = MomentField(
        lazy("Giờ đăng"), validators=[Optional()], description=lazy("Dạng 25/11/2026 16:30")
    )
