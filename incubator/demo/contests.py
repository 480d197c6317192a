"""Contests, their divisions, stages and prizes; areas and the bodies that host them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from ..accounts.services import grant_role
from ..contests import dossier
from ..contests.eligibility import Registrant, Rules
from ..contests.services import copying, editions, structure
from ..contests.services.structure import StageInput
from ..core import clock
from ..core.access import Role, ScopeKind
from ..core.db import db, transaction
from ..core.text import collation_key, search_key
from ..models import (
    Area,
    AreaKind,
    Contest,
    Edition,
    HostPart,
    Organisation,
    OrganisationKind,
    PrizeBasis,
    PrizeRecipient,
    PrizeScope,
    StageKind,
)
from . import areas, season

TITLE = "contests"

FIELDS = [
    {"slug": "learning", "vi": "Đồ dùng dành cho học tập", "en": "Learning aids"},
    {"slug": "software", "vi": "Phần mềm tin học", "en": "Software"},
    {
        "slug": "environment",
        "vi": "Sản phẩm thân thiện với môi trường",
        "en": "Environment-friendly products",
    },
    {
        "slug": "household",
        "vi": "Dụng cụ sinh hoạt gia đình và đồ chơi trẻ em",
        "en": "Household tools and toys",
    },
    {
        "slug": "climate",
        "vi": "Giải pháp ứng phó biến đổi khí hậu, bảo vệ môi trường và phát triển kinh tế",
        "en": "Climate, environment and economic development",
    },
]

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


def load(ctx: season.Context) -> None:
    with transaction():
        _areas()
        _bodies()
        series = _series(ctx)
        _robotics_2024(ctx, series["robotics"])
        _innovation(ctx, series["sang-tao"])
        _startup(ctx, series["khoi-nghiep"])
        _rural(ctx, series["nong-thon"])
        _now(ctx)
    with transaction():
        _roles(ctx)


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


def _series(ctx: season.Context) -> dict[str, Contest]:
    at = clock.at_local(date(2023, 8, 1))
    names = {
        "robotics": ("Cuộc thi Sáng tạo Robotics và Trí tuệ nhân tạo", "Creative Robotics and AI Contest",
                     ["Cuộc thi Sáng tạo Robot và Trí tuệ nhân tạo"]),
        "sang-tao": ("Cuộc thi Sáng tạo dành cho Thanh thiếu niên, nhi đồng", "Youth Innovation Contest", []),
        "khoi-nghiep": ("Cuộc thi Ý tưởng khởi nghiệp sáng tạo", "Innovative Start-up Idea Contest", []),
        "nong-thon": ("Cuộc thi Thanh niên nông thôn lập nghiệp, khởi nghiệp", "Rural Youth Enterprise Contest", []),
    }  # fmt: skip
    return {
        slug: editions.create_contest(vi, name_en=en, alternate_names=more, slug=slug, actor=ctx.actor, at=at)
        for slug, (vi, en, more) in names.items()
    }


def _hosts(edition: Edition, ctx: season.Context, at: datetime, *slugs: str) -> None:
    ids = dict(db.session.execute(sa.select(Organisation.slug, Organisation.id)).all())
    parts = [HostPart.LEAD, *([HostPart.PARTNER] * (len(slugs) - 1))]
    editions.set_hosts(
        edition, [(ids[s], part) for s, part in zip(slugs, parts, strict=True)], actor=ctx.actor, at=at
    )


def _tiers(scope: PrizeScope, *rows: tuple[str, str, str, int, int]) -> list[dict[str, Any]]:
    return [
        {"slug": slug, "name": vi, "name_en": en, "scope": scope, "recipient": PrizeRecipient.ENTRY,
         "basis": PrizeBasis.RANK, "count": count, "amount": amount, "paper": "Giấy chứng nhận"}
        for slug, vi, en, count, amount in rows
    ]  # fmt: skip


def _at(day: date, hour: int = 7, minute: int = 30) -> datetime:
    return clock.at_local(day, time(hour, minute))


def _robotics_2024(ctx: season.Context, contest: Contest) -> None:
    at = _at(date(2024, 8, 26))
    edition = editions.create_edition(
        contest, name="Sáng tạo Robotics và Trí tuệ nhân tạo 2024", name_en="Creative Robotics and AI 2024", year=2024, number=2,
        slug="robotics-2024", theme="Robot vì cộng đồng", theme_en="Robots for the community",
        venue="Trung tâm BIIC, Thủ Dầu Một", registration_opens=date(2024, 9, 5), registration_closes=date(2024, 10, 15),
        final_on=date(2024, 11, 23), words={"entry": "đội", "entry_en": "team"}, is_demo=True, actor=ctx.actor, at=at,
    )  # fmt: skip
    _hosts(edition, ctx, at, "so-khcn", "so-gddt", "tinh-doan")
    wanted = dossier.Requirements(title=True, abstract_words=300)
    shared: dict[str, Any] = {
        "team_min": 2,
        "team_max": 3,
        "organisation_kinds": ("school",),
        "rule_reference": "mục 3",
    }
    structure.save_division(
        edition, None, name="Tiểu học", name_en="Primary", slug="primary", number_prefix="RB24-TH-", wanted=wanted,
        rules=Rules(born_from=date(2014, 1, 1), born_until=date(2018, 12, 31), levels=("primary",), **shared),
        actor=ctx.actor, at=at,
    )  # fmt: skip
    structure.save_division(
        edition, None, name="THCS", name_en="Lower secondary", slug="lower_secondary", number_prefix="RB24-CS-", wanted=wanted,
        rules=Rules(born_from=date(2010, 1, 1), born_until=date(2013, 12, 31), levels=("lower_secondary",), **shared),
        actor=ctx.actor, at=at,
    )  # fmt: skip
    first, second = (d.id for d in edition.divisions)
    for data in (
        StageInput("Vòng loại", StageKind.RUBRIC, {first: 36, second: 36}, "Qualifying", "Trung tâm BIIC",
                   starts_at=_at(date(2024, 10, 26)), ends_at=_at(date(2024, 10, 27), 17)),
        StageInput("Vòng chung kết", StageKind.RUBRIC, {first: None, second: None}, "Final", "Trung tâm BIIC",
                   starts_at=_at(date(2024, 11, 23)), ends_at=_at(date(2024, 11, 23), 17)),
    ):  # fmt: skip
        structure.save_stage(edition, None, data, actor=ctx.actor, at=at)
    structure.set_prizes(edition, _tiers(
        PrizeScope.DIVISION, ("first", "Giải Nhất", "First prize", 1, 5_000_000), ("second", "Giải Nhì", "Second prize", 2, 3_000_000),
        ("third", "Giải Ba", "Third prize", 3, 2_000_000), ("encouragement", "Giải Khuyến khích", "Encouragement", 6, 1_000_000),
    ), actor=ctx.actor, at=at)  # fmt: skip
    editions.announce(edition, actor=ctx.actor, at=at)


def _innovation(ctx: season.Context, contest: Contest) -> None:
    at = _at(date(2023, 10, 2))
    edition = editions.create_edition(
        contest, name="Sáng tạo dành cho Thanh thiếu niên, nhi đồng lần thứ XX", name_en="Youth Innovation XX", year=2024, number=20,
        slug="sang-tao-2024", theme="Tuổi trẻ sáng tạo", theme_en="Creative youth", venue="Nhà Thiếu nhi tỉnh", fields=FIELDS,
        registration_opens=date(2023, 10, 9), registration_closes=date(2024, 3, 31), final_on=date(2024, 5, 10),
        words={"entry": "sản phẩm", "entry_en": "product"}, is_demo=True, actor=ctx.actor, at=at,
    )  # fmt: skip
    _hosts(edition, ctx, at, "tinh-doan", "so-khcn", "so-gddt", "lien-hiep-hoi")
    _innovation_divisions(ctx, edition, at)
    first, second = (d.id for d in edition.divisions)
    structure.save_stage(
        edition, None,
        StageInput("Vòng chung kết cấp tỉnh", StageKind.RUBRIC, {first: None, second: None}, "Provincial final",
                   "Nhà Thiếu nhi tỉnh", starts_at=_at(date(2024, 4, 22)), ends_at=_at(date(2024, 5, 10), 17), blind=True),
        actor=ctx.actor, at=at,
    )  # fmt: skip
    structure.set_prizes(edition, _tiers(
        PrizeScope.EDITION, ("first", "Giải Nhất", "First prize", 1, 10_000_000), ("second", "Giải Nhì", "Second prize", 3, 7_000_000),
        ("third", "Giải Ba", "Third prize", 5, 5_000_000), ("encouragement", "Giải Khuyến khích", "Encouragement", 17, 2_000_000),
        ("movement", "Giải phong trào", "Movement prize", 25, 1_000_000),
    ), actor=ctx.actor, at=at)  # fmt: skip
    editions.announce(edition, actor=ctx.actor, at=at)


def _innovation_divisions(ctx: season.Context, edition: Edition, at: datetime) -> None:
    wanted = dossier.Requirements(
        title=True, field=True, abstract_words=500, abstract_required=True, video=False,
        files=(dossier.FileKind("description", "Bản thuyết minh", "Description", 1, 2),
               dossier.FileKind("picture", "Ảnh sản phẩm", "Pictures of the product", 1, 6)),
    )  # fmt: skip
    shared: dict[str, Any] = {"team_min": 1, "team_max": 5, "coach_required": False, "organisation_kinds": ("school",),
                              "registrants": (Registrant.COACH, Registrant.CAPTAIN)}  # fmt: skip
    year = edition.year
    structure.save_division(
        edition, None, name="Nhóm 6–11 tuổi", name_en="Ages 6–11", slug="age_6_11", number_prefix=f"ST{year % 100}-A-", wanted=wanted,
        rules=Rules(born_from=date(year - 12, 7, 31), born_until=date(year - 6, 7, 31), **shared), actor=ctx.actor, at=at,
    )  # fmt: skip
    structure.save_division(
        edition, None, name="Nhóm 12–19 tuổi", name_en="Ages 12–19", slug="age_12_19", number_prefix=f"ST{year % 100}-B-", wanted=wanted,
        rules=Rules(born_from=date(year - 20, 7, 31), born_until=date(year - 12, 7, 30), **shared), actor=ctx.actor, at=at,
    )  # fmt: skip


def _startup(ctx: season.Context, contest: Contest) -> None:
    at = _at(date(2024, 9, 29))
    edition = editions.create_edition(
        contest, name="Ý tưởng khởi nghiệp sáng tạo 2024", name_en="Innovative Start-up Ideas 2024", year=2024, slug="khoi-nghiep-2024",
        venue="Hội trường sự kiện BIIC", registration_opens=date(2024, 9, 29), registration_closes=date(2024, 11, 10),
        final_on=date(2024, 11, 30), words={"entry": "ý tưởng", "entry_en": "idea"}, is_demo=True, actor=ctx.actor, at=at,
    )  # fmt: skip
    _hosts(edition, ctx, at, "so-khcn", "tinh-doan", "biic")
    wanted = dossier.Requirements(
        title=True, abstract_words=500, abstract_required=True, video=True,
        files=(dossier.FileKind("plan", "Bản mô tả ý tưởng", "Description of the idea"),),
    )  # fmt: skip
    structure.save_division(
        edition, None, name="Sinh viên và thanh niên", name_en="Students and youth", slug="youth", number_prefix="KN24-", wanted=wanted,
        rules=Rules(born_from=date(1989, 1, 1), born_until=date(2008, 12, 31), team_min=1, team_max=5, coach_required=False,
                    organisation_required=False, teams_per_person=2,
                    registrants=(Registrant.CAPTAIN, Registrant.PERSON, Registrant.COACH)),
        actor=ctx.actor, at=at,
    )  # fmt: skip
    [division] = [d.id for d in edition.divisions]
    for data in (
        StageInput("Sơ khảo", StageKind.RUBRIC, {division: 10}, "Preliminary", "Trực tuyến", blind=True,
                   starts_at=_at(date(2024, 11, 14)), ends_at=_at(date(2024, 11, 20), 17)),
        StageInput("Chung kết", StageKind.RUBRIC, {division: None}, "Final", "Hội trường sự kiện BIIC",
                   starts_at=_at(date(2024, 11, 30)), ends_at=_at(date(2024, 11, 30), 17)),
    ):  # fmt: skip
        structure.save_stage(edition, None, data, actor=ctx.actor, at=at)
    structure.set_prizes(edition, _tiers(
        PrizeScope.DIVISION, ("first", "Giải Nhất", "First prize", 1, 20_000_000), ("second", "Giải Nhì", "Second prize", 1, 15_000_000),
        ("third", "Giải Ba", "Third prize", 2, 10_000_000), ("encouragement", "Giải Khuyến khích", "Encouragement", 3, 5_000_000),
    ), actor=ctx.actor, at=at)  # fmt: skip
    editions.announce(edition, actor=ctx.actor, at=at)


def _rural(ctx: season.Context, contest: Contest) -> None:
    at = _at(date(2024, 7, 15))
    edition = editions.create_edition(
        contest, name="Thanh niên nông thôn lập nghiệp, khởi nghiệp 2024", name_en="Rural Youth Enterprise 2024", year=2024,
        slug="nong-thon-2024", venue="Tỉnh đoàn Bình Dương", registration_opens=date(2024, 7, 25),
        registration_closes=date(2024, 8, 24), final_on=date(2024, 9, 20), words={"entry": "bài dự thi", "entry_en": "entry"},
        is_demo=True, actor=ctx.actor, at=at,
    )  # fmt: skip
    _hosts(edition, ctx, at, "tinh-doan", "so-khcn")
    structure.save_division(
        edition, None, name="Thanh niên nông thôn", name_en="Rural youth", slug="rural", number_prefix="NT24-",
        wanted=dossier.Requirements(title=True, abstract_words=800, abstract_required=True),
        rules=Rules(born_from=date(1988, 1, 1), born_until=date(2008, 12, 31), team_min=1, team_max=1, coach_required=False,
                    organisation_required=False, registrants=(Registrant.PERSON, Registrant.COACH)),
        actor=ctx.actor, at=at,
    )  # fmt: skip
    [division] = [d.id for d in edition.divisions]
    structure.save_stage(
        edition, None,
        StageInput("Chấm chung khảo", StageKind.RUBRIC, {division: None}, "Final judging", "Tỉnh đoàn Bình Dương",
                   starts_at=_at(date(2024, 9, 5)), ends_at=_at(date(2024, 9, 20), 17)),
        actor=ctx.actor, at=at,
    )  # fmt: skip
    structure.set_prizes(edition, _tiers(
        PrizeScope.DIVISION, ("first", "Giải Nhất", "First prize", 1, 10_000_000), ("second", "Giải Nhì", "Second prize", 2, 7_000_000),
        ("third", "Giải Ba", "Third prize", 3, 5_000_000), ("encouragement", "Giải Khuyến khích", "Encouragement", 4, 2_000_000),
    ), actor=ctx.actor, at=at)  # fmt: skip
    editions.announce(edition, actor=ctx.actor, at=at)


def _now(ctx: season.Context) -> None:
    """This year's robotics edition takes registrations; this year's innovation contest is being judged."""
    from ..contests.queries import editions as reads

    year = max(2025, ctx.today.year)
    at = _at(ctx.today - timedelta(days=40), 8)
    for source, name, english, opens, closes, final in (
        (
            "robotics-2024",
            f"Sáng tạo Robotics và Trí tuệ nhân tạo {year}",
            f"Creative Robotics and AI {year}",
            -20,
            25,
            60,
        ),
        (
            "sang-tao-2024",
            f"Sáng tạo dành cho Thanh thiếu niên, nhi đồng {year}",
            f"Youth Innovation {year}",
            -38,
            -8,
            12,
        ),
    ):
        last = reads.get_edition(source)
        edition = copying.copy_edition(
            last, year=year, name=name, slug=f"{last.contest.slug}-{year}", actor=ctx.actor, at=at
        )
        db.session.expire(edition)
        edition = reads.get_edition(edition.slug)
        day = ctx.today
        editions.change_edition(
            edition, name_en=english, registration_opens=day + timedelta(days=opens), registration_closes=day + timedelta(days=closes),
            final_on=day + timedelta(days=final), is_demo=True, actor=ctx.actor, at=at,
        )  # fmt: skip
        _move_stages(edition, day, closes, final)
        for division in edition.divisions:
            division.number_prefix = division.number_prefix.replace("24", f"{year % 100:02d}")
        editions.announce(edition, actor=ctx.actor, at=at)
        ctx.notes["registering" if closes > 0 else "judging"] = edition.slug


def _move_stages(edition: Edition, day: date, closes: int, final: int) -> None:
    """Stages between the deadline and the final, evenly."""
    step = (final - closes) / len(edition.stages)
    for index, stage in enumerate(edition.stages, 1):
        when = day + timedelta(days=round(closes + step * index))
        stage.starts_at, stage.ends_at = _at(when), _at(when, 17)
    if closes < 0:  # judging has begun and goes on
        edition.stages[0].starts_at, edition.stages[0].ends_at = (
            _at(day - timedelta(days=2)),
            _at(day + timedelta(days=5), 17),
        )
    db.session.flush()


def _roles(ctx: season.Context) -> None:
    at = clock.now()
    for edition in db.session.scalars(sa.select(Edition).order_by(Edition.id.desc())).all():
        grant_role(
            ctx.people["organiser"].id, Role.ORGANISER, ScopeKind.EDITION, edition.id, actor=ctx.actor, at=at
        )
        for key in ("secretary", "secretary2"):
            grant_role(
                ctx.people[key].id, Role.SECRETARY, ScopeKind.EDITION, edition.id, actor=ctx.actor, at=at
            )
    school = db.session.scalar(sa.select(Organisation.id).where(Organisation.slug == "thcs-binh-thang"))
    grant_role(
        ctx.people["teacher"].id, Role.COORDINATOR, ScopeKind.ORGANISATION, school, actor=ctx.actor, at=at
    )
