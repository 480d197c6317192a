"""Reads of match play."""

from .lists import waiting_for

__all__ = ["waiting_for"]
