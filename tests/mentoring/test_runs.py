"""A run in work, one that fails, one that was lost; rules set aside; what came after a run."""

from datetime import time, timedelta

import pytest
import sqlalchemy as sa

from incubator.core import clock
from incubator.core.access import Actor, system_actor
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict, Invalid, NotAllowed, NotFound
from incubator.mentoring import jobs
from incubator.mentoring.matching import solving
from incubator.mentoring.services import holding, mentors, offers, runs
from incubator.models import (
    Account,
    AvailabilityRule,
    Commitment,
    ConflictKind,
    IncubationCase,
    MatchRun,
    MentorKind,
    OfferState,
    Pair,
    RuleWaiver,
    RunState,
)
from incubator.models import Conflict as ConflictRow
from tests.factories import AT, save
from tests.mentoring.factories import (
    make_case,
    make_cohort,
    make_mentor,
    make_mentorship,
    make_offer,
    make_staff,
)

SYSTEM = system_actor("test")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def cohort(session, at):
    cohort = make_cohort()
    make_mentor(cohort)
    make_case(cohort)
    db.session.commit()
    return cohort


def asked(cohort):
    """A run that nobody has taken up yet."""
    with transaction():
        run = runs.ask_run(cohort, actor=SYSTEM, at=AT)
        db.session.info["after_commit"].clear()
    return run.id


def test_the_page_of_a_run_follows_until_there_is_an_answer(cohort, sign_in):
    staff = sign_in(make_staff())
    number = asked(cohort)
    url = f"/mentoring/runs/{number}/progress"
    page = staff.get(f"/mentoring/cohorts/{cohort.slug}/match").text
    assert f'hx-get="{url}"' in page
    assert "Đang chờ đến lượt" in staff.get(url, headers=HTMX).text
    jobs._begin(number, AT)
    assert "Đang tính" in staff.get(url, headers=HTMX).text
    jobs.execute(number, at=AT)
    assert staff.get(url, headers=HTMX).headers["HX-Refresh"] == "true"
    assert "hx-get" not in staff.get(f"/mentoring/cohorts/{cohort.slug}/match").text
    assert staff.get(url).status_code == 303


def test_a_run_without_teams_says_so_in_the_readers_language(session, at, sign_in):
    cohort = make_cohort()
    make_mentor(cohort)
    db.session.commit()
    number = asked(cohort)
    jobs.execute(number, at=AT)
    row = db.session.get_one(MatchRun, number)
    assert row.state is RunState.FAILED
    staff = sign_in(make_staff())
    url = f"/mentoring/cohorts/{cohort.slug}/match"
    assert "Chưa có đội nào" in staff.get(url).text
    with staff.session_transaction() as cookie:
        cookie["lang"] = "en"
    assert "No teams yet" in staff.get(url).text


def test_a_run_that_breaks_does_not_wait_for_ever(cohort, monkeypatch, sign_in):
    number = asked(cohort)
    monkeypatch.setattr(solving, "solve", lambda problem: 1 / 0)
    jobs.execute(number, at=AT)
    assert db.session.get_one(MatchRun, number).state is RunState.FAILED
    assert "lỗi ngoài dự kiến" in sign_in(make_staff()).get(f"/mentoring/cohorts/{cohort.slug}/match").text


def test_a_run_whose_worker_was_lost_is_solved_again(cohort, at):
    number = asked(cohort)
    jobs._begin(number, AT)
    with clock.frozen(AT + timedelta(minutes=1)):
        jobs.sweep_runs()
    assert db.session.get_one(MatchRun, number).state is RunState.RUNNING
    with clock.frozen(AT + timedelta(minutes=6)):
        jobs.sweep_runs()
    db.session.expire_all()
    assert db.session.get_one(MatchRun, number).state is RunState.DRAFT


@pytest.fixture
def apart(session, at):
    """A team and its only mentor who share no hour."""
    cohort = make_cohort()
    mentor, commitment = make_mentor(cohort)
    case, captain = make_case(cohort)
    db.session.execute(sa.delete(AvailabilityRule).where(AvailabilityRule.case_id == case.id))
    save(AvailabilityRule(case_id=case.id, weekday=6, starts=time(20), ends=time(22)))
    db.session.commit()
    return cohort, mentor, commitment, case, captain


def drafted(cohort):
    number = asked(cohort)
    jobs.execute(number, at=AT)
    return number


def test_a_rule_set_aside_counts_from_the_next_run_on(apart, sign_in):
    cohort, mentor, _commitment, case, _captain = apart
    staff = sign_in(make_staff())
    number = drafted(cohort)
    page = staff.get(f"/mentoring/cohorts/{cohort.slug}/match").text
    assert "Bỏ qua điều kiện “không có giờ rảnh chung” cho Lý Minh Tuấn" in page
    url = f"/mentoring/runs/{number}/waive/{case.id}"
    wanted = {"person": mentor.person_id, "rule": "hours"}
    assert "Ghi lý do" in staff.post(url, data=wanted, follow_redirects=True).text
    page = staff.post(url, data={**wanted, "reason": "Họp tối Chủ nhật"}, follow_redirects=True).text
    assert "Đã bỏ qua điều kiện này. Chạy lượt mới" in page
    again = staff.post(url, data={**wanted, "reason": "lần hai"}, follow_redirects=True)
    assert "đã được bỏ qua" in again.text
    assert db.session.scalar(sa.select(sa.func.count(RuleWaiver.id))) == 1
    row = db.session.get_one(MatchRun, drafted(cohort))
    assert row.answer["totals"]["filled"] == 1


def test_only_staff_of_the_programme_set_a_rule_aside(apart, sign_in):
    cohort, mentor, _commitment, case, captain = apart
    number = drafted(cohort)
    other, _ = make_case(make_cohort(), "Đội của chương trình khác")
    db.session.commit()
    data = {"person": mentor.person_id, "rule": "hours", "reason": "x"}
    staff = sign_in(make_staff())
    assert staff.post(f"/mentoring/runs/{number}/waive/{other.id}", data=data).status_code == 404
    with pytest.raises(NotAllowed), transaction():
        runs.waive(
            case, mentor.person_id, "hours", reason="x", actor=Actor(person_id=captain.person_id), at=AT
        )
    with pytest.raises(NotFound), transaction():
        runs.waive(case, captain.person_id, "hours", reason="x", actor=SYSTEM, at=AT)
    with pytest.raises(Invalid), transaction():
        runs.waive(case, mentor.person_id, "conflict", reason="x", actor=SYSTEM, at=AT)


def test_all_candidates_are_priced_on_request(session, at, sign_in):
    cohort = make_cohort()
    for n in range(10):
        make_mentor(cohort, f"Cố vấn {n}")
    case, _captain = make_case(cohort)
    db.session.commit()
    number = drafted(cohort)
    staff = sign_in(make_staff())
    url = f"/mentoring/runs/{number}/move/{case.id}/business"
    assert staff.get(url).text.count('class="price"') == 8
    assert "Tính giá cho 2 cố vấn còn lại" in staff.get(url).text
    assert staff.get(f"{url}?all=1").text.count('class="price"') == 10


def test_a_conflict_that_came_after_the_run_stops_its_offers(cohort, sign_in):
    number = drafted(cohort)
    pair = db.session.scalars(sa.select(Pair)).one()
    team = db.session.get_one(IncubationCase, pair.case_id).team_id
    save(
        ConflictRow(
            person_id=pair.person_id, team_id=team, kind=ConflictKind.FAMILY, reason="Chị em", source="declared", valid_from=AT,
        )
    )  # fmt: skip
    db.session.commit()
    with pytest.raises(Conflict, match="nay không ghép được: xung đột lợi ích"), transaction():
        runs.publish(number, actor=SYSTEM, at=AT)
    assert db.session.get_one(MatchRun, number).state is RunState.DRAFT


def test_a_mentor_who_paused_after_the_run_is_not_asked(cohort):
    number = drafted(cohort)
    commitment = db.session.scalars(sa.select(Commitment)).one()
    with transaction():
        mentors.pause(commitment, None, actor=Actor(person_id=commitment.person_id), at=AT)
    with pytest.raises(Conflict, match="tạm ngừng"), transaction():
        runs.publish(number, actor=SYSTEM, at=AT)


def test_a_team_that_has_all_its_mentors_keeps_no_run_from_solving(cohort):
    """Its conflicts and refusals are no longer part of the problem."""
    served, _captain = make_case(cohort, "Đội đã đủ cố vấn")
    for kind in (MentorKind.BUSINESS, MentorKind.TECHNICAL):
        _account, commitment = make_mentor(cohort, f"Cố vấn {kind}", kind)
        make_mentorship(served, commitment)
    account, commitment = make_mentor(cohort, "Người đã từ chối")
    make_offer(served, commitment, state=OfferState.DECLINED)
    db.session.commit()
    row = db.session.get_one(MatchRun, drafted(cohort))
    assert row.state is RunState.DRAFT, row.answer


def test_a_held_pair_that_was_accepted_is_not_held_again(session, at):
    cohort = make_cohort()
    account, commitment = make_mentor(cohort)
    make_mentor(cohort, "Phan Thị Kim Ngân", MentorKind.TECHNICAL, skills=("ai",))
    case, _captain = make_case(cohort, needs=("business_model", "ai"))
    db.session.commit()
    number = drafted(cohort)
    wish = holding.Wish(case.id, "business", account.person_id)
    held = holding.work_out(db.session.get_one(MatchRun, number), wish, actor=SYSTEM)
    with transaction():
        holding.take(number, held, actor=SYSTEM, at=AT)
        sent = runs.publish(number, actor=SYSTEM, at=AT)
        mine = next(o for o in sent if o.person_id == account.person_id)
        offers.accept(mine.id, actor=Actor(person_id=account.person_id), at=AT)
    base = db.session.get_one(MatchRun, number)
    with transaction():
        run = runs.ask_run(cohort, locks_from=base, actor=SYSTEM, at=AT)
    assert run.locks == []
    jobs.execute(run.id, at=AT)
    assert db.session.get_one(MatchRun, run.id).state is RunState.DRAFT


def test_reasons_of_the_programs_own_are_read_in_the_readers_language(cohort, sign_in):
    commitment = db.session.scalars(sa.select(Commitment)).one()
    case = db.session.scalars(sa.select(IncubationCase)).one()
    offer = make_offer(case, commitment)
    db.session.commit()
    staff = sign_in(make_staff())
    with staff.session_transaction() as cookie:
        cookie["lang"] = "en"
    staff.post(f"/mentoring/offers/{offer.id}/withdraw")
    assert offer.reason == "Ban điều phối rút lời mời."
    url = f"/mentoring/cohorts/{cohort.slug}/offers"
    assert "Ban điều phối" not in staff.get(url).text
    with staff.session_transaction() as cookie:
        cookie["lang"] = "vi"
    assert "Ban điều phối rút lời mời." in staff.get(url).text


def test_a_second_tab_is_told_that_the_offer_was_answered(cohort, sign_in):
    commitment = db.session.scalars(sa.select(Commitment)).one()
    case = db.session.scalars(sa.select(IncubationCase)).one()
    offer = make_offer(case, commitment)
    db.session.commit()
    account = db.session.scalars(sa.select(Account).where(Account.person_id == commitment.person_id)).one()
    mentor = sign_in(account)
    assert mentor.post(f"/mentoring/offers/{offer.id}", data={"step": "accept"}).status_code == 303
    again = mentor.post(f"/mentoring/offers/{offer.id}", data={"step": "accept"})
    assert again.status_code == 422
    assert "Lời mời này đã được trả lời" in again.text
