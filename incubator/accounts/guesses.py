"""How often somebody may guess, so that guessing is slow and nobody can lock anybody else out.

A device that was signed in to an account keeps a signed cookie that names the account. It has its own count, which no
stranger can use up: neither one who guesses at the account from elsewhere, nor one behind the same school's address.
"""

from __future__ import annotations

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from limits import parse

from ..core.errors import TooMany
from ..core.extensions import client_address, limiter
from ..core.i18n import _

DEVICE_COOKIE = "device"
MOST_ACCOUNTS = 5  # that one device remembers: a shared phone, a computer in the teachers' room
A_YEAR = 365 * 86400

PER_PLACE = "10/15minutes"  # tries at one name from one network, or from one known device
PER_NAME = "100/hour"  # tries at one name from strange devices all over the world
LETTERS_PER_NAME = "3/hour"  # of one kind to one address, asked for by who need not be its owner


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.config["SECRET_KEY"]), salt="device")


def known_accounts() -> list[str]:
    """Keys of the accounts and cards that this device was signed in to, newest first."""
    try:
        found = _serializer().loads(request.cookies.get(DEVICE_COOKIE, ""))
    except BadSignature:
        return []
    return [str(key) for key in found] if isinstance(found, list) else []


def remember(response: Response, key: str) -> None:
    """From now on this device is known to the account or card of `key`."""
    keys = [key, *(k for k in known_accounts() if k != key)][:MOST_ACCOUNTS]
    response.set_cookie(
        DEVICE_COOKIE,
        _serializer().dumps(keys),
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )


def place() -> str:
    """Whose count a try at the sign-in page uses up: the device's own where it is known, else the network's."""
    keys = known_accounts()
    return f"device:{'.'.join(sorted(keys))}" if keys else client_address()


def limit(name: str, key: str) -> None:
    """Count one try at `name`; `key` is of the account or card behind it, "" where there is none.

    Who only claims an address (`services.claims`) is a stranger at it: claims are made at will.

    Few tries per name and network; many per name altogether, but never for a device that was in before.
    """
    if not limiter.enabled:
        return
    name = name.strip().lower()
    known = bool(key) and key in known_accounts()
    where = f"device:{key}" if known else client_address()
    if not limiter.limiter.hit(parse(PER_PLACE), "sign-in", where, name):
        raise TooMany(_("Đã thử nhiều lần từ máy hoặc mạng này. Đợi 15 phút, hoặc bấm “Quên mật khẩu”."))
    if not known and not limiter.limiter.hit(parse(PER_NAME), "sign-in-name", name):
        raise TooMany(
            _(
                "Tài khoản này đang bị thử mật khẩu từ nhiều nơi. Đăng nhập trên máy đã từng dùng, bấm “Quên mật khẩu”, hoặc đợi một giờ."
            )
        )


def may_ask_for_reset(name: str) -> bool:
    """Whether one more letter may go to this name: nobody fills somebody else's mailbox."""
    return not limiter.enabled or bool(
        limiter.limiter.hit(parse(LETTERS_PER_NAME), "reset", name.strip().lower())
    )


def may_confirm(address: str | None) -> bool:
    """Whether one more letter may ask this mailbox whether it is somebody's."""
    name = (address or "").strip().lower()
    return not limiter.enabled or bool(limiter.limiter.hit(parse(LETTERS_PER_NAME), "confirm", name))
