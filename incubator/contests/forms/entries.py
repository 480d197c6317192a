"""Forms around one entry: dossier, decision, roster, joining a team, consents."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from ...core.forms import BaseForm, DayField, is_phone
from ...core.i18n import lazy
from ...models import ConsentPurpose
from .. import wording


class DossierForm(BaseForm):
    title = StringField(lazy("Tên sản phẩm, ý tưởng"), [Length(max=250)])
    field = SelectField(lazy("Lĩnh vực"), choices=[], validate_choice=False)
    abstract = TextAreaField(lazy("Tóm tắt"), [Length(max=20_000)])
    video_url = StringField(lazy("Đường dẫn video"), [Length(max=500)])


class ReturnForm(BaseForm):
    reason = TextAreaField(lazy("Cần bổ sung gì (nói chung)"), [Length(max=2000)])
    team_name = StringField(lazy("Tên đội"), [Length(max=300)])
    members = StringField(lazy("Thành viên"), [Length(max=300)])
    coach_name = StringField(lazy("Giáo viên hướng dẫn"), [Length(max=300)])
    dossier = StringField(lazy("Hồ sơ sản phẩm"), [Length(max=300)])
    due_at = DayField(lazy("Hạn bổ sung"), [Optional()], description=lazy("Để trống: sau 3 ngày"))

    def field_reasons(self) -> dict[str, str]:
        return {name: self[name].data or "" for name in ("team_name", "members", "coach_name", "dossier")}


class ReasonForm(BaseForm):
    # The entry's page holds three forms with a reason: each label needs a field of its own.
    reason = TextAreaField(lazy("Lý do"), [InputRequired(), Length(max=2000)], id="withdraw-reason")


class DecisionForm(BaseForm):
    reason = StringField(lazy("Lý do"), [Length(max=2000)], id="decision-reason")


class DecideManyForm(BaseForm):
    reason = StringField(lazy("Lý do (khi không hợp lệ)"), [Length(max=500)], id="why")


class AnswerChangeForm(BaseForm):
    """One of a page that holds many: `of` makes the address of its field its own."""

    reason = StringField(lazy("Lý do không đồng ý"), [Length(max=500)])

    def of(self, change_id: int) -> AnswerChangeForm:
        self.reason.id = self.reason.label.field_id = f"r{change_id}"
        return self


class ChangeForm(BaseForm):
    kind = RadioField(
        lazy("Đổi thế nào"),
        choices=[
            ("spelling", lazy("Sửa chính tả họ tên, lớp")),
            ("replace", lazy("Thay người")),
            ("add", lazy("Thêm người")),
            ("remove", lazy("Bớt người")),
        ],
        validators=[InputRequired()],
    )
    member_id = SelectField(
        lazy("Ai"), choices=[], coerce=int, validators=[Optional()], validate_choice=False
    )
    full_name = StringField(lazy("Họ và tên mới"), [Length(max=200)])
    birth_date = DayField(lazy("Ngày sinh (khi thay hoặc thêm người)"), [Optional()])
    class_name = StringField(lazy("Lớp"), [Length(max=20)])
    reason = StringField(lazy("Lý do"), [InputRequired(), Length(max=500)], id="change-reason")


class ConsentMixin:
    """One box a purpose, never ticked beforehand."""

    take_part = BooleanField(wording.PURPOSES["take_part"])
    publish_name = BooleanField(wording.PURPOSES["publish_name"])
    publish_picture = BooleanField(wording.PURPOSES["publish_picture"])
    incubation = BooleanField(wording.PURPOSES["incubation"])
    contact = BooleanField(wording.PURPOSES["contact"])

    def answers(self) -> dict[ConsentPurpose, bool]:
        return {purpose: bool(getattr(self, purpose.value).data) for purpose in ConsentPurpose}


class JoinForm(ConsentMixin, BaseForm):
    full_name = StringField(lazy("Họ và tên"), [InputRequired(), Length(max=200)])
    birth_date = DayField(lazy("Ngày sinh"), [InputRequired()], description=lazy("Ví dụ 20/11/2009"))
    class_name = StringField(lazy("Lớp"), [Length(max=20)])


class GuardianForm(ConsentMixin, BaseForm):
    typed_name = StringField(lazy("Họ và tên phụ huynh"), [InputRequired(), Length(max=200)])
    relation = SelectField(
        lazy("Quan hệ với em"),
        choices=[
            ("mẹ", lazy("mẹ")),
            ("cha", lazy("cha")),
            ("ông", lazy("ông")),
            ("bà", lazy("bà")),
            ("người giám hộ", lazy("người giám hộ")),
        ],
    )
    phone = StringField(lazy("Điện thoại (nếu muốn Ban tổ chức liên hệ)"), [Length(max=20), is_phone])


class PaperForm(ConsentMixin, BaseForm):
    typed_name = StringField(lazy("Người ký trên giấy"), [InputRequired(), Length(max=200)])
    relation = StringField(lazy("Quan hệ với em"), [InputRequired(), Length(max=40)])


class TeamForm(BaseForm):
    """What a captain says of the team; the members come in by themselves."""

    division = SelectField(lazy("Bảng"), coerce=int)
    team_name = StringField(lazy("Tên đội"), [Length(max=160)])
    organisation = StringField(
        lazy("Trường hoặc đơn vị (để trống nếu không có)"),
        [Length(max=200)],
        description=lazy("Gõ tên rồi chọn trong gợi ý; chưa có thì ghi tên đầy đủ, ví dụ: THPT Võ Minh Đức"),
    )
    class_name = StringField(lazy("Lớp"), [Length(max=20)])


class MendTeamForm(TeamForm):
    coach_name = StringField(lazy("Giáo viên hướng dẫn"), [Length(max=200)])
    coach_phone = StringField(lazy("Điện thoại của giáo viên"), [Length(max=20), is_phone])
    coach_email = StringField(lazy("E-mail của giáo viên"), [Length(max=254)])


class StartForm(ConsentMixin, TeamForm):
    """A captain begins: for somebody signed in without the account part."""

    page_order = (
        "full_name",
        "birth_date",
        "division",
        "team_name",
        "organisation",
        "class_name",
        "email",
        "phone",
        "password",
    )

    birth_date = DayField(lazy("Ngày sinh"), [InputRequired()], description=lazy("Ví dụ 20/11/2008"))


class StartWithAccountForm(StartForm):
    full_name = StringField(lazy("Họ và tên"), [InputRequired(), Length(max=200)])
    email = StringField(lazy("E-mail"), [Length(max=254)])
    phone = StringField(lazy("Điện thoại"), [Length(max=20), is_phone])
    password = PasswordField(lazy("Mật khẩu"), [InputRequired()], description=lazy("Ít nhất 8 ký tự"))
