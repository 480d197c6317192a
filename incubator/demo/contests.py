"""Contests, their divisions, stages and prizes; areas and the bodies that host them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from ..accounts.services import grant_role
from ..contests.edition_templates import templates
from ..contests.services import copying, editions, starting
from ..core import clock
from ..core.access import Role, ScopeKind
from ..core.db import db, transaction
from ..models import (
    Contest,
    Edition,
    HostPart,
    Organisation,
)
from . import bodies, season

TITLE = "contests"


def load(ctx: season.Context) -> None:
    with transaction():
        bodies.load()
        series = _series(ctx)
        _past(ctx, series)
        _now(ctx)
    with transaction():
        _roles(ctx)


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


def _at(day: date, hour: int = 7, minute: int = 30) -> datetime:
    return clock.at_local(day, time(hour, minute))


def _past(ctx: season.Context, series: dict[str, Contest]) -> None:
    """The contests of 2024, each from its shipped set-up."""
    biic, hall = "Trung tâm BIIC", "Hội trường sự kiện BIIC"
    _start(
        ctx, series["robotics"], "robotics", date(2024, 8, 26), ("so-khcn", "so-gddt", "tinh-doan"), (biic, biic),
        name="Sáng tạo Robotics và Trí tuệ nhân tạo 2024", name_en="Creative Robotics and AI 2024", number=2,
        slug="robotics-2024", theme="Robot vì cộng đồng", theme_en="Robots for the community",
        venue="Trung tâm BIIC, Thủ Dầu Một",
    )  # fmt: skip
    _start(
        ctx, series["sang-tao"], "youth-innovation", date(2023, 10, 2), ("tinh-doan", "so-khcn", "so-gddt", "lien-hiep-hoi"),
        ("Nhà Thiếu nhi tỉnh",), name="Sáng tạo dành cho Thanh thiếu niên, nhi đồng lần thứ XX",
        name_en="Youth Innovation XX", number=20, slug="sang-tao-2024", theme="Tuổi trẻ sáng tạo", theme_en="Creative youth",
        venue="Nhà Thiếu nhi tỉnh", registration_opens=date(2023, 10, 9),
    )  # fmt: skip
    _start(
        ctx, series["khoi-nghiep"], "startup-ideas", date(2024, 9, 29), ("so-khcn", "tinh-doan", "biic"),
        ("Trực tuyến", hall), name="Ý tưởng khởi nghiệp sáng tạo 2024", name_en="Innovative Start-up Ideas 2024",
        slug="khoi-nghiep-2024", venue=hall,
    )  # fmt: skip
    _start(
        ctx, series["nong-thon"], "rural-youth", date(2024, 7, 15), ("tinh-doan", "so-khcn"), ("Tỉnh đoàn Bình Dương",),
        name="Thanh niên nông thôn lập nghiệp, khởi nghiệp 2024", name_en="Rural Youth Enterprise 2024",
        slug="nong-thon-2024", venue="Tỉnh đoàn Bình Dương",
    )  # fmt: skip


def _start(
    ctx: season.Context,
    contest: Contest,
    template: str,
    day: date,
    hosts: tuple[str, ...],
    venues: tuple[str, ...],
    **values: Any,
) -> None:
    """An announced edition of 2024; `venues` are those of its stages."""
    at = _at(day)
    edition = starting.start_from_template(
        templates()[template], year=2024, contest=contest, is_demo=True, actor=ctx.actor, at=at, **values
    )
    for stage, venue in zip(edition.stages, venues, strict=True):
        stage.venue = venue
    _hosts(edition, ctx, at, *hosts)
    editions.announce(edition, actor=ctx.actor, at=at)


def _now(ctx: season.Context) -> None:
    """This year's start-up ideas and robotics take registrations; this year's innovation contest is being judged."""
    from ..contests.queries import editions as reads

    year = max(2025, ctx.today.year)
    at = _at(ctx.today - timedelta(days=40), 8)
    for part, source, name, english, opens, closes, final in (
        (
            "ideas",
            "khoi-nghiep-2024",
            f"Ý tưởng khởi nghiệp sáng tạo {year}",
            f"Innovative Start-up Ideas {year}",
            -10,
            30,
            70,
        ),
        (
            "registering",
            "robotics-2024",
            f"Sáng tạo Robotics và Trí tuệ nhân tạo {year}",
            f"Creative Robotics and AI {year}",
            -20,
            25,
            60,
        ),
        (
            "judging",
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
        ctx.notes[part] = edition.slug


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
