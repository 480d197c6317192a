"""The trail is complete, tells when it was touched, and hides what is not public."""

from __future__ import annotations

import json
import re

import pytest
import sqlalchemy as sa

from incubator.activity import seals, services
from incubator.core import clock
from incubator.core.access import Actor, Role, ScopeKind
from incubator.core.db import db
from incubator.models import AuditEvent, AuditSeal, AuditSealed, Publication, PublicationKind, StageState
from tests.factories import (
    AT,
    make_division,
    make_edition,
    make_stage,
    make_stage_division,
    make_user,
    save,
)

ME = Actor(system="test")


def write(count: int, **values):
    for i in range(count):
        services.record("test.happened", actor=ME, object_type="thing", object_id=i, after={"n": i}, **values)


def test_sealing_covers_every_event_once(session):
    write(7)
    assert seals.seal_pending() >= 7
    assert seals.seal_pending() == 0
    assert session.scalar(sa.select(sa.func.count(AuditSealed.id))) == session.scalar(
        sa.select(sa.func.count(AuditEvent.id))
    )
    assert seals.verify().whole


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit_event SET verb = 'test.other' WHERE id = :id",
        "UPDATE audit_event SET after = '{\"n\": 99}' WHERE id = :id",
        "UPDATE audit_event SET at = '2020-01-01 00:00:00.000000' WHERE id = :id",
    ],
)
def test_a_changed_event_is_found(session, attack):
    write(5)
    seals.seal_pending()
    victim = session.scalar(sa.select(sa.func.min(AuditEvent.id)).where(AuditEvent.verb == "test.happened"))
    session.execute(sa.text(attack), {"id": victim})
    assert not seals.verify().whole


def test_a_deleted_event_is_found(session):
    write(5)
    seals.seal_pending()
    place = session.execute(sa.select(AuditSealed.id, AuditSealed.event_id).order_by(AuditSealed.id)).all()[2]
    session.execute(sa.delete(AuditSealed).where(AuditSealed.id == place.id))
    session.execute(sa.delete(AuditEvent).where(AuditEvent.id == place.event_id))
    assert not seals.verify().whole


def test_two_events_that_changed_places_are_found(session):
    write(5)
    seals.seal_pending()
    chain = sa.select(AuditSealed.id, AuditSealed.event_id, AuditSealed.seal_id).order_by(AuditSealed.id)
    first, second = session.execute(chain).all()[1:3]
    session.execute(sa.delete(AuditSealed).where(AuditSealed.id.in_((first.id, second.id))))
    for place, other in ((first, second), (second, first)):
        session.add(AuditSealed(id=place.id, event_id=other.event_id, seal_id=place.seal_id))
    session.flush()
    assert not seals.verify().whole


def test_a_cut_tail_is_found_by_the_anchor(session):
    write(3)
    seals.seal_pending()
    kept = seals.read_anchor()
    write(3)
    seals.seal_pending()
    anchor = seals.read_anchor()
    session.execute(sa.delete(AuditSealed).where(AuditSealed.id > kept["count"]))
    session.execute(sa.delete(AuditSeal).where(AuditSeal.count > kept["count"]))
    assert seals.verify().whole, "from inside a cut tail cannot be seen"
    assert not seals.verify(anchor).whole


def change_one(session):
    victim = session.scalar(sa.select(sa.func.max(AuditEvent.id)).where(AuditEvent.verb == "test.happened"))
    session.execute(sa.update(AuditEvent).where(AuditEvent.id == victim).values(verb="test.other"))


def test_a_seal_that_was_taken_away_is_missed(session):
    """Its events hang on the seal before, and nothing would say what they were."""
    write(3)
    seals.seal_pending()
    first = session.scalar(sa.select(sa.func.max(AuditSeal.id)))
    write(3)
    seals.seal_pending()
    session.execute(sa.update(AuditSealed).values(seal_id=first))
    session.execute(sa.delete(AuditSeal).where(AuditSeal.id > first))
    change_one(session)
    assert "no seal" in seals.verify().problems[0]


def test_a_chain_that_was_written_anew_is_found_by_the_anchor_whatever_its_seals(session):
    write(3)
    seals.seal_pending()
    anchor = seals.read_anchor()
    change_one(session)
    write(3)
    last = session.scalar(sa.select(sa.func.max(AuditSeal.id)))
    session.execute(sa.delete(AuditSealed))
    session.execute(sa.delete(AuditSeal).where(AuditSeal.id <= last))
    seals.seal_pending()  # one seal over all, with none where the anchor was
    assert seals.verify().whole, "from inside a chain that was written anew cannot be seen"
    assert not seals.verify(anchor).whole


def seen(browser, question=""):
    """The screen as it is read: codes may go on in the next line after each of their dots."""
    return browser.get(f"/audit{question}").text.replace("<wbr>", "")


def test_the_screen_shows_an_edition_to_its_own_people_only(sign_in):
    mine, other = make_edition(), make_edition()
    write(1, edition_id=mine.id)
    services.record("test.secret_of_other", actor=ME, edition_id=other.id)
    page = seen(sign_in(make_user(Role.SECRETARY, ScopeKind.EDITION, mine.id)))
    assert "test.happened" in page
    assert "test.secret_of_other" not in page


def test_marks_are_masked_until_publication(sign_in):
    edition = make_edition()
    services.record("judging.mark.saved", actor=ME, edition_id=edition.id, after={"points_e2": 8125})
    page = seen(sign_in(make_user(Role.ADMINISTRATOR)))
    assert "judging.mark.saved" in page
    assert "8125" not in page


def test_marks_stay_masked_while_another_stage_waits_and_always_for_who_sees_no_ranks(sign_in):
    edition = make_edition()
    first, final = (make_stage_division(make_stage(edition), make_division(edition)) for _part in range(2))
    first.state, final.state = StageState.PUBLISHED, StageState.DECIDED
    save(
        Publication(
            edition_id=edition.id, kind=PublicationKind.OFFICIAL, version=1, payload={}, hash="", visible_at=AT, created_at=AT
        )
    )  # fmt: skip
    services.record("judging.mark.saved", actor=ME, edition_id=edition.id, after={"points_e2": 8125})
    services.record("publishing.publication.made", actor=ME, edition_id=edition.id, after={"version": 4711})
    secretary = sign_in(make_user(Role.SECRETARY, ScopeKind.EDITION, edition.id))
    administrator = sign_in(make_user(Role.ADMINISTRATOR))
    for browser in (secretary, administrator):
        assert not re.search("8125|4711", seen(browser))
    final.state = StageState.PUBLISHED
    db.session.commit()
    assert re.search("8125", seen(secretary))
    page = seen(administrator)
    assert "4711" in page
    assert "8125" not in page


def test_bad_dates_in_the_filter_are_told(sign_in):
    page = sign_in(make_user(Role.ADMINISTRATOR)).get("/audit?since=hom+qua").get_data(as_text=True)
    assert "không phải là ngày" in page


def test_canonical_text_does_not_depend_on_the_database(session):
    services.record("test.x", actor=ME, at=clock.now(), after={"b": 1, "a": "Đ"})
    row = session.execute(sa.select(AuditEvent.__table__).order_by(sa.desc("id")).limit(1)).one()
    text = json.loads(seals.canonical(row))
    assert text["at"].endswith("Z")
    assert len(text["at"]) == len("2026-01-01T00:00:00.000000Z")
    assert seals.canonical(row).isascii()


def test_the_trail_of_one_person_is_found_by_words_and_says_whose_it_is(session, sign_in):
    """Any words of a name, as everywhere; a filter that is on is said and can be taken off."""
    acting = make_user(None, full_name="Phạm Thị Ngọc Lan")
    services.record(
        "test.happened", actor=Actor(person_id=acting.person_id), object_type="thing", object_id=1
    )
    browser = sign_in(make_user(Role.ADMINISTRATOR))
    assert "test.happened" in seen(browser, "?q=pham+lan")
    assert "test.happened" not in seen(browser, "?q=pham+%25")
    page = seen(browser, f"?person={acting.person_id}")
    assert "Chỉ việc của Phạm Thị Ngọc Lan" in page
    assert "test.happened" in page
