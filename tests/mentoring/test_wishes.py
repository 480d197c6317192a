"""Wishes of mentors: from their page into the problem that is solved."""

from __future__ import annotations

import pytest

from incubator.core.errors import Invalid, NotAllowed
from incubator.mentoring.matching import Settings
from incubator.mentoring.queries.problem import build_problem
from incubator.mentoring.queries.wishing import cases_to_wish, wishes_of_mentor
from incubator.mentoring.services import progress
from incubator.models import MentorKind
from tests.factories import AT
from tests.mentoring.factories import make_case, make_cohort, make_mentor, make_mentorship
from tests.reader import words

PAGE = "/mentoring/me/wishes"


@pytest.fixture
def scene(session, at):
    cohort = make_cohort()
    mentor, commitment = make_mentor(cohort)
    first, captain = make_case(cohort, "Máy lọc nước", needs=("business_model", "ai"))
    second, _ = make_case(cohort, "Gốm Xanh Lái Thiêu", needs=("materials",))
    elsewhere, _ = make_case(make_cohort(), "Khóa khác")
    return {
        "cohort": cohort, "mentor": mentor, "commitment": commitment, "first": first, "second": second,
        "elsewhere": elsewhere, "captain": captain,
    }  # fmt: skip


def offered(scene):
    return [row.case.title for row in cases_to_wish(scene["mentor"].person_id, AT.date())]


def test_mentor_ranks_teams_of_own_cohorts_and_the_matching_reads_it(scene, sign_in):
    browser = sign_in(scene["mentor"])
    page = words(browser.get(PAGE).text)
    assert "Gốm Xanh Lái Thiêu" in page
    assert "Khóa khác" not in page
    order = [scene["second"].id, scene["first"].id]
    assert browser.post(PAGE, data={"wish_1": order[0], "wish_2": order[1]}).status_code == 303
    assert wishes_of_mentor(scene["mentor"].person_id) == order
    problem = build_problem(scene["cohort"], Settings(), "salt", (), at=AT)
    (mentor,) = (m for m in problem.mentors if m.id == str(scene["mentor"].person_id))
    assert mentor.wishes == tuple(map(str, order))
    assert browser.post(PAGE, data={"wish_1": order[1]}).status_code == 303
    assert wishes_of_mentor(scene["mentor"].person_id) == order[1:]


def test_the_list_is_searched_without_diacritics(scene, sign_in):
    found = words(sign_in(scene["mentor"]).get(f"{PAGE}?q=gom xanh").text).partition("Đội cần gì")[2]
    assert "Gốm Xanh Lái Thiêu" in found
    assert "Máy lọc nước" not in found


def test_the_list_is_exported(scene, sign_in):
    lines = sign_in(scene["mentor"]).get(f"{PAGE}?file=csv&q=gom").data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Dự án")
    assert [line.split(",")[0] for line in lines[1:]] == ["Gốm Xanh Lái Thiêu"]


def test_a_team_chosen_twice_is_told_at_the_second(scene, sign_in):
    again = {"wish_1": scene["first"].id, "wish_3": scene["first"].id}
    answer = sign_in(scene["mentor"]).post(PAGE, data=again)
    assert answer.status_code == 422
    assert "Đội này đã ở nguyện vọng 1." in answer.text
    assert wishes_of_mentor(scene["mentor"].person_id) == []


def test_only_teams_that_look_for_such_a_mentor_are_offered(scene, actor_of):
    make_mentorship(scene["first"], scene["commitment"])
    assert offered(scene) == ["Gốm Xanh Lái Thiêu"]
    other, _commitment = make_mentor(scene["cohort"], "Phan Thị Kim Ngân", MentorKind.TECHNICAL, 1, ("ai",))
    both = [row.case.title for row in cases_to_wish(other.person_id, AT.date())]
    assert both == ["Gốm Xanh Lái Thiêu", "Máy lọc nước"]  # its place of another kind is free
    for stolen in (scene["elsewhere"].id, scene["first"].id, 10**6):
        with pytest.raises(Invalid, match="không còn tìm"):
            progress.rank_cases(scene["mentor"].person_id, [stolen], actor=actor_of(scene["mentor"]), at=AT)


def test_nobody_ranks_for_somebody_else(scene, sign_in, actor_of):
    with pytest.raises(NotAllowed):
        progress.rank_cases(
            scene["mentor"].person_id, [scene["first"].id], actor=actor_of(scene["captain"]), at=AT
        )
    page = sign_in(scene["captain"]).get(PAGE).text
    assert "Chưa có đội nào đang tìm cố vấn" in page
    assert "Gốm Xanh" not in page
