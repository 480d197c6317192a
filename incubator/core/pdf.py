"""PDF by typst, in process: official papers and certificates.

How to make an official paper (minutes, score sheet, list, decision) in the form of Decree 30/2020/NĐ-CP:

    from incubator.core import pdf
    pdf.render("official", {
        "parent": "Sở Khoa học và Công nghệ", "body": "Ban Tổ chức Cuộc thi",   # put in capitals
        "number": "05/BB-BTC",                       # "" leaves the line "Số:" to be filled in by hand
        "place": "Bình Dương", "date": "2024-11-23", # the date of the paper, ISO; None leaves dots
        "kind": "Biên bản", "title": "Họp hội đồng chấm vòng chung kết",
        "landscape": False,
        "blocks": [                                  # in order, as many as wanted
            {"type": "basis", "items": ["Căn cứ Quyết định số 01/QĐ-BTC", "Theo đề nghị của Ban Thư ký"]},
            {"type": "heading", "text": "1. Thành phần"},
            {"type": "text", "text": "Tổng số 7, có mặt 7."},
            {"type": "list", "items": ["…"]},
            {"type": "facts", "rows": [["Mã số", "TH-012"], ["Sản phẩm", "…"]]},
            {"type": "table", "columns": [{"title": "STT", "align": "right", "width": "auto"},
                                          {"title": "Đội", "align": "left", "width": "2fr"}],
             "rows": [["1", "Hải Âu 2"]], "size": 12},
            {"type": "lines", "count": 4},           # dotted lines to write on
            {"type": "break"},                       # new page
            {"type": "svg", "svg": "<svg …>", "height": 100},  # at most as wide as the text and so many mm high
        ],
        "signatures": [{"lines": ["THƯ KÝ"], "name": "Trần Thị B"},
                       {"lines": ["TM. HỘI ĐỒNG", "CHỦ TỊCH"], "name": ""}],
        "recipients": ["Như trên", "Lưu: VT, BTC."],  # Nơi nhận; empty: none
        "qr": pdf.qr_svg("https://…"), "qr_note": "…",  # optional
    })

All values are text: numbers are formatted by the caller. A paper of several sheets (314 score sheets) is one call
with `"sheets": [paper, paper, …]`. The face is a metric twin of Times New Roman where the machine has one (Debian
fonts-croscore or fonts-liberation2), else Be Vietnam Pro. The same data gives the same bytes on one machine.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno

TEMPLATES = Path(__file__).parent.parent.parent / "templates" / "documents"
BRAND_FACE = "Be Vietnam Pro"
# Complete for Vietnamese. Debian's older fonts-liberation lacks 92 of 146 letters and is left out on purpose.
OFFICIAL_FACES = (
    ("Tinos", Path("/usr/share/fonts/truetype/croscore"), "Tinos-Regular.ttf"),
    ("Liberation Serif", Path("/usr/share/fonts/truetype/liberation2"), "LiberationSerif-Regular.ttf"),
)
STAMP = int(datetime(2024, 1, 1, tzinfo=UTC).timestamp())


class PdfError(RuntimeError):
    """The template is wrong, a face is missing, or a letter has no shape in the face."""


class _Compilers(threading.local):
    """One compiler per template and thread: a fresh one for each paper is nine times slower."""

    def __init__(self) -> None:
        self.by_template: dict[str, Any] = {}


_compilers = _Compilers()


@cache
def official_face() -> tuple[str, Path | None]:
    """Name and folder of the face of official papers; the folder is None for the packaged face."""
    for name, folder, regular in OFFICIAL_FACES:
        if (folder / regular).exists():
            return name, folder
    return BRAND_FACE, None


def _compiler(template: str) -> Any:
    if template not in _compilers.by_template:
        import fontpkg_be_vietnam_pro
        import typst

        path = TEMPLATES / f"{template}.typ"
        if not path.is_file():
            raise PdfError(f"No template {path.name} in templates/documents.")
        folders = [str(fontpkg_be_vietnam_pro.ROOT)]
        if (extra := official_face()[1]) is not None:
            folders.append(str(extra))
        _compilers.by_template[template] = typst.Compiler(
            str(path), root=str(TEMPLATES), font_paths=folders, ignore_system_fonts=True
        )
    return _compilers.by_template[template]


def render(template: str, data: dict[str, Any], *, fonts: tuple[str, ...] = ()) -> bytes:
    """The PDF/A-2b of `templates/documents/<template>.typ` over `data` (JSON values; text is never markup).

    `fonts` names the faces to use, first one first; by default the official face for papers, the brand face
    for certificates. Raises PdfError on any warning of the compiler: a missing face would otherwise pass
    unseen, and PDF/A refuses letters that the face does not have.
    """
    faces = list(fonts) or [BRAND_FACE if template.startswith("certificate") else official_face()[0]]
    payload = json.dumps({"faces": faces, **data}, ensure_ascii=False, default=_plain)
    try:
        pdf, warnings = _compiler(template).compile_with_warnings(
            sys_inputs={"d": payload}, pdf_standards=["a-2b"], timestamp=STAMP
        )
    except PdfError:
        raise
    except Exception as error:
        raise PdfError(f"{template}: {error}") from error
    if warnings:
        raise PdfError(f"{template}: " + "; ".join(str(w.message) for w in warnings))
    return bytes(pdf)


def qr_svg(text: str) -> str:
    """A QR code as SVG text for the `qr` of a paper; error correction M, no quiet zone (the paper is white).

    The mask is fixed: trying all eight takes five times as long and reads no better from paper.
    """
    return str(segno.make(text, error="m", micro=False, mask=2).svg_inline(scale=4, border=0, omitsize=True))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
