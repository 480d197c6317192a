"""A result of the demo that is decided and waits for its hour, and the same demo with another outcome.

`decide()` closes the contest that is being judged, gives its prizes and schedules the official list; `turn_over()` swaps
first and last before that. Whoever may not know the result must read the same on every page of both.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from incubator.core import clock
from incubator.core.access import Actor
from incubator.core.db import db, transaction
from incubator.demo.judging_steps import Work, give_awards, settle, stages_of
from incubator.demo.season import Context
from incubator.judging import scoring
from incubator.judging.services import marks, paper, stages
from incubator.models import (
    Account,
    Award,
    Edition,
    Entry,
    Organisation,
    Publication,
    PublicationKind,
    ScoreSheet,
    Stage,
    StageDivision,
    StageEntry,
    Tabulation,
    TieDecision,
)
from incubator.publishing import services as publishing

EDITION = f"sang-tao-{clock.today().year}"
#: What stands in the decision and nowhere else.
SIGNS = ("77/QĐ-KÍN", "Người Ký Kín", "Biểu quyết kín số 77")


def decide(at: datetime) -> None:
    """Everything but the publication, through the services."""
    secretary, second = (_actor(f"{name}@demo.example") for name in ("thuky", "thuky2"))
    work = Work(Context(clock.today(), lambda _title: None), Random("secret"), secretary, {})
    ((stage, parts),) = stages_of(EDITION)
    with transaction():
        for sheet in db.session.scalars(
            sa.select(ScoreSheet).where(ScoreSheet.source == "paper", ScoreSheet.checked_at.is_(None))
        ):
            paper.check_paper(sheet.assignment_id, _total(sheet.id), actor=second, at=at)
        for part in parts:
            stages.close_part(
                part, stage, missing=scoring.Missing.MEAN, at_least=1, reason=SIGNS[2], actor=secretary, at=at
            )
            settle(work, part, stage, at)
            stages.decide_part(part, stage, actor=secretary, at=at)
        give_awards(work, stage, parts, at)


def _actor(email: str) -> Actor:
    person_id = db.session.scalars(sa.select(Account.person_id).where(Account.email == email)).one()
    return Actor(person_id=person_id, name=email, system="test")


def _total(sheet_id: int) -> int:
    current = marks.current_marks(sheet_id)
    return sum(mark.points_e2 or 0 for mark in current.values())


def schedule(at: datetime) -> Publication:
    """The official list, to be seen in three hours."""
    ((stage, _parts),) = stages_of(EDITION)
    edition = db.session.get_one(Edition, stage.edition_id)
    decision = publishing.Decision(SIGNS[0], clock.local(at).date(), SIGNS[1])
    with transaction():
        return publishing.publish(
            edition, PublicationKind.OFFICIAL, stage, visible_at=at + timedelta(hours=3), decision=decision,
            actor=_actor("bantochuc@demo.example"), at=at,
        )  # fmt: skip


def turn_over() -> None:
    """First is last: ranks, scores, reasons, ties and prizes change places within each division; a few prizes are gone."""
    ((stage, parts),) = stages_of(EDITION)
    with transaction() as session:
        other: dict[int, StageEntry] = {}
        for part in parts:
            rows = _ranked(part)
            other |= {row.id: partner for row, partner in zip(rows, reversed(rows), strict=True)}
            kept = [(r.score_e4, r.rank, r.result, r.advanced) for r in reversed(rows)]
            for row, values in zip(rows, kept, strict=True):
                row.score_e4, row.rank, row.result, row.advanced = values
            entries = {i: o.id for i, o in other.items()}
            for table in session.scalars(
                sa.select(Tabulation).where(Tabulation.stage_division_id == part.id)
            ):
                table.rows = [_renamed(r, entries) for r in table.rows]
            for tie in session.scalars(
                sa.select(TieDecision).where(TieDecision.stage_division_id == part.id)
            ):
                tie.stage_entry_ids = [entries.get(i, i) for i in tie.stage_entry_ids]
                tie.order = [[entries.get(i, i) for i in group] for group in tie.order]
        _turn_awards(stage, other)


def _ranked(part: StageDivision) -> list[StageEntry]:
    statement = sa.select(StageEntry).where(
        StageEntry.stage_division_id == part.id, StageEntry.rank.is_not(None)
    )
    return list(db.session.scalars(statement.order_by(StageEntry.rank, StageEntry.id)))


def _renamed(row: dict[str, Any], entries: dict[int, int]) -> dict[str, Any]:
    return {**row, "entry_id": entries.get(row["entry_id"], row["entry_id"])}


def _turn_awards(stage: Stage, other: dict[int, StageEntry]) -> None:
    given = db.session.scalars(
        sa.select(Award).where(Award.stage_entry_id.in_(other)).order_by(Award.id)
    ).all()
    for award in given:
        partner = other[award.stage_entry_id or 0]
        entry = db.session.get_one(Entry, partner.entry_id)
        school = db.session.get(Organisation, entry.organisation_id or 0)
        award.stage_entry_id, award.entry_id, award.organisation_id = (
            partner.id,
            entry.id,
            entry.organisation_id,
        )
        award.organisation_name = school.name if school else ""
    for award in given[-3:]:
        award.revoked_at = award.at
