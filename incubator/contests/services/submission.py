"""Submitting freezes the members; withdrawing keeps everything."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ...accounts import services as accounts
from ...activity import services as activity
from ...core import clock
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.i18n import _
from ...core.signals import entry_withdrawn
from ...models import DraftMember, Edition, Entry, EntryFile, EntryMember, EntryState, Extension, MemberPart
from .. import dossier, eligibility, policies, stages, wording
from ..eligibility import Problem
from ..queries import editions, entry_parts, facts
from ..stages import EntryAction
from . import events, people, roster


@dataclass(frozen=True, slots=True)
class Sent:
    """Result of submitting several: which went, which had gone before, and what keeps the others."""

    submitted: list[Entry] = field(default_factory=list)
    already: list[Entry] = field(default_factory=list)
    held: dict[int, list[Problem]] = field(default_factory=dict)


def ensure_in_time(edition: Edition, entry: Entry, more: Sequence[Extension], at: datetime) -> None:
    """Raises Conflict before the opening and after the deadline that counts for this entry."""
    opens = edition.registration_opens
    if edition.announced_at is None or opens is None or at < clock.at_local(opens):
        raise Conflict(_("Cuộc thi chưa mở nhận đăng ký. Bản nháp vẫn được giữ."))
    deadline = editions.deadline_of(edition, entry.organisation_id, more)
    until = stages.submission_deadline(entry.state, deadline, entry.due_at)
    if not stages.is_in_time(at, until):
        raise Conflict(
            _(
                "Đã hết hạn nhận đăng ký (%(when)s). Cần thêm thời gian thì liên hệ Ban tổ chức để xin gia hạn.",
                when=wording.moment(until),
            )
        )


def submit(
    chosen: Sequence[Entry], edition: Edition, more: Sequence[Extension], *, actor: Actor, at: datetime
) -> Sent:
    """Submit those of `chosen` that nothing blocks; they all belong to `edition` and stand fully loaded.

    Each keeps its own history row; members become persons and frozen copies. Raises NotAllowed when the
    teacher is not verified yet, Conflict when it is too early or too late.
    """
    sent = Sent(already=[e for e in chosen if e.state in (EntryState.SUBMITTED, EntryState.ACCEPTED)])
    chosen = [e for e in chosen if e not in sent.already]
    for entry in chosen:
        ensure(policies.can_edit_entry(actor, entry))
        ensure(
            policies.is_verified_for(actor, entry.organisation_id),
            _(
                "Ban tổ chức chưa xác nhận Thầy/Cô là người của trường, nên chưa gửi được. Bản nháp vẫn được giữ."
            ),
        )
        ensure_in_time(edition, entry, more, at)
    problems = facts.problems_of(chosen, at=at)
    for entry in chosen:
        found = eligibility.blocking(problems[entry.id])
        if found:
            sent.held[entry.id] = found
            continue
        _submit_one(entry, actor=actor, at=at)
        sent.submitted.append(entry)
    _tell_organisers(sent.submitted, edition, at)
    return sent


def missing_of(entry: Entry, files: Sequence[EntryFile] | None = None) -> list[dossier.Missing]:
    """What the dossier lacks; needs project and division loaded, reads its files unless they are given."""
    held = entry_parts.files_of(entry.project_id) if files is None else files
    project = entry.project
    return dossier.missing(
        dossier.from_json(entry.division.dossier),
        title=project.title if project else "",
        field=project.field if project else "",
        abstract=project.abstract if project else "",
        video_url=project.video_url if project else "",
        file_kinds=[f.kind for f in held],
    )


def _submit_one(entry: Entry, *, actor: Actor, at: datetime) -> None:
    drafts = list(entry.draft_members)
    stood = [m.person_id for m in entry.members if m.ended_at is None and m.part is not MemberPart.COACH]
    persons = people.persons_for(drafts, entry.organisation, actor=actor, at=at, given_back=stood)
    for_school = {p.id for p, d in zip(persons, drafts, strict=True) if d.part is MemberPart.COACH}
    accounts.ensure_none_scores(for_school | {actor.person_id or 0}, entry.edition_id, at=at)
    freeze(entry, drafts, [p.id for p in persons], at)
    entry.submitted_at, entry.due_at = at, None
    entry.draft_members = []
    db.session.flush()
    events.move(
        entry, EntryAction.SUBMIT, actor=actor, at=at, snapshot=events.snapshot_of(entry, entry.members)
    )


def freeze(entry: Entry, drafts: Sequence[DraftMember], person_ids: Sequence[int], at: datetime) -> None:
    """Make the frozen copies those of `drafts`; a member who changed ends and begins again, none is overwritten."""
    wanted = [
        (person_id, d.part, d.full_name, d.class_name)
        for d, person_id in zip(drafts, person_ids, strict=True)
    ]
    living = {
        (m.person_id, m.part, m.full_name, m.class_name): m for m in entry.members if m.ended_at is None
    }
    for key, member in living.items():
        if key not in wanted:
            member.ended_at = at
    for position, key in enumerate(wanted):
        if key in living:
            living[key].position = position
            continue
        person_id, part, full_name, class_name = key
        entry.members.append(
            EntryMember(
                entry_id=entry.id,
                person_id=person_id,
                position=position,
                part=part,
                full_name=full_name,
                class_name=class_name,
            )
        )
    db.session.flush()


def _tell_organisers(submitted: Sequence[Entry], edition: Edition, at: datetime) -> None:
    if not submitted:
        return
    context = {
        "edition_id": edition.id,
        "count": len(submitted),
        "organisation_id": submitted[0].organisation_id,
    }
    activity.notify_many(
        "contests/entries_submitted",
        [
            {"person_id": p, "url": f"/contests/{edition.slug}/review", "context": context}
            for p in events.organisers_of(edition.id)
        ],
        at=at,
    )


def withdraw(entry: Entry, *, reason: str, actor: Actor, at: datetime) -> None:
    """Take an entry out, at any time before its result. What stood stays readable."""
    ensure(policies.can_withdraw_entry(actor, entry))
    if not reason.strip():
        raise Invalid(_("Ghi lý do rút bài."), field="reason")
    if any(place.rank is not None for place in entry_parts.places_of(entry.id)):
        raise Conflict(_("Bài đã có kết quả ở một vòng thi nên không rút được nữa. Liên hệ Ban tổ chức."))
    was = entry.state
    event = events.move(
        entry,
        EntryAction.WITHDRAW,
        actor=actor,
        at=at,
        reason=reason.strip(),
        snapshot=events.snapshot_of(entry, entry.members),
    )
    roster.close_with_entry(entry, actor=actor, at=at)
    if was is not EntryState.DRAFT:
        events.tell("contests/entry_withdrawn", entry, at=at, event_id=event.id)
    entry_withdrawn.send(entry.id, actor=actor, at=at)
