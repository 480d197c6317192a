"""Goals with evidence: words, a file that is what it says, the verdict; only those of the case see it."""

import io

import pytest
import sqlalchemy as sa

from incubator.core.db import db
from incubator.models import Milestone, MilestoneVerdict, StoredFile
from tests.factories import AT, save
from tests.mentoring.factories import make_case, make_cohort, make_mentor, make_mentorship

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def scene(session, at):
    cohort = make_cohort()
    mentor, commitment = make_mentor(cohort)
    case, captain = make_case(cohort)
    make_mentorship(case, commitment)
    goal = save(Milestone(case_id=case.id, title="Ba trạm dùng thử", due_on=AT.date(), created_at=AT))
    return {
        "mentor": mentor,
        "captain": captain,
        "goal": goal,
        "url": f"/mentoring/milestones/{goal.id}",
        "cohort": cohort,
    }


def upload(data, name):
    return {"step": "report", "evidence": "Biên bản ba phường", "file": (io.BytesIO(data), name)}


def test_the_team_sends_a_file_and_the_mentor_decides(scene, sign_in):
    captain, mentor = sign_in(scene["captain"]), sign_in(scene["mentor"])
    assert captain.post(scene["url"], data=upload(PDF, "biên bản.pdf")).status_code == 303
    db.session.expire_all()
    row = db.session.get(Milestone, scene["goal"].id)
    assert row.verdict is MilestoneVerdict.REPORTED
    assert db.session.get(StoredFile, row.evidence_file_id).media_type == "application/pdf"
    assert "biên bản.pdf" in mentor.get(scene["url"]).text
    assert mentor.get(f"{scene['url']}/evidence").data == PDF
    refused = mentor.post(scene["url"], data={"step": "not_met", "note": ""})
    assert refused.status_code == 422
    assert "Ghi vì sao chưa đạt" in refused.text
    mentor.post(scene["url"], data={"step": "met", "note": "Đủ"})
    db.session.expire_all()
    assert db.session.get(Milestone, row.id).verdict is MilestoneVerdict.MET


def test_a_file_that_is_not_what_it_says_is_refused_and_the_words_stay(scene, sign_in):
    answer = sign_in(scene["captain"]).post(
        scene["url"], data=upload(b"<script>alert(1)</script>", "anh.pdf")
    )
    assert answer.status_code == 422
    assert "không thuộc loại nhận được" in answer.text
    assert "Biên bản ba phường" in answer.text
    assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == 0


def test_the_team_does_not_judge_and_strangers_see_nothing(scene, sign_in):
    assert sign_in(scene["captain"]).post(scene["url"], data={"step": "met", "note": ""}).status_code == 403
    stranger = sign_in(make_case(scene["cohort"], "Khác")[1])
    assert stranger.get(scene["url"]).status_code == 404
    assert stranger.get(f"{scene['url']}/evidence").status_code == 404
