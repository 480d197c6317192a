"""A published list as a file: the same rows, the same consents as the page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ..core import clock
from ..core.i18n import _
from ..core.web import named
from .papers import list_pdf
from .views import ResultPage, ResultRow
from .words import presence_word

KINDS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
    "json": "application/json",
}


def heads() -> list[str]:
    return [
        _("Bảng"),
        _("Hạng"),
        _("SBD"),
        _("Đội"),
        _("Sản phẩm"),
        _("Đơn vị"),
        _("Địa bàn"),
        _("Điểm"),
        _("Giải"),
        _("Vào vòng sau"),
        _("Giờ"),
        _("Nơi"),
        _("Ghi chú"),
        _("Họ tên (có đồng ý)"),
    ]


def rows_of(page: ResultPage) -> Iterator[list[Any]]:
    for view in page.divisions:
        for r in view.rows:
            yield [
                named(view.division),
                r.rank,
                r.number,
                r.team,
                r.title,
                r.school,
                r.area,
                _points(r),
                r.prize,
                _("có") if r.advanced else "",
                clock.local(r.starts_at).strftime("%d/%m/%Y %H:%M") if r.starts_at else "",
                r.place,
                presence_word(r.presence),
                ", ".join(r.names),
            ]


def _points(row: ResultRow) -> Decimal | None:
    return None if row.score_e4 is None else Decimal(row.score_e4) / 10000


def make_file(page: ResultPage, kind: str) -> bytes:
    return {"xlsx": as_xlsx, "csv": as_csv, "pdf": list_pdf, "json": as_json}[kind](page)


def plain(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def as_csv(page: ResultPage) -> bytes:
    """UTF-8 with a byte order mark, so that Excel reads Vietnamese."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(heads())
    for row in rows_of(page):
        writer.writerow([f"{v:f}" if isinstance(v, Decimal) else plain(v) for v in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(page: ResultPage) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"created": page.publication.visible_at.replace(tzinfo=None)})
    sheet = book.add_worksheet(_("Kết quả"))
    bold, points = book.add_format({"bold": True}), book.add_format({"num_format": "0.00"})
    sheet.write_row(0, 0, heads(), bold)
    for n, row in enumerate(rows_of(page), start=1):
        for column, value in enumerate(row):
            if isinstance(value, Decimal):
                sheet.write_number(n, column, float(value), points)
            elif isinstance(value, int):
                sheet.write_number(n, column, value)
            else:
                sheet.write_string(n, column, value or "")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 2, 10)
    sheet.set_column(3, 6, 28)
    book.close()
    return out.getvalue()


def as_json(page: ResultPage) -> bytes:
    publication = page.publication
    value = {
        "edition": page.edition.slug,
        "name": named(page.edition),
        "kind": str(publication.kind),
        "version": publication.version,
        "published_at": publication.visible_at.isoformat(),
        "decision": publication.decision_number,
        "reason": publication.reason,
        "hash": publication.hash,
        "divisions": [
            {
                "division": view.division.slug,
                "name": named(view.division),
                "rows": [_json_row(r) for r in view.rows],
            }
            for view in page.divisions
        ],
        "other_prizes": [{"prize": p.prize, "to": p.who, "of": p.detail} for p in page.others],
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _json_row(r: ResultRow) -> dict[str, Any]:
    points = _points(r)
    values = {
        "number": r.number,
        "rank": r.rank,
        "team": r.team,
        "title": r.title,
        "school": r.school,
        "area": r.area,
        "score": f"{points:f}" if points is not None else None,
        "prize": r.prize,
        "advanced": r.advanced,
        "presence": r.presence,
        "starts_at": r.starts_at.isoformat() if r.starts_at else None,
        "place": r.place,
        "names": list(r.names),
    }
    return {k: v for k, v in values.items() if v not in (None, "", [])}
