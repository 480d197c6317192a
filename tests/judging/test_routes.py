"""Pages: who sees them, what plain forms do, how JSON answers, how many statements they take."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from PIL import Image
from pypdf import PdfReader

from incubator.core import clock
from incubator.core.access import Role
from incubator.judging.scoring import Method
from incubator.models import (
    Assignment,
    AssignmentState,
    Criterion,
    Division,
    Edition,
    Mark,
    Person,
    ScoreSheet,
    StageDivision,
    StageState,
    TieDecision,
)
from tests import factories as base
from tests.judging.factories import AT, make_round, make_tier, mark, mark_all


def json_mark(client, r, points, base_version=0, client_id="client-00001", entry=0, judge=0):
    return client.post(
        f"/judging/sheets/{r.id(entry, judge)}/marks",
        json={
            "criterion": r.criteria[0].id,
            "points_e2": points,
            "base": base_version,
            "client_id": client_id,
        },
        headers={"Accept": "application/json"},
    )


def pages(r):
    board = f"/judging/boards/{r.part.id}"
    return [
        f"/judging/stages/{r.stage.id}/panels", f"/judging/stages/{r.stage.id}/rules", f"/judging/rubrics/{r.rubric.id}",
        board, f"{board}?all=1", f"{board}/results", f"{board}/judges", f"{board}/sheets/{r.id()}", f"{board}/paper/{r.id()}",
        f"{board}/papers/sheets.pdf", f"/judging/stages/{r.stage.id}/invitations/{r.judges[0].person_id}",
        f"/judging/stages/{r.stage.id}/invitations",
    ]  # fmt: skip


def test_the_secretary_opens_every_page_in_both_languages(session, sign_in):
    r = make_round()
    mark_all(r, {0: (7, 8)})
    client = sign_in(r.secretary)
    for language in ("vi", "en"):
        with client.session_transaction() as cookie:
            cookie["lang"] = language
        for page in pages(r):
            assert client.get(page).status_code == 200, page


def test_nobody_else_opens_them(session, sign_in, client):
    r, other = make_round(), make_round()
    for page in pages(r):
        assert client.get(page).status_code == 302, page
        assert sign_in(r.judges[0]).get(page).status_code == 403, page
        assert sign_in(other.secretary).get(page).status_code == 404, page


def test_another_editions_secretary_changes_nothing(session, sign_in):
    r, other = make_round(), make_round()
    client = sign_in(other.secretary)
    for path in (
        f"boards/{r.part.id}/close", f"boards/{r.part.id}/take-over", f"boards/{r.part.id}/decision",
        f"boards/{r.part.id}/reopening", f"boards/{r.part.id}/sheets/{r.id()}/reopen", f"stages/{r.stage.id}/assignment",
        f"boards/{r.part.id}/open", f"boards/{r.part.id}/paper/{r.id()}", f"rubrics/{r.rubric.id}",
    ):  # fmt: skip
        assert (
            client.post(f"/judging/{path}", data={"judge": r.judges[0].person_id, "name": "x"}).status_code
            == 404
        ), path


def test_a_step_refused_on_a_sheet_is_told_there_with_what_was_typed(session, sign_in):
    r = make_round()
    client = sign_in(r.secretary)
    sheet = f"/judging/boards/{r.part.id}/sheets/{r.id()}"
    to_nobody = client.post(f"{sheet}/move", data={"judge": r.judges[1].person_id, "reason": "Bận họp"})
    assert to_nobody.status_code == 422  # judges the entry already
    page = to_nobody.get_data(as_text=True)
    assert "đã chấm bài này" in page
    assert "Bận họp" in page
    entry = f"/judging/boards/{r.part.id}/entries/{r.entries[0].id}"
    absent = client.post(f"{entry}/presence", data={"presence": "absent", "sheet": r.id()})
    assert absent.status_code == 422
    assert "Ghi lý do vắng" in absent.get_data(as_text=True)
    there = client.post(
        f"{entry}/presence", data={"presence": "absent", "reason": "Xe hỏng", "sheet": r.id()}
    )
    assert there.status_code == 303


def test_a_judge_sees_own_entries_and_sheets_only(session, sign_in):
    r = make_round()
    client = sign_in(r.judges[0])
    assert "Đội 0" in client.get("/judging/").get_data(as_text=True)
    assert client.get(f"/judging/sheets/{r.id(0, 0)}").status_code == 200
    for path in (f"/judging/sheets/{r.id(0, 1)}", f"/judging/sheets/{r.id(0, 1)}/conflict"):
        assert client.get(path).status_code == 404
    assert client.post(f"/judging/sheets/{r.id(0, 1)}", data={}).status_code == 404
    assert (
        client.post(
            f"/judging/sheets/{r.id(0, 1)}/texts", json={"name": "comment", "text": "x", "base": ""}
        ).status_code
        == 404
    )


def test_a_blind_stage_shows_neither_school_nor_team_nor_names(session, sign_in):
    r = make_round(blind=True)
    client = sign_in(r.judges[0])
    for path in ("/judging/", f"/judging/sheets/{r.id()}", f"/judging/sheets/{r.id()}/conflict"):
        page = client.get(path).get_data(as_text=True)
        assert "Đông Hòa" not in page
        assert "Trần Thị Bé" not in page
        assert not re.search(r">\s*Đội 0", page)


def test_the_chair_sees_totals_but_never_own_notes(session, sign_in):
    from incubator.judging.services import sheets

    r = make_round(entries=1)
    sheets.save_text(r.id(0, 1), "own_note", "Bí mật của tôi", base="", actor=r.judge(1), at=AT)
    sheets.save_text(r.id(0, 1), "panel_note", "Cần xem lại mạch điện", base="", actor=r.judge(1), at=AT)
    page = sign_in(r.judges[0]).get(f"/judging/panels/{r.panel.id}").get_data(as_text=True)
    assert "Cần xem lại mạch điện" in page
    assert "Bí mật của tôi" not in page
    assert sign_in(r.judges[1]).get(f"/judging/panels/{r.panel.id}").status_code == 404
    board = (
        sign_in(r.secretary).get(f"/judging/boards/{r.part.id}/sheets/{r.id(0, 1)}").get_data(as_text=True)
    )
    assert "Bí mật của tôi" not in board


def test_a_mark_by_json_and_the_other_device(session, sign_in):
    r = make_round()
    phone, tablet = sign_in(r.judges[0]), sign_in(r.judges[0])
    assert json_mark(phone, r, 700).get_json()["version"] == 1
    late = json_mark(tablet, r, 900, client_id="client-00002")
    assert late.status_code == 409
    assert late.get_json()["code"] == "stale"
    assert late.get_json()["points_e2"] == 700
    assert late.get_json()["marks"] == {str(r.criteria[0].id): [1, 700]}
    assert json_mark(tablet, r, 900, 1, "client-00003").get_json()["version"] == 2
    assert json_mark(phone, r, 700).get_json()["version"] == 1  # the retry of what was saved long ago


@pytest.mark.parametrize(
    "body", ["x", [], {}, {"criterion": "a"}, {"criterion": 1, "points_e2": "7", "client_id": "client-00001"}, {"criterion": 1, "client_id": "k"}]
)  # fmt: skip
def test_odd_json_is_refused_with_a_sentence(session, sign_in, body):
    r = make_round()
    answer = sign_in(r.judges[0]).post(
        f"/judging/sheets/{r.id()}/marks", json=body, headers={"Accept": "application/json"}
    )
    assert answer.status_code in (404, 422)
    assert answer.get_json()["error"]


def test_without_a_sign_in_json_answers_401(session, client):
    r = make_round()
    assert json_mark(client, r, 700).status_code == 401


def form_of(page):
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    return {k: v for k, v in hidden.items() if k != "csrf_token"}


def test_the_plain_form_saves_submits_and_goes_to_the_next(session, sign_in):
    r = make_round()
    client = sign_in(r.judges[0])
    data = form_of(client.get(f"/judging/sheets/{r.id()}").get_data(as_text=True))
    data |= {f"m{c.id}": "7,5" for c in r.criteria} | {
        "comment": "Tốt",
        "own_note": "",
        "panel_note": "",
        "action": "submit",
    }
    answer = client.post(f"/judging/sheets/{r.id()}", data=data)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/judging/sheets/{r.id(1)}")
    sheet = session.scalar(sa.select(ScoreSheet).execution_options(populate_existing=True))
    assert (sheet.total_e2, sheet.comment) == (1500, "Tốt")


def test_the_plain_form_of_a_second_tab_shows_both_values(session, sign_in):
    r = make_round()
    client = sign_in(r.judges[0])
    data = form_of(client.get(f"/judging/sheets/{r.id()}").get_data(as_text=True))
    json_mark(client, r, 700)
    answer = client.post(
        f"/judging/sheets/{r.id()}", data={**data, f"m{r.criteria[0].id}": "9", "action": "save"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "máy kia 7" in page
    again = {**form_of(page), f"m{r.criteria[0].id}": "9", "action": "save"}
    assert client.post(f"/judging/sheets/{r.id()}", data=again).status_code == 303
    assert [m.points_e2 for m in session.scalars(sa.select(Mark).order_by(Mark.version))] == [700, 900]


def test_an_incomplete_plain_form_keeps_what_was_typed(session, sign_in):
    r = make_round()
    client = sign_in(r.judges[0])
    data = form_of(client.get(f"/judging/sheets/{r.id()}").get_data(as_text=True))
    answer = client.post(
        f"/judging/sheets/{r.id()}",
        data={**data, f"m{r.criteria[0].id}": "9", "comment": "Đã gõ", "action": "submit"},
    )
    assert answer.status_code == 422
    assert "Đã gõ" in answer.get_data(as_text=True)
    assert "Tiêu chí 2" in answer.get_data(as_text=True)


def test_a_conflict_page_asks_for_the_reason(session, sign_in):
    r = make_round()
    client = sign_in(r.judges[0])
    assert client.post(f"/judging/sheets/{r.id()}/conflict", data={"kind": "coached"}).status_code == 422
    answer = client.post(
        f"/judging/sheets/{r.id()}/conflict", data={"kind": "coached", "reason": "Học trò cũ"}
    )
    assert answer.status_code == 303
    assert session.scalar(sa.select(Assignment.reason).where(Assignment.id == r.id())) == "Học trò cũ"


def test_what_people_type_is_shown_as_text(session, sign_in):
    from incubator.judging.services import sheets

    r = make_round(entries=1)
    evil = "<script>alert(1)</script>"
    sheets.save_text(r.id(), "comment", evil, base="", actor=r.judge(0), at=AT)
    sheets.save_text(r.id(), "panel_note", evil, base="", actor=r.judge(0), at=AT)
    secretary, judge = sign_in(r.secretary), sign_in(r.judges[0])
    for client, path in (
        (judge, f"/judging/sheets/{r.id()}"), (judge, f"/judging/panels/{r.panel.id}"),
        (secretary, f"/judging/boards/{r.part.id}/sheets/{r.id()}"),
    ):  # fmt: skip
        assert evil not in client.get(path).get_data(as_text=True)


def test_from_full_sheets_to_a_settled_result(session, sign_in):
    r = make_round(entries=3, advance=2)
    mark_all(r, {0: (9, 9), 1: (8, 8), 2: (8, 8)})
    client = sign_in(r.secretary)
    board = f"/judging/boards/{r.part.id}"
    assert client.post(f"{board}/close").headers["Location"].endswith("/results")
    page = client.get(f"{board}/results").get_data(as_text=True)
    assert "Đồng điểm ở suất vào vòng sau" in page
    [tie] = re.findall(r"/ties/(\d+)", page)
    data = {
        "outcome": "vote", "decided_by": r.judges[0].person_id, "reason": "Biên bản số 1",
        f"place{r.entries[1].id}": "2", f"place{r.entries[2].id}": "1",
    }  # fmt: skip
    assert client.get(f"{board}/ties/{tie}/paper").status_code == 404
    fake = {**data, "paper": (io.BytesIO(b"no scan at all"), "bien-ban.pdf")}
    refused = client.post(f"{board}/ties/{tie}", data=fake)
    assert refused.status_code == 422
    assert "Biên bản số 1</textarea>" in refused.get_data(as_text=True)  # what was typed is kept
    assert "Việc chặn" in client.get(f"{board}/results").get_data(
        as_text=True
    )  # a wrong file decides nothing
    scan = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(scan, "PNG")
    data["paper"] = (io.BytesIO(scan.getvalue()), "bien-ban.png")
    assert client.post(f"{board}/ties/{tie}", data=data).status_code == 303
    assert f"/ties/{tie}/paper" in client.get(f"{board}/results").get_data(as_text=True)
    assert client.get(f"{board}/ties/{tie}/paper").mimetype == "image/png"
    assert sign_in(r.judges[0]).get(f"{board}/ties/{tie}/paper").status_code == 403
    later = {"paper": (io.BytesIO(scan.getvalue()), "ban-ro-hon.png")}
    assert client.post(f"{board}/ties/{tie}/paper", data=later).status_code == 303
    assert client.post(f"{board}/decision").status_code == 303
    assert (
        session.scalar(sa.select(StageDivision.state).where(StageDivision.id == r.part.id))
        is StageState.DECIDED
    )
    results = client.get(f"{board}/results?q=DOI 2&show=best").get_data(as_text=True)
    assert "Đội 2" in results[results.index("<tbody", results.index('id="xh"')) :]
    assert "Đội 0" not in results[results.index("<tbody", results.index('id="xh"')) :]
    for paper in ("minutes", "summary"):
        answer = client.get(f"{board}/papers/{paper}.pdf")
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF")


def test_what_follows_a_settled_stage_stands_where_it_is_settled_and_published(session, sign_in):
    from incubator.judging.services import sheets

    r = make_round(entries=3, advance=2)
    for judge in (0, 1):
        sheets.save_text(r.id(0, judge), "comment", "Trình bày rõ.", base="", actor=r.judge(judge), at=AT)
    mark_all(r, {0: (9, 9), 1: (8, 8), 2: (7, 7)})
    client, slug = sign_in(r.secretary), session.get_one(Edition, r.stage.edition_id).slug
    board = f"/judging/boards/{r.part.id}"
    places = (f"{board}/results", f"/home/secretary:edition:{r.stage.edition_id}", f"/publishing/{slug}")

    def said(words):
        return [words in client.get(place, follow_redirects=True).text for place in places]

    assert said(" bài đã vào ") == [False, False, False]
    for step in ("close", "decision"):
        assert client.post(f"{board}/{step}").status_code == 303
    assert said("2 bài đã vào ") == [True, True, True]
    assert said(f'href="/judging/editions/{slug}"') == [True, True, True]
    assert said("2 nhận xét của giám khảo") == [True, False, False]  # only once the stage is published
    part = session.get_one(StageDivision, r.part.id)
    part.state, part.published_at = StageState.PUBLISHED, clock.now()
    session.commit()
    assert said("2 nhận xét của giám khảo chưa gửi") == [True, True, True]
    part.published_at -= timedelta(days=90)
    session.commit()
    assert said("2 nhận xét của giám khảo chưa gửi") == [True, False, True], "home asks for a while only"
    assert client.post(f"{board}/comments").status_code == 303
    assert said("nhận xét của giám khảo") == [False, False, False]
    session.execute(
        sa.update(StageDivision).where(StageDivision.id != r.part.id).values(state=StageState.OPEN)
    )
    session.commit()
    assert said("vòng chưa mở") == [False, False, False]


def test_paper_by_two_persons_through_the_pages(session, sign_in):
    r = make_round(entries=1)
    first, second = sign_in(r.secretary), sign_in(r.second)
    url = f"/judging/boards/{r.part.id}/paper/{r.id()}"
    data = {"action": "enter", **{f"m{c.id}": "7,5" for c in r.criteria}}
    assert first.post(url, data={**data, f"m{r.criteria[0].id}": "12"}).status_code == 422
    assert first.post(url, data=data).status_code == 303
    assert first.post(url, data={"action": "check", "total": "15"}).status_code == 422
    assert second.post(url, data={"action": "check", "total": "14"}).status_code == 422
    assert second.post(url, data={"action": "check", "total": "15"}).status_code == 303
    assert (
        session.scalar(sa.select(ScoreSheet.checked_by_id).execution_options(populate_existing=True))
        == r.second.person_id
    )


def test_a_rubric_is_edited_and_shows_its_errors(session, sign_in):
    r = make_round(entries=1)
    client = sign_in(r.secretary)
    good = {
        "name": "Bộ mới", "criteria-0-name": "Tính mới", "criteria-0-max_points": "12,5", "criteria-0-step": "0,5",
        "criteria-0-weight": "1", "criteria-0-source": "judge", "criteria-1-name": "",
        "criteria-1-source": "judge",
    }  # fmt: skip
    assert (
        client.post(
            f"/judging/rubrics/{r.rubric.id}", data={**good, "criteria-0-max_points": "12,3"}
        ).status_code
        == 422
    )
    assert client.post(f"/judging/rubrics/{r.rubric.id}", data=good).status_code == 303
    assert "12,5" in client.get(f"/judging/rubrics/{r.rubric.id}").get_data(as_text=True)


def test_the_method_is_set_on_its_page(session, sign_in):
    r = make_round(entries=1)
    client = sign_in(r.secretary)
    data = {
        "expected": "5", "aggregate": "trimmed", "missing": "mean", "at_least": "4", "places": "1", "rounding": "half_even",
        "minimum": "10", "zero": "any", "outlier": "", "gap": "3,5", "step1": f"criterion:{r.criteria[1].id}", "step2": "spread",
        "step3": "",
    }  # fmt: skip
    assert client.post(f"/judging/stages/{r.stage.id}/rules", data=data).status_code == 303
    stored = session.scalar(sa.select(type(r.stage).settings).where(type(r.stage).id == r.stage.id))[
        "scoring"
    ]
    assert (stored["expected"], stored["minimum_e4"], stored["gap_e4"], len(stored["chain"])) == (
        5,
        100_000,
        35_000,
        2,
    )
    assert (
        client.post(f"/judging/stages/{r.stage.id}/rules", data={**data, "expected": "0"}).status_code == 422
    )


@pytest.mark.parametrize("path", ["board", "whole", "results", "panels", "mine", "sheet", "overview"])
def test_pages_take_the_same_statements_at_any_size(session, sign_in, queries, path):
    def count(size):
        r = make_round(entries=size, judges=2)
        mark(r, 0, 0, 7, 8)
        slug = session.execute(
            sa.text("SELECT slug FROM edition WHERE id = :i"), {"i": r.stage.edition_id}
        ).scalar_one()
        url, who = {
            "board": (f"/judging/boards/{r.part.id}", r.secretary),
            "whole": (f"/judging/boards/{r.part.id}?all=1", r.secretary),
            "results": (f"/judging/boards/{r.part.id}/results", r.secretary),
            "panels": (f"/judging/stages/{r.stage.id}/panels", r.secretary),
            "overview": (f"/judging/editions/{slug}", r.secretary),
            "mine": ("/judging/", r.judges[0]),
            "sheet": (f"/judging/sheets/{r.id()}", r.judges[0]),
        }[path]
        client = sign_in(who)
        session.expire_all()
        with queries() as log:
            assert client.get(url).status_code == 200
        return len(log)

    counts = [count(n) for n in (1, 3, 300 if path in ("board", "mine") else 40)]
    assert len(set(counts)) == 1, counts
    assert counts[0] <= 12


def test_saving_a_mark_takes_few_statements(session, sign_in, queries):
    r = make_round()
    client = sign_in(r.judges[0])
    json_mark(client, r, 700)
    with queries() as log:
        json_mark(client, r, 800, 1, "client-00002")
    assert len(log) <= 7, log


def test_the_worker_is_served_where_it_may_answer_for_the_sheets(session, sign_in):
    r = make_round(entries=1)
    answer = sign_in(r.judges[0]).get("/judging/worker.js")
    assert answer.mimetype == "text/javascript"


def test_open_part_refuses_and_says_why(session, sign_in):
    r = make_round(entries=0, judges=0, state=StageState.PLANNED)
    r.part.rubric_id = None
    base.db.session.flush()
    client = sign_in(r.secretary)
    client.post(f"/judging/boards/{r.part.id}/open")
    assert (
        session.scalar(sa.select(StageDivision.state).where(StageDivision.id == r.part.id))
        is StageState.PLANNED
    )


def test_closing_early_without_a_reason_keeps_what_was_typed(session, sign_in):
    r = make_round(entries=1)
    mark(r, 0, 0, 7, 8)
    client = sign_in(r.secretary)
    board = f"/judging/boards/{r.part.id}"
    data = {"early": "1", "missing": "mean", "at_least": "1", "reason": ""}
    refused = client.post(f"{board}/close", data=data)
    assert refused.status_code == 422
    page = refused.get_data(as_text=True)
    assert re.search(r'<option selected value="mean"', page)
    assert "Ghi lý do đóng sớm" in page
    closed = client.post(f"{board}/close", data={**data, "reason": "Trưởng ban quyết"})
    assert closed.headers["Location"].endswith("/results")
    assert "Trưởng ban quyết" in client.get(f"{board}/results").get_data(as_text=True)


def test_a_sheet_that_stands_open_elsewhere_learns_what_was_done(session, sign_in):
    """Marks and submission by another device of the judge; nobody else asks."""
    r = make_round()
    client, where = sign_in(r.judges[0]), f"/judging/sheets/{r.id()}/now"
    assert client.get(where).get_json() == {"submitted": False, "marks": {}}
    json_mark(client, r, 700)
    assert client.get(where).get_json()["marks"] == {str(r.criteria[0].id): [1, 700]}
    assignment = session.get(Assignment, r.id())
    assignment.state = "submitted"
    session.commit()
    assert client.get(where).get_json()["submitted"] is True
    for other in (r.judges[1], r.secretary):
        assert sign_in(other).get(where).status_code == 404


def test_stages_are_named_in_the_readers_language(session, sign_in):
    r = make_round()
    division = session.get(Division, r.part.division_id)
    r.stage.name_en, division.name_en = "Final round", "Younger pupils"
    session.commit()
    for account, page in ((r.judges[0], f"/judging/sheets/{r.id()}"), (r.secretary, "/home")):
        client = sign_in(account)
        assert "Final round" not in client.get(page).text
        with client.session_transaction() as cookie:
            cookie["lang"] = "en"
        text = client.get(page).text
        assert "Final round" in text, page
        assert "Younger pupils" in text, page


def test_a_declared_conflict_leaves_an_entry_short_of_judges_and_home_says_so(session, sign_in):
    r = make_round(entries=2, judges=2)
    mark_all(r, {0: (7, 8), 1: (6, 5)})
    keeper = sign_in(r.secretary)
    assert "có thể đóng vòng" in keeper.get("/home").text
    lost = r.assignments[1, 1]
    lost.state = AssignmentState.DECLINED
    session.commit()
    page = keeper.get("/home").text
    assert "1 bài chưa đủ giám khảo" in page
    assert f"/judging/stages/{r.stage.id}/panels" in page
    assert "có thể đóng vòng" not in page
    slug = session.get(Edition, r.stage.edition_id).slug
    assert "3/4" in keeper.get(f"/judging/editions/{slug}").text


def test_an_open_round_without_any_assignment_is_not_called_complete(session, sign_in):
    r = make_round(entries=2, judges=0, method=Method(expected=2))
    page = sign_in(r.secretary).get("/home").text
    assert "2 bài chưa đủ giám khảo" in page
    assert "có thể đóng vòng" not in page


def test_a_typed_paper_sheet_is_work_for_another_person_only(session, sign_in):
    r = make_round(entries=2)
    typist, other = sign_in(r.secretary), sign_in(r.second)
    data = {"action": "enter", **{f"m{c.id}": "7,5" for c in r.criteria}}
    assert typist.post(f"/judging/boards/{r.part.id}/paper/{r.id()}", data=data).status_code == 303
    own, others = (
        browser.get(f"/home/secretary:edition:{r.stage.edition_id}", follow_redirects=True).text
        for browser in (typist, other)
    )
    assert "1 phiếu giấy do mình nhập chờ người khác kiểm tra" in own
    assert "chờ người thứ hai kiểm tra" not in own
    assert "1 phiếu giấy chờ người thứ hai kiểm tra" in others
    assert "do mình nhập" not in others
    for page in (own, others):  # four sheets, of which the typed one has come in
        assert f"Còn {len(r.assignments) - 1} phiếu chưa nộp" in page


def test_a_judge_who_is_done_reads_done_and_not_none_left(session, sign_in):
    r = make_round(entries=2, judges=1)
    judge = sign_in(r.judges[0])
    mark(r, 0, 0, 7, 8)
    assert "còn 1 bài" in judge.get("/judging/").text
    mark(r, 1, 0, 7, 8)
    page = judge.get("/judging/").text
    assert "đã chấm xong" in page
    assert "còn 0 bài" not in page


def test_a_decided_tie_names_who_decided_how_and_why(session, sign_in):
    r = make_round(entries=3, advance=2)
    mark_all(r, {0: (9, 9), 1: (8, 8), 2: (8, 8)})
    keeper, chair = sign_in(r.secretary), session.get_one(Person, r.judges[0].person_id)
    chair.title, chair.full_name = "TS.", "Trần Thị Chủ Tịch"
    session.commit()
    board = f"/judging/boards/{r.part.id}"
    keeper.post(f"{board}/close")
    tie = session.scalars(sa.select(TieDecision)).one()
    places = {f"place{r.entries[1].id}": "1", f"place{r.entries[2].id}": "2"}
    data = {"outcome": "vote", "decided_by": chair.id, "reason": "Biên bản số 3", **places}
    assert keeper.post(f"{board}/ties/{tie.id}", data=data).status_code == 303
    text = keeper.get(f"{board}/results").text
    panel = text.partition(f'id="t{tie.id}"')[2].partition("</section>")[0]
    recorder = session.get_one(Person, r.secretary.person_id).full_name
    assert [
        w for w in ("TS. Trần Thị Chủ Tịch", recorder, "Biểu quyết", "Biên bản số 3") if w not in panel
    ] == []
    with keeper.session_transaction() as cookie:
        cookie["lang"] = "en"
    minutes = keeper.get(f"{board}/papers/minutes.pdf").data
    paper = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(minutes)).pages).split())
    assert f"người quyết định: TS. Trần Thị Chủ Tịch; người ghi nhận: {recorder}" in paper
    assert "1. Giám khảo" in paper, "an official paper is Vietnamese, whatever language its printer reads"
    assert "Submitted" not in paper


def test_no_way_of_knowing_a_team_is_ticked_for_the_judge(session, sign_in):
    r = make_round(entries=2)
    where = f"/judging/sheets/{r.id()}/conflict"
    browser = sign_in(r.judges[0])
    assert "checked" not in browser.get(where).text.partition("<main")[2]
    assert browser.post(where, data={"reason": "Quen biết"}).status_code == 303


def test_a_sheet_that_nobody_else_can_take_says_so_and_leads_to_more_judges(session, sign_in):
    r = make_round(entries=1, judges=1)
    keeper = sign_in(r.secretary)
    page = keeper.get(f"/judging/boards/{r.part.id}/sheets/{r.id()}").text
    assert "Mọi giám khảo của vòng đều đã có bài này" in page
    assert f'href="/judging/stages/{r.stage.id}/panels"' in page
    assert 'name="judge"' not in page, "a list with nothing to choose"


def test_the_parts_of_a_panel_are_named_in_the_readers_language(session, sign_in):
    r = make_round()
    session.get_one(Division, r.part.division_id).name_en = "Younger pupils"
    r.panel.division_ids = [r.part.division_id]
    session.commit()
    keeper = sign_in(r.secretary)
    with keeper.session_transaction() as cookie:
        cookie["lang"] = "en"
    panel = keeper.get(f"/judging/stages/{r.stage.id}/panels").text.partition(r.panel.name)[2]
    assert "Younger pupils" in panel.partition("</div>")[0]


def test_prizes_that_are_drawn_up_say_so_and_an_empty_one_says_why(session, sign_in):
    r = make_round(entries=2)
    first = make_tier(r, "nhat", 1)
    make_tier(r, "nhi", 2)
    mark_all(r, {0: (9, 9), 1: (8, 8)})
    keeper, board = sign_in(r.secretary), f"/judging/boards/{r.part.id}"
    for step in ("close", "decision"):
        assert keeper.post(f"{board}/{step}").status_code == 303
    assert "Danh sách giải đã lập" not in keeper.get(f"{board}/results").text
    empty = {"withheld": "1", "reason": "Chưa đạt mức giải Nhất"}
    assert keeper.post(f"{board}/prizes/{first.id}", data=empty).status_code == 303
    assert keeper.post(f"{board}/awards").status_code == 303
    page = keeper.get(f"{board}/results").text
    assert "Danh sách giải đã lập" in page
    assert "Lập lại danh sách giải" in page
    assert "Chưa đạt mức giải Nhất" in page
    assert keeper.post(f"{board}/prizes/{first.id}", data={"withheld": "0"}).status_code == 303
    page = keeper.get(f"{board}/results").text
    assert "Danh sách giải đã lập" not in page, "the list is void with the decision"
    assert "Chưa đạt mức giải Nhất" not in page


def test_criteria_of_the_tie_break_are_named_in_the_readers_language(session, sign_in):
    r = make_round()
    session.get_one(Criterion, r.criteria[0].id).name_en = "Originality"
    session.commit()
    keeper = sign_in(r.secretary)
    with keeper.session_transaction() as cookie:
        cookie["lang"] = "en"
    page = keeper.get(f"/judging/stages/{r.stage.id}/rules").text
    assert f'value="criterion:{r.criteria[0].id}">Originality' in page


def test_the_example_sheet_can_be_scrolled_by_keyboard(session, sign_in):
    r = make_round()
    page = sign_in(r.secretary).get(f"/judging/rubrics/{r.rubric.id}").text
    example = page.partition("data-example")[2].partition("<table")[0]
    assert 'class="tbl-wrap" tabindex="0" role="region" aria-label="' in example


def test_a_secretary_of_the_whole_system_reaches_every_editions_judging_and_others_their_own(
    session, sign_in
):
    r, other = make_round(), make_round()
    slugs = [session.get_one(Edition, x.stage.edition_id).slug for x in (r, other)]
    whole = sign_in(base.make_user(Role.SECRETARY))
    assert 'href="/judging/editions"' in whole.get("/home", follow_redirects=True).text
    page = whole.get("/judging/editions").text
    assert [s for s in slugs if f'href="/judging/editions/{s}"' not in page] == []
    assert "1 bảng đang chấm" in page
    own = sign_in(r.secretary).get("/judging/editions").text
    assert [f'href="/judging/editions/{s}"' in own for s in slugs] == [True, False]
    assert sign_in(r.judges[0]).get("/judging/editions").status_code == 403
