"""Pages of imports: who may come, what they show, and that every action is a plain form."""

import io
import re

import pytest
import sqlalchemy as sa
from flask_babel import force_locale

from incubator.contests import import_wording
from incubator.core.access import Role, ScopeKind
from incubator.core.db import db
from incubator.models import Entry, ImportBatch, ImportRow, ImportRowState, ImportState
from tests.contests import workbooks as wb
from tests.contests.import_factories import import_batch, make_robotics, read_batch, season_files
from tests.contests.test_imports import small_file, team_line
from tests.factories import make_user


def as_upload(files):
    return {"files": [(io.BytesIO(file.data), file.name) for file in files]}


def address(edition, batch=None, *rest):
    parts = ["/contests", edition.slug, "imports", *([str(batch.id)] if batch else [""]), *map(str, rest)]
    return "/".join(parts)


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_the_six_files_are_read_reviewed_and_imported_in_three_steps(secretary, robotics):
    assert secretary.get(address(robotics)).status_code == 200
    sent = secretary.post(address(robotics), data=as_upload(season_files()))
    assert sent.status_code == 303
    page = secretary.get(sent.location)
    assert page.status_code == 200
    text = text_of(page)
    assert "Nhập 314 đội" in text
    assert "từ 65 trường" in text
    assert "Cao Tuấn Bảo (17/05/2008) ngoài khoảng của bảng THCS (01/01/2010 – 31/12/2013)" in text
    assert "<title>Xem lại trước khi nhập" in page.text
    done = secretary.post(f"{sent.location}/confirm", follow_redirects=True)
    assert "Đã nhập" in text_of(done)
    assert "<title>Lượt nhập" in secretary.get(sent.location).text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) == 314


@pytest.mark.parametrize("tab", ["held", "repaired", "duplicates", "all", "left_out", "imported", "nonsense"])
def test_every_tab_of_the_review_opens(secretary, robotics, tab):
    batch = read_batch(robotics, season_files())
    page = secretary.get(f"{address(robotics, batch)}?tab={tab}&q=dinh hoa")
    assert page.status_code == 200


def test_search_in_the_review_needs_no_diacritics(secretary, robotics):
    batch = read_batch(robotics, season_files())
    text = text_of(secretary.get(f"{address(robotics, batch)}?tab=all&q=bup sen hong phu loi"))
    assert "Búp Sen Hồng" in text
    assert "Ong Vàng" not in text


def test_the_review_page_asks_the_same_number_of_queries_for_few_and_many_rows(secretary, robotics, queries):
    few = read_batch(robotics, [small_file(team_line())])
    many = read_batch(robotics, season_files())
    counts = []
    for batch in (few, many):
        db.session.expire_all()
        with queries() as log:
            assert secretary.get(f"{address(robotics, batch)}?tab=all").status_code == 200
        counts.append(len(log))
    assert counts[0] == counts[1]
    assert counts[1] <= 12


def test_a_held_row_is_mended_on_its_page(secretary, robotics):
    batch = read_batch(robotics, [small_file(team_line(born1="31/02/2015"))])
    row = db.session.scalars(sa.select(ImportRow)).one()
    url = address(robotics, batch, "rows", row.id)
    text = text_of(secretary.get(url))
    assert "Ngày sinh của Trần Văn An ghi “31/02/2015”: không phải một ngày có thật." in text
    form = {
        "team": "Sao Mai", "school": "Tiểu học Định Hòa", "division": "primary", "coach_name": "Phạm Thị Hoa",
        "coach_phone": "0912345678", "coach_email": "", "member_name": ["Trần Văn An", "Lê Thị Bình", ""],
        "member_birth": ["30/02/2015", "06/02/2015", ""], "member_class": ["4A", "4B", ""],
    }  # fmt: skip
    still = secretary.post(url, data=form, follow_redirects=True)
    assert "ghi “30/02/2015”: không phải một ngày có thật." in text_of(still)
    mended = secretary.post(url, data=form | {"member_birth": ["28/02/2015", "06/02/2015", ""]})
    assert mended.location == address(robotics, batch)
    db.session.expire_all()
    assert db.session.get_one(ImportRow, row.id).state is ImportRowState.READY


def test_a_row_without_team_name_comes_back_with_what_was_typed(secretary, robotics):
    batch = read_batch(robotics, [small_file(team_line())])
    row = db.session.scalars(sa.select(ImportRow)).one()
    form = {"team": "", "school": "THCS Bình Thắng", "division": "primary", "member_name": ["Vũ Lan"],
            "member_birth": ["1/1/2015"], "member_class": ["3"]}  # fmt: skip
    page = secretary.post(address(robotics, batch, "rows", row.id), data=form)
    assert page.status_code == 422
    assert 'value="Vũ Lan"' in page.get_data(as_text=True)
    assert 'value="THCS Bình Thắng"' in page.get_data(as_text=True)


def test_rows_are_left_out_taken_back_and_ruled_on(secretary, robotics):
    lines = [team_line("Sao Mai"), team_line("Đại Bàng", school="TH Kim Đồng", two="Ngô Văn Tám")]
    batch = read_batch(robotics, [small_file(*lines)])
    held = db.session.scalars(sa.select(ImportRow).where(ImportRow.state == ImportRowState.HELD)).one()
    base = address(robotics, batch, "rows", held.id)
    assert "So với dòng kia" in text_of(secretary.get(base))
    states = []
    for step in ("leave-out", "take-back", "two-pupils"):
        assert secretary.post(f"{base}/{step}").status_code == 303
        db.session.expire_all()
        states.append(db.session.get_one(ImportRow, held.id).state)
    assert states == [ImportRowState.SKIPPED, ImportRowState.HELD, ImportRowState.READY]


def test_columns_are_mapped_on_their_page(secretary, robotics):
    header = ["A1", "B1", "C1", "D1", "E1", "F1", "G1"]
    line = ["Sao Mai", "TH Định Hòa", "Trần Văn An", "05/01/2015", "Lê Thị Bình", "06/02/2015", "Phạm Hoa"]
    batch = read_batch(robotics, [wb.xlsx([header, line])])
    review = text_of(secretary.get(address(robotics, batch)))
    assert "Không tìm thấy dòng tiêu đề" in review
    assert "Còn tệp chưa đọc được" in review
    url = f"{address(robotics, batch, 'columns')}?file=tep.xlsx&sheet=Sheet1"
    assert "Sao Mai" in text_of(secretary.get(url))
    roles = ["team", "school", "member1.name", "member1.birth", "member2.name", "member2.birth", "coach.name"]
    form = {f"role-{i}": role for i, role in enumerate(roles)} | {"header_row": "1"}
    assert secretary.post(url, data=form).status_code == 303
    assert "Nhập 1 đội" in text_of(secretary.get(address(robotics, batch)))
    assert secretary.get(f"{address(robotics, batch, 'columns')}?file=khong&sheet=co").status_code == 404


def test_a_sheet_without_a_header_is_mapped_with_row_zero(secretary, robotics):
    line = ["Sao Mai", "TH Định Hòa", "Trần Văn An", "05/01/2015", "Lê Thị Bình", "06/02/2015", "Phạm Hoa"]
    other = ["Đại Bàng", "TH Định Hòa", "Vũ Văn An", "05/03/2015", "Vũ Thị Bình", "06/05/2015", "Phạm Hoa"]
    batch = read_batch(robotics, [wb.xlsx([line, other])])
    url = f"{address(robotics, batch, 'columns')}?file=tep.xlsx&sheet=Sheet1"
    roles = ["team", "school", "member1.name", "member1.birth", "member2.name", "member2.birth", "coach.name"]
    form = {f"role-{i}": role for i, role in enumerate(roles)} | {"header_row": "0"}
    secretary.post(url, data=form)
    assert "Nhập 2 đội" in text_of(secretary.get(address(robotics, batch)))


def test_two_columns_of_one_meaning_are_named_in_the_readers_words(secretary, robotics):
    header = ["Đội", "Trường", "Học sinh", "Ngày sinh", "Ngày sinh", "GVHD"]
    line = ["Sao Mai", "TH Định Hòa", "Trần Văn An", "05/01/2015", "06/02/2015", "Phạm Hoa"]
    batch = read_batch(robotics, [wb.xlsx([header, line])])
    assert "“Học sinh 1: ngày sinh” (D và E)" in text_of(secretary.get(address(robotics, batch)))
    problem = batch.summary["files"][0]["sheets"][0]["problem"]
    with force_locale("en"):
        assert "“Pupil 1: birth date” (D and E)" in import_wording.sentence(problem)


def test_files_are_added_and_taken_out(secretary, robotics):
    batch = read_batch(robotics, [small_file(team_line())])
    more = small_file(team_line("Đại Bàng", one="Vũ An", two="Vũ Bình"), name="them.xlsx")
    secretary.post(address(robotics, batch, "files"), data=as_upload([more]))
    assert "Nhập 2 đội" in text_of(secretary.get(address(robotics, batch)))
    secretary.post(address(robotics, batch, "files", "remove"), data={"name": "them.xlsx"})
    assert "Nhập 1 đội" in text_of(secretary.get(address(robotics, batch)))
    last = secretary.post(
        address(robotics, batch, "files", "remove"), data={"name": "tep.xlsx"}, follow_redirects=True
    )
    assert "Đây là tệp cuối cùng" in text_of(last)


def test_discarding_asks_first(secretary, robotics):
    batch = read_batch(robotics, [small_file(team_line())])
    url = address(robotics, batch, "discard")
    assert "Bỏ lượt đọc này?" in text_of(secretary.post(url))
    assert secretary.post(url, data={"confirmed": "1"}).location == address(robotics)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ImportBatch)) == 0


def test_undo_wants_a_reason_then_takes_everything_back(secretary, robotics):
    batch = import_batch(read_batch(robotics, [small_file(team_line())]))
    url = address(robotics, batch, "undo")
    assert "Hoàn tác 1 đội" in text_of(secretary.get(url))
    assert secretary.post(url, data={"reason": ""}).status_code == 422
    assert "Đã gỡ 1 đội" in text_of(secretary.post(url, data={"reason": "Nhầm tệp"}, follow_redirects=True))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Entry)) == 0


def test_undo_lists_what_keeps_it(secretary, robotics):
    batch = import_batch(read_batch(robotics, [small_file(team_line())]))
    entry = db.session.scalars(sa.select(Entry)).one()
    entry.changed_at = entry.created_at
    entry.code = "ĐÃ SỬA"
    db.session.commit()
    page = secretary.post(address(robotics, batch, "undo"), data={"reason": "Nhầm"})
    assert page.status_code == 409
    assert "TH001" in text_of(page)
    assert "đã sửa sau khi nhập" in text_of(page)


def test_a_waiting_page_shows_progress_and_then_the_review(secretary, robotics):
    batch = read_batch(robotics, [small_file(team_line())])
    batch = db.session.get_one(ImportBatch, batch.id)
    batch.state = ImportState.READING
    db.session.commit()
    waiting = secretary.get(address(robotics, batch))
    assert "Có thể rời trang này" in text_of(waiting)
    batch.state = ImportState.REVIEW
    db.session.commit()
    answer = secretary.get(address(robotics, batch), headers={"HX-Request": "true"})
    assert answer.headers["HX-Refresh"] == "true"


def test_nothing_chosen_says_so(secretary, robotics):
    page = secretary.post(address(robotics), data={})
    assert page.status_code == 422
    assert "Chọn ít nhất một tệp" in text_of(page)


def test_names_from_files_are_escaped(secretary, robotics):
    line = team_line("<script>alert(1)</script>", coach='"><img src=x>', born1="x<b>y")
    batch = read_batch(robotics, [small_file(line)])
    row = db.session.scalars(sa.select(ImportRow)).one()
    for url in (f"{address(robotics, batch)}?tab=all", address(robotics, batch, "rows", row.id)):
        page = secretary.get(url).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize("role", [None, Role.JUDGE, Role.COORDINATOR, Role.STAFF, Role.ADMINISTRATOR])
def test_others_do_not_see_imports(robotics, sign_in, role):
    batch = read_batch(robotics, [small_file(team_line())])
    stranger = sign_in(make_user(role))
    for url in (address(robotics), address(robotics, batch), address(robotics, batch, "undo")):
        assert stranger.get(url).status_code in (403, 404)


def test_a_secretary_of_another_edition_does_not_see_this_one(robotics, sign_in):
    batch = read_batch(robotics, [small_file(team_line())])
    other = make_robotics("robotics-2025")
    stranger = sign_in(make_user(Role.SECRETARY, ScopeKind.EDITION, other.id))
    assert stranger.get(address(robotics, batch)).status_code == 404
    assert stranger.get(address(other, batch)).status_code == 404


def test_visitors_are_asked_to_sign_in(client, robotics):
    answer = client.get(address(robotics))
    assert answer.status_code in (302, 303)
    assert "/login" in answer.location


def test_a_batch_in_review_waits_on_the_secretarys_home(robotics, actor_of):
    from incubator.contests.queries import waiting_for
    from incubator.core.together import ask

    batch = read_batch(robotics, [small_file(team_line())])
    (todo,) = ask(waiting_for(actor_of(make_user(Role.SECRETARY, ScopeKind.EDITION, robotics.id))))
    assert (todo.url, todo.detail) == (address(robotics, batch), "1 đội sẵn sàng nhập, 0 đội giữ lại")
    assert ask(waiting_for(actor_of(make_user(Role.JUDGE)))) == []
    import_batch(batch)
    assert ask(waiting_for(actor_of(make_user(Role.SECRETARY, ScopeKind.EDITION, robotics.id)))) == []
