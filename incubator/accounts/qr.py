"""QR codes as SVG pictures."""

from __future__ import annotations

import base64
import io

import segno


def qr_svg(text: str, scale: int = 4) -> str:
    """A data: address of an SVG, for `<img src>`: the policy of our pages allows no inline code."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=scale, border=2, xmldecl=False)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
