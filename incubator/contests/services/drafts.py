"""Drafts: made, saved as typed, thrown away. A draft may be wrong; the rules speak, they do not block."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from ...activity import services as activity
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid
from ...core.forms import parse_day
from ...core.i18n import _
from ...core.text import collapse
from ...models import (
    Division,
    DraftMember,
    Edition,
    Entry,
    EntryState,
    MemberPart,
    Organisation,
    Project,
    Team,
)
from .. import policies

MOST_MEMBERS = 30


@dataclass(frozen=True, slots=True)
class MemberInput:
    full_name: str = ""
    birth_date: str = ""
    class_name: str = ""

    @property
    def blank(self) -> bool:
        return not (self.full_name.strip() or self.birth_date.strip() or self.class_name.strip())


@dataclass(frozen=True, slots=True)
class CoachInput:
    full_name: str = ""
    phone: str = ""
    email: str = ""

    @property
    def blank(self) -> bool:
        return not (self.full_name.strip() or self.phone.strip() or self.email.strip())


@dataclass(frozen=True, slots=True)
class RowInput:
    """One team as typed. `version` is the one that the page was made from; None for a new row."""

    team_name: str
    division_id: int | None
    members: tuple[MemberInput, ...] = ()
    coach: CoachInput = CoachInput()
    second_coach: CoachInput = CoachInput()
    entry_id: int | None = None
    version: int | None = None
    key: str = ""  # the page's mark of a new row

    @property
    def blank(self) -> bool:
        """Nothing of a team yet; the coach stands in every new row beforehand."""
        return not self.team_name.strip() and all(member.blank for member in self.members)


def typed_date(text: str) -> date | None:
    try:
        return parse_day(text) if text.strip() else None
    except Invalid:
        return None


def division_of(edition: Edition, division_id: int | None) -> Division:
    if division_id is None and edition.divisions:
        return edition.divisions[0]
    found = next((d for d in edition.divisions if d.id == division_id), None)
    if found is None:
        raise Invalid(_("Chọn một bảng của cuộc thi này."), field="division")
    return found


def create_draft(
    edition: Edition,
    row: RowInput,
    *,
    organisation: Organisation | None,
    actor: Actor,
    at: datetime,
) -> Entry:
    """A new draft of the actor. For an organisation the actor must be its coordinator."""
    if organisation is not None:
        ensure(policies.can_register_for(actor, organisation.id))
    else:
        ensure(bool(actor.system) or (actor.account_id is not None and not actor.is_pupil))
    division = division_of(edition, row.division_id)
    team = Team(
        name=collapse(row.team_name)[:160],
        organisation_id=organisation.id if organisation else None,
        created_at=at,
    )
    db.session.add(team)
    db.session.flush()
    project = Project(team_id=team.id, created_at=at)
    db.session.add(project)
    db.session.flush()
    entry = Entry(
        edition_id=edition.id,
        division_id=division.id,
        team_id=team.id,
        project_id=project.id,
        organisation_id=organisation.id if organisation else None,
        state=EntryState.DRAFT,
        author_id=actor.person_id,
        created_at=at,
        changed_at=at,
        draft_key=row.key[:40] or None,
    )
    entry.division, entry.team, entry.project, entry.organisation = division, team, project, organisation
    entry.edition, entry.members, entry.draft_members = edition, [], draft_rows(row)
    db.session.add(entry)
    db.session.flush()
    activity.record("contests.draft.created", entry, actor=actor, at=at, edition_id=edition.id)
    return entry


def save_draft(entry: Entry, row: RowInput, *, edition: Edition, actor: Actor, at: datetime) -> bool:
    """Write what was typed; returns whether anything changed.

    `entry` is loaded with team and draft_members inside the transaction. Raises Conflict when somebody
    saved it after the page was made, so that two tabs never overwrite each other silently.
    """
    ensure(policies.can_edit_entry(actor, entry))
    if row.version is not None and row.version != entry.version:
        raise Conflict(
            _("Đội này vừa được lưu ở một cửa sổ khác. Tải lại trang để xem bản mới rồi sửa tiếp.")
        )
    division = division_of(edition, row.division_id or entry.division_id)
    name = collapse(row.team_name)[:160]
    fresh = draft_rows(row)
    _keep_people(entry.draft_members, fresh)
    same_members = [_values(m) for m in fresh] == [_values(m) for m in entry.draft_members]
    if (name, division.id) == (entry.team.name, entry.division_id) and same_members:
        return False
    entry.team.name = name
    entry.division_id, entry.division = division.id, division
    if not same_members:
        entry.draft_members = fresh
    entry.changed_at = at
    flag_modified(entry, "changed_at")  # a new version each time, whatever the clock says
    db.session.flush()
    return True


def draft_rows(row: RowInput) -> list[DraftMember]:
    """Member rows of what was typed; blank lines are left out, the first member is the captain."""
    typed = [m for m in row.members if not m.blank]
    if len(typed) > MOST_MEMBERS:
        raise Invalid(
            _("Một đội có nhiều nhất %(n)s người trong biểu mẫu này.", n=MOST_MEMBERS), field="members"
        )
    rows = [
        DraftMember(
            position=position,
            part=MemberPart.CAPTAIN if position == 0 else MemberPart.MEMBER,
            full_name=collapse(m.full_name)[:200],
            birth_date_text=m.birth_date.strip()[:40],
            birth_date=typed_date(m.birth_date),
            class_name=collapse(m.class_name)[:20],
            phone="",
            email="",
        )
        for position, m in enumerate(typed)
    ]
    coaches = [c for c in (row.coach, row.second_coach) if not c.blank]
    rows += [
        DraftMember(
            position=len(typed) + index,
            part=MemberPart.COACH,
            full_name=collapse(coach.full_name)[:200],
            birth_date_text="",
            class_name="",
            phone=coach.phone.strip()[:40],
            email=coach.email.strip().lower()[:254],
        )
        for index, coach in enumerate(coaches)
    ]
    return rows


def _keep_people(old: list[DraftMember], new: list[DraftMember]) -> None:
    """A member who joined by link stays the same person when the row is saved again."""
    known = {(m.full_name, m.part is MemberPart.COACH): m.person_id for m in old if m.person_id}
    for member in new:
        member.person_id = known.get((member.full_name, member.part is MemberPart.COACH))


def _values(member: DraftMember) -> tuple[object, ...]:
    return (
        member.part,
        member.full_name,
        member.birth_date_text,
        member.birth_date,
        member.class_name,
        member.phone,
        member.email,
        member.person_id,
    )


def delete_draft(entry: Entry, *, actor: Actor, at: datetime) -> None:
    """Throw a draft away for good; what was once submitted is withdrawn instead."""
    ensure(policies.can_edit_entry(actor, entry))
    if entry.state is not EntryState.DRAFT:
        raise Conflict(_("Bài đã từng gửi thì không xóa; có thể rút bài."))
    activity.record("contests.draft.deleted", entry, actor=actor, at=at, edition_id=entry.edition_id)
    team_id, project_id = entry.team_id, entry.project_id
    db.session.delete(entry)
    db.session.flush()
    db.session.execute(sa.delete(Project).where(Project.id == project_id))
    db.session.execute(sa.delete(Team).where(Team.id == team_id))
