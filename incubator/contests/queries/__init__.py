"""Reads of contests, by noun."""

from .waiting import waiting_for

__all__ = ["waiting_for"]
