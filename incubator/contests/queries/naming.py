"""Who may be named in public today, and what a team is called whose name is that of a member who may not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa

from ...core import clock
from ...core.db import db
from ...models import Consent, ConsentPurpose, Entry, EntryMember, MemberPart, Person, Project, Team
from ..naming import Answer, may_publish


def answers_of(
    person_ids: Iterable[int], purpose: ConsentPurpose = ConsentPurpose.PUBLISH_NAME
) -> dict[int, list[Answer]]:
    """Each person's answers about one purpose, by default about publishing the name."""
    ids = set(person_ids)
    if not ids:
        return {}
    rows = db.session.execute(
        sa.select(Consent.id, Consent.person_id, Consent.party, Consent.given, Consent.withdrawn_at).where(
            Consent.person_id.in_(ids), Consent.purpose == purpose
        )
    )
    found: dict[int, list[Answer]] = defaultdict(list)
    for r in rows:
        found[r.person_id].append(Answer(str(r.party), r.given, r.withdrawn_at is not None, r.id))
    return dict(found)


def may_name(person_id: int, day: date) -> bool:
    born = db.session.scalar(
        sa.select(Person.birth_date).where(Person.id == person_id, Person.erased_at.is_(None))
    )
    return may_publish(born, answers_of([person_id]).get(person_id, ()), day)


def namesakes(*columns: Any) -> Any:
    """Members of an entry whose whole name stands in their team's, as when somebody enters alone: part of a statement
    over `Entry` and `Team`."""
    spaced = sa.literal(" ") + Team.search_key + " "
    return (
        sa.select(*columns)
        .select_from(EntryMember)
        .join(Person, Person.id == EntryMember.person_id)
        .where(
            EntryMember.entry_id == Entry.id,
            EntryMember.part != MemberPart.COACH,
            EntryMember.ended_at.is_(None),
            Person.search_key.contains(" "),
            spaced.contains(sa.literal(" ") + Person.search_key + " "),
        )
    )


def names_instead(entry_ids: Collection[int]) -> dict[int, str]:
    """Of entries whose team is called after a member who has not agreed that the name is shown today: the product or
    number that they go by. One query where no team is called so, else two."""
    if not entry_ids:
        return {}
    members = db.session.execute(
        namesakes(
            Entry.id.label("entry_id"),
            Entry.number,
            Project.title,
            Person.id.label("person_id"),
            Person.birth_date,
        )
        .join(Entry, Entry.id == EntryMember.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .outerjoin(Project, Project.id == Entry.project_id)
        .where(Entry.id.in_(entry_ids))
    ).all()
    answers = answers_of({m.person_id for m in members})
    today = clock.today()
    return {
        m.entry_id: m.title or m.number or ""
        for m in members
        if not may_publish(m.birth_date, answers.get(m.person_id, ()), today)
    }
