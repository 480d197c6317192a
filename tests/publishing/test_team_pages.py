"""What a team and its school read and answer after publication."""

from __future__ import annotations

import io
from datetime import timedelta

import sqlalchemy as sa
from pypdf import PdfReader

from incubator.core import clock
from incubator.core.db import db
from incubator.models import (
    Appeal,
    Award,
    EntryState,
    Organisation,
    PublicationKind,
    StageDivision,
)
from tests.factories import make_entry, save

from .factories import HOUR
from .steps import issue


def test_teacher_reads_result_and_gets_all_certificates_in_one_file(world, publish, sign_in, actor_of):
    issue(world, publish(), actor_of(world.organiser))
    browser = sign_in(world.teacher)
    school = db.session.get_one(Organisation, world.rows[0].entry.organisation_id)
    make_entry(
        world.divisions[0], school, team="Đội chưa gửi", state=EntryState.DRAFT, number=None, code=None
    )
    with clock.frozen(HOUR):
        listed = browser.get("/publishing/teams").text
        file = browser.get(f"/publishing/certificates/{world.edition.slug}.pdf")
    assert "Đội Tiểu học 1" in listed
    assert "Đội Tiểu học 2" not in listed
    assert "Đội chưa gửi" not in listed
    pages = PdfReader(io.BytesIO(file.data)).pages
    assert len(pages) == 4
    assert "GIẤY CHỨNG NHẬN" in pages[0].extract_text()
    assert "no-store" in file.headers["Cache-Control"]


def test_team_page_hides_until_published_and_from_others(world, publish, sign_in):
    browser = sign_in(world.teacher)
    own, other = world.rows[0].entry.id, world.rows[1].entry.id
    with clock.frozen(HOUR):
        assert "94,00" not in browser.get(f"/publishing/entries/{own}").text
        assert browser.get(f"/publishing/entries/{other}").status_code == 404
    publish()
    with clock.frozen(HOUR):
        assert "94,00" in browser.get(f"/publishing/entries/{own}").text
        assert browser.get(f"/publishing/entries/{other}").status_code == 404
        assert browser.get(f"/publishing/entries/{own}/certificates.pdf").status_code == 404


def test_school_appeals_and_the_organiser_answers(world, publish, sign_in):
    publish()
    teacher, organiser = sign_in(world.teacher), sign_in(world.organiser)
    entry = world.rows[0].entry.id
    with clock.frozen(HOUR):
        assert teacher.post(f"/publishing/entries/{entry}", data={"text": "ngắn"}).status_code == 422
        sent = teacher.post(
            f"/publishing/entries/{entry}", data={"text": "Đội em thiếu điểm lượt hai, có biên bản kèm theo."}
        )
        assert sent.status_code == 303
    appeal = db.session.scalars(sa.select(Appeal)).one()
    path = f"/publishing/{world.edition.slug}/appeals"
    assert "thiếu điểm lượt hai" in organiser.get(path, query_string={"appeal": appeal.id}).text
    answer = {"appeal": appeal.id, "state": "declined", "answer": "Biên bản ghi đúng như bảng điểm."}
    assert organiser.post(path, data=answer).status_code == 303
    assert (
        organiser.post(path, data=answer).status_code == 409
        or db.session.get(Appeal, appeal.id).state == "declined"
    )
    with clock.frozen(HOUR):
        assert "Biên bản ghi đúng" in teacher.get(f"/publishing/entries/{entry}").text


def test_team_sees_its_own_criterion_means_and_what_parted_a_tie(world, publish, sign_in):
    from incubator.models import Criterion, Rubric

    rubric = save(Rubric(edition_id=world.edition.id, name="Bộ tiêu chí", created_at=HOUR))
    made = [
        save(Criterion(rubric_id=rubric.id, position=position, name=name, max_e2=5000))
        for position, name in enumerate(("Tính mới", "Tính sáng tạo"))
    ]
    chain = [{"kind": "criterion", "criteria": [made[1].id]}]
    world.final.settings = {"scoring": {"chain": chain}}
    row = world.rows[0].stage_entry
    part = db.session.get(StageDivision, row.stage_division_id)
    part.rubric_id = rubric.id
    row.result = {"means_e4": [451200, 488800], "key": [940000, 488800], "separated_by": 1}
    db.session.commit()
    publish()
    with clock.frozen(HOUR):
        page = sign_in(world.teacher).get(f"/publishing/entries/{world.rows[0].entry.id}").text
    for text in ("Tính mới", "45,12", "Tính sáng tạo", "48,88", "xếp theo Tính sáng tạo: 48,88", "Giải Nhất"):
        assert text in page


def test_a_team_that_did_not_go_on_reads_where_it_stopped_once_the_finalists_are_published(
    world, publish, sign_in
):
    last = world.rows[2]
    grant = sign_in(world.teacher)
    db.session.execute(sa.update(Award).where(Award.entry_id == last.entry.id).values(revoked_at=HOUR))
    last.entry.organisation_id = world.rows[0].school.id
    db.session.delete(last.stage_entry)
    db.session.commit()
    publish()
    with clock.frozen(HOUR):
        assert "Dừng ở" not in grant.get("/publishing/teams").text
    publish(PublicationKind.FINALISTS, world.qualifying)
    with clock.frozen(HOUR):
        assert "Dừng ở Vòng loại" in grant.get("/publishing/teams").text


def test_a_team_reads_that_its_line_was_corrected_and_why_and_others_do_not(
    world, publish, sign_in, actor_of
):
    from incubator.publishing.services import EntryChange

    from .steps import correct

    publish()
    one, two = world.rows[0], world.rows[1]
    browser = sign_in(world.teacher)
    correct(world, actor_of(world.organiser), EntryChange(two.entry.id, 2, 925000, world.second.id))
    with clock.frozen(HOUR):
        assert "Đính chính" not in browser.get(f"/publishing/entries/{one.entry.id}").text
    correct(
        world, actor_of(world.organiser), EntryChange(one.entry.id, 1, 935000, world.first.id),
        at=HOUR + timedelta(hours=1), reason="Trừ nửa điểm quá giờ",
    )  # fmt: skip
    path = f"/publishing/entries/{one.entry.id}"
    with clock.frozen(HOUR):  # an hour before it is seen
        early = browser.get(path).text
    assert "Trừ nửa điểm" not in early
    assert "93,50" not in early
    with clock.frozen(HOUR + timedelta(hours=1)):
        text = browser.get(path).text
    assert "Đính chính, phiên bản 3" in text
    assert "<del>94,00</del><ins>93,50</ins>" in text
    assert "Trừ nửa điểm quá giờ" in text
    assert "Cộng nhầm điểm" not in text, "version 2 changed another team only"


def test_a_team_taken_off_the_list_reads_so_and_why(world, publish, sign_in, actor_of):
    from incubator.publishing.services import EntryChange

    from .steps import correct

    publish()
    one = world.rows[0]
    correct(world, actor_of(world.organiser), EntryChange(one.entry.id, None, None, None, "unlisted"))
    with clock.frozen(HOUR):
        text = sign_in(world.teacher).get(f"/publishing/entries/{one.entry.id}").text
    assert "Không còn trong danh sách" in text
    assert "Cộng nhầm điểm" in text
    assert "Gửi khiếu nại" in text
