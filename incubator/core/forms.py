"""Forms: shape and type of input, with messages in the reader's language. Rules across rows are the services' part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from flask_wtf import FlaskForm
from wtforms import DateTimeField as _DateTimeField
from wtforms import Field, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from . import clock
from .errors import DomainError, Invalid
from .i18n import _, lazy, ngettext
from .text.numerals import is_count
from .web import decimal_sign, vn_number

# WTForms has no Vietnamese catalogue: these are its own messages, which our catalogues translate instead.
_WTFORMS = {
    "This field is required.": lazy("Bắt buộc nhập."),
    "Not a valid choice.": lazy("Chọn một mục trong danh sách."),
    "Not a valid choice": lazy("Chọn một mục trong danh sách."),
    "Invalid Choice: could not coerce.": lazy("Chọn một mục trong danh sách."),
    "Not a valid integer value.": lazy("Nhập một số nguyên."),
    "Not a valid decimal value.": lazy("Nhập một số, ví dụ 8,5."),
    "Not a valid date value.": lazy("Nhập ngày theo dạng 20/11/2026."),
    "Not a valid datetime value.": lazy("Nhập ngày và giờ theo dạng 20/11/2026 14:30."),
    "Not a valid time value.": lazy("Nhập giờ theo dạng 14:30."),
    "Invalid email address.": lazy("Địa chỉ e-mail chưa đúng, ví dụ: ten@truong.edu.vn."),
    "Invalid input.": lazy("Nội dung chưa đúng dạng."),
    "Invalid URL.": lazy("Địa chỉ web chưa đúng, ví dụ: https://youtu.be/…"),
    "Field must be equal to %(other_name)s.": lazy("Hai ô phải giống nhau."),
    "File does not have an approved extension: %(extensions)s": lazy("Chỉ nhận tệp: %(extensions)s"),
}


class _Messages:
    """WTForms' translation object over our catalogues."""

    def gettext(self, text: str) -> str:
        known = _WTFORMS.get(text)
        if known is not None:
            return str(known)
        if match := re.fullmatch(r"Number must be between (\S+) and (\S+)\.", text):
            return _("Nhập số từ %(low)s đến %(high)s.", low=match[1], high=match[2])
        return text

    def ngettext(self, one: str, many: str, n: int) -> str:
        text = one if n == 1 else many
        if "at least" in text:
            return ngettext("Nhập ít nhất %%(min)d ký tự.", "Nhập ít nhất %%(min)d ký tự.", n)
        if "longer than" in text:
            return ngettext("Nhập nhiều nhất %%(max)d ký tự.", "Nhập nhiều nhất %%(max)d ký tự.", n)
        return text


class BaseForm(FlaskForm):
    """Parent of every form. Text is stripped; errors are Vietnamese or English, never mixed."""

    #: Names of the fields as the page shows them, where that is not the order of the class: the summary of errors follows it.
    page_order: ClassVar[tuple[str, ...]] = ()

    @property
    def errors(self) -> dict[str | None, Any]:
        """Errors by field, from the top of the page to its end."""
        found = super().errors
        place = {name: n for n, name in enumerate(self.page_order)}
        return dict(sorted(found.items(), key=lambda item: place.get(item[0] or "", len(place))))

    class Meta:
        csrf = False  # every request that changes something is checked before its view (core/cookies.py)

        def get_translations(self, form: Any) -> Any:
            return _Messages()

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if issubclass(unbound_field.field_class, StringField):
                filters = list(unbound_field.kwargs.get("filters", ()))
                if strip not in filters and not unbound_field.kwargs.get("raw"):
                    unbound_field.kwargs["filters"] = [strip, *filters]
            return unbound_field.bind(form=form, **options)

    def take(self, error: DomainError) -> None:
        """Show a service's refusal at its field, or on top of the form when it names none."""
        field = self._fields.get(error.field or "")
        if field is not None:
            field.errors = [*field.errors, error.message]
        else:
            self.form_errors.append(error.message)


def strip(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


_DAY = re.compile(r"^\s*(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})\s*$")


def parse_day(text: str) -> date:
    """“5/1/2026”, “05-01-2026”, “05.01.2026” or ISO “2026-01-05”. Raises Invalid with how to write it."""
    try:
        if match := _DAY.match(text):
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(_("“%(text)s” không phải là ngày. Nhập theo dạng 20/11/2026.", text=text)) from None


class DayField(Field):
    """A local date written dd/mm/yyyy; ISO is taken too, as date pickers send it."""

    widget = TextInput()
    input_kind = "day"

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%d/%m/%Y") if self.data else ""

    def process_formdata(self, values: Sequence[str]) -> None:
        self.data = None
        if values and values[0].strip():
            try:
                self.data = parse_day(values[0])
            except Invalid as error:
                raise ValueError(error.message) from None


class MomentField(_DateTimeField):
    """A local date and time written “dd/mm/yyyy hh:mm” (or as a datetime-local input sends it); data is aware UTC."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("format", ["%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
        super().__init__(*args, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return clock.local(self.data).strftime("%d/%m/%Y %H:%M") if self.data else ""

    def process_formdata(self, values: Sequence[str]) -> None:
        if not values or not values[0].strip():
            self.data = None
            return
        super().process_formdata(values)
        naive: datetime | None = self.data
        if naive is not None and naive.tzinfo is None:
            self.data = clock.at_local(naive.date(), time(naive.hour, naive.minute))


MOST_POINTS = 1_000_000


def parse_points(text: str) -> int:
    """“8,5” and “8.5” both as 850 hundredths of a point. One comma or dot is a decimal mark, never a thousands sign.

    Raises Invalid for anything else, or for more than two decimals.
    """
    plain = text.strip().replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise Invalid(_("“%(text)s” không phải là số. Nhập ví dụ 8 hoặc 8,5.", text=text)) from None
    if not value.is_finite() or abs(value) > MOST_POINTS:
        raise Invalid(_("“%(text)s” không phải là số. Nhập ví dụ 8 hoặc 8,5.", text=text))
    hundredths = value * 100
    if hundredths != hundredths.to_integral_value():
        raise Invalid(_("“%(text)s” có quá hai chữ số thập phân.", text=text))
    return int(hundredths)


class PointsField(Field):
    """A number of points; `data` is an int in hundredths."""

    widget = TextInput()
    input_kind = "decimal"

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return (
            f"{Decimal(self.data) / 100:f}".rstrip("0").replace(".", decimal_sign())
            if self.data % 100
            else str(self.data // 100)
        )

    def process_formdata(self, values: Sequence[str]) -> None:
        self.data = None
        if values and values[0].strip():
            try:
                self.data = parse_points(values[0])
            except Invalid as error:
                raise ValueError(error.message) from None


class MoneyField(Field):
    """Whole đồng; “1.500.000” and “1500000” are the same."""

    widget = TextInput()
    input_kind = "numeric"

    def __init__(self, label: Any = None, validators: Any = None, *, digits: int = 12, **kw: Any) -> None:
        super().__init__(label, validators, **kw)
        self.digits = digits  # that the column holds

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return vn_number(self.data)

    def process_formdata(self, values: Sequence[str]) -> None:
        self.data = None
        if values and values[0].strip():
            digits = re.sub(r"[.,\s]|đ(ồng)?$", "", values[0].strip())
            if not is_count(digits, self.digits):
                raise ValueError(_("Nhập số tiền bằng đồng, ví dụ 1.500.000."))
            self.data = int(digits)


def phone_digits(text: str) -> str | None:
    """A Vietnamese phone number as digits with its leading zero (+84… and lost zeros are mended); None if it is none."""
    digits = re.sub(r"\D", "", text)
    if digits.startswith("84") and len(digits) in (11, 12):
        digits = "0" + digits[2:]
    elif len(digits) == 9 and digits[0] != "0":
        digits = "0" + digits
    return digits if len(digits) in (10, 11) and digits.startswith("0") else None


def is_phone(_form: Any, field: Any) -> None:
    """Validator: empty or a phone number."""
    if field.data and phone_digits(field.data) is None:
        raise ValidationError(_("Số điện thoại gồm 10 chữ số, ví dụ 0912 345 678."))
