"""Panels: who judges which divisions and fields of a stage, and the links that let judges in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from ...accounts import services as accounts
from ...accounts.queries import person_of_contact
from ...activity import services as activity
from ...core.access import Actor, Role, ScopeKind, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _
from ...models import (
    Assignment,
    AssignmentState,
    Invitation,
    InvitationKind,
    Panel,
    PanelMember,
    Person,
    Stage,
)
from .. import policies
from ..queries import invitations as links

#: A link outlives the stage's planned end by this, since stages run late; closing the stage ends it at once.
LINK_SPARE = timedelta(days=14)
LINK_WITHOUT_END = timedelta(days=60)


def make_panel(
    stage: Stage,
    name: str,
    *,
    actor: Actor,
    at: datetime,
    division_ids: Sequence[int] = (),
    fields: Sequence[str] = (),
) -> Panel:
    """A panel (tiểu ban) of a stage; no divisions or fields means all of them."""
    ensure(policies.can_manage(actor, stage.edition_id))
    if not name.strip():
        raise Invalid(_("Đặt tên cho tiểu ban, ví dụ: Tiểu ban Tiểu học."), field="name")
    panel = Panel(stage_id=stage.id, name=name.strip(), division_ids=list(division_ids), fields=list(fields))
    db.session.add(panel)
    db.session.flush()
    activity.record("judging.panel.created", panel, actor=actor, at=at, edition_id=stage.edition_id)
    return panel


def change_panel(
    panel: Panel,
    stage: Stage,
    name: str,
    *,
    division_ids: Sequence[int],
    fields: Sequence[str],
    actor: Actor,
    at: datetime,
) -> None:
    """Another name, other divisions or fields. Assignments that stand are not touched."""
    ensure(policies.can_manage(actor, stage.edition_id))
    if not name.strip():
        raise Invalid(_("Đặt tên cho tiểu ban, ví dụ: Tiểu ban Tiểu học."), field="name")
    before = {"divisions": panel.division_ids, "fields": panel.fields}
    panel.name, panel.division_ids, panel.fields = name.strip(), list(division_ids), list(fields)
    db.session.flush()
    activity.record(
        "judging.panel.changed",
        panel,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        before=before,
        after={"divisions": panel.division_ids, "fields": panel.fields},
    )


def remove_panel(panel: Panel, stage: Stage, *, actor: Actor, at: datetime) -> None:
    """Take away a panel that was made by mistake; refused while it has judges."""
    ensure(policies.can_manage(actor, stage.edition_id))
    if db.session.scalar(sa.select(PanelMember.id).where(PanelMember.panel_id == panel.id).limit(1)):
        raise Conflict(_("Tiểu ban còn giám khảo. Bỏ hoặc chuyển hết giám khảo trước."))
    if db.session.scalar(sa.select(Assignment.id).where(Assignment.panel_id == panel.id).limit(1)):
        raise Conflict(_("Tiểu ban đã có bài được phân công nên được giữ lại trong hồ sơ."))
    activity.record("judging.panel.removed", panel, actor=actor, at=at, edition_id=stage.edition_id)
    db.session.delete(panel)
    db.session.flush()


def change_member(
    member: PanelMember,
    panel: Panel,
    stage: Stage,
    *,
    chair: bool,
    reserve: bool,
    most: int | None,
    actor: Actor,
    at: datetime,
) -> None:
    """The judge's part in the panel: chair, reserve, and the most entries the machine may give."""
    ensure(policies.can_manage(actor, stage.edition_id))
    if most is not None and most < 0:
        raise Invalid(_("Số bài nhiều nhất là số từ 0 trở lên."), field="most")
    before = {"reserve": member.reserve, "most": member.most, "chair": panel.chair_id == member.person_id}
    member.reserve, member.most = reserve, most
    if chair:
        panel.chair_id = member.person_id
    elif panel.chair_id == member.person_id:
        panel.chair_id = None
    db.session.flush()
    activity.record(
        "judging.judge.changed",
        member,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        before=before,
        after={"reserve": reserve, "most": most, "chair": chair},
    )


def add_judge(
    panel: Panel,
    stage: Stage,
    person: Person,
    *,
    actor: Actor,
    at: datetime,
    reserve: bool = False,
    most: int | None = None,
    chair: bool = False,
) -> PanelMember:
    """Put a person on a panel and give the judge's work place. The same person twice is once."""
    ensure(policies.can_manage(actor, stage.edition_id))
    giver = Actor(person_id=actor.person_id, system="judging", name=actor.name)
    accounts.grant_role(person.id, Role.JUDGE, ScopeKind.EDITION, stage.edition_id, actor=giver, at=at)
    member = db.session.scalar(
        sa.select(PanelMember).where(PanelMember.panel_id == panel.id, PanelMember.person_id == person.id)
    )
    if member is None:
        member = PanelMember(panel_id=panel.id, person_id=person.id)
        db.session.add(member)
    member.reserve, member.most, member.absent_since = reserve, most, None
    if chair:
        panel.chair_id = person.id
    db.session.flush()
    activity.record(
        "judging.judge.added",
        member,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        after={"panel": panel.id, "person": person.id, "reserve": reserve},
    )
    return member


def add_new_judge(
    panel: Panel,
    stage: Stage,
    *,
    full_name: str,
    title: str,
    contact: str,
    actor: Actor,
    at: datetime,
    reserve: bool = False,
    chair: bool = False,
) -> PanelMember:
    """Somebody who has no account yet: by e-mail or phone. An account with that contact is taken as the person."""
    ensure(policies.can_manage(actor, stage.edition_id))
    email = contact.strip() if "@" in contact else None
    phone = contact.strip() if contact.strip() and not email else None
    known = person_of_contact(contact)
    person = db.session.get(Person, known) if known is not None else None
    if person is None:
        if not email and not phone:
            raise Invalid(_("Nhập e-mail hoặc số điện thoại để giám khảo đăng nhập."), field="contact")
        person = accounts.create_person(
            full_name, title=title.strip(), email=email, phone=phone, actor=actor, at=at
        )
        accounts.create_account(person, email=email, phone=phone, password=None, actor=actor, at=at)
    return add_judge(panel, stage, person, actor=actor, at=at, reserve=reserve, chair=chair)


def remove_judge(member: PanelMember, panel: Panel, stage: Stage, *, actor: Actor, at: datetime) -> None:
    """Take a judge off a panel. Refused while entries are assigned; they are moved first."""
    ensure(policies.can_manage(actor, stage.edition_id))
    left = db.session.scalar(
        sa.select(sa.func.count(Assignment.id)).where(
            Assignment.panel_id == panel.id,
            Assignment.judge_id == member.person_id,
            Assignment.state.not_in((AssignmentState.REMOVED, AssignmentState.DECLINED)),
        )
    )
    if left:
        raise Conflict(_("Giám khảo này còn %(n)s bài. Chuyển bài cho người khác trước.", n=left))
    if panel.chair_id == member.person_id:
        panel.chair_id = None
    activity.record(
        "judging.judge.removed",
        member,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        before={"person": member.person_id},
    )
    db.session.delete(member)
    db.session.flush()


def mark_absent(member: PanelMember, stage: Stage, absent: bool, *, actor: Actor, at: datetime) -> None:
    """What is assigned to an absent judge stays until it is moved, which is another step."""
    ensure(policies.can_manage(actor, stage.edition_id))
    member.absent_since = at if absent else None
    activity.record(
        "judging.judge.absent" if absent else "judging.judge.back",
        member,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
    )


def link_for(person_id: int, stage: Stage, *, actor: Actor, at: datetime) -> Invitation:
    """The judge's link of this stage: one living link a person, good until the stage closes."""
    ensure(policies.can_manage(actor, stage.edition_id))
    living = links.living_links(stage, [person_id], at=at).get(person_id)
    if living is not None:
        return living
    until = (stage.ends_at or at) + LINK_SPARE if stage.ends_at else at + LINK_WITHOUT_END
    return accounts.invite(
        InvitationKind.SIGN_IN,
        person_id=person_id,
        role=Role.JUDGE,
        scope=ScopeKind.EDITION,
        scope_id=stage.edition_id,
        uses=None,
        until=max(until, at + timedelta(days=1)),
        actor=actor,
        at=at,
        stage=stage.id,
        next="/judging/",
    )


def make_links(stage: Stage, *, actor: Actor, at: datetime) -> int:
    """Make the links that judges of the stage lack. Returns how many."""
    lacking = [i for i in links.invited_to(stage, at=at) if i.link is None]
    for invited in lacking:
        link_for(invited.person.id, stage, actor=actor, at=at)
    return len(lacking)


def send_links(stage: Stage, *, actor: Actor, at: datetime) -> int:
    """Mail the link to every judge with an e-mail who has not come in by it; makes the links that are missing."""
    ensure(policies.can_manage(actor, stage.edition_id))
    waiting = [i for i in links.invited_to(stage, at=at) if i.email and i.came is None]
    for invited in waiting:
        link = invited.link or link_for(invited.person.id, stage, actor=actor, at=at)
        activity.notify(
            "accounts/invitation", person_id=invited.person.id, at=at, url="/judging/", invitation_id=link.id
        )
    activity.record(
        "judging.links.sent",
        stage,
        actor=actor,
        at=at,
        edition_id=stage.edition_id,
        after={"judges": len(waiting)},
    )
    return len(waiting)


def end_links(stage: Stage, *, actor: Actor, at: datetime) -> int:
    """Revoke the stage's judge links, once all of it is closed. Returns how many."""
    rows = db.session.scalars(
        sa.select(Invitation).where(
            Invitation.kind == InvitationKind.SIGN_IN,
            Invitation.scope == ScopeKind.EDITION,
            Invitation.scope_id == stage.edition_id,
            Invitation.revoked_at.is_(None),
        )
    ).all()
    mine: list[Any] = [r for r in rows if r.payload.get("stage") == stage.id]
    for invitation in mine:
        accounts.revoke(invitation, actor=actor, at=at)
    return len(mine)


def panel_of(panels: Sequence[Panel], division_id: int, field: str) -> Panel | None:
    """The panel that judges an entry: the one that names its field and division most closely."""
    fits = [
        p
        for p in panels
        if (not p.division_ids or division_id in p.division_ids) and (not p.fields or field in p.fields)
    ]
    return min(fits, key=lambda p: (not p.fields, not p.division_ids, p.id), default=None)


def get_panel(stage: Stage, panel_id: int) -> Panel:
    """A panel of the stage, which was loaded for the actor. Raises NotFound."""
    panel: Panel | None = db.session.get(Panel, panel_id)
    if panel is None or panel.stage_id != stage.id:
        raise NotFound(_("Không có tiểu ban này trong vòng."))
    return panel
