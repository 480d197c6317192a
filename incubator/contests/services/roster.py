"""Changes of members after the freeze: asked for with a reason, answered by the organiser, never overwritten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from ...accounts import services as accounts
from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...core.text import collapse
from ...models import DraftMember, Entry, EntryMember, MemberPart, RosterChange
from .. import eligibility, policies, wording
from ..queries import entry_parts, facts
from . import events, people

SPELLING, REPLACE, ADD, REMOVE = "spelling", "replace", "add", "remove"


@dataclass(frozen=True, slots=True)
class Wish:
    """What should be different. `member_id` is who is corrected, replaced or leaves."""

    kind: str
    member_id: int | None = None
    full_name: str = ""
    birth_date: date | None = None
    class_name: str = ""


def ask(entry: Entry, wish: Wish, *, reason: str, actor: Actor, at: datetime) -> RosterChange:
    """Raises Conflict once the entry has a mark, Invalid for a wish that the rules do not allow."""
    ensure(policies.can_request_change(actor, entry))
    if not reason.strip():
        raise Invalid(_("Ghi lý do đổi."), field="reason")
    if wish.kind not in (SPELLING, REPLACE, ADD, REMOVE):
        raise Invalid(_("Chọn cách đổi."), field="kind")
    member = _member(entry, wish)
    if wish.kind != REMOVE and not collapse(wish.full_name):
        raise Invalid(_("Nhập họ và tên."), field="full_name")
    _ensure_unmarked(entry)
    _ensure_fits(entry, wish)
    row = RosterChange(
        entry_id=entry.id,
        member_id=member.id if member else None,
        change={
            "kind": wish.kind,
            "full_name": collapse(wish.full_name),
            "class_name": collapse(wish.class_name),
            "birth_date": wish.birth_date.isoformat() if wish.birth_date else None,
        },
        reason=reason.strip()[:500],
        state="requested",
        requested_by_id=actor.person_id,
        requested_at=at,
    )
    db.session.add(row)
    db.session.flush()
    activity.record(
        "contests.roster.asked",
        row,
        actor=actor,
        at=at,
        edition_id=entry.edition_id,
        after={"entry": entry.id, "kind": wish.kind},
    )
    activity.notify_many(
        "contests/change_asked",
        [
            {
                "person_id": p,
                "url": f"/entries/{entry.id}",
                "context": {"entry_id": entry.id, "change_id": row.id},
            }
            for p in events.organisers_of(entry.edition_id)
        ],
        at=at,
    )
    return row


def _member(entry: Entry, wish: Wish) -> EntryMember | None:
    if wish.kind == ADD:
        return None
    found = next((m for m in entry.members if m.id == wish.member_id and m.ended_at is None), None)
    if found is None:
        raise Invalid(_("Chọn thành viên cần đổi."), field="member_id")
    return found


def _ensure_unmarked(entry: Entry) -> None:
    if entry_parts.is_marked(entry.id):
        raise Conflict(_("Bài đã có điểm chấm nên không đổi thành viên được nữa."))


def _ensure_fits(entry: Entry, wish: Wish) -> None:
    """The team keeps its size, and who comes in is somebody whom the rules admit."""
    rules = eligibility.from_json(entry.division.eligibility)
    size = sum(m.ended_at is None and m.part is not MemberPart.COACH for m in entry.members)
    size += {ADD: 1, REMOVE: -1}.get(wish.kind, 0)
    if not rules.team_min <= size <= rules.team_max:
        raise Invalid(
            _(
                "Đội sẽ có %(n)s người; thể lệ cần %(low)s đến %(high)s.",
                n=size,
                low=rules.team_min,
                high=rules.team_max,
            ),
            field="kind",
        )
    if wish.kind in (ADD, REPLACE):
        _ensure_may_join(entry, wish, rules)


def _ensure_may_join(entry: Entry, wish: Wish, rules: eligibility.Rules) -> None:
    """Who comes in keeps the rules that the first members had to keep."""
    if wish.birth_date is None:
        raise Invalid(_("Nhập ngày sinh."), field="birth_date")
    who = facts.identity(wish.full_name, wish.birth_date)
    staying = [
        m
        for m in entry.members
        if m.ended_at is None and m.part is not MemberPart.COACH and m.id != wish.member_id
    ]
    if any(facts.identity(m.full_name, m.person.birth_date) == who for m in staying):
        raise Invalid(_("%(name)s đã ở trong đội này.", name=collapse(wish.full_name)), field="full_name")
    member = eligibility.MemberFacts(
        name=collapse(wish.full_name),
        birth_date=wish.birth_date,
        class_name=wish.class_name,
        other_teams=facts.teams_with(wish.full_name, wish.birth_date, entry),
    )
    for problem in eligibility.check_member(member, "", rules):
        name = problem.field.lstrip("-")
        raise Invalid(wording.problem(problem, entry.division), field="full_name" if name == "name" else name)


def approve(change: RosterChange, entry: Entry, *, actor: Actor, at: datetime) -> None:
    """Carry the change out: the old member row ends, a new one begins. `entry` is loaded whole.

    Raises Invalid where the rules forbid it by now, as when the pupil has joined another team since.
    """
    ensure(policies.can_decide_entry(actor, entry))
    _ensure_waiting(change)
    _ensure_unmarked(entry)
    _ensure_fits(entry, _wish_of(change))
    kind = change.change["kind"]
    old = next((m for m in entry.members if m.id == change.member_id), None)
    if old is not None:
        old.ended_at = at
    if kind != REMOVE:
        _begin(entry, change, old, actor=actor, at=at)
    db.session.flush()
    _answer(change, "approved", "", actor, at)
    activity.record(
        "contests.roster.changed",
        entry,
        actor=actor,
        at=at,
        edition_id=entry.edition_id,
        before={"member": change.member_id},
        after={"change": change.id, "kind": kind},
    )
    events.tell("contests/change_answered", entry, at=at, approved=True, change_id=change.id)


def _wish_of(change: RosterChange) -> Wish:
    values = change.change
    born = date.fromisoformat(values["birth_date"]) if values["birth_date"] else None
    return Wish(values["kind"], change.member_id, values["full_name"], born, values["class_name"])


def _begin(
    entry: Entry, change: RosterChange, old: EntryMember | None, *, actor: Actor, at: datetime
) -> None:
    values = change.change
    part = old.part if old else MemberPart.MEMBER
    position = old.position if old else max((m.position for m in entry.members), default=-1) + 1
    class_name = values["class_name"] or (old.class_name if old else "")
    if values["kind"] == SPELLING and old is not None:
        person_id = old.person_id
        old.person.full_name = values["full_name"]
    else:
        draft = DraftMember(
            position=position,
            part=part,
            full_name=values["full_name"],
            birth_date=_wish_of(change).birth_date,
            birth_date_text="",
            class_name=class_name,
            phone="",
            email="",
        )
        person_id = people.persons_for([draft], entry.organisation, actor=actor, at=at)[0].id
        if part is MemberPart.COACH:
            accounts.ensure_none_scores({person_id}, entry.edition_id, at=at)
    entry.members.append(
        EntryMember(
            entry_id=entry.id,
            person_id=person_id,
            position=position,
            part=part,
            full_name=values["full_name"],
            class_name=class_name,
        )
    )


def decline(change: RosterChange, entry: Entry, *, answer: str, actor: Actor, at: datetime) -> None:
    """Refuse a change asked for. Raises Invalid without an answer, Conflict when it was answered before."""
    ensure(policies.can_decide_entry(actor, entry))
    _ensure_waiting(change)
    if not answer.strip():
        raise Invalid(_("Ghi lý do không đồng ý đổi."), field="reason")
    _answer(change, "declined", answer.strip()[:500], actor, at)
    activity.record("contests.roster.declined", change, actor=actor, at=at, edition_id=entry.edition_id)
    events.tell("contests/change_answered", entry, at=at, approved=False, change_id=change.id)


def close_with_entry(entry: Entry, *, actor: Actor, at: datetime) -> None:
    """A withdrawn entry needs no answer to what was asked for it: open requests end with it."""
    db.session.execute(
        sa.update(RosterChange)
        .where(RosterChange.entry_id == entry.id, RosterChange.state == "requested")
        .values(state="declined", answer=_("Bài đã rút."), decided_by_id=actor.person_id, decided_at=at)
    )


def _ensure_waiting(change: RosterChange) -> None:
    if change.state != "requested":
        raise Conflict(_("Đề nghị này vừa được trả lời. Tải lại trang để xem."))


def _answer(change: RosterChange, state: str, answer: str, actor: Actor, at: datetime) -> None:
    change.state, change.answer, change.decided_by_id, change.decided_at = state, answer, actor.person_id, at
    db.session.flush()
