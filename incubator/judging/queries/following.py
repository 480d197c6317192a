"""What comes after a settled stage: the next one is to be opened, teams are to read what judges wrote for them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from ...core import clock
from ...core.access import Actor, Permission, ScopeKind
from ...core.db import db
from ...core.i18n import _
from ...core.todo import Todo
from ...core.together import Asking
from ...core.web import named
from ...models import (
    Assignment,
    Edition,
    ScoreSheet,
    SheetState,
    Stage,
    StageDivision,
    StageEntry,
    StageKind,
    StageState,
)

#: How long the role home asks for the comments of a published stage; later only its own pages do.
COMMENTS_ASKED_FOR = timedelta(days=60)


def held_comments(*columns: Any) -> sa.Select[Any]:
    """Of submitted sheets whose comment no team may read yet; joined to the entries of their stage."""
    return (
        sa.select(*columns)
        .select_from(ScoreSheet)
        .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .where(
            Assignment.practice.is_(False),
            ScoreSheet.state == SheetState.SUBMITTED,
            ScoreSheet.comment != "",
            ScoreSheet.comment_released_at.is_(None),
        )
    )


def held_in(part: StageDivision) -> int:
    """How many comments wait to be released in a stage of a division."""
    question = held_comments(sa.func.count(ScoreSheet.id)).where(StageEntry.stage_division_id == part.id)
    return db.session.scalar(question) or 0


class Onward(NamedTuple):
    """The next stage of a division, and how many entries have advanced to it."""

    stage: Stage
    is_open: bool
    entries: int
    url: str


def onward(part: StageDivision, stage: Stage) -> Onward | None:
    row = db.session.execute(
        sa.select(Stage, StageDivision.state, sa.func.count(StageEntry.id), Edition.slug)
        .join(StageDivision, StageDivision.stage_id == Stage.id)
        .join(Edition, Edition.id == Stage.edition_id)
        .outerjoin(StageEntry, StageEntry.stage_division_id == StageDivision.id)
        .where(
            Stage.edition_id == stage.edition_id,
            Stage.position > stage.position,
            StageDivision.division_id == part.division_id,
        )
        .group_by(Stage.id, StageDivision.id, Edition.id)
        .order_by(Stage.position)
        .limit(1)
    ).first()
    return row and Onward(row[0], row[1] is not StageState.PLANNED, row[2], _place(row[0].kind, row[3]))


def _place(kind: StageKind, slug: str) -> str:
    """Where a stage is opened: marks on the page of judging, matches and runs on theirs."""
    return f"/judging/editions/{slug}" if kind is StageKind.RUBRIC else "/matches/"


def steps_of_home(actor: Actor) -> Asking[list[Todo]]:
    """The steps of all editions whose judging somebody manages, those of long ago left out."""
    scope = actor.scope_ids(Permission.JUDGING_MANAGE, ScopeKind.EDITION)
    if scope is not None and not scope:
        return []
    return (yield from steps(scope, published_after=clock.now() - COMMENTS_ASKED_FOR))


def steps(edition_ids: Collection[int] | None, published_after: datetime | None = None) -> Asking[list[Todo]]:
    """Stages that entries have advanced to and nobody has opened; comments of published stages. None: all editions."""
    names: tuple[Any, ...] = (
        Edition.id,
        Edition.slug,
        Edition.name,
        Edition.name_en,
        Stage.id.label("stage_id"),
        Stage.name.label("stage"),
        Stage.name_en.label("stage_en"),
        Stage.kind,
        Stage.position,
        sa.func.min(StageDivision.id).label("part_id"),
    )
    opening = (
        sa.select(*names, sa.func.count(StageEntry.id).label("n"))
        .join(Stage, Stage.edition_id == Edition.id)
        .join(StageDivision, StageDivision.stage_id == Stage.id)
        .join(StageEntry, StageEntry.stage_division_id == StageDivision.id)
        .where(StageDivision.state == StageState.PLANNED)
        .group_by(Edition.id, Stage.id)
    )
    comments = (
        held_comments(*names, sa.func.count(ScoreSheet.id).label("n"))
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .join(Edition, Edition.id == Stage.edition_id)
        .where(StageDivision.state == StageState.PUBLISHED)
        .group_by(Edition.id, Stage.id)
    )
    if published_after is not None:
        comments = comments.where(StageDivision.published_at > published_after)
    if edition_ids is not None:
        opening, comments = (q.where(Edition.id.in_(edition_ids)) for q in (opening, comments))
    to_open, to_send = yield [opening, comments]
    found = [(r, _to_open(r)) for r in to_open] + [(r, _to_send(r)) for r in to_send]
    return [todo for _row, todo in sorted(found, key=lambda f: (f[0].id, f[0].position, f[1].title))]


def _to_open(row: Any) -> Todo:
    return Todo(
        _("%(n)s bài đã vào vòng sau, vòng chưa mở", n=row.n),
        _place(row.kind, row.slug),
        _("Mở vòng"),
        _detail(row),
        "play",
        count=int(row.n),
        scope=f"edition:{row.id}",
    )


def _to_send(row: Any) -> Todo:
    return Todo(
        _("%(n)s nhận xét của giám khảo chưa gửi cho các đội", n=row.n),
        f"/judging/boards/{row.part_id}/results",
        _("Xem và gửi"),
        _detail(row),
        "chat-left-text",
        count=int(row.n),
        scope=f"edition:{row.id}",
    )


def _detail(row: Any) -> str:
    return f"{named(row, 'stage')} · {named(row)}"
