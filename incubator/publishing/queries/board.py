"""What the organiser publishes from: results as they stand now, the prize structure, what blocks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy.orm import joinedload

from ...core import clock
from ...core.access import Actor, Permission, ScopeKind
from ...core.db import db
from ...core.errors import NotFound
from ...core.i18n import _
from ...core.todo import Todo
from ...core.together import Asking
from ...models import (
    Appeal,
    Award,
    Certificate,
    Edition,
    Entry,
    EntryState,
    PrizeBasis,
    PrizeTier,
    Publication,
    PublicationKind,
    Stage,
    StageDivision,
    StageEntry,
    StagePresence,
    StageState,
    TieDecision,
)
from .. import policies
from ..snapshot import Given, Part, Row, Snapshot, TierUse, uses
from ..words import KINDS
from .public import RANKED

DECIDED = (StageState.DECIDED, StageState.PUBLISHED)


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


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to know before publishing; `blocks` stops it."""

    title: str
    text: str
    blocks: bool = False


def subject_of(stage_id: int | None) -> str:
    return f"stage:{stage_id}" if stage_id else ""


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


# -- the snapshot of now ----------------------------------------------------------------------------------------------


def built_snapshot(edition_id: int, kind: PublicationKind, stage: Stage | None) -> Snapshot:
    """What would be frozen if one published at this moment."""
    if kind == PublicationKind.ELIGIBLE:
        return Snapshot(str(kind), edition_id, None, tuple(_eligible(edition_id)))
    assert stage is not None
    awards = _awards(edition_id) if kind in RANKED else ()
    prizes = {a.entry_id: a.tier_id for a in reversed(awards) if a.entry_id}
    rows = db.session.execute(
        sa.select(
            StageEntry.entry_id, StageEntry.rank, StageEntry.score_e4, StageEntry.advanced, StageEntry.presence,
            StageEntry.starts_at, StageEntry.place, StageDivision.division_id, StageDivision.id.label("part"),
            StageDivision.advance, Entry.number, StageEntry.result,
        )
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Entry, Entry.id == StageEntry.entry_id)
        .where(StageDivision.stage_id == stage.id, Entry.state != EntryState.DRAFT)
        .order_by(StageDivision.id, Entry.number)
    ).all()  # fmt: skip
    parts: dict[int, list[tuple[int, Row]]] = {}
    heads: dict[int, tuple[int, int | None]] = {}
    for r in rows:
        row = _frozen_row(kind, r, prizes.get(r.entry_id))
        if row is not None:
            parts.setdefault(r.part, []).append((r.rank or 10**6, row))
            heads[r.part] = (r.division_id, r.advance)
    by_rank = kind in RANKED
    return Snapshot(
        str(kind), edition_id, stage.id,
        tuple(
            Part(heads[k][0], tuple(row for _rank, row in (sorted(v, key=lambda x: x[0]) if by_rank else v)), k, heads[k][1])
            for k, v in parts.items()
        ),
        awards,
    )  # fmt: skip


def _frozen_row(kind: PublicationKind, r: Any, tier_id: int | None) -> Row | None:
    """A finalists' list names who goes on, without scores: the final is not judged yet."""
    if r.result and r.result.get("listed") is False:
        return None
    presence = "" if r.presence in (StagePresence.EXPECTED, StagePresence.PRESENT) else str(r.presence)
    if kind == PublicationKind.FINALISTS:
        return Row(r.entry_id, advanced=True) if r.advanced else None
    if kind == PublicationKind.SCHEDULE:
        starts = r.starts_at.isoformat() if r.starts_at else ""
        return Row(r.entry_id, starts_at=starts, place=r.place or "", presence=presence)
    return Row(r.entry_id, r.rank, r.score_e4, tier_id, None, presence)


def _eligible(edition_id: int) -> list[Part]:
    rows = db.session.execute(
        sa.select(Entry.id, Entry.division_id)
        .where(Entry.edition_id == edition_id, Entry.state == EntryState.ACCEPTED)
        .order_by(Entry.division_id, Entry.number, Entry.id)
    )
    parts: dict[int, list[Row]] = {}
    for entry_id, division_id in rows:
        parts.setdefault(division_id, []).append(Row(entry_id))
    return [Part(division_id, tuple(found)) for division_id, found in parts.items()]


def accepted_entries(edition_id: int, stage_id: int) -> list[int]:
    """Accepted entries of the divisions that take part in a stage."""
    divisions = sa.select(StageDivision.division_id).where(StageDivision.stage_id == stage_id)
    return list(
        db.session.scalars(
            sa.select(Entry.id)
            .where(
                Entry.edition_id == edition_id,
                Entry.state == EntryState.ACCEPTED,
                Entry.division_id.in_(divisions),
            )
            .order_by(Entry.number, Entry.id)
        )
    )


def _awards(edition_id: int) -> tuple[Given, ...]:
    rows = db.session.scalars(
        sa.select(Award)
        .join(PrizeTier, PrizeTier.id == Award.tier_id)
        .where(Award.edition_id == edition_id, Award.revoked_at.is_(None))
        .order_by(PrizeTier.position, Award.id)
    )
    return tuple(
        Given(a.id, a.tier_id, a.division_id, a.entry_id, a.person_id, a.organisation_id) for a in rows
    )


# -- what to know before ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TierCheck:
    tier: PrizeTier
    use: TierUse


def tier_checks(edition: Edition, snapshot: Snapshot) -> list[TierCheck]:
    """The prize structure beside the prizes given. A tier per division counts once for each division it applies to."""
    tiers = db.session.scalars(
        sa.select(PrizeTier)
        .where(PrizeTier.edition_id == edition.id)
        .order_by(PrizeTier.position, PrizeTier.id)
    ).all()
    divisions = max(1, len({p.division_id for p in snapshot.parts}))
    fields = max(1, len(edition.fields or []))
    times = {"edition": 1, "division": divisions, "field": fields}
    planned = {
        t.id: (None if t.count is None else t.count * (1 if t.division_id else times[str(t.scope)]))
        for t in tiers
    }
    by_id = {t.id: t for t in tiers}
    return [TierCheck(by_id[u.tier_id], u) for u in uses(planned, snapshot.awards)]


def problems_of(edition: Edition, choice: Choice, snapshot: Snapshot) -> list[Problem]:
    """Blocks first, then what is only to be known."""
    found: list[Problem] = []
    if not any(p.rows for p in snapshot.parts):
        found.append(Problem(_("Danh sách còn trống"), _("Chưa có dòng nào để công bố."), True))
    if choice.stage is not None and choice.kind in (*RANKED, PublicationKind.FINALISTS):
        found += _stage_problems(choice.stage)
    if choice.kind in RANKED:
        found += _award_problems(edition, choice.stage, snapshot)
    return sorted(found, key=lambda p: not p.blocks)


def _stage_problems(stage: Stage) -> list[Problem]:
    found = []
    for part in parts_of(stage.id):
        if part.state not in DECIDED:
            text = _("Thư ký cần chốt %(division)s trước khi công bố.", division=part.division.name)
            found.append(Problem(_("%(division)s chưa có kết quả", division=part.division.name), text, True))
    open_ties = db.session.scalar(
        sa.select(sa.func.count(TieDecision.id))
        .join(StageDivision, StageDivision.id == TieDecision.stage_division_id)
        .where(
            StageDivision.stage_id == stage.id, TieDecision.outcome.is_(None), TieDecision.voided_at.is_(None)
        )
    )
    if open_ties:
        found.append(
            Problem(
                _("Còn %(n)s chỗ đồng điểm chưa quyết", n=open_ties),
                _("Trưởng ban giám khảo quyết, thư ký ghi lại."),
                True,
            )
        )
    return found


def _award_problems(edition: Edition, stage: Stage | None, snapshot: Snapshot) -> list[Problem]:
    checks = tier_checks(edition, snapshot)
    withheld = set(stage.settings.get("withheld", ())) if stage else set()
    due = [c for c in checks if c.tier.basis is not PrizeBasis.MANUAL and c.tier.id not in withheld]
    if due and not any(c.use.given for c in due):
        text = _(
            "Thư ký bấm “Lập danh sách giải” ở trang kết quả vòng; giải nào không trao thì ghi để trống."
        )
        return [Problem(_("Chưa lập danh sách giải"), text, True)]
    found = []
    for check in checks:
        planned, given = check.use.planned, check.use.given
        if check.tier.id in withheld:
            text = _("Theo quyết định đã ghi ở trang kết quả vòng.")
            found.append(Problem(_("%(tier)s: để trống", tier=check.tier.name), text))
        elif check.use.over:
            found.append(
                Problem(
                    _(
                        "%(tier)s: %(given)s giải, cơ cấu có %(planned)s",
                        tier=check.tier.name,
                        given=given,
                        planned=planned,
                    ),
                    _("Chỉ đúng khi hội đồng quyết đồng giải. Kiểm tra biên bản."),
                )
            )
        elif check.use.short:
            found.append(
                Problem(
                    _(
                        "%(tier)s: mới trao %(given)s trong %(planned)s",
                        tier=check.tier.name,
                        given=given,
                        planned=planned,
                    ),
                    _("Giải có thể để trống; nếu sót, trao giải ở phần chấm thi rồi quay lại."),
                )
            )
    return found


def waiting_for(actor: Actor) -> Asking[list[Todo]]:
    """Decided results that nobody has published, and appeals without an answer."""
    ids = actor.scope_ids(Permission.RESULTS_PUBLISH, ScopeKind.EDITION)
    if ids is not None and not ids:
        return []
    decided = (
        sa.select(Edition.id, Edition.slug, Edition.name, Stage.position)
        .join(Stage, Stage.edition_id == Edition.id)
        .join(StageDivision, StageDivision.stage_id == Stage.id)
        .group_by(Edition.id, Edition.slug, Edition.name, Stage.id, Stage.position)
        .having(sa.func.min(sa.case((StageDivision.state == StageState.DECIDED, 1), else_=0)) == 1)
        .having(sa.func.max(StageDivision.published_at).is_(None))
    )
    appeals = (
        sa.select(Edition.id, Edition.slug, Edition.name, sa.func.count(Appeal.id).label("n"))
        .join(Publication, Publication.id == Appeal.publication_id)
        .join(Edition, Edition.id == Publication.edition_id)
        .where(Appeal.state == "open")
        .group_by(Edition.id, Edition.slug, Edition.name)
    )
    if ids is not None:
        decided, appeals = decided.where(Edition.id.in_(ids)), appeals.where(Edition.id.in_(ids))
    rows, waiting = yield [decided, appeals]
    found = [
        Todo(
            _("Kết quả đã chốt, chưa công bố"), url_for("publishing.board", edition=r.slug), _("Chuẩn bị công bố"),
            detail=r.name, icon="megaphone", scope=f"edition:{r.id}",
        )
        for r in sorted(rows)
    ]  # fmt: skip
    for edition_id, slug, name, count in sorted(waiting):
        found.append(
            Todo(
                _("%(n)s khiếu nại chờ trả lời", n=count), url_for("publishing.appeals", edition=slug),
                _("Trả lời"), detail=name, icon="chat-left-text", urgent=True, count=count,
                scope=f"edition:{edition_id}",
            )
        )  # fmt: skip
    return found


def scheduled(edition_id: int) -> Sequence[Publication]:
    return db.session.scalars(
        sa.select(Publication).where(
            Publication.edition_id == edition_id,
            Publication.visible_at > clock.now(),
            Publication.cancelled_at.is_(None),
        )
    ).all()


def kind_word(kind: PublicationKind) -> str:
    return str(KINDS[kind])


def due(now: datetime) -> Sequence[Publication]:
    """Publications whose hour has come and on which nobody has acted yet."""
    return db.session.scalars(
        sa.select(Publication)
        .where(
            Publication.visible_at <= now,
            Publication.cancelled_at.is_(None),
            Publication.settled_at.is_(None),
        )
        .order_by(Publication.visible_at, Publication.id)
    ).all()
