"""What the organiser publishes from: every list of an edition with its versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import (
    Appeal,
    Certificate,
    Edition,
    Publication,
    PublicationKind,
    Stage,
    StageDivision,
    StageState,
)
from .editions import DECIDED, stages_of


@dataclass(frozen=True, slots=True)
class Choice:
    """A list that may be published, with what was published of it."""

    kind: PublicationKind
    stage: Stage | None
    versions: tuple[Publication, ...]
    ready: bool

    @property
    def subject(self) -> str:
        return subject_of(self.stage.id if self.stage else None)

    @property
    def position(self) -> int:
        return self.stage.position if self.stage else 0

    @property
    def latest(self) -> Publication | None:
        return self.versions[0] if self.versions else None


@dataclass(frozen=True, slots=True)
class Board:
    edition: Edition
    choices: tuple[Choice, ...]
    certificates: int
    revoked: int
    appeals: int


def subject_of(stage_id: int | None) -> str:
    return f"stage:{stage_id}" if stage_id else ""


def board_of(edition: Edition) -> Board:
    """Everything that may be published of an edition: five queries."""
    stages = stages_of(edition.id)
    versions = db.session.scalars(
        sa.select(Publication)
        .where(Publication.edition_id == edition.id, Publication.cancelled_at.is_(None))
        .order_by(Publication.version.desc())
    ).all()
    states: dict[int, set[StageState]] = {}
    for stage_id, state in db.session.execute(
        sa.select(StageDivision.stage_id, StageDivision.state).where(
            StageDivision.stage_id.in_([s.id for s in stages])
        )
    ):
        states.setdefault(stage_id, set()).add(state)
    choices = [_choice(PublicationKind.ELIGIBLE, None, versions, True)]
    for stage in stages:
        decided = bool(states.get(stage.id)) and states[stage.id] <= set(DECIDED)
        last = stage.position == max(s.position for s in stages)
        choices.append(_choice(PublicationKind.SCHEDULE, stage, versions, bool(states.get(stage.id))))
        if last:
            provisional = _choice(PublicationKind.PROVISIONAL, stage, versions, decided)
            official = _choice(PublicationKind.OFFICIAL, stage, versions, decided)
            # A provisional result after the official one would only confuse.
            choices += (
                [provisional, official] if provisional.versions or not official.versions else [official]
            )
        else:
            choices.append(_choice(PublicationKind.FINALISTS, stage, versions, decided))
    counts = db.session.execute(
        sa.select(sa.func.count(Certificate.id), sa.func.count(Certificate.revoked_at)).where(
            Certificate.edition_id == edition.id
        )
    ).one()
    return Board(
        edition,
        tuple(choices),
        counts[0] - counts[1],
        counts[1],
        open_appeals([edition.id]).get(edition.id, 0),
    )


def _choice(
    kind: PublicationKind, stage: Stage | None, versions: Sequence[Publication], ready: bool
) -> Choice:
    subject = subject_of(stage.id if stage else None)
    return Choice(kind, stage, tuple(v for v in versions if v.kind == kind and v.subject == subject), ready)


def find_choice(edition: Edition, kind: str, position: int) -> Choice:
    for choice in board_of(edition).choices:
        if choice.kind == kind and choice.position == position:
            return choice
    raise NotFound(_("Cuộc thi này không có danh sách đó để công bố."))


def open_appeals(edition_ids: Sequence[int]) -> dict[int, int]:
    if not edition_ids:
        return {}
    rows = db.session.execute(
        sa.select(Publication.edition_id, sa.func.count(Appeal.id))
        .join(Publication, Publication.id == Appeal.publication_id)
        .where(Publication.edition_id.in_(edition_ids), Appeal.state == "open")
        .group_by(Publication.edition_id)
    ).all()
    return dict(rows)
