"""Who must not judge what: declared conflicts and those that follow from school, coaching and family."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from ...core import clock
from ...core.db import db
from ...core.i18n import lazy
from ...models import (
    Affiliation,
    AffiliationPart,
    Conflict,
    Entry,
    EntryMember,
    Guardian,
    MemberPart,
    StageEntry,
    TeamMember,
)

SENTENCES = {
    "same_school": lazy("cùng trường hoặc đơn vị"),
    "former": lazy("từng công tác ở đơn vị của đội"),
    "member": lazy("là thành viên hoặc người hướng dẫn của đội"),
    "coached": lazy("từng hướng dẫn đội"),
    "family": lazy("người thân của thành viên"),
    "declared": lazy("tự khai quen biết đội"),
    "mentors": lazy("đang là cố vấn của đội"),
    "judged": lazy("đã chấm đội ở cuộc thi khác"),
    "other": lazy("lý do khác"),
}


def say(kind: str) -> str:
    return str(SENTENCES.get(kind, SENTENCES["other"]))


def conflicts_of(stage_entry_ids: Sequence[int], judge_ids: Iterable[int]) -> dict[tuple[int, int], str]:
    """(judge, stage entry) -> kind of conflict, for the given ones. Two statements, however many there are."""
    judges = list(judge_ids)
    if not stage_entry_ids or not judges:
        return {}
    entries = db.session.execute(
        sa.select(StageEntry.id, StageEntry.entry_id, Entry.team_id, Entry.organisation_id)
        .join(Entry, Entry.id == StageEntry.entry_id)
        .where(StageEntry.id.in_(stage_entry_ids))
    ).all()
    by_place: dict[tuple[str, int], list[int]] = {}
    for entry in entries:
        for name, value in (
            ("organisation", entry.organisation_id),
            ("entry", entry.entry_id),
            ("team", entry.team_id),
        ):
            if value is not None:
                by_place.setdefault((name, value), []).append(entry.id)
    found: dict[tuple[int, int], str] = {}
    for row in db.session.execute(_reasons(judges)):
        for name, value in (
            ("organisation", row.organisation_id),
            ("entry", row.entry_id),
            ("team", row.team_id),
        ):
            for stage_entry in by_place.get((name, value), ()) if value is not None else ():
                held = found.get((row.person_id, stage_entry))
                if held is None or _WEIGHT.get(row.kind, 9) < _WEIGHT.get(held, 9):
                    found[row.person_id, stage_entry] = row.kind
    return found


#: Where several reasons hold, the first of these is said.
_WEIGHT = {"family": 0, "member": 1, "same_school": 2, "coached": 3, "former": 4, "declared": 5}


def _reasons(judges: Sequence[int]) -> sa.CompoundSelect[Any]:
    """(judge, kind, organisation, entry, team): everything that keeps these judges from something, in one statement."""
    none = sa.null()
    number = sa.cast(none, sa.Integer)
    left = sa.or_(Affiliation.part == AffiliationPart.FORMER, Affiliation.valid_to < clock.today())
    conflict_now = sa.or_(Conflict.valid_to.is_(None), Conflict.valid_to > clock.now())
    return sa.union_all(
        sa.select(
            Affiliation.person_id,
            sa.case((left, "former"), else_="same_school").label("kind"),
            Affiliation.organisation_id,
            number.label("entry_id"),
            number.label("team_id"),
        ).where(Affiliation.person_id.in_(judges)),
        sa.select(EntryMember.person_id, sa.literal("member"), number, EntryMember.entry_id, number).where(
            EntryMember.person_id.in_(judges)
        ),
        sa.select(TeamMember.person_id, sa.literal("coached"), number, number, TeamMember.team_id).where(
            TeamMember.person_id.in_(judges), TeamMember.part == MemberPart.COACH
        ),
        sa.select(Guardian.person_id, sa.literal("family"), number, EntryMember.entry_id, number)
        .join(EntryMember, EntryMember.person_id == Guardian.child_id)
        .where(Guardian.person_id.in_(judges)),
        sa.select(
            Conflict.person_id,
            sa.cast(Conflict.kind, sa.String(32)),
            Conflict.organisation_id,
            EntryMember.entry_id,
            Conflict.team_id,
        )
        .outerjoin(EntryMember, EntryMember.person_id == Conflict.other_person_id)
        .where(Conflict.person_id.in_(judges), conflict_now),
    )
