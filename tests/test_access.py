"""The whole matrix of who may come where: every role tries every page, and docs/access.md says the same."""

from __future__ import annotations

import re

import pytest

from incubator.core.access import ROLE_PERMISSIONS, Permission, Role, ScopeKind
from tests import access_matrix
from tests.factories import make_user

#: Values for the parts of a path when only the gate is tried: no such object exists.
NOWHERE = {
    "int": "999999",
    "string": "khong-co",
    "path": "khong-co",
    "language": "vi",
    "any": "vi",
    "uuid": "0" * 32,
}


def filled(rule) -> str:
    """The rule's path with values that lead to nothing."""

    def value(match: re.Match[str]) -> str:
        converter, _colon, _name = match[1].rpartition(":")
        kind = converter.partition("(")[0] or "string"
        options = re.findall(r"[\w-]+", converter.partition("(")[2]) if kind == "any" else []
        return options[0] if options else NOWHERE.get(kind, "khong-co")

    return re.sub(r"<([^>]+)>", value, rule.rule)


def gated(app) -> list:
    return [r for r in app.url_map.iter_rules() if not isinstance(app.view_functions[r.endpoint].access, str)]


def test_the_page_in_docs_is_the_program(app):
    assert access_matrix.written() == access_matrix.tables(app), "run: python -m tests.access_matrix"


@pytest.mark.parametrize("role", list(Role))
def test_a_role_without_the_permission_is_refused_everywhere(app, sign_in, role):
    browser = sign_in(make_user(role, ScopeKind.SYSTEM))
    wrong = []
    for rule in gated(app):
        if set(app.view_functions[rule.endpoint].access) & ROLE_PERMISSIONS[role]:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            status = browser.open(filled(rule), method=method).status_code
            if status != 403:
                wrong.append(f"{method} {rule.rule}: {status}")
    assert wrong == []


def test_visitors_are_asked_to_sign_in_everywhere_but_on_public_pages(app, client):
    wrong = []
    for rule in app.url_map.iter_rules():
        if app.view_functions[rule.endpoint].access == "public":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            response = client.open(filled(rule), method=method)
            if response.status_code not in (302, 401) or "/login" not in response.headers.get(
                "Location", "/login"
            ):
                wrong.append(f"{method} {rule.rule}: {response.status_code}")
    assert wrong == []


def test_a_card_opens_no_gated_page(app, client, session):
    from incubator.accounts import services
    from incubator.core.access import Actor
    from tests.factories import AT, make_grant, make_person

    pupil = make_person("Lê Bé")
    for role in Role:
        make_grant(pupil, role)
    code, pin = services.give_pupil_code(pupil, actor=Actor(system="test"), at=AT)
    client.post("/login/code", data={"code": code, "pin": pin})
    wrong = [
        r.rule for r in gated(app) if "GET" in (r.methods or ()) and client.get(filled(r)).status_code != 403
    ]
    assert wrong == []


def test_every_object_of_another_edition_is_hidden(app, sign_in):
    """Whoever holds every edition role, but in an edition that owns nothing, finds no object at all."""
    from tests.factories import make_edition

    empty = make_edition()
    account = make_user(Role.ORGANISER, ScopeKind.EDITION, empty.id)
    browser = sign_in(account)
    held = ROLE_PERMISSIONS[Role.ORGANISER]
    wrong = []
    for rule in gated(app):
        if "<" not in rule.rule or "GET" not in (rule.methods or ()):
            continue
        if not set(app.view_functions[rule.endpoint].access) & held:
            continue
        status = browser.get(filled(rule)).status_code
        if status not in (403, 404):
            wrong.append(f"{rule.rule}: {status}")
    assert wrong == []


def test_permissions_are_all_held_by_somebody():
    given = frozenset().union(*ROLE_PERMISSIONS.values())
    assert set(Permission) == given


#: Public forms on pages without a cookie: nothing that they do rests on who is signed in, so that nothing can be forged.
WITHOUT_TOKEN = {
    "results.verify_name",  # compares a name that the visitor typed
    "spaces_public.event",  # a name and a contact for a seat
    "spaces_public.withdraw",  # by the registration's own secret code
    "spaces_public.here",  # by the door's rotating code
}


def test_every_view_that_changes_something_asks_for_the_forms_token(app, client, sign_in):
    """Without the session's token each answers 400, whoever asks; a foreign token is none."""
    browser = sign_in(make_user(Role.ADMINISTRATOR))
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        open_to_forgers = {
            rule.endpoint
            for rule in app.url_map.iter_rules()
            for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"})
            for who, headers in (
                (client, {}),
                (browser, {"X-CSRFToken": "IjAwMDAi.aaaaaa.bbbbbbbbbbbbbbbbbbb"}),
            )
            if who.open(filled(rule), method=method, headers=headers).status_code != 400
        }
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert open_to_forgers == WITHOUT_TOKEN
