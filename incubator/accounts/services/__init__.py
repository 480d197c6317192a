"""Use cases of accounts, by noun."""

from .claims import prove, sign_up
from .contact import change_contact
from .grants import decline_coordinator, end_grant, ensure_none_scores, grant_role, verify_coordinator
from .invitations import accept, code_of, find, invite, link_of, revoke, school_link
from .joining import join_accounts
from .passwords import check_password, hash_password
from .people import (
    change_language,
    create_account,
    create_person,
    disable_account,
    give_pupil_code,
    invite_person,
)
from .secrets import change_password, choose_password, request_reset, send_confirmation
from .sessions import end_all_sign_ins, end_sign_in, sign_in, sign_in_by_code, sign_in_by_link, sign_in_new

__all__ = [
    "accept",
    "change_contact",
    "change_language",
    "change_password",
    "check_password",
    "choose_password",
    "code_of",
    "create_account",
    "create_person",
    "decline_coordinator",
    "disable_account",
    "end_all_sign_ins",
    "end_grant",
    "end_sign_in",
    "ensure_none_scores",
    "find",
    "give_pupil_code",
    "grant_role",
    "hash_password",
    "invite",
    "invite_person",
    "join_accounts",
    "link_of",
    "prove",
    "request_reset",
    "revoke",
    "school_link",
    "send_confirmation",
    "sign_in",
    "sign_in_by_code",
    "sign_in_by_link",
    "sign_in_new",
    "sign_up",
    "verify_coordinator",
]
