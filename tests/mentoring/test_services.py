"""Offers, mentorships, sessions, support and figures, by their services."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from incubator.core.access import Actor, system_actor
from incubator.core.db import db, transaction
from incubator.core.errors import Conflict, Invalid, NotAllowed, NotFound
from incubator.mentoring import jobs
from incubator.mentoring.queries.cases import feedback_for, story_of
from incubator.mentoring.queries.intake import awards_without_case
from incubator.mentoring.queries.meetings import get_session_for, meeting_places, openings
from incubator.mentoring.queries.numbers import indicator_lines
from incubator.mentoring.queries.support import grants_of
from incubator.mentoring.reading import topics_named
from incubator.mentoring.services import (
    mentors,
    mentorships,
    needs,
    offers,
    programmes,
    progress,
    runs,
    sessions,
    support,
)
from incubator.mentoring.services.cases import apply_for, open_from_award
from incubator.models import (
    Assignment,
    AssignmentState,
    Award,
    CommitmentState,
    ConflictKind,
    EndReason,
    Entitlement,
    MatchRun,
    MentoringSession,
    Metric,
    NeedState,
    Occupancy,
    OccupancyState,
    OfferState,
    PrizeScope,
    PrizeTier,
    Programme,
    Publication,
    PublicationKind,
    RunState,
    ScoreSheet,
    SessionState,
    SheetState,
    StageState,
    SupportKind,
    SupportMoveKind,
    TeamNeed,
    Visibility,
)
from incubator.models import Conflict as ConflictRow
from incubator.spaces.intervals import Span
from incubator.spaces.services.occupancy import Taken
from tests.factories import (
    AT,
    make_division,
    make_edition,
    make_entry,
    make_person,
    make_stage,
    make_stage_division,
    make_stage_entry,
    save,
)
from tests.mentoring.factories import (
    make_case,
    make_cohort,
    make_mentor,
    make_mentorship,
    make_offer,
    make_room,
    make_staff,
    topic,
)

SYSTEM = system_actor("test")
TUESDAY = datetime(2026, 3, 10, 14, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
HOUR = timedelta(hours=1)


@pytest.fixture
def pair(session, at):
    """A mentor with one place and a team, with an open offer."""
    cohort = make_cohort()
    account, commitment = make_mentor(cohort, max_teams=1)
    case, captain = make_case(cohort)
    return cohort, Actor(person_id=account.person_id), commitment, case, Actor(person_id=captain.person_id)


def test_accepting_makes_a_conflict_for_judging_and_ends_it(pair):
    _cohort, mentor, commitment, case, _captain = pair
    with transaction():
        row = offers.accept(make_offer_in(case, commitment), actor=mentor, at=AT)
    conflict = db.session.scalars(sa.select(ConflictRow)).one()
    assert (conflict.person_id, conflict.team_id, conflict.kind) == (
        mentor.person_id,
        case.team_id,
        ConflictKind.MENTORS,
    )
    assert conflict.valid_to is None
    with transaction():
        mentorships.end(row.id, EndReason.COMPLETED, actor=mentor, at=AT + HOUR)
    assert db.session.scalars(sa.select(ConflictRow)).one().valid_to == AT + HOUR


def make_offer_in(case, commitment, **values):
    return make_offer(case, commitment, **values).id


def test_hours_count_at_the_moment_of_accepting(pair):
    _cohort, mentor, commitment, case, _captain = pair
    commitment.max_hours = 10
    offer = make_offer_in(case, commitment, hours=12)
    db.session.commit()
    with pytest.raises(Conflict, match="cần 12 giờ, cam kết còn 10 giờ"), transaction():
        offers.accept(offer, actor=mentor, at=AT)


def test_a_late_or_foreign_answer_is_refused(pair):
    _cohort, mentor, commitment, case, captain = pair
    offer = make_offer_in(case, commitment)
    db.session.commit()
    with pytest.raises(Conflict, match="hết hạn"), transaction():
        offers.accept(offer, actor=mentor, at=AT + timedelta(days=7))
    with pytest.raises(NotAllowed), transaction():
        offers.accept(offer, actor=captain, at=AT)


def test_a_conflict_declared_after_the_offer_stops_it(pair):
    _cohort, mentor, commitment, case, _captain = pair
    offer = make_offer_in(case, commitment)
    save(
        ConflictRow(
            person_id=mentor.person_id, team_id=case.team_id, kind=ConflictKind.FAMILY, source="judging",
            reason="Cháu ruột", valid_from=AT,
        )
    )  # fmt: skip
    db.session.commit()
    with pytest.raises(Conflict, match="Cháu ruột"), transaction():
        offers.accept(offer, actor=mentor, at=AT)


def test_offers_are_reminded_once_and_expire(pair):
    _cohort, _mentor, commitment, case, _captain = pair
    offer = make_offer(case, commitment)
    db.session.commit()
    seen = []
    for days in (1, 3, 4, 6):
        with transaction():
            seen.append(offers.expire_and_remind(actor=SYSTEM, at=AT + timedelta(days=days)))
    assert seen == [(0, 0), (0, 1), (0, 0), (1, 0)]
    db.session.refresh(offer)
    assert offer.state is OfferState.EXPIRED


def test_pausing_closes_open_offers_and_keeps_teams(pair):
    cohort, mentor, commitment, case, _captain = pair
    make_mentorship(case, commitment)
    other, _ = make_case(cohort, "Khác", needs=())
    offer = make_offer(other, commitment)
    db.session.commit()
    with transaction():
        mentors.pause(commitment, date(2026, 5, 1), actor=mentor, at=AT)
    db.session.refresh(offer)
    assert (offer.state, commitment.state) == (OfferState.CLOSED, CommitmentState.PAUSED)


def test_the_team_declines_within_three_days_only(pair):
    _cohort, _mentor, commitment, case, captain = pair
    row = make_mentorship(case, commitment)
    case.waiting_since = None
    db.session.commit()
    with pytest.raises(Conflict, match="xin đổi cố vấn được đến"), transaction():
        mentorships.end(
            row.id, EndReason.TEAM_DECLINED, note="Chưa hợp", actor=captain, at=AT + timedelta(days=4)
        )
    with pytest.raises(Invalid), transaction():
        mentorships.end(row.id, EndReason.TEAM_DECLINED, actor=captain, at=AT + timedelta(days=2))
    with transaction():
        mentorships.end(
            row.id, EndReason.TEAM_DECLINED, note="Chưa hợp", actor=captain, at=AT + timedelta(days=2)
        )
    db.session.refresh(case)
    assert case.waiting_since == AT + timedelta(days=2)


def test_a_session_takes_mentor_team_and_room_together_or_nothing(pair):
    cohort, mentor, commitment, case, _captain = pair
    row = make_mentorship(case, commitment)
    other, _ = make_case(cohort, "Khác", needs=())
    second = make_mentorship(other, make_mentor(cohort, "Người khác")[1])
    room = make_room()
    db.session.commit()
    with transaction():
        sessions.book(row.id, Span(TUESDAY, TUESDAY + HOUR), resource_id=room.id, actor=mentor, at=AT)
    assert db.session.scalar(sa.select(sa.func.count(Occupancy.id))) == 3
    with pytest.raises(Taken, match="Phòng họp 1"), transaction():
        sessions.book(second.id, Span(TUESDAY, TUESDAY + HOUR), resource_id=room.id, actor=SYSTEM, at=AT)
    assert db.session.scalar(sa.select(sa.func.count(Occupancy.id))) == 3
    assert db.session.scalar(sa.select(sa.func.count(MentoringSession.id))) == 1
    free = openings(row, 60, AT, meeting_places())
    assert Span(TUESDAY, TUESDAY + HOUR) not in {o.span for o in free}
    assert Span(TUESDAY + HOUR, TUESDAY + 2 * HOUR) in {o.span for o in free}


def test_a_closed_room_is_refused_with_its_hours(pair):
    _cohort, mentor, commitment, case, _captain = pair
    row, room = make_mentorship(case, commitment), make_room()
    db.session.commit()
    night = TUESDAY.replace(hour=20)
    with pytest.raises(Invalid, match="không mở cửa lúc 20:00–21:00"), transaction():
        sessions.book(row.id, Span(night, night + HOUR), resource_id=room.id, actor=mentor, at=AT)


def test_moving_and_cancelling_give_the_room_back(pair):
    _cohort, mentor, commitment, case, _captain = pair
    row, room = make_mentorship(case, commitment), make_room()
    db.session.commit()
    with transaction():
        session = sessions.book(
            row.id, Span(TUESDAY, TUESDAY + HOUR), resource_id=room.id, actor=mentor, at=AT
        )
    with transaction():
        sessions.move(
            session.id, Span(TUESDAY + HOUR, TUESDAY + 2 * HOUR), resource_id=room.id, reason="Trùng giờ dạy",
            actor=mentor, at=AT,
        )  # fmt: skip
    starts = db.session.scalars(sa.select(Occupancy.starts_at).where(Occupancy.resource_id == room.id)).all()
    assert starts == [TUESDAY + HOUR]
    assert session.moves[0]["reason"] == "Trùng giờ dạy"
    with transaction():
        sessions.cancel(session.id, reason="Ốm", actor=mentor, at=AT)
    states = set(db.session.scalars(sa.select(Occupancy.state)))
    assert states == {OccupancyState.RELEASED}


def test_missed_sessions_count_no_hours(pair):
    _cohort, mentor, commitment, case, _captain = pair
    row = make_mentorship(case, commitment)
    db.session.commit()
    with transaction():
        session = sessions.book(
            row.id,
            Span(TUESDAY, TUESDAY + HOUR),
            resource_id=None,
            online_url="https://hop.example",
            actor=mentor,
            at=AT,
        )
    with pytest.raises(Conflict), transaction():
        sessions.record_missed(session.id, "team", actor=mentor, at=AT)
    with transaction():
        sessions.record_missed(session.id, "team", actor=mentor, at=TUESDAY + HOUR)
    assert (session.state, session.minutes) == (SessionState.MISSED, None)


def test_feedback_for_staff_only_stays_with_staff(pair):
    _cohort, mentor, commitment, case, captain = pair
    row = make_mentorship(case, commitment)
    session = save(
        MentoringSession(
            mentorship_id=row.id,
            state=SessionState.HELD,
            starts_at=AT,
            ends_at=AT + HOUR,
            created_at=AT,
            moves=[],
        )
    )
    db.session.commit()
    with transaction():
        progress.give_feedback(
            session, rating=2, text="Khó theo", visible_to=Visibility.STAFF, actor=captain, at=AT + HOUR
        )
    session, rights = get_session_for(SYSTEM, session.id)
    assert feedback_for(mentor, session, rights, manages=False) == []
    assert len(feedback_for(captain, session, rights, manages=False)) == 1
    assert len(feedback_for(SYSTEM, session, rights, manages=True)) == 1
    with transaction():
        progress.give_feedback(
            session, rating=4, text="Rõ hơn", visible_to=Visibility.BOTH, actor=captain, at=AT + 2 * HOUR
        )
    assert len(feedback_for(mentor, session, rights, manages=False)) == 1
    assert feedback_for(Actor(person_id=make_person("Cố vấn khác").id), session, rights, manages=False) == []


def test_support_stays_under_its_ceiling_and_frees_bookings(pair):
    cohort, _mentor, _commitment, case, _captain = pair
    dates = {"decided_on": date(2026, 3, 1), "valid_from": date(2026, 3, 1), "valid_to": date(2026, 8, 31)}
    with transaction():
        item = support.define_item(
            cohort.programme_id, SupportKind.MACHINE, "Giờ máy", ceiling=20, actor=SYSTEM, at=AT
        )
        grant = support.grant(item.id, case, 15, decision="31/QĐ", **dates, actor=SYSTEM, at=AT)
    row = db.session.scalars(sa.select(Entitlement)).one()
    assert (row.team_id, row.minutes, row.kind, row.source_id) == (case.team_id, 900, "machine", grant.id)
    with pytest.raises(Conflict, match="Còn cấp được 5"), transaction():
        support.grant(item.id, case, 6, decision="32/QĐ", **dates, actor=SYSTEM, at=AT)
    with transaction():
        support.record_move(grant.id, SupportMoveKind.USED, 10, actor=SYSTEM, at=AT)
        support.record_move(grant.id, SupportMoveKind.RECOVERED, 5, actor=SYSTEM, at=AT)
    with pytest.raises(Conflict), transaction():
        support.record_move(grant.id, SupportMoveKind.USED, 1, actor=SYSTEM, at=AT)
    (line,) = grants_of([case.id])[case.id]
    assert (line.used, line.recovered, line.left) == (10, 5, 0)
    with transaction():
        support.grant(item.id, case, 10, decision="33/QĐ", **dates, actor=SYSTEM, at=AT)


def test_a_comment_names_topics_by_whole_words():
    topics = [
        (1, ["Trí tuệ nhân tạo", "AI"]),
        (2, ["Thị trường và khách hàng", "khách hàng"]),
        (3, ["Tài chính", "kế toán"]),
    ]
    assert topics_named("Cần nêu rõ ai là khách hàng.", topics) == [2]
    assert topics_named("Mô hình AI chưa kiểm chứng, thiếu kế toán.", topics) == [1, 3]
    assert topics_named("Ban le retail, khach hang chua ro", topics) == [2]


@pytest.fixture
def award(session, at):
    """An award whose entry has one released comment and one that is not."""
    edition = make_edition()
    division = make_division(edition)
    stage_division = make_stage_division(make_stage(edition), division, state=StageState.PUBLISHED)
    entry = make_entry(division, team="HealthyMap AI")
    stage_entry = make_stage_entry(stage_division, entry)
    from incubator.models import Rubric

    rubric = save(Rubric(edition_id=edition.id, name="Bộ tiêu chí", created_at=AT))
    for text, released in (
        ("Chưa rõ mô hình kinh doanh và gọi vốn.", AT),
        ("Giữ kín: yếu về pháp lý.", None),
    ):
        judge = make_person("Giám khảo")
        row = save(
            Assignment(
                stage_entry_id=stage_entry.id,
                judge_id=judge.id,
                state=AssignmentState.SUBMITTED,
                created_at=AT,
            )
        )
        save(
            ScoreSheet(
                assignment_id=row.id, rubric_id=rubric.id, state=SheetState.SUBMITTED, comment=text,
                comment_released_at=released, created_at=AT,
            )
        )  # fmt: skip
    tier = save(
        PrizeTier(
            edition_id=edition.id, position=1, slug="first", name="Giải Nhất", scope=PrizeScope.DIVISION
        )
    )
    save(
        Publication(
            edition_id=edition.id, kind=PublicationKind.OFFICIAL, version=1, payload={}, hash="", visible_at=AT,
            created_at=AT,
        )
    )  # fmt: skip
    return save(
        Award(edition_id=edition.id, tier_id=tier.id, division_id=division.id, entry_id=entry.id, at=AT)
    )


def test_an_award_opens_a_case_with_the_judges_released_words_as_needs(award):
    cohort = make_cohort()
    wanted = {topic("business_model").id, topic("fundraising").id}
    db.session.commit()
    with transaction():
        case = open_from_award(cohort, award.id, actor=SYSTEM, at=AT)
    rows = db.session.scalars(sa.select(TeamNeed)).all()
    assert {row.topic_id for row in rows} == wanted
    assert {row.state for row in rows} == {NeedState.PROPOSED}
    with pytest.raises(Conflict, match="Còn nhu cầu"), transaction():
        needs.confirm_needs(case, actor=SYSTEM, at=AT)
    for row in rows:
        with transaction():
            needs.settle_need(row, NeedState.OPEN, actor=SYSTEM, at=AT)
    with transaction():
        needs.confirm_needs(case, actor=SYSTEM, at=AT)
    with pytest.raises(Conflict), transaction():
        open_from_award(cohort, award.id, actor=SYSTEM, at=AT)
    titles = [m.title for m in story_of(SYSTEM, case.id).moments]
    assert "Giải Nhất" in titles


@pytest.mark.parametrize("released", [True, False])
def test_staff_are_told_whether_the_judges_words_came_along(award, sign_in, released):
    cohort = make_cohort()
    if not released:
        db.session.execute(sa.update(ScoreSheet).values(comment_released_at=None))
    db.session.commit()
    url = f"/mentoring/cohorts/{cohort.slug}/intake/{award.id}"
    page = sign_in(make_staff()).post(url, follow_redirects=True).text
    assert ("đã thành nhu cầu đề xuất" in page) is released
    assert ("đội tự nêu nhu cầu" in page) is not released


def test_an_award_that_is_not_yet_public_opens_nothing_and_is_not_told(award, at):
    cohort = make_cohort()
    publication = db.session.scalars(sa.select(Publication)).one()
    publication.visible_at = AT + timedelta(minutes=1)
    db.session.commit()
    assert awards_without_case(cohort) == []
    with pytest.raises(NotFound), transaction():
        open_from_award(cohort, award.id, actor=SYSTEM, at=AT)
    publication.visible_at, award.at = AT, AT + timedelta(minutes=1)
    db.session.commit()
    assert awards_without_case(cohort) == [], "given after the list was drawn up"
    award.at = AT
    db.session.commit()
    assert [row[0].id for row in awards_without_case(cohort)] == [award.id]


def test_who_judges_a_team_does_not_mentor_it_before_the_results(session, at):
    cohort = make_cohort()
    account, commitment = make_mentor(cohort)
    case, _ = make_case(cohort)
    edition = make_edition()
    division = make_division(edition)
    part = make_stage_division(make_stage(edition), division, state=StageState.OPEN)
    entry = make_entry(division)
    entry.team_id = case.team_id
    stage_entry = make_stage_entry(part, entry)
    save(
        Assignment(
            stage_entry_id=stage_entry.id,
            judge_id=account.person_id,
            state=AssignmentState.SUBMITTED,
            created_at=AT,
        )
    )
    db.session.commit()
    first = solved(cohort)
    assert first.answer["empty"][0]["refused"] == {"judging": 1}
    offer, mentor = make_offer_in(case, commitment), Actor(person_id=account.person_id)
    db.session.commit()
    with pytest.raises(Conflict, match="đang chấm đội này"), transaction():
        offers.accept(offer, actor=mentor, at=AT)
    part.state = StageState.PUBLISHED
    db.session.commit()
    assert solved(cohort).answer["totals"]["filled"] == 1


def solved(cohort):
    with transaction():
        run = runs.ask_run(cohort, actor=SYSTEM, at=AT)
    jobs.execute(run.id, at=AT)
    row = db.session.scalars(sa.select(MatchRun).where(MatchRun.id == run.id)).one()
    assert row.state is RunState.DRAFT, row.answer
    return row


def test_an_old_run_is_computed_again_from_what_it_stored(session, at):
    cohort = make_cohort()
    make_mentor(cohort)
    make_case(cohort)
    db.session.commit()
    run = solved(cohort)
    from incubator.mentoring.matching.solving import input_hash, solve

    problem = runs.problem_of(run)
    assert input_hash(problem) == run.input_hash
    assert solve(problem).stage("total") == run.answer["totals"]["value_tenths"]


def test_figures_stand_beside_plan_and_last_year(pair):
    cohort, mentor, commitment, case, captain = pair
    row = make_mentorship(case, commitment)
    for moment, minutes in ((AT, 120), (AT - timedelta(days=365), 60), (AT - timedelta(days=300), 60)):
        save(
            MentoringSession(
                mentorship_id=row.id, state=SessionState.HELD, starts_at=moment, ends_at=moment + HOUR, minutes=minutes,
                created_at=AT, moves=[],
            )
        )  # fmt: skip
    db.session.commit()
    scheme = db.session.get(Programme, cohort.programme_id)
    with transaction():
        programmes.set_indicator(scheme, "Giờ", year=2026, target=8, counts="hours", actor=SYSTEM, at=AT)
        programmes.set_indicator(
            scheme, "Ý tưởng", year=2026, target=3600, done=1628, last_year=1400, actor=SYSTEM, at=AT
        )
        progress.report_metrics(case, date(2026, 2, 5), {Metric.JOBS: 3}, actor=captain, at=AT)
    hours, ideas = indicator_lines(scheme, 2026, AT + HOUR)
    assert (hours.done, hours.last_year, hours.share) == (2, 1, 0.25)
    assert round(ideas.share, 3) == 0.452
    with pytest.raises(Invalid), transaction():
        progress.report_metrics(case, date(2027, 2, 5), {Metric.JOBS: 3}, actor=captain, at=AT)


def test_only_the_team_applies_and_only_once(pair):
    cohort, mentor, _commitment, case, captain = pair
    second = make_cohort()
    db.session.commit()
    with pytest.raises(NotAllowed), transaction():
        apply_for(second, case.team_id, title="X", field="", reason="", actor=mentor, at=AT)
    with transaction():
        apply_for(second, case.team_id, title="X", field="", reason="", actor=captain, at=AT)
    with pytest.raises(Conflict), transaction():
        apply_for(second, case.team_id, title="X", field="", reason="", actor=captain, at=AT)
    assert cohort.id != second.id
