"""The province's areas before and after July 2025, and the bodies and schools that the demo names."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from ..core import clock
from ..core.db import db
from ..core.text import collation_key, search_key
from ..models import Area, AreaKind, Organisation, OrganisationKind
from . import areas

#: slug -> (name, kind, district of 2024)
BODIES = {
    "so-khcn": ("Sở Khoa học và Công nghệ", OrganisationKind.DEPARTMENT, "Thủ Dầu Một"),
    "so-gddt": ("Sở Giáo dục và Đào tạo", OrganisationKind.DEPARTMENT, "Thủ Dầu Một"),
    "tinh-doan": ("Tỉnh đoàn Bình Dương", OrganisationKind.YOUTH_UNION, "Thủ Dầu Một"),
    "lien-hiep-hoi": ("Liên hiệp các Hội Khoa học và Kỹ thuật", OrganisationKind.DEPARTMENT, "Thủ Dầu Một"),
    "biic": (
        "Trung tâm Sáng kiến Cộng đồng và Hỗ trợ khởi nghiệp (BIIC)",
        OrganisationKind.INCUBATOR,
        "Thủ Dầu Một",
    ),
    "dh-thu-dau-mot": ("Trường Đại học Thủ Dầu Một", OrganisationKind.UNIVERSITY, "Thủ Dầu Một"),
    "dh-quoc-te-mien-dong": ("Trường Đại học Quốc tế Miền Đông", OrganisationKind.UNIVERSITY, "Thủ Dầu Một"),
    "cd-viet-nam-singapore": ("Trường Cao đẳng Việt Nam - Singapore", OrganisationKind.COLLEGE, "Thuận An"),
    "dh-kinh-te-ky-thuat": (
        "Trường Đại học Kinh tế - Kỹ thuật Bình Dương",
        OrganisationKind.UNIVERSITY,
        "Thuận An",
    ),
    "huyen-doan-dau-tieng": ("Huyện đoàn Dầu Tiếng", OrganisationKind.YOUTH_UNION, "Dầu Tiếng"),
    "huyen-doan-phu-giao": ("Huyện đoàn Phú Giáo", OrganisationKind.YOUTH_UNION, "Phú Giáo"),
    "huyen-doan-bau-bang": ("Huyện đoàn Bàu Bàng", OrganisationKind.YOUTH_UNION, "Bàu Bàng"),
    "huyen-doan-bac-tan-uyen": ("Huyện đoàn Bắc Tân Uyên", OrganisationKind.YOUTH_UNION, "Bắc Tân Uyên"),
    "thi-doan-ben-cat": ("Thị đoàn Bến Cát", OrganisationKind.YOUTH_UNION, "Bến Cát"),
}
SCHOOLS = [
    ("tieu-hoc-dong-hoa-b", "Tiểu học Đông Hòa B", ["primary"], "Dĩ An"),
    ("thcs-binh-thang", "THCS Bình Thắng", ["lower_secondary"], "Dĩ An"),
    ("thcs-trinh-hoai-duc", "THCS Trịnh Hoài Đức", ["lower_secondary"], "Thuận An"),
    ("thpt-vo-minh-duc", "THPT Võ Minh Đức", ["upper_secondary"], "Thủ Dầu Một"),
    ("thpt-di-an", "THPT Dĩ An", ["upper_secondary"], "Dĩ An"),
    (
        "trung-tieu-hoc-petrus-ky",
        "Trung - Tiểu học Pétrus Ký",
        ["primary", "lower_secondary", "upper_secondary"],
        "Thủ Dầu Một",
    ),
]


def load() -> None:
    """Inside a transaction."""
    _areas()
    _bodies()


def _areas() -> None:
    """The province as it was until 30/6/2025, and what it became on 1/7/2025."""
    province = Area(
        code="74",
        name="Bình Dương",
        kind=AreaKind.PROVINCE,
        valid_from=date(1997, 1, 1),
        valid_to=areas.LAST_DAY,
    )
    city = Area(code="79", name="Thành phố Hồ Chí Minh", kind=AreaKind.PROVINCE, valid_from=areas.FIRST_DAY)
    db.session.add_all([province, city])
    db.session.flush()
    city.predecessor_ids = [province.id]
    districts = {}
    for code, name in areas.DISTRICTS.items():
        districts[name] = Area(
            code=code,
            name=name,
            kind=AreaKind.DISTRICT,
            parent_id=province.id,
            valid_from=date(1997, 1, 1),
            valid_to=areas.LAST_DAY,
        )
    db.session.add_all(districts.values())
    db.session.flush()
    db.session.add_all(
        Area(
            code=code, name=name, kind=AreaKind.WARD, parent_id=city.id, valid_from=areas.FIRST_DAY,
            predecessor_ids=[districts[old].id],
        )
        for old, wards in areas.WARDS.items()
        for code, name in wards.items()
    )  # fmt: skip
    db.session.flush()


def _bodies() -> None:
    at = clock.at_local(date(2023, 8, 1))
    by_name = dict(
        db.session.execute(sa.select(Area.name, Area.id).where(Area.kind == AreaKind.DISTRICT)).all()
    )
    rows: list[tuple[str, str, OrganisationKind, list[str], str]] = [
        (slug, name, kind, [], area) for slug, (name, kind, area) in BODIES.items()
    ]
    rows += [(slug, name, OrganisationKind.SCHOOL, levels, area) for slug, name, levels, area in SCHOOLS]
    db.session.execute(
        sa.insert(Organisation),
        [
            {"slug": slug, "name": name, "kind": kind, "levels": levels, "area_id": by_name[area], "address": "",
             "search_key": search_key(name), "sort_key": collation_key(name), "created_at": at, "verified_at": at}
            for slug, name, kind, levels, area in rows
        ],
    )  # fmt: skip
