"""Certificates and lists as papers: data for the templates in templates/documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import current_app

from ..core import clock, pdf
from ..core.db import db
from ..core.web import public_url, score
from ..models import Certificate, Edition, EntryMember, Person, Publication
from .views import ResultPage
from .words import KINDS, presence_word

# Official papers are Vietnamese whoever prints them, so these words are not in the catalogues.
PARTS = {"captain": "Đội trưởng", "member": "Thành viên", "coach": "Giáo viên hướng dẫn"}


def certificates_pdf(certificates: Sequence[Certificate], edition: Edition) -> bytes:
    """One page a certificate, in the given order. Full names: this is for the holders and their school."""
    publications = {
        p.id: p
        for p in db.session.scalars(
            sa.select(Publication).where(Publication.id.in_({c.publication_id for c in certificates}))
        )
    }
    names = holder_names(certificates)
    sheets = [sheet_of(c, publications[c.publication_id or 0], names.get(c.id, "")) for c in certificates]
    return pdf.render("certificate", {"title": f"Giấy chứng nhận {edition.name}", "sheets": sheets})


def holder_names(certificates: Sequence[Certificate]) -> dict[int, str]:
    """Names as frozen with the entry; erased people have none. One query."""
    pairs = {(c.entry_id, c.person_id): c.id for c in certificates if c.person_id}
    if not pairs:
        return {}
    rows = db.session.execute(
        sa.select(EntryMember.entry_id, EntryMember.person_id, EntryMember.full_name)
        .join(Person, Person.id == EntryMember.person_id)
        .where(
            EntryMember.entry_id.in_({e for e, _p in pairs}),
            EntryMember.ended_at.is_(None),
            Person.erased_at.is_(None),
        )
    )
    return {pairs[(r.entry_id, r.person_id)]: r.full_name for r in rows if (r.entry_id, r.person_id) in pairs}


def sheet_of(certificate: Certificate, publication: Publication, holder: str) -> dict[str, Any]:
    """What one sheet says; see templates/documents/certificate.typ."""
    content = certificate.content
    config = current_app.config
    team = f"Đội {content['team']}" if content.get("team") else content["school"]
    school = "" if content["school"] in content.get("team", "") else content["school"]  # named once
    where = ", ".join(x for x in (school, content.get("area", "")) if x)
    person = PARTS.get(content.get("part", ""), "")
    detail = where
    if holder:
        of_team = f"{person} {team}".strip() if content.get("team") else ""  # who enters alone leads nobody
        detail = " – ".join(x for x in (of_team, where) if x)
    elif not content.get("team"):
        detail = content.get("area", "")
    signed = publication.decision_date or clock.local(publication.visible_at).date()
    return {
        "parent": str(config["OWNER_PARENT"]),
        "body": "Ban Tổ chức Cuộc thi",
        "by": f"Ban Tổ chức {content['edition']} chứng nhận",
        "holder": holder or team,
        "detail": detail,
        "achieved": "đạt",
        "award": content["prize"],
        "in_what": content.get("division", "") or "Giải tập thể",
        "number": certificate.number,
        "basis": f"Theo kết quả phiên bản {publication.version}, Quyết định số {publication.decision_number}",
        "check": "Quét mã để kiểm tra giấy còn hiệu lực",
        "dated": f"{config['DATE_PLACE']}, {long_date(signed)}",
        "signer_lines": ["TM. BAN TỔ CHỨC", "TRƯỞNG BAN"],
        "signer": publication.signer,
        "qr": pdf.qr_svg(verify_url(certificate.code)),
    }


def verify_url(code: str) -> str:
    return public_url("results.verify", lang="vi", code=code)


def long_date(day: Any) -> str:
    """Days under 10 and the months 1 and 2 are padded (Decree 30/2020)."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def list_pdf(page: ResultPage) -> bytes:
    """A published list in the form of an official paper, a table a division."""
    publication, ranked = page.publication, page.ranked
    scheduled = any(r.starts_at or r.place for d in page.divisions for r in d.rows)
    columns = [
        {"title": "Hạng" if ranked else "STT", "align": "right", "width": "auto"},
        {"title": "SBD", "width": "auto"},
        {"title": "Đội, sản phẩm", "width": "3fr"},
        {"title": "Đơn vị", "width": "3fr"},
    ]
    if ranked:
        columns += [{"title": "Điểm", "align": "right", "width": "auto"}, {"title": "Giải", "width": "auto"}]
    if scheduled:
        columns += [{"title": "Giờ", "width": "auto"}, {"title": "Nơi thi", "width": "1fr"}]
    blocks: list[dict[str, Any]] = []
    for view in page.divisions:
        rows = []
        for n, r in enumerate(view.rows, start=1):
            what = "\n".join(x for x in (r.team, r.title, ", ".join(r.names)) if x)
            where = "\n".join(x for x in (r.school, r.area) if x)
            line = [
                str(r.rank or presence_word(r.presence) or "–") if ranked else str(n),
                r.number,
                what,
                where,
            ]
            line += [score(r.score_e4), r.prize] if ranked else []
            line += (
                [clock.local(r.starts_at).strftime("%H:%M %d/%m") if r.starts_at else "", r.place]
                if scheduled
                else []
            )
            rows.append(line)
        blocks += [
            {"type": "heading", "text": view.division.name},
            {"type": "table", "columns": columns, "rows": rows, "size": 11},
        ]
    if page.others:
        lines = [f"{p.prize}: {p.who}" + (f", {p.detail}" if p.detail else "") for p in page.others]
        blocks += [{"type": "heading", "text": "Giải khác"}, {"type": "list", "items": lines}]
    stage = f" – {page.stage.name}" if page.stage else ""
    return pdf.render(
        "official",
        {
            "parent": current_app.config["OWNER_PARENT"],
            "body": "Ban Tổ chức Cuộc thi",
            "number": publication.decision_number,
            "place": current_app.config["DATE_PLACE"],
            "date": publication.decision_date or clock.local(publication.visible_at).date(),
            "kind": str(KINDS[publication.kind]),
            "title": f"{page.edition.name}{stage} (phiên bản {publication.version})",
            "blocks": blocks,
            "signatures": [{"lines": ["TM. BAN TỔ CHỨC", "TRƯỞNG BAN"], "name": publication.signer}],
            "recipients": [],
        },
    )
