"""Editions, stages and divisions as the organiser of results sees them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from ...core.access import Actor, Permission, ScopeKind
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...models import (
    Division,
    Edition,
    JobRun,
    Publication,
    PublicationKind,
    Stage,
    StageDivision,
    StageState,
)
from .. import policies
from .public import visible

DECIDED = (StageState.DECIDED, StageState.PUBLISHED)


def editions_for(actor: Actor) -> Sequence[Edition]:
    """Editions whose results the actor may rehearse, newest first."""
    ids = actor.scope_ids(Permission.RESULTS_VIEW, ScopeKind.EDITION)
    statement = sa.select(Edition).order_by(Edition.year.desc(), Edition.id.desc())
    if ids is not None:
        statement = statement.where(Edition.id.in_(ids))
    return db.session.scalars(statement).all()


def get_edition_for(actor: Actor, slug: str) -> Edition:
    """An edition with its hosts' work on results; 404 hides it from who may not rehearse."""
    edition = db.session.scalar(sa.select(Edition).where(Edition.slug == slug))
    if edition is None or not policies.can_rehearse(actor, edition.id):
        raise NotFound(_("Không có cuộc thi này, hoặc tài khoản đang dùng không phụ trách."))
    return edition


def stages_of(edition_id: int) -> Sequence[Stage]:
    return db.session.scalars(
        sa.select(Stage).where(Stage.edition_id == edition_id).order_by(Stage.position)
    ).all()


def parts_of(stage_id: int) -> Sequence[StageDivision]:
    return db.session.scalars(
        sa.select(StageDivision)
        .where(StageDivision.stage_id == stage_id)
        .options(joinedload(StageDivision.division))
        .order_by(StageDivision.id)
    ).all()


def divisions_of(edition_id: int) -> Sequence[Division]:
    return db.session.scalars(
        sa.select(Division).where(Division.edition_id == edition_id).order_by(Division.position)
    ).all()


def last_issue(edition_id: int) -> JobRun | None:
    """The job that issued certificates last, or does so now."""
    return db.session.scalars(
        sa.select(JobRun)
        .where(JobRun.kind == "publishing.certificates", JobRun.edition_id == edition_id)
        .order_by(JobRun.id.desc())
        .limit(1)
    ).first()


def get_publication(edition: Edition, publication_id: int) -> Publication:
    """A publication of an edition that was loaded for the actor."""
    publication = db.session.scalar(
        sa.select(Publication).where(Publication.id == publication_id, Publication.edition_id == edition.id)
    )
    if publication is None:
        raise NotFound(_("Không có lịch công bố này."))
    return publication


def official_results(edition_id: int, now: datetime) -> Publication | None:
    """The official results that are in force, of several the latest."""
    return db.session.scalars(
        visible(now)
        .where(Publication.edition_id == edition_id, Publication.kind == PublicationKind.OFFICIAL)
        .order_by(Publication.visible_at.desc(), Publication.version.desc())
    ).first()
