"""A team's own view of its published result: why this rank, comments, certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ...contests.queries.entry_parts import CALLED
from ...core.access import Actor, Permission, ScopeKind
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.web import named
from ...models import (
    Appeal,
    Certificate,
    Edition,
    Entry,
    EntryMember,
    EntryState,
    Organisation,
    PrizeTier,
    Project,
    Publication,
    PublicationKind,
    Stage,
    StageDivision,
    StageEntry,
    Team,
)
from .. import policies
from ..policies import EntryParties
from ..snapshot import Row, snapshot_of
from .public import visible

TOLD = (PublicationKind.OFFICIAL, PublicationKind.PROVISIONAL, PublicationKind.FINALISTS)


@dataclass(frozen=True, slots=True)
class TeamResult:
    """One entry in one visible list."""

    entry_id: int
    team: str
    edition: Edition
    school: str
    organisation_id: int | None
    prize: str
    medal: str
    rank: int | None
    certificates: int
    stopped: str = ""  # the stage that it did not get beyond, once its finalists are published


def own_entry_ids(actor: Actor) -> sa.Select[Any]:
    """Entries of the actor's schools (as a verified coordinator), teams and hand."""
    schools = actor.scope_ids(Permission.REGISTER_SCHOOL, ScopeKind.ORGANISATION)
    wanted = [
        Entry.author_id == actor.person_id,
        Entry.id.in_(
            sa.select(EntryMember.entry_id).where(
                EntryMember.person_id == actor.person_id, EntryMember.ended_at.is_(None)
            )
        ),
    ]
    if schools:
        allowed = [s for s in schools if policies.can_see_school(actor, s)]
        wanted.append(Entry.organisation_id.in_(allowed))
    return sa.select(Entry.id).where(sa.or_(*wanted))


def results_of(actor: Actor, now: datetime) -> list[TeamResult]:
    """The actor's entries that stand in a visible list, newest edition first: five queries."""
    listed = visible(now).with_only_columns(Publication.edition_id).where(Publication.kind.in_(TOLD))
    rows = db.session.execute(
        sa.select(
            Entry.id, Entry.organisation_id, CALLED.label("name"), Organisation.name.label("school"), Edition
        )
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Project, Project.id == Entry.project_id)
        .join(Edition, Edition.id == Entry.edition_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .where(
            Entry.id.in_(own_entry_ids(actor)),
            Entry.edition_id.in_(listed),
            Entry.state.not_in((EntryState.DRAFT, EntryState.LAPSED)),  # never sent, so without a result
        )
        .order_by(Edition.year.desc(), Edition.id.desc(), Organisation.sort_key, Team.search_key, Entry.id)
    ).all()
    if not rows:
        return []
    from ..words import medal_of

    official = _official_rows({r.Edition.id for r in rows}, now)
    tiers = {
        t.id: t
        for t in db.session.scalars(
            sa.select(PrizeTier).where(PrizeTier.edition_id.in_({r.Edition.id for r in rows}))
        )
    }
    counts = _certificate_counts([r.id for r in rows], now)
    stopped = _stopped([r.id for r in rows], now)
    found = []
    for r in rows:
        row = official.get(r.id)
        tier = tiers.get(row.tier_id) if row and row.tier_id else None
        found.append(
            TeamResult(
                r.id,
                r.name,
                r.Edition,
                r.school or "",
                r.organisation_id,
                named(tier) if tier else "",
                medal_of(tier.slug) if tier else "",
                row.rank if row else None,
                counts.get(r.id, 0),
                stopped.get(r.id, ""),
            )
        )
    return found


def _official_rows(edition_ids: set[int], now: datetime) -> dict[int, Row]:
    rows: dict[int, Row] = {}
    for publication in db.session.scalars(
        visible(now)
        .where(Publication.edition_id.in_(edition_ids), Publication.kind == PublicationKind.OFFICIAL)
        .order_by(Publication.version)
    ):
        rows |= {r.entry_id: r for p in snapshot_of(publication.payload).parts for r in p.rows}
    return rows


def _stopped(entry_ids: list[int], now: datetime) -> dict[int, str]:
    """Entry -> the stage whose published list of finalists it is not on."""
    lists = (
        visible(now)
        .with_only_columns(Publication.subject)
        .where(Publication.kind == PublicationKind.FINALISTS)
    )
    rows = db.session.execute(
        sa.select(StageEntry.entry_id, Stage.name, Stage.name_en)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .where(
            StageEntry.entry_id.in_(entry_ids),
            StageEntry.advanced.is_(False),
            sa.literal("stage:").concat(sa.cast(Stage.id, sa.String)).in_(lists),
        )
    )
    return {r.entry_id: named(r) for r in rows}


def _certificate_counts(entry_ids: list[int], now: datetime) -> dict[int, int]:
    rows = db.session.execute(
        _certificates(now)
        .with_only_columns(Certificate.entry_id, sa.func.count(Certificate.id))
        .where(Certificate.entry_id.in_(entry_ids))
        .group_by(Certificate.entry_id)
    )
    return {int(entry_id): count for entry_id, count in rows if entry_id is not None}


def _certificates(now: datetime) -> sa.Select[Any]:
    return (
        sa.select(Certificate)
        .join(Publication, Publication.id == Certificate.publication_id)
        .where(
            Certificate.revoked_at.is_(None),
            Publication.visible_at <= now,
            Publication.cancelled_at.is_(None),
        )
    )


def get_entry_for(actor: Actor, entry_id: int) -> tuple[Entry, Team, Edition, EntryParties]:
    """An entry for its team's people and its school; 404 for all others."""
    row = db.session.execute(
        sa.select(Entry, Team, Edition)
        .join(Team, Team.id == Entry.team_id)
        .join(Edition, Edition.id == Entry.edition_id)
        .where(Entry.id == entry_id)
    ).first()
    if row is not None:
        people = frozenset(
            db.session.scalars(
                sa.select(EntryMember.person_id).where(
                    EntryMember.entry_id == entry_id, EntryMember.ended_at.is_(None)
                )
            )
        )
        parties = EntryParties(row.Entry.organisation_id, people, row.Entry.author_id)
        if policies.can_see_team(actor, parties):
            return row.Entry, row.Team, row.Edition, parties
    raise NotFound(_("Không có bài này, hoặc tài khoản đang dùng không xem được."))


def certificates_for(actor: Actor, edition: Edition, now: datetime) -> Sequence[Certificate]:
    """Valid certificates of all the actor's entries in an edition, team after team."""
    return db.session.scalars(
        _certificates(now)
        .where(Certificate.edition_id == edition.id, Certificate.entry_id.in_(own_entry_ids(actor)))
        .order_by(Certificate.entry_id, Certificate.kind.desc(), Certificate.id)
    ).all()


def edition_certificates(edition: Edition, division_id: int | None, now: datetime) -> Sequence[Certificate]:
    """All valid certificates, for the organiser to print."""
    statement = _certificates(now).where(Certificate.edition_id == edition.id)
    if division_id is not None:
        statement = statement.join(Entry, Entry.id == Certificate.entry_id).where(
            Entry.division_id == division_id
        )
    return db.session.scalars(
        statement.order_by(Certificate.entry_id, Certificate.kind.desc(), Certificate.id)
    ).all()


def appeals_of(entry_id: int) -> Sequence[Appeal]:
    return db.session.scalars(
        sa.select(Appeal).where(Appeal.entry_id == entry_id).order_by(Appeal.id.desc())
    ).all()


def edition_appeals(edition_id: int) -> Sequence[Any]:
    """(Appeal, Publication, team, school) of an edition, open ones first."""
    return db.session.execute(
        sa.select(Appeal, Publication, Team.name.label("team"), Organisation.name.label("school"))
        .join(Publication, Publication.id == Appeal.publication_id)
        .join(Entry, Entry.id == Appeal.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .where(Publication.edition_id == edition_id)
        .order_by(Appeal.state != "open", Appeal.at)
    ).all()


def get_appeal(edition: Edition, appeal_id: int) -> tuple[Appeal, Publication]:
    """An appeal against a publication of an edition that was loaded for the actor."""
    found = db.session.execute(
        sa.select(Appeal, Publication)
        .join(Publication, Publication.id == Appeal.publication_id)
        .where(Appeal.id == appeal_id, Publication.edition_id == edition.id)
    ).first()
    if found is None:
        raise NotFound(_("Không có khiếu nại này."))
    return found.Appeal, found.Publication
