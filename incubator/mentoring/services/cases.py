"""Cases: opened by an award or an application, moved through stages with who, why and decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

import sqlalchemy as sa

from ...activity import services as activity
from ...contests.queries import awards
from ...core.access import Actor, ensure
from ...core.db import db
from ...core.errors import Conflict, Invalid, NotFound
from ...core.i18n import _, lazy
from ...core.web import named
from ...models import (
    Award,
    CaseStage,
    Cohort,
    Edition,
    Entry,
    IncubationCase,
    Organisation,
    Project,
    StageChange,
    Team,
)
from .. import policies
from ..queries.rights import rights_of, speakers_of
from ..wording import kept
from .needs import propose_from_feedback
from .profiles import set_hours
from .programmes import check_running

STEPS: dict[CaseStage, tuple[CaseStage, ...]] = {
    CaseStage.APPLIED: (CaseStage.PRE_INCUBATION, CaseStage.INCUBATION, CaseStage.STOPPED),
    CaseStage.PRE_INCUBATION: (CaseStage.INCUBATION, CaseStage.STOPPED),
    CaseStage.INCUBATION: (CaseStage.GRADUATED, CaseStage.STOPPED),
    CaseStage.GRADUATED: (),
    CaseStage.STOPPED: (CaseStage.PRE_INCUBATION, CaseStage.INCUBATION),
}
NEEDS_DECISION = (CaseStage.INCUBATION, CaseStage.GRADUATED)


def open_from_award(cohort: Cohort, award_id: int, *, actor: Actor, at: datetime) -> IncubationCase:
    """An award opens a case for its team; the judges' released comments become needs to confirm."""
    ensure(policies.can_manage(actor, cohort.programme_id))
    row = db.session.execute(
        sa.select(Award, Entry, Team, Project, Organisation, Edition)
        .join(Entry, Entry.id == Award.entry_id)
        .join(Team, Team.id == Entry.team_id)
        .join(Edition, Edition.id == Award.edition_id)
        .outerjoin(Project, Project.id == Entry.project_id)
        .outerjoin(Organisation, Organisation.id == Entry.organisation_id)
        .where(Award.id == award_id, Award.revoked_at.is_(None), awards.is_public(at))
    ).first()
    if row is None:
        raise NotFound(_("Không có giải thưởng này, hoặc giải không trao cho một bài dự thi."))
    award, entry, team, project, organisation, _edition = row
    taken = db.session.scalar(
        sa.select(IncubationCase.id).where(
            IncubationCase.cohort_id == cohort.id, IncubationCase.team_id == team.id
        )
    )
    if taken is not None:
        raise Conflict(_("%(team)s đã có hồ sơ trong %(cohort)s.", team=team.name, cohort=named(cohort)))
    case = IncubationCase(
        cohort_id=cohort.id,
        team_id=team.id,
        project_id=project.id if project else None,
        award_id=award.id,
        title=(project.title if project and project.title else team.name),
        field=project.field if project else "",
        area=award.area_name,
        languages=["vi"],
        modes=["online", "onsite"],
        opened_by_id=actor.person_id,
        created_at=at,
    )
    _start(case, kept(lazy("Mở từ giải thưởng")), actor=actor, at=at)
    propose_from_feedback(case, entry.id, actor=actor, at=at)
    _tell_team(case, "mentoring/case_opened", at=at)
    return case


def apply_for(
    cohort: Cohort, team_id: int, *, title: str, field: str, reason: str, actor: Actor, at: datetime
) -> IncubationCase:
    """A team applies by itself."""
    ensure(policies.can_manage(actor, cohort.programme_id) or actor.person_id in speakers_of(team_id))
    check_running(cohort, actor=actor, at=at)
    if not title:
        raise Invalid(_("Nhập tên dự án."), field="title")
    if db.session.scalar(
        sa.select(IncubationCase.id).where(
            IncubationCase.cohort_id == cohort.id, IncubationCase.team_id == team_id
        )
    ):
        raise Conflict(_("Đội đã có hồ sơ trong %(cohort)s.", cohort=named(cohort)))
    case = IncubationCase(
        cohort_id=cohort.id,
        team_id=team_id,
        title=title,
        field=field,
        reason=reason,
        languages=["vi"],
        modes=["online", "onsite"],
        opened_by_id=actor.person_id,
        created_at=at,
    )
    _start(case, kept(lazy("Đội nộp đơn")), actor=actor, at=at)
    return case


def _start(case: IncubationCase, reason: str, *, actor: Actor, at: datetime) -> None:
    case.waiting_since = at
    db.session.add(case)
    db.session.flush()
    db.session.add(
        StageChange(
            case_id=case.id,
            from_stage=None,
            to_stage=CaseStage.APPLIED,
            reason=reason,
            by_id=actor.person_id,
            at=at,
        )
    )
    activity.record("mentoring.case.opened", case, actor=actor, at=at, after={"award": case.award_id})


def move_stage(
    case: IncubationCase, to: CaseStage, *, reason: str, decision: str = "", actor: Actor, at: datetime
) -> StageChange:
    """One step on (or out). Incubation and graduation need the number of a decision."""
    rights = rights_of(case.id)
    ensure(policies.can_manage(actor, rights.programme_id))
    if to not in STEPS[case.stage]:
        raise Conflict(
            _("Hồ sơ “%(title)s” không thể chuyển từ giai đoạn này sang giai đoạn đó.", title=case.title)
        )
    if not reason:
        raise Invalid(_("Ghi lý do chuyển giai đoạn."), field="reason")
    if to in NEEDS_DECISION and not decision:
        raise Invalid(_("Ghi số quyết định, ví dụ 12/QĐ-BIIC."), field="decision")
    change = StageChange(
        case_id=case.id,
        from_stage=case.stage,
        to_stage=to,
        reason=reason,
        decision=decision,
        by_id=actor.person_id,
        at=at,
    )
    case.stage = to
    db.session.add(change)
    db.session.flush()
    activity.record(
        "mentoring.case.moved",
        case,
        actor=actor,
        at=at,
        reason=reason,
        before={"stage": change.from_stage},
        after={"stage": to, "decision": decision},
    )
    _tell_team(case, "mentoring/case_moved", at=at, stage=str(to))
    return change


def change_case(
    case: IncubationCase,
    *,
    priority: int,
    field: str,
    area: str,
    languages: Sequence[str],
    modes: Sequence[str],
    hours: Sequence[tuple[int, time, time]],
    actor: Actor,
    at: datetime,
) -> None:
    """What matching reads about a team. Priority is the staff's to set."""
    rights = rights_of(case.id)
    ensure(policies.can_speak(actor, rights))
    if policies.can_manage(actor, rights.programme_id):
        if priority not in (1, 2, 3):
            raise Invalid(_("Mức ưu tiên là 1, 2 hoặc 3."), field="priority")
        case.priority = priority
    case.field, case.area = field, area
    case.languages, case.modes = list(languages), list(modes)
    set_hours(hours, case_id=case.id)
    activity.record("mentoring.case.changed", case, actor=actor, at=at, after={"priority": case.priority})


def _tell_team(case: IncubationCase, kind: str, *, at: datetime, **context: str) -> None:
    people = speakers_of(case.team_id)
    activity.notify_many(
        kind,
        [
            {"person_id": p, "url": f"/mentoring/cases/{case.id}", "context": {"case_id": case.id, **context}}
            for p in sorted(people)
        ],
        at=at,
    )
