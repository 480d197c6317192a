"""Robocon 2024 as it was, a Robocon with matches under way today, and (`missions`) runs in the robotics contest."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from ..contests.services import stages
from ..contests.stages import StageFacts
from ..core import clock
from ..core.db import db, transaction
from ..judging.services import awards
from ..matches.presets import BASKETBALL, PRESETS
from ..matches.queries.board import load_board
from ..matches.services import closing, drawing, moving, planning, screens, setup
from ..matches.services.rulings import settle_tie
from ..models import (
    Edition,
    HallMode,
    HallScreen,
    Match,
    MatchGroup,
    MatchState,
    Resource,
    Site,
    StageDivision,
    StageEntry,
    StageState,
    TieOutcome,
    Tournament,
)
from . import crews, missions, robocon, season

TITLE = "matches"
DAY_2024 = date(2024, 11, 26)


def load(ctx: season.Context) -> None:
    with clock.frozen(_moment(DAY_2024, 6)):
        _robocon_2024(ctx)
    _live(ctx)
    missions.load(ctx)


def _moment(day: date, hour: int, minute: int = 0) -> datetime:
    return clock.at_local(day, time(hour, minute))


def _courts(prefix: str, count: int, at: datetime) -> list[Resource]:
    site = db.session.scalar(sa.select(Site).order_by(Site.id).limit(1))
    names = [f"Sân {n}" for n in range(1, count + 1)]
    return setup.ensure_courts(site.id if site else None, names, prefix=prefix, at=at)


def _windows(day: date) -> tuple[tuple[datetime, datetime], ...]:
    return ((_moment(day, 7, 30), _moment(day, 11, 30)), (_moment(day, 13, 0), _moment(day, 17, 30)))


def _robocon_2024(ctx: season.Context) -> None:
    rng = ctx.random("robocon-2024")
    at = clock.now()
    second = DAY_2024 + timedelta(days=1)
    with transaction():
        for preset in PRESETS.values():
            setup.ensure_game(preset, actor=ctx.actor, at=at)
        day = _moment(DAY_2024, 7)
        edition = robocon.edition_row(
            robocon.contest_row(at), "robocon-2024", "Robocon tỉnh 2024", "Provincial Robocon 2024", day
        )
        division = robocon.division_row(edition)
        robocon.prize_rows(edition)
        names = [("Vòng loại", "Qualifying"), ("Vòng chung kết", "Finals")]
        starts = [_moment(DAY_2024, 7, 30), _moment(second, 7, 30)]
        parts = robocon.stage_rows(edition, division, names, starts, 16)
        sides = robocon.entry_rows(edition, division, parts[0], robocon.SCHOOLS, at)
        crews.give_roles(edition, ctx, at)
        qualifying = _tournament(
            ctx, edition, parts[0], "robocon-2024-vong-loai", 3, {"per_group": 1, "best": [[2, 4]]}, at
        )
        setup.make_groups(qualifying.id, 12, actor=ctx.actor, at=at)
        draw = drawing.open_draw(qualifying.id, "26112024", actor=ctx.actor, at=at)
        drawing.draw_next(draw.id, actor=ctx.actor, at=at, all_left=True)
        plan = planning.Plan(6, 6, _windows(DAY_2024))
        planning.make_schedule(qualifying.id, plan, actor=ctx.actor, at=at)
    crew = robocon.officials(ctx.people)
    strength = robocon.strengths(sides, rng)
    with transaction():
        robocon.play_all(qualifying.id, strength, crew, rng)
        _break_ties(qualifying.id, ctx)
        closing.close(qualifying.id, actor=ctx.actor, at=_moment(DAY_2024, 18))
    with transaction():
        _finals(ctx, edition, parts, strength, second)


def _tournament(
    ctx: season.Context,
    edition: Edition,
    part: StageDivision,
    slug: str,
    courts: int,
    cut: dict[str, object],
    at: datetime,
) -> Tournament:
    game = setup.ensure_game(BASKETBALL, actor=ctx.actor, at=at)
    rows = _courts("san", courts, at)
    tournament = setup.create_tournament(
        part, game, slug=slug, actor=ctx.actor, at=at, court_ids=[row.id for row in rows], cut=cut
    )
    crews.set_crew(tournament, ctx, at)
    return tournament


def _break_ties(tournament_id: int, ctx: season.Context) -> None:
    """Ties that matter are settled by lots, as the minutes of the day say."""
    while ties := load_board(tournament_id).open_ties():
        boundary, _name, tie = ties[0]
        results_order = sorted(int(str(team)) for team in tie.teams)
        settle_tie(
            tournament_id, boundary, results_order, TieOutcome.LOTS, actor=ctx.actor, at=clock.now(),
            reason="Bốc thăm trước đại diện các đội",
        )  # fmt: skip


def _finals(
    ctx: season.Context,
    edition: Edition,
    parts: list[StageDivision],
    strength: dict[int, float],
    day: date,
) -> None:
    """Sixteen teams in four groups, two of each into the quarter-finals."""
    rng = ctx.random("robocon-2024-finals")
    at = _moment(DAY_2024, 20)
    power = _carried(parts, strength)
    facts = StageFacts(state=parts[1].state, entries=len(power))
    stages.move(parts[1], StageState.OPEN, facts, edition_id=edition.id, actor=ctx.actor, at=at)
    cut = {"per_group": 2, "bracket": "crossover", "third_place": True}
    tournament = _tournament(ctx, edition, parts[1], "robocon-2024-chung-ket", 2, cut, at)
    setup.make_groups(tournament.id, 4, actor=ctx.actor, at=at)
    draw = drawing.open_draw(tournament.id, "27112024", actor=ctx.actor, at=at)
    drawing.draw_next(draw.id, actor=ctx.actor, at=at, all_left=True)
    planning.make_schedule(tournament.id, planning.Plan(8, 8, _windows(day)), actor=ctx.actor, at=at)
    crew = robocon.officials(ctx.people)
    matches = load_board(tournament.id).matches
    robocon.play_all(tournament.id, power, crew, rng, most=sum(not match.round for match in matches))
    with clock.frozen(_moment(day, 13)):
        _break_ties(tournament.id, ctx)
    robocon.play_all(tournament.id, power, crew, rng)
    closing.close(tournament.id, actor=ctx.actor, at=_moment(day, 18))
    awards.draw_up(parts[1].stage, actor=ctx.actor, at=_moment(day, 18, 30))


def _carried(parts: list[StageDivision], strength: dict[int, float]) -> dict[int, float]:
    """The strengths of those who went on, by their places in the next stage."""
    before, after = aliased(StageEntry), aliased(StageEntry)
    rows = db.session.execute(
        sa.select(after.id, before.id)
        .join(before, before.entry_id == after.entry_id)
        .where(before.stage_division_id == parts[0].id, after.stage_division_id == parts[1].id)
    )
    return {new: strength[old] for new, old in rows}


def _live(ctx: season.Context) -> None:
    """A Robocon of today: groups half played, matches on both courts, one result waiting for the head referee."""
    rng = ctx.random("robocon-live")
    day = ctx.today
    now = clock.now()
    opened = now - timedelta(minutes=102)  # the seventeenth match is due a few minutes ago
    slug = f"robocon-{day.year}"
    with transaction():
        at = opened - timedelta(days=1)
        edition = robocon.edition_row(
            robocon.contest_row(at),
            slug,
            f"Robocon tỉnh {day.year}",
            f"Provincial Robocon {day.year}",
            opened,
        )
        division = robocon.division_row(edition)
        robocon.prize_rows(edition)
        [part] = robocon.stage_rows(edition, division, [("Vòng chung kết", "Finals")], [opened], None)
        wanted = [(school, kind, teams[:2]) for school, kind, teams in robocon.SCHOOLS[:8]]
        sides = robocon.entry_rows(edition, division, part, wanted, at)
        crews.give_roles(edition, ctx, at)
        cut = {"per_group": 2, "bracket": "crossover", "third_place": True}
        tournament = _tournament(ctx, edition, part, f"{slug}-chung-ket", 2, cut, at)
        setup.make_groups(tournament.id, 4, actor=ctx.actor, at=at)
        draw = drawing.open_draw(tournament.id, f"{day:%d%m%Y}", actor=ctx.actor, at=at)
        drawing.draw_next(draw.id, actor=ctx.actor, at=at, all_left=True)
        windows = ((opened, opened + timedelta(hours=10)),)
        planning.make_schedule(tournament.id, planning.Plan(12, 10, windows), actor=ctx.actor, at=at)
        _under_way(ctx, tournament.id, robocon.strengths(sides, rng), now)
    ctx.notes["robocon live"] = tournament.slug


def _under_way(ctx: season.Context, tournament_id: int, strength: dict[int, float], now: datetime) -> None:
    rng = ctx.random("robocon-live-play")
    crew = robocon.officials(ctx.people)
    waiting = [
        m for m in load_board(tournament_id).matches if m.state is MatchState.SCHEDULED and not m.round
    ]
    first: Match | None = None
    for match in waiting[:15]:
        robocon.play(match, strength, crew, match.starts_at or now, rng)
    for match, ago, until in zip(waiting[15:17], (70, 300), ("running", "proposed"), strict=True):
        robocon.play(match, strength, crew, now - timedelta(seconds=ago), rng, until=until)
        first = first or match
    if first is not None and first.court_id is not None:
        moving.shift_court(tournament_id, first.court_id, 12, actor=ctx.actor, at=now)
    group = db.session.scalar(
        sa.select(MatchGroup.id).where(MatchGroup.tournament_id == tournament_id).limit(1)
    )
    screen = db.session.scalar(sa.select(HallScreen).where(HallScreen.tournament_id == tournament_id))
    assert screen is not None
    screens.set_screen(
        screen.id,
        HallMode.LIVE,
        actor=ctx.actor,
        at=now,
        match_id=first.id if first else None,
        group_id=group,
    )
