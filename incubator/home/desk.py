"""A role's home: what waits, how things stand in this work place, what the person just did."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import ModuleType

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from ..contests.queries.schools import entries_seen
from ..core import clock
from ..core.access import Actor, ScopeKind
from ..core.db import db
from ..core.i18n import _
from ..core.navigation import Workplace
from ..core.todo import Todo
from ..core.together import ask, ask_together
from ..core.web import vn_number
from ..models import (
    Assignment,
    AssignmentState,
    AuditEvent,
    Edition,
    Entry,
    EntryState,
    Stage,
    StageDivision,
    StageEntry,
)
from .words import PLAIN, sentence_of

log = logging.getLogger(__name__)

# Domains whose queries may have something waiting, in the order of an edition's life.
SOURCES = ("accounts", "contests", "judging", "publishing", "matches", "spaces", "mentoring")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits: at once, soon, in other places; `silent` names the sources that could not be read."""

    now: tuple[Todo, ...]
    later: tuple[Todo, ...]
    elsewhere: tuple[Todo, ...]  # the page shows them below the others
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Done:
    text: str
    at: datetime


def waiting_for(actor: Actor, place: Workplace | None, places: Sequence[Workplace] = ()) -> Waiting:
    """What waits in this place, and in the actor's other `places`."""
    found, silent = gathered(actor)
    others = {p.scope_key for p in places} - {"", place.scope_key if place else ""}
    here = [t for t in found if t.scope not in others]
    return Waiting(
        now=in_order(t for t in here if is_pressing(t)),
        later=in_order(t for t in here if not is_pressing(t)),
        elsewhere=in_order(t for t in found if t.scope in others),
        silent=tuple(silent),
    )


def gathered(actor: Actor) -> tuple[list[Todo], list[str]]:
    """All domains asked in one statement. If that fails each is asked alone: the one that fails is named in the page
    instead of taking it down."""
    found: list[Todo] = []
    silent: list[str] = []
    try:
        for part in ask_together(queries.waiting_for(actor) for _name, queries in sources()):
            found += part
    except SQLAlchemyError:
        db.session.rollback()
        found = []
        for name, queries in sources():
            try:
                found += ask(queries.waiting_for(actor))
            except SQLAlchemyError:
                db.session.rollback()
                log.exception("waiting_for failed", extra={"domain": name})
                silent.append(name)
    return found, silent


def sources() -> list[tuple[str, ModuleType]]:
    names = [name for name in SOURCES if importlib.util.find_spec(f"incubator.{name}.queries")]
    modules = ((name, importlib.import_module(f"incubator.{name}.queries")) for name in names)
    return [(name, module) for name, module in modules if hasattr(module, "waiting_for")]


def is_pressing(todo: Todo) -> bool:
    return todo.urgent or (todo.due_at is not None and todo.due_at <= clock.now() + timedelta(hours=24))


def in_order(todos: Iterable[Todo]) -> tuple[Todo, ...]:
    """Urgent first, then by due time."""
    far = datetime.max.replace(tzinfo=clock.now().tzinfo)
    return tuple(sorted(todos, key=lambda t: (not t.urgent, t.due_at or far)))


# -- how things stand ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """Figures of a place: label, figure, small text."""

    title: str
    facts: tuple[tuple[str, int, str], ...]


def standing_of(place: Workplace | None, actor: Actor) -> Standing | None:
    """Figures of an edition for its organisers, of a school for its teacher; None where none are kept."""
    if place is None or place.scope_id is None:
        return None
    if place.scope is ScopeKind.EDITION and place.role in ("organiser", "secretary"):
        return edition_standing(place.scope_id)
    if place.scope is ScopeKind.EDITION and place.role == "judge":
        return judge_standing(place.scope_id, actor.person_id or 0)
    if place.scope is ScopeKind.ORGANISATION:
        return school_standing(actor, place.scope_id)
    return None


def edition_standing(edition_id: int) -> Standing:
    entries = states_of(Entry.edition_id == edition_id)
    sheets = sheets_of(Stage.edition_id == edition_id)
    facts = [
        (_("Bài đã duyệt"), entries.get(EntryState.ACCEPTED, 0), ""),
        (_("Chờ duyệt"), entries.get(EntryState.SUBMITTED, 0), ""),
        (_("Trả lại bổ sung"), entries.get(EntryState.RETURNED, 0), ""),
        (_("Bản nháp của trường"), entries.get(EntryState.DRAFT, 0), ""),
    ]
    if total := sum(sheets.values()):
        facts.append((_("Phiếu đã nộp"), sheets.get(AssignmentState.SUBMITTED, 0), f"/ {vn_number(total)}"))
    return Standing(_("Cuộc thi lúc này"), tuple(facts))


def judge_standing(edition_id: int, person_id: int) -> Standing:
    sheets = sheets_of(sa.and_(Stage.edition_id == edition_id, Assignment.judge_id == person_id))
    total = sum(sheets.values())
    sent = sheets.get(AssignmentState.SUBMITTED, 0)
    facts = ((_("Phiếu đã nộp"), sent, f"/ {vn_number(total)}"), (_("Còn lại"), total - sent, ""))
    return Standing(_("Bài của tôi"), facts)


def school_standing(actor: Actor, organisation_id: int) -> Standing:
    this_year = Edition.year >= clock.today().year
    entries = states_of(Entry.organisation_id == organisation_id, entries_seen(actor), this_year)
    facts = (
        (_("Đã duyệt"), entries.get(EntryState.ACCEPTED, 0), ""),
        (_("Đã gửi"), entries.get(EntryState.SUBMITTED, 0), ""),
        (_("Cần bổ sung"), entries.get(EntryState.RETURNED, 0), ""),
        (_("Bản nháp"), entries.get(EntryState.DRAFT, 0), ""),
    )
    return Standing(_("Đội của trường năm nay"), facts)


def states_of(*conditions: sa.ColumnElement[bool]) -> dict[EntryState, int]:
    rows = db.session.execute(
        sa.select(Entry.state, sa.func.count().label("n"))
        .join(Edition, Edition.id == Entry.edition_id)
        .where(*conditions)
        .group_by(Entry.state)
    )
    return {r.state: r.n for r in rows}


def sheets_of(condition: sa.ColumnElement[bool]) -> dict[AssignmentState, int]:
    rows = db.session.execute(
        sa.select(Assignment.state, sa.func.count().label("n"))
        .join(StageEntry, StageEntry.id == Assignment.stage_entry_id)
        .join(StageDivision, StageDivision.id == StageEntry.stage_division_id)
        .join(Stage, Stage.id == StageDivision.stage_id)
        .where(
            condition,
            Assignment.practice.is_(False),
            Assignment.state.not_in((AssignmentState.DECLINED, AssignmentState.REMOVED)),
        )
        .group_by(Assignment.state)
    )
    return {r.state: r.n for r in rows}


def just_done(actor: Actor, most: int = 5) -> list[Done]:
    """The actor's own last steps, as sentences; several of one kind in a row are told once."""
    rows = db.session.execute(
        sa.select(AuditEvent.verb, AuditEvent.at)
        .where(AuditEvent.person_id == actor.person_id)
        .order_by(AuditEvent.id.desc())
        .limit(60)
    ).all()
    done: list[Done] = []
    last = ""
    for verb, at in rows:
        text = sentence_of(verb) if verb not in PLAIN else ""
        if text and text != last:
            done.append(Done(text, at))
        last = text or last
        if len(done) == most:
            break
    return done
