"""Cards with which pupils sign in: a code and a PIN that is shown once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...accounts.services import give_pupil_code
from ...core.access import Actor, ensure
from ...core.errors import Invalid
from ...core.i18n import _
from ...models import Entry, EntryMember, MemberPart
from .. import policies


@dataclass(frozen=True, slots=True)
class Card:
    """What is printed. The PIN is kept nowhere else."""

    name: str
    class_name: str
    team: str
    code: str
    pin: str


def pupils_of(entries: Sequence[Entry]) -> list[tuple[EntryMember, Entry]]:
    """Members who may hold a card, in the order of teams; a pupil in two of them once."""
    found: dict[int, tuple[EntryMember, Entry]] = {}
    for entry in entries:
        for member in sorted(entry.members, key=lambda m: m.position):
            if member.ended_at is None and member.part is not MemberPart.COACH:
                found.setdefault(member.person_id, (member, entry))
    return list(found.values())


def give(entries: Sequence[Entry], person_ids: Collection[int], *, actor: Actor, at: datetime) -> list[Card]:
    """New cards for some members of `entries`, loaded with members and their persons. Old cards end."""
    for entry in entries:
        ensure(policies.can_give_cards(actor, entry))
    chosen = [(m, e) for m, e in pupils_of(entries) if m.person_id in set(person_ids)]
    if not chosen:
        raise Invalid(_("Chọn ít nhất một em."), field="person")
    made = []
    for member, entry in chosen:
        code, pin = give_pupil_code(member.person, actor=actor, at=at)
        made.append(Card(member.full_name, member.class_name, entry.team.name, code, pin))
    return made
