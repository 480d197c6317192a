"""Who may do what in programmes and mentoring. Pure over loaded rows."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.access import ROLE_PERMISSIONS, Actor, Permission, ScopeKind
from ..models import Commitment, MentoringSession, Mentorship, Offer, Programme


@dataclass(frozen=True, slots=True)
class CaseRights:
    """What the rules need to know about a case: its programme, who speaks for the team, who mentors it."""

    case_id: int
    programme_id: int
    speakers: frozenset[int] = frozenset()
    members: frozenset[int] = frozenset()
    mentors: frozenset[int] = frozenset()


def can_manage(actor: Actor, programme: Programme | int | None = None) -> bool:
    """Staff of the centre, or of this programme."""
    if actor.system:
        return True
    wanted = programme.id if isinstance(programme, Programme) else programme
    return any(
        Permission.MENTORING_MANAGE in ROLE_PERMISSIONS[grant.role]
        and (grant.scope is not ScopeKind.PROGRAMME or wanted is None or grant.scope_id == wanted)
        for grant in actor.grants
    )


def only_some_programmes(actor: Actor) -> bool:
    """Whether every right to manage is bound to a programme: then none can be founded."""
    return not actor.system and all(
        grant.scope is ScopeKind.PROGRAMME
        for grant in actor.grants
        if Permission.MENTORING_MANAGE in ROLE_PERMISSIONS[grant.role]
    )


def can_speak(actor: Actor, case: CaseRights) -> bool:
    """Captain, coach, or staff: confirm needs, wish, decline a mentor, report."""
    return can_manage(actor, case.programme_id) or (not actor.is_pupil and actor.person_id in case.speakers)


def can_judge_goal(actor: Actor, case: CaseRights) -> bool:
    """The team's mentors, and staff."""
    return actor.person_id in case.mentors or can_manage(actor, case.programme_id)


def can_view_case(actor: Actor, case: CaseRights) -> bool:
    """Staff, the team, and its mentors."""
    insiders = case.members | case.speakers | case.mentors
    return can_manage(actor, case.programme_id) or actor.person_id in insiders


def can_answer(actor: Actor, offer: Offer) -> bool:
    """An offer goes to the mentor; only the mentor answers it."""
    return actor.person_id == offer.person_id or bool(actor.system)


def can_see_offer(actor: Actor, offer: Offer, programme_id: int) -> bool:
    return can_answer(actor, offer) or can_manage(actor, programme_id)


def can_decline_mentor(actor: Actor, case: CaseRights, mentorship: Mentorship) -> bool:
    return mentorship.ended_at is None and can_speak(actor, case)


def can_step_back(actor: Actor, mentorship: Mentorship, programme_id: int) -> bool:
    own = actor.person_id == mentorship.person_id
    return mentorship.ended_at is None and (own or can_manage(actor, programme_id))


def can_book_session(actor: Actor, case: CaseRights, mentorship: Mentorship) -> bool:
    return mentorship.ended_at is None and (actor.person_id == mentorship.person_id or can_speak(actor, case))


def can_record_session(actor: Actor, session: MentoringSession, programme_id: int) -> bool:
    """The mentor writes the minutes; staff may mend them."""
    return actor.person_id == session.mentorship.person_id or can_manage(actor, programme_id)


def can_see_staff_note(actor: Actor, session: MentoringSession, programme_id: int) -> bool:
    return can_record_session(actor, session, programme_id)


def can_edit_commitment(actor: Actor, commitment: Commitment, programme_id: int) -> bool:
    return actor.person_id == commitment.person_id or can_manage(actor, programme_id)
