"""The robotics contest's day of missions: registration is closed, the qualifying runs are half done."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from ..core import clock
from ..core.db import db, transaction
from ..matches.presets import MISSIONS
from ..matches.services import running, setup
from ..models import (
    Contest,
    Edition,
    Organisation,
    OrganisationKind,
    StageDivision,
    StageEntry,
    StageKind,
)
from . import crews, robocon, season

SCHOOLS_OF_THE_DAY = 12  # with two teams each


def load(ctx: season.Context) -> None:
    with transaction():
        part, sides = _mission_day(ctx, clock.now() - timedelta(hours=2))
        _runs_of(ctx, part, sides, clock.now())


def _mission_day(ctx: season.Context, opened: datetime) -> tuple[StageDivision, list[StageEntry]]:
    contest = db.session.scalar(
        sa.select(Contest)
        .join(Edition, Edition.contest_id == Contest.id)
        .where(Edition.slug == ctx.notes["registering"])
    )
    assert contest is not None
    year = ctx.today.year
    at = opened - timedelta(days=1)
    edition = robocon.edition_row(
        contest,
        f"robotics-nhiem-vu-{year}",
        f"Robotics thi nhiệm vụ {year}",
        f"Robotics missions {year}",
        opened,
    )
    edition.theme, edition.theme_en = "Sáu nhiệm vụ trên sa bàn", "Six missions on the table"
    division = robocon.division_row(edition, "thcs", "Trung học cơ sở", "Lower secondary")
    names = [("Vòng loại", "Qualifying"), ("Chung kết", "Final")]
    starts = [opened, opened + timedelta(days=7)]
    edition.final_on = clock.local(starts[-1]).date()
    parts = robocon.stage_rows(edition, division, names, starts, 8, StageKind.RUNS)
    schools = db.session.scalars(
        sa.select(Organisation)
        .where(Organisation.kind == OrganisationKind.SCHOOL, Organisation.name.startswith("THCS"))
        .order_by(Organisation.id)
        .limit(SCHOOLS_OF_THE_DAY)
    ).all()
    wanted = [(s.name, s.kind, [f"{s.name.removeprefix('THCS ')} {n}" for n in (1, 2)]) for s in schools]
    sides = robocon.entry_rows(edition, division, parts[0], wanted, at, prefix="N")
    crews.give_roles(edition, ctx, at)
    return parts[0], list(sides.values())


def _runs_of(ctx: season.Context, part: StageDivision, entries: list[StageEntry], now: datetime) -> None:
    generator = ctx.random(f"missions-{part.id}")
    edition = setup.edition_of_part(part)
    game = setup.ensure_game(MISSIONS, actor=ctx.actor, at=now)
    tournament = setup.create_tournament(
        part, game, slug=f"{edition.slug}-vong-loai", actor=ctx.actor, at=now,
        cut={"advance": part.advance or 0},
    )  # fmt: skip
    crews.set_crew(tournament, ctx, now)
    crew = robocon.officials(ctx.people)
    for n, entry in enumerate(entries):
        for attempt in (1, 2):
            if attempt == 2 and n % 2:
                continue
            values = {f"m{k}": int(generator.random() < 0.75) for k in range(1, 7)}
            time_ms = generator.randrange(90_000, 300_000, 100)
            run = running.record_run(
                entry.id, attempt, values, time_ms, client_id=f"demo-{entry.id}-{attempt}",
                actor=crew.referee, at=now, no_show=generator.random() < 0.03,
            )  # fmt: skip
            running.confirm_run(run.id, actor=crew.head, at=now)
