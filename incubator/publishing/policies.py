"""Who may publish, rehearse and see what. Pure over loaded objects."""

from __future__ import annotations

from dataclasses import dataclass

from ..core.access import Actor, Permission, ScopeKind


@dataclass(frozen=True, slots=True)
class EntryParties:
    """People and the school behind an entry, as ids."""

    organisation_id: int | None
    person_ids: frozenset[int]  # members and coaches, now
    author_id: int | None = None


def can_publish(actor: Actor, edition_id: int) -> bool:
    """Publish, schedule, correct, cancel: the organiser of the edition."""
    return actor.in_edition(Permission.RESULTS_PUBLISH, edition_id)


def can_rehearse(actor: Actor, edition_id: int) -> bool:
    """See what is not public yet: from secretary up."""
    return actor.in_edition(Permission.RESULTS_VIEW, edition_id)


def can_issue(actor: Actor, edition_id: int) -> bool:
    return actor.in_edition(Permission.CERTIFICATES_ISSUE, edition_id)


def can_see_team(actor: Actor, parties: EntryParties) -> bool:
    """“Why this rank”, comments and certificates: the team's people and the school's verified coordinator."""
    if not actor.is_authenticated:
        return False
    if actor.person_id in parties.person_ids or actor.person_id == parties.author_id:
        return True
    return parties.organisation_id is not None and can_see_school(actor, parties.organisation_id)


def can_see_school(actor: Actor, organisation_id: int) -> bool:
    if organisation_id in actor.extra.get("unverified_organisations", ()):
        return False
    return actor.has(Permission.REGISTER_SCHOOL, ScopeKind.ORGANISATION, organisation_id)


def can_appeal(actor: Actor, parties: EntryParties) -> bool:
    """An adult of the team or the school's coordinator; pupils ask their teacher."""
    return not actor.is_pupil and can_see_team(actor, parties)


def can_answer(actor: Actor, edition_id: int) -> bool:
    return can_publish(actor, edition_id)
