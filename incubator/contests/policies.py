"""Who may do what with editions and entries (docs/access.md)."""

from __future__ import annotations

from ..core.access import Actor, Permission, ScopeKind
from ..models import Edition, Entry, EntryState, MemberPart

_OPEN = (EntryState.DRAFT, EntryState.RETURNED)


def can_create(actor: Actor) -> bool:
    return actor.has(Permission.CONTESTS_CREATE)


def can_manage(actor: Actor, edition: Edition) -> bool:
    return actor.in_edition(Permission.EDITION_MANAGE, edition.id)


def can_start_from(actor: Actor, edition: Edition) -> bool:
    """Copy a set-up: what visitors see anyway, and one's own."""
    return edition.announced_at is not None or can_manage(actor, edition)


def can_view_entries(actor: Actor, edition: Edition) -> bool:
    return actor.in_edition(Permission.ENTRIES_VIEW, edition.id)


def can_decide(actor: Actor, edition: Edition) -> bool:
    return actor.in_edition(Permission.ENTRIES_DECIDE, edition.id)


def can_register_for(actor: Actor, organisation_id: int | None) -> bool:
    """Draft for an organisation; a teacher who signed up by the public link may do so at once."""
    return organisation_id is not None and actor.has(
        Permission.REGISTER_SCHOOL, ScopeKind.ORGANISATION, organisation_id
    )


def is_verified_for(actor: Actor, organisation_id: int | None) -> bool:
    return organisation_id not in actor.extra.get("unverified_organisations", ())


def speaks_for(actor: Actor, organisation_id: int | None) -> bool:
    """A coordinator whom an organiser has verified. Anybody may name a school on the public link: until then they see and
    change what they typed themselves, not the school's pupils."""
    return can_register_for(actor, organisation_id) and is_verified_for(actor, organisation_id)


def owns_entry(actor: Actor, entry: Entry) -> bool:
    """Its author, or the verified coordinator of its school."""
    if actor.system:
        return True
    if entry.author_id is not None and entry.author_id == actor.person_id and not actor.is_pupil:
        return True
    return speaks_for(actor, entry.organisation_id)


def is_member(actor: Actor, entry: Entry) -> bool:
    """Among the frozen members, coaches too."""
    if actor.person_id is None:
        return False
    return any(m.person_id == actor.person_id and m.ended_at is None for m in entry.members)


def is_draft_member(actor: Actor, entry: Entry) -> bool:
    return actor.person_id is not None and any(m.person_id == actor.person_id for m in entry.draft_members)


def is_coach(actor: Actor, entry: Entry) -> bool:
    return any(
        m.person_id == actor.person_id and m.ended_at is None and m.part is MemberPart.COACH
        for m in entry.members
    )


def can_see_entry(actor: Actor, entry: Entry) -> bool:
    """Drafts: author, coordinator and those who joined. Others: also organiser, secretary, members, coach."""
    if owns_entry(actor, entry) or is_member(actor, entry) or is_draft_member(actor, entry):
        return True
    return entry.state is not EntryState.DRAFT and actor.in_edition(Permission.ENTRIES_VIEW, entry.edition_id)


def can_edit_entry(actor: Actor, entry: Entry) -> bool:
    return entry.state in _OPEN and owns_entry(actor, entry)


def can_decide_entry(actor: Actor, entry: Entry) -> bool:
    return actor.in_edition(Permission.ENTRIES_DECIDE, entry.edition_id)


def can_withdraw_entry(actor: Actor, entry: Entry) -> bool:
    return owns_entry(actor, entry) or is_coach(actor, entry) or can_decide_entry(actor, entry)


def can_edit_dossier(actor: Actor, entry: Entry) -> bool:
    """Owners, the coach and every member, pupils with code and PIN too."""
    return owns_entry(actor, entry) or is_member(actor, entry) or is_draft_member(actor, entry)


def can_request_change(actor: Actor, entry: Entry) -> bool:
    return entry.state in (EntryState.SUBMITTED, EntryState.ACCEPTED) and (
        owns_entry(actor, entry) or is_coach(actor, entry)
    )


def can_give_cards(actor: Actor, entry: Entry) -> bool:
    """Coach, coordinator of the school, organiser: not a captain, whose card could answer for another member."""
    return bool(
        entry.state is not EntryState.DRAFT
        and (
            speaks_for(actor, entry.organisation_id)
            or is_coach(actor, entry)
            or can_decide_entry(actor, entry)
        )
    )


def can_ask_guardians(actor: Actor, entry: Entry) -> bool:
    """See the answers of an entry's members and send their guardians links; a captain does so for the own team."""
    return owns_entry(actor, entry) or can_record_consent(actor, entry)


def can_record_consent(actor: Actor, entry: Entry) -> bool:
    """The coach or coordinator holds the paper, the organiser may record it as well; never a captain, who would
    answer for other people's parents."""
    return (
        bool(actor.system)
        or speaks_for(actor, entry.organisation_id)
        or is_coach(actor, entry)
        or can_decide_entry(actor, entry)
    )


def can_mend_team(actor: Actor, entry: Entry) -> bool:
    """A draft that registers itself, changed by its captain; a school's drafts have their rows."""
    return (
        can_edit_entry(actor, entry)
        and entry.author_id == actor.person_id
        and not can_register_for(actor, entry.organisation_id)
    )
