"""Argon2 hashes. One hash a sign-in, whether the account exists or not: time tells nothing."""

from __future__ import annotations

import functools

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from ...activity.services import digest
from ...core.errors import Invalid
from ...core.i18n import _

# OWASP's second choice for argon2id: 19 MiB, 2 passes, 1 lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1, type=Type.ID)

SHORTEST = 8
_COMMON = {
    "12345678",
    "123456789",
    "1234567890",
    "password",
    "matkhau123",
    "11111111",
    "88888888",
    "qwertyui",
}


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def hash_of_claim(address: str, password: str) -> str:
    """As `hash_password()`, salted by the address: of all accounts that claim it, one computation finds the right one."""
    return _hasher.hash(password, salt=digest(address).encode())


@functools.lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash("nobody")


def check_password(stored: str | None, password: str) -> bool:
    """Whether `password` fits; takes the same time when there is nothing to compare with."""
    try:
        return _hasher.verify(stored or _nobodys_hash(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def ensure_good(password: str, *known: str | None) -> None:
    """Refuse passwords that are short, common, or the person's own address or phone."""
    if len(password) < SHORTEST:
        raise Invalid(_("Mật khẩu cần ít nhất 8 ký tự. Nên dùng một câu dễ nhớ."), field="password")
    low = password.lower()
    if low in _COMMON or len(set(low)) < 3 or any(k and k.lower() in (low, low[::-1]) for k in known):
        raise Invalid(_("Mật khẩu này quá dễ đoán. Chọn một câu mà chỉ mình biết."), field="password")
