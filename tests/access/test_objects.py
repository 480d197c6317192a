"""Every object at every view, tried by everybody: those who hold the role elsewhere never come in, and somebody does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from incubator.core.db import db
from tests.access.addresses import Address, addresses
from tests.access.cast import Somebody, make_cast
from tests.conftest import rolled_back
from tests.crawl.conftest import demo_copy, sign_ins, start  # noqa: F401 - demo_copy is a fixture

REFUSED = (403, 404)
# A refusal as a script gets it: the frame of a page around it would be most of the work.
PLAIN = {"Accept": "application/json"}


@pytest.fixture(scope="module")
def world(demo_copy) -> Iterator[tuple[Flask, list[Somebody], list[Address], list[str]]]:  # noqa: F811
    for app in start(demo_copy("access")):
        app.config["QUIET_OUTBOX"] = True
        with app.app_context():
            cast = make_cast(sign_ins())
            found, without = addresses(app)
        yield app, cast, found, without


@pytest.fixture(scope="module")
def answers(world) -> dict[tuple[str, Address], dict[str, int]]:
    """(method, address) → who → status. Whatever a request changes is undone before the next."""
    app, cast, found, _without = world
    clients = [(who, who.client(app)) for who in cast]
    seen: dict[tuple[str, Address], dict[str, int]] = {}
    with app.app_context():
        for address in found:
            for method in address.methods:
                row = seen.setdefault((method, address), {})
                for who, client in clients:
                    with rolled_back(app):
                        for name in list(g):
                            g.pop(name)
                        row[who.name] = status_of(client, address.path, method)
                    db.session.remove()
    return seen


def status_of(client: FlaskClient, path: str, method: str) -> int:
    data = {"confirmed": "1"} if method == "POST" else None
    try:
        answer = client.open(path, method=method, data=data, headers=PLAIN)
    except Exception:  # a fault at one door is told, and the others are still tried
        return 500
    answer.close()
    return answer.status_code


def test_there_is_an_object_for_every_view(world):
    """A door that nobody tries proves nothing."""
    assert world[3] == []


@pytest.mark.timeout(900)
def test_strangers_find_no_object(world, answers):
    strangers = [who.name for who in world[1] if who.stranger]
    open_doors = [
        f"{method} {address.rule} [{address.what}]: {name} got {row[name]}"
        for (method, address), row in answers.items()
        for name in strangers
        if row[name] not in REFUSED
        and not is_for_everybody(address)
        and not asks_first(answers, method, address, name)
    ]
    assert open_doors == []


def is_for_everybody(address: Address) -> bool:
    """Views that are open to each person who may come there at all, whatever the object."""
    return address.endpoint in {
        "mentoring.apply_case",  # anybody applies to a cohort
        "mentoring.join",  # and offers to be a mentor in it
        "spaces.join_induction",  # a course for whoever wants to use the machine
        "spaces.by_session",  # leads on to the event's public page
        "spaces.seat",  # leads whoever holds the code on to the registrant's own page
        "people.decide_coordinator",  # any organiser verifies a teacher
    }


def asks_first(
    answers: dict[tuple[str, Address], dict[str, int]], method: str, address: Address, name: str
) -> bool:
    """Whether the view looked at what was sent before it looked for the object: the answer to an empty form is 422 then,
    and the same for every object, so that nothing is learnt."""
    same = [row[name] for (m, a), row in answers.items() if (m, a.rule) == (method, address.rule)]
    return set(same) == {422}


#: Doors that the objects of the demo keep shut for everybody by their state; the domains' own tests open them.
SHUT_IN_THE_DEMO = {
    "GET /contests/<edition>/imports/<int:batch_id>/columns",
    "GET /entries/<int:entry_id>/team",
    "GET /judging/boards/<int:part_id>/ties/<int:tie_id>/paper",
    "GET /judging/stages/<int:stage_id>/prizes/<int:tier_id>",
    "GET /mentoring/milestones/<int:milestone_id>/evidence",
    "GET /publishing/<edition>/<kind>/<int:position>",
    "GET /publishing/<edition>/<kind>/<int:position>/correct",
    "GET /publishing/entries/<int:entry_id>/certificates.pdf",
    "POST /contests/<edition>/imports/<int:batch_id>/columns",
    "POST /entries/<int:entry_id>/delete",
    "POST /entries/<int:entry_id>/files/<int:file_id>/remove",
    "POST /entries/<int:entry_id>/members/<int:member_id>/remove",
    "POST /entries/<int:entry_id>/team",
    "POST /judging/boards/<int:part_id>/entries/<int:stage_entry_id>/judges",
    "POST /judging/boards/<int:part_id>/sheets/<int:assignment_id>/move",
    "POST /judging/stages/<int:stage_id>/prizes/<int:tier_id>",
    "POST /judging/stages/<int:stage_id>/prizes/<int:tier_id>/<int:award_id>",
    "POST /publishing/<edition>/<kind>/<int:position>",
    "POST /publishing/<edition>/<kind>/<int:position>/correct",
    "POST /publishing/<edition>/<kind>/<int:position>/rehearse",
    "POST /spaces/sessions/<int:session_id>/<any(attend, absent):step>",
}


@pytest.mark.timeout(900)
def test_somebody_opens_every_view(answers):
    """The other half: an address that refuses everybody would make the test above worthless."""
    opened: dict[str, bool] = {}
    for (method, address), row in answers.items():
        key = f"{method} {address.rule}"
        opened[key] = opened.get(key, False) or any(status not in REFUSED for status in row.values())
    assert {key for key, found in opened.items() if not found} <= SHUT_IN_THE_DEMO


@pytest.mark.timeout(900)
def test_nobody_meets_a_fault(answers):
    assert [
        f"{method} {a.path}: {who} got {status}"
        for (method, a), row in answers.items()
        for who, status in row.items()
        if status >= 500
    ] == []
