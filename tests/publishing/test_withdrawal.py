"""A consent that is taken back is in force at once on every page and download, whoever takes it back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from incubator.accounts import services as accounts
from incubator.core import clock
from incubator.core.access import Actor
from incubator.core.db import db, transaction
from incubator.models import Certificate, ConsentParty, EntryMember, InvitationKind, Person

from .factories import HOUR, agree
from .test_pages import pages_of, pupil_of, text_of

SYSTEM = Actor(system="test")


@pytest.fixture
def named(app, client, world, publish):
    """A pupil whose name both consents have put on every page, with the kept pages switched on."""
    from incubator.core.signals import consent_changed

    pupil = pupil_of(world)
    agree(pupil.person_id)
    db.session.commit()
    with clock.frozen(HOUR):
        publish()
        app.config["PREBUILT"] = True
        for path in places(world, pupil):
            assert pupil.full_name in text_of(client.get(path)), path
            client.get(path)
        yield pupil
    app.config["PREBUILT"] = False
    consent_changed.send(0, purpose="", at=HOUR)


def places(world, pupil):
    codes = db.session.scalars(sa.select(Certificate.code).where(Certificate.person_id == pupil.person_id))
    both = [*pages_of(world), *(p.replace("/vi/", "/en/") for p in pages_of(world)[:3])]
    return [*both, *(f"/vi/c/{code}" for code in codes)]


def nowhere(client, world, pupil):
    for path in places(world, pupil):
        answer = client.get(path)
        assert answer.status_code == 200, path  # a page that is not there names nobody either
        assert pupil.full_name not in text_of(answer), path


def test_the_pupil_takes_it_back_with_the_card(app, client, world, named):
    with transaction():
        person = db.session.get(Person, named.person_id)
        code, pin = accounts.give_pupil_code(person, actor=SYSTEM, at=HOUR)
    child = app.test_client()
    child.post("/login/code", data={"code": code, "pin": pin})
    answer = child.post("/my-data/consents", data={"purpose": "publish_name", "answer": "withdraw"})
    assert answer.status_code == 303
    nowhere(client, world, named)


def test_the_guardian_takes_it_back_by_the_link(app, client, world, named):
    with transaction():
        link = accounts.invite(
            InvitationKind.GUARDIAN, actor=SYSTEM, at=HOUR, person_id=named.person_id, uses=None,
            entry_id=world.rows[0].entry.id,
        )  # fmt: skip
    phone = app.test_client()
    answer = phone.post(
        f"/guardian/{accounts.link_of(link).rsplit('/', 1)[1]}",
        data={"typed_name": "Trần Mẹ", "relation": "mẹ", "take_part": "y"},
    )
    assert answer.status_code == 200
    nowhere(client, world, named)


def test_the_coach_records_that_a_guardian_takes_it_back(client, world, named, sign_in):
    browser = sign_in(world.teacher)
    path = f"/entries/{world.rows[0].entry.id}/consents"
    assert "Ghi nhận rút" in browser.get(path).text
    data = {"purpose": "publish_name", "party": "guardian"}
    assert browser.post(f"{path}/{named.person_id}/withdraw", data=data).status_code == 303
    nowhere(client, world, named)
    assert browser.post(f"{path}/{named.person_id}/withdraw", data=data).status_code == 409


def test_only_people_of_the_team_record_a_withdrawal(client, world, named, sign_in):
    other = db.session.scalars(
        sa.select(EntryMember.person_id).where(EntryMember.entry_id == world.rows[1].entry.id)
    ).first()
    browser = sign_in(world.teacher)
    data = {"purpose": "publish_name", "party": "guardian"}
    mine = f"/entries/{world.rows[0].entry.id}/consents"
    assert browser.post(f"{mine}/{other}/withdraw", data=data).status_code == 404
    theirs = f"/entries/{world.rows[1].entry.id}/consents"
    assert browser.post(f"{theirs}/{other}/withdraw", data=data).status_code == 404
    assert browser.post(f"{mine}/{named.person_id}/withdraw", data={"purpose": "all"}).status_code == 422
    assert client.post(f"{mine}/{named.person_id}/withdraw", data=data).status_code == 302


def test_one_party_alone_is_enough_and_giving_it_again_puts_the_name_back(client, world, named, sign_in):
    from incubator.contests.services import consents

    with transaction():
        consents.withdraw(named.person_id, "publish_name", ConsentParty.SELF, actor=SYSTEM, at=HOUR)
    nowhere(client, world, named)
    with transaction():
        person = db.session.get(Person, named.person_id)
        said = consents.Said(ConsentParty.SELF, "screen", person.full_name)
        consents.answer(person, {"publish_name": True}, said, actor=SYSTEM, at=HOUR)
    for path in places(world, named):
        assert named.full_name in text_of(client.get(path)), path
