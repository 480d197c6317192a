"""Reads of programmes and mentoring, one module an audience."""

from .waiting import waiting_for

__all__ = ["waiting_for"]
