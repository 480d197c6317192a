"""QR codes for screens. Those on papers are drawn by `pdf.qr_svg()`, without a quiet zone and four times as fast."""

from __future__ import annotations

import base64
import io

import segno
from markupsafe import Markup


def picture(text: str, scale: int = 4) -> str:
    """A data: address of an SVG, for `<img src>`."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=scale, border=2, xmldecl=False)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


def drawing(text: str, scale: int = 4) -> Markup:
    """An `<svg>` that stands in the page and takes the size its style gives. Only squares: `text` is not in it."""
    return Markup(segno.make(text).svg_inline(scale=scale, omitsize=True))  # noqa: S704 - drawn by segno
