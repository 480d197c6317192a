"""Codes in links and on cards. Pure: no database, no Flask.

A link's code is derived from the invitation's id and a key, so that the organiser can copy it again, while the
database keeps only its hash: a stolen copy of the database opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # no 0 O 1 I L: read aloud and typed by children


def link_code(secret_key: str, invitation_id: int, nonce: str) -> str:
    """26 letters, 130 bits, the same for the same invitation."""
    mac = hmac.new(
        secret_key.encode(), f"invitation:{invitation_id}:{nonce}".encode(), hashlib.sha256
    ).digest()
    return base64.b32encode(mac)[:26].decode().lower()


def code_hash(code: str) -> str:
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()


def new_secret() -> str:
    """A session's secret: 256 bits."""
    return secrets.token_urlsafe(32)


def pupil_code() -> str:
    """Ten letters in two groups, 49 bits: at the 60 tries a minute of the sign-in page nobody finds one, let alone its PIN."""
    letters = [secrets.choice(_ALPHABET) for _ in range(10)]
    return "".join(letters[:5]) + "-" + "".join(letters[5:])


def normal_pupil_code(typed: str) -> str:
    """A code as it is stored, however it was typed."""
    letters = [c for c in typed.upper() if c.isalnum()]
    return "".join(letters[:5]) + "-" + "".join(letters[5:])


def pin() -> str:
    """Six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"
