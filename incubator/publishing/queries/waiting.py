"""What waits for who publishes."""

from __future__ import annotations

import sqlalchemy as sa
from flask import url_for

from ...core.access import Actor, Permission, ScopeKind
from ...core.i18n import _
from ...core.todo import Todo
from ...core.together import Asking
from ...core.web import named
from ...models import (
    Appeal,
    Edition,
    Publication,
    Stage,
    StageDivision,
    StageState,
)


def waiting_for(actor: Actor) -> Asking[list[Todo]]:
    """Decided results that nobody has published, and appeals without an answer."""
    ids = actor.scope_ids(Permission.RESULTS_PUBLISH, ScopeKind.EDITION)
    if ids is not None and not ids:
        return []
    decided = (
        sa.select(Edition.id, Edition.slug, Edition.name, Edition.name_en, Stage.position)
        .join(Stage, Stage.edition_id == Edition.id)
        .join(StageDivision, StageDivision.stage_id == Stage.id)
        .group_by(Edition.id, Stage.id)
        .having(sa.func.min(sa.case((StageDivision.state == StageState.DECIDED, 1), else_=0)) == 1)
        .having(sa.func.max(StageDivision.published_at).is_(None))
    )
    appeals = (
        sa.select(
            Edition.id, Edition.slug, Edition.name, Edition.name_en, sa.func.count(Appeal.id).label("n")
        )
        .join(Publication, Publication.id == Appeal.publication_id)
        .join(Edition, Edition.id == Publication.edition_id)
        .where(Appeal.state == "open")
        .group_by(Edition.id)
    )
    if ids is not None:
        decided, appeals = decided.where(Edition.id.in_(ids)), appeals.where(Edition.id.in_(ids))
    rows, waiting = yield [decided, appeals]
    found = [
        Todo(
            _("Kết quả đã chốt, chưa công bố"),
            url_for("publishing.board", edition=r.slug),
            _("Chuẩn bị công bố"),
            detail=named(r),
            icon="megaphone",
            scope=f"edition:{r.id}",
        )
        for r in sorted(rows)
    ]
    for r in sorted(waiting):
        found.append(
            Todo(
                _("%(n)s khiếu nại chờ trả lời", n=r.n),
                url_for("publishing.appeals", edition=r.slug),
                _("Trả lời"),
                detail=named(r),
                icon="chat-left-text",
                urgent=True,
                count=r.n,
                scope=f"edition:{r.id}",
            )
        )
    return found
