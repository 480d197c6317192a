"""Every page of mentoring as each role sees it, and the main flow through plain forms."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from incubator.core.db import db
from incubator.models import (
    CaseStage,
    Conflict,
    ConflictKind,
    MatchRun,
    MentoringSession,
    MentorKind,
    Mentorship,
    Offer,
    OfferState,
    Pair,
    RunState,
    SessionState,
)
from tests.factories import AT, save
from tests.mentoring.factories import (
    make_case,
    make_cohort,
    make_mentor,
    make_mentorship,
    make_room,
    make_staff,
)

NEXT_TUESDAY = datetime(2026, 3, 10, 14, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def scene(session, at):
    """A cohort with two teams and three mentors."""
    cohort = make_cohort()
    mentor, commitment = make_mentor(cohort)
    make_mentor(cohort, "Phan Thị Kim Ngân", MentorKind.TECHNICAL, 1, ("ai",))
    make_mentor(cohort, "Trương Công Lập", MentorKind.TECHNICAL, 1, ("materials",))
    case, captain = make_case(cohort, needs=("business_model", "ai"))
    other, _ = make_case(cohort, "Gốm Xanh Lái Thiêu", needs=("materials", "marketing"))
    return {
        "cohort": cohort, "mentor": mentor, "commitment": commitment, "case": case, "captain": captain, "other": other,
        "staff": make_staff(),
    }  # fmt: skip


def run_once(browser, scene, **values):
    form = {"label": "", "floor": "1", "keep_bonus": "100", "min_score": "0", "needs": "400", "field": "180",
            "slots": "150", "stage": "85", "place": "85", "wish": "100", **values}  # fmt: skip
    return browser.post(f"/mentoring/cohorts/{scene['cohort'].slug}/match", data=form)


def test_staff_pages_open(scene, sign_in):
    staff = sign_in(scene["staff"])
    assert run_once(staff, scene).status_code == 303
    base = f"/mentoring/cohorts/{scene['cohort'].slug}"
    run = db.session.scalars(sa.select(MatchRun)).one()
    pages = ["/mentoring/", base, f"{base}/intake", f"{base}/mentors", f"{base}/match", f"{base}/offers",
             f"{base}/sessions", f"{base}/support", f"{base}/numbers", f"{base}/numbers.xlsx",
             f"/mentoring/cases/{scene['case'].id}", f"/mentoring/runs/{run.id}/fairness",
             f"/mentoring/runs/{run.id}/move/{scene['case'].id}/technical"]  # fmt: skip
    assert {page: staff.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)


def test_visitors_and_strangers_see_nothing(scene, sign_in, client):
    base = f"/mentoring/cohorts/{scene['cohort'].slug}"
    assert client.get(base).status_code == 302
    stranger = sign_in(make_case(make_cohort(), "Khác")[1])
    assert stranger.get(base).status_code == 403
    assert stranger.get(f"/mentoring/cases/{scene['case'].id}").status_code == 404


def test_mentor_and_team_pages_open(scene, sign_in):
    make_mentorship(scene["case"], scene["commitment"])
    mentor, captain = sign_in(scene["mentor"]), sign_in(scene["captain"])
    slug = scene["cohort"].slug
    for page in (
        "/mentoring/me",
        "/mentoring/me/profile",
        "/mentoring/me/wishes",
        f"/mentoring/cohorts/{slug}/join",
    ):
        assert mentor.get(page).status_code == 200
    for page in ("/mentoring/", f"/mentoring/cohorts/{slug}/apply", f"/mentoring/cases/{scene['case'].id}"):
        assert captain.get(page).status_code == 200


def test_figures_of_a_month_are_read_on_a_phone_without_scrolling_aside(scene, sign_in):
    captain = sign_in(scene["captain"])
    url = f"/mentoring/cases/{scene['case'].id}"
    sent = {"period": "05/02/2026", "headcount": "5", "jobs": "3"}
    assert captain.post(f"{url}/metrics", data=sent).status_code == 303
    assert re.search(
        r'to-rows">.*<td class="n" data-label="Việc làm mới">3</td>', captain.get(url).text, re.S
    )


def test_from_run_to_certificate(scene, sign_in, at):
    """Run, publish, accept, book with a room, minutes, hours certificate."""
    staff, mentor = sign_in(scene["staff"]), sign_in(scene["mentor"])
    room = make_room()
    run_once(staff, scene)
    run = db.session.scalars(sa.select(MatchRun)).one()
    assert run.state is RunState.DRAFT
    assert db.session.scalar(sa.select(sa.func.count(Pair.id))) == 4
    staff.post(f"/mentoring/runs/{run.id}/publish")
    offer = db.session.scalars(
        sa.select(Offer).where(
            Offer.person_id == scene["mentor"].person_id, Offer.case_id == scene["case"].id
        )
    ).one()
    page = mentor.get(f"/mentoring/offers/{offer.id}").text
    assert "HealthyMap AI" in page
    assert "Trần Thị Bé" not in page
    answer = mentor.post(f"/mentoring/offers/{offer.id}", data={"step": "accept", "reason": ""})
    mentorship = db.session.scalars(sa.select(Mentorship)).one()
    assert answer.location == f"/mentoring/mentorships/{mentorship.id}/book"
    assert "Phòng họp 1" in mentor.get(answer.location).text
    assert answer.location in mentor.get(f"/mentoring/offers/{offer.id}").text
    assert "từ giải thưởng" not in (fair := staff.get(f"/mentoring/runs/{run.id}/fairness").text)
    assert "tự đăng ký" in fair
    booked = mentor.post(
        answer.location, data={"starts": "10/03/2026 14:00", "minutes": "60", "resource_id": str(room.id)}
    )
    session = db.session.scalars(sa.select(MentoringSession)).one()
    assert booked.location == f"/mentoring/sessions/{session.id}"
    assert session.starts_at == NEXT_TUESDAY
    calendar = mentor.get(f"/mentoring/sessions/{session.id}.ics").text
    assert "DTSTART;TZID=Asia/Ho_Chi_Minh:20260310T140000" in calendar.replace("\r\n ", "")
    from incubator.core import clock

    with clock.frozen(NEXT_TUESDAY + timedelta(hours=2)):
        held = mentor.post(
            f"/mentoring/sessions/{session.id}/held",
            data={
                "minutes": "75",
                "present": "2",
                "shared_note": "Chốt giá thử nghiệm",
                "staff_note": "Đội cần kế toán",
            },
        )
        assert held.status_code == 303
        pdf = mentor.get("/mentoring/me/hours.pdf")
        assert pdf.mimetype == "application/pdf"
        assert pdf.data.startswith(b"%PDF")
        seen = sign_in(scene["captain"]).get(f"/mentoring/sessions/{session.id}").text
    assert db.session.get(MentoringSession, session.id).state is SessionState.HELD
    assert "Chốt giá thử nghiệm" in seen
    assert "Đội cần kế toán" not in seen


def test_a_manual_move_shows_its_exact_price_and_holds(scene, sign_in):
    """Forcing the other technical mentor swaps the two teams; the price is the difference of the totals."""
    staff = sign_in(scene["staff"])
    run_once(staff, scene)
    run = db.session.scalars(sa.select(MatchRun)).one()
    before = run.answer["totals"]["value_tenths"]
    seats = {(p.case_id, p.kind): p.person_id for p in db.session.scalars(sa.select(Pair))}
    wanted = seats[scene["other"].id, "technical"]
    page = staff.get(f"/mentoring/runs/{run.id}/move/{scene['case'].id}/technical").text
    staff.post(
        f"/mentoring/runs/{run.id}/hold/{scene['case'].id}/technical",
        data={"person": str(wanted), "reason": "Đã quen"},
    )
    db.session.expire_all()
    run = db.session.scalars(sa.select(MatchRun)).one()
    seats = {(p.case_id, p.kind): p.person_id for p in db.session.scalars(sa.select(Pair))}
    assert seats[scene["case"].id, "technical"] == wanted
    price = (run.answer["totals"]["value_tenths"] - before) / 10
    assert price < 0
    assert f"−{abs(price):g}".replace(".", ",") in page
    assert run.locks[0]["reason"] == "Đã quen"


def test_a_lock_that_breaks_a_rule_is_refused_with_both_names(scene, sign_in):
    staff = sign_in(scene["staff"])
    save(
        Conflict(
            person_id=scene["mentor"].person_id, team_id=scene["case"].team_id, kind=ConflictKind.FAMILY, reason="Chị em",
            source="secretary", valid_from=AT,
        )
    )  # fmt: skip
    run_once(staff, scene)
    run = db.session.scalars(sa.select(MatchRun)).one()
    before = [(p.case_id, p.kind, p.person_id) for p in db.session.scalars(sa.select(Pair).order_by(Pair.id))]
    answer = staff.post(
        f"/mentoring/runs/{run.id}/hold/{scene['case'].id}/business",
        data={"person": str(scene["mentor"].person_id)}, follow_redirects=True,
    )  # fmt: skip
    assert "Cặp giữ HealthyMap AI – Lý Minh Tuấn vi phạm điều kiện “xung đột lợi ích”" in answer.text
    after = [(p.case_id, p.kind, p.person_id) for p in db.session.scalars(sa.select(Pair).order_by(Pair.id))]
    assert after == before


def test_weights_that_do_not_sum_keep_what_was_typed(scene, sign_in):
    answer = run_once(sign_in(scene["staff"]), scene, label="Lượt của Cô Liên", needs="300")
    assert answer.status_code == 422
    assert "phải bằng 1000, hiện là 900" in answer.text
    assert "Lượt của Cô Liên" in answer.text
    assert db.session.scalar(sa.select(sa.func.count(MatchRun.id))) == 0


def test_no_mentors_is_a_sentence(session, at, sign_in):
    cohort = make_cohort()
    make_case(cohort)
    staff = sign_in(make_staff())
    run_once(staff, {"cohort": cohort})
    assert "Chưa có cố vấn nào" in staff.get(f"/mentoring/cohorts/{cohort.slug}/match").text


def test_stage_change_needs_a_decision(scene, sign_in):
    staff = sign_in(scene["staff"])
    url = f"/mentoring/cases/{scene['case'].id}/stage"
    refused = staff.post(url, data={"to": "incubation", "reason": "Đủ điều kiện", "decision": ""})
    assert refused.status_code == 422
    assert "Ghi số quyết định" in refused.text
    assert "Đủ điều kiện" in refused.text
    staff.post(url, data={"to": "incubation", "reason": "Đủ điều kiện", "decision": "12/QĐ-BIIC"})
    db.session.expire_all()
    assert scene["case"].stage is CaseStage.INCUBATION


def test_decline_needs_a_reason(scene, sign_in):
    staff, mentor = sign_in(scene["staff"]), sign_in(scene["mentor"])
    run_once(staff, scene)
    run = db.session.scalars(sa.select(MatchRun)).one()
    staff.post(f"/mentoring/runs/{run.id}/publish")
    offer = db.session.scalars(sa.select(Offer).where(Offer.person_id == scene["mentor"].person_id)).first()
    assert (
        mentor.post(f"/mentoring/offers/{offer.id}", data={"step": "decline", "reason": ""}).status_code
        == 422
    )
    mentor.post(f"/mentoring/offers/{offer.id}", data={"step": "decline", "reason": "Bận"})
    db.session.expire_all()
    assert db.session.get(Offer, offer.id).state is OfferState.DECLINED
    run_once(staff, scene)
    latest = db.session.scalars(sa.select(MatchRun).order_by(MatchRun.number.desc())).first()
    again = db.session.scalars(sa.select(Pair).where(Pair.run_id == latest.id)).all()
    assert (offer.case_id, offer.person_id) not in {(p.case_id, p.person_id) for p in again}


def test_a_refused_booking_keeps_what_was_typed(scene, sign_in):
    row = make_mentorship(scene["case"], scene["commitment"])
    room = make_room()
    mentor = sign_in(scene["mentor"])
    form = {
        "starts": "10/03/2026 14:00",
        "minutes": "60",
        "resource_id": str(room.id),
        "agenda": "Bàn giá bán",
    }
    url = f"/mentoring/mentorships/{row.id}/book"
    assert mentor.post(url, data=form).status_code == 303
    refused = mentor.post(url, data=form)
    assert refused.status_code == 422
    assert "đã có lượt khác" in refused.text
    assert "Bàn giá bán" in refused.text


def test_an_hour_is_booked_with_its_room_and_agenda_by_one_button(scene, sign_in):
    room = make_room()
    mentorship = make_mentorship(scene["case"], scene["commitment"])
    mentor, captain = sign_in(scene["mentor"]), sign_in(scene["captain"])
    url = f"/mentoring/mentorships/{mentorship.id}/book"
    hour = "10/03/2026 14:00"
    assert f'name="pick" value="{hour}"' in mentor.get(url).text
    form = {"pick": hour, f"room-{hour}": str(room.id), "minutes": "60", "agenda": "Xem bảng giá"}
    booked = mentor.post(url, data=form)
    session = db.session.scalars(sa.select(MentoringSession)).one()
    assert booked.location == f"/mentoring/sessions/{session.id}"
    assert (session.starts_at, session.resource_id, session.agenda) == (NEXT_TUESDAY, room.id, "Xem bảng giá")
    captain.post(f"/mentoring/sessions/{session.id}/agenda", data={"agenda": "Xem hợp đồng"})
    assert "DESCRIPTION:Xem hợp đồng" in mentor.get(f"/mentoring/sessions/{session.id}.ics").text
    mentor.post(f"/mentoring/sessions/{session.id}/end", data={"step": "cancel", "reason": "Ốm"})
    captain.post(f"/mentoring/sessions/{session.id}/agenda", data={"agenda": "Sau khi hủy"})
    db.session.refresh(session)
    assert session.agenda == "Xem hợp đồng"


def test_what_is_offered_already_is_not_offered_again(scene, sign_in):
    staff = sign_in(scene["staff"])
    run_once(staff, scene)
    first = db.session.scalars(sa.select(MatchRun)).one()
    url = f"/mentoring/cohorts/{scene['cohort'].slug}/match"
    assert "Gửi 4 lời mời" in staff.get(url).text
    staff.post(f"/mentoring/runs/{first.id}/publish")
    run_once(staff, scene)
    second = db.session.scalars(sa.select(MatchRun).where(MatchRun.id != first.id)).one()
    assert "lời mời</button>" not in staff.get(url).text
    answer = staff.post(f"/mentoring/runs/{second.id}/publish", follow_redirects=True)
    assert "Mọi cặp của lượt này đã có lời mời đang chờ" in answer.text
    assert db.session.scalar(sa.select(sa.func.count(Offer.id))) == 4


def test_each_rule_that_refuses_says_whether_it_may_be_waived(scene, sign_in):
    staff = sign_in(scene["staff"])
    save(
        Conflict(
            person_id=scene["mentor"].person_id, team_id=scene["case"].team_id, kind=ConflictKind.FAMILY, reason="Chị em",
            source="secretary", valid_from=AT,
        )
    )  # fmt: skip
    run_once(staff, scene)
    run = db.session.scalars(sa.select(MatchRun)).one()
    page = staff.get(f"/mentoring/runs/{run.id}/move/{scene['case'].id}/business").text
    assert "không ai bỏ qua được" in page
    assert "Bỏ qua điều kiện" not in page


def test_room_is_never_below_what_is_accepted(scene, sign_in):
    make_mentorship(scene["case"], scene["commitment"])
    mentor = sign_in(scene["mentor"])
    url = f"/mentoring/commitments/{scene['commitment'].id}"
    answer = mentor.post(url, data={"step": "change", "max_teams": "0"}, follow_redirects=True)
    assert "Đang cố vấn 1 đội" in answer.text
    db.session.refresh(scene["commitment"])
    assert scene["commitment"].max_teams > 0


def test_the_workbook_holds_dates_as_dates(scene, sign_in):
    import io

    import openpyxl

    data = sign_in(scene["staff"]).get(f"/mentoring/cohorts/{scene['cohort'].slug}/numbers.xlsx").data
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert all(isinstance(cell.value, datetime) for cell in book["Theo tháng"]["A"][1:])
    assert all(isinstance(cell.value, datetime) for cell in book["Hồ sơ"]["D"][1:])
    assert book["Hồ sơ"]["D"][1].number_format == "dd/mm/yyyy"
