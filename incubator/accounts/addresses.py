"""E-mail addresses and phones as they are stored. Pure but for the words of a refusal."""

from __future__ import annotations

from ..core.errors import Invalid
from ..core.forms import phone_digits
from ..core.i18n import _


def normal_email(email: str | None) -> str | None:
    text = (email or "").strip().lower()
    if text and ("@" not in text or " " in text or "." not in text.rsplit("@", 1)[-1]):
        raise Invalid(_("Địa chỉ e-mail chưa đúng, ví dụ: ten@truong.edu.vn."), field="email")
    return text or None


def normal_phone(phone: str | None) -> str | None:
    if not (phone or "").strip():
        return None
    digits = phone_digits(phone or "")
    if digits is None:
        raise Invalid(_("Số điện thoại gồm 10 chữ số, ví dụ 0912 345 678."), field="phone")
    return digits


def address_named(name: str) -> str:
    """What somebody signs in with, however it is typed: an e-mail or a phone as it is stored."""
    name = name.strip().lower()
    return (phone_digits(name) if "@" not in name else None) or name
