"""Judging of the demo: every mark is drawn from a team's strength, every rank, tie, place and prize follows by rule.

No result is written directly. Two schools' teams are given the greatest strength of their division, so that they win
as they did in 2024.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from ..accounts import services as accounts
from ..core import clock
from ..core.access import Actor
from ..core.db import db, transaction
from ..judging import scoring
from ..judging.queries import inputs, ranking
from ..judging.services import assignments, awards, bulk, marks, panels, paper, rubrics, sheets, stages, ties
from ..models import (
    Affiliation,
    AffiliationPart,
    Assignment,
    AssignmentState,
    ConflictKind,
    CriterionSource,
    Edition,
    Entry,
    Organisation,
    Panel,
    Person,
    Stage,
    StageDivision,
    StageEntry,
    TieOutcome,
)
from . import people, season, words

TITLE = "judging"

DEGREES = ("ThS.", "ThS.", "TS.", "", "PGS.TS")
COMMENTS = (
    "Ý tưởng rõ ràng. Các em nên ghi lại số lần thử để chứng minh cải tiến.",
    "Trình bày mạch lạc, trả lời đúng câu hỏi. Cần đo hiệu quả bằng số liệu.",
    "Sản phẩm chạy ổn định. Nên nghĩ thêm cách giảm chi phí vật liệu.",
    "Phần tính mới cần nói rõ khác gì so với sản phẩm đã có.",
    "Các em phối hợp tốt. Hồ sơ nên có thêm hình ảnh quá trình làm.",
)


@dataclass(frozen=True)
class Work:
    """What the steps of one edition share."""

    ctx: season.Context
    random: Random
    actor: Actor
    strengths: dict[int, float]  # entry -> share of the maximum that its work deserves


def load(ctx: season.Context) -> None:
    secretary = ctx.people["secretary"]
    actor = Actor(person_id=secretary.id, name=secretary.full_name, system="demo")
    pool = _judges(ctx, 30)
    for step in (_robotics, _innovation, _startup, _rural, _running):
        random = ctx.random(f"judging:{step.__name__}")
        step(Work(ctx, random, actor, {}), pool)


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


# -- steps that every contest goes through ------------------------------------------------------------------------------


def _stages(slug: str) -> list[tuple[Stage, list[StageDivision]]]:
    edition_id = db.session.scalar(sa.select(Edition.id).where(Edition.slug == slug))
    found = db.session.scalars(
        sa.select(Stage).where(Stage.edition_id == edition_id).order_by(Stage.position)
    ).all()
    return [(s, _parts(s)) for s in found]


def _parts(stage: Stage) -> list[StageDivision]:
    return list(
        db.session.scalars(
            sa.select(StageDivision)
            .where(StageDivision.stage_id == stage.id)
            .order_by(StageDivision.division_id)
        )
    )


def _prepare(
    work: Work,
    stage: Stage,
    parts: Sequence[StageDivision],
    template: str,
    method: scoring.Method,
    at: datetime,
) -> None:
    """Rubric, rules of tabulation with a chain of two criteria, and the opening of every division."""
    rubric = rubrics.from_template(stage.edition_id, template, actor=work.actor, at=at)
    judged = [c.id for c in rubric.criteria if c.source is CriterionSource.JUDGE]
    chain = tuple(scoring.Step(scoring.StepKind.CRITERION, (c,)) for c in judged[:1])
    full = scoring.Method(**{**{k: getattr(method, k) for k in method.__slots__}, "chain": chain})
    stages.set_method(stage, full, actor=work.actor, at=at)
    for part in parts:
        rubrics.choose_rubric(part, stage, rubric, actor=work.actor, at=at)
        stages.open_part(part, stage, actor=work.actor, at=at)


def _panel(
    work: Work, stage: Stage, name: str, members: Sequence[Person], at: datetime, **scope: Any
) -> Panel:
    panel = panels.make_panel(stage, name, actor=work.actor, at=at, **scope)
    for index, person in enumerate(members):
        panels.add_judge(panel, stage, person, actor=work.actor, at=at, chair=index == 0)
    return panel


def _strengths(work: Work, part: StageDivision, best: str = "") -> None:
    """A strength per entry, bell-shaped; the strongest of all goes to a team of the school `best`."""
    rows = db.session.execute(
        sa.select(Entry.id, Organisation.slug)
        .join(StageEntry, StageEntry.entry_id == Entry.id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .where(StageEntry.stage_division_id == part.id)
        .order_by(Entry.id)
    ).all()
    for row in rows:
        work.strengths.setdefault(row.id, min(0.9, max(0.3, work.random.gauss(0.68, 0.11))))
    winner = next((r.id for r in rows if best and r.slug == best), None)
    if winner is not None:
        work.strengths[winner] = 0.98


def _mark(
    work: Work,
    part: StageDivision,
    stage: Stage,
    begin: datetime,
    until: datetime,
    *,
    spare: Collection[int] = (),
) -> None:
    """Every waiting sheet of the part: strength, the judge's own measure, and chance; in whole steps."""
    criteria = [c for c in inputs.criteria_of(part.rubric_id) if c.source is CriterionSource.JUDGE]
    rows = db.session.execute(
        sa.select(Assignment.id, Assignment.judge_id, StageEntry.entry_id)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .where(StageEntry.stage_division_id == part.id, Assignment.state == AssignmentState.ASSIGNED, Assignment.practice.is_(False))
        .order_by(Assignment.id)
    ).all()  # fmt: skip
    measure = {j: work.random.gauss(0, 0.03) for j in sorted({r.judge_id for r in rows})}
    span = (until - begin).total_seconds()
    given = []
    for number, row in enumerate(r for r in rows if r.id not in spare):
        share = work.strengths[row.entry_id] + measure[row.judge_id]
        points = {c.id: _points(work.random, share, c.max_e2, c.step_e2) for c in criteria}
        at = begin + timedelta(seconds=span * (number + 1) / (len(rows) + 1))
        comment = work.random.choice(COMMENTS) if work.random.random() < 0.4 else ""
        given.append(bulk.FullSheet(row.id, points, at, comment))
    bulk.submit_many(part, stage, given, actor=work.actor)


def _points(random: Random, share: float, most: int, step: int) -> int:
    value = most * min(1.0, max(0.0, share + random.gauss(0, 0.06)))
    return min(most, round(value / step) * step)


def _finish(work: Work, part: StageDivision, stage: Stage, at: datetime) -> None:
    """Close, let the chair settle each tie that matters, decide."""
    stages.close_part(part, stage, actor=work.actor, at=at)
    _settle(work, part, stage, at + timedelta(minutes=40))
    stages.decide_part(part, stage, actor=work.actor, at=at + timedelta(hours=2))


def _settle(work: Work, part: StageDivision, stage: Stage, at: datetime) -> None:
    chair = db.session.scalar(
        sa.select(Panel.chair_id).where(Panel.stage_id == stage.id, Panel.chair_id.is_not(None)).limit(1)
    )
    assert chair is not None
    while True:
        waiting = [d for d in ranking.decisions_of([part.id]) if d.outcome is None]
        if not waiting:
            return
        tie = waiting[0]
        order = sorted(tie.stage_entry_ids)
        work.random.shuffle(order)
        ties.decide(
            tie, part, stage, TieOutcome.VOTE, [[e] for e in order],
            f"Biên bản họp hội đồng ngày {clock.local(at):%d/%m/%Y}: biểu quyết kín.", chair, actor=work.actor, at=at,
        )  # fmt: skip


def _award(work: Work, stage: Stage, parts: Sequence[StageDivision], at: datetime) -> None:
    for part in parts:
        _settle(work, part, stage, at)
    awards.draw_up(stage, actor=work.actor, at=at)


def _day(year: int, month: int, day: int, hour: int = 8) -> datetime:
    return clock.at_local(date(year, month, day), time(hour))


# -- the contests -------------------------------------------------------------------------------------------------------


def _robotics(work: Work, pool: list[Person]) -> None:
    """30 judges, three sheets for each of 314 teams; 36 + 36 to the final, where two panels of seven see every team."""
    winners = ("tieu-hoc-dong-hoa-b", "thcs-binh-thang")
    (first, parts), (final, last) = _stages("robotics-2024")
    at = _day(2024, 10, 28)
    with transaction():
        _prepare(work, first, parts, "robot-sang-tao", scoring.Method(expected=3), at)
        _panel(work, first, "Ban giám khảo vòng loại", pool, at)
        assignments.assign(first, actor=work.actor, at=at, seed=2024)
        for part, school in zip(parts, winners, strict=True):
            _strengths(work, part, school)
            _mark(work, part, first, _day(2024, 11, 2), _day(2024, 11, 3, 16))
            _finish(work, part, first, _day(2024, 11, 4))
    at = _day(2024, 11, 18)
    with transaction():
        _prepare(
            work,
            final,
            last,
            "robot-sang-tao",
            scoring.Method(expected=7, aggregate=scoring.Aggregate.SUM),
            at,
        )
        for index, part in enumerate(last):
            members = pool[index * 7 : index * 7 + 7]
            _panel(
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
            _mark(work, part, final, _day(2024, 11, 23, 8), _day(2024, 11, 23, 15))
            _finish(work, part, final, _day(2024, 11, 23, 16))
        _award(work, final, last, _day(2024, 11, 24))


def _fill_in(work: Work, stage: Stage, parts: Sequence[StageDivision], at: datetime) -> None:
    """Where a judge of the panel has a conflict, the entry gets a judge of the other panel, so that all have k sheets."""
    wanted = assignments.method_of(stage).expected
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
                assignments.add_by_hand(
                    entry, judge, by_division[part.division_id], stage, actor=work.actor, at=at
                )


def _innovation(work: Work, pool: list[Person]) -> None:
    """A panel per field, two sheets a product as is the custom; one list of prizes over all fields."""
    [(stage, parts)] = _stages("sang-tao-2024")
    at = _day(2024, 4, 15)
    with transaction():
        _prepare(work, stage, parts, "ttnnd", scoring.Method(expected=2), at)
        _field_panels(work, stage, pool[5:30], at)
        assignments.assign(stage, actor=work.actor, at=at, seed=20)
        for part in parts:
            _strengths(work, part, "thcs-trinh-hoai-duc")
            _mark(work, part, stage, _day(2024, 4, 22), _day(2024, 5, 6, 16))
        for part in parts:
            _finish(work, part, stage, _day(2024, 5, 8))
        _award(work, stage, parts, _day(2024, 5, 10))


def _field_panels(work: Work, stage: Stage, pool: Sequence[Person], at: datetime) -> None:
    edition = db.session.get_one(Edition, stage.edition_id)
    size = len(pool) // len(edition.fields)
    for index, field in enumerate(edition.fields):
        members = pool[index * size : (index + 1) * size]
        _panel(work, stage, f"Tiểu ban {field['vi']}"[:120], members, at, fields=[field["slug"]])


def _startup(work: Work, pool: list[Person]) -> None:
    """Ideas: attendance is entered by the secretary; the final has a rubric of its own, a minimum and no zero."""
    (first, parts), (final, last) = _stages("khoi-nghiep-2024")
    at = _day(2024, 11, 12)
    with transaction():
        _prepare(work, first, parts, "y-tuong", scoring.Method(expected=3), at)
        _panel(work, first, "Hội đồng sơ khảo", pool[10:18], at)
        assignments.assign(first, actor=work.actor, at=at, seed=826)
        for part in parts:
            _strengths(work, part)
            _attendance(work, part, first, at)
            _mark(work, part, first, _day(2024, 11, 14), _day(2024, 11, 19, 16))
            _finish(work, part, first, _day(2024, 11, 20))
    at = _day(2024, 11, 25)
    with transaction():
        method = scoring.Method(expected=5, minimum_e4=500_000, zero=scoring.Zero.MEAN)
        _prepare(work, final, last, "chung-ket-khoi-nghiep", method, at)
        _panel(work, final, "Hội đồng chung kết", pool[10:15], at)
        assignments.assign(final, actor=work.actor, at=at, seed=10)
        for part in last:
            _mark(work, part, final, _day(2024, 11, 30), _day(2024, 11, 30, 15))
            _finish(work, part, final, _day(2024, 11, 30, 16))
        _award(work, final, last, _day(2024, 12, 2))


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
    [(stage, parts)] = _stages("nong-thon-2024")
    at = _day(2024, 8, 30)
    with transaction():
        _prepare(work, stage, parts, "stkt", scoring.Method(expected=3, aggregate=scoring.Aggregate.MEAN), at)
        _panel(work, stage, "Hội đồng chung khảo", pool[20:26], at)
        assignments.assign(stage, actor=work.actor, at=at, seed=30)
        for part in parts:
            _strengths(work, part)
            _mark(work, part, stage, _day(2024, 9, 5), _day(2024, 9, 18, 16))
            _finish(work, part, stage, _day(2024, 9, 20))
        _award(work, stage, parts, _day(2024, 9, 21))


def _running(work: Work, pool: list[Person]) -> None:
    """This year's innovation contest in the middle of judging: some sheets in, one judge absent, a conflict declared,
    two paper sheets that wait for the second person, a practice entry."""
    (stage, parts), *_later = _stages(work.ctx.notes["judging"])
    now = clock.now()
    at = now - timedelta(days=2)
    with transaction():
        _prepare(work, stage, parts, "ttnnd", scoring.Method(expected=3, gap_e4=200_000), at)
        members = [pool[0], *pool[6:13]]
        panel = _panel(work, stage, "Hội đồng giám khảo", members, at)
        panels.add_judge(panel, stage, pool[14], actor=work.actor, at=at, reserve=True)
        assignments.assign(stage, actor=work.actor, at=at, seed=7)
        assignments.give_practice(stage, _first_entry(parts[0]), actor=work.actor, at=at)
        for person in members:
            panels.link_for(person.id, stage, actor=work.actor, at=at)
    with transaction():
        spare = _left_open(work, stage, members)
        for part in parts:
            _strengths(work, part)
            _mark(work, part, stage, at + timedelta(hours=2), now - timedelta(minutes=12), spare=spare)
    with transaction():
        _loose_ends(work, stage, members, now)


def _first_entry(part: StageDivision) -> int:
    return (
        db.session.scalars(
            sa.select(StageEntry.id)
            .where(StageEntry.stage_division_id == part.id)
            .order_by(StageEntry.position)
        ).first()
        or 0
    )


def _of_judge(stage: Stage, person: Person) -> list[int]:
    return list(
        db.session.scalars(
            sa.select(Assignment.id)
            .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
            .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
            .where(
                StageDivision.stage_id == stage.id, Assignment.judge_id == person.id, Assignment.practice.is_(False),
                Assignment.state == AssignmentState.ASSIGNED,
            )
            .order_by(Assignment.position, Assignment.id)
        )
    )  # fmt: skip


def _left_open(work: Work, stage: Stage, members: Sequence[Person]) -> set[int]:
    """The demo's judge has ten left, the absent one most, the others a few."""
    spare: set[int] = set()
    for index, person in enumerate(members):
        mine = _of_judge(stage, person)
        spare |= set(mine[-10:] if index == 0 else mine[4:] if index == 1 else mine[len(mine) - 2 :])
    return spare


def _loose_ends(work: Work, stage: Stage, members: Sequence[Person], now: datetime) -> None:
    demo_judge, absent, friend, on_paper = members[:4]
    half = _of_judge(stage, demo_judge)[0]
    row = marks.load_row(half)
    criteria = [c for c in inputs.criteria_of(row.rubric_id) if c.source is CriterionSource.JUDGE]
    judge = Actor(person_id=demo_judge.id, name=demo_judge.full_name)
    for number, criterion in enumerate(criteria[:2]):
        marks.save_mark(
            half, criterion.id, criterion.max_e2 * 8 // 1000 * 100, base=0, client_id=f"demo-mark-{number}", actor=judge,
            at=now - timedelta(minutes=9),
        )  # fmt: skip
    member = db.session.scalar(sa.select(Panel).where(Panel.stage_id == stage.id))
    assert member is not None
    from ..judging.queries.panels import get_member

    panels.mark_absent(
        get_member(member.id, absent.id), stage, True, actor=work.actor, at=now - timedelta(minutes=55)
    )
    sheets.declare_conflict(
        _of_judge(stage, friend)[0], ConflictKind.COACHED, "Từng hướng dẫn em trưởng nhóm ở câu lạc bộ.",
        actor=Actor(person_id=friend.id, name=friend.full_name), at=now - timedelta(minutes=30),
    )  # fmt: skip
    for assignment in _of_judge(stage, on_paper)[:2]:
        points = {c.id: _points(work.random, 0.7, c.max_e2, c.step_e2) for c in criteria}
        paper.enter_paper(
            assignment, points, "Sản phẩm gọn, dễ dùng.", token=f"demo-{assignment}", actor=work.actor,
            at=now - timedelta(minutes=20),
        )  # fmt: skip
