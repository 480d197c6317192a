"""The 2024 season's six files, imported by the secretary; this year's first file waits to be reviewed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ..contests.queries.import_rules import edition_by_slug, rules_of
from ..contests.registration_files import Rules, SourceFile, read_files
from ..contests.services import import_review, import_writing
from ..contests.services.imports import keep_batch
from ..core import clock
from ..core.access import Actor
from ..core.db import transaction
from . import season

TITLE = "registrations"
FILES = Path(__file__).parent / "data" / "robotics-2024"
IMPORTED_AT = datetime(2024, 10, 8, 9, 30, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def load(ctx: season.Context) -> None:
    edition = edition_by_slug("robotics-2024")
    sources = [SourceFile(path.name, path.read_bytes()) for path in sorted(FILES.iterdir())]
    reading = read_files(sources, rules_of(edition.id))
    secretary = ctx.people.get("secretary")
    actor = Actor(person_id=secretary.id, name=secretary.full_name, system="demo") if secretary else ctx.actor
    with clock.frozen(IMPORTED_AT), transaction():
        at = clock.now()
        batch = keep_batch(edition, sources, actor=actor, at=at)
        import_review.store_reading(batch, reading)
        import_writing.write_batch(batch, actor=actor, at=at)
    ctx.notes["robotics-2024 batch"] = batch.id
    if slug := ctx.notes.get("registering"):
        _waiting(ctx, str(slug), actor)


HEAD = (
    "STT;TÊN TRƯỜNG;TÊN ĐỘI;CẤP HỌC;HỌC SINH 1;NGÀY SINH;LỚP;HỌC SINH 2;NGÀY SINH;LỚP;"
    "GIÁO VIÊN HƯỚNG DẪN;SỐ ĐIỆN THOẠI;EMAIL"
)
#: school, team, division, pupil 1, day after the window opens, class, pupil 2, day, class, coach, phone, e-mail
WAITING = (
    ("TRƯỜNG TH ĐÔNG HOÀ B", "MẦM XANH AI", 0, "NGUYỄN MINH ANH", 300, "4A1", "TRẦN GIA HÂN", 700, "3A2",
     "LÊ THỊ THU", "912555011", "donghoab@th.example.edu.vn"),
    ("TH Lái Thiêu", "Ong Thợ", 0, "Phạm Quốc Bảo", 420, "4/2", "Vũ Khánh Chi", 510, "4/3",
     "Ngô Thanh Sang", "+84912555012", "laithieu@th.example.edu.vn"),
    ("Trường THCS Bình Thắng", "Đường Chân Trời", 1, "Đỗ Nhật Minh", 200, "9A1", "Lâm Gia Huy", 640, "8A1",
     "Trương Mỹ Linh", "0912 555 013", "binhthang@thcs.example.edu.vn"),
    ("THCS Định Hoà", "Sao Chổi", 1, "Hồ Bảo Trân", 333, "8/1", "Tạ Đức Anh", 480, "8/2", "", "", ""),
    ("TIỂU HỌC KIM ĐỒNG", "CÁNH DIỀU", 0, "BÙI AN NHIÊN", -900, "5A", "CAO TUẤN KIỆT", 380, "4B",
     "HUỲNH NGỌC LAN", "912555015", "kimdong@th.example.edu.vn"),
    ("Tiểu học Phú Lợi", "Tia Nắng", 0, "Lý Hải Đăng", 350, "4A", "", None, "",
     "Đặng Thị Xuân", "0912.555.016", "phuloi@th.example.edu.vn"),
)  # fmt: skip


def _waiting(ctx: season.Context, slug: str, actor: Actor) -> None:
    """A file that came yesterday: three teams are ready, three are held, each for a reason of its own."""
    edition = edition_by_slug(slug)
    rules = rules_of(edition.id)
    text = "\r\n".join([HEAD, *(_line(number, row, rules) for number, row in enumerate(WAITING, 1))])
    source = SourceFile("bo-sung-dot-2.csv", text.encode("utf-8-sig"))
    yesterday = datetime.combine(ctx.today - timedelta(days=1), time(16, 20), IMPORTED_AT.tzinfo)
    with clock.frozen(yesterday), transaction():
        batch = keep_batch(edition, [source], actor=actor, at=clock.now())
        import_review.store_reading(batch, read_files([source], rules))


def _line(number: int, row: tuple[Any, ...], rules: Rules) -> str:
    school, team, division, one, day1, class1, two, day2, class2, *coach = row
    order = {level: rule for rule in rules.divisions for level in rule.levels}
    rule = order["primary" if division == 0 else "lower_secondary"]
    first = rule.born_from or date(2014, 1, 1)
    born = ["" if day is None else f"{first + timedelta(days=day):%d.%m.%Y}" for day in (day1, day2)]
    return ";".join(
        [str(number), school, team, rule.name, one, born[0], class1, two, born[1], class2, *coach]
    )
