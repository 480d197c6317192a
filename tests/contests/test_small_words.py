"""Words on screens: English where there is English, and no promise that does not hold."""

from __future__ import annotations

import re

from incubator.contests import dossier
from incubator.contests.queries import editions as edition_reads
from incubator.contests.queries import entries as reads
from incubator.contests.services import drafts, submission
from incubator.core.access import Actor
from incubator.core.db import db, transaction
from incubator.models import Division, ImportRow, RosterChange
from tests.contests.factories import GOOD, division_of, make_open_edition, make_school, make_teacher, team
from tests.contests.import_factories import read_batch
from tests.contests.test_imports import small_file, team_line
from tests.contests.test_pages import page_of, typed
from tests.factories import AT, save

SYSTEM = Actor(system="test")
OTHERS = "Các đội khác không bị ảnh hưởng"


def test_the_dossier_offers_and_shows_fields_in_the_readers_language(session, sign_in, at):
    field = {"slug": "ai", "vi": "Trí tuệ nhân tạo", "en": "Artificial intelligence"}
    edition, school = make_open_edition(fields=[field]), make_school()
    wanted = dossier.to_json(dossier.Requirements(title=True))
    db.session.query(Division).filter_by(edition_id=edition.id).update({"dossier": wanted})
    db.session.commit()
    with transaction():
        made = drafts.create_draft(
            edition, team("Gốm Đỏ", division_of(edition, "thcs"), *GOOD), organisation=school, actor=SYSTEM, at=AT
        )  # fmt: skip
        whole = edition_reads.get_edition(edition.slug)
        submission.submit([reads.get_entry(made.id)], whole, [], actor=SYSTEM, at=AT)
    browser = sign_in(make_teacher(school))
    assert '<option value="ai">Trí tuệ nhân tạo</option>' in browser.get(f"/entries/{made.id}").text
    browser.post("/language", data={"locale": "en"})
    page = browser.get(f"/entries/{made.id}").text
    assert '<option value="ai">Artificial intelligence</option>' in page
    assert "Trí tuệ nhân tạo" not in page


def test_a_row_to_be_settled_offers_divisions_in_the_readers_language(secretary, robotics):
    db.session.query(Division).filter_by(edition_id=robotics.id, name="THCS").update(
        {"name_en": "Lower secondary"}
    )
    db.session.commit()
    batch = read_batch(
        robotics, [small_file(team_line("Cầu Vồng", school="TRƯỜNG TIỂU HỌC ĐỊNH HÒA", born1="31/02/2015"))]
    )
    row = db.session.query(ImportRow).filter_by(batch_id=batch.id).one()
    secretary.post("/language", data={"locale": "en"})
    page = secretary.get(f"/contests/{robotics.slug}/imports/{batch.id}/rows/{row.id}").text
    assert 'data-label="Repaired"' in page, "what was repaired is no button to edit"
    options = re.findall(r"<option[^>]*>([^<]*)</option>", page[page.index('id="division"') :])
    assert "Lower secondary" in options
    assert "THCS" not in options


def test_that_other_teams_can_go_is_said_only_where_they_can(session, sign_in, at):
    edition, school = make_open_edition(), make_school()
    browser, page = sign_in(make_teacher(school)), page_of(edition, school)
    wrong = typed(edition, ("Nguyễn Văn An", "17/05/1990"), GOOD[1], team_name="Sai Tuổi")
    browser.post(page, data={**wrong, "do": "save"})
    text = browser.get(page).text
    assert "1 đội cần sửa" in text
    assert OTHERS not in text
    good = typed(edition, ("Lý Minh Quân", "17/05/2013"), ("Lý Thị Hai", "17/06/2013"), team_name="Đủ")
    browser.post(page, data={**good, "do": "save"})
    assert OTHERS in browser.get(page).text


def test_a_replacement_whose_names_were_erased_does_not_read_as_somebody_taken_out(session, sign_in, at):
    edition, school = make_open_edition(), make_school()
    with transaction():
        made = drafts.create_draft(
            edition, team("Gốm Đỏ", division_of(edition, "thcs"), *GOOD), organisation=school, actor=SYSTEM, at=AT
        )  # fmt: skip
        submission.submit(
            [reads.get_entry(made.id)], edition_reads.get_edition(edition.slug), [], actor=SYSTEM, at=AT
        )
    change = {
        "kind": "replace",
        "full_name": "",
        "birth_date": None,
        "class_name": "8A",
    }  # as erasing leaves it
    row = save(RosterChange(entry_id=made.id, change=change, reason="", state="approved", requested_at=AT))
    browser = sign_in(make_teacher(school))
    shown = browser.get(f"/entries/{made.id}").text.split("Các đề nghị đổi")[1].split("</section>")[0]
    assert "bớt" not in shown
    row.change = {**change, "kind": "remove"}
    db.session.commit()
    shown = browser.get(f"/entries/{made.id}").text.split("Các đề nghị đổi")[1].split("</section>")[0]
    assert "bớt" in shown
