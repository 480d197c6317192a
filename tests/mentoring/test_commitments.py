"""What mentors offer and teams ask of a cohort: approved before it is paused, paused until a day, in time."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from incubator.activity import messages
from incubator.core import clock
from incubator.core.access import Actor, system_actor
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict, Invalid
from incubator.mentoring import jobs
from incubator.mentoring.matching import Settings
from incubator.mentoring.queries.problem import build_problem
from incubator.mentoring.services import mentors, offers
from incubator.mentoring.services.cases import apply_for
from incubator.models import CommitmentState, MentorKind, Notification, Person
from tests.factories import AT
from tests.mentoring.factories import make_case, make_cohort, make_mentor, make_offer

SYSTEM = system_actor("test")


def test_who_waits_for_approval_cannot_pause_into_it(session, at):
    cohort = make_cohort()
    account, commitment = make_mentor(cohort, state=CommitmentState.APPLIED)
    db.session.commit()
    with pytest.raises(Conflict, match="đã duyệt"), transaction():
        mentors.pause(commitment, None, actor=Actor(person_id=account.person_id), at=AT)


def test_a_pause_ends_on_its_day(session, at):
    cohort = make_cohort()
    account, commitment = make_mentor(cohort)
    case, _captain = make_case(cohort)
    db.session.commit()
    owner = Actor(person_id=account.person_id)
    with transaction():
        mentors.pause(commitment, AT.date() + timedelta(days=2), actor=owner, at=AT)
    with clock.frozen(AT + timedelta(days=1)):
        jobs.expire_offers()
    assert commitment.state is CommitmentState.PAUSED
    with clock.frozen(AT + timedelta(days=2)):
        jobs.expire_offers()
    db.session.expire_all()
    assert (commitment.state, commitment.paused_until) == (CommitmentState.APPROVED, None)
    told = db.session.scalars(sa.select(Notification.kind)).all()
    assert told == ["mentoring/pause_over"]
    offer = make_offer(case, commitment, due_at=AT + timedelta(days=9))
    db.session.commit()
    with transaction():
        offers.accept(offer.id, actor=owner, at=AT + timedelta(days=2))


def test_a_pause_is_over_when_its_day_begins_though_no_job_has_run(session, at, sign_in):
    cohort = make_cohort()
    account, commitment = make_mentor(cohort)
    case, _captain = make_case(cohort)
    db.session.commit()
    owner = Actor(person_id=account.person_id)
    day = AT.date() + timedelta(days=2)
    with transaction():
        mentors.pause(commitment, day, actor=owner, at=AT)
    midnight = clock.at_local(day)

    def refused(moment):
        problem = build_problem(cohort, Settings(), "s", [], at=moment)
        return [mentor.paused for mentor in problem.mentors]

    assert refused(AT) == refused(midnight - timedelta(seconds=1)) == [True]
    assert refused(midnight) == refused(midnight + timedelta(days=1)) == [False]
    client = sign_in(account)
    page = client.get("/mentoring/me").text
    assert "Đang tạm ngừng</span>" in page
    assert "nhận đội lại từ 04/03/2026" in page
    offer = make_offer(case, commitment, due_at=AT + timedelta(days=9))
    db.session.commit()
    with pytest.raises(Conflict, match="đang tạm ngừng"), transaction():
        offers.accept(offer.id, actor=owner, at=midnight - timedelta(seconds=1))
    with clock.frozen(midnight):
        assert "nhận đội lại từ" not in client.get("/mentoring/me").text
    with transaction():
        offers.accept(offer.id, actor=owner, at=midnight)
    assert commitment.state is CommitmentState.PAUSED, "nothing has been written down yet"


def test_messages_call_the_cohort_by_its_english_name(session, at):
    cohort = make_cohort(name_en="Incubation 2026")
    account, commitment = make_mentor(cohort, state=CommitmentState.APPLIED)
    db.session.commit()
    with transaction():
        mentors.decide(commitment, True, actor=SYSTEM, at=AT)
        mentors.pause(commitment, AT.date() + timedelta(days=1), actor=SYSTEM, at=AT)
        mentors.resume_due(actor=SYSTEM, at=AT + timedelta(days=1))
    stored = Notification(kind="mentoring/invited", context={"cohort": "Khóa cũ"}, url="/x", created_at=AT)
    told = [n for n in db.session.scalars(sa.select(Notification)) if n.kind.startswith("mentoring/")]
    person = db.session.get_one(Person, account.person_id)
    for language, name in (("en", "Incubation 2026"), ("vi", "Ươm tạo khóa 2026")):
        person.locale = language
        *subjects, before = [m.subject for m in messages.render_many([*told, stored], person)]
        assert [s.partition(": ")[2] for s in subjects] == [name, name], subjects
        assert before.endswith(": Khóa cũ")


def test_a_pause_does_not_end_before_it_begins(session, at):
    cohort = make_cohort()
    _account, commitment = make_mentor(cohort)
    db.session.commit()
    for day in (AT.date(), AT.date() - timedelta(days=3)):
        with pytest.raises(Invalid, match="phải sau hôm nay"), transaction():
            mentors.pause(commitment, day, actor=SYSTEM, at=AT)
    assert commitment.state is CommitmentState.APPROVED


def test_nobody_applies_to_a_cohort_that_is_over(session, at):
    cohort = make_cohort(starts_on=date(2025, 1, 1), ends_on=date(2025, 12, 31))
    case, captain = make_case(make_cohort())
    account, _commitment = make_mentor(make_cohort())
    db.session.commit()
    with pytest.raises(Conflict, match="đã kết thúc ngày 31/12/2025"), transaction():
        apply_for(
            cohort,
            case.team_id,
            title="X",
            field="",
            reason="",
            actor=Actor(person_id=captain.person_id),
            at=AT,
        )
    person = Actor(person_id=account.person_id)
    with pytest.raises(Conflict, match="đã kết thúc"), transaction():
        mentors.apply(
            cohort, account.person_id, mentors.Terms(MentorKind.BUSINESS, 1, None), actor=person, at=AT
        )
    with transaction():
        mentors.apply(
            cohort, account.person_id, mentors.Terms(MentorKind.BUSINESS, 1, None), actor=SYSTEM, at=AT
        )
