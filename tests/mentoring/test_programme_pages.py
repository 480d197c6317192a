"""Screens of programmes: rules, cohorts, support items, indicators, grants and what is taken back."""

from datetime import date

import pytest
import sqlalchemy as sa

from incubator.core.db import db
from incubator.models import (
    Cohort,
    Entitlement,
    Indicator,
    Programme,
    SupportGrant,
    SupportItem,
    SupportMove,
)
from tests.mentoring.factories import make_case, make_cohort, make_staff

PROGRAMME = {
    "name": "Đề án 826 tỉnh", "name_en": "Scheme 826", "decision": "826/QĐ-UBND", "starts_on": "01/01/2026", "ends_on": "31/12/2026",
    "summary": "", "places": ["technical", "business"], "hours_each": "10", "offer_days": "5", "remind_days": "2",
    "decline_days": "3", "quiet_days": "30",
}  # fmt: skip


@pytest.fixture
def staff(session, at, sign_in):
    return sign_in(make_staff())


def test_a_programme_is_founded_with_its_rules_and_a_first_cohort(staff):
    made = staff.post("/mentoring/programmes/new", data=PROGRAMME)
    assert made.status_code == 303
    row = db.session.scalars(sa.select(Programme)).one()
    assert (row.slug, row.decision, row.rules["hours_each"]) == ("de-an-826-tinh", "826/QĐ-UBND", 10)
    staff.post(
        f"/mentoring/programmes/{row.slug}/cohorts/new",
        data={
            "name": "Khóa 1",
            "name_en": "",
            "year": "2026",
            "starts_on": "01/03/2026",
            "ends_on": "30/11/2026",
        },
    )
    cohort = db.session.scalars(sa.select(Cohort)).one()
    assert (cohort.slug, cohort.ends_on) == ("khoa-1", date(2026, 11, 30))
    page = staff.get(f"/mentoring/programmes/{row.slug}").text
    assert "Khóa 1" in page
    assert "826/QĐ-UBND" in page
    assert "Đề án 826 tỉnh" in staff.get("/mentoring/").text


def test_rules_that_make_no_sense_keep_what_was_typed(staff):
    answer = staff.post("/mentoring/programmes/new", data={**PROGRAMME, "remind_days": "9"})
    assert answer.status_code == 422
    assert "Ngày nhắc phải trước hạn" in answer.text
    assert "Đề án 826 tỉnh" in answer.text
    none = staff.post("/mentoring/programmes/new", data={**PROGRAMME, "places": []})
    assert none.status_code == 422
    assert "ít nhất một loại cố vấn" in none.text
    assert db.session.scalar(sa.select(sa.func.count(Programme.id))) == 0


def test_programme_and_cohort_are_changed(staff):
    cohort = make_cohort()
    slug = db.session.get(Programme, cohort.programme_id).slug
    assert "826" in staff.get(f"/mentoring/programmes/{slug}/edit").text
    staff.post(
        f"/mentoring/programmes/{slug}/edit", data={**PROGRAMME, "hours_each": "20", "places": ["technical"]}
    )
    staff.post(
        f"/mentoring/cohorts/{cohort.slug}/edit",
        data={
            "name": "Khóa đổi tên",
            "name_en": "",
            "year": "2026",
            "starts_on": "01/03/2026",
            "ends_on": "30/11/2026",
        },
    )
    db.session.expire_all()
    assert db.session.get(Programme, cohort.programme_id).rules["hours_each"] == 20
    assert db.session.get(Programme, cohort.programme_id).rules["places"] == ["technical"]
    assert db.session.get(Cohort, cohort.id).name == "Khóa đổi tên"
    late = staff.post(
        f"/mentoring/cohorts/{cohort.slug}/edit",
        data={
            "name": "Khóa",
            "name_en": "",
            "year": "2026",
            "starts_on": "01/12/2026",
            "ends_on": "30/11/2026",
        },
    )
    assert late.status_code == 422


def test_indicators_are_added_changed_and_taken_off(staff):
    cohort = make_cohort()
    slug = db.session.get(Programme, cohort.programme_id).slug
    form = {"name": "Ý tưởng", "name_en": "Ideas", "year": "2026", "unit": "ý tưởng", "target": "3.600", "counts": "", "done": "1.628",
            "last_year": "1.400", "as_of": "01/10/2026", "source": "Đoàn thanh niên"}  # fmt: skip
    assert staff.post(f"/mentoring/programmes/{slug}/indicators/new", data=form).status_code == 303
    row = db.session.scalars(sa.select(Indicator)).one()
    assert (row.target, row.done) == (3600, 1628)
    page = staff.get(f"/mentoring/cohorts/{cohort.slug}/numbers?year=2026").text
    assert "45,2" in page
    staff.post(f"/mentoring/indicators/{row.id}", data={**form, "done": "1.700"})
    db.session.expire_all()
    assert db.session.get(Indicator, row.id).done == 1700
    refused = staff.post(f"/mentoring/indicators/{row.id}", data={**form, "target": "0"})
    assert refused.status_code == 422
    staff.post(f"/mentoring/indicators/{row.id}/remove", data={"confirmed": "1"})
    assert db.session.scalar(sa.select(sa.func.count(Indicator.id))) == 0


def test_support_is_defined_granted_used_and_taken_back(staff):
    cohort = make_cohort()
    case, _captain = make_case(cohort)
    slug = db.session.get(Programme, cohort.programme_id).slug
    item = {"kind": "workspace", "name": "Chỗ làm việc", "name_en": "Desk", "ceiling": "6", "decision": "826/QĐ-UBND",
            "resource_id": "0", "hours_per_unit": "160"}  # fmt: skip
    assert staff.post(f"/mentoring/programmes/{slug}/items/new", data=item).status_code == 303
    row = db.session.scalars(sa.select(SupportItem)).one()
    grant = {"item_id": str(row.id), "amount": "4", "decision": "31/QĐ-BIIC", "decided_on": "01/03/2026",
             "valid_from": "01/03/2026", "valid_to": "31/08/2026"}  # fmt: skip
    assert staff.post(f"/mentoring/cases/{case.id}/grants/new", data=grant).status_code == 303
    over = staff.post(f"/mentoring/cases/{case.id}/grants/new", data={**grant, "amount": "3"})
    assert over.status_code == 422
    assert "Còn cấp được 2" in over.text
    given = db.session.scalars(sa.select(SupportGrant)).one()
    assert db.session.scalars(sa.select(Entitlement.minutes)).one() == 4 * 160 * 60
    staff.post(
        f"/mentoring/grants/{given.id}/moves",
        data={"kind": "recovered", "amount": "1", "note": "Trả chỗ sớm"},
    )
    assert db.session.scalars(sa.select(SupportMove.amount)).one() == 1
    assert db.session.scalars(sa.select(Entitlement.minutes)).one() == 3 * 160 * 60
    too_much = staff.post(
        f"/mentoring/grants/{given.id}/moves", data={"kind": "recovered", "amount": "4", "note": ""}
    )
    assert too_much.status_code == 422
    assert "Chỉ còn 3" in too_much.text
    low = staff.post(f"/mentoring/items/{row.id}", data={**item, "ceiling": "2"})
    assert low.status_code == 422
    assert "31/QĐ-BIIC" in staff.get(f"/mentoring/cohorts/{cohort.slug}/support?q=31").text
    assert "31/QĐ-BIIC" not in staff.get(f"/mentoring/cohorts/{cohort.slug}/support?q=khong-co").text
    assert staff.get(f"/mentoring/cohorts/{cohort.slug}/support?file=csv").text.count("31/QĐ-BIIC") == 1


def test_programme_staff_do_not_reach_another_programme(session, at, sign_in):
    from incubator.core.access import Role, ScopeKind
    from tests.factories import make_user

    mine, other = make_cohort(), make_cohort()
    own = sign_in(make_user(Role.STAFF, ScopeKind.PROGRAMME, mine.programme_id, full_name="Hồ Thị Lan"))
    slugs = [db.session.get(Programme, c.programme_id).slug for c in (mine, other)]
    assert own.get(f"/mentoring/programmes/{slugs[0]}").status_code == 200
    assert own.get(f"/mentoring/programmes/{slugs[1]}").status_code == 404
    assert own.post("/mentoring/programmes/new", data=PROGRAMME).status_code in (403, 422)
    assert db.session.scalar(sa.select(sa.func.count(Programme.id))) == 2
