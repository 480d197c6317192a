"""Refusals that people can act on. Services raise them; `core.web` turns them into pages.

Every message is a full sentence in the reader's language: what is wrong, where, and how to mend it.
"""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """A refusal by a rule, not a fault of the program."""

    status = 400

    def __init__(self, message: str, *, code: str = "", field: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).__name__.lower()
        self.field = field
        self.details = details


class NotAllowed(DomainError):
    """403: the person is known and may not."""

    status = 403


class NotFound(DomainError):
    """404: there is none, or none that this person may know of."""

    status = 404


class Conflict(DomainError):
    """409: somebody else was first, or the state has moved on."""

    status = 409


class Invalid(DomainError):
    """422: the data breaks a rule; `field` names where."""

    status = 422


class TooMany(DomainError):
    """429: asked too often; the message says when to try again."""

    status = 429
