"""Reads of editions: for organisers, for who registers, for visitors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from ...core import clock
from ...core.access import Actor, Permission, ScopeKind
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.together import rows_of
from ...models import (
    Contest,
    Edition,
    EditionHost,
    Entry,
    EntryState,
    Extension,
    PrizeTier,
    Stage,
    StageDivision,
    StageEntry,
)
from .. import policies, stages
from ..stages import EditionState

_WHOLE = (
    joinedload(Edition.contest),
    joinedload(Edition.rules_file),
    selectinload(Edition.hosts).joinedload(EditionHost.organisation),
    selectinload(Edition.divisions),
    selectinload(Edition.stages).selectinload(Stage.parts).joinedload(StageDivision.division),
)


def _missing() -> NotFound:
    return NotFound(_("Không có cuộc thi này, hoặc tài khoản đang dùng không xem được."))


def get_edition(slug: str) -> Edition:
    """An edition with its hosts, divisions and stages; whoever calls has the right. Five queries."""
    return _whole(Edition.slug == slug)


def get_edition_by_id(edition_id: int) -> Edition:
    """The same for who knows the edition by its number."""
    return _whole(Edition.id == edition_id)


def _whole(which: sa.ColumnElement[bool]) -> Edition:
    statement = sa.select(Edition).options(*_WHOLE).where(which)
    # Read afresh: something else in this request may have loaded less of it.
    edition = db.session.scalar(statement.execution_options(populate_existing=True))
    if edition is None:
        raise _missing()
    return edition


def get_edition_for_managing(actor: Actor, slug: str) -> Edition:
    edition = get_edition(slug)
    if not policies.can_manage(actor, edition):
        raise _missing()
    return edition


def get_edition_for_entries(actor: Actor, slug: str) -> Edition:
    """For who may see the edition's entries: organiser and secretary."""
    edition = get_edition(slug)
    if not policies.can_view_entries(actor, edition):
        raise _missing()
    return edition


def get_public_edition(slug: str, at: datetime) -> Edition:
    edition = get_edition(slug)
    if not is_public(edition, at):
        raise _missing()
    return edition


def get_announced_edition(slug: str, at: datetime) -> Edition:
    """An edition that visitors may see, with its divisions only. One query."""
    edition = (
        db.session.execute(
            sa.select(Edition).options(joinedload(Edition.divisions)).where(Edition.slug == slug)
        )
        .unique()
        .scalar_one_or_none()
    )
    if edition is None or not is_public(edition, at):
        raise _missing()
    return edition


def is_public(edition: Edition, at: datetime) -> bool:
    return edition.announced_at is not None and edition.announced_at <= at and edition.cancelled_at is None


def public_editions(at: datetime) -> Sequence[Edition]:
    return db.session.scalars(
        sa.select(Edition)
        .options(
            joinedload(Edition.contest),
            selectinload(Edition.divisions),
            selectinload(Edition.stages).selectinload(Stage.parts),
        )
        .where(Edition.announced_at <= at, Edition.cancelled_at.is_(None))
        .order_by(Edition.year.desc(), Edition.id.desc())
    ).all()


def editions_for(actor: Actor) -> Sequence[Edition]:
    """Editions that the actor manages or whose entries the actor sees, newest first."""
    statement = (
        sa.select(Edition)
        .options(
            joinedload(Edition.contest),
            selectinload(Edition.divisions),
            selectinload(Edition.stages).selectinload(Stage.parts),
        )
        .order_by(Edition.year.desc(), Edition.id.desc())
    )
    ids = actor.scope_ids(Permission.ENTRIES_VIEW, ScopeKind.EDITION)
    if ids is not None:
        statement = statement.where(Edition.id.in_(ids))
    return db.session.scalars(statement).all()


def contests() -> Sequence[Contest]:
    return db.session.scalars(sa.select(Contest).order_by(Contest.name)).all()


# -- time ----------------------------------------------------------------------------------------------------


def extensions_of(edition_ids: Sequence[int]) -> dict[int, list[Extension]]:
    found: dict[int, list[Extension]] = {i: [] for i in edition_ids}
    if edition_ids:
        for row in db.session.scalars(
            sa.select(Extension).where(Extension.edition_id.in_(edition_ids)).order_by(Extension.id)
        ):
            found[row.edition_id].append(row)
    return found


def closing_moment(edition: Edition) -> datetime | None:
    return clock.end_of_day(edition.registration_closes) if edition.registration_closes else None


def deadline_of(edition: Edition, organisation_id: int | None, more: Sequence[Extension]) -> datetime | None:
    """Until when this organisation may submit, extensions included."""
    rules = [stages.Extension(e.until, e.organisation_id) for e in more]
    return stages.deadline_for(closing_moment(edition), rules, organisation_id)


def last_deadline(edition: Edition, more: Sequence[Extension]) -> datetime | None:
    """Until when anybody may submit."""
    closes = closing_moment(edition)
    return max([closes, *(e.until for e in more)]) if closes else None


def state_of(edition: Edition, more: Sequence[Extension], at: datetime) -> EditionState:
    """The edition's derived state; needs stages with their parts."""
    opens = edition.registration_opens
    return stages.edition_state(
        announced=is_public(edition, at),
        opens_at=clock.at_local(opens) if opens else None,
        closes_at=last_deadline(edition, more),
        stages=[part.state for stage in edition.stages for part in stage.parts],
        at=at,
    )


def is_registering(
    edition: Edition, organisation_id: int | None, more: Sequence[Extension], at: datetime
) -> bool:
    """Whether this organisation may still submit: announced, opened, its deadline not passed."""
    if not is_public(edition, at) or edition.registration_opens is None:
        return False
    if at < clock.at_local(edition.registration_opens):
        return False
    return stages.is_in_time(at, deadline_of(edition, organisation_id, more))


# -- counts --------------------------------------------------------------------------------------------------


def entry_counts(edition_ids: Sequence[int]) -> dict[int, Counter[EntryState]]:
    found: dict[int, Counter[EntryState]] = {i: Counter() for i in edition_ids}
    if edition_ids:
        for row in db.session.execute(
            sa.select(Entry.edition_id, Entry.state, sa.func.count().label("n"))
            .where(Entry.edition_id.in_(edition_ids))
            .group_by(Entry.edition_id, Entry.state)
        ):
            found[row.edition_id][row.state] = row.n
    return found


@dataclass(frozen=True, slots=True)
class PartCounts:
    """Entries of one stage of one division."""

    entries: int
    accepted: int
    undecided: int


def part_counts(edition: Edition) -> dict[int, PartCounts]:
    """By stage_division id: how many are in it; accepted and undecided entries of its division. One statement."""
    placed, sent = rows_of(
        [
            sa.select(StageEntry.stage_division_id, sa.func.count().label("n"))
            .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
            .join(Stage, Stage.id == StageDivision.stage_id)
            .where(Stage.edition_id == edition.id)
            .group_by(StageEntry.stage_division_id),
            sa.select(Entry.division_id, Entry.state, sa.func.count().label("n"))
            .where(Entry.edition_id == edition.id)
            .group_by(Entry.division_id, Entry.state),
        ]
    )
    in_stage: dict[int, int] = dict(placed)
    states = Counter({(division_id, state): count for division_id, state, count in sent})
    return {
        part.id: PartCounts(
            in_stage.get(part.id, 0),
            states[part.division_id, EntryState.ACCEPTED],
            states[part.division_id, EntryState.SUBMITTED] + states[part.division_id, EntryState.RETURNED],
        )
        for stage in edition.stages
        for part in stage.parts
    }


def prizes_of(edition_id: int) -> Sequence[PrizeTier]:
    return db.session.scalars(
        sa.select(PrizeTier)
        .where(PrizeTier.edition_id == edition_id)
        .order_by(PrizeTier.position, PrizeTier.id)
    ).all()
