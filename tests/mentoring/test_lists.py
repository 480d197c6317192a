"""Every list of a cohort: found without diacritics, sorted by given name, as a file, few queries however long."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from incubator.core.db import db
from incubator.models import (
    CaseStage,
    IncubationCase,
    MentoringSession,
    Metric,
    MetricReport,
    SessionState,
    StageChange,
)
from tests.factories import AT, save
from tests.mentoring.factories import (
    make_case,
    make_cohort,
    make_mentor,
    make_mentorship,
    make_offer,
    make_staff,
)


@pytest.fixture
def scene(session, at):
    cohort = make_cohort()
    rows = []
    for name, title in (
        ("Trần Văn Ánh", "Gốm Xanh"),
        ("Lê Thị Bình", "Nước Sạch"),
        ("Đỗ Đức Cường", "HealthyMap AI"),
    ):
        _account, commitment = make_mentor(cohort, name)
        case, _captain = make_case(cohort, title)
        row = make_mentorship(case, commitment)
        save(
            MentoringSession(mentorship_id=row.id, state=SessionState.HELD, starts_at=AT, ends_at=AT + timedelta(hours=1), minutes=60,
                             moves=[], created_at=AT)
        )  # fmt: skip
        make_offer(case, commitment)
        rows.append(case)
    return {"cohort": cohort, "cases": rows}


@pytest.fixture
def staff(scene, sign_in):
    return sign_in(make_staff())


LISTS = {
    "cases": ("healthymap", "HealthyMap AI", "Nước Sạch"),
    "mentors": ("duc cuong", "Đỗ Đức Cường", "Lê Thị Bình"),
    "offers": ("nuoc sach", "Nước Sạch", "Gốm Xanh"),
    "sessions": ("anh", "Trần Văn Ánh", "Lê Thị Bình"),
}


def table(text):
    return text[text.index("<tbody>") : text.index("</tbody>")]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_searched_without_diacritics_and_downloaded(scene, staff, name):
    words, found, other = LISTS[name]
    url = f"/mentoring/cohorts/{scene['cohort'].slug}/{name}"
    rows = table(staff.get(f"{url}?q={words}").text)
    assert found in rows
    assert other not in rows
    file = staff.get(f"{url}?q={words}&file=csv")
    assert found in file.text
    assert other not in file.text
    assert staff.get(f"{url}?file=xlsx").data[:2] == b"PK"


@pytest.mark.parametrize("name", ["mentors", "offers", "sessions"])
def test_people_are_sorted_by_given_name(scene, staff, name):
    sort = "name" if name == "mentors" else "mentor"
    rows = table(staff.get(f"/mentoring/cohorts/{scene['cohort'].slug}/{name}?sort={sort}").text)
    places = [rows.index(n) for n in ("Trần Văn Ánh", "Lê Thị Bình", "Đỗ Đức Cường")]
    assert places == sorted(places)
    down = table(staff.get(f"/mentoring/cohorts/{scene['cohort'].slug}/{name}?sort=-{sort}").text)
    assert down.index("Đỗ Đức Cường") < down.index("Trần Văn Ánh")


@pytest.mark.parametrize(
    "name", ["cases", "mentors", "offers", "sessions", "support", "alumni", "kpi", "intake"]
)
def test_a_longer_list_asks_no_more(scene, staff, name, queries):
    url = f"/mentoring/cohorts/{scene['cohort'].slug}/{name}"
    staff.get(url)
    with queries() as few:
        assert staff.get(url).status_code == 200
    for n in range(30):
        _account, commitment = make_mentor(scene["cohort"], f"Người Thứ {n}")
        make_offer(make_case(scene["cohort"], f"Dự án {n}")[0], commitment)
    with queries() as many:
        assert staff.get(url).status_code == 200
    assert len(many) <= len(few) <= 12


def graduate(case):
    case.stage = CaseStage.GRADUATED
    save(StageChange(case_id=case.id, from_stage=CaseStage.INCUBATION, to_stage=CaseStage.GRADUATED, reason="Đạt",
                     decision="77/QĐ-BIIC", at=AT))  # fmt: skip


def test_graduates_show_their_latest_figures(scene, staff):
    case = db.session.get(IncubationCase, scene["cases"][0].id)
    graduate(case)
    for month, value in ((1, 5), (2, 8)):
        save(
            MetricReport(
                case_id=case.id,
                period=AT.date().replace(month=month, day=1),
                metric=Metric.JOBS,
                value=value,
                at=AT,
            )
        )
    rows = table(staff.get(f"/mentoring/cohorts/{scene['cohort'].slug}/alumni").text)
    assert "Gốm Xanh" in rows
    assert "77/QĐ-BIIC" in rows
    assert ">8<" in rows
    assert "Nước Sạch" not in rows


def test_a_month_of_figures_is_entered_for_all_cases_at_once(scene, staff):
    one, two = scene["cases"][:2]
    url = f"/mentoring/cohorts/{scene['cohort'].slug}/kpi"
    form = {
        "month": "2026-02",
        f"jobs-{one.id}": "3",
        f"revenue-{one.id}": "12.500.000",
        f"headcount-{two.id}": "6",
    }
    assert staff.post(url, data=form).status_code == 303
    stored = {(r.case_id, str(r.metric)): r.value for r in db.session.scalars(sa.select(MetricReport))}
    assert stored == {(one.id, "jobs"): 3, (one.id, "revenue"): 12_500_000, (two.id, "headcount"): 6}
    assert "12.500.000" in staff.get(f"{url}?month=2026-02").text


def test_a_wrong_figure_names_its_row_and_nothing_is_half_written(scene, staff):
    one, two = scene["cases"][:2]
    form = {"month": "2026-02", f"jobs-{one.id}": "3", f"jobs-{two.id}": "-4"}
    answer = staff.post(f"/mentoring/cohorts/{scene['cohort'].slug}/kpi", data=form)
    assert answer.status_code == 422
    assert "“Nước Sạch”, Việc làm mới: “-4”" in answer.text
    assert 'value="-4"' in answer.text
    assert db.session.scalar(sa.select(sa.func.count(MetricReport.id))) == 0
