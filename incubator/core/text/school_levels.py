"""The words in a school's name that say its levels: “TH Đông Hòa”, “Trường Tiểu học - THCS Bình Minh”."""

from __future__ import annotations

import re

from .keys import search_key

_AND = r"(?:[ ,&/-]|va )+"
_TH, _THCS, _THPT = r"(?:tieu hoc|th)", r"(?:thcs|trung hoc co so)", r"(?:thpt|trung hoc pho thong)"
# level code, how it is written, and the words (as plain keys) that say it; longer ones are tried first
LEVELS: tuple[tuple[str, str, str], ...] = (
    ("primary+lower_secondary+upper_secondary", "TH-THCS-THPT", rf"{_TH}{_AND}{_THCS}{_AND}{_THPT}"),
    ("primary+lower_secondary", "TH-THCS", rf"{_TH}{_AND}{_THCS}"),
    ("lower_secondary+upper_secondary", "THCS-THPT", rf"{_THCS}{_AND}{_THPT}"),
    ("primary+upper_secondary", "Trung - Tiểu học", rf"trung[ -]+tieu hoc|th{_AND}thpt"),
    ("primary", "Tiểu học", r"tieu hoc|t\.? ?h[.:]?(?= )|pt ?cap 1|cap 1|ptcs cap 1"),
    ("lower_secondary", "THCS", r"thcs|t\.h\.c\.s\.?|trung hoc co so|ptcs|cap 2"),
    ("upper_secondary", "THPT", r"thpt|t\.h\.p\.t\.?|trung hoc pho thong|ptth|cap 3"),
    ("continuing", "TTGDNN-GDTX", r"(?:tt|trung tam)[ .]*(?:gdnn[ -]*)?gdtx|trung tam g.*?thuong xuyen"),
    ("kindergarten", "Mầm non", r"mam non|mn(?= )"),
    ("university", "Đại học", r"dai hoc|dh(?= )"),
    ("college", "Cao đẳng", r"cao dang|cd(?= )"),
    ("vocational", "Trung cấp", r"trung cap|tc(?= )"),
)
_ANYWHERE = [(code, re.compile(rf"\b(?:{pattern})(?:\b|(?=\s|$))")) for code, _, pattern in LEVELS]


def levels_said(name: str) -> list[str]:
    """Every single level that a name says, wherever in it: “TH-THCS Bình Minh” says two."""
    key = search_key(name)
    code = next((code for code, pattern in _ANYWHERE if pattern.search(key)), "")
    return code.split("+") if code else []
