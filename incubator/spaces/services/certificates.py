"""The paper that says somebody attended an event."""

from __future__ import annotations

from flask import current_app

from ...core import pdf
from ...core.i18n import _
from ...models import Event, EventRegistration
from ..intervals import Span, local_date
from ..wording import span_of


def attendance(row: EventRegistration, event: Event, link: str) -> bytes:
    """PDF of one page with a QR to the registrant's own page, where it can be checked."""
    sessions = [[span_of(Span(s.starts_at, s.ends_at)), s.resource.name] for s in event.sessions]
    who = [[_("Họ và tên"), row.full_name]]
    if row.organisation:
        who.append([_("Đơn vị"), row.organisation])
    config = current_app.config
    return pdf.render(
        "official",
        {
            "parent": config["OWNER_PARENT"],
            "body": config["OWNER_NAME"],
            "number": row.certificate_number,
            "place": config["DATE_PLACE"],
            "date": local_date(event.sessions[-1].ends_at).isoformat(),
            "kind": _("Giấy chứng nhận tham dự"),
            "title": event.title,
            "landscape": False,
            "blocks": [
                {"type": "text", "text": _("Chứng nhận:")},
                {"type": "facts", "rows": who},
                {"type": "text", "text": _("đã tham dự đủ các buổi sau:")},
                {
                    "type": "table",
                    "columns": [
                        {"title": _("Thời gian"), "align": "left", "width": "2fr"},
                        {"title": _("Nơi tổ chức"), "align": "left", "width": "2fr"},
                    ],
                    "rows": sessions,
                    "size": 12,
                },
            ],
            "signatures": [{"lines": [""]}, {"lines": [_("GIÁM ĐỐC")]}],  # who signs stands on the right
            "recipients": [],
            "qr": pdf.qr_svg(link),
            "qr_note": _("Quét để kiểm tra"),
        },
    )
