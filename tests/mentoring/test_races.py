"""Fifty offers on a mentor's last place, accepted at once: one gets it, the others are told. On both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from incubator import create_app
from incubator.core.access import Actor
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict
from incubator.mentoring.services import offers
from incubator.models import Mentorship, Notification, Offer, OfferState
from tests.databases import settings
from tests.factories import AT
from tests.mentoring.factories import make_case, make_cohort, make_mentor, make_offer

OFFERS = 50


@pytest.fixture
def arena(new_database, tmp_path):
    """An application with a database of its own, where commits are real."""
    url = new_database(tmp_path)
    app = create_app({**settings(tmp_path, url), "QUIET_OUTBOX": True})
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def race(app, offer_ids, actor):
    """Accept every offer in a thread of its own; the answers as words."""

    def accept(offer_id):
        with app.app_context():
            try:
                with transaction():
                    offers.accept(offer_id, actor=actor, at=AT)
            except Conflict as error:
                return error.message
            finally:
                db.session.remove()
            return "accepted"

    with ThreadPoolExecutor(16) as pool:
        return list(pool.map(accept, offer_ids))


def test_fifty_offers_on_the_last_place(arena):
    with arena.app_context(), transaction():
        cohort = make_cohort()
        mentor, commitment = make_mentor(cohort, max_teams=1)
        captain = None
        ids = []
        for n in range(OFFERS):
            case, captain = make_case(cohort, f"Đội {n}", needs=(), captain=captain)
            ids.append(make_offer(case, commitment).id)
        person = mentor.person_id
    answers = race(arena, ids, Actor(person_id=person))
    assert answers.count("accepted") == 1
    assert all(a == "accepted" or "đã nhận đủ" in a for a in answers), set(answers)
    with arena.app_context():
        states = dict(db.session.execute(sa.select(Offer.state, sa.func.count()).group_by(Offer.state)).all())
        assert states == {OfferState.ACCEPTED: 1, OfferState.CLOSED: OFFERS - 1}
        assert db.session.scalar(sa.select(sa.func.count(Mentorship.id))) == 1
        told = sa.select(sa.func.count(Notification.id)).where(Notification.kind == "mentoring/offer_closed")
        assert db.session.scalar(told) == OFFERS - 1


def test_two_mentors_accept_one_place(arena):
    with arena.app_context(), transaction():
        cohort = make_cohort()
        case, _ = make_case(cohort, needs=())
        pairs = []
        for n in range(8):
            account, commitment = make_mentor(cohort, f"Cố vấn {n}", skills=())
            pairs.append((make_offer(case, commitment).id, Actor(person_id=account.person_id)))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda pair: race(arena, [pair[0]], pair[1])[0], pairs))
    assert answers.count("accepted") == 1
    assert all(a == "accepted" or "khác" in a for a in answers), answers
    with arena.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Mentorship.id))) == 1
