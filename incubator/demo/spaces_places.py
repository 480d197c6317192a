"""The centre's rooms and machines and the partner labs, with hours, rules, prices and days off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from ..accounts.services import grant_role
from ..core.access import Actor, Role, ScopeKind
from ..core.db import db
from ..models import ClosureDay, MaintenancePlan, QuotaScope, Resource, ResourceKind, Site, Supervision
from ..spaces.services import closures, hours, places, staffing, terms
from . import season

WEEK = [(d, time(7, 30), time(11, 30)) for d in range(6)] + [(d, time(13, 30), time(17)) for d in range(5)]
ALL_DAY = [(d, time(7, 30), time(19)) for d in range(6)]

#: slug, name, English name, capacity, units, equipment, rules, description, English description
ROOMS: tuple[tuple[str, str, str, int, int, list[str], dict[str, Any], str, str], ...] = (
    ("hoi-truong-a", "Hội trường A", "Hall A", 75, 1, ["projector", "sound"], {"after_minutes": 30, "approval": True}, "Nửa trước của hội trường, có sân khấu nhỏ", "Front half of the hall, with a small stage"),
    ("hoi-truong-b", "Hội trường B", "Hall B", 75, 1, ["projector"], {"after_minutes": 30, "approval": True}, "Nửa sau của hội trường", "Rear half of the hall"),
    ("phong-stem", "Phòng đào tạo STEM", "STEM training room", 40, 1, ["projector", "computers", "whiteboard"], {"after_minutes": 0}, "20 máy tính, bàn nhóm", "20 computers, group tables"),
    ("phong-hop", "Phòng họp Sáng kiến", "Initiative meeting room", 12, 1, ["online", "whiteboard"], {"longest_hours": 4}, "Bàn họp, màn hình họp trực tuyến", "Meeting table, screen for online meetings"),
    ("phong-hop-truc-tuyen", "Phòng họp trực tuyến", "Online meeting room", 6, 1, ["online"], {"longest_hours": 3}, "Phòng nhỏ cách âm", "Small soundproof room"),
    ("lam-viec-chung", "Không gian làm việc chung", "Co-working space", 30, 30, ["online"], {"shared": True, "longest_hours": 10}, "Bàn làm việc mở, đặt theo chỗ", "Open desks, booked by seat"),
    ("ca-phe-sang-tao", "Cà phê sáng tạo", "Creative café", 25, 1, ["projector", "sound"], {}, "Góc gặp gỡ, giới thiệu sản phẩm", "A corner to meet and to show products"),
    ("ho-tro-dnnvv", "Phòng hỗ trợ doanh nghiệp", "SME support room", 10, 1, [], {"longest_hours": 4}, "Tư vấn chính sách, pháp lý", "Advice on policy and law"),
)  # fmt: skip

MACHINES: tuple[tuple[str, str, str, int, dict[str, Any], str, str], ...] = (
    ("may-khac-laser", "Máy khắc laser mini", "Mini laser engraver", 1, {"training": "laser", "after_minutes": 30, "longest_hours": 4, "consumables": {"Mica 3 mm": {"unit": "tấm", "per_hour": 1}}}, "Khắc gỗ, mica đến 5 mm", "Engraves wood and acrylic up to 5 mm"),
    ("may-cat-decal", "Máy cắt decal", "Vinyl cutter", 1, {"training": "decal", "longest_hours": 4, "consumables": {"Decal": {"unit": "m", "per_hour": 2}}}, "Khổ 60 cm", "60 cm wide"),
    ("may-in-3d-1", "Máy in 3D số 1", "3D printer 1", 1, {"training": "printer", "longest_hours": 10, "holds": True, "consumables": {"Nhựa PLA": {"unit": "g", "per_hour": 20}}}, "22 × 22 × 25 cm", "22 × 22 × 25 cm"),
    ("may-in-3d-2", "Máy in 3D số 2", "3D printer 2", 1, {"training": "printer", "longest_hours": 10, "consumables": {"Nhựa PLA": {"unit": "g", "per_hour": 20}}}, "22 × 22 × 25 cm", "22 × 22 × 25 cm"),
    ("may-cnc-mini", "Máy CNC mini", "Mini CNC", 1, {"training": "cnc", "supervision": "untrained", "after_minutes": 30, "longest_hours": 6}, "Phay gỗ, nhôm mỏng", "Mills wood and thin aluminium"),
    ("kinh-hien-vi", "Kính hiển vi", "Microscope", 1, {"longest_hours": 3}, "Soi mạch, mẫu vật", "For circuits and specimens"),
    ("tram-han", "Trạm hàn điện tử", "Soldering stations", 4, {"training": "solder", "shared": True, "longest_hours": 4}, "Bốn chỗ hàn", "Four places to solder"),
    ("may-cua-bao", "Máy cưa bào liên hợp 5 chức năng", "Combination saw", 1, {"training": "saw", "approval": True, "supervision": "required", "longest_hours": 3}, "Chỉ dùng khi có người hướng dẫn", "Only with somebody to guide you"),
)  # fmt: skip

PARTNERS = (
    ("eiu", "FabLab Đại học Quốc tế Miền Đông", "EIU FabLab", (("eiu-laser", "Máy khắc laser EIU", "EIU laser", "laser"), ("eiu-in-3d", "Máy in 3D EIU", "EIU 3D printer", "printer"))),
    ("vsc", "FabLab Cao đẳng Việt Nam – Singapore", "VSC FabLab", (("vsc-cnc", "Máy CNC VSC", "VSC CNC", "cnc"), ("vsc-cua", "Máy cưa bàn VSC", "VSC table saw", "saw"))),
    ("tdmu", "FabLab Đại học Thủ Dầu Một", "TDMU FabLab", (("tdmu-kinh-hien-vi", "Kính hiển vi TDMU", "TDMU microscope", ""),)),
)  # fmt: skip


@dataclass(slots=True)
class DemoPlaces:
    site: Site
    places: dict[str, Resource]


def build(ctx: season.Context, at: datetime) -> DemoPlaces:
    """Inside a transaction."""
    actor = ctx.actor
    site = places.make_site(
        "biic", "BIIC Thủ Dầu Một", name_en="BIIC Thu Dau Mot", address="28 Huỳnh Văn Nghệ, Thủ Dầu Một",
        phone="(0274) 3904 669", actor=actor, at=at,
    )  # fmt: skip
    found: dict[str, Resource] = {}
    for number, (slug, name, english, units, rules, text, text_en) in enumerate(MACHINES):
        found[slug] = places.make_place(
            slug, name, ResourceKind.MACHINE, site, actor=actor, at=at, rules=rules, name_en=english, units=units,
            position=number, description=text, description_en=text_en, equipment=[], capacity=units if units > 1 else 3,
        )  # fmt: skip
    machines = list(found.values())
    for number, (slug, name, english, capacity, units, gear, rules, text, text_en) in enumerate(ROOMS):
        found[slug] = places.make_place(
            slug, name, ResourceKind.ROOM, site, actor=actor, at=at, rules=rules, name_en=english, capacity=capacity,
            units=units, equipment=gear, description=text, description_en=text_en, position=number + 1,
        )  # fmt: skip
    found["hoi-truong"] = places.make_place(
        "hoi-truong", "Hội trường sự kiện", ResourceKind.ROOM, site, actor=actor, at=at,
        rules={"after_minutes": 30, "approval": True, "layouts": {"islands": 60, "empty": 45}}, name_en="Event hall",
        capacity=150, equipment=["projector", "sound", "stage"], description="Hội trường A và B mở thông", description_en="Halls A and B opened into one",
        parts=[found["hoi-truong-a"], found["hoi-truong-b"]],
    )  # fmt: skip
    found["fablab"] = places.make_place(
        "fablab", "FabLab (cả xưởng)", ResourceKind.ROOM, site, actor=actor, at=at, rules={"approval": True},
        name_en="FabLab (whole shop)", capacity=20, equipment=["whiteboard"], position=20,
        description="Dùng riêng cả xưởng cùng các máy",
        description_en="The whole shop with its machines for yourselves", contents=machines,
    )  # fmt: skip
    found["bo-arduino"] = places.make_place(
        "bo-arduino", "Bộ Arduino", ResourceKind.KIT, site, actor=actor, at=at, rules={"shared": True},
        name_en="Arduino kits", units=20, capacity=40, equipment=[], description="20 bộ, mượn tại chỗ",
        description_en="20 kits, used on the spot",
    )  # fmt: skip
    hours.set_hours(WEEK, site=site, actor=actor, at=at)
    for slug in ("hoi-truong", "hoi-truong-a", "hoi-truong-b", "lam-viec-chung"):
        hours.set_hours(ALL_DAY, place=found[slug], actor=actor, at=at)
    _partners(found, actor, at)
    for slug, price in (("hoi-truong", 300_000), ("phong-stem", 120_000), ("phong-hop", 50_000)):
        terms.set_price(found[slug], price, organisation_kind="company", actor=actor, at=at)
    for slug, price in (("may-khac-laser", 20_000), ("may-in-3d-1", 15_000)):  # free for incubated teams
        terms.set_price(found[slug], price, valid_from=ctx.today, actor=actor, at=at)
    terms.set_quota("Mỗi người", QuotaScope.PERSON, 20, actor=actor, at=at)
    terms.set_quota("Máy, mỗi người", QuotaScope.PERSON, 10, kind="machine", actor=actor, at=at)
    grant_role(ctx.people["staff"].id, Role.STAFF, ScopeKind.SITE, site.id, actor=actor, at=at)
    _plans(found, ctx)
    _duty(found, site, ctx, at)
    return DemoPlaces(site, found)


def _duty(found: dict[str, Resource], site: Site, ctx: season.Context, at: datetime) -> None:
    """The staff member watches over the saw and the CNC on weekdays, except Wednesday afternoons."""
    row = staffing.add(ctx.people["staff"].id, site, 2, actor=ctx.actor, at=at)
    roster = [(d, opens, closes) for d, opens, closes in WEEK if d < 5 and not (d == 2 and opens > time(12))]
    hours.set_hours(roster, place=row, actor=ctx.actor, at=at)
    db.session.add_all(
        [
            Supervision(place_id=found[slug].id, supervisor_id=row.id)
            for slug in ("may-cua-bao", "may-cnc-mini")
        ]
    )
    db.session.flush()


def _partners(found: dict[str, Resource], actor: Actor, at: datetime) -> None:
    for slug, name, english, machines in PARTNERS:
        site = places.make_site(slug, name, name_en=english, is_partner=True, actor=actor, at=at)
        hours.set_hours(WEEK, site=site, actor=actor, at=at)
        for machine, title, title_en, training in machines:
            found[machine] = places.make_place(
                machine, title, ResourceKind.MACHINE, site, actor=actor, at=at, name_en=title_en, capacity=3,
                rules={"training": training, "approval": True}, equipment=[],
            )  # fmt: skip


def _plans(found: dict[str, Resource], ctx: season.Context) -> None:
    for slug, task, days, minutes in (
        ("may-khac-laser", "Lau thấu kính, cân gương", 30, 60),
        ("may-in-3d-1", "Vệ sinh đầu in, cân bàn", 14, 45),
        ("may-cua-bao", "Kiểm tra lưỡi và che chắn", 90, 90),
    ):
        db.session.add(
            MaintenancePlan(
                resource_id=found[slug].id, task=task, every_days=days, minutes=minutes, starts_on=ctx.today
            )
        )
    db.session.flush()


def confirm_year(site_id: int, year: int, actor: Actor, at: datetime) -> None:
    """Days off of a year, proposed and confirmed."""
    closures.propose_year(site_id, year, actor=actor, at=at)
    ids = db.session.scalars(
        sa.select(ClosureDay.id).where(ClosureDay.site_id == site_id, ClosureDay.confirmed_at.is_(None))
    ).all()
    closures.confirm_days(ids, actor=actor, at=at)
