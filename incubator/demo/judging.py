"""Judging of the demo: every mark is drawn from a team's strength, every rank, tie, place and prize follows by rule.

No result is written directly. Two schools' teams are given the greatest strength of their division, so that they win
as they did in 2024.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa

from ..accounts import services as accounts
from ..core import clock
from ..core.access import Actor
from ..core.db import db, transaction
from ..judging import scoring
from ..judging.queries import inputs
from ..judging.services import assignments, by_hand, paper
from ..models import (
    Affiliation,
    AffiliationPart,
    Assignment,
    CriterionSource,
    Edition,
    Organisation,
    Panel,
    Person,
    Stage,
    StageDivision,
    StageEntry,
)
from . import people, season, words
from .judging_running import running
from .judging_steps import (
    Work,
    day_at,
    draw_strengths,
    finish,
    give_awards,
    make_panel,
    mark_all,
    prepare,
    stages_of,
)

TITLE = "judging"
DEGREES = ("ThS.", "ThS.", "TS.", "", "PGS.TS")


def load(ctx: season.Context) -> None:
    secretary = ctx.people["secretary"]
    actor = Actor(person_id=secretary.id, name=secretary.full_name, system="demo")
    pool = _judges(ctx, 30)
    for name, step in STEPS:
        step(Work(ctx, ctx.random(f"judging:_{name}"), actor, {}), pool)


def _judges(ctx: season.Context, count: int) -> list[Person]:
    """The pool: the demo's judge first, the others with accounts of their own; some taught at schools that take part."""
    random = ctx.random("judging:people")
    at = clock.at_local(date(2023, 9, 1))
    pool = [ctx.people["judge"]]
    with transaction():
        schools = db.session.scalars(
            sa.select(Organisation.id).where(Organisation.slug.like("thcs%")).order_by(Organisation.slug)
        ).all()
        for number in range(1, count):
            person = accounts.create_person(
                words.person(random), title=random.choice(DEGREES), actor=ctx.actor, at=at
            )
            people.make_account(person, f"giamkhao{number + 1}@demo.example", ctx)
            if number % 6 == 0:
                db.session.add(
                    Affiliation(person_id=person.id, organisation_id=schools[number % len(schools)],
                                part=AffiliationPart.FORMER if number % 12 else AffiliationPart.TEACHER)
                )  # fmt: skip
            pool.append(person)
    return pool


def _robotics(work: Work, pool: list[Person]) -> None:
    """30 judges, three sheets for each of 314 teams; 36 + 36 to the final, where two panels of seven see every team."""
    winners = ("tieu-hoc-dong-hoa-b", "thcs-binh-thang")
    (first, parts), (final, last) = stages_of("robotics-2024")
    at = day_at(2024, 10, 28)
    with transaction():
        prepare(work, first, parts, "robot-sang-tao", scoring.Method(expected=3), at)
        make_panel(work, first, "Ban giám khảo vòng loại", pool, at)
        assignments.assign(first, actor=work.actor, at=at, seed=2024)
        for part, school in zip(parts, winners, strict=True):
            draw_strengths(work, part, school)
            mark_all(work, part, first, day_at(2024, 11, 2), day_at(2024, 11, 3, 16))
            finish(work, part, first, day_at(2024, 11, 4))
    at = day_at(2024, 11, 18)
    with transaction():
        prepare(
            work,
            final,
            last,
            "robot-sang-tao",
            scoring.Method(expected=7, aggregate=scoring.Aggregate.SUM),
            at,
        )
        for index, part in enumerate(last):
            members = pool[index * 7 : index * 7 + 7]
            make_panel(
                work,
                final,
                f"Tiểu ban {'Tiểu học' if index == 0 else 'THCS'}",
                members,
                at,
                division_ids=[part.division_id],
            )
        assignments.assign(final, actor=work.actor, at=at, seed=72)
        _fill_in(work, final, last, at)
        for part in last:
            mark_all(work, part, final, day_at(2024, 11, 23, 8), day_at(2024, 11, 23, 15))
            finish(work, part, final, day_at(2024, 11, 23, 16))
        give_awards(work, final, last, day_at(2024, 11, 24))


def _fill_in(work: Work, stage: Stage, parts: Sequence[StageDivision], at: datetime) -> None:
    """Where a judge of the panel has a conflict, the entry gets a judge of the other panel, so that all have k sheets."""
    wanted = inputs.method_of(stage).expected
    by_division = {
        p.division_ids[0]: p
        for p in db.session.scalars(sa.select(Panel).where(Panel.stage_id == stage.id))
        if p.division_ids
    }
    from ..judging.queries.conflicts import conflicts_of
    from ..models import PanelMember

    everybody = list(
        db.session.scalars(
            sa.select(PanelMember.person_id)
            .join(Panel, Panel.id == PanelMember.panel_id)
            .where(Panel.stage_id == stage.id)
            .order_by(PanelMember.id)
        )
    )
    for part in parts:
        counts = db.session.execute(
            sa.select(StageEntry.id, sa.func.count(Assignment.id))
            .outerjoin(Assignment, Assignment.stage_entry_id == StageEntry.id)
            .where(StageEntry.stage_division_id == part.id)
            .group_by(StageEntry.id)
            .having(sa.func.count(Assignment.id) < wanted)
            .order_by(StageEntry.id)
        ).all()
        for entry, have in counts:
            held = set(
                db.session.scalars(sa.select(Assignment.judge_id).where(Assignment.stage_entry_id == entry))
            )
            barred = {j for j, _e in conflicts_of([entry], everybody)}
            able = [j for j in everybody if j not in held and j not in barred]
            for judge in able[: wanted - have]:
                by_hand.add_by_hand(
                    entry, judge, by_division[part.division_id], stage, actor=work.actor, at=at
                )


def _innovation(work: Work, pool: list[Person]) -> None:
    """A panel per field, two sheets a product as is the custom; one list of prizes over all fields."""
    [(stage, parts)] = stages_of("sang-tao-2024")
    at = day_at(2024, 4, 15)
    with transaction():
        prepare(work, stage, parts, "ttnnd", scoring.Method(expected=2), at)
        _field_panels(work, stage, pool[5:30], at)
        assignments.assign(stage, actor=work.actor, at=at, seed=20)
        for part in parts:
            draw_strengths(work, part, "thcs-trinh-hoai-duc")
            mark_all(work, part, stage, day_at(2024, 4, 22), day_at(2024, 5, 6, 16))
        for part in parts:
            finish(work, part, stage, day_at(2024, 5, 8))
        give_awards(work, stage, parts, day_at(2024, 5, 10))


def _field_panels(work: Work, stage: Stage, pool: Sequence[Person], at: datetime) -> None:
    edition = db.session.get_one(Edition, stage.edition_id)
    size = len(pool) // len(edition.fields)
    for index, field in enumerate(edition.fields):
        members = pool[index * size : (index + 1) * size]
        make_panel(work, stage, f"Tiểu ban {field['vi']}"[:120], members, at, fields=[field["slug"]])


def _startup(work: Work, pool: list[Person]) -> None:
    """Ideas: attendance is entered by the secretary; the final has a rubric of its own, a minimum and no zero."""
    (first, parts), (final, last) = stages_of("khoi-nghiep-2024")
    at = day_at(2024, 11, 12)
    with transaction():
        prepare(work, first, parts, "y-tuong", scoring.Method(expected=3), at)
        make_panel(work, first, "Hội đồng sơ khảo", pool[10:18], at)
        assignments.assign(first, actor=work.actor, at=at, seed=826)
        for part in parts:
            draw_strengths(work, part)
            _attendance(work, part, first, at)
            mark_all(work, part, first, day_at(2024, 11, 14), day_at(2024, 11, 19, 16))
            finish(work, part, first, day_at(2024, 11, 20))
    at = day_at(2024, 11, 25)
    with transaction():
        method = scoring.Method(expected=5, minimum_e4=500_000, zero=scoring.Zero.MEAN)
        prepare(work, final, last, "chung-ket-khoi-nghiep", method, at)
        make_panel(work, final, "Hội đồng chung kết", pool[10:15], at)
        assignments.assign(final, actor=work.actor, at=at, seed=10)
        for part in last:
            mark_all(work, part, final, day_at(2024, 11, 30), day_at(2024, 11, 30, 15))
            finish(work, part, final, day_at(2024, 11, 30, 16))
        give_awards(work, final, last, day_at(2024, 12, 2))


def _attendance(work: Work, part: StageDivision, stage: Stage, at: datetime) -> None:
    [criterion] = [c for c in inputs.criteria_of(part.rubric_id) if c.source is CriterionSource.SECRETARY]
    ids = db.session.scalars(
        sa.select(StageEntry.id).where(StageEntry.stage_division_id == part.id).order_by(StageEntry.id)
    )
    values = {e: work.random.choice((0, 500, 1000, 1500, 1500)) for e in ids}
    paper.enter_scores(
        part, stage, criterion, values, "Danh sách điểm danh hai buổi tập huấn", actor=work.actor, at=at
    )


def _rural(work: Work, pool: list[Person]) -> None:
    [(stage, parts)] = stages_of("nong-thon-2024")
    at = day_at(2024, 8, 30)
    with transaction():
        prepare(work, stage, parts, "stkt", scoring.Method(expected=3, aggregate=scoring.Aggregate.MEAN), at)
        make_panel(work, stage, "Hội đồng chung khảo", pool[20:26], at)
        assignments.assign(stage, actor=work.actor, at=at, seed=30)
        for part in parts:
            draw_strengths(work, part)
            mark_all(work, part, stage, day_at(2024, 9, 5), day_at(2024, 9, 18, 16))
            finish(work, part, stage, day_at(2024, 9, 20))
        give_awards(work, stage, parts, day_at(2024, 9, 21))


#: Each with the name that its marks are drawn by: another name would make another season.
STEPS = (
    ("robotics", _robotics),
    ("innovation", _innovation),
    ("startup", _startup),
    ("rural", _rural),
    ("running", running),
)
