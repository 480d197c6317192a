"""Reads of people, accounts, roles and invitations, by noun."""

from .accounts import (
    Addresses,
    account_by_id,
    account_key,
    account_named,
    account_of,
    accounts_to_reset,
    addresses_of,
    card_key,
    claims_of,
    contact_of,
    devices_of,
    person_of_contact,
    ways_in,
)
from .actors import actor_of_person, load_actor, workplaces_of
from .invitations import get_invitation_for, invited_account, invited_person, open_invitations, where
from .people import PersonRow, get_person_for, own_person, people_page, person_name
from .roles import (
    ROLE_NAMES,
    ScopeNames,
    get_grant,
    grant_names,
    names_of_scopes,
    scope_choices,
    unverified_coordinators,
)
from .waiting import waiting_for

__all__ = [
    "Addresses",
    "PersonRow",
    "ROLE_NAMES",
    "ScopeNames",
    "account_by_id",
    "account_key",
    "account_named",
    "account_of",
    "actor_of_person",
    "contact_of",
    "accounts_to_reset",
    "addresses_of",
    "card_key",
    "claims_of",
    "devices_of",
    "get_grant",
    "get_invitation_for",
    "get_person_for",
    "grant_names",
    "invited_account",
    "invited_person",
    "load_actor",
    "names_of_scopes",
    "open_invitations",
    "own_person",
    "people_page",
    "person_name",
    "person_of_contact",
    "scope_choices",
    "unverified_coordinators",
    "waiting_for",
    "ways_in",
    "where",
    "workplaces_of",
]
