"""Shape of what people type about themselves."""

from __future__ import annotations

from wtforms import EmailField, HiddenField, PasswordField, SelectField, StringField, TelField
from wtforms.validators import DataRequired, Email, EqualTo, Length, Optional

from ..core.forms import BaseForm, is_phone
from ..core.i18n import lazy


class LoginForm(BaseForm):
    email = StringField(lazy("E-mail hoặc số điện thoại"), [DataRequired(), Length(max=254)])
    password = PasswordField(lazy("Mật khẩu"), [DataRequired(), Length(max=200)])
    next = HiddenField()


class CodeForm(BaseForm):
    code = StringField(lazy("Mã trên thẻ"), [DataRequired(), Length(max=20)])
    pin = StringField(lazy("PIN (6 chữ số)"), [DataRequired(), Length(max=10)])
    next = HiddenField()


class ForgotForm(BaseForm):
    name = StringField(lazy("E-mail hoặc số điện thoại"), [DataRequired(), Length(max=254)])


class ChoosePasswordForm(BaseForm):
    password = PasswordField(lazy("Mật khẩu mới"), [DataRequired(), Length(max=200)])
    again = PasswordField(
        lazy("Nhập lại mật khẩu"),
        [DataRequired(), EqualTo("password", lazy("Hai ô mật khẩu phải giống nhau."))],
    )


class JoinForm(BaseForm):
    """Who accepts an invitation and has no account yet."""

    full_name = StringField(lazy("Họ và tên"), [DataRequired(), Length(max=200)])
    email = EmailField(lazy("E-mail"), [Optional(), Email(), Length(max=254)])
    phone = TelField(lazy("Số điện thoại"), [is_phone, Length(max=20)])
    password = PasswordField(lazy("Mật khẩu"), [DataRequired(), Length(max=200)])


class SchoolJoinForm(JoinForm):
    page_order = ("organisation", "full_name", "email", "phone", "password")

    organisation = StringField(lazy("Trường"), [DataRequired(), Length(max=200)])


class ContactForm(BaseForm):
    email = EmailField(lazy("E-mail"), [Optional(), Email(), Length(max=254)])
    phone = TelField(lazy("Số điện thoại"), [is_phone, Length(max=20)])
    current = PasswordField(lazy("Mật khẩu đang dùng"), [Length(max=200)])


class JoinAccountsForm(BaseForm):
    """The second account of who is signed in, proven by its password, and once more the first."""

    name = StringField(lazy("E-mail hoặc số điện thoại của tài khoản kia"), [DataRequired(), Length(max=254)])
    other_password = PasswordField(lazy("Mật khẩu của tài khoản kia"), [DataRequired(), Length(max=200)])
    own = PasswordField(lazy("Mật khẩu đang dùng ở tài khoản này"), [DataRequired(), Length(max=200)])


class ChangePasswordForm(ChoosePasswordForm):
    old = PasswordField(lazy("Mật khẩu đang dùng"), [Length(max=200)])


class InviteForm(BaseForm):
    full_name = StringField(lazy("Họ và tên"), [DataRequired(), Length(max=200)])
    email = EmailField(lazy("E-mail"), [Optional(), Email(), Length(max=254)])
    phone = TelField(lazy("Số điện thoại"), [is_phone, Length(max=20)])
    role = SelectField(lazy("Vai trò"), [DataRequired()])
    scope = SelectField(lazy("Ở đâu"), validate_choice=True)


class InviteTeacherForm(BaseForm):
    organisation = StringField(lazy("Trường"), [DataRequired(), Length(max=200)])
    full_name = StringField(lazy("Họ và tên"), [DataRequired(), Length(max=200)])
    email = EmailField(lazy("E-mail"), [Optional(), Email(), Length(max=254)])
    phone = TelField(lazy("Số điện thoại"), [is_phone, Length(max=20)])
