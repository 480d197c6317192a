"""News of the 2024 robotics season: one read by visitors with a picture and a paper, one that waits for its hour."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from PIL import Image, ImageDraw

from ..core import pdf
from ..core.access import Actor
from ..core.db import db, transaction
from ..models import Edition
from ..publishing.services import posts

RESULT = posts.PostText(
    "72 đội tranh tài ở chung kết Robotics và Trí tuệ nhân tạo 2024",
    "Sáng 23/11/2024, 72 đội của hai hạng mục Tiểu học và THCS thi chung kết tại Trung tâm Hội nghị tỉnh.\n\n"
    "Kết quả, giấy chứng nhận và nhận xét cho từng đội có ở mục Kết quả. Chúc mừng các em và cảm ơn thầy cô!",
    "72 teams in the final of Robotics and AI 2024",
    "On the morning of 23 November 2024, 72 teams of the primary and lower secondary divisions met in the final.\n\n"
    "Results, certificates and comments for each team stand under Results. Congratulations to all!",
)
PLANNED = posts.PostText(
    "Tập huấn cho giáo viên hướng dẫn mùa 2025",
    "Buổi tập huấn về luật thi, linh kiện và an toàn cho giáo viên hướng dẫn các đội mùa 2025.",
    "Training for coaches of the 2025 season",
    "A session on rules, parts and safety for coaches of the 2025 season.",
)


def load(actor: Actor, now: datetime) -> None:
    edition = db.session.scalar(sa.select(Edition).where(Edition.slug == "robotics-2024"))
    if edition is None:
        return
    out = datetime(2024, 11, 25, 10, 0, tzinfo=UTC)
    with transaction():
        post = posts.save_post(edition, None, RESULT, visible_at=out, actor=actor, at=out)
        posts.add_photo(
            edition, post, _picture(), "san-thi.png", "Sân thi Robot nhiệm vụ trước giờ khai mạc", (), nobody=True,
            actor=actor, at=out,
        )  # fmt: skip
        posts.add_document(
            edition, post, _paper(), "ke-hoach.pdf", "Kế hoạch vòng chung kết", actor=actor, at=out
        )
        posts.save_post(edition, None, PLANNED, visible_at=now + timedelta(days=3), actor=actor, at=now)


def _picture() -> bytes:
    """A drawn field: no real person stands in the demo."""
    image = Image.new("RGB", (960, 540), "#e8eff1")
    draw = ImageDraw.Draw(image)
    draw.rectangle((80, 60, 880, 480), fill="#ffffff", outline="#083f51", width=6)
    draw.line((480, 60, 480, 480), fill="#b8892b", width=4)
    for x in range(140, 880, 120):
        draw.ellipse((x - 18, 252, x + 18, 288), fill="#0c5870")
    for x, y in ((200, 140), (720, 140), (200, 400), (720, 400)):
        draw.rectangle((x, y, x + 56, y + 56), fill="#b3261e")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _paper() -> bytes:
    rows = [
        ["7:00", "Điểm danh, kiểm tra thiết bị"],
        ["8:00", "Khai mạc"],
        ["8:30", "Thi đấu"],
        ["16:00", "Trao giải"],
    ]
    return pdf.render(
        "official",
        {
            "parent": "Sở Khoa học và Công nghệ", "body": "Ban Tổ chức Cuộc thi", "number": "18/KH-BTC",
            "place": "Bình Dương", "date": "2024-11-12", "kind": "Kế hoạch", "title": "Tổ chức vòng chung kết",
            "blocks": [{"type": "table", "columns": [{"title": "Giờ", "width": "auto"}, {"title": "Việc", "width": "1fr"}],
                        "rows": rows, "size": 12}],
            "signatures": [{"lines": ["TM. BAN TỔ CHỨC", "TRƯỞNG BAN"], "name": "Nguyễn Trung Hiếu"}], "recipients": [],
        },
    )  # fmt: skip
