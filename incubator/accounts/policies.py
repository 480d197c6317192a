"""Who may manage people and give roles."""

from __future__ import annotations

from ..core.access import Actor, Permission, Role, ScopeKind

#: What an organiser may give in an edition of theirs.
EDITION_ROLES = frozenset({Role.SECRETARY, Role.JUDGE, Role.REFEREE, Role.ORGANISER})


#: Where each role has a meaning. A coordinator of everything, or an administrator of one contest, is nobody.
SCOPES = {
    Role.ADMINISTRATOR: {ScopeKind.SYSTEM},
    Role.ORGANISER: {ScopeKind.SYSTEM, ScopeKind.EDITION},
    Role.SECRETARY: {ScopeKind.SYSTEM, ScopeKind.EDITION},
    Role.JUDGE: {ScopeKind.EDITION},
    Role.REFEREE: {ScopeKind.SYSTEM, ScopeKind.EDITION},
    Role.STAFF: {ScopeKind.SYSTEM, ScopeKind.SITE},
    Role.MENTOR: {ScopeKind.SYSTEM, ScopeKind.PROGRAMME},
    Role.COORDINATOR: {ScopeKind.ORGANISATION},
}


def fits(role: Role, scope: ScopeKind) -> bool:
    """Whether a role can be held in a kind of scope."""
    return scope in SCOPES.get(role, {scope})


def can_manage_people(actor: Actor) -> bool:
    return actor.has(Permission.PEOPLE_MANAGE)


def can_grant(actor: Actor, role: Role, scope: ScopeKind, scope_id: int | None) -> bool:
    """Administrators give every role; organisers and secretaries those of their own edition."""
    if actor.has(Permission.ROLES_GRANT):
        return True
    if scope is ScopeKind.EDITION and scope_id is not None:
        if actor.in_edition(Permission.EDITION_MANAGE, scope_id):
            return role in EDITION_ROLES
        return actor.in_edition(Permission.JUDGING_MANAGE, scope_id) and role in (Role.JUDGE, Role.REFEREE)
    if role is Role.COORDINATOR and scope is ScopeKind.ORGANISATION:
        return can_verify_coordinator(actor)
    if role is Role.MENTOR and scope in (ScopeKind.PROGRAMME, ScopeKind.SYSTEM):
        return actor.has(Permission.MENTORING_MANAGE)
    return False


def can_verify_coordinator(actor: Actor) -> bool:
    """Any organiser, and the administrator."""
    return actor.has(Permission.ENTRIES_DECIDE) or actor.has(Permission.PEOPLE_MANAGE)


def can_see_person(actor: Actor, person_id: int) -> bool:
    return actor.person_id == person_id or can_manage_people(actor)
